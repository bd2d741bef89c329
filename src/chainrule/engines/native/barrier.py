"""Several threads that make the steps of one run: what each does of a loop, where they wait, what they tell each other.

Conventions. The threads divide entries among them, never a sum, so that how many they are changes no bit. Each runs the
whole function: what is not divided it does for itself, and whatever decides where the function goes has been told by
all to all. What they share is an array of whole numbers: how often a thread has arrived where it waits, and then, each
in a line of the cache of its own, the words that they tell.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager

from chainrule.engines.native.writer import Number, Writer

LINE = 8
"""Whole numbers in a line of the cache."""

PATIENCE = 2**18
"""Looks at who has arrived before the thread sleeps: some tenths of a millisecond. Where each thread has a core, all
arrive in less; where they have not, the one that is waited for may need this one's core. A sleep takes several times
as long as is asked for, and who has slept is late where the others wait next: with some microseconds of patience two
threads sent each other to sleep, and took twice the time of one."""

SLEEP = 20
"""Microseconds from one look to the next then."""


def can_wait() -> bool:
    """Whether threads can sleep for so short a time here: where C has `usleep`."""
    return os.name == "posix"


def room(threads: int, words: int) -> int:
    """How many whole numbers they share."""
    return LINE * (1 + threads * words)


class Barrier:
    """Writes what up to ``threads`` do together, ``hands`` of them in a call; ``own`` is the number of the one that
    runs the function."""

    def __init__(self, writer: Writer, threads: int, hands: str, shared: str, own: str, stop: str) -> None:
        self.writer, self.threads, self.hands = writer, threads, hands
        self.shared, self.own, self.stop = shared, own, stop
        self.waits = writer.room("i64")
        writer.do(f"store i64 0, ptr {self.waits}")

    def loop(self, start: int, stop: int, step: int = 1) -> AbstractContextManager[Number]:
        """A loop of which each thread does a part."""
        return self.writer.loop(*self.part(start, stop, step), step)

    def part(self, start: int, stop: int, step: int) -> tuple[Number, Number]:
        """Where this thread begins and ends in a loop."""
        writer, passages = self.writer, -(-(stop - start) // step)
        after = writer.put(f"add nsw i64 {self.own}, 1")
        first, last = (self.cut(number, passages, start, step) for number in (self.own, after))
        return first, last

    def cut(self, number: str, passages: int, start: int, step: int) -> str:
        writer = self.writer
        share = writer.put(f"sdiv i64 {writer.put(f'mul nsw i64 {number}, {passages}')}, {self.hands}")
        return writer.put(f"add nsw i64 {writer.put(f'mul nsw i64 {share}, {step}')}, {start}")

    def wait(self, never: str) -> None:
        """Go on when all are here; at the label ``never`` if one of them will never be."""
        writer = self.writer
        here, again, on, sleep = (writer.new_label(what) for what in ("here", "again", "on", "sleep"))
        times = writer.put(f"add nsw i64 {writer.put(f'load i64, ptr {self.waits}')}, 1")
        writer.do(f"store i64 {times}, ptr {self.waits}")
        wanted = writer.put(f"mul nsw i64 {times}, {self.hands}")
        looks = writer.room("i64")
        writer.do(f"store i64 0, ptr {looks}")
        writer.put(f"atomicrmw add ptr {self.shared}, i64 1 acq_rel")
        writer.jump(here)
        writer.label(here)
        now = writer.put(f"load atomic i64, ptr {self.shared} acquire, align 8")
        writer.do(f"br i1 {writer.put(f'icmp sge i64 {now}, {wanted}')}, label %{on}, label %{again}")
        writer.label(again)
        look = writer.put(f"add nsw i64 {writer.put(f'load i64, ptr {looks}')}, 1")
        writer.do(f"store i64 {look}, ptr {looks}")
        writer.do(f"br i1 {writer.put(f'icmp sge i64 {look}, {PATIENCE}')}, label %{sleep}, label %{here}")
        writer.label(sleep)
        writer.intrinsic("usleep", "i32", "i32")
        writer.put(f"call i32 @usleep(i32 {SLEEP})")
        stop = writer.put(f"load volatile i64, ptr {self.stop}")
        writer.do(f"br i1 {writer.put(f'icmp eq i64 {stop}, 2')}, label %{never}, label %{here}")
        writer.label(on)

    def place(self, word: int, thread: Number) -> str:
        offset = self.writer.plus(self.writer.times(thread, LINE), LINE * (1 + word * self.threads))
        return self.writer.at(self.shared, offset)

    def tell(self, word: int, value: str) -> None:
        """Tell the others a word; they can read it when all have waited."""
        with self.writer.scope():
            self.writer.do(f"store i64 {value}, ptr {self.place(word, self.own)}")

    def told(self, word: int) -> str:
        """All bits that any thread told; one that is not here told none."""
        writer, total = self.writer, "0"
        with writer.scope():
            for thread in range(self.threads):
                value = writer.put(f"load i64, ptr {self.place(word, thread)}")
                total = writer.put(f"or i64 {total}, {value}")
        return total
