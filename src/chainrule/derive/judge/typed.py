"""A number a learner typed → whether it is right to the precision typed, of which pattern, and if not, the slip.

Conventions. A number with a decimal point speaks for itself to half a unit of its last digit, or cut off to one unit;
one without is exact. A formula of numbers is right if what it should be lies among the values it can have within the
precision of its numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import cast

from chainrule.derive.judge.line import Line
from chainrule.derive.judge.places import Data, Place, on_data, value
from chainrule.derive.judge.scene import Scene
from chainrule.derive.judge.steps import search
from chainrule.derive.judge.truths import Truth
from chainrule.derive.judge.verdict import Verdict, point, told
from chainrule.errors import UsageError
from chainrule.expr.nodes import At, Derivative, Expr, Neg, Number, Reduce, Ref, Size
from chainrule.expr.walk import nodes, transform
from chainrule.model.model import HIDDEN
from chainrule.notation.names import pretty
from chainrule.numbers.evaluate import evaluate
from chainrule.numbers.interval import Interval
from chainrule.numbers.kinds import INTERVALS


def numeric(expr: Expr) -> bool:
    """Whether an expression speaks of no name."""
    return not any(isinstance(node, Ref | Derivative | At | Size | Reduce) for node in nodes(expr))


def unit(number: Number) -> Fraction:
    """One unit of the last digit typed; 0 for a number that is exact."""
    mantissa, _, power = number.text.lower().partition("e")
    if "." not in mantissa:
        return Fraction(0)
    decimals = len(mantissa.partition(".")[2])
    return Fraction(10) ** (int(power or 0) - decimals)


def around(expr: Expr, share: Fraction = Fraction(1, 2)) -> Interval:
    """All that a formula of numbers can mean, each number within a share of its last unit."""
    values: dict[str, Interval] = {}

    def change(node: Expr) -> Expr:
        if isinstance(node, Number) and unit(node):
            name = f"n#{len(values)}"
            off = share * unit(node)
            values[name] = Interval(float(node.value - off), float(node.value + off))
            return Ref(name)
        return node

    moved = transform(expr, change)
    return evaluate(moved, values, INTERVALS)


def single(expr: Expr) -> Number | None:
    """The number that an expression is, its sign aside."""
    inside = expr.arg if isinstance(expr, Neg) else expr
    return inside if isinstance(inside, Number) else None


def digits(expr: Expr) -> int:
    """How many significant digits the number with the fewest has."""
    counts = [len(node.text.lower().partition("e")[0].replace(".", "").lstrip("0"))
              for node in nodes(expr) if isinstance(node, Number) and unit(node)]  # fmt: skip
    return min(counts, default=17)


class Typed:
    """What was typed: its value and what it is near to."""

    def __init__(self, line: Line, place: Place, scene: Scene) -> None:
        self.value = value(scene, place, line.body)
        self._half = around(line.body)
        self._whole = around(line.body, Fraction(1))
        self._one = single(line.body)

    def near(self, number: float) -> bool:
        """Whether a number is what was typed, rounded or cut off."""
        return self.rounded(number) or self.cut(number)

    def rounded(self, number: float) -> bool:
        slack = 1e-9 * abs(number) + 1e-15
        return self._half.lower - slack <= number <= self._half.upper + slack

    def cut(self, number: float) -> bool:
        """Cut off instead of rounded: within one unit, towards 0; of a formula, within one unit of each number."""
        if self._one is None:
            return number in self._whole
        left_off = abs(number) - abs(self.value)
        return 0 <= left_off < float(unit(self._one)) * (1 - 1e-9) and number * self.value >= 0

    def close(self, yours: float, other: float) -> bool:
        """For a search: whether a candidate would have been typed so. ``yours`` is what was typed."""
        return math.isfinite(other) and self.near(other)


NEAR = 0.01
"""How far, of the value or of the change of a step, a number may be off by rounding on the way."""


def moved(scene: Scene, line: Line, place: Place, truth: Truth) -> float:
    """What a number speaks of: the value, or the change by which a step gives the next value."""
    ours = value(scene, place, truth.expr)
    return ours - value(scene, place, line.target) if line.kind == "next" else ours


def shift(typed: float, ours: float) -> int:
    """By how many places the decimal point would have to move, to come near."""
    return round(math.log10(typed / ours)) if typed and ours and typed / ours > 0 else 0


def judge(scene: Scene, line: Line, truths: Sequence[Truth], data: Data, pattern: int | None) -> Verdict:
    """The verdict on a number, at the starts: of the pattern asked for, else of any pattern, or of their mean."""
    places = on_data(scene, line, data, weights=False)
    if not places:
        raise UsageError("E275", "a number is held against the data, and a value is missing there",
                         "give every data and target a value (--data FILE), or write the line with names")  # fmt: skip
    typed = Typed(line, places[0], scene)
    hidden = scene.model.pattern == HIDDEN
    asked = [place for place in places if pattern is None or int(place.of) == pattern]
    several = hidden and len(places) > 1
    for truth in truths:
        if truth.mean and pattern is not None and hidden:
            continue
        for place in asked[:1] if truth.mean or not hidden else asked:
            ours = value(scene, place, truth.expr)
            if line.kind == "next" and value(scene, place, line.target) == typed.value != ours:
                continue  # nothing has moved, though a digit or two could not tell
            if typed.near(ours):
                which = f" for pattern {place.of}" if several and not truth.mean else ""
                which = f", {truth.remark}" if truth.mean and truth.remark and several else which
                cut = "" if typed.rounded(ours) else f" (cut off, not rounded: {ours:.10g})"
                where = point(scene, line, place)
                return Verdict(True, None, where, typed.value, ours, f"Equal{which}{cut}: {ours:.10g} at the start.")
    for truth in truths:
        for place in asked if truth.free is not None else ():
            if truth.free is not None and typed.near(value(scene, place, truth.free)):
                ours = value(scene, place, truth.expr)
                name = pretty(cast(Ref, line.target).name)
                return told(scene, line, place, typed.value, ours, ("box-forgotten", {"name": name}))
    first = asked[0] if not several else max(asked, key=lambda place: abs(value(scene, place, truths[0].expr)))
    for truth in truths:
        if truth.mean and several and pattern is None and line.kind == "derivative":
            mean = value(scene, first, truth.expr)
            if mean and typed.near(mean * len(places)):
                return told(scene, line, first, typed.value, mean, ("sum-for-mean", {"count": str(len(places))}))
        if pattern is not None and not truth.mean:
            for place in places:
                if line.kind == "next" and typed.value == value(scene, place, line.target):
                    break
                if place not in asked and typed.near(value(scene, place, truth.expr)):
                    return told(scene, line, asked[0], typed.value, value(scene, asked[0], truth.expr),
                                ("other-pattern", {"yours": f"pattern {place.of}"}))  # fmt: skip
        elif pattern is not None and truth.mean and typed.near(value(scene, asked[0], truth.expr)):
            return told(scene, line, asked[0], typed.value, value(scene, asked[0], truths[0].expr),
                        ("mean-for-pattern", {}))  # fmt: skip
    for place in asked:
        ours = value(scene, place, truths[0].expr)
        if (power := shift(typed.value, ours)) and abs(typed.value / 10.0**power - ours) <= abs(ours) * 10.0 ** (
            1 - digits(line.body)
        ):
            return told(scene, line, place, typed.value, ours, ("decimal-point", {"ours": f"{ours:.6g}"}))
    for place in asked if digits(line.body) < 17 else ():
        ours, step = value(scene, place, truths[0].expr), moved(scene, line, place, truths[0])
        if step and abs(typed.value - ours) <= NEAR * abs(step):
            found = search(scene, line, truths[0], [place], [typed.value], typed.close, only_slip="updated-weights")
            return told(scene, line, place, typed.value, ours, found or ("rounding", {}))
    deep = digits(line.body) >= 5
    if digits(line.body) >= 3:
        for truth in truths:
            ordered = sorted(asked, key=lambda place: place is not first) if not truth.mean else [first]
            for place in ordered:
                ours = value(scene, place, truth.expr)
                if not ours and several:
                    continue
                found = search(scene, line, truth, [place], [typed.value], typed.close, deep=deep)
                if found:
                    return told(scene, line, place, typed.value, ours, found)
    return told(scene, line, first, typed.value, value(scene, first, truths[0].expr), None)
