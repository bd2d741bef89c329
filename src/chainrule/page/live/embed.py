"""A run → what stands in its page for the claims: the table, and what claims.js has to know of the model."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.measure.context import Context
from chainrule.page.live.probes import Probes
from chainrule.page.live.table import ClaimTable


def embedded(table: ClaimTable, context: Context) -> dict[str, Any]:
    """``{table, about}`` for JSON."""
    return {"table": table.json(), "about": about(Probes(context))}


def about(probes: Probes) -> dict[str, Any]:
    """Where the numbers stand in the printed program, and what needs the model and its data alone."""
    context = probes.context
    program, places, first = context.program, [], 0
    for symbol in program.weights:  # as `code.javascript` has the state: weights, then states of the rule
        size = math.prod(np.shape(context.run.weights[symbol.name]))
        places += list(range(first, first + size)) if symbol.name not in program.held else []
        first += size
    return {
        "goal": program.objective,
        "slopes": [
            {"key": slope, "size": math.prod(np.shape(context.run.weights[weight]))} for weight, slope in probes.slots
        ],
        "places": places, "names": probes.names, "sense": probes.sense, "low": bounds(probes.low),
        "high": bounds(probes.high), "own": probes.owned and probes.owned.adjoint,
        "plain": float(context.rate is not None), "boxed": float(context.boxed), "fixed": probes.fixed,
    }  # fmt: skip


def bounds(values: Array) -> list[float | None]:
    """No number for a side that has no bound."""
    return [float(one) if math.isfinite(one) else None for one in values]


def widths(context: Context) -> set[int]:
    """Over how many patterns claims look: one, all, and as many as a step visits."""
    visited = {len(context.rows(step)) for step in range(context.run.recipe.order.pass_length)}
    return {1, context.patterns, *visited}
