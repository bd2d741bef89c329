"""Beliefs about training → statements about this one, each tried: true or not, and why.

The beliefs are those of the gallery of misconceptions that can be tried on any network; what is said of each was found
out on this training, with the settings of the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import islice, pairwise
from math import isfinite
from typing import Any

import numpy as np

from chainrule.errors import ChainruleError
from chainrule.explain.wording import num
from chainrule.page.sentences import Strings
from chainrule.page.subject import Subject
from chainrule.values import dataclass

SHOWN = 4
"""Statements of a page."""
STEPS = 30
"""Steps of which it is asked whether each lowers the error."""
FEW = 200
"""Patterns that are looked at one by one."""


@dataclass(frozen=True, slots=True)
class Card:
    """A statement, whether it holds, and what is said then."""

    statement: str
    holds: bool
    because: str

    def json(self) -> dict[str, Any]:
        return asdict(self)


Trained = Callable[[float], tuple[float, int, bool]]
"""At a rate: the error at the end, the steps made, whether it left the finite numbers."""


def cards(subject: Subject, strings: Strings, trained: Trained | None = None) -> tuple[Card, ...]:
    """Statements that can be tried on this training, the most telling first."""
    try:
        with np.errstate(all="ignore"):
            return tuple(islice(every(subject, strings, trained), SHOWN))
    except ChainruleError:
        return ()


def every(subject: Subject, strings: Strings, trained: Trained | None) -> Iterator[Card]:
    rate = subject.run.rate
    if found := done(subject, strings):
        yield found
    if trained is not None and rate:
        yield faster(subject, strings, rate, trained)
    for found in (others(subject, strings), straight(subject, strings), falls(subject, strings)):
        if found:
            yield found
    if trained is not None and rate:
        yield slower(subject, strings, rate, trained)


def done(subject: Subject, strings: Strings) -> Card | None:
    """A pattern whose slope is exactly 0."""
    if subject.model.goal.each is None or not 2 <= subject.patterns <= FEW:
        return None
    gradients = [subject.program.gradient(name) for name in dict.fromkeys(entry.key for entry in subject.entries)]
    for row in range(subject.patterns):
        found = subject.evaluated(subject.weights(0), [row])
        if any(np.any(found[name]) for name in gradients if name in found) or subject.each not in found:
            continue
        error = float(np.ravel(found[subject.each])[0])
        words = {"E": subject.q(subject.each), "i": row, "e": num(error)}
        said = strings.say("card.done.yes" if error == 0 else "card.done.no", **words)
        return Card(strings.say("card.done", **words), error == 0, said)
    return None


def faster(subject: Subject, strings: Strings, rate: float, trained: Trained) -> Card:
    """A hundred times the rate."""
    was = trained(rate)[0]
    error, steps, left = trained(100 * rate)
    words = {"rate": num(100 * rate), "n": steps, "total": total(subject, strings), "e": num(error), "was": num(was)}
    grew = left or not isfinite(error) or error > 10 * max(was, 1e-300)
    key = "card.diverge.no" if not grew else "card.diverge.yes" if left else "card.diverge.grew"
    if left:
        words["n"] = steps + 1
    return Card(strings.say("card.diverge", **words), grew, strings.say(key, **words))


def slower(subject: Subject, strings: Strings, rate: float, trained: Trained) -> Card:
    """A fifth of the rate."""
    (was, steps, _), (error, _, _) = trained(rate), trained(rate / 5)
    words = {"rate": num(rate / 5), "n": steps, "total": total(subject, strings), "e": num(error), "was": num(was)}
    key = "card.slower.yes" if error < was else "card.slower.no"
    return Card(strings.say("card.slower", **words), error < was, strings.say(key, **words))


def others(subject: Subject, strings: Strings) -> Card | None:
    """Whether the first step that helps its own pattern helps every one."""
    moment = subject.moment(subject.opening)
    if subject.model.goal.each is None or not 2 <= subject.patterns <= FEW or len(moment.rows) != 1 or not moment.after:
        return None
    before, after = (subject.evaluated(weights).get(subject.each) for weights in (moment.before, moment.after))
    if before is None or after is None or np.shape(before) != (subject.patterns,):
        return None
    if subject.context.sense < 0 or not after[moment.shown] < before[moment.shown]:
        return None
    rose = int(np.sum(after > before))
    words = {"E": subject.q(subject.each), "n": moment.k + 1}
    key = "card.patterns.yes" if not rose else f"card.patterns.no.{'one' if rose == 1 else 'many'}"
    return Card(strings.say("card.patterns", **words), not rose, strings.say(key, E=words["E"], n=rose))


def straight(subject: Subject, strings: Strings) -> Card | None:
    """Whether the slope alone says what the first step does."""
    moment, objective = subject.moment(subject.opening), subject.program.objective
    if moment.after is None or not subject.entries:
        return None
    predicted = 0.0
    for entry in subject.entries:
        moved = np.ravel(moment.after[entry.key])[entry.place] - np.ravel(moment.before[entry.key])[entry.place]
        predicted += float(np.ravel(moment.used[subject.program.gradient(entry.key)])[entry.place] * moved)
    new = subject.evaluated(moment.after, list(moment.rows))[objective]
    actual = float(np.ravel(new)[0]) - float(np.ravel(moment.used[objective])[0])
    if not predicted or not isfinite(predicted) or not isfinite(actual):
        return None
    same, words = num(predicted) == num(actual), {"n": moment.k + 1, "pred": num(predicted), "act": num(actual)}
    said = strings.say("card.tangent", E=subject.goal, **words)
    return Card(said, same, strings.say("card.tangent.yes" if same else "card.tangent.no", **words))


def total(subject: Subject, strings: Strings) -> str:
    """How the goal over all patterns is called."""
    return strings.total(subject.context.reduced, subject.context.goal_name, subject.patterns)


def falls(subject: Subject, strings: Strings) -> Card | None:
    """Whether each of the first steps lowers the mean error."""
    steps = min(STEPS, subject.steps)
    every_row = list(range(min(subject.patterns, FEW)))
    if steps < 2 or subject.context.sense < 0:
        return None
    totals = [
        float(np.ravel(subject.evaluated(subject.weights(k), every_row)[subject.program.objective])[0])
        for k in range(steps + 1)
    ]
    rose = sum(after > before for before, after in pairwise(totals))
    words = {"total": total(subject, strings), "n": rose, "m": steps}
    said = strings.say("card.falls.no" if rose else "card.falls.yes", **words)
    return Card(strings.say("card.falls", **words), not rose, said)
