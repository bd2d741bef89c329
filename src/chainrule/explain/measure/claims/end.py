"""end: the last weights → what stands there, by the run's own rule: a rest and its kind, a cycle, a way on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

import numpy as np

from chainrule.data.draws import normals
from chainrule.engines.protocol import Array
from chainrule.explain.evaluate.evaluator import UNSEEN
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.ends.continuation import follow
from chainrule.explain.measure.ends.cycles import cycling
from chainrule.explain.measure.ends.edge_of_stability import Hovering, hovering
from chainrule.explain.measure.ends.not_a_number import growth_of, lost
from chainrule.explain.measure.ends.outcomes import (
    AllHeld,
    Curved,
    LeftNumbers,
    Misled,
    NeverMoved,
    Outcome,
    Strayed,
    name_of,
    settled,
)
from chainrule.explain.measure.ends.recomputed_steps import Recomputed, recompute
from chainrule.explain.measure.ends.resting_place import RestingPlace, rest_of
from chainrule.explain.measure.ends.slope_sign import SlopeSign, slope_sign_of
from chainrule.explain.measure.ends.spectrum import PRODUCTS, curvatures
from chainrule.explain.measure.ends.standing import edge_of, held_at, many_resting, standing_at
from chainrule.explain.measure.ends.unsettled import unsettled
from chainrule.explain.measure.finding import aside, inlined, sometimes
from chainrule.explain.measure.samples import median
from chainrule.explain.measure.summary import FEWEST, summary
from chainrule.explain.naming import Naming, Pattern, tuple_of
from chainrule.notation.names import pretty
from chainrule.values import dataclass

Kind = Literal[
    "minimum", "maximum", "bound", "kink", "valley", "saddle", "degenerate saddle", "inflection", "plateau", "asleep",
    "stuck", "on the way to a minimum", "on the way to a maximum", "on the way", "still falling",
    "falling without bound", "not settled", "cycle", "cycle inside a pass", "growing", "running away",
    "left the finite numbers", "misled", "strayed", "contradicted",
]  # fmt: skip
TURNED = {"minimum": "maximum", "maximum": "minimum", "on the way to a minimum": "on the way to a maximum"}
"""Kinds by the names that they have where a goal is maximised."""
NEAR = 1e-3
"""Further off than this, it is on its way."""
CLOSE = 1e-8
"""Of a slope: so near to that of the equations it is the same."""
BESIDE = 1e-3
"""How far beside the end the slope is looked at too, of the size of the weights: at a kink it may be any of two."""
ALL, WORST = 8, 5
"""So many patterns are all shown at the end, of more the worst."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slopes:
    """The weight with the largest slope at the end, its size, the median, of how many, and how many are below a
    hundredth of it."""

    worst: str
    worst_value: float
    median: float
    of: int
    below_a_hundredth: int


@dataclass(frozen=True, slots=True)
class PatternsAtEnd:
    """Quantities by name, each error among them, for some patterns; the median error over all."""

    names: tuple[str, ...]
    rows: tuple[tuple[Pattern, tuple[float, ...]], ...]
    median: float


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Where the run ends."""

    naming: Naming = aside()
    weights: Mapping[str, float]
    """the last weights"""
    error: float
    """the goal there"""
    steps: int
    """steps of the run"""
    steps_computed_again: int
    """how many of them were"""
    outcome: Outcome = inlined()
    sign: SlopeSign | None = inlined()
    slopes_at_end: Slopes | None = sometimes()
    """of many weights: `worst`, `worst_value`, `median`, `of`, `below_a_hundredth`"""
    edge: Hovering | None = inlined()
    ended: str = aside()
    """why the run ended"""
    rate: float | None = aside()
    followed: int | None = aside()
    """for how many steps it was followed on"""
    again: Recomputed = aside()
    patterns: PatternsAtEnd | None = aside()

    @property
    def name(self) -> str:
        """The kind, where what is best is a minimum, whatever its name."""
        name = name_of(self.outcome)
        return "falling without bound" if self.sign is not None and self.sign.opens(name) else name

    @property
    def holds(self) -> bool:
        return settled(self.outcome)

    @property
    def kind(self) -> Kind:
        return self.name if self.naming.sense > 0 else TURNED.get(self.name, self.name)  # type: ignore[return-value]


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingTrained:
    """No weight is trained."""

    @property
    def holds(self) -> bool:
        return False

    @property
    def kind(self) -> Literal["nothing trained"]:
        return "nothing trained"


Found = End | NothingTrained


def measure(context: Context) -> Found:
    """Has the run come to rest at a minimum, inside its box or on its edge?"""
    if not context.names:
        return NothingTrained()
    again = recompute(context)
    outcome = outcome_of(context, again)
    departed = context.run.departure is not None
    sign = None if departed or len(context.names) > 1 or not context.plain else slope_sign_of(context)
    name = name_of(outcome)
    if sign is not None and sign.opens(name):
        name = "falling without bound"
    seen = None if departed else context.once(follow)
    return End(
        naming=context.naming, weights=dict(zip(context.names, context.end.tolist(), strict=True)),
        error=context.error(context.end), steps=context.run.steps, steps_computed_again=again.looked, outcome=outcome,
        sign=sign, slopes_at_end=None if departed or len(context.names) < FEWEST else slopes(context),
        edge=hovering(context, name), ended=context.run.ended, rate=context.rate,
        followed=None if seen is None else seen.steps, again=again, patterns=patterns_at_end(context),
    )  # fmt: skip


def outcome_of(context: Context, again: Recomputed) -> Outcome:
    """What the end is, by the first test that applies."""
    departure = context.run.departure
    if departure is None and (led := misled(context)) is not None:
        return led
    if again.wrong is not None:
        return Strayed(wrong_step=again.wrong, went=again.went, wanted=again.wanted, seen=again)
    if departure is not None:
        seen = None if departure.pattern is None else context.pattern_at(departure.pattern)
        return LeftNumbers(
            step=departure.step, equation=departure.equation, pattern=departure.pattern, growth=growth_of(context),
            seen=seen, made=lost(context, departure),
        )  # fmt: skip
    return (cycling(context) if context.run.steps else None) or resting(context)


def misled(context: Context) -> Misled | None:
    """The slope at the end is not that of the equations, so the run was led elsewhere."""
    end = context.end
    size = 1.0 + float(np.abs(end).max())
    drawn = normals(0, "led", len(end))
    unit = (drawn / np.linalg.norm(drawn))[None, :]
    for theta in (end, context.start, end + BESIDE * size * unit[0]):
        slope = context.gradient(theta)
        along, true = float(unit[0] @ slope), float(context.evaluator.complex_step(theta, None, unit)[0])
        scale = max(float(np.linalg.norm(slope)), float(np.linalg.norm(context.evaluator.gradient(theta[None, :]))))
        if not (np.isfinite(scale) and math.isfinite(true)) or (
            abs(along - true) <= CLOSE * scale + UNSEEN + 1e-14 * abs(context.error(theta) / size)
        ):
            return None
    given, true = float(unit[0] @ context.gradient(end)), float(context.evaluator.complex_step(end, None, unit)[0])
    return Misled(given=given, true=true)


def resting(context: Context) -> Outcome:
    """Where the run rests, followed on by its own rule, and what that place is; or that it does not rest."""
    slope = context.gradient(context.end)
    still = context.run.rate == 0 and bool((context.path == context.end).all())
    if still and context.run.steps and np.any(slope):
        return NeverMoved(gradient=tuple_of(slope), norm=float(np.linalg.norm(slope)))
    place = rest_of(context)
    if context.many:
        return of_many(context, place)
    if place is None or place.distance > NEAR * place.size:
        return unsettled(context, place)
    return standing_at(context, place) or unsettled(context, place)


def of_many(context: Context, place: RestingPlace | None) -> Outcome:
    """The same for more weights than a matrix is made for."""
    end, sense = context.end, context.sense
    goal, slope = context.engine(end)
    slope = sense * slope  # of what is made smaller
    held = held_at(context, end, slope)
    free, edge = ~held, edge_of(context, end, slope, held)
    if not free.any():
        return AllHeld(edge=edge, goal=goal)
    bend = curvatures(context, end, PRODUCTS, free)
    known = Curved(
        gradient_norm=float(np.linalg.norm(slope[free])),
        eigenvalues=(float(sense * bend.smallest), float(sense * bend.largest)), both_ends_only=True,
        products=bend.iterations, found=bend.found, at_bound=tuple(context.names[at] for at in np.flatnonzero(held)),
    )  # fmt: skip
    found = many_resting(context, goal, slope, free, edge, bend, known)
    return found or unsettled(context, place, edge, known, free)


def slopes(context: Context) -> Slopes | None:
    """The weight with the largest slope at the end, the median, and for how many it is under a hundredth of that."""
    sizes = np.abs(context.gradient(context.end))
    if not np.isfinite(sizes).all() or not sizes.any():
        return None
    found = summary(sizes)
    return Slopes(
        worst=context.slope_names[found.place], worst_value=found.worst, median=found.median, of=found.of,
        below_a_hundredth=int(np.sum(sizes < 0.01 * sizes.max())),
    )  # fmt: skip


def patterns_at_end(context: Context) -> PatternsAtEnd | None:
    """The patterns at the last weights: the first few, or the worst."""
    each = context.model.goal.each
    if each is None or context.patterns == 1:
        return None
    values = context.evaluator.values(context.end[None, :])
    errors = np.broadcast_to(values[each], (1, context.patterns))[0]
    names = [
        equation.target.name
        for equation in context.evaluator.forward
        if not hasattr(equation.target, "wrt")
        and equation.letters == (context.program.pattern,)
        and equation.target.name != each
        and values[equation.target.name].ndim == 2
    ][-2:]
    few = context.patterns <= ALL
    order = np.arange(context.patterns) if few else np.argsort(-context.sense * errors, kind="stable")[:WORST]
    columns: list[Array] = [np.broadcast_to(values[name], (1, context.patterns))[0] for name in names] + [errors]
    return PatternsAtEnd(
        (*map(pretty, names), pretty(each)),
        tuple((context.pattern_at(int(row)), tuple(float(column[row]) for column in columns)) for row in order),
        median(errors),
    )  # fmt: skip
