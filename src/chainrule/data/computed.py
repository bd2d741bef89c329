"""Data and targets that the text computes or draws, and what has to be true of all of them: domains and facts.

Every number is `numbers.evaluate` on floats: the same bits as an engine's exact numerics. A reduction without a letter
runs over all patterns here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from chainrule.data import at_once
from chainrule.data.rows import listed
from chainrule.data.table import Array
from chainrule.data.text import draw, entries
from chainrule.errors import DataError
from chainrule.expr.entries import entry_text
from chainrule.expr.nodes import Equation, Expr, Ref, index
from chainrule.model.constants import Constants, entries_of, setting_of
from chainrule.model.explicit import explicit, functions
from chainrule.model.explicit import letters as letters_of
from chainrule.model.functions import names_read
from chainrule.model.letters import free
from chainrule.model.model import Model, Quantity
from chainrule.notation.names import pretty
from chainrule.notation.statements import Box, Computed, Drawn, Kind, Listed
from chainrule.numbers.environment import Setting
from chainrule.numbers.evaluate import evaluate, solve

FACT = 1e-9
"""How far the two sides of a fact may differ, relative to the larger: decimal data is rounded, a sum of it too."""

RowName = Callable[[int], str]


def fill(model: Model, values: dict[str, Array], found: Constants, seed: int) -> dict[str, Array]:
    """The values with every computed and drawn quantity added; one that needs a missing target stays out.

    Errors: E220 a computed value that is not finite, E224 random data without a known number of patterns.
    """
    result = dict(values)
    setting = explicit_setting(model, found)
    for quantity in (*model.named("data"), *model.named("target")):
        if isinstance(quantity.start, Drawn) and quantity.name not in result:
            whole = replace(quantity, letters=letters_of(model, quantity))
            drawn = draw(model, whole, quantity.start, found.values, setting)
            result[quantity.name] = entries(drawn, whole, setting, seed)
    for quantity in model.quantities.values():
        if isinstance(quantity.start, Computed):
            names = names_read(quantity.start.value, model.functions)
            if all(name in result or name in found.values for name in names):
                result[quantity.name] = _computed(model, quantity, quantity.start.value, result, found, setting)
    return result


def explicit_setting(model: Model, found: Constants) -> Setting:
    """The setting in which every quantity with a value a pattern carries the patterns' letter."""
    return replace(setting_of(model, found.ranges, found.patterns), functions=functions(model))


def _computed(
    model: Model, quantity: Quantity, value: Expr, values: Mapping[str, Array], found: Constants, setting: Setting
) -> Array:
    letters = letters_of(model, quantity)
    entries_of(replace(quantity, letters=letters), setting)
    result = over(explicit(value, model), letters, {**found.values, **values}, setting)
    bad = np.argwhere(~np.isfinite(result))
    if len(bad):
        where = f" in row {int(bad[0][letters.index(model.pattern)]) + 1}" if model.pattern in letters else ""
        problem = f"computed {quantity.role} {pretty(quantity.name)} is not a finite number{where}"
        raise DataError("E220", problem, "change its expression, or the data", model.source, quantity.span)
    return result


def over(expr: Expr, letters: tuple[str, ...], values: Mapping[str, Any], setting: Setting) -> Array:
    """The array of an expression over letters."""
    ranges = [setting.range(letter) for letter in letters]
    if not letters:
        return np.asarray(evaluate(expr, values, setting=setting), np.float64)
    if (found := at_once.over(expr, letters, values, setting)) is not None:
        return found
    target = Ref("computed#", tuple(index(letter) for letter in letters))
    entries = solve([Equation(target, expr)], values, setting=setting)[target.name]
    flat = np.fromiter((entries[place] for place in product(*ranges)), np.float64)
    return flat.reshape([len(one) for one in ranges])


def check_domains(model: Model, values: Mapping[str, Array], found: Constants, row: RowName) -> None:
    """An error about the first value outside the domain of its quantity, E221."""
    setting = setting_of(model, found.ranges, found.patterns)
    for quantity in (*model.named("data"), *model.named("target")):
        value = values.get(quantity.name)
        if value is None or quantity.domain is None:
            continue
        letters = letters_of(model, quantity)
        inner = [letter for letter in letters if letter != model.pattern]
        ranges = [setting.range(letter) for letter in inner]
        for place in product(*(range(len(one)) for one in ranges)):
            at = {letter: one[step] for letter, one, step in zip(inner, ranges, place, strict=True)}
            steps = iter(place)
            entry = value[tuple(slice(None) if letter == model.pattern else next(steps) for letter in letters)]
            outside, shown = _outside(quantity, np.atleast_1d(entry), at, found.values, setting)
            if outside is not None:
                where = f" in {row(outside)}" if model.pattern in letters else ""
                name = entry_text(pretty(quantity.name), at.values())
                wrong = float(np.atleast_1d(entry)[outside])
                problem = f"{name} = {wrong:.17g}{where} is not in {shown}"
                raise DataError("E221", problem, "correct the value, or the domain", model.source, quantity.domain.span)


def _outside(
    quantity: Quantity, entry: Array, at: Mapping[str, int], values: Mapping[str, Any], setting: Setting
) -> tuple[int | None, str]:
    """The first row of an entry that is outside, and the domain as a reader writes it."""
    match quantity.domain:
        case Listed() as domain:
            allowed = listed(domain, values, setting, at)
            wrong = ~np.isin(entry, allowed)
            shown = "{" + ", ".join(f"{one:g}" for one in allowed) + "}"
        case Box(low, high):
            ends = [
                None if end is None else float(evaluate(end, values, setting=setting, letters=at))
                for end in (low, high)
            ]
            wrong = np.zeros(len(entry), bool)
            if ends[0] is not None:
                wrong |= entry < ends[0]
            if ends[1] is not None:
                wrong |= entry > ends[1]
            lower = "(−∞" if ends[0] is None else f"[{ends[0]:g}"
            upper = "∞)" if ends[1] is None else f"{ends[1]:g}]"
            shown = f"{lower}, {upper}"
        case Kind("integers"):
            wrong, shown = entry != np.rint(entry), "the integers"
        case _:
            return None, ""
    rows = np.flatnonzero(wrong)
    return (int(rows[0]), shown) if len(rows) else (None, shown)


def check_facts(model: Model, values: Mapping[str, Array], found: Constants, row: RowName) -> None:
    """An error about the first row that breaks a fact, E225."""
    setting = explicit_setting(model, found)
    for fact in model.facts:
        sides = [explicit(side, model) for side in (fact.left, fact.right)]
        names = {name for side in sides for name in names_read(side, model.functions)}
        if not all(name in values or name in found.values for name in names):
            continue
        varies = any(model.pattern in free(side) for side in sides) or (
            model.pattern_set is None
            and any(model.quantities[name].varies
                    for side in (fact.left, fact.right) for name in names_read(side, model.functions, True))
        )
        letters = (model.pattern,) if varies else ()
        left, right = (np.atleast_1d(over(side, letters, {**found.values, **values}, setting)) for side in sides)
        off = ~(np.abs(left - right) <= FACT * np.maximum(1.0, np.maximum(np.abs(left), np.abs(right))))
        broken = np.flatnonzero(off)
        if len(broken):
            at = int(broken[0])
            where = f" in {row(at)}" if varies else ""
            problem = f"the data breaks this fact{where}: the left side is {left[at]:.12g}, the right {right[at]:.12g}"
            raise DataError("E225", problem, "correct the row, or take the fact out", model.source, fact.span)
