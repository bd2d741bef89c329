"""Quantities of a program → LLVM's text of a function that computes them, for one run or for several side by side."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from chainrule.engines.layout import Layout
from chainrule.engines.native.frame import DOUBLE, Frame, Kernel, Memory, Strided, settled
from chainrule.engines.native.loops import Places
from chainrule.engines.native.plan import plan
from chainrule.engines.native.steps import store
from chainrule.engines.record import Recording
from chainrule.program.program import Program

ARRAYS = ("rows", "state", "own", "result")
"""What a call brings; ``result`` takes the quantities one after another, the entries of each in the order of its
letters, those of the runs side by side."""


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
    tape = recording.tape
    slots = [recording.named[name].slot for name in names]
    own = [name for name in own if name in tape.inputs]
    differing = [tape.inputs[name] for name in (*layout.names, *own) if name in tape.inputs]
    planned = plan(tape, slots, len(tape.instructions), differing)
    count = len(tape.ranges[program.pattern])

    def write(extra: Strided) -> tuple[Kernel, Strided]:
        author = Author(program, recording, layout, planned, count, lanes, runs, extra)
        return author.write(names, own), author.steps.strided

    return settled(write)


class Author(Frame):
    """Writes the function."""

    def write(self, names: Sequence[str], own: Sequence[str]) -> Kernel:
        writer = self.writer
        rows, state, consts, result = (self.argument(Memory(what)) for what in ARRAYS)
        self.steady()
        old = {name: self.tape.inputs[name] for name in self.layout.names}
        mine = {name: self.tape.inputs[name] for name in own}
        for slot in (*old.values(), *mine.values()):
            self.stored(slot)
        groups = (*self.plan.before, *self.plan.stepping)
        self.room()
        data = self.data()
        self.copy(state, old, inwards=True)
        self.copy(consts, mine, inwards=True)
        self.singles({**old, **mine})
        writer.do("%k = add i64 0, 0")
        self.bring(rows, data, "0")
        self.empty()
        for group in groups:
            self.polled(group)
        start = 0
        for name in names:
            start += self.give(name, result, start)
        writer.do("ret i64 0")
        if self.polls:
            writer.label("stopped")
            writer.do("ret i64 0")
        return Kernel(self.text(), tuple(self.memory), (), self.tape)

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
