"""The command `devices`: what computes on this machine."""

from __future__ import annotations

import click

from chainrule.cli.options import ascii_option
from chainrule.cli.output import page


@click.command(short_help="What computes here: graphics cards, and their numbers.")
@ascii_option
def devices(ascii: bool) -> None:
    """The processor and each graphics card that answers, with the numbers in which it gives the same bits.

    A card is tried before it is believed: each operation, on ordinary numbers and on edges, beside the processor.

    \b
    chainrule devices
    """
    from chainrule.views.devices import devices as listed

    page(listed(), ascii)
