"""A number a learner typed → whether it is right to the precision typed, of which pattern, and if not, the slip.

Conventions. A result with a decimal point speaks for itself to half a unit of its last digit, a single one also cut off
to one unit. The text's own numbers (rates, weights, data, constants) and numbers without a point are exact. A formula
of numbers is right if what it should be lies among the values it can have with each result rounded; where these are too
many to tell a right formula from a wrong one, the line is undecided. The next value of a weight is told from a value
that is exactly half a unit away. A formula with names in which results stand for others is held against the starts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, cast

from chainrule.derive.judge.data_places import on_data
from chainrule.derive.judge.explicit_model import MEAN, ExplicitModel
from chainrule.derive.judge.line import TypedLine
from chainrule.derive.judge.steps import not_the_goal, search
from chainrule.derive.judge.test_points import CheckedPoint, Data, value
from chainrule.derive.judge.truths import Truth
from chainrule.derive.judge.verdict import Verdict, point, told
from chainrule.errors import UsageError
from chainrule.expr.nodes import At, Cond, Derivative, Expr, Mul, Neg, Number, Reduce, Ref, Size
from chainrule.expr.walk import children, decides, nodes, transform
from chainrule.model.model import HIDDEN
from chainrule.notation.names import pretty
from chainrule.notation.statements import Computed, Given, Listing, Update
from chainrule.numbers.evaluate import evaluate
from chainrule.numbers.interval import WHOLE, Interval
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


def results(expr: Expr, known: frozenset[Fraction]) -> list[Number]:
    """The numbers of a formula that were rounded: those with a decimal point that are not the text's own.

    One that is compared with a quantity is none: whether it is that of anything does not show in the result.
    """
    found: list[Number] = []
    todo: list[Expr] = [expr]
    while todo:
        node = todo.pop()
        if isinstance(node, Number) and unit(node) and node.value not in known:
            found.append(node)
        if not (decides(node) and any(isinstance(inside, Ref) for inside in nodes(node))):
            todo.extend(reversed(children(node)))
    return found


def texts_own(explicit: ExplicitModel, data: Data) -> frozenset[Fraction]:
    """The numbers that a text and its data are made of."""
    found: set[Fraction] = set()
    bodies = [line.body for line in explicit.model.equations] + [f.body for f in explicit.model.functions.values()]
    for quantity in explicit.model.quantities.values():
        match quantity.start:
            case Given(expr) | Computed(expr) if not isinstance(expr, Listing):
                bodies.append(expr)
    for rule in explicit.model.rules:
        bodies += [rule.value] if isinstance(rule, Update) else [line.value for line in rule.lines]
    bodies.append(explicit.model.goal.value)
    for body in bodies:
        found |= {node.value for node in nodes(body) if isinstance(node, Number)}
    todo: list[Any] = [*data.values.values(), *data.starts.values()]
    while todo:
        one = todo.pop()
        if isinstance(one, list | tuple):
            todo.extend(one)
        elif math.isfinite(one):
            found |= {Fraction(repr(float(one))), -Fraction(repr(float(one)))}
    return frozenset(found)


def around(explicit: ExplicitModel, place: CheckedPoint, expr: Expr, known: frozenset[Fraction]) -> Interval:
    """All that a formula can mean at a place, each result within half a unit of its last digit."""
    values: dict[str, Any] = {}

    def change(node: Expr) -> Expr:
        if isinstance(node, Number) and unit(node) and node.value not in known:
            name = f"n#{len(values)}"
            off = unit(node) / 2
            values[name] = Interval(float(node.value - off), float(node.value + off))
            return Ref(name)
        return node

    moved = transform(explicit.written(expr), change)

    def derivative(node: Derivative, letters: Mapping[str, int]) -> Interval:
        at = {**place.letters, **letters}
        found = value(explicit, replace(place, letters=at), node)
        return WHOLE if math.isnan(found) else Interval(found, found)

    return evaluate(moved, {**place.values, **values}, INTERVALS, setting=place.setting, letters=place.letters,
                    derivative=derivative)  # fmt: skip


def single(expr: Expr) -> Number | None:
    """The number that an expression is, its sign aside."""
    inside = expr.arg if isinstance(expr, Neg) else expr
    return inside if isinstance(inside, Number) else None


def digits(expr: Expr, known: frozenset[Fraction] = frozenset()) -> int:
    """How many significant digits the result with the fewest has; a single number has those it is written with."""
    one = single(expr)
    read = [one] if one is not None else results(expr, known)
    return min((len(node.text.lower().partition("e")[0].replace(".", "").lstrip("0")) for node in read), default=17)


class Typed:
    """What was typed: its value and what it is near to."""

    def __init__(
        self, line: TypedLine, place: CheckedPoint, explicit: ExplicitModel, known: frozenset[Fraction]
    ) -> None:
        self.value = value(explicit, place, line.body)
        self._one = single(line.body)
        self._half = around(explicit, place, line.body, frozenset() if self._one is not None else known)
        self._step = line.kind in ("next", "change")

    def near(self, number: float) -> bool:
        """Whether a number is what was typed, rounded or cut off."""
        return self.rounded(number) or self.cut(number)

    def rounded(self, number: float) -> bool:
        slack = 1e-9 * abs(number) + 1e-15
        if self._step and self._one is not None and unit(self._one):  # half a unit away is the next number: no tie
            off = abs(number - self.value)
            return off <= slack or off < float(unit(self._one)) / 2 - slack
        return self._half.lower - slack <= number <= self._half.upper + slack

    def cut(self, number: float) -> bool:
        """A single number of three digits or more, cut off instead of rounded: within one unit, towards 0."""
        if self._one is None or digits(self._one) < CUT:
            return False
        left_off = abs(number) - abs(self.value)
        return 0 <= left_off < float(unit(self._one)) * (1 - 1e-9) and number * self.value >= 0

    def loose(self, number: float) -> bool:
        """Whether a formula of results has too few digits to tell: it may be far from the number that it contains."""
        return self._one is None and self._half.upper - self._half.lower > 2 * LOOSE * abs(number) + 1e-15

    def close(self, yours: float, other: float) -> bool:
        """For a search: whether a candidate would have been typed so. ``yours`` is what was typed."""
        return math.isfinite(other) and self.near(other)


FITS = "Not equal: ", "Not equal. To the digits typed it fits this slip: "
"""A few digits may fit a slip by chance."""
LOOSE = 0.1
"""A formula whose results leave more open than this share of what it should be, tells nothing."""
CUT = 3
"""Digits of a number that may be cut off instead of rounded."""
NEAR = 0.01
"""How far, of the value or of the change of a step, a number may be off by rounding on the way."""


def rows(explicit: ExplicitModel, places: Sequence[CheckedPoint], expr: Expr) -> list[list[tuple[CheckedPoint, float]]]:
    """Places by their pattern, each with what an expression gives there."""
    found: dict[str, list[tuple[CheckedPoint, float]]] = {}
    for place in places:
        found.setdefault(place.of, []).append((place, value(explicit, place, expr)))
    return list(found.values())


def put_in(
    explicit: ExplicitModel, line: TypedLine, truths: Sequence[Truth], data: Data, pattern: int | None
) -> Verdict | None:
    """The verdict on a formula with names in which results of the starts stand for others; None if it is none."""
    known = texts_own(explicit, data)
    typed = results(line.body, known)
    if not typed:
        return None
    places = on_data(explicit, line, data, weights=False, whole=True)
    undecided = False
    for truth in truths:
        if truth.mean and pattern is not None:
            continue
        for row in rows(explicit, [one for one in places if pattern is None or int(one.of) == pattern], truth.expr):
            bounds = [around(explicit, place, line.body, known) for place, _ in row]
            inside = all(around_.lower - 1e-9 * abs(ours) <= ours <= around_.upper + 1e-9 * abs(ours)
                         for around_, (_, ours) in zip(bounds, row, strict=True))  # fmt: skip
            if not inside or not any(ours for _, ours in row):
                continue
            wide = [one.upper - one.lower > 2 * LOOSE * abs(ours) + 1e-15
                    for one, (_, ours) in zip(bounds, row, strict=True)]  # fmt: skip
            if any(wide):
                undecided = True
                continue
            if not all(stands(explicit, line, one, [place for place, _ in row]) for one in typed):
                continue
            place, ours = row[0]
            which = f" for pattern {place.of}" if len({one.of for one in places}) > 1 else ""
            told_ = ", ".join(node.text for node in typed[:3])
            stand = "stands for a value" if len(typed) == 1 else "stand for values"
            sentence = (f"Equal here{which}, to the digits typed: {told_} {stand} at the start, so the line "
                        f"holds at these numbers alone.")  # fmt: skip
            yours = value(explicit, place, explicit.written(line.body))
            return Verdict("here", None, point(explicit, line, place), yours, ours, sentence)
    return few(explicit, line, places[0], truths[0]) if undecided else None


def wrt_of(truth: Truth) -> tuple[Ref, ...]:
    """By what the derivative of a truth is taken."""
    return truth.gradient.wrt if truth.gradient is not None else ()


def stands(explicit: ExplicitModel, line: TypedLine, typed: Number, places: Sequence[CheckedPoint]) -> bool:
    """Whether a result may stand for a value: the line moves with it, or it is the value of something in the text."""
    def nudged(node: Expr) -> Expr:
        return Mul((node, Number(NUDGE))) if node == typed else node

    moved, body = explicit.written(transform(line.body, nudged)), explicit.written(line.body)
    if any(value(explicit, place, moved) != value(explicit, place, body) for place in places):
        return True
    if any(typed in nodes(branch) for one in nodes(line.body) if isinstance(one, Cond)
           for branch in (one.then, one.otherwise)):  # fmt: skip
        return False  # of a branch that is not taken nothing is told
    inside = {node for equation in explicit.equations for node in nodes(equation.body) if not isinstance(node, Number)}
    half = float(unit(typed)) / 2 * (1 + 1e-9)
    return any(abs(value(explicit, place, node) - float(typed.value)) <= half for node in inside for place in places)


NUDGE = Fraction(1001, 1000)
"""By how much a number is moved to see whether a line moves with it."""


def few(explicit: ExplicitModel, line: TypedLine, place: CheckedPoint, truth: Truth) -> Verdict:
    """The verdict on numbers with too few digits."""
    sentence = ("Undecided: the numbers have too few digits to tell a right line from a wrong one. "
                "Keep more digits, or write the line with names.")  # fmt: skip
    return Verdict(None, None, point(explicit, line, place), value(explicit, place, explicit.written(line.body)),
                   value(explicit, place, truth.expr), sentence)  # fmt: skip


def moved(explicit: ExplicitModel, line: TypedLine, place: CheckedPoint, truth: Truth) -> float:
    """What a number speaks of: the value, or the change by which a step gives the next value."""
    ours = value(explicit, place, truth.expr)
    return ours - value(explicit, place, line.target) if line.kind == "next" else ours


def shift(typed: float, ours: float) -> int:
    """By how many places the decimal point would have to move, to come near."""
    return round(math.log10(typed / ours)) if typed and ours and typed / ours > 0 else 0


def judge(
    explicit: ExplicitModel, line: TypedLine, truths: Sequence[Truth], data: Data, pattern: int | None
) -> Verdict:
    """The verdict on a number, at the starts: of the pattern asked for, else of any pattern, or of their mean."""
    places = on_data(explicit, line, data, weights=False, whole=True)
    if not places:
        raise UsageError("E275", "a number is held against the data, and a value is missing there",
                         "give every data and target a value (--data FILE), or write the line with names")  # fmt: skip
    known = texts_own(explicit, data)
    typed = Typed(line, places[0], explicit, known)
    hidden = explicit.model.pattern == HIDDEN
    asked = [place for place in places if pattern is None or int(place.of) == pattern]
    several = len({place.of for place in places}) > 1
    undecided = False
    for truth in truths:
        if truth.mean and pattern is not None and hidden:
            continue
        every = [value(explicit, place, truth.expr) for place in places]
        for row in rows(explicit, asked, truth.expr)[: 1 if truth.mean else None]:
            if line.kind == "next" and any(value(explicit, place, line.target) == typed.value != ours
                                           for place, ours in row):  # fmt: skip
                continue  # nothing has moved, though a digit or two could not tell
            if not all(typed.near(ours) for _, ours in row):
                continue
            if any(typed.loose(ours) for _, ours in row):
                undecided = True
                continue
            place, ours = row[0]
            of_one = truth.expr != Derivative(Ref(MEAN), wrt_of(truth))
            of_one = of_one and not all(one == ours for one in every)
            which = f" for pattern {place.of}" if several and not truth.mean and of_one else ""
            which = f", {truth.remark}" if truth.mean and truth.remark and several else which
            cut = "" if typed.rounded(ours) else f" (cut off, not rounded: {ours:.10g})"
            where = point(explicit, line, place)
            return Verdict("here", None, where, typed.value, ours, f"Equal{which}{cut}: {ours:.10g} at the start.")
    if undecided:
        return few(explicit, line, asked[0], truths[0])
    for truth in truths:
        for place in asked if truth.free is not None else ():
            if truth.free is not None and typed.near(value(explicit, place, truth.free)):
                ours = value(explicit, place, truth.expr)
                name = pretty(cast(Ref, line.target).name)
                return told(explicit, line, place, typed.value, ours, ("box-forgotten", {"name": name}))
    first = asked[0] if not several else max(asked, key=lambda place: abs(value(explicit, place, truths[0].expr)))
    for truth in truths:
        if truth.mean and several and pattern is None and line.kind == "derivative":
            mean = value(explicit, first, truth.expr)
            if mean and typed.near(mean * len(places)):
                return told(explicit, line, first, typed.value, mean, ("sum-for-mean", {"count": str(len(places))}))
        if pattern is not None and not truth.mean:
            for place in places:
                if line.kind == "next" and typed.value == value(explicit, place, line.target):
                    break
                if place not in asked and typed.near(value(explicit, place, truth.expr)):
                    return told(explicit, line, asked[0], typed.value, value(explicit, asked[0], truth.expr),
                                ("other-pattern", {"yours": f"pattern {place.of}"}))  # fmt: skip
        elif pattern is not None and truth.mean and typed.near(value(explicit, asked[0], truth.expr)):
            return told(explicit, line, asked[0], typed.value, value(explicit, asked[0], truths[0].expr),
                        ("mean-for-pattern", {}))  # fmt: skip
    for place in asked if line.kind in ("next", "change") else ():
        if of_error := not_the_goal(explicit, line, place):
            raw, words = of_error
            if typed.near(raw):
                ours = value(explicit, place, truths[0].expr)
                return told(explicit, line, place, typed.value, ours, ("not-the-goal", words))
    for place in asked if digits(line.body, known) > 1 else ():
        ours = value(explicit, place, truths[0].expr)
        if (power := shift(typed.value, ours)) and abs(typed.value / 10.0**power - ours) <= abs(ours) * 10.0 ** (
            1 - digits(line.body, known)
        ):
            return told(explicit, line, place, typed.value, ours, ("decimal-point", {"ours": f"{ours:.6g}"}))
    for place in asked if digits(line.body, known) < 17 else ():
        ours, step = value(explicit, place, truths[0].expr), moved(explicit, line, place, truths[0])
        if step and abs(typed.value - ours) <= NEAR * abs(step):
            found = search(explicit, line, truths[0], [place], [typed.value], typed.close, only_slip="updated-weights")
            return told(explicit, line, place, typed.value, ours, found or ("rounding", {}))
    deep = digits(line.body, known) >= 5
    if digits(line.body, known) >= 3:
        for truth in truths:
            ordered = sorted(asked, key=lambda place: place is not first) if not truth.mean else [first]
            for place in ordered:
                ours = value(explicit, place, truth.expr)
                if not ours and several:
                    continue
                found = search(explicit, line, truth, [place], [typed.value], typed.close, deep=deep)
                if found:
                    verdict = told(explicit, line, place, typed.value, ours, found)
                    return verdict if deep else replace(verdict, sentence=verdict.sentence.replace(*FITS, 1))
    return told(explicit, line, first, typed.value, value(explicit, first, truths[0].expr), None)
