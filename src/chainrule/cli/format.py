"""The command `format`: a model's text in its canonical form, comments kept."""

from __future__ import annotations

import click

from chainrule.cli.options import ascii_option, is_file, json_option, model_argument, opened
from chainrule.cli.output import page, save, say, writable, write
from chainrule.errors import UsageError, inline


@click.command(name="format", short_help="The text in its canonical form, comments kept.")
@model_argument
@click.option("-w", "--write", "into", is_flag=True, help="put it into the file instead of printing it")
@click.option("--check", is_flag=True, help="only say whether it is in this form; exit code 1 if it is not")
@ascii_option
@json_option
def format_(model: str, into: bool, check: bool, ascii: bool, as_json: bool) -> None:
    """A model's text in its canonical form: the same model, written the same way by everyone.

    \b
    chainrule format my.eq          print it
    chainrule format -w my.eq       put it into the file
    chainrule format --check my.eq  exit code 1 if it would change
    """
    file = model if is_file(model) else None
    if into and file is None:
        raise UsageError("E451", f"{inline(model)} is no file", "give a file of equations, or leave out -w")
    network = opened(model)
    text = network.formatted(ascii=ascii)
    same = text == network.text
    if into and not same and file is not None:
        writable(file)
        save(file, text)
    if as_json:
        write({"text": text, "same": same, "file": file if into else None})
    elif check or into:
        page([f"{inline(model)} {said(same, into)}"], ascii)
    else:
        say(text, end="")
    if check and not same:
        raise SystemExit(1)


def said(same: bool, into: bool) -> str:
    if same:
        return "is in its canonical form"
    return "is in its canonical form now" if into else "is not in its canonical form"
