"""The command `new`: a text to begin with, by three questions or by options."""

from __future__ import annotations

import click

from chainrule.cli.options import ascii_option, json_option
from chainrule.cli.output import page, save, say, writable, write
from chainrule.errors import UsageError, inline


@click.command(short_help="A text to begin with: three questions, or options.")
@click.option("--inputs", type=int, help="how many numbers come in", metavar="N")
@click.option("--units", metavar="N,…", help="units of each hidden layer, such as 3 or 4,3; 0 for none")
@click.option("--outputs", type=int, help="how many numbers come out, or how many classes there are", metavar="N")
@click.option("--activation", default="tanh", show_default=True, help="of the hidden layers: tanh, sigmoid, relu, …")
@click.option(
    "--output", "kind", type=click.Choice(["squared", "binary", "classes"]), default="squared", show_default=True,
    help="what comes out: numbers, probabilities of 1, or probabilities of classes",
)  # fmt: skip
@click.option("-o", "--out", metavar="FILE", help="write the text into a file instead of printing it")
@ascii_option
@json_option
def new(
    inputs: int | None, units: str | None, outputs: int | None, activation: str, kind: str, out: str | None,
    ascii: bool, as_json: bool,
) -> None:  # fmt: skip
    """The text of a network of layers, to be changed.

    \b
    chainrule new -o net.eq                                  asks three questions
    chainrule new --inputs 2 --units 3 --outputs 1 -o net.eq    then: chainrule explain net.eq --data points.csv
    """
    from chainrule.api.written import mlp_text
    from chainrule.notation.plain import ascii_text

    if out is not None:
        writable(out)
    inputs = asked("How many numbers come in?", 2) if inputs is None else inputs
    units = str(asked("How many hidden units?", 3)) if units is None else units
    outputs = asked("How many numbers come out?", 1) if outputs is None else outputs
    text = mlp_text([inputs, *hidden(units), outputs], activation, kind)
    text = ascii_text(text) if ascii else text
    if out is not None:
        save(out, text)
    if as_json:
        write({"text": text, "file": out})
    elif out is None:
        say(text, end="")
    else:
        page([f"the text is in {inline(out)}; to see it learn: chainrule explain {inline(out)} --data FILE"], ascii)


def asked(question: str, usual: int) -> int:
    """The answer to a question; the usual one where nobody answers."""
    import sys

    if not sys.stdin.isatty():
        return usual
    found: int = click.prompt(question, type=int, default=usual, err=True)
    return found


def hidden(units: str) -> list[int]:
    """The sizes of the hidden layers."""
    try:
        found = [int(one) for one in units.split(",")]
    except ValueError:
        problem = f"{inline(units)} are no sizes of layers"
        raise UsageError("E063", problem, "write whole numbers: --units 4,3") from None
    return [] if found == [0] else found
