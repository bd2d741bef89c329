"""A run → the figures that stand in the page of its story: those that this network has."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from chainrule.errors import UsageError
from chainrule.explain.figures import fitted, outputs, over_steps, plane, section
from chainrule.explain.figures.flow.choose import flow_of
from chainrule.explain.figures.units.net import net_of
from chainrule.explain.measure.claims.map import measure as rates
from chainrule.explain.measure.context import Context
from chainrule.explain.tell.report import Picture
from chainrule.train.evaluation import sheet
from chainrule.views.figure import Figure
from chainrule.views.figures import error, fit, gradients, landscape, learning, patterns, predictions
from chainrule.views.graph import graph, network
from chainrule.views.graph.columns import whole

PRINTED = 40
"""Boxes that a computation graph on a page has at most."""


def pictures(context: Context, mapped: bool = False) -> tuple[Picture, ...]:
    """The error over a weight and over two directions, the network with its weights, its computation graph, errors of
    patterns, gradients, and what the network gives; with ``mapped`` the steps to learn over the rate, too.

    A landscape is left out where the network is too large to have a fine one quickly.
    """
    return tuple(Picture(figure.title, figure.svg(), figure.description) for figure in each_figure(context, mapped))


def each_figure(context: Context, mapped: bool = False) -> Iterator[Figure]:
    """One figure after the other."""
    if mapped:
        yield from first(lambda: learning.figure(context.once(rates)))
    yield from first(lambda: error.figure(section.section(context)))
    yield from diagrams(context)
    if plane.size(context) == plane.FINEST:
        yield from first(lambda: landscape.figure(plane.plane(context)))
    yield from first(lambda: patterns.figure(over_steps.patterns(context), context.goal_name))
    yield from first(lambda: gradients.figure(over_steps.moves(context), context.goal_name))
    yield from first(
        lambda: fit.figure(fitted.fitted(context)), lambda: predictions.figure(outputs.outputs(context))
    )  # fmt: skip


def diagrams(context: Context) -> Iterator[Figure]:
    """The units of the network after the run, and its computation graph, where they can be drawn whole.

    Their pattern is the one with the largest error.
    """
    bound, weights, each = context.run.recipe.bound, context.run.weights, context.model.goal.each
    worst = 0
    if each is not None:
        errors = np.ravel(sheet(context.model, bound, weights, None).evaluate().values[each])
        worst = int(np.argmax(np.where(np.isfinite(errors), errors, -np.inf)))
    net = net_of(context.model, bound, weights, worst)
    if net.weighted and whole(net):
        yield Figure(network.scene(net))
    flow = flow_of(context.model, bound, weights, worst)
    if flow.detail == "operations" and len(flow.nodes) <= PRINTED:
        yield Figure(graph.scene(flow))


def first(*ways: Callable[[], Figure]) -> Iterator[Figure]:
    """The first of some figures that the network has; none is no fault."""
    for way in ways:
        try:
            yield way()
        except UsageError:
            continue
        return
