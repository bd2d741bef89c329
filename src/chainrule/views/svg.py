"""A scene → SVG text: well formed, without script, style sheet, link or identifier, every word escaped.

The description stands in it for whoever cannot see it. It has no identifiers, so a page may hold many.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from chainrule.errors import markup
from chainrule.views.paint import paint
from chainrule.views.pixels import Box, Circle, PixelMark, Stroke, Words
from chainrule.views.scene import Dash, Scene

FONTS = "DejaVu Sans, Verdana, Arial, sans-serif"
MANY = 16
"""Boxes from which on they are written together: a heat has a thousand."""

DASHED: dict[Dash, str] = {"solid": "", "dashed": "7 4", "dotted": "1.5 4", "dashdot": "8 4 2 4"}


def svg(scene: Scene) -> str:
    """The picture as a text of its own.

    >>> from chainrule.views.scene import Scene
    >>> svg(Scene("E < 1", "nothing & no one", 40, 30, ())).splitlines()[1]
    '<title>E &lt; 1</title><desc>nothing &amp; no one</desc>'
    """
    wide, high = short(scene.wide), short(scene.high)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" '
        f'role="img" font-family="{FONTS}">',
        f"<title>{markup(scene.title)}</title><desc>{markup(scene.description)}</desc>",
        *(text for grounds, group in groupby(paint(scene), ground) for text in elements(grounds, list(group))),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def ground(one: PixelMark) -> bool:
    """Whether it is a box without an edge: the cells of a heat are such, and follow each other."""
    return isinstance(one, Box) and not (one.colour or one.round) and one.opacity == 1


def elements(grounds: bool, those: list[PixelMark]) -> Iterator[str]:
    """What follows each other: many boxes without an edge as one path for each colour, all else one by one."""
    if not grounds or len(those) < MANY:
        yield from map(element, those)
        return
    paths: dict[str, list[str]] = {}
    for one in those:
        assert isinstance(one, Box)  # noqa: S101  (so says `ground`)
        corner, (wide, high) = f"{one.x:.1f} {one.y:.1f}", (f"{one.wide:.1f}", f"{one.high:.1f}")
        paths.setdefault(one.fill, []).append(f"M{corner}h{wide}v{high}h-{wide}z")
    for fill, pieces in paths.items():
        yield f'<path shape-rendering="crispEdges" fill="{fill}" d="{"".join(pieces)}"/>'


def short(value: float) -> str:
    """A length, to a hundredth of a pixel."""
    return f"{value:.2f}".rstrip("0").rstrip(".").replace("-0", "0") if abs(value) < 0.005 else short_number(value)


def short_number(value: float) -> str:
    text = f"{value:.2f}"
    return text.rstrip("0").rstrip(".")


def element(one: PixelMark) -> str:
    """What is drawn as one element."""
    match one:
        case Stroke(points, colour, width, dash, fill, opacity):
            places = " ".join(f"{short(x)},{short(y)}" for x, y in points)
            kind = "polygon" if fill else "polyline"
            more = "".join(stroked(colour, width, dash)) + clear(opacity)
            return f'<{kind} points="{places}" fill="{fill or "none"}"{more}/>'
        case Circle(x, y, radius, colour, width, fill):
            more = "".join(stroked(colour, width, "solid"))
            return f'<circle cx="{short(x)}" cy="{short(y)}" r="{short(radius)}" fill="{fill}"{more}/>'
        case Box(x, y, wide, high, fill, colour, width, radius, opacity):
            more = "".join(stroked(colour, width, "solid")) + (f' rx="{short(radius)}"' if radius else "")
            size = f'width="{short(wide)}" height="{short(high)}"'
            return f'<rect x="{short(x)}" y="{short(y)}" {size} fill="{fill or "none"}"{more}{clear(opacity)}/>'
        case Words(x, y, words, size, colour, anchor, bold, turned):
            more = f' text-anchor="{anchor}"' if anchor != "start" else ""
            more += ' font-weight="bold"' if bold else ""
            more += f' transform="rotate(-90 {short(x)} {short(y)})"' if turned else ""
            place = f'x="{short(x)}" y="{short(y)}"'
            return f'<text {place} font-size="{short(size)}" fill="{colour}"{more}>{markup(words)}</text>'


def stroked(colour: str, width: float, dash: Dash) -> Iterator[str]:
    """The attributes of a line; none where it has no width."""
    if colour and width:
        yield f' stroke="{colour}" stroke-width="{short(width)}" stroke-linejoin="round"'
        if DASHED[dash]:
            yield f' stroke-dasharray="{DASHED[dash]}"'


def clear(opacity: float) -> str:
    """The attribute of what can be seen through."""
    return f' opacity="{short(opacity)}"' if opacity < 1 else ""
