"""How each known function passes a change on, as expressions, each with a reason and a source.

Conventions. The rows of `numbers.functions` have slopes as texts in the package's own notation. ``u`` is the argument
(``u`` and ``v`` if there are two) and ``s`` the value of the call. The call form says the slope with ``u`` alone; the
value form with ``s``, and is used where the value has a name, so that ``h = tanh(z)`` gives ``1 - h^2``. A kink is a
place without a derivative, and the slope taken there.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from chainrule.expr.nodes import Expr, Number
from chainrule.notation import parse_expression
from chainrule.notation.known import KNOWN
from chainrule.numbers.functions import FUNCTIONS
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """The slopes of a function, one an argument, in call form and (where that reads better) in value form."""

    slopes: tuple[str, ...]
    reason: str
    source: str
    values: tuple[str, ...] = ()
    kink: str = ""


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        name: Rule(row.slopes, row.source.reason, row.source.where, row.values, row.kink)
        for name, row in FUNCTIONS.items()
    }
)
"""Function → its rule; every function that needs no definition has one."""

PLACES = ("u", "v", "s")


@cache
def slope(function: str, place: int = 0, value: bool = False) -> Expr:
    """The slope of a known function in one of its arguments, as an expression in ``u``, ``v`` and ``s``.

    >>> from chainrule.notation import show
    >>> show(slope("tanh"), ascii=True), show(slope("tanh", value=True), ascii=True), show(slope("log", value=True))
    ('1 - tanh(u)^2', '1 - s^2', '1/u')
    """
    rule = RULES[function]
    return read((rule.values if value and rule.values else rule.slopes)[place])


@cache
def bend(function: str) -> Expr:
    """The second slope of a known function of one argument, as an expression in ``u``.

    >>> from chainrule.notation import show
    >>> show(bend("tanh"), ascii=True)
    '-2*tanh(u)*(1 - tanh(u)^2)'
    """
    return read(FUNCTIONS[function].bend)


def read(text: str) -> Expr:
    """A row as an expression."""
    row = parse_expression(text, functions=tuple(KNOWN), quantities=PLACES)
    return Number(row.value) if isinstance(row, Number) else row  # a 0 that no one wrote goes from a product
