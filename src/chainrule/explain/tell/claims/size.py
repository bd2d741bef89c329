"""size: is it a direction or a magnitude? The change that the slope predicts beside the change that happens."""

from __future__ import annotations

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context, Moment, rows_of
from chainrule.explain.measure.kinks import apart, both, broken
from chainrule.explain.measure.rate_of_change import rate as rate_along
from chainrule.explain.measure.samples import evenly, median
from chainrule.explain.measure.summary import FEWEST, summary
from chainrule.explain.measure.trials import replaced
from chainrule.explain.tell.claim import Claim
from chainrule.explain.tell.no_step import unmoved
from chainrule.explain.wording import num, table

QUESTION = "Is it a direction or only a magnitude?"
ALONE, NEAR = 200, 0.1
"""Weights that are moved alone, of more an even sample; how near to 1 a ratio is called near."""
SHARES = (4.0, 2.0, 1.0, 0.5, 0.25, 0.0625)


def claim(context: Context) -> Claim:
    """Is the size of the gradient the rate of change? Then actual/predicted goes to 1 for short steps."""
    moment = context.moment
    if moment is None:
        return Claim(
            "size", QUESTION,
            unmoved(context)
            or "The slope that the rule takes is 0 at the start: it gives neither a direction nor a size, and a step "
            "of any length is 0.",
            False, {"gradient": context.gradient(context.start).tolist()},
        )  # fmt: skip
    rate = context.trial_rate
    direction = -context.sense * moment.gradient
    norm = float(moment.gradient @ moment.gradient)
    shares = np.array(SHARES)
    found = context.evaluator.goal(
        np.concatenate([moment.before[None, :], moment.before + rate * shares[:, None] * direction]),
        rows_of(moment, len(shares) + 1),
    )
    here, actual = float(found[0]), found[1:] - found[0]
    predicted = -context.sense * rate * shares * norm
    ratios = actual / predicted
    beside = kink_along(context, moment, direction, norm)
    limit = slope_ratio(context, moment, direction, norm)
    exact = limit is not None and abs(limit - 1) < 1e-3
    along = None if limit is None else rate_along(context, moment)
    if along is not None and along.clear and beside is None:
        limit, exact = along.ratio, along.right
    else:
        along = None  # at a kink, or hidden by rounding
    one = SHARES.index(1.0)
    error = context.naming.error(context.visit(moment.rows))
    evidence: dict[str, object] = {
        "rate": rate,
        "gradient": moment.gradient.tolist(),
        "gradient_norm": norm**0.5,
        "error": here,
        "steps": [
            {"rate": rate * share, "predicted": float(p), "actual": float(a), "ratio": float(r)}
            for share, p, a, r in zip(SHARES, predicted, actual, ratios, strict=True)
        ],
        "ratio_of_short_steps": limit,
        "ratio_tolerance": 1e-3 if along is None else along.tolerance,
    }
    one_slope = len(context.names) == 1
    slope = (
        f"{context.slope_names[0]} = {num(moment.gradient[0])}"
        if one_slope
        else f"the {len(context.names)} slopes, together of length {num(norm**0.5)},"
    )
    told = (
        f"A step with {context.rate_name} = {num(rate)} is predicted to change {error} by {num(predicted[one])}; it "
        "changes "
        f"by {num(actual[one])}"
    )
    if limit is None:
        statement = f"Neither can be told apart from rounding here: {slope} is too small for {error} = {num(here)}."
    elif beside is not None and abs(beside - 1) > 1e-9:
        exact = False
        limit = beside
        statement = (
            f"Not quite a size here, at a kink of {error}: a short step changes it by {num(limit)} times what the "
            f"slope that the rule takes predicts. {told}, {num(ratios[one])} times as much."
        )
    elif not exact and near_kink(context, moment):
        statement = (
            f"At the point itself the size is the rate of change; but a kink of {error} lies within a millionth of it, "
            f"and a step of any length worth taking changes {error} by {num(limit)} times what is predicted. {told}."
        )
    elif not exact:
        statement = (
            f"The size is not the rate of change: for ever shorter steps the change of {error} goes to "
            f"{num(limit, 4 if abs(limit - 1) > 1e-3 else 12)} times what the gradient predicts. The gradient is "
            "wrong."
        )
    else:
        ratio = float(ratios[one])
        if not np.isfinite(ratio):
            rest = f"A step with {context.rate_name} = {num(rate)} leaves the finite numbers."
        elif abs(predicted[one]) < 1e-15 * abs(here):
            rest = (
                f"A step with {context.rate_name} = {num(rate)} changes {error} by less than a computer's numbers show."
            )
        elif ratio < 0:
            rest = f"{told}, the other way: this step is too long for the slope to speak for it."
        elif abs(ratio - 1) > 0.5:
            rest = f"{told}, {num(ratio)} times as much: over so long a step the slope does not stay what it is here."
        else:
            short = num(float(ratios[-1]))
            rest = f"{told}, {num(ratio)} times as much; for a step a sixteenth as long it is {short} times."
        statement = (
            f"Both: {slope} {'is' if one_slope else 'are'} a direction by "
            f"{'its sign' if one_slope else 'their signs'}, and by "
            f"{'its' if one_slope else 'their'} size the rate at which {error} changes. {rest}"
        )
    evidence["ratio_of_short_steps"] = limit
    lines = table(
        [("step length", f"{context.rate_name}", "predicted", "actual", "actual/predicted")]
        + [
            (
                "the run's own" if share == 1 and rate == context.run.rate else f"{num(share)} times",
                num(rate * share), num(p), num(a), num(r),
            )
            for share, p, a, r in zip(SHARES, predicted, actual, ratios, strict=True)
        ]
    )  # fmt: skip
    told_alone, evidence["weights_alone"] = alone(context, moment, rate, here)
    lines += told_alone
    conditions = (
        f"plain steps along the gradient from {context.point(moment.before)} on {context.visited(moment.rows)}, no box",
        "the rate of change was tested by differences, to 1e−3"
        + ("" if along is None else f", and by a complex step, to {num(along.tolerance, 2)}: what rounding may do"),
        *replaced(context),
    )
    return Claim("size", QUESTION, statement, exact, evidence, lines, conditions)


def kink_along(context: Context, moment: Moment, direction: Array, norm: float) -> float | None:
    """Actual over predicted change for ever shorter steps, where a kink stands in the way; None where none does."""
    right, left, *jumps = both(context, moment.before, direction[None, :], moment.rows)
    if not (apart(right, -left).any() or any(jump.any() for jump in jumps)):
        return None
    return float(right[0]) / (-context.sense * norm)


def near_kink(context: Context, moment: Moment) -> bool:
    """Whether the slopes at the point itself are those of the equations, by complex steps, which step over nothing."""
    exact = context.evaluator.complex_step(moment.before, rows_of(moment, 1), moment.gradient[None, :])[0]
    return bool(abs(exact - moment.gradient @ moment.gradient) <= 1e-9 * abs(exact)) and bool(broken(context))


def alone(context: Context, moment: Moment, rate: float, here: float) -> tuple[tuple[str, ...], object]:
    """Each weight moved alone by its share of the step: where actual/predicted is furthest from 1, and of how many."""
    sloped = np.flatnonzero(moment.gradient)
    if len(sloped) < FEWEST:
        return (), None
    places = sloped[evenly(len(sloped), ALONE)]
    moves = np.zeros((len(places), len(context.names)))
    moves[np.arange(len(places)), places] = -context.sense * rate * moment.gradient[places]
    goals = context.evaluator.goal(moment.before + moves, rows_of(moment, len(places)))
    predicted = -context.sense * rate * moment.gradient[places] ** 2
    clear = np.isfinite(goals) & (np.abs(predicted) > 1e4 * np.finfo(float).eps * abs(here))
    if clear.sum() < 2:
        return (), None
    places, ratios = places[clear], (goals[clear] - here) / predicted[clear]
    found, close = summary(ratios, np.abs(ratios - 1)), int(np.sum(np.abs(ratios - 1) <= NEAR))

    def name(place: int) -> str:
        return context.weight(int(places[place]))

    some = "" if len(places) == len(sloped) else f" {len(sloped)} weights with a slope"
    some = f" of{some}" if some else ""
    told = f"each weight alone, actual/predicted: {found.told(name)}{some}; within a tenth of 1 for {close} of them"
    return (told,), {**found.json(name), "within_a_tenth": close}


def slope_ratio(context: Context, moment: Moment, direction: Array, norm: float) -> float | None:
    """Actual over predicted change as the step gets short: by symmetric differences, where they are clearest."""
    size = max(1.0, float(np.abs(moment.before).max()))
    lengths = size * 10.0 ** np.arange(-3.0, -6.5, -0.5) / float(np.abs(direction).max())
    points = np.concatenate(
        [moment.before + lengths[:, None] * direction, moment.before - lengths[:, None] * direction]
    )
    found = context.evaluator.goal(points, rows_of(moment, len(points)))
    ahead, behind = found[: len(lengths)], found[len(lengths) :]
    change, expected = (ahead - behind) / 2, -context.sense * lengths * norm
    noise = 1e4 * np.finfo(float).eps * np.maximum(np.abs(ahead), np.abs(behind))
    clear = (np.abs(expected) > noise) & np.isfinite(change)
    if not clear.any():
        return None
    ratios = change[clear] / expected[clear]
    return float(ratios[np.argmin(np.abs(ratios - median(ratios)))])
