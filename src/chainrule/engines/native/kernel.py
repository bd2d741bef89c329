"""A recorded step → LLVM's text of a whole training: `advance` makes steps, records states and says why it ended.

Conventions. ``control`` holds whole numbers: what is asked for and what came of it, see `Control`. ``table`` holds the
addresses of everything else, in the order of `Kernel.memory`. The state before the step that left the finite numbers
stays what it was, and everything that is compared is compared by its bits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

from chainrule.engines.layout import Layout
from chainrule.engines.native.frame import Frame, Memory
from chainrule.engines.native.plan import plan
from chainrule.engines.native.steps import Places
from chainrule.engines.native.writer import Value, constant, kind
from chainrule.engines.record import Recording
from chainrule.engines.runners import must_be_finite
from chainrule.engines.tape import Instruction, Tape
from chainrule.program.program import STEP, Program


class Control(IntEnum):
    """The places of whole numbers."""

    STEPS = 0  # how many to make; then how many were made
    FIRST = 1  # steps made before
    UNCHANGED = 2
    PASS = 3
    RECORD = 4
    WIDTH = 5  # rows a step; 0 if each step visits the same
    KEPT = 6
    PUT = 7  # from here on: how often each box put its weight back


class Ended(IntEnum):
    STEPS = 0
    LEFT = 1
    CONVERGED = 2


ENDS = (("done", "%next", Ended.STEPS), ("converged", "%next", Ended.CONVERGED), ("left", "%k", Ended.LEFT))
"""The blocks that end a training: the label, how many steps were made, and why."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """The text of the function, the arrays it takes, and the names of the weights with boxes."""

    text: str
    memory: tuple[Memory, ...]
    boxed: tuple[str, ...]
    tape: Tape


def kernel(program: Program, recording: Recording, layout: Layout, count: int, lanes: int) -> Kernel:
    """The code of a training whose steps visit so many patterns."""
    recording = with_copies(recording)
    finite = must_be_finite(program, recording, layout)
    results = {name: recording.results[name] for name in layout.names if name in recording.results}
    slots = {*finite, *results.values(), *(recording.updated[name] for name in recording.projected)}
    planned = plan(recording.tape, slots, results.values(), recording.stepped)
    extra: set[tuple[int, str]] = set()
    while True:  # what turns out to be read along another axis is kept along that axis too
        author = Author(program, recording, layout, planned, count, lanes, finite, results, extra)
        made = author.write()
        if author.steps.strided <= extra:
            return made
        extra |= author.steps.strided


def with_copies(recording: Recording) -> Recording:
    """The recording with a slot of its own for each new value that is just another input: all become new at once."""
    old = set(recording.tape.inputs.values())
    plain = [name for name, slot in recording.results.items() if slot in old]
    if not plain:
        return recording
    tape = recording.tape
    fresh = replace(tape, axes=list(tape.axes), steady=list(tape.steady), instructions=list(tape.instructions))
    projected = dict(recording.projected)
    for name in plain:
        slot = recording.results[name]
        copy = fresh.slot(tape.axes[slot], False)
        fresh.instructions.append(Instruction("broadcast", (slot,), ("copy", name), copy))
        projected[name] = copy
    return replace(recording, tape=fresh, projected=projected)


class Author(Frame):
    """Writes the function."""

    def write(self) -> Kernel:
        writer = self.writer
        rows, state, kept, numbers, put = (
            self.argument(Memory(what)) for what in ("rows", "state", "kept", "steps", "put")
        )
        self.steady()
        old = {name: self.tape.inputs[name] for name in self.layout.names}
        for slot in old.values():
            self.stored(slot)
        for group in (*self.plan.stepping, *self.plan.settling):
            for line in group.lines:
                if group.axes and line.output in self.plan.kept:
                    self.stored(line.output)
        data = self.data()
        control = {one: writer.put(f"load i64, ptr {self.control(one)}") for one in Control if one < Control.KEPT}
        unchanged, count = writer.room("i64"), writer.room("i64")
        puts = {name: writer.room("i64") for name in self.boxed}
        writer.do(f"store i64 {control[Control.UNCHANGED]}, ptr {unchanged}")
        for place in (count, *puts.values()):
            writer.do(f"store i64 0, ptr {place}")
        self.copy_state(state, old, inwards=True)
        before = writer.block
        writer.jump("step")
        writer.label("step")
        writer.do(f"%k = phi i64 [ 0, %{before} ], [ %next, %again ]")
        writer.do("%next = add nsw i64 %k, 1")
        number = writer.put(f"add nsw i64 %next, {control[Control.FIRST]}")
        with writer.scope():
            self.bring(rows, data, control[Control.WIDTH])
            self.begin(old, number)
            self.steps.checks = self.check
            for group in self.plan.stepping:
                self.steps.group(group)
            self.check_rest()
            writer.do(f"br i1 {self.all_finite()}, label %settle, label %left")
            writer.label("settle")
            for group in self.plan.settling:
                self.steps.group(group)
            for name in self.boxed:
                self.tell_put(name, number, puts[name], put, control[Control.STEPS])
            self.commit(old)
        until = writer.put(f"load i64, ptr {unchanged}")
        same = writer.put(f"icmp eq i64 {writer.put(f'load i64, ptr {self.changed}')}, 0")
        one_more = writer.put(f"add nsw i64 {until}, 1")
        now = writer.put(f"select i1 {same}, i64 {one_more}, i64 0")
        writer.do(f"store i64 {now}, ptr {unchanged}")
        self.record(old, number, control[Control.RECORD], kept, numbers, count)
        enough = writer.put(f"icmp sge i64 {now}, {control[Control.PASS]}")
        writer.do(f"br i1 {enough}, label %still, label %go")
        writer.label("still")
        over = writer.put(f"icmp eq i64 {writer.put(f'srem i64 {number}, {control[Control.PASS]}')}, 0")
        writer.do(f"br i1 {over}, label %converged, label %go")
        writer.label("go")
        more = writer.put(f"icmp slt i64 %next, {control[Control.STEPS]}")
        writer.do(f"br i1 {more}, label %again, label %done")
        writer.label("again")
        writer.jump("step")
        for label, done, why in ENDS:
            writer.label(label)
            writer.do(f"store i64 {done}, ptr {self.control(Control.STEPS)}")
            self.leave(old, state, unchanged, count, puts, why)
        return Kernel(self.text(), tuple(self.memory), tuple(self.boxed), self.tape)

    def control(self, place: int) -> str:
        return self.writer.put(f"getelementptr inbounds i64, ptr %control, i64 {int(place)}")

    def text(self) -> str:
        names = [f"%a{place}" for place in range(len(self.memory))]
        taken = ", ".join(f"ptr noalias {name}" for name in ("%control", *names))
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

    # --- a step

    def begin(self, old: dict[str, int], number: str) -> None:
        """What a step begins with: single weights and states, its number, nothing found bad, nothing changed."""
        writer = self.writer
        for slot in old.values():
            if not self.plan.axes[slot]:
                writer.keep((slot,), writer.load(self.steps.stores[slot][0].base, 0, 1, 1))
        writer.keep((self.tape.inputs[STEP],), Value(writer.put(f"sitofp i64 {number} to double")))
        for lanes in sorted({1, *(self.steps.lanes >> k for k in range(self.steps.lanes.bit_length()))}):
            if lanes not in self.bad:
                self.bad[lanes] = writer.room(kind(lanes))
            writer.do(f"store {kind(lanes)} zeroinitializer, ptr {self.bad[lanes]}")
        self.changed = self.changed or writer.room("i64")
        writer.do(f"store i64 0, ptr {self.changed}")

    def check(self, slot: int, value: Value) -> None:
        """0·x is 0 for every finite x, and NaN for the others; so is the sum of such."""
        if slot not in self.finite:
            return
        writer, many = self.writer, kind(value.lanes)
        zero = writer.put(f"fmul {many} {value.name}, {writer.wide(constant(0.0), value.lanes).name}")
        place = self.bad[value.lanes]
        total = writer.put(f"fadd {many} {writer.put(f'load {many}, ptr {place}')}, {zero}")
        writer.do(f"store {many} {total}, ptr {place}")

    def check_rest(self) -> None:
        """What has to be finite and is computed by no group."""
        for slot in self.finite:
            if slot not in self.plan.direct:

                def body(several: list[Places], lanes: int, slot: int = slot) -> None:
                    for places in several:
                        self.check(slot, self.writer.wide(self.steps.value(slot, places, lanes), lanes))

                axes = self.plan.axes[slot]
                with self.writer.scope():
                    self.steps.nest(axes, axes[-1] if axes else None, 1, body)

    def all_finite(self) -> str:
        writer, held = self.writer, "true"
        for lanes, place in self.bad.items():
            many = kind(lanes)
            value = Value(writer.put(f"load {many}, ptr {place}"), lanes)
            for one in writer.apart(value) if lanes > 1 else [value]:
                held = writer.put(f"and i1 {held}, {writer.put(f'fcmp oeq double {one.name}, 0.0')}")
        return held

    # --- after a step

    def tell_put(self, name: str, number: str, count: str, put: str, steps: str) -> None:
        """Note the step if a box put its weight back."""
        writer = self.writer
        before, after = self.recording.updated[name], self.recording.projected[name]
        moved = writer.room("i64")
        writer.do(f"store i64 0, ptr {moved}")

        def body(several: list[Places], lanes: int) -> None:
            for places in several:
                was, now = (writer.wide(self.steps.value(slot, places, lanes), lanes).name for slot in (before, after))
                self.note(moved, writer.put(f"fcmp une {kind(lanes)} {was}, {now}"), lanes)

        axes = self.plan.axes[after]
        with writer.scope():
            self.steps.nest(axes, axes[-1] if axes else None, 1, body)
        some, silent = writer.new_label("some"), writer.new_label("silent")
        found = writer.put(f"icmp ne i64 {writer.put(f'load i64, ptr {moved}')}, 0")
        writer.do(f"br i1 {found}, label %{some}, label %{silent}")
        writer.label(some)
        place = writer.put(f"load i64, ptr {count}")
        offset = writer.put(f"mul nsw i64 {steps}, {self.boxed.index(name)}")
        writer.do(f"store i64 {number}, ptr {writer.at(put, writer.put(f'add nsw i64 {offset}, {place}'))}")
        writer.do(f"store i64 {writer.put(f'add nsw i64 {place}, 1')}, ptr {count}")
        writer.jump(silent)
        writer.label(silent)

    def note(self, place: str, test: str, lanes: int) -> None:
        """Set a flag if a test holds in some lane."""
        writer = self.writer
        if lanes > 1:
            test = writer.put(f"icmp ne i{lanes} {writer.put(f'bitcast <{lanes} x i1> {test} to i{lanes}')}, 0")
        flag = writer.put(f"or i64 {writer.put(f'load i64, ptr {place}')}, {writer.put(f'zext i1 {test} to i64')}")
        writer.do(f"store i64 {flag}, ptr {place}")

    def commit(self, old: dict[str, int]) -> None:
        """New weights and states become the old ones; whether a bit changed."""
        writer = self.writer
        for name, result in self.results.items():
            slot = old[name]

            def body(several: list[Places], lanes: int, slot: int = slot, result: int = result) -> None:
                many, whole = kind(lanes), kind(lanes, "i64")
                for places in several:
                    now = writer.wide(self.steps.value(result, places, lanes), lanes)
                    for store in self.steps.stores[slot]:
                        where, stride = self.steps.where(store, places)
                        if store is self.steps.stores[slot][0]:
                            was = writer.load(store.base, where, stride, lanes)
                            a, b = (writer.put(f"bitcast {many} {one.name} to {whole}") for one in (was, now))
                            self.note(self.changed, writer.put(f"icmp ne {whole} {a}, {b}"), lanes)
                        writer.store(now, store.base, where, stride, lanes)

            axes = self.plan.axes[slot]
            with writer.scope():
                self.steps.nest(axes, axes[-1] if axes else None, 1, body)

    def record(self, old: dict[str, int], number: str, every: str, kept: str, numbers: str, count: str) -> None:
        """Write the state down after every N-th step."""
        writer = self.writer
        whole = writer.put(f"icmp eq i64 {writer.put(f'srem i64 {number}, {every}')}, 0")
        writer.do(f"br i1 {whole}, label %keep, label %kept")
        writer.label("keep")
        place = writer.put(f"load i64, ptr {count}")
        writer.do(f"store i64 {number}, ptr {writer.at(numbers, place)}")
        writer.do(f"store i64 {writer.put(f'add nsw i64 {place}, 1')}, ptr {count}")
        row = writer.at(kept, writer.times(place, self.layout.width))
        with writer.scope():
            self.copy_state(row, old, inwards=False)
        writer.jump("kept")
        writer.label("kept")

    def leave(
        self, old: dict[str, int], state: str, unchanged: str, count: str, puts: dict[str, str], why: Ended
    ) -> None:
        """Give back what came of it."""
        writer = self.writer
        with writer.scope():
            self.copy_state(state, old, inwards=False)
            places = [(Control.UNCHANGED, unchanged), (Control.KEPT, count)]
            for at, room in (*places, *((Control.PUT + k, room) for k, room in enumerate(puts.values()))):
                value = writer.put(f"load i64, ptr {room}")
                writer.do(f"store i64 {value}, ptr {self.control(at)}")
        writer.do(f"ret i64 {int(why)}")
