"""What a command found → text for people, or JSON for machines."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from chainrule.explain import Story
    from chainrule.views.layout import Block

WIDE = 100
"""Columns of what is written to a file or a pipe; on a terminal its own."""

UNSEEN = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""What a terminal may obey or hide; JSON leaves these as they are, unlike the other control characters."""


def write(value: Any) -> None:
    """JSON, with every control character escaped."""
    import json

    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
    click.echo(UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def save(path: str, text: str) -> None:
    """A text into a file, whole or not at all."""
    from pathlib import Path

    from chainrule.train.disk import write_all

    write_all({Path(path): text.encode("utf-8", "backslashreplace")})


def writable(path: str) -> None:
    """Nothing, or the error that a file cannot be written: asked before long work."""
    from pathlib import Path

    from chainrule.train.disk import ready

    ready(Path(path))


def on_terminal() -> bool:
    """Whether colour is welcome: a terminal that can show it, and no NO_COLOR."""
    import os

    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def columns() -> int:
    """How wide a line may be."""
    import shutil

    return max(40, shutil.get_terminal_size((WIDE, 24)).columns) if sys.stdout.isatty() else WIDE


def page(blocks: Iterable[Block], ascii: bool = False) -> None:
    """Blocks for people: tables are rich's on a terminal."""
    from chainrule.views.layout import render

    click.echo(render(blocks, terminal=on_terminal() and not ascii, columns=columns(), ascii=ascii))


def told(story: Story, ascii: bool) -> str:
    """The story with the picture of its curve."""
    from chainrule.views.terminal import draw

    wide = min(columns(), WIDE)
    drawn = draw(story.curve, width=min(78, wide), ascii=ascii) if story.curve is not None else ""
    return story.text(ascii=ascii, colour=on_terminal(), width=wide, drawn=drawn)


@contextmanager
def bar(steps: int, quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on the error stream, if that is a terminal and the work is long; nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from chainrule.views.progress import progress_bar

    with progress_bar(steps) as report:
        yield report
