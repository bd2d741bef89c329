"""The patterns: whether a step for one costs another, and what cannot be learned at all."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from chainrule.explain.measure.claims.dead import ByZeros, Exact
from chainrule.explain.measure.run_facts import Pulls, Ran
from chainrule.explain.tell.answers.phrases import first_sentence, looked_at, shown
from chainrule.explain.tell.claim import Claim
from chainrule.explain.wording import count, listing, num, percent, sentence

PARALLEL = 0.05
"""Degrees within which two gradients are told as one direction."""


def conflict(ran: Ran, decrease: Claim, patterns: Claim) -> str:
    """What if a change is good for one pattern and bad for another?"""
    if ran.naming.patterns == 1:
        if ran.naming.bare:
            return "There are no data here, so there is no pattern that could lose."
        return "There is only one pattern here, so no other can lose."
    found = ran.pulls
    if found is None:
        return "No weight is trained, so no pattern gains or loses."
    if not found.finite:
        return "It cannot be said: at the start some gradients are no finite numbers."
    looked = found.looked_at
    sample = "" if looked == ran.naming.patterns else f" (of {looked} of {ran.naming.patterns} patterns, looked at)"
    after = over_run(ran, decrease)
    if not found.pulling:
        return f"At the start no pattern pulls: every gradient is 0{sample}.{after}"
    if found.pulling == 1:
        if decrease.evidence.get("total_worse_by_another_pattern") == 0 and found.alone:
            return f"Here it cannot happen: only one of {ran.naming.patterns} patterns has a gradient at all."
        return f"Only one of {looked} patterns has a gradient at the start{sample}.{after}"
    if len(ran.names) == 1:
        return f"{of_one_weight(ran, found)}{after}"
    if "worst_angle" not in patterns.evidence:  # products of so small numbers are 0
        return f"It cannot be said: at the start the gradients are too small to be compared{sample}.{after}"
    pairs, against = patterns.evidence["pairs"], patterns.evidence["opposed_pairs"]
    apart = f"their gradients are {num(patterns.evidence['worst_angle'], 3)}° apart"
    if patterns.evidence["worst_angle"] < PARALLEL:
        apart = "their gradients point the same way"
    if pairs == 1:
        if against:
            return f"Then their sum decides. At the start the two patterns pull against each other: {apart}.{after}"
        return f"At the start the two patterns do not pull against each other: {apart}.{after}"
    if not against:
        return f"At the start no two patterns pull against each other{sample}.{after}"
    return (
        f"Then their sum decides. At the start {against:,} of {pairs:,} pairs of patterns "
        f"({percent(against / pairs)}) pull against each other{sample}: a short step for one makes the other "
        f"worse.{after}"
    )


def of_one_weight(ran: Ran, found: Pulls) -> str:
    """How many patterns want the one weight to go up, and how many down."""
    w = ran.naming.weights[0]
    up, down = found.up, found.down
    if up and down:
        want = "wants" if up == 1 else "want"
        return f"Then their sum decides: at the start {up} {want} {w} to go up and {down} to go down."
    both = "both patterns" if up + down == ran.naming.patterns == 2 else (
        f"all {ran.naming.patterns} patterns" if up + down == ran.naming.patterns else f"all {up + down} that pull"
    )  # fmt: skip
    return f"At the start they agree: {both} want {w} to go {'up' if up else 'down'}."


def over_run(ran: Ran, decrease: Claim) -> str:
    """What the steps of the run did to the others."""
    if ran.visited == ran.naming.patterns:
        return " Each step here uses all patterns, so it follows their sum."
    found = decrease.evidence
    if "total_worse_by_another_pattern" not in found or not found.get("moved"):
        return ""
    hurt, moved = int(found["total_worse_by_another_pattern"]), count(int(found["moved"]), "step")
    seen, worse = looked_at(found), f"made {ran.naming.total} worse"
    if not hurt:
        return f" In this run no step{seen} that helped its own pattern {worse}."
    return f" In this run {hurt} of {moved}{seen} helped {'their' if hurt > 1 else 'its'} own pattern and {worse}."


def dead(ran: Ran, dead: Claim) -> str:
    """What cannot be learned at all?"""
    found = dead.evidence
    if not dead.holds and found.get("dead_patterns"):
        return first_sentence(dead.statement)  # the engine contradicts the equations
    parts = [*dead_patterns(ran, found), *dead_weights(ran, found), *dead_units(ran, found)]
    if not dead.holds and "dead_weights" in found:
        parts = ["Nothing was found dead: no pattern and no weight has gradient 0 whatever the weights are."]
        looked, of = found.get("patterns_looked_at", 0), found.get("different_patterns", 0)
        if looked < of:
            parts.append(f"Looked at were {looked} of {of} different patterns.")
    if met := found.get("slope_0_at_all_points"):
        it = listing(map(shown, met)) if len(met) <= 3 else f"{len(met)} of {len(ran.names)} weights"
        parts.append(f"The gradient of {it} was 0 at all {count(found['points'], 'point')} that were looked at.")
    if not parts:
        return first_sentence(dead.statement)
    if sleeping := found.get("saturated_patterns"):
        one = len(sleeping) == 1
        hardly = f"hardly pull{'s' if one else ''}" if pulls(dead) else f"do{'es' if one else ''} not pull"
        parts.append(
            f"{sentence(patterns_of(ran, sleeping))} {hardly} at the end, "
            "though not learned: with other weights that may change."
        )
    return " ".join(parts)


def pulls(dead: Claim) -> bool:
    """Whether a pattern that is asleep still has a slope."""
    found = dead.finding
    return isinstance(found, Exact | ByZeros) and any(size for _, _, size in found.idle.saturated)


def patterns_of(ran: Ran, rows: list[int]) -> str:
    """One pattern with its data, or several by number."""
    if len(rows) == 1:
        return ran.naming.pattern(ran.patterns[rows[0]])
    return f"patterns {listing(map(str, rows), 6)}"


def dead_patterns(ran: Ran, found: Mapping[str, Any]) -> list[str]:
    """The patterns without gradient, why, and what a bias does for them."""
    items = found.get("dead_patterns") or []
    if not items:
        return []
    rows = list(dict.fromkeys(row for item in items for row in item.get("equal", [item["row"]])))
    zero = list(dict.fromkeys(name for item in items for name in item.get("zero", [])))
    if not zero:
        return []
    every = f"for every {ran.naming.weights[0]}" if len(ran.names) == 1 else "whatever the weights are"
    first = items[0].get("constants") or {}
    each = ran.each
    if len(items) == 1 and first.get(each) == "0":
        return [f"{sentence(patterns_of(ran, rows))} needs no learning: {ran.naming.goal} is 0 there {every}."]
    it, its = ("it", "its") if len(rows) == 1 else ("them", "their")
    are = "is a factor" if len(zero) == 1 else "are factors"
    told = [
        f"{sentence(patterns_of(ran, rows))}: {its} gradient is 0 {every}, because {listing(zero, 4)} {are} of it."
    ]
    if cures := found.get("cures"):
        cure = cures[0]
        if "line" in cure:
            told.append(f"A bias wakes {it} (tried): {cure['line']}.")
        else:
            start = f" from {num(Fraction(first[each]))}" if each in first else ""
            steps = count(int(cure["steps"]), "step")
            told.append(
                f"A bias cures {it}: with one, {steps} bring {its} {ran.naming.goal}{start} to {num(cure['error'])}."
            )
    return told


def dead_weights(ran: Ran, found: Mapping[str, Any]) -> list[str]:
    """The weights that no pattern moves."""
    names = found.get("dead_weights") or []
    if not names or len(names) == len(ran.names):
        return []
    zero = found.get("zero_data") or []
    why = f", because {listing(zero, 4)} {'is' if len(zero) == 1 else 'are'} 0 in every pattern" if zero else ""
    if len(names) <= 3:
        which = listing(map(shown, names))
        return [f"No pattern ever moves {which}: the gradient is 0 whatever the weights are{why}."]
    return [f"No pattern ever moves {len(names)} of {len(ran.names)} weights{why}."]


def dead_units(ran: Ran, found: Mapping[str, Any]) -> list[str]:
    """The units that fire on no pattern."""
    units = found.get("dead_units") or []
    if not units:
        return []
    many = len(units) > 1
    fires = f"{'fire' if many else 'fires'} on no pattern" if ran.naming.patterns > 1 else (
        f"{'do' if many else 'does'} not fire"
    )  # fmt: skip
    return [
        f"Dead unit{'s' if many else ''}: at the end {listing(units, 4)} {fires}, "
        f"so no gradient passes through {'them' if many else 'it'}."
    ]
