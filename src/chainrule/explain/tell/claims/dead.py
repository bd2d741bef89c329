"""dead: what cannot be learned at all? Gradients that are 0 for every weight, apart from satisfied and saturated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from chainrule.explain.evaluate.bounds import BOUNDS, Bounds
from chainrule.explain.evaluate.equations import value
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.curvature import distinct
from chainrule.explain.measure.dead import bias_with_letters
from chainrule.explain.measure.dead.bias import cure
from chainrule.explain.measure.dead.idle_patterns import at_rest
from chainrule.explain.measure.dead.zero_data import constants, dead_patterns, reason, still
from chainrule.explain.measure.dead_units import shut, step_told, through_steps
from chainrule.explain.measure.formulas import formula, plain, shown
from chainrule.explain.tell.claim import Claim
from chainrule.explain.tell.dead_units import units_told
from chainrule.explain.wording import count, exact, listing, num
from chainrule.expr.nodes import Derivative, Expr, Mul, Neg, Number, Ref, key
from chainrule.expr.walk import nodes
from chainrule.notation.names import pretty

QUESTION = "What cannot be learned at all?"
MOST = 200


@dataclass(frozen=True, slots=True)
class Dead:
    """A pattern that moves no weight, whatever the weights are."""

    row: int
    constants: dict[str, Fraction]  # quantities that are the same for every weight
    because: tuple[str, ...]  # the factors that are 0
    names: tuple[str, ...]  # of the data that are 0


def claim(context: Context) -> Claim:
    """Is there a pattern or a weight whose gradient is 0 for every value of the weights? (It holds if there is.)"""
    if not context.plain:
        return with_letters(context)
    rows = distinct(context)
    looked = rows[:MOST]
    facts = {row: context.evaluator.everywhere(row) for row in looked}
    slopes = {row: {name: facts[row].get(context.program.gradient(name)) for name in context.names} for row in looked}
    dead = [
        buried(context, row, facts[row])
        for row in looked
        if context.names and all(found is not None and found.constant == 0 for found in slopes[row].values())
    ]
    idle = [
        name
        for name in context.names
        if len(looked) == len(rows)
        and all((found := slopes[row][name]) is not None and found.constant == 0 for row in looked)
    ]
    lines: list[str] = []
    parts: list[str] = []
    for item in dead[:5]:
        parts.append(told(context, item) + alike(context, item.row))
        lines += working(context, item)
    if len(dead) > 5:
        parts.append(f"and {count(len(dead) - 5, 'more pattern')} like these")
    each = context.model.goal.each or ""
    cures = [cure(context, item.row, item.names, item.constants.get(each)) for item in dead[:2]]
    parts += [cured[0] for cured in cures if cured is not None]
    if idle and not (len(idle) == len(context.names) and len(dead) == len(rows)):
        shown = listing((pretty(name) for name in idle), 6)
        parts.append(
            f"No pattern ever moves {shown}: the slope is exactly 0 for every value of the weights, so "
            f"{'it keeps its' if len(idle) == 1 else 'they keep their'} start{through_steps(context, idle)}"
        )
    units = shut(context)
    if units:
        parts.append(units_told(context.naming, units))
    elif not dead and not idle:
        parts.append(
            f"Nothing is dead: no pattern and no weight was found whose slope is 0 for all weights "
            f"({'' if context.bare else count(len(looked), 'pattern') + ', '}{count(len(context.names), 'weight')})"
        )
    gone = {row for item in dead for row in equal_to(context, item.row)}
    more, sleeping = at_rest(context, gone, lines)
    parts += more
    evidence = {
        "dead_patterns": [
            {
                "row": item.row,
                "equal": equal_to(context, item.row),
                "constants": {name: str(found) for name, found in item.constants.items()},
                "zero": list(item.because),
            }
            for item in dead
        ],
        "dead_weights": idle,
        **sleeping,
        "cures": [cured[1] for cured in cures if cured is not None],
        "dead_units": [unit.name for unit in units],
        "patterns_looked_at": len(looked),
        "different_patterns": len(rows),
    }
    if wrong := contradicted(context, [item.row for item in dead]):
        return Claim("dead", QUESTION, wrong, False, evidence, tuple(lines))
    statement = ". ".join(parts) + "."
    conditions = [
        "dead means: exactly 0 for every finite value of the weights, by exact arithmetic with the pattern's numbers "
        "put in"
    ]
    if len(looked) < len(rows):
        conditions.append(f"{len(looked)} of {len(rows)} different patterns were looked at")
    return Claim("dead", QUESTION, statement, bool(dead or idle or units), evidence, tuple(lines), tuple(conditions))


def equal_to(context: Context, row: int) -> list[int]:
    """The patterns with the same data and targets, this one among them."""
    given = (*context.program.data, *context.program.targets)
    same = np.ones(context.patterns, dtype=bool)
    for symbol in given:
        axis = context.evaluator.pattern_axis(symbol)
        if axis is not None and symbol.name in context.bound.values:
            columns = np.moveaxis(np.asarray(context.bound.values[symbol.name], np.float64), axis, 0)
            same &= (columns == columns[row]).reshape(context.patterns, -1).all(axis=1)
    return [int(place) for place in np.flatnonzero(same)] if context.patterns > 1 else [row]


def alike(context: Context, row: int) -> str:
    """That other patterns are equal to one, and so what is said of it holds for them."""
    others = [other for other in equal_to(context, row) if other != row]
    if not others:
        return ""
    are = "is equal, and it holds for it" if len(others) == 1 else "are equal, and it holds for them"
    return f". {'Pattern' if len(others) == 1 else 'Patterns'} {listing(map(str, others), 6)} {are} too"


def contradicted(context: Context, rows: Sequence[int]) -> str:
    """What is said where the equations say that a pattern is dead and the engine gives it a slope."""
    for row in rows[:5]:
        for theta in (context.start, context.end):
            slope = context.gradient(theta, (row,))
            if np.isfinite(slope).all() and np.any(slope):
                place = int(np.argmax(np.abs(slope)))
                return (
                    f"By the equations the slope of {context.pattern(row)} is 0 for every weight, but "
                    f"{context.slope_names[place]} is given as {num(slope[place])} {context.where(theta)}. One of them "
                    "is wrong."
                )
    return ""


def with_letters(context: Context) -> Claim:
    """The same for a network with letters: all patterns, entry by entry."""
    if not context.names:
        return Claim("dead", QUESTION, "No weight is trained, so nothing is learned at all.", False)
    found = still(context)
    rows = dead_patterns(context)
    dead = [Dead(int(row), constants(context, int(row)), reason(context, int(row)), ()) for row in rows[:5]]
    size, entries, met = len(context.names), np.flatnonzero(found.entries), np.flatnonzero(found.met)
    parts = [told(context, item) for item in dead]
    lines: list[str] = []
    if len(rows) > len(dead):
        parts.append(f"and {count(len(rows) - len(dead), 'more pattern')} like {'these' if len(dead) > 1 else 'this'}")
    cured = bias_with_letters.cure(context, rows)
    if cured is not None:
        parts.append(bias_with_letters.told(context, cured))
    if len(entries) and len(rows) < context.patterns:
        which = listing((context.weight(int(place)) for place in entries), 4)
        why = ""
        if found.because and found.explained == len(entries):
            are = "are" if len(found.because) > 1 else "is"
            why = f", because {listing(found.because, 6)} {are} 0 in every pattern"
        elif found.because:
            why = f"; {found.explained} of them because of {listing(found.because, 6)} = 0 in every pattern"
        parts.append(
            f"No pattern ever moves {len(entries)} of {count(size, 'weight')} ({which}): the slope is exactly 0 for "
            f"every value of the weights{why}, so {'it keeps its' if len(entries) == 1 else 'they keep their'} start"
        )
    units = shut(context)
    if units:
        parts.append(units_told(context.naming, units))
    elif not len(rows) and not len(entries):
        parts.append(
            f"Nothing was found dead: no pattern and no weight whose slope is known to be 0 for all weights "
            f"({count(context.patterns, 'pattern')}, {count(size, 'weight')})"
        )
    if len(met):
        which = listing((context.weight(int(place)) for place in met), 4)
        parts.append(
            f"Measured, not proved: the slope of {which} was exactly 0 at all {count(found.points, 'point')} that were "
            f"looked at ({len(met)} of {count(size, 'weight')}); other weights may wake "
            f"{'it' if len(met) == 1 else 'them'}"
        )
    more, sleeping = at_rest(context, set(map(int, rows)), lines)
    parts += more
    names = context.names
    evidence = {
        "dead_patterns": [
            {"row": item.row, "constants": {name: str(one) for name, one in item.constants.items()},
             "zero": list(item.because)}
            for item in dead
        ] + [{"row": int(row)} for row in rows[len(dead):]],
        "dead_weights": [names[place] for place in entries], "zero_data": list(found.because),
        "slope_0_at_all_points": [names[place] for place in met], "points": found.points,
        "cures": [bias_with_letters.numbers(cured)] if cured is not None else [],
        **sleeping, "dead_units": [unit.name for unit in units], "patterns_looked_at": context.patterns,
    }  # fmt: skip
    conditions = (
        "dead means: 0 for every finite value of the weights, because a factor is 0 that no weight changes; a slope "
        "that is 0 for another reason is not found so",
    )
    if wrong := contradicted(context, [int(row) for row in rows]):
        return Claim("dead", QUESTION, wrong, False, evidence, tuple(lines))
    statement = ". ".join(parts) + "."
    holds = bool(len(rows) or len(entries) or units)
    return Claim("dead", QUESTION, statement, holds, evidence, tuple(lines), conditions)


def buried(context: Context, row: int, facts: dict[str, Bounds]) -> Dead:
    """A dead pattern with what is constant for it and which factors are 0."""
    shown = [equation.target.name for equation in context.evaluator.forward if isinstance(equation.target, Ref)]
    constants = {
        name: found
        for name in shown
        if name != context.program.objective and "#" not in name and (found := facts[name].constant) is not None
    }
    reasons: dict[str, str | None] = {}
    for name in context.names:
        reasons |= zeros(context, context.program.gradient(name), facts)
    return Dead(row, constants, tuple(reasons), tuple(name for name in reasons.values() if name is not None))


def zeros(context: Context, gradient: str, facts: dict[str, Bounds]) -> dict[str, str | None]:
    """The factors that make a gradient exactly 0, as text → the name of the data that it is, if it is one."""
    equations = {key(equation.target): equation for equation in context.evaluator.backward}
    known = {name: np.array([[found]]) for name, found in facts.items()}
    found: dict[str, str | None] = {}
    todo, seen = [gradient], set()
    while todo:
        name = todo.pop()
        if name in seen or name not in equations:
            continue
        seen.add(name)
        body = equations[name].body
        if isinstance(body, Ref):
            todo.append(body.name)
            continue
        for node in nodes(body):
            factors = node.args if isinstance(node, Mul) else ()
            for factor in factors:
                inside = factor.arg if isinstance(factor, Neg) else factor
                if not _zero(inside, known):
                    continue
                if isinstance(inside, Ref) and adjoint(inside):
                    todo.append(inside.name)
                elif isinstance(inside, Ref):
                    found[f"{pretty(inside.name)} = 0"] = None if inside.name in equations else inside.name
                elif not isinstance(inside, Number) and not any(adjoint(part) for part in nodes(inside)):
                    found[f"{shown(inside)} = 0"] = None
    return found


def adjoint(expr: Expr) -> bool:
    """Whether it is the name of an adjoint: then its own factors are what is looked for."""
    return isinstance(expr, Derivative) or (isinstance(expr, Ref) and expr.name.startswith("∂"))


def _zero(expr: Expr, known: dict[str, Any]) -> bool:
    found = value(expr, known, 1, BOUNDS)
    return bool(np.asarray(found).ravel()[0].constant == 0)


def told(context: Context, item: Dead) -> str:
    """The sentence on a dead pattern."""
    if steps := step_told(context, item.row):
        return steps
    if not item.because:
        there = "" if context.patterns == 1 else f" from {context.pattern(item.row)}"
        return f"Nothing can be learned{there}: {context.goal_name} does not depend on {_which(context)} there at all"
    each = context.model.goal.each
    values = [
        f"{pretty(name)} = {exact(found)}" for name, found in item.constants.items() if name != each and found != 0
    ][-2:]
    error = item.constants.get(each or "")
    if error is not None:
        values.append(f"{pretty(each or '')} = {exact(error)}")
    end = "it is right as it is and needs no learning" if error == 0 else "it cannot be learned"
    always = f". For it {listing(values)} whatever {_them(context)}, so {end}" if values else f", so {end}"
    pattern = context.pattern(item.row)
    return (
        f"{pattern[0].upper() + pattern[1:]} is dead: its gradient is exactly 0 for every {_weights(context)}, "
        f"because {listing(item.because)} "
        f"{'is a factor' if len(item.because) == 1 else 'are factors'} of it{always}"
    )


def _which(context: Context) -> str:
    return context.weight(0) if len(context.names) == 1 else "the weights"


def _weights(context: Context) -> str:
    return context.weight(0) if len(context.names) == 1 else "value of the weights"


def _them(context: Context) -> str:
    return f"{context.weight(0)} is" if len(context.names) == 1 else "the weights are"


def working(context: Context, item: Dead) -> list[str]:
    """What is constant, and which factor is 0."""
    if not item.constants and not item.because:
        return []
    lines = [f"{context.pattern(item.row)} put in, exactly:"]
    lines += [f"  {pretty(name)} = {exact(found)}" for name, found in list(item.constants.items())[:8]]
    for name in context.names[:4]:
        written = formula(context, name)
        if written is not None and item.because:
            lines.append(
                f"  ∂{context.goal_name}/∂{pretty(name)} = {plain(written)} = 0, because {listing(item.because)}"
            )
    return lines
