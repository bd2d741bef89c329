"""A line of a derivation and the one before → what is new in it."""

from __future__ import annotations

from chainrule.expr.nodes import Add, Div, Expr, Mul, Neg
from chainrule.expr.walk import children, nodes


def changed(before: Expr, after: Expr) -> frozenset[Expr]:
    """The parts of an expression that stand where another had something else; none where it is another altogether.

    >>> from chainrule.notation import parse_expression, show
    >>> old, new = map(parse_expression, ("a·f(b)·d", "a·(b + c)·d"))
    >>> [show(one) for one in changed(old, new)]
    ['b + c']
    """
    found, todo = set[Expr](), [(before, after)]
    while todo:
        old, new = todo.pop()
        if new in set(nodes(old)):
            continue
        if type(old) is not type(new) or not isinstance(new, Add | Mul | Neg | Div):
            found.add(new)
            continue
        was, now = children(old), children(new)
        lost, gained = [one for one in was if one not in now], [one for one in now if one not in was]
        if len(lost) == len(gained):
            todo += list(zip(lost, gained, strict=True))
        else:
            found |= set(gained)
    return frozenset(one.arg if isinstance(one, Neg) else one for one in found - {after})  # a sum writes the minus
