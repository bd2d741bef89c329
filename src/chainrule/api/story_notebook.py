"""A training → the story of it as a Jupyter notebook: cells that run, from the text to what was learned."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.errors import UsageError, inline
from chainrule.expr.nodes import key

if TYPE_CHECKING:
    from chainrule.api.model import Model
    from chainrule.train.run import Run

SHOWN = 3
"""Weights whose derivations a notebook begins with."""

MOST = 20_000
"""Numbers of data that a notebook has inside."""


def notebook(model: Model, run: Run, how: Mapping[str, Any]) -> str:
    """The text of the notebook; ``how`` are the arguments of the training."""
    title = inline(PurePath(model.name).name or "model")
    weights = [symbol.name for symbol in run.program.weights]
    lines = model.text.strip("\n").splitlines()
    text = "".join(f"    {line + chr(10)!r}\n" for line in lines)
    given = data(model, run)
    cells = [
        markdown(f"# {title}\n\nThe network as it is written, its derivatives, its training, and why it learns."),
        code("import chainrule as cr"),
        code(f"text = (\n{text})\nmodel = cr.Model(text, data={given})\nprint(model.text)"),
        markdown("## The derivatives\n\nEach line has the rule that led to it, and was checked on numbers."),
        *(code(f"print(model.derive({name!r}).text())") for name in weights[:SHOWN]),
        markdown("## One look before the training\n\nThe error, and the slope by each weight, where it starts."),
        code("point = model.evaluate()\nprint(point.error)\nprint(dict(point.gradient))"),
        markdown("## The training"),
        code(f"run = model.train({arguments(how)})\nprint(run.ended)\nprint(dict(run.weights))"),
        code("model.figure.error(run)"),
        markdown("## Why it learns\n\nEach sentence was tested on this training before it was said."),
        code("story = model.explain(run)\nprint(story.text())"),
    ]  # fmt: skip
    made = {
        "cells": [{**cell, "id": f"cell-{number}"} for number, cell in enumerate(cells)],
        "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(made, indent=1, ensure_ascii=True) + "\n"


def markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}


def code(text: str) -> dict[str, Any]:
    source = text.splitlines(keepends=True)
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}


def arguments(how: Mapping[str, Any]) -> str:
    """The arguments of the training as Python writes them, without those that say nothing."""
    given = {name: plain(value) for name, value in how.items() if name != "data" and value is not None}
    return ", ".join(f"{name}={value!r}" for name, value in given.items() if not usual(name, value))


def usual(name: str, value: Any) -> bool:
    """Whether an argument, as a literal, is what is meant without it.

    >>> usual("hold", []), usual("seed", 0), usual("rate", 0), usual("record", 5)
    (True, True, False, False)
    """
    return value is False or (not value and isinstance(value, list | dict)) or (name, value) in UNSAID


UNSAID = (("seed", 0), ("record", 1))
"""Arguments that a training has without being told."""


def plain(value: Any) -> Any:
    """A value as a literal: arrays are lists."""
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(one) for one in value]
    return value


def data(model: Model, run: Run) -> str:
    """The data as Python writes it; None where the text has its own."""
    network = model.network
    wanted = [one.name for one in network.named("data") if one.name in run.recipe.values]
    if network.table is not None or not wanted or model.data is None:
        return "None"
    made = {key(line.target) for line in network.equations}
    targets = [one.name for one in network.named("target") if one.name not in made]
    wanted += [name for name in targets if name in run.recipe.values]
    numbers = {name: np.asarray(run.recipe.values[name]) for name in wanted}
    if sum(value.size for value in numbers.values()) > MOST:
        raise UsageError(
            "E061", f"a notebook has at most {MOST:,} numbers of data inside",
            "train on fewer rows, or write the program in numpy",
        )  # fmt: skip
    return repr({name: value.tolist() for name, value in numbers.items()})

