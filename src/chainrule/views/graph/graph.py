"""A flow → the drawing of a computation graph: a box for each node, a line for each use, top down, the goal last."""

from __future__ import annotations

import numpy as np

from chainrule.explain.figures.flow.choose import SAID
from chainrule.explain.figures.flow.flow import Flow, Node
from chainrule.explain.wording import count
from chainrule.views.graph.boxes import FILLS, LINE, SIZE, SMALL, Box
from chainrule.views.graph.describe import described, goal_of
from chainrule.views.graph.key import WORDS, Sample, key
from chainrule.views.graph.routes import Drawing, Route, draw, plainly, sign
from chainrule.views.pixels import width
from chainrule.views.scene import BLUE, GREY, INK, PAPER, VERMILION, Arrow, Dash, Line, Mark, Panel, Rect, Scene, Text

TOP = 34.0
"""Pixels that the title needs."""

LOOK: dict[int | None, tuple[str, Dash]] = {
    1: (BLUE, "solid"), -1: (VERMILION, "dashed"), 0: (GREY, "dotted"), None: (GREY, "dashdot")
}  # fmt: skip
"""Colour and dash of a use by the sign of what it adds; None where it adds numbers of both signs."""

SIGNS = {1: "adds > 0", -1: "adds < 0", 0: "adds 0", None: "adds numbers of both signs"}


def scene(flow: Flow, before: str = "") -> Scene:
    """The computation graph of a flow; ``before`` is a sentence that has to be read first."""
    drawing = draw(flow)
    marks = [mark for route in drawing.routes for mark in stroke(route)]
    marks += [mark for box, node in zip(drawing.boxes, flow.nodes, strict=True) for mark in framed(box, node)]
    marks += [
        Text(route.at[0], route.at[1], route.words, WORDS[LOOK[sign(route.use)][0]], SMALL, behind=PAPER)
        for route in drawing.routes
        if route.at is not None
    ]
    title = f"Computation graph of {goal_of(flow)}, pattern {flow.pattern}"
    wide = max(drawing.wide, 560.0, width(title, 15, bold=True) + 40)
    below = key([*filter(None, [before]), *notes(flow, drawing)], samples(flow), TOP + drawing.high, wide)
    picture = Panel((wide - drawing.wide) / 2, TOP, drawing.wide, drawing.high, tuple(marks), legend=False)
    return Scene(title, f"{before} {described(flow)}".strip(), wide, below.y + below.high, (picture, below))


def stroke(route: Route) -> list[Mark]:
    """The line of a use with its head."""
    (colour, dash), (*body, last) = LOOK[sign(route.use)], route.points
    if len(body) > 1 and body[-1][0] == last[0] and last[1] - body[-1][1] < 14:
        body.pop()  # a short last part: the head goes with the slanting one
    x, y = body[-1]
    marks: list[Mark] = []
    if len(body) > 1:
        marks.append(Line(tuple(px for px, _ in body), tuple(py for _, py in body), colour, 1.6, dash))
    marks.append(Arrow(x, y, last[0], last[1], colour, 1.6, dash))
    return marks


def framed(box: Box, node: Node) -> list[Mark]:
    """A box with its words."""
    given = node.role in FILLS
    edge, heavy = (GREY, 1.0) if given or node.role == "operation" else (INK, 1.8)
    right, bottom = box.left + box.wide, box.top + box.high
    marks: list[Mark] = [
        Rect(box.left, box.top, right, bottom, FILLS.get(node.role, PAPER), edge, heavy, 0 if given else 6)
    ]
    for row, words in enumerate(box.lines):
        bold = row == 0 and node.role != "operation"
        y = box.top + LINE * (row + 1) - 1
        marks.append(Text(box.left + box.wide / 2, y, words, INK, SIZE if row == 0 else SMALL, bold=bold))
    return marks


def samples(flow: Flow) -> list[Sample]:
    """The kinds of line that the drawing has, with their words."""
    signs = {sign(use) for use in flow.uses}
    lost = any(np.isnan(use.parts).any() for use in flow.uses)
    words = {**SIGNS, None: "adds no number" if all(use.parts.size == 1 for use in flow.uses) else SIGNS[None]}
    words[None] += ", or no number" if lost and words[None] == SIGNS[None] else ""
    return [(*LOOK[one], words[one]) for one in LOOK if one in signs]


def notes(flow: Flow, drawing: Drawing) -> list[str]:
    """The sentences below the picture: how to read it, and what was folded."""
    goal = goal_of(flow)
    said = [
        f"In a box: what it is, its value, and ∂, the derivative of {goal} by it. Square boxes are given, round ones "
        "are computed."
    ]
    if any(use.local is not None for use in flow.uses):
        said.append(
            "At a line: × the local derivative → what this use adds to the ∂ of the box where the line begins; it is "
            "the local derivative times the ∂ of the box where the line ends."
        )
    if any(not plainly(flow, use) for use in flow.uses):
        said.append("The ∂ of what is used more than once is the sum of what its uses add.")
    if SAID[flow.detail]:
        said.append(f"Folded: {SAID[flow.detail]}.")
    if any(node.values.size > 1 for node in flow.nodes):
        said.append("Of several numbers: the least … the greatest, and ‖·‖, the root of the sum of their squares.")
    missing = sum(route.at is None and not plainly(flow, route.use) for route in drawing.routes)
    if missing:
        said.append(f"{count(missing, 'line')} without room for numbers; the description has them.")
    if any(use.back for use in flow.uses):
        said.append("A line along the right edge leads to a later value of an index: a recurrence, folded.")
    return said
