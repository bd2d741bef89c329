"""Signals that ask the process to end → the same as Ctrl-C, so that what was done is saved; and their exit codes."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from chainrule.errors import inline

ENDING = (signal.SIGTERM, signal.SIGHUP) if hasattr(signal, "SIGHUP") else (signal.SIGTERM,)
"""Those beside Ctrl-C that ask."""

HEARD: list[int] = []
"""The numbers of the signals that came, in order."""


@contextmanager
def heard() -> Iterator[None]:
    """SIGTERM and SIGHUP interrupt the block as Ctrl-C does. One that is ignored, as under nohup, stays so. Once one
    came, they do so until the command ends: the next must not end it before it said what is left and how to go on."""
    before = {}
    for number in (signal.SIGINT, *ENDING):
        if (handler := signal.getsignal(number)) in (signal.SIG_DFL, signal.default_int_handler):
            before[number] = handler
            signal.signal(number, interrupt)
    try:
        yield
    finally:
        if not HEARD:
            for number, handler in before.items():
                signal.signal(number, handler)


def interrupt(number: int, _: object) -> None:
    """What a signal does."""
    HEARD.append(number)
    raise KeyboardInterrupt


def deaf() -> None:
    """From here on no signal changes anything that could be heard: the last words are said."""
    for number in (signal.SIGINT, *ENDING):
        signal.signal(number, signal.SIG_IGN)


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
