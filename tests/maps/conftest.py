"""Stores of tests: they are thrown away, so nothing waits for a disk, unless a test asks for it."""

import os
from collections.abc import Iterator

import pytest

from chainrule.maps.store.claims import Claims


@pytest.fixture(autouse=True)
def nothing_is_flushed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "flushing" not in request.fixturenames:
        monkeypatch.setattr(os, "fsync", lambda handle: None)


@pytest.fixture
def flushing() -> None:
    """The test means what is flushed."""


@pytest.fixture(autouse=True)
def nobody_beats_on(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A store that a test leaves open writes that it lives no longer than the test."""
    opened: list[Claims] = []
    begin = Claims.beats

    def beats(claims: Claims) -> None:
        opened.append(claims)
        begin(claims)

    monkeypatch.setattr(Claims, "beats", beats)
    yield
    for one in opened:
        one.ended.set()
