"""Cells at their ends → the greatest curvature of the goal there times the rate, in float64 whatever the steps were in.

Lanczos' iteration, in every cell at once, on products with the Hessian that the kernels compute. The greatest
eigenvalue of what it leaves is found by counting (Sturm): every operation is one of the machine's, none a library's, so
each cell has the same bits everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.draws import normals
from chainrule.engines.native.many import LoadedMany
from chainrule.engines.native.run_status import Ended
from chainrule.engines.protocol import Array, Bound, Ensemble, Many
from chainrule.gradient.forward import changes_along
from chainrule.maps.ground import CellGroup, Ground
from chainrule.numbers.numerics import EXACT
from chainrule.program.program import Program, Symbol, computed
from chainrule.train.hessian_products import change, extended

MOST = 48
"""Products with the Hessian: the greatest end of a spectrum is found in a dozen or two, unless others lie near it."""

NUMBERS = 2**23
"""Numbers of directions that are held at once."""

HALVINGS = 64
"""After so many an interval of float64 has no number inside that is not an end, from any width that is met."""


def sharpness(ground: Ground, group: CellGroup, many: Many[Any], ensemble: Ensemble) -> Array:
    """The rate times the greatest eigenvalue; NaN where a cell left the finite numbers, where the curvature is not one,
    and where no weight moves."""
    program = ground.program
    rows = ensemble.rows
    name = str(program.rate)
    own = np.asarray(ensemble.consts, np.float64)
    rate = np.full(len(rows), float(group.bound.values[name]))
    if name in many.own:
        rate = own[:, many.own.index(name)]
    parts = many.layout.parts(rows)
    begun = {symbol.name: parts[symbol.name] for symbol in program.weights}
    consts = {one: own[:, place] for place, one in enumerate(many.own)}
    bent = bending(ground, group, many.threads)
    moved = [symbol for symbol in program.weights if symbol.name not in program.held]
    size = sum(int(np.prod(parts[symbol.name].shape[1:])) for symbol in moved)
    found = np.full(len(rows), np.nan)
    lot = max(1, NUMBERS // max(1, size * min(size, MOST)))
    alive = np.flatnonzero(ensemble.ended != Ended.LEFT) if size else np.zeros(0, np.intp)  # all weights are held
    for first in range(0, len(alive), lot):
        here = alive[first : first + lot]

        def along(direction: Array, here: NDArray[np.intp] = here) -> Array:
            given = {key: values[here] for key, values in begun.items()}
            at = 0
            for symbol in moved:
                shape = parts[symbol.name].shape[1:]
                count = int(np.prod(shape))
                given[f"r.{symbol.name}"] = direction[:, at : at + count].reshape(-1, *shape)
                at += count
            for state in bent.program.states:
                given[state.name] = np.zeros((len(here), *bent.layout.shapes[state.name]))
            keys = [change(program.gradient(symbol.name)) for symbol in moved]
            made = bent.evaluate(bent.ensemble(given, {key: values[here] for key, values in consts.items()}), keys)
            columns = [
                np.broadcast_to(made.get(key, 0.0), (len(here), *parts[one.name].shape[1:])).reshape(len(here), -1)
                for key, one in zip(keys, moved, strict=True)
            ]
            return np.ascontiguousarray(np.concatenate(columns, axis=1))

        with np.errstate(all="ignore"):
            found[here] = rate[here] * greatest(along, len(here), size)
    return found


def bending(ground: Ground, group: CellGroup, threads: int) -> LoadedMany:
    """The program with the change of its gradient along a direction, as code."""
    kept: dict[tuple[str, int], LoadedMany] = ground.local.__dict__.setdefault("bending", {})
    if (group.digest, threads) not in kept:
        program: Program = ground.program
        ways = [symbol for symbol in program.weights if symbol.name not in program.held]
        new = changes_along(computed(program), {one.name: f"r.{one.name}" for one in ways}, sets=ground.model.sets)
        inputs = tuple(Symbol(f"r.{one.name}", one.letters) for one in ways)
        longer = replace(extended(ground.model, program, new), weights=(*program.weights, *inputs))
        bound = Bound(group.bound.values, group.bound.ranges, group.bound.patterns, EXACT)
        kept.clear()
        kept[group.digest, threads] = LoadedMany(longer, bound, ground.own, None, threads, bound.patterns)
    return kept[group.digest, threads]


def greatest(along: Callable[[Array], Array], cells: int, size: int) -> Array:
    """The greatest eigenvalue of a symmetric matrix of each cell, given by its products."""
    most = min(size, MOST)
    start = normals(0, "curvature", size)
    first = start / np.sqrt((start * start).sum())
    basis = np.empty((cells, most, size))
    basis[:, 0] = first
    diagonal, beside = np.zeros((cells, most)), np.zeros((cells, most))
    alone = np.zeros(cells, bool)  # the directions so far hold all that the start leads to
    for place in range(most):
        image = along(basis[:, place])
        diagonal[:, place] = np.where(alone, diagonal[:, 0], (image * basis[:, place]).sum(axis=1))
        rest = image
        for _ in range(2):  # twice is enough (Kahan and Parlett)
            for other in range(place + 1):
                rest = rest - (rest * basis[:, other]).sum(axis=1)[:, None] * basis[:, other]
        length = np.sqrt((rest * rest).sum(axis=1))
        scale = np.abs(diagonal).max(axis=1)
        alone |= ~(length > 1e-14 * scale)
        if place + 1 < most:
            beside[:, place] = np.where(alone, 0.0, length)
            basis[:, place + 1] = np.where(alone[:, None], first, rest / np.where(alone, 1.0, length)[:, None])
    return top(diagonal, beside)


def top(diagonal: Array, beside: Array) -> Array:
    """The greatest eigenvalue of tridiagonal matrices, a row each: the number above which none lies."""
    around = np.abs(beside) + np.abs(np.roll(beside, 1, axis=1))
    low: Array = (diagonal - around).min(axis=1)
    high: Array = (diagonal + around).max(axis=1)
    squares = beside * beside
    for _ in range(HALVINGS):
        middle = low + (high - low) / 2
        below = np.zeros(len(middle), bool)  # whether an eigenvalue is above the middle
        pivot = diagonal[:, 0] - middle
        below |= pivot > 0
        for place in range(1, diagonal.shape[1]):
            pivot = diagonal[:, place] - middle - squares[:, place - 1] / np.where(pivot == 0, 5e-324, pivot)
            below |= pivot > 0
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return high
