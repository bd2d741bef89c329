"""The page of a story: whole, self-contained, and closed to whatever its user typed."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser

import pytest

from chainrule.explain import explain
from chainrule.explain.tell.report import Picture
from chainrule.train.run import Run

HOSTILE = '# </pre><script>alert(1)</script> <img src=x onerror="alert(2)">\n'
TEXT = HOSTILE + "data x in {1, 2}\ntarget y = 3·x\nweight w := 1\nconst α := 0.02\nŷ = w·x\nE = ½(ŷ − y)²"
EMPTY = {"meta", "br", "img", "hr", "link", "input"}


class Outline(HTMLParser):
    """Which elements a page has, and whether each is closed where it should be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += attrs
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def run(trained: Callable[..., Run]) -> Run:
    return trained(TEXT, steps=50)


def test_the_page_has_everything_of_the_story(run: Run) -> None:
    story = explain(run)
    text = unescape(story.html())
    for question, answer in story.questions:
        assert question in text
        assert answer in text
    for claim in story.claims:
        assert claim.statement in text
        assert all(line in text for line in claim.lines)
    assert TEXT.strip() in text


def test_nothing_that_was_typed_becomes_an_element(run: Run) -> None:
    found = Outline(explain(run).html())
    assert found.open == []
    assert not {"script", "img", "iframe", "object", "link"} & set(found.names)
    assert not [name for name, _ in found.attributes if name.startswith("on") or name in ("style", "src", "href")]


def test_the_policy_allows_the_one_style_and_nothing_else(run: Run) -> None:
    page = explain(run).html()
    (style,) = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in page
    assert "http:" not in page
    assert "https:" not in page


def test_the_tests_are_folded_and_chosen_claims_are_not(run: Run) -> None:
    before, fold, tests = explain(run).html().partition('<details class="tests"><summary>')
    assert fold
    assert "Where does it end?</dt>" in before
    assert '<section class="claim' not in before
    assert tests.count('<section class="claim') == len(explain(run).claims)
    assert '<details class="tests" open>' in explain(run, claims=["sign"]).html()


def test_a_picture_stands_with_its_words(run: Run) -> None:
    picture = Picture("E over w", "<svg><title>curve</title></svg>", "It falls where w < 3.")
    page = explain(run).html([picture])
    assert "<figure><svg><title>curve</title></svg>" in page
    assert "It falls where w &lt; 3." in page


def test_a_claim_that_is_not_as_hoped_is_marked_by_more_than_colour(trained: Callable[..., Run]) -> None:
    page = explain(trained("weight w := 1\nconst α := 0.7\nE = ½·3·w²", steps=60)).html()
    assert 'aria-label="not as hoped">!</span>' in page
    assert 'aria-label="as hoped">✓</span>' in page
