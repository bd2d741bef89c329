"""A flow → where each box and each line lies, and where the words of a line stand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from chainrule.explain.flow.flow import Flow, Use
from chainrule.explain.words import num
from chainrule.views.graph.boxes import SMALL, Box, box_height, box_width, length, told
from chainrule.views.graph.labels import Taken, along
from chainrule.views.graph.layers import Layout, layout
from chainrule.views.pixels import Point

MARGIN = 24.0
GAPS = (58.0, 76.0, 100.0, 130.0)
"""Pixels between rows: the least that leaves room for the words along the lines, else the last."""

ASIDE = 14.0
"""Pixels between the lines along the right edge."""


@dataclass(frozen=True, slots=True)
class Route:
    """A use as it is drawn: the points of its line, its words, and where they stand (None: nowhere)."""

    use: Use
    points: tuple[Point, ...]
    words: str = ""
    at: Point | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything with its place, before it is a scene."""

    boxes: tuple[Box, ...]
    routes: tuple[Route, ...]
    wide: float
    high: float


def draw(flow: Flow) -> Drawing:
    """The places of all boxes and lines."""
    lines = [told(node) for node in flow.nodes]
    wide = [box_width(words) for words in lines]
    places = layout(wide, [(use.maker, use.user) for use in flow.uses if not use.back])
    for gap in GAPS:
        drawing = arranged(flow, lines, wide, places, gap)
        if all(route.at is not None or plainly(flow, route.use) for route in drawing.routes):
            break
    return drawing


def plainly(flow: Flow, use: Use) -> bool:
    """Whether a use is the only one of its maker, so that what it adds stands in the box already."""
    return len(flow.used_by(use.maker)) == 1


def arranged(flow: Flow, lines: list[tuple[str, ...]], wide: list[float], places: Layout, gap: float) -> Drawing:
    """Everything with its place, at a distance between rows."""
    tops, bottoms = levels(lines, places, gap)
    boxes = []
    for at, words in enumerate(lines):
        high, row = box_height(words), places.row[at]
        left, top = MARGIN + places.centres[at] - wide[at] / 2, (tops[row] + bottoms[row] - high) / 2
        boxes.append(Box(words, left, top, wide[at], high))
    down, loops = [use for use in flow.uses if not use.back], [use for use in flow.uses if use.back]
    right, bottom = MARGIN + places.wide + (ASIDE * len(loops) + 16 if loops else 0), bottoms[-1]
    frame = (2.0, 2.0, right + MARGIN - 2, bottom + MARGIN - 2)
    taken = Taken(frame, [(box.left, box.top, box.left + box.wide, box.top + box.high) for box in boxes])
    routes = [*downwards(down, boxes, places, tops, bottoms), *aside(loops, boxes, MARGIN + places.wide + 12)]
    routes.sort(key=lambda route: (plainly(flow, route.use), route.use.maker, route.use.user))
    return Drawing(tuple(boxes), tuple(labelled(route, taken) for route in routes), right + MARGIN, bottom + MARGIN)


def levels(lines: list[tuple[str, ...]], places: Layout, gap: float) -> tuple[list[float], list[float]]:
    """The top of each row and its bottom."""
    y, tops, bottoms = MARGIN, list[float](), list[float]()
    for row in places.rows:
        tops.append(y)
        bottoms.append(y + max(box_height(lines[at]) for at in row))
        y = bottoms[-1] + gap
    return tops, bottoms


def downwards(
    down: list[Use], boxes: list[Box], places: Layout, tops: list[float], bottoms: list[float]
) -> list[Route]:
    """The lines from the bottom of a box, straight through the rows between, to the top of another."""
    paths = [
        [MARGIN + x for x in (places.centres[use.maker], *passing, places.centres[use.user])]
        for use, passing in zip(down, places.passing, strict=True)
    ]
    out = ports([use.maker for use in down], [path[1] for path in paths], boxes)
    into = ports([use.user for use in down], [path[-2] for path in paths], boxes)
    found = []
    for use, path, leaves, arrives in zip(down, paths, out, into, strict=True):
        maker, user, row = boxes[use.maker], boxes[use.user], places.row[use.maker]
        points = [(leaves, maker.top + maker.high), (leaves, bottoms[row])]
        for between, x in enumerate(path[1:-1], row + 1):
            points += [(x, tops[between]), (x, bottoms[between])]
        points += [(arrives, tops[places.row[use.user]]), (arrives, user.top)]
        found.append(Route(use, (points[0], *(point for before, point in pairwise(points) if before != point))))
    return found


def ports(owners: list[int], aims: list[float], boxes: list[Box]) -> list[float]:
    """Where lines leave their boxes: side by side in the order in which they go on."""
    found = [0.0] * len(owners)
    for owner in dict.fromkeys(owners):
        own = sorted((at for at, other in enumerate(owners) if other == owner), key=lambda at: (aims[at], at))
        box = boxes[owner]
        step = min(26.0, 0.76 * box.wide / len(own))
        for place, at in enumerate(own):
            found[at] = box.left + box.wide / 2 + (place - (len(own) - 1) / 2) * step
    return found


def aside(loops: list[Use], boxes: list[Box], x: float) -> list[Route]:
    """The lines of uses that go against the rows: out to the right, along the edge, and in again."""
    found = []
    for place, use in enumerate(loops):
        maker, user = boxes[use.maker], boxes[use.user]
        start, end, edge = maker.top + 0.75 * maker.high, user.top + 0.25 * user.high, x + ASIDE * place
        points = (maker.left + maker.wide, start), (edge, start), (edge, end), (user.left + user.wide, end)
        found.append(Route(use, points))
    return found


def labelled(route: Route, taken: Taken) -> Route:
    """The route with its words at a place that is free: local derivative and part, or the part alone."""
    use = route.use
    part = num(use.parts[0]) if use.parts.size == 1 else f"‖{num(length(use.parts))}‖"
    for words in (part,) if use.local is None else (f"×{num(use.local, 3)} → {part}", part):
        at = taken.put(words, SMALL, along(route.points, SMALL))
        if at is not None:
            return replace(route, words=words, at=at)
    return route


def sign(use: Use) -> int | None:
    """The sign of what a use adds: 1, −1 or 0, and None where it adds numbers of both signs or none."""
    if not np.any(use.parts):
        return 0
    return 1 if np.all(use.parts >= 0) else -1 if np.all(use.parts <= 0) else None
