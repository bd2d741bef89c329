"""A kink, a jump or a seam at a point → the sentences on it: both slopes, the one that the rule takes, what follows."""

from __future__ import annotations

from chainrule.explain.measure.kinks import Kink, Seam, Uneven
from chainrule.explain.naming import Naming
from chainrule.explain.wording import count, listing, num


def uneven_told(naming: Naming, found: Uneven | None, error: str) -> str:
    """The sentences on kinks, steps and seams; nothing where there are none."""
    if found is None:
        return ""
    parts = []
    if found.kink is not None:
        parts.append(kink_told(naming, found.kink, error))
        if found.kink.others:
            parts[-1] += f" So it is for {count(found.kink.others, 'more weight')}."
    if found.seam is not None:
        parts.append(seam_told(naming, found.seam, error))
    return " ".join(parts)


def kink_told(naming: Naming, kink: Kink, error: str) -> str:
    w, here = naming.weights[kink.place], num(kink.at)
    if kink.jumps:
        here_goal = "the same" if kink.jump_right == 0 else f"{num(kink.jump_right)} away"
        there_goal = "the same" if kink.jump_left == 0 else f"{num(kink.jump_left)} away"
        return (
            f"{naming.begin(error)} jumps at {w} = {here}: just right of it, it is {here_goal}, just left of it "
            f"{there_goal}; no slope tells of a jump."
        )
    two = f"the two slopes {num(-kink.left)} and {num(kink.right)}"
    which = "which is one of the two slopes" if kink.one_of_two else (
        f"between {two}" if kink.between else f"which does not lie between {two}"
    )  # fmt: skip
    allowed = ", as a subgradient may" if kink.between else ", so a step may go the wrong way"
    return (
        f"At {w} = {here} {error} has a kink: per unit of {w} it changes by {num(kink.right)} to the right and by "
        f"{num(kink.left)} to the left. The rule takes {num(kink.rule)}, {which}{allowed}."
    )


def seam_told(naming: Naming, seam: Seam, error: str) -> str:
    w = naming.weights[seam.place]
    because = " it is written with functions that have a kink there"
    if seam.functions:
        because = f" it is written with {listing(seam.functions, 4)}, whose slope at 0 is taken as 0"
    return (
        f"At {w} = {num(seam.at)} {error} is smooth in {w}, with the slope {num(seam.slope)} from both sides, but the "
        f"rule takes {num(seam.rule)}:{because}. Steps from here do not follow the true slope."
    )
