"""A run ↔ what its files hold: words and numbers that JSON can say, and arrays by name.

Conventions. Arrays are float64 or int64: ``values/x`` for data, targets and consts, ``steps``, ``weights/w`` and
``states/v.w`` for the record. What is read is checked as a stranger's: every field for its type, every array for its
shape, and the model is built again from its text.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Departure
from chainrule.errors import ChainruleError, RunError, UsageError, inline
from chainrule.program.program import Program, Symbol
from chainrule.train import validation
from chainrule.train.impossible import Foreign, check_departure, check_projections, check_recipe, check_rows
from chainrule.train.order import Order, order
from chainrule.train.projection import Projection
from chainrule.train.recipe import Recipe, rebuild, reload
from chainrule.train.record import Block
from chainrule.train.run import Run, numbered
from chainrule.train.trace import Trace
from chainrule.train.weights import json_numbers

VERSION = 1
WHYS = ("steps", "converged", "left the finite numbers", "interrupted")

LONGEST = 10**8  # the most values of a letter, and the most patterns, that are believed

About = dict[str, Any]
Arrays = dict[str, NDArray[Any]]
T = TypeVar("T")


def about_recipe(recipe: Recipe) -> About:
    """What is known of a run before its first step, less the arrays."""
    return {
        "chainrule": "run",
        "version": VERSION,
        "source": recipe.source,
        "text": recipe.text,
        "update": recipe.update,
        "hold": list(recipe.hold),
        "batch": recipe.order.batch,
        "patterns": recipe.order.patterns,
        "seed": recipe.order.seed,
        "steps": recipe.steps,
        "record": recipe.record,
        "rate": recipe.rate,
        "engine": recipe.engine,
        "numerics": recipe.numerics,
        "origin": recipe.origin,
        "ranges": {name: [values.start, values.stop] for name, values in recipe.ranges.items()},
    } | ({"scales": numbered(recipe.scales)} if recipe.scales else {}) | (
        {"validation": {"patterns": recipe.held.patterns, "origin": recipe.held.origin}} if recipe.held else {}
    )


def about_run(run: Run) -> About:
    """All that is known of a run, less the arrays."""
    return about_recipe(run.recipe) | {
        "ended": run.ended,
        "departure": asdict(run.departure) if run.departure else None,
        "error": json_numbers(run.error),
        "projections": [[put.weight, put.first, put.last] for put in run.projections],
        "notes": list(run.notes),
        "data_sha256": run.data_hash,
        "record_sha256": run.sha256,
    }


def values(recipe: Recipe) -> Arrays:
    """The arrays that a run was made from."""
    found = {f"values/{name}": np.asarray(array, np.float64) for name, array in recipe.values.items()}
    held = {} if recipe.held is None else recipe.held.values
    return found | {f"validation/{name}": np.asarray(array, np.float64) for name, array in held.items()}


def record(block: Block) -> Arrays:
    """The arrays of a record."""
    weights = {f"weights/{name}": array for name, array in block.weights.items()}
    states = {f"states/{name}": array for name, array in block.states.items()}
    return {"steps": block.steps, **weights, **states}


def run_of(about: About, arrays: Arrays, path: object) -> Run:
    """The run that a file holds."""
    try:
        return restored(about, arrays)
    except Foreign as fault:
        raise RunError("E364", f"{path} is not a run of chainrule: {str(fault)[:200]}", OURS) from None
    except ChainruleError as fault:
        if fault.code == "E366":
            raise
        problem = f"the model in {path} cannot be built again: {fault.problem[:200]} ({fault.code})"
        raise RunError("E368", problem, "read it with the version of chainrule that wrote it") from None


def restored(about: About, arrays: Arrays) -> Run:
    """The run, every part of it checked."""
    if about.get("chainrule") != "run":
        raise Foreign("it does not say that it is one")
    version = take(about, "version", int)
    if version > VERSION:
        raise RunError(
            "E366", f"the run was written in form {version}, and forms up to {VERSION} are known", "update chainrule"
        )
    bounds = {name: span(name, pair) for name, pair in take(about, "ranges", dict).items()}
    rate = about.get("rate")
    recipe = Recipe(
        text=take(about, "text", str),
        source=take(about, "source", str),
        update=None if about.get("update") is None else take(about, "update", str),
        hold=tuple(text(name, "hold") for name in take(about, "hold", list)),
        order=visiting(about),
        steps=natural(about, "steps"),
        record=positive(about, "record"),
        rate=None if rate is None else real(rate, "rate"),
        engine=take(about, "engine", str),
        numerics=take(about, "numerics", str),
        origin=take(about, "origin", str),
        values=part(arrays, "values"),
        ranges=bounds,
        scales={name: scale(name, pair) for name, pair in take(about, "scales", dict, {}).items()},
        held=held_out(about, arrays),
    )
    model, program = rebuild(recipe)
    check_recipe(program, recipe)
    check_values(program, recipe)
    check_held(program, recipe)
    if "steps" not in arrays:
        raise Foreign("it has no array 'steps'")
    block = Block(arrays["steps"], part(arrays, "weights"), part(arrays, "states"))
    ended = take(about, "ended", str)
    if ended not in WHYS:
        raise Foreign(f"no run ends like that: {ended!r}")
    check_record(block, program, recipe, ended)
    check_rows(block, recipe)
    loaded = reload(program, recipe)
    projections = tuple(projection(item) for item in take(about, "projections", list))
    check_projections(projections, program, recipe)
    apart = validation.loaded(recipe, program)
    trace = Trace(block, recipe.order, model.goal.name, program, recipe.bound, loaded, apart)
    left = departure(about.get("departure"))
    check_departure(left, trace, program, recipe, ended)
    run = Run(
        recipe,
        trace,
        ended,  # type: ignore[arg-type]
        real(about.get("error"), "error"),
        left,
        projections,
        tuple(inline(text(note, "notes")) for note in take(about, "notes", list)),
        model=model,
        program=program,
        loaded=loaded,
    )
    for name, digest in (("data_sha256", run.data_hash), ("record_sha256", run.sha256)):
        if about.get(name, digest) != digest:  # a journal has none
            raise Foreign(f"its field {name!r} is not that of its numbers")
    return run


def visiting(about: About) -> Order:
    """The order of visiting, checked as that of a call is."""
    try:
        return order(about.get("batch"), positive(about, "patterns"), natural(about, "seed"))  # type: ignore[arg-type]
    except UsageError as fault:
        raise Foreign(fault.problem) from None


def check_record(block: Block, program: Program, recipe: Recipe, ended: str) -> None:
    """The record has every weight and state of the program, for the same steps, which count upwards from 0."""
    steps = block.steps
    if steps.ndim != 1 or not len(steps) or steps.dtype.kind != "i" or steps[0] != 0 or (np.diff(steps) <= 0).any():
        raise Foreign("its steps do not count upwards from 0")
    if steps[-1] > recipe.steps or (ended == "steps" and steps[-1] != recipe.steps):
        raise Foreign("it has another number of steps than it says")
    for symbols, found, what in ((program.weights, block.weights, "weight"), (program.states, block.states, "state")):
        if set(found) != {symbol.name for symbol in symbols}:
            raise Foreign(f"its {what}s are not those of its model")
        for symbol in symbols:
            if found[symbol.name].shape != (len(steps), *shape(symbol, program, recipe)):
                raise Foreign(f"the {what} {symbol.name} has the wrong shape")


def check_values(program: Program, recipe: Recipe) -> None:
    """Every letter has its values, and every data, target and const as many finite numbers as its letters say."""
    for letter, group in program.sets.items():
        if group != program.pattern and not 0 < len(recipe.ranges.get(group, ())) <= LONGEST:
            raise Foreign(f"the letter {letter} has no values, or too many")
    if recipe.order.patterns > LONGEST:
        raise Foreign(f"it has {recipe.order.patterns} patterns")
    for symbol in program.data + program.targets + program.consts:
        found = recipe.values.get(symbol.name)
        if found is None or found.dtype.kind != "f" or found.shape != shape(symbol, program, recipe):
            raise Foreign(f"{symbol.name} is missing, or does not have the numbers that its letters say")
        if not np.isfinite(found).all():
            raise Foreign(f"{symbol.name} is not finite")


def check_held(program: Program, recipe: Recipe) -> None:
    """The held-out patterns have every data and target, as many finite numbers as their letters say."""
    if recipe.held is None:
        return
    own = replace(recipe, order=replace(recipe.order, patterns=recipe.held.patterns))
    for symbol in program.data + program.targets:
        found = recipe.held.values.get(symbol.name)
        if found is None or found.dtype.kind != "f" or found.shape != shape(symbol, program, own):
            raise Foreign(f"held-out {symbol.name} is missing, or does not have the numbers that its letters say")
        if not np.isfinite(found).all():
            raise Foreign(f"held-out {symbol.name} is not finite")


def shape(symbol: Symbol, program: Program, recipe: Recipe) -> tuple[int, ...]:
    """How many values each letter of a symbol has."""
    sets = [program.sets[letter] for letter in symbol.letters]
    return tuple(recipe.order.patterns if name == program.pattern else len(recipe.ranges[name]) for name in sets)


def part(arrays: Arrays, group: str) -> dict[str, NDArray[Any]]:
    """The arrays of one group by their own names, read-only."""
    found = {name.removeprefix(f"{group}/"): array for name, array in arrays.items() if name.startswith(f"{group}/")}
    for array in found.values():
        array.flags.writeable = False
    return found


def take(about: Mapping[str, Any], name: str, kind: type[T], unless: T | None = None) -> T:
    """A field of a file, checked for its type; one that need not be there has a value ``unless`` it is."""
    value = about.get(name, unless)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise Foreign(f"its field {name!r} is missing or not what stands there in a run")
    return value


def natural(about: Mapping[str, Any], name: str) -> int:
    """A whole number from 0 on that an int64 holds."""
    value = take(about, name, int)
    if not 0 <= value < 2**63:
        raise Foreign(f"its field {name!r} is not a count")
    return value


def positive(about: Mapping[str, Any], name: str) -> int:
    """A whole number from 1 on."""
    return natural(about, name) or none(name)


def none(name: str) -> Any:
    """What is not there, or zero where nothing can be."""
    raise Foreign(f"its field {name!r} is missing or zero")


def text(value: object, name: str) -> str:
    """A text in a list."""
    return value if isinstance(value, str) else none(name)


def real(value: object, name: str) -> float:
    """A number, or the name of one that is not finite."""
    if value in ("nan", "inf", "-inf"):
        return float(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        with suppress(OverflowError):
            if math.isfinite(float(value)):
                return float(value)
    raise Foreign(f"its field {name!r} is not a number")


def span(name: str, pair: object) -> range:
    """The values of a letter, written as first and last plus one."""
    match pair:
        case [int(start), int(stop)] if abs(start) < 2**53 and abs(stop) < 2**53:
            return range(start, stop)
    raise Foreign(f"the letter {name} has no values")


def scale(name: str, pair: object) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and spread of a name."""
    try:
        match pair:
            case {"mean": mean, "spread": spread}:
                found = np.asarray(mean, np.float64), np.asarray(spread, np.float64)
                if np.isfinite(found).all() and found[1].all() and found[0].shape == found[1].shape:
                    return found
    except (TypeError, ValueError):
        pass
    raise Foreign(f"its field 'scales' has no mean and spread of {name}")


def held_out(about: About, arrays: Arrays) -> validation.Held | None:
    """The patterns that were held out."""
    if "validation" not in about:
        return None
    found = take(about, "validation", dict)
    return validation.Held(part(arrays, "validation"), positive(found, "patterns"), take(found, "origin", str))


def projection(item: object) -> Projection:
    """A weight, and the first and last of the steps after which it was put back."""
    match item:
        case [str(weight), int(first), int(last)] if not {type(first), type(last)} & {bool}:
            return Projection(weight, first, last)
    raise Foreign("its field 'projections' is not a list of weight, first and last step")


def departure(found: object) -> Departure | None:
    """Where the run left the finite numbers, if it did."""
    match found:
        case None:
            return None
        case {"step": int(step), "equation": str(equation), "pattern": int() | None as pattern, "entry": list(entry)}:
            if bool not in {type(step), type(pattern), *map(type, entry)} and set(map(type, entry)) <= {int}:
                return Departure(step, equation, pattern, tuple(entry))
    raise Foreign("its field 'departure' does not say step, equation, pattern and entry")


OURS = "give a file that run.save(…) wrote, ending in .csv, .json or .npz, or its journal"
