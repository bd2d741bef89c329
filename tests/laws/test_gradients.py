"""The adjoints of random networks are the derivatives that the complex step finds, to 1e-12 of the largest entry."""

import pytest
from tests.laws.gradients import worst
from tests.laws.networks import network

from chainrule.derive import derive
from chainrule.gradient import rules
from chainrule.model import build
from chainrule.notation import parse
from chainrule.typeset import text


@pytest.mark.parametrize("first", range(0, 100, 10))
def test_adjoints_are_the_complex_step(first: int) -> None:
    assert max(worst(seed) for seed in range(first, first + 10)) < 1e-12


def test_a_wrong_rule_would_be_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    right = rules.slope

    def wrong(function: str, place: int = 0, value: bool = False) -> object:
        return right("cos" if function == "sin" else function, place, value)

    monkeypatch.setattr(rules, "slope", wrong)
    assert max(worst(seed) for seed in range(12)) > 1e-6


@pytest.mark.parametrize("seed", range(6))
def test_every_line_of_the_derivation_of_a_random_network_holds(seed: int) -> None:
    model = build(parse(network(seed)))
    found = derive(model, "w1")
    assert all(step.check.ok and step.check.points >= 3 for step in found.steps)
    assert text(found)
