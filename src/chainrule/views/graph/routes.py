"""A flow → where each box and each line lies, and where the words of a line stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np

from chainrule.explain.figures.flow.flow import Flow, Use
from chainrule.explain.wording import num
from chainrule.values import dataclass
from chainrule.views.graph.boxes import SMALL, Box, box_height, box_lines, box_width, length
from chainrule.views.graph.labels import Taken, places_along
from chainrule.views.graph.layers import GraphLayout, layout
from chainrule.views.pixels import Point, width

MARGIN = 24.0
GAPS = (58.0, 76.0, 100.0, 130.0)
"""Pixels between rows: the least that leaves room for the words along the lines, else the last."""

ASIDE, AWAY = 14.0, 16.0
"""Pixels between the lines along the right edge, and between them and a row that they pass."""


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
    lines = [box_lines(node) for node in flow.nodes]
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


def arranged(flow: Flow, lines: list[tuple[str, ...]], wide: list[float], places: GraphLayout, gap: float) -> Drawing:
    """Everything with its place, at a distance between rows."""
    tops, bottoms = levels(lines, places, gap)
    boxes = []
    for at, words in enumerate(lines):
        high, row = box_height(words), places.row[at]
        left, top = MARGIN + places.centres[at] - wide[at] / 2, (tops[row] + bottoms[row] - high) / 2
        boxes.append(Box(words, left, top, wide[at], high))
    down, loops = [use for use in flow.uses if not use.back], [use for use in flow.uses if use.back]
    room = max((width(part_of(use), SMALL) for use in loops), default=0.0)
    right, bottom = MARGIN + places.wide + (ASIDE * len(loops) + 16 + room if loops else 0), bottoms[-1]
    frame = (2.0, 2.0, right + MARGIN - 2, bottom + MARGIN - 2)
    taken = Taken(frame, [(box.left, box.top, box.left + box.wide, box.top + box.high) for box in boxes])
    routes = [*downwards(down, boxes, places, tops, bottoms), *aside(loops, boxes, places, tops, bottoms)]
    routes.sort(key=lambda route: (plainly(flow, route.use), route.use.maker, route.use.user))
    return Drawing(tuple(boxes), tuple(labelled(route, taken) for route in routes), right + MARGIN, bottom + MARGIN)


def levels(lines: list[tuple[str, ...]], places: GraphLayout, gap: float) -> tuple[list[float], list[float]]:
    """The top of each row and its bottom."""
    y, tops, bottoms = MARGIN, list[float](), list[float]()
    for row in places.rows:
        tops.append(y)
        bottoms.append(y + max(box_height(lines[at]) for at in row))
        y = bottoms[-1] + gap
    return tops, bottoms


def downwards(
    down: list[Use], boxes: list[Box], places: GraphLayout, tops: list[float], bottoms: list[float]
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


def aside(
    loops: list[Use], boxes: list[Box], places: GraphLayout, tops: list[float], bottoms: list[float]
) -> list[Route]:
    """The lines of uses that go against the rows: below a row to the right, along the edge, above a row in again."""
    found = []
    for place, use in enumerate(loops):
        maker, user = boxes[use.maker], boxes[use.user]
        edge = MARGIN + places.wide + 12 + ASIDE * place
        leaves, arrives = maker.left + 0.94 * maker.wide, user.left + 0.94 * user.wide
        low, high = bottoms[places.row[use.maker]] + AWAY, tops[places.row[use.user]] - AWAY
        points = (leaves, maker.top + maker.high), (leaves, low), (edge, low), (edge, high), (arrives, high)
        found.append(Route(use, (*points, (arrives, user.top))))
    return found


def labelled(route: Route, taken: Taken) -> Route:
    """The route with its words at a place that is free: local derivative and part, or the part alone."""
    use = route.use
    part = part_of(use)
    for words in (part,) if use.local is None or use.back else (f"×{num(use.local, 3)} → {part}", part):
        places = beside(route, words) if use.back else places_along(route.points, SMALL)
        at = taken.put(words, SMALL, places)
        if at is not None:
            return replace(route, words=words, at=at)
    return route


def part_of(use: Use) -> str:
    """What a use adds, or how long that is."""
    return num(use.parts[0]) if use.parts.size == 1 else f"‖{num(length(use.parts))}‖"


def beside(route: Route, words: str) -> Iterator[Point]:
    """Places to the right of a line along the edge."""
    (x, y), (_, to_y) = route.points[2:4]
    for part in (0.5, 0.3, 0.7, 0.1, 0.9):
        yield x + width(words, SMALL) / 2 + 5, y + part * (to_y - y) + 4


def sign(use: Use) -> int | None:
    """The sign of what a use adds: 1, −1 or 0, and None where it adds numbers of both signs or none."""
    if not np.any(use.parts):
        return 0
    return 1 if np.all(use.parts >= 0) else -1 if np.all(use.parts <= 0) else None
