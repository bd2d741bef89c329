"""Values and derivatives of a network at given weights, without a step: over all patterns, and for each of them.

Conventions. Keys are names in ASCII form; a lookup takes the typed form too, ``values["ŷ"]`` is ``values["y_hat"]``. A
quantity with one value a pattern is an array with one entry a pattern; one number is a float. What depends on a target
that was not given is absent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

import numpy as np

from chainrule.engines import reference
from chainrule.engines.protocol import Array, Bound, Loaded
from chainrule.errors import ChainruleError
from chainrule.model.model import Model
from chainrule.notation import names
from chainrule.program.extents import axes, bases, extents
from chainrule.program.lower import lower
from chainrule.program.program import Program
from chainrule.train.hessian import hessian
from chainrule.train.order import whole
from chainrule.train.run import plain


class Values(Mapping[str, Any]):
    """Numbers and arrays by name; a name may be asked for as typed or in its ASCII form.

    >>> Values({"y_hat": 0.5})["ŷ"]
    0.5
    """

    def __init__(self, found: Mapping[str, Any]) -> None:
        self._found = {name: fixed(value) if np.ndim(value) else float(value) for name, value in found.items()}

    def __getitem__(self, name: str) -> Any:
        if not isinstance(name, str):
            raise KeyError(name)
        if name in self._found:
            return self._found[name]
        try:
            return self._found[names.ascii(name)]
        except ChainruleError:  # not even a name
            raise KeyError(name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __repr__(self) -> str:
        return repr(self._found)

    def json(self) -> dict[str, Any]:
        """Plain numbers and lists; non-finite ones as strings."""
        return {name: plain(np.asarray(value).tolist()) for name, value in self._found.items()}


def fixed(value: Array) -> Array:
    """The array, not to be written to."""
    view = np.asarray(value).view()
    view.flags.writeable = False
    return view


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
            "error": None if self.error is None else plain(self.error),
            "gradient": self.gradient.json(),
            "adjoints": self.adjoints.json(),
        }


@dataclass(frozen=True)
class Evaluation:
    """A network at given weights.

    ``goal`` is the name of what was differentiated and ``error`` its value over all patterns (None without the targets
    it needs); ``gradient`` holds ∂goal/∂w of every weight, ``adjoints`` ∂goal/∂name of every quantity that the goal
    depends on, data, targets and consts included; ``hessian[w][v]`` is ∂²goal/∂w∂v (the axes of w, then of v),
    empty unless asked for.
    ``patterns[k]`` has the same for the error of pattern k alone. ``each`` is the name of that error, ``of`` the
    quantity that was asked for instead of the goal, ``letters`` the values of the letters of each array (the patterns'
    left out) and ``notes`` what was chosen unasked or is absent.
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
    notes: tuple[str, ...] = ()

    def json(self) -> dict[str, Any]:
        """``{"error", "values", "gradient", "adjoints", "patterns"}``, and "hessian" where it was asked for."""
        found: dict[str, Any] = {
            "error": None if self.error is None else plain(self.error),
            "values": self.values.json(),
            "gradient": self.gradient.json(),
            "adjoints": self.adjoints.json(),
            "patterns": [each.json() for each in self.patterns],
        }
        if self.hessian:
            found["hessian"] = {name: row.json() for name, row in self.hessian.items()}
        return found


@dataclass(frozen=True)
class Sheet:
    """A program at given weights: what it computes, sorted into values, goal, gradient and adjoints."""

    model: Model
    program: Program
    bound: Bound
    loaded: Loaded
    weights: Mapping[str, Array]

    def read(self, pattern: int | None = None) -> PatternEvaluation:
        """Over all patterns, or over one; of one, the axis of the patterns is left out."""
        program = self.program
        rows = None if pattern is None else [pattern]
        found = self.loaded.evaluate(self.weights, rows)
        letters = axes(program)

        def told(name: str, value: Array, place: int = 0) -> Any:
            if pattern is None or program.pattern not in letters[name]:
                return value
            return np.take(value, place, letters[name].index(program.pattern))

        given = {**self.bound.values, **self.weights}
        values = {
            symbol.name: told(symbol.name, given[symbol.name], pattern or 0)
            for symbol in program.symbols()
            if symbol.name in given
        }
        values |= {name: told(name, value) for name, value in found.items() if name in self.model.quantities}
        adjoints = {
            name: told(name, found[slope])
            for name in self.model.quantities
            if (slope := program.gradient(name)) in found
        }
        error = found.get(program.objective)
        return PatternEvaluation(
            values=Values(values),
            error=None if error is None else float(error),
            gradient=Values({s.name: adjoints[s.name] for s in program.weights if s.name in adjoints}),
            adjoints=Values(adjoints),
        )


def sheet(model: Model, bound: Bound, weights: Mapping[str, Array], of: str | None) -> Sheet:
    """The program that differentiates ``of`` (None: the goal) by every quantity, at the weights."""
    program = lower(model, goal=of, wanted=[name for name in model.quantities if name != of])
    return Sheet(model, program, bound, reference.ENGINE.load(program, bound), weights)


class ByPattern(Sequence[PatternEvaluation]):
    """The evaluation of each pattern, computed when it is asked for."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    def __len__(self) -> int:
        return self._sheet.bound.patterns

    @overload
    def __getitem__(self, place: int) -> PatternEvaluation: ...
    @overload
    def __getitem__(self, place: slice) -> list[PatternEvaluation]: ...
    def __getitem__(self, place: int | slice) -> PatternEvaluation | list[PatternEvaluation]:
        if isinstance(place, slice):
            return [self[k] for k in range(*place.indices(len(self)))]
        k = whole(place)
        if k is not None and k < 0:
            k += len(self)
        if k is None or not 0 <= k < len(self):
            raise IndexError(f"there are {len(self)} patterns, from 0")
        return self._sheet.read(k)


def evaluate(
    model: Model, bound: Bound, weights: Mapping[str, Array], *, of: str | None = None, second: bool = False
) -> Evaluation:
    """Everything about a network at given weights.

    ``of`` names a quantity to differentiate instead of the goal; the rows of ``.patterns`` are then its Jacobian.
    """
    whole = sheet(model, bound, weights, of)
    found = whole.read()
    each = of or model.goal.each
    if each is None:
        patterns: Sequence[PatternEvaluation] = [found]
    else:
        patterns = ByPattern(whole if of is not None else sheet(model, bound, weights, each))
    blocks = {name: Values(row) for name, row in hessian(model, bound, weights, of).items()} if second else {}
    return Evaluation(
        goal=of or model.goal.name,
        each=each or model.goal.name,
        error=found.error,
        weights=Values(weights),
        values=found.values,
        gradient=found.gradient,
        adjoints=found.adjoints,
        patterns=patterns,
        hessian=blocks,
        of=of,
        letters=letters(whole.program, bound),
    )


def letters(program: Program, bound: Bound) -> dict[str, tuple[range, ...]]:
    """For each quantity the values of its letters, the patterns' left out."""
    single = bases(program)
    return {name: extents(program, own, single.get(name, ()), bound.ranges) for name, own in axes(program).items()}
