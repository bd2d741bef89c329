"""Letters written together, and quantities with brackets: ``wx`` is w·x, ``E(ŷ, y) = …`` is the equation of E."""

import math
import random

import pytest

from chainrule import Model
from chainrule.errors import ChainruleError
from chainrule.notation import parse, show_text
from chainrule.notation.plain import ascii_text
from chainrule.notation.runs import pieces

FOUNDING = """T(x) = x
A(x) = 1/(1 + exp(−x))
data x in {0, 1}
target y = T(x)
weight w := 0.5
const μ := 0.5
T̂(x) = A(wx)
ŷ = T̂(x)
E(ŷ, y) = ½(ŷ − y)²
"""
ASCII = """T(x) = x
A(x) = 1/(1 + exp(-x))
data x in {0, 1}
target y = T(x)
weight w := 0.5
const mu := 0.5
T_hat(x) = A(wx)
y_hat = T_hat(x)
E(y_hat, y) = 1/2*(y_hat - y)^2
"""


@pytest.mark.parametrize("text", [FOUNDING, ASCII, ascii_text(FOUNDING)])
def test_the_question_runs_as_it_was_written(text: str) -> None:
    model = Model(text)
    point = model.evaluate()
    right = 1 / (1 + math.exp(-0.5))
    assert point.patterns[1].gradient["w"] == pytest.approx((right - 1) * right * (1 - right), rel=1e-14)
    assert point.patterns[0].gradient["w"] == 0
    assert [warning.partition(":")[0] for warning in model.warnings] == [
        "wx is read as w·x",
        f"E({'ŷ' if 'ŷ' in text else 'y_hat'}, y) = … is read as the equation of E",
        "μ is read as the learning rate",
    ]
    shown = show_text(model.network.text)
    assert "T̂(x) = A(w·x)" in shown, "the canonical text has the sign"
    assert "E = ½·(ŷ − y)²" in shown
    assert "A(x) = 1/(1 + exp(−x))" in shown, "A and T keep x as their own"
    assert parse(shown) == model.network.text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2ab", "2·a·b"),
        ("−ab", "−(a·b)"),
        ("ab²", "a·b²"),
        ("ab^2c", None),
        ("½ab", "½·a·b"),
        ("2πa", "2·π·a"),
        ("ŷa", "ŷ·a"),
        ("y_hat_a", "ŷ·a"),
        ("p1q2", "p1·q2"),
        ("p₁q₂", "p1·q2"),
        ("μa + b", "μ·a + b"),
        ("ab(1 − c)", "a·b·(1 − c)"),
        ("exp(ab)", "exp(a·b)"),
        ("mean ab", "mean (a·b)"),
        ("1/ab", None),
        ("2^ab", None),
        ("max ab", None),
        ("ab", "a·b"),
        ("abc", "a·b·c"),
        ("aab", "a·a·b"),
        # what may be something else
        ("de", "de"),  # a name of the text
        ("dea", None),  # a slip in it, or d·e·a
        ("eta", None),  # η
        ("sinc", None),
        ("abs", None),
        ("lnc", None),
        ("snc(a)", None),
        ("2e3", "2000"),
        ("2e3a", "2000·a"),
        ("ai", None),  # i is a letter
        ("Aa", None),  # A is a function
        ("ab'", None),
        ("ax", None),  # x is an array
        ("a_b", None),
    ],
)
def test_letters_together_are_a_product_where_nothing_else_is_meant(typed: str, meant: str | None) -> None:
    above = (
        "index i = 1..2\nA(u) = u²\ndata x[i], a, b, c, ŷ\n"
        "weight d := 0.3, e := 0.7, t := 2, s, n, l, p1, q2\nde = d − e\n"
        "const μ := 2\n"
    )
    if meant is None:
        with pytest.raises(ChainruleError):
            Model(f"{above}Z = {typed}\nminimise Z + de")
        return
    got, wanted = (parse(f"{above}Z = {one}\nminimise Z + de") for one in (typed, meant))
    values = [
        Model(show_text(text)).evaluate(
            weights={"s": 3, "n": 5, "l": 7, "p1": 11, "q2": 13},
            data={"a": [1.5], "b": [2.5], "c": [0.25], "yhat": [4], "y_hat": [9], "x": [[1, 2]]},
        ).error
        for text in (got, wanted)
    ]  # fmt: skip
    assert values[0] == values[1]


def test_a_name_declared_below_is_a_name() -> None:
    text = parse("data x\nweight w\nE = (wx − 1)²\nconst wx := 3")
    assert "wx" in show_text(text)
    assert not text.notes
    assert not parse("table x wx | y\n1 2 | 3\nweight w\nE = (w·x − wx)²").notes
    assert not parse("data x\nweight w\nwx = 3·w·x\nE = wx²").notes


def test_a_text_with_signs_and_one_without_are_the_same() -> None:
    dice = random.Random(7)
    names = ["a", "b", "q", "z", "w", "ŷ", "θ", "x1", "k"]
    above = "data a, b, q, z, x1\nweight w, ŷ, θ\nconst k := 3\n"
    for _ in range(300):
        terms = [[dice.choice(names) for _ in range(dice.randint(1, 4))] for _ in range(dice.randint(1, 4))]
        factor = dice.choice(["", "2", "½"])
        squared = dice.choice(["", "²"])
        lines = [
            " + ".join(factor + sign.join(term) + squared for term in terms) for sign in ("", "·")
        ]
        one, other = (parse(f"{above}E = ({line})²") for line in lines)
        assert one == other, lines
        assert parse(show_text(one)) == one == parse(show_text(one, ascii=True))
        assert parse(ascii_text(f"{above}E = ({lines[0]})²")) == one


@pytest.mark.parametrize(
    ("lines", "is_equation"),
    [
        ("E(w) = (w·x − y)²", True),
        ("E(w, v) = (w·x + v − y)²\nminimise mean E(w, v)", True),
        ("E(w) = (w·x − y)²\ng = (∂E/∂w)²\nminimise E", True),
        ("E(w) = (w·x − y)²\ng = (∂E(w)/∂w)²\nminimise E(w)", True),
        ("p(x) = w·x\nE(p, y) = (p − y)²", True),
        ("p(x) = w·x\nE = (p − y)²", True),
        ("p(x) = w·x\nE = (p(x) − y)²", False),
        ("z = w·x\nA(z) = tanh(z)\nE = (A(z) − y)²", False),
        ("z = w·x\nA(z) = tanh(z)\nE = (A(z) − A(y))²", False),
        ("A(x) = tanh(x)\nE = (w − y)²", False),
        ("z = w·x\nA(z) = tanh(z)\nE = (tanh(z) − y)²", False),
        ("e = w·x − y\nE(e) = ½e²", True),
        ("f(u) = tanh(u)\nE = (f(w) − y)²", False),
        ("f(w) = w²\nE = (f'(w) − y)²", False),
    ],
)
def test_a_line_with_quantities_in_its_brackets_is_an_equation_where_it_is_read_as_one(
    lines: str, is_equation: bool
) -> None:
    text = "data x, y\nweight w := 0.5, v := 0.25\n" + lines
    model = Model(text)
    first = lines.partition("(")[0].split("\n")[-1]
    assert (first in model.network.quantities) is is_equation
    assert model.evaluate(data={"x": [2.0], "y": [3.0]}).error is not None


def test_pieces_are_letters_with_what_belongs_to_them() -> None:
    assert pieces("w11x") == ["w11", "x"]
    assert pieces("y_hat1") == ["y_hat1"]
    assert pieces("mean_error") == pieces("_") == pieces("w_x") == []
    assert pieces("alpha_g") == ["alpha", "g"]
    assert pieces("alphag") == list("alphag")


def test_a_name_for_a_derivative_is_watched() -> None:
    lines = ["data x", "target y", "weight w := 0.5", "E = (w·x − y)²"]
    for more in (["g = ∂E/∂w"], ["g = ∂E/∂w", "h = ∂²E/∂w²"]):
        model = Model("\n".join([*lines, *more]))
        assert (model.network.goal.name, model.network.watched[0]) == ("E", "g")
    assert Model("\n".join([*lines, "g = ∂E/∂w", "minimise g²"])).network.goal.name == "goal"
    assert Model("\n".join([*lines, "g = (∂E/∂w)²"])).network.goal.name == "g"
