"""What a model says of a text: roles, goal, what varies, what is watched, what is odd."""

from __future__ import annotations

import pytest

from chainrule.errors import ModelError
from chainrule.expr.graph import components
from chainrule.expr.nodes import At, Cond, Reduce, Ref
from chainrule.model import build
from chainrule.model.model import HIDDEN, Model
from chainrule.notation.parser import parse

SEED = """T(x) = x
A(u) = 1/(1 + exp(-u))
data x in {0, 1}
target y = T(x)
weight w in [0, 1] := 0.5
const alpha := 0.5
T_hat(x) = A(w*x)
y_hat = T_hat(x)
E = 1/2*(y_hat - y)^2
"""

BASE = "data x in {0, 1}\ntarget y = x\nweight w := 0.5\nE = (w*x - y)^2\n"


def model(text: str) -> Model:
    return build(parse(text))


def test_the_founding_example() -> None:
    found = model(SEED)
    assert {name: (q.role, q.varies) for name, q in found.quantities.items()} == {
        "x": ("data", True),
        "y": ("target", True),
        "w": ("weight", False),
        "alpha": ("const", False),
        "y_hat": ("derived", True),
        "E": ("derived", True),
    }
    assert list(found.functions) == ["T", "A", "T_hat"]
    assert (found.goal.name, found.goal.sense, found.goal.each) == ("E", "minimise", "E")
    assert found.goal.value == Reduce("mean", (), Ref("E"))
    assert (found.rate, found.watched, found.warnings, found.pattern) == ("alpha", (), (), HIDDEN)


@pytest.mark.parametrize(
    ("line", "name", "sense", "each", "averaged"),
    [
        ("", "E", "minimise", "E", True),
        ("minimise E", "E", "minimise", "E", True),
        ("minimise sum E", "E", "minimise", "E", False),
        ("minimise mean E", "E", "minimise", "E", False),
        ("maximise E", "E", "maximise", "E", True),
        ("minimise max E", "goal", "minimise", "E", False),
        ("minimise E^2", "goal", "minimise", None, True),
        ("minimise mean E + w^2", "goal", "minimise", "E", False),
        ("minimise E + w^2", "goal", "minimise", None, True),
        ("J = mean E + w^2", "J", "minimise", "E", False),
        ("J = mean E + mean (w*x)", "J", "minimise", None, False),
        ("J = mean E\nK = sum E\nminimise J", "J", "minimise", "E", False),
        ("R = w^2\nminimise R", "R", "minimise", None, False),
    ],
)
def test_the_goal(line: str, name: str, sense: str, each: str | None, averaged: bool) -> None:
    goal = model(BASE + line).goal
    assert (goal.name, goal.sense, goal.each) == (name, sense, each)
    named = parse("minimise " + (line.partition("minimise ")[2] or name) + "\nE = 1").statements[0].value  # type: ignore[union-attr]
    if averaged:
        assert isinstance(goal.value, Reduce)
        assert (goal.value.operator, goal.value.letters) == ("mean", ())
    elif line.startswith("min"):
        assert goal.value == named


def test_a_goal_is_not_called_like_a_quantity() -> None:
    assert model(BASE + "goal = w\nminimise E^2").goal.name == "goal_"


def test_without_data_nothing_varies() -> None:
    found = model("weight w := 1\nE = (w - 2)^2")
    assert found.goal.value == Ref("E")
    assert found.goal.each is None


def test_what_is_off_the_path_of_the_goal_is_watched() -> None:
    assert model(BASE + "u = w*x\nv = u^2\nminimise E").watched == ("u", "v")
    assert model(BASE + "h[i] = i*E\nindex i = 1..2\nminimise E").watched == ("h",)


def test_what_is_reduced_over_the_patterns_does_not_vary() -> None:
    found = model(BASE + "m = mean E\nd = E - m\nminimise mean d^2")
    assert [found.quantities[name].varies for name in ("m", "d")] == [False, True]


def test_functions_that_read_quantities_vary_with_them() -> None:
    found = model("data x in {0, 1}\nweight w\nf(u) = u*x\nz = f(w)\nE = z^2")
    assert found.quantities["z"].varies


def test_a_recurrence_varies_as_a_whole() -> None:
    found = model("index t = 1..3\ndata x\nweight w\nh[0] = x\nh[t] = g[t]\ng[t] = w*h[t-1]\nE = h[3]^2")
    assert found.quantities["h"].varies
    assert found.quantities["g"].varies


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("", None),
        ("const eta := 1", "eta"),
        ("const eta := 1, alpha := 2", "alpha"),
        ("const eta := 1, alpha := 2\nupdate w <- w - eta*d(E)/d(w)", "eta"),
        ("const eta := 1, alpha := 2\nupdate w <- w - alpha*eta*d(E)/d(w)", "alpha"),
        ("index i = 1..2\nconst alpha[i] := 1\nweight v[i] := alpha[i]", None),
        ("weight alpha := 1", None),
        ("const alpha", "alpha"),
    ],
)
def test_the_rate(text: str, rate: str | None) -> None:
    assert model(BASE + text).rate == rate


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        (BASE + "weight v := 1", "v does not influence E: its derivative is 0"),
        (
            BASE + "weight v := 1\nu = v*x\nminimise E",
            "v does not influence E (it is only used in u): its derivative is 0",
        ),
        ("data x in {0, 1}\nE = x", "the model has no weight: there is nothing to train"),
        (
            BASE + "f = w*x\nminimise E\nupdate w <- w - alpha*d(f)/d(w)",
            "this rule follows the derivative of f, while the goal is E",
        ),
        (
            BASE + "z = max(w)\nminimise E",
            "max runs over the patterns here, and what follows it is the same for all of them",
        ),
        (
            "data x in {0, 1}\nweight tanh := 0.5\nE = (tanh*x - 1)^2",
            "tanh is your quantity here; the function tanh is hidden by it",
        ),
    ],
)
def test_what_is_odd_is_said(text: str, warning: str) -> None:
    found = model(text)
    assert warning in [one.text for one in found.warnings]
    assert all(one.span.start >= 0 for one in found.warnings if "no weight" not in one.text)


def test_macros_of_one_argument_join_the_functions_others_are_written_out() -> None:
    found = model(BASE + "z = gelu(E) + elu(E, w)\nminimise z")
    assert list(found.functions) == ["gelu"]
    equation = found.equation("z")
    assert equation is not None
    assert any(isinstance(node, Cond) for node in equation.body.args)  # type: ignore[union-attr]


def test_a_function_of_the_text_wins_over_a_macro() -> None:
    assert len(model(BASE + "elu(u, v, w) = u\nz = elu(E, 1, 2)\nminimise z").functions["elu"].parameters) == 3


def test_a_letter_is_a_number_where_a_number_is_wanted() -> None:
    found = model("index i = 1..2\nweight w[i]\nE = sum_i (w[i] - i)^2")
    equation = found.equation("E")
    assert equation is not None
    from chainrule.expr.walk import nodes

    assert any(isinstance(node, At) for node in nodes(equation.body))


def test_derivatives_are_values() -> None:
    text = "weight x := 3\nf = x^4\nupdate x <- x - d(f)/d(x)/(∂²f/∂x²)"
    assert model(text).rules
    assert model(BASE + "g = ∂E/∂w\nminimise mean g^2").quantities["g"].varies


RULE = BASE + "update theta, g\n"


@pytest.mark.parametrize(
    ("text", "code", "place", "problem"),
    [
        (RULE + "  v <- beta*v + g\n  theta <- theta - alpha*v", "E101", (6, 8), "β is not defined"),
        (RULE + "  v <- x*v + g\n  theta <- theta - alpha*v", "E126", (6, 8), "the block cannot read x: it is data"),
        (RULE + "  v <- g\n  v <- v\n  theta <- theta - v", "E127", (7, 3), "v is set twice in the block"),
        (RULE + "  g <- 1\n  theta <- theta - g", "E127", (6, 3), "g is given, not set"),
        (RULE + "  v := w\n  v <- g\n  theta <- theta - v", "E126", (6, 8), "the start of a state cannot read w"),
        (RULE + "  v <- g\n  v := 1\n  theta <- theta - v", "E127", (7, 3), "v cannot start here"),
        (BASE + "update w <- w - E", "E126", (5, 17), "which is not one number for all patterns"),
        (BASE + "update w <- w\nupdate w <- w", "E127", (6, 8), "w has a rule in line 5 already"),
        (BASE + "update W <- W", "E127", (5, 8), "W is not defined"),
        (BASE + "const c := A'(1)\nA(u) = u^2", "E128", (5, 12), "the value of c cannot read a derivative, A'"),
        (BASE + "data z = v\ndata v = x", "E102", (5, 10), "v is used in line 5 but computed in line 6"),
        (BASE + "target z = z", "E102", (5, 12), "z is computed from itself"),
        (BASE + "data z = y", "E121", (5, 10), "computed data z cannot read y"),
        (BASE + "f(u) = w*u\ntarget z = f(x)", "E121", (6, 12), "computed target z cannot read w"),
        (BASE + "const c := f(1)\nf(u) = x*u", "E118", (5, 12), "the value of c cannot read x"),
        (BASE + "E = w", "E103", (5, 1), "E is already defined in line 4"),
        (BASE + "y = w", "E103", (5, 1), "y is a target (line 2), not to be defined"),
        (BASE + "z = v\nv = w", "E102", (5, 5), "v is used in line 5 but defined in line 6"),
        (BASE + "f(u) = v*u\nz = f(x)\nv = w", "E102", (6, 5), "v is used in line 6 but defined in line 7"),
        (BASE + "data u in {w, 1}", "E118", (5, 12), "the domain of u cannot read w"),
        (BASE + "data u in {0 max 1}", "E118", (5, 12), "the domain of u cannot depend on the patterns"),
        ("patterns p\nweight v := size(p)\nE = v", "E118", (2, 13), "the start of v cannot depend on the patterns"),
        (BASE + "index i = 1..sum_i i\nweight v[i]", "E132", (5, 7), "the range of i is given with letters"),
        (BASE + "weight v in integers", "E131", (5, 13), "v is a weight and cannot be kept an integer"),
        (BASE + "weight v in {0, 1}", "E131", (5, 13), "v is a weight in a list of values"),
        (BASE + "index i = 1..2\nweight v[i] := [[1], [2]]", "E133", (6, 16), "nests deeper than it has letters"),
        (BASE + "index i, l = 1..2\nweight v[i,l] := [1, 2]", "E133", (6, 18), "nests less deep than it has letters"),
        (BASE + "index i, l = 1..2\nweight v[i,l] := [[1, 2], [3]]", "E133", (6, 18), "have different lengths"),
        ("table x x | y\n1 2 | 3\nweight w\nE = w*x - y", "E122", (1, 9), "x has two columns"),
        ("table x[1] | y\n1 | 3\nweight w\nE = w*y", "E122", (1, 7), "x is not declared as an array"),
    ],
)  # fmt: skip
def test_errors(text: str, code: str, place: tuple[int, int], problem: str) -> None:
    with pytest.raises(ModelError) as caught:
        model(text)
    assert (caught.value.code, caught.value.place) == (code, place)
    assert problem in caught.value.problem
    assert caught.value.help


def test_strongly_connected_parts() -> None:
    edges = {"a": ("b",), "b": ("c", "d"), "c": ("a",), "d": (), "e": ("e", "d", "elsewhere")}
    assert set(components(edges)) == {("a", "b", "c"), ("d",), ("e",)}


def test_a_long_chain_needs_no_deep_stack() -> None:
    count = 1000
    lines = "\n".join(f"z{k} = z{k - 1} + 1" for k in range(1, count))
    found = model(f"weight w\nz0 = w\n{lines}\nE = z{count - 1}^2")
    assert len(found.equations) == count + 1


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        ("minimise E\nminimise R", "minimise E + R"), ("minimise E\nmaximise R", "minimise E − R"),
        ("maximise R\nminimise mean E", "maximise R − mean E"), ("minimise E + R\nminimise R", "minimise (E + R) + R"),
    ],
)  # fmt: skip
def test_two_goals_are_shown_as_one(lines: str, shown: str) -> None:
    text = "data x\ntarget y\nweight w := 1\nE = (w·x − y)²\nR = w²\n"
    with pytest.raises(ModelError) as caught:
        build(parse(text + lines))
    assert (caught.value.code, caught.value.help.rpartition(": ")[2]) == ("E134", shown)
    assert build(parse(text + shown)).goal is not None
