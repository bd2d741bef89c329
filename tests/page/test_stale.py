"""Nothing on a page is ever stale: after any actions it is the page that its link opens."""

from __future__ import annotations

import random

import pytest
from tests.page.conftest import Made, Opened
from tests.page.stale import acted, difference, models

CHECKS, ACTS = 3, 5
SIX = ("identity", "xor", "line", "letters", "states", "leaves the finite numbers")


@pytest.mark.parametrize("name", SIX)
def test_nothing_is_stale(name: str, opened: Opened, made: Made) -> None:
    model, how = models()[name]
    path, draw = made(model, name, **how), random.Random(name)
    page, fresh = opened(path), opened(path)
    for turn in range(CHECKS):
        page.front()
        done = acted(page, draw, ACTS)
        fragment, found = difference(page, fresh, path)
        assert found == [], (turn, done, fragment)
    page.run("document.querySelector('#trace td:nth-child(3)').append('9')")
    assert difference(page, fresh, path)[1], "a number that was planted"
