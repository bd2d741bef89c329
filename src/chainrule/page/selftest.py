"""A printed program → points by which a browser tries its own arithmetic, and a sum over the bits of what Python makes
of them: of a number itself a page has no use."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterable
from typing import Any

from chainrule.code.functions import PAIRS
from chainrule.numbers.functions import PROGRAMS
from chainrule.numbers.operations import FLOAT

POINTS = 64
"""Points of each function."""

DIGITS = 3
"""Digits of a point: its results have all of theirs."""


def trials(program: str) -> dict[str, Any]:
    """By function of the program: arguments of some points, one after another, and the sum of the results.

    >>> found = trials('const FUNCTIONS = { "exp": exp };')
    >>> list(found), len(found["exp"]["points"]), found["exp"]["points"][0]
    (['exp'], 64, 0.0)
    """
    line = next(line for line in program.splitlines() if line.startswith("const FUNCTIONS"))
    return {kind: tried(kind) for kind in PROGRAMS if f'"{kind}": ' in line}


def tried(kind: str) -> dict[str, Any]:
    """The same points in every page: near 0 and far from it."""
    draw, points, many = random.Random(kind), list[float](), 2 if kind in PAIRS else 1  # noqa: S311 - no secrets
    for place in range(POINTS):
        size = 0.0 if not place else 10.0 ** (place % 5 - 2)
        points += [float(f"{draw.uniform(-size, size):.{DIGITS}g}") for _ in range(many)]
    results = (PROGRAMS[kind](FLOAT, *points[place : place + many]) for place in range(0, len(points), many))
    return {"points": points, "sum": total(results)}


def total(results: Iterable[float]) -> int:
    """A sum in which every bit counts: FNV-1a over the halves of the numbers, the lower first; of all that are not a
    number one."""
    found = 0x811C9DC5
    for value in results:
        for word in struct.unpack("<II", struct.pack("<d", value)) if value == value else (0, 0x7FF80000):
            found = ((found ^ word) * 0x01000193) & 0xFFFFFFFF
    return found
