"""Limits: one table, raised by name where one is met."""

from pathlib import Path

import pytest

import chainrule as cr
from chainrule.expr.limits import LIMITS, Limit, limits, most
from chainrule.maps.store.limits import LIMITS as STORES

SECURITY = Path(__file__).parents[2] / "SECURITY.md"


def rows() -> list[str]:
    """The table as SECURITY.md shows it."""
    return [written(name, limit) for name, limit in LIMITS.items()]


def written(name: str, limit: Limit) -> str:
    return f"| {name} | {limit.most:,} | {limit.what} | {limit.reason} |"


def test_the_table_of_the_page_is_that_of_the_code() -> None:
    lines = SECURITY.read_text("utf-8").splitlines()
    start = lines.index("| limit | at most | of what | because |") + 2
    assert lines[start : start + len(LIMITS)] == rows()
    start = lines.index("| limit of a store | at most | of what | because |") + 2
    assert lines[start : start + len(STORES) + 1] == [*(written(name, one) for name, one in STORES.items()), ""]


def test_a_block_raises_a_limit_and_ends() -> None:
    with limits(depth=300):
        with limits(digits=100):
            assert (most("depth"), most("digits")) == (300, 100)
        assert (most("depth"), most("digits")) == (300, 64)
    assert most("depth") == 200


@pytest.mark.parametrize("values", [{"dept": 3}, {"depth": 0}, {"depth": -1}, {"depth": True}, {"depth": 1.5}])
def test_what_is_no_limit_is_refused(values: dict[str, int]) -> None:
    with pytest.raises(cr.UsageError, match="E265"), limits(**values):
        pass


def test_the_help_of_a_limit_can_be_followed() -> None:
    text = f"weight w\nE = {'tanh(' * 250}w{')' * 250}"
    with pytest.raises(cr.LimitError) as caught:
        cr.Model(text)
    assert "--limit depth=N" in caught.value.help
    assert caught.value.place is not None
    with cr.limits(depth=300):
        cr.Model(text)
    wide = f"index i = 1..{20_000}\nweight w[i]\nE = sum_i w[i]^2"
    with pytest.raises(cr.LimitError) as caught, cr.limits(elements=10**4):
        cr.Model(wide).train(steps=1, engine="reference")
    assert caught.value.code == "E320"
    assert "20,000" in caught.value.problem
    assert "10,000" in caught.value.problem
