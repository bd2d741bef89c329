"""What is told of a claim, attacked: by explain's finding at the same step, and by numbers in sixty digits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from tests.laws.truth.case import Case

import chainrule as cr
from chainrule.explain.measure.context import Context, Moment
from chainrule.explain.tell.claims import MEASURE
from chainrule.page.live.interpret import Outcome

from .live import Pair

AT_K = ("update", "sign", "size", "steepest", "patterns", "vanish")
"""Claims of one position; the others are of the whole run."""
FAR = 1e20
"""Weights so large take nothing from a step of 1e-30, in sixty digits."""
LARGE = 1e6
"""Weights so large are angles whose sine another library reduces otherwise."""
SLACK = 1e-12
"""Of a goal: what numbers of sixty digits need not tell apart, since those told have sixteen."""


# ---- against explain ---------------------------------------------------------------------------------------------


def standing_at(pair: Pair) -> Context:
    """The run as explain sees it, where the step that it shows is that of the position."""
    context, k = Context(pair.run), pair.k
    at, rows = context.path[k], context.rows(k)
    gradient = context.gradient(at, rows)
    moment = None
    if k < len(context.path) - 1 and np.any(gradient != 0) and np.isfinite(gradient).all():
        after = context.path[k + 1]
        moment = Moment(k + 1, at, after, rows, gradient, context.touched(after))
    chosen = np.arange(context.patterns)
    points = np.repeat(at[None, :], context.patterns, axis=0)
    if moment is None:
        context.__dict__["looked_at"] = (at, rows[0])
    context.__dict__ |= {"moment": moment, "pulls": (context.evaluator.gradient(points, chosen[:, None]), chosen)}
    return context


def contradicted(pair: Pair, found: Iterable[Outcome]) -> list[str]:
    """Claims that are affirmed and that explain denies, or the other way round."""
    context, wrong = standing_at(pair), []
    for one in found:
        still = not np.any(context.gradient(context.path[pair.k], context.rows(pair.k)))
        elsewhere = context.moment is None and not (still and np.all(context.path == context.path[0]))
        if one.holds is None or (one.id in AT_K and elsewhere):
            continue  # without a slope explain looks at the start
        with np.errstate(all="ignore"):
            theirs = MEASURE[one.id](context)
        if theirs.holds != one.holds:
            wrong.append(f"{one.id}: {one.holds} ({one.text}), and explain: {theirs.kind}, {theirs.holds}")
    return wrong


# ---- against numbers ---------------------------------------------------------------------------------------------


def case(pair: Pair) -> Case:
    """The arithmetic of the world beside the run; it has no story."""
    return Case(pair.world, pair.model, pair.run, None)  # type: ignore[arg-type]


def refuted(pair: Pair, found: Iterable[Outcome]) -> list[str]:
    """What the claims say that is not so."""
    beside, wrong = case(pair), []
    for one in found:
        if one.holds is not None:
            with np.errstate(all="ignore"):
                said = TRIALS[one.id](pair, beside, one)
            wrong += [f"{one.id}: {said}: {one.text}"] if said else []
        for key in one.keys:
            with np.errstate(all="ignore"):
                so = SENTENCES[key](pair, beside, one) if key in SENTENCES else True
            wrong += [] if so else [f"{key} is not so: {one.text}"]
    return wrong


def gap(beside: Case, before: Any, after: Any, rows: tuple[int, ...]) -> tuple[float, float]:
    """The change of what is made smaller, in sixty digits, and how much of it may be rounding."""
    first, last = beside.world.exact(before, rows), beside.world.exact(after, rows)
    return float(beside.sense * (last - first)), SLACK * float(max(abs(first), abs(last)))


def update(pair: Pair, beside: Case, one: Outcome) -> str:
    at, rows = beside.path[pair.k], tuple(pair.run.rows(pair.k))
    if one.keys == ("update.no_step",):
        return ""
    after = beside.path[min(pair.k + 1, len(beside.path) - 1)]
    if one.keys[0] in ("update.slope_zero", "update.stays"):
        return "" if np.array_equal(at, after) else f"it moved by {after - at}"
    if "update.not_finite" in one.keys:
        return "" if not np.isfinite(beside.world.goal(after[None, :], rows)).all() else "it is finite"
    change, slack = gap(beside, at, after, rows)
    if (one.holds and change > slack) or (not one.holds and change < -slack):
        return f"the error changes by {change}"
    known = one.known
    if (
        "w_after" in known
        and len(at) == 1
        and abs(float(known["here"]) - float(beside.world.exact(at, rows))) > (1e-6 * (1 + abs(float(known["here"]))))
    ):
        return f"the error is {beside.world.exact(at, rows)}"
    return ""


def no_slope(beside: Case, at: Any, rows: tuple[int, ...]) -> str:
    """Where every slope is told to be 0: none is another, but at kinks, or where it is too small for a number."""
    true, kinks = beside.slopes(at, rows)
    return f"the slopes are {true}" if (~kinks & (np.abs(true) > 1e-9)).any() and not seams(beside, at, rows) else ""


def seams(beside: Case, at: Any, rows: tuple[int, ...]) -> bool:
    """Whether a kink stands at the point in any direction, or cancels in each weight alone: sign(z)·z has none."""
    return "at a kink" in beside.world.features or any(
        word in beside.world.text for word in ("sign(", "floor(", "[", "max(", "min(", "relu(", "abs(")
    )


def sign(pair: Pair, beside: Case, one: Outcome) -> str:
    at, rows = beside.path[pair.k], tuple(pair.run.rows(pair.k))
    if not one.holds:
        return no_slope(beside, at, rows) if one.keys == ("sign.zero",) else f"no slope is wrong: {one.keys}"
    known = one.known
    if np.abs(at).max() > FAR:
        return ""
    for place, right in zip(known["seen"], known["right"], strict=True):
        unit = np.eye(len(at))[int(place)] * np.sign(known["g"][int(place)])
        (up, jump), (back, other) = beside.beside(at, unit, rows), beside.beside(at, -unit, rows)
        if right and not jump and not other and (up <= 0 or back >= 0):
            return f"weight {int(place)} changes it at the rates {up} and {back} along its sign and against it"
    if not np.any(known["right"]):
        return "no sign was seen to be right"
    return ""


def size(pair: Pair, beside: Case, one: Outcome) -> str:
    at, rows = beside.path[pair.k], tuple(pair.run.rows(pair.k))
    if not one.holds:
        return no_slope(beside, at, rows) if one.keys == ("size.zero",) else f"no slope is wrong: {one.keys}"
    if np.abs(at).max() > FAR:
        return ""
    way, length = one.known["down"], float(np.linalg.norm(one.known["g"]))
    for turn in (1.0, -1.0):
        rate, _ = beside.beside(at, turn * way / length, rows)
        if abs(beside.sense * turn * rate + length) > 1e-3 * length:
            return f"the rate along {turn:+} the step is {rate}"
    return ""


def steepest(pair: Pair, beside: Case, one: Outcome) -> str:
    at, rows = beside.path[pair.k], tuple(pair.run.rows(pair.k))
    if not one.holds:
        return no_slope(beside, at, rows)
    length = float(np.linalg.norm(one.known["g"]))
    if np.abs(at).max() > FAR:
        return ""
    draw = np.random.default_rng(pair.seed)
    ways = draw.normal(size=(2000, len(at)))
    ways = np.concatenate([-beside.sense * one.known["g"][None, :], ways]) / 1.0
    ways /= np.linalg.norm(ways, axis=1)[:, None]
    goals = beside.world.goal(at + 1e-6 * (1 + float(np.abs(at).max())) * ways, rows)
    order = np.argsort(beside.sense * goals, kind="stable")[:4]
    rates = [beside.sense * beside.beside(at, way, rows)[0] for way in ways[order]]
    along = beside.sense * beside.beside(at, ways[0], rows)[0]
    if abs(along + length) > 2e-3 * length:
        return f"along the step the rate is {along}"
    return f"a steeper rate is {min(rates)}" if min(rates) < -length * (1 + 2e-3) else ""


def patterns(pair: Pair, beside: Case, one: Outcome) -> str:
    many, at = beside.world.rows, beside.path[pair.k]
    after = beside.path[min(pair.k + 1, len(beside.path) - 1)]
    if one.keys[0] in ("no_weights", "patterns.no_data", "patterns.single"):
        return "" if many == 1 else f"there are {many}"
    changes = [gap(beside, at, after, (row,)) for row in range(many)]
    if "patterns.worse" in one.keys:
        change, slack = changes[int(one.known["worst"])]
        return "" if change > -slack else f"its error changes by {change}"
    worse = [row for row, (change, slack) in enumerate(changes) if change > slack]
    seen = [beside.slopes(at, (row,)) for row in range(many)]
    if any(kinks.any() for _, kinks in seen) or seams(beside, at, ()):
        opposed = one.holds is False  # at a kink the pulls are those of the rule
    else:
        units = [slope / np.linalg.norm(slope) for slope, _ in seen if np.linalg.norm(slope) > 1e-100]
        least = min((float(a @ b) for place, a in enumerate(units) for b in units[place + 1 :]), default=0.0)
        opposed = least < -1e-9
    if one.holds:
        return f"{worse} get worse" if worse else "two pull against each other" if opposed else ""
    return "" if opposed else "none pulls against another"


def decrease(pair: Pair, beside: Case, one: Outcome) -> str:
    path = beside.path
    moved = [step for step in range(len(path) - 1) if not np.array_equal(path[step], path[step + 1])]
    if one.keys[0] in ("decrease.none_taken", "decrease.none_moved"):
        return f"{len(moved)} moved" if moved else ""
    if one.keys[0] == "decrease.no_number":
        return "" if not np.isfinite(beside.world.goal(path)).all() else "all are finite"
    if one.keys[0] == "decrease.worse":
        step = int(one.known["worst_step"]) - 1
        change, slack = gap(beside, path[step], path[step + 1], tuple(pair.run.rows(step)))
        return "" if change > 0 else f"step {step + 1} changes it by {change}"
    helped = 0
    for step in moved:
        goals = beside.sense * beside.world.goal(path[[step, step + 1]], tuple(pair.run.rows(step)))
        slack = 1e-9 * float(np.abs(goals).max()) + 1e-20
        helped += bool(goals[1] < goals[0] + slack)
        if one.holds and not goals[1] <= goals[0] + slack:
            return f"step {step + 1} changes it by {goals[1] - goals[0]}"
        if not one.holds and abs(goals[1] - goals[0]) > slack:
            return f"step {step + 1} changes it by {goals[1] - goals[0]}"
    return "" if helped or not one.holds else "none helped"


def amount(pair: Pair, beside: Case, one: Outcome) -> str:
    """Trained once more by the engine: plainly, by the rule sign, and by the rule normalised."""
    if one.keys[0] == "amount.zero":
        return no_slope(beside, beside.path[0], tuple(range(beside.world.rows)))
    known = one.known
    start = {name: np.asarray(values) for name, values in pair.run.start.items()}
    rate = pair.run.rate if pair.run.rate is not None and pair.run.rate > 0 else 0.1
    how = {"steps": len(known["by_signs"]) - 1, "batch": "all", "start": start, "rate": rate}
    if one.keys[0] in ("amount.others_left", "amount.gradient_left"):
        return ""
    goals = []
    for rule, told in ((None, "by_gradient"), ("sign", "by_signs")):
        run = cr.Model(pair.world.text).train(pair.world.data, **({**how, "update": rule} if rule else how))
        path = beside.vectors(run)
        goals.append(float(beside.world.goal(path[-1:])[0]))
        given = float(known[told][-1])
        if np.abs(path).max() > LARGE:
            return ""
        if abs(goals[-1] - given) > 1e-6 * (1e-6 + abs(given) + abs(float(known["first_goal"]))):
            return f"{rule or 'the gradient'} ends at {goals[-1]}, told {given}"
    gained, length = abs(float(known["first_goal"]) - goals[0]), abs(float(known["end_length"]) - goals[0])
    differ = max(abs(goals[1] - goals[0]), length)
    if one.keys[0] == "amount.differ":
        return "" if differ > 0.01 * gained else f"the ends are {differ} apart"
    return "" if differ <= 0.01 * gained else f"the ends are {differ} apart"


def vanish(pair: Pair, beside: Case, one: Outcome) -> str:
    at, row = beside.path[pair.k], int(one.known["seen"])
    true, kinks = beside.slopes(at, (row,))
    if kinks.any() or seams(beside, at, (row,)):
        return ""
    sizes = np.abs(true)[np.asarray(one.known["alone"]) != 0]
    least = float(sizes.min()) if len(sizes) else float(np.abs(true).max(initial=0.0))
    told = float(one.known["least"])
    if abs(least - told) > 1e-6 * least + 1e-12:
        return f"the smallest slope is {least}"
    share = float(one.known["share"]) if "share" in one.known else 0.0
    return "" if (share > 0.01) == one.holds else f"the share is {share}"


def end(pair: Pair, beside: Case, one: Outcome) -> str:
    key, last, known = one.keys[0], beside.path[-1], one.known
    if key == "end.left":
        return "" if pair.run.departure is not None else "it did not leave"
    if key == "end.rate_zero":
        return "" if pair.run.rate == 0 else f"the rate is {pair.run.rate}"
    more = longer_run(pair)
    longer = beside.vectors(more)[len(beside.path) - 1 :]
    if key == "end.leaves":
        return "" if more.departure is not None else "it stays finite"
    if key == "end.minimum":
        draw = np.random.default_rng(pair.seed)
        ways = draw.normal(size=(1000, len(last)))
        ways /= np.linalg.norm(ways, axis=1)[:, None]
        goals = beside.sense * beside.world.goal(np.concatenate([last[None, :], last + float(known["radius"]) * ways]))
        return "" if goals[1:].min() >= goals[0] else f"{goals[1:].min()} near by is better than {goals[0]}"
    if key == "end.near":
        radius = float(known["radius"])
        sides = beside.sense * beside.world.goal(np.array([last, last - radius, last + radius]))
        near = np.abs(longer[-1] - last).max() <= radius
        return "" if sides[1:].min() > sides[0] and near else f"beside it is {sides}, and it goes to {longer[-1]}"
    if key == "end.no_minimum":
        many = np.concatenate([known["around"], np.eye(len(last)), -known["around"], -np.eye(len(last))])
        goals = beside.sense * beside.world.goal(np.concatenate([last[None, :], last + float(known["radius"]) * many]))
        return "" if goals[1:].min() < goals[0] else f"none of {len(many)} points around is better"
    if key == "end.edge":
        edges = np.array([beside.world.boxes.get(name, (np.nan, np.nan)) for name in beside.world.names])
        inside = (last[:, None] != edges).all(axis=1).any()
        return f"{last} is inside of {edges}" if inside else "" if np.array_equal(longer[-1], last) else "it goes on"
    apart = np.abs(longer - last).max(axis=1)
    if key == "end.moving":
        return "" if apart[-1] > 1e-3 else f"it is {apart[-1]} away"
    period = int(known.get("turns", 1.0) or 1.0) * beside.pass_length
    back = np.abs(longer[-1] - longer[-1 - period]).max() <= 1e-9 * (1 + np.abs(last).max())
    return "" if apart.max() > 1e-6 and back else f"it is {apart.max()} away, and not back after {period} steps"


def longer_run(pair: Pair) -> Any:
    start = {name: np.asarray(values) for name, values in pair.run.start.items()}
    more = 48 * int(pair.run.recipe.order.pass_length)
    return pair.model.train(pair.world.data, **{**pair.changed, "start": start, "steps": pair.run.steps + more})


# ---- each sentence by itself -------------------------------------------------------------------------------------

Said = Callable[[Pair, Case, Outcome], bool]


def single(beside: Case) -> bool:
    return beside.path.shape[1] == 1


def lower(pair: Pair, beside: Case, one: Outcome) -> float:
    """By how much the error over the patterns of the step changes, as the text has it."""
    rows, places = tuple(pair.run.rows(pair.k)), [pair.k, pair.k + 1]
    first, last = (beside.world.exact(beside.path[place], rows) for place in places)
    return float(last - first)


def steep(one: Outcome) -> float:
    """The steepest slope."""
    slopes = np.asarray(one.known["g"])
    return float(slopes[int(np.argmax(np.abs(slopes)))])


def boxed(pair: Pair, beside: Case, one: Outcome) -> bool:
    after = dict(zip(beside.world.names, beside.path[pair.k + 1], strict=True))
    return any(after[name] in ends for name, ends in beside.world.boxes.items())


def helped(pair: Pair, beside: Case) -> tuple[int, int]:
    """Steps that moved a weight, and those of them whose patterns got clearly better."""
    moved = clear = 0
    for step in range(len(beside.path) - 1):
        before, after = beside.path[step], beside.path[step + 1]
        if not np.array_equal(before, after):
            goals = beside.sense * beside.world.goal(np.array([before, after]), tuple(pair.run.rows(step)))
            moved, clear = moved + 1, clear + bool(goals[1] < goals[0])
    return moved, clear


def costs(pair: Pair, beside: Case, one: Outcome, share: float) -> bool:
    """Whether a step made the goal over all patterns worse, by more than a share of it."""
    goals = beside.sense * beside.world.goal(beside.path)
    return bool((np.diff(goals) > share * (np.abs(goals[1:]) + 1e-12)).any())


SENTENCES: dict[str, Said] = {
    "no_weights": lambda pair, beside, one: beside.path.shape[1] == 0,
    "update.no_step": lambda pair, beside, one: pair.k == pair.run.steps,
    "update.strayed": lambda pair, beside, one: False,
    "update.alone": lambda pair, beside, one: beside.plain and single(beside),
    "update.several": lambda pair, beside, one: beside.plain and not single(beside),
    "update.rule_one": lambda pair, beside, one: not beside.plain and single(beside),
    "update.rule_many": lambda pair, beside, one: not beside.plain and not single(beside),
    "update.box_one": boxed, "update.box_many": boxed,
    "update.falls": lambda pair, beside, one: lower(pair, beside, one) <= 0,
    "update.rises": lambda pair, beside, one: lower(pair, beside, one) >= 0,
    "update.against": lambda pair, beside, one: beside.sense * lower(pair, beside, one) >= 0,
    "update.slope_zero": lambda pair, beside, one: not np.any(one.known.get("g", 0.0)),
    "update.stays": lambda pair, beside, one: bool(np.any(one.known["g"])),
    "sign.negative": lambda pair, beside, one: steep(one) < 0 and single(beside),
    "sign.positive": lambda pair, beside, one: steep(one) > 0 and single(beside),
    "sign.steep_negative": lambda pair, beside, one: steep(one) < 0 and not single(beside),
    "sign.steep_positive": lambda pair, beside, one: steep(one) > 0 and not single(beside),
    "sign.sides": lambda pair, beside, one: single(beside),
    "sign.all": lambda pair, beside, one: bool(np.all(one.known["right"])),
    "sign.most": lambda pair, beside, one: not np.all(one.known["right"]),
    "sign.wrong": lambda pair, beside, one: False, "size.wrong": lambda pair, beside, one: False,
    "size.alone": lambda pair, beside, one: single(beside),
    "size.several": lambda pair, beside, one: not single(beside),
    "steepest.falls": lambda pair, beside, one: beside.sense > 0 and not single(beside),
    "steepest.rises": lambda pair, beside, one: beside.sense < 0 and not single(beside),
    "steepest.two_negative": lambda pair, beside, one: single(beside) and steep(one) < 0,
    "steepest.two_positive": lambda pair, beside, one: single(beside) and steep(one) > 0,
    "patterns.run": lambda pair, beside, one: pair.k == pair.run.steps,
    "patterns.none_pulls": lambda pair, beside, one: not np.any(one.known["pull"]),
    "decrease.every": lambda pair, beside, one: (
        len(set(helped(pair, beside))) == 1 and ("decrease.cost" in one.keys or not costs(pair, beside, one, 1e-9))
    ),
    "decrease.none_worse": lambda pair, beside, one: bool(one.known["many_kept"]),
    "decrease.cost": lambda pair, beside, one: costs(pair, beside, one, 0.0),
    "end.cycle": lambda pair, beside, one: beside.pass_length == 1,
    "end.cycle_passes": lambda pair, beside, one: beside.pass_length > 1,
    "end.circle": lambda pair, beside, one: beside.pass_length > 1,
    "end.rate_zero": lambda pair, beside, one: pair.run.rate == 0,
    "end.left": lambda pair, beside, one: pair.run.departure is not None,
}  # fmt: skip
"""Of a sentence whether it is so, whatever is told of its claim."""

TRIALS: dict[str, Callable[[Pair, Case, Outcome], str]] = {
    "update": update, "sign": sign, "size": size, "steepest": steepest, "patterns": patterns, "decrease": decrease,
    "amount": amount, "vanish": vanish, "end": end,
}  # fmt: skip
