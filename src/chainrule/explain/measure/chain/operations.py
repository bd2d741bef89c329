"""Equations of a program → how many operations they take, and those of forward mode: one pass for each weight.

Forward mode differentiates the equations along a direction. The direction of one weight is 1 for it and 0 for all
others: what is multiplied by that 0 is not computed, and neither is what is multiplied by that 1. Of an array one
entry is 1, and which products are 0 only its indices tell: then there is a least and a most.

Equal operations over the same letters are counted once, wherever they stand, as the engine computes them once: values
are numbered, and an operation on the same numbers has the same number. Sums and products go from left to right. A
recurrence is counted as so many equal slices.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Set
from dataclasses import field, replace
from fractions import Fraction

from chainrule.explain.measure.context import Context
from chainrule.expr.entries import by_name
from chainrule.expr.graph import components
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
    key,
    places,
)
from chainrule.expr.walk import fold, nodes, reads, transform
from chainrule.gradient.derivatives import written_out
from chainrule.gradient.forward import only, tangents
from chainrule.gradient.reverse import closure
from chainrule.model import explicit
from chainrule.model.letters import base
from chainrule.model.model import Model
from chainrule.numbers.guards import guards, lifted
from chainrule.program.lower import objective, open_calls
from chainrule.program.program import Program, computed
from chainrule.values import dataclass

DIRECTION = "R."
"""Before the name of a quantity: its change along a direction."""

STILL = "still#"
"""Before the number of a part that no direction changes."""


@dataclass(frozen=True, slots=True)
class Value:
    """What an operation gives: a number of its own, the letters that it has one value for each of, what it is if that
    is known, and whether it changes with the direction."""

    number: int
    letters: frozenset[str] = frozenset()
    exact: Fraction | None = None
    moved: bool = False


@dataclass(slots=True)
class Count:
    """Operations counted so far: ``still`` that no direction changes, ``moved`` that one does.

    ``lean``: nothing is added to 0 or multiplied by 0 or 1. ``way`` names the weight whose direction it is.
    """

    sizes: Mapping[str, int]
    lean: bool = False
    way: str = ""
    still: int = 0
    moved: int = 0
    made: dict[Hashable, Value] = field(default_factory=dict)
    known: dict[str, tuple[Value, tuple[str, ...]]] = field(default_factory=dict)
    bodies: dict[int, tuple[Equation, Expr]] = field(default_factory=dict)  # what stands still has names in them
    still_parts: dict[str, Value] = field(default_factory=dict)
    exact: dict[Fraction, Value] = field(default_factory=dict)  # numbers, where it is lean
    changes: dict[int, frozenset[str]] = field(default_factory=dict)  # of each node the changes that are read in it
    reached: Set[str] = frozenset()  # the changes that the direction of the moment reaches

    def value(self, name: Hashable, letters: Iterable[str] = (), moved: bool = False) -> Value:
        """A value that takes no operation: an input, a number, the same numbers under other letters."""
        return self.made.setdefault(name, Value(len(self.made), frozenset(letters), None, moved))

    def number(self, exact: Fraction) -> Value:
        if not self.lean:
            return self.value(exact)
        if exact not in self.exact:
            self.exact[exact] = replace(self.value(exact), exact=exact)
        return self.exact[exact]

    def operation(self, name: str, inside: tuple[Value, ...], detail: Hashable = None) -> Value:
        """An operation for each value of the letters inside, counted where it is new."""
        letters = frozenset[str]().union(*(one.letters for one in inside))
        return self.counted((name, tuple(one.number for one in inside), detail), letters, letters, inside, 1)

    def counted(
        self, name: Hashable, letters: frozenset[str], over: frozenset[str], inside: tuple[Value, ...], each: int
    ) -> Value:
        new = name not in self.made
        found = self.value(name, letters, any(one.moved for one in inside))
        if new and found.moved:
            self.moved += each * times(self.sizes, over)
        elif new:
            self.still += each * times(self.sizes, over)
        return found

    def run(self, equations: Iterable[Equation], skip: str = "") -> None:
        """Every equation, in order; of those that read ``skip`` nothing is counted.

        What refers to itself through a shifted letter is read as it is named.
        """
        lines = tuple(equations)
        shared = by_name(lines)
        inside = {
            name: tuple(other for line in own for other, _ in reads(line.body) if other in shared)
            for name, own in shared.items()
        }
        parts = {name for name, own in shared.items() if len(own) > 1 or name in inside[name]}
        parts |= {name for group in components(inside) if len(group) > 1 for name in group}
        for line in lines:
            name, read = key(line.target), {name for name, _ in reads(line.body)}
            self.known.pop(name, None)
            if skip in read:
                self.known[name] = self.value(("skipped", self.way, name), line.letters, True), line.letters
                continue
            found = self.spread(fold(self.body(line), self.node, self.unreached), line.letters)
            if name not in parts:
                self.known[name] = found, line.letters

    def body(self, line: Equation) -> Expr:
        """A right side; of one that many directions change, the parts that none does are looked at once."""
        if not self.lean:
            return lifted(line.body)
        if id(line) not in self.bodies:
            self.bodies[id(line)] = line, transform(lifted(line.body), self.parted)
            fold(self.bodies[id(line)][1], self.read_in)
        return self.bodies[id(line)][1]

    def read_in(self, node: Expr, inside: tuple[frozenset[str], ...]) -> frozenset[str]:
        """The changes that are read in a node."""
        own = (node.name,) if isinstance(node, Ref) and moving(node) else ()
        found = self.changes[id(node)] = frozenset(own).union(*inside)
        return found

    def unreached(self, node: Expr) -> Value | None:
        """0 where no change that is read in a node is reached: of changes everything is a multiple."""
        read = self.changes.get(id(node)) if self.lean else None
        return self.number(Fraction(0)) if read and read.isdisjoint(self.reached) else None

    def parted(self, node: Expr) -> Expr:
        """A name for what no direction changes; a bracket keeps its form, which says what it guards."""
        if isinstance(node, Number | Bracket | InRange) or any(moving(one) for one in nodes(node)):
            return node
        name = f"{STILL}{len(self.still_parts)}"
        self.still_parts[name] = fold(node, self.node)
        return Ref(name)

    def spread(self, found: Value, letters: tuple[str, ...]) -> Value:
        """The same numbers for every value of the letters of a left side."""
        if found.letters == frozenset(letters):
            return found
        return replace(self.value(("spread", found.number, letters), letters, found.moved), exact=found.exact)

    def read(self, name: str, indices: tuple[Index, ...]) -> Value:
        """A quantity at some indices."""
        if name in self.still_parts:
            return self.still_parts[name]
        if name not in self.known:
            moved = name.startswith(DIRECTION)
            own = (name, self.way) if moved else name
            return self.value(("read", own, indices), (one for at in indices for one, _ in at.terms), moved)
        found, letters = self.known[name]
        if letters == tuple(at.letter for at in indices):
            return found
        other = (one for at in indices for one, _ in at.terms)
        seen = self.value(("view", found.number, letters, indices), other, found.moved)
        return replace(seen, exact=found.exact)

    def node(self, node: Expr, inside: tuple[Value, ...]) -> Value:
        """The value of a node, those of its children given."""
        match node:
            case Number(exact):
                return self.number(exact)
            case Ref(name, indices):
                return self.read(name, indices)
            case Derivative():
                return self.read(key(node), places(node))
            case Constant() | Size():
                return self.value(node)
            case At(position) | InRange(position):
                return self.value(node, (letter for letter, _ in position.terms))
            case Neg():
                minus = self.value(("negative", inside[0].number), inside[0].letters, inside[0].moved)
                return replace(minus, exact=None if inside[0].exact is None else -inside[0].exact)
            case Add():
                return self.chain("add", Fraction(0), inside)
            case Mul(args):
                if any(one.exact == 0 for one in inside):
                    return self.number(Fraction(0))
                brackets = guards(args)  # 0 there is 0, whatever the other factors are
                order = sorted(zip(brackets, inside, strict=True), key=lambda pair: pair[0])
                return self.chain("multiply", Fraction(1), tuple(one for _, one in order))
            case (Div() | Reduce("sum" | "mean")) if inside[0].exact == 0:
                return self.number(Fraction(0))
            case Cond() if inside[1].exact == 0 and inside[2].exact == 0:
                return self.number(Fraction(0))
            case Div():
                return self.operation("divide", inside)
            case Pow():
                return self.operation("power", inside)
            case Call(function, _, order):
                return self.operation("call", inside, (function, order))
            case Bracket(comparison):
                return self.operation("compare", inside, comparison)
            case Cond():
                return self.operation("choose", inside)
            case Reduce(operator, letters):
                return self.reduced(operator, letters, inside[0])
        raise TypeError(f"no operation is known for {type(node).__name__}")

    def chain(self, name: str, nothing: Fraction, inside: tuple[Value, ...]) -> Value:
        """A sum or a product from left to right; without the terms that change nothing, where it is lean."""
        left = [one for one in inside if one.exact != nothing]
        if not left:
            return self.number(nothing)
        total = left[0]
        for one in left[1:]:
            total = self.operation(name, (total, one))
        return total

    def reduced(self, operator: str, letters: tuple[str, ...], body: Value) -> Value:
        over = frozenset(letters)
        rest, many = body.letters - over, times(self.sizes, letters)
        kind = "sum" if operator == "mean" else operator
        total = self.counted(("fold", kind, over, body.number), rest, rest, (body,), many - 1)
        return self.operation("divide", (total,), ("size", over)) if operator == "mean" else total


def moving(node: Expr) -> bool:
    """Whether a node is a change along the direction."""
    return isinstance(node, Ref) and node.name.startswith(DIRECTION)


def times(sizes: Mapping[str, int], letters: Iterable[str]) -> int:
    many = 1
    for letter in letters:
        many *= sizes[letter]
    return many


def operations(equations: Iterable[Equation], sizes: Mapping[str, int]) -> int:
    """How many operations the equations take, each letter having ``sizes`` values.

    >>> from chainrule.notation import parse_equation
    >>> line = parse_equation("E = 1/2*(w*x - y)^2 + (w*x - y)", quantities=("w", "x", "y", "E"))
    >>> operations([line], {})
    5
    """
    count = Count(sizes)
    count.run(equations)
    return count.still


def backward(program: Program, names: Iterable[str]) -> tuple[Equation, ...]:
    """What reverse mode computes for the gradient: the goal, and the adjoints on the way to the weights."""
    return only(computed(program), {program.objective, *map(program.gradient, names)})


def goal(program: Program) -> tuple[Equation, ...]:
    """What computes the goal alone."""
    return only((*program.phases["forward"], *program.phases["error"]), {program.objective})


def forward_pass(model: Model, program: Program, names: Iterable[str]) -> tuple[Equation, ...]:
    """What forward mode computes for any one entry of the weights: the change of each quantity along a direction.

    The direction has an array for each weight, ``R.W``: 1 at the entry, 0 elsewhere.
    """
    functions = explicit.functions(model)
    name, value = objective(model, None)  # it may read derivatives as any equation may
    lines = explicit.equations(model)
    known = written_out(model, lines if value is None else (*lines, Equation(Ref(name), value)), functions)
    seeds = {name: lambda at: Ref(f"{DIRECTION}{at.name}", at.indices) for name in names}
    made = tangents(known, seeds, direction, functions, model.sets)
    return open_calls(only(made, {f"{DIRECTION}{program.objective}"}), functions)


def direction(target: Ref | Derivative) -> Ref | Derivative:
    """The left side of the change of another left side along the direction."""
    indices = target.indices if isinstance(target, Ref) else target.wrt[0].indices
    return Ref(f"{DIRECTION}{key(target)}", indices)


def forward(
    error: Iterable[Equation], equations: Iterable[Equation], entries: Mapping[str, int], arrays: Iterable[str],
    sizes: Mapping[str, int],
) -> tuple[int, int]:  # fmt: skip
    """How many operations the error takes with a pass of ``along`` for each entry of the weights: at least, at most.

    What no direction changes is computed once for all passes, and what one does not reach is 0 along it. The direction
    of a weight without letters is 1. That of an array is 0 but for one entry, of which no sum knows: what reads it is
    left out, or counted as if nothing in it were 0.
    """
    lines, found, given = tuple(equations), [], set(arrays)
    users: dict[str, set[str]] = {}
    for line in lines:
        for read, _ in reads(line.body):
            users.setdefault(read, set()).add(key(line.target))
    targets, seeds = {key(line.target) for line in lines}, [f"{DIRECTION}{name}" for name in entries]
    for least in (True, False) if given else (True,):
        count, total = Count(sizes), 0
        count.run(error)
        count.lean, alone = True, count.known
        for name, many in entries.items():
            count.way, count.moved = name, 0
            own, zero = f"{DIRECTION}{name}", (count.number(Fraction(0)), ())
            count.reached = closure((own,), users)
            count.known = alone | dict.fromkeys(seeds, zero) | dict.fromkeys(targets - count.reached, zero)
            del count.known[own]
            if name not in given:
                count.known[own] = count.number(Fraction(1)), ()
            reached = (line for line in lines if key(line.target) in count.reached)
            count.run(reached, own if least and name in given else "")
            total += many * count.moved
        found.append(count.still + total)
    return found[0], found[-1]


class Sizes(dict[str, int]):
    """How many values each letter has; a letter made for forward mode has those of the one that it is another of."""

    def __missing__(self, letter: str) -> int:
        return self[base(letter)]


def sizes_of(context: Context) -> Sizes:
    """How many values each letter of the program has."""
    program, ranges = context.program, context.bound.ranges
    sizes = {letter: len(ranges.get(group, range(context.patterns))) for letter, group in program.sets.items()}
    return Sizes(sizes | {program.pattern: context.patterns})
