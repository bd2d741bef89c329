"""Sentences of the page, by key, with named places; a table may be replaced by another language's."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.resources import files

from chainrule.derive.sentences import SENTENCES, Language

PLACE = re.compile(r"\{(\w+)\}")

CLAIMS = "claims.json"
"""Sentences of claims have keys of their own: here they stand behind ``claims.``."""


class Strings:
    """The tables of one language; a key that is missing falls back to English and is listed."""

    def __init__(self, own: Mapping[str, str] | None = None) -> None:
        english = read("en")
        self.missing = tuple(key for key in english if own is not None and key not in own)
        self.table: dict[str, str] = {**english, **(own or {})}

    def say(self, key: str, **places: object) -> str:
        """A sentence with its places filled, in one pass: what is put in is never read again.

        >>> Strings().say("after", k=1, K=32)
        'after 1 of 32 steps'
        """
        return PLACE.sub(lambda found: str(places[found[1]]), self.table[key])

    def of(self, *stems: str) -> dict[str, str]:
        """The sentences whose keys begin with one of the stems.

        >>> sorted(Strings().of("ask.tally"))
        ['ask.tally']
        """
        return {key: said for key, said in self.table.items() if key.startswith(stems)}

    def derived(self) -> Language:
        """How derivations speak.

        >>> Strings().derived().sentences["sum-rule"][0]
        'sum rule'
        """
        said = {key.removeprefix("derived."): text for key, text in self.table.items() if key.startswith("derived.")}
        pairs = {key: (text, said[f"{key}.said"]) for key, text in said.items() if f"{key}.said" in said}
        verbs = {key: (said[f"{key}.one"], said[f"{key}.many"]) for key in pairs if f"{key}.one" in said}
        words = {key.removeprefix("what."): text for key, text in said.items() if key.startswith("what.")}
        return Language({**SENTENCES, **pairs}, said["and"], verbs, words, said["alias"])

    def total(self, reduced: str | None, name: str, patterns: int) -> str:
        """How the goal over all patterns is called.

        >>> Strings().total("mean", "E", 2), Strings().total(None, "E", 2)
        ('mean E', 'E')
        """
        return self.say(f"total.{reduced}", E=name) if reduced is not None and patterns > 1 else name

    def many(self, key: str, n: int) -> str:
        """One of two forms.

        >>> Strings().many("weights", 1), Strings().many("weights", 9)
        ('1 weight', '9 weights')
        """
        return self.say(f"{key}.{'one' if n == 1 else 'many'}", n=n)


def read(language: str) -> dict[str, str]:
    """All tables of a language that come with the package, as one."""
    folder = files("chainrule.page").joinpath("strings", language)
    found: dict[str, str] = {}
    for table in sorted(folder.iterdir(), key=lambda one: one.name):
        if table.name.endswith(".json"):
            own: dict[str, str] = json.loads(table.read_text("utf-8"))
            found |= {f"claims.{key}": said for key, said in own.items()} if table.name == CLAIMS else own
    return found
