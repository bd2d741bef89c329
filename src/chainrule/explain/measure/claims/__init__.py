"""One file a claim: what is measured of a run, as a finding; the file of the same name in `tell` makes the sentence."""

from collections.abc import Callable
from typing import Any, get_args

from chainrule.explain.measure.claims import (
    amount,
    dead,
    decrease,
    end,
    order,
    patterns,
    sign,
    size,
    steepest,
    step,
    toward,
    update,
    vanish,
)
from chainrule.explain.measure.context import Context

__all__ = ["FINDINGS", "MEASURE"]

MEASURE: dict[str, Callable[[Context], Any]] = {
    "update": update.measure,
    "sign": sign.measure,
    "size": size.measure,
    "steepest": steepest.measure,
    "toward": toward.measure,
    "step": step.measure,
    "amount": amount.measure,
    "decrease": decrease.measure,
    "patterns": patterns.measure,
    "dead": dead.measure,
    "vanish": vanish.measure,
    "end": end.measure,
    "order": order.measure,
}
"""By claim: what measures a run, and makes a finding."""

FINDINGS: dict[str, tuple[type, ...]] = {
    "update": get_args(update.Update),
    "sign": get_args(sign.Sign),
    "size": get_args(size.Size),
    "steepest": get_args(steepest.Steepest),
    "toward": get_args(toward.Toward),
    "step": get_args(step.Step),
    "amount": get_args(amount.Amount),
    "decrease": get_args(decrease.Decrease),
    "patterns": get_args(patterns.Patterns),
    "dead": get_args(dead.Found),
    "vanish": get_args(vanish.Vanish),
    "end": get_args(end.Found),
    "order": get_args(order.Order),
}
"""By claim: what may be found, which says what stands in its JSON."""
