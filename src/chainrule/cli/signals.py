"""Signals that ask the process to end → the same as Ctrl-C, so that what was done is saved; and their exit codes."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from chainrule.errors import inline

HEARD: list[int] = []
"""The numbers of the signals that came, in order."""


@contextmanager
def heard() -> Iterator[None]:
    """SIGTERM and SIGHUP interrupt the block as Ctrl-C does. One that is ignored, as under nohup, stays so."""
    before = {}
    for number in (signal.SIGTERM, signal.SIGHUP) if hasattr(signal, "SIGHUP") else (signal.SIGTERM,):
        if signal.getsignal(number) == signal.SIG_DFL:
            before[number] = signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def interrupt(number: int, _: object) -> None:
    """What a signal does."""
    HEARD.append(number)
    raise KeyboardInterrupt


def deaf() -> None:
    """From here on Ctrl-C changes nothing: the last words are said."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def code() -> int:
    """The exit code of what was interrupted, as shells have it: 130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP."""
    return 128 + (HEARD[-1] if HEARD else int(signal.SIGINT))


def left() -> list[str]:
    """What to say of journals that were begun and not saved: their names, and the commands that go on."""
    journal = sys.modules.get("chainrule.train.journal")  # not loaded, no training was begun
    paths = [path for path in sorted(journal.LEFT) if path.exists()] if journal else []
    return [
        f"nothing is lost: {inline(path)} holds what was done\nto go on: {journal.command(path)}"
        for path in paths
        if journal
    ]
