"""A claim → the kind of its finding, in a word or two: what a program asks for before it reads on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from chainrule.explain.tell.claim import Claim

Found = Mapping[str, Any]


def named(claim: Claim) -> Claim:
    """The claim with the kind of its finding first; a kind that the measuring gave stays."""
    kind = claim.evidence.get("kind") or KINDS[claim.id](claim.evidence, claim.holds)
    return replace(claim, evidence={"kind": kind, **claim.evidence})


def sign(found: Found, holds: bool) -> str:
    if "weights" not in found:
        return "no slope"
    return "wrong" if found["disagree"] else "right" if holds else "hidden"


def size(found: Found, holds: bool) -> str:
    if "steps" not in found:
        return "no slope"
    if found["ratio_of_short_steps"] is None:
        return "hidden"
    return "rate of change" if holds else "not the rate of change"


def steepest(found: Found, holds: bool) -> str:
    if "directions_tried" not in found:
        return "no slope"
    return "steepest" if holds else "not the steepest"


def toward(found: Found, holds: bool) -> str:
    if found.get("angle") is None:
        return "nothing to compare"
    return "towards the end" if holds else "elsewhere"


def step(found: Found, holds: bool) -> str:
    if "guaranteed" not in found:
        return "no step"
    return "guaranteed" if found["guaranteed"] else "no bound" if found["safe_step"] is None else "measured"


def amount(found: Found, holds: bool) -> str:
    if "ways" not in found:
        return "nothing to try"
    return "matters" if holds else "does not matter"


def decrease(found: Found, holds: bool) -> str:
    if "moved" not in found:
        return "not recorded"
    if not found["moved"]:
        return "nothing moved"
    if found["own_worse"]:
        return "some worse"
    return "better" if holds else "unchanged"


def patterns(found: Found, holds: bool) -> str:
    if "pairs" not in found:
        return "no others"
    return "agree" if holds else "conflict"


def dead(found: Found, holds: bool) -> str:
    if not holds:
        return "contradicted" if found.get("dead_patterns") else "none"
    if found["dead_patterns"]:
        return "patterns"
    return "weights" if found["dead_weights"] else "units"


def vanish(found: Found, holds: bool) -> str:
    if found.get("vanishes"):
        return "vanishes"
    return "arrives" if holds else "wrong gradient" if "expected" in found else "not known"


def end(found: Found, holds: bool) -> str:
    return "nothing trained"


def order(found: Found, holds: bool) -> str:
    if "operations_backward" not in found:
        return "no slope"
    if not found["agree"]:
        return "forward differs"
    if not found["adds"]:
        return "does not add up"
    if holds:
        return "backward is cheaper"
    undecided = found["operations_backward"] < found["operations_forward_at_most"]
    return "not decided" if undecided else "backward is not cheaper"


KINDS: dict[str, Callable[[Found, bool], str]] = {
    "sign": sign, "size": size, "steepest": steepest, "toward": toward, "step": step,
    "amount": amount, "decrease": decrease, "patterns": patterns, "dead": dead, "vanish": vanish, "end": end,
    "order": order,
}  # fmt: skip
"""By claim: the kind of a finding, from its numbers and whether the claim holds; a finding that is told has its own."""
