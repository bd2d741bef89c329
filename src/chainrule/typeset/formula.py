"""Expressions as people write them: ``show`` with derivatives as ``∂E/∂w``, or told apart as ``dE/dw`` and ``∂E/∂w``.

Conventions. ``pretty`` writes every derivative with ``∂``, as textbooks do; ``apart`` writes ``dE/dw`` for the total
derivative, which lets everything follow, and ``∂E/∂y`` for the partial one, of one equation alone. ``strict`` is the
notation itself, ``d(E)/d(w)`` and ``partial(E)/partial(y)``: what is printed so can be read back.
"""

from __future__ import annotations

from chainrule.derive.derivation import Derivation
from chainrule.expr.nodes import Call, Derivative, Expr, Number, Pow, Ref
from chainrule.expr.walk import nodes, transform
from chainrule.notation import show

MARK = "Derivative#"


def formula(expr: Expr, style: str = "pretty", ascii: bool = False) -> str:
    """The text of an expression in a style.

    >>> goal = Derivative(Ref("E"), (Ref("w"),))
    >>> formula(goal), formula(goal, "strict")
    ('∂E/∂w', 'd(E)/d(w)')
    """
    if style == "strict" or ascii:
        return show(expr, ascii=ascii)
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

    return filled(show(transform(expr, name)), found)


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
    for place, derivative in enumerate(found):
        text = text.replace(f"{MARK}{place}#", derivative)
    return text


def ambiguous(derivation: Derivation) -> bool:
    """Whether a total derivative and a partial one of the same two quantities both stand in the lines."""
    found = {node for step in derivation.steps for node in nodes(step.after) if isinstance(node, Derivative)}
    totals = {(node.of, node.wrt) for node in found | {derivation.goal} if node.kind == "total"}
    return any(node.kind == "partial" and (node.of, node.wrt) in totals for node in found)
