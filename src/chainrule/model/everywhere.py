"""A reduction over the entries of all weights → reductions over each of them, put together."""

from __future__ import annotations

from collections.abc import Sequence

from chainrule.expr.nodes import Add, Call, Div, Expr, Mul, Operator, Reduce, Size, number

Parts = Sequence[tuple[Expr, tuple[str, ...]]]
"""What is reduced: of each array an entry, and the letters that entry has."""


def together(operator: Operator, parts: Parts) -> Expr:
    """The sum, mean, max or min over all entries: array by array in the order given, then over the arrays.

    >>> from chainrule.expr.nodes import Ref
    >>> from chainrule.notation import show
    >>> show(together("max", [(Ref("a"), ()), (Ref("b"), ())]))
    'max(a, b)'
    """
    inner: Operator = "sum" if operator == "mean" and len(parts) > 1 else operator
    reduced = [Reduce(inner, letters, entry) if letters else entry for entry, letters in parts]
    if len(reduced) == 1:
        return reduced[0]
    if operator in ("max", "min"):
        total = reduced[0]
        for one in reduced[1:]:
            total = Call(operator, (total, one))
        return total
    total = Add(tuple(reduced))
    return Div(total, count(parts)) if operator == "mean" else total


def count(parts: Parts) -> Expr:
    """How many entries several arrays have."""
    single = sum(1 for _, letters in parts if not letters)
    sizes: list[Expr] = []
    for _, letters in parts:
        own: tuple[Expr, ...] = tuple(map(Size, letters))
        if own:
            sizes.append(Mul(own) if len(own) > 1 else own[0])
    terms = (*sizes, *((number(single),) if single else ()))
    return Add(terms) if len(terms) > 1 else terms[0]
