"""The page is the same text before its script runs and after it, and says what Python computed."""

from __future__ import annotations

import pytest
from tests.page.conftest import Made, Opened

import chainrule as cr

READ = """(() => {
  const walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT), found = [];
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement, text = walk.currentNode.data.replace(/\\s+/g, " ").trim();
    if (text && !e.closest("style, script, .needs-js, [hidden], #spoken")) found.push(text);
  }
  return found;
})()"""
"""Every text of the main part that is no control; what is hidden is left out, what is folded is not."""

EXAMPLES = ("identity", "identity-bias", "and", "or", "xor", "mazur", "line", "growth")


def seen(opened: Opened, made: Made, name: str, scripts: bool, **how: object) -> list[str]:
    """The words, in the order of the alphabet: where they stand in a drawing is another matter."""
    page = opened(made(name, **how), scripts=scripts)
    return sorted(word for text in page.run(READ) for word in text.split())


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_script_draws_the_text_that_was_there(name: str, opened: Opened, made: Made) -> None:
    before, after = seen(opened, made, name, False), seen(opened, made, name, True)
    assert before == after


@pytest.mark.parametrize("name", ["identity", "digits"])
def test_no_control_is_seen_that_would_do_nothing(name: str, opened: Opened, made: Made) -> None:
    page = opened(made(name, **({"steps": 30} if name == "digits" else {})), scripts=False)
    dead = "[...document.querySelectorAll('button, input, select, textarea, [role=slider], .needs-js')]"
    assert page.run(f"{dead}.filter((e) => e.checkVisibility()).map((e) => e.outerHTML.slice(0, 120))") == []


def test_it_opens_at_the_first_step_that_moves_a_weight(opened: Opened, made: Made) -> None:
    page = opened(made("identity"))
    assert page.text("#h-step") == "Step 2 looks at pattern 1: x = 1, y = 1"
    assert "So w goes up, by 0.04436, to 0.5444." in page.text("#say")
    assert page.text("#where") == "after 1 of 32 steps"
    page.click("#b-step")
    assert page.text("#where") == "after 2 of 32 steps"
    assert "because x = 0 is a factor of it" in page.text("#say")


def test_a_text_says_what_python_computed(opened: Opened, made: Made) -> None:
    run = cr.example("xor").train()
    page = opened(made("xor"), "#k=700")
    row = page.run("[...document.querySelectorAll('#trace tbody tr[aria-current] td')].map((e) => e.innerText)")
    from chainrule.explain.wording import num

    weight = page.run("document.querySelector('#trace th:nth-child(3)').innerText").split()[0].replace("₀", "0")
    assert row[2] == num(run.trace[weight][700])
    assert row[4] == num(run.trace[weight][701])
