"""A printed program → numbers by which a browser tries its own arithmetic: points, and what Python makes of them."""

from __future__ import annotations

import random

from chainrule.code.functions import PAIRS
from chainrule.numbers.functions import PROGRAMS
from chainrule.numbers.operations import FLOAT

POINTS = 64
"""Points of each function."""

Number = float | str


def trials(program: str) -> dict[str, list[list[Number]]]:
    """By function of the program: arguments and result of some points.

    >>> found = trials('const FUNCTIONS = { "exp": exp };')
    >>> list(found), len(found["exp"]), found["exp"][0]
    (['exp'], 64, [0.0, 1.0])
    """
    line = next(line for line in program.splitlines() if line.startswith("const FUNCTIONS"))
    return {kind: list(map(list, tried(kind))) for kind in PROGRAMS if f'"{kind}": ' in line}


def tried(kind: str) -> list[tuple[Number, ...]]:
    """The same points in every page: near 0 and far from it."""
    draw, found = random.Random(kind), list[tuple[Number, ...]]()  # noqa: S311 - points of a trial, not secrets
    for place in range(POINTS):
        size = 0.0 if not place else 10.0 ** (place % 5 - 2)
        given = tuple(draw.uniform(-size, size) for _ in range(2 if kind in PAIRS else 1))
        found.append(tuple(map(plain, (*given, PROGRAMS[kind](FLOAT, *given)))))
    return found


def plain(value: float) -> Number:
    """A number as JSON has it."""
    return value if value - value == 0 else str(value).replace("inf", "Infinity").replace("nan", "NaN")
