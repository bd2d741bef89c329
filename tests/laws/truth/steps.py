"""Trials of what is said of slopes, steps and patterns: both sides, many directions, the record counted anew."""

from __future__ import annotations

import re

import mpmath
import numpy as np

from .case import LOST, Array, Case
from .ends import ways

DIRECTIONS, RATES, DRAWN = 10_000, 50, 1_000
CLOSE = 1e-7
SATURATED = 1e-2
"""Of a slope: what rounding leaves open of 1 − h² where h is so near to 1 that few digits of it are left."""
UNSEEN = 1e-80
"""Slopes that a difference in sixty digits does not see beside the bend of a penalty."""
SLOPE = 1e-40
"""Smaller slopes are not those of a step: of a difference over 1e−30 the third derivative leaves 1e−60 of its size."""
LAST = 2.0**-50
"""Of the root of a goal near 0, which is a square: what the last digits of the numbers it is made of do to it."""
VAST = 1e100
"""From there on the next product of a step may be beyond all numbers: a quantity, where the goal is a number."""


def accuses(case: Case) -> list[str]:
    """No run of the package takes a wrong gradient."""
    words = ("is wrong", "do not add up", "do not agree", "chain rule make", "was promised")
    return [f"accuses: {one.statement}" for one in case.story.claims if any(word in one.statement for word in words)]


def first(case: Case) -> tuple[Array, tuple[int, ...], Array] | None:
    """Where the step that is shown begins, the patterns it visits, and the gradient that is given."""
    known = case.story["update"].evidence
    if "gradient" not in known or "rows" not in known:
        return None
    order = case.world.names
    return (
        np.array([known["weights"][one] for one in order]), tuple(known["rows"]),
        np.array([known["gradient"][one] for one in order]),
    )  # fmt: skip


def slopes(case: Case) -> list[str]:
    """Each slope is that of both sides; at a kink the story says so."""
    told = first(case)
    if told is None or case.world.parted(*told[:2]):
        return []
    at, rows, gradient = told
    true, kinks = case.slopes(at, rows)
    said = " ".join(case.story[one].statement for one in ("update", "sign", "size", "steepest"))
    said += str(case.story["update"].evidence.get("kink", "")) + " ".join(map(str, case.story["sign"].lines))
    spoken = any(word in said for word in ("kink", "smooth in", "jumps", "just beside"))
    off = np.abs(true - gradient) > CLOSE * np.abs(true) + 1e-12 * (1 + np.abs(gradient).max())
    if (off & ~kinks).any() and not spoken:
        return [f"the slopes are {true}, given {gradient}"]
    if (kinks & (gradient != 0)).any() and not spoken:
        return [f"a kink at {at[kinks]} is not told: {case.story['update'].statement}"]
    return []


def sides(case: Case) -> list[str]:
    """Where a sign is called right, the goal gets better to the side that it names."""
    told, sign = first(case), case.story["sign"]
    if told is None or "weights" not in sign.evidence:
        return []
    at, rows, gradient = told
    for place, one in enumerate(case.world.names):
        side = sign.evidence["weights"].get(one)
        if side is None or side["agrees"] is not True or abs(gradient[place]) <= LOST * abs(side["here"]):
            continue
        unit = np.zeros(len(at))
        unit[place] = -case.sense * np.sign(gradient[place])
        rate, jump = case.beside(at, unit, rows)
        if case.sense * rate >= 0 and not jump:
            return [f"{one} is not better to that side, the rate is {rate}: {sign.statement}"]
    return []


def shown(case: Case) -> list[str]:
    """The numbers of the step that is shown."""
    told, update = first(case), case.story["update"]
    if told is None or "error_after" not in update.evidence:
        return []
    at, rows, _ = told
    after = case.path[int(update.evidence["step"])]
    goals = case.world.goal(np.array([at, after]), rows)
    given = [update.evidence["error_before"], update.evidence["error_after"]]
    same = np.allclose(goals, given, rtol=1e-8, atol=1e-10, equal_nan=True)
    return [] if same or not np.isfinite(goals).all() else [f"E goes {goals}, told {given}: {update.statement}"]


def steepest(case: Case) -> list[str]:
    """Ten thousand directions, none steeper."""
    told, claim = first(case), case.story["steepest"]
    if told is None or not claim.holds:
        return []
    at, rows, _ = told
    length = float(claim.evidence["gradient_norm"])
    directions = ways(len(at), DIRECTIONS if len(at) > 1 else 0, 11)
    step = 1e-6 * (1 + float(np.abs(at).max()))
    goals = case.world.goal(np.concatenate([at[None, :], at + step * directions]), rows)
    order = np.argsort(case.sense * goals[1:], kind="stable")[:6]
    for way in directions[order]:
        rate, jump = case.beside(at, way, rows)
        nearer, _ = case.beside(at, 1e-6 * way, rows)
        jump |= abs(nearer) > 1e-3 * abs(rate)  # a step below rounding is as high at any distance
        jump |= abs(nearer) < 0.5e-6 * abs(rate)  # and a bend alone makes it, where the slope is below what is tried
        if case.sense * rate < -length * (1 + 1e-4) and not jump:
            return [f"along {way} the rate is {rate}, −‖g‖ is {-length}: {claim.statement}"]
    return []


def guaranteed(case: Case) -> list[str]:
    """Fifty rates below one that is guaranteed, from weights of the run: each step helps."""
    known, told = case.story["step"].evidence, case.story["step"].statement
    finite = case.path[np.isfinite(case.path).all(axis=1)]
    found: list[tuple[Array, float, tuple[int, ...] | None]] = []
    if known.get("guaranteed"):
        safe = min(float(known["safe_step"]), 1e9)
        if case.run.departure is not None or " from w =" in told or "from any" not in told:
            finite = finite[:1]
        places = np.unique(np.linspace(0, len(finite) - 1, 6).astype(int))
        found += [(finite[place], safe, tuple(case.run.rows(int(place)))) for place in places]
    if known.get("guaranteed_first_step"):
        found.append((finite[0], float(known["guaranteed_first_step"]), None))
    draw = np.random.default_rng(12)
    for at, safe, rows in found:
        slope, kinks = case.slopes(at, rows)
        if kinks.any() or not np.abs(slope).max() > SLOPE:
            continue
        shares = np.concatenate([[0.999, 0.9, 0.5], draw.random(RATES - 3)])
        after = case.world.inside(at - case.sense * safe * shares[:, None] * slope)
        goals = case.sense * case.world.goal(np.concatenate([at[None, :], after]), rows)
        worst = after[int(np.nanargmax(goals[1:]))]
        change = case.sense * float(case.world.exact(worst, rows) - case.world.exact(at, rows))
        if change > 1e-15 * abs(float(goals[0])) and (worst != at).any():
            return [f"a guaranteed step makes it worse by {change} at {at}: {told}"]
    return []


def counted(case: Case) -> list[str]:
    """The record, counted anew: steps that helped their own patterns, that hurt them, that hurt all."""
    known = case.story["decrease"].evidence
    if "own_better" not in known or known["steps"] != len(case.path) - 1 or case.run.recipe.record != 1:
        return []
    before, after = case.path[:-1], case.path[1:]
    visited = [tuple(case.run.rows(step)) for step in range(len(before))]
    own = np.zeros((len(before), 2))
    for rows in dict.fromkeys(visited):
        here = np.array([one == rows for one in visited])
        own[here, 0] = case.sense * case.world.goal(before[here], rows)
        own[here, 1] = case.sense * case.world.goal(after[here], rows)
    every = case.sense * np.stack([case.world.goal(before), case.world.goal(after)], axis=1)
    moved = (before != after).any(axis=1)
    found = []
    if int(moved.sum()) != known["moved"]:
        found.append(f"{int(moved.sum())} steps moved, told {known['moved']}")
    for name, pair, sign in (("own_better", own, -1), ("own_worse", own, 1), ("total_worse", every, 1)):
        with np.errstate(all="ignore"):
            change, scale = sign * (pair[:, 1] - pair[:, 0]), np.abs(pair).max(axis=1)
            vast = ~(scale < VAST)
            clear = moved & (change > 1e-9 * scale + 1e-20) & ~vast
            open_ = moved & (~(change < -1e-9 * scale - 1e-20) | vast)
        if not clear.sum() <= known[name] <= open_.sum():
            found.append(f"{name}: between {clear.sum()} and {open_.sum()}, told {known[name]}")
    return [f"{one}: {case.story['decrease'].statement}" for one in found]


def opposed(case: Case) -> list[str]:
    """Pairs of patterns that pull against each other at the start, counted anew."""
    known, at = case.story["patterns"].evidence, case.path[0]
    if "opposed_pairs" not in known or known["looked_at"] != case.world.rows:
        return []
    seen = [case.slopes(at, (row,)) for row in range(case.world.rows)]
    if any(kinks.any() for _, kinks in seen):
        return []
    pulls = np.array([slope for slope, _ in seen])
    sizes = np.linalg.norm(pulls, axis=1)
    if not np.isfinite(sizes).all():
        return []
    seen_at_all = sizes > LOST * (1 + abs(case.world.goal(at[None, :])[0]))
    units = pulls[seen_at_all] / sizes[seen_at_all, None]
    cosines = (units @ units.T)[np.triu_indices(len(units), 1)]
    low, high = int((cosines < -1e-9).sum()), int((cosines < 1e-9).sum())
    if len(units) == known["pulling"] and not low <= known["opposed_pairs"] <= high:
        return [f"{low} to {high} pairs are opposed: {case.story['patterns'].statement}"]
    return []


def dead(case: Case) -> list[str]:
    """A thousand random weights: what is dead is moved at none, and what does not depend does not."""
    claim, names = case.story["dead"], case.world.names
    draw = np.random.default_rng(13)
    points = draw.normal(size=(DRAWN, len(names))) * draw.choice([0.1, 1.0, 10.0], size=(DRAWN, 1))
    points = case.world.inside(points)
    found = []
    ask: list[tuple[str, int, tuple[int, ...] | None]] = [
        (one, names.index(one), None) for one in claim.evidence.get("dead_weights", [])
    ]
    for item in claim.evidence.get("dead_patterns", []):
        ask += [(f"{one} by pattern {item['row']}", place, (item["row"],)) for place, one in enumerate(names)]
    for told, place, rows in ask:
        moved = points.copy()
        moved[:, place] += 1e-5
        with np.errstate(all="ignore"):
            change = np.abs(case.world.goal(moved, rows) - case.world.goal(points, rows))
        for at in np.argsort(-np.nan_to_num(change), kind="stable")[:3]:
            unit = np.eye(len(names))[place]
            rate, jump = case.beside(points[at], unit, rows)
            if rate and not jump:
                found.append(f"{told} is moved at {points[at]}, rate {rate}: {claim.statement}")
                break
    for sentence in claim.statement.split(". "):
        for item in claim.evidence.get("dead_patterns", []) if "does not depend on" in sentence else []:
            told = f"pattern {item['row']} (" in sentence or case.world.rows == 1
            values = case.world.goal(points, (item["row"],)) if told else np.zeros(1)
            if np.ptp(values[np.isfinite(values)]) > 1e-12:
                found.append(f"pattern {item['row']} does depend: {sentence}")
    return found


def promised(case: Case) -> list[str]:
    """A move that `vanish` promises of a step is that of the step."""
    claim, told = case.story["vanish"], first(case)
    met = re.search(r"moves (\S+) by (\S+): at", claim.statement)
    if not met or told is None or not case.plain:
        return []
    at, rows, _ = told
    place = list(case.world.names).index(str(claim.evidence["weight"]))
    step = int(case.story["update"].evidence["step"])
    if (case.path[step - 1] != at).any():
        return []
    slope, kinks = case.slopes(at, rows)
    if 0 < np.abs(told[2]).max() < UNSEEN:
        return []
    wanted = abs(float(case.run.rate) * slope[place])
    given = float(met.group(2).replace("−", "-"))
    if kinks.any() or abs(given - wanted) <= 0.06 * wanted:
        return []
    return [f"a step moves it by {wanted}: {claim.statement}"]


def amounts(case: Case) -> list[str]:
    """The two trainings that are compared, made again."""
    claim = case.story["amount"]
    if "ways" not in claim.evidence:
        return []
    how = {"batch": "all", "steps": claim.evidence["steps"], "rate": claim.evidence["rate"]}
    for way, rule in zip(claim.evidence["ways"], (None, "sign"), strict=False):
        run = case.model.train(case.world.data, update=rule, **how)
        if not np.isfinite(way["error"]) or run.departure is not None:
            if np.isfinite(way["error"]) and np.isfinite(run.error):
                return [f"{way['way']}: it leaves the finite numbers: {claim.statement}"]
            continue
        mine = float(case.world.goal(case.vectors(run)[-1:])[0])
        if not np.isclose(mine, way["error"], rtol=1e-6, atol=1e-9):
            return [f"{way['way']} ends with {mine}, told {way['error']}: {claim.statement}"]
    return []


def angle(case: Case) -> list[str]:
    """The angle to where it ended."""
    known, at = case.story["toward"].evidence, case.path[0]
    way = case.path[-1] - at
    if known.get("angle") is None or not np.isfinite(way).all():
        return []
    slope, kinks = case.slopes(at)
    if kinks.any() or not np.any(slope) or np.abs(slope).max() < UNSEEN:
        return []
    if np.any(np.abs(slope - case.ruled) > CLOSE * np.abs(slope).max()):
        return []  # kinks of patterns that in their sum are none: the rule takes another slope
    one, other = -case.sense * slope / np.abs(slope).max(), way / np.abs(way).max()
    one, other = one / np.linalg.norm(one), other / np.linalg.norm(other)
    mine = float(np.degrees(2 * np.arctan2(np.linalg.norm(one - other), np.linalg.norm(one + other))))
    unsure = float(known["rounding"]) if "rounding may turn it" in case.story["toward"].statement else 0.0
    if abs(mine - float(known["angle"])) > 1e-4 + unsure:
        return [f"the angle is {mine}, told {known['angle']}: {case.story['toward'].statement}"]
    return []


def contributions(case: Case) -> list[str]:
    """Contributions add up to the slope."""
    known = case.story["order"].evidence
    if "contributions" not in known or "slope" not in known:
        return []
    parts, slope = np.array(known["contributions"], dtype=np.float64), float(known["slope"])
    blur = re.search(r"no more than rounding may do, (\S+)\.", case.story["order"].statement)
    lost = float(blur.group(1).replace("−", "-")) * 1.05 if blur else 0.0  # it is told with two digits
    if not np.isclose(parts.sum(), slope, rtol=1e-7, atol=1e-9 * np.abs(parts).max() + lost):
        return [f"they add up to {parts.sum()}, not {slope}: {case.story['order'].statement}"]
    return []


def numbers(case: Case) -> list[str]:
    """Numbers of the step that is shown, as the other claims have them: one slope, one length, the goal on both sides,
    the change that is predicted and that happens."""
    told = first(case)
    if told is None or case.slopes(told[0], told[1])[1].any():
        return []
    at, rows, gradient = told
    if np.any(np.abs(case.slopes(at, rows)[0] - gradient) > CLOSE * (1 + np.abs(gradient))):
        return []  # the rule takes another slope than there is: `slopes` asks whether that is said
    found, length = [], float(np.linalg.norm(gradient))
    sign, size, steep = (case.story[id].evidence for id in ("sign", "size", "steepest"))
    for place, one in enumerate(case.world.names):
        side = sign.get("weights", {}).get(one)
        if side is None:
            continue
        unit = np.eye(len(at))[place] * side["h"]
        goals = case.world.goal(np.array([at - unit, at, at + unit]), rows)
        given = [side["below"], side["here"], side["above"]]
        if not same(gradient[place], side["slope"]) or not same(goals, given):
            found.append(f"{one}: slope {gradient[place]}, goals {goals}, told {side['slope']} and {given}")
    for step in size.get("steps", []):
        after = case.world.goal(np.array([at, at - case.sense * step["rate"] * gradient]), rows)
        mine = [-case.sense * step["rate"] * length**2, after[1] - after[0]]
        if not same(mine, [step["predicted"], step["actual"]], abs(float(after[0]))):
            found.append(f"a step changes E by {mine}, told {step}")
    if "gradient_norm" in size and not same(length, size["gradient_norm"]):
        found.append(f"the length is {length}, told {size['gradient_norm']}")
    if "along_minus_gradient" in steep and not same(length, -steep["along_minus_gradient"]):
        found.append(f"along the step −{length}, told {steep['along_minus_gradient']}")
    return found


def same(mine: object, told: object, scale: float = 1.0) -> bool:
    """Whether numbers are the same, but for rounding, or for what no computer's number holds."""
    one, other = np.asarray(mine, np.float64), np.asarray(told, np.float64)
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        return True
    return bool(np.allclose(one, other, rtol=1e-6, atol=1e-9 * (1e-3 + scale)))


def longest(case: Case) -> list[str]:
    """A step from the start as long as the longest that helps is no worse, and one a little longer is no better."""
    reach, at = case.story["step"].evidence.get("longest_better_step"), case.path[0]
    slope, kinks = case.slopes(at)
    if not reach or kinks.any() or not np.isfinite(slope).all() or not np.any(slope):
        return []
    if np.any(np.abs(slope - case.ruled) > CLOSE * (1 + np.abs(slope))):
        return []  # the rule takes another slope than there is, and steps go another way
    rates = np.array([1 - 1e-6, 1 + 1e-6, *(1 + np.arange(1, 3000) * 2**-52)]) * reach  # a step may be one number wide
    after = case.world.inside(at - case.sense * rates[:, None] * slope)
    goals = case.sense * case.world.goal(np.concatenate([at[None, :], after]))
    with mpmath.workdps(60):  # what rounding leaves of a goal near 0
        off = max(abs(float(case.sense * case.world.exact(one)) - float(case.sense * case.world.goal(one[None, :])[0]))
                  for one in (at, *after[[0, 1, 2, 1000, -1]]))  # fmt: skip
    slack = 1e-9 * abs(float(goals[0])) + 1e-4 * reach * float(slope @ slope) + 8 * off
    slack += LAST * float(np.sqrt(abs(goals[0])))
    if np.isfinite(goals).all() and (goals[1] > goals[0] + slack or goals[2:].max() < goals[0] - slack):
        return [f"at {rates[:2]} the goal is {goals[1:3]}, at the start {goals[0]}: told {reach}"]
    return []


def hurt(case: Case) -> list[str]:
    """Steps that helped their own patterns, and those of them that hurt the whole, as two claims count them."""
    steps, pulls = case.story["decrease"].evidence, case.story["patterns"].evidence
    if "own_better" not in steps or "steps_that_hurt_others" not in pulls or not np.isfinite(case.path).all():
        return []
    mine = [steps["own_better"], steps["total_worse_by_another_pattern"]]
    told = [pulls["steps_that_helped_their_own"], pulls["steps_that_hurt_others"]]
    return [f"{mine} steps helped their own and hurt the whole, told {told}"] if mine != told else []


def begun(case: Case) -> list[str]:
    """The goal at the start, the way from there to the end, and which weights went the way of their slopes."""
    amount, toward, at = case.story["amount"].evidence, case.story["toward"].evidence, case.path[0]
    found, goal, way = [], float(case.world.goal(at[None, :])[0]), case.path[-1] - at
    if "error_at_start" in amount and not same(goal, amount["error_at_start"], abs(goal)):
        found.append(f"the goal at the start is {goal}, told {amount['error_at_start']}")
    if "way" in toward and np.isfinite(way).all() and not same(np.linalg.norm(way), abs(toward["way"])):
        found.append(f"the way is {np.linalg.norm(way)}, told {toward['way']}")
    slope, kinks = case.slopes(at)
    if "towards" in toward and not kinks.any() and np.isfinite(slope).all() and np.abs(slope).min() > 1e-9:
        on = int((-case.sense * slope * way > 0).sum())
        found += [f"{on} weights go there, told {toward['towards']}"] if on != toward["towards"] else []
    return found


def followed(case: Case) -> list[str]:
    """The links of a chain multiply to the slope where there is one path, and the slope is that of its pattern."""
    known, told = case.story["vanish"].evidence, case.story["update"].evidence
    if "product" not in known:
        return []
    found = []
    apart = abs(known["product"] - known["slope"])
    if known["one_path"] and apart > 1e-12 and not apart <= SATURATED * abs(known["slope"]):
        found.append(f"the links make {known['product']}, told {known['slope']}")
    if told.get("rows") == [known["pattern"]] and not same(told["gradient"][known["weight"]], known["slope"]):
        found.append(f"the slope is {told['gradient'][known['weight']]}, told {known['slope']}")
    if known["weights_with_slope_0"] >= known["weights"] and known["slope"]:
        found.append(f"one slope is {known['slope']}, and {known['weights_with_slope_0']} are 0")
    return found


TRIALS = (
    accuses, slopes, sides, shown, steepest, guaranteed, counted, opposed, dead, promised, amounts, angle,
    contributions, numbers, longest, hurt, begun, followed,
)  # fmt: skip
