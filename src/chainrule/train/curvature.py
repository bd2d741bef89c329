"""Products with a Hessian → the two ends of its spectrum: how the goal of a network bends at given weights.

No matrix is made, so a network may have many weights. The ends are found by Lanczos' iteration with every direction
kept orthogonal to all before it, which is power iteration that forgets nothing: after as many steps as there are
weights it is exact.
"""

from __future__ import annotations

from dataclasses import field
from typing import Protocol

import numpy as np

from chainrule.data.draws import normals
from chainrule.engines.products import product
from chainrule.engines.protocol import Array
from chainrule.train.same import by_parts
from chainrule.train.values import Values
from chainrule.train.weights import json_numbers
from chainrule.values import dataclass

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


@by_parts
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
