"""What a model becomes: phases in order, letters explicit, the goal, the rate, boxes, what is held and asked for."""

from fractions import Fraction

import pytest

from chainrule.errors import UsageError
from chainrule.expr.nodes import Call, key
from chainrule.expr.walk import nodes
from chainrule.model import build
from chainrule.notation import parse
from chainrule.program import Program, lower
from chainrule.program.program import PHASES, Symbol, needed
from chainrule.program.show import show_program

IDENTITY = """T(x) = x
A(u) = 1/(1 + exp(-u))
data x in {0, 1}
target y = T(x)
weight w in [0, 1] := 0.5
const α := 0.5
T̂(x) = A(w*x)
ŷ = T̂(x)
E = ½(ŷ - y)²
"""


def program(text: str, **how: object) -> Program:
    return lower(build(parse(text)), **how)  # type: ignore[arg-type]


def keys(program: Program, phase: str) -> list[str]:
    return [key(line.target) for line in program.phases[phase]]  # type: ignore[index]


def test_identity_reads_as_it_should() -> None:
    assert show_program(program(IDENTITY)) == (
        "forward\n"
        "  ŷ[p] = 1/(1 + exp(−w·x[p]))\n"
        "error\n"
        "  E[p] = ½·(ŷ[p] − y[p])²\n"
        "  goal = mean_p E[p]\n"
        "adjoint\n"
        "  d(goal)/d(E[p]) = 1/size(p)\n"
        "  d(goal)/d(ŷ[p]) = d(goal)/d(E[p])·(ŷ[p] − y[p])\n"
        "  d(goal)/d(w) = Σ_p d(goal)/d(ŷ[p])·x[p]·(1 − ŷ[p])·ŷ[p]\n"
        "update\n"
        "  w ← w − α·d(goal)/d(w)\n"
        "project\n"
        "  w ← min(max(w, 0), 1)"
    )


def test_a_declared_letter_stays_where_the_text_put_it() -> None:
    text = "patterns p\nindex i = 1..2\ndata x[i,p]\nweight w[i]\nz[p] = Σ_i w[i]*x[i,p]\nE = mean_p z[p]^2\n"
    made = program(text)
    assert made.pattern == "p"
    assert made.data == (Symbol("x", ("i", "p")),)
    assert made.objective == "E"  # the goal is one number already: no equation is added
    assert made.sets["i"] == "i"
    assert keys(made, "adjoint") == ["∂E/∂z", "∂E/∂w"]


def test_a_mean_inside_an_equation_is_over_all_patterns() -> None:
    made = program("data x\nweight w\nz = w*(x - mean x)\nE = z^2\n")
    assert show_program(made, ascii=True).splitlines()[1] == "  z[p] = w*(x[p] - mean_p' x[p'])"


@pytest.mark.parametrize(
    ("text", "rate", "defaults"),
    [
        ("weight w\nconst α := 0.5\nE = w^2\n", "alpha", {}),
        ("weight w\nconst η := 0.5\nE = w^2\n", "eta", {}),
        ("weight w\nE = w^2\n", "alpha", {"alpha": Fraction(1, 10)}),
        ("weight α\nE = α^2\n", "alpha_", {"alpha_": Fraction(1, 10)}),
    ],
)
def test_the_rate_is_a_const(text: str, rate: str, defaults: dict[str, Fraction]) -> None:
    made = program(text)
    assert (made.rate, dict(made.defaults)) == (rate, defaults)
    assert rate in [symbol.name for symbol in made.consts]


def test_to_maximise_turns_the_step_alone() -> None:
    up, down = (program(f"weight w\nE = w^2\n{sense} E\n") for sense in ("maximise", "minimise"))
    assert up.phases["adjoint"] == down.phases["adjoint"]
    assert show_program(up, ascii=True).splitlines()[-1] == "  w <- w + alpha*d(E)/d(w)"
    assert show_program(down, ascii=True).splitlines()[-1] == "  w <- w - alpha*d(E)/d(w)"


@pytest.mark.parametrize(
    ("domain", "projection"),
    [
        ("in [0, 1]", "min(max(w, 0), 1)"),
        ("in [-1, ∞)", "max(w, -1)"),
        ("in (-∞, 2]", "min(w, 2)"),
        ("in reals", None),
        ("", None),
    ],
)
def test_a_box_is_an_equation(domain: str, projection: str | None) -> None:
    made = program(f"weight w {domain}\nE = w^2\n")
    shown = show_program(made, ascii=True)
    assert ("project" in shown) == (projection is not None)
    assert projection is None or shown.endswith(f"  w <- {projection}")


def test_what_is_held_has_no_update_and_no_derivative() -> None:
    made = program("data x\ntarget y\nweight w in [0, 1], b\nE = (w*x + b - y)^2\n", hold=["w"])
    assert keys(made, "update") == ["b"]
    assert keys(made, "project") == []
    assert "∂goal/∂w" not in keys(made, "adjoint")
    assert made.held == ("w",)
    assert [symbol.name for symbol in made.weights] == ["w", "b"]


def test_every_quantity_can_be_asked_for() -> None:
    text = "data x\ntarget y\nweight w\nconst c := 2\nh = w*x*c\nseen = h + 1\nE = (h - y)^2\nminimise E\n"
    model = build(parse(text))
    made = lower(model, wanted=model.quantities)
    assert set(keys(made, "adjoint")) == {f"∂goal/∂{name}" for name in model.quantities}
    assert made.phases["update"] == ()


def test_a_weight_without_a_path_to_the_goal_has_the_derivative_0() -> None:
    made = program("data x\nweight w, v\nE = (w*x)^2\nseen = v*x\nminimise E\n")
    assert show_program(made, ascii=True).splitlines()[-4:-3] == ["  d(goal)/d(v) = 0"]


def test_another_quantity_can_be_differentiated() -> None:
    model = build(parse(IDENTITY))
    made = lower(model, goal="y_hat")
    assert made.objective == "goal"
    assert keys(made, "adjoint") == ["∂goal/∂y_hat", "∂goal/∂w"]
    assert made.phases["update"] == made.phases["project"] == ()


def test_targets_and_what_the_goal_reduces_are_in_error() -> None:
    made = program("data x\ntarget y\nweight w\nh = w*x\nR = w^2\nhit = [h == y]\nE = h^2\nminimise mean E + R\n")
    assert keys(made, "forward") == ["h", "R"]
    assert keys(made, "error") == ["hit", "E", "goal"]


def test_a_step_needs_nothing_that_is_only_watched() -> None:
    made = program("data x\ntarget y\nweight w\nh = w*x\nhit = [h == y]\nseen = mean hit\nE = (h - y)^2\nminimise E\n")
    assert [key(line.target) for line in needed(made)] == ["h", "E", "goal", "∂goal/∂E", "∂goal/∂h", "∂goal/∂w"]


def test_a_name_that_is_taken_is_left_alone() -> None:
    made = program("data x\nweight goal\nE = (goal*x)^2\n")
    assert made.objective == "goal_"


def test_functions_of_functions_are_opened() -> None:
    made = program("f(u) = u^2 + 1\ng(u) = f(f(u))\ndata x\nweight w\nE = g(w*x)\n")
    calls = {
        node.function for phase in PHASES for line in made.phases[phase] for node in nodes(line.body)
        if isinstance(node, Call)
    }  # fmt: skip
    assert calls == set()


@pytest.mark.parametrize(
    ("text", "how", "code", "problem", "help"),
    [
        ("weight w1\nE = w1^2\n", {"hold": ["w2"]}, "E303", "no weight called w₂", "did you mean w₁?"),
        ("weight w\nE = w^2\n", {"hold": ["E"]}, "E303", "no weight called E", "the model has w"),
        ("weight w\nE = w^2\n", {"wanted": ["F"]}, "E304", "no quantity called F", "the model has w, E"),
        ("weight w\nE = w^2\n", {"goal": "err"}, "E304", "no quantity called err", "the model has w, E"),
        ("weight w\nE = w^2\n", {"goal": "w"}, "E305", "w is given", "an equation gives"),
    ],
)
def test_what_cannot_be_lowered_is_said(text: str, how: dict[str, object], code: str, problem: str, help: str) -> None:
    with pytest.raises(UsageError) as caught:
        program(text, **how)
    assert caught.value.code == code
    assert problem in caught.value.problem
    assert help in caught.value.help


def test_a_goal_with_more_than_one_value_is_refused() -> None:
    text = "index i = 1..2\ndata x[i]\nweight w\nh[i] = w*x[i]\nE = Σ_i h[i]^2\n"
    with pytest.raises(UsageError) as caught:
        program(text, goal="h")
    assert (caught.value.code, caught.value.problem[:1]) == ("E305", "h")
