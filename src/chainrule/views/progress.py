"""A bar for long work, drawn by rich on the error stream, so that what is written stays clean."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

PATIENCE = 0.5
"""Seconds before a bar appears: shorter work needs none, and does not wait for rich to be loaded."""


@contextmanager
def progress_bar(total: int, patience: float = PATIENCE) -> Iterator[Callable[[int, int], None]]:
    """A function to be told (steps done, steps in all); the bar appears when the work has taken ``patience``."""
    begun: float | None = None  # the first report: what came before, such as reading the data, is no training
    bar: Progress | None = None

    def report(done: int, of: int) -> None:
        nonlocal bar, begun
        begun = time.monotonic() if begun is None else begun
        if bar is None and done < of and time.monotonic() - begun > patience:
            bar = rich_bar(total)
            bar.start()
        if bar is not None:
            bar.update(bar.task_ids[0], completed=done, total=of)

    try:
        yield report
    finally:
        if bar is not None:
            bar.stop()


def rich_bar(total: int) -> Progress:
    """rich's bar for so many steps; it leaves nothing behind when it ends."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    size = shutil.get_terminal_size((80, 24))  # rich would stop at COLUMNS=²
    bar = Progress(
        TextColumn("training"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=Console(stderr=True, markup=False, width=size.columns, height=size.lines), transient=True,
    )  # fmt: skip
    bar.add_task("training", total=total)
    return bar
