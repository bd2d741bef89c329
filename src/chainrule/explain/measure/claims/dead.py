"""dead: gradients that are 0 for every value of the weights → the patterns, weights and units that have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal

import numpy as np

from chainrule.explain.evaluate.bounds import BOUNDS, Bounds
from chainrule.explain.evaluate.equations import value
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.curvature import distinct
from chainrule.explain.measure.dead import bias, bias_with_letters
from chainrule.explain.measure.dead.idle_patterns import Idle, idle_patterns
from chainrule.explain.measure.dead.zero_data import constants, dead_patterns, reason, still
from chainrule.explain.measure.dead_units import Stepped, Unit, shut, stepped, through_steps
from chainrule.explain.measure.finding import aside, sometimes
from chainrule.explain.measure.formulas import as_written, formula, shown
from chainrule.explain.naming import Naming, Pattern, WeightPoint
from chainrule.expr.nodes import Add, Derivative, Equation, Expr, Mul, Neg, Number, Reduce, Ref, key
from chainrule.expr.walk import nodes
from chainrule.notation.names import pretty
from chainrule.values import dataclass

Kind = Literal["patterns", "weights", "units", "none", "contradicted"]
MOST = 200
"""Different patterns that are looked at."""
LISTED, CURED, FORMULAS = 5, 2, 4
"""Dead patterns that are told of, those for which a bias is tried, and weights whose slope is shown as a formula."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadPattern:
    """A pattern that moves no weight, whatever the weights are: those equal to it, the quantities that are the same for
    every weight, as exact numbers, and what is 0 in its gradient. With letters of a few alone."""

    row: int
    equal: tuple[int, ...] | None = sometimes()
    constants: Mapping[str, str] | None = sometimes()
    zero: tuple[str, ...] | None = sometimes()
    pattern: Pattern = aside()
    exact: tuple[tuple[str, Fraction], ...] = aside()
    steps: Stepped | None = aside()
    """that its error makes steps, and what it was"""
    formulas: tuple[tuple[str, str], ...] = aside()
    """a few weights with their slopes as formulas"""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A pattern that is dead by the equations, and has a slope by the engine."""

    pattern: Pattern
    place: int
    slope: float
    spot: WeightPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Dead:
    """What is dead, as far as both kinds of networks have it."""

    naming: Naming = aside()
    each: str = aside()
    """the error of one pattern"""
    units: tuple[Unit, ...] = aside()
    idle: Idle = aside()
    contradiction: Contradiction | None = aside()
    functions: tuple[str, ...] = aside()
    """the steps through which the goal depends on weights that are dead"""
    through: tuple[str, ...] = aside()
    """those weights"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exact(Dead):
    """Of a network of plain numbers, by exact bounds."""

    dead_patterns: tuple[DeadPattern, ...]
    """patterns whose gradient is 0 whatever the weights are: `row`, those `equal` to it, its `constants`, what is
    `zero`"""
    dead_weights: tuple[str, ...]
    """weights that no pattern moves"""
    satisfied_patterns: tuple[int, ...]
    """patterns with nothing left to learn"""
    saturated_patterns: tuple[int, ...]
    """patterns that hardly pull at the end, though not learned"""
    cures: tuple[bias.Cure, ...]
    """what a bias did for them"""
    dead_units: tuple[str, ...]
    """units that fire on no pattern at the end"""
    patterns_looked_at: int
    """how many"""
    different_patterns: int
    """how many different ones there are"""

    @property
    def holds(self) -> bool:
        return self.contradiction is None and bool(self.dead_patterns or self.dead_weights or self.units)

    @property
    def kind(self) -> Kind:
        return kind_of(self.holds, bool(self.dead_patterns), bool(self.dead_weights))


@dataclass(frozen=True, slots=True, kw_only=True)
class ByZeros(Dead):
    """Of a network with letters, by data that are 0."""

    dead_patterns: tuple[DeadPattern, ...]
    """patterns whose gradient is 0 whatever the weights are: `row`, those `equal` to it, its `constants`, what is
    `zero`"""
    dead_weights: tuple[str, ...]
    """weights that no pattern moves"""
    zero_data: tuple[str, ...]
    """data that are 0 in every pattern"""
    slope_0_at_all_points: tuple[str, ...]
    """weights whose slope was 0 wherever it was looked at"""
    points: int
    """at how many points"""
    cures: tuple[bias_with_letters.Cure, ...]
    """what a bias did for them"""
    satisfied_patterns: tuple[int, ...]
    """patterns with nothing left to learn"""
    saturated_patterns: tuple[int, ...]
    """patterns that hardly pull at the end, though not learned"""
    dead_units: tuple[str, ...]
    """units that fire on no pattern at the end"""
    patterns_looked_at: int
    """how many"""
    explained: int = aside()
    """of the dead weights, how many the data that are 0 keep still"""
    dead_places: tuple[int, ...] = aside()
    met_places: tuple[int, ...] = aside()

    @property
    def holds(self) -> bool:
        return self.contradiction is None and bool(self.dead_patterns or self.dead_weights or self.units)

    @property
    def kind(self) -> Kind:
        return kind_of(self.holds, bool(self.dead_patterns), bool(self.dead_weights))


@dataclass(frozen=True, slots=True, kw_only=True)
class NoWeights:
    """No weight is trained."""

    @property
    def holds(self) -> bool:
        return False

    @property
    def kind(self) -> Literal["none"]:
        return "none"


Found = Exact | ByZeros | NoWeights


def kind_of(holds: bool, patterns: bool, weights: bool) -> Kind:
    if not holds:
        return "contradicted" if patterns else "none"
    return "patterns" if patterns else "weights" if weights else "units"


def measure(context: Context) -> Found:
    """Is there a pattern or a weight whose gradient is 0 for every value of the weights? (It holds if there is.)"""
    if not context.plain:
        return by_zeros(context) if context.names else NoWeights()
    rows = context.once(distinct)
    looked = rows[:MOST]
    facts = {row: context.evaluator.everywhere(row) for row in looked}
    slopes = {row: {name: facts[row].get(context.program.gradient(name)) for name in context.names} for row in looked}
    dead = [
        row for row in looked
        if context.names and all(found is not None and found.constant == 0 for found in slopes[row].values())
    ]  # fmt: skip
    weights = [
        name for name in context.names
        if len(looked) == len(rows)
        and all((found := slopes[row][name]) is not None and found.constant == 0 for row in looked)
    ]  # fmt: skip
    every = len(weights) == len(context.names) and len(dead) == len(rows)  # then nothing is left to say of weights
    each = context.model.goal.each or ""
    buried = [because(context, row, facts[row]) for row in dead]
    tried = [
        bias.cure(context, row, one.names, dict(one.constants).get(each))
        for row, one in list(zip(dead, buried, strict=True))[:CURED]
    ]  # fmt: skip
    gone = {other for row in dead for other in equal_to(context, row)}
    idle = idle_patterns(context, gone)
    return Exact(
        **common(context, dead, idle, [] if every else weights),
        dead_patterns=tuple(
            dead_pattern(context, row, one, place < LISTED)
            for place, (row, one) in enumerate(zip(dead, buried, strict=True))
        ),
        dead_weights=tuple(weights), satisfied_patterns=tuple(row for row, _ in idle.satisfied),
        saturated_patterns=tuple(row for row, _, _ in idle.saturated),
        cures=tuple(cured for cured in tried if cured is not None),
        dead_units=tuple(unit.name for unit in shut(context)), patterns_looked_at=len(looked),
        different_patterns=len(rows),
    )  # fmt: skip


def by_zeros(context: Context) -> ByZeros:
    """The same for a network with letters: all patterns, entry by entry."""
    found, rows = still(context), dead_patterns(context)
    entries, met = np.flatnonzero(found.entries), np.flatnonzero(found.met)
    cured = bias_with_letters.cure(context, rows)
    names, dead = context.names, [int(row) for row in rows]
    idle = idle_patterns(context, set(dead))
    listed = [
        DeadPattern(
            row=row, equal=None, constants={name: str(one) for name, one in known}, zero=reason(context, row),
            pattern=context.pattern_at(row), exact=known, steps=stepped(context, row), formulas=(),
        )
        for row in dead[:LISTED] for known in (tuple(constants(context, row).items()),)
    ]  # fmt: skip
    rest = [
        DeadPattern(row=row, equal=None, constants=None, zero=None, pattern=Pattern(row, ()), exact=(), steps=None,
                    formulas=())
        for row in dead[LISTED:]
    ]
    return ByZeros(
        **common(context, dead, idle, []), dead_patterns=tuple(listed + rest),
        dead_weights=tuple(names[place] for place in entries), zero_data=found.because,
        slope_0_at_all_points=tuple(names[place] for place in met), points=found.points,
        cures=() if cured is None else (cured,), satisfied_patterns=tuple(row for row, _ in idle.satisfied),
        saturated_patterns=tuple(row for row, _, _ in idle.saturated),
        dead_units=tuple(unit.name for unit in shut(context)), patterns_looked_at=context.patterns,
        explained=found.explained, dead_places=tuple(map(int, entries)), met_places=tuple(map(int, met)),
    )  # fmt: skip


def common(context: Context, dead: Sequence[int], idle: Idle, weights: Sequence[str]) -> dict[str, Any]:
    """What both kinds of networks have; ``weights`` are looked at for steps that hide a dependence."""
    functions, through = through_steps(context, weights) if weights else ((), ())
    return {
        "naming": context.naming, "each": context.model.goal.each or "", "units": tuple(shut(context)), "idle": idle,
        "contradiction": contradicted(context, dead), "functions": functions, "through": through,
    }  # fmt: skip


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


def contradicted(context: Context, rows: Sequence[int]) -> Contradiction | None:
    """A pattern that the equations say is dead and the engine gives a slope."""
    for row in rows[:LISTED]:
        for theta in (context.start, context.end):
            slope = context.gradient(theta, (row,))
            if np.isfinite(slope).all() and np.any(slope):
                place = int(np.argmax(np.abs(slope)))
                return Contradiction(context.pattern_at(row), place, float(slope[place]), context.spot(theta))
    return None


@dataclass(frozen=True, slots=True)
class Because:
    """Of a dead pattern the quantities that are the same for every weight, what is 0, and which data that is."""

    constants: tuple[tuple[str, Fraction], ...]
    zero: tuple[str, ...]
    names: tuple[str, ...]


def dead_pattern(context: Context, row: int, found: Because, listed: bool) -> DeadPattern:
    return DeadPattern(
        row=row, equal=tuple(equal_to(context, row)), zero=found.zero, pattern=context.pattern_at(row),
        constants={name: str(one) for name, one in found.constants}, exact=found.constants,
        steps=stepped(context, row) if listed else None, formulas=formulas(context) if listed else (),
    )  # fmt: skip


def formulas(context: Context) -> tuple[tuple[str, str], ...]:
    """A few weights with their slopes as formulas."""
    written = ((pretty(name), formula(context, name)) for name in context.names[:FORMULAS])
    return tuple((name, as_written(one)) for name, one in written if one is not None)


def because(context: Context, row: int, facts: dict[str, Bounds]) -> Because:
    """What is constant for a dead pattern, and which factors are 0."""
    every = [equation.target.name for equation in context.evaluator.forward if isinstance(equation.target, Ref)]
    constants = {
        name: found
        for name in every
        if name != context.program.objective and "#" not in name and (found := facts[name].constant) is not None
    }
    reasons: dict[str, str | None] = {}
    for name in context.names:
        reasons |= zeros(context, context.program.gradient(name), facts)
    names = tuple(name for name in reasons.values() if name is not None)
    return Because(tuple(constants.items()), tuple(reasons), names)


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
        if name.startswith("∂") and body == NOTHING:
            found[f"∂{context.goal_name}/∂{pretty(name.rpartition('∂')[2])} = 0"] = None
        if isinstance(body, Ref):
            todo.append(body.name)
            continue
        for node in nodes(body):
            factors = node.args if isinstance(node, Mul) else ()
            flat = [one.name for one in (node, *factors) if isinstance(one, Ref) and nothing(equations, one)]
            if flat:  # a step is flat whatever the data: a factor beside it that is 0 is not the cause
                todo += flat
                continue
            for factor in factors:
                inside = factor.arg if isinstance(factor, Neg) else factor
                if not _zero(inside, known):
                    continue
                if isinstance(inside, Ref) and adjoint(inside):
                    todo.append(inside.name)
                elif isinstance(inside, Ref):
                    found[f"{pretty(inside.name)} = 0"] = None if inside.name in equations else inside.name
                elif not isinstance(inside, Number) and not any(adjoint(part) for part in nodes(inside)):
                    found[f"{shown(inside, context)} = 0"] = None
    return found


NOTHING = Number(Fraction(0))


def nothing(equations: Mapping[str, Equation], expr: Expr) -> bool:
    """Whether what comes back to a quantity is 0 whatever the data and weights: it is read by steps alone, or by what
    is."""
    match expr:
        case Ref(name):
            return name.startswith("∂") and name in equations and nothing(equations, equations[name].body)
        case Neg(inside) | Reduce(_, _, inside):
            return nothing(equations, inside)
        case Mul(parts):
            return any(nothing(equations, one) for one in parts)
        case Add(parts):
            return all(nothing(equations, one) for one in parts)
    return expr == NOTHING


def adjoint(expr: Expr) -> bool:
    """Whether it is the name of an adjoint: then its own factors are what is looked for."""
    return isinstance(expr, Derivative) or (isinstance(expr, Ref) and expr.name.startswith("∂"))


def _zero(expr: Expr, known: dict[str, Any]) -> bool:
    found = value(expr, known, 1, BOUNDS)
    return bool(np.asarray(found).ravel()[0].constant == 0)
