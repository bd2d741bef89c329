"""The command line: reads arguments, calls one method of the face, writes.

Nothing heavy is imported before a command needs it, so that ``--help`` answers at once. Exit codes: 0 done, 1 a
verified run differs or a checked line is not right, 2 the input is not possible (the error is drawn, or with --json
printed as JSON), 130 interrupted.
"""

from __future__ import annotations

import sys

from chainrule.cli.commands import cli
from chainrule.cli.derive import derive
from chainrule.cli.plot import plot

cli.add_command(derive)
cli.add_command(plot)


def main() -> None:
    """The command `chainrule`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    cli(prog_name="chainrule")


__all__ = ["cli", "main"]
