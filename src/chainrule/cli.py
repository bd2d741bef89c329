"""The command line: reads arguments, calls one method of the face, writes.

Nothing heavy is imported before a command needs it, so that ``--help`` answers at once. Exit codes: 0 done, 2 the input
is not possible (the error is drawn, or with --json printed as JSON), 130 interrupted.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from chainrule.errors import ChainruleError, UsageError

if TYPE_CHECKING:
    from chainrule.api import Model, Run, Story

FIRST = """\
chainrule: write a network as mathematics, see why it learns.

Try first:
  chainrule explain identity          one neuron: its derivation, its training, and why it learns what it learns
  chainrule derive xor --wrt a1       back-propagation through a hidden unit, line by line
  chainrule eval mazur                every value and every gradient of a network worked by hand
  chainrule train growth --steps 200  a curve through measured points
  chainrule examples                  all the networks that come with the package
  chainrule --help                    every command

A model is a text file of equations (name.eq); `chainrule examples identity` prints one to begin with.
"""


class Commands(click.Group):
    """The commands; a mistyped one is answered with the nearest."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.list_commands(ctx), n=1)
            if near:
                help = f"did you mean `chainrule {near[0]}`?"
            elif args[0].endswith(".eq"):
                help = f"say what to do with the model: `chainrule explain {args[0]}`"
            else:
                help = "the commands are " + ", ".join(self.list_commands(ctx)) + "; see chainrule --help"
            raise click.ClickException(str(UsageError("E450", f"there is no command {args[0]}", help))) from None


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="chainrule", prog_name="chainrule")
@click.pass_context
def cli(context: click.Context) -> None:
    """Write a network as mathematics. See why it learns.

    MODEL is a file of equations (a name with a dot or a slash), - for standard input, or the name of an example.
    """
    if context.invoked_subcommand is None:
        click.echo(FIRST, nl=False)


def numbers_option(name: str, help: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """An option NAME=VALUE that may be given many times."""
    return click.option(name, multiple=True, metavar="NAME=VALUE", help=help)


model_argument = click.argument("model")
data_option = click.option("--data", metavar="FILE", help="a CSV or JSON file of patterns")
set_option = numbers_option("--set", "the value of a const, e.g. --set α=0.5 (or alpha=0.5)")
start_option = click.option(
    "--start", multiple=True, metavar="NAME=VALUE|FILE", help="the start of a weight (w=0.5), or a JSON file of starts"
)
seed_option = click.option("--seed", type=int, default=0, show_default=True, help="for random starts and orders")
json_option = click.option("--json", "as_json", is_flag=True, help="print JSON")
ascii_option = click.option("--ascii", is_flag=True, help="write only ASCII characters")


@cli.command()
@model_argument
@data_option
@set_option
@start_option
@click.option("--steps", type=int, default=1000, show_default=True, help="steps of the training that is explained")
@click.option("--batch", default="each", show_default=True, help="each | all | shuffled | a number | @file of rows")
@click.option("--rate", type=float, help="the learning rate")
@click.option("--hold", multiple=True, metavar="NAME", help="a weight that is not trained")
@click.option("--claim", multiple=True, metavar="ID", help="show only this claim, in full")
@seed_option
@ascii_option
@json_option
def explain(
    model: str, data: str | None, set: tuple[str, ...], start: tuple[str, ...], steps: int, batch: str,
    rate: float | None, hold: tuple[str, ...], claim: tuple[str, ...], seed: int, ascii: bool, as_json: bool,
) -> None:  # fmt: skip
    """The whole story: derivation, training and explanations that were tested."""
    with drawn(as_json):
        network = opened(model)
        run = trained(network, data, set, start, steps, batch, rate, hold, seed, quiet=as_json)
        story = network.explain(run, claims=claim or None)
        write(story.json(), lambda: page([told(story, ascii)]), as_json)


@cli.command()
@model_argument
@click.option("--wrt", metavar="NAME", help="the weight; all of them if none is named")
@click.option("--of", metavar="NAME", help="the quantity that is differentiated, if not the error")
@click.option("--detail", default="normal", show_default=True, help="brief | normal | full | substituted")
@click.option("--format", "form", type=click.Choice(["text", "latex", "json"]), default="text", show_default=True)
@click.option("--strict", is_flag=True, help="tell d (everything follows) from ∂ (all else held) in print")
@ascii_option
@json_option
def derive(
    model: str, wrt: str | None, of: str | None, detail: str, form: str, strict: bool, ascii: bool, as_json: bool
) -> None:
    """Back-propagation line by line: the rule named, every line checked numerically."""
    with drawn(as_json or form == "json"):
        network = opened(model)
        derivations = [network.derive(name, detail=detail, of=of) for name in ([wrt] if wrt else network.weights)]
        if as_json or form == "json":
            shapes = [derivation.json() for derivation in derivations]
            write(shapes[0] if wrt else shapes, None)
        elif form == "latex":
            click.echo("\n\n".join(derivation.latex() for derivation in derivations))
        else:
            click.echo("\n\n".join(derivation.text(ascii=ascii, strict=strict) for derivation in derivations))


@cli.command()
@model_argument
@data_option
@set_option
@start_option
@click.option("--steps", type=int, default=1000, show_default=True, help="updates of the weights")
@click.option("--batch", default="each", show_default=True, help="each | all | shuffled | a number | @file of rows")
@click.option("--rate", type=float, help="the learning rate, instead of the text's")
@click.option("--hold", multiple=True, metavar="NAME", help="a weight that is not trained")
@click.option("--record", type=int, default=1, show_default=True, help="keep every n-th step")
@click.option("--out", metavar="FILE", help="write the run: .csv, .json or .npz")
@click.option("--verify", metavar="RUN", help="recompute a saved run and compare every bit")
@seed_option
@json_option
def train(
    model: str, data: str | None, set: tuple[str, ...], start: tuple[str, ...], steps: int, batch: str,
    rate: float | None, hold: tuple[str, ...], record: int, out: str | None, verify: str | None, seed: int,
    as_json: bool,
) -> None:  # fmt: skip
    """Gradient descent, every value of every step at hand."""
    with drawn(as_json):
        network = opened(model)
        if verify is not None:
            from chainrule.api import load_run
            from chainrule.views.tables import verification

            run = load_run(verify)
            found = run.verify()
            shape = {"verified": found.same, "sha256": found.recomputed, "differs": found.differs or None}
            write(shape, lambda: page(verification(run, found)), as_json)
            raise SystemExit(0 if found.same else 1)
        run = trained(network, data, set, start, steps, batch, rate, hold, seed, record, quiet=as_json)
        if out is not None:
            run.save(out)
        from chainrule.views.tables import training

        write({**run.json(), "trace_file": out}, lambda: page(training(run, out)), as_json)
        if run.ended == "interrupted":
            raise SystemExit(130)


@cli.command(name="eval")
@model_argument
@data_option
@set_option
@start_option
@click.option("--of", metavar="NAME", help="differentiate this quantity instead of the goal")
@click.option("--second", is_flag=True, help="second derivatives too")
@seed_option
@json_option
def evaluate(
    model: str, data: str | None, set: tuple[str, ...], start: tuple[str, ...], of: str | None, second: bool,
    seed: int, as_json: bool,
) -> None:  # fmt: skip
    """Values and gradients at the start, pattern by pattern."""
    with drawn(as_json):
        network = opened(model)
        found = network.evaluate(
            weights=starts(start), data=data, consts=assignments(set, "--set"), of=of, second=second, seed=seed
        )
        from chainrule.views.tables import evaluation

        write(found.json(), lambda: page(evaluation(found, network.varying)), as_json)


@cli.command()
@click.argument("name", required=False)
@json_option
def examples(name: str | None, as_json: bool) -> None:
    """The networks that come with the package, or the text of one."""
    with drawn(as_json):
        from chainrule import api

        if name is None:
            listed = api.listed()
            lines = [f"{name:15} {about}" for name, about in listed.items()]
            write(listed, lambda: page([*lines, "", "chainrule examples NAME prints the text of one."]), as_json)
        else:
            text = api.example(name).text
            write({"name": name, "text": text}, lambda: click.echo(text, nl=False), as_json)


def opened(name: str) -> Model:
    """The model an argument names: - is standard input, a dot or a slash makes it a file, else it is an example."""
    from chainrule import api

    if name == "-":
        return api.Model(sys.stdin.read(), name="<stdin>")
    if any(mark in name for mark in "./\\"):
        return api.load(name)
    return api.example(name)


def trained(
    network: Model, data: str | None, set: tuple[str, ...], start: tuple[str, ...], steps: int, batch: str,
    rate: float | None, hold: tuple[str, ...], seed: int, record: int = 1, *, quiet: bool,
) -> Run:  # fmt: skip
    """A training with the options of the command line; on a terminal a bar is drawn when it takes long."""
    with bar(steps, quiet) as progress:
        return network.train(
            data=data, rate=rate, steps=steps, batch=visiting(batch), start=starts(start), hold=hold,
            consts=assignments(set, "--set"), seed=seed, record=record, progress=progress,
        )  # fmt: skip


def visiting(batch: str) -> Any:
    """The argument of --batch as the face takes it."""
    if batch.startswith("@"):
        return json_file(batch[1:])
    return int(batch) if batch.isascii() and batch.isdigit() else batch


def assignments(given: tuple[str, ...], option: str) -> dict[str, float] | None:
    """``("α=0.5",)`` → ``{"α": 0.5}``."""
    found = dict(assignment(text, option) for text in given)
    return found or None


def assignment(text: str, option: str) -> tuple[str, float]:
    """One NAME=VALUE."""
    name, equals, value = text.partition("=")
    try:
        if not (name.strip() and equals) or "_" in value:
            raise ValueError
        return name.strip(), float(value)
    except ValueError:
        raise UsageError("E451", f"{option} {text} is not NAME=NUMBER", f"write for example {option} w=0.5") from None


def starts(given: tuple[str, ...]) -> Any:
    """The starts of --start: NAME=VALUE, NAME=@file.json, or one JSON file with all of them."""
    found: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            whole = json_file(text)
            if not isinstance(whole, dict):
                raise UsageError("E451", f"{text} holds no starts", 'a start file is JSON like {"w": 0.5, "b": 0}')
            found.update(whole)
        elif value.startswith("@"):
            found[name.strip()] = json_file(value[1:])
        else:
            name, number = assignment(text, "--start")
            found[name] = number
    return found or None


def json_file(path: str) -> Any:
    """What stands in a JSON file."""
    from pathlib import Path

    from chainrule.data import jsonfile

    try:
        return jsonfile.read(Path(path))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError("E457", f"{path} cannot be read: {why}", "give the path of a JSON file") from None


@contextmanager
def drawn(as_json: bool) -> Iterator[None]:
    """Errors of the package become a drawn message, or JSON, and exit code 2; anything else is a fault and shows."""
    try:
        yield
    except ChainruleError as error:
        if as_json:
            write({"error": error.as_json()}, None)
        else:
            click.echo(str(error), err=True)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        raise SystemExit(130) from None


def write(value: Any, people: Callable[[], None] | None, as_json: bool = True) -> None:
    """JSON for machines, or what people read."""
    if people is not None and not (as_json and value is not None):
        people()
        return
    import json

    click.echo(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False))


def on_terminal() -> bool:
    """Whether colour is welcome: a terminal that does not say NO_COLOR."""
    import os

    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def page(blocks: Any) -> None:
    """Blocks for people: tables are rich's on a terminal."""
    from chainrule.views.tables import render

    click.echo(render([blocks] if isinstance(blocks, str) else blocks, terminal=on_terminal()))


def told(story: Story, ascii: bool) -> str:
    """The story with the picture of its curve."""
    from chainrule.views.terminal import draw

    drawn = draw(story.curve, ascii=ascii) if story.curve is not None else ""
    return story.text(ascii=ascii, colour=on_terminal(), drawn=drawn)


@contextmanager
def bar(steps: int, quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on a terminal, from the second half-second on; nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from chainrule.views.progress import progress_bar

    with progress_bar(steps) as report:
        yield report


def main() -> None:
    """The command `chainrule`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    cli(prog_name="chainrule")


__all__ = ["cli", "main"]

if __name__ == "__main__":
    main()

