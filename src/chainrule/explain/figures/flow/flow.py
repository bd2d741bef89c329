"""What goes forward and what comes back: numbers, who uses them, and what each use adds to an adjoint.

Conventions. A node stands for one number, or for several that were folded into one; ``values`` and ``adjoints`` have an
entry for each. Nodes stand in an order in which everything comes after what it is made of, the goal last; a use that
goes against that order (``back``) belongs to a recurrence that was folded. ``parts`` of a use are the local derivative
times the adjoint of the user, an entry for each of the maker's numbers: over all uses of a maker they add up to its
adjoint.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import field, replace
from typing import Literal

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.expr.entries import entry_text
from chainrule.expr.graph import components
from chainrule.notation.names import pretty
from chainrule.values import dataclass

Role = Literal["data", "target", "weight", "const", "derived", "operation"]
GIVEN: tuple[Role, ...] = ("data", "target", "weight", "const")


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A quantity (or an operation inside the equation of one), the words for it, its values and adjoints.

    An operation has the name and the place of the quantity whose equation it stands in. ``formula`` is what a derived
    quantity is made by, with operations that are nodes themselves as dots, ``whole`` the same without dots.
    """

    name: str
    place: tuple[int, ...]
    role: Role
    words: str
    values: Array
    adjoints: Array
    formula: str = ""
    whole: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """That ``user`` is made of ``maker``; ``local`` is the derivative of one number by another, where they are two."""

    maker: int
    user: int
    parts: Array
    local: float | None = None
    back: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """All nodes and uses below a goal, for one pattern. ``detail`` says what a node is."""

    goal: str
    pattern: int
    detail: str
    nodes: tuple[Node, ...]
    uses: tuple[Use, ...]
    formulas: Mapping[str, str] = field(default_factory=dict)  # of the names that have one equation

    def made_of(self, user: int) -> tuple[Use, ...]:
        """The uses that a node is made by."""
        return tuple(use for use in self.uses if use.user == user)

    def used_by(self, maker: int) -> tuple[Use, ...]:
        """The uses of a node: what its adjoint is the sum of."""
        return tuple(use for use in self.uses if use.maker == maker)


Key = Callable[[Node], Hashable]


def folded(flow: Flow, key: Key, words: Callable[[list[Node]], str], detail: str) -> Flow:
    """The flow with all nodes of one key as one; what happens inside of a node is left out."""
    groups: dict[Hashable, list[int]] = {}
    for at, node in enumerate(flow.nodes):
        groups.setdefault(key(node), []).append(at)
    named = [members(flow, group) for group in groups.values()]
    group_of = {at: place for place, group in enumerate(groups.values()) for at in group}
    makers: dict[str, dict[str, None]] = {str(place): {} for place in range(len(named))}
    for use in flow.uses:
        if group_of[use.maker] != group_of[use.user]:
            makers[str(group_of[use.user])][str(group_of[use.maker])] = None
    parts = components({user: tuple(found) for user, found in makers.items()})
    order = [int(place) for part in parts for place in part]
    rank = {place: at for at, place in enumerate(order)}
    nodes = tuple(joined(flow, named[place], words) for place in order)
    starts = {at: start for own in named for at, start in zip(own, offsets(flow, own), strict=True)}
    summed: dict[tuple[int, int], Array] = {}
    locals_: dict[tuple[int, int], float | None] = {}
    for use in flow.uses:
        maker, user = rank[group_of[use.maker]], rank[group_of[use.user]]
        if maker == user and (use.maker not in starts or not (use.back or between(flow, use))):
            continue
        found = summed.setdefault((maker, user), np.zeros(nodes[maker].values.size))
        start = starts[use.maker]
        with np.errstate(invalid="ignore", over="ignore"):
            found[start : start + use.parts.size] += use.parts
        alone = nodes[maker].values.size == nodes[user].values.size == 1 and use.user in starts
        locals_[maker, user] = None if (maker, user) in locals_ or not alone else use.local
    uses = tuple(
        Use(maker, user, found, locals_[maker, user], maker >= user) for (maker, user), found in sorted_(summed)
    )
    return replace(flow, nodes=nodes, uses=uses, detail=detail)


def sorted_(summed: dict[tuple[int, int], Array]) -> list[tuple[tuple[int, int], Array]]:
    return sorted(summed.items(), key=lambda item: item[0])


def between(flow: Flow, use: Use) -> bool:
    """Whether a use leads from one quantity into the equation of another."""
    maker, user = flow.nodes[use.maker], flow.nodes[use.user]
    return maker.role != "operation" and (maker.name, maker.place) != (user.name, user.place)


def members(flow: Flow, group: list[int]) -> list[int]:
    """The nodes of a group whose numbers are seen: its quantities, in the order of their places."""
    seen = [at for at in group if flow.nodes[at].role != "operation"] or group
    rank = {name: place for place, name in enumerate(dict.fromkeys(flow.nodes[at].name for at in seen))}
    return sorted(seen, key=lambda at: (rank[flow.nodes[at].name], flow.nodes[at].place))


def spoken(name: str, place: tuple[int, ...] = ()) -> str:
    """A quantity in words; a derivative that the text reads has a name of its own among the equations.

    >>> spoken("h", (2, 1)), spoken("∂_w.E"), spoken("∂_v.∂_w.E")
    ('h[2,1]', '∂E/∂w', '∂²E/∂w∂v')
    """
    *by, of = name.split(".")
    power = "²" if len(by) == 2 else ""
    below = "".join(f"∂{pretty(one.removeprefix('∂_'))}" for one in reversed(by))
    shown = f"∂{power}{pretty(of)}/{below}" if by and all(one.startswith("∂_") for one in by) else pretty(name)
    return entry_text(shown, place).replace("-", "−")


def offsets(flow: Flow, own: list[int]) -> list[int]:
    """Where the numbers of each node stand among those of its group."""
    sizes = [flow.nodes[at].values.size for at in own]
    return [sum(sizes[:place]) for place in range(len(own))]


def joined(flow: Flow, own: list[int], words: Callable[[list[Node]], str]) -> Node:
    """Several nodes as one."""
    nodes = [flow.nodes[at] for at in own]
    if len(nodes) == 1:
        return nodes[0]
    return replace(
        nodes[0],
        place=(),
        words=words(nodes),
        values=np.concatenate([node.values for node in nodes]),
        adjoints=np.concatenate([node.adjoints for node in nodes]),
        formula="",
    )
