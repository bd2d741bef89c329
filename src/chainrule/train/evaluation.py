"""Values and derivatives of a network at given weights, without a step: over all patterns, and for each of them.

Conventions. Keys are names in ASCII form; a lookup takes the typed form too, ``values["ŷ"]`` is ``values["y_hat"]``. A
quantity with one value a pattern is an array with one entry a pattern; one number is a float. What depends on a target
that was not given is absent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from itertools import product
from math import prod
from typing import Any, overload

import numpy as np

from chainrule.engines.protocol import Array, Bound, Loaded
from chainrule.errors import LimitError, UsageError, pictured
from chainrule.expr.limits import limits, raised
from chainrule.model.model import Model
from chainrule.notation.names import pretty
from chainrule.program.extents import axes, bases, extents
from chainrule.program.lower import lower
from chainrule.program.program import Program
from chainrule.train.choice import evaluator
from chainrule.train.column import show_name
from chainrule.train.frames import Framed, of_evaluation
from chainrule.train.hessian import hessian
from chainrule.train.jsontext import Each, Series, differing, pieces
from chainrule.train.order import whole
from chainrule.train.reading import PART
from chainrule.train.same import by_parts
from chainrule.train.values import Values
from chainrule.train.weights import json_numbers
from chainrule.values import dataclass

ROWS = 1000
"""Entries of an array that is differentiated whole, a program for each."""


@by_parts
@dataclass(frozen=True)
class PatternEvaluation:
    """One pattern: the values it gives, its own error, and the derivatives of that error."""

    values: Values
    error: float | None
    gradient: Values
    adjoints: Values

    def json(self) -> dict[str, Any]:
        return {
            "values": self.values.json(),
            "error": None if self.error is None else json_numbers(self.error),
            "gradient": self.gradient.json(),
            "adjoints": self.adjoints.json(),
        }

    def arrays(self) -> dict[str, Any]:
        """``json()`` with arrays in place of numbers and lists."""
        return {
            "values": self.values.arrays(),
            "error": None if self.error is None else np.asarray(self.error),
            "gradient": self.gradient.arrays(),
            "adjoints": self.adjoints.arrays(),
        }


@pictured
@by_parts
@dataclass(frozen=True)
class Evaluation(Framed):
    """A network at given weights.

    ``goal`` is the name of what was differentiated and ``error`` its value over all patterns (None without the targets
    it needs); ``gradient`` holds ∂goal/∂w of every weight, ``adjoints`` ∂goal/∂name of every quantity that the goal
    depends on, data, targets and consts included; ``hessian[w][v]`` is ∂²goal/∂w∂v (the axes of w, then of v),
    empty unless asked for.
    ``patterns[k]`` has the same for the error of pattern k alone. ``each`` is the name of that error, ``of`` the
    quantity that was asked for instead of the goal, or the entry ``q[1]``; of a whole array every derivative has the
    axes of the array first, as a Jacobian has, and ``error`` is None. ``letters`` are the values of the letters of each
    array (the patterns' left out) and ``notes`` what was chosen unasked or is absent.
    """

    goal: str
    each: str
    error: float | None
    weights: Values
    values: Values
    gradient: Values
    adjoints: Values
    patterns: Sequence[PatternEvaluation]
    hessian: Mapping[str, Values] = field(default_factory=dict)
    of: str | None = None
    letters: Mapping[str, tuple[range, ...]] = field(default_factory=dict, repr=False)
    axes: Mapping[str, int] = field(default_factory=dict, repr=False)  # of what differs, which one the patterns have
    notes: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[object, ...]:
        """With every pattern computed: another process has no engine that could do it later."""
        numbers = self.error, self.weights, self.values, self.gradient, self.adjoints, tuple(self.patterns)
        named = dict(self.hessian), self.of, dict(self.letters), dict(self.axes)
        return Evaluation, (self.goal, self.each, *numbers, *named, self.notes)

    framed = of_evaluation

    def json(self) -> dict[str, Any]:
        """``{"error", "values", "gradient", "adjoints", "patterns"}``, and "hessian" where it was asked for."""
        found: dict[str, Any] = {
            "error": None if self.error is None else json_numbers(self.error),
            "values": self.values.json(),
            "gradient": self.gradient.json(),
            "adjoints": self.adjoints.json(),
            "patterns": [each.json() for each in self.patterns],
        }
        if self.hessian:
            found["hessian"] = {name: row.json() for name, row in self.hessian.items()}
        return found

    def text(self) -> Iterator[str]:
        """The text of ``json()``, indented by two, piece by piece: large ones need not fit into memory."""
        found: dict[str, Any] = {
            "error": None if self.error is None else np.asarray(self.error),
            "values": self.values.arrays(),
            "gradient": self.gradient.arrays(),
            "adjoints": self.adjoints.arrays(),
            "patterns": self.patterns.series if isinstance(self.patterns, ByPattern) else [
                each.arrays() for each in self.patterns
            ],
        }  # fmt: skip
        if self.hessian:
            found["hessian"] = {name: row.arrays() for name, row in self.hessian.items()}
        return pieces(found)


@dataclass(frozen=True)
class EvaluationPlan:
    """A program at given weights: what it computes, sorted into values, goal, gradient and adjoints."""

    model: Model
    program: Program
    bound: Bound
    loaded: Loaded
    weights: Mapping[str, Array]

    def evaluate(self, pattern: int | None = None) -> PatternEvaluation:
        """Over all patterns, or over one; of one, the axis of the patterns is left out."""
        if pattern is not None:
            return of_form(self.several(pattern, pattern + 1))
        return of_form(self.form({**self.bound.values, **self.weights}, self.loaded.evaluate(self.weights)))

    def form(self, given: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
        """What is given and what was computed, sorted."""
        program, quantities = self.program, self.model.quantities
        values = {symbol.name: given[symbol.name] for symbol in program.symbols() if symbol.name in given}
        values |= {name: value for name, value in found.items() if name in quantities}
        adjoints = {name: found[slope] for name in quantities if (slope := program.gradient(name)) in found}
        gradient = {symbol.name: adjoints[symbol.name] for symbol in program.weights if symbol.name in adjoints}
        return {"values": values, "error": found.get(program.objective), "gradient": gradient, "adjoints": adjoints}

    def several(self, start: int, stop: int) -> dict[str, Any]:
        """Over each of several patterns: `form` with `Each` for what differs."""
        rows, letters, pattern = np.arange(start, stop), axes(self.program), self.program.pattern
        given: dict[str, Any] = {**self.bound.values, **self.weights}
        for symbol in self.program.symbols():
            if symbol.name in given and pattern in symbol.letters:
                axis = symbol.letters.index(pattern)
                given[symbol.name] = Each(np.moveaxis(np.take(given[symbol.name], rows, axis), axis, 0))
        weights = {name: np.asarray(value)[None] for name, value in self.weights.items()}
        found = self.loaded.evaluate_each(weights, rows[:, None])
        return self.form(given, {
            name: Each(np.take(values, 0, 1 + letters[name].index(pattern)) if pattern in letters[name] else values)
            for name, values in found.items()
        })  # fmt: skip

    def blocks(self, start: int, stop: int) -> Iterator[dict[str, Any]]:
        """The same, for some patterns after others: as many at once as take about PART bytes."""
        size = 1
        while start < stop:
            block = self.several(start, min(stop, start + size))
            yield block
            start += size
            size = max(1, PART * size // sum(array.nbytes for array in differing(block)))


def of_form(form: Mapping[str, Any], place: int = 0) -> PatternEvaluation:
    """A form as what a user holds; where several patterns differ, that of one."""

    def chosen(value: Any) -> Any:
        return value.array[place] if isinstance(value, Each) else value

    values, gradient, adjoints = (
        Values({name: chosen(value) for name, value in form[part].items()})
        for part in ("values", "gradient", "adjoints")
    )
    error = chosen(form["error"])
    return PatternEvaluation(values, None if error is None else float(error), gradient, adjoints)


def sheet(
    model: Model, bound: Bound, weights: Mapping[str, Array], of: str | None, entry: tuple[int, ...] = ()
) -> EvaluationPlan:
    """The program that differentiates ``of`` (None: the goal), or an entry of it, by every quantity, at the weights."""
    program = lower(model, goal=of, entry=entry, wanted=[name for name in model.quantities if name != of])
    return EvaluationPlan(model, program, bound, evaluator(program, bound).load(program, bound), weights)


@dataclass(frozen=True)
class Jacobian:
    """An array differentiated entry by entry: a sheet for each, and the shape of the array."""

    sheets: tuple[EvaluationPlan, ...]
    shape: tuple[int, ...]

    @property
    def bound(self) -> Bound:
        return self.sheets[0].bound

    @property
    def program(self) -> Program:
        return self.sheets[0].program

    def evaluate(self, pattern: int | None = None) -> PatternEvaluation:
        """As of one number, each derivative with the axes of the array first, and no number for an error."""
        rows = [one.evaluate(pattern) for one in self.sheets]

        def together(parts: list[Values]) -> Values:
            stacked = {name: np.stack([np.asarray(part[name]) for part in parts]) for name in parts[0]}
            return Values({name: value.reshape(*self.shape, *value.shape[1:]) for name, value in stacked.items()})

        gradient, adjoints = together([row.gradient for row in rows]), together([row.adjoints for row in rows])
        return PatternEvaluation(values=rows[0].values, error=None, gradient=gradient, adjoints=adjoints)

    def blocks(self, start: int, stop: int) -> Iterator[dict[str, Any]]:
        """As `EvaluationPlan.blocks`, one pattern after the other."""
        for pattern in range(start, stop):
            found = self.evaluate(pattern)
            parts = {"values": found.values, "gradient": found.gradient, "adjoints": found.adjoints}
            yield {"error": None} | {
                part: {name: Each(np.asarray(value)[None]) for name, value in values.items()}
                for part, values in parts.items()
            }


def several(model: Model, bound: Bound, of: str, entry: tuple[int, ...]) -> tuple[range, ...]:
    """The values of the letters of an array that is asked for whole; none for one number, or for one entry.

    Errors: UsageError E304 for an entry that the array does not have.
    """
    ranges = letters(lower(model, wanted=()), bound).get(of, ())
    if model.quantities[of].role != "derived" or (entry and len(entry) != len(ranges)):
        return ()  # an error that `lower` knows
    for value, values in zip(entry, ranges, strict=False):
        if value not in values:
            runs = f"from {values[0]} to {values[-1]}" if values else "over no value"
            raise UsageError(
                "E304", f"{pretty(of)} has no entry {list(entry)}", f"the letter that is {value} runs {runs}"
            )
    return () if entry else ranges


def jacobian(
    model: Model, bound: Bound, weights: Mapping[str, Array], of: str, ranges: tuple[range, ...]
) -> Jacobian:
    """The sheets of every entry of an array; LimitError E356 if it has more than `ROWS`, UsageError E305 for none."""
    count = prod(map(len, ranges))
    if count > ROWS:
        first = show_name(of, tuple(values[0] for values in ranges))
        help = f"ask for one of its entries, {first}: each is differentiated by a program of its own"
        raise LimitError("E356", f"{pretty(of)} has {count} entries to differentiate, more than {ROWS}", help)
    if not count:
        raise UsageError("E305", f"{pretty(of)} has no entry to differentiate", "give its letters values")
    sheets = tuple(sheet(model, bound, weights, of, entry) for entry in product(*ranges))
    return Jacobian(sheets, tuple(map(len, ranges)))


class ByPattern(Sequence[PatternEvaluation]):
    """The evaluation of each pattern, computed when it is asked for, under the limits of the call that gave it."""

    def __init__(self, count: int, make: Callable[[], EvaluationPlan | Jacobian]) -> None:
        self._count, self._make, self._limits = count, make, dict(raised())

    @cached_property
    def _sheet(self) -> EvaluationPlan | Jacobian:
        with limits(**self._limits):
            return self._make()

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[PatternEvaluation]:
        return self._between(0, len(self))

    @overload
    def __getitem__(self, place: int) -> PatternEvaluation: ...
    @overload
    def __getitem__(self, place: slice) -> list[PatternEvaluation]: ...
    def __getitem__(self, place: int | slice) -> PatternEvaluation | list[PatternEvaluation]:
        if isinstance(place, slice):
            chosen = range(len(self))[place]
            if chosen.step == 1:
                return list(self._between(chosen.start, chosen.stop))
            return [self[k] for k in chosen]
        k = whole(place)
        if k is not None and k < 0:
            k += len(self)
        if k is None or not 0 <= k < len(self):
            raise IndexError(f"there are {len(self)} patterns, from 0")
        return next(self._between(k, k + 1))

    def _between(self, start: int, stop: int) -> Iterator[PatternEvaluation]:
        for block in self._sheet.blocks(start, stop):
            count = len(next(differing(block)))
            for place in range(count):
                yield of_form(block, place)

    @property
    def series(self) -> Series:
        """All of them, for their JSON."""
        return Series(self._sheet.blocks(0, len(self)))


def evaluate(
    model: Model, bound: Bound, weights: Mapping[str, Array], *, of: str | None = None, entry: tuple[int, ...] = (),
    second: bool = False,
) -> Evaluation:  # fmt: skip
    """Everything about a network at given weights.

    ``of`` names a quantity to differentiate instead of the goal; the rows of ``.patterns`` are then its Jacobian. Of an
    array, ``entry`` says which of its numbers; without it every derivative has the axes of the array first.
    """
    whole: EvaluationPlan | Jacobian
    if of is not None and (ranges := several(model, bound, of, entry)):
        if second:
            raise UsageError(
                "E305",
                f"{pretty(of)} is an array, and second derivatives are taken of one number",
                f"ask for one of its entries, {show_name(of, tuple(values[0] for values in ranges))}",
            )
        whole = jacobian(model, bound, weights, of, ranges)
    else:
        whole = sheet(model, bound, weights, of, entry)
    found = whole.evaluate()
    each = of or model.goal.each
    if each is None:
        patterns: Sequence[PatternEvaluation] = [found]
    else:
        patterns = ByPattern(
            bound.patterns, lambda: whole if of is not None else sheet(model, bound, weights, each)
        )
    blocks = {name: Values(row) for name, row in hessian(model, bound, weights, of, entry).items()} if second else {}
    asked = None if of is None else show_name(of, entry)
    return Evaluation(
        goal=asked or model.goal.name,
        each=asked or each or model.goal.name,
        error=found.error,
        weights=Values(weights),
        values=found.values,
        gradient=found.gradient,
        adjoints=found.adjoints,
        patterns=patterns,
        hessian=blocks,
        of=asked,
        letters=letters(whole.program, bound),
        axes={name: own.index(at) for name, own in axes(whole.program).items() if (at := whole.program.pattern) in own},
    )


def letters(program: Program, bound: Bound) -> dict[str, tuple[range, ...]]:
    """For each quantity the values of its letters, the patterns' left out."""
    single = bases(program)
    return {name: extents(program, own, single.get(name, ()), bound.ranges) for name, own in axes(program).items()}
