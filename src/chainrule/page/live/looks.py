"""Words of the table that look at the network → goals, slopes and ways, through the probes; claims.js does the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Array
from chainrule.page.live.probes import Probes
from chainrule.page.live.words import Value, drawn, larger, top, total

SHAKES, LAST_PLACES = 4, 2.0**-51
"""How often weights are moved by two last places, to see what that does."""

PROBES: dict[str, tuple[int, Callable[..., Value]]] = {}
"""Of words that look at the network: how many arguments they have, and what is done with the probes before those."""


def probe(arguments: int) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    def kept(function: Callable[..., Value]) -> Callable[..., Value]:
        PROBES[function.__name__] = (arguments, function)
        return function

    return kept


def whole(values: Any) -> NDArray[np.int64]:
    return np.asarray(values, np.int64)


def every(probes: Probes) -> NDArray[np.int64]:
    """All patterns at once."""
    return np.arange(probes.patterns, dtype=np.int64)[None, :]


def single(probes: Probes) -> NDArray[np.int64]:
    """Each pattern alone."""
    return np.arange(probes.patterns, dtype=np.int64)[:, None]


@probe(2)
def goal(probes: Probes, theta: Array, rows: Array) -> float:
    return float(probes.goals(theta[None, :], whole(rows)[None, :])[0])


@probe(2)
def slope(probes: Probes, theta: Array, rows: Array) -> Array:
    return np.asarray(probes.slopes(theta[None, :], whole(rows)[None, :])[0])


def moved(theta: Array, places: Array, lengths: Array) -> Array:
    """Points at which one weight each has been moved."""
    points = np.repeat(theta[None, :], len(places), axis=0)
    points[np.arange(len(places)), whole(places)] += lengths
    return points


@probe(4)
def beside(probes: Probes, theta: Array, places: Array, lengths: Array, rows: Array) -> Array:
    """The goal where each of some weights alone is moved by a length."""
    return probes.goals(moved(theta, places, lengths), whole(rows)[None, :])


@probe(4)
def bends(probes: Probes, theta: Array, places: Array, lengths: Array, rows: Array) -> Array:
    """There the slope of that weight."""
    found = probes.slopes(moved(theta, places, lengths), whole(rows)[None, :])
    return np.asarray(found[np.arange(len(places)), whole(places)])


@probe(4)
def along(probes: Probes, theta: Array, way: Array, lengths: Array, rows: Array) -> Array:
    """The goal at some lengths along one way."""
    return probes.goals(theta + lengths[:, None] * way, whole(rows)[None, :])


@probe(4)
def across(probes: Probes, theta: Array, many: Array, length: float, rows: Array) -> Array:
    """The goal at one length along many ways."""
    return probes.goals(theta + length * many, whole(rows)[None, :])


@probe(4)
def turned(probes: Probes, theta: Array, many: Array, length: float, rows: Array) -> float:
    """By how much any slope differs, most, at one length along many ways."""
    here = slope(probes, theta, rows)
    return top(np.abs(probes.slopes(theta + length * many, whole(rows)[None, :]) - here))


def shakes(theta: Array) -> Array:
    signs = [np.where(drawn(100 + place, len(theta)) < 0, -1.0, 1.0) for place in range(SHAKES)]
    return np.array([theta * (1 + LAST_PLACES * one) for one in signs])


@probe(2)
def shaken(probes: Probes, theta: Array, rows: Array) -> float:
    """What a move of each weight by two last places does to the goal, at most."""
    return top(np.abs(probes.goals(shakes(theta), whole(rows)[None, :]) - goal(probes, theta, rows)))


@probe(2)
def shaken_slopes(probes: Probes, theta: Array, rows: Array) -> float:
    """And to any slope."""
    return top(np.abs(probes.slopes(shakes(theta), whole(rows)[None, :]) - slope(probes, theta, rows)))


@probe(1)
def each(probes: Probes, theta: Array) -> Array:
    """The goal for each pattern alone."""
    return probes.goals(theta[None, :], single(probes))


@probe(1)
def shaken_each(probes: Probes, theta: Array) -> Array:
    here, found = each(probes, theta), np.zeros(probes.patterns)
    for one in shakes(theta):
        found = larger(found, np.abs(each(probes, one) - here))
    return found


@probe(2)
def pulls(probes: Probes, theta: Array, rows: Array) -> Array:
    """The slopes for each of some patterns alone."""
    return probes.slopes(theta[None, :], whole(rows)[:, None])


@probe(2)
def own(probes: Probes, theta: Array, row: float) -> float:
    """The error's own slope for one pattern: by the quantity through which every chain leaves the error."""
    return probes.own(theta, int(row))


@probe(3)
def course(probes: Probes, steps: Array, shift: float, which: str) -> Array:
    """Of steps, counted from 0, the goal before each (shift 0) or after it (1): over the patterns that it visits (own),
    or over all."""
    places = whole(steps)
    points, found = probes.path[places + int(shift)], np.zeros(len(places))
    if which == "all":
        return probes.goals(points, every(probes))
    rows = [probes.rows(int(step)) for step in places]
    for width in sorted({len(one) for one in rows}):
        lanes = np.array([lane for lane, one in enumerate(rows) if len(one) == width])
        found[lanes] = probes.goals(points[lanes], whole([rows[lane] for lane in lanes]))
    return found


@probe(1)
def moves(probes: Probes, steps: Array) -> Array:
    """By how much each step moves a weight at most."""
    places = whole(steps)
    change = np.abs(probes.path[places + 1] - probes.path[places])
    return np.asarray(np.max(change, axis=1, initial=0.0) + 0.0)


@probe(1)
def project(probes: Probes, theta: Array) -> Array:
    """Put back into the boxes."""
    found = np.where(probes.low > theta, probes.low, theta)
    return np.where(probes.high < found, probes.high, found)


@probe(1)
def onward(probes: Probes, steps: float) -> Array:
    """The last weights of the run, and those after each of so many steps more."""
    return probes.onward(int(steps))


@probe(1)
def totals(probes: Probes, path: Array) -> Array:
    """The goal over all patterns at each of many points."""
    return probes.goals(path, every(probes))


@probe(3)
def walk(probes: Probes, kind: str, rate: float, steps: float) -> Array:
    """From the start so many steps over all patterns: by the gradient, by its signs, or along it by one length."""
    theta, path = probes.start, [probes.start]
    for _ in range(int(steps)):
        g = probes.slopes(theta[None, :], every(probes))[0]
        square = np.sqrt(total(g * g))
        step = {"gradient": rate * g, "signs": rate * np.sign(g)}.get(kind)
        if step is None:
            step = (rate * g) / square if square > 0 else 0.0 * g
        theta = project(probes, theta - step if probes.sense > 0 else theta + step)
        path.append(theta)
    return np.array(path)


@probe(1)
def visits(probes: Probes, step: float) -> Array:
    """The patterns of a step, counted from 0."""
    return np.array(probes.rows(int(step)), np.float64)


@probe(1)
def called(probes: Probes, place: float) -> str:
    return probes.names[int(place)] if 0 <= place < len(probes.names) else "?"
