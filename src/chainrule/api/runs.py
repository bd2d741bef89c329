"""Several runs, named or not → labels that say in what they differ."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from chainrule.errors import UsageError, shown
from chainrule.explain.wording import num
from chainrule.notation.names import pretty
from chainrule.train.run import Run

MOST = 28
"""Runs in one figure: so many lines can be told apart."""


def labelled(runs: object) -> dict[str, Run]:
    """Each run by its label. Runs without one are called by what is not the same in all of them.

    Errors: E452 for anything else, or for more runs than can be told apart.
    """
    if isinstance(runs, Mapping):
        named = {str(label): run for label, run in runs.items() if isinstance(label, str | int | float)}
        if len(named) < len(runs) or not all(isinstance(run, Run) for run in named.values()):
            raise UsageError("E452", "runs has something that is no run, or two of one label", "give labels with runs")
    elif isinstance(runs, list | tuple) and all(isinstance(run, Run) for run in runs):
        traits = [features(run) for run in runs]
        differ = [key for key in traits[0] if len({trait[key] for trait in traits}) > 1] if traits else []
        named = {}
        for place, (run, trait) in enumerate(zip(runs, traits, strict=True)):
            label = ", ".join(trait[key] for key in differ) or f"run {place + 1}"
            named[label if label not in named else f"{label} (run {place + 1})"] = run
    else:
        raise UsageError("E452", f"runs is {shown(runs)}", "give a list of runs, or a mapping from labels to runs")
    if not 1 <= len(named) <= MOST:
        raise UsageError("E452", f"{len(named)} runs cannot be compared in one figure", f"give 1 to {MOST} of them")
    return named


def features(run: Run) -> dict[str, str]:
    """What may tell runs apart, in words."""
    recipe = run.recipe
    batch = recipe.order.batch
    start = tuple(values.tobytes() for values in run.start.values())
    first = ", ".join(f"{pretty(name)} = {num(values)}" for name, values in run.start.items() if values.ndim == 0)
    return {
        "rate": f"{pretty(run.program.rate or 'alpha')} = {num(run.rate)}" if run.rate is not None else "no rate",
        "update": (recipe.update or "its own rule").strip().split("\n")[0][:40],
        "batch": f"batch {batch}" if isinstance(batch, str | int) else "listed patterns",
        "held": f"{', '.join(map(pretty, recipe.hold))} held" if recipe.hold else "none held",
        "start": f"from {first}" if first else f"start {sha256(b''.join(start)).hexdigest()[:6]}",
        "data": f"data {run.data_hash[:6]}",
    }
