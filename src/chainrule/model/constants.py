"""Consts and bounds of a model → their numbers, given what a call changes and what the data says about sizes.

Consts and letter sets may need each other in any order without a circle: a const is evaluated when all it reads is
known, a set when its bounds are. Arithmetic is that of `numbers.evaluate` on floats.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import product
from numbers import Real
from typing import Any

from chainrule.errors import ChainruleError, DataError, LimitError, ModelError, UsageError, shown
from chainrule.expr.graph import components
from chainrule.expr.limits import most, raise_it
from chainrule.expr.nodes import Expr, Ref
from chainrule.expr.walk import nodes
from chainrule.model.declared import leaves
from chainrule.model.explicit import letters as letters_of
from chainrule.model.functions import names_read, within
from chainrule.model.legality import empty
from chainrule.model.letters import every
from chainrule.model.model import LetterSet, Model, Quantity
from chainrule.model.rules import DEFAULT_RATE, RATES
from chainrule.notation.known import closest
from chainrule.notation.names import ascii as ascii_name
from chainrule.notation.names import pretty
from chainrule.notation.statements import Given, Listing
from chainrule.numbers.environment import Setting
from chainrule.numbers.evaluate import evaluate
from chainrule.values import dataclass

Number = float | tuple["Number", ...]  # nested once for each letter, the first outermost

_SET = "# "  # marks the name of a letter set among those of consts

@dataclass(frozen=True, slots=True)
class Constants:
    """The value of every const, the values of every letter set that are known, and those of the patterns' letter."""

    values: Mapping[str, Any]
    ranges: Mapping[str, range]
    patterns: range | None = None


def constants(
    model: Model,
    overrides: Mapping[str, object] | None = None,
    sizes: Mapping[str, range] | None = None,
    count: int | None = None,
    partial: bool = False,
) -> Constants:
    """The numbers of the consts. ``overrides`` win over the text; ``sizes`` are the sets whose length the data says,
    ``count`` is how many patterns it has. ``partial`` leaves out what cannot be known yet.

    Errors: E230 a const without a value, E231 no such const, E232 a value that is not a finite number, E233 a shape
    that does not fit; E132 a range that is empty or not of integers.
    """
    wanted = _overrides(model, overrides or {})
    values: dict[str, Any] = {name: value for name, value in wanted.items() if name not in model.quantities}
    ranges: dict[str, range] = dict(sizes or {})
    pending = {quantity.name: quantity for quantity in model.named("const")}
    if model.rate is not None and model.rate not in wanted and model.quantities[model.rate].start is None:
        values[model.rate] = DEFAULT_RATE
        del pending[model.rate]
    bounded = (*model.sets, *((model.pattern_set,) if model.pattern_set else ()))
    open_sets = {group.name: group for group in bounded if group.low is not None and group.high is not None}
    patterns = None
    if count is not None and model.pattern not in open_sets:
        patterns = range(count) if model.pattern_set is None else range(1, count + 1)
    needs = {name: _needs(model, quantity, wanted) for name, quantity in pending.items()}
    needs |= {_SET + name: _bound_names(group) for name, group in open_sets.items()}
    setting = setting_of(model, ranges, patterns)
    for name in (name for part in components(needs) for name in part):
        if any(other not in values for other in needs[name] if not other.startswith(_SET)):
            continue
        if name.startswith(_SET):
            group = open_sets[name.removeprefix(_SET)]
            found = _range(model, group, values)
            if group is model.pattern_set:
                patterns = found
            else:
                ranges[group.name] = found
            setting = setting_of(model, ranges, patterns)
        elif (name in wanted or pending[name].start is not None) and all(
            _has_range(model, other, ranges, patterns) for other in needs[name] if other.startswith(_SET)
        ):
            values[name] = _value(model, pending.pop(name), wanted, values, setting)
    if partial:
        return Constants(values, ranges, patterns)
    for name, quantity in pending.items():
        if name not in wanted and quantity.start is None:
            shown = pretty(name)
            raise DataError(
                "E230",
                f"const {shown} has no value",
                f"write `const {shown} := 0.5`, or give it: consts={{'{shown}': 0.5}} (--set {shown}=0.5)",
                model.source,
                quantity.span,
            )
    for quantity in pending.values():
        raise DataError(
            "E235",
            f"const {pretty(quantity.name)} needs the size of a letter that neither the text nor the data gives",
            "give the letter its range: index i = 1..3",
            model.source,
            quantity.span,
        )
    return Constants(values, ranges, patterns)


def entries_of(quantity: Quantity, setting: Setting) -> int:
    """How many entries an array has; a limit met before anything of that size is made."""
    count = math.prod(len(setting.range(letter)) for letter in quantity.letters)
    if count > most("entries"):
        problem = f"{pretty(quantity.name)} would have {count:,} entries, more than {most('entries'):,}"
        raise LimitError("E234", problem, f"give its letters fewer values, or {raise_it('entries', count)}")
    return count


def setting_of(model: Model, ranges: Mapping[str, range], patterns: range | None = None) -> Setting:
    """What expressions of a model mean: every letter with its values, every array with its letters."""
    letters = {letter: ranges[group.name] for group in model.sets if group.name in ranges for letter in group.letters}
    if patterns is not None:
        letters[model.pattern] = patterns
    axes = {name: letters_of(model, quantity) for name, quantity in model.quantities.items()}
    return Setting(letters, axes, model.functions, model.pattern)


def number_of(value: object, what: str, problem: type[ChainruleError] = UsageError) -> float:
    """A finite float from a value given at a call."""
    if type(value) is not bool and isinstance(value, Real):
        try:
            found = float(value)
        except OverflowError:
            found = math.inf
        if math.isfinite(found):
            return found
        raise problem("E232", f"{what} is {'nan' if math.isnan(found) else 'infinite'}", "give a finite number")
    raise problem("E232", f"{what} is {shown(value)}, which is not a number", "give a finite number")


def nested(value: object, shape: tuple[int, ...], what: str, problem: type[ChainruleError] = UsageError) -> Number:
    """A value given at a call as nested tuples of a shape; one number fills the whole array."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if not isinstance(value, list | tuple):
        found: Number = number_of(value, what, problem)
        for size in reversed(shape):
            found = (found,) * size
        return found
    if not shape:
        raise problem("E233", f"{what} is one number, not a list", "give one number")
    if len(value) != shape[0]:
        expected = "×".join(map(str, shape))
        raise problem(
            "E233", f"{what} has {len(value)} entries where {shape[0]} are expected", f"its shape is {expected}"
        )
    if any(isinstance(item, list | tuple) for item in value) and len(shape) == 1:
        raise problem("E233", f"{what} nests deeper than it has letters", f"its shape is {shape[0]}")
    if len(shape) > 1 and not all(isinstance(item, list | tuple) or hasattr(item, "tolist") for item in value):
        raise problem(
            "E233", f"{what} nests less deep than it has letters", f"its shape is {'×'.join(map(str, shape))}"
        )
    # as deep as the quantity has letters
    return tuple(
        nested(item, shape[1:], f"{what}[{place}]", problem) if len(shape) > 1 else number_of(item, what, problem)
        for place, item in enumerate(value, start=1)
    )


def array(
    model: Model, quantity: Quantity, value: Expr | Listing, values: Mapping[str, Any], setting: Setting, what: str
) -> Number:
    """The number, or nested tuples of numbers, of a value after ``:=`` or of an expression for each entry."""
    shape = tuple(len(setting.range(letter)) for letter in quantity.letters)
    count = entries_of(quantity, setting)
    if isinstance(value, Listing):
        _fits(model, quantity, value, shape)
        entries = [_finite(model, quantity, evaluate(leaf, values, setting=setting), what) for leaf in leaves(value)]
    else:
        if count and not set(quantity.letters) & every(value):
            one = _finite(model, quantity, evaluate(value, values, setting=setting), what)
            return filled(one, shape)
        places = product(*(setting.range(letter) for letter in quantity.letters))
        letters = (dict(zip(quantity.letters, place, strict=True)) for place in places)
        entries = [
            _finite(model, quantity, evaluate(value, values, setting=setting, letters=at), what) for at in letters
        ]
    return folded(entries, shape)


def filled(one: float, shape: tuple[int, ...]) -> Number:
    """One number in every place of nested tuples, each level one tuple again and again."""
    found: Number = one
    for size in reversed(shape):
        found = (found,) * size
    return found


def folded(entries: list[float], shape: tuple[int, ...]) -> Number:
    """A flat list, last index fastest, as nested tuples."""
    if not shape:
        return entries[0]
    level: list[Number] = [*entries]
    for size in reversed(shape[1:]):
        level = [tuple(level[start : start + size]) for start in range(0, len(level), size)]
    return tuple(level)


def _finite(model: Model, quantity: Quantity, value: float, what: str) -> float:
    if math.isfinite(value):
        return value
    shown = "not a number" if math.isnan(value) else "infinite"
    raise DataError(
        "E232", f"{what} of {pretty(quantity.name)} is {shown}", "write a finite value", model.source, quantity.span
    )


def _fits(model: Model, quantity: Quantity, value: Listing, shape: tuple[int, ...]) -> None:
    level: list[Expr | Listing] = [value]
    for letter, size in zip(quantity.letters, shape, strict=True):
        for one in level:
            if isinstance(one, Listing) and len(one.items) != size:
                problem = f"the list of {pretty(quantity.name)} has {len(one.items)} entries along {letter}, not {size}"
                raise ModelError("E133", problem, f"give {size} entries", model.source, value.span)
        level = [item for one in level if isinstance(one, Listing) for item in one.items]


def _overrides(model: Model, given: Mapping[str, object]) -> dict[str, object]:
    found: dict[str, object] = {}
    for typed, value in given.items():
        name = ascii_name(str(typed))
        known = model.quantities.get(name)
        if known is None and name in RATES:
            found[name] = number_of(value, pretty(name))
            continue
        if known is None or known.role != "const":
            consts = [quantity.name for quantity in model.named("const")]
            meant = closest(name, consts)
            if known is not None and known.role == "weight":
                ways = f"weights={{'{typed}': …}} in evaluate, start={{'{typed}': …}} in train (--start {typed}=…)"
                help = f"{typed} is a weight: give its value with {ways}"
            elif meant:
                help = f"did you mean {pretty(meant)}?"
            else:
                help = f"the consts are {', '.join(map(pretty, consts))}" if consts else "the text has no const"
            raise UsageError("E231", f"no const is called {typed}", help)
        found[name] = value
    return found


def _range(model: Model, group: LetterSet, values: Mapping[str, Any]) -> range:
    ends: list[int] = []
    for bound in (group.low, group.high):
        if bound is None:
            raise TypeError(group.name)
        value: float = evaluate(bound, values, setting=Setting(functions=model.functions))
        if not float(value).is_integer() or abs(value) > 2**53:
            problem = f"the range of {group.name} ends at {value:g}"
            raise ModelError("E132", problem, "indices are integers: 1..3", model.source, group.span)
        ends.append(int(value))
    found = range(ends[0], ends[1] + 1)
    if not found:
        raise empty(model, group, found)
    if len(found) > most("entries"):
        problem = f"{group.name} would have {len(found):,} values, more than {most('entries'):,}"
        help = f"give it fewer values, or {raise_it('entries', len(found))}"
        raise LimitError("E234", problem, help, model.source, group.span)
    return found


def _needs(model: Model, quantity: Quantity, wanted: Mapping[str, object]) -> tuple[str, ...]:
    """The consts and letter sets (marked) that the value of a const needs."""
    letters = set(quantity.letters)
    found: dict[str, None] = {}
    if quantity.name not in wanted and isinstance(quantity.start, Given):
        for leaf in leaves(quantity.start.value):
            found.update(dict.fromkeys(names_read(leaf, model.functions)))
            letters.update(*map(every, within(leaf, model.functions)))
    return (*found, *sorted({_SET + _set_name(model, letter) for letter in letters}))


def _set_name(model: Model, letter: str) -> str:
    group = model.set_of(letter)
    return model.pattern if group is None else group.name


def _bound_names(group: LetterSet) -> tuple[str, ...]:
    return tuple(
        node.name for bound in (group.low, group.high) if bound for node in nodes(bound) if isinstance(node, Ref)
    )


def _has_range(model: Model, marked: str, ranges: Mapping[str, range], patterns: range | None) -> bool:
    name = marked.removeprefix(_SET)
    return patterns is not None if name == model.pattern else name in ranges


def _value(
    model: Model, quantity: Quantity, wanted: Mapping[str, object], values: Mapping[str, Any], setting: Setting
) -> Number:
    if quantity.name in wanted:
        shape = tuple(len(setting.range(letter)) for letter in quantity.letters)
        return nested(wanted[quantity.name], shape, f"const {pretty(quantity.name)}")
    start = quantity.start
    if not isinstance(start, Given):
        raise TypeError(quantity.name)
    return array(model, quantity, start.value, values, setting, "the value")
