"""One file a claim: what is measured of a run, as a finding; the file of the same name in `tell` makes the sentence."""

from typing import get_args

from chainrule.explain.measure.claims import (
    amount,
    decrease,
    patterns,
    sign,
    size,
    steepest,
    toward,
    update,
    vanish,
)

__all__ = ["FINDINGS", "amount", "decrease", "patterns", "sign", "size", "steepest", "toward", "update", "vanish"]

FINDINGS: dict[str, tuple[type, ...]] = {
    "update": get_args(update.Update),
    "sign": get_args(sign.Sign),
    "size": get_args(size.Size),
    "steepest": get_args(steepest.Steepest),
    "toward": get_args(toward.Toward),
    "amount": get_args(amount.Amount),
    "decrease": get_args(decrease.Decrease),
    "patterns": get_args(patterns.Patterns),
    "vanish": get_args(vanish.Vanish),
}
"""By claim: what may be found, which says what stands in its JSON."""
