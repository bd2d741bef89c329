"""Equations of a program → a tape: what is computed in one step over a given number of patterns.

Conventions. Numbers are those of the equations as they stand: sums and products from left to right, reductions from
the first value on in written order, the last letter fastest; a mean is the sum divided by the count; a power with a
written integer exponent is multiplication (`numbers.elementary.integer_power`). A reference out of range counts 0.
Functions and powers are one operation each here; `expand` writes them out.
A quantity with several equations, and each of a recurrence, is memory that they are written into (`Memories`).
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import field

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import BrokenPass, UsageError
from chainrule.expr.indices import Letters, around
from chainrule.expr.limits import most, over
from chainrule.expr.nodes import (
    Add,
    At,
    Bracket,
    Call,
    Cond,
    Constant,
    Derivative,
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
    index,
    key,
    places,
)
from chainrule.expr.order import flat, ordered
from chainrule.expr.walk import fold, reads, transform
from chainrule.notation.names import pretty
from chainrule.numbers.guards import guards, integer_exponent, lifted
from chainrule.numbers.kinds import nearest
from chainrule.program.identity_cache import IdentityCache
from chainrule.program.program import NEW, STEP, Program, Symbol, computed, needed
from chainrule.tape.bound import Bound
from chainrule.tape.memories import Memories
from chainrule.tape.named import NamedSlot, Now
from chainrule.tape.tape import Fold, Gather, Tape, positions
from chainrule.values import dataclass


@dataclass(slots=True)
class Recording:
    """A tape with the meaning of its slots."""

    tape: Tape
    named: dict[str, NamedSlot] = field(default_factory=dict)  # inputs and what the first three phases compute
    computed: list[str] = field(default_factory=list)  # keys in the order of the equations
    updated: dict[str, int] = field(default_factory=dict)  # weight or state → slot of its new value
    projected: dict[str, int] = field(default_factory=dict)  # weight with a box → slot of its value put back
    gaps: dict[str, NDArray[np.bool_]] = field(default_factory=dict)  # entries of a quantity that no equation defines
    stepped: int = 0  # how many instructions come before the phase "project"
    now: dict[str, Now] = field(default_factory=dict)  # of the loop that is being recorded

    @property
    def results(self) -> dict[str, int]:
        """Weight or state → slot of its value after the step."""
        return self.updated | self.projected

    # --- what is read

    def symbol(self, symbol: Symbol, steady: bool) -> None:
        slot = self.tape.input(symbol.name, symbol.letters, steady)
        ranges = tuple(self.tape.ranges[letter] for letter in symbol.letters)
        self.named[symbol.name] = NamedSlot(slot, symbol.letters, ranges)

    def read(self, name: str, indices: tuple[Index, ...]) -> int:
        found, now = self.named.get(name), self.now.get(name)
        if now is not None and all(indices[place] == at for place, at in now.fixed.items()):
            found = now.value
            indices = tuple(at for place, at in enumerate(indices) if place not in now.fixed)
        if found is None or len(found.letters) != len(indices):
            raise BrokenPass("recording", f"{name} is read with {len(indices)} indices before it is written so")
        letters = tuple(position.letter for position in indices)
        tape = self.tape
        if letters == found.letters:
            return found.slot
        plain = tuple(letter for letter in letters if letter is not None and not tape.fixed(letter))
        if len(plain) == len(letters) == len(set(letters)) and all(
            tape.ranges[letter] == values for letter, values in zip(plain, found.ranges, strict=True)
        ):
            renamed = dict(zip(found.letters, plain, strict=True))
            other = tuple(renamed[letter] for letter in tape.axes[found.slot])
            return tape.emit("view", (found.slot,), other, plain)
        return self.gathered(found, indices)

    def gathered(self, found: NamedSlot, indices: tuple[Index, ...]) -> int:
        """A quantity at any indices; letters of loops are no axes."""
        used = (letter for position in indices for letter, _ in position.terms)
        axes = [letter for letter in used if not self.tape.fixed(letter)]
        return self.tape.emit("gather", (found.slot,), Gather(found.letters, found.ranges, indices), axes)

    # --- what is computed

    def value(self, expr: Expr) -> int:
        return fold(transform(lifted(expr), as_reference), self.node)

    def node(self, node: Expr, inside: tuple[int, ...]) -> int:
        """The slot of one node, its children's slots given."""
        tape = self.tape
        match node:
            case Number(value):
                return tape.constant(nearest(value))
            case Constant():
                return tape.constant(math.pi)
            case Size(letter):
                return tape.constant(float(len(tape.ranges[letter])))
            case Ref(name, indices):
                return self.read(name, indices)
            case Derivative():
                raise BrokenPass("recording", f"{key(node)} is read as a derivative")
            case At(position):
                return self.index(position)
            case InRange(position, letter):
                return self.inside(position, tape.ranges[letter])
            case Neg():
                return tape.emit("negative", inside)
            case Add(terms):
                total = inside[0]
                for term, slot in zip(terms[1:], inside[1:], strict=True):
                    product = self.fused(term, slot)
                    total = tape.emit("fma", (*product, total)) if product else tape.emit("add", (total, slot))
                return total
            case Mul(args):
                return self.product(args, inside)
            case Div():
                return tape.emit("divide", inside)
            case Pow(_, exponent):
                power = integer_exponent(exponent)
                if power is None:
                    return tape.emit("call", inside, "power")
                return inside[0] if power == 1 else tape.emit("power", inside[:1], power)
            case Call(function):
                return tape.emit("call", inside, function)
            case Bracket(comparison):
                return tape.emit("select", (*inside, tape.constant(1.0), tape.constant(0.0)), comparison)
            case Cond():
                # the test is 1 or 0 by now
                return tape.emit("select", (inside[0], tape.constant(0.0), *inside[1:]), "!=")
            case Reduce(operator, letters, body):
                return self.reduce(operator, letters, inside[0], self.fused(body, inside[0]))

    def product(self, args: tuple[Expr, ...], inside: tuple[int, ...]) -> int:
        """Factors from left to right; 0 where a bracket that guards them is 0, whatever the others are."""
        tape = self.tape
        guarding = guards(args)
        brackets = [slot for guard, slot in zip(guarding, inside, strict=True) if guard]
        factors = [slot for guard, slot in zip(guarding, inside, strict=True) if not guard]
        total = (factors or brackets)[0]
        for slot in factors[1:]:
            total = tape.emit("multiply", (total, slot))
        for slot in brackets:
            total = tape.emit("select", (slot, tape.constant(0.0), total, tape.constant(0.0)), "!=")
        return total

    def fused(self, term: Expr, slot: int) -> tuple[int, int] | None:
        """The factors of a term that is multiplied and added in one operation; None where it is added as it is."""
        tape = self.tape
        if not tape.numerics.fused:
            return None
        match term:
            case Neg(inner):
                product = self.fused(inner, tape.inside(slot)[0])
                return product and (tape.emit("negative", product[:1]), product[1])
            case Mul():
                return tape.factors(slot)
            case Pow(_, exponent) if (integer_exponent(exponent) or 0) > 1:
                return tape.factors(slot)
        return None

    def index(self, position: Index) -> int:
        """The value of an index for each value of its letters."""
        axes = self.tape.sorted(letter for letter, _ in position.terms)
        slot = self.tape.known(("index", position), positions(position, axes, self.tape.ranges).astype(float), axes)
        return self.here(slot, axes)

    def inside(self, position: Index, values: range) -> int:
        """1 where an index is one of the values, else 0."""
        axes = self.tape.sorted(letter for letter, _ in position.terms)
        found = positions(position, axes, self.tape.ranges)
        held = ((found >= values.start) & (found < values.stop)).astype(float)
        return self.here(self.tape.known(("in", position, values), held, axes), axes)

    def here(self, slot: int, axes: tuple[str, ...]) -> int:
        """What is known for every value of its letters, at the values that loops have now."""
        if not any(map(self.tape.fixed, axes)):
            return slot
        ranges = tuple(self.tape.ranges[letter] for letter in axes)
        return self.gathered(NamedSlot(slot, axes, ranges), tuple(map(index, axes)))

    def reduce(
        self, operator: str, letters: tuple[str, ...], body: int, product: tuple[int, int] | None = None
    ) -> int:
        """A reduction of a slot over letters; a sum of products in one chain, if its factors are given."""
        tape = self.tape
        count = math.prod(len(tape.ranges[letter]) for letter in letters)
        if not count:
            return tape.constant(EMPTY[operator])
        have = tape.axes[body]
        if missing := tuple(letter for letter in letters if letter not in have):
            body = tape.emit("broadcast", (body,), missing, (*have, *missing))
        left = tuple(letter for letter in tape.axes[body] if letter not in letters)
        if product and count > 1 and operator in ("sum", "mean"):
            if missing:
                first = tape.emit("broadcast", product[:1], missing, (*tape.axes[product[0]], *missing))
                product = first, product[1]
            total = tape.emit("fold", product, Fold("dot", letters), left)
        elif count == 1 and operator != "logsumexp":
            kept = tuple(None if letter in letters else letter for letter in tape.axes[body])
            total = tape.emit("view", (body,), kept, left)
        else:
            total = tape.emit("fold", (body,), Fold("sum" if operator == "mean" else operator, letters), left)
        return tape.emit("divide", (total, tape.constant(float(count)))) if operator == "mean" else total

    # --- what is written

    def equation(self, equation: Equation) -> NamedSlot:
        """Records an equation and gives where its value is; whoever calls gives it its name."""
        return self.right_side(equation.body, equation.letters, key(equation.target))

    def right_side(self, body: Expr, letters: tuple[str, ...], name: str) -> NamedSlot:
        """Where the value of an expression is, for every value of the letters."""
        slot = self.value(body)
        have, want = self.tape.axes[slot], self.tape.sorted(letters)
        if missing := tuple(letter for letter in want if letter not in have):
            slot = self.tape.emit("broadcast", (slot,), missing, want)
        if self.tape.axes[slot] != want:
            raise BrokenPass("recording", f"nothing binds a letter in the equation of {name}")
        return NamedSlot(slot, letters, tuple(self.tape.ranges[letter] for letter in letters))

def as_reference(node: Expr) -> Expr:
    """A derivative as the quantity that it names; any other node as it is."""
    return Ref(key(node), places(node)) if isinstance(node, Derivative) else node


EMPTY = {"sum": 0.0, "mean": math.nan, "max": -math.inf, "min": math.inf, "prod": 1.0, "logsumexp": -math.inf}
"""What a reduction over no value at all gives."""


def record(program: Program, bound: Bound, patterns: int, *, training: bool) -> Recording:
    """The tape of one step over so many patterns: with what a step needs (``training``), or with every quantity.

    Without training, what depends on a target that is not given is left out.
    """
    about = (shape(bound), patterns, training)
    return RECORDED.get(program, about, lambda: recorded(program, bound, patterns, training))


def shape(bound: Bound) -> Hashable:
    """What of the values decides how a step is computed: ranges, which values there are, what their numbers are."""
    return tuple(sorted(bound.ranges.items(), key=str)), frozenset(bound.values), bound.numerics.name


def name_of(line: Equation) -> str:
    return key(line.target)


RECORDED = IdentityCache[Recording](16)
"""The latest recordings: a program is run more than once."""


def recorded(program: Program, bound: Bound, patterns: int, training: bool) -> Recording:
    """The tape, written down."""
    ranges = {
        letter: range(patterns) if group == program.pattern else bound.ranges[group]
        for letter, group in program.sets.items()
    }
    # patterns first: a batch is then a block of memory
    axes = sorted(program.sets, key=lambda letter: program.sets[letter] != program.pattern)
    made = Recording(Tape(ranges, {letter: place for place, letter in enumerate(axes)}, bound.numerics, True))
    for symbol in program.symbols():
        rows = any(program.sets[letter] == program.pattern for letter in symbol.letters)
        trained = symbol in program.weights or symbol in program.states
        if trained or symbol.name in bound.values or symbol.name in program.defaults:
            made.symbol(symbol, steady=not rows and not trained)
    made.symbol(Symbol(STEP), steady=False)
    if training:
        check_given(program, made)
    lines = needed(program) if training else computed(program)
    memories = Memories(made, lines)
    done: dict[str, None] = {}
    absent = {symbol.name for symbol in program.symbols()} - made.named.keys()
    extents = {letter: around(values) for letter, values in ranges.items()}
    for part in ordered(lines, Letters(extents.__getitem__, program.sets.__getitem__)):
        block = tuple(flat((part,)))
        read = {name for line in block for name, _ in reads(line.body)}
        if isinstance(block[0].target, Derivative):
            read.add(program.objective)  # without a goal there is no derivative of it
        if training or not read & absent:
            memories.part(part)
            done.update(dict.fromkeys(map(name_of, block)))
        else:
            absent.update(map(name_of, block))
    made.computed.extend(done)
    for name in () if training else done:  # each of these is kept, whatever computes it
        found = made.named[name]
        if (count := math.prod(map(len, found.ranges))) > most("elements"):
            size = " × ".join(f"{len(values):,}" for values in found.ranges)
            cure = "write shorter ranges, or evaluate fewer patterns"
            raise over("E320", "elements", f"{pretty(name)} would have {count:,} numbers ({size})", cure, count)
    if training:
        for equation in program.phases["update"]:
            name = key(equation.target)
            if name in program.shared:
                made.named[name] = made.equation(equation)
                continue
            made.named[name + NEW] = found = made.equation(equation)
            made.updated[name] = found.slot
        made.stepped = len(made.tape.instructions)
        for equation in program.phases["project"]:
            name = key(equation.target)
            made.named[name] = made.named[name + NEW]
            made.projected[name] = made.equation(equation).slot
    return made


def check_given(program: Program, made: Recording) -> None:
    """Raise UsageError E312 if a step reads data or a target that has no values."""
    read = {name for line in needed(program) for name, _ in reads(line.body)}
    for symbol in program.symbols():
        if symbol.name in read and symbol.name not in made.named:
            shown = pretty(symbol.name)
            raise UsageError(
                "E312",
                f"training needs {shown}, and it is not given",
                f"give values of {shown} for every pattern; without them the model can only be evaluated",
            )


def must_be_finite(program: Program, recording: Recording) -> list[int]:
    """The slots of goal, gradients, new weights and new states, those that only watch left out."""
    gradients = [name for name in map(program.gradient, recording.updated) if name in recording.named]
    slots = [recording.named[name].slot for name in (program.objective, *gradients)]
    names = [symbol.name for symbol in program.weights + program.states]
    slots += [recording.updated[name] for name in names if name in recording.updated and name not in program.watching]
    return list(dict.fromkeys(slots))
