"""Values on a grid → the lines on which they have a given level (marching squares), joined end to end."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Edge = tuple[int, int, int]
Place = tuple[float, float]


def contours(
    xs: NDArray[np.float64], ys: NDArray[np.float64], values: NDArray[np.float64], level: float
) -> list[list[Place]]:
    """Lines through the grid; where a value is not finite there is none.

    >>> xs = ys = np.array([0.0, 1.0])
    >>> contours(xs, ys, np.array([[0.0, 1.0], [0.0, 1.0]]), 0.25)
    [[(0.25, 0.0), (0.25, 1.0)]]
    """
    ends: dict[Edge, Place] = {}
    links: dict[Edge, list[Edge]] = {}
    for one, two, first, second in pieces(xs, ys, values, level):
        ends[one], ends[two] = first, second
        links.setdefault(one, []).append(two)
        links.setdefault(two, []).append(one)
    lines = []
    for start in sorted(links, key=lambda edge: (len(links[edge]), edge)):  # loose ends first, then rings
        while links[start]:
            line, at = [ends[start]], start
            while links[at]:
                following = links[at].pop()
                links[following].remove(at)
                line.append(ends[following])
                at = following
            lines.append(line)
    return lines


def pieces(
    xs: NDArray[np.float64], ys: NDArray[np.float64], values: NDArray[np.float64], level: float
) -> Iterator[tuple[Edge, Edge, Place, Place]]:
    """The stretch of a line in each cell: the two edges that it crosses, and where."""
    above = values > level
    mixed = np.zeros((len(ys) - 1, len(xs) - 1), dtype=np.int64)
    for k, m in ((0, 0), (0, 1), (1, 0), (1, 1)):
        mixed += above[k : k + len(ys) - 1, m : m + len(xs) - 1]
    finite = np.isfinite(values)
    whole = finite[:-1, :-1] & finite[1:, :-1] & finite[:-1, 1:] & finite[1:, 1:]
    for k, m in np.argwhere((mixed > 0) & (mixed < 4) & whole).tolist():
        crossed: list[tuple[Edge, Place]] = []
        for edge, (k0, m0), (k1, m1) in (
            ((k, m, 0), (k, m), (k, m + 1)), ((k, m + 1, 1), (k, m + 1), (k + 1, m + 1)),
            ((k + 1, m, 0), (k + 1, m), (k + 1, m + 1)), ((k, m, 1), (k, m), (k + 1, m)),
        ):  # fmt: skip
            if above[k0, m0] != above[k1, m1]:
                part = float((level - values[k0, m0]) / (values[k1, m1] - values[k0, m0]))
                x = float(xs[m0] + part * (xs[m1] - xs[m0]))
                y = float(ys[k0] + part * (ys[k1] - ys[k0]))
                crossed.append((edge, (x, y)))
        if len(crossed) == 4 and (values[k : k + 2, m : m + 2].mean() > level) == above[k, m]:
            crossed = crossed[1:] + crossed[:1]  # a saddle: its middle says which corners belong together
        for (one, first), (two, second) in zip(crossed[::2], crossed[1::2], strict=True):
            yield one, two, first, second
