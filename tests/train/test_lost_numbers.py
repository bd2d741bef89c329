"""Numbers that are lost on the way to an answer are said: by an evaluation, a run and its explanation."""

from __future__ import annotations

import numpy as np
import pytest

import chainrule as cr
from chainrule.train import lost_numbers

LARGEST = "is beyond 1.8e308, the largest number, and counts as ∞: do not trust what follows"

TEXTS = {
    "a square": ("weight w := 1e200\nE = w/sqrt(w^2 + 1)\n", f"in the equation of E, (1e+200)^2 {LARGEST}"),
    "a product": ("weight w := 1e200\nh = w*w\nE = 1/h\n", f"in the equation of h, 1e+200·1e+200 {LARGEST}"),
    "a quotient": ("weight w := 1e200\nE = tanh(w/1e-200)\n", f"in the equation of E, 1e+200/1e-200 {LARGEST}"),
    "a power": ("weight w := 1e200\nE = 1/w^1.6\n", f"in the equation of E, (1e+200)^(1.6) {LARGEST}"),
    "a sum": ("weight w := 1.7e308\nE = 1/(w + w)\n", f"in the equation of E, 1.7e+308 + 1.7e+308 {LARGEST}"),
    "exp": ("weight w := 1e80\nE = 1/exp(w)\n", f"in the equation of E, exp(1e+80) {LARGEST}"),
    "in a function": ("weight w := 1e200\nf(u) = u^2\nE = 1/f(w)\n", f"in the equation of E, (1e+200)^2 {LARGEST}"),
    "of a const": ("const c := 1e200\nweight w := 1\nE = w/c^2\n", f"in the equation of E, (1e+200)^2 {LARGEST}"),
    "of the second pattern": (
        "data x in {1, 1e200}\nweight w := 1\nE = w/x^2\n",
        f"in the equation of E, for pattern 1, (1e+200)^2 {LARGEST}",
    ),
    "in a recurrence": (
        "index t = 1..3\nweight w := 1e200\nh[0] = 1\nh[t] = w*h[t-1]\nE = 1/h[3]\n",
        f"in the equation of h, 1e+200·1e+200 {LARGEST}",
    ),
    "of an array": (
        "index i = 1..2\nweight w[i] := [1, 1e200]\nE = 1/sum_i w[i]^2\n",
        f"in the equation of E, (1e+200)^2 {LARGEST}",
    ),
    "underflow": (
        "weight w := 1e-200\nE = w/sqrt(w^2)\n",
        "in the equation of E, (1e-200)^2 is below 5e-324, the smallest number, and counts as 0: "
        "do not trust what follows",
    ),
    "an angle": (
        "weight w := 1e16\nE = sin(w)\n",
        "in the equation of E, sin is taken of 1e+16: beyond 1e8 the digits of its result are lost, one after the "
        "other: do not trust what follows",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "note"), TEXTS.values(), ids=TEXTS)
def test_a_loss_is_said_by_an_evaluation(text: str, note: str) -> None:
    assert note in cr.Model(text).evaluate().notes


STEEP = {
    "the root of a square": ("weight x := 0\nE = sqrt(x^2)\n", "in ∂E/∂x, 0/0 is not a number"),
    "a norm": ("index i = 1..3\nweight x[i] := [0,0,0]\nE = sqrt(sum_i x[i]^2)\n", "in ∂E/∂x, 0/0 is not a number"),
    "a root": ("weight x := 0\nE = x^0.5\n", "in ∂E/∂x, (0)^(-0.5) counts as ∞"),
    "for a pattern": (
        "table x | y\n1 | 2\n0 | 3\nweight w := 0\nE = (sqrt(w*x) - y)^2\n",
        "in ∂goal/∂w, -1/0 counts as −∞",
    ),
    "inside": ("weight w := 0, v := 1\nh = sqrt(abs(w))\nE = (h*v - 1)^2\n", "in ∂E/∂w, -0/0 is not a number"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "note"), STEEP.values(), ids=STEEP)
def test_a_derivative_that_is_not_finite_is_told_where_it_comes_from(text: str, note: str) -> None:
    found = cr.Model(text).evaluate()
    assert np.isfinite(found.error)
    assert note in found.notes


HARMLESS = {
    "a square beside a number": "weight w := 1e-200\nE = w^2 + 1\n",
    "far from the seam": "weight w := 1e-200\nE = (w - 1)^2 + w^2\n",
    "a weight that went to 0": "weight w := 1e-170\nh = tanh(w)\nE = (tanh(w*h) + 1)^2\n",
    "a small power of a small number": "weight w := -200\nE = exp(w)^4 - w\n",
}


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS)
def test_a_result_below_the_smallest_number_that_changes_nothing_is_not_told(text: str) -> None:
    assert cr.Model(text).evaluate().notes == ()


BROKEN = {
    "log of 0": ("weight w := 0\nE = log(w)\n", ["in the equation of E, log(0) counts as −∞"]),
    "0 times it": (
        "data x in {0, 1}\ntarget y = x\nweight w := 800\nz = sigmoid(w*x)\nE = -(1 - y)*log(1 - z)\n",
        [
            "in the equation of E, for pattern 1, log(0) counts as −∞",
            "in the equation of E, for pattern 1, 0·(−∞) is not a number",
        ],
    ),
    "a quotient": ("weight w := 0\nE = 1/w\n", ["in the equation of E, 1/0 counts as ∞"]),
    "0 by 0": ("weight w := 0\nh = w/w\nE = h\n", ["in the equation of h, 0/0 is not a number"]),
    "a power": ("weight w := 0\nE = w^(-2)\n", ["in the equation of E, (0)^-2 counts as ∞"]),
    "a root": ("weight w := -1\nE = sqrt(w)\n", ["in the equation of E, sqrt(-1) is not a number"]),
    "of a function": (
        "weight w := -2\nA(u) = u^1.5\nE = A(w) + 1\n", ["in the equation of E, (-2)^(1.5) is not a number"]
    ),
    "a softmax": (
        "index j = 1..2, k = 1..2\nweight p[j] := [1000, 0]\ns[j] = exp(p[j])/sum_k exp(p[k])\nE = s[1]\n",
        [f"in the equation of s, exp(1000) {LARGEST}", "in the equation of s, ∞/∞ is not a number"],
    ),
    "a difference": (
        "weight w := 800\nE = exp(w) - exp(2*w)\n",
        [f"in the equation of E, exp(800) {LARGEST}", "in the equation of E, ∞ + (−∞) is not a number"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "notes"), BROKEN.values(), ids=BROKEN)
def test_where_an_error_that_is_not_finite_comes_from(text: str, notes: list[str]) -> None:
    model = cr.Model(text)
    assert list(model.evaluate().notes) == notes
    assert set(notes) <= set(model.train(steps=2, rate=0.1).notes)
    assert set(notes) <= set(model.train(steps=2, rate=[0.1, 0.2])[0].notes)


@pytest.mark.parametrize("text", ["E = w + if(w > 1, 1/(w - 2), 3)", "E = [w > 2]*log(w - 2)", "E = exp(-800) + w"])
def test_nothing_is_said_of_what_has_no_value_and_does_not_count(text: str) -> None:
    assert not cr.Model(f"weight w := 2\n{text}").evaluate(weights={"w": 1}).notes


def test_and_by_a_run_and_its_explanation() -> None:
    text, note = TEXTS["a square"]
    model = cr.Model(text)
    run = model.train(steps=3, rate=0.1)
    assert note in run.notes
    assert note in model.explain(run).warnings


@pytest.mark.parametrize("text", [
    "weight w := 800\nE = 1/(1 + exp(-w))\n",
    "weight w := 1\nE = sin(1e7*w)\n",
    "data x in {0, 1}\nweight w := 0\nE = (w*x)^2\n",
    "weight w := -800\nE = exp(w)\n",
    "data x in {1, 2}\nweight w := 1e100\nE = w*x\n",
    "weight w := 1e-100\nE = 1/w\n",
])  # fmt: skip
def test_nothing_is_said_where_nothing_is_lost(text: str) -> None:
    assert not [note for note in cr.Model(text).evaluate().notes if "trust" in note]


def test_a_missing_target_hides_nothing() -> None:
    model = cr.Model("data x\ntarget y\nweight w := 1e200\nh = 1/w^2\nE = (h - y)^2\n")
    notes = model.evaluate(data={"x": [1.0, 2.0]}).notes
    assert any("in the equation of h" in note for note in notes)


def test_letters_of_one_set_and_letters_without_a_size() -> None:
    text = (
        "index t, l = 0..1, j = 1..1\nconst κ[l] := 1e200\nweight w[t] := 1\nc[t,l] = w[t]*κ[l]^2\n"
        "E = cos(1/sum_{t,l} c[t,l])\n"
    )
    assert any("(1e+200)^2" in note for note in cr.Model(text).evaluate().notes)


def test_many_patterns_take_no_longer() -> None:
    model = cr.Model("data x\nweight w := 1e200\nE = x/sqrt(w^2 + x)\n", data={"x": np.ones(100_000)})
    assert len([note for note in model.evaluate().notes if "trust" in note]) == 1


@pytest.mark.parametrize("text", [
    "data x\nweight w := 1e200\nh = x\nE = h/w\n",
    "data x\nweight w := 1e200\ns = max x\nE = s/w\n",
    "data x\nweight w := 101\nE = sin(w*x)^2\n",
])  # fmt: skip
def test_what_is_looked_at_is_counted_whatever_it_is(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copies, maxima and angles over a million patterns: no more numbers than the limit are read."""
    read = 0

    def given(self: lost_numbers.LossRecorder, value: object, /) -> float:
        nonlocal read
        read += 1
        return kept(self, value)

    kept = lost_numbers.LossRecorder.given
    monkeypatch.setattr(lost_numbers.LossRecorder, "given", given)
    cr.Model(text, data={"x": np.ones(1_000_000)}).evaluate()
    assert 0 < read <= lost_numbers.MOST + 1


def test_small_numbers_and_small_angles_cost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lost_numbers, "LossRecorder", None)  # would be an error if it were made
    assert cr.Model("data x in {1, 2}\nweight w := 1\nE = sin(3*w*x)^2\n").evaluate().notes == ()
