"""A model → its units by name: which quantities are units, what is only another name of one, and what links them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from chainrule.explain.figures.flow.pieces import Templates
from chainrule.explain.figures.flow.unroll import opened_body
from chainrule.explain.figures.units.connections import Bias, Link, Roles, links_of
from chainrule.expr.nodes import Equation, Expr, Ref, index, key
from chainrule.expr.walk import references
from chainrule.gradient.reverse import closure
from chainrule.model.explicit import unwritten
from chainrule.model.letters import free
from chainrule.model.model import Model
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class UnitNames:
    """The units of a model by name.

    ``equations`` are those of the network, without the letter of the patterns, unnamed units included; ``links`` what
    each of them links. ``shown`` tells under which name a unit is seen: that of its last form (``h`` of ``z``).
    """

    equations: tuple[Equation, ...]
    links: Mapping[int, tuple[Link | Bias, ...]]
    units: tuple[str, ...]
    shown: Mapping[str, str]
    same: Mapping[str, str]  # a quantity → the unit that it is a form of
    outputs: tuple[str, ...]
    unnamed: Mapping[str, Expr] = field(default_factory=dict)


def unit_names(model: Model) -> UnitNames:
    """The units of a model: of what depends on no target, or of everything where nothing else has weights."""
    late = {quantity.name for quantity in model.named("target")} | {model.goal.name, model.goal.each or ""}
    users: dict[str, set[str]] = {}
    for line in model.equations:
        for one in references(line.body):
            users.setdefault(one.name, set()).add(key(line.target))
    found = summary(model, closure(late, users))
    weighted = any(isinstance(link, Link) and link.weight for links in found.links.values() for link in links)
    return found if weighted else summary(model, set())


def summary(model: Model, late: set[str]) -> UnitNames:
    """The units among the equations that are not late."""
    templates, pattern = Templates(model.functions), model.pattern
    lines = [
        replace(line, target=unwritten(line.target, pattern, "written"), body=unwritten(line.body, pattern, "written"),
                where=())
        for line in model.equations
    ]  # fmt: skip
    kept = [line for line in lines if key(line.target) not in late]
    needed = wanted(kept, lines, late, model)
    ready = [
        replace(line, body=opened_body(line, model.functions, templates)) for line in kept if key(line.target) in needed
    ]
    quantities = model.quantities.values()
    roles = Roles(
        frozenset(one.name for one in quantities if one.role in ("data", "target", "derived") and one.name not in late),
        frozenset(one.name for one in quantities if one.role == "weight"),
        frozenset(one.name for one in quantities if one.role == "const"),
    )
    equations, links, unnamed = linked(ready, roles)
    same, shown = forms(equations, links, model)
    read = [name for line in lines if key(line.target) in late for name in names_of(line)]
    made = dict.fromkeys(key(line.target) for line in equations)
    goal = model.goal.each or model.goal.name
    outputs = [name for name in dict.fromkeys(read) if name in made] or (goal in made and [goal]) or list(made)[-1:]
    units = dict.fromkeys([*(one.source.name for own in links.values() for one in own if isinstance(one, Link)), *made])
    return UnitNames(
        tuple(equations), links, tuple(name for name in units if same.get(name, name) == name), shown, same,
        tuple(dict.fromkeys(same.get(name, name) for name in outputs)), unnamed,
    )  # fmt: skip


def names_of(line: Equation) -> list[str]:
    return [one.name for one in references(line.body)]


def wanted(kept: list[Equation], lines: list[Equation], late: set[str], model: Model) -> set[str]:
    """What the goal is made of, so that a quantity that is only watched is no unit."""
    makers: dict[str, set[str]] = {}
    for line in lines:
        makers.setdefault(key(line.target), set()).update(names_of(line))
    goal = {one.name for one in references(model.goal.value)} | {model.goal.each or model.goal.name}
    return closure(goal, makers) if late else {key(line.target) for line in kept} & closure(goal, makers)


def linked(
    ready: list[Equation], roles: Roles
) -> tuple[list[Equation], dict[int, tuple[Link | Bias, ...]], dict[str, Expr]]:
    """The equations with those of unnamed units before their users, and what each of them links."""
    equations: list[Equation] = []
    links: dict[int, tuple[Link | Bias, ...]] = {}
    unnamed: dict[str, Expr] = {}
    todo = list(reversed(ready))
    while todo:
        line = todo.pop()
        new: list[Equation] = []

        def name(expr: Expr, new: list[Equation] = new) -> Ref:
            letters = tuple(dict.fromkeys(free(expr)))
            target = Ref(f"#{len(unnamed) + 1}", tuple(map(index, letters)))
            unnamed[target.name] = expr
            new.append(Equation(target, expr))
            return target

        found = tuple(links_of(line.body, roles, name))
        links[id(line)] = found
        equations.append(line)
        todo.extend(new)
        roles = replace(roles, units=roles.units | set(unnamed))
    order = {id(line): place for place, line in enumerate(equations)}
    return equations, {order[at]: own for at, own in links.items()}, unnamed


def forms(
    equations: list[Equation], links: Mapping[int, tuple[Link | Bias, ...]], model: Model
) -> tuple[dict[str, str], dict[str, str]]:
    """Which quantities are forms of a unit, such as ``h = tanh(z)`` of z, and under which name each unit is seen.

    A form reads no weight and nothing but one unit, in the same places, and sums over it.
    """
    read: dict[str, list[Link | Bias]] = {}
    letters: dict[str, tuple[str, ...]] = {}
    for place, line in enumerate(equations):
        read.setdefault(key(line.target), []).extend(links[place])
        letters.setdefault(key(line.target), line.letters)
    bases: dict[str, frozenset[str]] = {}
    same: dict[str, str] = {}
    shown: dict[str, str] = {}
    sources = {one.source.name for own in read.values() for one in own if isinstance(one, Link) and one.weight}
    for name in [one.name for one in model.quantities.values() if one.name in read] + [
        one for one in read if one not in model.quantities
    ]:
        own = read[name]
        plain_ = [one for one in own if isinstance(one, Link) and one.source.name != name]
        if any(isinstance(one, Bias) or one.weight is not None or one.source.name == name for one in own) or not own:
            bases[name] = frozenset({name})
            continue
        found = frozenset[str]().union(*(bases.get(one.source.name, {one.source.name}) for one in plain_))
        whole = tuple(map(index, letters[name]))
        beside = any(
            one.source.indices == whole and same.get(one.source.name, one.source.name) in found for one in plain_
        )
        if len(found) == 1 and beside:
            (unit,) = found
            bases[name], same[name], shown[unit] = found, unit, name
        elif len(found) == 1 and name not in sources:
            bases[name], same[name] = found, ""  # a sum over a unit that only its forms read
        else:
            bases[name] = frozenset({name})
    for name, own in read.items():
        if name not in same:  # a sum over a unit that a unit reads is a unit too
            for one in own:
                if isinstance(one, Link) and same.get(one.source.name) == "":
                    del same[one.source.name]
    return same, shown
