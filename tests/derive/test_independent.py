"""Derivatives of a few networks held against SymPy, which proves them equal, and JAX, which has rules of its own."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from chainrule.derive import derive
from chainrule.expr.nodes import Add, Call, Div, Expr, Mul, Neg, Number, Pow, Ref
from chainrule.expr.walk import fold, substitute, transform
from chainrule.model import build
from chainrule.model.model import Model
from chainrule.notation import parse

XOR = """A(u) = 1/(1 + exp(-u))
data x1, x2
target y
weight a, b, c, d
h = A(a*x1 + b*x2)
ŷ = A(c*h + d)
E = ½(ŷ − y)²"""

MIXED = """data x
target y
weight v, w
h = tanh(w*x) + log(2 + x^2*w^2)
q = h*v/(1 + h^2)
E = ½(q − y)^2 + 0.1*v^2*w"""

CASES = [(XOR, "a"), (XOR, "c"), (MIXED, "v"), (MIXED, "w")]


def written_out(expr: Expr, model: Model) -> Expr:
    """An expression with every quantity and every function of the model put in."""
    for equation in reversed(model.equations):
        assert isinstance(equation.target, Ref)
        expr = substitute(expr, {equation.target.name: equation.body})

    def opened(node: Expr) -> Expr:
        if isinstance(node, Call) and node.function in model.functions:
            definition = model.functions[node.function]
            return substitute(definition.body, dict(zip(definition.parameters, node.args, strict=True)))
        return node

    return transform(expr, opened)


def read(expr: Expr, names: dict[str, Any], number: Callable[[Fraction], Any], functions: Any) -> Any:
    """An expression in the numbers or symbols of another library."""

    def combine(node: Expr, inside: tuple[Any, ...]) -> Any:
        match node:
            case Number(value):
                return number(value)
            case Ref(name):
                return names[name]
            case Add():
                return sum(inside[1:], inside[0])
            case Mul():
                result = inside[0]
                for factor in inside[1:]:
                    result = result * factor
                return result
            case Neg():
                return -inside[0]
            case Div():
                return inside[0] / inside[1]
            case Pow():
                return inside[0] ** inside[1]
            case Call(function):
                return getattr(functions, function)(*inside)
        raise AssertionError(node)

    return fold(expr, combine)


@pytest.mark.parametrize(("text", "wrt"), CASES)
def test_sympy_proves_the_result(text: str, wrt: str) -> None:
    sympy = pytest.importorskip("sympy")
    model = build(parse(text))
    names = {name: sympy.Symbol(name, real=True) for name in model.quantities}

    def symbols(expr: Expr) -> Any:
        number = lambda value: sympy.Rational(value.numerator, value.denominator)  # noqa: E731
        return read(written_out(expr, model), names, number, sympy)

    apart = symbols(derive(model, wrt).result) - sympy.diff(symbols(Ref("E")), names[wrt])
    assert sympy.simplify(apart.rewrite(sympy.exp)) == 0


@pytest.mark.parametrize(("text", "wrt"), CASES)
def test_jax_computes_the_result(text: str, wrt: str) -> None:
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    model = build(parse(text))
    point = {name: 0.3 + 0.17 * place for place, name in enumerate(model.quantities)}

    def value(expr: Expr, moved: Any) -> Any:
        return read(written_out(expr, model), {**point, wrt: moved}, float, jax.numpy)

    right = float(jax.grad(lambda moved: value(Ref("E"), moved))(point[wrt]))
    assert float(value(derive(model, wrt).result, point[wrt])) == pytest.approx(right, rel=1e-13)
