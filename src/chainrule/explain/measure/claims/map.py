"""map: the run's training at many rates, and from many starts of one weight → which rates learn, and how soon."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.native.machine import there
from chainrule.engines.protocol import Array
from chainrule.errors import ChainruleError
from chainrule.explain.measure.claims import end, step
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.ends.outcomes import AllHeld, Corner, Edged, ManyResting, Stalled, Standing
from chainrule.explain.measure.finding import aside
from chainrule.explain.measure.sweep import Sweep, Trained
from chainrule.explain.naming import Naming
from chainrule.model.functions import names_read
from chainrule.notation.names import pretty
from chainrule.train.choice import work
from chainrule.values import dataclass

Basis = Literal["rest", "end of the run", "best tried"]
Reason = Literal[
    "nothing trained", "no rate", "rate of letters", "rate decides more", "no number", "no native engine", "too large",
    "nothing gets better",
]  # fmt: skip

SHARE = 0.99
"""A training has learned when the error has gone so much of its way."""
STEPS = 1000
"""Steps of each training; as many as those of the run, if these are more."""
OPERATIONS = 6_000_000_000
"""Operations of all trainings together: about half a second on two cores."""
GRIDS = ((96, 64), (48, 32), (24, 16), (12, 8))
"""Rates and starts, the finest first."""
FEWEST = 12
"""Rates, from one start, of the coarsest."""
DECADES, PER_DECADE, ASIDE = 9, 4, 6
"""Rates that are looked at first: so far to both sides of the run's, so close; and from so many starts besides."""
BELOW, ABOVE = 10.0, 100.0
"""So far beyond the least and the greatest rate that learns does the map reach at most."""
ALONE = 1000.0
"""How far to both sides of the run's rate it reaches where every rate does the same."""
BESIDE = 1.5
"""So far beyond the end of what is guaranteed it reaches, where that is near."""
FAR = 1e3
"""A run that went further than this is not followed by the starts."""
SAME = 1e-9
"""Of an error: one that is better by less is the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """What the rates do that were tried."""

    naming: Naming = aside()
    rate: float
    """the run's own rate"""
    learned_in: int | None
    """after how many steps it has learned; null if not in `steps`"""
    left: int | None
    """the step in which it leaves the finite numbers; null if it does not"""
    steps: int
    """steps of each training"""
    level: float
    """the error at which a training has learned: 99 % of the way from `first` to `target`"""
    first: float
    """the error at the start of the run"""
    target: float
    """the error to which it is to go"""
    measured_against: Basis
    """whose error that is: of the place where the run rests, of its last weights, or the best of the rates tried"""
    guaranteed_below: float | None
    """the rate up to which each step is proved to lower the error; null where nothing is proved"""
    quickest: float | None
    """the rate tried from the start of the run that learned in the fewest steps, the least if several; null if none"""
    quickest_in: int | None
    """those steps"""
    as_quick: int
    """how many of the rates tried were as quick"""
    learning: tuple[float, float] | None
    """the least and the greatest rate tried that learned"""
    rates: tuple[float, ...]
    """the rates tried from the start of the run"""
    learned: tuple[int, ...]
    """after how many steps each has learned; −1 if not, −2 if it left the finite numbers"""
    weight: str | None
    """the weight whose start was varied too; null if none"""
    starts: tuple[float, ...]
    """those starts"""
    cells: tuple[tuple[int, ...], ...] = aside()
    """for each start what each rate does, as in `learned`"""
    start: float = aside()
    """where the run has that weight at its start"""
    end_kind: str = aside()
    """what is at its end"""
    visits_all: bool = aside()
    """whether a step visits all patterns"""

    @property
    def holds(self) -> bool:
        return self.learned_in is not None

    @property
    def kind(self) -> Literal["learns", "does not learn", "leaves the finite numbers"]:
        if self.learned_in is not None:
            return "learns"
        return "does not learn" if self.left is None else "leaves the finite numbers"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoMap:
    """No training was tried."""

    naming: Naming = aside()
    reason: Reason
    """why there is no map"""
    rate_name: str = aside()
    reader: str = aside()
    """what the rate decides besides"""

    @property
    def holds(self) -> bool:
        return False

    @property
    def kind(self) -> Literal["no map"]:
        return "no map"


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLarge(NoMap):
    """The trainings would take too long."""

    operations: int
    """operations that the coarsest map would take"""
    most: int
    """those that a map may take"""


Map = Mapped | TooLarge | NoMap


def measure(context: Context) -> Map:
    """At which rates does this network learn, and how soon?"""
    without: dict[str, Any] = {"naming": context.naming, "rate_name": context.rate_name, "reader": ""}
    reason, reader = hindered(context)
    if reason is not None:
        return NoMap(**{**without, "reader": reader}, reason=reason)
    steps, order = max(STEPS, context.run.steps), context.run.recipe.order
    least = FEWEST * steps * work(context.program, context.bound.ranges, order.width or order.patterns)
    if least > OPERATIONS:
        return TooLarge(**without, reason="too large", operations=least, most=OPERATIONS)
    try:
        sweep = Sweep(context)
    except ChainruleError:  # the processor lacks what the numerics need
        return NoMap(**without, reason="no native engine")
    if FEWEST * steps * sweep.work > OPERATIONS:
        return TooLarge(**without, reason="too large", operations=FEWEST * steps * sweep.work, most=OPERATIONS)
    first = context.error(context.start)
    aim = aimed(context, sweep, first, steps)
    if aim is None:
        return NoMap(**without, reason="nothing gets better")
    return mapped(context, sweep, steps, first, *aim)


def hindered(context: Context) -> tuple[Reason | None, str]:
    """Why there can be no map, and what the rate decides besides."""
    program, rate = context.program, context.program.rate
    if not context.names:
        return "nothing trained", ""
    if rate is None or context.run.rate is None:
        return "no rate", ""
    if any(symbol.name == rate and symbol.letters for symbol in program.consts):
        return "rate of letters", ""
    if reader := next(readers(context, rate), None):
        return "rate decides more", reader
    if not math.isfinite(context.error(context.start)):
        return "no number", ""
    return (None, "") if there() else ("no native engine", "")


def readers(context: Context, rate: str) -> Iterator[str]:
    """What a training begins with that reads the rate, beside the rate itself."""
    from chainrule.maps.ground import parts

    model = context.model
    for quantity in model.quantities.values():
        if quantity.name != rate and any(rate in names_read(part, model.functions) for part in parts(quantity)):
            yield pretty(quantity.name)
    for group in (*model.sets, *((model.pattern_set,) if model.pattern_set else ())):
        if any(rate in names_read(part, model.functions) for part in (group.low, group.high) if part is not None):
            yield f"how many {pretty(group.name)} there are"


def better(context: Context, error: float, first: float) -> bool:
    """Whether an error is better than the first one by more than rounding."""
    return math.isfinite(error) and context.sense * (first - error) > SAME * max(abs(first), abs(error))


def aimed(context: Context, sweep: Sweep, first: float, steps: int) -> tuple[float, Basis] | None:
    """The error to which a training is to go, and whose that is; None where nothing tried gets better."""
    rest = rest_of(context)
    if rest is not None and better(context, rest, first):
        return rest, "rest"
    last = context.error(context.end)
    if context.run.departure is None and better(context, last, first):
        return last, "end of the run"
    found = sweep.run(looked(context), steps, -context.sense * math.inf)
    stayed = found.best[(found.left == 0) & np.isfinite(found.best)]
    best = context.sense * float(np.min(context.sense * stayed, initial=math.inf))
    return (best, "best tried") if better(context, best, first) else None


def rest_of(context: Context) -> float | None:
    """The goal where the run rests, if it does, or comes to rest when followed on."""
    found = context.once(end.measure)
    if isinstance(found, end.End):
        match found.outcome:
            case Edged() | Stalled() | Corner() | Standing() | ManyResting() | AllHeld() as outcome:
                return outcome.goal
    return None


def looked(context: Context) -> Array:
    """Rates far to both sides of the run's."""
    own = abs(context.run.rate or 0.0) or context.trial_rate
    places = np.arange(-DECADES * PER_DECADE, DECADES * PER_DECADE + 1) / PER_DECADE
    with np.errstate(all="ignore"):
        rates: Array = own * 10.0**places
    return rates[np.isfinite(rates) & (rates > 0)]


def mapped(
    context: Context, sweep: Sweep, steps: int, first: float, target: float, basis: Basis
) -> Mapped:
    """The map: rates over the range in which something changes, from the start of the run and from others."""
    level, own = first + SHARE * (target - first), float(context.run.rate or 0.0)
    place = varied(context)
    room = OPERATIONS // max(1, steps * sweep.work)
    columns, lines = next(
        ((columns, lines if place is not None else 1) for columns, lines in GRIDS
         if columns * (lines if place is not None else 1) <= room),
        (FEWEST, 1),
    )  # fmt: skip
    place = place if lines > 1 else None
    starts = np.zeros(0) if place is None else span(context, place, lines)
    low, high = ends(context, sweep, steps, level, place, starts[:: max(1, lines // ASIDE)])
    rates = spaced(low, high, columns)
    row = coded(sweep.run(np.append(rates, own), steps, level))
    grid: NDArray[np.int64] = np.zeros((0, columns), np.int64)
    if place is not None:
        each, at = np.repeat(rates, lines), np.tile(starts, columns)
        grid = coded(sweep.run(each, steps, level, (place, at))).reshape(columns, lines).T
    mine, tried = int(row[-1]), np.append(rates, own if own > 0 else math.nan)
    learned = np.flatnonzero((row >= 0) & np.isfinite(tried))
    quick = learned[row[learned] == row[learned].min()] if len(learned) else learned
    named, named_in = best_named(sweep, tried[quick], steps, level)
    left = sweep.run(np.array([own]), steps, level).left[0] if mine == LEFT else 0
    return Mapped(
        naming=context.naming, rate=own, learned_in=mine if mine >= 0 else None, left=int(left) or None, steps=steps,
        level=level, first=first, target=target, measured_against=basis, guaranteed_below=guaranteed(context),
        quickest=named, quickest_in=named_in, as_quick=len(quick),
        learning=(float(tried[learned].min()), float(tried[learned].max())) if len(learned) else None,
        rates=tuple(rates.tolist()), learned=tuple(row[:-1].tolist()),
        weight=None if place is None else context.weight(place), starts=tuple(starts.tolist()),
        cells=tuple(map(tuple, grid.tolist())), start=math.nan if place is None else float(context.start[place]),
        end_kind=context.once(end.measure).kind, visits_all=len(context.rows(0)) == context.patterns,
    )  # fmt: skip


def best_named(sweep: Sweep, rates: Array, steps: int, level: float) -> tuple[float | None, int | None]:
    """The quickest of some rates as they are told, in four digits, and its steps: counted again at that."""
    if not len(rates):
        return None, None
    named = np.array(sorted({float(f"{rate:.4g}") for rate in rates.tolist()}))
    found = coded(sweep.run(named, steps, level))
    learned = np.flatnonzero(found >= 0)
    if not len(learned):
        return None, None
    place = learned[int(np.argmin(found[learned]))]
    return float(named[place]), int(found[place])


NOT, LEFT = -1, -2
"""In the place of steps: it has not learned; it left the finite numbers."""


def coded(found: Trained) -> NDArray[np.int64]:
    """Steps, `NOT` or `LEFT`."""
    return np.where(found.left > 0, LEFT, found.learned)


def varied(context: Context) -> int | None:
    """Of the weights of one number the one that moved furthest; None where there is none, or its box has no room."""
    alone = [symbol.name for symbol in context.trained if not symbol.letters]
    places = [place for place, (name, _) in enumerate(context.entries) if name in alone]
    if not places:
        return None
    moved = np.abs(context.end - context.start)[places]
    place = places[int(np.argmax(np.where(np.isfinite(moved), moved, 0.0)))]
    low, high = span(context, place, 2)
    return place if math.isfinite(high - low) and low < high else None


def span(context: Context, place: int, count: int) -> Array:
    """Starts of a weight: over its box; else so far around the run's way as that is long, and by 1 at least."""
    start, last = float(context.start[place]), float(context.end[place])
    if not math.isfinite(last) or abs(last - start) > FAR * max(1.0, abs(start)):
        last = start
    wide = max(abs(last - start), 1.0)
    low, high = (float(side[place]) for side in context.box)
    low = low if math.isfinite(low) else rounded(min(start, last) - wide, -1)
    high = high if math.isfinite(high) else rounded(max(start, last) + wide, 1)
    return np.linspace(low, high, count)


def rounded(value: float, way: int) -> float:
    """A number of two digits beside a value, on the lower or the upper side."""
    if value == 0 or not math.isfinite(value):
        return value
    unit = 10.0 ** (math.floor(math.log10(abs(value))) - 1)
    found = float(f"{(math.floor if way < 0 else math.ceil)(value / unit) * unit:.1e}")
    return found if math.isfinite(found) and found != 0 else value


def ends(
    context: Context, sweep: Sweep, steps: int, level: float, place: int | None, starts: Array
) -> tuple[float, float]:
    """The least and the greatest rate of the map: below and above nothing changes any more, or nothing learns."""
    rates, own = looked(context), float(context.run.rate or 0.0)
    found = [coded(sweep.run(rates, steps, level))]
    if place is not None:
        each, at = np.repeat(rates, len(starts)), np.tile(starts, len(rates))
        found += list(coded(sweep.run(each, steps, level, (place, at))).reshape(len(rates), -1).T)
    table = np.array(found)
    low = high = context.trial_rate
    changes = np.flatnonzero((table[:, 1:] != table[:, :-1]).any(axis=0))
    if len(changes):
        low, high = float(rates[changes[0]]), float(rates[changes[-1] + 1])
    else:
        low, high = low / ALONE, high * ALONE
    learning = rates[(table >= 0).any(axis=0) & (table != 0).any(axis=0)]
    if len(learning) and len(changes):
        low, high = max(low, float(learning[0]) / BELOW), min(high, float(learning[-1]) * ABOVE)
    if own > 0:
        low, high = min(low, own), max(high, own)
    safe = guaranteed(context)
    if safe is not None and high < BESIDE * safe < high * ALONE:
        high = BESIDE * safe  # so that it is seen where the guarantee ends
    return rounded(low, -1), rounded(high, 1)


def spaced(low: float, high: float, count: int) -> Array:
    """The rates of a map, both ends among them: those of its axis."""
    from chainrule.maps.axis import Axis

    return np.array(Axis("rate", "geometric", low, high, count).values)


def guaranteed(context: Context) -> float | None:
    """The rate below which each step of the run is proved to lower the error of the patterns it visits."""
    found = context.once(step.measure)
    if context.rate is None or not isinstance(found, step.Judged) or not found.guaranteed or found.seen is None:
        return None
    return found.seen.safe if math.isfinite(found.seen.safe) else None
