"""A tape → groups of instructions over the same axes: which loops a step is made of, and what each has to keep.

Conventions. Letters with one value are no axes here. Views, broadcasts and gathers are nobody's instruction: whoever
reads through one computes where. What a fold alone reads is computed inside the fold. Nothing is reordered that rounds:
a group only says that instructions over the same axes are done entry by entry together. A loop of the tape is a cycle
of groups of its own. All slots that are one memory, before and after it is written, are named by the slot of its space.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from itertools import pairwise
from math import prod

from chainrule.tape.narrow import Narrowed, narrowed
from chainrule.tape.plain_folds import spelled
from chainrule.tape.tape import Fold, Instruction, Loop, Tape, unfolded
from chainrule.values import dataclass

Axes = tuple[str, ...]

LONG = 32
"""A fold over so many entries has loops of its own: what is done with its result would take its registers."""

THROUGH = frozenset({"view", "broadcast", "gather", "same"})
"""Operations that only say where a number is."""

CHEAP = frozenset({"add", "subtract", "multiply", "negative", "select", "fma"})
"""Operations that take less time than to keep their results and read them again, for each term of a narrowed sum."""

APART = frozenset({"fold", "space", "place", "loop"}) | THROUGH
"""Operations that no fold takes in."""


@dataclass(slots=True)
class Group:
    """Instructions that are done entry by entry in the same loops."""

    axes: Axes
    lines: list[Instruction] = field(default_factory=list)


@dataclass(slots=True)
class Cycle:
    """What is done again for each value of the letter of a loop."""

    loop: Loop
    groups: list[Group | Cycle]


def every(groups: Iterable[Group | Cycle]) -> Iterator[Group]:
    """The groups, those of cycles too."""
    for group in groups:
        if isinstance(group, Cycle):
            yield from every(group.groups)
        else:
            yield group


@dataclass(slots=True)
class Plan:
    """The groups of a step, those of the phase "project" apart, and those that come before the first step;
    ``inside`` has what each fold computes for itself."""

    tape: Tape
    axes: list[Axes]
    before: list[Group | Cycle]
    stepping: list[Group | Cycle]
    settling: list[Group | Cycle]
    inside: dict[int, list[Instruction]]
    made: dict[int, Instruction]
    kept: set[int]  # the slots that are read by another group
    direct: set[int]  # the slots that a group computes
    steady: set[int]  # the slots that are known before the run and read in it
    varying: set[int]  # the slots that differ from run to run
    memory: dict[int, int]  # slot → the space whose memory it is
    spaces: list[Instruction]
    narrow: dict[int, Narrowed]  # sum → the ranges of its terms that count

    def turned(self, group: Group, letters: list[str], lane: str | None) -> list[str]:
        """Letters of a group in the order of its loops, the one last that most is read again for: where a sum has
        products, a factor that lies along ``lane`` does not depend on it."""
        for line in group.lines:
            if isinstance(line.detail, Fold):
                made = self.made.get(line.inputs[0])
                own = made and made in self.inside.get(line.output, ()) and made.operation == "multiply"
                factors = made.inputs if made and own else line.inputs
                beside = {letter for slot in factors if lane in self.axes[slot] for letter in self.axes[slot]}
                again = [letter for letter in letters if letter not in beside]
                if len(factors) == 2 and beside and again:
                    return [*(letter for letter in letters if letter != again[-1]), again[-1]]
        return letters


def plan(tape: Tape, wanted: Iterable[int], stepped: int, differing: Iterable[int]) -> Plan:
    """The plan of a recorded step that has to leave ``wanted``; runs have inputs ``differing`` of their own."""
    tape, stepped = spelled(tape, stepped)
    wanted = set(wanted)
    memory = tape.memories()
    live, varying = tape.live(wanted), tape.made_of(differing)
    known = {slot for slot, steady in enumerate(tape.steady) if steady and slot not in varying}
    lines = [line for line in tape.instructions if line.output in live and line.output not in known]
    early = {line.output for line in lines if tape.steady[line.output]}
    first = {line.output for line in tape.instructions[:stepped]}
    everything = list(unfolded(lines))
    made = {line.output: line for line in everything}
    axes = [tuple(letter for letter in own if len(tape.ranges[letter]) > 1) for own in tape.axes]
    spaces = [line for line in everything if line.operation == "space"]
    direct = {line.output for line in everything if line.operation not in THROUGH or line.output in wanted}
    direct -= {line.output for line in spaces}
    direct -= {line.output for line in everything if line.operation == "same"}
    planner = Planner(tape, made, axes, direct, wanted, early)
    planner.take_in(lines)
    cuts = [0]
    for phase in (early, first - early, live - first - early):
        planner.lines([line for line in lines if line.output in phase])
        planner.floor = len(planner.groups)
        cuts.append(planner.floor)
    before, stepping, settling = (planner.groups[start:stop] for start, stop in pairwise(cuts))
    kept = wanted | planner.read_elsewhere()
    steady = {slot for slot in {slot for line in everything for slot in line.inputs} | wanted if slot in known}
    return Plan(
        tape, axes, before, stepping, settling, planner.inside, made, kept & direct, direct - planner.own, steady,
        varying, memory, spaces, planner.narrow,
    )  # fmt: skip


def taken_in(
    tape: Tape, lines: list[Instruction], axes: list[Axes], wanted: set[int], early: set[int]
) -> tuple[dict[int, list[Instruction]], dict[int, Narrowed]]:
    """For each fold the instructions, in order, whose results it alone reads, each once for each entry; and the sums
    that are narrowed."""
    readers: dict[int, list[Instruction]] = {}
    for line in lines:
        for slot in dict.fromkeys(line.inputs):
            readers.setdefault(slot, []).append(line)
    made = {line.output: line for line in lines}

    def reader_of(line: Instruction) -> Instruction | None:
        """What alone reads it, in the same phase."""
        read = readers.get(line.output, [])
        if line.operation in APART or line.output in wanted or len(read) != 1:
            return None
        return read[0] if (line.output in early) == (read[0].output in early) else None

    def own(slot: int) -> Instruction | None:
        return made[slot] if slot in made and reader_of(made[slot]) else None

    narrow = {line.output: found for line in lines if (found := narrowed(tape, line, own))}
    owner: dict[int, int] = {slot: fold for fold, found in narrow.items() for slot in found.skipped}
    for line in reversed(lines):
        reader = reader_of(line)
        if reader is None or line.output in owner:
            continue
        fold = reader.output if isinstance(reader.detail, Fold) else owner.get(reader.output)
        if fold in narrow and line.operation in CHEAP and narrow[fold].letters() & set(axes[line.output]):
            owner[line.output] = fold
        elif isinstance(reader.detail, Fold):
            whole = {letter for slot in reader.inputs for letter in axes[slot]}
            if set(axes[line.output]) == whole:  # a factor that is the same for many entries is computed once
                owner[line.output] = reader.output
        elif fold is not None and axes[reader.output] == axes[line.output]:
            owner[line.output] = fold
    inside: dict[int, list[Instruction]] = {}
    for line in lines:
        if line.output in owner:
            inside.setdefault(owner[line.output], []).append(line)
    return inside, narrow


class Planner:
    """Puts instructions into groups, each after all that it reads."""

    def __init__(
        self,
        tape: Tape,
        made: dict[int, Instruction],
        axes: list[Axes],
        direct: set[int],
        wanted: set[int],
        early: set[int],
    ) -> None:
        self.tape, self.made, self.axes, self.direct, self.wanted, self.early = tape, made, axes, direct, wanted, early
        self.inside: dict[int, list[Instruction]] = {}
        self.narrow: dict[int, Narrowed] = {}
        self.own: set[int] = set()  # what folds compute for themselves
        self.groups: list[Group | Cycle] = []
        self.floor = 0
        self.group_of: dict[int, int] = {}
        self.latest: dict[Axes, list[tuple[int, Group]]] = {}
        self.within: dict[int, set[int]] = {}  # number of a cycle → what its groups read of each other

    def take_in(self, lines: list[Instruction]) -> None:
        """Let folds compute what they alone read; ``lines`` are all that may read each other."""
        taken, narrow = taken_in(self.tape, lines, self.axes, self.wanted, self.early)
        self.inside |= taken
        self.narrow |= narrow
        self.own |= {line.output for members in taken.values() for line in members}

    def lines(self, lines: Iterable[Instruction]) -> None:
        """Instructions into groups."""
        for line in lines:
            if isinstance(line.detail, Loop):
                self.cycle(line, line.detail)
            elif line.output in self.direct and line.output not in self.own:
                self.place(line)

    def cycle(self, line: Instruction, loop: Loop) -> None:
        """A loop: groups of its own, after all that has come so far."""
        within = Planner(self.tape, self.made, self.axes, self.direct, self.wanted, self.early)
        within.take_in(list(loop.lines))
        within.lines(loop.lines)
        self.inside |= within.inside
        self.narrow |= within.narrow
        self.own |= within.own
        self.latest.clear()
        self.floor = len(self.groups)
        self.groups.append(Cycle(loop, within.groups))
        self.group_of[line.output] = self.floor
        self.within[self.floor] = within.read_elsewhere()

    def reads(self, line: Instruction) -> Iterator[tuple[int, bool]]:
        """The slots of groups that an instruction reads; whether at the entry that it writes."""
        for part in (*self.inside.get(line.output, ()), line):
            for slot in part.inputs:
                yield from self.source(slot)

    def source(self, slot: int) -> Iterator[tuple[int, bool]]:
        here = True
        while slot in self.made and slot not in self.direct:
            line = self.made[slot]
            here = here and line.operation == "broadcast"
            if line.operation == "space":
                return
            for other in line.inputs[1:]:  # what has been done before the memory is as it is here
                yield other, False
            slot = line.inputs[0]
        if slot in self.made and slot not in self.own:
            yield slot, here

    def over(self, line: Instruction) -> Axes:
        """The axes of the entries that an instruction makes."""
        return self.axes[line.inputs[1] if line.operation == "place" else line.output]

    def place(self, line: Instruction) -> None:
        """Into the first group over the same axes that comes after what it reads, else into a new one."""
        axes = self.over(line)
        least = self.floor
        for slot, here in self.reads(line):
            if slot in self.group_of:  # else it was made before a loop began
                same = here and self.over(self.made[slot]) == axes and not self.long(self.made[slot])
                same = same and self.made[slot].operation not in ("place", "loop")
                least = max(least, self.group_of[slot] + (0 if same else 1))
        alone = bool(axes) and self.long(line)
        chosen = None if alone else next((one for one in self.latest.get(axes, ()) if one[0] >= least), None)
        if chosen is None:
            chosen = len(self.groups), Group(axes)
            self.groups.append(chosen[1])
            if not alone:
                self.latest.setdefault(axes, []).append(chosen)
        number, group = chosen
        group.lines.append(line)
        self.group_of[line.output] = number

    def long(self, line: Instruction) -> bool:
        """Whether it is a fold that takes most of its group's time."""
        return isinstance(line.detail, Fold) and prod(len(self.tape.ranges[own]) for own in line.detail.letters) >= LONG

    def read_elsewhere(self) -> set[int]:
        """The slots that are read by a group other than the one that computes them."""
        found: set[int] = set()
        for number, group in enumerate(self.groups):
            if isinstance(group, Cycle):
                lines = [line for inner in every(group.groups) for line in inner.lines]
            else:
                lines = group.lines
            for line in lines:
                found |= {slot for slot, _ in self.reads(line) if self.group_of.get(slot, number) != number}
            if isinstance(group, Cycle):
                found |= self.within[number]
        return found
