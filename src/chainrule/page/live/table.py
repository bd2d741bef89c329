"""claims.toml and a strings table → the claims as trees, every name, word and place looked up beforehand."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from chainrule.page.live.grammar import Refused, Tree, tree
from chainrule.page.live.looks import PROBES
from chainrule.page.live.words import LAZY, PLAIN
from chainrule.values import dataclass

NEEDS = ("model", "data", "rule", "order", "rate", "start", "k")
"""What a sentence may depend on."""
FACTS = frozenset((
    "weights", "patterns", "sense", "trial_steps", "chained", "own_name", "error", "total", "rate_name", "op", "bare",
    "k", "step", "steps", "stepped", "rate", "trial_rate", "plain", "boxed", "pass", "rows", "all", "pattern",
    "visited", "at", "after", "start", "end", "bottom", "ceiling", "left", "left_step", "way",
))  # fmt: skip
"""What claims know without looking; `probes.Probes.facts` and claims.js give them."""
VERDICTS: Mapping[str, bool | None] = {"holds": True, "denied": False, "not known": None}
PLACE = re.compile(r"\{(\w+)\}")



@dataclass(frozen=True, slots=True)
class Case:
    """A row: what has to be so, what is then told of the claim, and the keys of the sentences; ``@part`` is a row of
    a part of the claim, the first that is so."""

    when: Tree
    holds: bool | None
    say: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Live:
    """A claim: what it depends on, its expressions by name, its rows, and rows of sentences by the name of a part."""

    id: str
    needs: tuple[str, ...]
    finding: Mapping[str, Tree]
    cases: tuple[Case, ...]
    parts: Mapping[str, tuple[Case, ...]]


@dataclass(frozen=True, slots=True)
class ClaimTable:
    """All claims, the expressions that they share, and the sentences."""

    claims: Mapping[str, Live]
    embedded: Mapping[str, tuple[str, ...]]
    """what claims depend on that a page does not compute again"""
    common: Mapping[str, Tree]
    forms: Mapping[str, str]
    """of sentences of two forms, KEY.one and KEY.many, the number that chooses"""
    strings: Mapping[str, str]

    def json(self) -> dict[str, Any]:
        """What stands in a page, beside its strings."""
        return {
            "common": dict(self.common), "forms": dict(self.forms),
            "embedded": {id: list(needs) for id, needs in self.embedded.items()},
            "claims": {
                id: {
                    "needs": list(one.needs), "finding": dict(one.finding), "cases": list(map(row, one.cases)),
                    "parts": {name: list(map(row, cases)) for name, cases in one.parts.items()},
                }
                for id, one in self.claims.items()
            },
        }  # fmt: skip


def row(case: Case) -> dict[str, Any]:
    return {"when": case.when, "holds": case.holds, "say": list(case.say)}


@cache
def table() -> ClaimTable:
    """The table that comes with the package, with its English sentences."""
    room = files("chainrule.page")
    text = room.joinpath("live", "claims.toml").read_text("utf-8")
    return read(text, json.loads(room.joinpath("strings", "en", "claims.json").read_text("utf-8")))


def read(text: str, strings: Mapping[str, str]) -> ClaimTable:
    """The table of a text; `Refused` where a name, a word, a key or a place is not there."""
    given = tomllib.loads(text)
    tolerances = {name: float(one["is"]) for name, one in given.pop("tolerance").items()}
    common: dict[str, Tree] = {**tolerances, **trees(given.pop("common"))}
    forms = dict(given.pop("forms"))
    embedded = {id: tuple(needs) for id, needs in given.pop("embedded").items()}
    claims = {id: claim(id, one) for id, one in given.items()}
    found = ClaimTable(claims, embedded, common, forms, strings)
    check(found)
    return found


def trees(given: Mapping[str, str]) -> dict[str, Tree]:
    return {name: tree(text) for name, text in given.items()}


def claim(id: str, given: Mapping[str, Any]) -> Live:
    parts = {name: cases(rows) for name, rows in given.get("parts", {}).items()}
    return Live(id, tuple(given["needs"]), trees(given.get("finding", {})), cases(given["cases"]), parts)


def cases(rows: list[Mapping[str, Any]]) -> tuple[Case, ...]:
    return tuple(Case(tree(row["when"]), VERDICTS[row.get("is", "not known")], tuple(row["say"])) for row in rows)


# ---- what is wrong with a table ----------------------------------------------------------------------------------


def check(found: ClaimTable) -> None:
    """Refuses a table in which something is asked for that is not there."""
    used: set[str] = set()
    for one in found.claims.values():
        known = FACTS | set(found.common) | set(one.finding)
        every = [*one.cases, *(case for part in one.parts.values() for case in part)]
        for expression in (*one.finding.values(), *(case.when for case in every)):
            looked(expression, known, one.id)
        if not one.cases or one.cases[-1].when != 1.0:
            raise Refused(f"{one.id}: the last row is always so: when = '1'")
        for key in (key for case in every for key in case.say):
            if key.startswith("@"):
                if key[1:] not in one.parts:
                    raise Refused(f"{one.id}: no part is called {key}")
                continue
            own = [f"{key}.one", f"{key}.many"] if key in found.forms else [key]
            used |= {*own, *([key] if key in found.forms else ())}
            if lacking := [text for text in own if text not in found.strings]:
                raise Refused(f"{one.id}: no sentence is called {lacking[0]}")
            asked = {place for text in own for place in PLACE.findall(found.strings[text])}
            for place in (asked | {found.forms.get(key, "k")}) - known:
                raise Refused(f"{key}: nothing is called {place}")
    for expression in found.common.values():
        looked(expression, FACTS | set(found.common), "common")
    for needs in (*(one.needs for one in found.claims.values()), *found.embedded.values()):
        if set(needs) - set(NEEDS):
            raise Refused(f"{needs}: not all of these are {NEEDS}")
    if spare := set(found.strings) - used :
        raise Refused(f"no row says {', '.join(sorted(spare))}")


def looked(expression: Tree, known: set[str] | frozenset[str], where: str) -> None:
    """Whether every name and word of an expression is known, and has as many arguments as it takes."""
    if isinstance(expression, str) and expression not in known:
        raise Refused(f"{where}: nothing is called {expression}")
    if not isinstance(expression, list) or expression[0] == "text":
        return
    word, *arguments = expression
    if word != "list":
        takes = {**LAZY, **{word: one[0] for word, one in (*PLAIN.items(), *PROBES.items())}}.get(str(word))
        if takes is None:
            raise Refused(f"{where}: no word is called {word}")
        if takes != len(arguments):
            raise Refused(f"{where}: {word} takes {takes} arguments")
    for argument in arguments:
        looked(argument, known, where)
