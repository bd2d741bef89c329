"""The quantities of a network → the graph of the page: values go forward, slopes back, a factor on each arrow.

It is drawn once, wide and tall; the page's script only puts numbers into it.
"""

from __future__ import annotations

from chainrule.page.markup import Markup, Value, el, join
from chainrule.page.subject import Subject
from chainrule.page.words import Words
from chainrule.values import dataclass
from chainrule.views.graph.layers import layout

BOXES = 30
"""Boxes from which on there is no room for such a graph."""

WIDE, HIGH, GAP = 86.0, 58.0, 64.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Net:
    """Quantities, and who uses whom with the key of the factor."""

    boxes: tuple[str, ...]
    uses: tuple[tuple[str, str, str], ...]


def net(subject: Subject) -> Net | None:
    """The graph of a model of plain numbers; None where there are letters, or too many boxes."""
    factors = subject.watched.factors
    shown = set(subject.lines)
    uses = [(maker, user, key) for (maker, user), key in factors.items() if user in shown and reaches(subject, maker)]
    boxes = dict.fromkeys(name for name in subject.model.quantities if any(name in use[:2] for use in uses))
    consts = {symbol.name for symbol in subject.program.consts}
    boxes = {name: None for name in boxes if name not in consts}
    ordered = [*(name for name in boxes if name not in shown), *(name for name in subject.lines if name in boxes)]
    uses = [one for one in uses if one[0] in boxes and one[1] in boxes]
    return Net(tuple(ordered), tuple(uses)) if uses and len(ordered) < BOXES else None


def reaches(subject: Subject, maker: str) -> bool:
    return maker in subject.lines or subject.model.quantities[maker].role in ("data", "target", "weight")


def drawings(subject: Subject, words: Words, one: Net) -> Markup:
    """Both drawings; the narrow one goes from top to bottom."""
    return join(drawn(subject, words, one, tall=False), drawn(subject, words, one, tall=True))


def drawn(subject: Subject, words: Words, one: Net, tall: bool) -> Markup:
    number = {name: place for place, name in enumerate(one.boxes)}
    across, along = (WIDE, HIGH) if tall else (HIGH, WIDE)
    edges = sorted((number[maker], number[user]) for maker, user, _ in one.uses)
    found = layout([across + 8.0] * len(one.boxes), edges)
    rows = len(found.rows)
    step = along + (46.0 if tall else GAP)

    def corner(name: str) -> Point:
        centre, row = found.centres[number[name]], found.row[number[name]]
        here = (centre - across / 2, row * step + 1)
        return here if tall else (here[1], here[0])

    wide, high = (found.wide, rows * step - step + along + 2) if tall else (rows * step - step + along + 2, found.wide)
    arrows = [arrow(subject, words, corner(maker), corner(user), maker, key) for maker, user, key in one.uses]
    boxes = [box(subject, words, name, corner(name)) for name in one.boxes]
    return el(
        "svg",
        {
            "class": "tall" if tall else "wide",
            "viewBox": f"0 0 {wide:.0f} {high:.0f}",
            "aria-hidden": "true",  # its numbers stand in the rows, and in the words below
            "width": f"{wide:.0f}",
            "height": f"{high:.0f}",
        },
        *arrows,
        *boxes,
    )


def box(subject: Subject, words: Words, name: str, at: Point) -> Markup:
    """A quantity with its value and its slope."""
    x, y = at
    given = name not in subject.lines
    slope = subject.program.gradient(name)
    has = (slope in subject.axes and name != subject.each) or name in subject.slopes
    middle = x + WIDE / 2
    lines = [
        text(middle, y + 17, subject.q(name), {"class": "name"}),
        number(words, "text", name, {"x": f"{middle:.1f}", "y": f"{y + 34:.1f}", "class": "" if given else "tf"}),
    ]
    if has:
        place = {"x": f"{middle:.1f}", "y": f"{y + 50:.1f}", "class": "tb small"}
        lines.append(el("text", place, "∂ ", number(words, "tspan", slope, {})))
    shape: dict[str, Value] = {
        "class": "node given" if given else "node",
        "x": f"{x:.1f}",
        "y": f"{y:.1f}",
        "width": WIDE,
        "height": HIGH,
        "rx": 2 if given else 12,
    }
    return el("g", {"class": "q", "data-q": subject.q(name)}, el("rect", shape), *lines)


def text(x: float, y: float, words: str, attributes: dict[str, str]) -> Markup:
    return el("text", {"x": f"{x:.1f}", "y": f"{y:.1f}", **attributes}, words)


def number(words: Words, tag: str, key: str, attributes: dict[str, str], digits: int = 4) -> Markup:
    """An element that the script fills again."""
    return el(
        tag, {**attributes, "data-n": key, "data-d": digits if digits != 4 else None}, words.written(key, digits=digits)
    )


def arrow(subject: Subject, words: Words, maker: Point, user: Point, name: str, key: str) -> Markup:
    """Forward, and beside it backward with its factor where a slope flows."""
    start, end, side = ends(maker, user)
    parts = [line("ef", shifted(start, side, -5), shifted(end, side, -5))]
    if name in subject.slopes:
        parts.append(line("eb", shifted(end, side, 5), shifted(start, side, 5)))
        x, y = shifted(((start[0] + end[0]) / 2, (start[1] + end[1]) / 2), side, 13)
        anchor = "middle" if abs(side[1]) > 0.9 else "end" if side[0] < 0 else "start"
        place = {"x": f"{x:.1f}", "y": f"{y + 4:.1f}", "class": "tb small", "text-anchor": anchor}
        parts.append(el("text", place, "×", number(words, "tspan", key, {}, 3)))
    return el("g", {"class": "use"}, *parts)


def ends(maker: Point, user: Point) -> tuple[Point, Point, Point]:
    """Where an arrow begins and ends, from border to border, and the direction across it."""
    a = maker[0] + WIDE / 2, maker[1] + HIGH / 2
    b = user[0] + WIDE / 2, user[1] + HIGH / 2
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    u = dx / length, dy / length
    cut = min(WIDE / 2 / abs(u[0]) if u[0] else 1e9, HIGH / 2 / abs(u[1]) if u[1] else 1e9) + 3
    return (a[0] + u[0] * cut, a[1] + u[1] * cut), (b[0] - u[0] * cut, b[1] - u[1] * cut), (-u[1], u[0])


def shifted(at: Point, side: Point, by: float) -> Point:
    return at[0] + side[0] * by, at[1] + side[1] * by


def line(kind: str, start: Point, end: Point) -> Markup:
    """A line with its head, drawn by hand: a marker would need an id in each drawing."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    u, side = (dx / length, dy / length), (-dy / length, dx / length)
    left = end[0] - u[0] * 7 + side[0] * 3.5, end[1] - u[1] * 7 + side[1] * 3.5
    right = end[0] - u[0] * 7 - side[0] * 3.5, end[1] - u[1] * 7 - side[1] * 3.5
    path = f"M{start[0]:.1f} {start[1]:.1f}L{end[0]:.1f} {end[1]:.1f}"
    head = f"M{end[0]:.1f} {end[1]:.1f}L{left[0]:.1f} {left[1]:.1f}L{right[0]:.1f} {right[1]:.1f}z"
    return join(el("path", {"class": kind, "d": path}), el("path", {"class": f"{kind} head", "d": head}))


def described(subject: Subject, words: Words, one: Net) -> str:
    """The graph in words, with the numbers of the moment."""
    uses = [
        words.say("graph.use", user=subject.q(user), maker=subject.q(maker), factor=words.written(key, digits=3))
        for maker, user, key in one.uses
        if maker in subject.slopes
    ]
    return words.say("graph.words", E=words.E, uses=", ".join(uses))
