"""The page as it is used: by mouse, by keyboard, by links."""

from __future__ import annotations

import json

from tests.page.conftest import Made, Opened

import chainrule as cr


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
    assert page.text("#where") == "after 3 of 32 steps"
    assert page.text("#say") == "Forward: ŷ = 0.6328."
    page.key("ArrowLeft", shift=True)
    assert page.text("#where") == "after 2 of 32 steps"
    page.focus("#scrub")
    page.key("End")
    assert page.text("#where") == "after 32 of 32 steps"
    assert page.text("#say").startswith("Converged")
    page.focus("#f-curve .dot")
    page.key("ArrowRight")
    assert page.run("document.activeElement.classList.contains('dot')")
    assert page.run("document.querySelector('#s-start-n').value") == "0.51"
    page.focus("#f-steps .cursor")
    page.key("Home")
    assert page.text("#where").startswith("after 0 of")
    assert page.run("document.activeElement.classList.contains('cursor')")
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
    ask = """(() => {
      const found = [...document.querySelectorAll("[data-q]")].find((e) => e.dataset.q === NAME);
      found.dispatchEvent(new MouseEvent("click", { bubbles: true }));
      const said = document.querySelector("#about").innerText;
      return said.includes(NAME) && said.length > NAME.length + 5;
    })()"""
    silent = [name for name in symbols if not page.run(ask.replace("NAME", json.dumps(name)))]
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


def test_all_steps_done_goes_on(opened: Opened, made: Made) -> None:
    page = opened(made("xor", steps=60), "#k=60")
    assert page.run("document.querySelector('#b-step').disabled")
    page.click("#b-more")
    assert page.text("#where") == "after 60 of 1060 steps"
    page.click("#b-step")
    assert page.text("#where") == "after 61 of 1060 steps"


def test_play_runs_and_stops(opened: Opened, made: Made) -> None:
    page = opened(made("identity"), "#k=28")
    page.click("#b-play")
    assert page.run("document.querySelector('#b-play').getAttribute('aria-pressed')") == "true"
    page.until("document.querySelector('#where').innerText === 'after 32 of 32 steps'")
    page.until("document.querySelector('#b-play').getAttribute('aria-pressed') === 'false'")
    assert page.text("#say").startswith("Converged")


def test_a_hostile_link_is_ignored(opened: Opened, made: Made) -> None:
    page = opened(made("identity"))
    for fragment in HOSTILE_LINKS.split():
        page.run(f"location.hash = {json.dumps(fragment)}")
        page.run("new Promise((done) => setTimeout(done, 30))")
        assert page.text("#where").endswith("of 32 steps"), fragment
        assert "hurt" not in page.run("document.title")


HOSTILE_LINKS = """
k=99999 k=-1 k=1.5 k=1e400 k= phase=9 phase=0 a=NaN a= a=0x a=1e999 w.w=<script> w.__proto__=1 q=__proto__ q=<img>
order=1 order=given weight=7 weight=-1 tab=constructor x.x.0=1e999 x.__proto__.0=1 x.x.99=1 %E0%A4%A seed=-1 seed=1e99
steps=1e9 steps=-5 row=5 &&&=== k=1&k=2&k=x
"""

RUN = "document.title='hurt'"
HOSTILE = f'</script><script>{RUN}</script><img src=x onerror="{RUN}">${{alert(1)}}"\'`'


def test_nothing_of_a_model_is_run(opened: Opened, made: Made) -> None:
    text = f"# {HOSTILE}\ndata x in {{1, 2}}  # {HOSTILE}\ntarget y = x\nweight w := 0.5\nE = ½(w·x − y)²\n"
    page = opened(made(cr.Model(text, name=f"{HOSTILE}.eq"), "hostile", steps=20))
    assert page.run("document.title").endswith(HOSTILE)
    assert page.run("document.querySelectorAll('script').length") == 2
    assert page.text("h1") == HOSTILE
    page.click("#b-step")
    page.click("#b-csv")
    assert page.run("document.querySelectorAll('img').length") == 0
