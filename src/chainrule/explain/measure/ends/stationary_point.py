"""The end of a run with many weights → the nearest point without slope, looked for with products with the Hessian.

Newton's method on the slope itself: each step is the one that leaves least of it, found by MINRES (Lanczos' iteration
and a small least-squares problem), and is halved until the slope gets shorter. It goes to minima and to saddles alike,
and into flat valleys; what it found is looked at by Lanczos' iteration, and by the engine, before it is told.

Source: Roosta, Liu, Xu, Mahoney, Newton-MR: inexact Newton method with minimum residual sub-problem solver, EURO
Journal on Computational Optimization 10 (2022).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.ends.newton import spread
from chainrule.explain.measure.ends.spectrum import Bent, curvatures
from chainrule.explain.measure.ends.tolerances import BENT, FLAT, NO_SLOPE
from chainrule.values import dataclass

PRODUCTS, BASIS, LOOKS = 200, 40, 60
"""Products made at most: in all, for one step, and to look at what was found."""
WORK = 60_000_000
"""Weights times patterns times products at most."""
ENOUGH = 0.1
"""Of the slope: so much may be left of it by one step, for the curvature is another where it leads."""
GAIN, HALVED = 1e-4, 12
"""Of what a step promises: so much the slope must fall by, or the step is halved; how often it is (Armijo's rule)."""
MOVED, CHECKED = 1e-6, 1e-5
"""Of the size of the weights: a move so short ends the search; of the first slope: so much the engine may see there."""
FALLS, GOES_ON = 0.1, 0.1
"""Of the first slope, and of the longest move: a search that ends below the one, moving by more
than the other, goes on."""
RANK, SPANNED = 1e-10, 1e-12
"""Of the largest number of the band: smaller singular values are rounding; a rest that is less adds no direction."""

Kind = Literal["minimum", "valley", "saddle", "further", "not found", "not looked for"]


@dataclass(frozen=True, slots=True)
class Nearest:
    """Where the search came to. ``slope`` is the length of the slope there, ``first`` at the end of the run."""

    kind: Kind
    point: Array
    distance: float
    first: float
    slope: float
    products: int
    curvature: tuple[float, float] | None = None  # the least and the greatest met, of sense·goal


def nearest(context: Context, free: NDArray[np.bool_]) -> Nearest:
    """The nearest point without slope, or how near to one the search came."""
    point = context.end
    slope = slope_at(context, point, free)
    first = length = float(np.linalg.norm(slope))
    most = min(PRODUCTS, WORK // (len(point) * context.patterns))
    if most < BASIS or not np.isfinite(first) or first == 0:
        return Nearest("not looked for", point, 0.0, first, first, 0)
    products, settled = 0, False
    moves: list[float] = []
    while products < most and length > 0 and not settled:
        move, used = step(Bent(context, point, free), slope, min(BASIS, most - products), min(ENOUGH, length / first))
        products += used
        for share in 0.5 ** np.arange(HALVED):
            new = context.project(point + share * spread(move, free))
            pull = slope_at(context, new, free)
            if np.linalg.norm(pull) < (1 - GAIN * share) * length:
                break
        else:
            break
        moves.append(float(np.linalg.norm(new - point)))
        point, slope, length = new, pull, float(np.linalg.norm(pull))
        near = moves[-1] <= MOVED * (1 + float(np.abs(point).max())) or (length == 0 and len(moves) < 3)
        settled = length <= NO_SLOPE * first and near
    distance = float(np.linalg.norm(point - context.end))
    if not settled or np.linalg.norm(context.gradient(point)[free]) > CHECKED * first:
        far = length < FALLS * first and len(moves) > 2 and min(moves[-2:]) > GOES_ON * max(moves)
        return Nearest("further" if far else "not found", point, distance, first, length, products)
    bend = curvatures(context, point, LOOKS, free)
    low, high = bend.smallest, bend.largest
    flat = FLAT * max(abs(low), abs(high), BENT * first)
    kind: Kind = "saddle" if low < -flat else "valley" if low <= flat or not bend.found else "minimum"
    return Nearest(kind, point, distance, first, length, products + bend.iterations, (low, high))


def slope_at(context: Context, point: Array, free: NDArray[np.bool_]) -> Array:
    with np.errstate(all="ignore"):
        return np.asarray(context.sense * context.evaluator.gradient(point[None, :])[0][free])


def step(at: Bent, slope: Array, most: int, enough: float) -> tuple[Array, int]:
    """The step d of least length that makes |slope + H·d| least, of those in the span of ``most`` products at most, and
    how many were made; ``enough`` is the share of the slope that may be left."""
    length = float(np.linalg.norm(slope))
    basis: list[Array] = [-slope / length]
    band = np.zeros((most + 1, most))
    shares: Array = np.zeros(0)
    for made in range(most):
        image = at.along(basis[-1])[0]
        if not np.isfinite(image).all():
            break
        for _ in range(2):
            parts = np.array(basis) @ image
            band[: len(basis), made] += parts
            image = np.asarray(image - parts @ np.array(basis))
        band[made + 1, made] = rest = float(np.linalg.norm(image))
        wanted = np.zeros(made + 2)
        wanted[0] = length
        small = band[: made + 2, : made + 1]
        shares = np.asarray(np.linalg.lstsq(small, wanted, rcond=RANK)[0], dtype=np.float64)
        left = float(np.linalg.norm(wanted - small @ shares))
        if left <= enough * length or rest <= SPANNED * float(np.abs(small).max()):
            break
        basis.append(image / rest)
    return shares @ np.array(basis)[: len(shares)] if len(shares) else np.zeros(len(slope)), len(shares)
