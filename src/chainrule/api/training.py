"""The arguments of `Model.train` → a run; or, where some of them are lists, a run for each of their entries."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from chainrule import data as patterns_of
from chainrule.api import arguments
from chainrule.api.notebook import Run
from chainrule.data import Reading
from chainrule.data.given import table
from chainrule.engines.protocol import Engine
from chainrule.engines.reference import REFERENCE
from chainrule.errors import UsageError, shown
from chainrule.model.learning import ruled
from chainrule.model.model import Model as Network
from chainrule.notation.names import ascii as ascii_name
from chainrule.numbers.numerics import NUMERICS
from chainrule.program.lower import lower
from chainrule.train.cases import Case
from chainrule.train.choice import native
from chainrule.train.order import Batch, whole
from chainrule.train.prepare import number, seeded
from chainrule.train.telling import Callback, called
from chainrule.train.train import train

ENGINES: Mapping[str, Callable[[], Engine | None]] = {
    "'auto'": lambda: None,
    "'native'": native,
    "'reference'": lambda: REFERENCE,
}


def trained(
    network: Network,
    data: object,
    rate: object,
    start: object,
    consts: object,
    seed: object,
    *,
    steps: int,
    batch: Batch | None,
    update: str | None,
    hold: Iterable[str],
    record: int,
    engine: str,
    numerics: str,
    progress: Callable[[int, int], object] | None,
    callback: Callback | None,
    save: str | os.PathLike[str] | None,
    memory: int | None,
    reading: Reading,
    validation: object = None,
) -> Run | tuple[Run, ...]:
    """What `Model.train` gives; see there."""
    if shown(engine) not in ENGINES:
        help = 'write engine="auto", "native" or "reference"'
        raise UsageError("E454", f"there is no engine {shown(engine)}", help)
    if shown(numerics) not in map(repr, NUMERICS):
        help = 'write numerics="exact", "fused", "fused32" or "plain32"'
        raise UsageError("E454", f"there is no numerics {shown(numerics)}", help)
    if progress is not None and not callable(progress):
        raise UsageError("E452", f"progress is {shown(progress)}, not a function", "give progress(done, steps)")
    callback = called(callback)
    if not network.named("weight"):
        raise UsageError("E453", "the model has no weight, so nothing can be trained", "declare one: weight w := 0.5")
    chosen = ENGINES[shown(engine)]()
    settings = arguments.mapping("consts", consts)
    with_rule = ruled(network, update)
    seed = seeds(seed)
    lists = listed(with_rule.model, rate, start, settings, seed)
    program = lower(with_rule.model, hold=tuple(arguments.names("hold", hold)))
    how: dict[str, Any] = {
        "batch": batch, "steps": steps, "record": record, "update": update, "numerics": numerics, "progress": progress,
        "memory": memory, "notes": with_rule.notes,
    }  # fmt: skip
    if not lists:
        one = case(with_rule.model, data, rate, start, settings, seed, reading, validation)
        return train(
            network, program, chosen, one.patterns, start=one.start, rate=one.rate, seed=one.seed, save=save,
            callback=callback, **how,
        )  # fmt: skip
    if callback is not None:
        raise UsageError("E411", "a callback is told of one run, and there is one for each entry of a list", ONE)
    if save is not None:
        raise UsageError("E372", f"save={shown(save)} is one file, and there is a run for each entry of a list", SAVE)
    if data is not None:
        data = table(data)  # whatever it is, it is read once
    from chainrule.train.many import train_each  # with it comes the engine for many runs

    each = entries(lists, rate, start, settings, seed)
    cases = [case(with_rule.model, data, *entry, reading, validation) for entry in each]
    return train_each(network, program, chosen, cases, **how)


def seeds(seed: Any) -> Any:
    """A seed, or each of a list of them."""
    for one in seed if several(seed) else [seed]:
        if whole(one) is None:
            seeded(one)
    return [int(one) for one in seed] if several(seed) else int(seed)


ONE = "train each in a call of its own, or leave callback= out"
SAVE = "leave save= out, and save each run: run.save(…)"


def case(
    network: Network, data: object, rate: Any, start: Any, consts: dict[str, object] | None, seed: Any,
    reading: Reading, validation: object,
) -> Case:  # fmt: skip
    """The patterns and starts of one run."""
    if rate is not None and network.rate is not None:  # other consts and starts may be given by it
        others = {name: value for name, value in (consts or {}).items() if ascii_name(name) != network.rate}
        consts = others | {network.rate: number(rate)}
    if validation is None:
        patterns = patterns_of.bind(network, data, consts, seed, reading=reading)
    else:
        patterns = patterns_of.split(network, data, validation, consts, seed, reading=reading)
    starts = patterns_of.starts(network, consts, seed, arguments.starts(start), ranges=patterns.ranges)
    return Case(patterns, starts, rate, seed)


def listed(
    network: Network, rate: object, start: object, consts: Mapping[str, object] | None, seed: object
) -> dict[str, int]:
    """The arguments that are lists, with their lengths. A const is listed if it has one more axis than it has letters.

    Errors: E371 where a list is empty, or lists differ in length.
    """
    given: list[tuple[str, Any]] = [("rate", rate), ("seed", seed), ("start", start)]
    found = {name: len(value) for name, value in given if several(value)}
    values: Mapping[str, Any] = consts or {}
    for name, value in values.items():
        quantity = network.quantities.get(ascii_name(name))
        if several(value) and axes(value) > (len(quantity.letters) if quantity else 0):
            found[name] = len(value)
    if 0 in found.values():
        empty = next(name for name, length in found.items() if not length)
        raise UsageError("E371", f"the list {empty} is empty", "give at least one entry: there is a run for each")
    if len(set(found.values())) > 1:
        lengths = ", ".join(f"{name} has {length}" for name, length in found.items())
        raise UsageError("E371", f"lists of different lengths cannot be combined: {lengths}", COMBINED)
    return found


COMBINED = "entries of the same place make one run; write out every combination, for example with itertools.product"


def several(value: object) -> bool:
    """Whether a value is a list of values."""
    return (isinstance(value, Sequence) and not isinstance(value, str | bytes)) or (
        isinstance(value, np.ndarray) and value.ndim > 0
    )


def axes(value: Any) -> int:
    """How deep lists are nested."""
    depth = 0
    while several(value):
        depth += 1
        if isinstance(value, np.ndarray):
            return depth + value.ndim - 1
        if not len(value):
            break
        value = value[0]
    return depth


def entries(
    lists: Mapping[str, int], rate: Any, start: Any, consts: dict[str, object] | None, seed: Any
) -> list[tuple[Any, Any, dict[str, object] | None, Any]]:
    """Rate, start, consts and seed of each run."""
    own = {name: value for name, value in (consts or {}).items() if name in lists}
    return [
        (
            rate[place] if "rate" in lists else rate,
            start[place] if "start" in lists else start,
            None if consts is None else consts | {name: value[place] for name, value in own.items()},  # type: ignore[index]
            seed[place] if "seed" in lists else seed,
        )
        for place in range(next(iter(lists.values())))
    ]
