"""The commands: each opens a model, asks the face one thing, and writes the answer."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click

from chainrule.cli import signals
from chainrule.cli.group import Commands
from chainrule.cli.options import (
    Whole,
    ascii_option,
    assignments,
    data_options,
    json_option,
    model_argument,
    opened,
    ruled,
    seed_option,
    set_option,
    several,
    start_option,
    starts,
    training_options,
    visiting,
)
from chainrule.cli.output import bar, page, save, say, source, stream, tell, writable, write
from chainrule.cli.watch import watching
from chainrule.errors import UsageError, inline

if TYPE_CHECKING:
    from chainrule.api import Model
    from chainrule.train.run import Run

FIRST = """\
chainrule: write a network as mathematics, see why it learns.

Try first:
  chainrule explain identity          one neuron: its derivation, its training, and why it learns what it learns
  chainrule derive xor --wrt a1       back-propagation through a hidden unit, line by line
  chainrule eval mazur                every value and every gradient of a network worked by hand
  chainrule train growth --steps 200  a curve through measured points
  chainrule examples                  all the networks that come with the package
  chainrule --help                    every command

Your own network is a text file of equations. To begin with one:
  chainrule examples identity > my.eq     then change it, and: chainrule explain my.eq
"""

@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="chainrule", prog_name="chainrule")
@click.pass_context
def cli(context: click.Context) -> None:
    """Write a network as mathematics. See why it learns.

    MODEL is a file of equations (a name with a dot or a slash), - for standard input, or the name of an example.
    """
    if context.invoked_subcommand is None:
        say(FIRST, end="")


@cli.command(short_help="The whole story: derivation, training, tested answers.")
@model_argument
@training_options
@several("--claim", "ID", "show only this claim, such as steepest, step, patterns, vanish or order; may be repeated")
@click.option("--tests", is_flag=True, help="the tests behind the answers too: every claim with its numbers")
@click.option("--map", "mapped", is_flag=True, help="which rates learn, and how soon: some thousand trainings")
@click.option("--run", "saved", metavar="FILE", help="explain a saved run of this model instead of training")
@click.option("--html", "report", metavar="FILE", help="write the story as one page for a browser or a printer")
@click.option("--watch", is_flag=True, help="do it again at each save of the model's file, until Ctrl-C")
@seed_option
@ascii_option
@json_option
def explain(
    model: str, data: dict[str, Any], set: tuple[str, ...], start: tuple[str, ...], steps: int, batch: str | None,
    rate: float | None, update: str | None, hold: tuple[str, ...], claim: tuple[str, ...], tests: bool,
    mapped: bool, saved: str | None, report: str | None, watch: bool, seed: int, ascii: bool, as_json: bool,
) -> None:  # fmt: skip
    """The story of a network: the derivation of its back-propagation, its training, and answers to the questions that
    a learner asks, each tested on this network before it is shown; with --tests all of that too.

    \b
    chainrule explain identity
    chainrule explain identity --tests
    chainrule explain identity --map
    chainrule explain my.eq --data points.csv --steps 500 --batch all
    chainrule explain xor --claim decrease
    chainrule explain xor --html report.html
    chainrule explain my.eq --watch
    """

    def once() -> None:
        network = opened(model)
        if report is not None:
            writable(report)
        if saved is None:
            run = trained(network, data, set, start, steps, batch, rate, update, hold, seed, quiet=as_json)
            if watch and run.ended == "interrupted":
                raise KeyboardInterrupt  # it was meant for the watching: a training that is cut short is told otherwise
        else:
            from chainrule.train.files import load_run

            run = load_run(saved)
        story = network.explain(run, claims=claim or None, map=mapped)
        if report is not None:
            save(report, story.html(network.figure.pictures(run, map=mapped) if not claim else ()))
        if as_json:
            write(story.json())
        elif report is None:
            tell(story, ascii, tests)
        else:
            page([f"the story is in {inline(report)}"], ascii)

    if watch:
        watching(model, once)
    else:
        once()


@cli.command(short_help="Your own line: right, or what slipped.")
@model_argument
@click.argument("line", required=False)
@click.option("--link", metavar="ADDRESS", help="instead of a line: those that a learner filled in on a page")
@data_options
@set_option
@start_option
@click.option("--pattern", type=Whole(), metavar="N", help="the pattern a number is of, from 0; any if not given")
@seed_option
@ascii_option
@json_option
def check(
    model: str, line: str | None, link: str | None, data: dict[str, Any], set: tuple[str, ...], start: tuple[str, ...],
    pattern: int | None, seed: int, ascii: bool, as_json: bool,
) -> None:  # fmt: skip
    """Your own line of a calculation: a derivative, a next weight or a value, as a formula or as a number.

    Exit code 0 if it is right, 1 if not (or undecided), 2 if it cannot be read.

    \b
    chainrule check identity "∂E/∂w = (ŷ − y)·x·(1 − ŷ)·ŷ"
    chainrule check identity "∂E/∂w = -0.0887" --pattern 1
    chainrule check mazur "w5 <- 0.3589"
    chainrule check my.eq --link "file:///tmp/page.html#m=…&l.w.6=…"
    """
    network = opened(model)
    if line is None or link is not None:
        linked(network, line, link, data, bool(set or start or pattern is not None), seed, ascii, as_json)
        return
    answer = network.check(line, **data, weights=starts(start), consts=assignments(set), pattern=pattern, seed=seed)
    if as_json:
        write(answer.json())
    else:
        page([answer.sentence], ascii)
    raise SystemExit(0 if answer.equal else 1)


def linked(
    network: Model, line: str | None, link: str | None, data: dict[str, Any], more: bool, seed: int, ascii: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """The lines of a learner's link; exit code 1 if one is not right."""
    if link is None:
        raise UsageError("E059", "there is nothing to check", 'give a line, "∂E/∂w = …", or --link with an address')
    if line is not None or more:
        problem = f"--link is given together with {'a line' if line is not None else '--set, --start or --pattern'}"
        raise UsageError("E059", problem, "leave one of them out: the page's lines are formulas")
    from chainrule.api.graded import grade

    lines = grade(network, link, seed=seed, **data)
    right = sum(one.right for one in lines)
    if as_json:
        write({"right": right, "lines": [one.json() for one in lines]})
    else:
        page([*map(str, lines), "", f"{right} of {len(lines)} {'line' if len(lines) == 1 else 'lines'} right"], ascii)
    raise SystemExit(0 if right == len(lines) else 1)


@cli.command(short_help="Gradient descent; --out keeps every step.")
@model_argument
@training_options
@click.option("--record", type=Whole(), default=1, show_default=True, metavar="N", help="keep every N-th step")
@click.option("--out", metavar="FILE", help="write the run, every step of it: .csv, .json or .npz")
@click.option(
    "--engine", type=click.Choice(["auto", "reference", "native"]), default="auto", show_default=True,
    help="what makes the steps; the bits are the same",
)  # fmt: skip
@click.option(
    "--numerics", type=click.Choice(["exact", "fused", "fused32", "plain32"]), default="exact", show_default=True,
    help="what the numbers are: float64, or sums of fused multiply-adds in float64 or float32",
)  # fmt: skip
@click.option("--verify", metavar="RUN", help="instead of training: recompute a saved run and compare every bit")
@seed_option
@ascii_option
@json_option
def train(
    model: str, data: dict[str, Any], set: tuple[str, ...], start: tuple[str, ...], steps: int, batch: str | None,
    rate: float | None, update: str | None, hold: tuple[str, ...], record: int, out: str | None,
    engine: str, numerics: str, verify: str | None, seed: int, ascii: bool, as_json: bool,
) -> None:  # fmt: skip
    """Gradient descent: each step replaces every weight w by w − α·∂E/∂w over the patterns it visits.

    \b
    chainrule train xor --steps 2000 --batch all
    chainrule train my.eq --data points.csv --set α=0.2 --start w=0.5 --out run.csv
    chainrule train my.eq --verify run.npz
    """
    network = opened(model)
    if verify is not None:
        checked(network, verify, ascii, as_json)
        return
    run = trained(
        network, data, set, start, steps, batch, rate, update, hold, seed, record, out, engine, numerics, quiet=as_json
    )
    if as_json:
        write({**run.json(), "trace_file": out})
    else:
        from chainrule.views.tables import training

        page(training(run, model, out), ascii)
    if run.ended == "interrupted":
        raise SystemExit(signals.code())


def checked(network: Model, saved: str, ascii: bool, as_json: bool) -> None:
    """Recompute a saved run of the model; exit code 1 if it differs."""
    from chainrule.train.files import load_run
    from chainrule.views.tables import verification

    run = load_run(saved)
    network.owns(run)
    found = run.verify()
    if as_json:
        write({"verified": found.same, "sha256": found.recomputed, "differs": found.differs or None})
    else:
        page(verification(run, found), ascii)
    raise SystemExit(0 if found.same else 1)


@cli.command(name="eval", short_help="Values and gradients, pattern by pattern.")
@model_argument
@data_options
@set_option
@start_option
@click.option("--of", metavar="NAME", help="differentiate this quantity instead of the goal")
@click.option("--second", is_flag=True, help="second derivatives too")
@click.option("--curvature", is_flag=True, help="only the largest and the smallest eigenvalue of the Hessian")
@seed_option
@ascii_option
@json_option
def evaluate(
    model: str, data: dict[str, Any], set: tuple[str, ...], start: tuple[str, ...], of: str | None, second: bool,
    curvature: bool, seed: int, ascii: bool, as_json: bool,
) -> None:  # fmt: skip
    """Every value and every derivative at the given weights, without a step: to check a calculation by hand.

    \b
    chainrule eval mazur
    chainrule eval identity --start w=0.25 --second
    chainrule eval my.eq --data points.csv --of m --json
    """
    network = opened(model)
    if curvature:
        bent(network, data, set, start, seed, ascii, as_json)
        return
    found = network.evaluate(weights=starts(start), **data, consts=assignments(set), of=of, second=second, seed=seed)
    if as_json:
        stream(found.text())
    else:
        from chainrule.views.tables import evaluation

        page(evaluation(found, network.network), ascii)


def bent(
    network: Model, data: dict[str, Any], set: tuple[str, ...], start: tuple[str, ...], seed: int, ascii: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """The two ends of the curvature, and the step that each speaks for."""
    found = network.curvature(weights=starts(start), **data, consts=assignments(set), seed=seed)
    if as_json:
        write(found.json())
        return
    from chainrule.views import tables

    page(tables.bent(found), ascii)


@cli.command(short_help="The networks that come with the package.")
@click.argument("name", required=False)
@click.option("--rules", "of_rules", is_flag=True, help="the learning rules that come with it, for --update, instead")
@click.option(
    "--misconceptions", "of_beliefs", is_flag=True,
    help="wrong beliefs about training instead, each with the number that it predicts and the number that happens",
)  # fmt: skip
@json_option
def examples(name: str | None, of_rules: bool, of_beliefs: bool, as_json: bool) -> None:
    """The networks that come with the package, or the text of one.

    \b
    chainrule examples
    chainrule examples identity > my.eq
    chainrule examples --rules adam
    chainrule examples --misconceptions minimum
    """
    if of_rules and of_beliefs:
        raise UsageError("E463", "--rules and --misconceptions are two lists", "ask for one of them")
    if of_beliefs:
        believed(name, as_json)
        return
    from chainrule import api, rules
    from chainrule.model.learning import shipped

    if name is None:
        listed = rules.listed() if of_rules else api.listed()
        if as_json:
            write(listed)
        else:
            lines = [f"{name:15} {about}" for name, about in listed.items()]
            page([*lines, "", f"chainrule examples {'--rules ' * of_rules}NAME prints the text of one."])
    else:
        text = shipped(name) if of_rules else api.example(name).text
        if as_json:
            write({"name": name, "text": text})
        else:
            source(text)


def believed(name: str | None, as_json: bool) -> None:
    """The misconceptions, or one of them: what is believed, both numbers, and why."""
    from chainrule import gallery

    if name is not None:
        found = gallery.misconception(name)
        if as_json:
            write(found.json())
        else:
            page([found.text()])
    elif as_json:
        write(gallery.listed())
    else:
        lines = [f"{one:15} {belief}" for one, belief in gallery.listed().items()]
        page([*lines, "", "Each of these is wrong. chainrule examples --misconceptions NAME shows where, in numbers."])


def trained(
    network: Model, data: dict[str, Any], set: tuple[str, ...], start: tuple[str, ...], steps: int, batch: str | None,
    rate: float | None, update: str | None, hold: tuple[str, ...], seed: int, record: int = 1,
    out: str | None = None, engine: str = "auto", numerics: str = "exact", *, quiet: bool,
) -> Run:  # fmt: skip
    """A training with the options of the command line; on a terminal a bar is drawn when it takes long."""
    options: dict[str, Any] = {"batch": visiting(batch), "start": starts(start), "consts": assignments(set)}
    options["update"] = ruled(update)
    with signals.heard() if out is not None else nullcontext(), bar(steps, quiet) as progress:
        return network.train(
            **data, rate=rate, steps=steps, hold=hold, seed=seed, record=record, progress=progress, save=out,
            engine=engine, numerics=numerics, **options,
        )  # fmt: skip
