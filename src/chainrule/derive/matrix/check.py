"""A matrix form held against its index form in numbers, at generic values.

Letters of different sets have different sizes, so that nothing transposed passes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from math import isfinite

from chainrule.derive.matrix.evaluate import evaluate
from chainrule.derive.matrix.form import MatrixForm, letters_of
from chainrule.derive.matrix.read import name_of
from chainrule.derive.sizes import Alike
from chainrule.errors import DerivationError
from chainrule.expr.nodes import Derivative, Equation, Ref, key
from chainrule.expr.walk import nodes
from chainrule.gradient.reads import reads
from chainrule.model.letters import every
from chainrule.model.model import Model
from chainrule.numbers import evaluate as numbers
from chainrule.numbers.environment import Setting
from chainrule.numbers.random import uniform

SMALL = (3, 2, 4, 5)
"""Sizes of the letters, in turn; of many letters only the first two, as the work grows with the product of all."""

POINTS = ((0.2, 0.8), (-0.9, 0.9), (1.1, 2.3))
"""Where values are drawn from: the next one where a logarithm, say, has no value at the first."""

TOLERANCE = 1e-12


def checked(form: MatrixForm, model: Model) -> bool:
    """Whether the tree and the index form agree; False where the index form gives no numbers at any of the points."""
    equation = form.equation
    ranges = sizes(form, model)
    if [letter for letter in form.shape if letter] != [
        letter for letter in letters_of(equation) if letter != form.pattern
    ]:
        raise wrong(equation)
    for low, high in POINTS:
        values, axes = point(equation, model, ranges, low, high)
        setting = Setting(ranges, axes, model.functions)
        wanted: list[float] = []
        found: list[float] = []
        for at in patterns(form, ranges):
            rows = evaluate(form, values, setting, at)
            for row, column, letters in entries(form, ranges, at):
                found.append(rows[row][column])
                wanted.append(numbers.evaluate(equation.body, values, setting=setting, letters=letters))
        if not all(map(isfinite, wanted)):
            continue
        allowed = TOLERANCE * max(1.0, *map(abs, wanted))
        if not all(abs(a - b) <= allowed for a, b in zip(found, wanted, strict=True)):
            raise wrong(equation)
        return True
    return False


def wrong(equation: Equation) -> DerivationError:
    return DerivationError(
        "E291",
        f"the matrix form of {name_of(equation.target)} does not give what the index form gives",
        "this is a fault of chainrule: please report the model; the index form holds",
    )


def patterns(form: MatrixForm, ranges: Mapping[str, range]) -> Iterable[int | None]:
    """The patterns for each of which the form is evaluated; one None where it is written for all of them."""
    return ranges[form.pattern] if form.pattern in letters_of(form.equation) and form.pattern else (None,)


def entries(form: MatrixForm, ranges: Mapping[str, range], at: int | None) -> Iterator[tuple[int, int, dict[str, int]]]:
    """Each entry of the left side: its row and column from 0, and the values of its letters."""
    spans = [ranges[letter] if letter else range(1) for letter in form.shape]
    for row, column in product(*(range(len(span)) for span in spans)):
        places = zip(form.shape, spans, (row, column), strict=True)
        letters = {letter: span[place] for letter, span, place in places if letter}
        if form.pattern and at is not None:
            letters[form.pattern] = at
        yield row, column, letters


def sizes(form: MatrixForm, model: Model) -> dict[str, range]:
    """Each letter with a small range: one for letters of one set, and for those that index one axis of one name."""
    expressions = (form.equation.body, *(definition.body for definition in model.functions.values()))
    letters = dict.fromkeys([*letters_of(form.equation), *([form.pattern] if form.pattern else [])])
    for expr in expressions:
        letters |= dict.fromkeys(sorted(every(expr)))
    alike = Alike(model)
    for node in (node for expr in expressions for node in nodes(expr)):
        alike.see(node)
    kinds = list(dict.fromkeys(map(alike.of, letters)))
    few = SMALL if len(kinds) <= len(SMALL) else SMALL[:2]
    return {letter: range(1, 1 + few[kinds.index(alike.of(letter)) % len(few)]) for letter in letters}


def point(
    equation: Equation, model: Model, ranges: dict[str, range], low: float, high: float
) -> tuple[dict[str, object], dict[str, tuple[str, ...]]]:
    """Generic values of everything that an equation reads, by key, and the letters of their axes."""
    axes: dict[str, tuple[str, ...]] = {}
    for node in nodes(equation.body):
        if isinstance(node, Ref):
            axes.setdefault(node.name, tuple(index.letter or "" for index in node.indices))
        elif isinstance(node, Derivative):
            axes.setdefault(key(node), tuple(index.letter or "" for index in node.wrt[0].indices))
    for name in reads(equation.body, model.functions):
        if name not in axes and name in model.quantities:
            axes[name] = model.quantities[name].letters
    values: dict[str, object] = {}
    for name, letters in axes.items():
        places = product(*(ranges.setdefault(letter, range(1, 3)) for letter in letters))
        drawn = {place: low + (high - low) * uniform(1, name, number) for number, place in enumerate(places)}
        values[name] = drawn if letters else drawn[()]
    return values, axes
