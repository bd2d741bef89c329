"""Rules that look over all weights: norms and largest entries against NumPy, in both engines; what may not be said."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from tests.laws.engines import difference

import chainrule as cr
from chainrule.notation import parse
from chainrule.notation.show_lines import show_text

ROUNDING = 1e-13
"""A few units of the last place, gathered over five steps."""

TEXT = """index i = 1..2, j = 1..3
data x[i]
target y
table x[1] x[2] | y
  1 0.5 | 2
  -1 2 | 0.3
  0.2 0.1 | -1
weight b := 0.1, W[j,i] := [[0.2, -0.4], [0.1, 0.5], [-0.3, 0.7]], v[j] := [0.4, -0.2, 0.9]
const α := 0.1
h[j] = tanh(sum_i W[j,i]*x[i] + b)
E = (sum_j v[j]*h[j] - y)^2
"""
DATA = np.array([[1, 0.5], [-1, 2], [0.2, 0.1]]), np.array([2, 0.3, -1])
START = {
    "b": np.array(0.1),
    "W": np.array([[0.2, -0.4], [0.1, 0.5], [-0.3, 0.7]]),
    "v": np.array([0.4, -0.2, 0.9]),
}
Arrays = dict[str, Any]


def gradient(w: Arrays) -> Arrays:
    """Of the mean of E over the patterns, by hand."""
    x, y = DATA
    h = np.tanh(x @ w["W"].T + w["b"])
    slope = 2 * (h @ w["v"] - y) / len(y)
    inner = slope[:, None] * w["v"] * (1 - h**2)
    return {"b": inner.sum(), "W": inner.T @ x, "v": slope @ h}


def flat(parts: Arrays) -> Any:
    return np.concatenate([np.ravel(parts[name]) for name in START])


def norm(parts: Arrays) -> float:
    """The root of the sum of squares, as ``clip_grad_norm_`` has it."""
    return float(np.sqrt(np.sum(flat(parts) ** 2)))


def each(change: Callable[[Arrays, Arrays, str], Any]) -> Callable[[Arrays, Arrays, dict[str, Any]], Arrays]:
    return lambda w, g, kept: {name: w[name] + change(w, g, name) for name in w}


def shortened(w: Arrays, g: Arrays, kept: dict[str, Any]) -> Arrays:
    """Momentum of which the whole is clipped, states old and new."""
    old = kept.setdefault("v", {name: 0 * w[name] for name in w})
    new = {name: 0.9 * old[name] + g[name] for name in w}
    kept["v"] = new
    return {name: w[name] - 0.1 * new[name] * min(1.0, 0.5 / norm(new)) / (1 + norm(old)) for name in w}


CASES = {
    "clip": ("θ <- θ − α·g·min(1, 0.5/sqrt(sum_θ g²))",
             each(lambda w, g, name: -0.1 * g[name] * min(1, 0.5 / norm(g)))),
    "ASCII": ("theta <- theta - alpha*g*min(1, 0.5/sqrt(sum_theta g^2))",
              each(lambda w, g, name: -0.1 * g[name] * min(1, 0.5 / norm(g)))),
    "sigma": ("θ ← θ − α·g·min(1, 0.5/sqrt(Σ_θ g²))",
              each(lambda w, g, name: -0.1 * g[name] * min(1, 0.5 / norm(g)))),
    "braces": ("θ ← θ − α·g/sqrt(Σ_{θ} g²)", each(lambda w, g, name: -0.1 * g[name] / norm(g))),
    "largest": ("θ <- θ - α·g/max_θ abs(g)", each(lambda w, g, name: -0.1 * g[name] / np.abs(flat(g)).max())),
    "least": ("θ <- θ - α·g·min_θ abs(g)", each(lambda w, g, name: -0.1 * g[name] * np.abs(flat(g)).min())),
    "root of the mean": ("θ <- θ - α·g/sqrt(mean_θ g²)",
                         each(lambda w, g, name: -0.1 * g[name] / np.sqrt(np.mean(flat(g) ** 2)))),
    "weights": ("θ <- θ - α·g·sqrt(sum_θ θ²)/sqrt(sum_θ g²)",
                each(lambda w, g, name: -0.1 * g[name] * norm(w) / norm(g))),
    "the derivative written out": ("θ <- θ - α·g/sqrt(sum_θ (∂E/∂θ)²)",
                                   each(lambda w, g, name: -0.1 * g[name] / norm(g))),
    "nested": ("θ <- θ - α·g·sum_θ abs(g/sqrt(sum_θ g²))",
               each(lambda w, g, name: -0.1 * g[name] * np.abs(flat(g) / norm(g)).sum())),
    "count": ("θ <- θ - α·g/sum_θ 1", each(lambda w, g, name: -0.1 * g[name] / 10)),
    "states": ("n <- sqrt(sum_θ v²)\n v <- 0.9*v + g\n θ <- θ - α*v*min(1, 0.5/sqrt(sum_θ v²))/(1 + n)", shortened),
    "entries": ("[k] θ <- θ - α·g·sqrt(sum_k θ²)/sqrt(sum_k g²)",
                each(lambda w, g, name: -0.1 * g[name] * np.sqrt(np.sum(w[name] ** 2) / np.sum(g[name] ** 2)))),
    "largest of norms": ("[k] θ <- θ - α·g/max_θ (sum_k g²)",
                         each(lambda w, g, name: -0.1 * g[name] / max(np.sum(g[one] ** 2) for one in g))),
    "mean of entries": ("[k] θ <- θ - α·(g - mean_k g)",
                        each(lambda w, g, name: -0.1 * (g[name] - np.mean(g[name])))),
}  # fmt: skip


def text(lines: str) -> str:
    head = "update θ[k], g" if lines.startswith("[k]") else "update θ, g"
    return f"{TEXT}{head}\n {lines.removeprefix('[k]').strip()}\n"


@pytest.mark.parametrize("name", CASES)
def test_five_steps_are_those_of_numpy_in_both_engines(name: str) -> None:
    lines, change = CASES[name]
    model = cr.Model(text(lines))
    run = model.train(steps=5, batch="all", engine="reference")
    w, kept = {one: value.copy() for one, value in START.items()}, {}  # type: ignore[var-annotated]
    for step in range(1, 6):
        w = change(w, gradient(w), kept)
        for one, value in w.items():
            np.testing.assert_allclose(run.at(step)[one], value, rtol=ROUNDING, atol=ROUNDING, err_msg=f"{one}, {step}")
    for how in ({"batch": "all"}, {"batch": "each"}, {"batch": 2, "numerics": "fused"}):
        assert not difference(model, steps=30, **how)


@pytest.mark.parametrize("name", CASES)
def test_a_text_with_such_a_rule_is_printed_and_read_again(name: str) -> None:
    typed = parse(text(CASES[name][0]))
    for ascii in (False, True):
        assert parse(show_text(typed, ascii)) == typed
    assert show_text(typed, ascii=True).isascii()


@pytest.mark.parametrize("name", ["clip", "weights", "states", "entries"])
def test_a_next_value_is_judged_by_the_rule(name: str) -> None:
    model = cr.Model(text(CASES[name][0]))
    after = model.train(steps=1, batch="all").weights
    assert model.check(f"b = {float(after['b'])!r}").equal
    assert model.check(f"W[3,1] = {float(after['W'][2, 0])!r}").equal
    assert not model.check(f"v[2] = {float(after['v'][1]) + 0.003!r}").equal


SCALARS = "table x | y\n 1 | 2\n 2 | 3\nweight w := 1, b := 0\nE = ½(w·x + b − y)²\n"


def test_the_number_of_patterns_does_not_change_a_clipped_step() -> None:
    clipped = "update θ, g\n  θ <- θ − α·g·min(1, 0.5/sqrt(sum_θ g²))\n"
    once = cr.Model(SCALARS + clipped).train(steps=1, batch="all").weights
    doubled = SCALARS.replace(" 2 | 3\n", " 2 | 3\n 1 | 2\n 2 | 3\n")
    twice = cr.Model(doubled + clipped).train(steps=1, batch="all").weights
    g = np.array([-1.5, -1.0])
    for weights in (once, twice):
        wanted = [1, 0] - 0.1 * g * 0.5 / np.linalg.norm(g)
        np.testing.assert_allclose([weights["w"], weights["b"]], wanted, rtol=ROUNDING)


def test_one_scalar_weight_and_a_zero_gradient() -> None:
    alone = "weight w := 3\nE = ½·w²\n"
    clipped = cr.Model(alone).train(update="clip", rate=0.5, steps=8)
    assert [float(clipped.at(k)["w"]) for k in range(6)] == [3, 2.5, 2, 1.5, 1, 0.5]
    for update in ("clip", "normalised"):
        still = cr.Model(alone).train(update=update, start={"w": 0}, steps=4)
        assert float(still.weights["w"]) == 0
        assert still.ended == "converged"
    steady = cr.Model("weight w := 1, v := 1\nE = 3·w + 4·v").train(update="normalised", rate=5, steps=2)
    assert (float(steady.weights["w"]), float(steady.weights["v"])) == (-5, -7)


def test_what_is_not_a_number_ends_the_run() -> None:
    run = cr.Model("weight w := -1, b := 1\nE = log(w) + b").train(update="clip", steps=3)
    assert (run.ended, run.steps) == ("left the finite numbers", 0)
    late = cr.Model("weight w := 1, b := 1\nE = w^2 + b\nupdate θ, g\n  θ <- θ - sqrt(1.5 - sum_θ θ)").train(steps=3)
    assert late.sentence == "It left the finite numbers in step 1, in the equation of w."


def test_a_held_weight_and_a_frozen_one_do_not_count() -> None:
    block = "update θ, g\n  θ <- θ - α*g/sqrt(sum_θ g²)\n"
    held = cr.Model(SCALARS + block).train(steps=3, batch="all", hold=["b"])
    frozen = cr.Model(SCALARS + block + "update b <- b\n").train(steps=3, batch="all")
    alone = cr.Model(SCALARS.replace("weight w := 1, b := 0", "weight w := 1\nconst b := 0") + block)
    for run in (held, frozen):
        assert float(run.weights["w"]) == float(alone.train(steps=3, batch="all").weights["w"])
    everything = cr.Model(SCALARS + block).train(steps=3, batch="all", hold=["w", "b"])
    assert (float(everything.weights["w"]), float(everything.weights["b"])) == (1, 0)


def test_a_weight_with_a_rule_of_its_own_counts() -> None:
    block = "update θ, g\n  θ <- θ - α*g/sqrt(sum_θ g²)\n  after <- sum_θ θ\n"
    run = cr.Model(SCALARS + block + "update b <- b - 0.5·∂E/∂b\n").train(steps=1, batch="all")
    w, b = 1 + 0.1 * 1.5 / np.hypot(1.5, 1), 0.5
    assert float(run.weights["b"]) == b
    assert float(run.weights["w"]) == pytest.approx(w, rel=ROUNDING)
    assert float(run.trace["after.w"][-1]) == pytest.approx(w + b, rel=ROUNDING)


def test_uphill_g_is_turned_everywhere() -> None:
    block = "maximise -E\nupdate θ, g\n  θ <- θ - α·g·max_θ g\n"
    other = "update θ, g\n  θ <- θ - α·g·max_θ g\n"
    one, two = (cr.Model(SCALARS + rest).train(steps=4, batch="all") for rest in (block, other))
    assert float(one.weights["w"]) == pytest.approx(float(two.weights["w"]), rel=ROUNDING)


def test_a_box_is_put_back_after_the_step_and_states_come_back_from_a_file(tmp_path: Any) -> None:
    block = "update θ, g\n  v <- 0.5*v + g/(1 + max_θ abs(v))\n  θ <- θ - α*v*min(1, 1/sqrt(sum_θ v²))\n"
    model = cr.Model(SCALARS.replace("b := 0", "b in [-0.01, 0.01] := 0") + block)
    run = model.train(steps=9, batch="all", record=3)
    assert run.projections
    assert 0 < float(run.trace["b"].max()) <= 0.01
    full = model.train(steps=9, batch="all")
    assert run.trace["v.w"].tolist() == full.trace["v.w"][::3].tolist()
    run.save(tmp_path / "run.json")
    assert cr.load_run(tmp_path / "run.json").verify()
    assert json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))


def test_runs_side_by_side_have_norms_of_their_own() -> None:
    model = cr.Model(TEXT)
    rates = [0.05, 0.1, 0.2, 0.4, 0.8]
    runs = model.train(update="clip", rate=rates, steps=25, engine="native")
    for rate, run in zip(rates, runs, strict=True):
        assert run.sha256 == model.train(update="clip", rate=rate, steps=25, engine="reference").sha256


def test_many_scalar_weights_cost_no_square() -> None:
    """The norm is written once and not once a weight: the update has a line more than there are weights."""
    count = 100
    names = [f"w{k}" for k in range(count)]
    starts, squares = (", ".join(f"{name} := 0.1" for name in names), " + ".join(f"{name}^2" for name in names))
    model = cr.Model(f"weight {starts}\nE = {squares}")
    run = model.train(update="clip", steps=2)
    assert len(run.program.phases["update"]) == count + 1


def test_the_names_of_a_block_hide_letters_of_the_model() -> None:
    model = cr.Model("index θ = 1..2\ntable x | y\n 1 | 2\nweight w[θ] := 1, b := 0\nE = (w[1]*x + w[2] + b - y)^2\n"
                     "update θ, g\n  θ <- θ - g/sqrt(sum_θ g²)\n")  # fmt: skip
    run = model.train(start={"w": [0, 0]}, steps=1)
    np.testing.assert_allclose([*run.weights["w"], run.weights["b"]], 1 / np.sqrt(3), rtol=ROUNDING)


REFUSED = {
    "over patterns": ("θ <- θ − α·g·min(1, 0.5/sqrt(sum g²))", "E137", "sum", "write Σ_θ g²"),
    "over patterns, Σ": ("θ <- θ − α·g/sqrt(Σ g²)", "E137", "Σ", "write Σ_θ g²"),
    "mean over patterns": ("θ <- θ − α·g/(mean abs(g))", "E137", "mean", "write mean_θ abs(g)"),
    "a state over patterns": ("v <- g\n θ <- θ − α·g/max v", "E137", "max", "write max_θ v"),
    "a letter": ("θ <- θ − α·g/sqrt(sum_i g²)", "E137", "sum", "Σ_k g², in a block update θ[k], g"),
    "a letter in a product": ("θ <- θ − α·g·sum_j (c·g)", "E137", "sum", "write Σ_θ c·g"),
    "a function": ("θ <- θ − α·f(g)", "E137", "f(g)", "in the rule itself"),
    "a product of all": ("θ <- θ − α·prod_θ g", "E038", "prod_θ", "sum_θ, mean_θ, max_θ, min_θ"),
    "with a letter": ("θ <- θ − α·Σ_{θ,i} g", "E038", "}", "write sum_θ (sum_i …)"),
    "primed": ("θ <- θ − α·sum_θ' g", "E038", "'", "sum_θ"),
    "another name": ("θ <- θ − α·sum_φ g", "E038", "sum_φ", "index phi"),
    "a near name": ("θ <- θ − α·sum_thete g", "E038", "sum_thete", "did you mean sum_theta"),
    "a gradient": ("θ <- θ − α·sum_g g", "E038", "sum_g", "update g"),
    "a taken name": ("sum_θ <- g\n θ <- θ − α·g", "E036", "sum_θ", "another name"),
    "a start": ("s := sum_θ 1\n s <- g\n θ <- θ − α·g/s", "E126", "s := sum_θ 1", "consts"),
    "by a state": ("v <- g\n θ <- θ − α·∂E/∂v", "E128", "∂E/∂v", "by θ"),
    "of a state": ("v <- g\n θ <- θ − α·∂v/∂θ", "E128", "∂v/∂θ", "quantity of the model"),
    "data": ("θ <- θ − α·sum_θ x", "E126", "x", "reads its own names"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_may_not_be_said(name: str) -> None:
    lines, code, culprit, help = REFUSED[name]
    before = "index i, j = 1..2\nconst c := 2\nf(u) = sum u^2\n" + SCALARS
    with pytest.raises(cr.ChainruleError) as caught:
        cr.Model(f"{before}update θ, g\n {lines}\n")
    found = caught.value
    assert found.code == code
    assert found.source is not None
    assert found.span is not None
    assert found.source.text[found.span.start : found.span.stop] == culprit
    assert help in found.help


@pytest.mark.parametrize(
    ("rest", "code", "help"),
    [
        ("update w <- w - α·∂E/∂w·min(1, 1/sqrt(sum (∂E/∂w)^2))", "E137", "update θ, g"),
        ("update w <- w - α·∂E/∂w·min(1, 1/sqrt(sum_w w^2))", "E038", "update w, g"),
        ("update v <- v - α·∂E/∂v/sqrt(sum (∂E/∂v)^2)", "E137", "Σ_i (d(E)/d(v[i]))²"),
        ("update v <- v - α·∂E/∂v/sqrt(sum_j v^2)", "E137", "Σ_i v[i]²"),
        ("update θ[t], g\n θ <- θ - g", "E047", "update θ[k], g"),
        ("update θ[g], g\n θ <- θ - g", "E047", "update θ[k], g"),
        ("update θ[k], g\n k <- g\n θ <- θ - g", "E047", "another name"),
        ("const max_θ := 3\nupdate θ, g\n θ <- θ - g*max_θ", "E036", "another name"),
        ("update θ, g\n s <- g\n θ <- θ - g/sqrt(sum_θ s²)\nupdate w <- w - ∂E/∂w", "E138", "take out the rule of w"),
    ],
)
def test_what_may_not_be_said_elsewhere(rest: str, code: str, help: str) -> None:
    text = "index i, j = 1..2\nweight v[i] := 1, w := 1\nE = v[1]·v[2]·w\n" + rest
    with pytest.raises(cr.ChainruleError) as caught:
        cr.Model(text)
    assert (caught.value.code, help in caught.value.help) == (code, True), caught.value


def test_the_entries_of_a_single_weight_are_reduced_by_its_letter() -> None:
    text = "index i = 1..2\nweight v[i] := [3, 4]\nE = v[1] + v[2]\nupdate v <- v - v/sqrt(sum_i {0}^2)\n"
    for written in ("v[i]", "v"):
        model = cr.Model(text.replace("{0}", written))
        assert model.train(steps=1).weights["v"].tolist() == [3 - 3 / 5, 4 - 4 / 5]
        assert model.check("v[1] = 2.4").equal
        assert model.check("v[2] = 3.2").equal


def test_a_rule_may_read_what_has_one_value_a_pattern_under_a_reduction() -> None:
    text = SCALARS + "update w <- w - 0.1·∂E/∂w/(1 + mean E)\nupdate b <- b\n"
    assert float(cr.Model(text).train(steps=1, batch="all").weights["w"]) == pytest.approx(1 + 0.15 / 1.5)
