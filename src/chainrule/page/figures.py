"""The numbers of figures → the figures as they stand before the script runs; `modules/curve.js` and `modules/chart.js`
draw them again, at the width that they have on the screen."""

from __future__ import annotations

import math

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.wording import num
from chainrule.page.markup import Markup, el
from chainrule.page.series import Section, Series, span, ticks
from chainrule.page.words import Words

W, H, LEFT, RIGHT, TOP, BOTTOM = 480.0, 290.0, 52.0, 12.0, 10.0, 34.0

LOG = 300
"""Steps from which on their axis is logarithmic."""

NEAR = 2.0
"""Points of a line are so far apart at least, in its pixels."""

LINES = 4
"""So many patterns have a line each in the chart of all steps; of more the best, the middle and the worst."""


class Frame:
    """Axes with places for numbers."""

    def __init__(
        self, low: float, high: float, least: float, most: float, right: float = RIGHT, high_: float = H
    ) -> None:
        self.low, self.high, self.least, self.most, self.right, self.H = low, high, least, most, right, high_

    def x(self, value: float) -> float:
        size = self.high - self.low
        return LEFT + (W - LEFT - self.right) * ((value - self.low) / size if size else 0.5)

    def y(self, value: float) -> float:
        size = self.most - self.least
        place = self.H - BOTTOM - (self.H - BOTTOM - TOP) * ((value - self.least) / size if size else 0.5)
        return min(max(place, 0.0), self.H)

    def path(self, xs: list[float], ys: Array, kind: str) -> Markup:
        points, last = list[str](), -math.inf
        for k, (x, y) in enumerate(zip(xs, ys, strict=True)):
            at = self.x(x)
            if math.isfinite(y) and (at >= last + NEAR or k == len(xs) - 1):
                points.append(f"{at:.1f},{self.y(float(y)):.1f}")
                last = at
        return el("polyline", {"class": kind, "points": " ".join(points)})

    def rows(self) -> list[Markup]:
        """Grid lines with their numbers, and the axis below."""
        found = []
        for value in ticks(self.least, self.most, 4):
            y = self.y(value)
            found.append(
                el("line", {"class": "grid", "x1": LEFT, "x2": W - self.right, "y1": f"{y:.1f}", "y2": f"{y:.1f}"})
            )
            found.append(label(LEFT - 6, y + 4, num(value, 6), {"class": "t", "text-anchor": "end"}))
        low = self.H - BOTTOM
        return [*found, el("line", {"class": "axis", "x1": LEFT, "x2": W - self.right, "y1": low, "y2": low})]

    def columns(self, values: list[tuple[float, str]]) -> list[Markup]:
        return [
            label(self.x(at), self.H - BOTTOM + 17, text, {"class": "t", "text-anchor": "middle"})
            for at, text in values
        ]


def label(x: float, y: float, text: str, attributes: dict[str, str]) -> Markup:
    return el("text", {"x": f"{x:.1f}", "y": f"{y:.1f}", **attributes}, text)


def limits(series: Series) -> tuple[float, float]:
    """The axis of errors: the same for all steps of a run."""
    low = min(0.0, series.least)
    return 1.3 * low, max(1.5 * series.most, low + 1e-12) if series.most > 0 else max(0.0, low + 1.0)


def curve(words: Words, section: Section, series: Series) -> Markup:
    """The error over the chosen weight, with the slope and the step."""
    entry = words.chosen
    low, high = span(words.subject, entry)
    least, most = limits(series)
    frame = Frame(low, high, least, most)
    at, error = words.before(entry), float(words.error(words.moment.values))
    marks = [*frame.rows(), *frame.columns([(value, num(value, 6)) for value in ticks(low, high)])]
    marks.append(label(W - RIGHT, H - 3, entry.q, {"text-anchor": "end", "class": "name"}))
    several = words.subject.patterns > 1 and not words.subject.together
    marks.append(frame.path(section.weights.tolist(), section.total, "mean"))
    if several:
        marks.append(frame.path(section.weights.tolist(), section.one, "one"))
    g = words.slope(words.moment.values)
    reach = 0.22 * (high - low)
    if math.isfinite(g):
        marks.append(frame.path([at - reach, at + reach], np.array([error - g * reach, error + g * reach]), "tan"))
    if words.moment.after is not None and words.after(entry) != at:
        new = words.error(words.subject.evaluated(words.moment.after, [words.moment.shown]))
        marks.append(frame.path([at, words.after(entry)], np.array([error, new]), "stp"))
    total = words.total
    marks.append(
        label(W - RIGHT - 4, frame.y(float(section.total[-3])) - 9, total, {"text-anchor": "end", "class": "strong"})
    )
    if several:
        said = words.say("curve.efor", E=words.E, i=words.moment.shown)
        marks.append(
            label(W - RIGHT - 4, frame.y(float(section.one[-3])) + 18, said, {"text-anchor": "end", "class": "te"})
        )
    marks.append(label(frame.x(at) + 14, frame.y(error) - 12, words.say("curve.slope", g=num(g)), {"class": "tb"}))
    marks.append(el("circle", {"class": "dot", "cx": f"{frame.x(at):.1f}", "cy": f"{frame.y(error):.1f}", "r": 8}))
    return el("svg", {"viewBox": f"0 0 {W:.0f} {H:.0f}", "role": "group", "aria-labelledby": "t-curve"}, *marks)


def curve_words(words: Words, section: Section) -> str:
    """The curve in words."""
    entry = words.chosen
    low, high = span(words.subject, entry)
    several = words.subject.patterns > 1 and not words.subject.together
    finite = words.moment.after is not None
    said = [
        words.say(
            "curve.words" if several else "curve.words.one",
            E=words.E,
            w=entry.q,
            low=num(low),
            high=num(high),
            total=words.total,
            v=num(words.before(entry)),
            g=num(words.slope(words.moment.values)),
            w2=num(words.after(entry)) if finite else words.say("infinite"),
        )
    ]
    if entry.box is not None:
        said.append(words.say("curve.box"))
    lost = int(np.sum(~np.isfinite(section.total) | ~np.isfinite(section.one)))
    if lost:
        said.append(words.say("curve.lost", n=lost))
    return " ".join(said)


def shown_lines(series: Series) -> list[int]:
    """The patterns that have a line in the chart of all steps."""
    if series.each is None or series.each.shape[1] < 2:
        return []
    many = series.each.shape[1]
    if many <= LINES:
        return list(range(many))
    last = series.each[-1].tolist()
    order = sorted(range(many), key=lambda row: (last[row] if last[row] == last[row] else math.inf, row))
    return sorted({order[0], order[many // 2], order[-1]})


def places(steps: int) -> list[tuple[float, str]]:
    """The numbers of steps at the axis of the chart, and where they stand."""
    if steps > LOG:
        powers = [0, *(10**power for power in range(len(str(steps))))]
        return [(math.log1p(value), num(value)) for value in powers if value <= steps]
    return [(value, num(value)) for value in ticks(0.0, float(max(steps, 1))) if value == int(value)]


def chart(words: Words, series: Series) -> Markup:
    """The errors over all steps, and where in the run one is."""
    steps = max(words.subject.steps, 1)
    log = steps > LOG
    along = [math.log1p(step) if log else float(step) for step in series.steps]
    least, most = min(0.0, 1.1 * series.least), max(1.1 * series.most, 1e-12)
    frame = Frame(0.0, math.log1p(steps) if log else float(steps), least, most, 92.0, 240.0)
    marks = [*frame.rows(), *frame.columns(places(words.subject.steps))]
    marks.append(label((LEFT + W - 92) / 2, 238, words.say("steps.axis"), {"text-anchor": "middle", "class": "t"}))
    for place, row in enumerate(shown_lines(series)):
        own = series.of(row)
        marks.append(frame.path(along, own, f"one d{place % 4}"))
        marks.append(label(W - 84, frame.y(float(own[-1])) + 4, words.say("pattern.plain", i=row), {"class": "te"}))
    marks.append(frame.path(along, series.total, "mean"))
    total = words.total
    marks.append(label(W - 84, frame.y(float(series.total[-1])) + 4, total, {"class": "strong"}))
    return el("svg", {"viewBox": f"0 0 {W:.0f} 240", "role": "group", "aria-labelledby": "d-steps"}, *marks)


def chart_words(words: Words, series: Series) -> str:
    total = words.total
    return words.say("steps.words", total=total, a=num(series.total[0]), b=num(series.total[-1]), end=words.ended())
