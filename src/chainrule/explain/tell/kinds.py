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


def step(found: Found, holds: bool) -> str:
    if "guaranteed" not in found:
        return "no step"
    return "guaranteed" if found["guaranteed"] else "no bound" if found["safe_step"] is None else "measured"


def dead(found: Found, holds: bool) -> str:
    if not holds:
        return "contradicted" if found.get("dead_patterns") else "none"
    if found["dead_patterns"]:
        return "patterns"
    return "weights" if found["dead_weights"] else "units"


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
    "step": step, "dead": dead, "end": end, "order": order,
}  # fmt: skip
"""By claim: the kind of a finding, from its numbers and whether the claim holds; a finding that is told has its own."""
