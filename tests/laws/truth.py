"""Random trainings of every kind, and an attempt to refute what their stories say, by plain NumPy and by longer runs.

Findings are attacked and not repeated: a minimum by neighbours at six distances, a guaranteed rate by rates below it
from weights of the run, "it goes to X" by ten times the steps, a cycle by three more periods, the steepest way by
other ways, what is dead by weights at random, "does not depend" by the same.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import chainrule as cr
from chainrule.explain import Story
from chainrule.explain.context import Context
from chainrule.explain.rounding import rounding

RATES = (1e-4, 1e-3, 0.01, 0.03, 0.1, 0.3, 0.5, 1.0, 1.5, 10.0, 1000.0)
STARTS = ("0", "1", "-1", "0.5", "-0.3", "2", "1e-12", "40", "-50", "0.25")
UNITS = (
    "tanh({z})", "σ({z})", "relu({z})", "{z}", "abs({z})", "sin({z})", "softplus({z})", "max({z}, 0.2)", "[{z} > 0]",
    "sign({z})*({z})", "({z})^2", "min({z}, 1)", "exp(-({z})^2)", "({z})^3", "relu({z})^2",
)  # fmt: skip
LOSSES = ("½(ŷ − y)²", "abs(ŷ − y)", "relu(1 − y·ŷ)", "(ŷ − y)^4", "softplus(−y·ŷ)", "½(ŷ − y)²")
ALONE = (
    "(w − 1)²", "¼(w² − 1)²", "w³ − 3w² + 3w", "abs(w − 0.35)", "−w + relu(w − 20)³", "w⁴", "−w⁴ + w⁶", "exp(−w)",
    "cos(w)", "½w² + abs(w)", "w²·(w − 2)²", "(w·v − 1)²", "w² − v²", "w² + v⁴", "w² − v⁴", "½w² + 5·v²",
    "w³ − 3w·v²", "relu(w)² + relu(−v)", "sqrt(1 + w²) + 0·v", "abs(w) + abs(v) − 2w", "max(w, v) + ½v²",
    "[w > 0] + w²", "½(1 − w·v·w)²",
)  # fmt: skip


@dataclass(frozen=True)
class Trial:
    """A text, its data, and how it is trained."""

    text: str
    data: dict[str, Any] | None
    options: dict[str, Any] = field(default_factory=dict)


def trial(seed: int) -> Trial:
    """A random training; the same for the same seed."""
    choose = random.Random(seed)
    options: dict[str, Any] = {"rate": choose.choice(RATES), "steps": choose.choice((1, 7, 60, 300, 1000))}
    if choose.random() < 0.2:
        options["update"] = choose.choice(("momentum", "adam", "nesterov", "rmsprop"))
    kind = choose.choice(("alone", "data", "data", "letters"))
    text, data = {"alone": alone, "data": units, "letters": letters}[kind](choose)
    if data is not None:
        options["batch"] = choose.choice(("each", "all", "shuffled", 2))
    return Trial(text, data, options)


def boxed(choose: random.Random, name: str, start: str) -> str:
    value = float(start)
    if choose.random() < 0.2:
        return f"{name} in [{min(value, -1) - 1}, {max(value, 1) + 1}] := {start}"
    return f"{name} := {start}"


def alone(choose: random.Random) -> tuple[str, None]:
    """A goal of one or two weights without data."""
    body = choose.choice(ALONE)
    names = ["w", "v"] if "v" in body else ["w"]
    lines = [f"weight {boxed(choose, name, choose.choice(STARTS[:7]))}" for name in names]
    if choose.random() < 0.2:
        return "\n".join([*lines, f"f = −({body})", "maximise f"]), None
    return "\n".join([*lines, f"E = {body}"]), None


def units(choose: random.Random) -> tuple[str, dict[str, Any]]:
    """A small network of plain numbers on two to six patterns."""
    rows = choose.randint(2, 6)
    data = {name: [choose.choice((0.0, 1.0, -1.0, 0.5, 2.0)) for _ in range(rows)] for name in ("x", "y")}
    many = choose.randint(1, 2)
    weights = [boxed(choose, f"{name}{k}", choose.choice(STARTS)) for k in range(1, many + 1) for name in "wb"]
    weights += [boxed(choose, f"v{k}", choose.choice(STARTS[:6])) for k in range(1, many + 1)]
    lines = [f"h{k} = {choose.choice(UNITS).format(z=f'w{k}*x + b{k}')}" for k in range(1, many + 1)]
    out = " + ".join(f"v{k}*h{k}" for k in range(1, many + 1))
    goal = choose.choice((
        "minimise mean E", "minimise sum E", "minimise mean E + 0.1·abs(w1)", "minimise mean E + 0.01·w1²"
    ))  # fmt: skip
    text = ["data x", "target y", *(f"weight {one}" for one in weights), *lines, f"ŷ = {out}"]
    return "\n".join([*text, f"E = {choose.choice(LOSSES)}", goal]), data


def letters(choose: random.Random) -> tuple[str, dict[str, Any]]:
    """A small network with letters."""
    rows = choose.randint(2, 5)
    data = {
        "x": [[choose.choice((0.0, 1.0, -1.0, 0.5)) for _ in range(2)] for _ in range(rows)],
        "y": [choose.choice((0.0, 1.0, -1.0)) for _ in range(rows)],
    }
    starts = [[choose.choice((0, 0.5, -0.7, 1, -1)) for _ in range(2)] for _ in range(2)]
    text = (
        f"index i = 1..2, k = 1..2\ndata x[i]\ntarget y\nweight W[k,i] := {starts}\n"
        f"weight v[k] := {[choose.choice((0, 1, -0.5)) for _ in range(2)]}\nz[k] = Σ_i W[k,i]·x[i]\n"
        f"h[k] = {choose.choice(UNITS).format(z='z[k]')}\nŷ = Σ_k v[k]·h[k]\nE = {choose.choice(LOSSES)}"
    )
    return text, data


# ---- the attack --------------------------------------------------------------------------------------------------


def refuted(seed: int) -> list[str]:
    """What is not so of what the story of a random training says."""
    made = trial(seed)
    model = cr.Model(made.text)
    run = model.train(made.data, **made.options)
    story = model.explain(run)
    context = Context(run)
    accused = ("is wrong", "do not add up", "do not agree", "chain rule make", "was promised")
    found = [f"accuses: {claim.statement}" for claim in story.claims if any(one in claim.statement for one in accused)]
    with np.errstate(all="ignore"):
        for attack in (best_place, guaranteed, goes_to, repeats, steepest, dead, independent, not_best, rests):
            found += attack(context, story, made)
    return found


def clearly_better(context: Context, at: np.ndarray, points: np.ndarray, slope: float) -> np.ndarray:
    """Which points have a better goal than ``at``, beyond rounding and what a slope makes."""
    goals, here = context.sense * context.lanes.goal(points), context.sense * context.error(at)
    slack = 2 * rounding(context, points) + rounding(context, at[None, :]) + 4 * slope * np.abs(points - at).sum(axis=1)
    return np.asarray(goals < here - slack)


def best_place(context: Context, story: Story, made: Trial) -> list[str]:
    end = story["end"]
    if end.evidence["kind"] not in ("minimum", "maximum", "valley", "kink") or not end.holds:
        return []
    at = np.array(end.evidence.get("rest", context.end))
    draw = np.random.default_rng(1)
    slope = float(np.linalg.norm(context.lanes.gradient(at[None, :])))
    slope = 0.0 if end.evidence["kind"] == "kink" else slope
    size = 1 + np.abs(at).max()
    for scale in (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1):
        ways = draw.normal(size=(200, len(at)))
        ways /= np.linalg.norm(ways, axis=1, keepdims=True)
        points = context.project(at + scale * size * ways)
        if clearly_better(context, at, points, slope).any() and "Beyond a rim" not in end.statement:
            return [f"better at a distance of {scale * size}: {end.statement}"]
    return []


def guaranteed(context: Context, story: Story, made: Trial) -> list[str]:
    evidence = story["step"].evidence
    if not evidence.get("guaranteed"):
        return []
    path = context.path[np.isfinite(context.path).all(axis=1)]
    if context.run.departure is not None:
        path = path[:1]
    safe = min(float(evidence["safe_step"]), 1e9)
    rates = safe * np.array([0.999, 0.7, 0.3, 0.1, 0.01])
    for theta in path[:: max(1, len(path) // 12)]:
        rows = context.rows(0) if context.patterns > len(context.rows(0)) else None
        chosen = None if rows is None else np.array([rows])
        slope = context.lanes.gradient(theta[None, :], chosen)[0]
        after = context.project(theta - context.sense * rates[:, None] * slope)
        many = None if chosen is None else np.repeat(chosen, len(rates), axis=0)
        change = context.sense * (context.lanes.goal(after, many) - context.error(theta, rows))
        noise = 1e-12 * (abs(context.error(theta, rows)) + np.abs(context.lanes.goal(after, many)))
        if np.any((change > noise) & (after != theta).any(axis=1)):
            return [f"a guaranteed step makes it worse at {theta}: {story['step'].statement}"]
    return []


def longer(made: Trial, steps: int) -> Context:
    return Context(cr.Model(made.text).train(made.data, **{**made.options, "steps": steps}))


def goes_to(context: Context, story: Story, made: Trial) -> list[str]:
    end = story["end"]
    if "It looks so that it goes to" not in end.statement or "target" not in end.evidence:
        return []
    target = np.array(end.evidence["target"])
    seen = 0 if context.followed is None else context.followed.steps
    later = longer(made, context.run.steps + max(9 * context.run.steps, seen)).end
    if np.linalg.norm(later - target) < np.linalg.norm(context.end - target):
        return []
    return [f"ten times the steps do not lead there: {end.statement}"]


def repeats(context: Context, story: Story, made: Trial) -> list[str]:
    end = story["end"]
    if end.evidence["kind"] != "cycle" or not end.evidence.get("reached"):
        return []
    length = context.run.recipe.order.pass_length
    many = int(end.evidence["period"]) * length
    later = longer(made, context.run.steps + 3 * many).path
    scale = np.maximum(1.0, np.abs(later[-1]))
    back = np.abs(later[-1] - later[-1 - many]) / scale
    return [] if back.max() < 1e-5 else [f"three more periods and it is elsewhere: {end.statement}"]


def steepest(context: Context, story: Story, made: Trial) -> list[str]:
    claim, moment = story["steepest"], context.moment
    if not claim.holds or moment is None or len(context.names) == 1:
        return []
    draw = np.random.default_rng(2)
    ways = draw.normal(size=(300, len(context.names)))
    ways = np.concatenate([-context.sense * moment.gradient[None, :], ways])
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    rows = np.repeat(np.array([moment.rows]), len(ways), axis=0)
    rates = context.sense * context.lanes.goal(moment.before + 1e-30j * ways, rows).imag / 1e-30
    if rates[1:].min() < rates[0] - 1e-6 * abs(rates[0]) and near_smooth(context, moment.before):
        return [f"another way is steeper: {claim.statement}"]
    return []


def near_smooth(context: Context, at: np.ndarray) -> bool:
    """Whether no kink lies nearer than what a difference steps over."""
    from chainrule.explain.sides import broken

    return not broken(context)


def dead(context: Context, story: Story, made: Trial) -> list[str]:
    evidence = story["dead"].evidence
    draw = np.random.default_rng(3)
    points = context.project(draw.normal(size=(60, len(context.names))) * draw.choice([0.1, 1, 10], size=(60, 1)))
    slopes = np.nan_to_num(context.lanes.gradient(points))
    found = [
        f"{name} is moved: {story['dead'].statement}"
        for name in evidence.get("dead_weights", []) if np.any(slopes[:, context.names.index(name)])
    ]  # fmt: skip
    for item in evidence.get("dead_patterns", []):
        own = context.lanes.gradient(points, np.full((len(points), 1), item["row"]))
        if np.nan_to_num(own).any():
            found.append(f"pattern {item['row']} moves a weight: {story['dead'].statement}")
    return found


def independent(context: Context, story: Story, made: Trial) -> list[str]:
    claim = story["dead"]
    if "does not depend on" not in claim.statement:
        return []
    draw = np.random.default_rng(4)
    points = context.project(draw.normal(size=(60, len(context.names))) * draw.choice([0.1, 1, 10], size=(60, 1)))
    each = context.model.goal.each
    if each is None:
        return []
    rows = [item["row"] for item in claim.evidence["dead_patterns"]]
    values = [np.ptp(context.lanes.goal(points, np.full((60, 1), row))) for row in rows]
    return [] if not values or min(values) <= 1e-12 else [f"it does depend: {claim.statement}"]


def not_best(context: Context, story: Story, made: Trial) -> list[str]:
    end = story["end"]
    if end.evidence["kind"] not in ("saddle", "degenerate saddle", "inflection") or "sides" not in end.evidence:
        return []
    here, there, _ = end.evidence["sides"]
    return [] if context.sense * (there - here) < 0 else [f"nothing is better beside it: {end.statement}"]


def rests(context: Context, story: Story, made: Trial) -> list[str]:
    end = story["end"]
    if not end.holds or "rest" not in end.evidence or context.run.steps == 0:
        return []
    steps = min(20_000, 10 * context.run.steps)
    if "update" in made.options:  # a rule that remembers may leave later: the story says how far it was followed
        steps = min(steps, context.run.steps + (0 if context.followed is None else context.followed.steps))
    later = longer(made, steps).end
    far = np.linalg.norm(later - np.array(end.evidence["rest"]))
    return [] if far <= 2e-3 * (1 + np.abs(later).max()) else [f"it does not stay: {end.statement}"]
