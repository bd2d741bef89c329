"""A run → what its network gives between and beside the patterns, over one or two columns of data.

Only numbers: how they are drawn is a matter of the views.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.errors import UsageError
from chainrule.explain.figures.outputs import Columns, Outputs, classes, outputs, predict
from chainrule.explain.measure.context import Context
from chainrule.explain.wording import count, listing
from chainrule.notation.names import pretty
from chainrule.values import dataclass

POINTS, GRID = 241, (60, 48)
"""Values of one column that are computed, and of two."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """``at`` are the values of each column of data; of one column, ``end`` and ``start`` have a row for each of them
    (at the end and at the start of the run); of two, a row for each pair, the first column fastest."""

    outputs: Outputs
    at: tuple[Array, ...]
    end: Columns
    start: Columns


def fitted(context: Context, of: str | None = None) -> Fitted:
    """What the network gives over its data.

    Errors: E466 where it reads no column of data or more than two, or two that give several outputs and no classes.
    """
    found = outputs(context, of)
    inputs = found.inputs
    if not 1 <= len(inputs.names) <= 2:
        raise UsageError(
            "E466",
            f"a fit is drawn over one or two columns of data, and {listing(found.predicted.names, 3)} "
            f"{'depends' if len(found.predicted.names) == 1 else 'depend'} on {count(len(inputs.names), 'column')}",
            "ask for the figure `predictions`: it holds predictions against targets, whatever they depend on",
        )
    if len(inputs.names) == 2 and len(found.predicted.names) > 1 and not classes(found.wanted):
        raise UsageError(
            "E466", f"{listing(found.predicted.names, 3)} are several outputs over two columns of data, and no classes",
            f'ask for one: of="{pretty(found.names[0])}"' if len(found.names) > 1 else "ask for `predictions`",
        )  # fmt: skip
    points = (POINTS,) if len(inputs.names) == 1 else GRID
    at = tuple(span(inputs.values[:, place], many) for place, many in enumerate(points))
    with np.errstate(all="ignore"):
        ends = context.run.weights, context.run.start
        end, start = (predict(context, found.names, grid(inputs.names, at), weights) for weights in ends)
    return Fitted(found, at, end, start)


def after(context: Context, of: Fitted, step: int) -> Fitted:
    """The same with the weights after a step for those at the end."""
    weights, names, inputs = context.run.at(step), of.outputs.names, of.outputs.inputs
    with np.errstate(all="ignore"):
        end = predict(context, names, grid(inputs.names, of.at), weights)
        predicted = predict(context, names, inputs, weights)
    return replace(of, outputs=replace(of.outputs, predicted=predicted), end=end)


def grid(names: tuple[str, ...], at: tuple[Array, ...]) -> Columns:
    """Every combination of the values of the columns, the first fastest."""
    return Columns(names, np.stack([one.ravel() for one in np.meshgrid(*at)], axis=1))


def span(values: Array, many: int) -> Array:
    """From where to where a column is looked at; in two columns these are the middles of cells."""
    low, high = float(np.min(values)), float(np.max(values))
    room = 0.15 * (high - low) or 0.5 * max(1.0, abs(low))
    edges = np.linspace(low - room, high + room, many + 1)
    return np.asarray((edges[1:] + edges[:-1]) / 2)
