"""Marks and their axes → a scene of one panel, with room for every label and for the legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chainrule.views import scene as of
from chainrule.views.legend import SMALL, labelled, legend_height
from chainrule.views.paint import marked
from chainrule.views.pixels import short, width
from chainrule.views.scene import GREY, Axis, Heat, Mark, Panel, Scene

WIDE, HIGH = 720, 400
"""Pixels of a figure, and of its frame's height."""

TOP, RIGHT, BAR = 44, 24, 18
"""Pixels above the frame, right of it, and of the width of a bar of colours."""


def chart(
    title: str, description: str, across: Axis, up: Axis, marks: Sequence[Mark], bar: Panel | None = None,
    high: float = HIGH,
) -> Scene:  # fmt: skip
    """One panel; ``bar`` is a bar of colours (see `colour_bar`) to stand right of it."""
    panel = Panel(0, TOP, WIDE, high, tuple(marks), across, up)
    left = 36 + widest(panel)
    right = RIGHT if bar is None else 48 + BAR + widest(replace(bar, high=high))
    panel = replace(panel, x=left, wide=WIDE - left - right)
    panels = [panel]
    if bar is not None:
        panels.append(replace(bar, x=WIDE - BAR - 16, y=TOP, wide=BAR, high=high))
    below = 52 + (legend_height(panel.marks, panel.wide) if labelled(panel.marks) else 0)
    return Scene(title, description, WIDE, TOP + high + below + 6, tuple(panels))


def stack(title: str, description: str, parts: Sequence[tuple[Axis, Axis, Sequence[Mark]]], high: float = 210) -> Scene:
    """Panels one below the other, as wide as each other; what all of them mean stands below the last."""
    panels = [Panel(0, 0, WIDE, high, tuple(marks), across, up, legend=False) for across, up, marks in parts]
    left = 36 + max(map(widest, panels))
    panels = [
        replace(panel, x=left, y=TOP + place * (high + 60), wide=WIDE - left - RIGHT)
        for place, panel in enumerate(panels)
    ]
    last = panels[-1] = replace(panels[-1], legend=True)
    below = 52 + (legend_height(last.marks, last.wide) if labelled(last.marks) else 0)
    return Scene(title, description, WIDE, last.y + high + below + 6, tuple(panels))


def widest(panel: Panel) -> float:
    """Room for the labels at the upright axis."""
    return max((width(label, SMALL) for _, label in marked(panel)[1]), default=0.0)


def colour_bar(label: str, axis: Axis, colours: tuple[str, ...]) -> Panel:
    """What the colours of a heat mean: from ``axis.low`` at the bottom upwards."""
    cells = tuple((place,) for place in range(len(colours)))
    marks = (Heat(0, axis.low, 1, axis.high, cells, colours),)
    return Panel(0, 0, BAR, HIGH, marks, Axis("", 0, 1, ticks=()), replace(axis, label=label), legend=False)


def note(scene: Scene, words: str) -> Scene:
    """A line of small grey words below everything."""
    text = of.Text(14, 12, short(words, scene.wide - 28, SMALL), GREY, SMALL, "start")
    panel = Panel(0, scene.high - 2, scene.wide, 20, (text,), legend=False)
    return replace(scene, high=scene.high + 20, panels=(*scene.panels, panel))
