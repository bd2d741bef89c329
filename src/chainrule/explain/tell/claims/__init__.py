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
from chainrule.explain.measure.lost_digits import LOST, LostDigits
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

__all__ = ["CLAIMS", "FINDINGS", "MEASURE", "QUESTIONS", "TELL"]


class ClaimRow(NamedTuple):
    """``measure`` makes of a run one of ``findings``, which say what stands in the JSON; ``tell`` sees that alone.
    ``question`` is what the claim answers."""

    measure: Callable[[Any], Any]
    findings: tuple[type, ...]
    tell: Callable[[Any], Claim]
    question: str


CLAIMS: dict[str, ClaimRow] = {
    "update": ClaimRow(measured_update.measure, get_args(measured_update.Update), update.tell, update.QUESTION),
    "sign": ClaimRow(measured_sign.measure, get_args(measured_sign.Sign), sign.tell, sign.QUESTION),
    "size": ClaimRow(measured_size.measure, get_args(measured_size.Size), size.tell, size.QUESTION),
    "steepest": ClaimRow(
        measured_steepest.measure, get_args(measured_steepest.Steepest), steepest.tell, steepest.QUESTION
    ),
    "toward": ClaimRow(measured_toward.measure, get_args(measured_toward.Toward), toward.tell, toward.QUESTION),
    "step": ClaimRow(measured_step.measure, get_args(measured_step.Step), step.tell, step.QUESTION),
    "amount": ClaimRow(measured_amount.measure, get_args(measured_amount.Amount), amount.tell, amount.QUESTION),
    "decrease": ClaimRow(
        measured_decrease.measure, get_args(measured_decrease.Decrease), decrease.tell, decrease.QUESTION
    ),
    "patterns": ClaimRow(
        measured_patterns.measure, get_args(measured_patterns.Patterns), patterns.tell, patterns.QUESTION
    ),
    "dead": ClaimRow(measured_dead.measure, get_args(measured_dead.Found), dead.tell, dead.QUESTION),
    "vanish": ClaimRow(measured_vanish.measure, get_args(measured_vanish.Vanish), vanish.tell, vanish.QUESTION),
    "end": ClaimRow(measured_end.measure, get_args(measured_end.Found), end.tell, end.QUESTION),
    "order": ClaimRow(measured_order.measure, get_args(measured_order.Order), order.tell, order.QUESTION),
    "map": ClaimRow(measured_map.measure, get_args(measured_map.Map), rates.tell, rates.QUESTION),
}
"""By id, in the order in which they are told."""

MEASURE = {id: row.measure for id, row in CLAIMS.items()}
FINDINGS = {id: (*row.findings, LostDigits) if id in LOST else row.findings for id, row in CLAIMS.items()}
TELL = {id: row.tell for id, row in CLAIMS.items()}
QUESTIONS = {id: row.question for id, row in CLAIMS.items()}
