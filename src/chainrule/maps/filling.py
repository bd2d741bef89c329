"""A block of a map of which the status alone is asked → its regions, filled where their border is of one status.

After S. Mariani and M. Silver, as for the Mandelbrot set: a rectangle whose border has one status to the last cell is
taken to have it inside. An island in it would be missed; so no rectangle is larger than `WIDEST`, one in a hundred of
the cells that were filled is computed after all, and a rectangle in which one of these differs is computed whole.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from chainrule.maps.layout import Status

WIDEST, NARROWEST = 16, 4
"""Cells along a side: of the rectangles that are looked at first, and of those that are computed whole."""

SHARE = 0.01
"""Of the cells that were filled, those that are computed as a check: one of a rectangle at least."""

Arrays = dict[str, NDArray[np.generic]]
Rectangle = tuple[int, int, int, int]
"""The first row and column, and those after the last."""
Cells = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Rows and columns."""
Part = tuple[int | slice, int | slice]
Compute = Callable[[NDArray[np.bool_]], Arrays]
"""The arrays of a block, its cells along one side, of which those that are marked are computed."""


FILLED = "filled"
"""The array that says so."""


class Filled(IntEnum):
    """How the status of a cell is known."""

    COMPUTED = 0
    FROM_BORDER = 1
    CHECKED = 2



def said(filled: int, checked: int) -> str:
    """How many cells were filled, in words."""
    return f"{filled} of these filled from borders, {checked} of them computed as a check"


def filled(shape: tuple[int, int], arrays: Arrays, compute: Compute, seed: int) -> Arrays:
    """``arrays`` (cells along one side) with every status; ``compute`` computes cells, ``seed`` draws those checked."""
    status, how = arrays["status"].reshape(shape), arrays["filled"].reshape(shape)
    known = np.zeros(shape, bool)
    draw = np.random.default_rng(seed)

    def found(wanted: NDArray[np.bool_]) -> None:
        wanted &= ~known
        if wanted.any():
            marked, made = wanted.ravel(), compute(wanted.ravel())
            for name, values in arrays.items():
                if name != "filled":
                    values[marked] = made[name][marked]
            known[wanted] = True

    todo, level = tiled(shape), list[Rectangle]()
    checked: list[tuple[Rectangle, Cells]] = []
    while todo:
        level, todo = todo, []
        edges = np.zeros(shape, bool)
        for one in level:
            for part in border(one):
                edges[part] = True
        found(edges)
        whole = np.zeros(shape, bool)
        for one in level:
            inside = status[one[0] + 1 : one[2] - 1, one[1] + 1 : one[3] - 1]
            if not inside.size:
                continue
            corner = status[one[:2]]
            alike = all((status[part] == corner).all() for part in border(one))
            if alike and corner not in (Status.NOT_RUN, Status.FAILED):
                inside[...] = corner
                how[one[0] + 1 : one[2] - 1, one[1] + 1 : one[3] - 1] = Filled.FROM_BORDER
                checked.append((one, some(one, draw)))
            elif max(one[2] - one[0], one[3] - one[1]) <= NARROWEST:
                whole[one[0] : one[2], one[1] : one[3]] = True
            else:
                todo += halves(one)
        found(whole)
    looked_at(arrays, shape, checked, found)
    return arrays


def looked_at(
    arrays: Arrays, shape: tuple[int, int], checked: list[tuple[Rectangle, Cells]],
    found: Callable[[NDArray[np.bool_]], None],
) -> None:  # fmt: skip
    """Compute what is checked; a rectangle in which a cell differs is computed whole."""
    status, how = arrays["status"].reshape(shape), arrays["filled"].reshape(shape)
    before = status.copy()
    every = np.zeros(shape, bool)
    for _, cells in checked:
        every[cells] = True
    found(every.copy())
    how[every] = Filled.CHECKED
    again = np.zeros(shape, bool)
    for one, cells in checked:
        if (status[cells] != before[cells]).any():
            again[one[0] : one[2], one[1] : one[3]] = True
    how[again] = Filled.COMPUTED
    found(again)


def tiled(shape: tuple[int, int]) -> list[Rectangle]:
    """The rectangles that are looked at first: neighbours share a border."""
    rows, columns = (cuts(count) for count in shape)
    return [(top, left, bottom + 1, right + 1) for top, bottom in rows for left, right in columns]


def cuts(count: int) -> list[tuple[int, int]]:
    """First and last cells along a side."""
    places = [*range(0, count - 1, WIDEST - 1), count - 1]
    return list(pairwise(places)) or [(0, 0)]


def halves(one: Rectangle) -> list[Rectangle]:
    """A rectangle cut along its longer side; the halves share the cut."""
    top, left, bottom, right = one
    if bottom - top >= right - left:
        middle = (top + bottom - 1) // 2
        return [(top, left, middle + 1, right), (middle, left, bottom, right)]
    middle = (left + right - 1) // 2
    return [(top, left, bottom, middle + 1), (top, middle, bottom, right)]


def border(one: Rectangle) -> tuple[Part, ...]:
    """The first and the last row, the first and the last column."""
    rows, columns = slice(one[0], one[2]), slice(one[1], one[3])
    return (one[0], columns), (one[2] - 1, columns), (rows, one[1]), (rows, one[3] - 1)


def some(one: Rectangle, draw: np.random.Generator) -> Cells:
    """The rows and the columns of the cells inside of a rectangle that are checked."""
    rows, columns = one[2] - one[0] - 2, one[3] - one[1] - 2
    many = -(-rows * columns // round(1 / SHARE))
    down, across = np.divmod(draw.choice(rows * columns, many, replace=False), columns)
    return one[0] + 1 + down, one[1] + 1 + across
