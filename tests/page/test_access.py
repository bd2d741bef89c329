"""Who hears a page, or uses it by keyboard alone, has all of it."""

from __future__ import annotations

import pytest
from tests.page.conftest import Made, Opened

ACTING = "button, input, select, [role=slider], [role=tab], [role=group], svg[role], canvas"
UNNAMED = f"""[...document.querySelectorAll({ACTING!r})]
  .filter((e) => !e.closest("[hidden]") && e.getBoundingClientRect().width)
  .filter((e) => !e.getAttribute("aria-label") && !e.getAttribute("aria-labelledby"))
  .filter((e) => !e.labels?.length && !e.textContent.trim())
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
