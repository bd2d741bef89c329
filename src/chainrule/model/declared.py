"""Declarations → checked: starts, constants, domains and computed data read only what is known when they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from chainrule.errors import NOWHERE, Span
from chainrule.expr.graph import components
from chainrule.expr.nodes import Expr, Number, Reduce
from chainrule.expr.walk import nodes
from chainrule.model.functions import expand, names_read, within
from chainrule.model.letters import every, free
from chainrule.model.model import Definition, LetterSet, Quantity, Role
from chainrule.model.names import WORDS, Names
from chainrule.model.ranges import exact
from chainrule.model.scope import Site, check
from chainrule.notation.names import pretty
from chainrule.notation.statements import Box, Computed, Domain, Drawn, Fact, Given, Kind, Listed, Listing

_CONST: frozenset[Role] = frozenset(("const",))
_KNOWN: frozenset[Role] = frozenset(("data", "target", "const"))


def checked(names: Names, functions: Mapping[str, Definition]) -> dict[str, Quantity]:
    """The declared quantities with every expression in them checked and expanded."""
    for group in (*names.sets, *((names.pattern_set,) if names.pattern_set else ())):
        _bounds(group, names, functions)
    found: dict[str, Quantity] = {}
    for quantity in names.quantities.values():
        if quantity.role == "derived":
            found[quantity.name] = quantity
            continue
        domain = _domain(quantity, names, functions)
        start = _start(quantity, names, functions, found)
        found[quantity.name] = replace(quantity, domain=domain, start=start)
    _no_circle(found, names, functions)
    return found


def _constant(expr: Expr, quantity: Quantity, what: str, names: Names, functions: Mapping[str, Definition]) -> Expr:
    """An expression of consts, sizes, letters of the quantity and numbers."""
    place = Site(
        f"{what} of {pretty(quantity.name)}",
        quantity.letters,
        roles=_CONST,
        code="E118",
        because="it is needed before anything is computed: use numbers and consts",
        derivatives=False,
    )
    value = expand(expr, names, quantity.letters)
    check(value, place, names, functions, quantity.span)
    for name, span in names_read(value, functions).items():
        if name in names.quantities and names.quantities[name].role != "const":
            raise names.error("E118", f"{place.where} cannot read {pretty(name)}", place.because, span)
    allowed = quantity.role == "const" or (quantity.role == "data" and what == "the start")
    for part in within(value, functions):
        reduces = any(isinstance(node, Reduce) and not node.letters for node in nodes(part))
        if reduces or (not allowed and any(names.is_pattern(letter) for letter in every(part))):
            problem = f"{place.where} cannot depend on the patterns"
            raise names.error("E118", problem, place.because, expr.span if expr.span != NOWHERE else quantity.span)
    return value


def _bounds(group: LetterSet, names: Names, functions: Mapping[str, Definition]) -> None:
    stand_in = Quantity(group.name, "const")
    for bound in (group.low, group.high):
        if bound is not None:
            _constant(bound, stand_in, "the range", names, functions)
            if every(bound):
                problem = f"the range of {group.name} is given with letters"
                raise names.error("E132", problem, "write integers and consts: 1..3, 1..n", group.span)
            if isinstance(bound, Number) and bound.value.denominator != 1:
                raise names.error(
                    "E132", f"the range of {group.name} ends at {bound.value}", "indices are integers: 1..3", group.span
                )


def _domain(quantity: Quantity, names: Names, functions: Mapping[str, Definition]) -> Domain | None:
    def known(expr: Expr) -> Expr:
        return _constant(expr, quantity, "the domain", names, functions)

    match quantity.domain:
        case Listed(values, span):
            if quantity.role in ("weight", "const"):
                raise names.error(
                    "E131",
                    f"{pretty(quantity.name)} is {WORDS[quantity.role]} in a list of values",
                    "only data and targets have listed values; write in [0, 1]",
                    span,
                )
            return replace(quantity.domain, values=tuple(known(value) for value in values))
        case Box(low, high, span):
            lower, upper = (known(low) if low else None), (known(high) if high else None)
            if lower is not None and upper is not None:
                ends = exact(lower, {}), exact(upper, {})
                if ends[0] is not None and ends[1] is not None and ends[0] > ends[1]:
                    raise names.error(
                        "E131", "the domain ends before it begins", "write the smaller number first", span
                    )
            return Box(lower, upper, span)
        case Kind("integers", span) if quantity.role == "weight":
            raise names.error(
                "E131",
                f"{pretty(quantity.name)} is a weight and cannot be kept an integer",
                "a step needs the reals: in reals, or a box",
                span,
            )
    return quantity.domain


def _start(
    quantity: Quantity, names: Names, functions: Mapping[str, Definition], before: Mapping[str, Quantity]
) -> Given | Drawn | Computed | None:
    shown = pretty(quantity.name)
    what = "the value" if quantity.role == "const" else "the start"
    match quantity.start:
        case Given(given, span):
            if not isinstance(given, Listing):
                return Given(_constant(given, quantity, what, names, functions), span)
            _shape(given, len(quantity.letters), shown, names, span)
            entry = replace(quantity, letters=())
            return Given(_each(given, lambda expr: _constant(expr, entry, what, names, functions)), span)
        case Drawn(name, arguments, span):
            if name == "glorot" and (len(quantity.letters) != 2 or quantity.role != "weight"):
                problem = f"glorot is for a matrix of weights; {shown} has {len(quantity.letters)} letters"
                raise names.error("E117", problem, "write normal(0, 1) or uniform(-1, 1)", span)
            return Drawn(name, tuple(_constant(value, quantity, what, names, functions) for value in arguments), span)
        case Computed(value, span):
            return Computed(_computed(value, quantity, names, functions, before), span)
    return quantity.start


def _each(listing: Listing, change: Callable[[Expr], Expr]) -> Listing:
    # lists nest as deep as a quantity has letters, which the parser bounds
    return replace(
        listing,
        items=tuple(_each(item, change) if isinstance(item, Listing) else change(item) for item in listing.items),
    )


def _shape(listing: Listing, depth: int, shown: str, names: Names, span: Span) -> None:
    """An error unless a list nests once for each letter and its rows are equally long."""
    level: list[Listing] = [listing]
    for _ in range(depth - 1):
        if any(not isinstance(item, Listing) for one in level for item in one.items):
            raise names.error(
                "E133",
                f"the list of {shown} nests less deep than it has letters",
                "write one pair of brackets for each letter: [[1, 2], [3, 4]]",
                span,
            )
        level = [item for one in level for item in one.items if isinstance(item, Listing)]
        if len({len(one.items) for one in level}) > 1:
            raise names.error(
                "E133",
                f"the rows of the list of {shown} have different lengths",
                "give every row as many numbers",
                span,
            )
    if depth == 0 or any(isinstance(item, Listing) for one in level for item in one.items):
        raise names.error(
            "E133",
            f"the list of {shown} nests deeper than it has letters",
            "write one pair of brackets for each letter" if depth else f"write {shown} := 0.5",
            span,
        )


def _computed(
    value: Expr, quantity: Quantity, names: Names, functions: Mapping[str, Definition], before: Mapping[str, Quantity]
) -> Expr:
    shown = pretty(quantity.name)
    place = Site(
        f"computed {quantity.role} {shown}",
        quantity.letters,
        roles=_KNOWN,
        code="E121",
        because="data and targets are known before the network: compute them from data and consts",
        derivatives=False,
    )
    expanded = expand(value, names, quantity.letters)
    check(expanded, place, names, functions, quantity.span)
    for name, span in names_read(expanded, functions).items():
        known = names.quantities.get(name)
        if known is None or known.role not in _KNOWN or (quantity.role == "data" and known.role == "target"):
            raise names.error("E121", f"{place.where} cannot read {pretty(name)}", place.because, span)
        if known.role != "const" and isinstance(known.start, Computed) and name not in before:
            if name == quantity.name:
                raise names.error("E102", f"{shown} is computed from itself", "compute it from other data", span)
            line = names.line(known.span)
            raise names.error(
                "E102",
                f"{pretty(name)} is used in line {names.line(span)} but computed in line {line}",
                f"move line {line} up",
                span,
            )
        if name == quantity.name:
            raise names.error("E102", f"{shown} is computed from itself", "compute it from other data", span)
    return expanded


def facts(
    found: Iterator[Fact] | tuple[Fact, ...], names: Names, functions: Mapping[str, Definition]
) -> tuple[Fact, ...]:
    """The facts, checked: they speak of data, targets and consts only."""
    checked_facts = []
    for fact in found:
        own = _of_each_pattern(fact, names)
        place = Site(
            "a fact",
            own,
            roles=_KNOWN,
            code="E124",
            because="facts are tested on the data: they speak of data, targets and consts",
            derivatives=False,
        )
        left, right = expand(fact.left, names, own), expand(fact.right, names, own)
        for side in (left, right):
            check(side, place, names, functions, fact.span)
            for name, span in names_read(side, functions).items():
                if name in names.quantities and names.quantities[name].role not in _KNOWN:
                    raise names.error("E124", f"a fact cannot read {pretty(name)}", place.because, span)
        checked_facts.append(replace(fact, left=left, right=right))
    return tuple(checked_facts)


def _of_each_pattern(fact: Fact, names: Names) -> tuple[str, ...]:
    """The declared letter of the patterns where a fact is one for each of them: ``Σ_k t[p,k] = 1``. One that sums over
    them, ``Σ_p y[p] = 1``, is about all of them together."""
    alone = names.pattern in {letter for side in (fact.left, fact.right) for letter in free(expand(side, names))}
    return (names.pattern,) if alone and names.pattern_set is not None else ()


def _no_circle(found: Mapping[str, Quantity], names: Names, functions: Mapping[str, Definition]) -> None:
    """An error if the value of a const needs itself."""
    reads: dict[str, dict[str, Span]] = {}
    for quantity in found.values():
        if quantity.role == "const" and isinstance(quantity.start, Given):
            own: dict[str, Span] = {}
            for value in leaves(quantity.start.value):
                own.update(names_read(value, functions))
            reads[quantity.name] = own
    for part in components({name: tuple(own) for name, own in reads.items()}):
        if len(part) > 1 or part[0] in reads[part[0]]:
            span = next((where for name in part for other, where in reads[part[0]].items() if other == name), NOWHERE)
            circle = " → ".join(pretty(name) for name in (*part, part[0]))
            raise names.error(
                "E119",
                f"the value of const {pretty(part[0])} needs itself: {circle}",
                "give one of them a number",
                span,
            )


def leaves(value: Expr | Listing) -> tuple[Expr, ...]:
    """The expressions of a value, last index fastest."""
    if not isinstance(value, Listing):
        return (value,)
    return tuple(leaf for item in value.items for leaf in leaves(item))
