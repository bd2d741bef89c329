"""What has been unrolled of a network so far: its numbers, one by one, and how they are found and kept."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import field
from typing import Any, Literal

from chainrule.engines.protocol import Array, Bound
from chainrule.explain.figures.flow.flow import Role
from chainrule.explain.figures.flow.pieces import Templates
from chainrule.expr.nodes import Expr
from chainrule.model.letters import base
from chainrule.model.model import Model
from chainrule.numbers.environment import Environment
from chainrule.values import dataclass

MOST = 3000
"""Operations that are unrolled; a network of more is looked at by its names."""

Kind = Literal["constant", "plain", "wrapped", "product", "whole"]
Letters = Mapping[str, int]
Visit = Generator[Any, Any, Any]
Number = tuple[str, tuple[int, ...]]
"""One number of a quantity: its name and the values of its letters."""


class TooLarge(Exception):
    """More operations than ``MOST``."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A template with the nodes that it reads. ``short`` is its text with operations inside of it as dots."""

    template: Expr
    inputs: tuple[int, ...]
    kind: Kind
    short: Expr


@dataclass(slots=True)
class Unrolled:
    """What has been unrolled so far, and what it is read from."""

    model: Model
    bound: Bound
    weights: Mapping[str, Array]
    pattern: int
    environment: Environment[float]
    templates: Templates
    entry: Callable[[Unrolled, str, tuple[int, ...]], Visit]
    nodes: list[tuple[str, tuple[int, ...], Role, str, str]] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    inputs: list[dict[int, float]] = field(default_factory=list)
    at: dict[Number, int] = field(default_factory=dict)
    whole: dict[int, str] = field(default_factory=dict)
    same: dict[tuple[Any, ...], int] = field(default_factory=dict)
    owner: list[Number] = field(default_factory=list)


def seen(known: Unrolled, name: str, place: tuple[int, ...]) -> tuple[int, ...]:
    """A place without the number of the pattern."""
    letters = known.environment.setting.axes.get(name, ())
    if len(letters) != len(place):
        return place
    return tuple(at for at, letter in zip(place, letters, strict=True) if base(letter) != known.model.pattern)


def offset(known: Unrolled, name: str, place: tuple[int, ...]) -> tuple[int, ...]:
    """Where a number stands in the array of a quantity that is given; arrays of patterns hold all of them."""
    letters = known.environment.setting.axes.get(name, ())
    if len(letters) != len(place):
        return place
    setting, pattern = known.environment.setting, known.model.pattern
    pairs = zip(place, letters, strict=True)
    return tuple(at if base(letter) == pattern else at - setting.range(letter).start for at, letter in pairs)


def add(
    known: Unrolled, at: Number, role: Role, words: str, value: float,
    inputs: dict[int, float], formula: str = "",
) -> int:  # fmt: skip
    """A new node."""
    if len(known.values) >= MOST:
        raise TooLarge
    name, place = at
    known.nodes.append((name, seen(known, name, place), role, words, formula))
    known.values.append(value)
    known.inputs.append(inputs)
    if role != "operation":
        known.at[at] = len(known.values) - 1
    return len(known.values) - 1


def make(
    known: Unrolled, piece: Piece, at: Number, role: Role, words: str, formula: str = ""
) -> int:
    """The node of an operation: its value, and its derivative by each node that it reads."""
    numbers = [known.values[input] for input in piece.inputs]
    slopes = known.templates.derivatives(piece.template, numbers)
    inputs: dict[int, float] = {}
    for input, slope in zip(piece.inputs, slopes, strict=True):
        inputs[input] = inputs.get(input, 0.0) + slope
    return add(known, at, role, words, known.templates.value(piece.template, numbers), inputs, formula)
