"""A story, or none, and live claims → the questions of a learner with what stands there when the page opens.

An answer of the story stands while nothing has changed that its claims need; then claims that are computed again stand
in its place, or, where there are none, that it is not known, and the command that finds out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

from chainrule.page.live.embed import about
from chainrule.page.live.interpret import told
from chainrule.page.live.probes import Probes
from chainrule.page.live.table import ClaimTable, table
from chainrule.page.markup import Markup, el
from chainrule.page.section_parts import Page
from chainrule.values import dataclass

ASKED: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("update", ("update",), ("update",)),
    ("sign", ("sign", "size"), ("sign", "size")),
    ("decrease", ("update", "decrease", "end"), ("decrease",)),
    ("amount", ("step", "amount"), ("amount",)),
    ("patterns", ("decrease", "patterns"), ("patterns",)),
    ("steepest", ("steepest",), ("steepest",)),
    ("dead", ("dead",), ()),
    ("vanish", ("vanish",), ("vanish",)),
    ("end", ("end", "step"), ("end",)),
    ("order", ("order",), ()),
)
"""The questions, in their order: the name, the claims behind the answer of a story, and those that a page tells."""

MARKS = {True: ("up", "✓", "yes"), False: ("bw", "!", "no"), None: ("", "?", "open")}
"""Colour, sign and word, by whether it is as one hopes."""


@dataclass(frozen=True)
class Questions:
    """What is asked and answered on a page."""

    page: Page

    @cached_property
    def live(self) -> dict[str, Any]:
        """What claims.js needs, beside the sentences."""
        return {
            "table": table().json(), "about": about(self.probes), "command": f"chainrule explain {self.page.name}",
            "asked": [{"name": name, "live": list(live), "needs": self.needs(name)} for name, _, live in ASKED],
        }  # fmt: skip

    @cached_property
    def probes(self) -> Probes:
        return Probes(self.page.subject.context, self.page.subject.opening, self.page.words.total)

    @cached_property
    def table(self) -> ClaimTable:
        """The claims, with the sentences of the page."""
        said = self.page.words.strings.table.items()
        own = {key.removeprefix("claims."): text for key, text in said if key.startswith("claims.")}
        return replace(table(), strings=own)

    def needs(self, name: str) -> list[str]:
        """What the answer depends on."""
        known, (_, behind, live) = table(), next(one for one in ASKED if one[0] == name)
        every = [known.claims[id].needs for id in live] or [known.embedded[id] for id in behind]
        return sorted({need for needs in every for need in needs})

    def answers(self) -> Iterator[tuple[str, str, bool | None]]:
        """Of each question its text, the answer, and whether it is as one hopes."""
        story = self.page.story if self.page.story is not None and self.page.story.questions else None
        story = story if self.page.say("language") == "en" else None  # a story is told in English
        hoped = {} if story is None else dict(zip([one.id for one in story.claims], story.as_hoped, strict=True))
        for place, (name, behind, live) in enumerate(ASKED):
            key = f"question.{name}"
            if name == "decrease":
                key += f".{self.page.subject.model.goal.sense}"
            if story is not None:
                yield self.page.say(key), story.questions[place][1], all(hoped.get(id, True) for id in behind)
                continue
            found = told(self.table, self.probes, live)
            if not found:
                yield self.page.say(key), self.unknown, None
                continue
            every = {one.holds for one in found}
            yield self.page.say(key), " ".join(one.text for one in found), together(every)

    @property
    def unknown(self) -> str:
        return self.page.say("questions.unknown", command=self.live["command"])

    def section(self) -> Markup:
        pairs = []
        for (name, _, _), (question, answer, good) in zip(ASKED, self.answers(), strict=True):
            colour, sign, word = MARKS[good]
            label = self.page.say(f"questions.mark.{word}")
            mark = el("span", {"class": f"mark {colour}".strip(), "role": "img", "aria-label": label}, sign)
            inside = el("dd", {}, mark, el("span", {"class": "answer"}, answer))
            pairs.append(el("div", {"data-asked": name}, el("dt", {}, question), inside))
        return el(
            "section",
            {"aria-labelledby": "h-q", "id": "questions"},
            el("h2", {"id": "h-q"}, self.page.say("questions")),
            el("dl", {"class": "qa"}, *pairs),
        )


def together(every: set[bool | None]) -> bool | None:
    """Of claims that are told as one answer: denied where one is, not known where one is not."""
    return False if False in every else None if None in every else True
