"""The group of commands: whatever goes wrong in one becomes a drawn error, or JSON, and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from difflib import get_close_matches
from itertools import pairwise
from typing import Any, NoReturn

import click

from chainrule.cli.output import say, write
from chainrule.cli.streams import BROKEN, FAILED
from chainrule.errors import ChainruleError, UsageError
from chainrule.expr.limits import limits

ORDER = ("explain", "derive", "check", "train", "plot", "eval", "examples")
"""The commands in the order of their use; others follow by name."""


class Commands(click.Group):
    """The commands, and what is said where one ends in an error."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Every command takes ``--limit``: any of them may meet one."""
        cmd.params.append(
            click.Option(
                ["--limit"], multiple=True, metavar="NAME=N", expose_value=False, is_eager=True, callback=limited,
                help="accept more of something than is accepted unasked, such as depth=300; may be repeated",
            )
        )  # fmt: skip
        super().add_command(cmd, name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self.commands, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchOption:
            raise
        except click.UsageError:
            raise no_command(args[0], self.list_commands(ctx)) from None

    def main(  # type: ignore[override]
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> Any:
        """Run one command line to its end and exit; an error of any kind but a fault of our own is drawn."""
        given = list(sys.argv[1:] if args is None else args)
        try:
            sys.exit(super().main(given, prog_name, **{**extra, "standalone_mode": False}))
        except ChainruleError as error:
            refuse(error, given)
        except click.ClickException as error:
            refuse(ours(error), given)
        except (KeyboardInterrupt, click.Abort):
            say("interrupted", err=True)
            sys.exit(130)


def limited(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> None:
    """The limits as they are raised for the rest of a command."""
    values: dict[str, int] = {}
    for text in given:
        name, equals, value = text.partition("=")
        digits = value.strip().replace("_", "")
        if not equals or not (digits.isascii() and digits.isdecimal()):
            raise UsageError("E265", f"--limit {text} is not NAME=N", "write for example --limit depth=300")
        values[name.strip()] = int(digits[:30])
    context.with_resource(limits(**values))


def refuse(error: ChainruleError, given: Sequence[str]) -> NoReturn:
    """Say what is wrong as people read it or, where JSON was asked for, as JSON; exit code 2, or 3 for a stream."""
    code = FAILED if error.code in BROKEN else 2
    if error.code not in BROKEN and wants_json(given):
        try:
            write({"error": error.as_json()})
            sys.exit(code)
        except ChainruleError as fault:  # standard output fails too
            error, code = fault, FAILED
    say(str(error), err=True)
    sys.exit(code)


def wants_json(given: Sequence[str]) -> bool:
    """Whether JSON was asked for, in whatever command."""
    return "--json" in given or "--format=json" in given or ("--format", "json") in pairwise(given)


def no_command(name: str, known: Sequence[str]) -> UsageError:
    """The error for a command that is none."""
    near = get_close_matches(name, known, n=1)
    if near:
        help = f"did you mean `chainrule {near[0]}`?"
    elif "." in name:
        help = f"say what to do with the model, for example `chainrule explain {name}`"
    else:
        help = f"the commands are {', '.join(known)}; `chainrule --help` says what each does"
    return UsageError("E450", f"there is no command {name}", help)


def ours(error: click.ClickException) -> UsageError:
    """An error of click as one of ours: the same code, problem and help for people and for JSON."""
    path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx is not None else "chainrule"
    more = f"`{path} --help` lists what it takes"
    match error:
        case click.NoSuchOption():
            near = f"did you mean {error.possibilities[0]}? " if error.possibilities else ""
            return UsageError("E460", f"`{path}` has no option {error.option_name}", near + more)
        case click.MissingParameter():
            name = error.param.make_metavar(error.ctx) if error.param and error.ctx else "a value"
            help = f"for example `{path} identity`; `chainrule examples` lists what comes with the package"
            return UsageError("E461", f"`{path}` needs {name}", help)
        case click.BadOptionUsage():
            return UsageError("E461", f"{error.option_name} needs a value", more)
        case click.BadParameter(param=click.Parameter(type=click.Choice(choices=choices), opts=[option, *_])):
            return UsageError("E462", f"{option} takes one of {', '.join(map(str, choices))}", more)
    text = error.format_message().rstrip(".")
    return UsageError("E463", f"`{path}`: {text[:1].lower()}{text[1:]}", more)
