"""A scene → PNG or PDF. The one file that imports matplotlib.

What lies where was decided by `paint`; matplotlib only draws it. No words are read as its mathematics, nothing is
written by it to a disk, and none of its global state is touched.
"""

from __future__ import annotations

import io
import warnings
from functools import cache
from itertools import groupby
from typing import Any, cast

from chainrule.errors import MissingExtra
from chainrule.views.paint import paint
from chainrule.views.pixels import Box, Circle, PixelMark, Stroke, Words, flat
from chainrule.views.scene import Dash, Scene

PIXELS = 96
"""Pixels of a scene to an inch."""

SHARP = 2
"""Pixels of a PNG to a pixel of its scene."""

POINT = 72 / PIXELS
"""matplotlib's unit of letters and lines, from pixels."""

DASHED: dict[Dash, Any] = {
    "solid": "-", "dashed": (0, (3.5, 2.0)), "dotted": (0, (0.75, 2.0)), "dashdot": (0, (4.0, 2.0, 1.0, 2.0))
}  # fmt: skip


@cache
def library(what: str = "a PNG or PDF", instead: str = "or save the figure as .svg, which needs nothing") -> Any:
    """The part of matplotlib that is drawn with, or MissingExtra E464, which says for what it is needed."""
    try:
        from matplotlib import collections, figure, lines, patches
    except ImportError as fault:
        raise missing(what, fault, instead) from None
    except Exception as fault:  # it reads settings as it is loaded, and refuses some
        problem = f"{what} needs matplotlib, which does not load: {shortened(fault)}"
        raise MissingExtra("E464", problem, f"unset MPLBACKEND, or mend what it names, {instead}") from None
    return figure, lines, patches, collections


def shortened(fault: Exception) -> str:
    """The first sentence of what another package says."""
    return str(fault).split("\n")[0].split(";")[0][:100] or type(fault).__name__


def missing(what: str, fault: ImportError, instead: str) -> MissingExtra:
    """The error for what cannot be drawn: matplotlib, or what comes with it, is not there."""
    name = (fault.name or "matplotlib").partition(".")[0]
    problem = f"{what} needs {'Pillow' if name == 'PIL' else name}, which is not installed"
    return MissingExtra("E464", problem, f'pip install "chainrule[plot]", {instead}')


def render(scene: Scene, form: str) -> bytes:
    """The picture as the bytes of a file, "png" or "pdf"; the same scene gives the same bytes."""
    canvas = on_canvas(scene, SHARP)
    if form == "pdf":
        about = {"Title": flat(scene.title), "Subject": flat(scene.description), "CreationDate": None}
    else:
        about = {"Title": flat(scene.title), "Description": flat(scene.description), "Software": None}
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a letter that the font has not is drawn as a box: no reason to stop
        canvas.savefig(out, format=form, metadata=about)
    return out.getvalue()


def pixels(scene: Scene) -> tuple[int, int, bytes]:
    """The picture as its width, its height and its pixels, four bytes each: red, green, blue and opacity."""
    canvas = on_canvas(scene, 1)
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        canvas.savefig(out, format="rgba")
    wide, high = (int(side) for side in canvas.canvas.get_width_height())
    return wide, high, out.getvalue()


def on_canvas(scene: Scene, sharp: int) -> Any:
    """The scene on a canvas, with so many pixels to each of its own."""
    figure = library()[0]
    canvas = figure.Figure(figsize=(scene.wide / PIXELS, scene.high / PIXELS), dpi=PIXELS * sharp)
    axes = canvas.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, scene.wide)
    axes.set_ylim(scene.high, 0)
    axes.set_axis_off()
    for order, (kind, group) in enumerate(groupby(paint(scene), alike)):
        if kind == "circle":
            circles(axes, cast("list[Circle]", list(group)), order)
        elif kind == "box":
            boxes(axes, cast("list[Box]", list(group)), order)
        else:
            for one in group:
                put(axes, one, order)
    return canvas


def alike(one: PixelMark) -> str:
    """What is drawn together where it follows each other: a thousand marks one by one would take seconds."""
    match one:
        case Circle():
            return "circle"
        case Box(colour="", round=0, opacity=1):
            return "box"
    return ""


def circles(axes: Any, those: list[Circle], order: int) -> None:
    """Circles as one collection."""
    collections = library()[3]
    wide = [2 * one.radius for one in those]
    look: dict[str, Any] = {"facecolors": [one.fill for one in those], "edgecolors": [one.colour for one in those]}
    look |= {"linewidths": [one.width * POINT for one in those], "zorder": order}
    places = {"offsets": [(one.x, one.y) for one in those], "offset_transform": axes.transData, "units": "xy"}
    axes.add_collection(collections.EllipseCollection(wide, wide, [0] * len(those), **places, **look))


def boxes(axes: Any, those: list[Box], order: int) -> None:
    """Boxes without an edge as one collection."""
    collections = library()[3]
    corners = [
        [(one.x, one.y), (one.x + one.wide, one.y), (one.x + one.wide, one.y + one.high), (one.x, one.y + one.high)]
        for one in those
    ]
    fills = [one.fill or "none" for one in those]
    look = {"facecolors": fills, "edgecolors": "none", "antialiaseds": False, "zorder": order}
    axes.add_collection(collections.PolyCollection(corners, **look))


def put(axes: Any, one: PixelMark, order: int) -> None:
    """One thing on the canvas."""
    _, lines, patches, _ = library()
    match one:
        case Stroke(points, colour, width, dash, fill, opacity) if fill:
            edge = colour if colour and width else "none"
            look = {"facecolor": fill, "edgecolor": edge, "linewidth": width * POINT, "linestyle": DASHED[dash]}
            axes.add_patch(patches.Polygon(points, closed=True, alpha=opacity, zorder=order, **look))
        case Stroke(points, colour, width, dash, _, opacity):
            xs, ys = zip(*points, strict=True)
            look = {"linestyle": DASHED[dash], "dash_capstyle": "butt", "solid_joinstyle": "round"}
            axes.add_line(
                lines.Line2D(xs, ys, color=colour, linewidth=width * POINT, alpha=opacity, zorder=order, **look)
            )
        case Box(x, y, wide, high, fill, colour, width, radius, opacity):
            look = {"facecolor": fill or "none", "edgecolor": colour or "none", "linewidth": width * POINT}
            look |= {"alpha": opacity, "zorder": order}
            if radius:
                shape = f"round,pad=0,rounding_size={radius}"
                axes.add_patch(patches.FancyBboxPatch((x, y), wide, high, boxstyle=shape, mutation_aspect=1, **look))
            else:
                axes.add_patch(patches.Rectangle((x, y), wide, high, antialiased=bool(width), **look))
        case Words(x, y, words, size, colour, anchor, bold, turned):
            look = {"fontsize": size * POINT, "color": colour, "zorder": order, "parse_math": False}
            look |= {"usetex": False, "family": "DejaVu Sans"}  # whatever the reader's own settings say
            look |= {"ha": {"start": "left", "middle": "center", "end": "right"}[anchor], "va": "baseline"}
            look |= {"fontweight": "bold"} if bold else {}
            look |= {"rotation": 90, "rotation_mode": "anchor"} if turned else {}
            axes.text(x, y, words, **look)
