"""The equations of a network with letters, at many points at once, by NumPy: the second opinion beside the engine.

Conventions. Each quantity is a `Field` with its letters; a lane has its own weights, and its own patterns if rows are
given. What is read out of range counts 0, and a bracket that guards a product and is 0 makes it 0
whatever the other factors are. Quantities that refer to each other through a shifted letter run slice by slice.
"""

from __future__ import annotations

import math
import operator
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field as made
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import BrokenPass
from chainrule.explain.evaluate import named_arrays
from chainrule.explain.evaluate.equations import NUMBERS
from chainrule.explain.evaluate.instructions import exponent_of
from chainrule.explain.evaluate.named_arrays import LANE, Factors, Field, Kind, apply, spread
from chainrule.explain.evaluate.straight import Straight, straight
from chainrule.expr.indices import index_value
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
)
from chainrule.expr.walk import fold
from chainrule.numbers.guards import guards, lifted
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class NamedNumbers:
    """A quantity: its numbers, and for each position its letter and the values of that letter."""

    field: Field
    letters: tuple[str, ...] = ()
    ranges: tuple[range, ...] = ()


Operation = Callable[["Grid", tuple[Factors, ...]], Factors]
"""The value of a node, as factors whose product it is, from those inside it."""

Steps = tuple[tuple[Operation, int], ...]
"""What is done at each node of an expression, leaves first, and how many of the last values each takes."""


def steps(expr: Expr) -> Steps:
    """What is done at each node: looked at once, for it is done at thousands of points."""
    found: list[tuple[Operation, int]] = []
    fold(lifted(expr), lambda node, inside: found.append((operation(node), len(inside))))
    return tuple(found)


def operation(node: Expr) -> Operation:
    """The value of a node as factors whose product it is."""
    match node:
        case Number(exact):
            one = Field(np.array(float(exact)))
            return lambda grid, inside: (grid.number(exact, one),)
        case Constant():
            pi = (Field(np.array(math.pi)),)
            return lambda grid, inside: pi
        case Size(letter):
            return lambda grid, inside: (Field(np.array(float(len(grid.ranges[letter])))),)
        case Ref(name, ()):
            return lambda grid, inside: (grid.known[name].field,)
        case Ref(name, indices):
            return reading(name, indices)
        case At(position):
            return lambda grid, inside: (grid.index(position),)
        case InRange(position, letter):
            return lambda grid, inside: (grid.inside(position, letter),)
        case Neg():
            minus = Field(np.array(-1.0))
            return lambda grid, inside: (minus, *inside[0])
        case Mul(args):
            guarding = guards(args)
            if not any(guarding):
                return lambda grid, inside: tuple(factor for one in inside for factor in one)
            return lambda grid, inside: grid.product(guarding, inside)
        case Div(_, Number(exact)) if exact:
            share = Field(np.array(1 / float(exact)))
            return lambda grid, inside: grid.divided(inside[0], exact, share)
        case Reduce("sum" | "mean" as operator, over):
            return lambda grid, inside: (grid.reduced(operator, over, inside[0]),)
    return lambda grid, inside: (grid.combined(node, tuple(map(grid.whole, inside))),)


def reading(name: str, indices: tuple[Index, ...]) -> Operation:
    """What reads a quantity at some indices: where nothing has moved it is found once how, for all evaluations."""
    own = tuple(letter for position in indices for letter, _ in position.terms)
    seen: dict[object, Straight | None] = {}

    def read(grid: Grid, inside: tuple[Factors, ...]) -> Factors:
        one = grid.known[name]
        about = (one.field.letters, one.ranges, *[grid.ranges[letter] for letter in own])
        if about not in seen:
            seen[about] = straight(one.letters, one.ranges, one.field.letters, indices, grid.ranges)
        taken = seen[about]
        return (grid.gathered(one, indices) if taken is None else grid.taken(one, indices, taken),)

    return read


@dataclass(frozen=True, slots=True)
class PlannedEquation:
    """One equation: what is computed, for which letters, and where it goes if it is a part of the quantity."""

    name: str
    body: Steps
    letters: tuple[str, ...]
    part: PartOfQuantity | None = None


@dataclass(frozen=True, slots=True)
class PartOfQuantity:
    """Entries of a quantity: their indices, where they are these; the letters and values of all of it."""

    indices: tuple[Index, ...]
    where: tuple[Steps, ...]
    letters: tuple[str, ...]
    ranges: tuple[range, ...]


@dataclass(slots=True)
class Grid:
    """Quantities by key. ``ranges`` are the values of each letter, those of the patterns counted from 0."""

    sets: Mapping[str, str]
    ranges: Mapping[str, range]
    kind: Kind
    known: dict[str, NamedNumbers] = made(default_factory=dict)
    largest: int = 1  # numbers of the largest field so far
    computed: int = 0  # and of all of them

    def run(self, plan: Iterable[PlannedEquation]) -> None:
        """Every line, in order."""
        lines = tuple(plan)
        begun: set[str] = set()
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for line in lines:
                if line.part is not None and line.name not in begun:
                    begun.add(line.name)
                    nothing = np.full([len(values) for values in line.part.ranges], math.nan)
                    self.known[line.name] = NamedNumbers(
                        named_arrays.field(nothing, line.part.letters), line.part.letters, line.part.ranges
                    )
            for line in lines:
                value = self.found(line.body)
                if line.part is None:
                    own = tuple(self.ranges[letter] for letter in line.letters)
                    if value.values.base is not None:  # what it is a view of may be written on
                        value = Field(value.values.copy(), value.letters)
                    self.known[line.name] = NamedNumbers(value, line.letters, own)
                else:
                    self.known[line.name] = self.written(line.name, line.part, value)

    def written(self, name: str, part: PartOfQuantity, value: Field) -> NamedNumbers:
        """A quantity with some of its entries put in."""
        have = self.known[name].field
        letters, whole = have.letters, have.values
        if LANE in value.letters and LANE not in letters:
            letters = named_arrays.order((LANE, *letters))
        kind = whole.dtype if whole.dtype == value.values.dtype else np.result_type(whole, value.values)
        if letters != have.letters or kind != whole.dtype:  # else it is this grid's own, and written on
            sizes = dict(zip(part.letters, map(len, part.ranges), strict=True))
            if LANE in value.letters:
                sizes[LANE] = value.values.shape[value.letters.index(LANE)]
            if LANE in have.letters:
                sizes[LANE] = have.values.shape[have.letters.index(LANE)]
            whole = np.array(np.broadcast_to(spread(have, letters), [sizes[own] for own in letters]), dtype=kind)
        key, axes = self.places(part, letters)
        if not part.where:
            whole[key] = named_arrays.standing(value, axes)
            return NamedNumbers(Field(whole, letters), part.letters, part.ranges)
        held = Field(np.array(True))
        for test in part.where:
            held = apply(lambda one, other: one & (other != 0), held, self.found(test))
        whole[key] = np.where(named_arrays.standing(held, axes), named_arrays.standing(value, axes), whole[key])
        return NamedNumbers(Field(whole, letters), part.letters, part.ranges)

    def places(self, part: PartOfQuantity, letters: tuple[str, ...]) -> tuple[tuple[int | slice, ...], tuple[str, ...]]:
        """Where in an array with these axes the entries of a part are, and the letters of its own axes."""
        key: list[int | slice] = []
        axes: list[str] = []
        for own in letters:
            if own == LANE:
                key.append(slice(None))
                axes.append(LANE)
                continue
            place = part.letters.index(own)
            at, values = part.indices[place], part.ranges[place]
            if at.letter is None:
                key.append(at.constant - values.start)
            else:
                inner = self.ranges[at.letter]
                key.append(slice(inner.start - values.start, inner.stop - values.start))
                axes.append(at.letter)
        return tuple(key), tuple(axes)

    # ---- one expression ------------------------------------------------------------------------------------------

    def value(self, expr: Expr) -> Field:
        """The value of one expression."""
        return self.found(steps(expr))

    def found(self, steps: Steps) -> Field:
        """The value of an expression whose nodes were looked at."""
        done: list[Factors] = []
        for operation, count in steps:
            inside = tuple(done[len(done) - count :])
            del done[len(done) - count :]
            done.append(operation(self, inside))
        return self.whole(done[0])

    def number(self, exact: Fraction, near: Field) -> Field:
        """A written number, and the float next to it."""
        return near

    def divided(self, factors: Factors, exact: Fraction, share: Field) -> Factors:
        """A product over a written number, and the float next to one over it."""
        return (*factors, share)

    def whole(self, factors: Factors) -> Field:
        return self.counted(factors[0] if len(factors) == 1 else self.kind.product(factors))

    def counted(self, one: Field) -> Field:
        size = one.values.size
        if size > self.largest:
            self.largest = size
        self.computed += size
        return one

    def reduced(self, operator: str, over: tuple[str, ...], factors: Factors) -> Field:
        """A sum or a mean over letters."""
        sizes = {letter: len(self.ranges[letter]) for letter in over}
        if len(factors) > 1:  # their product is one array where it is made for intervals
            axes = (pair for one in factors for pair in zip(one.letters, one.values.shape, strict=True))
            self.computed += math.prod(dict(axes).values())
        total = self.counted(self.kind.sum(factors, over, sizes))
        return total if operator == "sum" else Field(total.values / math.prod(sizes.values()), total.letters)

    def inside(self, position: Index, letter: str) -> Field:
        """1 where an index is a value of a letter."""
        values = self.ranges[letter]
        return apply(lambda at: ((at >= values.start) & (at < values.stop)) * 1.0, self.index(position))

    def combined(self, node: Expr, values: tuple[Field, ...]) -> Field:
        """The value of a node that is no product of its parts."""
        kind, apply = self.arithmetic(), self.entrywise
        match node:
            case Add():
                total = values[0]
                for other in values[1:]:
                    total = apply(operator.add, total, other)
                return total
            case Div():
                return apply(operator.truediv, *values)
            case Pow(_, exponent):
                written = exponent_of(exponent)
                return apply(lambda base, power: kind.power(base, power, written), *values)
            case Call(function):
                return apply(lambda *found: kind.call(function, found), *values)
            case Bracket(comparison):
                return apply(lambda a, b: kind.holds(comparison, a, b), *values)
            case Cond():
                return apply(kind.choose, *values)
            case Reduce(reduction, over):
                return self.over_letters(reduction, values[0], over)
        raise BrokenPass("explaining", f"{type(node).__name__} has no value")

    def arithmetic(self) -> Any:
        """What powers, calls, brackets and choices of its numbers are."""
        return self.kind

    def entrywise(self, function: Callable[..., Any], *fields: Field) -> Field:
        """A function of its numbers, entry by entry."""
        return apply(function, *fields)

    def over_letters(self, reduction: str, one: Field, over: tuple[str, ...]) -> Field:
        """What is no sum or mean over letters."""
        return self.logsumexp(one, over) if reduction == "logsumexp" else self.extreme(reduction, one, over)

    def product(self, guarding: tuple[bool, ...], inside: tuple[Factors, ...]) -> Factors:
        """Factors together; where a bracket that guards them is 0 they do not count, not even if they are no number."""
        brackets = [self.whole(one) for guard, one in zip(guarding, inside, strict=True) if guard]
        rest = [part for guard, one in zip(guarding, inside, strict=True) if not guard for part in one]
        if not brackets or all(np.isfinite(part.values).all() for part in rest):
            return (*rest, *brackets)
        kind = self.kind
        total = kind.product(tuple(rest))
        for one in brackets:
            total = apply(lambda test, value: np.where(test == 0, 0.0, kind.multiply(test, value)), one, total)
        return (total,)

    def logsumexp(self, one: Field, over: tuple[str, ...]) -> Field:
        """The logarithm of the sum of exponentials, from the largest on."""
        top = named_arrays.extreme("max", one, set(over))
        top = Field(np.where(np.isinf(top.values.real), 0.0, top.values.real), top.letters)
        if np.isnan(top.values).any() and not self.kind.plain:
            top = Field(np.where(np.isnan(top.values), 0.0, top.values), top.letters)
        parts = apply(lambda value, least: np.exp(value - least), one, top)
        total = self.kind.sum((parts,), over, {letter: len(self.ranges[letter]) for letter in over})
        return apply(lambda value, least: least + np.log(value), total, top)

    def extreme(self, operator: str, one: Field, over: tuple[str, ...]) -> Field:
        if operator == "prod" and (absent := [letter for letter in over if letter not in one.letters]):
            count = math.prod(len(self.ranges[letter]) for letter in absent)
            one = Field(NUMBERS.power(one.values, np.array(float(count)), None), one.letters)
        if operator == "prod" and not self.kind.plain:
            zero = named_arrays.extreme("max", Field(1.0 * (one.values == 0), one.letters), set(over))
            found = named_arrays.extreme(operator, one, set(over))
            return Field(np.where(zero.values == 1, 0.0, found.values), found.letters)
        return named_arrays.extreme(operator, one, set(over), self.kind.extreme)

    # ---- what is read --------------------------------------------------------------------------------------------

    def taken(self, one: NamedNumbers, indices: tuple[Index, ...], way: Straight) -> Field:
        """A quantity at some indices, in a way that was found before."""
        return way(one.field.values)

    def gathered(self, one: NamedNumbers, indices: tuple[Index, ...]) -> Field:
        """A quantity at some indices, each of them any sum of letters and a number."""
        used = [letter for position in indices for letter, _ in position.terms]
        kept: dict[str, str] = {}  # letter of the field → the one it is read with
        moved: list[tuple[int, Index]] = []
        for place, position in enumerate(indices):
            letter = position.letter
            if letter is not None and used.count(letter) == 1 and self.ranges[letter] == one.ranges[place]:
                kept[one.letters[place]] = letter
            else:
                moved.append((place, position))
        held = [letter for letter in one.field.letters if letter not in {one.letters[place] for place, _ in moved}]
        at: list[Field] = []
        inside = Field(np.array(True))
        for place, position in moved:
            where, values = self.index(position), one.ranges[place]
            inside = apply(lambda ok, w, r=values: ok & (w >= r.start) & (w < r.stop), inside, where)
            if one.letters[place] in one.field.letters:
                at.append(apply(lambda w, r=values: np.clip(w - r.start, 0, len(r) - 1).astype(np.int64), where))
        letters = named_arrays.order({letter for spot in at for letter in spot.letters})
        axes = [one.letters[place] for place, _ in moved if one.letters[place] in one.field.letters]
        numbers = named_arrays.arranged(one.field, [*held, *axes])
        if at:
            chosen = np.broadcast_arrays(*(spread(spot, letters) for spot in at))
            first: tuple[Any, ...] = (...,)
            numbers = numbers[first + tuple(chosen)]
        found = named_arrays.field(numbers, [*(kept.get(letter, letter) for letter in held), *letters])
        if inside.values.all():
            return found
        return apply(lambda ok, value: np.where(ok, value, 0.0), inside, found)

    def index(self, position: Index) -> Field:
        """The value of an index for each value of its letters."""
        letters = named_arrays.order({letter for letter, _ in position.terms})

        def along(letter: str) -> NDArray[np.float64]:
            values = self.ranges[letter]
            return spread(Field(np.arange(values.start, values.stop, dtype=np.float64), (letter,)), letters)

        return Field(np.asarray(index_value(position, along), dtype=np.float64), letters)


def table(grid: Grid, name: str, pattern: str) -> NDArray[np.float64]:
    """A quantity with axes (lanes, patterns, its other letters in order); an axis that it does not depend on has
    length 1 for lanes and patterns, and is written out for the others."""
    one = grid.known[name]
    rows = [letter for letter in one.letters if grid.sets.get(letter) == pattern][:1]
    rest = [letter for letter in one.letters if letter not in rows]
    sizes = dict(zip(one.letters, map(len, one.ranges), strict=True))
    shaped = spread(one.field, named_arrays.order({LANE, *one.letters}))
    axes = list(named_arrays.order({LANE, *one.letters}))
    if not rows:
        shaped, axes = shaped[..., None], [*axes, pattern]
        rows = [pattern]
    found = np.transpose(shaped, [axes.index(letter) for letter in (LANE, *rows, *rest)])
    return np.broadcast_to(found, (*found.shape[:2], *(sizes[letter] for letter in rest)))
