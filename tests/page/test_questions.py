"""The questions of a page: what stands there is recomputed or taken away when settings or position change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.page.browser import Page
from tests.page.conftest import Made, Opened

import chainrule as cr
from chainrule.explain.measure.context import Context
from chainrule.page.live.interpret import told
from chainrule.page.live.probes import Probes
from chainrule.page.live.table import table
from chainrule.page.questions import ASKED, together
from chainrule.train.run import Run

ANSWERS = """Object.fromEntries([...document.querySelectorAll("#questions [data-asked]")].map((e) => [
  e.dataset.asked, [e.querySelector(".answer").textContent, e.querySelector(".mark").textContent]]))"""
TITLES = "[...document.querySelectorAll('#questions dt')].map((e) => e.textContent)"
WAITS = "[...document.querySelectorAll('#questions .answer')].every((e) => e.textContent !== '…')"
SIGNS = {True: "✓", False: "!", None: "?"}


def answers(page: Page) -> dict[str, list[str]]:
    """By question the answer and its mark, when nothing is being computed."""
    page.run("new Promise((done) => setTimeout(done, 60))")
    page.until(WAITS)
    found: dict[str, list[str]] = page.run(ANSWERS)
    return found


def wanted(run: Run, k: int) -> dict[str, list[str]]:
    """What Python tells of a run at a position."""
    probes, found = Probes(Context(run), k), {}
    for name, _, live in ASKED:
        if live:
            with np.errstate(all="ignore"):
                every = told(table(), probes, live)
            found[name] = [" ".join(one.text for one in every), SIGNS[together({one.holds for one in every})]]
    return found


def lived(found: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: found[name] for name, _, live in ASKED if live}


@pytest.mark.parametrize(
    ("name", "fragment", "how", "k"),
    [
        ("identity", "#k=1&a=2", {"rate": 2.0}, 1), ("identity", "#k=0&a=100", {"rate": 100.0}, 0),
        ("identity", "#k=3&a=-1", {"rate": -1.0}, 3), ("identity", "#k=2&w.w=0.25", {"start": {"w": 0.25}}, 2),
        ("identity", "#k=2&order=all&w.w=0.9", {"batch": "all", "start": {"w": 0.9}}, 2),
        ("xor", "#k=7&a=3.5", {"rate": 3.5}, 7), ("line", "#k=4&a=0.9&order=shuffled&seed=3",
         {"rate": 0.9, "batch": "shuffled", "seed": 3}, 4),
    ],
)  # fmt: skip
def test_after_a_change_python_and_the_page_say_the_same(
    name: str, fragment: str, how: dict[str, Any], k: int, opened: Opened, made: Made
) -> None:
    page = opened(made(name, steps=60), fragment)
    run = cr.example(name).train(**{"steps": 60, **how})
    assert lived(answers(page)) == wanted(run, min(k, run.steps))


def test_what_nothing_has_changed_of_stands(opened: Opened, made: Made) -> None:
    """The story's own answers, until what they need is another."""
    path = made("identity", questions=True)
    story = cr.example("identity").explain()
    page = opened(path)
    first = answers(page)
    assert [answer for answer, _ in first.values()] == [answer for _, answer in story.questions]
    page.click("#b-step")
    later = answers(page)
    other = {name for name in first if first[name] != later[name]}
    assert other == {"update", "sign", "patterns", "steepest", "vanish"}
    assert later["dead"] == first["dead"]
    page.click("#b-back")
    assert answers(page) == first
    page.fill("#s-rate-n", "2")
    changed = answers(page)
    assert changed["dead"] == first["dead"]
    said = "Not known for these settings. This finds out: chainrule explain identity --rate 2"
    assert changed["order"] == [said, "?"]
    assert changed["end"] != first["end"]
    page.click("#b-reset")
    assert answers(page) == first


def test_without_a_story_the_claims_stand_from_the_start(opened: Opened, made: Made) -> None:
    page = opened(made("xor", steps=60))
    run = cr.example("xor").train(steps=60)
    assert lived(answers(page)) == wanted(run, 0)
    assert answers(page)["dead"][1] == "?"


def test_the_command_has_every_setting_that_was_changed(opened: Opened, made: Made) -> None:
    page = opened(made("line", steps=60), "#a=0.25&order=all&seed=7&steps=9&w.w=0.5")
    command = answers(page)["order"][0].partition("finds out: ")[2]
    for part in ("chainrule explain line", "--rate 0.25", "--batch all", "--seed 7", "--steps 9", "--start w=0.5"):
        assert part in command, command


def test_the_questions_of_the_page_are_those_of_the_story(opened: Opened, made: Made) -> None:
    story = cr.example("identity").explain()
    page = opened(made("identity", questions=True))
    assert page.run(TITLES) == [question for question, _ in story.questions]
    up = cr.Model("weight w := 3\nE = −(w − 1)²\nmaximise E", name="up.eq")
    page = opened(made(up, "up", questions=True, rate=0.1, steps=9))
    assert page.run(TITLES) == [question for question, _ in up.explain(rate=0.1, steps=9).questions]
