"""patterns: good for one, bad for another? Each pattern's own gradient, and whose error rose in the first step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.ledger import booked
from chainrule.explain.measure.samples import median
from chainrule.explain.tell.claim import Claim
from chainrule.explain.tell.claims.decrease import rounding
from chainrule.explain.tell.claims.steepest import angle
from chainrule.explain.wording import count, num, table

QUESTION = "Is a change good for one pattern and bad for another?"
ROUNDING = 1e-12
"""Cosines below this are those of a right angle."""


def claim(context: Context) -> Claim:
    """Do the patterns agree: does no pair pull against each other, and does no pattern get worse in the first step?"""
    if context.patterns < 2 or not context.names:
        told = "There are no data." if context.bare else "There is one pattern: nothing can pull against it."
        told = told if context.names else "No weight is trained."
        return Claim("patterns", QUESTION, told, bool(context.names), {"patterns": context.patterns})
    pulls, chosen = context.pulls
    sizes = np.linalg.norm(pulls, axis=1)
    pulling = np.flatnonzero((sizes > 0) & np.isfinite(sizes))
    units = pulls[pulling] / sizes[pulling, None]
    sides = np.triu_indices(len(pulling), 1)
    cosines = (units @ units.T)[sides]
    pairs = len(cosines)
    opposed = int(np.count_nonzero(cosines < -ROUNDING))
    risen = worse(context)
    evidence: dict[str, object] = {
        "patterns": context.patterns, "looked_at": len(chosen), "pulling": len(pulling), "pairs": pairs,
        "opposed_pairs": opposed, "worse_in_first_step": None if risen is None else [int(row) for row in risen.rows],
    }  # fmt: skip
    sample = "" if len(chosen) == context.patterns else f" (an even sample of the {context.patterns})"
    parts = [f"{len(pulling)} of {count(len(chosen), 'pattern')}{sample} {'pulls' if len(pulling) == 1 else 'pull'} "
             "at the start"]  # fmt: skip
    if broken := int(np.count_nonzero(~np.isfinite(sizes))):
        parts.append(f"of {count(broken, 'pattern')} the gradient is no finite number")
    if pairs:
        least = int(np.argmin(cosines))
        one, other = (int(pulling[side[least]]) for side in sides)
        turned, middle = angle(pulls[one], pulls[other]), middle_angle(cosines)
        evidence |= {"worst_pair": [int(chosen[one]), int(chosen[other])], "worst_angle": turned}
        evidence["median_angle"] = middle
        names = f"{context.pattern(int(chosen[one]))} and {context.pattern(int(chosen[other]))}"
        apart = f"{names}, whose gradients are {num(turned, 3)}° apart"
        median = f" (median of all pairs: {num(middle, 3)}°)" if pairs > 1 else ""
        if pairs == 1:
            do = "they pull" if opposed else "they do not pull"
            parts.append(f"{do} against each other: their gradients are {num(turned, 3)}° apart")
        elif opposed:
            parts.append(f"{opposed} of {count(pairs, 'pair')} pull against each other, most of all {apart}{median}")
        else:
            parts.append(f"none of {count(pairs, 'pair')} pulls against each other; furthest apart are {apart}{median}")
    if risen is not None:
        parts.append(risen.told(context))
    hurt, helped = over_run(context)
    evidence |= {"steps_that_hurt_others": hurt, "steps_that_helped_their_own": helped}
    if hurt:
        parts.append(
            f"over the run {hurt} of {count(helped, 'step')} that helped their own patterns made {context.total_name} "
            "over all of them worse"
        )
    lines: tuple[str, ...] = ()
    if len(pulling) <= 8:
        lines = table(
            [("pattern", *context.slope_names[:6])]
            + [(str(int(chosen[row])), *map(num, pulls[row][:6])) for row in range(min(len(chosen), 8))]
        )
    agree = not opposed and not broken and (risen is None or not len(risen.rows)) and not hurt
    head = "Not here" if agree else "It cannot be said" if broken and not opposed else "Yes"
    told = f"{head}: {'; '.join(parts)}."
    return Claim(
        "patterns", QUESTION, told, agree, evidence, lines,
        (f"each pattern's own gradient at the start{sample}; two pull against each other where they are more than 90° "
         "apart, so that a short step for one alone makes the other worse",),
    )  # fmt: skip


def over_run(context: Context) -> tuple[int, int]:
    """How many of the steps that were looked at helped the patterns they visited and hurt the goal over all, and how
    many helped their own."""
    ledger = context.once(booked)
    if ledger is None:
        return 0, 0
    noise, noise_all = rounding(ledger.before, ledger.after), rounding(ledger.all_before, ledger.all_after)
    helped = ledger.moved & (context.sense * (ledger.after - ledger.before) < -noise)
    hurt = helped & (context.sense * (ledger.all_after - ledger.all_before) > noise_all)
    return int(hurt.sum()), int(helped.sum())


def middle_angle(cosines: Array) -> float:
    """The median angle, in degrees."""
    return median(np.degrees(np.arccos(np.clip(cosines, -1.0, 1.0))))


@dataclass(frozen=True, slots=True)
class Risen:
    """The patterns that got worse in one step, worst first, and by how much; ``others`` is how many could have."""

    rows: NDArray[np.int64]
    rises: Array
    step: int
    visited: tuple[int, ...]
    others: int

    def told(self, context: Context) -> str:
        alone = len(self.visited) < context.patterns and not set(self.rows.tolist()) & set(self.visited)
        moment = context.moment
        first = "moved a weight" if moment is None or np.any(moment.change) else "had a slope, and moved nothing"
        made = f"in step {self.step}, the first that {first}, made for {context.visited(self.visited)}, "
        if not len(self.rows):
            return f"{made}no pattern got worse"
        worst = f"{context.pattern(int(self.rows[0]))} by {num(self.rises[0])}"
        if len(self.rows) == 1:
            of = f"one of {self.others} others" if alone else f"one of {self.others}"
            of = "the other" if alone and self.others == 1 else of
            return f"{made}{of} got worse, {worst}"
        of = f"{len(self.rows)} of {self.others} {'others' if alone else 'of them'}"
        middle = num(median(self.rises))
        return f"{made}{of} got worse, most {worst} (median of those: {middle})"


def worse(context: Context) -> Risen | None:
    """What the first step that moved a weight did to each pattern that is looked at."""
    moment = context.moment
    if moment is None:
        return None
    chosen = context.pulls[1]
    before = context.evaluator.goal(np.repeat(moment.before[None, :], len(chosen), axis=0), chosen[:, None])
    after = context.evaluator.goal(np.repeat(moment.after[None, :], len(chosen), axis=0), chosen[:, None])
    change = context.sense * (after - before)
    noise = 8 * np.finfo(float).eps * np.maximum(np.abs(before), np.abs(after))
    rows = np.flatnonzero(change > noise)
    rows = rows[np.argsort(-change[rows], kind="stable")]
    own = len(moment.rows) == context.patterns or bool(np.isin(chosen[rows], moment.rows).any())
    others = len(chosen) if own else int(np.sum(~np.isin(chosen, moment.rows)))
    return Risen(chosen[rows], change[rows], moment.step, moment.rows, others)
