"""Model, consts and seed → the start of every weight, and where each came from.

Given at the call, else written in the text, else drawn as the text says, else uniform on a two-sided box, else normal
with mean 0 and variance 1, put into a one-sided box. A start outside its box is kept and noted: the first step repairs
it. A draw depends on (seed, name, position) alone, so adding a weight changes no other.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from chainrule.data import jsonfile
from chainrule.data.limits import Limits
from chainrule.data.table import Array
from chainrule.data.text import draw, entries
from chainrule.errors import DataError, UsageError
from chainrule.expr.nodes import Expr
from chainrule.model.constants import Constants, array, constants, entries_of, nested, setting_of
from chainrule.model.declared import leaves
from chainrule.model.functions import names_read
from chainrule.model.model import Model, Quantity
from chainrule.notation.known import closest
from chainrule.notation.names import ascii as ascii_name
from chainrule.notation.names import pretty
from chainrule.notation.statements import Box, Drawn, Given
from chainrule.numbers.environment import Setting
from chainrule.numbers.random import Draw
from chainrule.values import dataclass

Origin = Literal["call", "text", "drawn", "default"]


@dataclass(frozen=True, slots=True)
class Starts:
    """The start of every weight. ``origins`` says where it came from, ``said`` the same in words, ``outside`` names
    the weights that do not start in their box, ``draws`` how those were drawn that another seed draws anew."""

    weights: Mapping[str, Array]
    origins: Mapping[str, Origin]
    said: Mapping[str, str]
    outside: tuple[str, ...] = ()
    draws: Mapping[str, Draw] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was chosen unasked, and what the first step will repair, a sentence each."""
        chosen = [f"{pretty(name)} {self.said[name]}" for name, origin in self.origins.items() if origin == "default"]
        left = [f"{pretty(name)} starts outside its box; the first step puts it back" for name in self.outside]
        return (*chosen, *left)


def starts(
    model: Model,
    consts: Mapping[str, object] | None = None,
    seed: int = 0,
    given: Mapping[str, object] | str | os.PathLike[str] | None = None,
    limits: Limits | None = None,
    *,
    ranges: Mapping[str, range] | None = None,
) -> Starts:
    """The starts. ``given`` is a mapping name → number or nested lists, or the path of a JSON file of one; a number
    fills a whole array. ``ranges`` are those of the patterns, where sizes come from the data.

    Errors: E240 a name that is no weight, E241 a start file that cannot be read, E226 an impossible distribution,
    E232 a value that is not a finite number, E233 a shape that does not fit, E235 a letter without a size.
    """
    found = _constants(model, consts, ranges)
    values = _given(model, given, Limits() if limits is None else limits)
    setting = setting_of(model, found.ranges)
    weights: dict[str, Array] = {}
    origins: dict[str, Origin] = {}
    said: dict[str, str] = {}
    draws: dict[str, Draw | None] = {}
    outside: list[str] = []
    for weight in model.named("weight"):
        shape = _shape(model, weight, found)
        entries_of(weight, setting)
        name = weight.name
        lower, upper = box(model, weight, found.values, setting)
        if name in values:
            value = _array(nested(values[name], shape, f"the start of {pretty(name)}"))
            origins[name], said[name] = "call", "starts where the call says"
        elif isinstance(weight.start, Given):
            value = _array(array(model, weight, weight.start.value, found.values, setting, "the start"))
            origins[name], said[name] = "text", "starts where the text says"
        elif isinstance(weight.start, Drawn):
            draws[name] = draw(model, weight, weight.start, found.values, setting)
            value = entries(draws[name], weight, setting, seed)
            form = model.source.text[weight.start.span.start : weight.start.span.stop].lstrip("~ ")
            origins[name], said[name] = "drawn", f"is drawn from {form or weight.start.distribution}, seed {seed}"
        else:
            draws[name], said[name] = _default(weight, seed, lower, upper)
            value = entries(draws[name], weight, setting, seed)
            origins[name] = "default"
        if not ((value >= lower) & (value <= upper)).all():
            outside.append(name)
        value = np.array(value, np.float64, order="C")
        value.setflags(write=False)
        weights[name] = value
    drawn = MappingProxyType({name: one for name, one in draws.items() if one is not None})
    return Starts(MappingProxyType(weights), MappingProxyType(origins), MappingProxyType(said), tuple(outside), drawn)


def _constants(model: Model, consts: Mapping[str, object] | None, ranges: Mapping[str, range] | None) -> Constants:
    """The consts; those that no start reads may be without a value."""
    found = constants(model, consts, ranges, partial=True)
    for weight in model.named("weight"):
        for value in _values(weight):
            if any(name not in found.values for name in names_read(value, model.functions)):
                return constants(model, consts, ranges)
    return found


def _values(weight: Quantity) -> tuple[Expr, ...]:
    """The expressions of a start and a box."""
    ends = (weight.domain.low, weight.domain.high) if isinstance(weight.domain, Box) else ()
    match weight.start:
        case Given(value):
            start = leaves(value)
        case Drawn(arguments=arguments):
            start = arguments
        case _:
            start = ()
    return (*start, *(end for end in ends if end is not None))


def box(model: Model, weight: Quantity, values: Mapping[str, Any], setting: Setting) -> tuple[Array, Array]:
    """The lowest and highest value of every entry of a weight; ±∞ where it is free."""
    shape = tuple(len(setting.range(letter)) for letter in weight.letters)
    lower, upper = np.full(shape, -math.inf), np.full(shape, math.inf)
    if isinstance(weight.domain, Box):
        for bound, into in ((weight.domain.low, lower), (weight.domain.high, upper)):
            if bound is not None:
                into[...] = _array(array(model, weight, bound, values, setting, "the box"))
        if (lower > upper).any():
            problem = f"the box of {pretty(weight.name)} ends before it begins"
            raise DataError("E228", problem, "write the smaller number first", model.source, weight.domain.span)
    return lower, upper


def _default(weight: Quantity, seed: int, lower: Array, upper: Array) -> tuple[Draw, str]:
    """How a weight is drawn whose text says nothing of its start, and that in words."""
    ends = tuple(lower.ravel().tolist()), tuple(upper.ravel().tolist())
    if np.isfinite(lower).all() and np.isfinite(upper).all():
        return Draw("uniform", *ends), f"has no start in the text: uniform on its box, seed {seed}"
    boxed = isinstance(weight.domain, Box)
    into = ", put into its box" if boxed else ""
    said = f"has no start in the text: normal(0, 1), seed {seed}{into}"
    return Draw("normal", (0.0,), (1.0,), ends if boxed else None), said


def _array(value: Any) -> Array:
    return np.asarray(value, np.float64)


def _shape(model: Model, weight: Quantity, found: Constants) -> tuple[int, ...]:
    sizes = []
    for letter in weight.letters:
        group = model.set_of(letter)
        if group is None or group.name not in found.ranges:
            problem = f"the size of {letter} is not known: {pretty(weight.name)} has no shape"
            help = f"give the letter its range (index {letter} = 1..3), or data that carries it"
            raise DataError("E235", problem, help, model.source, weight.span)
        sizes.append(len(found.ranges[group.name]))
    return tuple(sizes)


def _given(
    model: Model, given: Mapping[str, object] | str | os.PathLike[str] | None, limits: Limits
) -> dict[str, object]:
    if given is None:
        return {}
    values = given if isinstance(given, Mapping) else _file(Path(given), limits)
    found: dict[str, object] = {}
    weights = [quantity.name for quantity in model.named("weight")]
    for typed, value in values.items():
        name = ascii_name(str(typed))
        if name not in weights:
            meant = closest(name, weights)
            known = model.quantities.get(name)
            if known is not None and known.role == "const":
                help = f"{typed} is a const: set it with consts={{'{typed}': …}} (--set {typed}=…)"
            elif meant:
                help = f"did you mean {pretty(meant)}?"
            else:
                help = f"the weights are {', '.join(map(pretty, weights))}" if weights else "the model has no weight"
            raise UsageError("E240", f"no weight is called {typed}", help)
        if name in found:
            raise UsageError("E240", f"the start of {typed} is given twice", "give every weight once")
        found[name] = value
    return found


def _file(path: Path, limits: Limits) -> Mapping[str, object]:
    try:
        if not path.is_file():
            problem = f"{path} is not a file" if path.exists() else f"there is no file {path}"
            raise DataError("E241", problem, 'give a JSON file {"w": 0.5}')
        value = jsonfile.read(path, limits)
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else str(fault)
        raise DataError("E241", f"{path} cannot be read: {reason}", 'give a JSON file {"w": 0.5}') from None
    if not isinstance(value, dict):
        raise DataError("E241", f"{path.name} has no names", 'write {"w": 0.5, "W": [[1, 2], [3, 4]]}')
    return value
