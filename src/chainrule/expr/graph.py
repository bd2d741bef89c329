"""A graph → its parts, what is needed first."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

N = TypeVar("N", bound=Hashable)


def components(edges: Mapping[N, tuple[N, ...]]) -> tuple[tuple[N, ...], ...]:
    """The strongly connected parts of a graph, each in the order of the keys; a part comes after those it points to.

    Source: Tarjan, Depth-first search and linear graph algorithms (1972), here without recursion.

    >>> components({"a": ("b",), "b": ("c",), "c": ("b",)})
    (('b', 'c'), ('a',))
    """
    number: dict[N, int] = {}
    low: dict[N, int] = {}
    stack: list[N] = []
    on: set[N] = set()
    found: list[tuple[N, ...]] = []
    rank = {name: position for position, name in enumerate(edges)}
    for start in edges:
        if start in number:
            continue
        number[start] = low[start] = len(number)
        stack.append(start)
        on.add(start)
        path = [(start, iter(edges[start]))]
        while path:
            name, rest = path[-1]
            for target in rest:
                if target not in edges:
                    continue
                if target not in number:
                    number[target] = low[target] = len(number)
                    stack.append(target)
                    on.add(target)
                    path.append((target, iter(edges[target])))
                    break
                if target in on:
                    low[name] = min(low[name], number[target])
            else:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[name])
                if low[name] == number[name]:
                    part = []
                    while True:
                        member = stack.pop()
                        on.discard(member)
                        part.append(member)
                        if member == name:
                            break
                    found.append(tuple(sorted(part, key=rank.__getitem__)))
    return tuple(found)
