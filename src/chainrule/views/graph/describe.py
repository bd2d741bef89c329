"""A flow → what can be seen in its drawing, in words."""

from __future__ import annotations

from chainrule.explain.figures.flow.choose import SAID
from chainrule.explain.figures.flow.flow import Flow, Node, Use
from chainrule.explain.wording import count, listing, num
from chainrule.notation.names import pretty
from chainrule.views.graph.boxes import length, span, title

TOLD = 80
"""Nodes that are told one by one, at most."""


def goal_of(flow: Flow) -> str:
    """The name of what is differentiated."""
    return pretty(flow.goal)


def described(flow: Flow) -> str:
    """Every node with value and adjoint, and what its uses add to that."""
    words = [
        f"The computation graph of {goal_of(flow)} for pattern {flow.pattern}: {count(len(flow.nodes), 'node')} and "
        f"{count(len(flow.uses), 'use')}."
    ]
    if SAID[flow.detail]:
        words.append(f"It is folded: {SAID[flow.detail]}.")
    words += [sentence(flow, node, flow.made_of(at), flow.used_by(at)) for at, node in enumerate(flow.nodes[:TOLD])]
    if len(flow.nodes) > TOLD:
        words.append(f"{count(len(flow.nodes) - TOLD, 'more node')}.")
    return " ".join(words)


def sentence(flow: Flow, node: Node, makers: tuple[Use, ...], users: tuple[Use, ...]) -> str:
    """One node in words."""
    what = title(node) + (f" = {node.formula}" if node.formula else "")
    if makers:
        what += f" (from {listing([flow.nodes[use.maker].words for use in makers], 4)})"
    slope = f"∂{goal_of(flow)}/∂"
    if node.values.size == 1:
        told = f"{what} is {num(node.values[0])}; {slope} is {num(node.adjoints[0])}"
        parts = [f"{num(use.parts[0])} by {flow.nodes[use.user].words}" for use in users]
        told += f", the sum of {listing(parts, 8)}" if len(users) > 1 else ""
    else:
        told = f"{what} has {node.values.size} values, {span(node.values)}; {slope} is {span(node.adjoints)}"
        parts = [f"of length {num(length(use.parts))} by {flow.nodes[use.user].words}" for use in users]
        told += f", the sum of parts {listing(parts, 8)}" if len(users) > 1 else ""
    return told + "."
