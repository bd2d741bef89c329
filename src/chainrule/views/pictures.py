"""A run → the figures that stand in the page of its story: those that this network has."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from chainrule.errors import UsageError
from chainrule.explain import course, fitted, outputs, plane, section
from chainrule.explain.context import Context
from chainrule.explain.report import Picture
from chainrule.views.figure import Figure
from chainrule.views.figures import error, fit, gradients, landscape, patterns, predictions


def pictures(context: Context) -> tuple[Picture, ...]:
    """The error over a weight and over two directions, errors of patterns, gradients, and what the network gives.

    A landscape is left out where the network is too large to have a fine one quickly.
    """
    return tuple(Picture(figure.title, figure.svg(), figure.description) for figure in drawn(context))


def drawn(context: Context) -> Iterator[Figure]:
    """One figure after the other."""
    yield from first(lambda: error.figure(section.section(context)))
    if plane.size(context) == plane.FINEST:
        yield from first(lambda: landscape.figure(plane.plane(context)))
    yield from first(lambda: patterns.figure(course.patterns(context), context.goal_name, context.total_name))
    yield from first(lambda: gradients.figure(course.moves(context), context.goal_name))
    yield from first(
        lambda: fit.figure(fitted.fitted(context)), lambda: predictions.figure(outputs.outputs(context))
    )  # fmt: skip


def first(*ways: Callable[[], Figure]) -> Iterator[Figure]:
    """The first of some figures that the network has; none is no fault."""
    for way in ways:
        try:
            yield way()
        except UsageError:
            continue
        return
