"""A recording → the walk over its plan, with the inputs that it reads declared: what every printed function begins as.

Conventions. A step of few operations is unrolled: each number has a variable. A larger one has loops over its letters.
Which, changes no bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import prod

from chainrule.code.names import Names
from chainrule.code.reads import Arrays, entries, reader
from chainrule.code.spelling import Spelling, filled
from chainrule.code.value import Value
from chainrule.code.walk import Places, Reader, Walk
from chainrule.expr.nodes import Index, key
from chainrule.notation import show
from chainrule.program.parts import of_the_text
from chainrule.program.program import NEW, STEP, Symbol, computed
from chainrule.program.show import renamed, visible
from chainrule.tape.plain_folds import spelled
from chainrule.tape.plan import plan
from chainrule.tape.record import Recording
from chainrule.tape.unroll import Large, unrolled

SMALL = 2000
"""Operations of a step up to which it is unrolled; beyond, a page would be all code, and no quicker."""

SAID = 60
"""Letters of an equation that a line says of itself."""

ARGUMENTS = (
    "state", "consts", "visited", "length", "control", "until", "turn", "keep", "trace", "put", "out",
    "step", "unchanged", "at", "ended", "rows", "moved", "fine",
)  # fmt: skip
"""Names that printed functions have for themselves."""

Load = tuple[str, Value]
"""A name, and what it is."""


class PrintedFunction:
    """A function that is being printed, of a step that visits ``count`` patterns."""

    def __init__(
        self,
        arrays: Arrays,
        recording: Recording,
        wanted: Iterable[int],
        spelling: Spelling,
        taken: Iterable[str],
        functions: Callable[[str], str],
        small: int = SMALL,
    ) -> None:
        self.arrays, self.recording, self.spelling = arrays, recording, spelling
        self.names = Names({*taken, *spelling.reserved, *ARGUMENTS})
        tape, cut = spelled(recording.tape, recording.stepped)
        self.axes = tape.axes
        self.shapes = [tape.shape(slot) for slot in range(len(tape.axes))]
        try:
            self.tape, where, starts = unrolled(tape, small)
            self.where: list[list[int]] | None = [one.ravel().tolist() for one in where]
            cut = starts[cut]
        except Large:
            self.tape, self.where = tape, None
        self.wanted = [one for slot in dict.fromkeys(wanted) for one in self.slots(slot)]
        steady = [slot for slot in self.tape.inputs.values() if self.tape.steady[slot]]
        self.plan = plan(self.tape, self.wanted, cut, [*steady, *self.tape.constants])
        self.live = self.plan.tape.live(self.wanted)
        self.given: list[Load] = []  # what stays the same over the steps
        self.kept: dict[tuple[str, int], str] = {}  # weights and states that are variables: symbol, entry → name
        self.loads: list[Load] = []  # what is read anew in each step
        inputs: dict[int, Reader] = {}
        for symbol in (*arrays.program.symbols(), Symbol(STEP)):
            if symbol.name in recording.tape.inputs:
                self.input(symbol, inputs)
        self.walk = Walk(self.plan, spelling, self.names, inputs, self.wishes(), functions, wanted=self.wanted)

    def slots(self, slot: int) -> list[int]:
        """The slots that have the numbers of a recorded one: one for each, in the order of its axes, where unrolled."""
        return [slot] if self.where is None else self.where[slot]

    def input(self, symbol: Symbol, inputs: dict[int, Reader]) -> None:
        """How a symbol is read: single numbers by a name of their own."""
        slot = self.recording.tape.inputs[symbol.name]
        if self.where is None and prod(self.shapes[slot]) > 1:
            inputs[slot] = lambda at: reader(self.arrays, self.spelling, symbol, at)
            return
        places = entries(symbol, self.axes[slot], self.shapes[slot])
        for own, at in zip(self.slots(slot), places, strict=True):
            if own not in self.live and symbol.name not in self.arrays.state:
                continue
            name = self.names.fresh(self.worded(symbol.name, at))
            value = reader(self.arrays, self.spelling, symbol, at)
            inputs[own] = lambda at, name=name: Value(name)  # type: ignore[misc]
            if symbol.name in self.arrays.state:
                self.kept[symbol.name, self.number(symbol, at)] = name
                if self.where is None:
                    self.loads.append((name, value))
            else:
                (self.given if self.tape.steady[own] else self.loads).append((name, value))

    def number(self, symbol: Symbol, at: Places) -> int:
        """Which entry of a weight or state stands at places, in the order of its own letters."""
        found = 0
        for letter, length in zip(symbol.letters, self.arrays.shape(symbol), strict=True):
            found = found * length + at[letter].constant
        return found

    def worded(self, name: str, at: Places) -> str:
        """The name of an entry: W_1_2 for W[1,2]."""
        ranges = {letter: self.recording.tape.ranges[letter] for letter in at}
        told = (ranges[one].start + place.constant for one, place in at.items() if len(ranges[one]) > 1)
        return "_".join([name, *map(str, told)])

    def wishes(self) -> dict[int, str]:
        """The names of the text for slots."""
        found: dict[int, str] = {}
        recorded = self.recording
        for name in (*recorded.computed, *(f"{name}{NEW}" for name in recorded.updated)):
            slot = recorded.named[name].slot
            if self.where is None:
                found.setdefault(slot, name)
                continue
            axes, shape = self.axes[slot], self.shapes[slot]
            for own, at in zip(self.where[slot], entries(Symbol(name), axes, shape), strict=True):
                found.setdefault(own, self.worded(name, at))
        return found

    def explain(self) -> None:
        """Lines that give a quantity of the text say its equation."""
        program = self.arrays.program
        equations = {key(line.target): line for line in computed(program)}
        letter = visible(program)
        equations |= {f"{key(line.target)}{NEW}": line for line in program.phases["update"]}
        for name, line in equations.items():
            if name in self.recording.named and of_the_text(name):
                sign = "<-" if name.endswith(NEW) else "="
                text = f"{show(renamed(line.target, letter))} {sign} {show(renamed(line.body, letter))}"
                text = text if len(text) <= SAID else f"{text[:SAID]} …"
                for own in self.slots(self.recording.named[name].slot):
                    self.walk.said.setdefault(own, text)

    # --- lines

    def add(self, template: str, **holes: object) -> None:
        self.walk.lines.add(filled(template, **holes))

    def open(self, template: str, **holes: object) -> None:
        self.walk.lines.open(filled(template, **holes))

    def close(self) -> None:
        self.walk.lines.close(self.spelling.end)

    def function(self, name: str, arguments: Iterable[tuple[str, str]]) -> None:
        """The head of a function: arguments are kinds and names."""
        each = (filled(self.spelling.argument[kind], name=own) for kind, own in arguments)
        told = ", ".join(one for one in each if one)  # arrays that stand for good are no arguments in some languages
        self.open(self.spelling.function, name=name, arguments=told)

    def declare(self, loads: Iterable[Load]) -> None:
        for name, value in loads:
            self.add(self.spelling.constant, name=name, value=value.text)

    def each(self, slot: int, letters: tuple[str, ...], body: Callable[[Value, Index], None]) -> None:
        """The body for each number of a recorded slot: what it is, and which entry in the order of the letters."""
        if self.where is None:
            with self.walk.within(letters) as loops:
                body(self.walk.read(slot, loops), self.walk.flat(letters, loops))
            return
        for own, at in zip(self.where[slot], entries(Symbol(""), self.axes[slot], self.shapes[slot]), strict=True):
            found = 0
            for letter in letters:
                found = found * len(self.recording.tape.ranges[letter]) + at[letter].constant
            body(self.walk.read(own, {}), Index((), found))

    @property
    def text(self) -> str:
        """The printed function, after the arrays and tables that it needs."""
        return "\n".join((*self.walk.standing, *self.walk.lines.text))
