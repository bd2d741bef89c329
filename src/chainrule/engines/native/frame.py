"""A plan → the memory that a kernel works in, and the lines that bring the state and the data of a step into it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod

from chainrule.engines.layout import Layout
from chainrule.engines.native.plan import Axes, Plan
from chainrule.engines.native.steps import Place, Places, Steps, Store, strides
from chainrule.engines.native.writer import Writer
from chainrule.engines.record import Recording
from chainrule.engines.runners import by_row
from chainrule.program.program import Program, Symbol

OWN = 64
"""A slot of at most so many numbers is memory of the function, which LLVM may keep in registers."""


@dataclass(frozen=True, slots=True)
class Memory:
    """An array whose address the function takes. ``what`` says which: rows, state, kept, steps, put, scratch, a steady
    slot, or the data of a symbol."""

    what: str
    size: int = 0
    slot: int = -1
    axes: Axes = ()
    symbol: Symbol | None = None


class Frame:
    """The memory of a kernel."""

    def __init__(
        self,
        program: Program,
        recording: Recording,
        layout: Layout,
        planned: Plan,
        count: int,
        lanes: int,
        finite: Iterable[int],
        results: dict[str, int],
        extra: set[tuple[int, str]],
    ) -> None:
        self.program, self.recording, self.layout, self.plan = program, recording, layout, planned
        self.tape, self.count, self.results, self.extra = planned.tape, count, results, extra
        self.finite = dict.fromkeys(finite)
        self.writer = Writer()
        self.steps = Steps(planned, self.writer, lanes)
        self.memory: list[Memory] = []
        self.bad: dict[int, str] = {}
        self.changed = ""
        self.boxed = [name for name in recording.projected if name in program.boxes]
        self.letters = {symbol.name: symbol.letters for symbol in program.weights + program.states}

    # --- memory

    def argument(self, memory: Memory) -> str:
        self.memory.append(memory)
        return f"%a{len(self.memory) - 1}"

    def stored(self, slot: int) -> list[Store]:
        """Memory for a slot, once for each axis along which it is read."""
        axes = self.plan.axes[slot]
        size = prod(self.steps.sizes[letter] for letter in axes)
        found = []
        for order in self.orders(slot):
            base = self.writer.room("double", size) if size <= OWN else self.argument(Memory("scratch", size))
            found.append(Store(base, order, strides(order, self.steps.sizes)))
        self.steps.stores[slot] = found
        return found

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
                Store(self.argument(Memory("steady", slot=slot, axes=order)), order, strides(order, self.steps.sizes))
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

    def copy_state(self, state: str, old: dict[str, int], *, inwards: bool) -> None:
        """The weights and states from their row, or back."""
        start = 0
        for name in self.layout.names:
            self.walk(name, old[name], state, start, inwards=inwards)
            start += prod(self.layout.shapes[name])

    def walk(self, name: str, slot: int, row: str, start: int | str, *, inwards: bool) -> None:
        """The numbers of a weight or state from a place of a row, or to it."""
        own = tuple(letter for letter in self.letters[name] if self.steps.sizes[letter] > 1)
        away = strides(own, self.steps.sizes)
        theirs = Store(row, own, away)
        writer = self.writer

        def body(several: list[Places], lanes: int) -> None:
            for places in several:
                for store in self.steps.stores[slot] if inwards else self.steps.stores[slot][:1]:
                    ours, stride = self.steps.where(store, places)
                    place, way = self.steps.where(theirs, places)
                    place = writer.plus(place, start)
                    if inwards:
                        writer.store(writer.load(row, place, way, lanes), store.base, ours, stride, lanes)
                    else:
                        writer.store(writer.load(store.base, ours, stride, lanes), row, place, way, lanes)

        axes = self.plan.axes[slot]
        with writer.scope():
            self.steps.nest(axes, own[-1] if own else None, 1, body)

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

    def bring_one(self, symbol: Symbol, base: str, stores: list[Store], rows: str, first: str) -> None:
        writer, sizes = self.writer, self.steps.sizes
        slot = self.tape.inputs[symbol.name]
        pattern = next(letter for letter in symbol.letters if self.program.sets[letter] == self.program.pattern)
        rest = tuple(letter for letter in self.plan.axes[slot] if letter != pattern)
        away = strides(rest, sizes)
        with writer.loop(0, self.count) as index:
            row = writer.put(f"load i64, ptr {writer.at(rows, writer.plus(first, index))}")
            start = writer.times(row, prod(sizes[letter] for letter in rest))

            def body(several: list[Places], lanes: int) -> None:
                for places in several:
                    place, way = self.steps.where(Store(base, rest, away), places)
                    value = writer.load(base, writer.plus(start, place), way, lanes)
                    for store in stores:
                        where, stride = self.steps.where(store, {**places, pattern: Place(index)})
                        writer.store(value, store.base, where, stride, lanes)

            self.steps.nest(rest, rest[-1] if rest else None, 1, body)
