"""The arguments of `Model.page` → a file that trains the network in the browser."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chainrule.api import arguments
from chainrule.api.printed import OTHERS, training_of
from chainrule.errors import ChainruleError, DerivationError, ModelError, UsageError, flag
from chainrule.explain.story import Story
from chainrule.maps.axis import axes_of
from chainrule.notation.names import pretty
from chainrule.numbers.numerics import EXACT
from chainrule.train.run import Run
from chainrule.values import dataclass

if TYPE_CHECKING:
    from chainrule.api.model import Model
    from chainrule.derive import Derivation
    from chainrule.page.cards import Trained
    from chainrule.page.options import Options
    from chainrule.page.sentences import Strings

DERIVED = 12
"""Weights whose derivations stand in a page."""

ASKED = 100
"""Numbers that weights have, up to which the questions are answered unasked: beyond, they take long."""


@dataclass(frozen=True, slots=True)
class Made:
    """A page before it goes anywhere: its text, title and run, and the step that its teacher opens it at."""

    text: str
    title: str
    run: Run
    opening: int | None


def paged(
    model: Model,
    path: str | os.PathLike[str],
    run: Run | None,
    data: object,
    questions: bool | None,
    lesson: Mapping[str, Any],
    how: Mapping[str, Any],
) -> Path:
    """What `Model.page` gives; see there."""
    from chainrule.train.disk import ready, write_all

    file = Path(arguments.path("path", path))
    ready(file)
    write_all({file: made(model, run, data, questions, lesson, how).text.encode("utf-8", "backslashreplace")})
    return file


def made(
    model: Model,
    run: Run | None,
    data: object,
    questions: bool | None,
    lesson: Mapping[str, Any],
    how: Mapping[str, Any],
) -> Made:
    """The page."""
    from chainrule.page.document import document, heading

    strings = sentences(lesson["strings"])
    shown = trained(model, run, data, how)
    options = taught(model, shown, lesson)
    if options.fix and run is None:
        how = {**how, "start": {**(arguments.starts(how.get("start")) or {}), **options.fix}}
        shown = trained(model, None, data, how)
    derivations, missing = derived(model)
    training = training_of(model, shown, shown.recipe.steps, how.get("start"))
    english = strings.say("language") == "en"  # a story is told in English alone
    story = told(model, shown, questions) if english else None
    again = at_rates(model, shown, data, how) if run is None and numbers(shown) <= QUICK else None
    axes = axes_of(lesson.get("axes", ()))
    text = document(shown, training, derivations, story, strings, missing, options, again, axes)
    return Made(text, ": ".join(heading(shown, strings, options)), shown, options.open.k)


def trained(model: Model, run: Run | None, data: object, how: Mapping[str, Any]) -> Run:
    """The training that is shown."""
    if run is None:
        for name in (OTHERS | {"record"}) & how.keys():
            raise TypeError(f"page() got an unexpected keyword argument {name!r}")
        found = model.train(data, **how)
        if not isinstance(found, Run):
            raise UsageError("E452", "a page shows one training, and a list asks for several", "give one of each")
        return found
    if data is not None or how:
        problem = f"{['data', *how][data is None]} is for a training, and a run is given"
        raise UsageError("E452", problem, "leave one of them out")
    model.owns(run)
    if run.recipe.numerics != EXACT.name:
        problem = f"a page computes in exact float64, and this run was trained with numerics={run.recipe.numerics}"
        raise UsageError("E403", problem, 'train with numerics="exact"')
    if run.recipe.record != 1 or len(run.trace) != run.steps + 1:
        raise UsageError(
            "E403", "a page shows every step, and this run has not recorded every one", "train with record=1"
        )
    return run


def sentences(named: str | os.PathLike[str] | None) -> Strings:
    """The sentences of a language, or of a file; what it leaves out stays English."""
    from chainrule.page.strings import load

    return load(None if named is None else arguments.path("strings", named))


def taught(model: Model, run: Run, lesson: Mapping[str, Any]) -> Options:
    """What the teacher says of the page."""
    from chainrule.page import options

    found = options.Options()
    if lesson["options"] is not None:
        typed = {name: name for name in model.network.quantities}
        known = options.Known(
            {pretty(name): name for name in typed} | typed,
            {pretty(name): name for name in model.weights} | {name: name for name in model.weights},
            max(run.steps, 0),
        )
        found = options.load(Path(arguments.path("options", lesson["options"])), known)
    if flag("exercise", lesson["exercise"]):
        found = replace(found, exercise=True, fade=found.fade if found.fade != "0" else "1")
    return found


TRIED, QUICK = 1000, 2000
"""Steps of a training at another rate, and how many numbers its weights may have."""


def numbers(run: Run) -> int:
    """How many numbers the weights have."""
    return sum(values[0].size for values in run.trace.weights.values())


def at_rates(model: Model, run: Run, data: object, how: Mapping[str, Any]) -> Trained:
    """The training of the page again, at other rates."""

    def made(rate: float) -> tuple[float, int, bool]:
        found = model.train(data, **{**how, "rate": rate, "steps": min(run.recipe.steps, TRIED)})
        one = found if isinstance(found, Run) else found[0]
        return float(one.error), one.steps, one.departure is not None

    return made


def derived(model: Model) -> tuple[tuple[Derivation, ...], dict[str, str]]:
    """The derivation of each weight, and why some have none."""
    found, missing = list["Derivation"](), dict[str, str]()
    for name in model.weights[:DERIVED]:
        try:
            found.append(model.derive(name).steps)
        except (DerivationError, ModelError, UsageError) as error:
            missing[name] = error.problem
    return tuple(found), missing


def told(model: Model, run: Run, questions: bool | None) -> Story | None:
    """The story, where the questions are wanted and can be answered."""
    wanted = flag("questions", questions) if questions is not None else None
    if wanted is False or (wanted is None and numbers(run) > ASKED):
        return None
    try:
        return model.explain(run)
    except ChainruleError:
        if wanted:
            raise
        return None
