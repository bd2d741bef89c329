"""The command `devices`: what computes on this machine."""

from __future__ import annotations

import click

from chainrule.cli.options import ascii_option, json_option
from chainrule.cli.output import page, write


@click.command(short_help="What computes here: graphics cards, and their numbers.")
@ascii_option
@json_option
def devices(ascii: bool, as_json: bool) -> None:
    """The processor and each graphics card that answers, with the numbers in which it gives the same bits.

    A card is tried before it is believed: each operation, on ordinary numbers and on edges, beside the processor.

    \b
    chainrule devices
    chainrule devices --json
    """
    from chainrule.views.devices import devices as listed
    from chainrule.views.devices import devices_json

    if as_json:
        write(devices_json())
    else:
        page(listed(), ascii)
