"""Random trainings made by two engines: whether anything differs, down to the last bit."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np
from tests.laws import indexed, networks

import chainrule as cr
from chainrule.train.run import Run

OVER_ALL = "update θ[k], g\n  v <- 0.5*v + g/(1 + max_θ abs(g))\n  θ <- θ - α*v*min(1, mean_θ v^2)*sum_k θ^2"
SHIPPED = ("gd", "sign", "normalised", "clip", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw")
RULES = (None, None, *SHIPPED, OVER_ALL)
"""The ways to learn; None is the text's own."""

PATTERNS = 3


def random_model(seed: int) -> cr.Model:
    """A network of scalars or with letters, with its data."""
    if seed % 2:
        text, data = indexed.network(seed)
        return cr.Model(text, data=data)
    text = networks.network(seed)
    drawn = np.random.default_rng(seed)
    names = [*text.split("data ")[1].split("\n")[0].split(", "), "y"]
    return cr.Model(text, data={name: drawn.normal(size=PATTERNS) for name in names})


def random_training(seed: int) -> dict[str, Any]:
    """How a network is trained: every way to visit, every rule, rates that stay finite and rates that do not."""
    choose = random.Random(seed)
    batch = choose.choice(("each", "all", "shuffled", 2, 3, [0, 2, 1], [[0, 1], [2], [1, 1, 2], [2]]))
    return {
        "batch": batch,
        "update": choose.choice(RULES),
        "rate": choose.choice((0.01, 0.1, 1.0, 30.0, 1e150)),
        "record": choose.choice((1, 1, 3, 7)),
        "seed": seed,
    }


def random_ensemble(seed: int) -> dict[str, Any]:
    """The same for several runs: rates from 0 to far too large, so that some converge and some leave, and starts of
    their own."""
    how = random_training(seed)
    choose = random.Random(seed)
    factors = (1.0, choose.choice((0.0, 1e-3)), choose.choice((3e3, 1e100, 0.5)))
    rates = [how["rate"] * factor for factor in factors]
    drawn = how["batch"] == "shuffled" and choose.random() < 0.7  # then side by side, else one after the other
    return {**how, "rate": rates, "seed": seed if drawn else [seed, seed + 1, seed + 2]}


def ensemble_difference(seed: int, steps: int, widths: Sequence[int] = (1, 4, 8, 16)) -> str:
    """What differs between random runs made one by one by the reference engine and side by side in machine code."""
    model, how = random_model(seed), random_ensemble(seed)
    wanted = [told(run) for run in model.train(engine="reference", steps=steps, **how)]
    for width in widths:
        with patch("chainrule.train.many.fitting", lambda runs, width=width: width):
            for place, run in enumerate(model.train(engine="native", steps=steps, **how)):
                if told(run) != wanted[place]:
                    return f"run {place} at width {width}: {wanted[place]} and {told(run)}"
    return ""


def overflow_difference(seed: int, runs: int) -> str:
    """What differs, between engines, in where runs leave the finite numbers; each of them is made to, somewhere."""
    text = "index i = 1..2, j = 1..3\ndata x[i]\ntarget y[j]\nweight W[j,i] ~ normal(0, 1)\nconst c := 1\n"
    text += "z[j] = exp(sum_i W[j,i]*x[i])\nu[j] = log(c + z[j])\nE = sum_j (z[j] - y[j])^2*u[j]"
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(6, 2))
    x[draw.integers(6), draw.integers(2)] *= 10.0 ** draw.uniform(1, 3)
    how: dict[str, Any] = {
        "data": {"x": x, "y": draw.normal(size=(6, 3))},
        "seed": range(runs),
        "rate": 10.0 ** draw.uniform(-6, 150, runs),
        "consts": {"c": 1 - 10.0 ** draw.uniform(-3, 1, runs)},
        "start": [{"W": draw.normal(size=(3, 2)) * scale} for scale in 10.0 ** draw.uniform(-1, 3, runs)],
        "batch": 2,
        "steps": 60,
        "record": 60,
    }
    model = cr.Model(text)
    one, other = (
        [(run.ended, run.departure) for run in model.train(engine=engine, **how)] for engine in ("reference", "native")
    )
    if len({(left.equation, left.pattern) for _, left in one if left}) < min(4, runs):
        return "the runs do not leave in different places"
    return "\n".join(f"run {k}: {a} and {b}" for k, (a, b) in enumerate(zip(one, other, strict=True)) if a != b)


def told(run: Run) -> tuple[object, ...]:
    """Everything that a run says of itself."""
    return run.sha256, run.steps, run.ended, run.departure, run.projections, repr(run.error), run.notes


@contextmanager
def polled(bound: int) -> Iterator[None]:
    """Groups of more operations than this ask in their loops whether to end; all code is written anew."""
    with (
        patch("chainrule.engines.native.kernel_memory.POLLED", bound),
        patch("chainrule.engines.native.kernel.KERNELS.most", 0),
        patch("chainrule.engines.native.evaluation_kernel.SHEETS.most", 0),
    ):
        yield


def difference(model: cr.Model, **how: Any) -> str:
    """What differs between the two engines; nothing if all is the same. ``how`` may say the numerics."""
    one, other = (told(model.train(engine=engine, **how)) for engine in ("reference", "native"))
    return "" if one == other else f"{one} and {other}"
