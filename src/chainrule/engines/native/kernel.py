"""A recorded step → LLVM's text of a whole training: `advance` makes steps, records states and says why each run ended.

Conventions. ``control`` holds whole numbers: what is asked for and what came of it, see `Control`. ``table`` holds the
addresses of everything else, in the order of `Kernel.memory`. A kernel makes the steps of one run, or of several side
by side (`steps.Steps` has how), and a run of several has the bits that it has alone. The state before the step that
left the finite numbers stays what it was, and everything that is compared is compared by its bits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from chainrule.engines.layout import Layout
from chainrule.engines.native.barrier import Barrier
from chainrule.engines.native.kernel_memory import Control, Kernel, KernelMemory, Memory, Strided, settled
from chainrule.engines.native.loops import Places
from chainrule.engines.native.run_status import Ended, Ends, Fate, GatheredBits
from chainrule.engines.native.writer import Value, kind
from chainrule.program.identity_cache import IdentityCache
from chainrule.program.program import STEP, Program
from chainrule.tape.plan import every, plan
from chainrule.tape.record import Recording, must_be_finite
from chainrule.tape.tape import Instruction

ARRAYS = ("rows", "state", "own", "fate", "kept", "steps", "put", "crew")
"""What every call brings. ``state``, and ``own``, the consts that each run has of its own, have an entry after another,
those of the runs side by side; so has each row of ``kept``, recorded after the step in ``steps``. ``put`` has for each
box and step which runs it put back, a bit for each. ``crew`` is what several threads share, see `crew`."""

WORDS = BAD, CHANGED = range(2)
"""What threads that make the steps of one run together tell each other."""


def kernel(
    program: Program,
    recording: Recording,
    layout: Layout,
    count: int,
    lanes: int,
    runs: int = 1,
    own: Sequence[str] = (),
    threads: int = 1,
) -> Kernel:
    """The code of a training whose steps visit so many patterns.

    For one run ``lanes`` units go side by side, for several the runs. ``own`` are the consts that differ between them.
    Up to ``threads`` make the steps of one run together: each calls the function, on the same scratch memory.
    """
    about = (count, lanes, runs, tuple(own), threads)
    return KERNELS.get(
        recording, about, lambda: training_text(program, recording, layout, count, lanes, runs, own, threads)
    )


KERNELS = IdentityCache[Kernel](16)
"""The latest kernels: a recorded step is trained with more than once."""


def training_text(
    program: Program,
    recording: Recording,
    layout: Layout,
    count: int,
    lanes: int,
    runs: int,
    own: Sequence[str],
    threads: int,
) -> Kernel:
    """The code, written down."""
    recording = with_copies(recording)
    inputs = recording.tape.inputs
    finite = must_be_finite(program, recording)
    results = {name: recording.results[name] for name in layout.names if name in recording.results}
    slots = {*finite, *results.values(), *(recording.updated[name] for name in recording.projected)}
    own = [name for name in own if name in inputs]
    planned = plan(recording.tape, slots, recording.stepped, [inputs[name] for name in (*layout.names, *own)])

    def write(extra: Strided) -> tuple[Kernel, Strided]:
        author = TrainingWriter(program, recording, layout, planned, count, lanes, runs, extra)
        return author.write(finite, results, own, threads), author.steps.strided

    return settled(write)


def with_copies(recording: Recording) -> Recording:
    """The recording with a slot of its own for each new value that is just another input: all become new at once."""
    old = set(recording.tape.inputs.values())
    plain = [name for name, slot in recording.results.items() if slot in old]
    if not plain:
        return recording
    tape = recording.tape
    fresh = replace(
        tape, axes=list(tape.axes), steady=list(tape.steady), levels=list(tape.levels),
        instructions=list(tape.instructions),
    )  # fmt: skip
    projected = dict(recording.projected)
    for name in plain:
        slot = recording.results[name]
        copy = fresh.slot(tape.axes[slot], False)
        fresh.instructions.append(Instruction("broadcast", (slot,), ("copy", name), copy))
        projected[name] = copy
    return replace(recording, tape=fresh, projected=projected)


class TrainingWriter(KernelMemory):
    """Writes the function."""

    def write(self, finite: Sequence[int], results: dict[str, int], own: Sequence[str], threads: int) -> Kernel:
        writer = self.writer
        rows, state, consts, fate, kept, numbers, put, shared = (self.argument(Memory(what)) for what in ARRAYS)
        self.steady()
        old = {name: self.tape.inputs[name] for name in self.layout.names}
        mine = {name: self.tape.inputs[name] for name in own}
        for slot in (*old.values(), *mine.values()):
            self.stored(slot)
        self.room()
        data = self.data()
        control = {one: writer.put(f"load i64, ptr {self.control(one)}") for one in Control if one < Control.STOP}
        boxed = [name for name in self.recording.projected if name in self.program.boxes]
        ends = Ends(writer, self.runs, fate)
        bad, changed, *moved = (GatheredBits(writer, self.widths) for _ in range(2 + len(boxed)))
        count, due = writer.room("i64"), writer.room("i64")
        writer.do(f"store i64 0, ptr {count}")
        self.first_due(control[Control.FIRST], control[Control.RECORD], due)
        self.copy(state, old, inwards=True)
        self.copy(consts, mine, inwards=True)
        self.singles(mine)
        self.empty()
        for group in self.plan.before:
            self.polled(group)
        if threads > 1:  # so far each has written the same numbers to the same places
            self.join(threads, shared)
        before = writer.block
        writer.jump("step")
        writer.label("step")
        writer.do(f"%k = phi i64 [ 0, %{before} ], [ %next, %again ]")
        writer.do("%next = add nsw i64 %k, 1")
        number = writer.put(f"add nsw i64 %next, {control[Control.FIRST]}")
        here = ends.here()
        for found in (bad, changed, *moved):
            found.nothing()
        with writer.scope():
            self.bring(rows, data, control[Control.WIDTH])
            self.singles(old)
            writer.keep((self.tape.inputs[STEP],), Value(writer.put(f"sitofp i64 {number} to {writer.one}")))
            self.steps.checks = lambda slot, value: self.check(bad, value) if slot in looked_at else None
            looked_at = set(finite)
            for group in self.plan.stepping:
                self.polled(group)
            self.check_rest(finite, bad)
            well = ends.both(here, self.agreed(BAD, ends.mask(bad.none())))
            writer.do(f"br i1 {ends.some(well)}, label %settle, label %lost")
            writer.label("settle")
            for group in self.plan.settling:
                self.polled(group)
            for place, (name, found) in enumerate(zip(boxed, moved, strict=True)):
                self.tell_put(name, found, ends, well, self.put_at(put, control[Control.STEPS], place))
            self.commit(old, results, well, changed)
        ends.left(here, well, number)
        still = ends.unchanged(well, self.agreed(CHANGED, ends.mask(changed.none())), control[Control.PASS])
        self.record(old, number, control[Control.RECORD], kept, numbers, count, due)
        ends.converged(still, number, control[Control.PASS])
        writer.label("go")
        if not self.crew:
            self.unless_stopped("more", "over")
        writer.do(f"br i1 {writer.put(f'icmp slt i64 %next, {control[Control.STEPS]}')}, label %again, label %over")
        writer.label("again")
        writer.jump("step")
        writer.label("over")
        ends.put(Fate.STEP, ends.all(number), ends.here())
        writer.jump("out")
        if self.polls:
            writer.label("stopped")
            with writer.scope():
                ends.put(Fate.STEP, ends.all(writer.put(f"sub nsw i64 {number}, 1")), here)
            writer.jump("out")
        writer.label("lost")
        ends.end(Ended.LEFT, here, number, -1)
        writer.jump("out")
        writer.label("out")
        self.copy(state, old, inwards=False)
        ends.leave()
        writer.do(f"store i64 {writer.put(f'load i64, ptr {count}')}, ptr {self.control(Control.KEPT)}")
        writer.do("ret i64 0")
        if self.crew:
            writer.label("never")
            writer.do("ret i64 0")
        return Kernel(self.text(), tuple(self.memory), tuple(boxed), self.tape, threads)

    @property
    def widths(self) -> list[int]:
        """How many numbers values may have."""
        lanes = self.steps.lanes
        return sorted({1, self.runs, *(lanes >> k for k in range(lanes.bit_length()))})

    # --- several threads

    def join(self, threads: int, shared: str) -> None:
        """From here on the threads divide the work."""
        own, hands = (self.writer.put(f"load i64, ptr {self.control(one)}") for one in (Control.OWN, Control.HANDS))
        self.crew = self.steps.crew = Barrier(self.writer, threads, hands, shared, own, self.control(Control.STOP))
        self.crew.wait("never")

    def agreed(self, word: int, test: str) -> str:
        """Whether a test holds for all threads. If one was asked to end during the step, all drop it."""
        writer = self.writer
        if not self.crew:
            return test
        self.polls = True
        told = writer.put(f"zext i1 {writer.put(f'xor i1 {test}, true')} to i64")
        if word == BAD:
            stop = writer.put(f"load volatile i64, ptr {self.control(Control.STOP)}")
            asked = writer.put(f"zext i1 {writer.put(f'icmp ne i64 {stop}, 0')} to i64")
            told = writer.put(f"or i64 {told}, {writer.put(f'shl i64 {asked}, 1')}")
        self.crew.tell(word, told)
        self.crew.wait("stopped")
        found = self.crew.told(word)
        if word == BAD:
            on = writer.new_label("on")
            writer.do(f"br i1 {writer.put(f'icmp uge i64 {found}, 2')}, label %stopped, label %{on}")
            writer.label(on)
        return writer.put(f"icmp eq i64 {found}, 0")

    # --- a step

    def check(self, bad: GatheredBits, value: Value) -> None:
        """x − x is 0 for every finite x, and NaN for the others."""
        writer, many = self.writer, self.writer.kind(value.lanes)
        zero = writer.put(f"fsub {many} {value.name}, {value.name}")
        bad.add(writer.put(f"bitcast {many} {zero} to {writer.wholes(value.lanes)}"), value.lanes)

    def check_rest(self, finite: Sequence[int], bad: GatheredBits) -> None:
        """What has to be finite and is computed by no group of the step."""
        early = {line.output for group in every(self.plan.before) for line in group.lines}
        for slot in finite:
            if slot not in self.plan.direct or slot in early or slot in self.plan.memory:

                def body(several: list[Places], lanes: int, slot: int = slot) -> None:
                    for places in several:
                        value = self.steps.value(slot, places, lanes)
                        self.check(bad, self.writer.wide(value, self.steps.width(slot, lanes)))

                self.every(slot, body)

    def every(self, slot: int, body: Callable[[list[Places], int], None], *, shared: bool = False) -> None:
        """The body for every entry of a slot; of several threads each does a part, if it is shared."""
        axes = self.plan.axes[slot]
        with self.writer.scope():
            share = self.steps.share(axes) if shared else None
            self.steps.nest(axes, axes[-1] if axes else None, body, share=share)

    # --- after a step

    def tell_put(self, name: str, moved: GatheredBits, ends: Ends, well: str, address: str) -> None:
        """Note for which runs a box put its weight back."""
        writer = self.writer
        before, after = self.recording.updated[name], self.recording.projected[name]

        def body(several: list[Places], lanes: int) -> None:
            width = self.steps.width(after, lanes)
            for places in several:
                was, now = (writer.wide(self.steps.value(slot, places, lanes), width).name for slot in (before, after))
                test = writer.put(f"fcmp une {writer.kind(width)} {was}, {now}")
                moved.add(writer.put(f"zext {kind(width, 'i1')} {test} to {writer.wholes(width)}"), width)

        self.every(after, body)
        told = ends.without(well, ends.mask(moved.none()))
        writer.do(f"store i64 {ends.number(told)}, ptr {address}")

    def put_at(self, put: str, steps: str, place: int) -> str:
        offset = self.writer.put(f"mul nsw i64 {steps}, {place}")
        return self.writer.at(put, self.writer.put(f"add nsw i64 {offset}, %k"))

    def commit(self, old: dict[str, int], results: dict[str, int], well: str, changed: GatheredBits) -> None:
        """New weights and states become the old ones, of the runs that go on; whether a bit changed, of those that do
        more than watch."""
        writer = self.writer
        for name, result in results.items():
            slot, counts = old[name], name not in self.program.watching

            def body(
                several: list[Places], lanes: int, slot: int = slot, result: int = result, counts: bool = counts
            ) -> None:
                width = self.steps.width(slot, lanes)
                many, whole = writer.kind(width), writer.wholes(width)
                for places in several:
                    now = writer.wide(self.steps.value(result, places, lanes), width)
                    first = self.steps.stores[slot][0]
                    was = self.steps.read(first, places, lanes)
                    if self.runs > 1:
                        now = Value(writer.choose(well, width, now.name, was.name), width)
                    if counts:
                        a, b = (writer.put(f"bitcast {many} {one.name} to {whole}") for one in (was, now))
                        changed.add(writer.put(f"xor {whole} {a}, {b}"), width)
                    for store in self.steps.stores[slot]:
                        self.steps.write(now, store, places, lanes)

            self.every(slot, body, shared=True)

    def first_due(self, first: str, every: str, due: str) -> None:
        """The number of the next step after which is recorded."""
        writer = self.writer
        before = writer.put(f"mul nsw i64 {writer.put(f'sdiv i64 {first}, {every}')}, {every}")
        writer.do(f"store i64 {writer.put(f'add nsw i64 {before}, {every}')}, ptr {due}")

    def record(
        self, old: dict[str, int], number: str, every: str, kept: str, numbers: str, count: str, due: str
    ) -> None:
        """Write the state down after every N-th step."""
        writer = self.writer
        now = writer.put(f"load i64, ptr {due}")
        writer.do(f"br i1 {writer.put(f'icmp eq i64 {number}, {now}')}, label %keep, label %kept")
        writer.label("keep")
        writer.do(f"store i64 {writer.put(f'add nsw i64 {now}, {every}')}, ptr {due}")
        place = writer.put(f"load i64, ptr {count}")
        writer.do(f"store i64 {number}, ptr {writer.at(numbers, place)}")
        writer.do(f"store i64 {writer.put(f'add nsw i64 {place}, 1')}, ptr {count}")
        with writer.scope():
            self.copy(writer.at(kept, writer.times(place, self.layout.width * self.runs)), old, inwards=False)
        writer.jump("kept")
        writer.label("kept")
