"""The sentences of the page: complete, with the same places in each language, and never HTML."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.page.conftest import Made, Opened
from tests.page.node import MODULES
from tests.page.stale import SEEN

import chainrule as cr
from chainrule.derive.judge.slips import SLIPS
from chainrule.derive.sentences import ENGLISH, SENTENCES
from chainrule.errors import UsageError
from chainrule.explain.measure.context import Context
from chainrule.page.sentences import PLACE
from chainrule.page.strings import english, languages, load, merged

SAME = {
    "direction", "size", "about.value", "curve.now", "pattern.value", "training", "fade.both", "looks.bare", "end.left",
    "phase.2", "ask.next", "say.error", "questions.wait",
}  # fmt: skip
"""Sentences that may be the same in another language."""


def test_the_sentences_of_slips_are_those_of_the_judge() -> None:
    assert english().of("slip.") == {f"slip.{one}": slip.sentence for one, slip in SLIPS.items()} | english().of(
        "slip.short."
    )


def test_two_forms_come_together() -> None:
    table = english().table
    own = [key for key in table if key.endswith(".one") and not key.startswith("claims.")]
    stems = [key.removesuffix(".one") for key in own]
    assert [stem for stem in stems if f"{stem}.many" not in table and stem not in table] == []


def test_no_sentence_of_these_modules_is_missing() -> None:
    """Keys that stand in the modules for learning, whole or up to a place."""
    table = english().table
    for module in ("ask", "fade", "reader", "tokens", "repairs", "link"):
        text = (MODULES / f"{module}.js").read_text("utf-8")
        for key in re.findall(r'say\("([\w.-]+)"', text) + re.findall(r'"(read\.[\w.]+)"', text):
            assert key in table, (module, key)
        for start in re.findall(r"say\(`([\w.-]+\.)\$", text) + re.findall(r"`(read\.)\$", text):
            assert any(key.startswith(start) for key in table), (module, start)


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ({"ask.taly": "x"}, "E056", "did you mean ask.tally?"),
        ({"nothing at all": "x"}, "E056", "leave this one out"),
        ({"ask.tally": "{r}"}, "E057", "{n} is missing"),
        ({"ask.tally": "{r} {n} {w}"}, "E057", "{w} is not known here"),
        ({"ask.up": "<b>auf</b>"}, "E057", "looks like HTML"),
        ({"ask.up": "auf\u202e"}, "E057", "not seen"),
        ({"ask.up": "a\nb"}, "E057", "not seen"),
        ({"ask.up": ""}, "E057", "no sentence"),
        ({"ask.up": 3}, "E057", "no sentence"),
        ({"ask.up": "x" * 2001}, "E057", "longer than"),
        ([], "E057", "not a table"),
    ],
)
def test_what_cannot_stand_there_is_refused(given: Any, code: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        merged(given, "de.json")
    assert caught.value.code == code
    assert said in str(caught.value)


def test_a_file_replaces_what_it_has_and_the_rest_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "de.json"
    path.write_text(json.dumps({"ask.tally": "{r} von {n} wie gesagt"}), "utf-8")
    found = load(path)
    assert found.say("ask.tally", r=1, n=2) == "1 von 2 wie gesagt"
    assert found.say("ask.up") == "up"
    assert "ask.up" in found.missing
    assert "ask.tally" not in found.missing
    with pytest.raises(UsageError, match="cannot be read"):
        load(tmp_path / "none.json")
    with pytest.raises(UsageError, match="no sentences in xx"):
        load("xx")


@pytest.mark.parametrize("language", languages())
def test_a_language_that_comes_along_is_whole(language: str) -> None:
    found = load(language)
    assert found.missing == ()
    for key, said in found.table.items():
        assert set(PLACE.findall(said)) == set(PLACE.findall(english().table[key])), key
        assert language == "en" or key in SAME or alike(key) or said != english().table[key], key


def alike(key: str) -> bool:
    """Sentences of derivations that are mathematics alone."""
    said = english().table[key]
    words = re.sub(r"\{\w+\}|tanh|asinh|sinh|cosh|arctan", "", said)
    return key.endswith(".said") and not re.search(r"[a-z]{4,}", words)


def test_the_sentences_of_derivations_are_those_of_the_rules() -> None:
    said = english().derived()
    assert {key: said.sentences[key] for key in SENTENCES} == SENTENCES
    assert (said.both, said.verbs, said.alias) == (ENGLISH.both, ENGLISH.verbs, ENGLISH.alias)
    assert said.words == {word: word for word in said.words}
    for language in languages():
        assert {f"derived.{key}" for key in SENTENCES} <= load(language).table.keys()


def test_the_whole_is_called_as_in_the_story() -> None:
    context = Context(cr.example("xor").train(steps=1))
    assert english().total(context.reduced, context.goal_name, context.patterns) == context.total_name


LABELS = """[...document.querySelectorAll("[aria-label], [aria-valuetext]")].filter((e) => !e.closest("[hidden]"))
  .flatMap((e) => [e.getAttribute("aria-label"), e.getAttribute("aria-valuetext")]).filter((one) => one !== null)"""
ENGLISH_WORDS = re.compile(r"\b(?:the|and|with|of|this|that|which|weight|pattern|step|slope|every|each|from)\b", re.I)


@pytest.mark.parametrize("language", [one for one in languages() if one != "en"])
def test_nothing_on_a_page_is_left_in_english(language: str, opened: Opened, made: Made) -> None:
    text = cr.example("xor").text.replace("# Exclusive OR", "# XOR")
    text = "\n".join(line.split("#")[0] if not line.startswith("#") else "# XOR" for line in text.splitlines())
    page = opened(made(cr.Model(text, "xor"), f"in {language}", strings=language, steps=60, questions=True))
    page.run("document.querySelector('#more').open = true")
    seen: list[str] = []
    for action in ("", "#b-step", "#b-phase", "#fade-1", "#fade-rule", "#tabs button:nth-child(2)", "#b-help"):
        if action:
            page.click(action)
        seen += page.run(SEEN) + page.run(LABELS)
    page.run("location.hash = '#w.a₁=0.5&k=3'")
    page.until("[...document.querySelectorAll('#questions .answer')].every((e) => e.textContent !== '…')")
    seen += page.run(SEEN)
    seen = [one for one in seen if not one.startswith("# XOR") and "=each" not in one]  # the text, a choice's value
    assert [one for one in seen if ENGLISH_WORDS.search(one)] == []
