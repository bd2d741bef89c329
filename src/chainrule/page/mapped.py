"""A subject → what the page's map needs to know: how dear a step is, and the axes that were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chainrule.errors import UsageError
from chainrule.maps.axis import Axis
from chainrule.page.subject import Subject
from chainrule.train.choice import work

MOST = 60
"""Numbers of state, weights and what a rule remembers, of a network whose trainings a page maps."""
CELLS = (96, 64)
"""Rates and starts of a map, at most."""
HELP = "write α=geometric(0.01, 100, 96) for the rate and w=linear(0, 1, 64) for the start of a weight, each once"


def possible(subject: Subject) -> bool:
    """Whether there is a rate of one number to vary, and a weight whose start varies."""
    rate = subject.program.rate
    return rate is not None and subject.run.rate is not None and subject.size(rate) == 1 and bool(subject.entries)


def numbers(subject: Subject) -> int:
    """How many numbers a training holds from step to step."""
    return sum(subject.size(one.name) for one in (*subject.program.weights, *subject.program.states))


def has_map(subject: Subject) -> bool:
    return possible(subject) and numbers(subject) <= MOST


def mapped(subject: Subject, axes: Sequence[Axis]) -> dict[str, Any] | None:
    """The facts for the script. Errors: E656 for axes that a page has not."""
    if axes and not has_map(subject):
        why = f"its {numbers(subject)} numbers are more than {MOST}" if possible(subject) else "nothing reads a rate"
        raise UsageError("E656", f"the page of this model has no map: {why}", "leave --axis out, or take chainrule map")
    if not has_map(subject):
        return None
    found: dict[str, Any] = {
        "work": work(subject.program, subject.bound.ranges, subject.patterns), "rate": None, "start": None,
        "counts": list(CELLS),
    }  # fmt: skip
    for axis in axes:
        ends = [axis.low, axis.high]
        if axis.low >= axis.high or axis.count < 2:
            raise UsageError("E656", f"{axis.text} goes nowhere", HELP)
        if axis.name == subject.program.rate and axis.scale == "geometric" and found["rate"] is None:
            found["rate"], found["counts"][0] = ends, min(axis.count, CELLS[0])
        elif (place := entry(subject, axis)) is not None and found["start"] is None:
            found["start"] = {"place": place, "ends": ends}
            found["counts"][1] = min(axis.count, CELLS[1])
        else:
            raise UsageError("E656", f"{axis.text} is no axis that the map of a page has", HELP)
    return found


def entry(subject: Subject, axis: Axis) -> int | None:
    """The entry whose start an axis varies."""
    if axis.scale != "linear" or axis.way != "set":
        return None
    return next((place for place, one in enumerate(subject.entries) if axis.label in (one.q, one.key)), None)
