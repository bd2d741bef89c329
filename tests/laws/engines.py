"""Random trainings made by two engines: whether anything differs, down to the last bit."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
from tests.laws import indexed, networks

import chainrule as cr
from chainrule.train.run import Run

RULES = (None, None, "gd", "sign", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw")
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


def told(run: Run) -> tuple[object, ...]:
    """Everything that a run says of itself."""
    return run.sha256, run.steps, run.ended, run.departure, run.projections, repr(run.error), run.notes


def difference(model: cr.Model, **how: Any) -> str:
    """What differs between the two engines; nothing if all is the same. ``how`` may say the numerics."""
    one, other = (told(model.train(engine=engine, **how)) for engine in ("reference", "native"))
    return "" if one == other else f"{one} and {other}"
