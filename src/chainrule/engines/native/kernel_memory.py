"""A plan → the memory that a kernel works in, and the lines that bring the state and the data of a step into it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from enum import IntEnum
from math import prod

from chainrule.engines.layout import Layout
from chainrule.engines.native.barrier import Barrier
from chainrule.engines.native.loops import Place, Places
from chainrule.engines.native.steps import Steps
from chainrule.engines.native.stores import Store, row_gap, store
from chainrule.engines.native.writer import Writer
from chainrule.engines.runners import by_row
from chainrule.program.program import Program, Symbol
from chainrule.tape.plan import Axes, Cycle, Group, Plan, every
from chainrule.tape.record import Recording
from chainrule.tape.tape import Fold, Space, Tape
from chainrule.values import dataclass

DOUBLE = "double"
"""What the state of a run and its quantities are outside, whatever the numbers of the program are."""


class Control(IntEnum):
    """The places of whole numbers."""

    STEPS = 0  # how many to make at most
    FIRST = 1  # steps made before
    PASS = 2
    RECORD = 3
    WIDTH = 4  # rows a step; 0 if each step visits the same
    STOP = 5  # not 0: end after the step that is being made, or drop it if it is a long one
    KEPT = 6  # how many rows were recorded
    OWN = 7  # which of the threads that make the steps together this one is
    HANDS = 8  # how many threads make them in this call


POLLED = 2**23
"""Operations of a group that take a few hundredths of a second; a longer one asks in its loop whether to end."""


@dataclass(frozen=True, slots=True)
class Memory:
    """An array whose address the function takes. ``what`` says which: rows, state, own, fate, kept, steps, put, crew,
    result, scratch, a steady slot, or the data of a symbol."""

    what: str
    size: int = 0
    slot: int = -1
    axes: Axes = ()
    symbol: Symbol | None = None


@dataclass(frozen=True, slots=True)
class Kernel:
    """The text of the function, the arrays it takes, and the names of the weights with boxes."""

    text: str
    memory: tuple[Memory, ...]
    boxed: tuple[str, ...]
    tape: Tape
    threads: int = 1


Strided = set[tuple[int, str]]
"""Slots that are read along a letter along which they do not lie."""


def settled(write: Callable[[Strided], tuple[Kernel, Strided]]) -> Kernel:
    """What turns out to be read along another axis is kept along that axis too: so the text is written again."""
    extra: Strided = set()
    while True:
        made, strided = write(extra)
        if strided <= extra:
            return made
        extra |= strided


class KernelMemory:
    """The memory of a kernel."""

    polls = False
    crew: Barrier | None = None

    def __init__(
        self,
        program: Program,
        recording: Recording,
        layout: Layout,
        planned: Plan,
        count: int,
        lanes: int,
        runs: int,
        extra: Strided,
    ) -> None:
        self.program, self.recording, self.layout, self.plan = program, recording, layout, planned
        self.tape, self.count, self.runs, self.extra = planned.tape, count, runs, extra
        self.writer = Writer(planned.tape.numerics.bits)
        self.steps = Steps(planned, self.writer, lanes, runs)
        self.memory: list[Memory] = []
        self.letters = {symbol.name: symbol.letters for symbol in program.symbols()}

    # --- memory

    def argument(self, memory: Memory) -> str:
        self.memory.append(memory)
        return f"%a{len(self.memory) - 1}"

    def stored(self, slot: int) -> list[Store]:
        """Memory for a slot, once for each axis along which it is read."""
        axes = self.plan.axes[slot]
        width = self.steps.width(slot, 1)
        size = prod(self.steps.sizes[letter] for letter in axes)
        found = []
        for order in self.orders(slot):
            if self.steps.own(axes):
                found.append(store(self.writer.room(self.writer.kind(width), size), order, self.steps.sizes, width))
                continue
            row = self.steps.sizes[order[-1]] * width
            gap = row_gap(row, self.writer.bytes)
            base = self.argument(Memory("scratch", size * width // row * (row + gap)))
            found.append(store(base, order, self.steps.sizes, width, gap=gap))
        self.steps.stores[slot] = found
        return found

    def room(self) -> None:
        """Memory for what groups leave for others, and for what is written part by part; NaN where nothing is."""
        for group in every((*self.plan.before, *self.plan.stepping, *self.plan.settling)):
            for line in group.lines:
                if group.axes and line.output in self.plan.kept and line.operation != "place":
                    self.stored(line.output)
        for line in self.plan.spaces:
            stores = self.stored(line.output)
            for slot, space in self.plan.memory.items():
                if space == line.output:
                    self.steps.stores[slot] = stores

    def empty(self) -> None:
        """NaN into the memory of which some is never written."""
        nothing = self.writer.constant(math.nan)
        for line in self.plan.spaces:
            if isinstance(line.detail, Space) and line.detail.gaps:

                def body(several: list[Places], lanes: int, slot: int = line.output) -> None:
                    for places in several:
                        for store in self.steps.stores[slot]:
                            self.steps.write(nothing, store, places, lanes)

                axes = self.plan.axes[line.output]
                with self.writer.scope():
                    self.steps.nest(axes, axes[-1] if axes else None, body)

    def orders(self, slot: int) -> list[Axes]:
        axes = self.plan.axes[slot]
        fast = sorted(letter for own, letter in self.extra if own == slot)
        return [axes, *((*(own for own in axes if own != letter), letter) for letter in fast)]

    # --- before the first step

    def steady(self) -> None:
        """What stays the same over a run: numbers are read once, arrays where they are used."""
        for slot in sorted(self.plan.steady - self.steps.constants.keys()):
            axes = self.plan.axes[slot]
            stores = [
                store(self.argument(Memory("steady", slot=slot, axes=order)), order, self.steps.sizes)
                for order in self.orders(slot)
            ]
            if axes:
                self.steps.stores[slot] = stores
            else:
                self.writer.keep((slot,), self.writer.load(stores[0].base, 0, 1, 1))

    def data(self) -> list[tuple[Symbol, str, list[Store]]]:
        """For each data and target that has a value for each pattern: all its values, and room for those of a step."""
        found = []
        for symbol in by_row(self.program, self.recording):
            slot = self.tape.inputs[symbol.name]
            base = self.argument(Memory("data", symbol=symbol))
            found.append((symbol, base, self.stored(slot) if self.plan.axes[slot] else []))
        return found

    def copy(self, row: str, slots: Mapping[str, int], *, inwards: bool) -> None:
        """The numbers of inputs from a row of them, or back."""
        start = 0
        for name, slot in slots.items():
            start += self.walk(name, slot, row, start, inwards=inwards)

    def walk(self, name: str, slot: int, row: str, start: int, *, inwards: bool) -> int:
        """The numbers of one input from a place of a row, or to it; how many there are."""
        own = tuple(letter for letter in self.letters[name] if self.steps.sizes[letter] > 1)
        theirs = store(row, own, self.steps.sizes, self.runs, DOUBLE)

        def body(several: list[Places], lanes: int) -> None:
            for places in several:
                for ours in self.steps.stores[slot]:
                    if inwards:
                        self.steps.write(self.steps.read(theirs, places, lanes, start), ours, places, lanes)
                    elif ours is self.steps.stores[slot][0]:
                        self.steps.write(self.steps.read(ours, places, lanes), theirs, places, lanes, start)

        with self.writer.scope():
            self.steps.nest(self.plan.axes[slot], own[-1] if own else None, body)
        return self.runs * prod(self.steps.sizes[letter] for letter in own)

    def singles(self, slots: Mapping[str, int]) -> None:
        """Inputs without letters are read once."""
        for slot in slots.values():
            if not self.plan.axes[slot]:
                self.writer.keep((slot,), self.steps.read(self.steps.stores[slot][0], {}, 1))

    # --- the data of a step

    def bring(self, rows: str, data: list[tuple[Symbol, str, list[Store]]], width: str) -> None:
        """The data of the patterns that the step visits."""
        writer = self.writer
        first = writer.put(f"mul nsw i64 %k, {width}")
        wide = []
        for symbol, base, stores in data:
            if stores:
                wide.append((symbol, base, stores))
            else:
                row = writer.put(f"load i64, ptr {writer.at(rows, first)}")
                writer.keep((self.tape.inputs[symbol.name],), writer.load(base, row, 1, 1))
        if not wide:
            return
        start = writer.put("icmp eq i64 %k, 0")
        other = writer.put(f"icmp ne i64 {width}, 0")
        writer.do(f"br i1 {writer.put(f'or i1 {start}, {other}')}, label %bring, label %brought")
        writer.label("bring")
        with writer.scope():
            for symbol, base, stores in wide:
                self.bring_one(symbol, base, stores, rows, first)
        writer.jump("brought")
        writer.label("brought")
        if self.crew:
            self.crew.wait("stopped")

    def bring_one(self, symbol: Symbol, base: str, stores: list[Store], rows: str, first: str) -> None:
        writer, sizes = self.writer, self.steps.sizes
        slot = self.tape.inputs[symbol.name]
        pattern = next(letter for letter in symbol.letters if self.program.sets[letter] == self.program.pattern)
        rest = tuple(letter for letter in self.plan.axes[slot] if letter != pattern)
        theirs = store(base, rest, sizes)
        with (self.steps.share(self.plan.axes[slot]) or writer.loop)(0, self.count) as index:
            row = writer.put(f"load i64, ptr {writer.at(rows, writer.plus(first, index))}")
            start = writer.times(row, prod(sizes[letter] for letter in rest))

            def body(several: list[Places], lanes: int) -> None:
                for places in several:
                    value = self.steps.read(theirs, places, lanes, start)
                    for ours in stores:
                        self.steps.write(value, ours, {**places, pattern: Place(index)}, lanes)

            self.steps.nest(rest, rest[-1] if rest else None, body)

    def control(self, place: int) -> str:
        return self.writer.put(f"getelementptr inbounds i64, ptr %control, i64 {int(place)}")

    # --- a call that is asked to end

    def unless_stopped(self, on: str, stopped: str) -> None:
        """Go on at one label, or at the other if the call is asked to end."""
        writer = self.writer
        stop = writer.put(f"load volatile i64, ptr {self.control(Control.STOP)}")
        writer.do(f"br i1 {writer.put(f'icmp eq i64 {stop}, 0')}, label %{on}, label %{stopped}")
        writer.label(on)

    def polled(self, group: Group | Cycle) -> None:
        """The loops of a group; if they are long, they ask whether to end: what the step computed so far is dropped.

        Of several threads each leaves the loops, and all leave the step together; what each does for itself they do to
        the end.
        """
        writer, over = self.writer, self.writer.new_label("over")
        shared = isinstance(group, Group) and bool(self.steps.share(group.axes))

        def poll() -> None:
            self.polls = True
            self.unless_stopped(writer.new_label("on"), over if shared else "stopped")

        asks = (shared or not self.crew) and self.work(group) > POLLED
        writer.poll = poll if asks else writer.poll
        if isinstance(group, Cycle):
            self.turns(group)
        else:
            self.steps.group(group)
        writer.poll = None
        if self.crew and shared:
            writer.jump(over)
            writer.label(over)
            self.crew.wait("stopped")

    def turns(self, cycle: Cycle) -> None:
        """The groups of a cycle for each value of its letter."""
        writer, letter = self.writer, cycle.loop.letter
        last = self.steps.sizes[letter] - 1
        with writer.loop(0, last + 1) as index:
            at = writer.plus(last, writer.times(index, -1)) if cycle.loop.downwards else index
            self.steps.around[letter] = Place(at)
            for group in cycle.groups:
                self.polled(group)
        del self.steps.around[letter]

    def work(self, group: Group | Cycle) -> int:
        """About how many operations a group makes."""
        if isinstance(group, Cycle):
            return self.steps.sizes[group.loop.letter] * sum(map(self.work, group.groups))
        total = 0
        for line in group.lines:
            folded = line.detail.letters if isinstance(line.detail, Fold) else ()
            entries = prod(self.steps.sizes[letter] for letter in (*group.axes, *folded))
            total += entries * (1 + len(self.plan.inside.get(line.output, ())))
        return total * self.runs

    # --- the whole

    def text(self) -> str:
        names = [f"%a{place}" for place in range(len(self.memory))]
        alone = "" if self.crew else " noalias"
        taken = ", ".join(f"ptr{alone} {name}" for name in ("%control", *names))
        loads = []
        for place, name in enumerate(names):
            loads += [
                f"  {name}.at = getelementptr inbounds ptr, ptr %table, i64 {place}",
                f"  {name} = load ptr, ptr {name}.at",
            ]
        return "\n".join(
            [
                *sorted(self.writer.declared),
                f"define internal i64 @run({taken}) noinline {{",
                "entry:",
                *(f"  {line}" for line in self.writer.entry),
                *(line if line.endswith(":") else f"  {line}" for line in self.writer.lines),
                "}",
                "define i64 @advance(ptr %table, ptr %control) {",
                *loads,
                f"  %ended = call i64 @run(ptr %control, {', '.join(f'ptr {name}' for name in names)})",
                "  ret i64 %ended",
                "}",
                "",
            ]
        )
