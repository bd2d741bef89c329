"""The units of a network → its diagram: circles in columns, and between them the weights by sign and size."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from chainrule.explain.figures.units.net import Net, Parameter, Unit, Wire
from chainrule.explain.wording import count, listing, num
from chainrule.notation.names import pretty
from chainrule.values import dataclass
from chainrule.views.graph.columns import GraphColumn, columns
from chainrule.views.graph.key import WORDS, Sample, key
from chainrule.views.graph.labels import Taken
from chainrule.views.pixels import Point, short, width
from chainrule.views.scene import (
    BLUE,
    GREY,
    INK,
    PAPER,
    VERMILION,
    Dash,
    Line,
    Mark,
    Panel,
    Points,
    Scene,
    Text,
)

TOP, MARGIN = 34.0, 24.0
RADIUS = 24.0
NAME, SMALL = 12.0, 10.5
LINE = 14.0

NEAR, FAR = 190.0, 250.0
"""Pixels from column to column, where no words stand at the wires and where they do."""

FEW = 14
"""Wires between two columns that get words, at most."""

SPACIOUS = 6
"""Units of the longest column, at most, for slopes and biases to be written below every unit."""

ALONG = (0.5, 0.4, 0.6, 0.33, 0.67, 0.27, 0.73, 0.2, 0.8)
"""Where along a wire its words are tried, in this order."""

THIN, THICK = 0.8, 5.5

LOOK: dict[int | None, tuple[str, Dash]] = {
    1: (BLUE, "solid"), -1: (VERMILION, "dashed"), 0: (GREY, "dotted"), None: (GREY, "dashdot")
}  # fmt: skip
"""Colour and dash of a wire by the sign of its weight; None: it has no weight."""

MEANS = {1: "weight > 0", -1: "weight < 0", 0: "weight 0", None: "passed on without a weight"}


NONE = "No weight of this model leads from one quantity to another, so its names are drawn instead of units."
"""What is said where there is no network to draw."""


@dataclass(frozen=True, slots=True)
class PlacedUnit:
    """Where a unit is drawn, and the words below it."""

    x: float
    y: float
    below: tuple[str, ...]


def frames(nets: Sequence[Net]) -> list[Scene]:
    """The pictures of a film: units stay where they are, and one width means one size of a weight."""
    scenes = [scene(net, nets) for net in nets]
    high = max(one.high for one in scenes)
    return [replace(one, high=high) for one in scenes]


def scene(net: Net, beside: Sequence[Net] = ()) -> Scene:
    """The diagram of a network; ``beside`` are the same network with other weights, to be drawn to the same scale."""
    beside = beside or (net,)
    drawn = columns(net)
    spots, wide, high = spotted(net, drawn, beside)
    wires = [wire for wire in net.wires if wire.source in spots and wire.target in spots]
    taken = Taken((2.0, 2.0, wide - 2, high - 2), [room for at, spot in spots.items() for room in rooms(net, at, spot)])
    largest = widest(beside, spots)
    most = abs(largest.value) if largest else 0.0
    paths = {wire: path(wire, spots, drawn) for wire in wires}
    crowd = crowds(wires, drawn)
    marks: list[Mark] = [stroke(wire, paths[wire], most, crowd[wire]) for wire in wires]
    marks += [mark for at, spot in spots.items() for mark in circle(net.units[at], spot)]
    marks += dots(drawn, spots)
    labelled = [wire for wire in wires if wire.weight is not None and crowd[wire] <= FEW]
    words, missing = labels(labelled, paths, taken)
    title = f"Network of {outputs(net)}, pattern {net.pattern}"
    whole = max(wide, 520.0, width(title, 15, bold=True) + 40)
    below = key(notes(net, drawn, wires, missing, largest), samples(wires, beside), TOP + high, whole)
    picture = Panel((whole - wide) / 2, TOP, wide, high, (*marks, *words), legend=False)
    return Scene(title, described(net, drawn), whole, below.y + below.high, (picture, below))


# ---- places --------------------------------------------------------------------------------------------------------


def spotted(
    net: Net, drawn: tuple[GraphColumn, ...], beside: Sequence[Net] = ()
) -> tuple[dict[int, PlacedUnit], float, float]:
    """Where each unit is drawn, and how much room that takes, with the words that it has in any of the networks."""
    spacious = max(len(one.units) for one in drawn) <= SPACIOUS
    below = {at: beneath(net, at) if spacious else () for one in drawn for at in one.units}
    every = {
        at: tuple(words for one in beside or (net,) for words in beneath(one, at)) if spacious else () for at in below
    }
    lines = max((len(words) for words in below.values()), default=0)
    pitch = 2 * RADIUS + NAME + 8 + LINE * lines + 12
    rows = max(len(one.units) + len(one.gaps) for one in drawn)
    spots: dict[int, PlacedUnit] = {}
    place = {at: number for number, one in enumerate(drawn) for at in one.units}
    crowd = crowds([wire for wire in net.wires if wire.source in place and wire.target in place], drawn)
    words = {place[wire.source] + 1 for wire, many in crowd.items() if wire.weight is not None and many <= FEW}
    near = max(NEAR, 0.24 * rows * pitch)  # long columns stand further apart, so that lines are less steep
    x = MARGIN + half(net, drawn[0], every)
    for number, one in enumerate(drawn):
        if number:
            x += max(near, FAR if number in words else 0.0) + (60 if one.skipped else 0)
        y = MARGIN + NAME + RADIUS + (rows - len(one.units) - len(one.gaps)) / 2 * pitch
        for at, unit in enumerate(one.units):
            spots[unit] = PlacedUnit(x, y, below[unit])
            y += pitch * (2 if at in one.gaps else 1)
    return spots, x + half(net, drawn[-1], every) + MARGIN, 2 * MARGIN + rows * pitch


def widest(nets: Sequence[Net], spots: Container[int]) -> Parameter | None:
    """The largest weight that is drawn, of all the networks."""
    drawn = (
        wire.weight for net in nets for wire in net.wires if wire.source in spots and wire.target in spots
        if wire.weight is not None and np.isfinite(wire.weight.value)
    )  # fmt: skip
    return max(drawn, key=lambda one: abs(one.value), default=None)


def half(net: Net, one: GraphColumn, below: dict[int, tuple[str, ...]]) -> float:
    """Half of how wide a column is with its words."""
    words = [width(words, SMALL) for at in one.units for words in below[at]]
    return max(RADIUS, *(width(title(net.units[at]), NAME, bold=True) / 2 for at in one.units), *(w / 2 for w in words))


def title(unit: Unit) -> str:
    return short(unit.words, 130, NAME, bold=True)


def beneath(net: Net, at: int) -> tuple[str, ...]:
    """The words below a unit: its slope, and what it reads by itself."""
    unit = net.units[at]
    slope = () if unit.slope is None else (f"∂ {num(unit.slope)}",)
    return (*slope, *(short(weight_in_words(one), 150, SMALL) for one in unit.biases[:2]))


def weight_in_words(one: Parameter) -> str:
    """A weight in words, with its slope."""
    slope = "" if one.slope is None else f", ∂ {num(one.slope, 3)}"
    return f"{one.words} = {num(one.value, 3)}{slope}"


def rooms(net: Net, at: int, spot: PlacedUnit) -> list[tuple[float, float, float, float]]:
    """The room of a unit and its words."""
    name = width(title(net.units[at]), NAME, bold=True) / 2
    found = [
        (spot.x - RADIUS, spot.y - RADIUS, spot.x + RADIUS, spot.y + RADIUS),
        (spot.x - name, spot.y - RADIUS - NAME - 4, spot.x + name, spot.y - RADIUS),
    ]
    for row, words in enumerate(spot.below):
        side, y = width(words, SMALL) / 2, spot.y + RADIUS + LINE * row
        found.append((spot.x - side, y, spot.x + side, y + LINE))
    return found


def path(wire: Wire, spots: dict[int, PlacedUnit], drawn: tuple[GraphColumn, ...]) -> tuple[Point, ...]:
    """The points of a wire: past the units of the columns that it crosses, not through them."""
    start, end = spots[wire.source], spots[wire.target]
    points = [(start.x, start.y)]
    for one in drawn:
        across = [spots[at] for at in one.units]
        x = across[0].x
        if not start.x < x < end.x:
            continue
        y = start.y + (end.y - start.y) * (x - start.x) / (end.x - start.x)
        near = min(across, key=lambda spot: abs(spot.y - y))
        if abs(near.y - y) < RADIUS + 26:
            y = near.y + (RADIUS + 30 if y >= near.y else -RADIUS - 30)
        points.append((x, y))
    return (*points, (end.x, end.y))


# ---- marks ---------------------------------------------------------------------------------------------------------


def sign(wire: Wire) -> int | None:
    """The sign of the weight of a wire; None where it has none, or one that is no number."""
    if wire.weight is None or np.isnan(wire.weight.value):
        return None
    return int(np.sign(wire.weight.value))


def stroke(wire: Wire, points: tuple[Point, ...], most: float, crowd: int) -> Line:
    """The line of a wire: colour and dash by the sign of its weight, width by its size; thinner in a crowd."""
    colour, dash = LOOK[sign(wire)]
    part = min(1.0, abs(wire.weight.value) / most) if wire.weight and most else 0.0
    thick = THICK if crowd <= 2 * FEW else THICK * 0.6
    xs, ys = zip(*points, strict=True)
    return Line(xs, ys, colour, THIN + (thick - THIN) * (part if np.isfinite(part) else 1.0), dash)


def circle(unit: Unit, spot: PlacedUnit) -> list[Mark]:
    """A unit with its name above, its value inside, its slope and biases below."""
    edge = {"input": GREY, "unit": INK, "output": INK}[unit.role]
    value = "" if unit.value is None else fitting(unit.value)
    marks: list[Mark] = [
        Points((spot.x,), (spot.y,), edge, "circle", RADIUS),
        Points((spot.x,), (spot.y,), "#eaf3fb" if unit.role == "input" else PAPER, "circle", RADIUS - 1.6),
    ]
    if unit.role == "output":
        marks.append(Points((spot.x,), (spot.y,), INK, "circle", RADIUS - 4, filled=False))
    marks.append(Text(spot.x, spot.y + 4, value, INK, SMALL))
    marks.append(Text(spot.x, spot.y - RADIUS - 5, title(unit), INK, NAME, bold=True, behind=PAPER))
    for row, words in enumerate(spot.below):
        marks.append(Text(spot.x, spot.y + RADIUS + LINE * (row + 1) - 2, words, INK, SMALL, behind=PAPER))
    return marks


def fitting(value: float) -> str:
    """A number as it fits into a circle.

    >>> fitting(0.123456), fitting(-0.123456), fitting(-1.23456e-12)
    ('0.123', '−0.123', '−1e−12')
    """
    every = (num(value, digits) for digits in (3, 2, 1))
    return next((words for words in every if width(words, SMALL) <= 2 * RADIUS - 10), num(value, 1))


def dots(drawn: tuple[GraphColumn, ...], spots: dict[int, PlacedUnit]) -> list[Mark]:
    """Where units or columns are left out, and how many."""
    marks: list[Mark] = []
    for one in drawn:
        for place, hidden in one.gaps.items():
            upper = spots[one.units[place]]
            lower = spots[one.units[place + 1]] if place + 1 < len(one.units) else upper
            y = (upper.y + lower.y) / 2 if lower is not upper else upper.y + 2 * RADIUS + 20
            marks.append(Text(upper.x, y, "⋮", INK, 20, behind=PAPER))
            marks.append(Text(upper.x, y + 18, f"{hidden} more", INK, NAME, behind=PAPER))
    for before, one in pairwise(drawn):
        if one.skipped:
            x = (spots[before.units[0]].x + spots[one.units[0]].x) / 2
            y = (spots[one.units[0]].y + spots[one.units[-1]].y) / 2
            marks.append(Text(x, y, "⋯", INK, 20, behind=PAPER))
            marks.append(Text(x, y + 18, f"{count(one.skipped, 'more column')}", INK, NAME, behind=PAPER))
    return marks


def crowds(wires: list[Wire], drawn: tuple[GraphColumn, ...]) -> dict[Wire, int]:
    """How many wires there are between two columns, where there are most on the way of a wire."""
    place = {at: number for number, one in enumerate(drawn) for at in one.units}
    many = [0] * len(drawn)
    for wire in wires:
        for number in range(place[wire.source], place[wire.target]):
            many[number] += 1
    return {wire: max(many[place[wire.source] : place[wire.target]]) for wire in wires}


def labels(wires: list[Wire], paths: dict[Wire, tuple[Point, ...]], taken: Taken) -> tuple[list[Mark], int]:
    """The words at the wires, and how many found no room."""
    marks: list[Mark] = []
    missing = 0
    for wire in wires:
        if wire.weight is None:
            continue
        (x, y), *_, (to_x, to_y) = paths[wire] if len(paths[wire]) == 2 else paths[wire][:2]
        places = [(x + part * (to_x - x), y + part * (to_y - y) + 4) for part in ALONG]
        value = num(wire.weight.value, 3)
        for words in (weight_in_words(wire.weight), f"{wire.weight.words} = {value}", value):
            at = taken.put(words, SMALL, places)
            if at is not None:
                marks.append(Text(*at, words, WORDS[LOOK[sign(wire)][0]], SMALL, behind=PAPER))
                break
        else:
            missing += 1
    return marks, missing


# ---- words ---------------------------------------------------------------------------------------------------------


def outputs(net: Net) -> str:
    """The names of the outputs."""
    found = list(dict.fromkeys(unit.words.partition("[")[0] for unit in net.units if unit.role == "output"))
    return listing(found, 3) or pretty(net.goal)


def samples(wires: list[Wire], nets: Sequence[Net]) -> list[Sample]:
    """The kinds of wire that the drawings have, with their words."""
    drawn = {(wire.source, wire.target) for wire in wires}
    signs = {sign(wire) for net in nets for wire in net.wires if (wire.source, wire.target) in drawn}
    return [(*LOOK[one], MEANS[one]) for one in LOOK if one in signs]


def notes(
    net: Net, drawn: tuple[GraphColumn, ...], wires: list[Wire], missing: int, largest: Parameter | None
) -> list[str]:
    """The sentences below the picture."""
    goal = pretty(net.goal)
    said = ["From left to right: inputs (shaded), units, outputs (double ring); in a circle its value."]
    weights = [wire.weight for wire in wires if wire.weight is not None]
    if largest is not None:
        said.append(f"The wider a line, the larger its weight; the widest is {largest.words} = {num(largest.value)}.")
    if max(len(one.units) for one in drawn) <= SPACIOUS:
        said.append(f"∂: the derivative of {goal} by it. Below a unit: its ∂, and its bias or what else it reads.")
    hidden = sum(sum(one.gaps.values()) for one in drawn)
    if hidden or any(one.skipped for one in drawn):
        said.append("What is left out is counted where it would stand; the lines to it are left out too.")
    if len({weight.words for weight in weights}) < len(weights):
        said.append("Some weights stand at several lines; their ∂ is that of all of them together.")
    if missing:
        said.append(f"{count(missing, 'line')} without room for its weight; the description has the largest.")
    return said


def described(net: Net, drawn: tuple[GraphColumn, ...]) -> str:
    """The columns with their values, and the largest weights with theirs."""
    goal = pretty(net.goal)
    words = [f"The network of {outputs(net)} for pattern {net.pattern}, in {count(len(drawn), 'column')}."]
    for one in drawn:
        units = [stated(net.units[at]) for at in one.units]
        more = f" ({one.many} in all)" if one.many > len(units) else ""
        words.append(f"Column {one.first + 1}{more}: {listing(units, 12)}.")
    first: dict[str, tuple[Parameter, Wire]] = {}
    for wire in net.wires:
        if wire.weight is not None:
            first.setdefault(wire.weight.words, (wire.weight, wire))
    largest = sorted(first.values(), key=lambda pair: -abs(pair[0].value))[:8]
    stated_ = [
        f"{one.words} = {num(one.value)} from {net.units[wire.source].words} to {net.units[wire.target].words}"
        + (f" (∂{goal}/∂ {num(one.slope)})" if one.slope is not None else "")
        for one, wire in largest
    ]
    words.append(f"{'The largest weights' if len(first) > len(largest) else 'The weights'}: {listing(stated_, 8)}.")
    every = np.concatenate([np.ravel(values) for values in net.weights.values()])
    words.append(f"Of {count(every.size, 'weight')}, {np.sum(every > 0)} > 0 and {np.sum(every < 0)} < 0.")
    return " ".join(words)


def stated(unit: Unit) -> str:
    """A unit with its value, its slope and its biases."""
    value = "" if unit.value is None else f" = {num(unit.value)}"
    parts = [] if unit.slope is None else [f"∂ {num(unit.slope)}"]
    parts += [f"{one.words} {num(one.value)}" for one in unit.biases]
    return unit.words + value + (f" ({', '.join(parts)})" if parts else "")
