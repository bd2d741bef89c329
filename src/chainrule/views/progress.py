"""A bar for long work, drawn by rich on the error stream, so that what is written stays clean."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE = 0.5
"""Seconds before a bar appears: shorter work needs none."""


@contextmanager
def progress_bar(total: int) -> Iterator[Callable[[int, int], None]]:
    """A function to be told (steps done, steps in all); the bar appears once the work takes longer than PATIENCE."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("training"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=Console(stderr=True, markup=False), transient=True,
    )  # fmt: skip
    task = bar.add_task("training", total=total)
    begun = time.monotonic()
    shown = False

    def report(done: int, of: int) -> None:
        nonlocal shown
        if not shown and time.monotonic() - begun > PATIENCE:
            bar.start()
            shown = True
        bar.update(task, completed=done, total=of)

    try:
        yield report
    finally:
        if shown:
            bar.stop()
