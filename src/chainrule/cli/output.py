"""What a command found → text for people, or JSON for machines. Nothing of the command line is written but here.

Texts for people are drawn (`errors.picture`), folded where the width is known, and written in what the stream can show.
"""

from __future__ import annotations

import codecs
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

import click

from chainrule.cli.streams import fit
from chainrule.errors import ChainruleError, draw, picture

if TYPE_CHECKING:
    from chainrule.explain import Story
    from chainrule.views.layout import Block

WIDE = 100
"""Columns of what is written to a file or a pipe, unless COLUMNS says other; on a terminal its own."""

LEAST, MOST = 20, 10_000
"""Columns that a terminal has at least and at most, whatever it says."""

PICTURE, LOW = 44, 12
"""Columns from which on there is room for a picture of characters; its lines, axes included."""

BEYOND = re.compile("[^\x00-\x7e]")


def say(text: str, end: str = "\n", err: bool = False) -> None:
    """A text for people, as it stands but for what a terminal would obey."""
    put(picture(text) + end, err)


def put(text: str, err: bool = False) -> None:
    """A text that was drawn already, as it stands; the only place from which something is written."""
    click.echo(text, nl=False, err=err)


def write(value: Any) -> None:
    """JSON: what a terminal would obey or hide is escaped, and all beyond ASCII where the stream is not UTF-8."""
    import json

    stream([json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)])


def stream(pieces: Iterable[str]) -> None:
    """The same, whose text comes in pieces."""
    whole = unicode()
    for piece in pieces:
        plain = piece.isascii() and "\x7f" not in piece
        put(piece if plain else BEYOND.sub(escaped, piece) if whole else BEYOND.sub(escaped_all, piece))
    put("\n")


def escaped(found: re.Match[str]) -> str:
    """A character of JSON, by its number if it would be drawn."""
    char = found[0]
    return char if picture(char) == char else escaped_all(found)


def escaped_all(found: re.Match[str]) -> str:
    """A character of JSON by its number."""
    import json

    return "\\u007f" if found[0] == "\x7f" else json.dumps(found[0])[1:-1]


def marked(text: str) -> None:
    """HTML or MathML, which names its own encoding, UTF-8: by references where the stream has another."""
    put(text if unicode() else text.encode("ascii", "xmlcharrefreplace").decode())


def source(text: str) -> None:
    """The text of a model, as a file that can be read again: in ASCII where the stream is not UTF-8."""
    from chainrule.notation.plain import ascii_text

    say(text if unicode() else ascii_text(text), end="")


def unicode() -> bool:
    """Whether standard output is UTF-8."""
    return codecs.lookup(sys.stdout.encoding or "utf-8").name == "utf-8"


def save(path: str, text: str | bytes) -> None:
    """A text, or bytes, into a file, whole or not at all."""
    from pathlib import Path

    from chainrule.train.disk import write_all

    content = text if isinstance(text, bytes) else text.encode("utf-8", "backslashreplace")
    write_all({Path(path): content})


def writable(path: str) -> None:
    """Nothing, or the error that a file cannot be written: asked before long work."""
    from pathlib import Path

    from chainrule.train.disk import ready

    ready(Path(path))


def on_terminal() -> bool:
    """Whether colour is welcome: a terminal that can show it, and no NO_COLOR."""
    import os

    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def complain(error: ChainruleError) -> None:
    """An error for people, folded as any text; of the line with the caret only so much is shown as has room."""
    wide = columns(sys.stderr) if measured(sys.stderr) else None
    warn(draw(error, wide, lambda text: fit(text, sys.stderr)))


def warn(text: str) -> None:
    """A text for people on the error stream."""
    say(folded(text, sys.stderr), err=True)


def columns(stream: TextIO | None = None) -> int:
    """How wide a line may be."""
    import os
    import shutil
    from contextlib import suppress

    out = stream or sys.stdout
    if not measured(out):
        return WIDE
    wide = shutil.get_terminal_size((0, 24)).columns
    if not wide:
        with suppress(OSError, ValueError):  # standard output goes elsewhere, or there is none
            wide = os.get_terminal_size(out.fileno()).columns
    return min(MOST, max(LEAST, wide or WIDE))


def measured(stream: TextIO | None = None) -> bool:
    """Whether the width is known: that of a terminal, or one that COLUMNS says."""
    import os

    return (stream or sys.stdout).isatty() or "COLUMNS" in os.environ


def folded(text: str, stream: TextIO | None = None) -> str:
    """The text with lines that are too wide broken between words, and what follows set in; words stay whole.

    In a file or a pipe, where no other width is asked for, sentences and derivations stay on their line.
    """
    if not measured(stream):
        return text
    from chainrule.views.layout import fold

    return fold(text, columns(stream))


def page(blocks: Iterable[Block], ascii: bool = False) -> None:
    """Blocks for people: tables are rich's on a terminal."""
    from chainrule.views.layout import render

    drawn = on_terminal() and not ascii and fit("─") == "─"
    put(folded(render(blocks, terminal=drawn, columns=columns(), ascii=ascii, fit=fit)) + "\n")


def tell(story: Story, ascii: bool, tests: bool = False) -> None:
    """The story with the picture of its curve, that of its rates if they were mapped, and with the tests behind its
    answers if they are asked for."""
    from chainrule.views.rates import draw_rates
    from chainrule.views.terminal import draw

    wide, room = min(columns(), WIDE), columns() >= PICTURE
    signs = ascii or fit("⣿●○■") != "⣿●○■"
    drawn = draw(story.curve, width=min(78, wide), height=LOW, ascii=signs) if story.curve is not None and room else ""
    rates = draw_rates(story, width=min(78, wide), ascii=signs) if room else ""
    drawn = "\n\n".join(filter(None, (drawn, rates)))
    put(folded(fit(story.text(ascii=ascii, colour=on_terminal(), width=wide, drawn=drawn, tests=tests))))


def over(lines: Sequence[str], before: int) -> None:
    """Lines that were drawn already on the error stream, in the place of so many that were written last."""
    up = f"\x1b[{before}A\r\x1b[J" if before else ""
    put(up + "".join(f"{line}\n" for line in lines), err=True)


def aside() -> tuple[bool, bool, int]:
    """Of the error stream: whether it is a terminal, whether standard output is one too, and how wide it is."""
    there = sys.stderr.isatty()
    return there, there and sys.stdout.isatty(), columns(sys.stderr)


def fit_aside(text: str) -> str:
    """A text as the error stream can show it."""
    return fit(text, sys.stderr)


@contextmanager
def bar(steps: int, quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on the error stream, if that is a terminal and the work is long; nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from chainrule.views.progress import progress_bar

    with progress_bar(steps) as report:
        yield report
