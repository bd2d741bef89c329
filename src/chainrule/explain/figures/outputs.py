"""A run → what its network predicts, what it should predict, and from which columns of data.

Only numbers: how they are drawn is a matter of the views. A column is one number a pattern: an entry of a quantity.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

import numpy as np

from chainrule.engines.protocol import Array, Bound
from chainrule.engines.reference import REFERENCE
from chainrule.errors import UsageError, shown
from chainrule.explain.measure.context import Context
from chainrule.explain.wording import listing
from chainrule.expr.entries import entry_text
from chainrule.expr.nodes import Expr, key
from chainrule.expr.walk import names, nodes
from chainrule.notation.names import pretty
from chainrule.program.extents import axes, bases, extents
from chainrule.program.program import Symbol
from chainrule.train.column import ascii_or_itself
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Columns:
    """Numbers of some patterns, (patterns, columns), and what each column is called."""

    names: tuple[str, ...]
    values: Array


@dataclass(frozen=True, slots=True)
class Outputs:
    """``predicted`` and ``before`` are what the network gives at the end and at the start of the run, ``wanted`` the
    targets column by column (None where there are none), ``inputs`` the data that ``names`` depend on."""

    names: tuple[str, ...]
    predicted: Columns
    before: Columns
    wanted: Columns | None
    inputs: Columns


def outputs(context: Context, of: str | None = None) -> Outputs:
    """What the run predicts: the quantities that its error compares with targets, or the one named.

    Errors: E466 where there is none, E456 for a name that is none.
    """
    program = context.program
    found = pairs(context, of)
    letters = axes(program)
    needed = set().union(*(sources(context, name) for name, _ in found))
    inputs = [symbol for symbol in program.data if symbol.name in needed and program.pattern in symbol.letters]
    last, first = (
        joined(columns(context, name, letters[name], values[name]) for name, _ in found)
        for values in (context.loaded.evaluate(dict(weights)) for weights in (context.run.weights, context.run.start))
    )
    targets = [target for _, target in found if target is not None]
    wanted = [columns(context, one.name, one.letters, given(context, one)) for one in targets]
    data = [columns(context, one.name, one.letters, given(context, one)) for one in inputs]
    return Outputs(
        tuple(name for name, _ in found), last, first, joined(wanted) if len(targets) == len(found) else None,
        joined(data) if data else Columns((), np.zeros((context.patterns, 0))),
    )  # fmt: skip


def joined(parts: Iterable[Columns]) -> Columns:
    """Columns side by side."""
    every = list(parts)
    names = tuple(one for part in every for one in part.names)
    return Columns(names, np.concatenate([part.values for part in every], axis=1))


def given(context: Context, symbol: Symbol) -> Array:
    return np.asarray(context.bound.values[symbol.name], np.float64)


def columns(context: Context, name: str, letters: tuple[str, ...], values: object) -> Columns:
    """A quantity as one column for each of its entries."""
    program, pattern = context.program, context.program.pattern
    array = np.asarray(values, np.float64)
    if pattern in letters:
        array = np.moveaxis(array, letters.index(pattern), 0)
    ranges = extents(program, letters, bases(program).get(name, ()), context.bound.ranges)
    entries = list(product(*ranges))
    labels = tuple(entry_text(pretty(name), entry) for entry in entries)
    return Columns(labels, array.reshape(array.shape[0] if array.ndim else 1, -1))


def pairs(context: Context, of: str | None = None) -> list[tuple[str, Symbol | None]]:
    """Each computed quantity that the error compares with a target, and that target: of all terms in which a target
    stands, the smallest that reads a computed quantity of its size too; without one, what is read with it, and None."""
    program = context.program
    letters = axes(program)
    known = [
        name for name in dict.fromkeys(key(line.target) for line in program.phases["forward"])
        if program.pattern in letters[name] and name in context.model.quantities
    ]  # fmt: skip
    found: list[tuple[str, Symbol | None]] = []
    for target in program.targets:
        terms = [names(term) for line in program.phases["error"] for term in nodes(line.body)]
        read = [[name for name in known if name in term] for term in terms if target.name in term]
        size = shape(context, target.name)
        alike = [[name for name in beside if shape(context, name) == size] for beside in sorted(read, key=len)]
        if any(alike):
            found.append((next(filter(None, alike))[-1], target))
        elif any(read):
            found.append((min(filter(None, read), key=len)[-1], None))
    if of is not None:
        name = ascii_or_itself(of) if type(of) is str else ""
        if name not in known:
            hint = f"there is {listing(map(pretty, known), 8)}" if known else "the model computes none before its error"
            raise UsageError("E456", f"{shown(of)} is no quantity with one value a pattern that needs no target", hint)
        return [pair for pair in found if pair[0] == name][:1] or [(name, None)]
    if not found:
        raise UsageError(
            "E466", "the error compares no computed quantity with a target",
            f'say what is to be shown: of="{pretty(known[-1])}"' if known else "declare a target and predict it",
        )  # fmt: skip
    return found


def shape(context: Context, name: str) -> tuple[int, ...]:
    """How many values each letter of a quantity has, the patterns' left out."""
    program = context.program
    return tuple(map(len, extents(program, axes(program)[name], bases(program).get(name, ()), context.bound.ranges)))


def sources(context: Context, name: str) -> set[str]:
    """Every name that a quantity depends on."""
    bodies: dict[str, list[Expr]] = {}
    for line in context.program.phases["forward"]:
        bodies.setdefault(key(line.target), []).append(line.body)
    found, waiting = set[str](), [name]
    while waiting:
        for other in (one for body in bodies.get(waiting.pop(), ()) for one in names(body)):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def predict(context: Context, wanted: Iterable[str], inputs: Columns, weights: Mapping[str, Array]) -> Columns:
    """What the network gives for other patterns, whose data are the columns of ``outputs(…).inputs``."""
    program, values, at = context.program, dict(context.bound.values), 0
    wanted = tuple(wanted)
    needed = set().union(*(sources(context, name) for name in wanted))
    for symbol in (*program.data, *program.targets):
        if program.pattern not in symbol.letters:
            continue
        del values[symbol.name]
        if symbol in program.data and symbol.name in needed:
            shape = tuple(len(part) for part in extents(program, symbol.letters, (), context.bound.ranges))
            count = int(np.prod(shape, dtype=np.int64))
            part = inputs.values[:, at : at + count].reshape(len(inputs.values), *shape)
            values[symbol.name] = np.moveaxis(part, 0, symbol.letters.index(program.pattern))
            at += count
    bound = Bound(values, context.bound.ranges, len(inputs.values))
    found, letters = REFERENCE.load(program, bound).evaluate(dict(weights)), axes(program)
    return joined(columns(context, name, letters[name], found[name]) for name in wanted)


def classes(wanted: Columns | None) -> bool:
    """Whether of the targets of each pattern one is 1 and all others 0."""
    if wanted is None or wanted.values.shape[1] < 2:
        return False
    return bool(np.all((wanted.values == 0) | (wanted.values == 1)) and np.all(wanted.values.sum(axis=1) == 1))


def few(values: Iterable[float], most: int = 6) -> tuple[float, ...]:
    """The different values in order, where there are at most so many; else none.

    >>> few([1.0, 0.0, 1.0]), few(range(100))
    ((0.0, 1.0), ())
    """
    found = sorted(set(map(float, values)))
    return tuple(found) if len(found) <= most else ()
