"""Who hears a page, or uses it by keyboard alone, has all of it; axe looks for what is known to go wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.page.conftest import Made, Opened

ROOT = Path(__file__).resolve().parents[2]
AXE = next(iter(ROOT.glob(".venv/node_modules/axe-core/axe.min.js")), None)
"""Where it is installed, as .ci/run does by npm install --prefix .venv axe-core: it is no part of the package."""
REQUIRE_ALL = os.environ.get("CHAINRULE_REQUIRE_ALL", "") not in {"", "0"}

AGAINST = """axe.run(document, { resultTypes: ["violations"] }).then((found) => found.violations.map(
  (one) => [one.id, one.nodes.map((node) => node.html.slice(0, 200))]))"""

ACTING = "button, input, select, [role=slider], [role=tab], [role=group], svg[role], canvas"
UNNAMED = f"""[...document.querySelectorAll({ACTING!r})]
  .filter((e) => !e.closest("[hidden]") && e.getBoundingClientRect().width)
  .filter((e) => !e.getAttribute("aria-label") && !e.getAttribute("aria-labelledby"))
  .filter((e) => !e.labels?.length && !e.innerText)
  .map((e) => e.outerHTML.slice(0, 120))"""

REACHED = """(() => {
  const e = document.activeElement;
  return `${e.tagName} ${e.id} ${e.className.baseVal ?? e.className}`;
})()"""


@pytest.mark.parametrize("name", ["identity", "xor"])
def test_everything_that_acts_has_a_name(name: str, opened: Opened, made: Made) -> None:
    page = opened(made(name, steps=60))
    assert page.run(UNNAMED) == []
    ids = page.run("[...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids))
    assert page.run("document.querySelectorAll('h1').length") == 1
    labels = page.run(
        "[...document.querySelectorAll('[aria-labelledby]')].map((e) => e.getAttribute('aria-labelledby'))"
    )
    assert set(labels) <= set(ids)


def test_tab_goes_through_the_page_in_the_order_of_reading(opened: Opened, made: Made) -> None:
    page = opened(made("identity"))
    reached: list[str] = []
    for _ in range(45):
        page.key("Tab")
        reached.append(page.run(REACHED))
    said = "\n".join(reached)
    order = ["b-help", "b-phase", "b-step", "b-play", "scrub", "tab-curve", "dot", "s-rate", "s-start", "b-keep"]
    places = [said.find(one) for one in order]
    assert -1 not in places
    assert places == sorted(places)


def test_axe_finds_nothing(opened: Opened, made: Made) -> None:
    if AXE is None:  # .ci/run installs it, and says where it cannot
        if REQUIRE_ALL:
            return
        pytest.skip("needs axe-core")
    for name in ("identity", "xor"):
        for dark in (False, True):
            page = opened(made(name, steps=60), dark=dark)
            page.run(f"{AXE.read_text('utf-8')}; 0")
            assert page.run(AGAINST) == [], name
