"""A map → colours of its cells: by rank, so that each colour has as many cells, or by value on a plain scale.

Cells that were not run, could not be begun, or have no number are grey, and the legend says which there are. What
`explain` says of the rate is drawn over the cells as lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array
from chainrule.errors import inline
from chainrule.explain.wording import count, num
from chainrule.maps.axis import Axis as Side
from chainrule.maps.field import TRAINED, equalised, plainly, ranked
from chainrule.maps.filling import FILLED, Filled, said
from chainrule.maps.layout import SAID, Status
from chainrule.maps.made import Made
from chainrule.maps.plan import Plan
from chainrule.values import dataclass
from chainrule.views.arrange import chart, colour_bar
from chainrule.views.colours import mixed
from chainrule.views.colours import scale as viridis
from chainrule.views.figure import Figure
from chainrule.views.scene import GREY, INK, PAPER, VERMILION, Axis, Heat, Line, Mark, Panel, Points, Rect
from chainrule.views.ticks import spread

SAFE = ("2d004b", "542788", "8073ac", "b2abd2", "d8daeb", "f7f7f7", "fee0b6", "fdb863", "e08214", "b35806", "7f3b08")
SPECTRAL = (
    "5e4fa2", "3288bd", "66c2a5", "abdda4", "e6f598", "ffffbf", "fee08b", "fdae61", "f46d43", "d53e4f", "9e0142",
)  # fmt: skip
"""From what trains slowest, by what is quick, to what fails slowest: PuOr, which the colour-blind tell apart, and
Spectral, the notebook's. Both by C. Brewer, ColorBrewer (2002), Apache License 2.0."""

PALETTES = {"safe": SAFE, "spectral": SPECTRAL}

Arrays = Mapping[str, NDArray[np.generic]]

MANY = 128
"""Colours of a picture."""

FEW = 8
"""So many different values, as of periods, have a colour each."""

MOST = 256
"""Cells along a side of a figure; of more, every second, third … one is drawn, and the description says so."""

CAME = {
    Status.CONVERGED: (0, "converged"), Status.STEPS: (7 * MANY // 10, "all steps"),
    Status.LEFT: (2 * MANY - 1, "left"),
}  # fmt: skip
"""What came of a cell: its place among twice as many colours, two on the side that trains and one on the other, and a
word that has room beside them."""

HOLES = {
    "not run": "#c8c8c8", "failed": "#8a8a8a", "not finite": "#a8a8a8", "never reached": "#a8a8a8",
    "filled, not computed": "#c8c8c8", "left the finite numbers": "#303030",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bound:
    """A rate of which `explain` says something, as a line over the map."""

    rate: float
    words: str
    proved: bool


@dataclass(frozen=True, slots=True)
class Coloured:
    """``places`` has the colour of each cell, −1 where it has none; ``holes`` what those are, by the words for them."""

    places: NDArray[np.int64]
    colours: tuple[str, ...]
    holes: Mapping[str, NDArray[np.bool_]]
    bar: Axis
    said: str


def coloured(arrays: Arrays, of: str, scale: str, palette: str) -> Coloured:
    """The colour of each cell of an array."""
    status = arrays["status"]
    signed = of == TRAINED
    values = np.array(arrays[of], np.float64)
    if of in ("reach", "period") or of.startswith(("reach_", "period_")):
        values = np.where(values < 0, np.nan, values)
    holes = {
        "not run": status == Status.NOT_RUN,
        "failed": status == Status.FAILED,
        "left the finite numbers": (status == Status.LEFT) & ~np.isfinite(values),
    }
    known = np.isfinite(values) & (status != Status.NOT_RUN) & (status != Status.FAILED)
    if FILLED in arrays and of != "status":
        holes["filled, not computed"] = (np.asarray(arrays[FILLED]) == Filled.FROM_BORDER) & (status != Status.LEFT)
    rest = ~known & ~np.logical_or.reduce(list(holes.values()))
    holes["never reached" if of.startswith("reach") else "not finite"] = rest
    places = np.full(values.shape, -1, np.int64)
    if of == "status":
        there = tuple(code for code in CAME if (status == code).any())
        for place, code in enumerate(there):
            places[status == code] = place
        colours = tuple(mixed(PALETTES[palette], 2 * MANY)[CAME[code][0]] for code in there)
        return Coloured(places, colours, holes, bands("", [CAME[code][1] for code in there]), "a colour for each")
    if signed:
        colours = mixed(PALETTES[palette], MANY)
        shade = np.where(known, values, np.nan)
        level = equalised(shade) if scale == "equalised" else signed_levels(shade)
        # dark is slow: the slowest of those that train have the least value, and of the others the greatest
        places[known] = np.clip((level[known] + 1) / 2 * MANY, 0, MANY - 1).astype(np.int64)
        ticks = ((-1.0, "trains, slow"), (-0.25, "trains, fast"), (0.25, "fails, fast"), (1.0, "fails, slow"))
        how = "by rank on each side" if scale == "equalised" else "by size, in logarithms"
        return Coloured(places, colours, holes, Axis("", -1.0, 1.0, ticks=ticks), how)
    colours, label = viridis(MANY), "steps" if of.startswith("reach") else of
    seen = plainly(values[known]) if scale == "equalised" else values[known]
    different, which = np.unique(seen, return_inverse=True)
    if scale == "equalised" and 0 < len(different) <= FEW:
        places[known] = which
        bar = bands(label, [num(one, 3) for one in different.tolist()])
        return Coloured(places, viridis(len(different)), holes, bar, "a colour for each value")
    if scale == "equalised" and len(seen):
        level = ranked(seen, 0.0, 1.0)
        marks = quantiles(seen)
        bar, how = Axis(label, 0.0, 1.0, ticks=marks), "by rank: each colour has as many cells"
    else:
        low, high = (float(seen.min()), float(seen.max())) if len(seen) else (0.0, 1.0)
        log = low > 0 and high / low > 30
        low, high = (low, high) if low < high else spread(low, low)
        bar = Axis(label, low, high, "log" if log else "linear")
        level, how = np.array([bar.place(one) for one in seen.tolist()]), "by value"
    places[known] = np.clip(level * MANY, 0, MANY - 1).astype(np.int64)
    return Coloured(places, colours, holes, bar, how)


def bands(label: str, words: Sequence[str]) -> Axis:
    """The axis of a bar in which each colour means one thing."""
    return Axis(label, 0.0, float(len(words)), ticks=tuple((place + 0.5, said) for place, said in enumerate(words)))


def signed_levels(values: Array) -> Array:
    """Values of each sign by their logarithms, from 0.25 for the least to 1 for the greatest size."""
    found = np.full(values.shape, np.nan)
    for here, sign in ((values < 0, -1.0), (values >= 0, 1.0)):
        if here.any():
            size = np.log(np.maximum(np.abs(values[here]), 1e-300))
            low, high = size.min(), size.max()
            found[here] = sign * (0.25 + 0.75 * ((size - low) / (high - low) if high > low else 0.0))
    return found


def quantiles(seen: Array) -> tuple[tuple[float, str], ...]:
    """Where a few values stand on a scale by rank."""
    ordered = np.sort(seen)
    found: dict[str, float] = {}
    for part in (0.0, 0.25, 0.5, 0.75, 1.0):
        value = ordered[round(part * (len(ordered) - 1))]
        found[num(value, 3)] = float((np.searchsorted(ordered, value, side="right") - 1) / max(1, len(ordered) - 1))
    return tuple((place, words) for words, place in found.items())


def picture(arrays: Arrays, of: str, scale: str, palette: str) -> NDArray[np.uint8]:
    """A pixel for each cell, red, green and blue: the first axis across, the second upwards."""
    return pixels(coloured(arrays, of, scale, palette))


def pixels(found: Coloured) -> NDArray[np.uint8]:
    """The same of cells whose colours are known."""
    table = np.array([rgb(one) for one in (*found.colours, HOLES["not finite"])], np.uint8)
    cells = table[np.where(found.places < 0, len(found.colours), found.places)]
    for words, here in found.holes.items():
        cells[here] = rgb(HOLES[words])
    cells = cells if cells.ndim == 3 else cells[:, None]
    return np.ascontiguousarray(cells.transpose(1, 0, 2)[::-1])


def rgb(colour: str) -> tuple[int, int, int]:
    digits = colour.lstrip("#")
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def figure(
    plan: Plan,
    arrays: Arrays,
    of: str,
    scale: str,
    palette: str,
    bounds: Sequence[Bound] = (),
    title: str = "",
    made: Made | None = None,
) -> Figure:
    """A map of two axes as a picture, or of one as a line; where a device made it, the title says what is known of its
    bits."""
    if len(plan.axes) == 1:
        return along(plan, arrays, of, bounds, title, made)
    found = coloured(arrays, of, scale, palette)
    first, second = plan.axes
    stride = max(1, -(-max(found.places.shape) // MOST))
    drawn = found.places[::stride, ::stride]
    across, up = side(first, len(drawn), stride), side(second, drawn.shape[1], stride)
    marks: list[Mark] = []
    for words, here in found.holes.items():
        if here[::stride, ::stride].any():
            cells = tuple(tuple(0 if one else -1 for one in row) for row in here[::stride, ::stride].T.tolist())
            marks.append(Rect(across.low, up.low, across.low, up.low, HOLES[words], label=words))
            marks.append(Heat(across.low, up.low, across.high, up.high, cells, (HOLES[words],)))
    cells = tuple(map(tuple, drawn.T.tolist()))
    marks.append(Heat(across.low, up.low, across.high, up.high, cells, found.colours))
    marks += over(plan, bounds, across, up)
    words = described(plan, arrays, of, found, stride, bounds, made)
    name = title or f"{in_words(plan, of)}, over {first.label} and {second.label}{trusted(made)}"
    high = 560 * len(drawn[0]) / max(len(drawn), 1)
    bar = colour_bar(found.bar.label, found.bar, found.colours) if (found.places >= 0).any() else None
    return Figure(chart(name, words, across, up, marks, bar, high=min(560, max(200, high))))


WORDS = {
    "trained": "What trains and what fails, and how fast", "error": "The error at the end",
    "largest": "The largest error",
    "status": "What came of each cell", "sharpness": "The rate times the greatest curvature at the end",
    "period": "After how many passes the weights are where they were", "departure": "When it left the finite numbers",
}  # fmt: skip
"""Arrays as titles have them."""


def in_words(plan: Plan, of: str) -> str:
    """What an array holds, for a title."""
    measure = plan.measured.get(of)
    if measure is not None and measure.name == "reach" and measure.number is not None:
        return f"Steps until the error is at most {num(measure.number)}"
    if of.startswith("end_"):
        return f"{plan.ground.labels.get(of[4:], of[4:])} at the end"
    return WORDS.get(measure.name if measure is not None else of, of)


def side(axis: Side, cells: int, stride: int) -> Axis:
    """The axis of a picture, from the first edge of its cells to the last."""
    values = axis.values[::stride]
    if axis.scale == "list":
        ticks = tuple((float(place), num(one)) for place, one in enumerate(values))
        every = max(1, -(-len(ticks) // 8))
        return Axis(axis.label, -0.5, cells - 0.5, ticks=ticks[::every])
    first, last = values[0], values[-1]
    if len(values) == 1:
        return Axis(axis.label, *spread(first, first))
    if axis.scale == "geometric":
        half = (values[1] / values[0]) ** 0.5
        low, high = first / half, last * half
        return Axis(axis.label, low, high, "log")
    half = (values[1] - values[0]) / 2
    return Axis(axis.label, first - half, last + half)


def over(plan: Plan, bounds: Sequence[Bound], across: Axis, up: Axis) -> list[Mark]:
    """The lines of the bounds, dark in white, so that they are seen on every colour."""
    rate, marks = plan.ground.program.rate, list[Mark]()
    place = next((k for k, axis in enumerate(plan.axes) if axis.name == rate), None)
    for one in bounds:
        own = (across, up)[place] if place is not None else across
        stands = one.rate if place is None or plan.axes[place].scale != "list" else between(plan.axes[place], one.rate)
        if place is None or stands is None or not 0 <= own.place(stands) <= 1:
            continue
        if place == 0:
            xs, ys = (stands, stands), (up.low, up.high)
        else:
            xs, ys = (across.low, across.high), (stands, stands)
        marks.append(Line(xs, ys, PAPER, 4))
        marks.append(Line(xs, ys, INK, 1.8, "solid" if one.proved else "dashed", label=one.words))
    return marks


def between(axis: Side, rate: float) -> float | None:
    """Where a rate parts the cells of a list; None where smaller ones stand on both sides of greater ones, or all on
    one.

    >>> between(Side.parse("α=[0.1, 0.2, 0.5]"), 0.3), between(Side.parse("α=[0.1, 0.5, 0.2]"), 0.3)
    (1.5, None)
    """
    below = [value < rate for value in axis.values]
    changes = [place + 0.5 for place, (one, next) in enumerate(pairwise(below)) if one != next]
    return changes[0] if len(changes) == 1 else None


def along(
    plan: Plan, arrays: Arrays, of: str, bounds: Sequence[Bound], title: str, made: Made | None
) -> Figure:
    """A map of one axis: the value of each cell over it."""
    axis = plan.axes[0]
    values = np.array(arrays[of], np.float64)
    known = np.isfinite(values) & (arrays["status"] != Status.NOT_RUN) & (arrays["status"] != Status.FAILED)
    if of in ("reach", "period"):
        known &= values >= 0
    seen = values[known]
    low, high = (float(seen.min()), float(seen.max())) if len(seen) else (0.0, 1.0)
    log = low > 0 and high / low > 30
    up = Axis(of, *(spread(low, high) if not log else (low / 1.2, high * 1.2)), "log" if log else "linear")
    if of == "status":
        up = Axis("", 0.5, 3.5, ticks=tuple((float(code), SAID[code]) for code in CAME))
    across = side(axis, axis.count, 1)
    xs = np.arange(axis.count, dtype=float) if axis.scale == "list" else np.array(axis.values)
    marks: list[Mark] = [Points(tuple(xs[known].tolist()), tuple(seen.tolist()), VERMILION, size=2.2)]
    marks += over(plan, bounds, across, up)
    left = arrays["status"] == Status.LEFT
    if left.any() and of != "status":
        foot = up.low * 1.02 if log else up.low + (up.high - up.low) * 0.01
        gone = tuple(xs[left].tolist())
        marks.append(Points(gone, (foot,) * len(gone), GREY, "cross", 3, label=SAID[Status.LEFT]))
    found = Coloured(np.zeros(values.shape, np.int64), (), {"not finite": ~known & ~left}, up, "as points")
    words = described(plan, arrays, of, found, 1, bounds, made)
    return Figure(chart(title or f"{in_words(plan, of)}, over {axis.label}{trusted(made)}", words, across, up, marks))


def described(
    plan: Plan, arrays: Arrays, of: str, found: Coloured, stride: int, bounds: Sequence[Bound],
    made: Made | None,
) -> str:
    """What can be seen, from the numbers that it is drawn from."""
    status = np.asarray(arrays["status"])
    labels = " and ".join(axis.text for axis in plan.axes)
    words = f"{of} of {count(status.size, 'training')} of {plan.steps} steps over {labels}, {found.said}."
    if stride > 1:
        words += f" One of {stride} cells along each axis is drawn."
    parts = [f"{int((status == code).sum())} {said}" for code, said in SAID.items() if (status == code).any()]
    words += f" Of all cells {', '.join(parts)}{filled_in(arrays)}."
    holes = [f"{int(here.sum())} {said}" for said, here in found.holes.items() if here.any()]
    if holes:
        words += f" Without a colour: {', '.join(holes)}."
    for one in bounds:
        words += f" {one.words}: {num(one.rate)}."
    if made is not None and made.said:
        words += f" Made so: {inline(made.said)}."
    return words


def filled_in(arrays: Arrays) -> str:
    """How many cells were not computed."""
    if FILLED not in arrays:
        return ""
    how = np.asarray(arrays[FILLED])
    return "; " + said(int((how != Filled.COMPUTED).sum()), int((how == Filled.CHECKED).sum()))


def trusted(made: Made | None) -> str:
    """What a title says of a map that a device made."""
    return f" ({made.trusted})" if made is not None and made.made else ""


def bifurcation(
    label: str, scale: str, along_: Array, of: str, values: Array, where: Sequence[tuple[str, float]]
) -> Figure:
    """The last values of each cell of a transect, a point each."""
    known = np.isfinite(values)
    xs = np.repeat(along_, values.shape[1]).reshape(values.shape)[known]
    ys = values[known]
    low, high = (float(np.quantile(ys, 0.001)), float(np.quantile(ys, 0.999))) if len(ys) else (0.0, 1.0)
    up = Axis(of, *spread(low, high))
    ends = (float(along_.min()), float(along_.max()))
    log = scale == "geometric" and ends[0] > 0
    across = Axis(label, *(ends if ends[0] < ends[1] else spread(*ends)), "log" if log else "linear")
    marks = [Points(tuple(xs.tolist()), tuple(ys.tolist()), INK, "circle", 0.6)]
    at = ", ".join(f"{name} = {num(value)}" for name, value in where)
    gone = int((~known).all(axis=1).sum())
    words = f"The last {count(values.shape[1], 'value')} of {of} at {count(len(along_), 'value')} of {label}"
    words += f", at {at}." if at else "."
    if gone:
        words += f" {count(gone, 'cell')} left the finite numbers and has none." if gone == 1 else (
            f" {count(gone, 'cell')} left the finite numbers and have none.")  # fmt: skip
    return Figure(chart(f"{of} at the end over {label}", words, across, up, marks, high=420))


__all__ = ["Bound", "Panel", "bifurcation", "coloured", "figure", "picture"]
