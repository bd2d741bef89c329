"""Functions that the language lacks and that others can say: the help writes them out, with the same values."""

import math
import re

import pytest

import chainrule as cr
from chainrule import ChainruleError

WRITTEN = {
    "asin(w)": math.asin, "arccos(w)": math.acos, "np.arcsin(w)": math.asin, "acos(w)": math.acos,
    "ceil(5*w)": lambda w: math.ceil(5 * w), "mod(5*w, 2)": lambda w: 5 * w % 2, "atanh(w)": math.atanh,
    "acosh(3 + w)": lambda w: math.acosh(3 + w), "trunc(5*w)": lambda w: math.trunc(5 * w),
    "asin(w/2 - 0.1)": lambda w: math.asin(w / 2 - 0.1), "mod(w + 4, 1 + 1)": lambda w: (w + 4) % 2,
    "hypot(w + 1, w)": lambda w: math.hypot(w + 1, w), "MSE(1, w + 2)": lambda w: (1 + w) ** 2,
    "mse(w - 2, 1 - w)": lambda w: (2 * w - 3) ** 2, "round(4*w)": lambda w: round(4 * w),
    "5*w % 2": lambda w: 5 * w % 2, "1 + 5*w mod 2": lambda w: 1 + 5 * w % 2, "5*w // 2": lambda w: 5 * w // 2,
    "⌊5·w⌋": lambda w: math.floor(5 * w), "⌈5·w⌉": lambda w: math.ceil(5 * w), "not [w > 0]": lambda w: w <= 0,
    "sqrt[3](w + 2)": lambda w: (w + 2) ** (1 / 3), "[w > 0] and [w > -1]": lambda w: w > 0,
    "[w > 0] or [w > -1]": lambda w: 1, "np.square(w + 1)*2": lambda w: 2 * (w + 1) ** 2,
    "sech(w)": lambda w: 1 / math.cosh(w), "coth(w)": lambda w: 1 / math.tanh(w), "sec(w)": lambda w: 1 / math.cos(w),
}  # fmt: skip


@pytest.mark.parametrize("typed", WRITTEN)
@pytest.mark.parametrize("w", [0.3, -0.7])
def test_the_help_has_the_same_value(typed: str, w: float) -> None:
    with pytest.raises(ChainruleError) as caught:
        cr.Model(f"weight w := {w}\nE = {typed}\n")
    found = re.search(r"write (E = .*)", caught.value.help)
    assert found is not None
    model = cr.Model(f"weight w := {w}\n{found[1]}\n")
    assert model.evaluate().error == pytest.approx(float(WRITTEN[typed](w)), rel=1e-12)


LATEX = {
    r"L = -y\log\hat{y} - (1-y)\log(1-\hat{y})": "L = -y log(ŷ) - (1-y) log(1-ŷ)",
    r"L = -(y\ln\hat y + (1-y)\ln(1-\hat y))": "L = -(y ln(ŷ) + (1-y) ln(1-ŷ))",
    r"L = -y\log{\hat{y}}": "L = -y log(ŷ)",
    r"L = \sin x \cos x": "L = sin(x) cos(x)",
    "L = sin x cos x": "L = sin(x) cos(x)",
}


@pytest.mark.parametrize("typed", LATEX)
def test_a_function_with_its_argument_beside_it(typed: str) -> None:
    with pytest.raises(ChainruleError) as caught:
        cr.Model(f"data x\ntarget y\nweight w\nŷ = σ(w*x)\n{typed}\n")
    assert caught.value.help == f"write {LATEX[typed]}"


@pytest.mark.parametrize("left", ["∂E/∂w", "dE/dw", "d(E)/d(w)", r"\frac{\partial E}{\partial w}", r"\frac{dE}{dw}"])
def test_a_derivative_is_computed_and_not_given(left: str) -> None:
    with pytest.raises(ChainruleError) as caught:
        cr.Model(f"data x\ntarget y\nweight w\nE = (w*x − y)²\n{left} = x\n")
    assert caught.value.help.startswith("derivatives are computed: leave the line out")
    assert caught.value.code in ("E013", "E007")
