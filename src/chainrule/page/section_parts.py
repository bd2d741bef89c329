"""What the sections of the page share: what they speak of, and how buttons and tables are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from chainrule.explain.story import Story
from chainrule.page.deferred import Later
from chainrule.page.formulas import Formulas
from chainrule.page.graph import Net
from chainrule.page.lesson import Lesson
from chainrule.page.markup import Markup, el
from chainrule.page.series import Series
from chainrule.page.subject import Subject
from chainrule.page.words import StepRow, Words
from chainrule.values import dataclass

GLYPHS = {1: ("fw", "→"), 2: ("er", "◆"), 3: ("bw", "←"), 4: ("up", "↻")}
"""Colour and sign of each phase."""


@dataclass(frozen=True, slots=True)
class Page:
    """Everything the sections speak of."""

    subject: Subject
    words: Words
    formulas: Formulas
    graph: Net | None
    series: Series
    story: Story | None
    name: str
    question: str
    missing: Mapping[str, str]
    lesson: Lesson
    later: Later = field(default_factory=Later)

    def hides(self, part: str) -> bool:
        """Whether the teacher leaves a part away."""
        return part in self.lesson.options.hide

    def say(self, key: str, **places: object) -> str:
        return self.words.say(key, **places)


def button(id: str, text: str, kind: str = "", **attributes: str) -> Markup:
    more = {name.replace("_", "-"): value for name, value in attributes.items()}
    return el("button", {"id": id, "type": "button", "class": kind or None, **more}, text)


def folded(page: Page, words: Markup) -> Markup:
    return el("details", {}, el("summary", {}, page.say("words")), words)


def table(rows_: list[StepRow], head: list[Markup], id: str, label: str) -> Markup:
    """A table of rows; the present one is marked."""
    body = [
        el(
            "tr",
            {"aria-current": "true" if row.now else None, "data-row": row.of},
            *(el("td", {}, ("▸ " if row.now and not place else "") + cell) for place, cell in enumerate(row.cells)),
        )
        for row in rows_
    ]
    inside = el("table", {"id": id}, el("thead", {}, el("tr", {}, *head)), el("tbody", {}, *body))
    return el("div", {"class": "tablebox", "tabindex": 0, "role": "group", "aria-label": label}, inside)


def th(text: str, q: str | None = None) -> Markup:
    return el("th", {"scope": "col", "data-q": q}, text)
