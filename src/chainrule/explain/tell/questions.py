"""The learner's questions and their answers in a sentence or two, from what the claims measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from chainrule.explain.measure.lost_digits import LostDigits
from chainrule.explain.measure.run_facts import Ran
from chainrule.explain.tell.answers.chain import backwards, vanish
from chainrule.explain.tell.answers.descent import subtracting
from chainrule.explain.tell.answers.ending import ending
from chainrule.explain.tell.answers.patterns import conflict, dead
from chainrule.explain.tell.answers.step import amount, direction, steepest, trains
from chainrule.explain.tell.claim import Claim


def answers(ran: Ran, claims: Mapping[str, Claim]) -> tuple[tuple[str, str], ...]:
    """Question and answer, in the order in which they are asked."""
    leads = "subtracting leads to a minimum" if ran.naming.sense > 0 else "adding leads to a maximum"
    asked: list[tuple[str, Callable[..., str], tuple[str, ...]]] = [
        ("How does this number train the network?", trains, ("update",)),
        ("Is it a direction or only a magnitude?", direction, ("sign", "size")),
        (f"How do we know that {leads}?", partial(subtracting, ran), ("update", "decrease", "end")),
        ("Does the amount matter, or the sign alone?", partial(amount, ran), ("step", "amount")),
        (
            "What if a change is good for one pattern and bad for another?",
            partial(conflict, ran), ("decrease", "patterns"),
        ),
        ("Why this direction and no other?", steepest, ("steepest", "toward")),
        ("What cannot be learned at all?", partial(dead, ran), ("dead",)),
        ("Is there a vanishing gradient?", partial(vanish, ran), ("vanish",)),
        ("Where does it end?", partial(ending, ran), ("end", "step")),
        ("Why backwards, and why are contributions added?", backwards, ("order",)),
    ]  # fmt: skip
    if "map" in claims:
        asked.append((claims["map"].question, lambda one: one.statement, ("map",)))
    told: list[tuple[str, str]] = []
    for question, answer, ids in asked:
        behind = [claims[id] for id in ids]
        given = behind[0].statement if any(map(lost, behind)) else answer(*behind)
        again = lost(behind[0]) and any(given == one for _, one in told)
        told.append((question, "It cannot be said, for the same reason." if again else given))
    return tuple(told)


def lost(claim: Claim) -> bool:
    """Whether the digits that a claim would compare are lost."""
    return isinstance(claim.finding, LostDigits)
