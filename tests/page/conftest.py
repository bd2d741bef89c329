"""One Chromium for all tests of pages, and pages made once each."""

from __future__ import annotations

import base64
import json
import os
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.page.browser import CHROMIUM, PLAYED, Browser, Page

import chainrule as cr

FACTS = re.compile(r'(<script type="text/plain" id="facts">)([^<]*)')


def facts_of(path: Path) -> dict[str, Any]:
    """What the script of a page reads."""
    found = FACTS.search(path.read_text("utf-8"))
    assert found is not None
    known: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(found[2]), -zlib.MAX_WBITS))
    return known


Opened = Callable[..., Page]
Made = Callable[..., Path]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        assert os.environ.get("CHAINRULE_REQUIRE_ALL") != "1", "Chromium is not installed"
        pytest.skip("needs Chromium")
    one = Browser()
    yield one
    one.close()


@pytest.fixture(scope="session")
def card_browser() -> Iterator[Browser]:
    """One in which a graphics card is played."""
    if CHROMIUM is None:
        pytest.skip("needs Chromium")
    one = Browser(card=True)
    yield one
    one.close()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The page of an example, or of a model, written once."""
    folder, known = tmp_path_factory.mktemp("pages"), dict[tuple[str, ...], Path]()

    def make(what: str | cr.Model, name: str = "", **how: object) -> Path:
        model = cr.example(what) if isinstance(what, str) else what
        key = (name or model.name, model.text, repr(sorted(how.items(), key=str)))
        if key not in known:
            known[key] = model.page(folder / f"{len(known)}.html", **{"questions": False, **how})
        return known[key]

    return make


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opened]:
    """A page that has drawn itself, and is closed after the test; nothing may go wrong in it."""
    yield from opening(browser)


@pytest.fixture
def carded(card_browser: Browser) -> Iterator[Opened]:
    """The same where there is a graphics card."""
    yield from opening(card_browser, before=PLAYED)


def opening(browser: Browser, **always: str) -> Iterator[Opened]:
    pages: list[Page] = []

    def open(path: Path, fragment: str = "", *, scripts: bool = True, **how: object) -> Page:
        page = browser.page(path, fragment, scripts=scripts, **{**always, **how})  # type: ignore[arg-type]
        pages.append(page)
        if scripts:
            page.until("document.body.classList.contains('ready')")
        return page

    yield open
    for page in pages:
        assert page.faults() == []
        page.close()
