"""Which patterns each step visits: a way of visiting → the rows of step k, for every k.

Rows are numbers of patterns, from 0; step k is the one that leads from the weights after k steps to those after k + 1.
A pass is the number of steps after which the visiting begins again.

===============  ==================================================================  =====================
``"each"``       one pattern a step, in turn                                         P steps
``"all"``        every pattern in every step                                         1 step
``"shuffled"``   one pattern a step, in an order drawn anew for each pass            P steps
a number N       N consecutive patterns a step, going on at the first after the      P/gcd(P, N) steps
                 last: no pattern is left out because P is not a multiple of N
a list           of rows, or of lists of rows: these, then again from the first      as long as the list
===============  ==================================================================  =====================
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator, Sequence
from dataclasses import field
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import UsageError, shown
from chainrule.numbers.random import permutation
from chainrule.values import dataclass

Rows = tuple[int, ...]
Batch = str | int | Sequence[int] | Sequence[Sequence[int]]

LISTED = 10**7
"""The most rows that a listed order may hold."""


@dataclass(frozen=True, slots=True)
class Order:
    """The rows of every step. ``batch`` is what was asked for, in a form that can be stored.

    >>> Order("each", 3).visits(1, 5)
    [(1,), (2,), (0,), (1,)]
    >>> Order(2, 3).visits(0, 3), Order(2, 3).pass_length
    ([(0, 1), (2, 0), (1, 2)], 3)
    """

    batch: Literal["each", "all", "shuffled"] | int | tuple[Rows, ...]
    patterns: int
    seed: int = 0
    latest: dict[int, Rows] = field(default_factory=dict, init=False, repr=False, compare=False)  # pass → its order

    @property
    def pass_length(self) -> int:
        """How many steps a pass has."""
        match self.batch:
            case "each" | "shuffled":
                return self.patterns
            case "all":
                return 1
            case int(size):
                return self.patterns // math.gcd(self.patterns, size)
            case listed:
                return len(listed)

    @property
    def width(self) -> int | None:
        """How many patterns each step visits; None where the steps of a list differ."""
        match self.batch:
            case "each" | "shuffled":
                return 1
            case "all":
                return self.patterns
            case int(size):
                return size
            case listed:
                return len(listed[0]) if len(set(map(len, listed))) == 1 else None

    def rows(self, step: int) -> Rows:
        """The patterns visited by the step after ``step`` steps."""
        return self.visits(step, step + 1)[0]

    def visits(self, start: int, stop: int) -> list[Rows]:
        """The patterns visited by the steps start, start + 1, …, stop − 1."""
        count = self.patterns
        match self.batch:
            case "each":
                return [(step % count,) for step in range(start, stop)]
            case "all":
                return [tuple(range(count))] * (stop - start)
            case "shuffled":
                passes = range(start // count, -(-stop // count))
                drawn = [row for number in passes for row in self.shuffled(number)]
                first = start // count * count
                return [(row,) for row in drawn[start - first : stop - first]]
            case int(size):
                return [tuple((step * size + place) % count for place in range(size)) for step in range(start, stop)]
            case listed:
                return [listed[step % len(listed)] for step in range(start, stop)]

    def table(self, start: int, stop: int) -> NDArray[np.int64] | None:
        """The same as one array, a row for each step; None where steps visit all patterns or differently many.

        >>> Order(2, 3).table(0, 2).tolist()
        [[0, 1], [2, 0]]
        """
        width = self.width
        match self.batch:
            case "all":
                return None
            case "shuffled":
                return np.array(self.visits(start, stop), dtype=np.int64)
            case int() | "each":
                size = width or 1
                again = self.patterns // math.gcd(size, self.patterns)  # steps until it begins again
                steps = np.arange(start, min(stop, start + again), dtype=np.int64)
                once = (steps[:, None] * size + np.arange(size)) % self.patterns
                return np.tile(once, (-(-(stop - start) // max(1, len(once))), 1))[: stop - start]
            case listed:
                steps = np.arange(start, stop, dtype=np.int64)
                return np.array(listed, dtype=np.int64)[steps % len(listed)] if width else None

    def at(self, steps: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """The places of steps that visit equally many patterns, and the patterns visited by each: a row for each of
        them, or one row where all visit the same.

        >>> [(places.tolist(), rows.tolist()) for places, rows in Order(2, 3).at(np.array([0, 7]))]
        [([0, 1], [[0, 1], [2, 0]])]
        """
        places, count = np.arange(len(steps)), self.patterns
        match self.batch:
            case "all":
                yield places, np.arange(count)[None]
            case "each":
                yield places, steps[:, None] % count
            case int(size):
                yield places, (steps[:, None] * size + np.arange(size)) % count
            case "shuffled":
                passes, turns = np.divmod(steps, count)
                by_pass = np.argsort(passes, kind="stable")
                cuts = np.flatnonzero(np.diff(passes[by_pass], prepend=-1)).tolist()
                rows = np.empty((len(steps), 1), np.int64)
                for start, stop in pairwise([*cuts, len(steps)]):
                    here = by_pass[start:stop]
                    rows[here, 0] = np.array(self.shuffled(int(passes[here[0]])))[turns[here]]
                yield places, rows
            case listed:
                known, turns = np.unique(steps % len(listed), return_inverse=True)
                several = [listed[turn] for turn in known.tolist()]
                widths = np.array([len(visited) for visited in several])
                for width in np.unique(widths).tolist():
                    table = np.array([visited if len(visited) == width else (0,) * width for visited in several])
                    here = places[widths[turns] == width]
                    yield here, table[turns[here]]

    def shuffled(self, number: int) -> Rows:
        """The order of a pass, a function of the seed and its number. The latest is kept: a chunk may end inside it."""
        if number not in self.latest:
            found = permutation(self.seed, f"pass {number}", self.patterns)
            self.latest.clear()
            self.latest[number] = found
            return found
        return self.latest[number]


def order(batch: Batch, patterns: int, seed: int = 0) -> Order:
    """The order that a call asks for; anything that is not one is an error.

    >>> order([[0, 1], [2]], 3).rows(3)
    (2,)
    """
    if isinstance(batch, str):
        if batch not in ("each", "all", "shuffled"):
            raise UsageError("E350", f"batch {shown(batch)} is not a way to visit the patterns", POSSIBLE)
        return Order(batch, patterns, seed)  # type: ignore[arg-type]
    size = whole(batch)
    if size is not None:
        if not 1 <= size <= patterns:
            raise UsageError(
                "E351",
                f"a step cannot visit {size} of {patterns} pattern{'s' * (patterns != 1)}",
                f'write a number from 1 to {patterns}; "all" visits all of them in every step',
            )
        return Order(size, patterns, seed)
    return Order(listed(batch, patterns), patterns, seed)


def listed(batch: object, patterns: int) -> tuple[Rows, ...]:
    """The steps of an order that is written out: one row each, or a list of rows each."""
    if isinstance(batch, np.ndarray):
        batch = batch.tolist()
    if not isinstance(batch, Sequence) or isinstance(batch, bytes):
        raise UsageError("E350", f"batch cannot be {shown(batch)}", POSSIBLE)
    steps = []
    total = 0
    for number, item in enumerate(batch):
        alone = whole(item)
        if isinstance(item, np.ndarray):
            item = item.tolist()
        if alone is None and (not isinstance(item, Sequence) or isinstance(item, str | bytes)):
            raise UsageError("E352", f"step {number} of the order is {shown(item)}, not a row or a list of rows", LISTS)
        rows = (item,) if alone is not None else tuple(item)
        if not rows:
            raise UsageError("E352", f"step {number} of the order visits no pattern", LISTS)
        total += len(rows)
        if total > LISTED:
            raise UsageError("E352", f"the order lists more than {LISTED} rows", "a shorter list is repeated as it is")
        steps.append(tuple(known(row, number, patterns) for row in rows))
    if not steps:
        raise UsageError("E352", "the order has no step", LISTS)
    return tuple(steps)


def known(row: object, step: int, patterns: int) -> int:
    """A row of the order, checked to be a pattern."""
    found = whole(row)
    if found is None or not 0 <= found < patterns:
        raise UsageError(
            "E352",
            f"step {step} of the order visits row {shown(row)}, which is not a pattern",
            f"rows are whole numbers from 0 to {patterns - 1}",
        )
    return found


LARGEST = 2**62
"""Beyond it no count of steps or patterns means anything: engines count in 64 bits."""


def whole(value: object) -> int | None:
    """A whole number as an int, NumPy's included; None for anything else, True, False and the endless among it."""
    if isinstance(value, bool | np.bool_ | np.ndarray):
        return None
    try:
        found = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        return None
    return found if abs(found) <= LARGEST else None


POSSIBLE = 'write "each", "all", "shuffled", a number of patterns a step, or a list of rows'
LISTS = "write rows, [0, 2, 1], or a list of rows for each step, [[0, 1], [2, 3]]"
