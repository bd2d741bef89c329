"""What an evaluation says of a network: values, error, derivatives over all patterns, for each, and twice."""

import math

import numpy as np
import pytest

import chainrule as cr
from chainrule.notation import parse_expression
from chainrule.numbers.evaluate import evaluate as independent
from chainrule.numbers.kinds import COMPLEXES

LINE = """
data x in {0, 1, 2}
target y = 2*x
weight w := 0.5, b := 0
const λ := 3
ŷ = w*x + b
R = w² + b²
E = ½(ŷ − y)²
"""


def line(goal: str = "minimise mean E") -> cr.Model:
    return cr.Model(LINE + goal)


def test_values_are_what_the_equations_say() -> None:
    found = line().evaluate()
    assert found.values["ŷ"].tolist() == [0, 0.5, 1]
    assert found.values["E"].tolist() == [0, 1.125, 4.5]
    assert found.values["R"] == 0.25
    assert found.values["λ"] == found.values["lambda"] == 3
    assert found.error == (0 + 1.125 + 4.5) / 3


def test_the_gradient_is_that_of_the_goal_over_all_patterns() -> None:
    found = line().evaluate()
    assert found.gradient["w"] == pytest.approx((-1.5 - 2 * 3) / 3)
    assert found.gradient["b"] == pytest.approx((-1.5 - 3) / 3)


def test_a_pattern_has_its_own_error_and_its_own_gradient() -> None:
    first, second, third = line().evaluate().patterns
    assert (first.error, second.error, third.error) == (0, 1.125, 4.5)
    assert dict(third.gradient) == {"w": -6, "b": -3}
    assert third.values["y_hat"] == 1
    assert third.adjoints["y_hat"] == -3
    assert third.adjoints["y"] == 3
    assert third.adjoints["x"] == -1.5
    assert third.adjoints["lambda"] == 0


def test_patterns_are_a_sequence() -> None:
    patterns = line().evaluate().patterns
    assert len(patterns) == 3
    assert patterns[-1].error == 4.5
    assert [one.error for one in patterns[1:]] == [1.125, 4.5]
    with pytest.raises(IndexError, match="3 patterns"):
        patterns[3]


@pytest.mark.parametrize(
    "goal, error, slope",
    [
        ("minimise mean E", 1.875, -2.5),
        ("minimise sum E", 5.625, -7.5),
        ("minimise mean E + λ·R", 1.875 + 0.75, -2.5 + 3),
        ("maximise mean E", 1.875, -2.5),
        ("minimise R", 0.25, 1),
    ],
)
def test_the_goal_may_be_a_sum_a_mean_or_more(goal: str, error: float, slope: float) -> None:
    found = line(goal).evaluate()
    assert found.error == pytest.approx(error)
    assert found.gradient["w"] == pytest.approx(slope)


def test_a_penalty_is_no_part_of_the_error_of_a_pattern() -> None:
    found = line("minimise mean E + λ·R").evaluate()
    assert [one.error for one in found.patterns] == [0, 1.125, 4.5]
    assert found.patterns[2].gradient["w"] == -6
    assert found.adjoints["R"] == 3


def test_adjoints_cover_data_targets_and_consts() -> None:
    found = line("minimise mean E + λ·R").evaluate()
    assert found.adjoints["λ"] == 0.25
    assert found.adjoints["y"].tolist() == pytest.approx([0, 0.5, 1])
    assert found.adjoints["E"].tolist() == pytest.approx([1 / 3] * 3)


def test_another_quantity_can_be_differentiated_instead() -> None:
    found = line().evaluate(of="ŷ")
    assert (found.goal, found.of) == ("y_hat", "y_hat")
    assert found.error == 0.5
    assert found.gradient["w"] == 1
    assert [one.gradient["w"] for one in found.patterns] == [0, 1, 2], "the rows of the Jacobian"
    assert line().evaluate(of="R").gradient["w"] == 1


def test_weights_consts_and_data_of_the_call_win() -> None:
    found = line("minimise mean E + λ·R").evaluate({"w": 2, "b": 1}, data={"x": [1.0, 2.0]}, consts={"λ": 0})
    assert found.weights["w"] == 2
    assert found.values["y"].tolist() == [2, 4], "a computed target follows the data"
    assert found.error == 0.5


def test_rows_can_be_given_as_mappings() -> None:
    model = cr.Model("data x\ntarget y\nweight w := 1\nE = (w*x − y)²")
    found = model.evaluate(data=[{"x": 1, "y": 2}, {"x": 2, "y": 2}])
    assert [one.error for one in found.patterns] == [1, 0]


def test_without_targets_what_needs_none_is_there() -> None:
    model = cr.Model("data x\ntarget y\nweight w := 0.5, v := 2\nŷ = w*x\nR = v²\nE = (ŷ − y)²\nminimise mean E + R")
    found = model.evaluate(data={"x": [1.0, 2.0]})
    assert found.error is None
    assert found.values["ŷ"].tolist() == [0.5, 1]
    assert found.values["R"] == 4
    assert "E" not in found.values
    assert "y" not in found.values
    assert found.patterns[0].error is None
    assert any("y" in note for note in found.notes)
    assert model.evaluate(data={"x": [1.0, 2.0]}, of="ŷ").gradient["w"] == 1.5


def test_a_model_without_data_has_one_pattern() -> None:
    found = cr.Model("weight w := 0.5\nE = (w − 1)²").evaluate()
    assert len(found.patterns) == 1
    assert found.error == found.patterns[0].error == 0.25
    assert found.gradient["w"] == -1


@pytest.mark.parametrize("name", ["ŷ", "y_hat", "ŷ".encode().decode()])
def test_names_may_be_typed_either_way(name: str) -> None:
    assert line().evaluate().values[name][1] == 0.5


@pytest.mark.parametrize("name", ["nothing", "", "[bold]", "\x1b[31m", "y_hat "])
def test_a_name_that_is_none_is_a_key_error(name: str) -> None:
    values = line().evaluate().values
    assert name not in values or values[name] is not None
    if name.strip() != "y_hat":
        with pytest.raises(KeyError):
            values[name]


def test_arrays_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        line().evaluate().values["E"][0] = 1


def test_json_has_ascii_names_and_plain_numbers() -> None:
    shape = line().evaluate(second=True).json()
    assert set(shape) == {"error", "values", "gradient", "adjoints", "patterns", "hessian"}
    assert set(shape["patterns"][0]) == {"values", "error", "gradient", "adjoints"}
    assert shape["values"]["y_hat"] == [0.0, 0.5, 1.0]
    assert all(name.isascii() for name in shape["values"])
    assert shape["hessian"]["w"] == pytest.approx({"w": 5 / 3, "b": 1.0})
    assert shape["hessian"]["b"] == pytest.approx({"w": 1.0, "b": 1.0})


def test_numbers_that_are_not_finite_are_words_in_json() -> None:
    model = cr.Model("data x in {0, 1}\ntarget y = x\nweight w := 0\nE = (x/w − y)²")
    assert model.evaluate().json()["values"]["E"] == ["nan", "inf"]


NETWORKS = {
    "xor": cr.example("xor"),
    "penalty": line("minimise mean E·E + λ·R"),
    "two": cr.Model("weight a := 0.3, b := -0.7, c := 0.2\nu = tanh(a*b) + exp(c)\nE = u²·sin(a) + b*c"),
}


def slopes(model: cr.Model, at: dict[str, float], of: str | None = None) -> dict[str, float]:
    return {name: float(value) for name, value in model.evaluate(at, of=of).gradient.items()}


@pytest.mark.parametrize("name", NETWORKS)
def test_second_derivatives_are_the_slopes_of_the_slopes(name: str) -> None:
    model = NETWORKS[name]
    start = {name: float(value) for name, value in model.evaluate().weights.items()}
    hessian = model.evaluate(second=True).hessian
    assert set(hessian) == set(model.weights)
    for other in (model.weights[0], model.weights[-1]):
        h = 1e-5
        above, below = (slopes(model, {**start, other: start[other] + sign * h}) for sign in (1, -1))
        for one in model.weights:
            central = (above[one] - below[one]) / (2 * h)
            assert hessian[one][other] == pytest.approx(central, rel=1e-6, abs=1e-8)
            assert hessian[one][other] == pytest.approx(hessian[other][one], rel=1e-11, abs=1e-14), "symmetric"


def test_second_derivatives_agree_with_a_complex_step_of_a_gradient_by_hand() -> None:
    model = NETWORKS["two"]
    gradient = {  # worked out by hand from E = u²·sin(a) + b·c, u = tanh(a·b) + exp(c)
        "a": "2*(tanh(a*b) + exp(c))*(1 - tanh(a*b)^2)*b*sin(a) + (tanh(a*b) + exp(c))^2*cos(a)",
        "b": "2*(tanh(a*b) + exp(c))*(1 - tanh(a*b)^2)*a*sin(a) + c",
        "c": "2*(tanh(a*b) + exp(c))*exp(c)*sin(a) + b",
    }
    at = {"a": 0.3, "b": -0.7, "c": 0.2}
    found = model.evaluate(second=True)
    for one, text in gradient.items():
        expr = parse_expression(text)
        assert found.gradient[one] == pytest.approx(independent(expr, at), rel=1e-14)
        for other in at:
            stepped = independent(expr, {**at, other: complex(at[other], 1e-30)}, COMPLEXES)
            assert found.hessian[one][other] == pytest.approx(stepped.imag / 1e-30, rel=1e-13, abs=1e-15)


def test_the_second_derivative_of_the_first_example_is_the_one_known() -> None:
    w = 0.5
    a = 1 / (1 + math.exp(-w))
    expected = a * (1 - a) * (1 - a) * (3 * a - 1) / 2
    assert cr.example("identity").evaluate(second=True).hessian["w"]["w"] == pytest.approx(expected, rel=1e-14)


def test_a_weight_off_the_path_has_second_derivatives_0() -> None:
    model = cr.Model("weight w := 0.5, v := 2\nm = v²\nE = (w − 1)²\nminimise E")
    found = model.evaluate(second=True)
    assert found.hessian["w"]["w"] == 2
    assert found.hessian["v"]["v"] == found.hessian["w"]["v"] == found.hessian["v"]["w"] == 0
    assert found.gradient["v"] == 0


def test_second_derivatives_of_another_quantity() -> None:
    found = line().evaluate(of="R", second=True)
    assert found.hessian["w"]["w"] == 2
    assert found.hessian["w"]["b"] == 0


def test_second_derivatives_by_an_array_have_the_axes_of_both() -> None:
    model = cr.Model("index i = 1..2\nweight v[i] := [1, 2], b := 3\nE = v[1]²·v[2] + b·v[2]²")
    found = model.evaluate(second=True).hessian
    assert found["v"]["v"].tolist() == [[4, 2], [2, 6]]
    assert found["v"]["b"].tolist() == found["b"]["v"].tolist() == [0, 4]
    assert found["b"]["b"] == 0


def test_too_many_second_derivatives_are_refused() -> None:
    model = cr.Model("index i = 1..2001\nweight v[i] := 1\nE = Σ_i v[i]²")
    with pytest.raises(cr.LimitError) as caught:
        model.evaluate(second=True)
    assert caught.value.code == "E309"


def test_arrays_keep_the_values_of_their_letters() -> None:
    model = cr.Model("index i = 3..4\ndata x[i]\ntarget y\nweight W[i] := 1\nE = (Σ_i W[i]·x[i] − y)²")
    found = model.evaluate(data={"x": [[1, 2], [3, 4]], "y": [0, 0]})
    assert found.letters["W"] == (range(3, 5),)
    assert np.asarray(found.patterns[1].gradient["W"]).tolist() == [42, 56]


@pytest.mark.parametrize(
    "call, code",
    [
        (lambda m: m.evaluate({"nope": 1}), "E240"),
        (lambda m: m.evaluate({"w": math.nan}), "E232"),
        (lambda m: m.evaluate([1, 2]), "E452"),
        (lambda m: m.evaluate(consts={"nope": 1}), "E231"),
        (lambda m: m.evaluate(of="nope"), "E456"),
        (lambda m: m.evaluate(of="[bold]"), "E456"),
        (lambda m: m.evaluate(of="x"), "E305"),
        (lambda m: m.evaluate(seed=-1), "E353"),
        (lambda m: m.evaluate(data="nowhere.csv"), "E201"),
    ],
)
def test_what_is_not_possible_is_refused(call, code: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(cr.ChainruleError) as caught:
        call(line())
    assert caught.value.code == code
    assert caught.value.help


SOFTMAX = """index i = 1..2, j = 0..2
data x[i]
target y[j]
table x[1] x[2] | y[0] y[1] y[2]
      1 0.5     | 1 0 0
      -1 2      | 0 1 0
weight W[j,i] := [[0.2, -0.4], [0.1, 0.5], [-0.3, 0.7]], b[j] := [0.1, 0, -0.2]
const T := 0.5
z[j] = (sum_i W[j,i]*x[i] + b[j])/T
q[j] = exp(z[j])/sum_j' exp(z[j'])
E = -sum_j y[j]*log(q[j])
"""
UNITS = 1e-15
"""A few units of the last place of derivatives about 1, summed in other orders."""


def test_a_whole_array_gives_the_jacobian_that_jax_gives() -> None:
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy
    x, found = np.array([[1, 0.5], [-1, 2]]), cr.Model(SOFTMAX).evaluate(of="q")

    def q(w, x):  # type: ignore[no-untyped-def]
        z = jnp.exp((w["W"] @ x + w["b"]) / 0.5)
        return z / z.sum()

    weights = {name: jnp.array(value) for name, value in found.weights.items()}
    for k, row in enumerate(x):
        wanted, inner = jax.jacobian(q, argnums=(0, 1))(weights, row)
        for name, value in wanted.items():
            np.testing.assert_allclose(found.patterns[k].gradient[name], value, rtol=0, atol=UNITS)
        np.testing.assert_allclose(found.patterns[k].adjoints["x"], inner, rtol=0, atol=UNITS)
    mean = np.mean([one.gradient["W"] for one in found.patterns], axis=0)
    assert found.gradient["W"].shape == (3, 3, 2)
    np.testing.assert_allclose(found.gradient["W"], mean, rtol=0, atol=UNITS)
    assert (found.error, found.of) == (None, "q")
    assert np.shape(found.json()["gradient"]["b"]) == (3, 3)


def test_an_entry_is_a_row_of_the_jacobian_by_the_values_of_its_letters() -> None:
    model = cr.Model(SOFTMAX)
    whole = model.evaluate(of="q")
    for j in range(3):
        one = model.evaluate(of=f"q[{j}]", second=True)
        assert one.of == one.goal == f"q[{j}]"
        assert one.error == pytest.approx(np.mean(whole.values["q"][:, j]), abs=UNITS)
        for name in ("W", "b"):
            assert one.gradient[name].tobytes() == whole.gradient[name][j].tobytes()
            assert one.patterns[1].gradient[name].tobytes() == whole.patterns[1].gradient[name][j].tobytes()
        curved = one.hessian["b"]["b"]
        np.testing.assert_allclose(curved, curved.T, rtol=0, atol=UNITS)
        np.testing.assert_allclose(curved.sum(), 0, rtol=0, atol=10 * UNITS)  # a shift of all b changes nothing


def test_arrays_of_one_number_for_all_patterns_of_two_letters_and_with_a_base_line() -> None:
    two = cr.Model("index i, j = 1..2\nweight v[i] := [2, 3]\nP[i,j] = v[i]·v[j]\nE = P[1,2]")
    found = two.evaluate(of="P").gradient["v"]
    assert found.tolist() == [[[4, 0], [3, 2]], [[3, 2], [0, 6]]]
    assert two.evaluate(of="P[2,1]").gradient["v"].tolist() == [3, 2]
    assert two.evaluate(of="P[2,1]").patterns[0].error == 6
    base = cr.Model("index t = 1..2\nweight u := 2\nh[0] = 3*u\nh[t] = u*h[t-1]\nE = h[2]")
    assert base.evaluate(of="h").gradient["u"].tolist() == [3, 12, 36]
    assert base.evaluate(of="h[0]").gradient["u"] == 3
    declared = cr.Model("patterns p\nindex i = 1..2\ndata x[p]\nweight w := 2\nq[i,p] = w^2·x[p]·i\nE = mean_p q[1,p]")
    found = declared.evaluate(data={"x": [1, 3]}, of="q")
    assert found.gradient["w"].tolist() == [8, 16]
    assert [one.gradient["w"].tolist() for one in found.patterns] == [[4, 8], [12, 24]]


SQUARES = """index i = 1..2
weight x[i] := [0.5, 2]
f = x[1]²·x[2]³
g[i] = x[i]^2
E = f + Σ_i g[i]"""


@pytest.mark.parametrize(("of", "value", "slopes"), [
    ("∂f/∂x[1]", 8, [16, 12]), ("∂E/∂x[2]", 7, [12, 5]), ("dE/dx[1]", 9, [18, 12]), ("∂²f/∂x[1]∂x[2]", 12, [24, 12]),
    ("∂g[1]/∂x[1]", 1, [2, 0]), ("d(f)/d(x[1])", 8, [16, 12]), ("∂f/∂x[i]", None, [[16, 12], [12, 3]]),
    ("∂g[i]/∂x[i]", None, [[2, 0], [0, 2]]),
])  # fmt: skip
def test_a_derivative_is_evaluated_and_differentiated(of: str, value: float | None, slopes: list[float]) -> None:
    found = cr.Model(SQUARES).evaluate(of=of)
    assert (found.error, found.gradient["x"].tolist()) == (value, slopes)


@pytest.mark.parametrize(("of", "code", "help"), [
    ("∂f/∂x", "E128", "∂f/∂x[i]"), ("∂f/∂z", "E101", "declare it"), ("∂f/∂x[3]", "E114", "keep the index inside"),
    ("f/x", "E456", "it has x"), ("∂E/∂g", "E", ""), ("∂", "E456", "it has x"), ("∂f/", "E", ""),
])  # fmt: skip
def test_a_derivative_that_is_none_is_answered(of: str, code: str, help: str) -> None:
    with pytest.raises(cr.ChainruleError) as caught:
        cr.Model(SQUARES).evaluate(of=of)
    assert caught.value.code.startswith(code)
    assert help in str(caught.value)


def test_a_derivative_has_a_value_for_each_pattern_and_a_name_that_is_free() -> None:
    model = cr.Model("data x in {1, 2}\nweight w := 3\nderivative = w·x\nE = derivative²")
    found = model.evaluate(of="∂E/∂w", second=True)
    assert [one.error for one in found.patterns] == [6, 24]
    assert (found.error, found.gradient["w"], found.of) == (15, 5, "derivative1")
    declared = cr.Model("patterns p\ndata x[p]\nweight w := 3\nE[p] = (w·x[p])²")
    assert [one.error for one in declared.evaluate(data={"x": [1, 2]}, of="∂E[p]/∂w").patterns] == [6, 24]


def test_an_entry_that_is_not_a_number_leaves_the_others_as_they_are() -> None:
    model = cr.Model("index i = 0..1\nweight w := 1\nq[i] = log(w·i)\nE = q[1]")
    found = model.evaluate(of="q").gradient["w"]
    assert found[1] == model.evaluate(of="q[1]").gradient["w"] == 1


def test_a_run_is_evaluated_at_its_end_on_its_patterns_with_its_consts() -> None:
    model = cr.Model(LINE.replace("data x in {0, 1, 2}\ntarget y = 2*x", "data x\ntarget y") + "minimise mean E + λ·R")
    data = {"x": [1.0, 2.0], "y": [0.0, 3.0]}
    run = model.train(data=data, steps=9, rate=0.01, batch="all", consts={"λ": 0.5}, update="momentum")
    found = model.evaluate(run)
    assert (found.error, found.values["λ"], dict(found.weights)) == (run.error, 0.5, dict(run.weights))
    assert found.values["x"].tolist() == data["x"]
    assert model.evaluate(weights=run.at(3), data=data, consts={"λ": 0.5}).error == run.error_at(3)
    other = model.evaluate(weights=run, data={"x": [1.0], "y": [1.0]})
    assert other.values["λ"] == 0.5
    assert model.evaluate(run, data=data, consts={"lambda": 2}).values["λ"] == 2
    assert model.evaluate(run, data={"x": [1.0]}).error is None
    with pytest.raises(cr.UsageError) as caught:
        model.evaluate(run, consts={"λ": 2})
    assert (caught.value.code, "data=" in caught.value.help) == ("E452", True)
    own = line()
    assert own.evaluate(own.train(steps=3), consts={"λ": 2}).values["λ"] == 2
    with pytest.raises(cr.UsageError) as caught:
        own.evaluate(run)
    assert caught.value.code == "E455"


@pytest.mark.parametrize(
    ("of", "code", "problem"),
    [
        ("q[7]", "E304", "q has no entry [7]"),
        ("q[-1]", "E304", "q has no entry [-1]"),
        ("q[0,1]", "E305", "1 letter for an entry [0, 1]"),
        ("E[1]", "E305", "no letters for an entry [1]"),
        ("y[1]", "E305", "y is given"),
        ("W", "E305", "W is given"),
        ("r[1]", "E456", "no quantity r"),
        ("q[j]", "E456", "q[j]"),
    ],
)
def test_what_is_no_entry_is_refused(of: str, code: str, problem: str) -> None:
    with pytest.raises(cr.ChainruleError) as caught:
        cr.Model(SOFTMAX).evaluate(of=of)
    assert (caught.value.code, problem in caught.value.problem) == (code, True), caught.value


def test_a_jacobian_of_too_many_rows_and_its_second_derivatives_are_refused() -> None:
    model = cr.Model("index i = 1..1001\nweight w := 1\nq[i] = w·i\nE = q[1]")
    with pytest.raises(cr.LimitError) as caught:
        model.evaluate(of="q")
    assert (caught.value.code, "q[1]" in caught.value.help) == ("E356", True)
    assert model.evaluate(of="q[1001]").gradient["w"] == 1001
    with pytest.raises(cr.UsageError) as refused:
        cr.Model(SOFTMAX).evaluate(of="q", second=True)
    assert (refused.value.code, "q[0]" in refused.value.help) == ("E305", True)


def test_the_goal_by_its_word_is_the_goal() -> None:
    model = line()
    assert model.evaluate(of="goal").gradient == model.evaluate().gradient
    own = cr.Model("weight w := 3\ngoal = w²\nE = 2·goal\nminimise E")
    assert own.evaluate(of="goal").gradient["w"] == 6


def test_a_run_is_a_start() -> None:
    model = line()
    run = model.train(steps=5)
    assert model.train(start=run, steps=0).weights == run.weights
    assert model.train(start=[run, {"w": 1}], steps=0)[0].weights == run.weights


@pytest.mark.parametrize(("name", "meant"), [("lr", "rate"), ("epochs", "steps"), ("batch_size", "batch")])
def test_an_argument_of_elsewhere_is_told_by_its_name_here(name: str, meant: str) -> None:
    with pytest.raises(TypeError, match=f"no argument is called '{name}': did you mean {meant}"):
        line().train(**{name: 1})  # type: ignore[call-overload]
    with pytest.raises(TypeError, match=r"no argument is called 'nonsense'$"):
        line().evaluate(nonsense=1)  # type: ignore[call-arg]
