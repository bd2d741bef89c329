"""The arguments of `Model.code` → the text of a program that trains."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from chainrule import data as patterns_of
from chainrule.api import arguments
from chainrule.code.javascript.module import Training, program_text
from chainrule.errors import UsageError, inline, shown
from chainrule.train.run import Run, count

if TYPE_CHECKING:
    from chainrule.api.model import Model

OTHERS = {"engine", "numerics", "progress", "save", "memory"}
"""Arguments of a training that say nothing of a program."""

LANGUAGES: Mapping[str, Callable[..., str]] = {"javascript": program_text}


def printed(model: Model, language: str, how: Mapping[str, Any]) -> str:
    """What `Model.code` gives; see there."""
    if arguments.text("the language", language, '"javascript"') not in LANGUAGES:
        raise UsageError("E452", f"code cannot be written in {shown(language)}", 'write "javascript"')
    for name in OTHERS & how.keys():
        raise TypeError(f"code() got an unexpected keyword argument {name!r}")
    steps = count(how.get("steps", 1000))
    run = model.train(**{**how, "steps": 0, "engine": "reference", "numerics": "exact"})
    if not isinstance(run, Run):
        raise UsageError("E452", "code is written for one training, and a list asks for several", "give one of each")
    training = training_of(model, run, steps, how.get("start"))
    title = f"{inline(model.name)}: {steps} steps of training, each number to the bit as chainrule has it."
    told = [title, "", *(inline(line) for line in model.text.strip().splitlines())]
    return LANGUAGES[language](run.program, run.recipe.bound, training, told)


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
