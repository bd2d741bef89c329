"""What a step left → which runs go on; why and when the others ended.

Conventions. A mask has one bit for each run; for one run it is a single bit. A run that ended keeps its numbers: they
are chosen by the mask, never multiplied by it, so that no run can be told from which others it was made beside.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from chainrule.engines.native.writer import Value, Writer, kind


class Ended(IntEnum):
    """Why a run makes no more steps; 0 while it makes them."""

    STEPS = 0
    LEFT = 1
    CONVERGED = 2


class Fate(IntEnum):
    """The rows of the table that a kernel keeps of its runs: one whole number for each run."""

    ENDED = 0
    STEP = 1  # how many steps it has made, by its own count
    UNCHANGED = 2  # how many of the latest steps in a row changed no bit


class Ends:
    """Writes what happens to the table; in the function it stands in registers."""

    def __init__(self, writer: Writer, runs: int, table: str) -> None:
        self.writer, self.runs, self.table = writer, runs, table
        self.many = kind(runs, "i64")
        self.rooms = {fate: writer.room(self.many) for fate in Fate}
        for fate, room in self.rooms.items():
            value = writer.put(f"load {self.many}, ptr {writer.at(table, fate * runs)}, align 8")
            writer.do(f"store {self.many} {value}, ptr {room}")

    def leave(self) -> None:
        """Give the table back."""
        for fate in Fate:
            place = self.writer.at(self.table, fate * self.runs)
            self.writer.do(f"store {self.many} {self.get(fate)}, ptr {place}, align 8")

    def get(self, fate: Fate) -> str:
        return self.writer.put(f"load {self.many}, ptr {self.rooms[fate]}")

    def put(self, fate: Fate, value: str, mask: str) -> None:
        """A new value where a mask holds."""
        if self.runs > 1:
            value = self.writer.choose(mask, self.runs, value, self.get(fate), "i64")
        self.writer.do(f"store {self.many} {value}, ptr {self.rooms[fate]}")

    def all(self, whole: int | str) -> str:
        """A whole number for each run."""
        if isinstance(whole, int):
            return self.writer.whole_lanes(whole, self.runs)
        return self.writer.wide(Value(whole), self.runs, "i64").name

    # --- after a step

    def end(self, why: Ended, mask: str, number: str, more: int = 0) -> None:
        """Runs that make no more steps; ``more`` than the number of this one is how many they made."""
        with self.writer.scope():
            self.put(Fate.ENDED, self.all(int(why)), mask)
            self.put(Fate.STEP, self.all(self.writer.put(f"add nsw i64 {number}, {more}")), mask)

    def left(self, here: str, well: str, number: str) -> None:
        """Some of several runs left the finite numbers in this step."""
        if self.runs == 1:
            return
        gone = self.without(here, well)
        self.writer.do(f"br i1 {self.some(gone)}, label %leaving, label %stayed")
        self.writer.label("leaving")
        self.end(Ended.LEFT, gone, number, -1)
        self.writer.jump("stayed")
        self.writer.label("stayed")

    def unchanged(self, well: str, same: str, length: str) -> str:
        """Count the steps that changed nothing; the runs for which they are a pass or more."""
        writer = self.writer
        more = writer.put(f"add nsw {self.many} {self.get(Fate.UNCHANGED)}, {self.all(1)}")
        now = writer.choose(same, self.runs, more, self.all(0), "i64")
        self.put(Fate.UNCHANGED, now, well)
        enough = writer.put(f"icmp sge {self.many} {now}, {self.all(length)}")
        return self.both(well, enough) if self.runs > 1 else enough

    def converged(self, still: str, number: str, length: str) -> None:
        """Runs end at the end of a pass that changed nothing."""
        writer = self.writer
        writer.do(f"br i1 {self.some(still)}, label %still, label %go")
        writer.label("still")
        over = writer.put(f"icmp eq i64 {writer.put(f'srem i64 {number}, {length}')}, 0")
        writer.do(f"br i1 {over}, label %converged, label %go")
        writer.label("converged")
        self.end(Ended.CONVERGED, still, number)
        writer.do(f"br i1 {self.some(self.here()) if self.runs > 1 else 'false'}, label %go, label %over")

    # --- masks

    def here(self) -> str:
        """The runs that make this step."""
        if self.runs == 1:
            return "true"
        return self.writer.put(f"icmp eq {self.many} {self.get(Fate.ENDED)}, zeroinitializer")

    def mask(self, tests: list[Value]) -> str:
        """The runs for which all tests hold. A test is for each run, or for neighbours or what all runs share."""
        writer, held, shared = self.writer, "", "true"
        for test in tests:
            if test.lanes == self.runs > 1:
                held = self.both(held, test.name) if held else test.name
            else:
                shared = writer.put(f"and i1 {shared}, {self.every(test)}")
        if self.runs == 1:
            return shared
        everywhere = writer.wide(Value(shared), self.runs, "i1").name
        return self.both(held, everywhere) if held else everywhere

    def both(self, one: str, other: str) -> str:
        return other if one == "true" else self.writer.put(f"and {kind(self.runs, 'i1')} {one}, {other}")

    def without(self, one: str, other: str) -> str:
        """The runs of one mask that are not in the other."""
        many = kind(self.runs, "i1")
        return self.both(one, self.writer.put(f"xor {many} {other}, {self.writer.whole_lanes(1, self.runs, 'i1')}"))

    def every(self, test: Value) -> str:
        """Whether a test holds in all lanes."""
        return self.writer.put(f"icmp eq i{test.lanes} {self.bits(test)}, -1") if test.lanes > 1 else test.name

    def some(self, mask: str) -> str:
        """Whether a mask holds for some run."""
        if self.runs == 1:
            return mask
        return self.writer.put(f"icmp ne i{self.runs} {self.bits(Value(mask, self.runs))}, 0")

    def bits(self, test: Value) -> str:
        """The lanes of a test as the bits of one whole number, the first lane in the lowest."""
        return self.writer.put(f"bitcast <{test.lanes} x i1> {test.name} to i{test.lanes}")

    def number(self, mask: str) -> str:
        """A mask as one whole number."""
        if self.runs == 64:
            return self.bits(Value(mask, 64))
        bits = mask if self.runs == 1 else self.bits(Value(mask, self.runs))
        return self.writer.put(f"zext i{self.runs} {bits} to i64")


class GatheredBits:
    """Bits gathered over the entries of a step, for values of each width apart."""

    def __init__(self, writer: Writer, widths: Sequence[int]) -> None:
        self.writer = writer
        self.rooms = {width: writer.room(writer.wholes(width)) for width in widths}

    def nothing(self) -> None:
        for width, room in self.rooms.items():
            self.writer.do(f"store {self.writer.wholes(width)} zeroinitializer, ptr {room}")

    def add(self, bits: str, width: int) -> None:
        many, room = self.writer.wholes(width), self.rooms[width]
        total = self.writer.put(f"or {many} {self.writer.put(f'load {many}, ptr {room}')}, {bits}")
        self.writer.do(f"store {many} {total}, ptr {room}")

    def none(self) -> list[Value]:
        """For each width, where no bit was found."""
        tests = []
        for width, room in self.rooms.items():
            many = self.writer.wholes(width)
            bits = self.writer.put(f"load {many}, ptr {room}")
            tests.append(Value(self.writer.put(f"icmp eq {many} {bits}, zeroinitializer"), width))
        return tests
