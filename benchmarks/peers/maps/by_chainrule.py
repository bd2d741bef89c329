"""chainrule's runs side by side; nothing is recorded on the way. A run that left the finite numbers has no weights."""

from __future__ import annotations

import numpy as np
from _maps import SCALE, Map
from _rounds import Missing, Train
from _threads import THREADS

from chainrule.engines.native.run_status import Ended
from chainrule.engines.native.many import LoadedMany
from chainrule.engines.protocol import Bound
from chainrule.errors import ChainruleError
from chainrule.model import build
from chainrule.notation import parse
from chainrule.numbers.numerics import NUMERICS
from chainrule.program import lower
from chainrule.train.ensemble import follow
from chainrule.train.order import order


def exact(work: Map) -> Train:
    return trained(work, "exact")


def fused(work: Map) -> Train:
    return trained(work, "fused")


def fused32(work: Map) -> Train:
    return trained(work, "fused32")


def trained(work: Map, numerics: str, threads: int = THREADS) -> Train:
    program = lower(build(parse(work.text)))
    x, y = work.data
    values = {"x": x, "y": y, "alpha": 0.1, "beta": 0.1, "s": SCALE}
    known = {const.name for const in program.consts} | {"x", "y"}
    own = {"alpha": work.rates[:, 0], "beta": work.rates[:, 1]}
    own = {name: rates.astype(np.float64) for name, rates in own.items() if name in known}
    ranges = {"i": range(1, work.inputs + 1), "j": range(1, work.units + 1)} if work.inputs else {}
    visited = len(y) if work.inputs else 1
    try:
        given = {name: np.asarray(value, np.float64) for name, value in values.items() if name in known}
        many = LoadedMany(
            program, Bound(given, ranges, len(y), NUMERICS[numerics]), tuple(own), threads=threads, visited=visited
        )
    except ChainruleError as refused:
        raise Missing(str(refused).splitlines()[0]) from None
    visiting = order("all" if work.inputs else "each", len(y))

    def train(steps: int) -> np.ndarray:
        ensemble = many.ensemble(work.start, own)
        follow(many, ensemble, visiting, steps)
        rows = ensemble.rows.copy()
        rows[ensemble.ended == Ended.LEFT] = np.nan
        return rows.ravel()

    return train
