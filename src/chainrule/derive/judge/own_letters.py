"""A line with letters of the learner's own → the same line in the letters of the model.

``∂p[k]/∂z[j] = p[k]·([k == j] − p[j])`` is how a Jacobian is printed, whatever the text calls its letters. A letter
that the text does not have, or has for another set of the same range, means the set whose places it stands at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from chainrule.derive.sizes import Alike, set_name
from chainrule.expr.nodes import Derivative, Equation, Expr, Reduce, Ref, Size, index
from chainrule.expr.walk import nodes, rename_letters, transform
from chainrule.model.letters import base, every, fresh
from chainrule.model.model import Model
from chainrule.notation.names import ascii as kept

_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_LETTER = re.compile(r"\s*([^\W\d_])['′’]*\s*")


def unknown(text: str, model: Model) -> set[str]:
    """Letters that stand alone at places of indices and that the text does not have.

    >>> from chainrule.model import build
    >>> from chainrule.notation import parse
    >>> model = build(parse("index k = 1..2\\nweight z[k]\\nE = Σ_k z[k]²"))
    >>> unknown("∂E/∂z[m] = 2·z[m]·[m == k]", model)
    {'m'}
    """
    places = (place for inside in _BRACKETS.findall(text) for place in inside.split(","))
    found = {one[1] for one in map(_LETTER.fullmatch, places) if one}
    taken = {*model.quantities, *model.functions, *(letter for group in model.sets for letter in group.letters)}
    return {letter for letter in found if kept(letter) not in taken and letter not in taken and letter != model.pattern}


def of_another_set(equation: Equation, pattern: str, model: Model) -> bool:
    """Whether the letter that derivations give the patterns stands in a line for letters of the text alone."""
    found = False
    for node in (one for side in (equation.target, equation.body) for one in nodes(side)):
        match node:
            case Ref(name, indices) if name in model.quantities and any(place.letter == pattern for place in indices):
                if len(indices) != len(model.quantities[name].letters):
                    return False
                found = True
    return found


def in_the_models(equation: Equation, model: Model, alike: Alike) -> Equation:
    """The line in the letters of the model."""
    sides = (equation.target, equation.body)
    wanted: dict[str, dict[str, str]] = {}
    for node in (one for side in sides for one in nodes(side)):
        quantity = model.quantities.get(node.name) if isinstance(node, Ref) else None
        if not isinstance(node, Ref) or quantity is None or len(quantity.letters) != len(node.indices):
            continue
        for place, own in zip(node.indices, quantity.letters, strict=True):
            if place.letter is not None:
                wanted.setdefault(place.letter, {})[alike.of(own)] = own
    taken = {letter for side in sides for letter in every(side)}
    meaning: dict[str, str] = {}
    for letter, sets in wanted.items():
        own = next(iter(sets.values()))
        if len(sets) == 1 and alike.of(letter) not in sets and ranges_agree(letter, own, model):
            meaning[letter] = fresh(own, taken)
            taken.add(meaning[letter])
    if not meaning:
        return equation
    target = cast(Ref | Derivative, renamed(equation.target, meaning))
    return replace(equation, target=target, body=renamed(equation.body, meaning))


def ranges_agree(letter: str, own: str, model: Model) -> bool:
    """Whether one letter may stand for the other: the text does not have it, or says the same range of both."""
    if base(letter) == model.pattern:
        return False
    mine, other = model.set_of(base(letter)), model.set_of(base(own))
    if mine is None:
        return set_name(letter, model) == base(letter)
    return other is not None and mine.low is not None and (mine.low, mine.high) == (other.low, other.high)


def renamed(expr: Expr, meaning: Mapping[str, str]) -> Expr:
    """The expression with letters renamed, bound and free."""

    def change(node: Expr) -> Expr:
        match node:
            case Reduce(_, letters) if letters:
                return replace(node, letters=tuple(meaning.get(letter, letter) for letter in letters))
            case Size(letter) if letter in meaning:
                return Size(meaning[letter])
            case _:
                return node

    places = {letter: index(new) for letter, new in meaning.items()}
    return transform(rename_letters(expr, places), change)
