"""A run that came to no rest → the sentence on what it does: cycles, circles, ways that go on, no numbers."""

from __future__ import annotations

from chainrule.explain.measure.ends.not_a_number import Lost
from chainrule.explain.measure.ends.outcomes import Circling, LeftNumbers, Repeating
from chainrule.explain.measure.ends.recomputed_steps import Recomputed
from chainrule.explain.measure.ends.stationary_point import Nearest
from chainrule.explain.measure.ends.ways import Moving, NoiseFloor, Onward
from chainrule.explain.naming import Naming
from chainrule.explain.tell.ends.places import At, best_word, edge_told, minimum
from chainrule.explain.wording import count, listing, num, sentence, times, told_apart
from chainrule.notation.names import pretty

LISTED = 4
"""Points of a cycle that are listed."""
GREW = 1.001
"""A factor by which weights grew that is worth a word."""
BY = {
    "NumPy": "once more by NumPy from the equations, and by a complex step where they differ",
    "engine": "again by the reference engine",
}
"""How steps were computed again."""


def again_told(seen: Recomputed) -> str:
    """What was looked at, as a condition."""
    by = BY[seen.by]
    if seen.looked == seen.of:
        return f"{'the one step' if seen.of == 1 else f'each of the {seen.of} steps'} was computed {by}"
    return (
        f"{seen.looked} of {count(seen.of, 'step')}, drawn evenly over the run, were computed {by}; a fault in one "
        f"step alone is met with a probability of {num(seen.chance, 2)}"
    )


def left_told(naming: Naming, found: LeftNumbers, end: At) -> str:
    pattern = f", for {naming.pattern(found.seen)}" if found.seen is not None else ""
    grew = ""
    if found.growth > GREW:
        grew = f"; before that the largest weight grew about {num(found.growth, 3)} times at each step"
    came = f" It was made by {lost_told(found.made)}." if found.made is not None else ""
    return (
        f"It left the finite numbers: in step {found.step}, {equation_told(found.equation)} is no longer a number a "
        f"computer can hold{pattern}{grew}.{came} The last finite weights are {naming.point(end)}."
    )


def equation_told(name: str) -> str:
    if name.startswith("∂"):
        over, _, under = name[1:].partition("/∂")
        return f"∂{pretty(over)}/∂{pretty(under)}" if under else name
    return pretty(name)


def lost_told(found: Lost) -> str:
    """``log(1 − p) of 1 − p = 0, which is −∞``, with the reason where rounding is one."""
    becomes = "which has no value" if found.gave != found.gave else f"which is {num(found.gave)}"
    made = listing((f"{name} = {num(value)}" for name, value in found.made_of), 3)
    told = f"{found.operation}, of {made}, {becomes}" if made else f"{found.operation}, {becomes}"
    if found.rounded is not None:
        told += (
            f": {found.rounded} is so near to 1 that it was rounded to 1, and 1 − {found.rounded} to 0. Written with "
            "softplus nothing is lost: log(1 − σ(z)) is −softplus(z), and log(σ(z)) is −softplus(−z)"
        )
    if found.exact is not None:
        name, value = found.exact
        told += f". In a hundred digits {name} = {num(value)} there"
    return told


def cycle_told(naming: Naming, found: Repeating, steps: int) -> str:
    many = count(found.period, found.unit, found.unit + "s" if found.unit == "step" else "passes")
    shown = listing((naming.point(place, 2) for place in found.points[:LISTED]), LISTED)
    around = "goes round " + listing((num(goal) for goal in found.errors[:LISTED]), LISTED)
    if found.period > LISTED:
        place, low, high = found.widest
        shown = f"{naming.weights[place]} goes from {num(low)} to {num(high)}"
        around = f"goes round between {num(found.least)} and {num(found.greatest)}"
    if found.level:
        around = f"is {num(found.errors[0])} at each of them"
    begin = "It does not settle:" if found.reached else comes_into(steps, "cycle")
    return f"{begin} every {many} the weights repeat ({shown}), and {naming.total} {around}."


def comes_into(steps: int, what: str) -> str:
    return (
        f"It has not settled after {count(steps, 'step')}; followed by the same rule, it comes into a {what}:"
    )


def circle_told(naming: Naming, found: Circling, steps: int) -> str:
    total, spread = naming.total, max(found.spread)
    beside = ""
    if found.target is not None:
        beside = (
            f", while the {best_word(naming)} point nearby, {naming.point(found.target)}, has "
            f"{num(found.target_error)}"
        )
    begin = "It ends in a circle:" if found.reached else comes_into(steps, "circle")
    return (
        f"{begin} after every pass of {count(found.period, 'step')} the weights are back, and in between "
        f"{naming.weights[found.spread.index(spread)]} moves by {num(spread)}, "
        f"{pulled(found.steps_too_long, found.period)}. At the end of a pass {total} = "
        f"{num(found.error_at_end_of_pass)}, within it between {num(found.least)} and {num(found.greatest)}{beside}."
    )


def pulled(worse: int, length: int) -> str:
    """Why the weights go round in a pass: looked at step by step, whether each helped the patterns that it visited."""
    if not worse:
        return "because the patterns pull in turn: each step helps its own"
    if worse == length:
        return "because the steps are too long: each makes its own patterns worse"
    return f"because the patterns pull in turn, and {worse} of {count(length, 'step')} are too long for their own"


# ---- ways that go on ---------------------------------------------------------------------------------------------


def moving_told(naming: Naming, found: Moving, steps: int, end: At) -> str:
    """What the run does that still moves."""
    total, goal, where = naming.total, num(found.goal), naming.point(end)
    norm = num(found.gradient_norm)
    if found.growth is not None:
        return (
            f"It moves away: at each of the last passes {total} got worse and the weights moved {times(found.growth)} "
            f"times as far as in the one before; if that goes on, it looks so, the numbers will overflow. {total} is "
            f"now {goal} at {where}."
        )
    begin = (
        f"It has not settled after {count(steps, 'step')}: at {where} the slope {naming.everything} is still {norm}"
        if steps else f"No step was taken: at {where} the slope {naming.everything} is {norm}"
    )  # fmt: skip
    if found.target is not None:
        return f"{begin}, and {total} = {goal}. {on_the_way(naming, found, found.target)}"
    near = found.near
    if near is not None and found.comes:
        return f"{begin}, and {total} = {goal}. {goes_to_nearest(naming, near, found.near_error)}"
    beside = "" if near is None else f" {sentence(nearest_told(naming, near, found.near_error))}."
    if near is not None and near.kind in ("minimum", "valley", "saddle"):
        return f"{begin}, and {total} = {goal}.{beside}"
    more = "" if found.onward is None else onward_told(naming, found, found.onward)
    extra = f" Part of it rests {edge_told(naming, found.edge)}." if found.edge.places else ""
    return f"{begin}.{more}{repelled(naming, found)}{extra}{beside}"


def on_the_way(naming: Naming, found: Moving, target: At) -> str:
    what = {
        "minimum": f"a {minimum(naming)}", "valley": "a flat valley", "plateau": "a plateau",
        "maximum": f"a {'highest' if naming.sense > 0 else 'lowest'} point",
        "": "a point" if found.smooth else "a kink", "inflection": "an inflection",
    }.get(found.shape or "", f"a {found.shape}")  # fmt: skip
    steps = count(found.steps_on, "step")
    how = f"followed by the same rule for {steps} more it comes to rest there" if found.arrived else (
        f"followed by the same rule for {steps} more it comes nearer all the time, {num(found.gained, 2)} in all; "
        "found by Newton's method"
    )  # fmt: skip
    return (
        f"It looks so that it goes to {naming.point(target)}, {num(found.distance)} away: {how}. That is {what}, where "
        f"{naming.total} = {num(found.target_error)}."
    )


def goes_to_nearest(naming: Naming, near: Nearest, error: float) -> str:
    bend = "upward" if naming.sense > 0 else "downward"
    low, high = (naming.sense * end for end in near.curvature or (0.0, 0.0))
    return (
        f"It looks so that it goes to a {minimum(naming)} {num(near.distance)} away, where {naming.total} = "
        f"{num(error)}: followed by the same rule it comes nearer to it with every stretch, the slope is 0 there and "
        f"the curve bends {bend} in every direction, by at least {num(low)} and at most {num(high)} (found by Newton's "
        f"method, with {count(near.products, 'product')} with the Hessian)."
    )


def nearest_told(naming: Naming, found: Nearest, error: float) -> str:
    """The sentence on what lies near the end."""
    total, sense, products = naming.total, naming.sense, count(found.products, "product")
    if found.kind == "not looked for":
        return f"a point without slope was not looked for: with {naming.patterns} patterns it would take too long"
    there = f"{num(found.distance)} away, where {total} = {num(error)}"
    if found.curvature is None:
        made = (
            f"after {products} with the Hessian Newton's method had brought the slope from {num(found.first)} to "
            f"{num(found.slope)}, {there}"
        )
        if found.kind == "further":
            return f"no point without slope was met: {made}, and it led ever further"
        return f"no point without slope was found: {made}"
    by = f"found by Newton's method from the end, with {products} with the Hessian"
    low, high = (sense * end for end in found.curvature)
    met = "the nearest point without slope that was met is"
    if found.kind == "minimum":
        return (
            f"{met} a {minimum(naming)} {there}: the slope is 0 there and the curve bends "
            f"{'upward' if sense > 0 else 'downward'} in every direction, by at least {num(low)} and at most "
            f"{num(high)} ({by})"
        )
    if found.kind == "valley":
        return (
            f"{met} in a flat valley {there}: the slope is 0 there, no direction was met in which the curve bends the "
            f"other way, and in some it hardly bends ({by})"
        )
    highest = f"a {'highest' if sense > 0 else 'lowest'} point"
    name = highest if found.curvature[1] <= 0 else "a saddle"
    return f"{met} {name} {there}: in some direction the curvature is {num(low)}, so the steps may pass it by ({by})"


def onward_told(naming: Naming, found: Moving, goes: Onward) -> str:
    """What the continuation does that comes to no rest and to no point."""
    total = naming.total
    if goes.kind == "not followed":
        return " It was not followed further: that would be too much work."
    if goes.kind == "left":
        return (
            f" Followed by the same rule it leaves the finite numbers in step {goes.left}; {total} was "
            f"{num(goes.error)} before that."
        )
    steps = f"followed by the same rule for {count(goes.steps, 'step')} more,"
    if goes.kind == "falls":
        first, last = told_apart(*(found.trend or ()))
        small, large = told_apart(*goes.sizes)
        grows = f", while the largest weight goes from {small} to {large}" if small != large else ""
        return (
            f" {naming.begin(total)} still {naming.falls}: {steps} it goes from {first} to {last}{grows}; "
            f"{bounded(naming, found)}whether it has a {minimum(naming)} there is not known."
        )
    if goes.kind == "floor" and found.noise_floor is not None:
        return floor_told(naming, goes, found.noise_floor, steps)
    least, most = told_apart(*goes.goals)
    stays = f"stays between {least} and {most}" if least != most else f"stays at {least}"
    return f" {sentence(steps)} it neither comes to rest nor repeats itself: {total} {stays}."


def bounded(naming: Naming, found: Moving) -> str:
    """Beyond which number the goal is nowhere."""
    if found.bound is None:
        return ""
    side = "less" if naming.sense > 0 else "more"
    return f"no weights make it {side} than {num(found.bound)} (proved by intervals); "


def floor_told(naming: Naming, goes: Onward, floor: NoiseFloor, steps: str) -> str:
    least, most = told_apart(*floor.goals)
    beside = ""
    if goes.target is not None:
        beside = (
            f", while the {best_word(naming)} point nearby, {naming.point(goes.target)}, has {num(goes.target_error)}"
        )
    return (
        f" Each pass has an order of its own, so it comes to rest nowhere: {steps} it goes about "
        f"{naming.point(floor.middle)}, by up to {num(floor.spread)}, without getting on; {naming.total}, in the last "
        f"{floor.passes} passes between {least} and {most}, is at its noise floor{beside}."
    )


def repelled(naming: Naming, found: Moving) -> str:
    """A minimum near by that steps do not come to, because they are too long."""
    if found.repelling is None:
        return ""
    return (
        f" The {minimum(naming)} near by, {naming.point(found.repelling)}, repels such steps: {naming.rate} times its "
        f"largest curvature is {num(found.rate_times_curvature)}, and above 2 a step leads further off."
    )
