"""Of many weights both ends of the curvature at a point, found without a matrix."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.ends.newton import spread
from chainrule.train.curvature import Curvature, ends
from chainrule.values import dataclass

PRODUCTS = 120
"""Products with the Hessian that are made at most."""


def curvatures(context: Context, theta: Array, most: int, free: NDArray[np.bool_] | None = None) -> Curvature:
    """Both ends of the curvature of sense·goal at a point, by Lanczos' iteration over the free weights."""
    return ends(Bent(context, theta, np.ones(len(theta), dtype=bool) if free is None else free), most=most)


@dataclass(frozen=True, slots=True)
class Bent:
    """The Hessian at a point, for the weights that are free: what Lanczos' iteration asks for."""

    context: Context
    theta: Array
    free: NDArray[np.bool_]

    @property
    def size(self) -> int:
        return int(self.free.sum())

    def along(self, direction: Array) -> tuple[Array, float]:
        """The product with a direction; nobody asks for the slope."""
        whole = spread(direction, self.free)
        return self.context.sense * self.context.products(self.theta, whole[None, :])[0][self.free], 0.0

    def parts(self, vector: Array) -> dict[str, Array]:
        return {"θ": spread(vector, self.free)}
