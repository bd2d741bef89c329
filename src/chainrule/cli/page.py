"""The command `page`: a training as a file for the browser."""

from __future__ import annotations

from typing import Any

import click

from chainrule.cli.options import (
    ascii_option,
    assignments,
    json_option,
    model_argument,
    opened,
    ruled,
    seed_option,
    several,
    starts,
    training_options,
    visiting,
)
from chainrule.cli.output import page as said
from chainrule.cli.output import write
from chainrule.errors import inline


@click.command(short_help="A page for the browser that trains the network step by step.")
@model_argument
@training_options
@click.option("-o", "--out", metavar="FILE", help="where it is written; without it MODEL.html")
@click.option(
    "--questions/--no-questions", default=None,
    help="answer the questions in the page; without it they are answered for networks of up to 100 weights",
)  # fmt: skip
@click.option("--options", metavar="FILE", help="a teacher's options (TOML): what opens, what is hidden, what is asked")
@click.option("--strings", metavar="LANGUAGE|FILE", help="the sentences of the page: de, es, or a file (JSON)")
@click.option("--exercise", is_flag=True, help="hide lines of the derivation, to be filled in and handed in as a link")
@several("--axis", "AXIS", "of the map: α=geometric(0.01, 100, 96), w=linear(0, 1, 64); else found")
@seed_option
@ascii_option
@json_option
def page(
    model: str, data: dict[str, Any], set: tuple[str, ...], start: tuple[str, ...], steps: int, batch: str | None,
    rate: float | None, update: str | None, hold: tuple[str, ...], out: str | None, questions: bool | None,
    options: str | None, strings: str | None, exercise: bool, axis: tuple[str, ...], seed: int, ascii: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """One HTML file that trains the network in the browser, with the derivation alive beside it: step by step, forward
    and back, with the same numbers as Python. It loads nothing and works without a network.

    \b
    chainrule page identity
    chainrule page my.eq --data points.csv --steps 500 -o lesson.html
    """
    from pathlib import Path

    network = opened(model)
    file = network.page(
        out if out is not None else f"{Path(network.name).stem or 'network'}.html", questions=questions, **data,
        steps=steps, batch=visiting(batch), rate=rate, update=ruled(update), hold=hold, seed=seed, start=starts(start),
        consts=assignments(set), options=options, strings=strings, exercise=exercise,
        axes=axis,
    )  # fmt: skip
    missing = left_out(strings)
    if as_json:
        write({"file": str(file)} | ({"english": list(missing)} if strings else {}))
    else:
        said([f"the page is in {inline(str(file))}; open it in a browser", *told(missing)], ascii)


def left_out(strings: str | None) -> tuple[str, ...]:
    """The sentences that stay English."""
    if strings is None:
        return ()
    from chainrule.page.strings import load

    return load(strings).missing


SHOWN = 10
"""Keys that are listed."""


def told(missing: tuple[str, ...]) -> list[str]:
    """What is said of them."""
    if not missing:
        return []
    more = ", …" if len(missing) > SHOWN else ""
    return [f"{len(missing)} sentences stay English: {', '.join(missing[:SHOWN])}{more}"]
