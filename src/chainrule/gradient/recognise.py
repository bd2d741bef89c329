"""A function of a text → the known function it is, so that its derivative reads as in a textbook.

``A(u) = 1/(1 + exp(-u))`` is the sigmoid under another name, in whatever order its terms stand: its derivative is
``(1 - A(u))*A(u)``, not ``exp(-u)/(1 + exp(-u))^2``. A derivative rule that the text gives is used once it has been
found equal, in numbers, to the slope of the definition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import MappingProxyType

from chainrule.errors import DerivationError
from chainrule.expr.nodes import Add, Call, Div, Expr, Mul, Neg, Pow, Reduce, Ref, index
from chainrule.expr.walk import nodes, rename_letters, substitute, transform
from chainrule.gradient import rules
from chainrule.gradient.products import built, factors, merged
from chainrule.gradient.reads import Functions, reads
from chainrule.gradient.rewrites import flattened
from chainrule.model.letters import free
from chainrule.model.model import Definition
from chainrule.notation import parse_expression, show
from chainrule.notation.known import KNOWN
from chainrule.notation.names import pretty
from chainrule.numbers.environment import Setting
from chainrule.numbers.evaluate import evaluate
from chainrule.numbers.oracle import complex_step

ARGUMENT, VALUE = Ref("u#"), Ref("s#")
"""What stands in a slope for the argument of the call and for its value: names that no text can have."""

FORMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sigmoid": (
            "sigmoid(u)",
            "1/(1 + exp(-u))",
            "exp(u)/(1 + exp(u))",
            "1 - 1/(1 + exp(u))",
            "1/(1 + 1/exp(u))",
            "1/2*(1 + tanh(u/2))",
            "1/2 + 1/2*tanh(u/2)",
        ),
        "tanh": (
            "tanh(u)",
            "(exp(u) - exp(-u))/(exp(u) + exp(-u))",
            "(exp(2*u) - 1)/(exp(2*u) + 1)",
            "(1 - exp(-2*u))/(1 + exp(-2*u))",
            "2/(1 + exp(-2*u)) - 1",
            "1 - 2/(exp(2*u) + 1)",
            "2*sigmoid(2*u) - 1",
            "sinh(u)/cosh(u)",
        ),
        "softplus": ("softplus(u)", "log(1 + exp(u))"),
        "exp": ("exp(u)",),
    }
)
"""Known function → ways to write it."""

POINTS = (0.37, -0.83, 1.71, -2.13, 0.059, 3.3)
"""Where a rule of the text is compared with its definition."""


def known(definition: Definition) -> str | None:
    """The known function that a definition is, up to the name of its parameter and the order of terms.

    >>> body = parse_expression("exp(q)/(exp(q) + 1)", quantities=("q",), functions=("exp",))
    >>> known(Definition("A", ("q",), body))
    'sigmoid'
    """
    if len(definition.parameters) != 1:
        return None
    body = substitute(definition.body, {definition.parameters[0]: ARGUMENT})
    return forms().get(arranged(body))


def written_out(expr: Expr, functions: Functions) -> tuple[Expr, tuple[tuple[Expr, Expr], ...]]:
    """An expression in which a sigmoid, a tanh or a softmax that is written out is called by its name, and what was
    replaced.

    >>> body = parse_expression("a/(1 + exp(-(w*x)))", quantities=("a", "w", "x"), functions=("exp",))
    >>> show(written_out(parse_expression("1/(1 + exp(-z))", quantities=("z",), functions=("exp",)), {})[0])
    'sigmoid(z)'
    >>> written_out(body, {})[0] == body
    True
    """
    found: dict[Expr, Expr] = {}

    def change(node: Expr) -> Expr:
        if not isinstance(node, Add | Mul | Div):
            return node
        if isinstance(node, Div) and (whole := softmax(node)) is not None and "exp" not in functions:
            found[node] = whole
            return whole
        for old, inside in arguments(node):
            body = transform(node, lambda part: old(part) or part)  # noqa: B023 - used at once
            name = forms().get(arranged(body))
            if name in ("sigmoid", "tanh") and name not in functions:
                found[node] = Call(name, (inside,))
                return found[node]
        return node

    changed = transform(expr, change)
    return changed, tuple(found.items())


def softmax(node: Div) -> Expr | None:
    """``exp(z[k])/Σ_k' exp(z[k'])`` as ``exp(z[k] − logsumexp_k' z[k'])``, the softmax that names itself."""
    match node:
        case Div(Call("exp", (above,), 0), Reduce("sum", (letter,), Call("exp", (below,), 0))):
            for own in free(above):
                if own not in free(below) and rename_letters(below, {letter: index(own)}) == above:
                    return Call("exp", (Add((above, Neg(Reduce("logsumexp", (letter,), below)))),))
    return None


def arguments(node: Expr) -> Iterator[tuple[Callable[[Expr], Expr | None], Expr]]:
    """What may go into a function that is written out: how its calls look with ``u#`` in its place, and itself."""
    calls = {part.args[0]: None for part in nodes(node) if isinstance(part, Call) and part.function in ("exp", "tanh")}
    for inside in calls:
        for own, sign in ((inside, False), (negative(inside), True)):
            if own is None:
                continue
            plus, less = (Neg(own), own) if not sign else (inside, own)
            new = {plus: Neg(ARGUMENT), less: ARGUMENT}
            yield (lambda part, new=new: new.get(part)), own  # type: ignore[misc]


def negative(expr: Expr) -> Expr | None:
    """The negative of an expression that is written as one."""
    match expr:
        case Neg(arg):
            return arg
        case Add(args) if all(isinstance(arg, Neg) for arg in args):
            return Add(tuple(arg.arg for arg in args if isinstance(arg, Neg)))
        case Mul((Neg(first), *rest)):
            return Mul((first, *rest))
        case _:
            return None


@cache
def forms() -> Mapping[Expr, str]:
    """Every form of FORMS, order of terms aside → the function."""
    found: dict[Expr, str] = {}
    for name, texts in FORMS.items():
        for text in texts:
            written = parse_expression(text, functions=tuple(KNOWN), quantities=("u",))
            found[arranged(substitute(written, {"u": ARGUMENT}))] = name
    return MappingProxyType(found)


def arranged(expr: Expr) -> Expr:
    """The expression with terms and factors in an order of their own: equal for two that differ in order alone."""

    def change(node: Expr) -> Expr:
        match node:
            case Add():
                terms = (term if sign > 0 else Neg(term) for sign, term in flattened(node))
                return Add(tuple(sorted((change(term) if isinstance(term, Neg) else term for term in terms), key=repr)))
            case Neg() | Mul() | Div() | Pow():
                coefficient, powers = factors(node)
                return built(coefficient, sorted(merged(powers), key=repr))
            case _:
                return node

    return transform(expr, change)


def derivative(function: str, order: int, functions: Functions) -> Expr | None:
    """The derivative of a function of one argument in terms of ``ARGUMENT`` and ``VALUE``; None if its body has to be
    differentiated. Raises DerivationError E251 for a rule of the text that is not the derivative."""
    definition = functions[function]
    if len(definition.parameters) != 1 or set(reads(definition.body, functions)) - set(definition.parameters):
        return None
    if order in definition.rules:
        checked(function, order, functions)
        parameter, body = definition.rules[order]
        own = Call(function, (ARGUMENT,))
        return transform(substitute(body, {parameter: ARGUMENT}), lambda node: VALUE if node == own else node)
    same = known(definition)
    if order == 1 and same is not None:
        return substitute(rules.slope(same, value=True), {"u": ARGUMENT, "s": VALUE})
    return None


def checked(function: str, order: int, functions: Functions) -> None:
    """Compare a rule of the text with the complex step of what it should be the derivative of."""
    definition = functions[function]
    parameter, body = definition.rules[order]
    if order > 1 and order - 1 not in definition.rules:
        return  # nothing is said of the derivative that this one is the derivative of: `Slopes` compares with its own
    inner, source = definition.rules[order - 1] if order > 1 else (definition.parameters[0], definition.body)
    setting = Setting(functions=functions)
    for point in POINTS:
        given: float = evaluate(body, {parameter: point}, setting=setting)
        right = complex_step((), source, inner, {inner: point}, kind="partial", setting=setting)
        if not abs(right) < float("inf") or abs(given - right) <= 1e-9 * (1 + abs(right)):
            continue
        shown = f"{pretty(function)}{order * chr(39)}({pretty(parameter)}) = {show(body)}"
        raise DerivationError(
            "E251",
            f"{shown} is not the derivative: at {pretty(parameter)} = {point} it gives {given:.6g}, "
            f"the definition {right:.6g}",
            f"correct the rule, or leave it out: {pretty(function)} is differentiated from its definition",
        )
