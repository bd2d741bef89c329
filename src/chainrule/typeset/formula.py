"""Expressions as people write them: ``show`` with derivatives as ``∂E/∂w``, or told apart as ``dE/dw`` and ``∂E/∂w``.

Conventions. ``pretty`` writes every derivative with ``∂``, as textbooks do; ``apart`` writes ``dE/dw`` for the total
derivative, which lets everything follow, and ``∂E/∂y`` for the partial one, of one equation alone. ``strict`` is the
notation itself, ``d(E)/d(w)`` and ``partial(E)/partial(y)``: what is printed so can be read back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from chainrule.derive.derivation import Derivation
from chainrule.expr.nodes import Call, Derivative, Expr, InRange, Mul, Number, Pow, Reduce, Ref, key
from chainrule.expr.walk import nodes, transform
from chainrule.notation import show

MARK, RANGE = "Derivative#", "Range#"
MARKS = re.compile(MARK + r"(\d+)#")


def formula(expr: Expr, style: str = "pretty", ascii: bool = False) -> str:
    """The text of an expression in a style.

    >>> goal = Derivative(Ref("E"), (Ref("w"),))
    >>> formula(goal), formula(goal, "strict")
    ('∂E/∂w', 'd(E)/d(w)')
    """
    if style == "strict" or ascii:
        return show(expr, ascii=ascii)
    expr = ranged(expr)
    found: list[str] = []

    def name(node: Expr) -> Expr:
        match node:
            case Derivative(of, wrt, kind):
                found.append(fraction("d" if style == "apart" and kind == "total" else "∂", of, wrt, found))
                return Ref(f"{MARK}{len(found) - 1}#")
            case Pow(Ref(base), _) if base.startswith(MARK):
                place = int(base.removeprefix(MARK).rstrip("#"))
                found[place] = f"({found[place]})"
                return node
            case _:
                return node

    text = filled(show(transform(expr, name)), found)
    return text.replace(f",{RANGE}", ": ").replace(" == ", " = ") if RANGE in text or " == " in text else text


def named(expr: Expr, aliases: Mapping[str, str], style: str = "pretty") -> Expr:
    """An expression with short names for adjoints, ``δ₁[j]`` for ``∂E/∂z₁[j]``; in the strict style without."""
    if not aliases or style == "strict":
        return expr

    def change(node: Expr) -> Expr:
        if isinstance(node, Derivative) and isinstance(node.of, Ref) and len(node.wrt) == 1 and key(node) in aliases:
            return Ref(aliases[key(node)], node.wrt[0].indices)
        return node

    return transform(expr, change)


def in_text(bracket: InRange) -> str:
    """The range that a sum runs over."""
    return show(bracket)[1:-1]


def ranged(expr: Expr, condition: Callable[[InRange], str] = in_text) -> Expr:
    """Sums with a bracket about a range as their first factor, as sums over that range: ``Σ_{v: p−v ∈ q}``."""

    def change(node: Expr) -> Expr:
        match node:
            case Reduce("sum", letters, Mul((InRange(place) as bracket, *rest))) if letters and any(
                letter in letters for letter, _ in place.terms
            ):
                body = Mul(tuple(rest)) if len(rest) > 1 else rest[0]
                return Reduce("sum", (*letters, RANGE + condition(bracket)), body)
            case _:
                return node

    return transform(expr, change)


def with_letters(derivation: Derivation) -> bool:
    """Whether the lines speak of entries."""
    return any(name.indices for step in derivation.steps for name in step.left.wrt)


def fraction(d: str, of: Expr, wrt: tuple[Ref, ...], found: list[str]) -> str:
    """``∂u/∂v``; a sum or product above has brackets."""
    above = filled(show(of), found)
    if not isinstance(of, Ref | Call | Number):
        above = f"({above})"
    elif d == "d" and isinstance(of, Call):
        above = f" {above}"  # "d sin(x)", not a function dsin
    if len(wrt) == 1:
        return f"{d}{above}/{d}{filled(show(wrt[0]), found)}"
    first, second = (filled(show(name), found) for name in wrt)
    return f"{d}²{above}/{d}{first}²" if first == second else f"{d}²{above}/{d}{first}{d}{second}"


def filled(text: str, found: list[str]) -> str:
    """The text with the derivatives put where their marks stand."""
    return MARKS.sub(lambda mark: found[int(mark[1])], text) if found else text


def ambiguous(derivation: Derivation) -> bool:
    """Whether a total derivative and a partial one of the same two quantities both stand in the lines."""
    found = {node for step in derivation.steps for node in nodes(step.after) if isinstance(node, Derivative)}
    totals = {(node.of, node.wrt) for node in found | {derivation.goal} if node.kind == "total"}
    return any(node.kind == "partial" and (node.of, node.wrt) in totals for node in found)
