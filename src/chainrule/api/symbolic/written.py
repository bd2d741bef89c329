"""Equations of SymPy with what is data, target, weight and const → the text of a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy

from chainrule.api import arguments
from chainrule.api.layers import listed
from chainrule.api.symbolic.inward import Reader, named, refused
from chainrule.errors import UsageError, shown
from chainrule.expr.indices import base
from chainrule.notation.names import pretty
from chainrule.notation.show import show


def text_of(
    equations: object, weights: object, data: object, targets: object, consts: object, minimise: object,
    index: object, patterns: object,
) -> str:  # fmt: skip
    """The text; arguments are those of `from_sympy`."""
    pairs = pairs_of(equations)
    given = {
        "data": dict.fromkeys(arguments.names("data", data)),
        "target": dict.fromkeys(arguments.names("targets", targets)),
        "weight": arguments.mapping("weights", weights) or {}, "const": arguments.mapping("consts", consts) or {},
    }  # fmt: skip
    own = {typed: spelled(typed) for names in given.values() for typed in names}
    roles = {role: [own[typed][0] for typed in names] for role, names in given.items()}
    values = {own[typed][0]: value for names in given.values() for typed, value in names.items()}
    letter = arguments.optional("patterns", patterns, "the letter of the patterns")
    ends = letters_of(pairs, arguments.mapping("index", index) or {})
    labels = [target.base.label if isinstance(target, sympy.Indexed) else target.name for target, _ in pairs]
    defined = [named(str(one)) for one in labels]
    known = {*defined, *(name for names in roles.values() for name in names)}
    reader = Reader(ends, frozenset(known))
    try:
        lines = [f"{show(reader.expression(target))} = {show(reader.expression(body))}" for target, body in pairs]
    except RecursionError:
        raise refused("an expression nested as deeply", "it is read part by part") from None
    axes = axes_of(pairs) | {name: letters for name, letters in own.values() if letters}
    used = names_of(pairs) - set(ends)
    for name in sorted(used - known - {f"n_{one}" for one in ends}):
        problem = f"{pretty(name)} has no equation, and is not said to be anything else"
        raise UsageError("E413", problem, f'name it in data, targets, weights or consts: weights={{"{name}": 0.5}}')
    head = [*letter_lines(ends, letter, reader)]
    for role, names in roles.items():
        for name in names:
            if name in defined:
                raise UsageError("E413", f"{pretty(name)} is a {role} and has an equation", "take one of them out")
            shape = f"[{','.join(axes[name])}]" if axes.get(name) else ""
            head.append(f"{role} {pretty(name)}{shape}{value_of(name, values[name])}")
    tail = [] if minimise is None else [f"minimise {arguments.text('minimise', minimise, 'what is made small')}"]
    return "\n".join([*head, *lines, *tail]) + "\n"


def pairs_of(equations: object) -> list[tuple[Any, Any]]:
    """Left and right sides; E413 for what is no equation of a name."""
    if isinstance(equations, Mapping):
        keys = [sympy.Symbol(key) if isinstance(key, str) else key for key in equations]
        found = list(zip(keys, map(plain, equations.values()), strict=True))
    else:
        each: list[Any] = list(equations) if isinstance(equations, list | tuple) else [equations]
        found = [(one.lhs, one.rhs) if isinstance(one, sympy.Equality) else (one, None) for one in each]
    for target, body in found:
        if not isinstance(target, sympy.Symbol | sympy.Indexed) or not isinstance(body, sympy.Expr):
            what = shown(str(target) if isinstance(target, sympy.Basic) else target)
            raise UsageError("E413", f"{what} is no equation of a name", 'give sympy.Eq(E, …), or {"E": …}')
    if not found:
        raise UsageError("E413", "there is no equation", 'give sympy.Eq(E, …), or {"E": …}')
    return found


def plain(value: object) -> Any:
    """An expression, or a number as one; a text is none, since SymPy would run it."""
    return sympy.Float(value) if isinstance(value, float) else sympy.Integer(value) if type(value) is int else value


def letters_of(pairs: list[tuple[Any, Any]], index: dict[str, object]) -> dict[str, tuple[Any, Any] | None]:
    """Every letter with its ends: of a sum, of an `Idx`, or as the call says; None where the data say them."""
    found: dict[str, tuple[Any, Any] | None] = {}

    def meet(letter: str, low: Any, high: Any) -> None:
        ends = None if isinstance(high, sympy.Symbol) and high.name == f"n_{letter}" and low == 1 else (low, high)
        if found.get(letter) not in (None, ends):
            problem = f"{letter} runs over {found[letter]} and over {ends}"
            raise UsageError("E413", problem, "use another letter for one of them")
        found[letter] = ends

    for name, value in index.items():
        ends = value if isinstance(value, tuple) and len(value) == 2 else None
        if value is not None and (ends is None or not all(type(one) is int for one in ends)):
            raise UsageError("E413", f"{shown(value)} are no ends of {name}", 'write index={"i": (1, 3)}, or None')
        found[name] = None if ends is None else tuple(map(sympy.Integer, ends))
    for side in (side for pair in pairs for side in pair):
        for one in sympy.preorder_traversal(side):
            if isinstance(one, sympy.Sum | sympy.Product):
                for limit in one.limits:
                    if len(limit) != 3:
                        raise UsageError("E413", f"a sum over {limit[0]} has no ends", "write Sum(…, (i, 1, 3))")
                    meet(base(str(limit[0].name)), *limit[1:])
            elif isinstance(one, sympy.Indexed):
                for letter in {letter for position in one.indices for letter in position.free_symbols}:
                    name = base(str(letter.name))
                    if isinstance(letter, sympy.Idx) and letter.upper is not None:
                        meet(name, letter.lower, letter.upper)
                    found.setdefault(name, None)
    return found


def axes_of(pairs: list[tuple[Any, Any]]) -> dict[str, tuple[str, ...]]:
    """The letters of each array, where they are plain in one place at least."""
    found: dict[str, tuple[str, ...]] = {}
    for one in (part for pair in pairs for side in pair for part in sympy.preorder_traversal(side)):
        if isinstance(one, sympy.Indexed):
            letters = [[base(str(own.name)) for own in sorted(place.free_symbols, key=str)] for place in one.indices]
            name = named(str(one.base.label))
            alone = all(place.is_Symbol for place in one.indices)
            if all(len(own) == 1 for own in letters) and (name not in found or alone):
                found[name] = tuple(own[0] for own in letters)
            found.setdefault(name, ())
    return found


def names_of(pairs: list[tuple[Any, Any]]) -> set[str]:
    """Every name that is read, letters among them."""
    arrays = {one for pair in pairs for side in pair for one in side.atoms(sympy.Indexed)}
    labels = {one.base.label for one in arrays}
    letters = {letter for one in arrays for place in one.indices for letter in place.free_symbols}
    free = {one for pair in pairs for side in pair for one in side.free_symbols if isinstance(one, sympy.Symbol)}
    plain = {named(str(one.name)) for one in free - labels - letters}
    return plain | {named(str(label)) for label in labels}


def letter_lines(ends: dict[str, Any], patterns: str | None, reader: Reader) -> list[str]:
    """The declarations of letters."""
    lines = []
    for letter, own in ends.items():
        what = "patterns" if letter == patterns else "index"
        low, high = (show(reader.expression(one)) for one in own) if own else ("", "")
        lines.append(f"{what} {letter}" + (f" = {low}..{high}" if own else ""))
    return lines


def spelled(typed: str) -> tuple[str, tuple[str, ...]]:
    """A name with the letters that it is written with: ``W[j,i]``."""
    name, bracket, rest = typed.partition("[")
    return named(name.strip()), tuple(one.strip() for one in rest.rstrip("] ").split(",")) if bracket else ()


def value_of(name: str, value: object) -> str:
    """What stands behind a declaration: the start of a weight, the value of a const."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f" ~ {value}"
    try:
        return f" := {listed(np.asarray(value, np.float64))}"
    except (TypeError, ValueError):
        help = "give a number, or a list of numbers"
        raise UsageError("E413", f"{pretty(name)} cannot be {shown(value)}", help) from None
