"""One random network: the largest difference of its adjoints from the complex step, relative to the largest entry."""

from __future__ import annotations

import math
import random

from tests.laws.networks import network

from chainrule.gradient.reverse import reverse
from chainrule.model import build
from chainrule.notation import parse
from chainrule.numbers.environment import Setting
from chainrule.numbers.evaluate import solve
from chainrule.numbers.oracle import complex_step


def worst(seed: int) -> float:
    """For every weight of network ``seed``, at a point: |adjoint − complex step| over the largest entry."""
    model = build(parse(network(seed)))
    weights = [quantity.name for quantity in model.named("weight")]
    adjoints = reverse(model.equations, "E", dict.fromkeys(weights, ()), model.functions)
    setting = Setting(functions=model.functions)
    draw = random.Random(seed)
    for _ in range(50):
        point = {name: draw.uniform(-1.2, 1.2) for name, one in model.quantities.items() if one.role != "derived"}
        values = solve((*model.equations, *adjoints), point, setting=setting)
        ours = [values[f"∂E/∂{name}"] for name in weights]
        if all(map(math.isfinite, ours)):
            right = [complex_step(model.equations, "E", name, point, setting=setting) for name in weights]
            scale = max(map(abs, right)) or 1.0
            return max(abs(a - b) for a, b in zip(ours, right, strict=True)) / scale
    raise AssertionError(f"network {seed} is finite nowhere")
