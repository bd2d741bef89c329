"""Learning rules as equations: what each line means, in which order, which rate is read, what a rule follows."""

import pytest

import chainrule as cr
from chainrule.errors import ChainruleError
from chainrule.expr.nodes import key
from chainrule.model import build
from chainrule.model.model import Model
from chainrule.notation import parse
from chainrule.program import Program, lower
from chainrule.program.program import Symbol
from chainrule.program.show import show_program

BASE = "index i = 1..2\ndata x in {1, 2}\nweight w[i], b in [0, 1]\nz = (w[1] + w[2])*x + b\nE = z^2\n"


def model(text: str) -> Model:
    return build(parse(text))


def program(text: str) -> Program:
    return lower(model(text))


def updates(text: str) -> list[str]:
    """The lines of the phase "update", as they print."""
    shown = show_program(program(text), ascii=True).partition("update\n")[2].partition("project")[0]
    return [line.strip() for line in shown.splitlines()]


def test_a_block_is_written_once_for_each_weight() -> None:
    assert updates(BASE + "const β := 0.9\nupdate θ, g\n  v <- β*v + g\n  θ <- θ - α*v\n") == [
        "v.w[i] <- beta*v.w[i] + d(goal)/d(w[i])",
        "w[i] <- w[i] - alpha*v.w'[i]",
        "v.b <- beta*v.b + d(goal)/d(b)",
        "b <- b - alpha*v.b'",
    ]


def test_a_state_is_an_array_like_its_weight_and_starts_where_it_says() -> None:
    made = program(BASE + "update θ, g\n  s := 0.3\n  s <- s + g^2\n  v <- g\n  θ <- θ - α*v/sqrt(s)\n")
    assert made.states == (Symbol("s.w", ("i",)), Symbol("v.w", ("i",)), Symbol("s.b"), Symbol("v.b"))
    assert {name: str(start) for name, start in made.starts.items()}.keys() == {"s.w", "s.b"}


def test_a_name_means_its_new_value_once_it_is_assigned() -> None:
    assert updates(BASE + "update θ, g\n  a <- a + c\n  c <- a + θ\n  θ <- θ - g\n  d <- θ + a\n")[:4] == [
        "a.w[i] <- a.w[i] + c.w[i]",
        "c.w[i] <- a.w'[i] + w[i]",
        "w[i] <- w[i] - d(goal)/d(w[i])",
        "d.w[i] <- w'[i] + a.w'[i]",
    ]


def test_names_of_the_block_hide_those_of_the_model() -> None:
    text = "data g in {1, 2}\nweight w, v, t\nE = (w*g + v + t)^2\nupdate E, x\n  v <- x + t\n  E <- E - 0.1*v\n"
    assert updates(text)[:2] == ["v.w <- d(goal)/d(w) + t", "w <- w - 0.1*v.w'"]
    made = lower(build(parse(text)))
    assert list(map(key, (line.target for line in made.phases["update"]))) == [
        "v.w", "w", "v.v", "v", "v.t", "t",
    ]  # fmt: skip


def test_maximise_turns_g_and_no_derivative_that_is_written() -> None:
    block, single = "update θ, g\n  v <- g\n  θ <- θ - v\n", "update b <- b - ∂E/∂b\n"
    assert updates(BASE + "maximise E\n" + block + single) == [
        "v.w[i] <- -d(goal)/d(w[i])",
        "w[i] <- w[i] - v.w'[i]",
        "b <- b - d(goal)/d(b)",
    ]


def test_a_single_rule_beats_the_block_and_the_others_keep_it() -> None:
    text = BASE + "const η0 := 0.2\nupdate w <- w - η0*∂E/∂w\nupdate θ, g\n  θ <- θ - α*g/t\n"
    assert updates(text) == ["w[i] <- w[i] - eta0*d(goal)/d(w[i])", "b <- b - alpha*d(goal)/d(b)/t"]


def test_a_single_rule_leaves_the_other_weights_to_gradient_descent() -> None:
    assert updates(BASE + "update b <- b\n") == ["w[i] <- w[i] - alpha*d(goal)/d(w[i])", "b <- b"]


def test_a_rule_may_read_what_is_one_number_for_all_patterns() -> None:
    assert updates(BASE + "m = max E\nminimise E\nupdate b <- b - α*∂E/∂b*m/(1 + mean E)\nupdate w <- w\n")[1:] == [
        "b <- b - alpha*d(goal)/d(b)*m/(1 + mean_p E[p])"
    ]


def test_a_rule_may_read_the_length_of_the_gradient() -> None:
    text = BASE + "update w <- w - α*∂E/∂w/sqrt(sum_i (∂E/∂w[i])^2)\nupdate b <- b\n"
    assert updates(text)[0] == "w[i] <- w[i] - alpha*d(goal)/d(w[i])/sqrt(sum_i' (d(goal)/d(w[i']))^2)"
    run = cr.Model(text).train(rate=0.25, steps=1, batch="all", start={"w": [3, 4], "b": 0})
    assert run.weights["w"].tolist() == pytest.approx([3 - 0.25 / 2**0.5, 4 - 0.25 / 2**0.5], rel=1e-15)


@pytest.mark.parametrize(
    ("rest", "rate", "default"),
    [
        ("update θ, g\n  θ <- θ - α*g\n", "alpha", True),
        ("const α\nupdate θ, g\n  θ <- θ - α*g\n", "alpha", False),
        ("const η := 1\nupdate θ, g\n  θ <- θ - η*g\n", "eta", False),
        ("const η := 1\nupdate θ, g\n  θ <- θ - α*g\n", "eta", False),
        ("const α := 1, η := 1\nupdate θ, g\n  θ <- θ - η*g\n", "eta", False),
        ("const α := 1, η := 1\nupdate θ, g\n  θ <- θ - η*α*g\n", "alpha", False),
        ("const α := 1, η := 1\n", "alpha", False),
        ("const α := 1\nupdate θ, g\n  θ <- θ - 0.1*g\n", None, False),
        ("update θ, g\n  θ <- θ - 0.1*g\n", None, False),
        ("update b <- b - 0.1*∂E/∂b\n", "alpha", True),
    ],
)
def test_which_const_is_the_rate(rest: str, rate: str | None, default: bool) -> None:
    made = program(BASE + rest)
    assert (made.rate, "alpha" in made.defaults) == (rate, default)


def test_a_rate_that_no_rule_reads_is_refused() -> None:
    with pytest.raises(ChainruleError) as caught:
        cr.Model(BASE + "update θ, g\n  θ <- θ - 0.1*g\n").train(rate=0.3)
    assert (caught.value.code, caught.value.problem) == ("E354", "no rule of this model reads a rate")


@pytest.mark.parametrize(
    ("of", "after"),
    [
        ("F", 2.0 - 0.1 * 4.0),  # F = w²: one number
        ("G", 2.0 - 0.1 * (5.0 * 2.0 * 2.0) / 2),  # G = (w·x)²: its mean over the patterns
    ],
)
def test_a_rule_that_follows_something_else_does_and_is_told(of: str, after: float) -> None:
    text = "data x in {1, 2}\nweight w := 2\nF = w^2\nG = (w*x)^2\nE = (w*x - 1)^2\nminimise E\n"
    own = cr.Model(f"{text}update w <- w - 0.1*∂{of}/∂w\n")
    assert own.warnings == (f"this rule follows the derivative of {of}, while the goal is E",)
    assert float(own.train(steps=1, batch="all").weights["w"]) == pytest.approx(after, rel=1e-15)


@pytest.mark.parametrize(
    ("rest", "code", "place", "problem", "help"),
    [
        ("update θ, g\n  θ <- θ - q*g", "E101", (7, 12), "q is not defined", "const q"),
        ("update θ, g\n  θ <- θ - x*g", "E126", (7, 12), "x: it is data", "consts of the model"),
        ("update θ, g\n  θ <- θ - w*g", "E126", (7, 12), "w is an array", "scalar"),
        ("update θ, g\n  θ <- θ - ∂E/∂w", "E126", (7, 16), "w is an array", "scalar"),
        ("update θ, g\n  v <- v + a\n  a := 0.3\n  θ <- θ - v", "E127", (8, 3), "a is read above", "above the lines"),
        ("update θ, g\n  v <- g\n  v := 1\n  θ <- θ - v", "E127", (8, 3), "cannot start here", "before the line"),
        ("update θ, g\n  v <- g\n  v <- 2*v\n  θ <- θ - v", "E127", (8, 3), "set twice", "once"),
        ("update θ, g\n  θ <- θ - g\nupdate φ, h\n  φ <- φ - h", "E127", (8, 1), "line 6 has a block", "one block"),
        ("update q <- q - ∂E/∂q", "E127", (6, 8), "q is not defined", "only a weight"),
        ("update z <- z - ∂E/∂w", "E127", (6, 8), "not a weight", "only a weight"),
        ("update b <- b - ∂E/∂w", "E126", (6, 21), "w has other letters than b", "entry by entry"),
        ("update b <- b - z", "E126", (6, 17), "not one number for all patterns", "mean z"),
        ("update b <- b\nupdate b <- b", "E127", (7, 8), "has a rule in line 6", "one rule"),
        ("update w <- w - ∂E/∂w/∂²E/∂w²", "E308", (6, 23), "by w, which is an array", "read h in the rule"),
        ("update θ, g\n  θ <- θ - g/(∂²E/∂θ²)", "E308", (7, 15), "by w, which is an array", "read h in the rule"),
        ("update b <- b - ∂E/∂b²", "E027", (6, 17), "not the same", "∂²E/∂b²"),
    ],
)
def test_what_is_wrong_with_a_rule(rest: str, code: str, place: tuple[int, int], problem: str, help: str) -> None:
    with pytest.raises(ChainruleError) as caught:
        program(BASE + rest + "\n")
    assert (caught.value.code, caught.value.place) == (code, place)
    assert problem in caught.value.problem
    assert help in caught.value.help


PERCEPTRON = """index i = 1..3
data x[i]
table x[1] x[2] x[3] | l
0 0 -1 | 0
0 1 -1 | 1
1 0 -1 | 1
1 1 -1 | 1
weight w[i] := 0
const α := 0.5
o = [Σ_i w[i]·x[i] >= 0]
E = ½(l − o)²
d[i] = (l − o)·x[i]
minimise E
update w <- w + α·mean d
"""
"""The boolean or of Cornell's CS 472, 2004 (perceptron-example.txt), with the threshold as a third weight."""


def test_a_rule_reads_the_mean_of_an_array_over_the_patterns() -> None:
    own = cr.Model(PERCEPTRON)
    run = own.train(steps=8, record=1)
    printed = [[0, 0, 0.5], [0, 0.5, 0], [0, 0.5, 0], [0, 0.5, 0], [0, 0.5, 0.5], [0, 0.5, 0.5], [0.5, 0.5, 0]]
    assert [run.at(step)["w"].tolist() for step in range(1, 8)] == printed
    whole = own.train(steps=1, batch="all")
    assert whole.weights["w"].tolist() == [0, 0, 0.125]
    with pytest.raises(ChainruleError, match="has other letters than b"):
        cr.Model(PERCEPTRON.replace("update", "weight b := 0\nupdate b <- b + mean d\nupdate"))


@pytest.mark.parametrize(
    ("line", "equal"),
    [
        ("w[i] <- w[i] + α·(l − o)·x[i]", True),
        ("Δw[i] = α·(l − o)·x[i]", True),
        ("w[i] <- w[i] + α·mean (l − o)·x[i]", True),
        ("w[i] <- w[i] − α·(l − o)·x[i]", False),
        ("w[i] <- w[i] + (l − o)·x[i]", False),
        ("w[3] = 0.5", "here"),
    ],
)
def test_a_line_about_a_rule_that_reads_a_mean(line: str, equal: bool | str) -> None:
    assert cr.Model(PERCEPTRON).check(line).equal == equal


def test_a_rule_that_moves_weights_without_a_slope_is_told_so() -> None:
    own = cr.Model(PERCEPTRON)
    for told in (own.explain(own.train(steps=8)).text(), own.explain(own.train(steps=8), "update").text()):
        assert "rule of the text moves the weights" in " ".join(told.split())
        assert "the weights stay" not in " ".join(told.split())
