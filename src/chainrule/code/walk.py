"""A plan → the lines of one step in a language: each group as loops over its letters, recurrences as loops.

Conventions. A letter with one value stands at 0; a letter of a loop, at the name that counts it. What one other line of
the same group reads once stands inside it; what has a name in the text has a line of its own. Of several operands none
is moved: the machine operations are those of the tape, in its order.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

import numpy as np

from chainrule.code.names import Lines, Names
from chainrule.code.spelling import LOOSE, Spelling, filled
from chainrule.code.value import Value, formed, plus, spelled, substituted, total
from chainrule.errors import BrokenPass
from chainrule.expr.indices import around, below, reach
from chainrule.expr.nodes import Index
from chainrule.tape.plan import THROUGH, Axes, Cycle, Group, Plan, every
from chainrule.tape.tape import Fold, Gather, Instruction

Places = Mapping[str, Index]
"""Letter → where in its range, from 0 on."""

Reader = Callable[[Places], Value]
"""What an input is at some places."""

START = Index()

BEGINNINGS = {"sum": -0.0, "dot": -0.0, "prod": 1.0, "max": -math.inf, "min": math.inf}
"""What changes no bit of the first value that it is folded with; −0 + x is x, for x = 0 and x = −0 too."""

WIDE = 90
"""Letters of an expression beyond which it has a line of its own."""


class Walk:
    """Writes the groups of a plan. ``inputs`` says how each input of the tape is read, ``wishes`` names slots,
    ``functions`` takes the name of each function that is called and gives it as the language has it."""

    def __init__(
        self,
        plan: Plan,
        spelling: Spelling,
        names: Names,
        inputs: Mapping[int, Reader],
        wishes: Mapping[int, str],
        functions: Callable[[str], str],
        *,
        wanted: Iterable[int] = (),
    ) -> None:
        self.plan, self.tape, self.spelling, self.names = plan, plan.tape, spelling, names
        self.inputs, self.wishes, self.functions = inputs, wishes, functions
        self.said: dict[int, str] = {}  # slots → what their lines say of themselves
        self.lines = Lines(spelling.indent)
        self.standing: list[str] = []  # lines that declare arrays and tables, which stand for good
        self.now: dict[int, Value] = {}  # numbers that have a name where the walk is
        self.arrays: dict[int, tuple[str, Axes]] = {}  # slots that are kept as arrays
        self.tables: dict[int, str] = {}
        self.counts: dict[str, int] = {}  # names that count, and how far
        self.around = 1  # turns of the loops that the walk is in, together
        self.turns = 0  # turns of all loops that were written
        self.held = 0  # numbers of arrays and tables
        self.loops: dict[str, Index] = {}  # letters of loops of the tape
        self.uses: Counter[int] = Counter()
        self.readers: dict[int, tuple[int, int]] = {}  # slot → the loops that one of its readers stands in
        self.homes: dict[int, tuple[int, int]] = {}  # slot → the loops that it is computed in
        for number, group in enumerate(every((*plan.before, *plan.stepping, *plan.settling))):
            for line in group.lines:
                self.homes[line.output] = number, -1
                inner = plan.inside.get(line.output, [])
                self.homes.update((one.output, (number, line.output)) for one in inner)
                folds = isinstance(line.detail, Fold)
                for one in (*inner, line):
                    for slot in map(self.root, one.inputs):
                        self.uses[slot] += 1
                        self.readers[slot] = number, line.output if folds else -1
        self.uses.update(slot for root in map(self.root, wanted) for slot in (root, root))

    def root(self, slot: int) -> int:
        """The slot whose numbers a slot shows."""
        made = self.plan.made
        while slot in made and slot not in self.plan.direct and made[slot].operation in THROUGH:
            slot = made[slot].inputs[0]
        return slot

    # --- groups

    def groups(self, groups: Iterable[Group | Cycle]) -> None:
        """The lines of groups, in order."""
        for group in groups:
            if isinstance(group, Cycle):
                self.cycle(group)
            elif not group.axes:
                for line in group.lines:
                    self.line(line, {}, group.axes)
            else:
                with self.within(group.axes) as at:
                    for line in group.lines:
                        self.line(line, at, group.axes)

    def cycle(self, cycle: Cycle) -> None:
        """A loop of the tape."""
        loop, known = cycle.loop, dict(self.now)
        count = len(self.tape.ranges[loop.letter])
        name = self.counted(loop.letter.replace("@", "slice_"), count)
        form = self.spelling.down if loop.downwards else self.spelling.up
        self.lines.open(filled(form, letter=name, count=count))
        self.loops[loop.letter] = Index(((name, 1),))
        self.turn(count)
        self.groups(cycle.groups)
        self.around //= count
        del self.loops[loop.letter]
        self.lines.close(self.spelling.end)
        self.names.free(name)
        self.now = known

    @contextmanager
    def within(self, letters: Iterable[str], at: Places | None = None) -> Iterator[dict[str, Index]]:
        """Loops over letters, the last the innermost; what is named inside is forgotten after them."""
        known, places, opened = dict(self.now), dict(at or {}), list[str]()
        for letter in letters:
            count = len(self.tape.ranges[letter])
            if count == 1:
                places[letter] = START
                continue
            name = self.counted(letter, count)
            self.lines.open(filled(self.spelling.up, letter=name, count=count))
            self.turn(count)
            places[letter] = Index(((name, 1),))
            opened.append(name)
        yield places
        for name in opened:
            self.lines.close(self.spelling.end)
            self.names.free(name)
            self.around //= self.counts[name]
        self.now = known

    def turn(self, count: int) -> None:
        """A loop of so many turns begins."""
        self.around *= count
        self.turns += self.around

    def counted(self, wish: str, count: int) -> str:
        """The name of a loop; it is free again after it."""
        name = self.names.fresh(wish.rstrip("'").partition("#")[0])
        self.counts[name] = count
        return name

    # --- lines

    def line(self, line: Instruction, at: Places, axes: Axes) -> None:
        """One instruction at one entry: a line, or nothing yet where it will stand inside another."""
        slot = line.output
        if line.operation == "place" and isinstance(line.detail, Gather):
            self.place(line, line.detail, at)
            return
        value = self.fold(line, line.detail, at) if isinstance(line.detail, Fold) else self.value(line, at)
        kept = bool(axes) and slot in self.plan.kept
        near = self.uses[slot] < 2 and self.readers.get(slot, self.homes[slot]) == self.homes[slot]
        if kept or not near or slot in self.wishes or len(value.text) >= WIDE:
            value = self.named(self.wishes.get(slot, "v"), value, self.said.get(slot, ""))
        self.now[slot] = value
        if kept:
            self.lines.add(filled(self.spelling.write, **self.entry(slot, at), value=value.text))

    def named(self, wish: str, value: Value, said: str = "") -> Value:
        """A value with a name of its own; a name has one."""
        if value.text.isidentifier():
            return value
        name = self.names.fresh(wish)
        line = filled(self.spelling.constant, name=name, value=value.text)
        self.lines.add(f"{line}  {filled(self.spelling.comment, text=said)}" if said else line)
        return Value(name)

    def value(self, line: Instruction, at: Places) -> Value:
        """What an instruction gives, as an expression."""
        if line.operation in THROUGH:
            return self.through(line, at)
        operands = [self.read(slot, at) for slot in line.inputs]
        spelling = self.spelling
        match line:
            case Instruction("select", _, str(comparison)):
                first, second, then, otherwise = operands
                test = formed(spelling.comparisons[comparison], first, second)
                return formed(spelling.choose, test, then, otherwise)
            case Instruction("call", _, str(function)):
                return self.call(self.functions(function), operands)
            case Instruction("power", _, int(n)):
                return self.call(self.functions(f"power {n}"), operands)
            case Instruction(operation) if operation in spelling.operations:
                return formed(spelling.operations[operation], *operands)
        raise BrokenPass("printing", f"{spelling.name} has no {line.operation}")

    def call(self, function: str, operands: Iterable[Value]) -> Value:
        return Value(f"{function}({', '.join(one.text for one in operands)})")

    def fold(self, made: Instruction, fold: Fold, at: Places) -> Value:
        """A reduction: a number that goes through the entries in written order."""
        spelling = self.spelling
        if fold.operator not in BEGINNINGS:
            raise BrokenPass("printing", f"{spelling.name} has no {fold.operator}")
        name = self.names.fresh(self.wishes.get(made.output, fold.operator))
        line = filled(spelling.variable, name=name, value=spelling.number(BEGINNINGS[fold.operator]))
        said = self.said.get(made.output)
        self.lines.add(f"{line}  {filled(spelling.comment, text=said)}" if said else line)
        with self.within(fold.letters, at) as places:
            for inner in self.plan.inside.get(made.output, ()):
                self.line(inner, places, ())
            body, so_far = self.read(made.inputs[0], places), Value(name)
            if fold.operator in ("max", "min"):
                value = self.call(self.functions(fold.operator), (so_far, body))
            elif fold.operator == "dot":
                value = formed(spelling.operations["fma"], body, self.read(made.inputs[1], places), so_far)
            else:
                operation = "add" if fold.operator == "sum" else "multiply"
                value = formed(spelling.operations[operation], so_far, body)
            self.lines.add(filled(spelling.assign, name=name, value=value.text))
        return Value(name)

    def place(self, line: Instruction, gather: Gather, at: Places) -> None:
        """Numbers into a memory, where they are meant to be."""
        space, (_, value, *held) = self.plan.memory[line.output], line.inputs
        written = self.read(value, at)
        places = dict(zip(gather.letters, self.positions(gather, at), strict=True))
        write = filled(self.spelling.write, **self.entry(space, places), value=written.text)
        if held:
            test = formed(self.spelling.comparisons["!="], self.read(held[0], at), Value("0"))
            self.lines.open(filled(self.spelling.when, test=test.text))
            self.lines.add(write)
            self.lines.close(self.spelling.end)
        else:
            self.lines.add(write)

    # --- what is read

    def read(self, slot: int, at: Places) -> Value:
        """The number of a slot at some places."""
        if slot in self.now:
            return self.now[slot]
        if slot in self.inputs:
            return self.inputs[slot](at)
        if slot in self.tape.constants:
            return self.known(slot, at)
        line = self.plan.made[slot]
        if slot in self.plan.direct and slot not in self.plan.memory:
            return self.at(slot, at)
        return self.through(line, at)

    def through(self, line: Instruction, at: Places) -> Value:
        """What an instruction shows that only says where a number is."""
        match line:
            case Instruction("view", (source,), tuple(renamed)):
                own = zip(self.tape.axes[source], renamed, strict=True)
                return self.read(source, {one: START if other is None else at.get(other, START) for one, other in own})
            case Instruction("broadcast", (source,)):
                return self.read(source, at)
            case Instruction("gather", (source,), Gather() as gather):
                places = dict(zip(gather.letters, self.positions(gather, at), strict=True))
                return self.guarded(self.read(source, places), gather, places)
            case Instruction("same" | "space" | "place"):
                return self.at(self.plan.memory[line.output], at)
        raise BrokenPass("printing", f"{line.operation} is read before it is written")

    def positions(self, gather: Gather, at: Places) -> list[Index]:
        """Where in the ranges of its letters a gather looks."""
        found = []
        for values, index in zip(gather.ranges, gather.indices, strict=True):
            worth = {letter: self.worth(letter, at) for letter, _ in index.terms}
            found.append(plus(substituted(index, worth), Index((), values.start), -1))
        return found

    def worth(self, letter: str, at: Places) -> Index:
        """What a letter is worth: its first value, and how far it is from there."""
        place = self.loops[letter] if letter in self.loops else at.get(letter, START)
        return plus(place, Index((), self.tape.ranges[letter].start))

    def guarded(self, value: Value, gather: Gather, places: Places) -> Value:
        """The value where all positions are in range, else 0."""
        spelling, tests = self.spelling, []
        extents = {name: around(range(count)) for name, count in self.counts.items()}
        for letter, values in zip(gather.letters, gather.ranges, strict=True):
            place = places[letter]
            extent = reach(place, extents.__getitem__)
            if below(extent.low, 0):
                tests.append(formed(spelling.compared(">="), spelled(place), Value("0")))
            if below(len(values) - 1, extent.high):
                tests.append(formed(spelling.compared("<"), spelled(place), Value(str(len(values)))))
        if not tests:
            return value
        test = Value(spelling.both.join(one.text for one in tests), LOOSE)
        return formed(spelling.choose, test, value, Value(spelling.number(0.0)))

    def known(self, slot: int, at: Places) -> Value:
        """A constant: a number, or an entry of a table."""
        given = np.asarray(self.tape.constants[slot], np.float64)
        if not given.ndim or (given.size and np.all(given == given.flat[0])):
            text = self.spelling.number(float(given.flat[0]))
            return Value(text) if text[0] != "-" else Value(text, LOOSE)
        if slot not in self.tables:
            self.tables[slot] = name = self.names.fresh("table")
            self.held += given.size
            written = self.spelling.in_table or self.spelling.number
            numbers = ", ".join(map(written, given.ravel().tolist()))
            self.standing.append(filled(self.spelling.table, name=name, values=numbers, count=given.size))
        return self.element(self.tables[slot], self.tape.axes[slot], at, self.spelling.look)

    def at(self, slot: int, at: Places) -> Value:
        """An entry of a slot that is kept."""
        return Value(filled(self.spelling.read, **self.entry(slot, at)))

    def entry(self, slot: int, at: Places) -> dict[str, str]:
        """The array of a slot and the number of an entry."""
        if slot not in self.arrays:
            name = self.names.fresh(f"{self.wishes.get(slot, 'v')}s")
            self.arrays[slot] = name, self.tape.axes[slot]
            count = math.prod(self.tape.shape(slot))
            self.standing.append(filled(self.spelling.numbers, name=name, count=count))
            self.held += count
        name, axes = self.arrays[slot]
        return {"array": name, "index": spelled(self.flat(axes, at)).text}

    def element(self, array: str, letters: Axes, at: Places, look: str = "") -> Value:
        """An entry of an array with one axis for each letter, the last fastest."""
        return Value(filled(look or self.spelling.read, array=array, index=spelled(self.flat(letters, at)).text))

    def flat(self, letters: Axes, at: Places, start: int = 0) -> Index:
        """The number of an entry."""
        parts, stride = [], 1
        for letter in reversed(letters):
            parts.append((stride, at.get(letter, START)))
            stride *= len(self.tape.ranges[letter])
        return total(start, reversed(parts))
