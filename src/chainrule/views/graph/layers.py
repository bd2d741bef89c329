"""Nodes and edges → rows: each edge goes down, few lines cross, long lines are straight, no two boxes touch.

The steps are those of Sugiyama, Tagawa and Toda (1981): rows by longest paths, an edge over several rows gets a point
in each between, the order in a row follows the barycentres of the neighbours, and places keep that order while they
are drawn to their neighbours (least squares under distances, solved by pooling). No step is left to chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from chainrule.values import dataclass

SWEEPS = 24
"""Passes over the rows, down and up, for the order and again for the places."""

APART, THIN = 16.0, 22.0
"""Pixels between two boxes; pixels that a line needs where it passes through a row."""

Edge = tuple[int, int]


@dataclass(frozen=True, slots=True)
class GraphLayout:
    """The row and the centre of every node, and where each edge passes: centres in the rows between its ends."""

    rows: tuple[tuple[int, ...], ...]
    row: tuple[int, ...]
    centres: tuple[float, ...]
    passing: tuple[tuple[float, ...], ...]
    wide: float


def layout(wide: Sequence[float], edges: Sequence[Edge]) -> GraphLayout:
    """The places of nodes of the given widths. An edge goes from an earlier node to a later one.

    >>> found = layout([40, 40, 40], [(0, 2), (1, 2)])
    >>> found.rows, found.centres[2] == (found.centres[0] + found.centres[1]) / 2
    (((0, 1), (2,)), True)
    """
    many = len(wide)
    row = rows_of(many, edges)
    widths, level, chains = list(wide), list(row), list[list[int]]()
    for maker, user in edges:
        chain = [maker]
        for between in range(row[maker] + 1, row[user]):
            chain.append(len(widths))
            widths.append(THIN)
            level.append(between)
        chains.append([*chain, user])
    links = [link for chain in chains for link in pairwise(chain)]
    first = start(many, level, chains)
    order = upright(ordered(level, links, [list(one) for one in first]), first)
    centres = placed(order, widths, links, many)
    left = min(centre - widths[at] / 2 for at, centre in enumerate(centres))
    centres = [centre - left for centre in centres]
    return GraphLayout(
        rows=tuple(tuple(at for at in one if at < many) for one in order),
        row=tuple(row),
        centres=tuple(centres[:many]),
        passing=tuple(tuple(centres[at] for at in chain[1:-1]) for chain in chains),
        wide=max(centre + widths[at] / 2 for at, centre in enumerate(centres)),
    )


def rows_of(many: int, edges: Sequence[Edge]) -> list[int]:
    """The row of each node, 0 on top: as low as those allow that are made of it."""
    height = [0] * many
    for maker, user in sorted(edges, key=lambda edge: -edge[1]):
        height[maker] = max(height[maker], height[user] + 1)
    top = max(height, default=0)
    return [top - one for one in height]


def start(many: int, level: Sequence[int], chains: Sequence[Sequence[int]]) -> list[list[int]]:
    """A first order: as one meets them going up from the last node, in the order in which things are read."""
    above: dict[int, list[list[int]]] = {}
    for chain in chains:
        above.setdefault(chain[-1], []).append(list(chain))
    rows: list[list[int]] = [[] for _ in range(max(level, default=-1) + 1)]
    met: set[int] = set()
    todo = list(range(many))
    while todo:
        at = todo.pop()
        if at in met:
            continue
        met.add(at)
        rows[level[at]].append(at)
        for chain in above.get(at, ()):
            for point in chain[1:-1]:
                rows[level[point]].append(point)
        todo.extend(chain[0] for chain in reversed(above.get(at, ())) if chain[0] not in met)
    return rows


def ordered(level: Sequence[int], links: Sequence[Edge], rows: list[list[int]]) -> list[list[int]]:
    """The order with the fewest crossings that sweeps by barycentres find."""
    above: list[list[int]] = [[] for _ in level]
    below: list[list[int]] = [[] for _ in level]
    for upper, lower in links:
        below[upper].append(lower)
        above[lower].append(upper)
    best, fewest = [list(row) for row in rows], crossings(rows, below)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 1
        near = above if down else below
        for row in rows if down else reversed(rows):
            place = {at: rank for other in rows for rank, at in enumerate(other)}
            settle(row, {at: sum(place[one] for one in near[at]) / len(near[at]) for at in row if near[at]})
        found = crossings(rows, below)
        if found < fewest:
            best, fewest = [list(row) for row in rows], found
    return best


def upright(rows: list[list[int]], first: list[list[int]]) -> list[list[int]]:
    """The rows, or their mirror image if that is nearer to the order of reading: as many lines cross in both."""
    rank = {at: place for row in first for place, at in enumerate(row)}
    turned = sum(
        (rank[one] > rank[other]) - (rank[one] < rank[other])
        for row in rows
        for place, one in enumerate(row)
        for other in row[place + 1 :]
    )
    return [row[::-1] for row in rows] if turned > 0 else rows


def settle(row: list[int], scale: Mapping[int, float]) -> None:
    """Sort those of a row that have neighbours; the others keep their places."""
    found = iter(sorted((at for at in row if at in scale), key=scale.__getitem__))
    row[:] = [next(found) if at in scale else at for at in row]


def crossings(rows: Sequence[Sequence[int]], below: Sequence[Sequence[int]]) -> int:
    """How many pairs of lines cross."""
    total = 0
    for upper, lower in pairwise(rows):
        place = {at: rank for rank, at in enumerate(lower)}
        ends = [place[end] for at in upper for end in sorted(below[at], key=place.__getitem__)]
        total += sum(one > other for rank, other in enumerate(ends) for one in ends[:rank])
    return total


def placed(rows: Sequence[Sequence[int]], wide: Sequence[float], links: Sequence[Edge], many: int) -> list[float]:
    """The centre of everything in its row: drawn to its neighbours, at least so far apart as the widths need."""
    near: list[list[tuple[int, float]]] = [[] for _ in wide]
    above: list[list[tuple[int, float]]] = [[] for _ in wide]
    below: list[list[tuple[int, float]]] = [[] for _ in wide]
    for upper, lower in links:
        pull = (1.0, 2.0, 8.0)[(upper >= many) + (lower >= many)]
        below[upper].append((lower, pull))
        above[lower].append((upper, pull))
        near[upper].append((lower, pull))
        near[lower].append((upper, pull))
    centres = [0.0] * len(wide)
    for row in rows:
        x = 0.0
        for at in row:
            centres[at] = x + wide[at] / 2
            x += wide[at] + APART
        for at in row:
            centres[at] -= x / 2
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        around = near if sweep >= SWEEPS // 2 else above if down else below
        for row in rows if down else reversed(rows):
            wanted, pulls = [], []
            for at in row:
                pull = sum(one for _, one in around[at])
                wanted.append(sum(centres[other] * one for other, one in around[at]) / pull if pull else centres[at])
                pulls.append(pull or 0.1)
            gaps = [(wide[one] + wide[other]) / 2 + APART for one, other in pairwise(row)]
            for at, centre in zip(row, spaced(wanted, pulls, gaps), strict=True):
                centres[at] = centre
    return centres


def spaced(wanted: Sequence[float], pulls: Sequence[float], gaps: Sequence[float]) -> list[float]:
    """The places nearest to the wanted ones (least squares) that keep the order and the gaps: isotonic regression.

    >>> spaced([0.0, 0.0], [1.0, 1.0], [10.0])
    [-5.0, 5.0]
    """
    shifts = [0.0]
    for gap in gaps:
        shifts.append(shifts[-1] + gap)
    pools: list[tuple[float, float, int]] = []  # mean, pull, how many
    for want, pull, shift in zip(wanted, pulls, shifts, strict=False):
        mean, weight, many = want - shift, pull, 1
        while pools and pools[-1][0] > mean:
            other, heavy, more = pools.pop()
            mean = (mean * weight + other * heavy) / (weight + heavy)
            weight, many = weight + heavy, many + more
        pools.append((mean, weight, many))
    level = [mean for mean, _, many in pools for _ in range(many)]
    return [mean + shift for mean, shift in zip(level, shifts, strict=False)]
