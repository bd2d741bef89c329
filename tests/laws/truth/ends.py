"""Trials of where it ends: neighbours, longer runs, minimisers, pushes."""

from __future__ import annotations

import re

import mpmath
import numpy as np
from scipy.optimize import minimize

from .case import Array, Case

SCALES = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1)
NEAR = 1e-3
"""Of the size of the weights: what is called close to a place is no further off."""
FEW = 3
"""Points that are better at a distance of NEAR and more, of all tried there: fewer are met or missed by chance, for one
weight of ten thousand makes far what is near beside it and further than the edges of the units of the others."""
CLOSE_BY = 0.05
"""Of the size of the weights: a place that is called a minimum, and nothing more, is the lowest so near to it."""
NEIGHBOURS, STARTS, PERIODS, MOST = 170, 20, 3, 20_000


def ways(size: int, many: int, seed: int) -> Array:
    """Directions of length 1: along each weight, and at random."""
    drawn = np.random.default_rng(seed).normal(size=(many, size))
    found = np.concatenate([np.eye(size), -np.eye(size), drawn])
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True))


def called_best(case: Case) -> bool:
    """Whether the end is said to be a best point of some kind."""
    return case.end.evidence["kind"] in ("minimum" if case.sense > 0 else "maximum", "valley", "kink", "bound")


TINY = 1e-300
"""What is smaller is 0 to a computer: it has no number between."""
ROUNDED = 64 * 2.0**-53
"""What rounding may do to a goal, of its size, where a sentence says that it may hide something."""


def place_of(case: Case) -> Array:
    return np.array(case.end.evidence.get("rest", case.path[-1]), dtype=np.float64)


def neighbours(case: Case) -> list[str]:
    """A best point: is one of a thousand neighbours at six distances better?"""
    end = case.end
    if not called_best(case) or not (end.holds or end.evidence["kind"] in ("minimum", "maximum")):
        return []
    return better_beside(case, place_of(case), end.statement, end.evidence["kind"] == "kink")


def better_beside(case: Case, at: Array, told: str, kink: bool = False, most: float = np.inf) -> list[str]:
    rim = re.search(r"from a distance of (\S+) on", told)
    most = float(rim.group(1).replace("−", "-")) if rim else most
    size = 1.0 + float(np.abs(at).max())
    slope, _ = case.slopes(at)
    low, high = (case.world.inside(np.full((1, len(at)), side))[0] for side in (-np.inf, np.inf))
    pushed = case.sense * slope
    free = ~(((at <= low) & (pushed > 0)) | ((at >= high) & (pushed < 0)))
    left = 0.0 if kink else float(np.linalg.norm(slope[free]))
    here = case.sense * case.world.goal(at[None, :])[0]
    with mpmath.workdps(60):  # what rounding leaves of the goal there, such as the 1 of a saturated unit
        off = abs(float(case.world.exact(at) - case.sense * mpmath.mpf(float(here)))) if np.isfinite(here) else 0.0
    last = abs(float(case.world.goal(case.path[-1:])[0])) if np.isfinite(case.path[-1]).all() else 0.0
    for number, scale in enumerate(SCALES):
        if scale * size >= 0.9 * most or ("the box holds" in told and scale > NEAR) or (kink and scale == SCALES[-1]):
            break  # of an edge only the slope there is told; further off a kink other steps and kinks come
        points = case.world.inside(at + scale * size * ways(len(at), NEIGHBOURS, number))
        goals = case.sense * case.world.goal(points)
        for point in points[np.argsort(goals, kind="stable")[:4]]:
            far = float(np.abs(point - at).sum())
            slack = 2 * left * (far if "the slope that is left" in told else min(far, NEAR * size))
            # where its rounded value is as good, the numbers of the run say no more
            blur = (ROUNDED if "by more than rounding" in told else 1e-15) * max(abs(float(here)), last, TINY) + 2 * off
            # as many draws miss them
            thin = scale >= NEAR or "hides whether it bends" in told
            few = thin and "points tried" in told and np.sum(goals < here) < FEW
            if not few and case.lower(point, at, slack + blur):
                return [f"better at a distance of {scale * size:.1e}: {told}"]
    return []


def falls(case: Case) -> list[str]:
    """A saddle, an inflection: is there a point at the distance that is told, lower by what is told?"""
    known = case.end.evidence
    if not known.get("falls_by") or called_best(case):
        return []
    at, far, told = place_of(case), float(known["at_distance"]), float(known["falls_by"])
    if "lower_at" in known:  # a narrow way is met by no search
        point = np.array(known["lower_at"])
        with mpmath.workdps(60):
            fall = float(case.sense * (case.world.exact(at) - case.world.exact(point)))
        if fall > 0.99 * told and np.linalg.norm(point - at) < 1.01 * far:
            return []
        return [f"at {point} it is lower by {fall:.3g}, not {told:.3g}: {case.end.statement}"]
    directions, draw = ways(len(at), 10_000 if len(at) > 1 else 0, 7), np.random.default_rng(8)
    slope, _ = case.slopes(at)
    if (length := float(np.linalg.norm(slope))) > 0:  # a far way that is narrow is met by no draw
        directions = np.concatenate([directions, -case.sense * slope[None, :] / length])
    best, turn = directions[0], 0.5
    for _ in range(60):
        goals = case.sense * case.world.goal(case.world.inside(at + far * directions))
        best = directions[int(np.nanargmin(goals))]
        directions = np.concatenate([best[None, :], best + turn * draw.normal(size=(60, len(at)))])
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        turn *= 0.85
    with mpmath.workdps(60):
        point = case.world.inside((at + far * best)[None, :])[0]
        fall = float(case.sense * (case.world.exact(at) - case.world.exact(point)))
    if fall > 0.3 * told:  # its own way may be a better one than a search finds; a fall that is not there is refuted
        return []
    return [f"it falls by {fall:.3g} at that distance, not {told:.3g}: {case.end.statement}"]


def goes_to(case: Case) -> list[str]:
    """Ten times the steps lead nearer to what it is said to go to; and what is called a minimum there is one."""
    end = case.end
    if "It looks so that it goes to" not in end.statement or "target" not in end.evidence:
        return []
    target = np.array(end.evidence["target"], dtype=np.float64)
    later = case.longer(min(MOST, case.run.steps + max(9 * case.run.steps, case.followed)))[-1]
    near, far = np.linalg.norm(later - target), np.linalg.norm(case.path[-1] - target)
    found = [] if near < far else [f"ten times the steps do not lead there: {end.statement}"]
    if end.evidence.get("shape") == "minimum":
        found += better_beside(case, target, end.statement, most=CLOSE_BY * (1 + float(np.abs(target).max())))
    return found


def stays(case: Case) -> list[str]:
    """Where it rests it is after ten times the steps too (a rule that remembers: as long as it was followed)."""
    end = case.end
    if not end.holds or "rest" not in end.evidence or case.run.steps == 0:
        return []
    more = 9 * case.run.steps if case.plain else min(case.followed, 9 * case.run.steps)
    later = case.longer(min(MOST, case.run.steps + more))[-1]
    far = float(np.linalg.norm(later - place_of(case)))
    return [] if far <= 2e-3 * (1 + np.abs(later).max()) else [f"it does not stay: {end.statement}"]


def pushed(case: Case) -> list[str]:
    """Pushed a little aside, the same rule comes back to a rest that holds, and leaves one that it is said not to."""
    end, order = case.end, case.world.options.get("batch")
    if end.evidence.get("stays") is None or end.evidence["kind"] != "minimum" or not case.plain or order == "shuffled":
        return []
    at, length = place_of(case), case.pass_length
    if np.linalg.norm(at - case.path[-1]) > 1e-7 * case.size or case.run.steps % length:
        return []
    furthest = 0.0
    for way in ways(len(at), 2, 5):
        start = case.world.inside((at + 1e-6 * case.size * way)[None, :])[0]
        gone = float(np.linalg.norm(start - at))
        if gone == 0:
            continue
        later = case.longer(60 * length, start=case.starting(start))
        if len(later) - 1 < 60 * length and not np.isfinite(later[-1]).all():
            furthest = np.inf
        furthest = max(furthest, float(np.linalg.norm(later[-1] - at)) / gone)
    if end.evidence["stays"] and furthest > 1000:
        return [f"pushed aside it is carried {furthest:.3g} times as far: {end.statement}"]
    if not end.evidence["stays"] and furthest < 1:
        return [f"pushed aside it comes back: {end.statement}"]
    return []


def no_minimum(case: Case) -> list[str]:
    """No minimum at finite weights: twenty starts of a minimiser find none; a slope of one sign has that sign."""
    end, found = case.end, []
    if "has no minimum" in end.statement or "has no maximum" in end.statement:
        for start in np.linspace(-30, 30, STARTS):
            with np.errstate(all="ignore"):
                met = minimize(
                    lambda w: float(case.sense * case.world.goal(w[None, :])[0]), [start], method="Nelder-Mead"
                ).x
            if np.isfinite(met).all() and np.abs(met[0]) < 1e6:
                beside = [met + d for step in (1e-3, 1e-2, 1e-1) for d in (step, -step)]
                if all(case.lower(met, other) for other in beside):
                    found.append(f"a best point at {met[0]}: {end.statement}")
                    break
    ranged = end.evidence.get("slope_sign_on_range") or {}
    every = int(end.evidence.get("slope_sign_for_every_weight") or 0)
    sign = every or int(ranged.get("sign") or 0)
    if sign:
        low, high = (-30.0, 30.0) if every else (float(ranged["low"]), float(ranged["high"]))
        for at in np.random.default_rng(3).uniform(low, high, size=100):
            rates = [case.beside(np.array([at]), np.array([side]))[0] * side for side in (1.0, -1.0)]
            if any(rate * sign < 0 for rate in rates):
                found.append(f"the slope at {at} is {rates}: {end.statement}")
                break
    return found


def repeats(case: Case) -> list[str]:
    """Three more periods and it is where it was."""
    known, length = case.end.evidence, case.pass_length
    if known["kind"] == "cycle":
        many = int(known["period"]) * length
        begun = case.run.steps if known.get("reached") else case.run.steps + case.followed
        later = case.longer(begun // length * length + PERIODS * many)
        back = np.abs(later[-1] - later[-1 - many]) / np.maximum(1.0, np.abs(later[-1]))
        return [] if back.max() < 1e-5 else [f"three more periods and it is elsewhere: {case.end.statement}"]
    if known["kind"] == "cycle inside a pass":
        begun = case.run.steps + case.followed
        later = case.longer(begun + PERIODS * length, record=1)
        if len(later) <= 2 * length:
            return []
        last, scale = later[-1], np.maximum(1.0, np.abs(later[-1]))
        back = np.abs(last - later[-1 - length]) / scale
        spread = np.ptp(later[-length - 1 :], axis=0)
        if back.max() > 1e-5 or not np.allclose(spread, known["spread"], rtol=1e-2, atol=1e-6):
            return [f"the circle is another, {back.max():.2e}, {spread}: {case.end.statement}"]
    return []


def bounded(case: Case) -> list[str]:
    """A number that no weights get beyond: not the run, no thousand weights of all sizes, no minimiser from ten."""
    bound = case.end.evidence.get("bound")
    if bound is None:
        return []
    draw = np.random.default_rng(7)
    drawn = draw.normal(size=(1_000, len(case.path[0]))) * 10.0 ** draw.uniform(-3, 3, (1_000, 1))
    points = np.concatenate([case.path[np.isfinite(case.path).all(axis=1)], case.world.inside(drawn)])
    with np.errstate(all="ignore"):
        goals = case.sense * case.world.goal(points)
        met = [minimize(lambda w: float(case.sense * case.world.goal(case.world.inside(w[None, :]))[0]), start,
                        method="Nelder-Mead").fun for start in case.world.inside(drawn[:10])]  # fmt: skip
    best = float(np.nanmin([goals[np.isfinite(goals)].min(initial=np.inf), *met]))
    beyond = case.sense * bound - best
    return [f"{best} is met, beyond {bound}: {case.end.statement}"] if beyond > 1e-12 * (1 + abs(bound)) else []


def runs_away(case: Case) -> list[str]:
    """Followed on, it leaves the finite numbers in the step that is told."""
    met = re.search(r"leaves the finite numbers in step (\d+)", case.end.statement)
    if not met or case.end.evidence["kind"] != "running away" or int(met.group(1)) > MOST:
        return []
    run = case.model.train(case.world.data, **{**case.world.options, "steps": int(met.group(1)) + 5})
    left = run.departure.step if run.departure is not None else None
    return [] if left == int(met.group(1)) else [f"it leaves in step {left}: {case.end.statement}"]


TRIALS = (neighbours, falls, goes_to, stays, pushed, no_minimum, repeats, bounded, runs_away)
