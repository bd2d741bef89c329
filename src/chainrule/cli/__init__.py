"""The command line: reads arguments, calls one method of the face, writes.

Nothing heavy is imported before a command needs it, so that ``--help`` answers at once. Exit codes: 0 done, 1 a
verified run differs or a checked line is not right, 2 the input is not possible (the error is drawn, or with --json
printed as JSON), 3 a file or a standard stream cannot be written, 4 a fault of the package, 130 interrupted (143 by
SIGTERM, 129 by SIGHUP), 141 the reader of the output left.
"""

from __future__ import annotations

import os
import sys

from chainrule.cli import streams
from chainrule.cli.code import code
from chainrule.cli.commands import cli
from chainrule.cli.completion import ASKED, completion
from chainrule.cli.derive import derive
from chainrule.cli.devices import devices
from chainrule.cli.format import format_
from chainrule.cli.group import refuse
from chainrule.cli.map import map_
from chainrule.cli.map_zoom import zoom
from chainrule.cli.new import new
from chainrule.cli.page import page
from chainrule.cli.plot import plot
from chainrule.cli.resume import resume
from chainrule.errors import UsageError

cli.add_command(code)
cli.add_command(completion)
cli.add_command(derive)
cli.add_command(devices)
cli.add_command(format_)
cli.add_command(map_)
map_.add_command(zoom)
cli.add_command(new)
cli.add_command(page)
cli.add_command(plot)
cli.add_command(resume)


def main() -> None:
    """The command `chainrule`."""
    try:
        if ASKED not in os.environ:  # a shell that completes is answered in bytes
            streams.put_on()
    except UsageError as error:
        refuse(error, sys.argv[1:])
    cli(prog_name="chainrule")


__all__ = ["cli", "main"]
