"""Quantities of a program → LLVM's text of a function that computes them, for one run or for several side by side.

It computes them ``Control.STEPS`` times, each time from the next row of the state.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from chainrule.engines.layout import Layout
from chainrule.engines.native.kernel_memory import DOUBLE, Control, Kernel, KernelMemory, Memory, Strided, settled
from chainrule.engines.native.loops import Places
from chainrule.engines.native.stores import store
from chainrule.engines.native.writer import Value
from chainrule.program.identity_cache import IdentityCache
from chainrule.program.program import STEP, Program
from chainrule.tape.plan import plan
from chainrule.tape.record import Recording
from chainrule.tape.tape import unfolded

ARRAYS = ("rows", "state", "own", "result", "steps")
"""What a call brings; ``result`` takes the quantities one after another, the entries of each in the order of its
letters, those of the runs side by side. ``steps`` has the number of the step, where a quantity is made of it."""


def sheet(
    program: Program,
    recording: Recording,
    layout: Layout,
    names: Sequence[str],
    lanes: int,
    runs: int = 1,
    own: Sequence[str] = (),
) -> Kernel:
    """The code that computes quantities by key over the patterns of a recording; lanes and runs as in `kernel`."""
    about = (tuple(names), lanes, runs, tuple(own))
    return SHEETS.get(recording, about, lambda: evaluation_text(program, recording, layout, names, lanes, runs, own))


SHEETS = IdentityCache[Kernel](16)
"""The latest sheets: a recorded step is read more than once."""


def there(recording: Recording, names: Sequence[str], lanes: int) -> bool:
    """Whether the code for one run is written already."""
    return SHEETS.there(recording, (tuple(names), lanes, 1, ()))


def evaluation_text(
    program: Program,
    recording: Recording,
    layout: Layout,
    names: Sequence[str],
    lanes: int,
    runs: int,
    own: Sequence[str],
) -> Kernel:
    """The code, written down."""
    tape = recording.tape
    slots = [recording.named[name].slot for name in names]
    own = [name for name in own if name in tape.inputs]
    differing = [tape.inputs[name] for name in (*layout.names, *own) if name in tape.inputs]
    planned = plan(tape, slots, len(tape.instructions), differing)
    count = len(tape.ranges[program.pattern])

    def write(extra: Strided) -> tuple[Kernel, Strided]:
        author = EvaluationWriter(program, recording, layout, planned, count, lanes, runs, extra)
        return author.write(names, own), author.steps.strided

    return settled(write)


class EvaluationWriter(KernelMemory):
    """Writes the function."""

    def write(self, names: Sequence[str], own: Sequence[str]) -> Kernel:
        writer = self.writer
        rows, state, consts, result, numbers = (self.argument(Memory(what)) for what in ARRAYS)
        self.steady()
        old = {name: self.tape.inputs[name] for name in self.layout.names}
        mine = {name: self.tape.inputs[name] for name in own}
        for slot in (*old.values(), *mine.values()):
            self.stored(slot)
        self.room()
        data = self.data()
        times, width = (writer.put(f"load i64, ptr {self.control(one)}") for one in (Control.STEPS, Control.WIDTH))
        self.copy(consts, mine, inwards=True)
        self.singles(mine)
        self.empty()
        for group in self.plan.before:
            self.polled(group)
        before = writer.block
        writer.jump("row")
        writer.label("row")
        writer.do(f"%k = phi i64 [ 0, %{before} ], [ %next, %again ]")
        writer.do("%next = add nsw i64 %k, 1")
        with writer.scope():
            self.copy(writer.at(state, writer.times("%k", self.layout.width * self.runs)), old, inwards=True)
            self.singles(old)
            if any(self.tape.inputs[STEP] in line.inputs for line in unfolded(self.tape.instructions)):
                step = writer.put(f"load i64, ptr {writer.at(numbers, '%k')}")
                writer.keep((self.tape.inputs[STEP],), Value(writer.put(f"sitofp i64 {step} to {writer.one}")))
            self.bring(rows, data, width)
            for group in self.plan.stepping:
                self.polled(group)
            here, start = writer.at(result, writer.times("%k", self.size(names))), 0
            for name in names:
                start += self.give(name, here, start)
        self.unless_stopped("more", "stopped")
        writer.do(f"br i1 {writer.put(f'icmp slt i64 %next, {times}')}, label %again, label %stopped")
        writer.label("again")
        writer.jump("row")
        writer.label("stopped")
        writer.do("ret i64 0")
        return Kernel(self.text(), tuple(self.memory), (), self.tape)

    def size(self, names: Sequence[str]) -> int:
        """How many numbers the quantities have together."""
        found = (self.recording.named[name].letters for name in names)
        return self.runs * sum(prod(self.steps.sizes[letter] for letter in letters) for letters in found)

    def give(self, name: str, result: str, start: int) -> int:
        """Write a quantity to its place; how many numbers it has."""
        named, sizes = self.recording.named[name], self.steps.sizes
        letters = tuple(letter for letter in named.letters if sizes[letter] > 1)
        theirs = store(result, letters, sizes, self.runs, DOUBLE)

        def body(several: list[Places], lanes: int) -> None:
            for places in several:
                self.steps.write(self.steps.value(named.slot, places, lanes), theirs, places, lanes, start)

        with self.writer.scope():
            self.steps.nest(letters, letters[-1] if letters else None, body)
        return self.runs * prod(sizes[letter] for letter in letters)
