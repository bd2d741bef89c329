"""A learner's line and a model → whether it is right, and if not, the slip.

A line is right if both sides agree at places that are special in no way; or with what the text itself computes and
fixes (``target y = T(x)``, its consts); or, said so, on the model's own data alone. A line whose right side is a number
is held against the data and the starts, to the precision typed. What is right is worked out by a complex step on the
equations, which knows no rule of differentiation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from chainrule.derive.judge import typed
from chainrule.derive.judge.line import Line, read
from chainrule.derive.judge.places import Data, Place, generic, on_data, value
from chainrule.derive.judge.repairs import Repair, bound, repairs
from chainrule.derive.judge.scene import Scene, scene
from chainrule.derive.judge.search import Close, Found, exact
from chainrule.derive.judge.steps import search
from chainrule.derive.judge.truths import Truth, right
from chainrule.derive.judge.verdict import Verdict, equal, say, told
from chainrule.errors import UsageError
from chainrule.expr.nodes import Derivative, Expr, Ref
from chainrule.expr.walk import transform
from chainrule.model.model import Model
from chainrule.notation import show

EARLY = ("swapped-difference", "transposed-index", "extra-factor")
"""Repairs of a line that say more than a slip in the chain rule would."""


def judge(model: Model, text: str, data: Data | None = None, *, pattern: int | None = None, seed: int = 0) -> Verdict:
    """Whether a line is right.

    ``data`` are the model's patterns and starts, ``pattern`` the one a number is of (from 0; any, if None).

    Errors: those of `line.read`; UsageError E275 for a number without data, E276 for a pattern that does not exist.

    >>> from chainrule.model import build
    >>> from chainrule.notation import parse
    >>> model = build(parse("data x; target y; weight w; E = ½(w·x − y)²".replace("; ", chr(10))))
    >>> judge(model, "∂E/∂w = (w·x − y)·x").equal, judge(model, "∂E/∂w = w·x − y").slip
    (True, 'missing-factor')
    """
    if pattern is not None and (data is None or not 0 <= pattern < data.patterns):
        count = "no data" if data is None else f"{data.patterns} patterns"
        raise UsageError("E276", f"there is no pattern {pattern}: the model has {count}", "patterns count from 0")
    line = read(model, text)
    stage = scene(model, line.nets)
    truths = right(stage, line)
    if line.unbound:
        return unbound(stage, line, truths, seed)
    if line.turned:
        return turned(stage, line, truths, seed)
    body = stage.explicit(line.body)
    spots = Spots(stage, line, seed)
    for as_told in (False, True):
        for truth in truths:
            places = spots.of(truth, as_told)
            if agree(stage, places, body, truth.expr):
                return equal(stage, line, places[0], truth.expr, truth.remark)
    if typed.numeric(line.body):
        if data is None:
            raise UsageError("E275", "a number is held against the data, and the model has none here",
                             "give data (--data FILE), or write the line with names")  # fmt: skip
        return typed.judge(stage, line, truths, data, pattern)
    found = slip(stage, line, body, truths, spots)
    if data is not None:
        for truth in truths:
            places = on_data(stage, line, data, seed)
            if places and agree(stage, places, body, truth.expr):
                verdict = equal(stage, line, places[0], truth.expr, truth.remark)
                why = f": {say(*found)}" if found else ""
                sentence = f"Equal on the given data, for every weight, but not in general{why}."
                return replace(verdict, slip=found[0] if found else None, sentence=sentence)
    return different(stage, line, body, truths[0], found, data, spots)


class Spots:
    """Generic places, found once for each truth."""

    def __init__(self, stage: Scene, line: Line, seed: int) -> None:
        self._stage, self._line, self.seed = stage, line, seed
        self._found: dict[tuple[Expr, bool], list[Place]] = {}

    def of(self, truth: Truth, told: bool = False) -> list[Place]:
        own = truth.expr, told
        if own not in self._found:
            self._found[own] = generic(self._stage, self._line, truth.expr, self.seed, told=told)
        return self._found[own]


def agree(stage: Scene, places: Sequence[Place], yours: Expr, ours: Expr, close: Close = exact) -> bool:
    """Whether two sides agree at every place where both have a value, and at one at least."""
    used = 0
    loose = isinstance(ours, Derivative) and len(ours.wrt) > 1
    for place in places:
        one, other = value(stage, place, yours), value(stage, place, ours)
        if math.isnan(one) or math.isnan(other):
            continue
        if not (close(one, other) or (loose and abs(one - other) <= 1e-7 * (1 + abs(other)))):
            return False
        used += 1
    return used > 0


def unbound(stage: Scene, line: Line, truths: list[Truth], seed: int) -> Verdict:
    """The verdict on a line with letters that nothing binds."""
    letters = ",".join(line.unbound)
    for truth in truths:
        places = generic(stage, line, truth.expr, seed)
        for repair in bound(line):
            if agree(stage, places, stage.explicit(repair.body), truth.expr):
                return Verdict(False, repair.slip, sentence=f"Not equal: {say(repair.slip, repair.words)}.")
    return Verdict(False, "sum-missing", sentence=f"Not equal: {say('sum-missing', {'letter': letters})}.")


def turned(stage: Scene, line: Line, truths: list[Truth], seed: int) -> Verdict:
    """The verdict on a line with indices that fit only in another order."""
    fixed = dict(line.turned)
    body = transform(line.body, lambda node: fixed.get(node, node) if isinstance(node, Ref) else node)
    wrong, other = line.turned[0]
    words = {"yours": show(wrong), "ours": show(other)}
    more = ""
    for truth in truths:
        places = generic(stage, line, truth.expr, seed)
        if agree(stage, places, stage.explicit(body), truth.expr):
            more = "; with that the line holds"
    return Verdict(False, "transposed-index", sentence=f"Not equal: {say('transposed-index', words)}{more}.")


def slip(stage: Scene, line: Line, body: Expr, truths: list[Truth], spots: Spots) -> Found | None:
    """The slip of a line with names."""
    for truth in truths:
        places = [place for place in spots.of(truth) if not math.isnan(value(stage, place, body))]
        if not places:
            return "no-number", {}
        yours = [value(stage, place, body) for place in places]

        def repaired(early: bool, truth: Truth = truth, places: list[Place] = places) -> Found | None:
            if not any(value(stage, place, truth.expr) for place in places):
                return None
            for repair in repairs(line, stage):
                if early and repair.slip not in EARLY:
                    break
                if mended(stage, places, repair, truth.expr):
                    return repair.slip, repair.words
            return None

        quick = repaired_first(stage, line, places, truth.expr) if line.kind == "derivative" else None
        found = quick or search(stage, line, truth, places, yours, exact, repaired)
        if found:
            return found
    return None


def mended(stage: Scene, places: Sequence[Place], repair: Repair, ours: Expr) -> bool:
    body = stage.explicit(repair.body)
    return exact(value(stage, places[0], body), value(stage, places[0], ours)) and agree(stage, places, body, ours)


def repaired_first(stage: Scene, line: Line, places: Sequence[Place], ours: Expr) -> Found | None:
    """Repairs that say more than any factor could: target and output, indices."""
    for repair in repairs(line, stage):
        if repair.slip not in ("swapped-difference", "transposed-index"):
            break
        if mended(stage, places, repair, ours):
            return repair.slip, repair.words
    return None


def different(
    stage: Scene, line: Line, body: Expr, truth: Truth, found: Found | None, data: Data | None, spots: Spots
) -> Verdict:
    """The verdict on a wrong line, with numbers: at the starts, if they tell the sides apart, else at another point."""
    places = on_data(stage, line, data, spots.seed, weights=False) if data is not None else []
    places += spots.of(truth)
    sides = [(place, value(stage, place, body), value(stage, place, truth.expr)) for place in places]
    apart = [row for row in sides if not math.isnan(row[2]) and not exact(row[1], row[2])]
    place, one, other = next((row for row in apart if row[2]), (apart or sides)[0])
    return told(stage, line, place, one, other, found)
