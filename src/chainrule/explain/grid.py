"""The equations of a network with letters, at many points at once, by NumPy: the second opinion beside the engine.

Conventions. Each quantity is a `Field` with its letters; a lane has its own weights, and its own patterns if rows are
given. What is read out of range counts 0, and a bracket that guards a product and is 0 makes it 0
whatever the other factors are. Quantities that refer to each other through a shifted letter run slice by slice.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import BrokenPass
from chainrule.explain import fields
from chainrule.explain.fields import LANE, Factors, Field, Kind, apply, spread
from chainrule.explain.landscape import NUMBERS, exponent_of
from chainrule.expr.nodes import (
    Add,
    At,
    Bracket,
    Call,
    Cond,
    Constant,
    Div,
    Equation,
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
    key,
)
from chainrule.expr.walk import fold, rename_letters
from chainrule.numbers.guards import guards, lifted
from chainrule.program.program import places, reads
from chainrule.program.recurrence import blocks, recurrence


@dataclass(frozen=True, slots=True)
class Named:
    """A quantity: its numbers, and for each position its letter and the values of that letter."""

    field: Field
    letters: tuple[str, ...] = ()
    ranges: tuple[range, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One equation: what is computed, and for which letters."""

    name: str
    body: Expr
    letters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slices:
    """Equations that refer to each other: each slice with the value of its letter, in the order of computation."""

    positions: Mapping[str, int]  # of the letter along which the slices run
    lines: tuple[tuple[int, Line], ...]


def plan(
    equations: Iterable[Equation], sets: Mapping[str, str], ranges: Mapping[str, range]
) -> tuple[Line | Slices, ...]:
    """Equations in the order in which they are computed."""
    found: list[Line | Slices] = []
    for block in blocks(equations):
        names = {key(line.target) for line in block}
        if len(block) == 1 and not names & {name for name, _ in reads(block[0].body)}:
            found.append(Line(key(block[0].target), block[0].body, block[0].letters))
        else:
            found.append(slices(block, sets, ranges))
    return tuple(found)


def slices(block: tuple[Equation, ...], sets: Mapping[str, str], ranges: Mapping[str, range]) -> Slices:
    """A group of equations, slice by slice."""
    group = recurrence(block, sets)
    if group is None:
        names = sorted({key(line.target) for line in block})
        raise BrokenPass("explaining", f"{', '.join(names)} read each other in a circle")

    def along(line: Equation) -> range:
        place = places(line.target)[group.positions[key(line.target)]]
        return ranges[place.letter] if place.letter else range(place.constant, place.constant + 1)

    lines = []
    for value in sorted({value for line in block for value in along(line)}, reverse=group.downwards):
        for line in group.equations:
            if value in along(line):
                letter = places(line.target)[group.positions[key(line.target)]].letter
                body = line.body if letter is None else rename_letters(line.body, {letter: Index((), value)})
                kept = tuple(other for other in line.letters if other != letter)
                lines.append((value, Line(key(line.target), body, kept)))
    return Slices({name: group.positions[name] for name in dict.fromkeys(map(key_of, block))}, tuple(lines))


def key_of(line: Equation) -> str:
    return key(line.target)


@dataclass(slots=True)
class Grid:
    """Quantities by key. ``ranges`` are the values of each letter, those of the patterns counted from 0."""

    sets: Mapping[str, str]
    ranges: Mapping[str, range]
    kind: Kind
    known: dict[str, Named] = made(default_factory=dict)
    slices: dict[str, tuple[int, dict[int, Named]]] = made(default_factory=dict)  # of the recurrence that is computed
    largest: int = 1  # numbers of the largest field so far

    def run(self, plan: Iterable[Line | Slices]) -> None:
        """Every line, in order."""
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for part in plan:
                if isinstance(part, Line):
                    self.known[part.name] = self.right_side(part)
                else:
                    self.recur(part)

    def right_side(self, line: Line) -> Named:
        return Named(self.value(line.body), line.letters, tuple(self.ranges[letter] for letter in line.letters))

    def recur(self, part: Slices) -> None:
        """Quantities that refer to each other, slice by slice."""
        self.slices = {name: (position, {}) for name, position in part.positions.items()}
        for value, line in part.lines:
            self.slices[line.name][1][value] = self.right_side(line)
        done, self.slices = self.slices, {}
        for name, (position, found) in done.items():
            self.known[name] = stacked(name, position, found)

    # ---- one expression ------------------------------------------------------------------------------------------

    def value(self, expr: Expr) -> Field:
        return self.whole(fold(lifted(expr), self.node))

    def whole(self, factors: Factors) -> Field:
        found = self.kind.product(factors)
        self.largest = max(self.largest, found.values.size)
        return found

    def node(self, node: Expr, inside: tuple[Factors, ...]) -> Factors:
        """The value of a node as factors whose product it is."""
        kind = self.kind
        match node:
            case Number(exact):
                return (Field(np.array(float(exact))),)
            case Constant():
                return (Field(np.array(math.pi)),)
            case Size(letter):
                return (Field(np.array(float(len(self.ranges[letter])))),)
            case Ref(name, indices):
                return (self.read(name, indices),)
            case At(position):
                return (self.index(position),)
            case InRange(position, letter):
                values = self.ranges[letter]
                return (apply(lambda at: ((at >= values.start) & (at < values.stop)) * 1.0, self.index(position)),)
            case Neg():
                return (Field(np.array(-1.0)), *inside[0])
            case Mul(args):
                return self.product(args, inside)
            case Div(_, Number(exact)) if exact:
                return (*inside[0], Field(np.array(1 / float(exact))))
            case Reduce("sum" | "mean" as operator, over):
                sizes = {letter: len(self.ranges[letter]) for letter in over}
                total = kind.sum(inside[0], over, sizes)
                self.largest = max(self.largest, total.values.size)
                count = math.prod(sizes.values())
                return (total,) if operator == "sum" else (Field(total.values / count, total.letters),)
        return (self.combined(node, tuple(map(self.whole, inside))),)

    def combined(self, node: Expr, values: tuple[Field, ...]) -> Field:
        """The value of a node that is no product of its parts."""
        kind = self.kind
        match node:
            case Add():
                total = values[0]
                for other in values[1:]:
                    total = apply(np.add, total, other)
                return total
            case Div():
                return apply(np.divide, *values)
            case Pow(_, exponent):
                written = exponent_of(exponent)
                return apply(lambda base, power: NUMBERS.power(base, power, written), *values)
            case Call(function):
                return apply(lambda *found: kind.call(function, found), *values)
            case Bracket(comparison):
                return apply(lambda a, b: kind.holds(comparison, a, b), *values)
            case Cond():
                return apply(kind.choose, *values)
            case Reduce("logsumexp", over):
                return self.logsumexp(values[0], over)
            case Reduce(operator, over):
                return self.extreme(operator, values[0], over)
        raise BrokenPass("explaining", f"{type(node).__name__} has no value")

    def product(self, args: tuple[Expr, ...], inside: tuple[Factors, ...]) -> Factors:
        """Factors together; where a bracket that guards them is 0 they do not count, not even if they are no number."""
        guarding = guards(args)
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
        top = fields.extreme("max", one, set(over))
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
            zero = fields.extreme("max", Field(1.0 * (one.values == 0), one.letters), set(over))
            found = fields.extreme(operator, one, set(over))
            return Field(np.where(zero.values == 1, 0.0, found.values), found.letters)
        return fields.extreme(operator, one, set(over))

    # ---- what is read --------------------------------------------------------------------------------------------

    def read(self, name: str, indices: tuple[Index, ...]) -> Field:
        if name in self.slices:
            at, found = self.slices[name]
            one = found.get(indices[at].constant)
            if one is None:  # out of range
                return Field(np.array(0.0))
            indices = (*indices[:at], *indices[at + 1 :])
        else:
            one = self.known[name]
        return self.gathered(one, indices)

    def gathered(self, one: Named, indices: tuple[Index, ...]) -> Field:
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
        if not moved:
            return fields.field(one.field.values, [kept.get(letter, letter) for letter in one.field.letters])
        held = [letter for letter in one.field.letters if letter not in {one.letters[place] for place, _ in moved}]
        at: list[Field] = []
        inside = Field(np.array(True))
        for place, position in moved:
            where, values = self.index(position), one.ranges[place]
            inside = apply(lambda ok, w, r=values: ok & (w >= r.start) & (w < r.stop), inside, where)
            if one.letters[place] in one.field.letters:
                at.append(apply(lambda w, r=values: np.clip(w - r.start, 0, len(r) - 1).astype(np.int64), where))
        letters = fields.order({letter for spot in at for letter in spot.letters})
        axes = [one.letters[place] for place, _ in moved if one.letters[place] in one.field.letters]
        numbers = fields.arranged(one.field, [*held, *axes])
        if at:
            chosen = np.broadcast_arrays(*(spread(spot, letters) for spot in at))
            first: tuple[Any, ...] = (...,)
            numbers = numbers[first + tuple(chosen)]
        found = fields.field(numbers, [*(kept.get(letter, letter) for letter in held), *letters])
        if inside.values.all():
            return found
        return apply(lambda ok, value: np.where(ok, value, 0.0), inside, found)

    def index(self, position: Index) -> Field:
        """The value of an index for each value of its letters."""
        total = Field(np.array(float(position.constant)))
        for letter, factor in position.terms:
            values = self.ranges[letter]
            one = Field(factor * np.arange(values.start, values.stop, dtype=np.float64), (letter,))
            total = apply(np.add, total, one)
        return total


def stacked(name: str, position: int, found: Mapping[int, Named]) -> Named:
    """The slices of a quantity as one; its letter runs over base lines too, so it is a letter of its own."""
    values = range(min(found), max(found) + 1)
    letter = f"{name}@{position}"
    first = next(iter(found.values()))
    letters = fields.order({one for part in found.values() for one in part.field.letters})
    sizes: dict[str, int] = {}
    for part in found.values():
        sizes |= dict(zip(part.field.letters, part.field.values.shape, strict=True))
    shape = [sizes[one] for one in letters]
    parts = [np.broadcast_to(spread(found[value].field, letters), shape) for value in values]
    both = fields.field(np.stack(parts), [letter, *letters])
    return Named(
        both,
        (*first.letters[:position], letter, *first.letters[position:]),
        (*first.ranges[:position], values, *first.ranges[position:]),
    )


def table(grid: Grid, name: str, pattern: str) -> NDArray[np.float64]:
    """A quantity with axes (lanes, patterns, its other letters in order); an axis that it does not depend on has
    length 1 for lanes and patterns, and is written out for the others."""
    one = grid.known[name]
    rows = [letter for letter in one.letters if grid.sets.get(letter) == pattern][:1]
    rest = [letter for letter in one.letters if letter not in rows]
    sizes = dict(zip(one.letters, map(len, one.ranges), strict=True))
    shaped = spread(one.field, fields.order({LANE, *one.letters}))
    axes = list(fields.order({LANE, *one.letters}))
    if not rows:
        shaped, axes = shaped[..., None], [*axes, pattern]
        rows = [pattern]
    found = np.transpose(shaped, [axes.index(letter) for letter in (LANE, *rows, *rest)])
    return np.broadcast_to(found, (*found.shape[:2], *(sizes[letter] for letter in rest)))
