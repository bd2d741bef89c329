"""What surrounds a verdict: JSON, exit codes, refusals by code and place, the page of the slips."""

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner

import chainrule
from chainrule.cli import cli
from chainrule.derive.judge import SLIPS

from .conftest import TEXTS, model

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "check.md"

REFUSED = (
    ("identity", "", "E270", None),
    ("identity", "∂E/∂w = " + "x·" * 6000 + "x", "E270", None),
    ("identity", "∂E/∂q = x", "E271", (1, 5)),
    ("identity", "∂E/∂w = (ŷ − y)·xx", "E271", (1, 17)),
    ("identity", "∂E/∂w = tahn(x)", "E271", (1, 9)),
    ("identity", "∂E/∂w = A(x, y)", "E272", (1, 9)),
    ("05", "∂E/∂W1 = 1", "E272", (1, 5)),
    ("05", "∂E/∂W1[i,j] = 1", "E272", (1, 5)),
    ("05", "∂E/∂b1[j] = sum_p W1[p,j]", "E272", (1, 19)),
    ("mazur", "δ = 1", "E273", (1, 1)),
    ("identity", "x = 1", "E274", (1, 1)),
    ("identity", "ŷ <- 1", "E274", (1, 1)),
    ("square", "∂E/∂w = 0.25", "E275", None),
    ("identity", "(ŷ − y)·x", "E041", (1, 1)),
    ("identity", "∂E/∂w = (ŷ − y", "E010", None),
)


@pytest.mark.parametrize(("name", "line", "code", "place"), REFUSED, ids=[f"{row[2]}-{row[1][:12]}" for row in REFUSED])
def test_what_cannot_be_judged_is_refused_with_its_place(
    name: str, line: str, code: str, place: tuple[int, int] | None
) -> None:
    with pytest.raises(chainrule.ChainruleError) as caught:
        model(name).check(line)
    assert caught.value.code == code
    if place:
        assert caught.value.place == place
    assert caught.value.help


def test_a_pattern_that_does_not_exist_is_refused() -> None:
    with pytest.raises(chainrule.UsageError, match="E276"):
        model("identity").check("∂E/∂w = 0.1", pattern=2)


def test_a_rule_of_the_text_is_not_judged_as_gradient_descent() -> None:
    text = "data x in {0, 1}\ntarget y = x\nweight w := 0.5\nE = ½(w·x − y)²\nupdate w <- w - 0.1*∂E/∂w"
    with pytest.raises(chainrule.UsageError, match="E277"):
        chainrule.Model(text).check("w <- w − α·∂E/∂w")


def test_the_command_line_answers_with_exit_codes_and_json() -> None:
    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(cli, ["check", "identity", *arguments])
        return done.exit_code, done.output

    assert run("∂E/∂w = (ŷ − y)·x·(1 − ŷ)·ŷ") == (0, "Equal.\n")
    code, said = run("dE/dw = (ŷ − y)*x", "--json")
    found = json.loads(said)
    assert code == 1
    assert list(found) == ["equal", "slip", "at", "yours", "ours"]
    assert (found["equal"], found["slip"], found["at"]["w"]) == (False, "missing-slope", 0.5)
    assert found["yours"] == pytest.approx(-0.3775406688)
    assert found["ours"] == pytest.approx(-0.0887234587)
    code, said = run("∂E/∂q = 1", "--json")
    assert code == 2
    assert json.loads(said)["error"]["code"] == "E271"
    assert run("w = 0.5444", "--start", "w=0.25")[0] == 1
    assert run("∂E/∂w = −0.0887", "--pattern", "0")[0] == 1


def test_a_formula_is_judged_without_data() -> None:
    assert model("square").check("∂E/∂w = (z − y)·x").equal


def test_a_number_under_a_mean_is_no_number_typed() -> None:
    assert not model("identity").check("∂E/∂w = mean 0.5").equal


def test_data_given_at_the_call_is_used() -> None:
    assert model("square").check("∂E/∂w = -0.6", {"x": [1.0], "y": [1.5]}).equal


def test_the_answer_is_frozen_and_says_its_sentence() -> None:
    answer = model("identity").check("∂E/∂w = (ŷ − y)·x")
    assert str(answer).startswith("Not equal: you dropped A′(w·x) = (1 − ŷ)·ŷ: the slope of A itself.")
    assert answer.titles == ("the slope of a function forgotten",)
    with pytest.raises(AttributeError):
        answer.equal = True  # type: ignore[misc]


@pytest.mark.parametrize("name", ["tanh", "deep", "exp", "rational", "logistic", "relu"])
def test_the_derivation_s_own_result_is_never_called_wrong(name: str) -> None:
    """Every printed last line, with factors shuffled by a common factor put in and taken out again."""
    own = model(name)
    draw = random.Random(7)
    for weight in own.weights:
        right = own.derive(weight).last(strict=True).partition(" = ")[2]
        factor = draw.choice(["2", "x", "(1 + x²)"])
        assert own.check(f"∂E/∂{weight} = {right}").equal
        assert own.check(f"∂E/∂{weight} = ({right})·{factor}/{factor}").equal
        assert not own.check(f"∂E/∂{weight} = ({right})·1.0001").equal


def test_the_page_has_every_slip_and_no_other() -> None:
    rows = [line.split("|")[1:3] for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    shown = {row[0].strip(" `"): row[1].strip() for row in rows if row[0].strip(" `") in SLIPS or "-" in row[0]}
    assert {slip: SLIPS[slip].title for slip in SLIPS} == {slip: shown.get(slip) for slip in SLIPS}


def test_every_text_of_the_tests_is_a_model() -> None:
    assert all(model(name).weights for name in TEXTS)
