"""A learner's line and a model → whether it is right, and if not, the slip.

A line is right if both sides agree at places that are special in no way, on every side of every kink, and on the text's
own data at its starts; or with what the text itself computes and fixes (``target y = T(x)``, its consts). It is right
here if it holds on the model's own data alone, or if numbers stand in it that were put in for names. A line whose right
side is a number is held against the data and the starts, to the precision typed. What is right is worked out by a
complex step on the equations, and in doubt by a difference with a hundred digits; neither knows a rule of
differentiation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from chainrule.derive.judge import numeric_answer, text_numbers
from chainrule.derive.judge.checked_points import Spots
from chainrule.derive.judge.compare import Outcome, agree, agreement, exact
from chainrule.derive.judge.explicit_model import ExplicitModel, explicit_model
from chainrule.derive.judge.facts import offered
from chainrule.derive.judge.function_line import about_function
from chainrule.derive.judge.line import TypedLine, read
from chainrule.derive.judge.mends import mend
from chainrule.derive.judge.repairs import Repair, bound, repairs
from chainrule.derive.judge.search import Asked, Found
from chainrule.derive.judge.steps import search
from chainrule.derive.judge.test_points import CheckedPoint, Data, fixed_by_text, value
from chainrule.derive.judge.truths import Truth, right
from chainrule.derive.judge.verdict import Verdict, equal, here, nothing_told, say, told
from chainrule.derive.spelled import spelled
from chainrule.derive.work import Enough
from chainrule.errors import NotationError, Source, Span, UsageError
from chainrule.expr.limits import most
from chainrule.expr.nodes import Derivative, Expr, Ref
from chainrule.expr.walk import transform
from chainrule.model.letters import base, free
from chainrule.model.model import Model
from chainrule.notation import show

SEARCHED = 40
"""Places on which slips are searched for, about."""

LOST = 1e-6
"""Of the middle size of the truth: a number below it may be a difference of others, of which few digits are left."""

EARLY = ("swapped-difference", "transposed-index", "mean-dropped", "extra-sum", "extra-factor")
"""Repairs of a line that say more than a slip in the chain rule would."""
FIRST = EARLY[:-1]
"""Those that say more than any factor could."""


def judge(model: Model, text: str, data: Data | None = None, *, pattern: int | None = None, seed: int = 0) -> Verdict:
    """Whether a line is right.

    ``data`` are the model's patterns and starts, ``pattern`` the one a number is of (from 0; any, if None). Of a δ that
    may be several, each reading is tried, and the verdict says which was taken.

    Errors: those of `line.read`; NotationError E273 for a δ that could be several and is right in no reading;
    UsageError E275 for a number without data, E276 for a pattern that does not exist.

    >>> from chainrule.model import build
    >>> from chainrule.notation import parse
    >>> model = build(parse("data x; target y; weight w; E = ½(w·x − y)²".replace("; ", chr(10))))
    >>> judge(model, "∂E/∂w = (w·x − y)·x").equal, judge(model, "∂E/∂w = w·x − y").slip
    (True, 'missing-factor')
    """
    if pattern is not None and (data is None or not 0 <= pattern < data.patterns):
        count = "no data" if data is None else f"{data.patterns} patterns"
        raise UsageError("E276", f"there is no pattern {pattern}: the model has {count}", "patterns count from 0")
    typed = text
    if (about := about_function(model, text, data)) is not None:
        model, text, data = about.model, about.line, about.data
        pattern = pattern if data else None
    verdicts: list[Verdict] = []
    model, _ = spelled(model)
    lines = read(model, text)
    if about:
        lines = [replace(line, way=False) for line in lines]
    for line in lines:
        try:
            found = judged(model, line, data, pattern, seed)
        except Enough:
            much = f"to compare it would compute more than {most('judging'):,} numbers"
            more = "--limit judging=N, or limits= in Python, allows more"
            found = Verdict(None, None, sentence=f"Undecided: {much}; {more}.")
        except UsageError as error:
            if about is None or about.data is not None or error.code != "E275":
                raise
            problem, help = "the left side is a function, the right side one number", "say where it is, A'(0) = …"
            raise NotationError("E274", problem, help, Source(typed, "<line>"), Span(0, len(typed))) from None
        if about and about.at:
            found = replace(found, sentence=found.sentence.replace("at the start", f"at {about.at}"))
        if line.reading and (found.equal or line.several):
            sentence = found.sentence.rstrip(".") if found.equal else found.sentence
            found = replace(found, sentence=f"{sentence}{', with' if found.equal else ' Read with'} {line.reading}.")
        verdicts.append(found)
        if found.equal:
            break
    right_ = [one for one in verdicts if one.equal]
    if not right_ and lines[0].doubt is not None:
        raise lines[0].doubt
    return (right_ or verdicts)[0]


def judged(model: Model, line: TypedLine, data: Data | None, pattern: int | None, seed: int) -> Verdict:
    """The verdict on one reading of a line."""
    explicit = explicit_model(model, line.nets)
    truths = right(explicit, line)
    if line.unbound:
        return unbound(explicit, line, truths, seed)
    if line.turned:
        return turned(explicit, line, truths, seed)
    body = explicit.written(line.body)
    spots = Spots(explicit, line, data, seed, truths)
    silent = True
    none: tuple[Truth, CheckedPoint] | None = None
    for as_told in (False, True) if any(fixed_by_text(explicit)) else (False,):
        for truth in truths:
            found = agreement(explicit, spots.of(truth, as_told), body, truth.expr)
            silent = silent and not found.used and found.place is None
            if none is None and found.outcome == "none" and found.used and found.place is not None:
                none = truth, found.place
            if not found.holds:
                continue
            own = agreement(explicit, spots.own(), body, truth.expr)
            if own.place is not None:
                return at_home(explicit, line, body, truth, own.place, own.outcome)
            edge = agreement(explicit, spots.edges(as_told), body, truth.expr)
            if edge.place is not None:
                return at_home(explicit, line, body, truth, edge.place, edge.outcome)
            unreached = spots.unreached(as_told)
            return equal(explicit, line, spots.of(truth)[0], truth.expr, truth.remark, own.kink, unreached, edge.kink)
    if numeric_answer.numeric(line.body):
        if data is None:
            raise UsageError("E275", "a number is held against the data, and the model has none here",
                             "give data (--data FILE), or write the line with names")  # fmt: skip
        return numeric_answer.judge(explicit, line, truths, data, pattern)
    if silent:
        return nothing_told(explicit, line)
    if data is not None and (found_ := numeric_answer.put_in(explicit, line, truths, data, pattern)) is not None:
        return found_
    if data is not None and (found_ := text_numbers.by_names(explicit, line, truths, data, spots)) is not None:
        return found_
    slip_ = slip(explicit, line, body, truths, spots) if none is None else ("no-number", {})
    if slip_ is None and data is not None and (named := text_numbers.likeliest(explicit, line, data)).body != line.body:
        slip_ = slip(explicit, named, explicit.written(named.body), truths, Spots(explicit, named, data, seed, truths))
    if data is not None:
        for truth in truths:
            places = spots.given(near=True)
            if not any(value(explicit, place, truth.expr) for place in places):
                continue
            if agree(explicit, places, body, truth.expr) and agree(explicit, spots.given(), body, truth.expr):
                why = f": {say(*slip_)}" if slip_ else ""
                return here(explicit, line, places[0], truth, slip_[0] if slip_ else None, why)
    if slip_ is None and line.kind == "derivative":
        slip_ = offered(explicit, line, body, truths, spots)
    if none is not None:
        return at_home(explicit, line, body, *none, "none")
    return different(explicit, line, body, truths[0], slip_, spots)


def at_home(
    explicit: ExplicitModel, line: TypedLine, body: Expr, truth: Truth, place: CheckedPoint, outcome: Outcome
) -> Verdict:
    """The verdict on a line that differs, or has no value, at one kind of place: on the text's own data, say."""
    one, other = value(explicit, place, body), value(explicit, place, truth.expr)
    return told(explicit, line, place, one, other, ("no-number", {}) if outcome == "none" else None)


def unbound(explicit: ExplicitModel, line: TypedLine, truths: list[Truth], seed: int) -> Verdict:
    """The verdict on a line with letters that nothing binds."""
    letters = ",".join(line.unbound)
    spots = Spots(explicit, line, None, seed)
    for truth in truths:
        for repair in bound(line):
            if agree(explicit, spots.of(truth), explicit.written(repair.body), truth.expr):
                return Verdict(False, repair.slip, sentence=f"Not equal: {say(repair.slip, repair.words)}.")
    return Verdict(False, "sum-missing", sentence=f"Not equal: {say('sum-missing', {'letter': letters})}.")


def turned(explicit: ExplicitModel, line: TypedLine, truths: list[Truth], seed: int) -> Verdict:
    """The verdict on a line with indices that fit only in another order."""
    fixed = dict(line.turned)
    body = transform(line.body, lambda node: fixed.get(node, node) if isinstance(node, Ref) else node)
    wrong, other = line.turned[0]
    words = {"yours": show(wrong), "ours": show(other)}
    more = ""
    spots = Spots(explicit, replace(line, body=body), None, seed)
    for truth in truths:
        if agree(explicit, spots.of(truth), explicit.written(body), truth.expr):
            more = "; with that the line holds"
    return Verdict(False, "transposed-index", sentence=f"Not equal: {say('transposed-index', words)}{more}.")


def slip(explicit: ExplicitModel, line: TypedLine, body: Expr, truths: list[Truth], spots: Spots) -> Found | None:
    """The slip of a line with names; None where it is not found, or not by as much work as is done."""
    try:
        return slip_of(explicit, line, body, truths, spots)
    except Enough:
        return None


def slip_of(explicit: ExplicitModel, line: TypedLine, body: Expr, truths: list[Truth], spots: Spots) -> Found | None:
    """The slip of a line with names."""
    for truth in truths:
        places = [place for place in spots.of(truth) if not math.isnan(value(explicit, place, body))]
        if not places:
            return "no-number", {}
        places = telling(explicit, places, body, truth.expr)
        places.sort(key=lambda place: exact(value(explicit, place, body), value(explicit, place, truth.expr)))
        places = thinned(places)
        yours = [value(explicit, place, body) for place in places]

        def repaired(asked: Asked, truth: Truth = truth, places: list[CheckedPoint] = places) -> Found | None:
            if not any(value(explicit, place, truth.expr) for place in places):
                return None
            if asked == "last":
                return by_one_change(explicit, line, body, truth, spots)
            for repair in repairs(line, explicit):
                if asked == "early" and repair.slip not in EARLY:
                    break
                if mended(explicit, places, repair, truth, spots):
                    return repair.slip, repair.words
            return None

        if found := by_letters(line, places, explicit, body, truth.expr):
            return found
        quick = repaired_first(explicit, line, places, truth, spots) if line.kind == "derivative" else None
        found = quick or search(explicit, line, truth, places, yours, exact, repaired)
        if found:
            return found
    return None


def by_letters(
    line: TypedLine, places: Sequence[CheckedPoint], explicit: ExplicitModel, body: Expr, ours: Expr
) -> Found | None:
    """The slip of a derivative by another entry that is right only where the two entries are the same, or differ."""
    if line.kind != "derivative":
        return None
    over = free(line.target.of) if isinstance(line.target, Derivative) else ()  # what a Jacobian has beside the other
    for one, other in combinations(line.letters, 2):
        if one not in over and base(one) != base(other):
            continue
        if any(place.setting.range(one) != place.setting.range(other) for place in places):
            continue
        right: dict[bool, list[bool]] = {True: [], False: []}
        for place in places:
            same = place.letters[one] == place.letters[other]
            right[same].append(exact(value(explicit, place, body), value(explicit, place, ours)))
        for same, slip in ((True, "own-entry"), (False, "other-entries")):
            if right[same] and all(right[same]) and not all(right[not same]):
                return slip, {"yours": one, "ours": other}
    return None


def by_one_change(explicit: ExplicitModel, line: TypedLine, body: Expr, truth: Truth, spots: Spots) -> Found | None:
    """The slip of a line that one change of it mends."""
    if truth.gradient is None or len(truth.gradient.wrt) > 1 or line.kind != "derivative":
        return None
    places = telling(explicit, spots.of(truth), body, truth.expr)
    rows = [(place, value(explicit, place, body), value(explicit, place, truth.expr)) for place in places]
    rows.sort(key=lambda row: (exact(row[1], row[2]), not (row[1] and row[2]) or math.isnan(row[1])))
    return mend(
        explicit, body, truth.gradient, [place for place, _, _ in rows], lambda new: around(explicit, new, truth, spots)
    )


def telling(explicit: ExplicitModel, places: Sequence[CheckedPoint], body: Expr, ours: Expr) -> list[CheckedPoint]:
    """The places where numbers tell a slip: not where both sides are so small that they may be what rounding left."""
    rows = [(place, abs(value(explicit, place, body)), abs(value(explicit, place, ours))) for place in places]
    rows = [row for row in rows if not math.isnan(row[2])]
    sizes = sorted(row[2] for row in rows if row[2])
    least = LOST * sizes[len(sizes) // 2] if sizes else 0.0
    return [place for place, mine, truth in rows if math.isnan(mine) or not 0 < max(mine, truth) < least]


def thinned(places: list[CheckedPoint]) -> list[CheckedPoint]:
    """Some of very many places: the first, then every second or third."""
    return places[:7] + places[7 :: 1 + len(places) // SEARCHED]


def mended(
    explicit: ExplicitModel, places: Sequence[CheckedPoint], repair: Repair, truth: Truth, spots: Spots
) -> bool:
    """Whether a line with one thing changed agrees at every place."""
    body = explicit.written(repair.body)
    there = all(exact(value(explicit, place, body), value(explicit, place, truth.expr)) for place in places)
    return there and around(explicit, body, truth, spots)


def around(explicit: ExplicitModel, body: Expr, truth: Truth, spots: Spots) -> bool:
    """Whether a changed line agrees also around the kinks that only it has."""
    return agreement(explicit, spots.changed(body), body, truth.expr).outcome != "off"


def repaired_first(
    explicit: ExplicitModel, line: TypedLine, places: Sequence[CheckedPoint], truth: Truth, spots: Spots
) -> Found | None:
    """Repairs that say more than any factor could: target and output, indices."""
    for repair in repairs(line, explicit):
        if repair.slip not in FIRST:
            break
        if mended(explicit, places, repair, truth, spots):
            return repair.slip, repair.words
    return None


def different(
    explicit: ExplicitModel, line: TypedLine, body: Expr, truth: Truth, found: Found | None, spots: Spots
) -> Verdict:
    """The verdict on a wrong line, with numbers: at the starts, if they tell the sides apart, else at another point."""
    best: tuple[CheckedPoint, float, float] | None = None
    for place in (*spots.own(), *spots.of(truth)):
        row = place, value(explicit, place, body), value(explicit, place, truth.expr)
        apart = not math.isnan(row[2]) and not exact(row[1], row[2])
        if best is None or (apart and exact(best[1], best[2])):
            best = row
        if apart and row[2]:
            best = row
            break
    if best is None:
        return nothing_told(explicit, line)
    return told(explicit, line, *best, found)
