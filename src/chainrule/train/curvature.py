"""A network at given weights → how its goal bends there: Hessian times a direction, and the two ends of its spectrum.

The gradient equations are differentiated along a direction (Pearlmutter's R-operator) and run: no matrix is made, so a
network may have many weights. The ends are found by Lanczos' iteration with every direction kept orthogonal to all
before it, which is power iteration that forgets nothing: after as many steps as there are weights it is exact.

Source: Pearlmutter, Fast exact multiplication by the Hessian, Neural Computation 6 (1994) 147–160.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from chainrule.data.draws import normals
from chainrule.engines import reference
from chainrule.engines.products import product
from chainrule.engines.protocol import Array, Bound, Loaded
from chainrule.gradient.forward import changes_along
from chainrule.model.model import Model
from chainrule.program.lower import lower
from chainrule.program.program import Program, Symbol, computed
from chainrule.train.evaluation import Values
from chainrule.train.hessian import extended
from chainrule.train.weights import json_numbers

CLOSE = 1e-8
"""How small the residual must be, beside the largest curvature met, for an end to count as found. An eigenvalue lies
within the residual of each end; at 1e-6 an end small beside the other was called found with no digit right."""


RARELY = 16
"""Whether the ends are found is asked again when the directions are more by such a part: it costs more than they do."""

TINY = float(np.finfo(float).tiny)


class Bending(Protocol):
    """Whatever gives the Hessian times a direction."""

    @property
    def size(self) -> int: ...

    def along(self, direction: Array) -> tuple[Array, float]: ...

    def parts(self, vector: Array) -> dict[str, Array]: ...


@dataclass(frozen=True)
class Bend:
    """A network at given weights, ready to be differentiated along directions. Vectors hold the entries of all weights,
    in order of declaration, the last letter fastest."""

    program: Program
    loaded: Loaded
    weights: Mapping[str, Array]

    @property
    def size(self) -> int:
        return sum(map(np.size, self.weights.values()))

    def along(self, direction: Array) -> tuple[Array, float]:
        """H·r, and the slope g·r: the goal's directional derivative."""
        found = self.loaded.evaluate({**self.weights, **{f"r.{k}": v for k, v in self.parts(direction).items()}})
        gradient, product = [], []
        for name, value in self.weights.items():
            key = self.program.gradient(name)
            gradient.append(np.broadcast_to(found.get(key, 0.0), np.shape(value)).ravel())
            product.append(np.broadcast_to(found.get(f"R.{key}", 0.0), np.shape(value)).ravel())
        return np.concatenate(product), float(np.concatenate(gradient) @ direction)

    def parts(self, vector: Array) -> dict[str, Array]:
        """A vector as one array for each weight."""
        out, at = {}, 0
        for name, value in self.weights.items():
            out[name] = np.asarray(vector[at : at + np.size(value)]).reshape(np.shape(value))
            at += np.size(value)
        return out

    def vector(self, parts: Mapping[str, object]) -> Array:
        """Arrays by weight as one vector; a weight that is not named does not move."""
        given = {name: np.asarray(parts.get(name, 0.0), float) for name in self.weights}
        return np.concatenate([np.broadcast_to(given[n], np.shape(v)).ravel() for n, v in self.weights.items()])


def bend(model: Model, bound: Bound, weights: Mapping[str, Array]) -> Bend:
    """The network with equations for the change of its gradient along a direction."""
    program = lower(model, wanted=[quantity.name for quantity in model.named("weight")])
    directions = {symbol.name: f"r.{symbol.name}" for symbol in program.weights}
    inputs = tuple(Symbol(directions[symbol.name], symbol.letters) for symbol in program.weights)
    new = changes_along(computed(program), directions, sets=model.sets)
    longer = replace(extended(model, program, new), weights=(*program.weights, *inputs))
    ordered = {symbol.name: np.asarray(weights[symbol.name], float) for symbol in program.weights}
    return Bend(program, reference.ENGINE.load(longer, bound), ordered)


@dataclass(frozen=True)
class Curvature:
    """The greatest and the least eigenvalue of the Hessian, each with its direction (of length 1).

    ``slope`` and ``product`` are g·r and H·r for the direction r that was asked for, else None and empty.
    ``residual`` is the worse of the two ‖H·v − λ·v‖, and ``found`` whether it is small beside the curvature;
    where it is not, the true ends lie at least as far out. Where a product with the Hessian is not finite, nothing is
    known of the ends: they are NaN.
    """

    largest: float
    smallest: float
    directions: tuple[Values, Values] = field(repr=False)
    residual: float
    iterations: int
    found: bool
    slope: float | None = None
    product: Values = field(default_factory=lambda: Values({}), repr=False)

    def json(self) -> dict[str, object]:
        """``{"largest", "smallest", "residual", "iterations", "found", "slope", "product"}``; non-finite numbers as
        strings."""
        return {
            "largest": json_numbers(self.largest), "smallest": json_numbers(self.smallest),
            "residual": json_numbers(self.residual),
            "iterations": self.iterations, "found": self.found,
            "slope": None if self.slope is None else json_numbers(self.slope), "product": self.product.json(),
        }  # fmt: skip


def ends(at: Bending, seed: int = 0, most: int = 300) -> Curvature:
    """Both ends of the spectrum of the Hessian, by at most ``most`` products with it."""
    size = at.size
    start = normals(seed, "curvature", size)
    basis: list[Array] = [start / np.linalg.norm(start)]
    images: list[Array] = []
    small, look, best = np.zeros((0, 0)), 1, Ritz(np.zeros(1), np.ones((1, 1)), np.inf)
    while True:
        images.append(at.along(basis[-1])[0])
        if not np.isfinite(images[-1]).all():
            unknown = Values(at.parts(np.full(size, np.nan)))
            return Curvature(np.nan, np.nan, (unknown, unknown), np.nan, len(basis), False)
        span, mapped = np.array(basis), np.array(images)
        small = np.pad(small, (0, 1))
        rest = images[-1]
        with np.errstate(all="ignore"):  # curvatures near the largest number: what overflows is not found
            small[:, -1], small[-1, :] = product(span, mapped[-1]), product(mapped, span[-1])
            for _ in range(2):  # twice is enough (Kahan and Parlett)
                rest = rest - product(product(span, rest), span)
            length = float(np.linalg.norm(rest))
        last = len(basis) == min(size, most) or length <= 1e-14 * max(float(np.abs(small).max()), TINY)
        if last or len(basis) >= look:
            best, look = ritz(small, span, mapped), len(basis) + 1 + len(basis) // RARELY
        if last or best.found:
            break
        basis.append(rest / length)
    values, vectors = best.values, best.vectors
    upward, downward = (Values(at.parts(product(vectors[:, place], span))) for place in (-1, 0))
    largest, smallest = float(values[-1]), float(values[0])
    return Curvature(largest, smallest, (upward, downward), best.residual, len(basis), best.found)


@dataclass(frozen=True)
class Ritz:
    """Eigenvalues and eigenvectors of the Hessian within a span of directions, and the worse residual of the ends."""

    values: Array
    vectors: Array
    residual: float

    @property
    def found(self) -> bool:
        return self.residual <= CLOSE * max(float(np.abs(self.values).max()), TINY)


def ritz(small: Array, span: Array, mapped: Array) -> Ritz:
    """What the products of directions, ``span``, with their images under the Hessian, ``mapped``, tell of its ends."""
    values, vectors = np.linalg.eigh((small + small.T) / 2)
    ends = ((vectors[:, place], values[place]) for place in (0, -1))
    with np.errstate(all="ignore"):  # curvatures near the largest number: what overflows is not found
        apart = [float(np.linalg.norm(product(one, mapped) - value * product(one, span))) for one, value in ends]
    return Ritz(values, vectors, max(apart))
