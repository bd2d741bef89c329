"""The arguments of `Model.code` → the text of a program that trains."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from chainrule import data as patterns_of
from chainrule.api import arguments
from chainrule.api.story_notebook import notebook
from chainrule.code.c.program import c_program
from chainrule.code.handout.autograd import jax_file, torch_file
from chainrule.code.handout.c_file import c_file
from chainrule.code.handout.javascript_file import javascript_file
from chainrule.code.handout.latex_file import latex_file
from chainrule.code.handout.numpy_file import numpy_file
from chainrule.code.handout.outline import Outline, outline
from chainrule.code.handout.workbook import spreadsheet_file
from chainrule.code.javascript.module import program_text
from chainrule.code.python.program import python_program
from chainrule.code.training import Training
from chainrule.errors import UsageError, inline, shown
from chainrule.train.run import Run, count

if TYPE_CHECKING:
    from chainrule.api.model import Model

OTHERS = {"engine", "numerics", "progress", "callback", "save", "memory"}
"""Arguments of a training that say nothing of a program."""

LANGUAGES: Mapping[str, Callable[[Outline], str | bytes]] = {
    "numpy": numpy_file,
    "torch": torch_file,
    "jax": jax_file,
    "c": c_file,
    "javascript": javascript_file,
    "spreadsheet": spreadsheet_file,
}
"""Language → what writes a program in it that people read."""

DOCUMENTS = ("latex", "notebook")
"""What is written from the model and its derivations too."""

EXACT: Mapping[str, Callable[..., str]] = {
    "numpy": python_program,
    "c": c_program,
    "javascript": program_text,
}
"""Language → what writes one that has chainrule's bits."""


DERIVED = 12
"""Weights whose derivations a document has."""


def printed(model: Model, language: str, exact: bool, how: Mapping[str, Any]) -> str | bytes:
    """What `Model.code` gives; see there."""
    every = (*LANGUAGES, *DOCUMENTS)
    known = ", ".join(f'"{one}"' for one in every)
    if arguments.text("the language", language, known) not in every:
        raise UsageError("E452", f"code cannot be written in {shown(language)}", f"write one of {known}")
    if exact and language not in EXACT:
        raise UsageError(
            "E061",
            f"a program in {language} is not written with chainrule's own functions",
            f"leave exact out, or write it in {' or '.join(EXACT)}",
        )
    for name in OTHERS & how.keys():
        raise TypeError(f"code() got an unexpected keyword argument {name!r}")
    steps = count(how.get("steps", 1000))
    run = model.train(**{**how, "steps": 0, "engine": "reference", "numerics": "exact"})
    if not isinstance(run, Run):
        raise UsageError("E452", "code is written for one training, and a list asks for several", "give one of each")
    if language == "notebook":
        return notebook(model, run, how)
    if not exact:
        return handed_out(model, language, run, steps)
    training = training_of(model, run, steps, how.get("start"))
    title = f"{inline(model.name)}: {steps} steps of training, each number to the bit as chainrule has it."
    told = [title, "", *(inline(line) for line in model.text.strip().splitlines())]
    return EXACT[language](run.program, run.recipe.bound, training, told)


def handed_out(model: Model, language: str, run: Run, steps: int) -> str | bytes:
    """A program for people."""
    recipe, record = run.recipe, run.trace.record
    start = {name: values[0] for group in (record.weights, record.states) for name, values in group.items()}
    title = PurePath(model.name).name or "model"
    text = model.text.strip().splitlines()
    order = recipe.order
    try:
        made = outline(title, text, run.program, recipe.bound, start, order.batch, order.seed, steps, recipe.record)
        if language == "latex":
            weights = [one.name for one in run.program.weights][:DERIVED]
            return latex_file(made, [(name, model.derive(name).latex()) for name in weights])
        return LANGUAGES[language](made)
    except RecursionError:
        raise UsageError(
            "E061",
            f"an expression of this network is nested too deeply for a program in {language}",
            "give names to parts of it: one equation for each",
        ) from None


def training_of(model: Model, run: Run, steps: int, start: Any) -> Training:
    """What a program needs of a run in order to make it again, from ``start`` as it was given."""
    recipe, record = run.recipe, run.trace.record
    values = recipe.values  # the rate among them
    consts = {one.name: values[one.name].tolist() for one in model.network.named("const") if one.name in values}
    given = arguments.starts(start)
    drawn = patterns_of.starts(model.network, consts, recipe.order.seed, given, ranges=recipe.ranges).draws
    order = recipe.order.batch
    return Training(
        {name: values[0] for group in (record.weights, record.states) for name, values in group.items()},
        [list(rows) for rows in order] if isinstance(order, tuple) else order,
        recipe.order.seed,
        steps,
        recipe.record,
        drawn,
    )
