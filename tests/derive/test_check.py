"""The check of a printed line: true lines pass, and every kind of slip that a derivation could make is caught."""

import pytest

from chainrule.derive.check import Checker
from chainrule.derive.ground import ground
from chainrule.errors import DerivationError
from chainrule.expr.nodes import Derivative, Ref
from chainrule.model import build
from chainrule.notation import parse

TEXT = """A(u) = 1/(1 + exp(-u))
data x in {0, 1}
target y in {0, 1}
weight w in [0, 1] := 0.5
z = w*x
ŷ = A(z)
E = ½(ŷ − y)²"""

TRUE = "(ŷ − y)·x·(1 − A(w·x))·A(w·x)"


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(ground(build(parse(TEXT))))


@pytest.mark.parametrize("right", [TRUE, "(ŷ − y)·d(ŷ)/d(w)", "partial(E)/partial(ŷ)·d(ŷ)/d(z)·partial(z)/partial(w)"])
def test_a_true_line_passes_at_generic_points_and_at_values_of_the_domain(checker: Checker, right: str) -> None:
    check = checker.text("d(E)/d(w)", right)
    assert check.ok
    assert check.points == 5
    assert check.worst < 1e-12


@pytest.mark.parametrize(
    "slip, right",
    [
        ("a factor is missing", "(ŷ − y)·(1 − A(w·x))·A(w·x)"),
        ("a factor x² for x", "(ŷ − y)·x²·(1 − A(w·x))·A(w·x)"),
        ("a sign", "(y − ŷ)·x·(1 − A(w·x))·A(w·x)"),
        ("the slope of the sigmoid", "(ŷ − y)·x·(1 + A(w·x))·A(w·x)"),
        ("a bracket lost in printing", "ŷ − y·x·(1 − A(w·x))·A(w·x)"),
        ("a bracket lost inside", "(ŷ − y)·x·1 − A(w·x)·A(w·x)"),
        ("a ½ not cancelled", "½·(ŷ − y)·x·(1 − A(w·x))·A(w·x)"),
        ("a thousandth", "1.001·(ŷ − y)·x·(1 − A(w·x))·A(w·x)"),
        ("a partial for a total", "partial(E)/partial(w)"),
        ("a term that is not 0 dropped", "0"),
    ],
)  # fmt: skip
def test_a_slip_is_caught(checker: Checker, slip: str, right: str) -> None:
    with pytest.raises(DerivationError) as caught:
        checker.text("d(E)/d(w)", right)
    assert caught.value.code == "E253"
    assert "d(E)/d(w) is" in caught.value.problem
    assert "x = " in caught.value.problem


def test_both_sides_of_a_partial_are_told_apart(checker: Checker) -> None:
    assert checker.text("partial(E)/partial(z)", "0").ok
    with pytest.raises(DerivationError):
        checker.text("d(E)/d(z)", "0")


def test_what_is_checked_is_the_printed_text(checker: Checker, monkeypatch: pytest.MonkeyPatch) -> None:
    # a printer that loses brackets: the tree is right, the line is not
    from chainrule.derive import check

    right = check.show
    monkeypatch.setattr(check, "show", lambda expr: right(expr).replace("(ŷ − y)·x", "ŷ − y·x"))
    true = check.parse_expression(TRUE, functions=("A",), quantities=("w", "x", "y", "y_hat"))
    with pytest.raises(DerivationError):
        checker.line(Derivative(Ref("E"), (Ref("w"),)), true)


def test_points_are_where_logarithms_and_roots_have_values() -> None:
    text = "data x\nweight w\nconst n := 3\nh = log(w - 0.9) + sqrt(1 - x) + x^n\nE = h^2"
    checker = Checker(ground(build(parse(text))))
    assert checker.text("d(E)/d(w)", "2·h/(w − 0.9)").points >= 3


def test_a_model_that_is_finite_nowhere_has_no_derivation() -> None:
    with pytest.raises(DerivationError) as caught:
        Checker(ground(build(parse("data x\nweight w\nE = log(-w^2 - x^2)"))))
    assert caught.value.code == "E255"
    assert "arguments of log and sqrt" in caught.value.help
