"""update: the first step that moves a weight → whether it is the learning rule with the right gradient, and helped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.evaluate.evaluator import UNSEEN, units
from chainrule.explain.measure.context import Context, Moment, lane
from chainrule.explain.measure.dead_units import Unit, by_steps_alone, shut
from chainrule.explain.measure.entry_formulas import entry
from chainrule.explain.measure.finding import aside
from chainrule.explain.measure.formulas import formula, numbers_in
from chainrule.explain.measure.kinks import Uneven, smooth_beside, stepping, uneven
from chainrule.explain.measure.no_step import no_step
from chainrule.explain.measure.rounding import slope_blur
from chainrule.explain.measure.samples import median
from chainrule.explain.measure.summary import summary
from chainrule.explain.naming import Naming, Visit, WeightPoint, tuple_of
from chainrule.notation.names import pretty
from chainrule.values import dataclass

Kind = Literal["better", "worse", "unchanged", "wrong gradient", "rule not followed", "no step"]
Reason = Literal["no weights", "no step taken", "gradient 0", "rule alone", "not recorded"]
MOST = 8
"""Weights that are shown one by one."""
WORK = 50_000_000
"""Numbers that complex steps may compute; DIRECTIONS are drawn where one step for each weight would be more."""
DIRECTIONS = 8
CLOSE = 1e-9
"""Of the largest slope: a gradient that is off by less is right, but for the rounding of its sums."""
PLACES = 16.0
"""Last places of the goal that rounding may take from a slope, where the slope is as small."""


@dataclass(frozen=True, slots=True)
class Written:
    """A slope as a formula, and the same with the numbers put in."""

    place: int
    formula: str
    numbers: str


@dataclass(frozen=True, slots=True)
class Off:
    """Of a wrong gradient the slope that is furthest off, the median of all, and how many are off, of how many."""

    place: int
    median: float
    many: int
    of: int


@dataclass(frozen=True, slots=True)
class Working:
    """The step as one would write it on a blackboard."""

    earlier: tuple[Visit, ...]
    """the steps before it, in which the gradient was 0"""
    forward: tuple[tuple[str, float], ...]
    """the quantities of one pattern"""
    entry: Written | None
    formulas: tuple[Written, ...]
    order: tuple[int, ...]
    """the weights with the largest slopes, the largest first"""
    free: tuple[float, ...]
    """what plain descent gives, before a box puts it back; nothing under another rule"""
    put_back: tuple[bool, ...]
    """whether a box put each weight back"""
    median_size: float | None
    """of the slopes of very many weights"""
    zero: int
    """how many of them are 0"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstStep:
    """The first step that moves a weight."""

    naming: Naming = aside()
    visit: Visit = aside()
    step: int
    """the first step that has a gradient"""
    rows: tuple[int, ...]
    """the patterns it visits"""
    weights: Mapping[str, float]
    """each weight before the step"""
    gradient: Mapping[str, float]
    """the gradient of each"""
    new_weights: Mapping[str, float]
    """each weight after it"""
    rate: float | None
    """the rate of the run; null where its rule has none"""
    error_before: float
    """the goal over those patterns before"""
    error_after: float
    """and after"""
    predicted_change: float
    """the gradient times the change of the weights"""
    actual_change: float
    """what the goal changed by"""
    gradient_off_by: float
    """the largest difference from complex steps through the equations"""
    slopes_checked: int
    """how many were compared one by one"""
    gradient_right: bool
    """whether that is rounding"""
    rule_followed: bool
    """whether the new weights are those of plain descent; true under another rule"""
    projected: bool
    """whether the step ended on the edge of a box"""
    kink: Uneven | None
    """the kink, the jump or the seam at which the step begins: `kink` and `seam`, each an object or null"""
    plain_rate: float | None = aside()
    largest_slope: float = aside()
    inexact: bool = aside()
    beside: bool = aside()
    off: Off | None = aside()
    working: Working = aside()

    @property
    def moved(self) -> int:
        """How many weights it moves."""
        pairs = zip(self.weights.values(), self.new_weights.values(), strict=True)
        return sum(before != after for before, after in pairs)

    @property
    def alone(self) -> tuple[str, float, float, float]:
        """The one weight, before and after the step, and its slope."""
        values = (next(iter(one.values())) for one in (self.weights, self.new_weights, self.gradient))
        before, after, slope = values
        return self.naming.weights[0], before, after, slope

    @property
    def better(self) -> bool:
        return self.naming.sense * (self.error_after - self.error_before) < 0

    @property
    def holds(self) -> bool:
        return self.gradient_right and self.rule_followed and self.better

    @property
    def kind(self) -> Kind:
        if not self.gradient_right:
            return "wrong gradient"
        if not self.rule_followed:
            return "rule not followed"
        if self.better:
            return "better"
        return "unchanged" if self.error_before == self.error_after else "worse"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoFirstStep:
    """No step of the run moves a weight, or none that was recorded."""

    naming: Naming = aside()
    start: WeightPoint = aside()
    reason: Reason = aside()
    unmoved: bool = aside()
    """whether the slope at the start is 0"""
    weights: Mapping[str, float]
    """each weight before the step"""
    uneven: Uneven | None = aside()
    functions: tuple[str, ...] = aside()
    """the steps through which alone the goal depends on the weights"""
    units: tuple[Unit, ...] = aside()
    """the units that fire neither at the start nor at the end"""

    @property
    def holds(self) -> bool:
        return False

    @property
    def kind(self) -> Literal["no step"]:
        return "no step"


Update = FirstStep | NoFirstStep


def measure(context: Context) -> Update:
    """Is the first step that moves a weight the learning rule with the right gradient, and did it help?"""
    moment = context.moment
    if moment is None:
        return unmoved(context)
    before, after = context.error(moment.before, moment.rows), context.error(moment.after, moment.rows)
    broken, looked = uneven(context, moment.before, moment.rows), moment
    if broken is not None:  # at a kink no slope is right or wrong: the gradient is looked at beside it
        beside = smooth_beside(context, moment.before, moment.rows)
        looked = moment if beside is None else replace(
            moment, before=beside, gradient=context.gradient(beside, moment.rows)
        )  # fmt: skip
    off, scale, checked = compared(context, looked)
    right = off <= CLOSE * scale + UNSEEN or (broken is not None and looked is moment)
    expected = ruled(context, moment)
    followed = expected is None or context.agree(expected, moment.after, moment.change)
    slack = 0.0 if right else max(PLACES * np.finfo(float).eps * abs(before), blurred(context, looked))
    return FirstStep(
        naming=context.naming, visit=context.visit(moment.rows), step=moment.step, rows=moment.rows,
        weights=by_weight(context, moment.before), gradient=by_weight(context, moment.gradient),
        new_weights=by_weight(context, moment.after), rate=context.run.rate, error_before=before, error_after=after,
        predicted_change=moment.predicted, actual_change=after - before, gradient_off_by=off, slopes_checked=checked,
        gradient_right=right, rule_followed=followed, projected=moment.projected, kink=broken,
        plain_rate=context.rate, largest_slope=scale, inexact=not right and off <= slack,
        beside=looked is not moment, off=furthest(context, looked, checked) if not right else None,
        working=working(context, moment),
    )  # fmt: skip


def by_weight(context: Context, values: Array) -> dict[str, float]:
    """A number for each weight, by its name."""
    return dict(zip(context.names, values.tolist(), strict=True))


def blurred(context: Context, moment: Moment) -> float:
    """What rounding may do to the slopes of a step; 0 for several patterns that are not all, where it is not known."""
    rows = moment.rows
    if len(set(rows)) == context.patterns == len(rows):
        return float(slope_blur(context, moment.before, None).max(initial=0.0))
    return float(slope_blur(context, moment.before, rows[0]).max(initial=0.0)) if len(rows) == 1 else 0.0


def furthest(context: Context, moment: Moment, checked: int) -> Off | None:
    """Of a wrong gradient: the slope that is furthest off, the median, and how many are off at all."""
    if len(context.names) == 1 or checked < len(context.names):
        return None
    oracle = context.evaluator.complex_step(moment.before, lane(moment.rows))
    off = np.abs(moment.gradient - oracle)
    found, many = summary(off), int(np.count_nonzero(off > CLOSE * float(np.abs(oracle).max())))
    return Off(found.place, found.median, many, found.of)


def compared(context: Context, moment: Moment) -> tuple[float, float, int]:
    """By how much the gradient differs from complex steps, the largest slope, and how many were taken one by one.

    Where that is too much work for all of them, all are checked together, along directions at random.
    """
    rows, size = lane(moment.rows), len(context.names)
    most = max(16, WORK // context.evaluator.width(len(moment.rows), True, False))
    if size <= most:
        oracle = context.evaluator.complex_step(moment.before, rows)
        return float(np.abs(moment.gradient - oracle).max()), float(np.abs(oracle).max()), size
    places = np.argsort(-np.abs(moment.gradient), kind="stable")[np.linspace(0, size - 1, most).astype(np.int64)]
    signs = np.random.default_rng(0).choice([-1.0, 1.0], (DIRECTIONS, size))
    directions = np.concatenate([units(size, places), signs])
    oracle = context.evaluator.complex_step(moment.before, rows, directions)
    off = np.abs(directions @ moment.gradient - oracle)
    return float(off.max()), float(np.abs(oracle[:most]).max()), most


def unmoved(context: Context) -> NoFirstStep:
    """No weight moved: why."""
    start, broken = context.start, None
    functions: tuple[str, ...] = ()
    dead: tuple[Unit, ...] = ()
    if not context.names:
        reason: Reason = "no weights"
    elif len(context.steps) < 2:
        reason = "no step taken"
    else:
        same = np.all(context.path[0] == context.path[-1])
        reason = "gradient 0" if same else "rule alone" if by_rule(context) else "not recorded"
    if context.names:
        broken = uneven(context, start, None)
        if broken is None and by_steps_alone(context):
            functions = tuple(stepping(context))
        elif broken is None and reason == "gradient 0":
            dead = tuple(unit for unit in shut(context) if unit.always)
    return NoFirstStep(
        naming=context.naming, start=context.spot(start), reason=reason, unmoved=no_step(context) is None,
        weights=by_weight(context, start), uneven=broken, functions=functions, units=dead,
    )  # fmt: skip


def by_rule(context: Context) -> bool:
    """Whether a recorded step moves weights where their gradient is 0, as the perceptron's rule does."""
    for place in range(min(len(context.path) - 1, 2 * context.patterns + 2)):
        before, step = context.path[place], int(context.steps[place])
        if context.steps[place + 1] != step + 1:
            return False
        if np.any(context.path[place + 1] != before):
            return bool(np.all(context.gradient(before, context.rows(step)) == 0))
    return False


def ruled(context: Context, moment: Moment) -> Array | None:
    """What plain gradient descent gives; None under another rule."""
    free = stepped(context, moment)
    return None if free is None else context.project(free)


def stepped(context: Context, moment: Moment) -> Array | None:
    """The same before a box puts it back."""
    return None if context.rate is None else moment.before - context.sense * context.rate * moment.gradient


def working(context: Context, moment: Moment) -> Working:
    """The quantities and formulas of the step, and the weights that it moves most."""
    sizes, free = np.abs(moment.gradient), stepped(context, moment)
    order = np.argsort(-sizes, kind="stable")[:MOST]
    values = context.evaluator.values(moment.before[None, :], lane(moment.rows), backward=True)
    alone = len(moment.rows) == 1
    formulas = []
    for place in order[: 1 if len(context.names) > 2 else 2] if alone else ():
        written = formula(context, context.names[place])
        if written is not None:
            formulas.append(Written(int(place), *numbers_in(context, written, values)))
    one = None
    if alone and not context.plain:
        grid = context.evaluator.grid(moment.before[None, :], lane(moment.rows), backward=True)
        found = entry(context, int(order[0]), grid)
        one = None if found is None else Written(int(order[0]), *found)
    at_edge = (moment.after == context.box[0]) | (moment.after == context.box[1])
    return Working(
        tuple(context.visit(context.rows(step)) for step in range(moment.step - 1)),
        forward(context, values) if alone else (), one, tuple(formulas), tuple(map(int, order)),
        () if free is None else tuple_of(free),
        () if free is None else tuple(bool(it) for it in (free != moment.after) & at_edge),
        median(sizes) if context.many else None, int(np.sum(sizes == 0)),
    )  # fmt: skip


def forward(context: Context, values: Mapping[str, Array]) -> tuple[tuple[str, float], ...]:
    """The quantities of the forward pass that are one number."""
    names = [
        equation.target.name
        for equation in context.evaluator.forward
        if not hasattr(equation.target, "wrt")
        and equation.target.name != context.program.objective
        and values[equation.target.name].size == 1
    ]
    return tuple((pretty(name), float(np.real(np.ravel(values[name])[0]))) for name in names if "#" not in name)
