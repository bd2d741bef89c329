"""An inert derivative of an explicit expression → its value, one named rule at a time.

A derivative here is ``∂(expression)/∂w`` with everything written out; what it does not reach through the expression
itself does not change. Each step rewrites the first one left; ``w`` by itself gives 1 and another name 0 at
once, and at the end the result is written shorter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from chainrule.derive.derivation import Equality, Reason
from chainrule.derive.readable import readable, short_enough
from chainrule.errors import DerivationError
from chainrule.expr.nodes import (
    Add,
    Bracket,
    Call,
    Cond,
    Constant,
    Derivative,
    Div,
    Expr,
    InRange,
    Mul,
    Neg,
    Number,
    Pow,
    Reduce,
    Ref,
)
from chainrule.expr.walk import nodes, substitute, transform
from chainrule.gradient.occurrences import ONE, TWO, ZERO, power_slope, product
from chainrule.gradient.reads import reads
from chainrule.gradient.recognise import known
from chainrule.gradient.simplify import REWRITES, simplified
from chainrule.gradient.slopes import Slopes
from chainrule.model.model import Model
from chainrule.notation.names import pretty

NOTHING: frozenset[str] = frozenset()

PLAIN = ("identity", "held-fixed", "constant-factor", "sum-rule")
"""Rules that a line mentions only if no other rule was used."""


class Local:
    """The local rules on one model; ``through`` are names whose derivatives are left to the chain that goes on."""

    def __init__(self, model: Model, slopes: Slopes) -> None:
        self._model = model
        self._slopes = slopes

    def steps(
        self, start: Derivative, value: Expr | None = None, through: frozenset[str] = NOTHING
    ) -> Iterator[tuple[Expr, tuple[Reason, ...]]]:
        """The states after each rule, the last one the value; ``value`` is a name of ``start.of``."""
        state: Expr = start
        if isinstance(start.of, Ref):
            yield ONE if start.of == start.wrt[0] else ZERO, tuple(self._plain({start: ONE}, start.wrt[0]))
            return
        if not self.moves(start.of, start.wrt[0], through):  # a function that does not use its argument was opened
            yield ZERO, tuple(self._plain({start: ZERO}, start.wrt[0]))
            return
        named: dict[Expr, Expr] = {start.of: value} if value is not None else {}
        while True:
            found = next((node for node in derivatives(state) if self._open(node, through)), None)
            if found is None:
                break
            new, reasons = self._rule(found, named, through)
            plain = [node for node in derivatives(new) if not waits(node, through) and not self._open(node, through)]
            values = {node: ONE if node.of == node.wrt[0] else ZERO for node in plain}
            new = transform(new, lambda node: values.get(node, node) if isinstance(node, Derivative) else node)  # noqa: B023
            state = short_enough(readable(once(state, found, new)))
            # what is readable has no double minus sign, and a derivative may have become plain by that
            left = [node for node in derivatives(state) if not waits(node, through) and not self._open(node, through)]
            more = {node: ONE if node.of == node.wrt[0] else ZERO for node in left}
            state = transform(state, lambda node: more.get(node, node) if isinstance(node, Derivative) else node)  # noqa: B023
            values |= more
            yield state, (*reasons, *self._plain(values, start.wrt[0]))
        short, used = simplified(state)
        if short != state:
            yield short, (Reason("simplify"), *map(Reason, used))

    def value(
        self, start: Derivative, value: Expr | None = None, through: frozenset[str] = NOTHING
    ) -> tuple[Expr, tuple[Reason, ...]]:
        """The value, and the rules that gave it, the telling ones alone if there are any."""
        state: Expr = start
        used: dict[str, Reason] = {}
        for after, reasons in self.steps(start, value, through):
            state = after
            for reason in reasons:
                used.setdefault(reason.rule, reason)
        rewrites = [rewrite.id for rewrite in REWRITES]
        rules = [reason for rule, reason in used.items() if rule not in ("simplify", *rewrites)]
        return state, tuple([reason for reason in rules if reason.rule not in PLAIN] or rules[:1])

    def moves(self, expr: Expr, wrt: Ref, through: frozenset[str] = NOTHING) -> bool:
        """Whether an expression changes with a name, directly or by way of names that the chain goes on with."""
        return not {wrt.name, *through}.isdisjoint(reads(expr, self._model.functions))

    def reaches(self, expr: Expr, name: str) -> bool:
        """Whether an expression reads a name, through functions too."""
        return name in reads(expr, self._model.functions)

    def _open(self, node: Derivative, through: frozenset[str]) -> bool:
        """Whether a derivative still has a rule to apply."""
        if waits(node, through):
            return False
        return not isinstance(node.of, Ref | Number | Constant) and self.moves(node.of, node.wrt[0], through)

    def _plain(self, values: Mapping[Derivative, Number], wrt: Ref) -> Iterator[Reason]:
        """Why the plain derivatives are 1 and 0."""
        if ONE in values.values():
            yield Reason("identity", {"v": wrt})
        fixed = tuple(dict.fromkeys(node.of for node, value in values.items() if value is ZERO))
        if fixed:
            yield Reason("held-fixed", {"names": fixed, "w": wrt})

    def _rule(
        self, node: Derivative, named: dict[Expr, Expr], through: frozenset[str]
    ) -> tuple[Expr, tuple[Reason, ...]]:
        """One derivative rewritten by one rule."""
        expr, wrt = node.of, node.wrt[0]

        def d(part: Expr) -> Derivative:
            return replace(node, of=part)

        def moves(part: Expr) -> bool:
            return self.moves(part, wrt, through)

        match expr:
            case Add(args):
                terms = [Neg(d(arg.arg)) if isinstance(arg, Neg) else d(arg) for arg in args]
                return Add(tuple(terms)), (Reason("sum-rule"),)
            case Neg(arg):
                return Neg(d(arg)), (Reason("constant-factor", {"w": wrt}),)
            case Mul(args):
                moving = [place for place, arg in enumerate(args) if moves(arg)]
                products = [
                    Mul(tuple(d(arg) if at == moved else arg for at, arg in enumerate(args))) for moved in moving
                ]
                if len(products) == 1:
                    return products[0], (Reason("constant-factor", {"w": wrt}),)
                return Add(tuple(products)), (Reason("product-rule"),)
            case Div(a, b):
                if not moves(b):
                    return Div(d(a), b), (Reason("constant-factor", {"w": wrt}),)
                below = Neg(Mul((a, d(b))))
                above = Add((Mul((d(a), b)), below)) if moves(a) else below
                return Div(above, Pow(b, TWO)), (Reason("quotient-rule"),)
            case Pow(base, exponent):
                return self._power(expr, base, exponent, d, moves)
            case Call():
                return self._call(expr, named.get(expr), d, moves, wrt)
            case Reduce("sum" | "mean" as operator, (), body):
                return Reduce(operator, (), d(body)), (Reason("mean-rule", {"what": operator}),)
            case Cond(test, then, otherwise):
                return Cond(test, d(then), d(otherwise)), (Reason("case-by-case"),)
            case Bracket() | InRange():
                return ZERO, (Reason("constant-bracket", {"v": expr, "w": wrt}),)
            case _:
                raise DerivationError(
                    "E254",
                    "no line is written for the derivative of a greatest or least value over the patterns",
                    "train and eval differentiate it; derive goes through sums and means over the patterns",
                )

    def _power(
        self, expr: Expr, base: Expr, exponent: Expr, d: Callable[[Expr], Derivative], moves: Callable[[Expr], bool]
    ) -> tuple[Expr, tuple[Reason, ...]]:
        if not moves(exponent):
            slope = power_slope(base, exponent)
            if slope is None:
                return ZERO, (Reason("power-rule", {"n": exponent}),)
            whole = product((*slope[0], d(base)))
            return (Neg(whole) if slope[1] else whole), (Reason("power-rule", {"n": exponent}),)
        terms: list[Expr] = [Mul((d(exponent), Call("log", (base,))))]
        if moves(base):
            terms.append(Div(Mul((exponent, d(base))), base))
        rate = Add(tuple(terms)) if len(terms) > 1 else terms[0]
        return Mul((expr, rate)), (Reason("exponential-rule"),)

    def _call(
        self,
        call: Call,
        value: Expr | None,
        d: Callable[[Expr], Derivative],
        moves: Callable[[Expr], bool],
        wrt: Ref,
    ) -> tuple[Expr, tuple[Reason, ...]]:
        opened = self.definition(call)
        if opened is not None:
            return d(opened.right), (Reason("definition", {"values": (opened,)}),)
        if call.order:
            written = self._slopes.opened(call)
            return d(written), (Reason("definition", {"values": (Equality(call, written),)}),)
        terms = []
        for place, arg in enumerate(call.args):
            slope = self._slopes.slope(call, place, value) if moves(arg) else None
            if slope is not None:
                summed = any(isinstance(node, Reduce) and node.letters and moves(node) for node in nodes(arg))
                inner = () if arg == wrt else (d(arg),)
                terms.append(product((slope, *inner) if summed else (*inner, slope)))
        result = Add(tuple(terms)) if len(terms) > 1 else terms[0] if terms else ZERO
        inside = tuple(arg for arg in call.args if moves(arg))
        if inside == (wrt,):
            return result, (self.function(call),)
        return result, (Reason("chain-rule", {"u": call, "w": wrt, "names": inside}), self.function(call))

    def function(self, call: Call) -> Reason:
        """Which rule gives the slope of a call."""
        definition = self._model.functions.get(call.function)
        if definition is None:
            return Reason(f"function:{call.function}", {"alias": ""})
        if 1 in definition.rules:
            parameter, body = definition.rules[1]
            rule = Equality(Call(call.function, (Ref(parameter),), 1), body)
            return Reason("rule-of-the-text", {"rule": rule})
        same = known(definition) or call.function
        alias = "" if same == call.function else f"{pretty(call.function)} is {same} under another name: "
        return Reason(f"function:{same}", {"alias": alias})

    def definition(self, call: Call) -> Equality | None:
        """A call that has no slope of its own = the body of its function at these arguments."""
        definition = self._model.functions.get(call.function)
        if definition is None or call.order or self._slopes.row(call.function) is not None:
            return None
        body = substitute(definition.body, dict(zip(definition.parameters, call.args, strict=True)))
        return Equality(call, body)


def waits(node: Derivative, through: frozenset[str]) -> bool:
    """Whether a derivative is left to the chain that goes on."""
    return isinstance(node.of, Ref) and node.of.name in through


def derivatives(expr: Expr) -> list[Derivative]:
    """The inert derivatives in an expression, outside first."""
    return [node for node in nodes(expr) if isinstance(node, Derivative)]


def once(expr: Expr, part: Expr, new: Expr) -> Expr:
    """Every occurrence of a part replaced by what it is equal to."""
    return transform(expr, lambda node: new if node == part else node)
