"""Equations → warnings about smooth functions that are put together from sign and abs.

``sign(z)*log(abs(z) + sqrt(z^2 + 1))`` is asinh, with slope 1 at 0; but the slopes of sign and abs are 0 there, and so
the slope that is computed is 0, and a weight that starts there never moves. Whether a product has no corner is found
with numbers: beside 0 it has to be next to c·u with the same c ≠ 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from chainrule.errors import NOWHERE, ChainruleError
from chainrule.expr.nodes import Call, Div, Expr, Mul, Neg, Number, Ref
from chainrule.expr.walk import nodes, transform
from chainrule.model.model import Definition, Warning  # noqa: A004
from chainrule.notation.show import show
from chainrule.numbers.environment import Setting
from chainrule.numbers.evaluate import evaluate

HERE = Ref("u#")
"""What stands for the argument of sign."""

ZERO, ONE = Number(Fraction(0)), Number(Fraction(1))

NEAR = (1e-5, 1e-6)
"""Where a slope at 0 is looked for: the slopes of a function without corner differ there by about 10⁻⁵ of themselves,
those of √u by a factor of three."""

POINTS = (0.3, 1.1, 2.7)
SAME = 1e-9

SHORTER: tuple[Expr, ...] = (
    HERE,
    Call("asinh", (HERE,)),
    Call("tanh", (HERE,)),
    Call("tanh", (Div(HERE, Number(Fraction(2))),)),
    Call("arctan", (HERE,)),
    Call("sinh", (HERE,)),
)
"""What a product may be."""


def seams(
    bodies: Mapping[str, Expr], others: Iterable[Expr], functions: Mapping[str, Definition]
) -> Iterator[Warning]:
    """A warning for each product of sign(u) with a function of abs(u) that has no corner at u = 0."""
    steps = {name: body for name, body in bodies.items() if isinstance(body, Call) and body.function in ("sign", "abs")}

    def named(node: Expr) -> Expr:
        return steps.get(node.name, node) if isinstance(node, Ref) else node

    for body in (*bodies.values(), *others, *(one.body for one in functions.values())):
        if not any(isinstance(node, Call) and node.function == "sign" for node in nodes(transform(body, named))):
            continue
        for written, factors in products(body):
            yield from seam(written, tuple(transform(factor, named) for factor in factors), functions)


def products(body: Expr) -> Iterator[tuple[Expr, tuple[Expr, ...]]]:
    """Every product with its factors; what it is divided by is one of them."""
    divided: set[int] = set()
    for node in nodes(body):
        match node:
            case Div(Mul(args) as above, below):
                divided.add(id(above))
                yield node, (*args, Div(ONE, below))
            case Div(Call() as above, below):
                yield node, (above, Div(ONE, below))
            case Mul(args) if id(node) not in divided:
                yield node, args


def seam(written: Expr, factors: tuple[Expr, ...], functions: Mapping[str, Definition]) -> Iterator[Warning]:
    """The warning about one product."""
    for step in factors:
        if not (isinstance(step, Call) and step.function == "sign") or {"sign", "abs"} & functions.keys():
            continue
        (u,) = step.args
        size = Call("abs", (u,))
        even = [one for one in factors if any(node == size for node in nodes(one))]
        part = transform(Mul((step, *even)), lambda node: HERE if node == u else node) if even else ZERO  # noqa: B023
        slope = slope_at_0(part, functions)
        if slope is None:
            continue
        shown = show(u)
        known = next((other for other in SHORTER if equal(part, other, functions)), None)
        if known is None:
            cure = f"if({shown} > 0, …, …) with each side written without sign and abs"
        else:
            cure = show(transform(known, lambda node: u if node == HERE else node))  # noqa: B023
        yield Warning(
            f"{show(written)} has no corner where {shown} is 0: its slope by {shown} is {slope:.4g} there, but the "
            f"slopes of sign and abs are taken as 0, and so is that of the product; write {cure}",
            written.span if isinstance(written, Mul | Div) else NOWHERE,
        )


def slope_at_0(part: Expr, functions: Mapping[str, Definition]) -> float | None:
    """The slope at 0 of an odd function that has one, and is not 0 there."""
    near, nearer = (value(part, point, functions) / point for point in NEAR)
    if not (math.isfinite(near) and abs(near - nearer) <= 1e-3 * abs(near)) or abs(near) < 1e-3:
        return None
    return float(f"{nearer:.4g}")


def equal(part: Expr, other: Expr, functions: Mapping[str, Definition]) -> bool:
    pairs = ((value(part, point, functions), value(other, point, functions)) for point in POINTS)
    return all(abs(one - two) <= SAME * abs(two) for one, two in pairs)


def value(expr: Expr, at: float, functions: Mapping[str, Definition]) -> float:
    """An expression where the argument is a number, and every other name is some number of its own; NaN if none."""
    known: dict[str, float] = {}

    def number(node: Expr) -> Expr:
        if not isinstance(node, Ref) or node == HERE:
            return node
        return Ref(known_as(node, known))

    try:
        plain = transform(expr, number)
        found: float = evaluate(plain, {HERE.name: at, **known}, setting=Setting(functions=functions))
    except (ChainruleError, OverflowError):
        return math.nan
    return found


def known_as(node: Ref, known: dict[str, float]) -> str:
    """A name for what is read, with a number that is special in no way."""
    name = f"{show(Neg(node))}#"
    known.setdefault(name, 0.37 + 0.61 * len(known))
    return name
