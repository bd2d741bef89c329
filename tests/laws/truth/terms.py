"""Terms: the same expression as a text of the notation, and as numbers of NumPy and of mpmath.

Nothing of the package is used here. What a story says of an equation is held against what comes out of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import mpmath
import numpy as np
from scipy.special import expit

NUMPY: Mapping[str, Callable[..., Any]] = {
    "tanh": np.tanh, "σ": expit, "relu": lambda u: np.maximum(u, 0), "abs": np.abs, "sin": np.sin, "cos": np.cos,
    "exp": np.exp, "sqrt": np.sqrt, "log": np.log, "softplus": lambda u: np.logaddexp(0, u), "sign": np.sign,
    "max": np.maximum, "min": np.minimum, "step": lambda u: np.where(u > 0, 1.0, 0.0),
    "reach": lambda u: np.where(u >= 0, 1.0, 0.0),
}  # fmt: skip
EXACT: Mapping[str, Callable[..., Any]] = {
    "tanh": mpmath.tanh, "σ": lambda u: 1 / (1 + mpmath.exp(-u)), "relu": lambda u: max(u, mpmath.mpf(0)),
    "abs": abs, "sin": mpmath.sin, "cos": mpmath.cos, "exp": mpmath.exp, "sqrt": mpmath.sqrt, "log": mpmath.log,
    "softplus": lambda u: u + mpmath.log1p(mpmath.exp(-u)) if u > 0 else mpmath.log1p(mpmath.exp(u)),
    "sign": mpmath.sign, "max": max, "min": min, "step": lambda u: mpmath.mpf(u > 0),
    "reach": lambda u: mpmath.mpf(u >= 0),
}  # fmt: skip
KINKED = frozenset({"relu", "abs", "max", "min"})
STEPPED = frozenset({"step", "reach", "sign"})
WRITTEN = {"step": "[{} > 0]", "reach": "[{} >= 0]"}

Of = Callable[[Mapping[str, Callable[..., Any]], Mapping[str, Any]], Any]


@dataclass(frozen=True)
class Term:
    """``text``, and ``of(functions, values by name)``; ``uses`` are the functions in it, ``kinks`` what is inside of
    those that bend or jump."""

    text: str
    of: Of
    uses: frozenset[str] = frozenset()
    edges: tuple[Of, ...] = ()

    def _with(self, other: Term | float, sign: str, join: Callable[[Any, Any], Any]) -> Term:
        right = other if isinstance(other, Term) else number(other)
        return Term(
            f"({self.text} {sign} {right.text})", lambda lib, at: join(self.of(lib, at), right.of(lib, at)),
            self.uses | right.uses, self.edges + right.edges,
        )  # fmt: skip

    def __add__(self, other: Term | float) -> Term:
        return self._with(other, "+", lambda a, b: a + b)

    def __sub__(self, other: Term | float) -> Term:
        return self._with(other, "−", lambda a, b: a - b)

    def __mul__(self, other: Term | float) -> Term:
        return self._with(other, "·", lambda a, b: a * b)

    def __neg__(self) -> Term:
        return Term(f"(−{self.text})", lambda lib, at: -self.of(lib, at), self.uses, self.edges)

    def __pow__(self, power: int) -> Term:
        def of(lib: Mapping[str, Callable[..., Any]], at: Mapping[str, Any]) -> Any:
            base = self.of(lib, at)
            return reduce(lambda total, _: total * base, range(power - 1), base)

        return Term(f"({self.text})^{power}", of, self.uses, self.edges)


def name(text: str) -> Term:
    return Term(text, lambda _, at: at[text])


def number(value: float) -> Term:
    text = f"{value:.17g}" if value >= 0 else f"(−{-value:.17g})"
    return Term(text, lambda lib, _: mpmath.mpf(value) if lib is EXACT else value)


def call(function: str, *inside: Term) -> Term:
    """A function of one or two terms."""
    text = WRITTEN.get(function, function + "({})").format(", ".join(term.text for term in inside))
    edges = tuple(edge for term in inside for edge in term.edges)
    if function in KINKED | STEPPED:
        gap = inside[0] if len(inside) == 1 else inside[0] - inside[1]
        edges = (*edges, gap.of)
    return Term(
        text, lambda lib, at: lib[function](*(term.of(lib, at) for term in inside)),
        frozenset({function}).union(*(term.uses for term in inside)), edges,
    )  # fmt: skip


def total(terms: Iterable[Term]) -> Term:
    return reduce(lambda a, b: a + b, terms)
