"""A letter of the patterns that is declared changes nothing but how things are written; `campaign lettered` is the long
form."""

import pytest
from tests.laws.lettered import Pair, declared, differences, random_pair

import chainrule as cr

BOXED = """data x in {-1, 0, 2}
target y = x/2
weight w in [0, 1] := 0.5, b := 0.125
const α := 0.1, λ := 0.3
ŷ = w·x + b
E = ½(ŷ − y)²
R = λ·w²
minimise sum E + R"""

DATA = {"x": [-1.0, 0.0, 2.0]}

STEPS = ("w <- w − α·((ŷ − y)·x + 2·λ·w)", "w <- w − α·(ŷ − y)·x", "w <- w − α·(sum ((ŷ − y)·x) + 2·λ·w)", "w = 0.45")
LETTERED = (
    "w <- w − α·((ŷ[p] − y[p])·x[p] + 2·λ·w)", "w <- w − α·(ŷ[p] − y[p])·x[p]",
    "w <- w − α·(Σ_p ((ŷ[p] − y[p])·x[p]) + 2·λ·w)", "w = 0.45",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(14))
def test_both_forms_have_equal_bits_lines_and_verdicts(seed: int) -> None:
    assert differences(random_pair(seed), most=1) == []


def test_what_has_no_letter_in_one_form_has_none_in_the_other() -> None:
    """A penalty is one number for all patterns; data may be listed, computed and boxed."""
    text = declared(BOXED)
    assert "R = λ·w²" in text
    assert "sum" not in text
    assert differences(Pair(BOXED, text, DATA, tuple(zip(STEPS, LETTERED, strict=True)))) == []


def test_a_difference_is_seen() -> None:
    """The law can fail: another text, another line."""
    other = declared(BOXED).replace("2·λ", "λ").replace("λ·w²", "λ·w⁴")
    found = differences(Pair(BOXED, other, DATA, ((STEPS[0], LETTERED[0]),)))
    assert [one.split(":")[0].split(" of ")[0] for one in found] == ["bits", "w <- w − α·((ŷ − y)·x + 2·λ·w)"]


def test_notes_speak_of_the_goal_as_the_text_has_it() -> None:
    text = cr.Model(declared(BOXED), data=DATA).derive("w").text()
    assert "note: a step lowers Σ_p E[p] + R and not E[p] alone" in text
    assert "p'" not in text


def test_a_line_of_one_pattern_that_depends_on_all_has_another_letter_inside() -> None:
    hidden = "data x\ntarget y\nweight w := 0.5, b := 0.25\nz = w·x + b\nm = mean z\nE = (z − m − y)²"
    text = declared(hidden)
    assert "mean_p' x[p']" in cr.Model(text).derive("w").text()
    assert differences(Pair(hidden, text, {"x": [1.0, 3.0], "y": [0.5, -1.0]}, ())) == []
