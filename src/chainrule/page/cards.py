"""Beliefs about training → statements about this one, each tried: true or not, and why.

The beliefs are those of the gallery of misconceptions that can be tried on any network; what is said of each was found
out on this training, with the settings of the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice, pairwise
from math import isfinite
from typing import Any

import numpy as np

from chainrule.errors import ChainruleError
from chainrule.explain.wording import num
from chainrule.page.sentences import Strings
from chainrule.page.subject import Subject

SHOWN = 2
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
    if found := falls(subject, strings):
        yield found


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
