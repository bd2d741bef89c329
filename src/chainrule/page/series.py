"""A run → the numbers of its figures: errors over the steps, and over one weight, as `modules/series.js` has them."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.page.subject import Entry, Subject
from chainrule.values import dataclass

MOST = 50_000
"""Evaluations of one pattern that the errors over the steps take at most."""

POINTS, FEW = 97, 17
"""Points of a curve; of one that takes longer than MOST evaluations."""

FAR = 20.0
"""So many times its start, or 1, a weight goes before it leaves the picture; errors, so many times the first."""

WIDE = 0.35
"""Part of the way of a weight that is drawn beside it, on both sides."""


@dataclass(frozen=True, slots=True)
class Series:
    """After which steps, the goal over all patterns, and the error of each (None where there are no such)."""

    steps: tuple[int, ...]
    total: Array
    each: Array | None

    def of(self, row: int) -> Array:
        """The errors of one pattern, or of all where there are no such."""
        return self.total if self.each is None else self.each[:, row]

    @property
    def most(self) -> float:
        """The largest finite number."""
        every = self.total if self.each is None else np.concatenate([self.total, self.each.ravel()])
        finite = every[np.isfinite(every)]
        most = float(finite.max()) if finite.size else 1.0
        first = self.total[:1] if self.each is None else np.concatenate([self.total[:1], self.each[0]])
        known = first[np.isfinite(first) & (first > 0)]
        return min(most, FAR * float(known.max())) if known.size else most

    @property
    def least(self) -> float:
        every = self.total if self.each is None else np.concatenate([self.total, self.each.ravel()])
        finite = every[np.isfinite(every)]
        least = float(finite.min()) if finite.size else 0.0
        return max(least, -FAR * max(1.0, abs(float(self.total[0])))) if math.isfinite(self.total[0]) else least


def sampled(steps: int, patterns: int) -> tuple[int, ...]:
    """The steps at which errors are computed: all, or as many as take no longer than MOST evaluations.

    >>> sampled(4, 2), len(sampled(1000, 1797)), sampled(1000, 1797)[-1]
    ((0, 1, 2, 3, 4), 27, 1000)
    """
    count = max(2, min(steps + 1, MOST // max(1, patterns)))
    if count == steps + 1 or steps < 2:
        return tuple(range(steps + 1))
    return tuple(dict.fromkeys(math.floor(place * steps / (count - 1) + 0.5) for place in range(count)))


def series(subject: Subject) -> Series:
    """Errors over the steps of the run."""
    steps = sampled(subject.steps, subject.patterns)
    found = errors(subject, {name: values[list(steps)] for name, values in subject.run.trace.weights.items()})
    return Series(steps, *found)


def errors(subject: Subject, weights: Mapping[str, Array]) -> tuple[Array, Array | None]:
    """The goal over all patterns at many weights, and the error of each pattern."""
    objective, each = subject.program.objective, subject.model.goal.each
    names = [objective] if each is None else [objective, each]
    with np.errstate(all="ignore"):
        found = subject.loaded.evaluate_each(weights, np.arange(subject.patterns)[None], names)
    many = max((len(values) for values in weights.values()), default=1)
    own = None if each is None else np.broadcast_to(found[each], (many, subject.patterns))
    return np.broadcast_to(found[objective], (many,)), own


def span(subject: Subject, entry: Entry) -> tuple[float, float]:
    """The part of a weight's axis that is drawn: its box with some room, else its way with some."""
    way = subject.run.trace.weights[entry.key].reshape(subject.steps + 1, -1)[:, entry.place]
    near = way[np.abs(way) <= FAR * max(1.0, abs(float(way[0])))]
    low, high = float(near.min()), float(near.max())
    if entry.box is not None and all(map(math.isfinite, entry.box)):
        size = entry.box[1] - entry.box[0]
        return min(entry.box[0] - 0.2 * size, low), max(entry.box[1] + 0.4 * size, high)
    room = max(WIDE * (high - low), 0.5)
    return low - room, high + room


@dataclass(frozen=True, slots=True)
class Section:
    """The goal and the error of the shown pattern over one weight, the others as they are."""

    weights: Array
    total: Array
    one: Array


def section(subject: Subject, entry: Entry, weights: Mapping[str, Array], shown: int) -> Section:
    """Errors over one weight about a point."""
    low, high = span(subject, entry)
    many = POINTS if POINTS * subject.patterns <= MOST else FEW
    at = np.array([low + (high - low) * place / (many - 1) for place in range(many)])
    moved: dict[str, Array] = {}
    for name, values in weights.items():
        moved[name] = np.repeat(np.asarray(values, np.float64)[None], many, axis=0)
    flat = moved[entry.key].reshape(many, -1)
    flat[:, entry.place] = at
    moved[entry.key] = flat.reshape(moved[entry.key].shape)
    total, each = errors(subject, moved)
    if each is not None or subject.together:
        return Section(at, total, total if each is None else each[:, shown])
    objective = subject.program.objective
    with np.errstate(all="ignore"):
        own = subject.loaded.evaluate_each(moved, np.array([[shown]]), [objective])[objective]
    return Section(at, total, np.broadcast_to(own, (many,)))


def ticks(low: float, high: float, many: int = 6) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten between two numbers, as the package's figures have them."""
    from chainrule.views.ticks import steps

    return steps(low, high, many)
