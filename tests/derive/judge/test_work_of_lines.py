"""A line that would take too long to compare is undecided, and says what allows more."""

from __future__ import annotations

import pytest
from tests.laws.growth import FAMILIES

import chainrule as cr

RIGHT = cr.example("identity")


def test_a_limit_that_is_met_leaves_it_open() -> None:
    line = RIGHT.derive("w").last()
    met = RIGHT.check(line, limits={"judging": 50})
    assert met.equal is None
    assert "--limit judging=N" in str(met)
    assert RIGHT.check(line).equal is True
    assert RIGHT.check(line.replace("(ŷ − y)", "ŷ")).equal is False


@pytest.mark.parametrize("family", ["recurrence", "reduction"])
def test_a_long_text_does_not_take_long(family: str) -> None:
    model = cr.Model(FAMILIES[family][1](200))
    met = model.check(model.derive("w", detail="brief").last(), limits={"judging": 100_000})
    assert met.equal in (None, True)
