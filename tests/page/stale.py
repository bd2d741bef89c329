"""Nothing is stale: after any actions a page shows what a fresh page opened by its link shows, to the last point drawn.

An action is what a reader does, by mouse or keyboard; what cannot be done just then is left out.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.page.browser import Page

import chainrule as cr

WAIT, LARGE = 320, 1500
"""Milliseconds after which the address has the link of what is seen; and after which a large network is drawn whole."""

SEEN = """(() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement, text = walk.currentNode.data.replace(/\\s+/g, " ").trim();
    if (text && !e.closest("style, script, [hidden], #spoken, #ask")) found.push(text);
  }
  const fields = [...document.querySelectorAll("input, select")].filter((e) => !e.closest("[hidden], #c-nums"));
  const state = (e) => (e.type === "checkbox" || e.type === "radio" ? e.checked : e.value);
  return [...found, ...fields.map((e) => `${e.id || e.getAttribute("aria-label")}=${state(e)}`)];
})()"""
"""Every text that may be seen, and what stands in the fields. Which question a learner is asked depends on those that
were asked before."""

DRAWN = """(() => {
  const seen = (e) => !e.closest("[hidden]") && e.getBoundingClientRect().width > 0;
  const shapes = [...document.querySelectorAll("svg")].filter(seen);
  const having = (e, names) => names.map((name) => e.getAttribute(name) ?? "").join(" ");
  const where = ["class", "d", "points", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "width", "height", "href"];
  const marks = shapes.flatMap((svg) => [...svg.querySelectorAll("*")].map((e) => `${e.tagName} ${having(e, where)}`));
  const said = [...document.querySelectorAll("[aria-valuetext], [aria-label]")].filter(seen)
    .filter((e) => !e.closest("#ask"))
    .map((e) => having(e, ["aria-label", "aria-valuetext", "aria-pressed", "aria-checked", "aria-selected"]));
  const painted = [...document.querySelectorAll("canvas")].filter(seen).map((e) => e.toDataURL());
  return [...marks, ...said, ...painted].map((one) => (one.length < 200 ? one : `${one.slice(0, 40)} ${hash(one)}`));
  function hash(text) { let h = 0; for (const c of text) h = (31 * h + c.charCodeAt(0)) | 0; return h; }
})()"""
"""What the figures draw, and what is said of them and of controls to whoever does not see them."""

WHOLE = "[...document.querySelectorAll('#where, #f-map')].every((e) => e.getAttribute('aria-busy') !== 'true')"
"""Whether the training is done, and the map of rates where it is open."""


# ---- what a reader does


def pressed(page: Page, selector: str, place: int = 0) -> None:
    """A click where there is something to click."""
    there = (
        f"[...document.querySelectorAll({json.dumps(selector)})].filter((e) => e.getBoundingClientRect().width).length"
    )
    if page.run(there) > place:
        page.click(selector, place)


def typed(page: Page, key: str, shift: bool = False) -> None:
    page.run("document.activeElement.blur()")
    page.key(key, shift=shift)


def seen(page: Page, selector: str) -> bool:
    script = f"(document.querySelector({json.dumps(selector)})?.getBoundingClientRect().width ?? 0) > 0"
    return bool(page.run(script))


def moved(page: Page, selector: str, key: str) -> None:
    if seen(page, selector):
        page.focus(selector)
        page.key(key)


def filled(page: Page, selector: str, text: str) -> None:
    if seen(page, selector):
        page.fill(selector, text)


def dragged(page: Page, selector: str, to: float) -> None:
    if seen(page, selector):
        page.drag(selector, to)


def chosen(page: Page, selector: str, part: float) -> None:
    """One of the choices of a list."""
    page.run(f"""(() => {{
      const e = document.querySelector({json.dumps(selector)});
      if (!e || e.closest("[hidden]") || !e.options.length) return;
      const free = [...e.options].filter((one) => !one.disabled);
      e.value = free[Math.floor({part} * free.length)].value;
      e.dispatchEvent(new Event("input", {{ bubbles: true }}));
      e.dispatchEvent(new Event("change", {{ bubbles: true }}));
    }})()""")


def opened(page: Page) -> None:
    page.run("document.querySelector('#more')?.setAttribute('open', '')")


def cell(page: Page, draw: random.Random) -> None:
    opened(page)
    fields = page.run("document.querySelectorAll('.cells input').length")
    if fields:
        place = draw.randrange(fields)
        page.run(f"document.querySelectorAll('.cells input')[{place}].dataset.hand = ''")
        page.fill("[data-hand]", draw.choice(["0.5", "−1", "2", "1e-3"]))
        page.run("delete document.querySelector('[data-hand]')?.dataset.hand")


def seed(page: Page, draw: random.Random) -> None:
    opened(page)
    filled(page, "#s-seed", draw.choice(["0", "3", "12345"]))


def order(page: Page, draw: random.Random) -> None:
    opened(page)
    chosen(page, "#s-order", draw.random())


RATES = ["0.25", "2", "7.5", "-1", "0", "1e-6", "300"]

ACTIONS: dict[str, Callable[[Page, random.Random], object]] = {
    "step": lambda page, draw: pressed(page, "#b-step:enabled"),
    "phase": lambda page, draw: pressed(page, "#b-phase:enabled"),
    "back": lambda page, draw: pressed(page, "#b-back:enabled"),
    "right": lambda page, draw: typed(page, "ArrowRight", shift=draw.random() < 0.5),
    "left": lambda page, draw: typed(page, "ArrowLeft", shift=draw.random() < 0.5),
    "scrub": lambda page, draw: page.drag("#scrub", draw.random()),
    "end": lambda page, draw: moved(page, "#scrub", draw.choice(["End", "Home", "PageUp"])),
    "chart": lambda page, draw: page.drag("#f-steps svg", 0.2 + 0.5 * draw.random()),
    "cursor": lambda page, draw: moved(page, "#f-steps .cursor", draw.choice(["ArrowRight", "PageDown", "End"])),
    "row": lambda page, draw: pressed(page, "#trace tbody tr", draw.randrange(5)),
    "pattern": lambda page, draw: pressed(page, "#ledger tbody button", draw.randrange(3)),
    "chip": lambda page, draw: pressed(page, "#chips button:not([hidden])", draw.randrange(4)),
    "symbol": lambda page, draw: pressed(page, ".phases .ln math [data-q]", draw.randrange(4)),
    "escape": lambda page, draw: typed(page, "Escape"),
    "rate": lambda page, draw: filled(page, "#s-rate-n", draw.choice(RATES)),
    "slide": lambda page, draw: dragged(page, "#s-rate", draw.random()),
    "start": lambda page, draw: filled(page, "#s-start-n", draw.choice(["0.1", "0.75", "-3", "1e6"])),
    "dot": lambda page, draw: moved(page, "#f-curve .dot", draw.choice(["ArrowRight", "PageDown", "Home"])),
    "drag": lambda page, draw: dragged(page, "#f-curve svg", 0.2 + 0.6 * draw.random()),
    "order": order,
    "seed": seed,
    "cell": cell,
    "reset": lambda page, draw: pressed(page, "#b-reset:enabled"),
    "more": lambda page, draw: pressed(page, "#b-more:not([hidden])"),
    "weight": lambda page, draw: pressed(page, "#weights tbody button", draw.randrange(3)),
    "of": lambda page, draw: chosen(page, "#s-derivation", draw.random()),
    "array": lambda page, draw: pressed(page, "canvas.array", draw.randrange(3)),
    "tab": lambda page, draw: pressed(page, "#tabs button:not(#tab-map)", draw.randrange(3)),
    "other": lambda page, draw: chosen(page, "#f-plane select", draw.random()),
    "ask": lambda page, draw: pressed(page, "#c-ask"),
    "hide": lambda page, draw: pressed(page, "#fade input", draw.randrange(4)),
    "narrow": lambda page, draw: page.size(draw.choice([360, 800, 1280]), 800),
}
"""What is left out is no state of a page: a kept run, answers, what is unfolded, numbers in lines. The
map takes seconds, and test_map.py has it."""


def acted(page: Page, draw: random.Random, count: int) -> list[str]:
    """Some actions, and their names."""
    done = [draw.choice(list(ACTIONS)) for _ in range(count)]
    for action in done:
        ACTIONS[action](page, draw)
    return done


def difference(page: Page, fresh: Page, path: Path, wait: int = WAIT) -> tuple[str, list[str]]:
    """The link of a page, and in what the page differs from a fresh one that the link opens."""
    page.run("document.activeElement.blur()")
    page.run(f"new Promise((done) => setTimeout(done, {wait}))")
    fragment, size = page.run("location.hash"), page.run("[innerWidth, innerHeight]")
    fresh.size(*size)
    fresh.go("about:blank")
    fresh.go(f"{path.as_uri()}{fragment}")
    fresh.until("document.body.classList.contains('ready')")
    fresh.run("document.activeElement.blur()")
    fresh.until(WHOLE)
    found = list[str]()
    for script in (SEEN, DRAWN):
        mine, theirs = page.run(script), fresh.run(script)
        found += [f"{one!r} and not {other!r}" for one, other in zip(mine, theirs, strict=False) if one != other][:3]
        if len(mine) != len(theirs):
            found.append(f"{len(mine)} and not {len(theirs)}")
    if fresh.run("location.hash") not in (fragment, ""):
        found.append(f"another link: {fresh.run('location.hash')}")
    return fragment, found


# ---- of what


def models() -> dict[str, tuple[cr.Model, dict[str, Any]]]:
    """Networks of every kind, with the arguments of their pages."""
    from tests.page.test_bits import CASES
    from tests.page.test_checkers import STATES

    examples = {
        name: (cr.example(name), {"steps": 60})
        for name in ("identity", "xor", "line", "mazur", "and", "growth", "identity-bias")
    }
    made = {name: CASES[name] for name in ("shuffled", "all", "leaves the finite numbers", "letters", "momentum")}
    digits = {"digits": (cr.example("digits"), {"steps": 40})}
    return {**examples, **made, "states": (STATES, {"steps": 60}), **digits}
