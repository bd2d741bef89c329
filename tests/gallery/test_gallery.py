"""Each belief predicts the number it must and the network gives another, both as reckoned here without the package."""

import json
import math
from collections.abc import Callable
from fractions import Fraction

import pytest
from click.testing import CliRunner

import chainrule as cr
from chainrule.cli import cli
from chainrule.gallery import listed
from chainrule.gallery.numbers import BOTH


def sigmoid(u: float) -> float:
    return 1 / (1 + math.exp(-u))


def falling() -> int:
    """Steps of thirty in which the mean error falls: exact fractions, w halfway to 1, 3, 5 in turn."""
    w, count = Fraction(0), 0
    for step in range(30):
        after = w + ((1, 3, 5)[step % 3] - w) / 2
        count += sum((after - y) ** 2 for y in (1, 3, 5)) < sum((w - y) ** 2 for y in (1, 3, 5))
        w = after
    return count


def better_patterns() -> int:
    w1, w2, b = 0.1, -0.2, 0.0
    y = sigmoid(w1 + w2 + b)
    push = (1 - y) * y * (1 - y)
    table = [(0, 0, 0), (0, 1, 0), (1, 0, 0), (1, 1, 1)]
    before = [abs(sigmoid(w1 * p + w2 * q + b) - t) for p, q, t in table]
    after = [abs(sigmoid((w1 + push) * p + (w2 + push) * q + b + push) - t) for p, q, t in table]
    return sum(later < first for first, later in zip(before, after, strict=True))


def gathered() -> float:
    w, store = 1.0, 0.0
    for _ in range(20):
        store += w
        w -= 0.1 * store
    return w


def valley(w: float) -> float:
    """The error at the root of w³ − w + 0.2 next to w."""
    for _ in range(60):
        w -= (w**3 - w + 0.2) / (3 * w**2 - 1)
    return w**4 / 4 - w**2 / 2 + 0.2 * w + 0.5


def parabola() -> float:
    """The error of the neuron after three steps at ten times 2/E″ were its curve the parabola at w = ½."""
    y = sigmoid(0.5)
    bend = y * (1 - y)  # σ′; the slope of the mean error is ½(y − 1)σ′
    slope = (y - 1) * bend / 2
    curve = (bend * bend + (y - 1) * bend * (1 - 2 * y)) / 2
    error = 0.25 * (0.25 + (y - 1) ** 2)
    return error - slope**2 / curve / 2 + curve / 2 * (slope / curve * -(19**3)) ** 2


KNOWN: dict[str, tuple[float, float]] = {
    "minimum": (0, float(Fraction(810, 127))),  # 13 − ½·116²/1016
    "sign": (10, 0),
    "falls": (30, falling()),
    "importance": (9, 0.38 / 17.98),  # ½·2² − ½·1.8² against ½·6² − ½·0.2²
    "done": (0, 0.125),
    "flat": (0.5, 0),
    "patterns": (4, better_patterns()),
    "overwrite": (3, -3),
    "order": (8, 24),
    "reset": (0.9**20, gathered()),
    "slower": (valley(-1.1), valley(0.9)),
    "diverge": (parabola(), 0.0625),  # at w = 23.6 the second pattern has no error, the first ½·½²
    "units": (2, 1),
    "tangent": (-2, 0),
}


def test_the_independent_numbers_are_those_of_every_misconception() -> None:
    assert list(KNOWN) == list(BOTH) == list(listed())
    assert (KNOWN["falls"][1], KNOWN["patterns"][1]) == (20, 1)


@pytest.mark.parametrize("name", KNOWN)
def test_the_belief_predicts_one_number_and_another_happens(name: str) -> None:
    found = cr.misconception(name)
    predicted, happened = KNOWN[name]
    assert found.predicted == pytest.approx(predicted, rel=1e-9, abs=1e-12)
    assert found.happened == pytest.approx(happened, rel=1e-9, abs=1e-12)
    assert abs(found.predicted - found.happened) > 0.1 * max(abs(found.predicted), abs(found.happened))


@pytest.mark.parametrize("name", KNOWN)
def test_a_network_is_a_model_of_its_own_and_the_story_is_whole(name: str) -> None:
    found = cr.misconception(name)
    assert cr.Model(found.model.text).weights
    assert "#" not in found.model.text, "what is believed would stand twice"
    assert found.belief.endswith(".")
    assert found.question.endswith("?")
    assert 2 <= found.why.count(". ") + found.why.count("? ") <= 6
    assert max(map(len, found.text().splitlines())) <= 100


def test_how_one_reads() -> None:
    said = cr.misconception("tangent").text().splitlines()
    assert said[0] == "Believed:      The gradient tells by how much a step lowers the error."
    asked = next(place for place, line in enumerate(said) if line.startswith("Question:"))
    assert said[asked + 1 : asked + 3] == ["The belief:    −2", "What happens:  0"]


def test_the_numbers_come_from_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault: with another text under the same name, other numbers."""
    from chainrule.gallery import belief as module

    said: Callable[[str], str] = module.text_of
    monkeypatch.setattr(module, "text_of", lambda name: said(name).replace("E = 2w²", "E = 3w²"))
    assert cr.misconception("tangent").predicted == -6
    assert cr.misconception("tangent").happened == 0.75


@pytest.mark.parametrize(
    "name, code, help",
    [("minimim", "E459", "did you mean minimum?"), ("zzz", "E459", "are minimum"), (3, "E452", "name")],
)
def test_a_name_that_is_none(name: object, code: str, help: str) -> None:
    with pytest.raises(cr.UsageError) as refused:
        cr.misconception(name)  # type: ignore[arg-type]
    assert refused.value.code == code
    assert help in str(refused.value)


def test_the_command_line() -> None:
    def run(line: str) -> str:
        done = CliRunner().invoke(cli, ["examples", *line.split()])
        assert done.exit_code == (2 if "--rules" in line else 0)
        return done.output

    assert run("--misconceptions").count("\n") == len(KNOWN) + 2
    assert run("--misconceptions sign") == cr.misconception("sign").text() + "\n"
    assert json.loads(run("--misconceptions --json")) == listed()
    assert json.loads(run("--misconceptions sign --json")) == cr.misconception("sign").json()
    assert "E463" in run("--misconceptions --rules")
