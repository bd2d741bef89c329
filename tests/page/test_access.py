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


ALL = """[...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")].filter(
  (e) => !e.disabled && !e.closest("[hidden], details:not([open]) > :not(summary)") && e.getBoundingClientRect().width
  && !(e.type === "radio" && !e.checked) && e.tabIndex >= 0)"""
"""Everything that a mouse can act on; of a group of radio buttons one is reached, and arrows do the rest."""

HERE = """(() => {
  const e = document.activeElement, look = getComputedStyle(e);
  if (e === document.body) return null;
  return [(window.every ??= ALL).indexOf(e), look.outlineStyle !== "none" || look.strokeWidth === "5px"];
})()""".replace("ALL", ALL)


@pytest.mark.parametrize("name", ["identity", "xor"])
def test_the_keyboard_reaches_all_that_a_mouse_does(name: str, opened: Opened, made: Made) -> None:
    page = opened(made(name, steps=60))
    count, reached, unseen = page.run(f"{ALL}.length"), set[int](), list[int]()
    page.run("document.body.focus()")
    for _ in range(count + 5):
        page.key("Tab")
        here = page.run(HERE)
        if here is None:
            break
        reached.add(here[0])
        unseen += [here[0]] if not here[1] else []
    html = page.run("window.every.map((e) => e.outerHTML.slice(0, 80))")
    assert [html[place] for place in range(count) if place not in reached] == []
    assert [html[place] for place in unseen] == [], "where the focus cannot be seen"


ZOOMED = [(640, 400), (320, 256), (360, 740)]
"""1280 × 800 at 200 %, 1280 × 1024 at 400 %, a phone."""

WIDER = """[document.documentElement.scrollWidth - innerWidth, [...document.querySelectorAll("body *")]
  .filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(SCROLLS)).slice(0, 3)
  .map((e) => e.outerHTML.slice(0, 80))]""".replace(
    "SCROLLS", "'.chips, .tablebox, .ln, .formula, .cells, pre, svg, math, .sr, dialog'"
)
"""How much wider than the window the page is, and what sticks out; what scrolls in a box of its own is left out."""


def test_it_is_enlarged_without_scrolling_sideways(opened: Opened, made: Made) -> None:
    for name, how in [("identity", {}), ("xor", {"steps": 60}), ("digits", {"steps": 30})]:
        page = opened(made(name, **how))
        page.run("for (const one of document.querySelectorAll('details')) one.open = true;")
        for width, height in ZOOMED:
            page.size(width, height)
            page.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            over, wide = page.run(WIDER)
            assert over <= 0, (name, width, wide)


def test_what_is_heard_makes_sense(opened: Opened, made: Made) -> None:
    page = opened(made("identity"))
    page.call("Accessibility.enable")
    nodes = page.call("Accessibility.getFullAXTree")["nodes"]
    heard = [(one["role"]["value"], one.get("name", {}).get("value", "")) for one in nodes if not one["ignored"]]
    for said in [
        ("group", "∂E/∂w = ∂E/∂ŷ·x·(1 − ŷ)·ŷ"),
        ("group", "The error over w"),
        ("slider", "start of w"),
        ("group", "The slope of E is exactly 0 for pattern 0. So this pattern is learned."),
    ]:
        assert said in heard, said
    assert not [name for _, name in heard if "d(" in name]
    named = {"button", "slider", "tab", "checkbox", "radio"}
    assert [role for role, name in heard if role in named and not name] == []
