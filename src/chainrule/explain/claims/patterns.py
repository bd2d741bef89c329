"""patterns: good for one, bad for another? Each pattern's own gradient, and whose error rose in the first step."""

from __future__ import annotations

import numpy as np

from chainrule.explain.claim import Claim
from chainrule.explain.claims.steepest import angle
from chainrule.explain.context import Context
from chainrule.explain.words import count, listing, num, table

QUESTION = "Is a change good for one pattern and bad for another?"


def claim(context: Context) -> Claim:
    """Do the patterns agree: does no pair pull against each other, and does no pattern get worse in the first step?"""
    if context.patterns < 2 or not context.names:
        told = "There is one pattern: nothing can pull against it." if context.names else "No weight is trained."
        return Claim("patterns", QUESTION, told, bool(context.names), {"patterns": context.patterns})
    pulls, chosen = context.pulls
    sizes = np.linalg.norm(pulls, axis=1)
    pulling = np.flatnonzero((sizes > 0) & np.isfinite(sizes))
    units = pulls[pulling] / sizes[pulling, None]
    cosines = units @ units.T
    pairs = len(pulling) * (len(pulling) - 1) // 2
    opposed = int(np.count_nonzero(np.triu(cosines < 0, 1)))
    risen = worse(context)
    evidence: dict[str, object] = {
        "patterns": context.patterns, "looked_at": len(chosen), "pulling": len(pulling), "pairs": pairs,
        "opposed_pairs": opposed, "worse_in_first_step": None if risen is None else [int(row) for row in risen[0]],
    }  # fmt: skip
    parts = [f"{len(pulling)} of {count(len(chosen), 'pattern')} pull at the start"]
    lines: tuple[str, ...] = ()
    if opposed:
        first, second = np.unravel_index(int(np.argmin(cosines)), cosines.shape)
        one, other = int(pulling[first]), int(pulling[second])
        turned = angle(pulls[one], pulls[other])
        evidence |= {"worst_pair": [int(chosen[one]), int(chosen[other])], "worst_angle": turned}
        parts.append(
            f"{opposed} of {count(pairs, 'pair')} pull against each other, most of all "
            f"{context.pattern(int(chosen[one]))} and {context.pattern(int(chosen[other]))}, whose gradients are "
            f"{num(turned, 3)}° apart"
        )
    elif pairs:
        parts.append(f"no pair of them pulls against each other ({count(pairs, 'pair')} looked at)")
    if risen is not None and len(risen[0]):
        rows, rises, visited = risen
        by = (f"{context.pattern(int(row))} by {num(rise)}" for row, rise in zip(rows, rises, strict=True))
        told = listing(by, 3)
        parts.append(f"in the first step that moved a weight, made for {visited}, others got worse: {told}")
    elif risen is not None:
        parts.append(f"in the first step that moved a weight, made for {risen[2]}, no pattern got worse")
    if len(pulling) <= 8:
        lines = table(
            [("pattern", *context.slope_names[:6])]
            + [(str(int(chosen[row])), *map(num, pulls[row][:6])) for row in range(min(len(chosen), 8))]
        )
    agree = not opposed and (risen is None or not len(risen[0]))
    said = "; ".join(parts)
    told = f"{'Not here' if agree else 'Yes'}: {said}."
    sampled = " of an even sample" if len(chosen) < context.patterns else ""
    return Claim(
        "patterns", QUESTION, told, agree, evidence, lines, (f"each pattern's own gradient at the start{sampled}",)
    )


def worse(context: Context) -> tuple[np.ndarray, np.ndarray, str] | None:
    """The patterns that got worse in the first step that moved a weight, worst first, by how much, and whose it was."""
    moment = context.moment
    if moment is None:
        return None
    chosen = context.pulls[1]
    before = context.lanes.goal(np.repeat(moment.before[None, :], len(chosen), axis=0), chosen[:, None])
    after = context.lanes.goal(np.repeat(moment.after[None, :], len(chosen), axis=0), chosen[:, None])
    change = context.sense * (after - before)
    noise = 8 * np.finfo(float).eps * np.maximum(np.abs(before), np.abs(after))
    rows = np.flatnonzero(change > noise)
    rows = rows[np.argsort(-change[rows])]
    return chosen[rows], change[rows], context.visited(moment.rows)
