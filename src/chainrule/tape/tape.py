"""A computation written down as machine operations on numbered slots, each done once.

Conventions. A slot holds one number for each combination of the values of its axes; axes are letters, always in the one
order of the tape (``order``), so that two slots are combined by letting letters meet. The same operation on the same
slots is one slot: what two equations share is computed once, which changes no bit. A slot is ``steady`` if it stays the
same over all steps of a run: a constant, a const, or made of such.

The operations. `call` and `power` stand for programs of the others; `expand` writes those out, so that an engine knows
nothing but the rest:

==================================  ================================================================
add subtract multiply divide        elementwise, of two slots
fma                                 a·b + c, rounded once; in fused numerics alone
negative sqrt floor                 elementwise, of one
scale fraction exponent             a·2ⁿ; the two parts of a split
call                                a known function (the detail) of its arguments, elementwise
power                               aⁿ with a written integer exponent n (the detail), elementwise
select                              ``then`` where the comparison (the detail) of a with b holds
view                                the same numbers under other letters (the detail)
broadcast                           the same number for every value of the letters added (the detail)
gather                              entries at affine indices; 0 where an index is out of range
fold                                a reduction over letters, in written order, from the first value on; "dot", of two
                                    slots, is the sum of their products, each multiplied and added in one operation
space                               memory for a quantity that is written part by part; NaN where nothing is written
place                               the memory of the first slot with the numbers of the second written into it, where
                                    the detail says, and where the third, if there is one, is not 0
loop                                instructions done again for each value of a letter (the detail), in order
same                                the memory of the first slot as it stands here: inside a loop, or after it
==================================  ================================================================

Inside a loop its letter is no axis: it has one value at a time, and a gather or a place may read it. An operation
stands in the outermost loop that knows all it reads.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import field
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from chainrule.expr.indices import index_value
from chainrule.expr.nodes import Index
from chainrule.numbers.numerics import EXACT, Numerics
from chainrule.tape.bound import Array
from chainrule.values import dataclass

T = TypeVar("T", bound=np.generic)

Operation = Literal[
    "add", "subtract", "multiply", "divide", "negative", "sqrt", "floor", "scale", "fraction", "exponent",
    "fma", "call", "power", "select", "view", "broadcast", "gather", "fold", "space", "place", "loop", "same",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Instruction:
    """One operation on slots: the inputs, what else it needs, and where the result goes."""

    operation: Operation
    inputs: tuple[int, ...]
    detail: Hashable
    output: int


@dataclass(frozen=True, slots=True)
class Gather:
    """Where each position of a slot is read, or written: its letter, the range of that letter, the index."""

    letters: tuple[str, ...]
    ranges: tuple[range, ...]
    indices: tuple[Index, ...]


@dataclass(frozen=True, slots=True)
class Fold:
    """A reduction over letters, in written order."""

    operator: str
    letters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Space:
    """Memory for a quantity; whether some of it is never written."""

    name: str
    gaps: bool


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """Instructions for each value of a letter, upwards or downwards."""

    letter: str
    downwards: bool
    lines: tuple[Instruction, ...]


@dataclass(slots=True)
class Scope:
    """Instructions that are being written down: those of the tape, or of a loop."""

    letter: str
    lines: list[Instruction]
    known: dict[Hashable, int]


@dataclass(slots=True)
class Tape:
    """Slots and the instructions that fill them, in order."""

    ranges: dict[str, range]  # letter → its values
    order: dict[str, int]  # letter → its place among axes
    numerics: Numerics = EXACT
    calls: bool = False  # whether functions are operations of their own
    axes: list[tuple[str, ...]] = field(default_factory=list)
    steady: list[bool] = field(default_factory=list)
    constants: dict[int, float | Array] = field(default_factory=dict)
    inputs: dict[str, int] = field(default_factory=dict)
    instructions: list[Instruction] = field(default_factory=list)
    _known: dict[Hashable, int] = field(default_factory=dict)
    _made: dict[int, Instruction] = field(default_factory=dict)
    levels: list[int] = field(default_factory=list)  # of each slot: how many loops it stands in
    looped: set[str] = field(default_factory=set)  # the letters of loops
    scopes: list[Scope] = field(init=False)

    def __post_init__(self) -> None:
        self.scopes = [Scope("", self.instructions, self._known)]

    def sorted(self, letters: Iterable[str]) -> tuple[str, ...]:
        """Letters in the order of axes, each once."""
        return tuple(sorted(set(letters), key=self.order.__getitem__))

    def shape(self, slot: int) -> tuple[int, ...]:
        return tuple(len(self.ranges[letter]) for letter in self.axes[slot])

    def slot(self, axes: tuple[str, ...], steady: bool, level: int = 0) -> int:
        self.axes.append(axes)
        self.steady.append(steady)
        self.levels.append(level)
        return len(self.axes) - 1

    def constant(self, number: float) -> int:
        return self.known(("constant", number.hex()), number, ())

    def known(self, name: Hashable, given: float | Array, axes: tuple[str, ...]) -> int:
        """The slot of a value that is known before the run, under a name of its own."""
        if name not in self._known:
            self._known[name] = slot = self.slot(axes, True)
            self.constants[slot] = given
        return self._known[name]

    def input(self, name: str, letters: Iterable[str], steady: bool) -> int:
        self.inputs[name] = self.slot(self.sorted(letters), steady)
        return self.inputs[name]

    def emit(
        self, operation: Operation, inputs: tuple[int, ...], detail: Hashable = None, axes: Iterable[str] | None = None
    ) -> int:
        """The slot of an operation; without ``axes``, elementwise over all letters of the inputs."""
        if operation == "add" and (made := self._made.get(inputs[1])) and made.operation == "negative":
            operation, inputs = "subtract", (inputs[0], made.inputs[0])  # a + (−b) and a − b have the same bits
        level = 0
        if len(self.scopes) > 1:
            level = max((self.levels[slot] for slot in inputs), default=0)
            if isinstance(detail, Gather):
                level = max(level, *(self.depth(letter) for place in detail.indices for letter, _ in place.terms), 0)
        known = self.scopes[level].known
        name = (operation, inputs, detail)
        if name not in known:
            steady = level == 0 and operation != "space" and all(self.steady[slot] for slot in inputs)
            own = self.met(inputs) if axes is None else self.sorted(axes)
            known[name] = self.write(operation, inputs, detail, own, level, steady)
        return known[name]

    def met(self, slots: tuple[int, ...]) -> tuple[str, ...]:
        """The letters of some slots, in the order of axes."""
        found = {self.axes[slot] for slot in slots}
        return found.pop() if len(found) == 1 else self.sorted(letter for own in found for letter in own)

    def write(
        self,
        operation: Operation,
        inputs: tuple[int, ...],
        detail: Hashable,
        axes: tuple[str, ...],
        level: int,
        steady: bool = False,
    ) -> int:
        """The new slot of an instruction, written down as it is."""
        output = self.slot(axes, steady, level)
        self._made[output] = Instruction(operation, inputs, detail, output)
        self.scopes[level].lines.append(self._made[output])
        return output

    # --- loops

    def depth(self, letter: str) -> int:
        """How many loops the value of a letter needs: 0 for one that is an axis."""
        return next((level for level, scope in enumerate(self.scopes) if level and scope.letter == letter), 0)

    def fixed(self, letter: str) -> bool:
        """Whether a letter has one value at a time: that of a loop."""
        return letter in self.looped

    def enter(self, letter: str) -> None:
        """Begin a loop over a letter."""
        self.looped.add(letter)
        self.scopes.append(Scope(letter, [], {}))

    def leave(self, downwards: bool) -> int:
        """End the loop; its slot stands for all that it has done."""
        scope = self.scopes.pop()
        own = {line.output for line in scope.lines}
        read = dict.fromkeys(slot for line in scope.lines for slot in line.inputs if slot not in own)
        loop = Loop(scope.letter, downwards, tuple(scope.lines))
        return self.write("loop", tuple(read), loop, (), len(self.scopes) - 1)

    def here(self, space: int, *after: int) -> int:
        """The memory of a slot as it stands here, after others."""
        return self.write("same", (space, *after), None, self.axes[space], len(self.scopes) - 1)

    def viewed(self, source: NDArray[T], line: Instruction) -> NDArray[T]:
        """The same entries under other letters: axes of length 1 dropped, the others put in order."""
        renamed: tuple[str | None, ...] = line.detail  # type: ignore[assignment]
        kept = [letter for letter in renamed if letter is not None]
        dropped = source.reshape([size for size, letter in zip(source.shape, renamed, strict=True) if letter])
        return dropped.transpose([kept.index(letter) for letter in self.axes[line.output]])

    def against(self, source: NDArray[T], have: tuple[str, ...], axes: tuple[str, ...]) -> NDArray[T]:
        """An array with an axis of length 1 for each letter it lacks."""
        if have == axes:
            return source
        return source[tuple(slice(None) if letter in have else None for letter in axes)]

    def inside(self, slot: int) -> tuple[int, ...]:
        """What a slot is made of."""
        return self._made[slot].inputs

    def factors(self, slot: int) -> tuple[int, int] | None:
        """The two slots whose product a slot is, if it is one; of a power those of its last multiplication."""
        match self._made.get(slot):
            case Instruction("multiply", (first, last)):
                return first, last
            case Instruction("power", (base,), int(n)) if n > 1:  # `integer_power` squares, or multiplies by the base
                below = n - 1 if n % 2 else n // 2
                first = base if below == 1 else self.emit("power", (base,), below)
                return first, base if n % 2 else first
        return None

    def live(self, wanted: Iterable[int]) -> set[int]:
        """The slots that the wanted ones are made of, with themselves."""
        found: set[int] = set()
        todo = list(wanted)
        while todo:
            slot = todo.pop()
            if slot not in found:
                found.add(slot)
                todo.extend(self._made[slot].inputs if slot in self._made else ())
        return found

    def memories(self) -> dict[int, int]:
        """Each slot that is memory written part by part → its space."""
        found: dict[int, int] = {}
        for line in unfolded(self.instructions):
            if line.operation == "space":
                found[line.output] = line.output
            elif line.operation in ("place", "same"):
                found[line.output] = found[line.inputs[0]]
        return found

    def made_of(self, slots: Iterable[int]) -> set[int]:
        """These slots, and all that is made of one of them; a memory is if a part of it is."""
        found, memory = set(slots), self.memories()
        while True:
            before = len(found)
            for line in unfolded(self.instructions):
                reads = {memory.get(slot, slot) for slot in line.inputs} if line.operation != "loop" else set()
                if not found.isdisjoint(reads):
                    found |= {line.output, memory.get(line.output, line.output)}
            found |= {slot for slot, space in memory.items() if space in found}
            if not memory or len(found) == before:
                return found


def unfolded(lines: Iterable[Instruction]) -> Iterator[Instruction]:
    """Instructions, and those of the loops among them."""
    for line in lines:
        if isinstance(line.detail, Loop):
            yield from unfolded(line.detail.lines)
        yield line


def gathered(
    gather: Gather, have: tuple[str, ...], axes: tuple[str, ...], ranges: Mapping[str, range]
) -> tuple[tuple[NDArray[np.int64], ...], NDArray[np.bool_]]:
    """For each axis of the source the position read, and where an index is out of range (then the position is not)."""
    outside: NDArray[np.bool_] = np.zeros(tuple(len(ranges[letter]) for letter in axes), dtype=bool)
    where: dict[str, NDArray[np.int64]] = {}
    for letter, values, index in zip(gather.letters, gather.ranges, gather.indices, strict=True):
        place = positions(index, axes, ranges) - values.start
        outside |= (place < 0) | (place >= len(values))
        where[letter] = np.clip(place, 0, len(values) - 1)
    return tuple(where[letter] for letter in have), outside


def positions(index: Index, axes: tuple[str, ...], ranges: Mapping[str, range]) -> NDArray[np.int64]:
    """The value of an affine index at every value of the axes.

    >>> positions(Index((("s", 2), ("u", 1)), -1), ("s", "u"), {"s": range(1, 3), "u": range(3)}).tolist()
    [[1, 2, 3], [3, 4, 5]]
    """
    shape = tuple(len(ranges[letter]) for letter in axes)

    def along(letter: str) -> NDArray[np.int64]:
        values = ranges[letter]
        own = np.arange(values.start, values.stop, dtype=np.int64)
        return own.reshape([-1 if axis == letter else 1 for axis in axes])

    return np.array(np.broadcast_to(index_value(index, along), shape), dtype=np.int64)
