"""Equations in written order → whether each can be computed when its turn comes.

A name is read after a line that defines it. Only equations of a recurrence may read each other before: a group whose
equations read each other at earlier values of a letter, slice by slice (`expr.order`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chainrule.errors import NOWHERE, Span
from chainrule.expr.graph import components
from chainrule.expr.nodes import Call, Derivative, Equation, Expr, Ref, key, places
from chainrule.expr.order import Circle, Reading, ordered
from chainrule.expr.walk import children, nodes
from chainrule.model.functions import names_read
from chainrule.model.model import Definition
from chainrule.model.names import BLOCK, Names
from chainrule.model.ranges import letters
from chainrule.notation.names import pretty


def check_order(names: Names, equations: tuple[Equation, ...], functions: Mapping[str, Definition]) -> None:
    """An error where a name is read before its line without a recurrence, or where no order leads through one."""
    first: dict[str, int] = {}
    for place, line in enumerate(equations):
        first.setdefault(key(line.target), place)
    found = [names_read(line.body, functions) for line in equations]
    try:
        ordered(equations, letters(names.sets), lambda body: readings(body, functions))
    except Circle as circle:
        all_read = {id(line): one for line, one in zip(equations, found, strict=True)}
        raise _circle(circle.lines, all_read, names) from None
    group = groups({key(line.target): () for line in equations} | edges(equations, found))
    for place, (line, found_there) in enumerate(zip(equations, found, strict=True)):
        for other, span in found_there.items():
            early = first.get(other, -1) >= place and other != key(line.target)
            if early and group[other] != group[key(line.target)]:
                raise _too_early(other, span, equations[first[other]], names)


def readings(body: Expr, functions: Mapping[str, Definition]) -> Iterator[Reading]:
    """What an expression reads, through functions too; what only a derivative reads is looked at when it is made."""
    todo = [body]
    while todo:
        match todo.pop():
            case Ref(name, indices):
                yield name, indices
            case Derivative():
                continue
            case node:
                if isinstance(node, Call) and node.function in functions:
                    definition = functions[node.function]
                    yield from ((name, None) for name in (*definition.reads, *definition.reduced))
                todo.extend(reversed(children(node)))


def edges(equations: tuple[Equation, ...], found: list[dict[str, Span]]) -> dict[str, tuple[str, ...]]:
    """What each quantity reads, by name."""
    reads: dict[str, dict[str, None]] = {}
    for line, names in zip(equations, found, strict=True):
        reads.setdefault(key(line.target), {}).update(dict.fromkeys(names))
    return {name: tuple(others) for name, others in reads.items()}


def groups(reads: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """The quantities that read each other have one number."""
    return {name: number for number, part in enumerate(components(reads)) for name in part}


def _too_early(other: str, span: Span, line: Equation, names: Names) -> Exception:
    shown, defined = pretty(other), names.line(line.span)
    return names.error(
        "E102",
        f"{shown} is used in line {names.line(span)} but defined in line {defined}",
        f"move line {defined} up (only a recurrence over an index may refer to itself)",
        span,
    )


def _circle(lines: tuple[Equation, ...], found: Mapping[int, Mapping[str, Span]], names: Names) -> Exception:
    """Equations that read each other, and no letter leads through them."""
    if len({key(line.target) for line in lines}) == 1:
        line = lines[0]
        shown = pretty(key(line.target))
        span = found[id(line)].get(key(line.target), line.span)
        help = "only a recurrence over an index may refer to itself, at an earlier value: h[t] = … h[t-1] …"
        if any(isinstance(node, Derivative) for node in nodes(line.body)):
            help = BLOCK
        return names.error(
            "E102",
            f"{shown} is defined by itself",
            help,
            span if span != NOWHERE else line.span,
        )
    path = _path(lines, found)
    _, line, other = path[-1]
    if not any(places(one.target) for one in lines):
        own = {key(one.target): one for one in lines}
        first = lines[0]
        later = next(name for name in found[id(first)] if name in own)
        return _too_early(later, found[id(first)][later], own[later], names)
    said = [f"{pretty(name)} (line {names.line(line.span)}) reads {pretty(other)}" for name, line, other in path]
    return names.error(
        "E102",
        f"no order leads through {', '.join(said)}",
        "in a recurrence every circle passes through an earlier value of one index (h[t-1]), or a later one (h[t+1])",
        found[id(line)][other],
    )


def _path(lines: tuple[Equation, ...], found: Mapping[int, Mapping[str, Span]]) -> list[tuple[str, Equation, str]]:
    """The shortest circle through equations: each with what it reads of the next."""
    best: list[tuple[str, Equation, str]] = []
    own = {key(line.target) for line in lines}
    for start in dict.fromkeys(key(line.target) for line in lines):
        seen: dict[str, list[tuple[str, Equation, str]]] = {start: []}
        todo = [start]
        while todo:
            name = todo.pop(0)
            for line in lines:
                if key(line.target) != name:
                    continue
                for other in found[id(line)]:
                    if other == start and (not best or len(seen[name]) + 1 < len(best)):
                        best = [*seen[name], (name, line, other)]
                    if other in own and other not in seen:
                        seen[other] = [*seen[name], (name, line, other)]
                        todo.append(other)
    return best


