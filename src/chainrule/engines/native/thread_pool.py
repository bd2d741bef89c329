"""Work that falls into pieces → threads that take one piece after another; whoever waits can be interrupted."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from chainrule.engines.native import quota
from chainrule.errors import UsageError, shown

T = TypeVar("T")

WAIT = 0.05
"""Seconds between two looks at what came of it."""


LIMIT = "CHAINRULE_THREADS"
"""The environment variable that says how many threads there are at most."""


def cores() -> int:
    """How many threads can run at once here, and may, in this container too; E315 where that is said in no number."""
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    here = min(here, quota.allowed() or here)
    limit = os.environ.get(LIMIT, "")
    if not limit:
        return here
    if not (limit.isascii() and limit.isdecimal() and len(limit) < 9 and int(limit)):
        raise UsageError(
            "E315",
            f"{LIMIT} is {shown(limit)}, which is no number of threads",
            "write a whole number from 1 on, or leave it unset: then every core is used",
        )
    return min(here, int(limit))


def share_out(
    pieces: Sequence[T],
    work: Callable[[int, T], None],
    threads: int,
    stop: Callable[[], None],
    told: Callable[[int], None] = lambda done: None,
) -> None:
    """``work(thread, piece)`` for each piece. ``told`` is called now and then with how many are done.

    Whatever is raised, here (Ctrl-C) or in a thread, calls ``stop``, lets the pieces that are being worked on end,
    begins no other, and is raised when all have ended.
    """
    left, lock = iter(pieces), threading.Lock()
    done, faults = [0], list[BaseException]()

    def next_piece() -> T | None:
        with lock:
            return None if faults else next(left, None)

    def run(thread: int) -> None:
        try:
            while (piece := next_piece()) is not None:
                work(thread, piece)
                done[0] += 1
        except BaseException as fault:  # it is raised again, in the thread that waits
            faults.append(fault)
            stop()
        finally:
            ended[thread].set()

    team = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(min(threads, len(pieces)))]
    ended = [threading.Event() for _ in team]  # a thread whose `join` Ctrl-C interrupts counts as ended, and runs on
    try:
        for member in team:
            member.start()
        for one in ended:
            while not one.wait(WAIT):
                told(done[0])
            told(done[0])
    except BaseException as fault:
        faults.append(fault)
        stop()
        raise
    finally:
        for member, one in zip(team, ended, strict=True):
            if member.ident is not None:
                one.wait()
    if faults:
        raise faults[0]
