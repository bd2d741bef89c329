"""How data is to be read, as a caller says it: names for columns, numbers for classes, rows left out, scales."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import field
from types import MappingProxyType
from typing import TypedDict

import numpy as np

from chainrule.data.given import Place, place_of
from chainrule.data.table import Array, frozen, number_of
from chainrule.errors import UsageError, shown
from chainrule.values import dataclass

Scales = Mapping[str, tuple[Array, Array]]
"""For each name what is taken away from it, and what it is divided by then."""


@dataclass(frozen=True, slots=True)
class Entries:
    """The columns of an array's entries, in the order of its letter."""

    names: tuple[Hashable, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """``columns``: the place in the model → the column's name as typed, or `Entries` of them. ``classes``: name → word
    → its number.

    ``standardise``: every data column, those of these names, or with numbers that are known already.
    """

    columns: Mapping[Place, Hashable] = field(default_factory=lambda: MappingProxyType({}))
    classes: Mapping[str, Mapping[str, float]] = field(default_factory=lambda: MappingProxyType({}))
    drop_missing: bool = False
    standardise: bool | tuple[str, ...] | Scales = False


AS_IT_IS = Reading()

MEANT = {
    **dict.fromkeys(["lr", "learning_rate", "alpha", "eta", "α", "η"], "rate"), "epochs": "steps", "n_steps": "steps",
    **dict.fromkeys(["iterations", "n_iter", "max_iter", "num_steps"], "steps"), "batch_size": "batch",
    **dict.fromkeys(["optimizer", "optimiser", "rule"], "update"), "init": "start", "x0": "start",
    "random_state": "seed", "standardize": "standardise", "params": "weights",
}
"""Arguments by the names that they have elsewhere."""


class HowRead(TypedDict, total=False):
    """The arguments of a call that say how its data is read; see `reading`."""

    columns: Mapping[str, Hashable | Sequence[Hashable]] | None
    classes: Mapping[str, Sequence[str] | Mapping[str, float]] | None
    drop_missing: bool
    standardise: bool | Sequence[str] | Mapping[str, object]


def reading(
    columns: object = None, classes: object = None, drop_missing: object = False, standardise: object = False,
    **others: object,
) -> Reading:  # fmt: skip
    """The arguments of a call, each checked for what it is; the names are checked where the model is known.

    ``classes`` has for each name its words in the order of their numbers, from 0 on, or a number for each word.

    Error E242: an argument of another kind. TypeError for one that no call has.
    """
    for other in others:
        meant = MEANT.get(other.lower())
        raise TypeError(f"no argument is called {other!r}{f': did you mean {meant}?' if meant else ''}")
    if not isinstance(drop_missing, bool | np.bool_):
        raise wrong("drop_missing", drop_missing, "True leaves out the rows in which a used column has no value")
    return Reading(columns_by_name(columns), classed(classes), bool(drop_missing), scaled(standardise))


def wrong(what: str, value: object, help: str) -> UsageError:
    """The error about an argument that is of another kind."""
    return UsageError("E242", f"{what} cannot be {shown(value)}", help)


def columns_by_name(columns: object) -> Mapping[Place, Hashable]:
    """Which column is which name."""
    help = 'write columns={"sl": "sepal length (cm)"}: the name in the model, then the column'
    if columns is None:
        return MappingProxyType({})
    if not isinstance(columns, Mapping):
        raise wrong("columns", columns, help)
    found: dict[Place, Hashable] = {}
    for name, column in columns.items():
        place = place_of(name)
        if isinstance(column, list) and place is not None and not place[1]:
            if not column or not all(isinstance(one, Hashable) and one is not None for one in column):
                raise wrong("an entry of columns", f"{name}: {column}", 'write columns={"x": ["length", "width"]}')
            column = Entries(tuple(column))
        if place is None or not isinstance(column, Hashable) or column is None:
            raise wrong("an entry of columns", f"{name}: {column}", help)
        if place in found:
            raise UsageError("E242", f"columns names {name} twice", "give each name one column")
        found[place] = column
    return MappingProxyType(found)


def classed(classes: object) -> Mapping[str, Mapping[str, float]]:
    """Which word is which number."""
    help = 'write classes={"label": ["setosa", "versicolor"]}: they become 0, 1, …'
    if classes is None:
        return MappingProxyType({})
    if not isinstance(classes, Mapping):
        raise wrong("classes", classes, help)
    found: dict[str, Mapping[str, float]] = {}
    for name, words in classes.items():
        place = place_of(name)
        if place is None:
            raise wrong("a name in classes", name, help)
        if isinstance(words, Mapping):
            numbers = {str(word): number_of(number) for word, number in words.items()}
        elif isinstance(words, Sequence) and not isinstance(words, str):
            numbers = {str(word): float(number) for number, word in enumerate(words)}
            if len(numbers) < len(words):
                raise UsageError("E242", f"classes names a class of {name} twice", help)
        else:
            raise wrong(f"the classes of {name}", words, help)
        if not numbers or any(number is None for number in numbers.values()):
            raise wrong(f"the classes of {name}", words, help)
        found[place[0]] = MappingProxyType({word.strip(): float(number or 0.0) for word, number in numbers.items()})
    return MappingProxyType(found)


def scaled(standardise: object) -> bool | tuple[str, ...] | Scales:
    """What is to be scaled."""
    help = 'write True for every data column, names ["x"], or the numbers of a run: standardise=run.scales'
    match standardise:
        case None:
            return False
        case bool() | np.bool_():
            return bool(standardise)
        case str():
            return (ascii_of(standardise, help),)
        case Mapping():
            return MappingProxyType({ascii_of(name, help): pair(name, two) for name, two in standardise.items()})
        case Sequence() if all(isinstance(name, str) for name in standardise):
            return tuple(ascii_of(name, help) for name in standardise)
    raise wrong("standardise", standardise, help)


def pair(name: object, value: object) -> tuple[Array, Array]:
    """What is taken away, and what is divided by."""
    help = "give mean and spread of each name: standardise={'x': (5.0, 2.0)}"
    try:
        mean, spread = (frozen(np.array(one, np.float64)) for one in value)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        raise wrong(f"the scale of {name}", value, help) from None
    if not (np.isfinite(mean).all() and np.isfinite(spread).all() and (spread != 0).all()):
        raise wrong(f"the scale of {name}", value, help)
    return mean, spread


def ascii_of(name: object, help: str) -> str:
    """The kept form of a name."""
    place = place_of(name)
    if place is None or place[1]:
        raise wrong("a name in standardise", name, help)
    return place[0]
