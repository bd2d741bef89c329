"""chainrule's runs side by side, on one thread; nothing is recorded on the way."""

from __future__ import annotations

import numpy as np
from _maps import Map
from _rounds import Missing, Train

from chainrule.engines.native.many import LoadedMany
from chainrule.engines.protocol import Bound
from chainrule.errors import ChainruleError
from chainrule.model import build
from chainrule.notation import parse
from chainrule.numbers.numerics import NUMERICS
from chainrule.program import lower
from chainrule.train.crowd import follow
from chainrule.train.order import order


def exact(work: Map) -> Train:
    return trained(work, "exact")


def fused(work: Map) -> Train:
    return trained(work, "fused")


def trained(work: Map, numerics: str) -> Train:
    program = lower(build(parse(work.text)))
    x, y = work.data
    values = {"x": x, "y": y, "alpha": np.array(0.1), "s": np.array(2**0.5 / 4)}
    ranges = {"i": range(1, work.inputs + 1), "j": range(1, work.units + 1)} if work.inputs else {}
    visited = len(y) if work.inputs else 1
    try:
        bound = Bound(values, ranges, len(y), NUMERICS[numerics])
        many = LoadedMany(program, bound, ("alpha",), threads=1, visited=visited)
    except ChainruleError as refused:
        raise Missing(str(refused).splitlines()[0]) from None
    visiting = order("all" if work.inputs else "each", len(y))

    def train(steps: int) -> np.ndarray:
        crowd = many.crowd(work.start, {"alpha": work.rates})
        follow(many, crowd, visiting, steps)
        return crowd.rows.ravel()

    return train
