"""A training, its derivations and a teacher's options → what the page has for learning: practice and statements."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import field
from typing import Any

from chainrule.derive import Derivation
from chainrule.model.model import Model
from chainrule.page import link
from chainrule.page.cards import Card
from chainrule.page.options import Options
from chainrule.page.practice import practice
from chainrule.page.sentences import Strings
from chainrule.values import dataclass

MOST = 60_000
"""Characters of practice that a page holds; the weight that it opens with comes first."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """Options, the derivations whose lines can be hidden, statements to judge, and the functions that reading needs."""

    options: Options = field(default_factory=Options)
    practices: tuple[dict[str, Any], ...] = ()
    cards: tuple[Card, ...] = ()

    def json(self) -> dict[str, Any]:
        """What the script reads."""
        return {
            "options": self.options.json(),
            "practice": {one["weight"]: one for one in self.practices},
            "cards": [one.json() for one in self.cards],
            "link": dict(link.form()),
        }

    def functions(self) -> list[str]:
        """The elementary functions that a learner's lines may call."""
        named = dict.fromkeys(name for one in self.practices for name in one["elementary"])
        return [*named, "power"] if self.practices else []


def lesson(
    model: Model, derivations: Sequence[Derivation], strings: Strings, first: str, options: Options,
    cards: Iterable[Card] = (),
) -> Lesson:  # fmt: skip
    """The lesson of a page that opens with one weight."""
    found, size = list[dict[str, Any]](), 0
    for one in sorted(derivations, key=lambda one: one.goal.wrt[0].name != first):
        made = practice(model, one, strings)
        size += len(json.dumps(made, ensure_ascii=False)) if made else 0
        if made is not None and (size <= MOST or not found):
            found.append(made)
        if size > MOST:
            break
    return Lesson(options, tuple(found), tuple(cards))
