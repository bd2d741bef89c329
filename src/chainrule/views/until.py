"""A scene of a whole run → what it was after so many steps: marks that follow the run show what had been by then.

Axes, legend and everything that does not follow the run stay what they are, so that in a film only the run moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import compress
from typing import TypeVar

from chainrule.views.scene import Area, Line, Mark, Points, Scene

T = TypeVar("T")


def until(scene: Scene, step: int) -> Scene:
    """The scene as it was after a step.

    >>> from chainrule.views.scene import Panel
    >>> path = Line((0.0, 1.0, 2.0), (4.0, 1.0, 0.0), "#000000", moments=(0, 10, 20))
    >>> until(Scene("E", "", 40, 30, (Panel(0, 0, 40, 30, (path,)),)), 10).panels[0].marks[0].xs
    (0.0, 1.0)
    """
    panels = (replace(panel, marks=tuple(so_far(mark, step) for mark in panel.marks)) for panel in scene.panels)
    return replace(scene, panels=tuple(panels))


def so_far(mark: Mark, step: int) -> Mark:
    """A mark without the points that are yet to come; its place in the legend stays."""
    match mark:
        case Line(xs=xs, ys=ys, moments=moments) | Points(xs=xs, ys=ys, moments=moments) if moments:
            had = [moment <= step for moment in moments]
            return replace(mark, xs=kept(xs, had), ys=kept(ys, had), moments=kept(moments, had))
        case Area(xs, low, high, moments=moments) if moments:
            had = [moment <= step for moment in moments]
            rows = {"xs": kept(xs, had), "low": kept(low, had), "high": kept(high, had)}
            return replace(mark, **rows, moments=kept(moments, had))  # type: ignore[arg-type]
    return mark


def kept(values: Sequence[T], had: Iterable[bool]) -> tuple[T, ...]:
    return tuple(compress(values, had))


def moving(scene: Scene) -> bool:
    """Whether anything in a scene follows the run."""
    return any(
        isinstance(mark, Line | Points | Area) and mark.moments for panel in scene.panels for mark in panel.marks
    )
