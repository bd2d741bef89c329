"""A training as printed programs make it: where it starts, which patterns its steps visit, how far it goes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import field

from chainrule.numbers.random import Draw
from chainrule.tape.bound import Array
from chainrule.values import dataclass

Order = str | int | Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Training:
    """What is trained: the start of each weight and state, the order of patterns, how far, and how starts are drawn
    again with another seed."""

    start: Mapping[str, Array]
    order: Order
    seed: int = 0
    steps: int = 1000
    record: int = 1
    draws: Mapping[str, Draw] = field(default_factory=dict)


def widths_of(order: Order, patterns: int) -> set[int]:
    """How many patterns the steps of an order visit."""
    match order:
        case "all":
            return {patterns}
        case str():
            return {1}
        case int(size):
            return {size}
        case listed:
            return {len(one) for one in listed}


def pass_of(order: Order, patterns: int) -> int:
    """The steps of a pass, at the end of which a training may have converged.

    >>> pass_of("all", 4), pass_of("shuffled", 4), pass_of(6, 4), pass_of([[0], [1], [0]], 4)
    (1, 4, 2, 3)
    """
    match order:
        case "all":
            return 1
        case str():
            return patterns
        case int(size):
            return patterns // math.gcd(patterns, size)
        case listed:
            return len(listed)
