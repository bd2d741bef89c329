"""Reverse mode on index equations: the adjoints of known networks as they are written, and by value."""

from collections.abc import Mapping

import pytest

from chainrule.errors import LimitError
from chainrule.expr.nodes import Derivative, Equation, Ref, key
from chainrule.gradient.forward import changes_along, closed, second
from chainrule.gradient.reverse import reverse
from chainrule.model import build
from chainrule.model.model import LetterSet, Model
from chainrule.notation import parse, parse_equation, parse_expression, show
from chainrule.numbers.environment import Setting
from chainrule.numbers.evaluate import evaluate, solve
from chainrule.numbers.oracle import complex_step
from chainrule.numbers.oracle import derivative as oracle

NETWORKS: dict[str, tuple[str, dict[str, tuple[int, int]], str]] = {
    "two layers": (
        """z[p,j] = Σ_i W[j,i]*x[p,i] + b[j]
        h[p,j] = tanh(z[p,j])
        y_hat[p,k] = sigmoid(Σ_j V[k,j]*h[p,j] + c[k])
        E = ½ Σ_{p,k} (y_hat[p,k] - y[p,k])^2""",
        {"p": (1, 4), "i": (1, 2), "j": (1, 3), "k": (1, 2)},
        "W b V c",
    ),
    "softmax": (
        """z[p,k] = Σ_i W[k,i]*x[p,i] + b[k]
        s[p] = Σ_k exp(z[p,k])
        q[p,k] = exp(z[p,k])/s[p]
        E = -(mean_p Σ_k t[p,k]*log(q[p,k]))""",
        {"p": (1, 3), "i": (1, 2), "k": (0, 3)},
        "W b",
    ),
    "logsumexp": (
        """z[p,k] = Σ_i W[k,i]*x[p,i]
        L[p] = logsumexp_k z[p,k] - Σ_k t[p,k]*z[p,k]
        E = mean_p L[p] + 0.1*Σ_{k,i} W[k,i]^2""",
        {"p": (1, 3), "i": (1, 2), "k": (0, 2)},
        "W",
    ),
    "convolutions": (
        """z[p] = Σ_u K[u]*x[p+u]
        h[p] = tanh(z[p])
        a[q] = Σ_v L[v]*h[q+v]
        E = ½ Σ_q (a[q] - y[q])^2""",
        {"p": (0, 4), "q": (0, 2), "u": (0, 2), "v": (0, 2), "n": (0, 6)},
        "K L",
    ),
    "stride two": (
        """a[n] = tanh(w[n]*x[n])
        z[p] = Σ_u k[u]*a[2*p+u]
        E = Σ_p z[p]^2""",
        {"p": (0, 2), "u": (0, 2), "n": (0, 6)},
        "k w",
    ),
    "repeated letters": (
        """d[i] = X[i,i]^3
        f[i,j] = sin(X[i,2])*X[j,i]
        E = Σ_i d[i]*c[i] + Σ_{i,j} f[i,j]*c[j]""",
        {"i,j": (1, 3)},
        "X",
    ),
    "recurrence": (
        """a[t,j] = Σ_i W[j,i]*x[t,i] + Σ_l [t-1 in t]*U[j,l]*tanh(a[t-1,l]) + b[j]
        o = Σ_j v[j]*tanh(a[4,j])
        E = ½(o - y)^2""",
        {"t": (1, 4), "i": (1, 2), "j,l": (1, 3)},
        "W U b v",
    ),
    "tied weights": (
        """h[p,j] = tanh(Σ_i W[j,i]*x[p,i] + b[j])
        r[p,i] = Σ_j W[j,i]*h[p,j] + c[i]
        E = mean_p Σ_i (r[p,i] - x[p,i])^2/2""",
        {"p": (1, 3), "i": (1, 2), "j": (1, 3)},
        "W b c",
    ),
    "attention": (
        """a[s,j] = Σ_i Q[j,i]*x[s,i]
        k[s,j] = Σ_i K[j,i]*x[s,i]
        e[s,q] = Σ_j a[s,j]*k[q,j]
        w[s,q] = exp(e[s,q] - logsumexp_q' e[s,q'])
        o[s,j] = Σ_q w[s,q]*V[q,j]
        E = ½ Σ_{s,j} (o[s,j] - y[s,j])^2""",
        {"s,q": (1, 3), "i": (1, 2), "j": (1, 2)},
        "Q K V",
    ),
    "layer normalisation": (
        """z[p,j] = Σ_i W[j,i]*x[p,i]
        m[p] = mean_j z[p,j]
        s[p] = mean_j (z[p,j] - m[p])^2
        n[p,j] = (z[p,j] - m[p])/sqrt(s[p] + 0.001)
        o[p] = Σ_j v[j]*tanh(g[j]*n[p,j])
        E = Σ_p (o[p] - y[p])^2""",
        {"p": (1, 3), "i": (1, 2), "j": (1, 3)},
        "W v g",
    ),
    "greatest and product": (
        """z[p,j] = Σ_i W[j,i]*x[p,i]
        m[p] = max_j z[p,j]
        l[p] = min_j z[p,j]
        r[p] = prod_j (1 + z[p,j]^2)
        E = Σ_p (m[p]*l[p] + log(r[p]))""",
        {"p": (1, 3), "i": (1, 2), "j": (1, 3)},
        "W",
    ),
}


class Network:
    """Equations with letters, their sets, and numbers for everything that no equation gives."""

    def __init__(self, name: str) -> None:
        text, ranges, weights = NETWORKS[name]
        letters = [letter for group in ranges for letter in group.split(",")]
        self.equations = tuple(parse_equation(line.strip(), letters=letters) for line in text.splitlines())
        self.sets = tuple(
            LetterSet(tuple(group.split(",")), parse_expression(str(low)), parse_expression(str(high)))
            for group, (low, high) in ranges.items()
        )
        spans = {letter: range(low, high + 1) for group, (low, high) in ranges.items() for letter in group.split(",")}
        self.setting = Setting(ranges=spans)
        self.letters: dict[str, tuple[str, ...]] = {}
        made = {key(equation.target) for equation in self.equations}
        self.values: dict[str, object] = {}
        for equation in self.equations:
            for node in self.read(equation):
                if node.name not in made and node.name not in self.values:
                    self.values[node.name] = Numbers(len(self.values)) if node.indices else 0.37
        declared = {
            "W": "ji", "b": "j", "V": "kj", "c": "k", "K": "u", "L": "v", "k": "u", "w": "n", "X": "ij", "U": "jl",
            "v": "j", "Q": "ji", "g": "j",
        }  # fmt: skip
        if name in ("softmax", "logsumexp"):
            declared |= {"W": "ki", "b": "k"}
        if name == "tied weights":
            declared |= {"c": "i"}
        if name == "attention":
            declared |= {"K": "ji", "V": "qj"}
        self.wanted = {weight: tuple(declared[weight]) for weight in weights.split()}

    @staticmethod
    def read(equation: Equation) -> tuple[Ref, ...]:
        from chainrule.expr.walk import references

        return references(equation.body)

    def adjoints(self) -> tuple[Equation, ...]:
        return reverse(self.equations, "E", self.wanted, {}, self.sets)


class Numbers(Mapping[tuple[int, ...], float]):
    """A number for each index tuple, without a pattern."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def __getitem__(self, place: tuple[int, ...]) -> float:
        mixed = sum((step + 2) ** 2 * (at + 3) for step, at in enumerate(place)) * 37 + self.seed * 101
        return (mixed * 7919 % 1009) / 700.0 - 0.7

    def __iter__(self):  # type: ignore[no-untyped-def]
        raise NotImplementedError

    def __len__(self) -> int:
        return 0

    def __contains__(self, place: object) -> bool:
        return True


@pytest.mark.parametrize("name", NETWORKS)
def test_adjoints_are_the_complex_step_of_every_entry(name: str) -> None:
    network = Network(name)
    adjoints = network.adjoints()
    values = solve((*network.equations, *adjoints), network.values, setting=network.setting)
    for weight, letters in network.wanted.items():
        found = values[f"∂E/∂{weight}"]
        assert found, f"{weight} has entries"
        for place, ours in list(found.items())[::2]:
            at = dict(zip(letters, place, strict=True))
            wrt = parse_expression(f"{weight}[{','.join(letters)}]", letters=letters)
            assert isinstance(wrt, Ref)
            right = complex_step(network.equations, "E", wrt, network.values, setting=network.setting, letters=at)
            assert ours == pytest.approx(right, rel=1e-11, abs=1e-13), (weight, place)


def test_adjoints_read_like_a_textbook(golden) -> None:  # type: ignore[no-untyped-def]
    lines = []
    for name in NETWORKS:
        lines.append(f"# {name}")
        lines.extend(f"{show(line.target)} = {show(line.body)}" for line in Network(name).adjoints())
    golden("gradient/adjoints.txt", "\n".join(lines))


@pytest.mark.parametrize("name", ["two layers", "softmax", "recurrence"])
def test_the_hessian_along_a_direction_is_the_change_of_the_gradient(name: str) -> None:
    network = Network(name)
    first = next(iter(network.wanted))
    adjoints = network.adjoints()
    known = (*network.equations, *adjoints)
    changes = changes_along(known, {first: "r"}, {}, network.sets)
    values = {**network.values, "r": Numbers(99)}
    found = solve((*known, *changes), values, setting=network.setting)[f"R.∂E/∂{first}"]
    place, ours = next(iter(found.items()))
    step = 2.0**-10
    moved = []
    for factor in (-2, -1, 1, 2):
        start = {at: network.values[first][at] + factor * step * Numbers(99)[at] for at in found}  # type: ignore[index]
        given = {**network.values, first: start}
        moved.append(solve(known, given, setting=network.setting)[f"∂E/∂{first}"][place])
    right = (moved[0] - 8 * moved[1] + 8 * moved[2] - moved[3]) / (12 * step)
    assert ours == pytest.approx(right, rel=1e-8, abs=1e-10)


def scalar(text: str) -> Model:
    return build(parse(text))


IDENTITY = """T(x) = x
A(u) = 1/(1 + exp(-u))
data x in {0, 1}
target y = T(x)
weight w in [0, 1] := 0.5
T̂(x) = A(w·x)
ŷ = T̂(x)
E = ½(ŷ − y)²"""


def test_the_second_derivative_of_the_founding_example() -> None:
    model = scalar(IDENTITY)
    adjoints = reverse(model.equations, "E", {"w": ()}, model.functions)
    twice = second(model.equations, adjoints, "E", ["w"], model.functions)
    target = Derivative(Ref("E"), (Ref("w"), Ref("w")))
    assert twice[-1].target == target
    curvature = closed((*adjoints, *twice), target)
    assert show(curvature) == "x²·(1 − ŷ)²·ŷ² + (ŷ − y)·x²·(1 − 2·ŷ)·(1 − ŷ)·ŷ"
    point, setting = {"w": 0.3, "x": 1.4, "y": 0.2}, Setting(functions=model.functions)
    ours = evaluate(curvature, point, setting=setting, equations=model.equations)
    assert ours == pytest.approx(oracle(target, model.equations, point, setting=setting), rel=1e-9)


def test_every_second_derivative_of_xor_is_the_oracle_and_symmetric() -> None:
    model = scalar(
        "data x1, x2\ntarget y\nweight a, b, c, d\nh = tanh(a*x1 + b*x2)\ny_hat = sigmoid(c*h + d*a)\n"
        "E = ½(y_hat - y)^2"
    )
    names = ["a", "b", "c", "d"]
    adjoints = reverse(model.equations, "E", dict.fromkeys(names, ()), model.functions)
    twice = second(model.equations, adjoints, "E", names, model.functions)
    point = {"x1": 0.7, "x2": -1.1, "y": 0.3, "a": 0.4, "b": 0.9, "c": -0.8, "d": 0.6}
    values = solve((*model.equations, *adjoints, *twice), point)
    for one in names:
        for other in names:
            target = Derivative(Ref("E"), (Ref(one), Ref(other)))
            right = oracle(target, model.equations, point)
            assert values[key(target)] == pytest.approx(right, rel=1e-8, abs=1e-10)
            assert values[key(target)] == pytest.approx(values[f"∂²E/∂{other}∂{one}"], rel=1e-12, abs=1e-15)


def test_a_weight_without_a_path_has_the_adjoint_0() -> None:
    model = scalar("data x\nweight w, v\nu = v*x\nE = (w*x)^2\nminimise E")
    found = {key(line.target): show(line.body) for line in reverse(model.equations, "E", {"w": (), "v": ()})}
    assert found["∂E/∂v"] == "0"
    assert "∂E/∂u" not in found


def test_adjoints_of_data_and_consts_can_be_asked_for() -> None:
    model = scalar("data x\nweight w\nconst c\nE = c*(w*x)^2")
    found = {key(line.target): show(line.body) for line in reverse(model.equations, "E", {"x": (), "c": ()})}
    assert found == {"∂E/∂x": "2·c·w²·x", "∂E/∂c": "(w·x)²"} or found["∂E/∂c"] == "(w·x)²"


def test_functions_that_double_again_and_again_meet_a_limit() -> None:
    lines = ["F0(u) = u*u"] + [f"F{k}(u) = F{k - 1}(u) + F{k - 1}(u)" for k in range(1, 40)]
    model = scalar("\n".join([*lines, "weight w", "E = F39(w)"]))
    with pytest.raises(LimitError) as caught:
        reverse(model.equations, "E", {"w": ()}, model.functions)
    assert caught.value.code == "E250"
    assert "name parts of it" in caught.value.help
