"""The command `code`: a training as the text of a program in another language."""

from __future__ import annotations

from typing import Any

import click

from chainrule.cli.options import (
    Whole,
    ascii_option,
    assignments,
    json_option,
    model_argument,
    opened,
    ruled,
    seed_option,
    starts,
    training_options,
    visiting,
)
from chainrule.cli.output import page, save, say, writable, write
from chainrule.errors import UsageError, inline

RUN = {
    "numpy": "python {0}",
    "torch": "python {0}",
    "jax": "python {0}",
    "c": "cc -O2 -ffp-contract=off {0} -o train -lm && ./train",
    "javascript": "node {0}",
    "spreadsheet": "open {0} with LibreOffice Calc or Excel",
    "latex": "pdflatex {0}",
    "notebook": "jupyter lab {0}",
}
"""Language → how a program in it is run."""


@click.command(short_help="A training as a program in another language.")
@model_argument
@training_options
@click.option(
    "--to", "language", type=click.Choice(list(RUN)), default="javascript", show_default=True,
    help="the language of the program",
)  # fmt: skip
@click.option(
    "--exact", is_flag=True, help="chainrule's own functions: the same bits after every step (numpy, c, javascript)",
)  # fmt: skip
@click.option(
    "--record", type=Whole(), default=1, show_default=True, metavar="N",
    help="have the program print the goal of every N-th step; 1 prints none",
)  # fmt: skip
@click.option("-o", "--out", metavar="FILE", help="write the program into a file instead of printing it")
@seed_option
@ascii_option
@json_option
def code(
    model: str, data: dict[str, Any], set: tuple[str, ...], start: tuple[str, ...], steps: int, batch: str | None,
    rate: float | None, update: str | None, hold: tuple[str, ...], language: str, exact: bool, record: int,
    out: str | None, seed: int, ascii: bool, as_json: bool,
) -> None:  # fmt: skip
    """A training as one file in another language, for people to read: it trains and prints each weight.

    \b
    chainrule code xor --to numpy -o xor.py         then: python xor.py
    chainrule code my.eq --to torch --data points.csv --steps 500 --batch shuffled -o net.py
    chainrule code xor --to c --exact -o xor.c    the same bits after every step
    """
    from chainrule.notation.plain import ascii_text

    network = opened(model)
    if out is not None:
        writable(out)
    text = network.code(
        language, exact=exact, **data, steps=steps, batch=visiting(batch), rate=rate, update=ruled(update), hold=hold,
        seed=seed, record=record, start=starts(start), consts=assignments(set),
    )  # fmt: skip
    if isinstance(text, bytes):
        if out is None:
            problem = "a spreadsheet is no text, so it cannot be printed"
            raise UsageError("E061", problem, "name a file for it: -o net.xlsx")
        save(out, text)
        text = ""
    text = ascii_text(text) if ascii and language != "notebook" else text
    if out is not None and text:
        save(out, text)
    if as_json:
        write({"language": language, "program": text, "file": out})
    elif out is None:
        say(text, end="")
    else:
        page([f"the program is in {inline(out)}; to run it: {RUN[language].replace('{0}', inline(out))}"], ascii)
