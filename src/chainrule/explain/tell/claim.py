"""What an explanation is made of: a sentence with a test.

Words. *Guaranteed* and *for every*: proved by interval arithmetic. *Measured*: met at the points that are named.
*Looks so*: continued beyond what was computed. A sentence without these words is about numbers that were computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from chainrule.errors import pictured
from chainrule.explain.measure.finding import Finding
from chainrule.explain.measure.finding import evidence as evidence_of
from chainrule.train.same import by_parts
from chainrule.values import dataclass


@pictured
@by_parts
@dataclass(frozen=True, slots=True)
class Claim:
    """A tested sentence: ``statement`` is what the test found; where the expected did not hold, it says the opposite.

    ``holds``      whether what one expects of gradient descent (``id``) is true of this network at these numbers
    ``evidence``   the numbers behind the sentence, ready for JSON
    ``lines``      the working, a line of text each
    ``conditions`` under what the statement is true: where, on which patterns, how it was found
    ``finding``    what was measured, of which the evidence is made
    """

    id: str
    question: str
    statement: str
    holds: bool
    evidence: Mapping[str, Any] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    finding: Finding | None = field(default=None, repr=False, compare=False)

    def json(self) -> dict[str, Any]:
        """``{id, question, statement, holds, evidence, conditions}``; non-finite numbers as strings."""
        return {
            "id": self.id,
            "question": self.question,
            "statement": self.statement,
            "holds": self.holds,
            "evidence": json_value(dict(self.evidence)),
            "conditions": list(self.conditions),
        }


def claimed(
    id: str, question: str, found: Finding, statement: str, lines: Sequence[str] = (), conditions: Sequence[str] = ()
) -> Claim:
    """A finding with the sentence on it."""
    return Claim(
        id, question, statement, found.holds, evidence_of(found), tuple(lines), tuple(conditions), found
    )


def json_value(value: Any) -> Any:
    """A value of the evidence as JSON has it: lists, numbers, strings; "nan", "inf" and "-inf" for what is no number.

    >>> json_value({"E": float("inf"), "w": (1, 0.5)})
    {'E': 'inf', 'w': [1, 0.5]}
    """
    match value:
        case bool() | str() | None:
            return value
        case int():
            return int(value)
        case float():
            return float(value) if value - value == 0 else str(float(value))
        case Mapping():
            return {str(name): json_value(inside) for name, inside in value.items()}
        case tuple() | list():
            return [json_value(inside) for inside in value]
    if hasattr(value, "tolist"):
        return json_value(value.tolist())
    return str(value)
