"""The table of slopes is full, and every slope is the complex step of its function."""

import pytest

from chainrule.expr.nodes import Call, Ref
from chainrule.gradient import rules
from chainrule.gradient.rules import RULES, Rule, slope
from chainrule.notation import parse_expression
from chainrule.notation.known import KNOWN
from chainrule.numbers.evaluate import evaluate
from chainrule.numbers.oracle import complex_step

POINTS = ((0.37, 0.81), (1.9, -0.4), (0.05, 0.05001), (2.6, 3.1))
NEGATIVE = ((-0.7, -0.2), (-2.3, 0.6))


def difference(name: str, rule: Rule, place: int, value: bool, point: tuple[float, float]) -> float:
    """|row − complex step| over 1 + |complex step|."""
    arity = KNOWN[name]
    call = Call(name, tuple(map(Ref, "uv"[:arity])))
    known = dict(zip("uv", point, strict=True))
    right = complex_step((), call, "uv"[place], known, kind="partial")
    rows = rule.values if value and rule.values else rule.slopes
    row = parse_expression(rows[place], functions=tuple(KNOWN), quantities=rules.PLACES)
    ours = evaluate(row, {**known, "s": evaluate(call, known)})
    return abs(ours - right) / (1 + abs(right))


def test_every_known_function_has_a_rule_and_no_other() -> None:
    assert set(RULES) == set(KNOWN)
    assert all(len(rule.slopes) == KNOWN[name] for name, rule in RULES.items())
    assert all(rule.reason and rule.source for rule in RULES.values())


@pytest.mark.parametrize("value", [False, True], ids=["call form", "value form"])
@pytest.mark.parametrize("name", sorted(RULES))
def test_a_rule_is_the_complex_step_of_its_function(name: str, value: bool) -> None:
    points = POINTS if name in ("log", "sqrt") else POINTS + NEGATIVE
    for place in range(KNOWN[name]):
        for point in points:
            assert difference(name, RULES[name], place, value, point) < 1e-14


def test_the_comparison_above_can_fail() -> None:
    wrong = Rule(("(1 + sigmoid(u))*sigmoid(u)",), "a sign is wrong", "planted")
    nearly = Rule(("0.999*(1 - sigmoid(u))*sigmoid(u)",), "wrong by a thousandth", "planted")
    assert difference("sigmoid", wrong, 0, False, (0.37, 0.0)) > 1e-2
    assert difference("sigmoid", nearly, 0, False, (0.37, 0.0)) > 1e-5


@pytest.mark.parametrize(
    "name, place, at, expected",
    [("relu", 0, (0.0, 0.0), 0.0), ("abs", 0, (0.0, 0.0), 0.0), ("sign", 0, (0.0, 0.0), 0.0),
     ("max", 0, (1.5, 1.5), 0.5), ("max", 1, (1.5, 1.5), 0.5), ("min", 0, (-2.0, -2.0), 0.5)],
)  # fmt: skip
def test_at_a_kink_the_slope_is_the_one_the_note_says(
    name: str, place: int, at: tuple[float, float], expected: float
) -> None:
    assert RULES[name].kink
    assert evaluate(slope(name, place), dict(zip("uv", at, strict=True))) == expected
