"""A tape → groups of instructions over the same axes: which loops a step is made of, and what each has to keep.

Conventions. Letters with one value are no axes here. Views, broadcasts and gathers are nobody's instruction: whoever
reads through one computes where. What a fold alone reads is computed inside the fold. Nothing is reordered that rounds:
a group only says that instructions over the same axes are done entry by entry together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import prod

from chainrule.engines.tape import Cell, Fold, Instruction, Tape, TapeMachine
from chainrule.numbers.elementary import exp, log

Axes = tuple[str, ...]

LONG = 32
"""A fold over so many entries has loops of its own: what is done with its result would take its registers."""

THROUGH = frozenset({"view", "broadcast", "gather"})
"""Operations that only say where a number is."""


@dataclass(slots=True)
class Group:
    """Instructions that are done entry by entry in the same loops."""

    axes: Axes
    lines: list[Instruction] = field(default_factory=list)


@dataclass(slots=True)
class Plan:
    """The groups of a step, those of the phase "project" apart, and those that come before the first step;
    ``inside`` has what each fold computes for itself."""

    tape: Tape
    axes: list[Axes]
    before: list[Group]
    stepping: list[Group]
    settling: list[Group]
    inside: dict[int, list[Instruction]]
    made: dict[int, Instruction]
    kept: set[int]  # the slots that are read by another group
    direct: set[int]  # the slots that a group computes
    steady: set[int]  # the slots that are known before the run and read in it
    varying: set[int]  # the slots that differ from run to run


def plan(tape: Tape, wanted: Iterable[int], stepped: int, differing: Iterable[int]) -> Plan:
    """The plan of a recorded step that has to leave ``wanted``; runs have inputs ``differing`` of their own."""
    tape, stepped = spelled(tape, stepped)
    wanted = set(wanted)
    live, varying = tape.live(wanted), tape.made_of(differing)
    known = {slot for slot, steady in enumerate(tape.steady) if steady and slot not in varying}
    lines = [line for line in tape.instructions if line.output in live and line.output not in known]
    early = {line.output for line in lines if tape.steady[line.output]}
    first = {line.output for line in tape.instructions[:stepped]}
    made = {line.output: line for line in lines}
    axes = [tuple(letter for letter in own if len(tape.ranges[letter]) > 1) for own in tape.axes]
    direct = {line.output for line in lines if line.operation not in THROUGH or line.output in wanted}
    inside = taken_in(lines, axes, wanted, early)
    own = {line.output for members in inside.values() for line in members}
    sizes = {letter: len(values) for letter, values in tape.ranges.items()}
    planner = Planner(made, axes, direct, inside, own, sizes)
    cuts = [0]
    for phase in (early, first - early, live - first - early):
        for line in lines:
            if line.output in phase and line.output in direct and line.output not in own:
                planner.place(line)
        planner.floor = len(planner.groups)
        cuts.append(planner.floor)
    before, stepping, settling = (planner.groups[start:stop] for start, stop in pairwise(cuts))
    kept = wanted | planner.read_elsewhere()
    steady = {slot for slot in {slot for line in lines for slot in line.inputs} | wanted if slot in known}
    return Plan(tape, axes, before, stepping, settling, inside, made, kept & direct, direct - own, steady, varying)


def spelled(tape: Tape, stepped: int) -> tuple[Tape, int]:
    """The tape with each logsumexp written as what it is made of; and the new place of a cut."""
    known = {name: slot for name, slot in tape._known.items() if slot in tape.constants}
    fresh = replace(
        tape, axes=list(tape.axes), steady=list(tape.steady), constants=dict(tape.constants), instructions=[],
        _known=known, _made={},
    )  # fmt: skip
    cut = 0
    for place, line in enumerate(tape.instructions):
        if place == stepped:
            cut = len(fresh.instructions)
        match line:
            case Instruction("fold", (body,), Fold("logsumexp", letters)):
                line = log_sum_exp(fresh, body, letters, line)
        fresh.instructions.append(line)
        fresh._made[line.output] = line
        fresh._known[(line.operation, line.inputs, line.detail)] = line.output
    return fresh, len(fresh.instructions) if stepped >= len(tape.instructions) else cut


def log_sum_exp(tape: Tape, body: int, letters: Axes, line: Instruction) -> Instruction:
    """`numbers.elementary.logsumexp`, its loops as folds."""
    machine, left = TapeMachine(tape), tape.axes[line.output]
    top = Cell(tape, tape.emit("fold", (body,), Fold("max", letters), left))
    each = exp(machine, Cell(tape, body) - top)
    total = Cell(tape, tape.emit("fold", (each.slot,), Fold("sum", letters), left))
    value = top + log(machine, total)
    down = machine.select("==", top, -float("inf"), top, value)
    return Instruction("select", (top.slot, tape.constant(float("inf")), top.slot, down.slot), "==", line.output)


def taken_in(
    lines: list[Instruction], axes: list[Axes], wanted: set[int], early: set[int]
) -> dict[int, list[Instruction]]:
    """For each fold the instructions, in order, whose results it alone reads, each once for each entry."""
    readers: dict[int, list[Instruction]] = {}
    for line in lines:
        for slot in dict.fromkeys(line.inputs):
            readers.setdefault(slot, []).append(line)
    owner: dict[int, int] = {}
    for line in reversed(lines):
        if line.operation in THROUGH or line.operation in ("fold", "stack") or line.output in wanted:
            continue
        read = readers.get(line.output, [])
        if len(read) == 1:
            (reader,) = read
            if (line.output in early) != (reader.output in early):
                continue
            if isinstance(reader.detail, Fold):
                whole = {letter for slot in reader.inputs for letter in axes[slot]}
                if set(axes[line.output]) == whole:  # a factor that is the same for many entries is computed once
                    owner[line.output] = reader.output
            elif reader.output in owner and axes[reader.output] == axes[line.output]:
                owner[line.output] = owner[reader.output]
    inside: dict[int, list[Instruction]] = {}
    for line in lines:
        if line.output in owner:
            inside.setdefault(owner[line.output], []).append(line)
    return inside


class Planner:
    """Puts instructions into groups, each after all that it reads."""

    def __init__(
        self,
        made: dict[int, Instruction],
        axes: list[Axes],
        direct: set[int],
        inside: dict[int, list[Instruction]],
        own: set[int],
        sizes: Mapping[str, int],
    ) -> None:
        self.made, self.axes, self.direct, self.inside, self.own, self.sizes = made, axes, direct, inside, own, sizes
        self.groups: list[Group] = []
        self.floor = 0
        self.group_of: dict[int, int] = {}
        self.latest: dict[Axes, list[int]] = {}

    def reads(self, line: Instruction) -> Iterable[tuple[int, bool]]:
        """The slots of groups that an instruction reads; whether at the entry that it writes."""
        for part in (*self.inside.get(line.output, ()), line):
            for slot in part.inputs:
                yield from self.source(slot)

    def source(self, slot: int) -> Iterable[tuple[int, bool]]:
        here = True
        while slot in self.made and slot not in self.direct:
            line = self.made[slot]
            here = here and line.operation == "broadcast"
            (slot,) = line.inputs
        if slot in self.made and slot not in self.own:
            yield slot, here

    def place(self, line: Instruction) -> None:
        """Into the first group over the same axes that comes after what it reads, else into a new one."""
        axes = self.axes[line.output]
        least = self.floor
        for slot, here in self.reads(line):
            same = here and self.axes[slot] == axes and line.operation != "stack" and not self.long(self.made[slot])
            least = max(least, self.group_of[slot] + (0 if same else 1))
        alone = bool(axes) and (line.operation == "stack" or self.long(line))
        chosen = None if alone else next((n for n in self.latest.get(axes, ()) if n >= least), None)
        if chosen is None:
            chosen = len(self.groups)
            self.groups.append(Group(axes))
            if not alone:
                self.latest.setdefault(axes, []).append(chosen)
        self.groups[chosen].lines.append(line)
        self.group_of[line.output] = chosen

    def long(self, line: Instruction) -> bool:
        """Whether it is a fold that takes most of its group's time."""
        return isinstance(line.detail, Fold) and prod(self.sizes[letter] for letter in line.detail.letters) >= LONG

    def read_elsewhere(self) -> set[int]:
        """The slots that are read by a group other than the one that computes them."""
        found: set[int] = set()
        for number, group in enumerate(self.groups):
            for line in group.lines:
                found |= {slot for slot, _ in self.reads(line) if self.group_of[slot] != number}
        return found
