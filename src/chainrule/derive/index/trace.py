"""A network and values → its equations and its adjoints side by side, with the numbers of one pattern.

The forward column is read down, the reverse column up: each adjoint needs what stands below it.

Source: Griewank, Walther, Evaluating Derivatives, SIAM 2008, §3.2 (the tables of the reverse mode).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any, cast

from chainrule.derive.check import Checker
from chainrule.derive.derivation import Derivation, Numbers, Reason, Step, TraceRow
from chainrule.derive.index.ground import ground
from chainrule.derive.index.network import Network, network
from chainrule.derive.index.route import AdjointLine, Route
from chainrule.errors import ChainruleError, UsageError
from chainrule.expr.nodes import Derivative, Equation, Ref, index, key
from chainrule.gradient.reads import reads
from chainrule.model.model import HIDDEN, Model
from chainrule.notation.names import pretty
from chainrule.numbers.environment import Setting
from chainrule.numbers.evaluate import solve


def traced(
    model: Model,
    equations: tuple[Equation, ...],
    of: str,
    wrt: str,
    values: Mapping[str, Any],
    ranges: Mapping[str, range],
    pattern: int,
    seed: int,
) -> Derivation:
    """The adjoint equations, each checked, and the rows with the numbers that ``values`` give.

    ``values`` are those of all that no equation gives, for every pattern: arrays or nested lists, the letter of the
    patterns first where it is hidden. ``pattern`` counts from 0.
    """
    net = network(model, equations, of)
    checker = Checker(ground(net, seed))
    route = Route(net, wrt)
    steps = []
    for adjoint in route.adjoints:
        target = cast(Derivative, adjoint.target)
        line = AdjointLine(adjoint.body, (route.reason(target),))
        check = checker.line(target, adjoint.body)
        steps.append(Step(net.printed(target), net.printed(target), net.printed(line.state), line.reasons, check))
    goal = net.printed(Derivative(Ref(of), (Ref(wrt, tuple(map(index, net.letters[wrt]))),)))
    try:
        known = numbers(net, route, values, ranges, pattern)
        lines = tuple(rows(net, route, tuple(steps), known, ranges, pattern))
    except UsageError:
        raise
    except (ChainruleError, LookupError, TypeError, ValueError) as error:
        help = f"give an array for each name, the values of each letter as ranges, and a pattern that there is: {error}"
        raise UsageError("E262", "the values of the trace do not fit the model", help) from error
    if not all(isfinite(one) for row in lines for numbers in (*row.value, *row.slope) for one in numbers):
        raise UsageError(
            "E262",
            "a number of the trace is not finite at these values",
            "chainrule eval says which; take other values or another pattern",
        )
    notes = () if net.axis is None else (Reason("one-pattern", {"letter": net.axis, "n": str(pattern)}),)
    return Derivation(model, goal, "trace", tuple(steps), notes, rows=lines)


def numbers(
    net: Network, route: Route, values: Mapping[str, Any], ranges: Mapping[str, range], pattern: int
) -> Mapping[str, Any]:
    """The values of everything, and of every adjoint by its key. Raises UsageError E262 for a value that is missing."""
    given: dict[str, Any] = {}
    for name in inputs(net):
        if name not in values:
            raise UsageError(
                "E262",
                f"a trace shows numbers, and {pretty(name)} has no value",
                f"give one: values={{{name!r}: …}}",
            )
        given[name] = of_pattern(net, name, values[name], pattern)
    spans = dict(ranges)
    if net.axis is not None:
        spans[net.axis] = ranges[net.model.pattern]
    setting = Setting(spans, net.letters, net.functions)
    return {**given, **solve((*net.equations, *route.adjoints), given, setting=setting)}


def inputs(net: Network) -> tuple[str, ...]:
    """The names that equations read and none defines, in order of declaration."""
    made = {key(one.target) for one in net.equations}
    read = {name for one in net.equations for name in reads(one.body, net.functions)}
    return tuple(name for name in net.model.quantities if name in read - made)


def of_pattern(net: Network, name: str, value: Any, pattern: int) -> Any:
    """A value for the pattern alone, where the equations speak of one."""
    quantity = net.model.quantities[name]
    if net.axis is not None or not quantity.varies:
        return value
    axis = 0 if net.model.pattern == HIDDEN else quantity.letters.index(net.model.pattern)
    return taken(value, axis, pattern)


def taken(value: Any, axis: int, at: int) -> Any:
    """An array at one position of one axis."""
    return value[at] if axis == 0 else [taken(inside, axis - 1, at) for inside in value]


def rows(
    net: Network,
    route: Route,
    steps: tuple[Step, ...],
    known: Mapping[str, Any],
    ranges: Mapping[str, range],
    pattern: int,
) -> Iterator[TraceRow]:
    """What is given, then what is computed, each with its adjoint where it has one."""
    adjoints = {one.target: step for one, step in zip(route.adjoints, steps, strict=True)}
    given = [(Ref(name, tuple(map(index, net.letters[name]))), None) for name in inputs(net)]
    made = [(cast(Ref, one.target), one.body) for one in net.equations]
    for target, body in (*given, *made):
        adjoint = Derivative(Ref(net.of), (target,))
        step = adjoints.get(adjoint)
        value = entries(net, target, known[target.name], ranges, pattern)
        slope = entries(net, target, known[key(adjoint)], ranges, pattern) if step else ()
        yield TraceRow(net.printed(target), None if body is None else net.printed(body), value, step, slope)


def entries(net: Network, target: Ref, value: Any, ranges: Mapping[str, range], pattern: int) -> Numbers:
    """The numbers of a quantity: in rows by its first letter, those of the pattern alone."""
    places: list[tuple[int, ...]] = []
    for place in target.indices:
        if place.letter is None:
            places.append((place.constant,))
        elif place.letter == net.axis:
            places.append((ranges[net.model.pattern][pattern],))
        else:
            places.append(tuple(Setting(ranges).range(place.letter)))
    lows = [Setting(ranges).range(one).start if one != net.axis else ranges[net.model.pattern].start
            for one in net.letters[target.name]]  # fmt: skip
    loose = [place for place, own in enumerate(target.indices) if own.letter not in (None, net.axis)]

    def number(at: tuple[int, ...]) -> float:
        if isinstance(value, Mapping):
            return float(value[at])
        inside = value
        for position, low in zip(at, lows, strict=True):
            inside = inside[position - low]
        return float(inside)

    def walk(at: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if len(at) == len(places):
            yield at
        else:
            for one in places[len(at)]:
                yield from walk((*at, one))

    grouped: dict[int, list[float]] = {}
    for at in walk(()):
        grouped.setdefault(at[loose[0]] if len(loose) > 1 else 0, []).append(number(at))
    return tuple(map(tuple, grouped.values()))
