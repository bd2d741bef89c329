"""The command `resume`: goes on with a training that was cut short, and saves it."""

from __future__ import annotations

import click

from chainrule.cli import signals
from chainrule.cli.options import ascii_option, json_option
from chainrule.cli.output import bar, page, write


@click.command(short_help="Go on with a training that was cut short.")
@click.argument("file")
@click.option("--out", metavar="FILE", help="where the run is saved, if not where it was to be: .csv, .json or .npz")
@ascii_option
@json_option
def resume(file: str, out: str | None, ascii: bool, as_json: bool) -> None:
    """Go on with a training that was cut short: FILE is the journal that it left, or a run that was interrupted.

    All that it needs stands in FILE. The run is the one that it would have been, to the last bit.

    \b
    chainrule resume run.csv.journal
    chainrule resume run.csv.journal --out run.npz
    """
    from chainrule.train.files import place
    from chainrule.train.resume import aim
    from chainrule.train.resume import resume as resumed
    from chainrule.views.tables import training

    saved = aim(place(file)) if out is None else place(out)
    with signals.heard(), bar(0, quiet=as_json) as progress:
        run = resumed(file, out, progress=progress)
    if as_json:
        write({**run.json(), "trace_file": str(saved)})
    else:
        page(training(run, run.recipe.source, str(saved)), ascii)
    if run.ended == "interrupted":
        raise SystemExit(signals.code())
