"""What surrounds a verdict: JSON, exit codes, refusals by code and place, the page of the slips."""

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner

import chainrule
from chainrule import rules
from chainrule.cli import cli
from chainrule.derive.judge import SLIPS

from .conftest import TEXTS, model

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "check.md"

REFUSED = (
    ("identity", "", "E270", None),
    ("identity", "∂E/∂w = " + "x·" * 6000 + "x", "E270", None),
    ("identity", "∂E/∂q = x", "E271", (1, 5)),
    ("identity", "∂E/∂w = (ŷ − y)·xq", "E271", (1, 17)),
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


BASE = "data x in {0, 1}\ntarget y = x\nweight w := 0.5\nconst α := 0.1\nE = ½(w·x − y)²\n"
BLOCKS = {
    "one weight": "update w <- w - 0.2*∂E/∂w",
    "momentum": "update θ, g\n  v <- 0.9*v + g\n  θ <- θ − α·v",
    "begun": "update θ, g\n  v := 1\n  v <- 0.9*v + g\n  θ <- θ − α·v",
    "schedule": "update θ, g\n  θ <- θ − α/(1 + 0.01·t)·g",
    "sign": "update θ, g\n  θ <- θ − α·sign(g)",
    "uphill": "maximise E\nupdate θ, g\n  θ <- θ − α·g",
}


@pytest.mark.parametrize(
    ("block", "line", "equal"),
    [
        ("one weight", "w <- w − 0.2·(w·x − y)·x", True),
        ("one weight", "w <- w − α·∂E/∂w", False),
        ("one weight", "Δw = −0.2·∂E/∂w", True),
        ("one weight", "w <- 0.6", True),
        ("one weight", "w <- 0.55", True),
        ("one weight", "w <- 0.525", False),
        ("momentum", "w <- w − α·∂E/∂w", True),
        ("momentum", "w <- w − 0.9·α·∂E/∂w", False),
        ("begun", "w <- w − α·(0.9 + ∂E/∂w)", True),
        ("begun", "w <- w − α·∂E/∂w", False),
        ("schedule", "w <- w − α/1.01·∂E/∂w", True),
        ("schedule", "w <- w − α·∂E/∂w", False),
        ("sign", "w <- w − α·sign(∂E/∂w)", True),
        ("sign", "w <- w − α·∂E/∂w", False),
        ("uphill", "w <- w + α·∂E/∂w", True),
        ("uphill", "w <- w − α·∂E/∂w", False),
    ],
)
def test_a_next_value_is_judged_by_the_rule_of_the_text(block: str, line: str, equal: bool) -> None:
    found = chainrule.Model(BASE + BLOCKS[block]).check(line)
    assert bool(found.equal) == equal, found.sentence
    if equal and "0." not in line.partition("<-")[2]:
        assert ("in the first step" in found.sentence) == (block in ("momentum", "begun", "schedule"))


def test_each_entry_of_an_array_has_the_rule_of_its_array() -> None:
    text = "index i = 1..2\ndata x[i]\ntarget y\nweight W[i], b := 0\nconst η0 := 0.3, α := 0.1\n"
    model = chainrule.Model(text + "E = ½(Σ_i W[i]·x[i] + b − y)²\nupdate W <- W − η0·∂E/∂W")
    assert model.check("W[i] <- W[i] − η0·(Σ_i' W[i']·x[i'] + b − y)·x[i]").equal
    assert not model.check("W[i] <- W[i] − α·∂E/∂W[i]").equal
    assert model.check("b <- b − α·∂E/∂b").equal


def test_a_factor_that_is_0_at_the_start_divides_nothing() -> None:
    text = "data x in {1}\ntarget y = 2\nweight w := 0.9\nE = ½(w·x − y)²\nconst α := 1"
    assert not chainrule.Model(text).check("w <- 1").equal


@pytest.mark.parametrize("name", rules.NAMES)
def test_the_first_step_of_a_shipped_rule_is_what_training_does(name: str) -> None:
    text = "weight w := 0.5\nE = (w − 3)²\n" + rules.text(name)
    model = chainrule.Model(text)
    value = float(model.train(steps=1).weights["w"])
    assert model.check(f"w <- {value:.6f}").equal
    assert not model.check(f"w <- {value + 0.01:.6f}").equal


def test_the_command_line_answers_with_exit_codes_and_json() -> None:
    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(cli, ["check", "identity", *arguments])
        return done.exit_code, done.output

    assert run("∂E/∂w = (ŷ − y)·x·(1 − ŷ)·ŷ") == (0, "Equal.\n")
    code, said = run("dE/dw = (ŷ − y)*x", "--json")
    found = json.loads(said)
    assert code == 1
    assert list(found) == ["format", "kind", "equal", "slip", "at", "yours", "ours"]
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


BOXED = "data x in {1}\ntarget y = 5·x\nconst α := 1\nweight w in [0, 1] := 0.5\nE = ½(w·x − y)²"


@pytest.mark.parametrize(
    ("line", "equal"),
    [
        ("w <- 1", True),
        ("w <- 0.9", False),
        ("w <- w − α·(w·x − y)·x", True),
        ("w <- min(max(w − α·(w·x − y)·x, 0), 1)", True),
    ],
)
def test_a_next_value_lies_in_the_box_of_its_weight(line: str, equal: bool) -> None:
    answer = chainrule.Model(BOXED).check(line)
    assert bool(answer.equal) is equal
    assert ("before w is put back" in answer.sentence) is (line == "w <- w − α·(w·x − y)·x")


def test_a_number_cut_off_is_less_than_one_unit_short() -> None:
    model = chainrule.Model("weight w := 1\nE = ½w²")
    assert model.check("∂E/∂w = 1.0").equal
    assert not model.check("∂E/∂w = 0.9").equal


JACOBIAN = """index k = 1..3, j = 1..3, i = 1..2
data x[i], y[k]
table x[1] x[2] y[1] y[2] y[3]
1 2 0 1 0
fact Σ_k y[k] = 1
weight W[k,i] := [[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]], b[k] := 0
z[k] = Σ_i W[k,i] x[i] + b[k]
p[k] = exp(z[k])/Σ_k' exp(z[k'])
L = −Σ_k y[k] log(p[k])
"""


@pytest.mark.parametrize("letters", ["kj", "jk", "km", "mk", "mn", "nm", "rs", "jm"])
@pytest.mark.parametrize(
    ("line", "equal"),
    [
        ("∂p[A]/∂z[B] = p[A]·([A == B] − p[B])", True),
        ("∂p[A]/∂z[B] = −p[A]·p[B]", False),
        ("∂L/∂z[A] = p[A] − y[A]", True),
        ("∂L/∂z[A] = y[A] − p[A]", False),
        ("∂L/∂b[A] = Σ_B ∂L/∂p[B]·p[B]·([B == A] − p[A])", True),
        ("∂L/∂b[A] = Σ_B ∂L/∂p[B]·p[B]·([B == A] − p[B])", False),
        ("∂L/∂W[A,i] = (p[A] − Σ_B y[B]·[A == B])·x[i]", True),
    ],
)
def test_a_line_may_have_letters_of_its_own(letters: str, line: str, equal: bool) -> None:
    own = chainrule.Model(JACOBIAN)
    assert own.check(line.replace("A", letters[0]).replace("B", letters[1])).equal is equal


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("∂p[i]/∂z[k] = p[i]·([i == k] − p[k])", "E272"),  # i is a letter of the text, of two values
        ("∂L/∂b[k] = Σ_m p[m]·x[m]", "E272"),  # m cannot be of both sets
        ("∂L/∂b[m] = q[m]", "E271"),
    ],
)
def test_a_letter_of_its_own_means_one_set(line: str, code: str) -> None:
    with pytest.raises(chainrule.ChainruleError) as caught:
        chainrule.Model(JACOBIAN).check(line)
    assert caught.value.code == code


@pytest.mark.parametrize("left", ["∂²f/∂x²", "d²f/dx²", "d^2f/dx^2", "d² f / dx²"])
def test_a_second_derivative_as_calculus_writes_it(left: str) -> None:
    own = chainrule.Model("weight x := 0.3\nf = ¼(x² − 1)²\n")
    assert own.check(f"{left} = 3x² − 1").equal is True
    assert own.check(f"{left} = 3x² + 1").equal is False
