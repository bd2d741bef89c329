"""The table of claims and probes → what is told of each claim: holds, denied or not known, and why; as claims.js."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field

import numpy as np

from chainrule.explain.wording import num
from chainrule.page.live.grammar import Tree
from chainrule.page.live.looks import PROBES
from chainrule.page.live.probes import Probes
from chainrule.page.live.table import PLACE, Case, ClaimTable, Live
from chainrule.page.live.words import PLAIN, Value
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found: ``holds`` is None where it is not known; ``known`` has every number that was looked at."""

    id: str
    holds: bool | None
    keys: tuple[str, ...]
    text: str
    known: Mapping[str, Value] = field(default_factory=dict, repr=False)


def told(table: ClaimTable, probes: Probes, ids: Iterable[str] | None = None) -> tuple[Outcome, ...]:
    """Each claim, or some of them, at one position."""
    with np.errstate(all="ignore"):
        return tuple(found(table, table.claims[id], probes) for id in (table.claims if ids is None else ids))


def found(table: ClaimTable, claim: Live, probes: Probes) -> Outcome:
    """One claim: the first of its rows that is so."""
    scope = Scope({**table.common, **claim.finding}, probes)
    case = first(claim.cases, scope)
    keys = tuple(said(claim, case, scope))
    text = " ".join(filled(table, key, scope) for key in keys)
    return Outcome(claim.id, case.holds, keys, text, {name: scope.known[name] for name in sorted(scope.known)})


def first(cases: tuple[Case, ...], scope: Scope) -> Case:
    return next(case for case in cases if holds(scope.value(case.when)))


def said(claim: Live, case: Case, scope: Scope) -> Iterator[str]:
    """The keys of a row, and of the rows of parts that it names."""
    for key in case.say:
        if key.startswith("@"):
            yield from said(claim, first(claim.parts[key[1:]], scope), scope)
        else:
            yield key


def filled(table: ClaimTable, key: str, scope: Scope) -> str:
    """A sentence with its places filled: numbers as all sentences have them."""
    if key in table.forms:
        key += ".one" if scope.named(table.forms[key]) == 1 else ".many"
    return PLACE.sub(lambda place: shown(scope.named(place[1])), table.strings[key])


def holds(value: Value) -> bool:
    """Whether a truth is one: a number that is none is not."""
    return bool(value == value and value != 0)


def shown(value: Value) -> str:
    return value if isinstance(value, str) else num(value)


class Scope:
    """Names and what they are, found when first wanted."""

    def __init__(self, trees: Mapping[str, Tree], probes: Probes) -> None:
        self.trees, self.probes, self.facts = trees, probes, probes.facts
        self.known: dict[str, Value] = {}

    def named(self, name: str) -> Value:
        if name in self.trees:
            if name not in self.known:
                self.known[name] = self.value(self.trees[name])
            return self.known[name]
        found = self.facts[name]
        return np.float64(found) if isinstance(found, float) else found

    def value(self, tree: Tree) -> Value:
        """What an expression is."""
        if isinstance(tree, str):
            return self.named(tree)
        if not isinstance(tree, list):
            return np.float64(tree)
        word, *arguments = tree
        match word:
            case "text":
                return str(arguments[0])
            case "list":
                return np.array([self.value(one) for one in arguments], np.float64)
            case "and" | "or":
                left = holds(self.value(arguments[0]))
                settled = left == (word == "or")
                return np.float64(left if settled else holds(self.value(arguments[1])))
            case "not":
                return np.float64(not holds(self.value(arguments[0])))
            case "choose":
                return self.value(arguments[1 if holds(self.value(arguments[0])) else 2])
        given = [self.value(one) for one in arguments]
        if word in PROBES:
            result = PROBES[str(word)][1](self.probes, *given)
        else:
            result = PLAIN[str(word)][1](*given)
        return np.float64(result) if isinstance(result, (float, int)) else result
