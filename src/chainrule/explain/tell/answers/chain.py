"""The chain rule at work: whether the gradient vanishes on its way, and why it goes backwards and adds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainrule.explain.measure.claims.order import Compared
from chainrule.explain.measure.claims.vanish import SMALL
from chainrule.explain.measure.run_facts import Ran
from chainrule.explain.tell.answers.phrases import first_sentence, shown
from chainrule.explain.tell.claim import Claim
from chainrule.explain.tell.claims.order import added, count_of, used_told
from chainrule.explain.wording import num, percent, put

SHOWN = 4
"""So many contributions are shown one by one."""
CANCEL = 1e-12
"""A sum below this share of its parts is 0 but for rounding."""


def vanish(ran: Ran, vanish: Claim) -> str:
    """Is there a vanishing gradient?"""
    found = vanish.evidence
    if "links" not in found:
        if "slope" not in found or "expected" in found:
            return first_sentence(vanish.statement)
        weight = ran.naming.weights[ran.names.index(found["weight"])]
        return f"It is not known: from the error to {weight} there are too many paths to follow."
    place = ran.names.index(found["weight"])
    name, share = ran.naming.slope(place), percent(abs(found["passed_on"]))
    first = found["links"][0]
    own = f"∂{shown(first['of'])}/∂{shown(first['wrt'])}" if len(found["links"]) > 1 else "the error's own slope"
    if not found["slope"] and not found["vanishes"]:
        if not found["one_path"] and found["product"]:
            return f"No: {name} is 0 because what comes by its paths cancels."
        return f"No: the error's own slope is 0{where(ran, found)}, so there is nothing to pass on."
    if not found["slope"] and not found["product"] and not found["factors"]:
        return first_sentence(vanish.statement)
    if found["vanishes"] and len(found["links"]) > 1 and not first["value"] and not found["slope"]:
        return first_sentence(vanish.statement)  # nothing sets out: a factor on the way is not the cause
    if not found["factors"]:
        return f"No: {name} = {num(found['slope'])} is the error's own slope, nothing stands between."
    path = "" if found["one_path"] else " by the strongest of its paths"
    row = where(ran, found)
    if found["vanishes"]:
        weight = ran.naming.weights[place]
        much = f"only {share}" if found["passed_on"] else "nothing"
        return f"Yes: {much} of {own} reaches {weight}{path}{row}. {why(found)}"
    which, zero = f"{name} = {num(found['slope'])}", found["weights_with_slope_0"]
    if found["weights"] > 1:
        which = f"even the smallest gradient{' that is not 0' if zero else ''}, {which},"
    return f"No: {which} {'is' if found['one_path'] else 'gets'} {share} of {own}{path}{row}."


def where(ran: Ran, found: Mapping[str, Any]) -> str:
    return f" on pattern {found['pattern']}" if ran.naming.patterns > 1 else ""


def why(found: Mapping[str, Any]) -> str:
    """Which factor makes a gradient vanish, or how many do it together."""
    least = min(found["factors"], key=lambda factor: abs(factor["value"]))
    if not least["value"] or abs(found["passed_on"] / least["value"]) >= SMALL:
        return f"The factor {least['factor']} = {num(least['value'])} on the way does it."
    many = sum(abs(factor["value"]) < 1 for factor in found["factors"])
    return f"On the way it is multiplied by {many} factors below 1."


def backwards(order: Claim) -> str:
    """Why backwards, and why are contributions added?"""
    found = order.finding
    if not (isinstance(found, Compared) and found.agree and found.adds):
        return first_sentence(order.statement)
    return f"{counted(found)} {summed(found)}"


def counted(found: Compared) -> str:
    """What going backwards saves, in operations."""
    many, total = found.weights, found.naming.total
    back, low, high = found.operations_backward, found.operations_forward, found.operations_forward_at_most
    gradients = "the gradient" if many == 1 else "both gradients" if many == 2 else f"all {many} gradients"
    ahead = f"{low:,}" if low == high else f"at least {low:,}"
    if back < low:
        return f"Backwards is cheaper: {total} and {gradients} take {count_of(back)}, forwards {ahead}."
    if back < high:
        return (
            f"Here it is not decided: {total} and {gradients} take {count_of(back)} backwards, and between {low:,} "
            f"and {high:,} forwards."
        )
    equal = "as many" if back == high else f"{high:,}" if low == high else f"at most {high:,}"
    return (
        f"Backwards saves nothing here: {total} and {gradients} take {count_of(back)}, forwards {equal}. But "
        "forwards takes a pass for each weight, backwards one for all of them."
    )


def summed(found: Compared) -> str:
    """That what each use of a quantity adds makes its gradient."""
    uses = found.uses
    if uses is None:
        return added(found)
    head, parts = f"{uses.name} is used {used_told(found.naming, uses)}", found.contributions or ()
    total = "0" if abs(sum(uses.parts)) <= CANCEL * sum(map(abs, parts)) else num(sum(uses.parts))
    if 0 < len(parts) <= SHOWN:
        written = " + ".join(put(part) if place else num(part) for place, part in enumerate(parts))
        return f"{head}. Its contributions add up to {uses.slope}: {written} = {total}."
    return f"{head}. Its contributions add up to {uses.slope} = {total}."
