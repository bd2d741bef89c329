"""Lines about a function itself, ``σ' = σ(1 − σ)``: right for every number, at one, or at quantities of a model."""

import pytest

import chainrule

IDENTITY = chainrule.example("identity")
LETTERS = chainrule.Model("""
index j = 1..2
data x
target y
table x | y
1 | 1
2 | 0
weight w[j] := [0.1, 0.2], v[j] := 0.3, u := 0.4
z[j] = w[j]·x
h[j] = tanh(z[j])
ŷ = Σ_j v[j]·h[j] + u
E = ½(ŷ − y)²
""")
"""Here u is a weight, and the letter of no function."""
BARE = chainrule.Model("s(u) = 1/(1 + exp(-u))\nsigma2(u) = s(u)²\nweight u := 2\nf = s(u)·sigma2(3·u)")

RIGHT = [
    (IDENTITY, "A' = A(1 - A)"),
    (IDENTITY, "A' = A·(1 − A)"),
    (IDENTITY, "A′ = A − A²"),
    (IDENTITY, "A'(u) = A(u)(1 - A(u))"),
    (IDENTITY, "A'(q) = exp(-q)/(1 + exp(-q))²"),
    (IDENTITY, "dA/du = A(u)·(1 - A(u))"),
    (IDENTITY, "∂A/∂z = A(1-A)"),
    (IDENTITY, "σ' = σ(1 − σ)"),
    (IDENTITY, "σ'(f) = σ(f)·σ(−f)"),
    (IDENTITY, "tanh' = 1 - tanh²"),
    (IDENTITY, "tanh'(u) = 1 - tanh(u)^2"),
    (IDENTITY, "relu' = [u > 0]"),
    (IDENTITY, "softplus' = σ"),
    (IDENTITY, "log' = 1/u"),
    (IDENTITY, "exp' = exp"),
    (IDENTITY, "T' = 1"),
    (IDENTITY, "A'(w·x) = ŷ·(1 − ŷ)"),
    (IDENTITY, "A'(ŷ) = A(ŷ)·(1 − A(ŷ))"),
    (LETTERS, "tanh'(z[j]) = 1 − h[j]²"),
    (LETTERS, "tanh' = 1 − tanh(u)²"),
    (IDENTITY, "A' = A(z)(1 − A(z))"),
    (BARE, "s' = s(1-s)"),
    (BARE, "sigma2' = 2·s²·(1 − s)"),
    (BARE, "s'(u) = s(u)·(1 − s(u))"),
]


@pytest.mark.parametrize(("model", "line"), RIGHT, ids=[line for _, line in RIGHT])
def test_what_is_right(model: chainrule.Model, line: str) -> None:
    answer = model.check(line)
    assert answer.equal is True, answer.sentence


@pytest.mark.parametrize(
    ("model", "line"),
    [
        (IDENTITY, "A' = A(1 + A)"),
        (IDENTITY, "A' = A"),
        (IDENTITY, "A'(u) = A(u)"),
        (IDENTITY, "tanh' = 1 - tanh"),
        (IDENTITY, "relu' = relu"),
        (IDENTITY, "T' = 0·u"),
        (IDENTITY, "A'(w·x) = ŷ²"),
        (IDENTITY, "A'(0) = 0.5"),
        (LETTERS, "tanh'(z[j]) = h[j]²"),
        (BARE, "s'(u) = u"),
    ],
)
def test_what_is_wrong(model: chainrule.Model, line: str) -> None:
    answer = model.check(line)
    assert answer.equal is False, answer.sentence
    assert "derive MODEL" not in answer.sentence  # no text has this derivation


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("A'(0) = 0.25", "0.25 at 0"),
        ("A'(0) = 1/4", "0.25 at 0"),
        ("A'(-1) = A(-1)·(1 - A(-1))", "at −1"),
        ("relu'(-2) = 0", "0 at −2"),
    ],
)
def test_at_a_number(line: str, said: str) -> None:
    answer = IDENTITY.check(line)
    assert answer.equal == "here"
    assert said in answer.sentence


def test_at_a_kink_it_says_so() -> None:
    assert "there is no derivative" in IDENTITY.check("relu'(z) = [z >= 0]").sentence


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("T̂' = 1", "E274", "T̂ reads w"),
        ("max'(u) = 1", "E274", "max takes 2 arguments"),
        ("A'(z) = ŷ·(1 − ŷ)", "E274", "z is any number here, and ŷ is a quantity of the model"),
        ("gelu' = 1", "E274", "the right side one number"),
        ("A'(exp) = 1", "E274", "exp is a function"),
        ("A'(2·3) = 1", "E274", "not clear where"),
        ("A'(π) = 1", "E274", "not clear where"),
        ("A'(w·x = 3", "E010", "never closed"),
        ("A'' = 3", "E013", "expected ="),
        ("∂A/∂w = x", "E027", "A is a function"),
    ],
)
def test_what_cannot_be_judged(line: str, code: str, said: str) -> None:
    with pytest.raises(chainrule.ChainruleError, match=code) as caught:
        IDENTITY.check(line)
    assert said in caught.value.problem


def test_the_letters_of_an_argument_are_asked_for() -> None:
    with pytest.raises(chainrule.NotationError) as caught:
        LETTERS.check("tanh'(z) = 1 − tanh(z)²")
    assert (caught.value.code, caught.value.help) == ("E110", "write z[j]")


@pytest.mark.parametrize(
    ("line", "help"),
    [
        ("f' = 3x²", "write ∂f/∂x = …"), ("f'' = 6x", "write ∂²f/∂x² = …"), ("f″ = 6x", "write ∂²f/∂x² = …"),
        ("f'(x) = 3x²", "write ∂f/∂x = …"), ("f''' = 6", "write ∂^3f/∂x^3 = …"),
    ],
)  # fmt: skip
def test_a_prime_at_a_quantity_is_told_its_derivative(line: str, help: str) -> None:
    """And the derivative that is told is read."""
    model = chainrule.Model("weight x := 1\nf = x³\nE = f")
    with pytest.raises(chainrule.NotationError) as caught:
        model.check(line)
    assert (caught.value.code, caught.value.help) == ("E274", help)
    if "^3" not in help:
        assert model.check(help.removeprefix("write ").replace("…", "3x²" if "²" not in help else "6x")).equal
