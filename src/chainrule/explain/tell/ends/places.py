"""The place at which a run rests → the sentence on it: each by what was tried around it."""

from __future__ import annotations

from chainrule.explain.measure.ends.neighbours import SCALES
from chainrule.explain.measure.ends.outcomes import (
    AllHeld,
    Contradicted,
    Corner,
    Edged,
    ManyResting,
    Resting,
    Stalled,
    Standing,
    Unseen,
)
from chainrule.explain.measure.ends.ways import Edge
from chainrule.explain.naming import Naming
from chainrule.explain.tell.kinks import uneven_told
from chainrule.explain.wording import count, listing, num

At = tuple[float, ...]


def best_word(naming: Naming) -> str:
    return "lowest" if naming.sense > 0 else "highest"


def minimum(naming: Naming) -> str:
    return "minimum" if naming.sense > 0 else "maximum"


def edge_told(naming: Naming, edge: Edge) -> str:
    """Which weights stand on their bound; nothing where none does."""
    if not edge.places:
        return ""
    bounds = [f"{naming.weights[place]} = {num(at)}" for place, at in zip(edge.places, edge.values, strict=True)]
    several = len(bounds) > 1
    it = "them" if several else "it"
    return (
        f"on the edge of the box, {listing(bounds, 4)}: the slope {'there' if several else num(edge.slope)} would push "
        f"{it} further out, the box holds {it}"
    )


def bound_told(naming: Naming, found: Edged | AllHeld) -> str:
    return f"It ends {edge_told(naming, found.edge)}. There {naming.total} = {num(found.goal)}."


def stalled_told(naming: Naming, found: Stalled, end: At) -> str:
    return (
        f"It rests at {naming.point(end)}, because the steps of this order move nothing there; but the slope "
        f"{naming.everything} is {num(found.norm)}, so that is no point where {naming.total} is {best_word(naming)}: a "
        "step follows the patterns that it visits."
    )


def unseen_told(naming: Naming, found: Unseen) -> str:
    return (
        f"It rests at {naming.point(found.rest)}, because the rule takes the slope 0 there; but that is no "
        f"{best_word(naming)} point: per unit of {naming.weights[found.place]} to the {found.side}, {naming.total} "
        f"changes by {num(found.rate)}. {uneven_told(naming, found.uneven, naming.total)}"
    )


def corner_told(naming: Naming, found: Corner) -> str:
    total, at, tried = naming.total, naming.point(found.rest), found.neighbours_tested
    if found.neighbours_better:
        return (
            f"It rests at a kink, {at}, where no weight alone has a better side; but {total} is {naming.lower} at "
            f"{found.neighbours_better} of {tried} points tried around it."
        )
    left, right = found.slopes_beside
    return (
        f"It ends at a {best_word(naming)} point that is a kink, {at}: there is no curvature; per unit of "
        f"{naming.weights[found.place]} {total} changes by {num(right)} to the right and by {num(-left)} to the left, "
        f"and {total} = {num(found.goal)} is {best_word(naming)} there among {tried} points tried up to a distance "
        f"of {num(found.far, 2)}."
    )


def contradicted_told(naming: Naming, found: Contradicted, end: At) -> str:
    return (
        f"It rests at {naming.point(end)}, but what it is cannot be said: the second derivatives there say that in "
        f"{found.down} of {len(found.eigenvalues)} directions {naming.total} gets {naming.lower}, and at none of "
        f"{found.neighbours_tested} points tried around it is it so. One of the two is wrong."
    )


def curvatures_told(found: Resting) -> list[str]:
    """The slope and the curvatures of a place, in a line."""
    if not found.eigenvalues:
        return []
    shown = [num(value) for value in found.eigenvalues]
    shown = shown if len(shown) <= 8 else [*shown[:3], "…", *shown[-3:]]
    label = "curvature" if len(found.eigenvalues) == 1 else (
        "curvatures along the principal directions (eigenvalues of the Hessian)"
    )  # fmt: skip
    return [f"slope there: {num(found.norm)}; {label}: {', '.join(shown)}"]


# ---- a place that was tried around -------------------------------------------------------------------------------


def standing_told(naming: Naming, found: Standing, end: At) -> str:
    """The sentence on a place, and whether the rule holds it there."""
    told = {
        "minimum": lowest, "valley": valley, "plateau": plateau,
    }.get(found.shape, other)(naming, found, where_of(naming, found, end))  # fmt: skip
    return f"{told}{held_told(naming, found)}"


def where_of(naming: Naming, found: Standing, end: At) -> str:
    if not found.away:
        return naming.point(end)
    return f"{naming.point(end)} (the point itself lies {num(found.distance)} away: {naming.point(found.rest)})"


def slope_told(found: Standing) -> str:
    """That the slope is 0 there, to what is left of it."""
    norm = found.told_norm
    if not found.away:
        return "the slope is 0" + ("" if norm == 0 else f" to {num(norm, 2)}")
    own = "" if found.edge.places else f" (where the run ended it is {num(found.end_norm, 2)})"
    return f"the slope at that point is 0{'' if norm == 0 else f' to {num(norm, 2)}'}{own}"


def tried_told(found: Standing) -> str:
    far = num(SCALES[-1] * found.size, 2)
    return f"{found.seen.tried} points tried at {found.seen.scales} distances up to {far}"


def clearly(found: Standing) -> str:
    """What is added where a point that was tried is lower by no more than rounding, or what is left of the slope, may
    do."""
    if found.seen.sloped:
        return " by more than rounding and the slope that is left may do"
    return " by more than rounding may do" if found.seen.blurred else ""


def fall_told(naming: Naming, found: Standing) -> str:
    seen = found.seen
    return f"{naming.total} is {naming.lower} by {num(seen.fall)} at a distance of {num(seen.far, 2)}"


def beyond_told(naming: Naming, found: Standing) -> str:
    far = found.seen.beyond
    if far is None:
        return ""
    return f" Beyond a rim, from a distance of {num(far, 2)} on, {naming.total} is {naming.lower} again."


def lowest(naming: Naming, found: Standing, where: str) -> str:
    """A place that is best near by."""
    total, many, lower = naming.total, len(found.eigenvalues), naming.lower
    word, upward = minimum(naming), "upward" if naming.sense > 0 else "downward"
    close = "close to" if found.away else "at"
    begin = f"It ends {close} a {word}, {where}"
    if found.edge.places:
        edge = edge_told(naming, found.edge)
        begin = f"It ends {edge}; the other weights are {close} a {word} along that edge, {where}"
    if found.bent == many:
        bends = f"the curve bends {upward} in every direction"
    elif found.hidden:
        bends = hidden_told(found)
        bends = f"the curve bends {upward} in {found.bent} of {many} directions, {bends}" if found.bent else bends
    elif many > 1:
        bends = (
            f"the curve bends {upward} in {found.bent} of {many} directions, and in the others it is flat only to "
            "second order"
        )
    else:
        bends = "the curve is flat to second order, and bends further off"
    none = f"none of {tried_told(found)} was {lower}{clearly(found)}" if not found.seen.lower else (
        f"of {found.seen.tried} points tried none up to a distance of {num(found.seen.beyond or 0.0, 2)} was {lower}"
    )  # fmt: skip
    return (
        f"{begin}: {slope_told(found)}, {bends}, and {total} = {num(found.told_goal)} was {best_word(naming)} there: "
        f"{none}. A {word} nearby; others may exist elsewhere.{beyond_told(naming, found)}"
    )


def hidden_told(found: Standing) -> str:
    """That second derivatives say nothing in some directions."""
    return f"in {found.hidden} of {len(found.eigenvalues)} a kink there, or rounding, hides whether it bends"


def valley(naming: Naming, found: Standing, where: str) -> str:
    """A place beside which others are as good."""
    total, many, upward = naming.total, len(found.eigenvalues), "upward" if naming.sense > 0 else "downward"
    level = (
        f"on one side {total} = {num(found.told_goal)} does not change" if many == 1
        else f"in {many - found.bent - found.hidden} of {many} directions {total} = {num(found.told_goal)} does not "
        f"change to second order{f', {hidden_told(found)}' if found.hidden else ''}"
    )  # fmt: skip
    if found.seen.lower:
        return f"It ends in a flat valley, {where}: {slope_told(found)}, {level}.{beyond_told(naming, found)}"
    begin = "It ends at the edge of a flat stretch" if many == 1 else "It ends in a flat valley"
    edge = f", {edge_told(naming, found.edge)}" if found.edge.places else ""
    others = f", in the others the curve bends {upward}" if found.bent else ""
    return (
        f"{begin}, {where}{edge}: {slope_told(found)}, {level}{others}; none of {tried_told(found)} was {naming.lower}"
        f"{clearly(found)}."
    )


def plateau(naming: Naming, found: Standing, where: str) -> str:
    """A place around which nothing differs."""
    total, goal, tried = naming.total, num(found.told_goal), tried_told(found)
    if found.edge.places:
        edge = edge_told(naming, found.edge)
        return f"It ends {edge}. There {total} = {goal}, and along that edge at none of {tried} it differed."
    if found.never:
        return (
            f"It never moved from {where}: {still_told(found)}, and at none of {tried} {total} = {goal} differed by "
            f"more than rounding may do; that is no sign of a {minimum(naming)}, further off it may be {naming.lower}."
        )
    return (
        f"It rests on a plateau, {where}: {slope_told(found)}, and at none of {tried} {total} = {goal} differed by "
        "more than rounding may do, so nothing pulls any weight, whatever it is elsewhere."
    )


def still_told(found: Standing) -> str:
    """Why no step moved: a slope that is 0, or one that is lost in the last places of the weights."""
    if found.told_norm == 0:
        return f"{'every slope' if len(found.eigenvalues) > 1 else 'the slope'} is computed as 0 there"
    return (
        f"the slope there, {num(found.told_norm, 2)}, is so small that a step is lost in the last places of the weights"
    )


def other(naming: Naming, found: Standing, where: str) -> str:
    """A place from which the goal gets better: a saddle, an inflection, a point that is worst."""
    total, fall, sense, norm = naming.total, fall_told(naming, found), naming.sense, found.told_norm
    if found.edge.places:
        where = f"{where}, {edge_told(naming, found.edge)}, and along that edge"
    if found.name == "plateau":
        why = (
            "so small that a step is lost in the last places of the weights" if found.below
            else "and yet no step of its learning rule moves it further"
        )  # fmt: skip
        still = f"It stands still at {where}, though the slope there is not 0"
        return f"{still}: it is {num(norm)}, {why}. {naming.begin(fall)}."
    worse = "higher" if sense > 0 else "lower"
    match found.shape:
        case "saddle":
            down = "downward" if sense > 0 else "upward"
            name = "a saddle"
            how = f"towards {found.down} of {len(found.eigenvalues)} directions the curve bends {down}, and {fall}"
        case "degenerate saddle":
            rest = f", and in others it is {worse}" if found.seen.higher else ""
            name, how = "a degenerate saddle", f"no curvature tells, but {fall} in one of the directions tried{rest}"
        case "inflection":
            name, how = "an inflection", f"on the one side {fall}, on the other it is {worse}"
        case _:
            name = f"a {'highest' if sense > 0 else 'lowest'} point"
            how = f"{fall}, and nowhere the other way"
    begin = f"It ends {'close to' if found.away else 'at'} {name}, {where}"
    if found.never:
        begin = f"It never moved from {where}, {name}"
    moves = "no step moves" if norm == 0 else "steps hardly move"
    return (
        f"{begin}: {slope_told(found)}, so {moves} it, but this is not where {total} is {best_word(naming)}: {how}."
    )


def held_told(naming: Naming, found: Standing) -> str:
    """Whether the run's rule comes back to its place when it is pushed a little aside; where not, that is said."""
    if found.remembered is not None:
        rule = "Its learning rule remembers; followed" if found.remembers else "Followed by its learning rule"
        return f" {rule} for {count(found.remembered, 'step')} more it stayed there."
    if found.stays is not False:
        return ""
    why = ""
    if found.rate_times_curvature is not None:
        why = f", because {naming.rate} times the largest curvature is {num(found.rate_times_curvature)}, above 2"
    return f" But this rule does not hold it there: pushed a hundred-thousandth aside, it is carried off{why}."


# ---- many weights ------------------------------------------------------------------------------------------------


def many_told(naming: Naming, found: ManyResting, end: At) -> str:
    total, goal, sense = naming.total, num(found.goal), naming.sense
    where, at = naming.point(end), f"the slope is 0 to {num(found.gradient_norm, 2)}"
    held = f", with some weights {edge_told(naming, found.edge)}" if found.edge.places else ""
    least = num(sense * found.least)
    match found.name:
        case "saddle" | "maximum":
            name = "a saddle" if found.name == "saddle" else f"a {'highest' if sense > 0 else 'lowest'} point"
            return (
                f"It stands on {name}, {where}{held}: {at}, but in some direction the curve bends the other way "
                f"(curvature {least}), so this is not where {total} = {goal} is {'least' if sense > 0 else 'greatest'}."
            )
        case "plateau":
            return (
                f"It rests on a plateau, {where}{held}: {at} and no curvature was met, so nothing pulls any weight, "
                f"whatever {total} = {goal} is elsewhere."
            )
        case "valley":
            return (
                f"It ends in a flat valley, {where}{held}: {at}, no direction was met in which {total} = {goal} bends "
                f"the other way, and in some it does not bend to second order; in the steepest the curvature is "
                f"{num(sense * found.greatest)}."
            )
    word, upward = minimum(naming), "upward" if sense > 0 else "downward"
    return (
        f"It ends at a {word}, {where}{held}: {at}, the curve bends {upward} in every direction (the least curvature "
        f"is {least}, by Lanczos' iteration), and {total} = {goal} was {best_word(naming)} there among "
        f"{found.neighbours_tested} neighbours. A {word} nearby; others may exist elsewhere."
    )


def ends_told(norm: float, eigenvalues: tuple[float, ...], products: int, found: bool) -> str:
    """Both ends of the curvature of many weights, in a line."""
    low, high = sorted(eigenvalues)
    exact = "" if found else "; the true ends lie at least as far out"
    return (
        f"slope there: {num(norm)}; curvature in any direction: from {num(low)} to {num(high)} (both ends, by Lanczos' "
        f"iteration with {count(products, 'product')}{exact})"
    )
