"""Claims on many weights, patterns or steps tell the worst by name, the median, and of how many: known beforehand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from chainrule.explain import Claim, explain
from chainrule.expr.nodes import Neg
from chainrule.train.run import Run

from .conftest import bent

Trained = Callable[..., Run]

BOWL = "weight a := 1, b := 1, c := 1\nconst α := {}\nE = ½·a² + b² + 2·c²"
"""Slopes 1, 2 and 4; curvatures 1, 2 and 4."""


def told(run: Run, id: str) -> Claim:
    return explain(run, claims=[id])[id]


def test_size_tells_the_weight_whose_slope_lasts_least(trained: Trained) -> None:
    """Derived: along w alone, actual/predicted of ½λw² is 1 − ½αλ."""
    claim = told(trained(BOWL.format(0.08), steps=2), "size")
    alone = claim.evidence["weights_alone"]
    assert (alone["worst"], alone["of"], alone["within_a_tenth"]) == ("c", 3, 2)
    assert alone["worst_value"] == pytest.approx(1 - 0.16)
    assert alone["median"] == pytest.approx(1 - 0.08)
    assert any("worst c with 0.84, median 0.92, of 3" in line for line in claim.lines)


def test_sign_tells_the_faintest_and_of_how_many(trained: Trained) -> None:
    """Derived: the two sides of ½λw² at w = 1 are 2·λ·h apart, h = 0.1."""
    claim = told(trained(BOWL.format(0.1), steps=2), "sign")
    assert any("right for 3 of 3; the two sides are 0.4 apart in the median, least for a: 0.2" in one
               for one in claim.lines)  # fmt: skip
    wrong = told(trained(BOWL.format(0.1), steps=2, plant=bent(Neg, "b", "c")), "sign")
    assert "wrong for 2 weights of 3, here the steepest: the slope by c is given as −4" in wrong.statement


def test_update_tells_the_slope_that_is_furthest_off(trained: Trained) -> None:
    wrong = told(trained(BOWL.format(0.1), steps=2, plant=bent(Neg, "b", "c")), "update")
    assert "2 of 3 slopes are off, most ∂E/∂c, the median of all by 4" in wrong.statement


def test_toward_tells_which_weights_go_the_other_way(trained: Trained) -> None:
    """Derived: with α = 0.6 the factor of c is 1 − 0.6·4 = −1.4, so that after two steps it is 1.96, further out."""
    claim = told(trained(BOWL.format(0.6), steps=2), "toward")
    assert (claim.evidence["towards"], claim.evidence["away"]) == (2, 1)
    assert claim.lines[-1].endswith("with the longest way c: it ended 0.96 from its start")


def test_decrease_tells_the_worst_step_and_the_median(trained: Trained) -> None:
    """Derived: E of (w)² with α = 1.1 grows by (1.44 − 1)·1.44ᵏ in step k + 1."""
    claim = told(trained("weight w := 1\nconst α := 1.1\nE = w²", steps=3), "decrease")
    worse = [0.44 * 1.44**k for k in range(3)]
    assert claim.evidence["worst_own"] == pytest.approx(worse[-1])
    assert f"in step 3 (median {worse[1]:.4g})" in claim.statement


def test_end_tells_the_largest_slope(trained: Trained) -> None:
    """Derived: after one step with α = 0.1 the slopes are 0.9, 1.6 and 2.4."""
    slopes = told(trained(BOWL.format(0.1), steps=1), "end").evidence["slopes_at_end"]
    assert (slopes["worst"], slopes["of"], slopes["below_a_hundredth"]) == ("∂E/∂c", 3, 0)
    assert (slopes["worst_value"], slopes["median"]) == pytest.approx((2.4, 1.6))


def test_dead_tells_the_worst_of_those_that_sleep(trained: Trained) -> None:
    """Shut relus: E is ½y² for each of the two, and the third is learned."""
    text = "data x in {-1, -2, 1}\ntarget y = if(x < 0, 1 − x, x)\nweight w := 0.5\nconst α := 0.2\n"
    claim = told(trained(text + "E = ½(relu(w·x) − y)²", steps=300), "dead")
    assert "2 of 3 patterns are asleep at the end, not dead, worst of them pattern 1" in claim.statement
    assert "E = 4.5 (median of them 3.25)" in claim.statement


def test_amount_tells_for_how_many_patterns(trained: Trained) -> None:
    text = "data x in {1, 2, 3}\ntarget y = 2·x\nweight w := 0\nconst α := 0.05\nE = ½(w·x − y)²"
    run = trained(text, steps=5)
    claim = told(run, "amount")
    ends = claim.evidence["ways"]
    line = next(one for one in claim.lines if one.startswith("by the signs"))
    better = 0 if ends[1]["error"] > ends[0]["error"] else 3  # all three have their minimum at w = 2
    assert line.startswith(f"by the signs {better} of 3 patterns")
    assert "for pattern 2 (x = 3, y = 6) at most" in line
    assert np.isfinite(ends[0]["error"])
