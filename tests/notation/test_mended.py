"""A line that is refused is offered as a whole, put right; and never as a line that is refused itself."""

import contextlib
import random
import time

import pytest

from chainrule import Model
from chainrule.errors import ChainruleError
from chainrule.notation import parse

SCALARS = "data x, y\nweight w := 0.5, b := 0.1\nconst μ := 0.5\nE = ½(w·x + b − y)²\n"
ARRAYS = "index i = 1..3, j = 1..2, t = 1..4\ndata x[i], s[t]\ntarget y\nweight W[j,i], w[i], v[j], b[j], u\n"


def help(text: str) -> str:
    with pytest.raises(ChainruleError) as caught:
        Model(text)
    return caught.value.help


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        (r"z = \frac{1}{2}(\hat{y} - y)^2", "z = (1/2)(ŷ - y)^2"),
        (r"\frac{\partial{E}}{\partial{w_i}}", "g = ∂E/∂w"),
        (r"w_i (new) = w_i (old) -\mu \cdot \frac{\partial{E}}{\partial{w_i}}", "update w <- w - μ · ∂E/∂w"),
        ("w -= μ*dE/dw", "update w <- w - μ*∂E/∂w"),
        ("w = w - μ*dE/dw", "update w <- w - μ*∂E/∂w"),
        ("Δw = -μ*∂E/∂w", "update w <- w - μ*∂E/∂w"),
        ("w_{t+1} = w_t - μ ∂E/∂w_t", "update w <- w - μ ∂E/∂w"),
        ("z = ReLU(w x)", "z = relu(w x)"),
        ("z = log_2(x)", "z=(log(x)/log(2))"),
        ("z = np.where(x > 0, w, b)", "z = if(x > 0, w, b)"),
        ("z = w^2_{11}", "z = w11^2"),
        ("z = θᵀx", "z = θ·x"),
        ("z = x ⊙ w", "z = x · w"),
        ("z = e^x^2", "z = exp(x^2)"),
        ("z = a^x + tahn(x)", "tanh"),
        ("z = wˣ", "z = w^(x)"),
        ("z = w|x|b", "z = w·abs(x)b"),
        ("J = 1/n Σ (y - x)²", "J = mean (y - x)²"),
        (r"J = \frac{1}{n}\sum_{i=1}^n (y_i - x_i)^2", "J = mean (y - x)^2"),
        (r"J = \frac{1}{2n}\sum_{i=1}^n (y_i - x_i)^2", "J = ½·mean (y - x)^2"),
        ("mean = mean abs(x)", "average = mean abs(x)"),
        ("α = 0.1", "const α := 0.1"),
    ],
)
def test_a_line_of_numbers_is_put_right(line: str, meant: str) -> None:
    assert "".join(meant.split()) in "".join(help(SCALARS + line).split())


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        (r"z_j = \sum_{i=1}^{n} W_{ji} x_i + b_j", "z[j] = Σ_i W[j,i] x[i] + b[j]"),
        ("z = W x + b", "z[j] = Σ_i W[j,i]·x[i] + b[j]"),
        ("z = wᵀx", "z = Σ_i w[i]·x[i]"),
        ("z = ‖w‖²", "z = (Σ_i w[i]^2)"),
        ("z_j = softmax(b_j)", "z[j] = softmax_j(b[j])"),
        (r"z_j = \frac{e^{b_j}}{\sum_k e^{b_k}}", "Σ_j' exp(b[j'])"),
        ("h_t = tanh(u s_t + h_{t-1})", "h[t] = tanh(u s[t] + h[t-1])"),
        ("h_t = tanh(u*s_t + h_t-1)", "h[t] = tanh(u*s[t] + h[t-1])"),
        ("h^{(t)} = tanh(u s^{(t)} + h^{(t-1)})", "h[t] = tanh(u s[t] + h[t-1])"),
        ("R = Σ_ij W[j,i]²", "R = Σ_{i,j} W[j,i]²"),
        ("update w[i] <- w[i] - α·∂E/∂w[i]", "update w <- w - α·∂E/∂w"),
    ],
)
def test_a_line_of_arrays_is_put_right(line: str, meant: str) -> None:
    assert "".join(meant.split()) in "".join(help(f"{ARRAYS}{line}\nE = u").split())


@pytest.mark.parametrize(
    ("context", "line", "never"),
    [
        (SCALARS, "z = w^(x) + tahn(b)", "z = w +"),
        (SCALARS, "z = max(1,2*x) + tahn(b)", "1.2"),
        (SCALARS, "z = 5 % w", "100) w"),
        (SCALARS, "z = vX", "did you mean"),
        (SCALARS, "z = e^2x", ": z ="),
        (SCALARS, "z = 1/2x", ": z ="),
        (ARRAYS, "z = w·x·w·x", "Σ"),
        (ARRAYS, "z^{(1)} = W^{(1)} x + b^{(1)}", "b[1]"),
        (SCALARS, "z = W^{(2)} tanh(W^{(1)} x)", "W tanh"),
        (SCALARS, "z = x_{t-1} w", "z = x w"),
        (SCALARS, "update θ, g\n  θ <- θ - q(g)", "θ = θ"),
        (SCALARS, "z = a\u2028b", "z = a b"),
    ],
)
def test_a_line_is_not_put_right_into_another(context: str, line: str, never: str) -> None:
    with pytest.raises(ChainruleError) as caught:
        Model(context + line + "\nminimise w" * (context == SCALARS and "update" not in line))
    assert never not in caught.value.help


BITS = [
    "a if ", "x_i^{2}", "‖", "||", "|", "? : ", "((", "))", "{", "}", "_", "^", "Σ_i", "Σ_{i=1}^{n}", "np.", "x.sum()",
    "[[", "]]", "1_000", "\\frac", "\\sum_{", "e^", "sin x ", "if then else ", "w ", "W x ", "T", "√", "%", "< x <",
    "and", "d/d", "∂ ", "a=", "..", "(new)", "=", "+ ", "'", "_{ij}", "^{(l)}", "1/n Σ", "{cases}", "&", "\\\\",
    "for i in range", "\x00", "\x01",
]  # fmt: skip
SLOW = 2.0
"""Seconds of the processor for a line of 400 characters; it takes 0.1."""


def test_no_line_meets_a_fault_or_takes_long() -> None:
    dice = random.Random(5)
    for number in range(600):
        count = dice.randint(1, 60) if number % 2 else 6
        line = "".join(dice.choice(BITS) * (1 if number % 2 else dice.randint(1, 30)) for _ in range(count))[:390]
        begun = time.process_time()
        with contextlib.suppress(ChainruleError):
            parse(f"{ARRAYS}z = {line}")
        assert time.process_time() - begun < SLOW, line
