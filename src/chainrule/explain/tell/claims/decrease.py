"""decrease: is the error smaller after each step? The same patterns before and after, and all patterns together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.ledger import Ledger, booked
from chainrule.explain.measure.summary import summary
from chainrule.explain.measure.trials import NOISE
from chainrule.explain.tell.claim import Claim
from chainrule.explain.wording import count, num, percent, table

Chosen = NDArray[np.bool_]
QUESTION = "Is the error smaller after each step, as required?"


def claim(context: Context) -> Claim:
    """Did every step that moved a weight make the goal over the patterns it visited better?"""
    ledger = context.once(booked)
    if ledger is None:
        return Claim(
            "decrease", QUESTION,
            "It cannot be said: no two steps in a row were recorded (train with record=1)." if context.run.steps else
            f"No step was taken, so nothing has changed: {context.total_name} = {num(context.error(context.start))}.",
            False, {"steps": context.run.steps},
        )  # fmt: skip
    sense = context.sense
    noise, noise_all = rounding(ledger.before, ledger.after), rounding(ledger.all_before, ledger.all_after)
    change, change_all = sense * (ledger.after - ledger.before), sense * (ledger.all_after - ledger.all_before)
    better, worse = ledger.moved & (change < -noise), ledger.moved & ~(change <= noise)
    worse_all = ledger.moved & ~(change_all <= noise_all)
    other = worse_all & better  # the step helped its own patterns and hurt the rest
    against = uphill(context, ledger, worse)
    moved, looked = int(ledger.moved.sum()), len(ledger.steps)
    single = context.patterns == 1 or all(
        len(context.rows(int(step) - 1)) == context.patterns for step in ledger.steps[:50]
    )
    first, last = float(ledger.all_before[0]), float(ledger.all_after[-1])
    evidence = {
        "steps": looked,
        "of": ledger.of,
        "moved": moved,
        "own_better": int(better.sum()),
        "own_worse": int(worse.sum()),
        "total_worse": int(worse_all.sum()),
        "total_worse_by_another_pattern": int(other.sum()),
        "worst_own": float(np.where(ledger.moved, change, -np.inf).max()) if moved else 0.0,
        "worst_total": float(np.where(ledger.moved, change_all, -np.inf).max()) if moved else 0.0,
        "projected": int(ledger.projected.sum()),
        "uphill": int(against.sum()),
        "total_first": first,
        "total_last": last,
        "steps_own_worse": ledger.steps[worse][:20].tolist(),
        "steps_total_worse": ledger.steps[worse_all][:20].tolist(),
    }
    total, rises, lower = context.total_name, context.rises, context.lower
    idle = looked - moved
    conditions = [
        f"{'every one of ' if looked > 1 else ''}{count(looked, 'step')} of the run"
        if looked == ledger.of
        else f"{looked} of {ledger.of} steps",
        "a change below 1e−12 of the error, or below 1e−30 of the first one, counts as none",
    ]
    if not single:
        conditions.append("steps in a row visit different patterns, so their errors are never compared with each other")
    if not moved:
        return Claim(
            "decrease", QUESTION, f"No step moved a weight, so the error stays what it was: {total} = {num(first)}.",
            False, evidence, (), tuple(conditions),
        )  # fmt: skip
    own = total if single else f"{context.goal_name} of the {'patterns' if _wide(context) else 'pattern'} it visited"
    went = f"{total} went from {num(first)} to {num(last)} over the run"
    same = moved - int(better.sum()) - int(worse.sum())
    hops = ledger.moved & ~better & ~worse & (np.abs(ledger.to - ledger.at).max(axis=1) > HOP * size_of(ledger))
    evidence["moved_without_change"] = int(hops.sum())
    if not worse.any() and better.any() and hops.sum() > better.sum():
        statement = (
            f"No: only {int(better.sum())} of {count(moved, 'step')} that moved a weight made {own} {lower}; "
            f"{same} moved "
            f"a weight without making it better or worse; {went}."
        )
    elif not worse.any() and not better.any():
        every = f"none of the {count(moved, 'step')} that moved a weight changed {own}"
        if moved == 1:
            every = f"the one step that moved a weight did not change {own}"
        statement = f"No: {every}; {went}."
    elif not worse.any():
        every = f"every one of the {count(moved, 'step')}" if moved > 1 else "the one step"
        statement = f"Yes: {every} that moved a weight made {own} {lower}"
        if same:
            statement = (
                f"Yes: of the {count(moved, 'step')} that moved a weight {int(better.sum())} made {own} {lower} and "
                "none made it worse "
                f"(in {same} the change was too small to count)"
            )
        if single:
            statement += f"; {went}."
        elif worse_all.any():
            statement += (
                f"; {total}, over all patterns, still {rises} in {int(worse_all.sum())} of them, because a step for "
                "one pattern "
                f"can cost the others; {went}."
            )
        else:
            statement += f", and {total} with it; {went}."
    else:
        share = percent(int(worse.sum()) / moved)
        statement = (
            f"No: {int(worse.sum())} of {count(moved, 'step')} that moved a weight ({share}) made {own} worse, "
            f"{worst(change[worse])}{which(ledger, change, worse)}: {why_worse(context, evidence)} (the first is "
            f"step {int(ledger.steps[worse][0])}); "
            f"{went}."
        )
    lines = list(rows(context, ledger, worse, other, against, single))
    if idle:
        lines.append(f"{count(idle, 'step')} moved nothing: the gradient was 0, or a box held the weight")
    return Claim(
        "decrease",
        QUESTION,
        statement,
        not worse.any() and bool(better.any()) and not hops.sum() > better.sum(),
        evidence,
        tuple(lines),
        tuple(conditions),
    )


HOP = 1e-6
"""A move of so large a share of the weights is no landing: where it changes nothing, it hops."""


def size_of(ledger: Ledger) -> float:
    finite = ledger.to[np.isfinite(ledger.to).all(axis=1)]
    return 1e-3 + float(np.abs(finite).max(initial=0.0))


def worst(change: Array) -> str:
    """By how much at most; a goal that became no number got worse by no number."""
    top = float(change.max())
    if np.isfinite(change).all():
        return f"by up to {num(top)}"
    return "until it was infinite" if np.isinf(top) else "until it was no number"


def which(ledger: Ledger, change: Array, worse: Chosen) -> str:
    """In which step it got worst, and the median of those that made it worse."""
    if int(worse.sum()) < 2 or not np.isfinite(change[worse]).all():
        return ""
    found = summary(change[worse])
    return f" in step {int(ledger.steps[worse][found.place])} (median {num(found.median)})"


def rounding(before: Array, after: Array) -> Array:
    """Below this a change is too small to count; one to a number that is not finite always counts."""
    larger = np.where(np.isfinite(after), np.maximum(np.abs(before), np.abs(after)), np.abs(before))
    return NOISE * larger + 1e-30 * float(np.abs(before[0]))


def uphill(context: Context, ledger: Ledger, worse: Chosen) -> Chosen:
    """Which of the worse steps went against their own slope, as a learning rule with a memory can."""
    found = np.zeros(len(worse), dtype=np.bool_)
    if context.rate is None:
        for place in np.flatnonzero(worse):
            rows = np.array([context.rows(int(ledger.steps[place]) - 1)], dtype=np.int64)
            slope = context.evaluator.gradient(ledger.at[place][None, :], rows)[0]
            found[place] = context.sense * float(slope @ (ledger.to[place] - ledger.at[place])) > 0
    return found


def why_worse(context: Context, evidence: Mapping[str, object]) -> str:
    if context.backwards:
        return f"they went the wrong way, because {context.rate_name} is negative"
    up, worse = evidence["uphill"], evidence["own_worse"]
    if not up:
        return "they stepped too far"
    carried = "went against their own slope, carried on by what the learning rule remembers"
    return f"they {carried}" if up == worse else f"{up} of them {carried}, the others stepped too far"


def _wide(context: Context) -> bool:
    return len(context.rows(0)) > 1


def rows(
    context: Context, ledger: Ledger, worse: Chosen, other: Chosen, against: Chosen, single: bool
) -> tuple[str, ...]:
    """The first steps, and the first that rose, with the reason."""
    first = list(range(min(4, len(ledger.steps))))
    risen = [int(place) for place in np.flatnonzero(worse | other)[:5] if place not in first]
    name, total = context.goal_name, context.total_name
    head = ("step", "visits", f"{name} before", f"{name} after", "", f"{total} before", f"{total} after", "")
    body = []
    for place in first + risen:
        step = int(ledger.steps[place])
        visited = context.rows(step - 1)
        shown = f"pattern {visited[0]}" if len(visited) == 1 and context.patterns > 1 else f"{len(visited)}"
        own, every = ledger.after[place] - ledger.before[place], ledger.all_after[place] - ledger.all_before[place]
        if not ledger.moved[place]:
            why = "nothing moved"
        elif worse[place]:
            wrong = "the wrong way" if context.backwards else "against its own slope" if against[place] else ""
            why = f"{context.rises}: {wrong or 'too long a step'}"
            why += ", and cut off by the box" if ledger.projected[place] else ""
        elif other[place]:
            why = "good for its own, bad for others"
        elif ledger.projected[place]:
            why = "put back into its box"
        else:
            why = ""
        told = _arrow(every) + (f"  {why}" if why else "")
        totals = (num(ledger.all_before[place]), num(ledger.all_after[place]), told)
        cells = (str(step), shown, num(ledger.before[place]), num(ledger.after[place]), _arrow(own), *totals)
        body.append(cells if not single else (cells[0], *cells[5:]))
    return table([head if not single else (head[0], *head[5:]), *body], left=(0, 7) if not single else (0, 3))


def _arrow(change: float) -> str:
    return "=" if change == 0 else "lower" if change < 0 else "higher"
