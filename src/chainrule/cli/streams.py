"""The standard streams of the command → streams that take every character, and whose faults are errors of their own.

A character that the encoding of a stream lacks is written in its ASCII form. A reader that left ends the command
quietly, as it ends any other; a full disk or a closed stream is an error with an exit code of its own.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from chainrule.errors import UsageError

FAILED = 3
"""The exit code where a stream is closed, full or cannot be read."""

LEFT = 141
"""The exit code where the reader of the output left: what a shell says of a program that SIGPIPE ended."""

BROKEN = ("E470", "E471")
"""The codes of errors about streams."""

FORM = "chainrule"
"""Under this name Python's encoders know the ASCII form of what an encoding lacks."""


def put_on() -> None:
    """Let the command write to streams of its own; the error E470 if there is nothing to write to."""
    occupy()
    closed = sys.stdout is None  # so Python says it of a stream that was closed before it began
    sys.stdout = Paper(sys.stdout)
    sys.stderr = Paper(sys.stderr, quiet=True)
    if closed:
        raise unwritable("it is closed")


def shown(fault: UnicodeError) -> tuple[str, int]:
    """What stands for the characters that an encoding lacks."""
    if not isinstance(fault, UnicodeEncodeError):
        raise fault
    from chainrule.notation.plain import replaced  # seldom needed, and all of the notation comes with it

    return replaced(fault.object, fault.start, fault.end), fault.end


def occupy() -> None:
    """Let no file that is opened later take the place of a standard stream that is closed."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            with suppress(OSError):
                os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free: this one


def unwritable(why: str) -> UsageError:
    """The error about standard output."""
    help = "send it somewhere else: to a file with > FILE on a disk with room, or to nowhere with > /dev/null"
    return UsageError("E470", f"standard output cannot be written to: {why}", help)


def standard_input() -> io.BufferedIOBase:
    """Standard input as bytes, or the error E471."""
    if sys.stdin is None or sys.stdin.closed:
        raise unreadable("it is closed")
    return sys.stdin.buffer  # type: ignore[return-value]


def unreadable(why: str) -> UsageError:
    """The error about standard input."""
    return UsageError("E471", f"standard input cannot be read: {why}", "give the model with < FILE, or by its name")


codecs.register_error(FORM, shown)


def fit(text: str, stream: TextIO | None = None) -> str:
    """A text as standard output, or another stream, can show it.

    >>> fit("ŷ")
    'ŷ'
    """
    encoding = (stream or sys.stdout).encoding or "utf-8"
    return text.encode(encoding, FORM).decode(encoding)


class Paper(io.TextIOBase):
    """A stream that is written to; a ``quiet`` one says nothing of its own faults: there is no one left to tell."""

    def __init__(self, stream: TextIO | None, quiet: bool = False) -> None:
        self.stream = stream
        self.quiet = quiet
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=FORM)

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return (self.stream and self.stream.encoding) or "utf-8"

    @property
    def errors(self) -> str:  # type: ignore[override]
        return FORM

    def isatty(self) -> bool:
        return self.stream is not None and self.stream.isatty()

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        if self.stream is None:
            raise io.UnsupportedOperation("fileno")
        return self.stream.fileno()

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError("a text is written here, no bytes")
        with self.faults():
            if self.stream is not None and text:  # click asks by an empty text whether bytes are wanted here
                self.stream.write(text)
        return len(text)

    def flush(self) -> None:
        with self.faults():
            if self.stream is not None:
                self.stream.flush()

    @contextmanager
    def faults(self) -> Iterator[None]:
        """What goes wrong, once: afterwards nothing is written here any more."""
        try:
            yield
        except (OSError, ValueError) as fault:  # a ValueError: the stream was closed meanwhile
            self.drop()
            if self.quiet:
                return
            if isinstance(fault, OSError) and fault.errno in (errno.EPIPE, errno.EINVAL):  # EINVAL: so Windows says it
                raise SystemExit(LEFT) from None
            raise unwritable((getattr(fault, "strerror", None) or str(fault)).lower()) from None

    def drop(self) -> None:
        """Let what still waits in the stream go nowhere, or Python would try again to write it when it ends."""
        stream, self.stream = self.stream, None
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno() if stream is not None else nowhere)
            os.close(nowhere)
