"""A flow → the same with so few nodes that it can be read: by quantities, by names, by families of names, by rows.

Each fold says in words what a node then stands for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from math import prod

from chainrule.engines.protocol import Array, Bound
from chainrule.explain.figures.flow.by_name import by_names
from chainrule.explain.figures.flow.flow import Flow, Node, folded, spoken
from chainrule.explain.figures.flow.unroll import unroll
from chainrule.explain.figures.flow.unrolled import TooLarge
from chainrule.expr.nodes import Reduce, key
from chainrule.expr.walk import nodes
from chainrule.model.letters import base
from chainrule.model.model import Model
from chainrule.notation.show import show

READABLE, MANY = 60, 240
"""Nodes that a drawing has at most, and where a detail was asked for."""

LINES = 1.6
"""Lines that a drawing has at most for each node that it may have."""

TERMS = 400
"""A network of more terms is not unrolled unless that is asked for: the drawing would be folded anyway."""

DETAILS = ("operations", "entries", "names", "families", "rows")
SAID = {
    "operations": "",
    "entries": "one node for each quantity; the operations of its equation are folded into it",
    "names": "one node for each name, folded by index",
    "families": "one node for the names that differ in their numbers only",
    "rows": "one node for all that is computed equally far from the end",
}


def flow_of(
    model: Model, bound: Bound, weights: Mapping[str, Array], pattern: int, detail: str | None = None
) -> Flow:
    """The flow of a network at a pattern: at a detail, if it can be had, or at the finest that can be read."""
    large = detail == "names" or (detail is None and terms(model, bound) > TERMS)
    try:
        flow = by_names(model, bound, weights, pattern) if large else unroll(model, bound, weights, pattern)
    except TooLarge:
        flow = by_names(model, bound, weights, pattern)
    equations = {name: [line for line in model.equations if key(line.target) == name] for name in model.quantities}
    formulas = {name: show(lines[0].body) for name, lines in equations.items() if len(lines) == 1}
    flow = replace(flow, formulas=formulas)
    if flow.detail == "names":
        flow = replace(flow, nodes=tuple(with_formula(flow, node) for node in flow.nodes))
    return readable(flow, READABLE) if detail is None else readable(at(flow, detail), MANY)


def terms(model: Model, bound: Bound) -> int:
    """About how many terms stand in the equations, each sum written out."""
    known = [group for group in model.sets if group.name in bound.ranges]
    sizes = {letter: len(bound.ranges[group.name]) for group in known for letter in group.letters}
    total = 0
    for line in model.equations:
        sums = [node.letters for node in nodes(line.body) if isinstance(node, Reduce)]
        letters = {*line.letters, *(letter for one in sums for letter in one)}
        total += prod(sizes.get(base(letter), 1) for letter in letters)
    return total


def readable(flow: Flow, most: int) -> Flow:
    """The flow, folded so far that it has at most so many nodes."""
    for step in DETAILS[DETAILS.index(flow.detail) :]:
        flow = at(flow, step)
        if len(flow.nodes) <= most and len(flow.uses) <= LINES * most:
            return flow
    return thinned(flow, most)


def at(flow: Flow, detail: str) -> Flow:
    """The flow folded to a detail; itself where it is that already."""
    if DETAILS.index(detail) <= DETAILS.index(flow.detail):
        return flow
    match detail:
        case "entries":
            flow = folded(flow, lambda node: (node.name, node.place), one, detail)
            return replace(flow, nodes=tuple(replace(node, formula=node.whole) for node in flow.nodes))
        case "names":
            flow = folded(at(flow, "entries"), lambda node: node.name, indexed, detail)
            return replace(flow, nodes=tuple(with_formula(flow, node) for node in flow.nodes))
        case "families":
            flow = at(flow, "names")
            rank = heights(flow)
            return folded(flow, lambda node: (stem(node.name), node.role, rank[id(node)]), several, detail)
    flow = at(flow, "families")
    rank = heights(flow)
    return folded(flow, lambda node: (node.role, rank[id(node)]), several, "rows")


def with_formula(flow: Flow, node: Node) -> Node:
    """A folded node with the equation that it is folded from."""
    known = node.role == "derived" and node.name in flow.formulas
    return replace(node, formula=flow.formulas[node.name]) if known else node


def thinned(flow: Flow, most: int) -> Flow:
    """Neighbouring rows as one, for networks of more rows than can be read."""
    rank = heights(flow)
    wide = 2
    while True:
        less = folded(flow, lambda node: (node.role, rank[id(node)] // wide), several, "rows")  # noqa: B023
        if len(less.nodes) <= most or wide > 2 * len(flow.nodes):
            return less
        wide *= 2


def heights(flow: Flow) -> Mapping[int, int]:
    """How far each node is from the goal, at most, by the identity of the node."""
    found = [1] * (len(flow.nodes) - 1) + [0]  # also what is used by a folded recurrence alone stands before the goal
    for use in sorted(flow.uses, key=lambda use: -use.user):
        if not use.back:
            found[use.maker] = max(found[use.maker], found[use.user] + 1)
    return {id(node): height for node, height in zip(flow.nodes, found, strict=True)}


def stem(name: str) -> str:
    """A name without its numbers.

    >>> stem("h12"), stem("y_hat")
    ('h', 'y_hat')
    """
    return re.sub(r"\d+", "", name) or name


def one(nodes: list[Node]) -> str:
    return nodes[0].words


def indexed(nodes: list[Node]) -> str:
    """A name with the ranges of its places: ``h[1…8]``, or ``h[{0, 2}]`` where some between are not read."""
    axes = []
    for values in zip(*(node.place for node in nodes), strict=False):
        known = sorted(set(values))
        whole = len(known) > 1 and all(after - before == 1 for before, after in pairwise(known))
        some = ", ".join(map(str, known[:3])) + (", …" if len(known) > 3 else "")
        axes.append(f"{known[0]}…{known[-1]}" if whole else some if len(known) == 1 else f"{{{some}}}")
    return spoken(nodes[0].name) + (f"[{', '.join(axes)}]" if axes else "")


def several(nodes: list[Node]) -> str:
    """The names in a node: few of them all, of many the first and the last."""
    names = list(dict.fromkeys(word for node in nodes for word in [node.words]))
    if len(names) <= 3:
        return ", ".join(names)
    return f"{names[0]} … {names[-1]}"
