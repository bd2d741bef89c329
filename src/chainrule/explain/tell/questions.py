"""The learner's questions and their answers in a sentence or two, from what the claims measured."""

from __future__ import annotations

from collections.abc import Mapping

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
    return (
        ("How does this number train the network?", trains(claims["update"])),
        ("Is it a direction or only a magnitude?", direction(claims["sign"], claims["size"])),
        (f"How do we know that {leads}?", subtracting(ran, claims["update"], claims["decrease"], claims["end"])),
        ("Does the amount matter, or the sign alone?", amount(ran, claims["step"], claims["amount"])),
        (
            "What if a change is good for one pattern and bad for another?",
            conflict(ran, claims["decrease"], claims["patterns"]),
        ),
        ("Why this direction and no other?", steepest(claims["steepest"], claims["toward"])),
        ("What cannot be learned at all?", dead(ran, claims["dead"])),
        ("Is there a vanishing gradient?", vanish(ran, claims["vanish"])),
        ("Where does it end?", ending(ran, claims["end"], claims["step"])),
        ("Why backwards, and why are contributions added?", backwards(claims["order"])),
        *((claim.question, claim.statement) for claim in [claims.get("map")] if claim is not None),
    )
