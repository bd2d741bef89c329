"""A model's equations, forward, on arrays: what gradients are held against, without a rule of differentiation.

Written from the notation alone: it shares no code with programs and engines. With complex NumPy arrays, one copy of the
network for each entry of a weight, the complex step gives all slopes of the goal at once; with JAX's arrays its own
differentiation does. What is read of a recurrence before it is known is not a number, and the equations are then
gone through again until nothing changes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from chainrule.expr.nodes import (
    Add,
    At,
    Bracket,
    Call,
    Cond,
    Constant,
    Div,
    Expr,
    Index,
    InRange,
    Mul,
    Neg,
    Number,
    Pow,
    Reduce,
    Ref,
    Size,
)  # fmt: skip
from chainrule.model.model import Model

STEP = 1e-30
COMPARE = {"<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal", "==": "equal", "!=": "not_equal"}


class Forward:
    """One evaluation. ``values`` have a first axis for the copies; then the patterns', where the letter is hidden."""

    def __init__(
        self, model: Model, values: Mapping[str, Any], ranges: Mapping[str, range], patterns: int, xp: Any = np
    ) -> None:
        self.model, self.xp, self.patterns = model, xp, patterns
        self.known = dict(values)
        self.ranges = ranges
        self.sweeps, self.unknown = 0, False
        self.axes = {
            name: [self.range(letter) for letter in quantity.letters] for name, quantity in model.quantities.items()
        }

    def goal(self, sweeps: int | None = None) -> Any:
        """The goal of each copy, after so many times through the equations; by default, until nothing changes."""
        for name, quantity in self.model.quantities.items():
            if quantity.role == "derived":
                hidden = (self.model.pattern,) if self.hidden(name) else ()
                self.axes[name] = self.extents(name, quantity.letters)
                shape = (1, *(len(self.range(letter)) for letter in hidden), *map(len, self.axes[name]))
                self.known[name] = self.xp.full(shape, math.nan if sweeps is None else 0.5)
        for count in range(1, (sweeps or 100) + 1):
            before, self.unknown = dict(self.known), False
            for equation in self.model.equations:
                self.put(equation.target, equation.body)
            self.sweeps = count
            if sweeps is None and (not self.unknown if count == 1 else self.same(before)):
                break
        return self.value(self.model.goal.value, (), {})

    def same(self, before: Mapping[str, Any]) -> bool:
        """Whether the equations gave what they gave before; a comparison hides that something is not known yet."""
        return all(np.array_equal(value, before[name]) for name, value in self.known.items())

    def extents(self, name: str, letters: tuple[str, ...]) -> list[range]:
        """The values of each place of a quantity: of its letter, and those that its base lines add."""
        found = [self.range(letter) for letter in letters]
        for equation in self.model.equations:
            if isinstance(equation.target, Ref) and equation.target.name == name:
                for k, place in enumerate(equation.target.indices):
                    own = self.range(place.letter) if place.letter else range(place.constant, place.constant + 1)
                    found[k] = range(min(found[k].start, own.start), max(found[k].stop, own.stop))
        return found

    def put(self, target: Any, body: Expr) -> None:
        hidden = (self.model.pattern,) if self.hidden(target.name) else ()
        letters = (*hidden, *(place.letter for place in target.indices if place.letter))
        found = self.value(body, letters, {})
        shape = (found.shape[0], *(len(self.range(letter)) for letter in letters))
        found = self.xp.broadcast_to(found, shape)
        known = self.known[target.name]
        if all(place.letter for place in target.indices) and known.shape[1:] == shape[1:]:
            self.known[target.name] = found
            return
        copies = max(len(found), len(known))
        copies = max(len(found), len(known))
        known = self.xp.array(self.xp.broadcast_to(known + 0 * found.reshape(-1)[0], (copies, *known.shape[1:])))
        where: list[Any] = [slice(None)] * (1 + len(hidden))
        for place, values in zip(target.indices, self.axes[target.name], strict=True):
            first = values.start
            own = self.range(place.letter) if place.letter else range(place.constant, place.constant + 1)
            where.append(slice(own.start - first, own.stop - first) if place.letter else own.start - first)
        if self.xp is np:
            known[tuple(where)] = found
        else:
            known = known.at[tuple(where)].set(found)
        self.known[target.name] = known

    def hidden(self, name: str) -> bool:
        return "#" in self.model.pattern and self.model.quantities[name].varies

    def range(self, letter: str) -> range:
        if letter == self.model.pattern:
            first = self.ranges.get(letter, range(self.patterns)).start
            return range(first, first + self.patterns)
        group = self.model.set_of(letter)
        assert group is not None, letter
        return self.ranges[group.name]

    def place(self, index: Index, letters: tuple[str, ...]) -> Any:
        """The values of an index, one axis a letter."""
        total = np.full((1,) * len(letters), index.constant)
        for letter, factor in index.terms:
            axis = max(k for k, other in enumerate(letters) if other == letter)
            shape = [-1 if k == axis else 1 for k in range(len(letters))]
            total = total + factor * np.array(self.range(letter)).reshape(shape)
        return total

    def read(self, name: str, indices: tuple[Index, ...], letters: tuple[str, ...]) -> Any:
        array = self.known[name]
        places = [self.place(place, letters) - own.start for place, own in zip(indices, self.axes[name], strict=True)]
        if self.hidden(name):
            axis = letters.index(self.model.pattern)
            places.insert(0, np.arange(self.patterns).reshape([-1 if k == axis else 1 for k in range(len(letters))]))
        if not places:
            return array.reshape(array.shape + (1,) * len(letters))
        outside = sum((place < 0) | (place >= size) for place, size in zip(places, array.shape[1:], strict=True)) > 0
        places = [np.clip(place, 0, size - 1) for place, size in zip(places, array.shape[1:], strict=True)]
        found = array[(slice(None), *np.broadcast_arrays(*places))]
        self.unknown |= self.xp is np and bool(np.isnan(found).any())
        self.unknown |= self.xp is np and bool(np.isnan(found).any())
        return self.xp.where(outside, math.nan if self.xp is np else 0.5, found) if outside.any() else found

    def value(self, expr: Expr, letters: tuple[str, ...], local: Mapping[str, Any]) -> Any:
        xp = self.xp

        def of(inner: Expr) -> Any:
            return self.value(inner, letters, local)

        match expr:
            case Number(value):
                return xp.full((1,) * (1 + len(letters)), float(value))
            case Constant():
                return xp.full((1,) * (1 + len(letters)), math.pi)
            case At(place):
                return xp.asarray(self.place(place, letters)[None] * 1.0)
            case Size(letter):
                return xp.full((1,) * (1 + len(letters)), float(len(self.range(letter))))
            case Ref(name, ()) if name in local:
                return local[name].reshape(local[name].shape + (1,) * (1 + len(letters) - local[name].ndim))
            case Ref(name, indices):
                return self.read(name, indices, letters)
            case Add(args):
                return sum((of(arg) for arg in args[1:]), of(args[0]))
            case Mul(args):
                shut = [~self.truth(arg, letters, local) for arg in args if isinstance(arg, Bracket | InRange)]
                product = math.prod((of(arg) for arg in args if not isinstance(arg, Bracket | InRange)), start=1.0)
                product = xp.asarray(product).reshape((1,) * (1 + len(letters))) if np.ndim(product) == 0 else product
                for mask in shut:
                    product = xp.where(mask, 0.0, product)
                return product
            case Neg(arg):
                return -of(arg)
            case Div(above, below):
                return of(above) / of(below)
            case Pow(base, Number(n)) if n.denominator == 1:
                return math.prod([of(base)] * int(n), start=1.0)
            case Pow(base, exponent):
                return xp.exp(of(exponent) * xp.log(of(base)))
            case Call(name, args, 0):
                return self.call(name, [of(arg) for arg in args], letters)
            case Reduce(operator, own, body):
                return self.reduced(operator, own or (self.model.pattern,), body, letters, local)
            case Bracket() | InRange():
                return xp.where(self.truth(expr, letters, local), 1.0, 0.0)
            case Cond(test, then, otherwise):
                return xp.where(self.truth(test, letters, local), of(then), of(otherwise))
        raise NotImplementedError(repr(expr))

    def truth(self, test: Bracket | InRange, letters: tuple[str, ...], local: Mapping[str, Any]) -> Any:
        if isinstance(test, InRange):
            place, inside = self.place(test.index, letters), self.range(test.letter)
            return ((place >= inside.start) & (place < inside.stop))[None]
        left, right = (self.value(side, letters, local) for side in (test.left, test.right))
        return getattr(self.xp, COMPARE[test.comparison])(self.xp.real(left), self.xp.real(right))

    def reduced(
        self, operator: str, own: tuple[str, ...], body: Expr, letters: tuple[str, ...], local: Mapping[str, Any]
    ) -> Any:
        xp = self.xp
        found = self.value(body, (*letters, *own), local)
        sizes = tuple(len(self.range(letter)) for letter in own)
        found = xp.broadcast_to(found, (*found.shape[: 1 + len(letters)], *sizes))
        found = found.reshape((*found.shape[: 1 + len(letters)], -1))
        if operator in ("sum", "mean", "prod"):
            return getattr(xp, operator)(found, axis=-1)
        if operator == "logsumexp":
            top = xp.real(found).max(axis=-1)
            return top + xp.log(xp.exp(found - top[..., None]).sum(axis=-1))
        chosen = (xp.argmax if operator == "max" else xp.argmin)(xp.real(found), axis=-1)
        return xp.take_along_axis(found, chosen[..., None], axis=-1)[..., 0]

    def call(self, name: str, args: list[Any], letters: tuple[str, ...]) -> Any:
        xp, u = self.xp, args[0]
        if name in self.model.functions:
            definition = self.model.functions[name]
            return self.value(definition.body, letters, dict(zip(definition.parameters, args, strict=True)))
        real = xp.real(u)
        match name:
            case "sigmoid":
                return 1 / (1 + xp.exp(-u))
            case "relu":
                return xp.where(real > 0, u, 0.0)
            case "abs":
                return xp.where(real > 0, u, -u)
            case "sign":
                return xp.sign(real)
            case "softplus":
                return xp.where(real > 0, u, 0.0) + xp.log1p(xp.exp(xp.where(real > 0, -u, u)))
            case "max" | "min":
                first = real > xp.real(args[1]) if name == "max" else real < xp.real(args[1])
                return xp.where(first, u, args[1])
        return getattr(xp, {"ln": "log"}.get(name, name))(u)


def complex_step(
    model: Model, values: Mapping[str, Any], ranges: Mapping[str, range], patterns: int, names: tuple[str, ...]
) -> tuple[float, dict[str, Any]]:
    """The goal, and its slope by every entry of the named values."""
    entries = sum(np.size(values[name]) for name in names)
    given = {name: np.asarray(value, dtype=complex)[None] for name, value in values.items()}
    first = 0
    for name in names:
        size = np.size(values[name])
        copies = np.repeat(given[name].reshape(1, -1), entries, axis=0)
        copies[range(first, first + size), range(size)] += 1j * STEP
        given[name] = copies.reshape(entries, *np.shape(values[name]))
        first += size
    with np.errstate(all="ignore"):  # what is not known yet
        goal = Forward(model, given, ranges, patterns).goal()
    goal = np.broadcast_to(goal, (entries,))
    slopes, first = {}, 0
    for name in names:
        size = np.size(values[name])
        slopes[name] = (goal[first : first + size].imag / STEP).reshape(np.shape(values[name]))
        first += size
    return float(goal[0].real), slopes


def by_jax(
    model: Model, values: Mapping[str, Any], ranges: Mapping[str, range], patterns: int, names: tuple[str, ...]
) -> dict[str, Any]:
    """The slopes of the goal by JAX, in double precision."""
    import jax

    jax.config.update("jax_enable_x64", True)
    plain = Forward(model, {name: np.asarray(value)[None] for name, value in values.items()}, ranges, patterns)
    with np.errstate(all="ignore"):
        plain.goal()

    def goal(weights: Mapping[str, Any]) -> Any:
        given = {name: jax.numpy.asarray(value)[None] for name, value in {**values, **weights}.items()}
        return Forward(model, given, ranges, patterns, jax.numpy).goal(plain.sweeps)[0]

    return dict(jax.jit(jax.grad(goal))({name: jax.numpy.asarray(values[name]) for name in names}))


def hessian_by_jax(
    model: Model, values: Mapping[str, Any], ranges: Mapping[str, range], patterns: int, names: tuple[str, ...]
) -> dict[str, dict[str, Any]]:
    """The second derivatives of the goal by JAX, in double precision."""
    import jax

    jax.config.update("jax_enable_x64", True)
    plain = Forward(model, {name: np.asarray(value)[None] for name, value in values.items()}, ranges, patterns)
    with np.errstate(all="ignore"):
        plain.goal()

    def goal(weights: Mapping[str, Any]) -> Any:
        given = {name: jax.numpy.asarray(value)[None] for name, value in {**values, **weights}.items()}
        return Forward(model, given, ranges, patterns, jax.numpy).goal(plain.sweeps)[0]

    return dict(jax.jit(jax.hessian(goal))({name: jax.numpy.asarray(values[name]) for name in names}))
