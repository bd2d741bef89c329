"""The page as it is used: by mouse, by keyboard, by links; nothing on it is ever stale."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from tests.page.browser import Page
from tests.page.conftest import Made, Opened

import chainrule as cr

SEEN = """(() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement, text = walk.currentNode.data.replace(/\\s+/g, " ").trim();
    if (text && !e.closest("style, script, [hidden], #spoken")) found.push(text);
  }
  const fields = [...document.querySelectorAll("input, select")].filter((e) => !e.closest("[hidden]") && e.id !== "c-nums");
  return [...found, ...fields.map((e) => `${e.id}=${e.value}`)];
})()"""
"""Every text that may be seen, and what stands in the fields."""


def link(page: Page) -> str:
    """The fragment, after it was written."""
    page.run("new Promise((done) => setTimeout(done, 400))")
    return str(page.run("location.hash"))


ACTIONS: dict[str, Callable[[Page, random.Random], object]] = {
    "step": lambda page, draw: page.click("#b-step:enabled") if page.run("!document.querySelector('#b-step').disabled") else None,
    "phase": lambda page, draw: page.click("#b-phase") if page.run("!document.querySelector('#b-phase').disabled") else None,
    "back": lambda page, draw: page.click("#b-back") if page.run("!document.querySelector('#b-back').disabled") else None,
    "right": lambda page, draw: (page.run("document.activeElement.blur()"), page.key("ArrowRight")),
    "left": lambda page, draw: (page.run("document.activeElement.blur()"), page.key("ArrowLeft", shift=draw.random() < 0.5)),
    "scrub": lambda page, draw: page.drag("#scrub", draw.random()),
    "chart": lambda page, draw: page.drag("#f-steps svg", 0.2 + 0.5 * draw.random()),
    "row": lambda page, draw: page.click("#trace tbody tr", draw.randrange(5)),
    "chip": lambda page, draw: page.click("#chips button:not([hidden])", draw.randrange(4)),
    "rate": lambda page, draw: page.fill("#s-rate-n", draw.choice(["0.25", "2", "7.5", "-1"])),
    "start": lambda page, draw: page.fill("#s-start-n", draw.choice(["0.1", "0.75", "1"])),
    "dot": lambda page, draw: (page.focus("#f-curve .dot"), page.key(draw.choice(["ArrowRight", "PageDown", "Home"])))
    if page.run("document.querySelector('#f-curve').hidden === false") else None,
    "reset": lambda page, draw: page.click("#b-reset") if page.run("!document.querySelector('#b-reset').disabled") else None,
    "weight": lambda page, draw: page.click("#weights tbody button", draw.randrange(3)) if page.run("!!document.querySelector('#weights')") else None,
    "tab": lambda page, draw: page.click("#tabs button", draw.randrange(2)) if page.run("document.querySelectorAll('#tabs button').length > 1") else None,
}  # fmt: skip


@pytest.mark.parametrize("name", ["identity", "xor", "line"])
def test_nothing_is_stale(name: str, opened: Opened, made: Made) -> None:
    """After any actions the page is the one that its link opens."""
    path, draw = made(name, steps=60), random.Random(name)
    page = opened(path)
    for turn in range(3):
        done = [draw.choice(list(ACTIONS)) for _ in range(10)]
        for action in done:
            ACTIONS[action](page, draw)
        fragment = link(page)
        fresh = opened(path, fragment)
        assert page.run(SEEN) == fresh.run(SEEN), (turn, done, fragment)


def test_steps_and_phases(opened: Opened, made: Made) -> None:
    page = opened(made("identity"))
    page.click("#b-phase")
    assert page.text("#where") == "after 2 of 32 steps"
    assert page.run("document.querySelectorAll('.phases .pending').length") == 3
    assert page.text("#say") == "Forward: ŷ = 0.5."
    for said in ("Error: E = 0.125.", "Backward: the slope of E by w is 0."):
        page.click("#b-phase")
        assert page.text("#say") == said
    page.click("#b-back")
    assert page.text("#say") == "Error: E = 0.125."
    page.click("#b-step")
    assert page.run("document.querySelectorAll('.phases .pending').length") == 0
    assert page.run("document.querySelector('#chips [data-n=E]').innerText") == "0.125"


def test_what_a_phase_has_not_made_is_hidden_everywhere(opened: Opened, made: Made) -> None:
    page = opened(made("identity"), "#k=1&phase=1")
    for place in ("#chips [data-n=E]", "#f-graph svg.wide [data-n=E]", ".derivation [data-n='∂goal/∂w']"):
        assert page.run(f'document.querySelector("{place}").textContent') == "…", place
    assert (
        page.run("[...document.querySelectorAll('#ledger tbody tr:last-child td')].map((e) => e.innerText)")[2:]
        == ["…"] * 3
    )
    assert "0.5444" not in page.text("#step") + page.text("#pictures") + page.text("#trace tr[aria-current]")


def test_the_keyboard_does_everything(opened: Opened, made: Made) -> None:
    page = opened(made("identity"))
    page.key("ArrowRight")
    assert page.text("#where") == "after 2 of 32 steps"
    page.key("ArrowRight", shift=True)
    assert page.text("#where") == "after 3 of 32 steps" and page.text("#say") == "Forward: ŷ = 0.6328."
    page.key("ArrowLeft", shift=True)
    assert page.text("#where") == "after 2 of 32 steps"
    page.focus("#scrub")
    page.key("End")
    assert page.text("#where") == "after 32 of 32 steps" and page.text("#say").startswith("Converged")
    page.focus("#f-curve .dot")
    page.key("ArrowRight")
    assert page.run("document.activeElement.classList.contains('dot')")
    assert page.run("document.querySelector('#s-start-n').value") == "0.51"
    page.focus("#f-steps .cursor")
    page.key("Home")
    assert page.text("#where").startswith("after 0 of") and page.run(
        "document.activeElement.classList.contains('cursor')"
    )
    page.focus("#b-step")
    page.key("Enter")
    assert page.run("document.activeElement.id") == "b-step"


def test_a_symbol_its_value_and_its_line_are_one(opened: Opened, made: Made) -> None:
    page = opened(made("identity"))
    page.click(".phases .ln:not([hidden]) math [data-q='ŷ']")
    assert page.text("#about b") == "ŷ = 0.6225"
    assert page.run("document.querySelectorAll('.chosen').length") > 5
    page.click("#about button")
    assert page.run("document.activeElement.dataset.makes") == "ŷ"
    page.key("ArrowRight")
    page.key("ArrowRight")
    assert page.text("#about b") == "w = 0.5"
    page.key("Escape")
    assert page.run("document.querySelectorAll('.chosen').length") == 0


def test_every_symbol_says_something(opened: Opened, made: Made) -> None:
    page = opened(made("xor", steps=60))
    symbols = page.run("[...new Set([...document.querySelectorAll('[data-q]')].map((e) => e.dataset.q))]")
    assert len(symbols) > 20
    silent = [
        q for q in symbols
        if not page.run(
            f"""(() => {{ [...document.querySelectorAll('[data-q]')].find((e) => e.dataset.q === {q!r}).dispatchEvent(new MouseEvent('click', {{bubbles: true}}));
            const said = document.querySelector('#about').innerText; return said.includes({q!r}) && said.length > {q!r}.length + 5; }})()"""
        )
    ]  # fmt: skip
    assert silent == []


def test_settings_train_again(opened: Opened, made: Made) -> None:
    page = opened(made("identity"))
    page.fill("#s-rate-n", "2")
    assert page.text("#where").endswith(f"of {cr.example('identity').train(rate=2).steps} steps")
    page.click("#b-reset")
    assert page.text("#where") == "after 1 of 32 steps"
    page.drag("#f-curve svg", 0.3)
    assert page.run("Number(document.querySelector('#s-start-n').value)") < 0.4
    assert page.run("!document.querySelector('#b-reset').disabled")


def test_play_runs_and_stops(opened: Opened, made: Made) -> None:
    page = opened(made("identity"), "#k=28")
    page.click("#b-play")
    assert page.run("document.querySelector('#b-play').getAttribute('aria-pressed')") == "true"
    page.until("document.querySelector('#where').innerText === 'after 32 of 32 steps'")
    page.until("document.querySelector('#b-play').getAttribute('aria-pressed') === 'false'")
    assert page.text("#say").startswith("Converged")


@pytest.mark.parametrize(
    "fragment",
    [
        "#k=99999", "#k=-1", "#k=1.5", "#k=1e400", "#phase=9", "#a=NaN", "#a=", "#w.w=<script>", "#q=__proto__", "#order=1",
        "#weight=7", "#tab=constructor", "#x.x.0=1e999", "#x.__proto__.0=1", "#%E0%A4%A", "#seed=-1", "#steps=1e9", "#row=5",
    ],
)  # fmt: skip
def test_a_hostile_link_is_ignored(fragment: str, opened: Opened, made: Made) -> None:
    page = opened(made("identity"), fragment)
    assert page.text("#where").endswith("of 32 steps")


HOSTILE = "</script><script>document.title='hurt'</script><img src=x onerror=\"document.title='hurt'\">${alert(1)}\"'`"


def test_nothing_of_a_model_is_run(opened: Opened, made: Made) -> None:
    text = f"# {HOSTILE}\ndata x in {{1, 2}}  # {HOSTILE}\ntarget y = x\nweight w := 0.5\nconst α := 0.1\nE = ½(w·x − y)²\n"
    page = opened(made(cr.Model(text, name=f"{HOSTILE}.eq"), "hostile", steps=20))
    assert page.run("document.title").endswith(HOSTILE) and page.run("document.querySelectorAll('script').length") == 2
    assert page.text("h1") == HOSTILE
    page.click("#b-step")
    page.click("#b-csv")
    assert page.run("document.querySelectorAll('img').length") == 0
