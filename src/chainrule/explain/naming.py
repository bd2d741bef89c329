"""How the parts of a network are called in a sentence: its weights, its goal, points, patterns, those of a step.

What is measured carries its `Naming` along, so that it can be told without the run that it was found on.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.wording import count, listing, num, sentence
from chainrule.values import dataclass

LISTED = 6
"""So many weights at most are listed to say where something is so."""
DATA = 4
"""So many columns, and entries of one, at most are listed to say which pattern it is."""


@dataclass(frozen=True, slots=True)
class Naming:
    """The names of one network, and which way is better."""

    weights: tuple[str, ...]
    """the entries of the weights that are trained, as they are written: ``w``, ``W[2,1]``"""
    goal: str
    """the goal over one pattern: ``E``"""
    total: str
    """the goal over all patterns: ``mean E``"""
    rate: str
    """the letter of the rate: ``α``"""
    sense: int
    """1 where the goal is minimised, −1 where it is maximised"""
    patterns: int
    """how many there are"""
    bare: bool
    """whether the model has no data, so that there is no pattern to speak of"""

    @property
    def falls(self) -> str:
        """The word for a goal that goes the way it should."""
        return "falls" if self.sense > 0 else "rises"

    @property
    def rises(self) -> str:
        return "rises" if self.sense > 0 else "falls"

    @property
    def lower(self) -> str:
        return "lower" if self.sense > 0 else "higher"

    @property
    def minus(self) -> str:
        """The sign with which a step takes the gradient."""
        return "−" if self.sense > 0 else "+"

    @property
    def everything(self) -> str:
        if self.bare:
            return "of the goal"
        return f"over all {self.patterns} patterns" if self.patterns > 1 else "on the one pattern"

    def begin(self, text: str) -> str:
        """A text that begins a sentence: with a capital, unless it begins with the name of the goal, for F is not f."""
        return text if text.partition(" ")[0] == self.goal != "goal" else sentence(text)

    def slope(self, place: int) -> str:
        """``∂E/∂w``"""
        return f"∂{self.goal}/∂{self.weights[place]}"

    def point(self, theta: Sequence[float] | Array, most: int = 4) -> str:
        """``w = 0.5`` or ``a = 1, b = 2 and 3 more``."""
        named = zip(self.weights, theta, strict=True)
        return listing((f"{name} = {num(value)}" for name, value in named), most)

    def where(self, spot: WeightPoint) -> str:
        """``at w = 0.5``; many weights are not listed, but it is said when the run was there."""
        if len(self.weights) <= LISTED or spot.step is None:
            return f"at {self.point(spot.at)}"
        return f"after step {spot.step}" if spot.step else "at the start"

    def pattern(self, pattern: Pattern) -> str:
        """``pattern 1 (x = 1, y = 1)``; a model with one pattern has no number for it."""
        if self.bare:
            return "the whole model"
        values = [f"{name} = {listed(numbers)}" for name, numbers in pattern.data]
        inside = f" ({', '.join(values[:DATA])}{', …' if len(values) > DATA else ''})" if values else ""
        return f"pattern {pattern.row}{inside}" if self.patterns > 1 else f"the one pattern{inside}"

    def visited(self, visit: Visit) -> str:
        """The patterns of a step: ``pattern 1 (x = 1, y = 1)``, ``all 4 patterns``, ``2 patterns``."""
        if visit.alone is not None:
            return self.pattern(visit.alone)
        many = len(visit.rows)
        return f"all {self.patterns} patterns" if many == self.patterns else count(many, "pattern")

    def error(self, visit: Visit) -> str:
        """What the goal over the patterns of a step is called."""
        if len(visit.rows) == self.patterns:
            return self.total
        return f"{self.goal} of that pattern" if visit.alone is not None else f"{self.goal} over those patterns"


@dataclass(frozen=True, slots=True)
class WeightPoint:
    """A point among the weights; ``step`` is after how many steps the run was there, None where it was not."""

    at: tuple[float, ...]
    step: int | None


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern with what it shows of its data: of each column that has few numbers its name, and these."""

    row: int
    data: tuple[tuple[str, tuple[float, ...]], ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """The patterns that a step visits; ``alone`` is the one where it is one."""

    rows: tuple[int, ...]
    alone: Pattern | None


def listed(numbers: tuple[float, ...]) -> str:
    """A number, or a few in brackets.

    >>> listed((0.5,)), listed((1.0, 2.0))
    ('0.5', '(1, 2)')
    """
    return num(numbers[0]) if len(numbers) == 1 else f"({', '.join(map(num, numbers))})"


def tuple_of(values: Array) -> tuple[float, ...]:
    """Numbers of an array as a value that does not change."""
    return tuple(np.asarray(values, np.float64).ravel().tolist())
