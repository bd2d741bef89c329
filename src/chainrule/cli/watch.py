"""A command that does its work again at each save of a file."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from chainrule.cli.options import is_file
from chainrule.cli.output import complain, on_terminal, warn
from chainrule.errors import ChainruleError, UsageError, inline

if TYPE_CHECKING:
    from pathlib import Path

LOOK = 0.2
"""Seconds from one look at the file to the next: a person does not see it."""


def watching(model: str, work: Callable[[], None]) -> None:
    """Do the work, and again whenever the file is saved, until Ctrl-C. An error of the text is drawn and waited out."""
    if not is_file(model):
        raise UsageError("E451", f"{inline(model)} is no file that could be watched", "give a file: --watch my.eq")
    from pathlib import Path

    path, seen = Path(model), None
    try:
        while True:
            if (now := state(path)) != seen:
                seen = now
                if on_terminal():
                    click.clear()
                try:
                    work()
                except ChainruleError as error:
                    complain(error)
                warn(f"watching {inline(model)}: it is done again at each save; Ctrl-C ends it")
            time.sleep(LOOK)
    except KeyboardInterrupt:
        return


def state(path: Path) -> tuple[int, int, int] | None:
    """What changes when a file is saved; None where there is none, as for a moment while an editor replaces it."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
