"""Rules of the package against loops in plain Python; other conventions, written as texts; consts and clashes."""

import math
from collections.abc import Callable, Iterator

import pytest

import chainrule as cr
from chainrule import rules

TEXT = """index i = 1..2
weight w[i] := [0.7, -1.2], b := 0.4
h = tanh(w[1]) + 0.3*w[2]^2*b
E = (h - 0.5*b)^2 + 0.05*w[1]^2
minimise E
"""


def gradient(w: list[float]) -> list[float]:
    """∂E/∂w1, ∂E/∂w2, ∂E/∂b of the text, by hand."""
    w1, w2, b = w
    slope = 2 * (math.tanh(w1) + 0.3 * w2**2 * b - 0.5 * b)
    return [slope * (1 - math.tanh(w1) ** 2) + 0.1 * w1, slope * 0.6 * w2 * b, slope * (0.3 * w2**2 - 0.5)]


Loop = Callable[[float], Iterator[list[float]]]
START = [0.7, -1.2, 0.4]


def stepping(change: Callable[..., float], whole: bool = False) -> list[list[float]]:
    """The weights after each of 50 steps; ``change`` maps what an entry keeps, it, its gradient and t to its change.

    With ``whole`` it is given the whole gradient too.
    """
    w, path = list(START), [list(START)]
    memory: list[dict[str, float]] = [{}, {}, {}]
    for t in range(1, 51):
        g = gradient(w)
        more = (g,) if whole else ()
        w = [one + change(kept, one, slope, t, *more) for one, kept, slope in zip(w, memory, g, strict=True)]
        path.append(w)
    return path


RATE = 0.01  # the minimum, where a gradient is all rounding, stays out of reach


def gd(s: dict[str, float], w: float, g: float, t: int) -> float:
    return -RATE * g


def sign(s: dict[str, float], w: float, g: float, t: int) -> float:
    return -RATE * ((g > 0) - (g < 0))


def momentum(s: dict[str, float], w: float, g: float, t: int) -> float:
    s["v"] = 0.9 * s.get("v", 0.0) + g
    return -RATE * s["v"]


def nesterov(s: dict[str, float], w: float, g: float, t: int) -> float:
    s["v"] = 0.9 * s.get("v", 0.0) + g
    return -RATE * (g + 0.9 * s["v"])


def adagrad(s: dict[str, float], w: float, g: float, t: int) -> float:
    s["s"] = s.get("s", 0.0) + g * g
    return -RATE * g / math.sqrt(s["s"] + 1e-7)


def rmsprop(s: dict[str, float], w: float, g: float, t: int) -> float:
    s["s"] = 0.9 * s.get("s", 0.0) + (1 - 0.9) * (g * g)
    return -RATE * g / math.sqrt(s["s"] + 1e-7)


def adam(s: dict[str, float], w: float, g: float, t: int) -> float:
    s["m"] = 0.9 * s.get("m", 0.0) + (1 - 0.9) * g
    s["v"] = 0.999 * s.get("v", 0.0) + (1 - 0.999) * (g * g)
    return -RATE * (s["m"] / (1 - 0.9**t)) / (math.sqrt(s["v"] / (1 - 0.999**t)) + 1e-8)


def adamw(s: dict[str, float], w: float, g: float, t: int) -> float:
    return adam(s, w, g, t) - RATE * 0.01 * w


def flat(weights: object) -> list[float]:
    return [*map(float, weights["w"]), float(weights["b"])]  # type: ignore[index]


def close(run: cr.Run, path: list[list[float]]) -> None:
    for step, wanted in enumerate(path):
        for mine, theirs in zip(flat(run.at(step)), wanted, strict=True):
            assert abs(mine - theirs) <= 1e-14 * max(1, abs(theirs)), step


def length(g: list[float]) -> float:
    return math.sqrt(sum(one**2 for one in g))


def clip(s: dict[str, float], w: float, g: float, t: int, every: list[float]) -> float:
    return -RATE * g * min(1.0, 1.0 / length(every))


def normalised(s: dict[str, float], w: float, g: float, t: int, every: list[float]) -> float:
    return -RATE * g / length(every)


LOOPS = {each.__name__: each for each in (gd, sign, momentum, nesterov, adagrad, rmsprop, adam, adamw)}
GLOBAL = {each.__name__: each for each in (clip, normalised)}


@pytest.mark.parametrize("name", rules.NAMES)
def test_fifty_steps_are_those_of_a_loop(name: str) -> None:
    path = stepping(LOOPS[name]) if name in LOOPS else stepping(GLOBAL[name], whole=True)
    close(cr.Model(TEXT).train(update=name, rate=RATE, steps=50), path)


def test_every_rule_of_the_package_is_tried_and_listed() -> None:
    assert {*LOOPS, *GLOBAL} == set(rules.NAMES) == set(rules.listed())


def dampened(s: dict[str, float], w: float, g: float, t: int) -> float:
    s["v"] = g if t == 1 else 0.9 * s["v"] + (1 - 0.4) * g
    return -RATE * s["v"]


def averaged(s: dict[str, float], w: float, g: float, t: int) -> float:
    s["v"] = 0.9 * s.get("v", 0.0) + (1 - 0.9) * g
    return -RATE * s["v"]


def delta(s: dict[str, float], w: float, g: float, t: int) -> float:
    s["d"] = -RATE * g + 0.9 * s.get("d", 0.0)
    return s["d"]


def keras_adagrad(s: dict[str, float], w: float, g: float, t: int) -> float:
    s["s"] = s.get("s", 0.1) + g * g
    return -RATE * g / math.sqrt(s["s"] + 1e-7)


def torch_adagrad(s: dict[str, float], w: float, g: float, t: int) -> float:
    s["s"] = s.get("s", 0.0) + g * g
    return -RATE * g / (math.sqrt(s["s"]) + 1e-10)


def continued(s: dict[str, float], w: float, g: float, t: int) -> float:
    return adam(s, w, g, t + 3)


def amsgrad(s: dict[str, float], w: float, g: float, t: int) -> float:
    s["m"] = 0.9 * s.get("m", 0.0) + (1 - 0.9) * g
    s["v"] = 0.999 * s.get("v", 0.0) + (1 - 0.999) * (g * g)
    s["most"] = max(s.get("most", 0.0), s["v"])
    return -RATE * (s["m"] / (1 - 0.9**t)) / (math.sqrt(s["most"] / (1 - 0.999**t)) + 1e-8)


CONVENTIONS = {
    "momentum with dampening": ("v <- [t == 1]*g + [t > 1]*(0.9*v + (1 - 0.4)*g)\n θ <- θ - α*v", dampened),
    "momentum as a mean": ("v <- 0.9*v + (1 - 0.9)*g\n θ <- θ - α*v", averaged),
    "momentum of the change": ("d <- -α*g + 0.9*d\n θ <- θ + d", delta),
    "Adagrad with a start": ("s := 0.1\n s <- s + g^2\n θ <- θ - α*g/sqrt(s + 1e-7)", keras_adagrad),
    "Adagrad with ε outside": ("s <- s + g^2\n θ <- θ - α*g/(sqrt(s) + 1e-10)", torch_adagrad),
    "Adam gone on with": (
        "m <- 0.9*m + (1 - 0.9)*g\n v <- 0.999*v + (1 - 0.999)*g^2\n"
        " θ <- θ - α*(m/(1 - 0.9^(t + 3)))/(sqrt(v/(1 - 0.999^(t + 3))) + 1e-8)",
        continued,
    ),
    "AMSGrad": (
        "m <- 0.9*m + (1 - 0.9)*g\n v <- 0.999*v + (1 - 0.999)*g^2\n most <- max(most, v)\n"
        " θ <- θ - α*(m/(1 - 0.9^t))/(sqrt(most/(1 - 0.999^t)) + 1e-8)",
        amsgrad,
    ),
    "a rate that falls": ("θ <- θ - α/(1 + 0.01·t)·g", lambda s, w, g, t: -RATE / (1 + 0.01 * t) * g),
    "weight decay": ("θ <- θ - α*(g + 0.1*θ)", lambda s, w, g, t: -RATE * (g + 0.1 * w)),
}


@pytest.mark.parametrize("name", CONVENTIONS)
def test_other_conventions_are_texts(name: str) -> None:
    lines, loop = CONVENTIONS[name]
    run = cr.Model(f"{TEXT}const α := {RATE}\nupdate θ, g\n {lines}\n").train(steps=50)
    close(run, stepping(loop))


def test_a_const_of_the_text_wins_and_is_told() -> None:
    own, other = cr.Model(TEXT + "const β := 0.5\n"), cr.Model(TEXT)
    run = own.train(update="momentum", steps=3)
    assert "the rule momentum takes β from the text, which is 0.9 in it" in run.notes
    assert flat(run.at(3)) == flat(other.train(update="momentum", steps=3, consts={"β": 0.5}).at(3))
    again = own.train(update="momentum", steps=3, consts={"beta": 0.9})
    assert flat(again.at(3)) == flat(other.train(update="momentum", steps=3).at(3))


def test_the_rate_of_a_text_with_eta_is_eta() -> None:
    wanted = cr.Model(TEXT).train(update="adam", rate=0.3, steps=4)
    found = cr.Model(TEXT + "const η := 0.3\n").train(update="adam", steps=4)
    assert flat(found.at(4)) == flat(wanted.at(4))


def test_a_rule_given_takes_the_place_of_the_block_and_not_of_single_rules() -> None:
    text = TEXT + "update θ, g\n  θ <- θ - 9*g\nupdate b <- b\n"
    run = cr.Model(text).train(update="gd", rate=RATE, steps=1)
    assert float(run.weights["b"]) == START[2]
    assert flat(run.weights)[:2] == flat(cr.Model(TEXT).train(rate=RATE, steps=1).weights)[:2]


@pytest.mark.parametrize(
    ("model", "update", "code", "place", "problem", "help"),
    [
        ("E = w^2", "adamm", "E306", None, "no learning rule is called 'adamm'", "did you mean adam"),
        ("E = w^2", "rprop5", "E306", None, "'rprop5'", "adamw"),
        ("E = w^2", "data x\nupdate w <- w", "E306", (1, 1), "something else", "consts and rules alone"),
        ("E = w^2", 7, "E306", None, "a name or a text", "momentum"),
        ("weight α\nE = w^2 + α^2", "adam", "E307", None, "reads the rate α", "examples --rules adam"),
        ("weight β\nE = w^2 + β^2", "momentum", "E104", (3, 7), "β is already a weight", "another name"),
        ("E = w^2", "update θ, g\n  v <- g*q\n  θ <- θ - v", "E101", (2, 10), "q is not defined", "const q"),
        ("E = w^2", "update u <- u - ∂E/∂u", "E127", (1, 8), "u is not defined", "only a weight"),
        ("E = w^2", "update θ, g\n  θ <- θ - α*(g", "E", (2, None), "", ""),
    ],
)
def test_what_is_wrong_with_a_rule_given(
    model: str, update: str, code: str, place: tuple[int, int | None] | None, problem: str, help: str
) -> None:
    with pytest.raises(cr.ChainruleError) as caught:
        cr.Model(f"weight w := 1\n{model}\n").train(update=update)
    assert caught.value.code.startswith(code)
    if place is None or place[1] is None:
        assert (caught.value.place or (None,))[0] == (place[0] if place else None)
    else:
        assert caught.value.place == place
    assert problem in caught.value.problem
    assert help in caught.value.help
