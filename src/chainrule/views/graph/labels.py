"""Words along lines → where they stand without touching a box or each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field
from itertools import pairwise

from chainrule.values import dataclass
from chainrule.views.pixels import width

Point = tuple[float, float]
Room = tuple[float, float, float, float]
"""Left, top, right, bottom."""

ALONG = (0.3, 0.45, 0.2, 0.6, 0.72, 0.37, 0.53, 0.12, 0.82, 0.9)
"""Where along a line words are tried, in this order."""


@dataclass(slots=True)
class Taken:
    """The rooms that are taken; what is outside of the frame is taken too."""

    frame: Room
    rooms: list[Room] = field(default_factory=list)

    def free(self, room: Room) -> bool:
        """Whether nothing is there."""
        left, top, right, bottom = self.frame
        if room[0] < left or room[1] < top or room[2] > right or room[3] > bottom:
            return False
        return not any(touch(room, other) for other in self.rooms)

    def put(self, words: str, size: float, places: Iterable[Point]) -> Point | None:
        """The first of the places at which words fit, which is then taken; None if there is none."""
        for x, y in places:
            room = around(words, size, x, y)
            if self.free(room):
                self.rooms.append(room)
                return x, y
        return None


def around(words: str, size: float, x: float, y: float) -> Room:
    """The room of words whose base line is centred at a place."""
    half = width(words, size) / 2 + 3
    return x - half, y - size, x + half, y + 0.35 * size


def touch(one: Room, other: Room) -> bool:
    """Whether two rooms have a point in common, borders aside."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def places_along(points: Sequence[Point], size: float, places: Sequence[float] = ALONG) -> Iterable[Point]:
    """Places along the slanting parts of a line, the first part first; words are centred on it."""
    for (x, y), (to_x, to_y) in pairwise(points):
        if to_y - y < size:
            continue
        for part in places:
            yield x + part * (to_x - x), y + part * (to_y - y) + 0.35 * size
