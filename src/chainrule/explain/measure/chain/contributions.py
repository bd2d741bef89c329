"""A quantity that is read in several places: what each place alone adds to its slope, found without any rule.

Each place in turn gets a copy of the quantity that is moved by a complex step, while the others keep still. That the
numbers found in this way add up to the slope is the total derivative, tested.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Literal

import numpy as np

from chainrule.explain.evaluate.equations import NUMBERS, ready
from chainrule.explain.evaluate.instructions import Value
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.finding import aside
from chainrule.explain.naming import Pattern
from chainrule.expr.nodes import Equation, Expr, Ref, index, key
from chainrule.expr.walk import fold, names, rebuild, references, transform, under
from chainrule.gradient.reverse import closure
from chainrule.model.letters import base
from chainrule.notation.names import pretty
from chainrule.values import dataclass

STEP, SPECK = 1e-30, 1e-45
"""Of a complex step the length, and what it leaves of a slope that is 0."""
TOGETHER = 4_000_000
"""Numbers of weights that are moved at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """By what something is used: quantities (on a pattern), each pattern once, or quantities once for each value of a
    letter."""

    kind: Literal["quantities", "patterns", "letter"]
    names: tuple[str, ...]
    pattern: int | None
    letter: str | None
    seen: Pattern | None = aside()


@dataclass(frozen=True, slots=True)
class Uses:
    """What is used, by whom, what each use adds to its slope, and the slope as the program gives it; ``blur`` is what
    rounding may do to it, where the sum is the slope to no more than that."""

    name: str
    slope: str
    readers: tuple[str, ...]
    parts: tuple[float, ...]
    whole: float
    where: By
    blur: float | None = None


def used_more_than_once(context: Context) -> Uses | None:
    """A quantity on the way that is read in several places, by several others first; else a weight of all patterns.

    Of networks with letters the patterns are looked at alone.
    """
    if not context.plain:
        return by_patterns(context)
    theta, row = context.looked_at
    readers, needed = reading(context)
    often = [name for name, read in readers.items() if len(read) > 1]
    often.sort(key=lambda name: (len(set(readers[name])) < 2, name not in context.names))
    rows = np.array([[row]], dtype=np.int64)
    values = context.evaluator.values(theta[None, :], rows, backward=True)
    for name in often:
        parts = by_places(context, values, needed, name, len(readers[name]))
        if not any(parts):
            continue
        whole = float(np.asarray(values[context.program.gradient(name)]).ravel()[0])
        if name in context.names:
            whole = float(context.gradient(theta, (row,))[context.names.index(name)])
        used_in = tuple(map(pretty, dict.fromkeys(readers[name])))
        where = By(
            kind="quantities", names=used_in, pattern=None if context.bare else row, letter=None,
            seen=None if context.bare else context.pattern_at(row),
        )  # fmt: skip
        slope = f"∂{context.goal_name}/∂{pretty(name)}"
        return Uses(pretty(name), slope, tuple(map(pretty, readers[name])), parts, whole, where)
    return by_patterns(context)


def by_patterns(context: Context) -> Uses | None:
    """A weight that every pattern uses: the slope over all of them is the sum, or the mean, of theirs."""
    if context.patterns < 2 or context.reduced is None:
        return by_letters(context) if not context.plain else None
    place = int(np.argmax(np.abs(context.pulls[0]).max(axis=0)))
    rows = np.arange(context.patterns)
    moved = context.start.astype(np.complex128)
    moved[place] += 1j * STEP
    pulls = np.concatenate([
        context.evaluator.goal(np.broadcast_to(moved, (len(part), len(moved))), part[:, None]).imag / STEP
        for part in np.array_split(rows, 1 + len(rows) * len(moved) // TOGETHER)
    ])  # fmt: skip
    share = context.patterns if context.reduced == "mean" else 1
    parts = tuple((np.where(np.abs(pulls) <= SPECK, 0.0, pulls) / share).tolist())  # as `cleared` has each
    if not any(parts):
        return None  # nothing is left of them: what the program gives may still be a number, far below rounding
    whole = float(context.gradient(context.start)[place])
    weight = context.weight(place)
    slope = f"∂({context.total_name})/∂{weight}"
    readers = tuple([f"pattern {row}" for row in range(context.patterns)])
    where = By(kind="patterns", names=(), pattern=None, letter=None, seen=None)
    return Uses(weight, slope, readers, parts, whole, where)


def by_letters(context: Context) -> Uses | None:
    """A weight that an equation reads once for each value of a letter that the weight does not have: a copy of it with
    that letter is moved in one place at a time. Looked at on all patterns."""
    from chainrule.explain.evaluate.computing_order import plan
    from chainrule.explain.evaluate.equations_with_letters import NamedNumbers, table
    from chainrule.explain.evaluate.named_arrays import LANE, field

    program, evaluator = context.program, context.evaluator
    trained = {symbol.name: symbol for symbol in context.trained}
    theta = context.looked_at[0]
    slopes = context.gradient(theta)
    for line in evaluator.forward:
        for reference in references(line.body):
            symbol = trained.get(reference.name)
            more = [letter for letter in line.letters if program.sets[letter] not in (
                program.pattern, *(program.sets[own] for own in (symbol.letters if symbol else ()))
            )]  # fmt: skip
            if symbol is None or symbol.letters or not more:
                continue
            letter = more[0]
            values = context.bound.ranges[program.sets[letter]]
            place = context.names.index(symbol.name)
            grid = evaluator.grid(np.repeat(theta[None, :], len(values), axis=0))
            moved = theta[place] + 1j * STEP * np.eye(len(values))
            copy = f"{symbol.name}#"
            grid.known[copy] = NamedNumbers(field(moved, (LANE, letter)), (letter,), (values,))

            def read(node: Expr, name: str = symbol.name, letter: str = letter) -> Expr:
                return Ref(f"{name}#", (index(letter),)) if isinstance(node, Ref) and node.name == name else node

            lines = [
                replace(one, body=transform(one.body, read)) if letter in one.letters else one
                for one in evaluator.forward
            ]
            grid.run(plan(lines, grid.sets, grid.ranges))
            goals = np.broadcast_to(table(grid, program.objective, program.pattern), (len(values), 1))[:, 0]
            parts = tuple(map(cleared, goals.imag / STEP))
            if abs(sum(parts) - slopes[place]) > 1e-9 * sum(map(abs, parts)):
                continue  # it is read elsewhere too
            readers = tuple(f"{pretty(key(line.target))}[{value}]" for value in values)
            slope = f"∂{context.goal_name}/∂{context.weight(place)}"
            where = By(kind="letter", names=readers, pattern=None, letter=pretty(letter), seen=None)
            return Uses(context.weight(place), slope, readers, parts, float(slopes[place]), where)
    return None


@dataclass(frozen=True, slots=True)
class Shared:
    """What is read more than once: for each value of letters, by each pattern, or by several equations."""

    name: str
    letters: tuple[str, ...] = ()
    patterns: int = 0
    readers: tuple[str, ...] = ()


def shared(context: Context) -> Shared | None:
    """A quantity on the way, or a weight, that is read more than once: under letters that it does not have first."""
    readers, needed = reading(context)
    program, ranges = context.program, context.bound.ranges
    by_all: Shared | None = None
    for line in needed:
        for reference, bound in under(line.body):
            if reference.name not in readers:
                continue
            own = {letter for position in reference.indices for letter, _ in position.terms}
            more = {base(letter): letter for letter in {*bound, *line.letters} - own}
            if more.pop(program.pattern, None) and context.patterns > 1 and by_all is None:
                by_all = Shared(pretty(reference.name), patterns=context.patterns)
            several = sorted(one for one in more.values() if len(ranges[program.sets[one]]) > 1)
            if several:
                return Shared(pretty(reference.name), tuple(map(pretty, several)))
    often = max(readers, key=lambda name: len(readers[name]), default="")
    if by_all is not None or not often or len(readers[often]) < 2:
        return by_all
    return Shared(pretty(often), readers=tuple(map(pretty, readers[often])))


def reading(context: Context) -> tuple[Mapping[str, list[str]], tuple[Equation, ...]]:
    """By whom each quantity between the weights and the goal is read, once for each place; the equations in between."""
    lines = context.evaluator.forward
    makers: dict[str, set[str]] = {}
    users: dict[str, set[str]] = {}
    for line in lines:
        for name in names(line.body):
            makers.setdefault(key(line.target), set()).add(name)
            users.setdefault(name, set()).add(key(line.target))
    weights = [symbol.name for symbol in context.trained]
    between = closure(weights, users) & closure((context.program.objective,), makers)
    needed = tuple(line for line in lines if key(line.target) in between)
    readers: dict[str, list[str]] = {}
    for line in needed:
        for reference in references(line.body):
            if reference.name in between:
                readers.setdefault(reference.name, []).append(key(line.target))
    return readers, needed


def by_places(
    context: Context, values: Mapping[str, Value], needed: Iterable[Equation], name: str, places: int
) -> tuple[float, ...]:
    """How the error of a pattern changes with a quantity in each of the places that read it, and only there: each place
    reads a copy of its own, and a lane moves one of them."""
    met = -1

    def copied(node: Expr, inside: tuple[Expr, ...]) -> Expr:
        nonlocal met
        if not (isinstance(node, Ref) and node.name == name):
            return rebuild(node, inside)
        met += 1
        return replace(node, name=f"{name}#{met}")

    run = ready([replace(line, body=fold(line.body, copied)) for line in needed if key(line.target) != name], NUMBERS)
    still = {f"{name}#{place}": values[name] for place in range(places)}
    found: list[float] = []
    for first in range(0, places, LANES):
        here = range(first, min(first + LANES, places))
        ways = 1j * STEP * np.eye(len(here))
        moved = {f"{name}#{place}": values[name] + way[:, None] for place, way in zip(here, ways, strict=True)}
        goal = np.asarray(run({**values, **still, **moved}, 1)[context.program.objective])
        found += np.broadcast_to(goal, (len(here), 1))[:, 0].imag.tolist()
    return tuple(cleared(rate / STEP) for rate in found)


LANES = 256
"""Places that are moved at once: of very many, all their copies would not fit."""


def cleared(rate: float) -> float:
    """A rate of change, 0 where it is no more than what a complex step leaves of nothing: its square."""
    return 0.0 if abs(rate) <= SPECK else float(rate)
