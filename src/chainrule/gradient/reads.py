"""Expressions → what they read, through functions and inert derivatives, and the calls of functions opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chainrule.errors import LimitError
from chainrule.expr.nodes import Call, Derivative, Expr, Ref, key
from chainrule.expr.walk import children, fold, nodes, rebuild, substitute
from chainrule.model.model import Definition

Functions = Mapping[str, Definition]

NODES = 20_000
"""How many nodes an expression may have once the calls of its functions are opened."""


def reads(expr: Expr, functions: Functions) -> tuple[str, ...]:
    """The keys of what an expression reads, through the bodies of functions; an inert derivative by its own key.

    >>> from chainrule.expr.nodes import Mul
    >>> reads(Call("T", (Ref("x"),)), {"T": Definition("T", ("x",), Mul((Ref("w"), Ref("x"))))})
    ('w', 'x')
    """
    found: dict[str, None] = {}
    seen: set[str] = set()
    todo: list[tuple[Expr, tuple[str, ...]]] = [(expr, ())]
    while todo:
        node, hidden = todo.pop()
        match node:
            case Ref(name):
                if name not in hidden:
                    found[name] = None
            case Derivative():
                found[key(node)] = None
            case _:
                todo.extend((child, hidden) for child in reversed(children(node)))
                if isinstance(node, Call) and node.function in functions and node.function not in seen:
                    seen.add(node.function)
                    definition = functions[node.function]
                    todo.append((definition.body, definition.parameters))
    return tuple(found)


def opened(expr: Expr, functions: Functions, closed: Callable[[Call], bool], copy: Callable[[Expr], Expr]) -> Expr:
    """The expression with every call of a function of the text replaced by its body, unless it is closed.

    ``copy`` makes the bound letters of a body new. Raises LimitError E250 where that grows beyond ``NODES`` nodes.
    """
    if not any(isinstance(node, Call) and opens(node, functions, closed) for node in nodes(expr)):
        return expr
    while True:
        if size_opened(expr, functions, closed) > NODES:
            problem = f"written out, the functions of this text make an expression of more than {NODES} nodes"
            raise LimitError("E250", problem, "name parts of it: an equation is computed once, a call each time")
        before = expr
        expr = fold(expr, lambda node, inside: body_of(node, inside, functions, closed, copy))
        if expr is before:
            return expr


def opens(call: Call, functions: Functions, closed: Callable[[Call], bool]) -> bool:
    """Whether a call is replaced by the body of its function."""
    return call.function in functions and not call.order and not closed(call)


def body_of(
    node: Expr,
    inside: tuple[Expr, ...],
    functions: Functions,
    closed: Callable[[Call], bool],
    copy: Callable[[Expr], Expr],
) -> Expr:
    """One call opened; any other node with its new inside."""
    node = rebuild(node, inside)
    if not isinstance(node, Call) or not opens(node, functions, closed):
        return node
    definition = functions[node.function]
    return substitute(copy(definition.body), dict(zip(definition.parameters, node.args, strict=True)))


def size_opened(expr: Expr, functions: Functions, closed: Callable[[Call], bool]) -> int:
    """How many nodes one round of opening gives."""

    def count(node: Expr, inside: tuple[int, ...]) -> int:
        if isinstance(node, Call) and opens(node, functions, closed):
            definition = functions[node.function]
            sizes = dict(zip(definition.parameters, inside, strict=True))
            return fold(
                definition.body,
                lambda part, below: sizes.get(part.name, 1) if isinstance(part, Ref) else 1 + sum(below),
            )
        return 1 + sum(inside)

    return fold(expr, count)
