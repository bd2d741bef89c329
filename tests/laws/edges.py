"""The rows of docs/reference/edges.md: value, slope and second derivative at a point, ours and JAX's."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from chainrule.expr.nodes import Derivative, Equation, Ref, key
from chainrule.gradient.forward import second
from chainrule.gradient.reverse import reverse
from chainrule.notation import parse_expression
from chainrule.notation.known import KNOWN
from chainrule.numbers.evaluate import solve

Three = tuple[float, float, float]
NAMES = ("u", "v")


def ours(text: str, point: dict[str, float], by: str) -> Three:
    """f, ∂f/∂u and ∂²f/∂u² by the equations of the gradient, at any point, infinite ones too."""
    body = parse_expression(text, functions=tuple(KNOWN), quantities=NAMES)
    equations = (Equation(Ref("E"), body),)
    adjoints = reverse(equations, "E", {by: ()})
    twice = second(equations, adjoints, "E", [by])
    found = solve((*equations, *adjoints, *twice), point)
    wrt = Ref(by)
    return found["E"], found[key(Derivative(Ref("E"), (wrt,)))], found[key(Derivative(Ref("E"), (wrt, wrt)))]


def by_jax(text: str, point: dict[str, float], by: str) -> Three:
    """The same by `jax.grad` of what stands for the function in JAX."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    known: dict[str, Callable[..., Any]] = {
        "sigmoid": jax.nn.sigmoid, "softplus": jax.nn.softplus, "relu": jax.nn.relu, "asinh": jnp.arcsinh,
        "max": jnp.maximum, "min": jnp.minimum,
    }  # fmt: skip
    for one in set(KNOWN) - set(known):
        known[one] = getattr(jnp, one, None) or getattr(jax.scipy.special, one)
    name, _, inside = text.partition("(")
    if text == "u^v":
        body: Callable[..., Any] = jnp.power
    elif "^" in text:
        exponent = float(text.partition("^")[2].strip("()").replace("1/2", "0.5"))
        body = lambda u, v: jnp.power(u, int(exponent) if exponent.is_integer() else exponent)  # noqa: E731
    else:
        body = known[name] if "v" in inside else lambda u, v: known[name](u)
    place = NAMES.index(by)
    arguments = [jnp.float64(point["u"]), jnp.float64(point["v"])]
    slope = jax.grad(body, place)
    return float(body(*arguments)), float(slope(*arguments)), float(jax.grad(slope, place)(*arguments))


def same(one: float, other: float) -> bool:
    """Whether two numbers of a table are one: NaN is NaN, the sign of 0 is not told."""
    return (math.isnan(one) and math.isnan(other)) or one == other or abs(one - other) <= 1e-12 * abs(other)
