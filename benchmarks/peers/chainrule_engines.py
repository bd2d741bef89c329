"""chainrule by its public face; the run keeps the start and the end alone."""

from __future__ import annotations

import numpy as np
from _rounds import Missing, Train
from _work import Work

import chainrule as cr


def trained(work: Work, engine: str, numerics: str) -> Train:
    model = cr.Model(work.text, work.name)
    data = None
    if work.sizes:
        x, y = work.data
        data = {"x": x, "y": y}
    start = dict(work.start) or None

    def train(steps: int) -> np.ndarray:
        try:
            run = model.train(
                data, steps=steps, batch="each" if work.batch == 1 else work.batch, start=start, engine=engine,
                numerics=numerics, record=steps,
            )  # fmt: skip
        except cr.UsageError as refused:
            raise Missing(str(refused).splitlines()[0]) from None
        return np.concatenate([np.ravel(run.weights[name]) for name in model.weights])

    return train


def reference(work: Work) -> Train:
    if work.sizes and max(work.sizes) > 200:
        raise Missing("left out: it adds in written order, term by term, and a step of it takes half a minute")
    return trained(work, "reference", "exact")


def native_exact(work: Work) -> Train:
    return trained(work, "native", "exact")


def native_fused(work: Work) -> Train:
    return trained(work, "native", "fused")


def native_fused32(work: Work) -> Train:
    return trained(work, "native", "fused32")
