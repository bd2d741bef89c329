"""Random networks with letters, as texts with data: one to four layers of any kind, shared weights, several losses."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from tests.laws.forward import by_jax, complex_step

import chainrule as cr

ACTIVATIONS = (
    "tanh({z})", "sigmoid({z})", "relu({z})", "softplus({z})", "sin({z})", "cos({z})", "arctan({z})", "abs({z})",
    "sinh(½·({z}))", "cosh(½·({z}))", "exp(-({z})^2)", "sqrt(1 + ({z})^2)", "log(2 + ({z})^2)", "max({z}, 0.3)",
    "min({z}, ½·({z}))", "({z})/(1 + ({z})^2)", "({z})^2", "if({z} > 0.1, {z}, 0.1*({z}))", "A({z})", "B({z})",
    "(1 + ({z})^2)^(-½)", "2^tanh({z})", "(2 + sin({z}))^cos({z})", "sign({z})*({z})", "[{z} > 0]*({z})",
    "gelu({z})", "swish({z})", "elu({z})", "leaky_relu({z})", "{z}",
)  # fmt: skip
FUNCTIONS = "A(u) = 1/(1 + exp(-u))\nB(q) = q/(1 + abs(q))\n"
PATTERNS = 3


@dataclass
class Network:
    """A text while it is written. ``now`` is the layer that the next one reads, ``letter`` its letter."""

    choose: random.Random
    declared: bool  # with a letter p of the patterns, or for one pattern
    sets: dict[str, tuple[int, int]] = field(default_factory=dict)
    weights: dict[str, str] = field(default_factory=dict)  # name → letters
    lines: list[str] = field(default_factory=list)
    spare: list[str] = field(default_factory=lambda: list("jklmqrsv"))
    now: str = "x"
    letter: str = "i"
    count: int = 0

    def at(self, name: str, *letters: str) -> str:
        """A quantity of each pattern."""
        return entry(name, *(("p", *letters) if self.declared else letters))

    def weight(self, kind: str, *letters: str) -> str:
        """A weight: a new one, or one that was used before where the letters are the same."""
        plain = ",".join(letter.rstrip("'") for letter in letters)
        known = [name for name, own in self.weights.items() if own.replace("'", "") == plain and name[0] == kind]
        if known and self.choose.random() < 0.4:
            return entry(self.choose.choice(known), *letters)
        name = f"{kind}{len(self.weights) + 1}"
        self.weights[name] = ",".join(letters) if len(letters) > 1 else plain
        return entry(name, *letters)

    def fresh(self, size: int) -> str:
        """A new letter, of so many values."""
        letter = self.spare.pop(0)
        low = self.choose.choice((-1, 0, 1, 1, 1, 2))
        self.sets[letter] = (low, low + size - 1)
        return letter

    def size(self) -> int:
        low, high = self.sets[self.letter]
        return high - low + 1

    def name(self, kind: str = "h") -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def define(self, name: str, letter: str, body: str) -> None:
        self.lines.append(f"{self.at(name, letter)} = {body}")
        self.now, self.letter = name, letter

    def activated(self, z: str) -> str:
        return self.choose.choice(ACTIVATIONS).format(z=z)


def entry(name: str, *letters: str) -> str:
    return f"{name}[{','.join(letters)}]" if letters else name


def dense(net: Network) -> None:
    """z[k] = Σ_j W[k,j] h[j] + b[k], then a function of it, named apart or not."""
    new = net.letter if net.choose.random() < 0.3 else net.fresh(net.choose.randint(1, 3))
    old = net.letter + "'" if new == net.letter else net.letter
    total = f"sum_{old} {net.weight('W', new, old)}*{net.at(net.now, old)}"
    total += net.choose.choice((f" + {net.weight('b', new)}", f" + {net.weight('c')}", ""))
    if net.choose.random() < 0.6:
        named = net.name("z")
        net.define(named, new, total)
        total = net.at(named, new)
        if net.choose.random() < 0.2:
            total += f"*{net.weight('g', new)}"
    net.define(net.name(), new, net.activated(total))


def convolution(net: Network) -> None:
    """z[q] = Σ_u K[u] h[stride·q + u − 1], inside the range of h, or with a bracket at its border."""
    low, _ = net.sets[net.letter]
    window, stride = net.choose.randint(1, min(3, net.size())), net.choose.randint(1, 2)
    new, own = net.spare.pop(0), net.spare.pop(0)
    net.sets[own] = (0, window - 1)
    outputs = (net.size() - window) // stride + 1
    place = f"{stride}*{new}+{own}" if stride > 1 else f"{new}+{own}"
    guard = ""
    if net.choose.random() < 0.4:  # one output more than fits
        outputs += 1
        guard = f"[{shifted(place, low)} in {net.letter}]*"
    net.sets[new] = (0, outputs - 1)
    kernel = net.weight("K", own)
    read = net.at(net.now, shifted(place, low))
    how = net.choose.choice(("sum", "sum", "mean")) if guard else net.choose.choice(("sum", "max", "logsumexp", "min"))
    body = (
        f"{how}_{own} ({guard}{kernel}*{read})"
        if how in ("max", "min", "logsumexp")
        else f"{how}_{own} {guard}{kernel}*{read}"
    )
    net.define(net.name(), new, net.activated(f"({body})"))


def shifted(place: str, low: int) -> str:
    return f"{place}{low:+d}" if low else place


def softmax(net: Network) -> None:
    """A layer weighed by its softmax."""
    body = f"softmax_{net.letter}({net.at(net.now, net.letter)})*{net.at(net.now, net.letter)}"
    net.define(net.name(), net.letter, body)


def normalised(net: Network) -> None:
    """Each entry less the mean, over the root of the mean square."""
    mean, spread, letter = net.name("m"), net.name("v"), net.letter
    net.lines.append(f"{net.at(mean)} = mean_{letter} {net.at(net.now, letter)}")
    net.lines.append(f"{net.at(spread)} = mean_{letter} ({net.at(net.now, letter)} - {net.at(mean)})^2")
    body = f"({net.at(net.now, letter)} - {net.at(mean)})/sqrt({net.at(spread)} + 1/10)"
    net.define(net.name(), letter, body)


def recurrence(net: Network) -> None:
    """Along the letter of the layer, upwards or downwards, guarded by a bracket or with a line for the first value."""
    name, t = net.name("a"), net.letter
    low, high = net.sets[t]
    back = net.choose.random() < 0.6
    step = f"{t}-1" if back else f"{t}+1"
    feed, keep = net.weight("W"), net.weight("U")
    before = net.activated(net.at(name, step))
    if net.size() > 1 and net.choose.random() < 0.5:
        other = net.fresh(net.size() - 1)
        net.sets[other] = (low + 1, high) if back else (low, high - 1)
        # an array of its own holds every slice: a line for the first, another for the rest
        first = low if back else high
        step = f"{other}-1" if back else f"{other}+1"
        before = net.activated(net.at(name, step))
        net.lines.append(f"{net.at(name, str(first))} = {net.weight('s')}")
        net.define(name, other, f"tanh({feed}*{net.at(net.now, other)} + {keep}*{before})")
        net.letter = other
    elif net.choose.random() < 0.5:
        net.define(name, t, f"tanh({feed}*{net.at(net.now, t)} + [{step} in {t}]*{keep}*({before}))")
    else:  # two quantities that read each other
        second = net.name("d")
        net.lines.append(f"{net.at(second, t)} = {net.at(net.now, t)} + [{step} in {t}]*{keep}*{net.at(name, step)}")
        net.define(name, t, net.activated(f"{feed}*{net.at(second, t)}"))
        net.lines[-1] = net.lines[-1].replace(" = ", " = tanh(", 1) + ")"


def reduced(net: Network) -> None:
    """A layer plus a reduction of all of it."""
    how, other = net.choose.choice(("max", "min", "mean", "logsumexp", "prod", "sum")), net.letter + "'"
    inner = f"{net.weight('g', other)}*{net.at(net.now, other)}"
    body = f"{net.at(net.now, net.letter)} + {net.weight('c')}*({how}_{other} ({inner} + 0.3))"
    net.define(net.name(), net.letter, body)


def diagonal(net: Network) -> None:
    """A matrix read on its diagonal and whole."""
    j, other = net.letter, net.letter + "'"
    whole = net.weight("X", j, other)
    matrix = whole.replace(other, j)
    net.define(net.name(), j, f"{net.at(net.now, j)}*{matrix}^2 + sum_{other} {whole}*{net.at(net.now, other)}")


def residual(net: Network) -> None:
    """A layer added to a function of it; a letter as a number beside."""
    read, low = net.at(net.now, net.letter), net.sets[net.letter][0]
    beside = net.choose.choice(
        (f"/(1 + ({net.letter} - {low})^2)" if low >= 0 else "", f"*{net.weight('g', net.letter)}")
    )
    net.define(net.name(), net.letter, f"{read} + ({net.activated(read)}){beside}")


LAYERS: tuple[Callable[[Network], None], ...] = (
    dense, dense, dense, convolution, softmax, normalised, recurrence, reduced, diagonal, residual,
)  # fmt: skip


def loss(net: Network) -> tuple[str, bool]:
    """The lines of the error of a pattern, and whether the target is one of the values of the letter."""
    k, out = net.letter, net.at(net.now, net.letter)
    t = net.at("t", k)
    forms = (
        (f"sum_{k} ½({out} - {t})^2", False), (f"mean_{k} abs({out} - {t})", False),
        (f"sum_{k} log(1 + exp(-{t}*{out}))", False), (f"max_{k} ({out} - {t})^2", False),
        (f"logsumexp_{k} {out} - (sum_{k} [{net.at('label')} == {k}]*{out})", True),
        (f"-(sum_{k} [{net.at('label')} == {k}]*log(softmax_{k}({out})))", True),
    )  # fmt: skip
    return net.choose.choice(forms)


def network(seed: int) -> tuple[str, dict[str, Any]]:
    """The text of a network and its data; the same for the same seed."""
    net = Network(random.Random(seed), random.Random(seed + 1).random() < 0.5)
    net.sets["i"] = (low := net.choose.choice((0, 1, 2)), low + net.choose.randint(1, 4))
    first = net.choose.choice((dense, dense, convolution))
    for layer in (first, *(net.choose.choice(LAYERS) for _ in range(net.choose.randint(0, 3)))):
        layer(net)
    error, classes = loss(net)
    inputs = [f"data {net.at('x', 'i')}"]
    inputs.append(f"data {net.at('label')}" if classes else f"target {net.at('t', net.letter)}")
    drawn = np.random.default_rng(seed)
    data = {"x": drawn.normal(size=(PATTERNS, net.sets["i"][1] - net.sets["i"][0] + 1))}
    low, high = net.sets[net.letter]
    if classes:
        data["label"] = drawn.integers(low, high + 1, PATTERNS).astype(float)
    else:
        data["t"] = drawn.normal(size=(PATTERNS, high - low + 1))
    net.lines.append(f"{net.at('E')} = {error}")
    over = "_p E[p]" if net.declared else " E"
    goal = net.choose.choice(("mean", "mean", "sum", "max"))
    penalty = "".join(
        f" + λ*(sum_{{{own}}} {name}[{own}]^2)" for name, own in list(net.weights.items())[:1] if own and "," not in own
    )
    letters = ", ".join(f"{letter} = {low}..{high}" for letter, (low, high) in net.sets.items())
    weights = [
        f"weight {entry(name, *filter(None, own.split(',')))} ~ normal(0, 0.7)" for name, own in net.weights.items()
    ]
    head = [*(["patterns p"] if net.declared else []), f"index {letters}", *inputs, "const λ := 0.3"]
    text = [*head, *weights, FUNCTIONS.strip(), *net.lines, f"minimise ({goal}{over}){penalty}"]
    return "\n".join(text) + "\n", data


def worst(seed: int, jax: bool = False) -> float:
    """The largest difference of a network's gradients from the complex step's (or JAX's), by the largest entry."""
    text, data = network(seed)
    model = cr.Model(text, data=data)
    found = model.evaluate(seed=seed)
    patterns = model._patterns(None, None, seed)
    values = {**patterns.values, **{name: np.asarray(found.weights[name]) for name in model.weights}}
    given = (model.network, values, patterns.ranges, patterns.patterns, model.weights)
    error, slopes = complex_step(*given)
    assert found.error is not None
    assert abs(error - found.error) <= 1e-12 * max(1.0, abs(error)), (error, found.error)
    slopes = by_jax(*given) if jax else slopes
    most = max(float(np.max(np.abs(slope))) for slope in slopes.values())
    if most < 1e-13 * max(1.0, abs(error)):  # nothing but rounding: every slope is 0
        most = 1.0
    return max(float(np.max(np.abs(np.asarray(found.gradient[name]) - slope))) for name, slope in slopes.items()) / most
