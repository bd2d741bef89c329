"""Smooth functions written with sign and abs are told of; ordinary uses of both are not."""

import pytest

import chainrule as cr

ASINH = "sign(z)·log(abs(z) + sqrt(z² + 1))"


@pytest.mark.parametrize(
    ("lines", "cure"),
    [
        ("z = w*x; E = (" + ASINH + " + b - 1)^2", "write asinh(z)"),
        ("E = b*sign(w*x)*log(1 + abs(w*x))", "write if(w·x > 0, …, …)"),
        ("E = b*sign(w)*(1 - exp(-abs(w)))/(1 + exp(-abs(w)))*x", "write tanh(w/2)"),
        ("E = x*abs(w + b)*2*sign(w + b)", "write w + b"),
        ("s = sign(w); m = abs(w); E = s*b*tanh(m)*x", "write tanh(w)"),
        ("f(u) = sign(u)*arctan(abs(u)); E = f(w*x + b)", "write arctan(u)"),
        ("E = (w*x - b)^2; minimise mean E + sign(w)*sinh(abs(w))", "write sinh(w)"),
    ],
)
def test_a_smooth_function_of_sign_and_abs_is_told_of(lines: str, cure: str) -> None:
    text = "data x in {1, 2}; weight w := 0, b := 0.3; ".replace("; ", "\n") + lines.replace("; ", "\n")
    (warning,) = cr.Model(text).warnings
    assert "slopes of sign and abs are taken as 0" in warning
    assert warning.endswith(cure) or cure in warning


@pytest.mark.parametrize(
    "lines",
    [
        "E = w^2 + 0.1*abs(w) + abs(b)",
        "E = sign(w)*w*b*x",
        "E = sign(w)*sqrt(abs(w))*b",
        "E = sign(w)*abs(w)^2*b",
        "E = sign(w)*(abs(w) + 1)*b",
        "E = sign(w)*abs(b)*x",
        "E = sign(w)*relu(abs(w) - ½)*b",
        "E = (w*x - b)^2; update w <- w - 0.1*sign(∂E/∂w)*abs(∂E/∂w); update b <- b - 0.1*∂E/∂b",
        "sign(u) = tanh(u); E = sign(w)*log(1 + abs(w))*b",
    ],
)
def test_other_uses_are_not(lines: str) -> None:
    text = "data x in {1, 2}\nweight w := 0, b := 0.3\n" + lines.replace("; ", "\n")
    assert cr.Model(text).warnings == ()


def test_the_function_that_is_offered_moves() -> None:
    head = "table x | y\n1 | 1\n2 | 1.4\n\nweight w := 0, b := 0.3\nz = w·x\n"
    tail = " + b\nE = ½(ŷ - y)^2\n"
    seam, smooth = (cr.Model(f"{head}ŷ = {form}{tail}").evaluate().gradient["w"] for form in (ASINH, "asinh(z)"))
    assert seam == 0
    assert smooth == pytest.approx(-1.45)
