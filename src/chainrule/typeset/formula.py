"""Expressions as people write them: ``show`` with derivatives as ``∂E/∂w``, or told apart as ``dE/dw`` and ``∂E/∂w``.

Conventions. ``pretty`` writes every derivative with ``∂``, as textbooks do. ``strict`` is the notation itself,
``d(E)/d(w)`` for what lets everything follow and ``partial(E)/partial(y)`` for one equation alone, with ``∂`` for
``partial`` where the output is not ASCII; what is printed so can be read back.
"""

from __future__ import annotations

from chainrule.expr.nodes import Call, Derivative, Expr, Number, Pow, Ref
from chainrule.expr.walk import transform
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
            case Derivative(of, wrt):
                found.append(fraction(of, wrt, found))
                return Ref(f"{MARK}{len(found) - 1}#")
            case Pow(Ref(base), _) if base.startswith(MARK):
                place = int(base.removeprefix(MARK).rstrip("#"))
                found[place] = f"({found[place]})"
                return node
            case _:
                return node

    return filled(show(transform(expr, name)), found)


def fraction(of: Expr, wrt: tuple[Ref, ...], found: list[str]) -> str:
    """``∂u/∂v``; a sum or product above has brackets."""
    above = filled(show(of), found)
    if not isinstance(of, Ref | Call | Number):
        above = f"({above})"
    if len(wrt) == 1:
        return f"∂{above}/∂{filled(show(wrt[0]), found)}"
    first, second = (filled(show(name), found) for name in wrt)
    return f"∂²{above}/∂{first}²" if first == second else f"∂²{above}/∂{first}∂{second}"


def filled(text: str, found: list[str]) -> str:
    """The text with the derivatives put where their marks stand."""
    for place, derivative in enumerate(found):
        text = text.replace(f"{MARK}{place}#", derivative)
    return text
