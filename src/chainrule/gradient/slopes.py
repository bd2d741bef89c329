"""Calls → their slopes: known functions by the table, functions of the text by recognition, by a rule of the text,
or opened and differentiated from their bodies."""

from __future__ import annotations

from collections.abc import Callable

from chainrule.errors import BrokenPass, DerivationError
from chainrule.expr.nodes import Add, Call, Expr, Neg, Reduce
from chainrule.expr.walk import fold, nodes, rebuild, substitute
from chainrule.gradient import rules
from chainrule.gradient.letters import supply, unique
from chainrule.gradient.occurrences import ZERO, occurrences, product
from chainrule.gradient.reads import Functions, opened
from chainrule.gradient.recognise import ARGUMENT, VALUE, derivative
from chainrule.gradient.simplify import simplify
from chainrule.notation.names import pretty


class Slopes:
    """The slopes of calls in a text with the functions given; what was found out once is kept."""

    def __init__(self, functions: Functions, fresh: Callable[[str], str] | None = None) -> None:
        self._functions = functions
        self._fresh = fresh or supply()
        self._found: dict[tuple[str, int], Expr | None] = {}

    def opened(self, expr: Expr) -> Expr:
        """The expression with machine letters, calls without a slope of their own opened, and primes written out."""
        expr = unique(expr, self._fresh)
        expr = opened(expr, self._functions, lambda call: self.row(call.function) is not None, self._copy)
        return fold(expr, lambda node, inside: self._prime(rebuild(node, inside)))

    def slope(self, call: Call, place: int, value: Expr | None) -> Expr | None:
        """The derivative of a call by one argument, in value form if its value has a name."""
        if call.function not in self._functions:
            row = rules.slope(call.function, place, value is not None)
            self._refuse_shadowed(call.function, row)
            return substitute(row, {**dict(zip("uv", call.args, strict=False)), "s": value or call})
        found = self.row(call.function)
        if found is None:
            raise BrokenPass("opening calls", f"{call.function} has no slope of its own")
        return self._at(found, call, value)

    def row(self, function: str, order: int = 1) -> Expr | None:
        """A derivative in terms of ``ARGUMENT`` and ``VALUE`` of a function of the text; None if it is to be opened."""
        if (function, order) not in self._found:
            self._found[function, order] = derivative(function, order, self._functions)
        return self._found[function, order]

    def differentiate(self, expr: Expr, name: str) -> Expr:
        """The derivative of an expression by a name without indices, simplified; other names are held fixed."""
        body = self.opened(expr)
        terms: list[Expr] = []
        for one in occurrences(body, lambda key: key == name, self._fresh, None, self.slope):
            term = product(one.factors)
            term = Reduce("sum", one.opened, term) if one.opened else term
            terms.append(Neg(term) if one.negative else term)
        return simplify(Add(tuple(terms)) if len(terms) > 1 else terms[0] if terms else ZERO)

    def _prime(self, node: Expr) -> Expr:
        """A call with primes written out, in terms of its argument."""
        if not isinstance(node, Call) or node.order == 0:
            return node
        return substitute(self._copy(self._derivative(node.function, node.order)), {ARGUMENT.name: node.args[0]})

    def _derivative(self, function: str, order: int) -> Expr:
        """A derivative of a function as an expression in ``ARGUMENT``."""
        whole = Call(function, (ARGUMENT,))
        expr: Expr = whole
        for done in range(1, order + 1):
            given = self.row(function, done) if function in self._functions else None
            expr = self.differentiate(expr, ARGUMENT.name) if given is None else substitute(given, {VALUE.name: whole})
        return expr

    def _at(self, row: Expr, call: Call, value: Expr | None) -> Expr:
        return substitute(self._copy(row), {ARGUMENT.name: call.args[0], VALUE.name: value or call})

    def _copy(self, body: Expr) -> Expr:
        return unique(body, self._fresh)

    def _refuse_shadowed(self, function: str, row: Expr) -> None:
        """An error if the slope of a known function needs a known one whose name the text gives to its own."""
        for node in nodes(row):
            if isinstance(node, Call) and node.function in self._functions:
                taken = pretty(node.function)
                raise DerivationError(
                    "E252",
                    f"the derivative of {pretty(function)} needs the known function {taken}, and this text calls a "
                    f"function of its own {taken}",
                    f"give your {taken} another name",
                )
