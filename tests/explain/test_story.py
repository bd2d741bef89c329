"""The story as a whole: its forms, its errors, and the words it may use."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from chainrule.errors import UsageError
from chainrule.explain import CLAIMS, Claim, Story, explain
from chainrule.explain.tell.claim import json_value
from chainrule.train.run import Run

TEXT = "data x in {1, 2}\ntarget y = 3·x\nweight w := 1, b := 0\nconst α := 0.02\nŷ = w·x + b\nE = ½(ŷ − y)²"


@pytest.fixture(scope="module")
def run(trained: Callable[..., Run]) -> Run:
    return trained(TEXT, steps=50)


@pytest.fixture(scope="module")
def story(run: Run) -> Story:
    return explain(run)


def test_json_is_json(story: Story) -> None:
    text = json.dumps(story.json(), allow_nan=False)
    back = json.loads(text)
    assert [claim["id"] for claim in back["claims"]] == list(CLAIMS)
    for claim in back["claims"]:
        assert {"id", "statement", "holds", "evidence"} <= set(claim)
        assert isinstance(claim["holds"], bool)
        assert claim["evidence"]


def test_numbers_that_are_none_are_strings_in_json(trained: Callable[..., Run]) -> None:
    story = explain(trained("weight w := 1\nconst α := 5\nE = 2·w²", steps=2000))
    assert "Infinity" not in json.dumps(story.json(), allow_nan=False)
    assert json_value({"a": float("nan"), "b": [float("-inf")]}) == {"a": "nan", "b": ["-inf"]}


def test_one_claim_alone(run: Run) -> None:
    story = explain(run, claims=["step"])
    assert [claim.id for claim in story.claims] == ["step"]
    assert story.questions == ()
    assert "How far may a step go?" in story.text()


def test_an_unknown_claim(run: Run) -> None:
    with pytest.raises(UsageError) as caught:
        explain(run, claims=["stpe"])
    assert caught.value.code == "E401"
    assert "did you mean step?" in caught.value.help
    with pytest.raises(UsageError, match="E401"):
        explain(run, claims=["sign"])["nothing"]


def test_ascii_is_ascii(story: Story) -> None:
    text = story.text(ascii=True)
    assert text.isascii()
    assert "y_hat" in text
    assert "alpha = 0.02" in text
    assert "?" not in text.replace("?\n", "\n")


def test_colour_is_only_colour(story: Story) -> None:
    import re

    plain_text = re.sub(r"\x1b\[[0-9;]*m", "", story.text(colour=True))
    assert "\x1b" not in story.text()
    assert [line for line in plain_text.splitlines() if line] == [
        line for line in story.text().splitlines() if line and not set(line) <= {"─"}
    ]


@pytest.mark.parametrize("width", [60, 100, 140])
def test_lines_are_not_longer_than_asked_but_for_tables(story: Story, width: int) -> None:
    from chainrule.errors import width as columns

    for line in story.text(width=width).splitlines():
        head = line.startswith(("✓", "!"))  # the name of a claim with its question
        assert columns(line) <= width or "  " in line.strip() or head


def test_a_claim_is_a_value(run: Run) -> None:
    claim = explain(run, claims=["sign"])["sign"]
    assert isinstance(claim, Claim)
    with pytest.raises(AttributeError):
        claim.holds = False  # type: ignore[misc]


def test_the_same_run_has_the_same_story(trained: Callable[..., Run], story: Story) -> None:
    assert story.text() == explain(trained(TEXT, steps=50)).text()


def test_words_of_proof_stand_only_where_something_was_proved(story: Story) -> None:
    assert not story["step"].evidence["guaranteed"]
    assert "Guaranteed" not in story["step"].statement
    assert "Measured, not proved" in story["step"].statement


def test_names_that_look_like_markup_stay(trained: Callable[..., Run]) -> None:
    story = explain(trained("weight red := 1\nE = (red − 2)²\nminimise E", steps=3))
    assert "red = 1" in story.text(colour=True)
