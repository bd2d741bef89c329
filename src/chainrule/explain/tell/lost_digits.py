"""A claim of a run in which the digits of an angle are lost: what is said instead of it."""

from __future__ import annotations

from chainrule.explain.measure.lost_digits import LostDigits
from chainrule.explain.tell.claim import Claim, claimed


def tell(id: str, question: str, found: LostDigits) -> Claim:
    told = f"It cannot be said: {found.naming.where(found.at)}, {found.lost[0]}."
    return claimed(id, question, found, told)
