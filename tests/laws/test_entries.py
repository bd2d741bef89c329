"""Several equations of one name are one quantity: values, gradients and trainings worked out by hand."""

import math
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.errors import ModelError

ENGINES = ("reference", "native")


def told(text: str, data: Any = None) -> tuple[float, dict[str, Any], Any]:
    """Error, gradient, and weights after two steps, the same by either engine and batch."""
    model = cr.Model(text, data=data)
    found = model.evaluate()
    assert found.error is not None
    runs = [model.train(steps=2, rate=0.01, engine=engine, batch="all").weights for engine in ENGINES]
    for name, value in runs[0].items():
        assert np.asarray(value).tobytes() == np.asarray(runs[1][name]).tobytes()
    return float(found.error), {name: np.asarray(value) for name, value in found.gradient.items()}, runs[0]


BASES = "index t = 1..2, l = 1..2\nweight u := 0.5\n"

VALUES = [
    # a base line beside a general equation that does not read it, in both orders
    (BASES + "z[0,l] = 7\nz[t,l] = u\nE = z[0,1]", 7.0, 0.0),
    (BASES + "z[t,l] = u\nz[0,l] = 7\nE = z[0,1] + z[2,2]", 7.5, 1.0),
    (BASES + "z[0,l] = 7*u\nz[t,l] = u^2\nE = sum_{t,l} z[t-1,l]^2", 24.625, 99.0),
    (BASES + "z[t,l] = u^2\nz[0,l] = 7*u\nE = sum_{t,l} z[t-1,l]^2", 24.625, 99.0),
    # inside the range of the letter: the base line takes its entries out
    ("index t = 0..3\nweight u := 0.5\nz[0] = 2\nz[t] = u*z[t-1]\nE = z[3]", 0.25, 1.5),
    ("index t = 0..3\nweight u := 0.5\nz[t] = u*z[t-1]\nz[0] = 2\nE = z[3]", 0.25, 1.5),
    ("index t = 0..3\nweight u := 0.5\nz[3] = 2\nz[t] = u*z[t+1]\nE = z[0]", 0.25, 1.5),
    ("index t = 1..4\nweight u := 0.5\nz[t] = u*t\nz[2] = 10*u\nE = sum_t z[t]^2", 0.25 + 25 + 2.25 + 4, 126.0),
    # in the middle of a recurrence: what is before it no longer matters
    ("index t = 1..4\nweight u := 0.5\nz[0] = 1\nz[t] = u*z[t-1]\nz[2] = 3\nE = z[4]", 0.75, 3.0),
    # two base lines that read each other, as Fibonacci's
    ("index t = 2..5\nweight u := 2\nz[0] = u\nz[1] = 1\nz[t] = z[t-1] + z[t-2]\nE = z[5]", 11.0, 3.0),
    ("index t = 2..4\nweight u := 2\nz[1] = 3*z[0]\nz[0] = u\nz[t] = z[t-1] + z[t-2]\nE = z[4]", 22.0, 11.0),
    # bases on both letters
    (BASES + "z[0,l] = 0.1\nz[t,0] = 0.2\nz[t,l] = u*z[t-1,l] + z[t,l-1]\nE = z[2,2]", 0.475, 0.7),
    (BASES + "z[t,0] = 0.2\nz[t,l] = u*z[t-1,l] + z[t,l-1]\nz[0,l] = 0.1\nE = z[2,2]", 0.475, 0.7),
    # a corner with a line of its own
    (BASES + "z[0,0] = 5\nz[0,l] = 0.1\nz[t,0] = 0.2\nz[t,l] = u*z[t-1,l-1]\nE = z[1,1] + z[2,2]", 3.75, 10.0),
    # a base line read by nobody but the goal, and one read by nobody at all
    (BASES + "z[t,l] = u\nz[5,l] = u^2\nE = z[5,1]", 0.25, 1.0),
    ("index t = 1..2\nweight u := 0.5\nz[7] = 3\nz[t] = u\nE = z[1]", 0.5, 1.0),
    # general equations of different entries
    ("index t = 0..2, s = 3..5\nweight u := 0.5\nz[t] = u\nz[s] = u^2\nE = z[2] + z[4]", 0.75, 2.0),
    ("index t = 1..3, s = 4..6\nweight u := 0.5\nz[0] = 1\nz[t] = u*z[t-1]\nz[s] = z[s-1] + 1\nE = z[6]", 3.125, 0.75),
    # letters of one value
    ("index t = 1..1\nweight u := 0.5\nz[0] = 4\nz[t] = u*z[t-1]\nE = z[1]", 2.0, 4.0),
    ("index t = 1..1\nweight u := 0.5\nz[t] = [t-1 in t]*z[t-1] + u\nE = z[1]", 0.5, 1.0),
    # a base line at a negative index
    ("index t = 0..2\nweight u := 0.5\nz[-1] = 8\nz[t] = u*z[t-1]\nE = z[2]", 1.0, 6.0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "error", "slope"), VALUES)
def test_values_and_slopes(text: str, error: float, slope: float) -> None:
    found, gradient, _ = told(text)
    assert found == pytest.approx(error, abs=1e-15)
    assert gradient["u"] == pytest.approx(slope, abs=1e-14)
    assert cr.Model(text).derive("u").text()


@pytest.mark.parametrize(("text", "error", "slope"), VALUES[1::5])
def test_the_story_tells_the_same_numbers(text: str, error: float, slope: float) -> None:
    claims = {claim.id: claim for claim in cr.Model(text).explain().claims}
    assert claims["update"].holds
    assert claims["size"].holds or slope == 0
    assert f"{slope:g}" in claims["update"].statement


@pytest.mark.parametrize("declared", [False, True])
def test_the_bias_unit_of_a_textbook(declared: bool) -> None:
    """h[0] = 1, with and without the letter of the patterns."""
    p, own = ("patterns p\n", "p,") if declared else ("", "")
    text = f"index k = 0..2, j = 1..2\n{p}data x{'[p]' if declared else ''}\nweight v[k] := 0.2\n"
    text += f"h[{own}0] = 1\nh[{own}j] = tanh(j*x{'[p]' if declared else ''})\n"
    text += f"E{'[p]' if declared else ''} = (sum_k v[k]*h[{own}k])^2\nminimise sum{'_p E[p]' if declared else ' E'}"
    error, gradient, _ = told(text, {"x": [1.0, 2.0]})
    h = np.array([[1, math.tanh(x), math.tanh(2 * x)] for x in (1.0, 2.0)])
    out = 0.2 * h.sum(axis=1)
    assert error == pytest.approx(np.sum(out**2), rel=1e-15)
    assert gradient["v"] == pytest.approx(2 * out @ h, rel=1e-14)


LSTM = """index t = 1..3, l = 1..2
weight u := 0.5
h[0,l] = 0.1
h[t,0] = 0.2
c[0,l] = 0
c[t,l] = c[t-1,l] + u*h[t,l-1]
h[t,l] = tanh(c[t,l])
E = h[3,2]^2
"""


def by_hand(u: complex) -> complex:
    """The same network in loops."""
    h: dict[tuple[int, int], complex] = {(t, 0): 0.2 for t in range(4)}
    c: dict[tuple[int, int], complex] = {(0, level): 0.0 for level in (1, 2)}
    for t in (1, 2, 3):
        for level in (1, 2):
            c[t, level] = c[t - 1, level] + u * h[t, level - 1]
            h[t, level] = np.tanh(c[t, level])
    return h[3, 2] ** 2


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (3, 4, 0, 1, 2), (2, 0, 3, 1, 4)])
def test_a_recurrence_through_two_letters_in_any_order(order: tuple[int, ...]) -> None:
    head, lines, goal = LSTM.splitlines()[:2], LSTM.splitlines()[2:7], LSTM.splitlines()[7]
    text = "\n".join([*head, *(lines[place] for place in order), goal])
    error, gradient, _ = told(text)
    assert error == pytest.approx(by_hand(0.5).real, rel=1e-15)
    assert gradient["u"] == pytest.approx((by_hand(0.5 + 1e-30j) / 1e-30).imag, rel=1e-14)


def test_both_directions_of_time() -> None:
    text = """index t = 1..3, l = 1..2
weight u := 0.5, v := -0.3
h[t,0] = t/10
f[0,l] = 0
b[4,l] = 0
f[t,l] = tanh(u*f[t-1,l] + h[t,l-1])
b[t,l] = tanh(v*b[t+1,l] + h[t,l-1])
h[t,l] = f[t,l] + b[t,l]
E = sum_t h[t,2]^2
"""

    def loops(u: complex, v: complex) -> complex:
        h: list[complex] = [0.1, 0.2, 0.3]
        for _ in (1, 2):
            f: list[complex] = [0.0]
            for value in h:
                f.append(np.tanh(u * f[-1] + value))
            b: list[complex] = [0.0]
            for value in reversed(h):
                b.append(np.tanh(v * b[-1] + value))
            h = [one + other for one, other in zip(f[1:], reversed(b[1:]), strict=True)]
        return sum(value**2 for value in h)

    error, gradient, _ = told(text)
    assert error == pytest.approx(loops(0.5, -0.3).real, rel=1e-14)
    assert gradient["u"] == pytest.approx((loops(0.5 + 1e-30j, -0.3) / 1e-30).imag, rel=1e-13)
    assert gradient["v"] == pytest.approx((loops(0.5, -0.3 + 1e-30j) / 1e-30).imag, rel=1e-13)


WRONG = [
    (BASES + "z[0,l] = 0.1\nz[t,0] = 0.2\nz[t,l] = u*z[t-1,l-1]\nE = z[2,2]", "E114", "z[0,0] is read here"),
    ("index t = 0..2, l = 0..2\nweight u\nz[0,l] = 1\nz[t,0] = 2\nz[t,l] = u\nE = z[2,2]", "E135", "z[0,0] is defined"),
    ("index t = 0..3, s = 3..5\nweight u\nz[t] = u\nz[s] = u^2\nE = z[2]", "E135", "z[3] is defined"),
    ("index t = 1..3\nweight u\nz[t] = u\nz[t] = u^2\nE = z[2]", "E103", "z is already defined"),
    ("index t = 1..3\nweight u\nz[0] = 1\nz[0] = 2\nz[t] = u\nE = z[2]", "E135", "z[0] is defined"),
    ("index t = 1..3\nweight u\nz[0] = 1\nz[t] = u\nE = z[-1]", "E114", "-1 is outside"),
    ("index t = 1..3\nweight u\nz[0] = 1\nz[7] = 1\nz[t] = u\nE = z[5]", "E114", "z[5] is read here"),
    ("index t = 1..3\nweight w\na[t] = [t-1 in t]*b[t-1] + w\nb[t] = [t+1 in t]*a[t+1]\nE = b[1]", "E102", "no order"),
    ("index t = 1..3\nweight w\nz[0] = w\nz[t] = z[t]\nE = z[1]", "E102", "defined by itself"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "problem"), WRONG)
def test_what_is_no_definition_is_refused_with_its_place(text: str, code: str, problem: str) -> None:
    with pytest.raises(ModelError) as caught:
        cr.Model(text)
    assert caught.value.code == code
    assert problem in caught.value.problem
    assert caught.value.help


def test_sizes_that_the_data_brings_are_looked_at_when_they_are_known() -> None:
    text = "index t\ndata x[t]\nweight u := 0.5\nz[0] = 1\nz[2] = 5\nz[t] = u*x[t] + z[t-1]\nE = z[3]"
    assert cr.Model(text, data={"x": [[1.0, 2.0, 3.0]]}).evaluate().error == 6.5
    with pytest.raises(ModelError) as caught:
        cr.Model(text, data={"x": [[1.0, 2.0]]}).evaluate()
    assert caught.value.code == "E114"


def test_a_guard_by_the_size_of_a_letter() -> None:
    text = "index t = 1..3\ndata x[t]\nweight w := 0.5\nE = sum_t [t < size(t)]*w*x[t+1]"
    assert cr.Model(text, data={"x": [[1.0, 2.0, 3.0]]}).evaluate().error == 2.5
    long = cr.Model(text.replace("1..3", "1..1000000"))  # decided without going through a million values
    assert not long.network.warnings


def test_what_no_equation_defines_is_not_a_number() -> None:
    model = cr.Model(BASES + "z[0,l] = 0.1\nz[t,0] = 0.2\nz[t,l] = tanh(u*z[t-1,l])\nE = z[2,2]")
    for engine in ENGINES:
        run = model.train(steps=40, engine=engine)
        assert run.ended == "steps"
    z = np.asarray(model.evaluate().values["z"])
    assert math.isnan(z[0, 0])
    assert np.isfinite(np.delete(z.ravel(), 0)).all()
