"""Stores of tests: they are thrown away, so nothing waits for a disk, unless a test asks for it."""

import os

import pytest


@pytest.fixture(autouse=True)
def nothing_is_flushed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "flushing" not in request.fixturenames:
        monkeypatch.setattr(os, "fsync", lambda handle: None)


@pytest.fixture
def flushing() -> None:
    """The test means what is flushed."""
