"""A learner's session, played through in the browser: predict, step, drag, overshoot, fill in, hand in, open again."""

from __future__ import annotations

import json
from pathlib import Path

from tests.page.browser import Page
from tests.page.conftest import Made, Opened

import chainrule as cr


def link(page: Page) -> str:
    """The fragment, after it was written."""
    page.run("new Promise((done) => setTimeout(done, 400))")
    return str(page.run("location.hash"))


def answer(page: Page, text: str) -> str:
    """An answer chosen; what is said then."""
    texts = page.run("[...document.querySelectorAll('#ask button')].map((e) => e.innerText)")
    place = texts.index(text) if text in texts else -1
    assert place >= 0, page.text("#ask")
    page.click("#ask button", place)
    return page.text("#ask")


def test_a_learner_predicts_steps_drags_fills_in_and_hands_in(opened: Opened, made: Made) -> None:
    model = cr.example("identity")
    page = opened(made("identity"))
    # predict, twice
    page.click("#c-ask")
    page.click("#b-step")
    assert page.text("#where").startswith("after 2 of")
    assert "Which way will w go?" in page.text("#ask")
    said = answer(page, "it stays")
    assert said.startswith("As you said: w stayed: the slope is 0")
    assert said.endswith("1 of 1 as you said")
    page.click("#b-step")
    ask = page.text("#ask")
    assert "By about how much will w change?" in ask
    assert "0.5" not in page.text(".phases li[data-phase='4']")  # the update is not told yet
    said = answer(page, ask.split("change? ")[1].split(" ")[0])
    assert "The change is the rate times the slope" in said
    assert "of 2 as you said" in said
    page.click("#c-ask")
    # step, drag w, and a rate that goes too far
    page.click("#b-step")
    assert page.text("#where").startswith("after 4 of")
    page.drag("#f-curve svg", 0.3)
    assert page.run("Number(document.querySelector('#s-start-n').value)") < 0.4
    page.fill("#s-rate-n", "40")
    assert "the box puts it back" in page.text("#say")
    # fade the last line, forget x, mend it
    page.click("#b-reset")
    page.click("#fade-1")
    assert page.run("document.querySelectorAll('.derivation .fill input').length") == 1
    assert page.run("document.querySelector('.derivation li[data-line=\"6\"] .formula').hidden")
    page.fill(".fill input", "(ŷ − y)·(1 − ŷ)·ŷ")
    page.key("Enter")
    assert page.text(".fill .verdict").startswith("Not equal: you dropped the factor x")
    page.fill(".fill input", "(ŷ − y)·x·(1 − ŷ)·ŷ")
    page.click(".fill button.main")
    assert page.run("document.querySelector('.derivation li[data-line=\"6\"] .formula').hidden") is False
    assert "Equal in value" in page.text(".derivation li[data-line='6'] .verdict")
    # hand it in: the link alone says what was typed, here and to Python
    found = link(page)
    assert [line.right for line in cr.grade(model, f"file:///somewhere.html{found}")] == [True]
    again = opened(made("identity"), found)
    assert again.text("#where") == page.text("#where")
    assert again.run("document.querySelector('#fade-1').checked")
    assert again.run("document.querySelectorAll('.derivation .fill input').length") == 0
    assert link(again) == found


def test_the_rules_are_hidden_and_a_wrong_one_is_answered(opened: Opened, made: Made) -> None:
    page = opened(made("identity"))
    page.click("#fade-rule")
    first = ".derivation li[data-line='1']"
    assert page.run(f"document.querySelectorAll(\"{first} .fill button\").length") == 3
    for place in range(3):
        if page.run(f"document.querySelectorAll(\"{first} .fill button\")[{place}]?.innerText") == "definition":
            page.click(f"{first} .fill button", place)
    assert "that would put in what a name stands for" in page.text(f"{first} .verdict")
    page.click("#fade-0")
    assert page.run("document.querySelectorAll('.derivation .fill').length") == 0
    page.click("#fade-2")
    page.click(".fill .buttons button:not(.main)")
    assert page.run("document.querySelectorAll('.derivation .fill input').length") == 1


def test_a_link_of_another_model_says_so(opened: Opened, made: Made) -> None:
    page = opened(made("identity"), "#m=0123456789abcdef&a=7")
    assert "another model" in page.text("#state")
    assert page.text("#where") == "after 1 of 32 steps"


def test_statements_are_judged(opened: Opened, made: Made) -> None:
    page = opened(made("identity"))
    assert page.run("document.querySelectorAll('#cards .card').length") == 4
    page.click("#cards .card button")
    assert page.text("#cards .card").count("Not so.") == 1


OPTIONS = """
open = {k = 3, tab = "curve", symbol = "ŷ"}
hide = ["questions", "rate", "downloads"]
fix = {start = {w = 0.25}}
predict = true
[[question]]
after = 3
ask = "Is a < b?"
answers = ["yes", "no"]
right = 2
because = "It is text & stays text."
[text]
lead = "Hello, class."
"""


def test_a_teacher_decides_how_it_opens(opened: Opened, tmp_path: Path) -> None:
    options = tmp_path / "o.toml"
    options.write_text(OPTIONS, "utf-8")
    path = cr.example("identity").page(tmp_path / "p.html", options=options, exercise=True)
    page = opened(path)
    assert page.text("#where").startswith("after 3 of")
    assert page.text(".lead").startswith("Hello, class.")
    assert page.run("document.querySelector('#c-ask').checked && document.querySelector('#fade-1').checked")
    assert page.run("document.querySelector('#questions')") is None
    assert page.run("document.querySelector('#b-csv')") is None
    assert "Is a < b?" in page.text("#ask")
    assert answer(page, "yes").startswith("You said yes. It is text & stays text.")
    assert page.run("[...document.querySelectorAll('.fill button')].some((e) => e.innerText === 'Show it')") is False
    before = page.text("#chips")
    page.drag("#f-curve svg", 0.9)
    assert page.run("Number(document.querySelector('#s-start-n').value)") == 0.25
    assert "0.25" not in before


def test_a_page_speaks_the_language_of_its_sentences(opened: Opened, tmp_path: Path) -> None:
    table = tmp_path / "x.json"
    table.write_text(json.dumps({"language": "de", "step": "Ein Schritt", "fade.1": "letzte Zeile verbergen"}), "utf-8")
    page = opened(cr.example("identity").page(tmp_path / "p.html", strings=table, questions=False))
    assert page.text("#b-step") == "Ein Schritt"
    assert "letzte Zeile verbergen" in page.text("#fade")
    assert page.run("document.documentElement.lang") == "de"
