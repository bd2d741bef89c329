"""Random networks of scalar equations, as texts: one to six layers, every function, shared weights, several losses."""

from __future__ import annotations

import random

ACTIVATIONS = (
    "tanh({z})", "sigmoid({z})", "relu({z})", "softplus({z})", "sin({z})", "cos({z})", "arctan({z})", "abs({z})",
    "sinh(½·({z}))", "cosh(½·({z}))", "exp(-({z})^2)", "sqrt(1 + ({z})^2)", "log(2 + ({z})^2)", "max({z}, 0.3)",
    "min({z}, ½·({z}))", "({z})/(1 + ({z})^2)", "({z})^2", "if({z} > 0.1, {z}, 0.1*({z}))", "A({z})", "B({z})",
    "G({z}, {v})", "(1 + ({z})^2)^(-½)", "2^tanh({z})", "(2 + sin({z}))^cos({z})", "sign({z})*({z})", "[{z} > 0]*({z})",
    "gelu({z})", "swish({z})", "elu({z})", "leaky_relu({z})", "{z}",
)  # fmt: skip
LOSSES = (
    "½(y_hat - y)^2", "abs(y_hat - y)", "log(1 + exp(-y*y_hat))", "(y_hat - y)^4/4", "sqrt(1 + (y_hat - y)^2) - 1",
    "-(y*log(sigmoid(y_hat)) + (1 - y)*log(1 - sigmoid(y_hat)))", "max(y_hat - y, 0.7*(y - y_hat))",
)  # fmt: skip
FUNCTIONS = "A(u) = 1/(1 + exp(-u))\nB(q) = q/(1 + abs(q))\nG(a, b) = tanh(a)*cos(b)"


def network(seed: int) -> str:
    """The text of a network; the same for the same seed.

    >>> print(network(3).splitlines()[0])
    A(u) = 1/(1 + exp(-u))
    """
    choose = random.Random(seed)
    inputs = [f"x{k}" for k in range(1, choose.randint(1, 3) + 1)]
    weights: list[str] = []
    lines: list[str] = []
    before = list(inputs)
    for layer in range(1, choose.randint(1, 6) + 1):
        here = []
        for unit in range(1, choose.randint(1, 3) + 1):
            read = choose.sample(before, choose.randint(1, len(before)))
            z = " + ".join(f"{weight(choose, weights)}*{name}" for name in read)
            if choose.random() < 0.5:
                z += f" + {weight(choose, weights)}"
            other = f"{weight(choose, weights)}*{choose.choice(before)}"
            name = f"h{layer}{unit}"
            lines.append(f"{name} = {choose.choice(ACTIVATIONS).format(z=z, v=other)}")
            here.append(name)
        before = here + choose.sample(before, choose.randint(0, 1))  # now and then a connection past a layer
    lines.append("y_hat = " + " + ".join(f"{weight(choose, weights)}*{name}" for name in before))
    loss = f"E = {choose.choice(LOSSES)}"
    if choose.random() < 0.3:
        loss += f" + 0.01*({' + '.join(f'{name}^2' for name in weights[:3])})"
    declared = f"data {', '.join(inputs)}\ntarget y\nweight {', '.join(weights)}"
    return "\n".join([FUNCTIONS, declared, *lines, loss, "minimise E"])


def weight(choose: random.Random, weights: list[str]) -> str:
    """A weight: a new one, or now and then one that is used already."""
    if weights and choose.random() < 0.15:
        return choose.choice(weights)
    weights.append(f"w{len(weights) + 1}")
    return weights[-1]
