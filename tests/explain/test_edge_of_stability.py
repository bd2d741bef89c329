"""The edge of stability, slow landings and true cycles: what is known of them in closed form, and said in words."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from chainrule import Model
from chainrule.explain import Claim, explain
from chainrule.expr.nodes import Mul, Number
from chainrule.train.run import Run

Trained = Callable[..., Run]
FOUR = "weight x := {x}, y := {y}, z := {x}, w := {y}\nconst α := {rate}\nE = ½(1 − x·y·z·w)²"
WORDS = "That is the edge of stability"


def end(run: Run) -> Claim:
    return explain(run, claims=["end"])["end"]


@pytest.mark.parametrize(("x", "flow"), [(2.5, 12.65), (2.4, 11.72)])
def test_long_steps_end_just_below_two_over_the_rate(trained: Trained, x: float, flow: float) -> None:
    claim = end(trained(FOUR.format(x=x, y=0.5, rate=0.2), steps=4000))
    # Zhu et al. 2023: just below 2/η; a gradient flow keeps x² − y² and ends at 2(x² + y²) with x·y = 1
    assert claim.evidence["sharpness"] == pytest.approx(9.927360, abs=1e-6)
    assert claim.evidence["two_over_rate"] == 10
    difference = x * x - 0.25
    assert 2 * (difference**2 + 4) ** 0.5 == pytest.approx(flow, abs=5e-3)
    assert claim.evidence["sharpness_of_shorter_steps"] == pytest.approx(flow, rel=2e-3)
    assert WORDS in claim.statement
    assert "9.92736, just below it" in claim.statement


def test_a_landing_that_takes_long_is_no_cycle() -> None:
    pytest.importorskip("llvmlite", reason="so many steps need machine code")
    model = Model(FOUR.format(x=12.5, y=0.05, rate=0.01))
    late = model.explain(model.train(steps=160_000), claims=["end"])["end"]
    assert late.evidence["kind"] == "still falling"  # it swings by less than 1e-8 from step to step, and still lands
    assert WORDS in late.statement
    assert "just above it" in late.statement
    landed = model.explain(model.train(steps=400_000), claims=["end"])["end"]
    assert landed.evidence["kind"] == "valley"
    assert landed.evidence["sharpness"] == pytest.approx(199.995004, abs=1e-5)


def test_a_wrong_gradient_ends_at_no_edge(trained: Trained) -> None:
    text = FOUR.format(x=2.5, y=0.5, rate=0.2)
    claim = end(trained(text, steps=4000, bend=lambda body: Mul((Number(Fraction(10, 11)), body))))
    assert claim.evidence["kind"] == "misled"  # it hovers near 2/η divided by 10/11, and that is no edge of these steps
    assert WORDS not in claim.statement


@pytest.mark.parametrize(("text", "steps"), [
    (FOUR.format(x=4, y=0.3, rate=0.05), 4000),  # flat enough from the start: it keeps its own curvature, 32.04 of 40
    ("weight x := 1\nconst α := 1.9\nE = ½x²", 300),  # near 2/α from the first step to the last: no edge was reached
    ("weight x in [-3, 3] := 1\nconst α := 1.9\nE = ½x²", 300),
    ("weight x := 1\nconst α := 2\nE = ½x²", 60),
], ids=["flat start", "one curvature", "a box", "cycle"])  # fmt: skip
def test_no_edge_is_said_where_none_was_reached(trained: Trained, text: str, steps: int) -> None:
    claim = end(trained(text, steps=steps))
    assert WORDS not in claim.statement
    assert "sharpness" not in claim.evidence


@pytest.mark.parametrize("rate", [1.05, 1.1, 1.2])
def test_past_the_border_a_product_of_two_swings_between_two_known_points(trained: Trained, rate: float) -> None:
    claim = end(trained(f"weight x := 1.02, y := 1.02\nconst α := {rate}\nE = ½(x·y − 1)²", steps=3000))
    assert claim.evidence["kind"] == "cycle"
    assert claim.evidence["period"] == 2
    # x' = x(1 + η − ηx²) on x = y: points a ≠ b that map to each other have ab = 1/η and a² + b² = 1 + 1/η
    half, root = (1 + 1 / rate) / 2, ((1 + 1 / rate) ** 2 / 4 - 1 / rate**2) ** 0.5
    points = sorted(claim.evidence["points"])
    assert points[0] == pytest.approx([(half - root) ** 0.5] * 2, abs=1e-7)
    assert points[1] == pytest.approx([(half + root) ** 0.5] * 2, abs=1e-7)
    assert claim.statement.startswith("It does not settle: every 2 steps the weights repeat")
