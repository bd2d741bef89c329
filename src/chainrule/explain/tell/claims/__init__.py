"""The claims, a row each: what measures a run, what may be found, and what makes the sentence of that."""

from collections.abc import Callable
from typing import Any, NamedTuple, get_args

from chainrule.explain.measure.claims import amount as measured_amount
from chainrule.explain.measure.claims import dead as measured_dead
from chainrule.explain.measure.claims import decrease as measured_decrease
from chainrule.explain.measure.claims import end as measured_end
from chainrule.explain.measure.claims import map as measured_map
from chainrule.explain.measure.claims import order as measured_order
from chainrule.explain.measure.claims import patterns as measured_patterns
from chainrule.explain.measure.claims import sign as measured_sign
from chainrule.explain.measure.claims import size as measured_size
from chainrule.explain.measure.claims import steepest as measured_steepest
from chainrule.explain.measure.claims import step as measured_step
from chainrule.explain.measure.claims import toward as measured_toward
from chainrule.explain.measure.claims import update as measured_update
from chainrule.explain.measure.claims import vanish as measured_vanish
from chainrule.explain.tell.claim import Claim
from chainrule.explain.tell.claims import (
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
from chainrule.explain.tell.claims import map as rates

__all__ = ["CLAIMS", "FINDINGS", "MEASURE", "TELL"]


class Row(NamedTuple):
    """``measure`` makes of a run one of ``findings``, which say what stands in the JSON; ``tell`` sees that alone."""

    measure: Callable[[Any], Any]
    findings: tuple[type, ...]
    tell: Callable[[Any], Claim]


CLAIMS: dict[str, Row] = {
    "update": Row(measured_update.measure, get_args(measured_update.Update), update.tell),
    "sign": Row(measured_sign.measure, get_args(measured_sign.Sign), sign.tell),
    "size": Row(measured_size.measure, get_args(measured_size.Size), size.tell),
    "steepest": Row(measured_steepest.measure, get_args(measured_steepest.Steepest), steepest.tell),
    "toward": Row(measured_toward.measure, get_args(measured_toward.Toward), toward.tell),
    "step": Row(measured_step.measure, get_args(measured_step.Step), step.tell),
    "amount": Row(measured_amount.measure, get_args(measured_amount.Amount), amount.tell),
    "decrease": Row(measured_decrease.measure, get_args(measured_decrease.Decrease), decrease.tell),
    "patterns": Row(measured_patterns.measure, get_args(measured_patterns.Patterns), patterns.tell),
    "dead": Row(measured_dead.measure, get_args(measured_dead.Found), dead.tell),
    "vanish": Row(measured_vanish.measure, get_args(measured_vanish.Vanish), vanish.tell),
    "end": Row(measured_end.measure, get_args(measured_end.Found), end.tell),
    "order": Row(measured_order.measure, get_args(measured_order.Order), order.tell),
    "map": Row(measured_map.measure, get_args(measured_map.Map), rates.tell),
}
"""By id, in the order in which they are told."""

MEASURE = {id: row.measure for id, row in CLAIMS.items()}
FINDINGS = {id: row.findings for id, row in CLAIMS.items()}
TELL = {id: row.tell for id, row in CLAIMS.items()}
