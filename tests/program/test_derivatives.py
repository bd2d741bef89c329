"""Derivatives as values, in equations and in rules: against formulas worked by hand, and as part of a goal."""

import math

import pytest

import chainrule as cr
from chainrule.errors import ModelError
from chainrule.model import build
from chainrule.notation import parse
from chainrule.program import lower
from chainrule.program.show import show_program

TEXT = """data z in {1, 2}
weight x := 0.3, y := -0.7
u = x^2*y*z
f = tanh(u) + x*y^3
a = ∂f/∂x
b = ∂²f/∂x²
c = ∂²f/∂x∂y
n = ∂z2/∂y
"""


def by_hand(x: float, y: float, z: float) -> tuple[float, float, float]:
    t = math.tanh(x * x * y * z)
    d = 1 - t * t
    ux, uy, uxx, uxy = 2 * x * y * z, x * x * z, 2 * y * z, 2 * x * z
    return d * ux + y**3, -2 * t * d * ux * ux + d * uxx, -2 * t * d * ux * uy + d * uxy + 3 * y * y


def test_values_are_those_worked_by_hand() -> None:
    text = TEXT.replace("u =", "z2 = x*z\nu =") + "minimise f\n"
    found = cr.Model(text).evaluate()
    for row, z in enumerate((1.0, 2.0)):
        for name, wanted in zip("abc", by_hand(0.3, -0.7, z), strict=True):
            assert found.values[name][row] == pytest.approx(wanted, rel=1e-13), (name, row)
    assert list(found.values["n"]) == [0.0, 0.0]  # z2 does not depend on y


def test_a_goal_may_be_made_of_derivatives() -> None:
    """E = (∂f/∂x)² + ∂²f/∂x² with f = x³y: every derivative of E follows by hand."""
    found = cr.Model("weight x := 2, y := 3\nf = x^3*y\nE = (∂f/∂x)^2 + ∂²f/∂x²\nminimise E").evaluate(second=True)
    x, y = 2.0, 3.0
    assert found.error == 9 * x**4 * y**2 + 6 * x * y
    assert found.gradient["x"] == 36 * x**3 * y**2 + 6 * y
    assert found.gradient["y"] == 18 * x**4 * y + 6 * x
    assert found.hessian["x"]["x"] == 108 * x**2 * y**2
    assert found.hessian["x"]["y"] == 72 * x**3 * y + 6


def test_a_derivative_that_is_watched_prints_and_leaves_the_rest_alone() -> None:
    made = lower(build(parse("weight w\nE = w^3\nslope = ∂E/∂w\nminimise E")))
    assert show_program(made, ascii=True) == (
        "forward\n"
        "  d_w.E = 3*w^2\n"
        "  slope = d_w.E\n"
        "error\n"
        "  E = w^3\n"
        "adjoint\n"
        "  d(E)/d(w) = 3*w^2\n"
        "update\n"
        "  w <- w - alpha*d(E)/d(w)"
    )


def test_a_derivative_runs_through_functions_letters_and_patterns() -> None:
    text = """index i = 1..3
data x[i], y
weight a := 0.4
A(v) = 1/(1 + exp(-v))
h[i] = A(a*x[i])
m = mean_i h[i]
s = ∂m/∂a
E = (s - y)^2
"""
    model = cr.Model(text, data=[{"x": [1, 2, -1], "y": 0.1}, {"x": [0, 3, 1], "y": 0.3}])
    found = model.evaluate()
    for row, x in enumerate(([1.0, 2.0, -1.0], [0.0, 3.0, 1.0])):
        h = [1 / (1 + math.exp(-0.4 * each)) for each in x]
        wanted = sum(each * one * (1 - one) for each, one in zip(x, h, strict=True)) / 3
        assert found.values["s"][row] == pytest.approx(wanted, rel=1e-14)
    step = 1e-6
    up, down = (model.evaluate(weights={"a": 0.4 + sign * step}).error or 0 for sign in (1, -1))
    assert found.gradient["a"] == pytest.approx((up - down) / (2 * step), rel=1e-7)


@pytest.mark.parametrize(("base", "power"), [("1", 3), ("w", 4)])
def test_a_derivative_runs_through_a_recurrence(base: str, power: int) -> None:
    """h[3] = w³·h[0] + w² + w + 1, written slice by slice."""
    text = f"index t = 1..3\nweight w := 0.5\nh[0] = {base}\nh[t] = w*h[t-1] + 1\n"
    found = cr.Model(f"{text}a = ∂h[3]/∂w\nb = ∂²h[3]/∂w²\nd[t] = ∂h[t]/∂w\ns = a + b\nminimise s").evaluate()
    w, n = 0.5, power
    first, second = n * w ** (n - 1) + 2 * w + 1, n * (n - 1) * w ** (n - 2) + 2
    assert (found.values["a"], found.values["b"], found.values["d"][2]) == (first, second, first)
    assert found.gradient["w"] == second + n * (n - 1) * (n - 2) * w ** (n - 3)


def test_a_derivative_through_a_step_is_that_beside_it() -> None:
    text = "weight w := 2\nu = sign(w)\nf = u*w^2 + [w > 1]*w\ns = ∂f/∂w\nq = ∂²f/∂w²\nE = s^2 + q\nminimise E"
    found = cr.Model(text).evaluate(second=True)
    assert (found.values["s"], found.values["q"], found.gradient["w"], found.hessian["w"]["w"]) == (5, 2, 20, 8)


def test_second_derivatives_of_a_goal_run_through_a_recurrence() -> None:
    """With h[3] = w⁵ + w² + w + 1, (h²)'' = 2h'² + 2h·h''."""
    text = "index t = 1..3\nweight w := 0.5\nh[0] = w^2\nh[t] = w*h[t-1] + 1\ns = h[3]^2\nminimise s"
    w = 0.5
    h, first, second = w**5 + w**2 + w + 1, 5 * w**4 + 2 * w + 1, 20 * w**3 + 2
    assert cr.Model(text).evaluate(second=True).hessian["w"]["w"] == 2 * first**2 + 2 * h * second


def test_a_derivative_of_a_mean_over_the_patterns() -> None:
    text = "patterns p\ndata x[p]\nweight w := 2\nf[p] = (w*x[p])^2\ns[p] = ∂f[p]/∂w\nJ = mean_p f[p]\nk = ∂J/∂w\n"
    found = cr.Model(text + "minimise k + mean_p s[p]", data={"x": [1.0, 2.0]}).evaluate()
    assert (found.values["s"].tolist(), found.values["k"], found.gradient["w"]) == ([4.0, 16.0], 10.0, 10.0)


NEWTON = [
    ("f = x^4 - 3*x^3 + 2", "update x <- x - α·(∂f/∂x)/(∂²f/∂x²)"),
    ("f = x^4 - 3*x^3 + 2", "update θ, g\n  θ <- θ - α*g/(∂²f/∂θ²)"),
    ("F(u) = u^4 - 3*u^3 + 2\nf = F(x)", "update x <- x - α·F'(x)/F''(x)"),
]


@pytest.mark.parametrize(("equations", "rule"), NEWTON)
def test_newton(equations: str, rule: str) -> None:
    run = cr.Model(f"weight x := 6\nconst α := 1\n{equations}\n{rule}\n").train(steps=9)
    x = 6.0
    for step in range(10):
        assert float(run.at(step)["x"]) == pytest.approx(x, rel=1e-12)
        x -= (4 * x**3 - 9 * x**2) / (12 * x**2 - 18 * x)
    assert float(run.weights["x"]) == pytest.approx(2.25, rel=1e-12)


def test_newton_follows_the_patterns_of_the_step() -> None:
    """Of a mean of squares Newton finds the least in one step: w = Σxy/Σx² over the rows that are visited."""
    text = "data x\ntarget y\nweight w := 5\nE = (w*x - y)^2\nupdate w <- w - (∂E/∂w)/(∂²E/∂w²)\n"
    data = {"x": [1.0, 2.0, 4.0], "y": [3.0, 1.0, 2.0]}
    run = cr.Model(text, data=data).train(steps=3, batch=[[0, 1], [2], [0, 1, 2]])
    wanted = [5.0, 5 / 5, 8 / 16, 13 / 21]
    assert [float(run.at(step)["w"]) for step in range(4)] == pytest.approx(wanted, rel=1e-15)


def test_a_mixed_second_derivative_in_a_rule() -> None:
    run = cr.Model("weight x := 2, y := 3\nf = x^2*y^3\nupdate x <- x - ∂²f/∂x∂y\nupdate y <- y").train(steps=1)
    assert float(run.weights["x"]) == 2 - 2 * 2 * 3 * 9


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("index t = 1..3\nweight w := 0.5\nh[0] = 1\nh[t] = w*h[t-1] + ∂h[3]/∂w\nminimise h[3]\n", (4, 19)),
    ],
)
def test_a_derivative_read_too_early_is_refused(text: str, place: tuple[int, int]) -> None:
    with pytest.raises(ModelError) as caught:
        lower(build(parse(text)))
    assert (caught.value.code, caught.value.place) == ("E302", place)
    assert "below" in caught.value.help
