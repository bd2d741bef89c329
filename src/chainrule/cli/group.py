"""The group of commands: whatever goes wrong in one becomes a drawn error, or JSON, and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NoReturn

import click

from chainrule.cli import signals
from chainrule.cli.completion import TYPED
from chainrule.cli.output import complain, warn, write
from chainrule.cli.streams import BROKEN, FAILED
from chainrule.errors import BrokenPass, ChainruleError, LimitError, RunError, UsageError
from chainrule.expr.limits import limits

ORDER = ("explain", "derive", "check", "train", "map", "plot", "eval", "examples")
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
            name, command, rest = super().resolve_command(ctx, args)
            ctx.meta[TYPED] = list(rest)
            return name, command, rest
        except click.NoSuchOption:
            raise
        except click.UsageError:
            raise no_command(args[0], self.list_commands(ctx)) from None

    def main(  # type: ignore[override]
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> Any:
        """Run one command line to its end and exit; an error of any kind is drawn, and Ctrl-C is heard."""
        given = list(sys.argv[1:] if args is None else args)
        last = signals.deaf if args is None else int  # a call from Python keeps its signals
        try:
            self.ended(given, prog_name, extra)
        except SystemExit as ended:
            if isinstance(ended.code, int) and ended.code > 128:
                last()
            raise
        except (KeyboardInterrupt, click.Abort):
            last()
            warn("\n".join(["interrupted", *signals.left()]))
            sys.exit(signals.code())

    def ended(self, given: list[str], prog_name: str | None, extra: Mapping[str, Any]) -> NoReturn:
        """Run it to its end, and draw what goes wrong."""
        try:
            sys.exit(super().main(given, prog_name, **{**extra, "standalone_mode": False}))
        except ChainruleError as error:
            refuse(error, given)
        except click.Abort:
            raise
        except click.ClickException as error:
            refuse(ours(error), given)
        except MemoryError:
            help = "give fewer patterns, letters or steps"
            refuse(LimitError("E356", "there is not enough memory for it", help), given)
        except Exception as fault:
            if os.environ.get("CHAINRULE_TRACEBACK"):
                raise
            refuse(unexpected(fault), given)


def code(error: ChainruleError) -> int:
    """The exit code of an error: 2 where the input is wrong."""
    match error:
        case BrokenPass():
            return 4
        case RunError(code="E373"):
            return signals.code()
        case RunError(code="E361" | "E605"):
            return FAILED
    return FAILED if error.code in BROKEN else 2


def unexpected(fault: Exception) -> BrokenPass:
    """A fault of the package as an error: where it was raised, and how to see more of it."""
    import traceback
    from pathlib import Path

    frame = traceback.extract_tb(fault.__traceback__)[-1]
    what = f"{type(fault).__name__} in {Path(frame.filename).name}:{frame.lineno}: {fault}"
    return BrokenPass("an unexpected fault", f"{what} (CHAINRULE_TRACEBACK=1 shows all of it)")


def limited(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> None:
    """The limits as they are raised for the rest of a command."""
    values: dict[str, int] = {}
    for text in given:
        name, equals, value = text.partition("=")
        digits = value.strip().replace("_", "")
        if not equals or not (digits.isascii() and digits.isdecimal()):
            raise UsageError("E265", f"--limit {text} is not NAME=N", "write for example --limit depth=300")
        values[name.strip()] = int(digits[:30])
    if not context.resilient_parsing:  # the root closes too where the rest of the line cannot be read
        context.find_root().with_resource(limits(**values))


def refuse(error: ChainruleError, given: Sequence[str]) -> NoReturn:
    """Say what is wrong as people read it or, where JSON was asked for, as JSON; then the exit code."""
    if error.code not in BROKEN and wants_json(given):
        try:
            write({"error": error.as_json()})
            sys.exit(code(error))
        except ChainruleError as fault:  # standard output fails too
            error = fault
    complain(error)
    sys.exit(code(error))


def wants_json(given: Sequence[str]) -> bool:
    """Whether JSON was asked for, in whatever command."""
    return "--json" in given or "--format=json" in given or ("--format", "json") in pairwise(given)


def no_command(name: str, known: Sequence[str]) -> UsageError:
    """The error for a command that is none."""
    from difflib import get_close_matches

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
            name = f"{error.param.opts[0]} {name}" if isinstance(error.param, click.Option) else name
            help = f"for example `{path} identity`; `chainrule examples` lists what comes with the package"
            return UsageError("E461", f"`{path}` needs {name}", help if name == "MODEL" else more)
        case click.BadOptionUsage():
            return UsageError("E461", f"{error.option_name} needs a value", more)
        case click.BadParameter(param=click.Parameter(type=click.Choice(choices=choices), opts=[option, *_])):
            return UsageError("E462", f"{option} takes one of {', '.join(map(str, choices))}", more)
    text = error.format_message().rstrip(".")
    return UsageError("E463", f"`{path}`: {text[:1].lower()}{text[1:]}", more)
