"""Numbers at a position → the words of the page about them: the same, to the letter, as `modules/words.js` says them.

Everything here exists twice, because the page is read before its script runs; a test compares what both say.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.errors import BrokenPass
from chainrule.explain.wording import num
from chainrule.page.sentences import Strings
from chainrule.page.subject import Entry, Moment, Subject
from chainrule.program.program import NEW
from chainrule.values import dataclass

MOST = 12
"""So many patterns stand in the ledger; of more, this step's, the worst, and those that got worse most."""

PICKED = 3

ROWS = 9
"""Rows of the table of steps."""

WEIGHTS = 12
"""Rows of the table of weights."""


@dataclass(frozen=True, slots=True)
class StepRow:
    """A row of a table: its cells, whether it is this step's, and what it stands for."""

    cells: tuple[str, ...]
    now: bool
    of: int


class Words:
    """What is said of one subject at one position, of one weight."""

    def __init__(self, subject: Subject, strings: Strings, moment: Moment, weight: int) -> None:
        self.subject, self.strings, self.say, self.moment = subject, strings, strings.say, moment
        self.weight = weight
        self.entry: Entry | None = subject.entries[weight] if subject.entries else None
        self.E = subject.q(subject.each) if subject.context.reduced else subject.goal
        self.total = strings.total(subject.context.reduced, subject.context.goal_name, subject.patterns)
        self.language = strings.derived()

    @property
    def chosen(self) -> Entry:
        """The weight that is spoken of, where there is one."""
        if self.entry is None:
            raise BrokenPass("the page", "no weight is trained, and a figure is about one")
        return self.entry

    # ---- numbers

    def number(self, key: str, place: int = 0) -> float:
        """What a key is worth now; behind the step with a prime."""
        if key.endswith(NEW):
            after = (self.moment.after or {}).get(key.removesuffix(NEW))
            return math.nan if after is None else float(np.ravel(after)[place])
        found = self.moment.values.get(key)
        return math.nan if found is None or not np.size(found) else float(np.ravel(found)[place])

    def written(self, key: str, held: bool = False, place: int = 0, digits: int = 4) -> str:
        shown = num(self.number(key, place), digits)
        return f"({shown})" if held and shown.startswith("−") else shown

    def slope(self, values: Mapping[str, Array]) -> float:
        """The slope by the chosen weight."""
        entry = self.entry
        if entry is None:
            return math.nan
        found = values.get(self.subject.program.gradient(entry.key))
        return math.nan if found is None else float(np.ravel(found)[entry.place])

    def before(self, entry: Entry) -> float:
        return float(np.ravel(self.moment.before[entry.key])[entry.place])

    def after(self, entry: Entry) -> float:
        after = self.moment.after
        return math.nan if after is None else float(np.ravel(after[entry.key])[entry.place])

    # ---- sentences

    def size(self) -> str:
        many, weights = self.subject.patterns, self.strings.many("weights", len(self.subject.entries))
        patterns = self.say("patterns.none") if self.subject.context.bare else self.strings.many("patterns", many)
        return self.say("size", weights=weights, patterns=patterns)

    def where(self) -> str:
        return self.say("after", k=self.moment.k, K=self.subject.steps)

    def pattern(self, row: int) -> str:
        """A pattern with its data, where they are few."""
        data = [
            self.say("pattern.value", q=self.subject.q(name), v=num(self.subject.given(name, [row]).ravel()[0]))
            for name in self.subject.columns
        ]
        return self.say("pattern", i=row, data=", ".join(data)) if data else self.say("pattern.plain", i=row)

    def looks(self) -> str:
        """What the step looks at."""
        n, rows, shown = self.moment.k + 1, self.moment.rows, self.moment.shown
        if self.subject.context.bare:
            return self.say("looks.bare", n=n)
        if len(rows) == 1:
            return self.say("looks", n=n, p=self.pattern(shown))
        key = "looks.all" if len(rows) == self.subject.patterns else "looks.some"
        return self.say(key, n=n, m=len(rows), p=self.pattern(shown))

    def sentence(self) -> str:
        """What happens in the step."""
        entry = self.entry
        if entry is None:
            return ""
        if self.moment.k == self.subject.steps and self.subject.run.ended == "converged":
            return self.say("say.converged")
        if self.moment.after is None:
            return self.say("say.left", n=self.moment.k + 1)
        g, old, new = self.slope(self.moment.used), self.before(entry), self.after(entry)
        places = {"E": self.E, "w": entry.q, "g": num(g), "size": num(abs(new - old)), "w2": num(new)}
        answer = self.answer()
        if entry.box and entry.key in self.moment.boxed and new in entry.box:
            said = self.say("say.box", low=num(entry.box[0]), high=num(entry.box[1]), **places)
        elif g == 0 and new == old:
            zero = next((name for name in self.subject.columns if self.zero(name)), None)
            said = (
                self.say("say.still", **places)
                if zero is None
                else self.say("say.dead", x=self.subject.q(zero), **places)
            )
            answer = ""
        elif new == old:
            said = self.say("say.small", **places)
        elif self.subject.follows and self.subject.context.sense > 0 and g * (new - old) < 0:
            said = self.say("say.down" if g < 0 else "say.up", **places)
        elif self.subject.follows and self.subject.context.sense < 0 and g * (new - old) > 0:
            said = self.say("say.rise.down" if g < 0 else "say.rise.up", **places)
        else:
            said = self.say("say.other", **places)
        return f"{answer} {said}" if answer else said

    def zero(self, name: str) -> bool:
        """Whether a column is 0 here, and a factor of the slope by the chosen weight."""
        entry = self.entry
        return entry is not None and (name, entry.key) in self.subject.factors and self.number(name) == 0

    def answer(self) -> str:
        """The network's answer beside its target, where there is one of each."""
        if len(self.subject.answers) != 1 or len(self.moment.rows) != 1:
            return ""
        (key, target) = self.subject.answers[0]
        if np.size(self.moment.values[key]) != 1:
            return ""
        v, t = self.number(key), self.number(target)
        side = self.say("side.below" if v < t else "side.above" if v > t else "side.equal")
        return self.say("say.answer", q=self.subject.q(key), v=num(v), side=side, t=self.subject.q(target), tv=num(t))

    def note(self) -> str:
        """Which step the page opens with, where it is not the first."""
        return self.say("say.first", n=self.moment.k + 1) if self.moment.k else ""

    # ---- tables

    @property
    def partners(self) -> list[str]:
        """What the error compares with targets, where each is one number: columns of the ledger."""
        sizes = {key: np.size(self.moment.values[key]) for key, _ in self.subject.answers}
        return [key for key, _ in self.subject.answers if sizes[key] == 1][:2]

    def picked(self) -> list[int]:
        """The patterns of the ledger."""
        many = self.subject.patterns
        if many <= MOST:
            return list(range(many))
        found = [self.moment.shown]
        now, after = self.errors(self.moment.before), self.errors(self.moment.after)
        if now is not None and after is not None:
            worse = after - now
            order = sorted(range(many), key=lambda row: (-now[row] if now[row] == now[row] else math.inf, row))
            rising = sorted(range(many), key=lambda row: (-worse[row] if worse[row] == worse[row] else math.inf, row))
            found += order[:PICKED] + rising[:PICKED]
        return sorted(dict.fromkeys(found))

    def errors(self, weights: Mapping[str, Array] | None) -> Array | None:
        """E of every pattern; None where the goal is no sum or mean of such."""
        if weights is None:
            return None
        found = self.subject.evaluated(weights).get(self.subject.each)
        return None if found is None or np.shape(found) != (self.subject.patterns,) else found

    def ledger(self) -> list[StepRow]:
        """Every pattern, or some: answers, error and slope now, and the error after the step."""
        rows = list[StepRow]()
        for row in self.picked():
            now = self.subject.evaluated(self.moment.before, [row])
            after = None if self.moment.after is None else self.subject.evaluated(self.moment.after, [row])
            error = self.error(now)
            cells = [self.pattern(row), *(num(float(np.ravel(now[key])[0])) for key in self.partners), num(error)]
            cells += [num(self.slope(now))] if self.entry else []
            cells.append(self.say("infinite") if after is None else self.compared(error, self.error(after)))
            rows.append(StepRow(tuple(cells), row in self.moment.rows, row))
        return rows

    def error(self, values: Mapping[str, Array]) -> float:
        found = values.get(self.subject.each, values.get(self.subject.program.objective))
        return math.nan if found is None or np.size(found) != 1 else float(np.ravel(found)[0])

    def compared(self, old: float, new: float) -> str:
        """An error after a step, with a word."""
        if not math.isfinite(new):
            return self.say("infinite")
        word = "same" if new == old else "lower" if new < old else "higher"
        return f"{num(new)} {self.say(word)}"

    def ranked(self) -> list[Entry]:
        """Weights, the largest slope first."""
        size = {entry: abs(self.slope_of(entry)) for entry in self.subject.entries}
        return sorted(self.subject.entries, key=lambda entry: -size[entry] if size[entry] == size[entry] else math.inf)

    def slope_of(self, entry: Entry) -> float:
        found = self.moment.used.get(self.subject.program.gradient(entry.key))
        return math.nan if found is None else float(np.ravel(found)[entry.place])

    def table_of_weights(self) -> list[StepRow]:
        rows, shown = list[StepRow](), set(self.ranked()[:WEIGHTS])
        for place, entry in enumerate(self.subject.entries):
            if entry in shown:
                old, new = self.before(entry), self.after(entry)
                finite = self.moment.after is not None
                change = num(new - old) if finite else self.say("infinite")
                after = num(new) if finite else self.say("infinite")
                cells = (entry.q, num(old), num(self.slope_of(entry)), change, after)
                rows.append(StepRow(cells, entry == self.entry, place))
        return rows

    def trace(self) -> list[StepRow]:
        """Rows of the table of steps about the present one."""
        steps, entry = self.subject.steps, self.entry
        if entry is None:
            return []
        rows, first = list[StepRow](), self.first_row()
        for k in range(first, min(first + ROWS, steps)):
            visited = self.subject.run.recipe.order.rows(k)
            now = self.subject.evaluated(self.subject.weights(k), list(visited))
            old, new = (float(np.ravel(self.subject.weights(at)[entry.key])[entry.place]) for at in (k, k + 1))
            boxed = any(
                one.weight == entry.key and one.first <= k + 1 <= one.last for one in self.subject.run.projections
            )
            after = self.say("trace.box", v=num(new)) if boxed and entry.box and new in entry.box else num(new)
            cells = (str(k + 1), self.visited(visited), num(old), num(self.slope(now)), after)
            rows.append(StepRow(cells, k == self.moment.k, k))
        return rows

    def first_row(self) -> int:
        return max(0, min(self.moment.k - 4, self.subject.steps - ROWS))

    def visited(self, rows: Sequence[int]) -> str:
        if self.subject.context.bare or len(rows) == self.subject.patterns > 1:
            return self.say("trace.all")
        if len(rows) > 1:
            return self.say("trace.some", m=len(rows))
        columns = self.subject.columns
        if 0 < len(columns) <= 2 or (columns and len(columns) <= 3 and self.subject.patterns <= MOST):
            return ", ".join(
                self.say("pattern.value", q=self.subject.q(name), v=num(self.subject.given(name, [rows[0]]).ravel()[0]))
                for name in columns
                if name not in self.subject.targets
            ) or self.say("trace.pattern", i=rows[0])
        return self.say("trace.pattern", i=rows[0])

    # ---- pictures

    def ended(self) -> str:
        match self.subject.run.ended:
            case "converged":
                return self.say("end.converged", K=self.subject.steps)
            case "left the finite numbers":
                return self.say("end.left", n=self.subject.steps + 1)
        return self.say("end.steps", K=self.subject.steps)

    def left(self) -> str:
        """What is said above the step where the run left the finite numbers; nothing else."""
        at = self.subject.run.departure
        if at is None:
            return ""
        what = self.subject.run.culprit or ""
        if at.pattern is None:
            return self.say("left.bare", n=at.step, k=self.subject.steps, what=what)
        return self.say("left", n=at.step, k=self.subject.steps, what=what, p=self.pattern(at.pattern))

    def predicted(self) -> tuple[float, float] | None:
        """What the slope alone predicts that a step does to the error of its patterns, and what it does."""
        if self.moment.after is None:
            return None
        total = 0.0
        for entry in self.subject.entries:
            total += self.slope_of(entry) * (self.after(entry) - self.before(entry))
        rows = list(self.moment.rows)
        objective = self.subject.program.objective
        old = float(np.ravel(self.moment.used[objective])[0])
        new = float(np.ravel(self.subject.evaluated(self.moment.after, rows)[objective])[0])
        return total, new - old

    def caption(self) -> str:
        found = self.predicted()
        if found is None or self.entry is None:
            return ""
        if found == (0.0, 0.0):
            return self.say("curve.flat", E=self.E, w=self.entry.q)
        return self.say("curve.caption", E=self.E, pred=num(found[0]), act=num(found[1]))
