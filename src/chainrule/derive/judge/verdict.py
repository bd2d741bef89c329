"""What is found about a line → a verdict: the id of the slip, a point with both numbers, and a sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import field
from itertools import islice
from typing import Literal

from chainrule.derive.judge.deltas import NET
from chainrule.derive.judge.explicit_model import ExplicitModel
from chainrule.derive.judge.line import TypedLine
from chainrule.derive.judge.search import Found
from chainrule.derive.judge.slips import SLIPS
from chainrule.derive.judge.test_points import CheckedPoint, value
from chainrule.derive.judge.truths import Truth
from chainrule.expr.limits import most
from chainrule.expr.nodes import Derivative, Expr, Ref
from chainrule.expr.walk import nodes
from chainrule.model.model import HIDDEN
from chainrule.notation.names import pretty
from chainrule.values import dataclass

Equal = bool | Literal["here"] | None
"""Right; right at these numbers alone; wrong; undecided."""

SHOWN = 8
"""Numbers of a point that a sentence tells."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a line is right (``here``: at these numbers alone; None: undecided); if not, the id of the slip (two are
    joined by +, None if none was recognised), a point with what the line gives there and what it should, and all of it
    in a sentence."""

    equal: Equal
    slip: str | None
    at: Mapping[str, float] = field(default_factory=dict)
    yours: float | None = None
    ours: float | None = None
    sentence: str = ""


def equal(
    explicit: ExplicitModel, line: TypedLine, place: CheckedPoint, ours: Expr, remark: str,
    kink: CheckedPoint | None = None,
    unreached: Sequence[str] = (), edge: CheckedPoint | None = None,
) -> Verdict:  # fmt: skip
    """The verdict on a right line; ``kink`` is the text's own start on one where it differs, ``edge`` another point on
    one, ``unreached`` are sides of kinks on which no point was found."""
    number = value(explicit, place, ours)
    sentence = f"Equal{', ' + remark if remark else ''}."
    if kink is not None:
        one, other = value(explicit, kink, explicit.written(line.body)), value(explicit, kink, ours)
        sentence += (f" At the kink where the text starts there is no derivative: there your line gives {one:.6g}, "
                     f"and a step takes {other:.6g}.")  # fmt: skip
    elif edge is not None:
        one, other = value(explicit, edge, explicit.written(line.body)), value(explicit, edge, ours)
        yours = "no number" if math.isnan(one) else f"{one:.6g}"
        where = shown_at(explicit, line, edge)
        sentence = (f"Equal{', ' + remark if remark else ''}, but for points on a kink, where there is no derivative: "
                    f"at {where} your line gives {yours}, and a step takes {other:.6g}.")  # fmt: skip
    if unreached:
        sentence += f" Not tried, since no point was found there: {', '.join(unreached[:3])}."
    return Verdict(True, None, point(explicit, line, place), number, number, sentence)


def here(
    explicit: ExplicitModel, line: TypedLine, place: CheckedPoint, truth: Truth, slip: str | None, why: str
) -> Verdict:
    """The verdict on a line that holds on the data given, and not in general."""
    number = value(explicit, place, truth.expr)
    sentence = f"Equal on the given data, for every weight, but not in general{why}."
    return Verdict("here", slip, point(explicit, line, place), number, number, sentence)


def nothing_told(explicit: ExplicitModel, line: TypedLine) -> Verdict:
    """The verdict where at no place both sides have a value."""
    left = "what it should be" if line.kind != "derivative" else "the derivative"
    return Verdict(None, None, sentence=f"Undecided: no point was found at which {left} has a value.")


LEFT = 1e-13
"""A side that is no larger than this share of the other is 0 but for rounding: how many times it is says nothing."""
NOTHING = 1e-40
"""Of the other side: so small a number is what the digits of the computation leave of 0."""


def told(
    explicit: ExplicitModel, line: TypedLine, place: CheckedPoint, one: float, other: float, found: Found | None
) -> Verdict:
    """A verdict with its sentence."""
    one, other = (0.0 if abs(a) < NOTHING * abs(b) else a for a, b in ((one, other), (other, one)))
    where, shown = point(explicit, line, place), shown_at(explicit, line, place)
    numeric = not any(isinstance(node, Ref) for node in nodes(line.body))
    yours = f"your line gives {one:.6g}" if not math.isnan(one) else "your line gives no number"
    ratio = f" ({one / other:.6g} times)" if other and one and not numeric and not math.isnan(one) else ""
    ratio = ratio if abs(one) > LEFT * abs(other) else ""
    begin = f"At {shown}: {yours}" if shown else f"Y{yours[1:]}"
    numbers = f"{begin}, and it should be {other:.6g}{ratio}."
    if found:
        why = say(*found)
        start = f"Not equal: {why}{'' if why.endswith('?') else '.'}"
    else:
        of = line.target.wrt[0].name if isinstance(line.target, Derivative) else ""
        way = of and line.way and NET not in of
        more = f" `chainrule derive MODEL --wrt {of}` shows the way line by line." if way else ""
        start = f"Not equal, and no slip that is known explains it.{more}"
        if explicit.search.made > (limit := most("slips")):
            start = f"Not equal. Its slip was not found with {limit:,} numbers; --limit slips=N, or limits= in Python, "
            start += f"allows more.{more}"
    return Verdict(False, found[0] if found else None, where, None if math.isnan(one) else one, other,
                   f"{start} {numbers}")  # fmt: skip


def shown_at(explicit: ExplicitModel, line: TypedLine, place: CheckedPoint) -> str:
    """The numbers of a place that a line reads, as a reader writes them."""
    where = point(explicit, line, place)
    sides = (line.body, line.target)
    read = {node.name for side in sides for node in nodes(side) if isinstance(node, Ref)} | set(line.letters)
    read.discard(explicit.model.goal.name)
    numeric = not any(isinstance(node, Ref) for node in nodes(line.body))
    told_ = where if numeric else {name: number for name, number in where.items() if name in read} or where
    shown = ", ".join(f"{pretty(name)} = {number:.6g}" for name, number in islice(told_.items(), SHOWN))
    return shown + (", …" if len(told_) > SHOWN else "")


def say(slip_: str, words: Mapping[str, str]) -> str:
    """What a learner is told; of two slips, both."""
    parts = []
    for number, one in enumerate(slip_.split("+")):
        sentence = SLIPS[one].sentence
        for name in ("factor", "function", "argument", "slope", "yours", "ours", "name", "letter", "count", "rate"):
            own_ = words.get("factor2", words.get(name, "")) if number and name == "factor" else words.get(name, "")
            sentence = sentence.replace(f"{{{name}}}", own_)
        short = number and one in ("sign", "missing-half", "missing-two")
        parts.append(sentence.partition(":")[0] if short else sentence)
    return "; and ".join(parts)


def point(explicit: ExplicitModel, line: TypedLine, place: CheckedPoint) -> dict[str, float]:
    """The numbers of a place that a reader can put in: those without letters, and of this pattern; and the letters."""
    found: dict[str, float] = {}
    read = {node.name for node in nodes(explicit.written(line.body)) if isinstance(node, Ref)}
    for name, quantity in explicit.model.quantities.items():
        letters = explicit.letters[name]
        if quantity.role == "derived" and name not in read:
            continue
        if not letters or letters == (HIDDEN,):
            found[name] = value(explicit, place, explicit.written(Ref(name)))
    found |= {letter: at for letter, at in place.letters.items() if letter in line.letters}
    return {name: float(number) for name, number in found.items()}
