"""Quantities that are written part by part → memory on the tape, and loops over the slices of recurrences.

Conventions. The memory of a quantity has room for all that its equations define, on each axis from the least index to
the greatest; what none of them defines is NaN. A stretch of slices in which the same equations hold is one loop; a
stretch of a single slice is written down as it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import BrokenPass
from chainrule.expr.entries import hull, uncovered
from chainrule.expr.nodes import (
    At,
    Bracket,
    Equation,
    Expr,
    Index,
    InRange,
    Mul,
    Neg,
    Number,
    Size,
    index,
    key,
    places,
)
from chainrule.expr.order import Part, Slices, active, flat, settled
from chainrule.expr.walk import fold, reads
from chainrule.model.letters import free
from chainrule.tape.named import NamedSlot, Now
from chainrule.tape.tape import Gather, Space, positions

if TYPE_CHECKING:
    from chainrule.tape.record import Recording

Truth = NDArray[np.bool_]


class Memories:
    """Writes down equations, those that share a quantity or read each other into memory."""

    def __init__(self, recording: Recording, lines: Iterable[Equation]) -> None:
        self.recording, self.tape = recording, recording.tape
        self.lines: dict[str, list[Equation]] = {}
        for line in lines:
            self.lines.setdefault(key(line.target), []).append(line)
        self.loops = 0

    def part(self, part: Part) -> None:
        """One equation, or a recurrence."""
        if isinstance(part, Slices):
            self.slices(part)
            return
        name, named = key(part.target), self.recording.named
        for read, _ in reads(part.body):
            if read in self.lines and read not in named:  # of what is written later nothing is used: a bracket is 0
                self.memory(read)
        if len(self.lines[name]) > 1 or name in named:
            self.write(part)
        else:
            named[name] = self.recording.equation(part)

    # --- memory

    def memory(self, name: str) -> None:
        """Have memory for a quantity."""
        if name in self.recording.named:
            return
        tape, lines = self.tape, self.lines[name]
        boxes = [tuple(map(self.values, places(line.target))) for line in lines]
        ranges = hull(boxes)
        letters: list[str] = []
        for place, values in enumerate(ranges):
            first = places(lines[0].target)[place].letter
            if first is not None and tape.ranges[first] == values and first not in letters:
                letters.append(first)
                continue
            letter = f"{name}@{place}"
            tape.ranges[letter] = values
            tape.order.setdefault(letter, -1 - len(tape.order))
            letters.append(letter)
        left = uncovered(ranges, boxes)
        if left:
            gaps = np.zeros([len(values) for values in ranges], dtype=bool)
            for box in left:
                gaps[tuple(slice(a.start - b.start, a.stop - b.start) for a, b in zip(box, ranges, strict=True))] = True
            self.recording.gaps[name] = gaps
        slot = tape.emit("space", (), Space(name, bool(left)), letters)
        self.recording.named[name] = NamedSlot(slot, tuple(letters), ranges)

    def values(self, place: Index) -> range:
        """The values of an index on a left side: those of its letter, or the one that is written."""
        return self.tape.ranges[place.letter] if place.letter else range(place.constant, place.constant + 1)

    def write(self, line: Equation) -> None:
        """The entries of an equation, into the memory of its quantity."""
        name, tape = key(line.target), self.tape
        self.memory(name)
        axes = tuple(letter for letter in line.letters if not tape.fixed(letter))
        held = self.held(line.where, axes)
        if held is not None and not tape.axes[held] and self.never(held):
            return
        value = self.recording.right_side(line.body, axes, name)
        named = self.recording.named[name]
        where = Gather(named.letters, named.ranges, places(line.target))
        inputs = (named.slot, value.slot) if held is None else (named.slot, value.slot, held)
        slot = tape.emit("place", inputs, where, tape.axes[named.slot])
        self.recording.named[name] = replace(named, slot=slot)

    def never(self, held: int) -> bool:
        return held in self.tape.constants and not np.any(self.tape.constants[held])

    def held(self, tests: tuple[Expr, ...], axes: tuple[str, ...]) -> int | None:
        """Where all brackets hold, 1, else 0; None where they hold everywhere."""
        if not tests:
            return None
        letters = self.tape.sorted({letter for test in tests for letter in free(test)})
        found = np.ones(tuple(len(self.tape.ranges[letter]) for letter in letters), dtype=bool)
        for test in tests:
            found &= self.truth(test, letters)
        if found.all():
            return None
        slot = self.tape.known(("held", tests), found.astype(float), letters)
        return self.recording.here(slot, letters)

    def truth(self, test: Expr, axes: tuple[str, ...]) -> Truth:
        """Whether a bracket of indices holds, for all values of letters."""

        def combine(node: Expr, inside: tuple[NDArray[np.float64], ...]) -> NDArray[np.float64]:
            match node:
                case Number(value):
                    return np.array(float(value))
                case Size(letter):
                    return np.array(float(len(self.tape.ranges[letter])))
                case At(place):
                    return positions(place, axes, self.tape.ranges).astype(float)
                case InRange(place, letter):
                    at, values = positions(place, axes, self.tape.ranges), self.tape.ranges[letter]
                    return np.asarray((at >= values.start) & (at < values.stop), float)
                case Neg():
                    return -inside[0]
                case Mul():
                    return np.asarray(math.prod(inside), float)
                case Bracket("==", _, _):
                    return np.asarray(inside[0] == inside[1], float)
                case Bracket("!=", _, _):
                    return np.asarray(inside[0] != inside[1], float)
            raise BrokenPass("recording", f"{node!r} says where an equation holds")

        return cast(Truth, fold(test, combine) != 0)

    # --- recurrences

    def slices(self, part: Slices) -> None:
        """A recurrence: the stretches of slices in which the same equations hold, in the order of computing."""
        for name in part.positions:
            self.memory(name)
        along = {id(line): self.values(part.along(line)) for line in flat((part,))}
        cuts = sorted({end for values in along.values() for end in (values.start, values.stop)})
        stretches = [range(start, stop) for start, stop in pairwise(cuts)]
        for stretch in reversed(stretches) if part.downwards else stretches:
            parts = tuple(active(part.parts, lambda line, at=stretch.start: at in along[id(line)]))  # type: ignore[misc]
            if parts:
                self.stretch(part, parts, stretch)

    def stretch(self, part: Slices, parts: tuple[Part, ...], values: range) -> None:
        """Slices in which the same equations hold."""
        if len(values) == 1:
            self.slice(part, parts, Index((), values.start))
            return
        tape, recording = self.tape, self.recording
        self.loops += 1
        letter = f"@{self.loops}"
        tape.ranges[letter] = values
        tape.order[letter] = len(tape.order)
        before = {name: recording.named[name] for name in part.positions}
        tape.enter(letter)
        for name, named in before.items():
            recording.named[name] = replace(named, slot=tape.here(named.slot))
        self.slice(part, parts, index(letter))
        done = tape.leave(part.downwards)
        for name, named in before.items():
            recording.named[name] = replace(named, slot=tape.here(named.slot, done))

    def slice(self, part: Slices, parts: tuple[Part, ...], at: Index) -> None:
        """One slice, at an index that is a number or the letter of a loop."""
        outer = dict(self.recording.now)
        names = [key(line.target) for line in flat(parts)]
        for one in parts:
            moved = settled(part, one, at)
            self.part(moved) if isinstance(moved, Slices) else self.write(moved)
            if not isinstance(moved, Slices) and names.count(key(moved.target)) == 1:
                self.keep(moved)
        self.recording.now = outer

    def keep(self, line: Equation) -> None:
        """What was just written can be read from where it was computed, if nothing else is written there."""
        name, tape = key(line.target), self.tape
        named = self.recording.named[name]
        made = tape._made[named.slot]
        own = places(line.target)
        at = {place: one for place, one in enumerate(own) if one.letter is None or tape.fixed(one.letter)}
        rest = [place for place in range(len(named.letters)) if place not in at]
        whole = all(tape.ranges[own[place].letter or ""] == named.ranges[place] for place in rest)
        if made.operation == "place" and len(made.inputs) == 2 and whole:
            letters = tuple(own[place].letter or "" for place in rest)
            value = NamedSlot(made.inputs[1], letters, tuple(named.ranges[place] for place in rest))
            self.recording.now[name] = Now(at, value)
