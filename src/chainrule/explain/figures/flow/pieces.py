"""A part of an expression over the numbers that it reads → its value, and its derivative by each of them.

Conventions. A template reads its numbers as ``#0``, ``#1``, … or, under a reduction, as the array ``#`` with the letter
``#r``. Derivatives are those of the room `gradient`; nothing is differentiated here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chainrule.expr.indices import index_value
from chainrule.expr.nodes import Expr, Index, Neg, Ref, index
from chainrule.expr.walk import transform
from chainrule.gradient.letters import supply
from chainrule.gradient.occurrences import Occurrence, occurrences, product
from chainrule.gradient.slopes import Slopes
from chainrule.model.model import Definition
from chainrule.numbers.environment import Setting
from chainrule.numbers.evaluate import evaluate

ROW = "#r"
"""The letter of the numbers under a reduction."""

ARRAY = Ref("#", (index(ROW),))


def placeholder(place: int) -> Ref:
    """The name of the n-th number of a template."""
    return Ref(f"#{place}")


def moved(template: Expr, by: int) -> Expr:
    """The template with its numbers counted from further on."""
    if not by:
        return template

    def change(node: Expr) -> Expr:
        return placeholder(int(node.name[1:]) + by) if isinstance(node, Ref) and node.name.startswith("#") else node

    return transform(template, change)


class Templates:
    """Values and derivatives of templates; where a number occurs in one is found once."""

    def __init__(self, functions: Mapping[str, Definition]) -> None:
        self._fresh = supply()
        self.slopes = Slopes(functions, self._fresh)
        self._setting = Setting({}, {}, functions, None)
        self._found: dict[Expr, tuple[Occurrence, ...]] = {}

    def value(self, template: Expr, numbers: list[float]) -> float:
        """What a template gives on its numbers."""
        setting = replace(self._setting, ranges={ROW: range(len(numbers))})
        return float(evaluate(template, values_of(numbers), setting=setting))

    def derivatives(self, template: Expr, numbers: list[float]) -> list[float]:
        """The derivative of a template by each of its numbers, there."""
        if template not in self._found:
            body = self.slopes.opened(template)
            wanted = lambda name: name.startswith("#")  # noqa: E731
            self._found[template] = occurrences(body, wanted, self._fresh, None, self.slopes.slope)
        setting = replace(self._setting, ranges={ROW: range(len(numbers)), "": range(len(numbers))})
        values = values_of(numbers)
        slopes = [0.0] * len(numbers)
        for one in self._found[template]:
            factor = product(one.factors)
            factor = Neg(factor) if one.negative else factor
            if not one.at.indices:
                slopes[int(one.name[1:])] += float(evaluate(factor, values, setting=setting))
                continue
            for place in range(len(numbers)):
                letters = dict.fromkeys(one.opened, place)
                slopes[place] += float(evaluate(factor, values, setting=setting, letters=letters))
        return slopes


def values_of(numbers: list[float]) -> dict[str, object]:
    """The numbers of a template by their names, and as an array."""
    return {**{f"#{place}": value for place, value in enumerate(numbers)}, "#": numbers}


def fixed(position: Index, letters: Mapping[str, int]) -> int:
    """The value of an index whose letters are bound."""
    return int(index_value(position, letters.__getitem__))
