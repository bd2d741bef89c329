"""The command `plot`: trains a network, or reads a run, and writes a figure of it to a file."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from chainrule.cli.commands import trained
from chainrule.cli.completion import weights
from chainrule.cli.options import (
    Whole,
    ascii_option,
    json_option,
    model_argument,
    number,
    opened,
    seed_option,
    several,
    training_options,
)
from chainrule.cli.output import WIDE, columns, page, write
from chainrule.errors import UsageError, inline

if TYPE_CHECKING:
    from chainrule.api import Model
    from chainrule.train.run import Run

FIGURES: dict[str, tuple[str, ...]] = {
    "error": ("weight", "animate"),
    "landscape": ("axes", "normalise", "animate"),
    "patterns": ("animate",),
    "gradients": ("animate",),
    "fit": ("of", "animate"),
    "predictions": ("of",),
    "compare": ("rates",),
    "graph": ("pattern",),
    "network": ("pattern", "animate"),
    "map": (),
}
"""Each figure with the options that mean something to it alone."""


@click.command(short_help="A figure of a training, as SVG, PNG or PDF.")
@model_argument
@click.option("--figure", type=click.Choice(list(FIGURES)), default="error", show_default=True, help="what is drawn")
@click.option("--out", metavar="FILE", help="where it is written: .svg, .png or .pdf; without it MODEL-FIGURE.svg")
@click.option(
    "--weight", metavar="NAME", shell_complete=weights,
    help="error: the weight, or entry such as W[2,1]; else what moved furthest",
)  # fmt: skip
@click.option("--axes", metavar="WHAT", help="landscape: two weights such as a,b; or path, curvature or random")
@click.option(
    "--normalise/--no-normalise", default=None,
    help="landscape: each filter of a direction as long as the weights' own; so it is for random",
)  # fmt: skip
@click.option("--of", metavar="NAME", help="fit, predictions: the quantity, if not the one that has a target")
@click.option("--rates", metavar="NUMBERS", help="compare: learning rates such as 0.1,1,10, a training for each")
@click.option("--pattern", type=Whole(), metavar="N", help="graph, network: the pattern whose numbers it holds, from 0")
@click.option("--animate", is_flag=True, help="a film of the training; so is --out FILE.gif or FILE.mp4")
@several("--run", "FILE", "a saved run of this model instead of training; for compare it may be repeated")
@training_options
@seed_option
@ascii_option
@json_option
def plot(
    model: str, figure: str, out: str | None, weight: str | None, axes: str | None, normalise: bool | None,
    of: str | None, rates: str | None, pattern: int | None, animate: bool, run: tuple[str, ...], data: dict[str, Any],
    set: tuple[str, ...], start: tuple[str, ...], steps: int, batch: str | None, rate: float | None, update: str | None,
    hold: tuple[str, ...], seed: int, ascii: bool, as_json: bool,
) -> None:  # fmt: skip
    """A figure of a training, and the same in words: the error over a weight, its landscape over two, the errors of the
    patterns, gradients and updates, what the network gives, predictions, several runs, the computation graph, the
    units of the network, or the steps to learn over the rate.

    \b
    chainrule plot identity
    chainrule plot xor --figure landscape --steps 3000 --out xor.png
    chainrule plot my.eq --data points.csv --figure fit
    chainrule plot xor --figure compare --rates 0.5,2,8
    chainrule plot mazur --figure network --pattern 0
    """
    animate = animate or (out or "").lower().endswith((".gif", ".mp4"))
    asked = {"weight": weight, "axes": axes, "normalise": normalise, "of": of, "rates": rates, "pattern": pattern}
    apart(figure, {**asked, "animate": animate or None})
    if len(run) > 1 and figure != "compare":
        raise UsageError("E463", f"--figure {figure} shows one run", "give --run once, or take --figure compare")
    if run and rates is not None:
        raise UsageError("E463", "--rates trains anew, and --run does not", "give one of them")
    network = opened(model)
    place = out or f"{stem(network.name)}-{figure}.{'gif' if animate else 'svg'}"
    writable(place, animate)

    def training(rate: float | None) -> Run:
        return trained(network, data, set, start, steps, batch, rate, update, hold, seed, quiet=as_json)

    runs = [saved(name) for name in run] or [training(one) for one in (numbers(rates) if rates else [rate])]
    if figure == "compare":
        made: Any = network.figure.compare(by_name(run, runs) if run else runs)
    else:
        options, one = chosen(figure, asked, seed), runs[0]
        made = network.figure.animate(figure, one, **options) if animate else figure_of(network, figure, one, options)
    made.save(place)
    if as_json:
        write({"figure": figure, "title": made.title, "description": made.description, "file": place})
    else:
        words = textwrap.fill(made.description, min(columns(), WIDE), break_long_words=False, break_on_hyphens=False)
        page([words, "", f"the {'film' if animate else 'figure'} is in {inline(place)}"], ascii)
    if any(one.ended == "interrupted" for one in runs):
        raise SystemExit(130)


def figure_of(network: Model, figure: str, run: Run, options: Mapping[str, Any]) -> Any:
    """The figure of a run."""
    of = network.figure
    draw: dict[str, Any] = {
        "error": of.error, "landscape": of.landscape, "patterns": of.patterns, "gradients": of.gradients,
        "fit": of.fit, "predictions": of.predictions, "graph": of.graph, "network": of.network,
        "map": of.map,
    }  # fmt: skip
    return draw[figure](run, **options)


def chosen(figure: str, asked: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """The options of a figure as its method takes them."""
    options = {name: asked[name] for name in FIGURES[figure] if name in asked and asked[name] is not None}
    if figure == "landscape":
        options["seed"] = seed
        if "axes" in options and "," in options["axes"]:
            options["axes"] = pair(options["axes"])
    return options


def pair(text: str) -> Sequence[str]:
    """Names between commas that stand in no bracket.

    >>> pair("W[1,2], b")
    ['W[1,2]', 'b']
    """
    names, depth = [""], 0
    for char in text:
        depth += (char == "[") - (char == "]")
        if char == "," and not depth:
            names.append("")
        else:
            names[-1] += char
    return [name.strip() for name in names]


def numbers(text: str) -> list[float]:
    """The numbers of --rates."""
    try:
        return [number(part) for part in text.split(",")]
    except ValueError:
        help = "write numbers with commas between them, for example --rates 0.1,1,10"
        raise UsageError("E462", f"--rates {text} are not numbers", help) from None


def apart(figure: str, asked: Mapping[str, Any]) -> None:
    """Nothing, or the error that an option that was asked for does nothing to this figure."""
    for name, value in asked.items():
        if value is not None and name not in FIGURES[figure]:
            takes = ", ".join(other for other, options in FIGURES.items() if name in options)
            problem = f"--{name} does nothing to --figure {figure}"
            raise UsageError("E463", problem, f"leave it out, or take --figure {takes}")


def by_name(paths: Sequence[str], runs: Sequence[Run]) -> dict[str, Run]:
    """Runs by the names of their files; by their paths where two have one name."""
    from pathlib import Path

    names = [Path(path).name for path in paths]
    return dict(zip(names if len({*names}) == len(names) else paths, runs, strict=True))


def saved(path: str) -> Run:
    """A run from a file."""
    from chainrule.train.files import load_run

    return load_run(path)


def stem(name: str) -> str:
    """The name of a model as the beginning of a file's name: letters, digits, - and _ alone.

    >>> stem("nets/my net.eq"), stem("<stdin>")
    ('my-net', 'stdin')
    """
    from pathlib import Path

    plain = "".join(char if char.isalnum() or char in "-_" else "-" for char in Path(name).stem)
    return plain.strip("-")[:60] or "model"


def writable(place: str, animate: bool) -> None:
    """Nothing, or the error about a file that cannot be written or what it needs, before a long training."""
    from chainrule.train.disk import ready
    from chainrule.views import animation, figure

    target = figure.target(place, animation.FORMS if animate else figure.FORMS)
    form = target.suffix.lower()
    if animate:
        from chainrule.views import film

        film.ready(form)
    elif form != ".svg":
        from chainrule.views import plot

        plot.library()
    ready(target)
