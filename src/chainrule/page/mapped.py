"""A subject → what the page's map needs to know: how dear a step is, the axes that were asked for, and the kernel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chainrule.errors import UsageError
from chainrule.maps.axis import Axis
from chainrule.page.subject import Subject
from chainrule.train.choice import work

MOST = 60
"""Numbers of state, weights and what a rule remembers, of a network whose trainings a page maps."""
CELLS = 256
"""Values that the page has of an axis; of more, every second, third … one."""
HELP = "write one for the rate, α=geometric(0.01, 100, 96), and one for the start of a number, w=linear(0, 1, 64)"


def possible(subject: Subject) -> bool:
    """Whether there is a rate of one number to vary, and a weight whose start varies."""
    rate = subject.program.rate
    return rate is not None and subject.run.rate is not None and subject.size(rate) == 1 and bool(subject.entries)


def numbers(subject: Subject) -> int:
    """How many numbers a training holds from step to step."""
    return sum(subject.size(one.name) for one in (*subject.program.weights, *subject.program.states))


def has_map(subject: Subject) -> bool:
    return possible(subject) and numbers(subject) <= MOST


def mapped(subject: Subject, axes: Sequence[Axis], card: dict[str, Any] | None = None) -> dict[str, Any] | None:
    """The facts for the script; ``card`` are those of the kernel. Errors: E656 for axes that a page has not."""
    if axes and not has_map(subject):
        why = f"its {numbers(subject)} numbers are more than {MOST}" if possible(subject) else "nothing reads a rate"
        raise UsageError("E656", f"the page of this model has no map: {why}", "leave --axis out, or take chainrule map")
    if not has_map(subject):
        return None
    found: dict[str, Any] = {
        "work": work(subject.program, subject.bound.ranges, subject.patterns), "rate": None, "start": None,
        "card": card,
    }  # fmt: skip
    for axis in axes:
        place = entry(subject, axis)
        if axis.key == subject.program.rate and found["rate"] is None:
            found["rate"] = told(axis)
        elif place is not None and found["start"] is None:
            found["start"] = {"place": place, **told(axis)}
        else:
            raise UsageError("E656", f"{axis.text} is no axis that the map of a page has", HELP)
    return found


def told(axis: Axis) -> dict[str, Any]:
    """An axis as axis.js has it, with the number of each cell to the bit."""
    every = -(-axis.count // CELLS)
    return {
        "scale": axis.scale, "low": axis.low, "high": axis.high, "values": list(axis.values[::every]), "of": every,
        "text": axis.text,
    }  # fmt: skip


def entry(subject: Subject, axis: Axis) -> int | None:
    """The entry whose start an axis varies; a weight of several numbers is no entry."""
    if axis.way != "set":
        return None
    for place, one in enumerate(subject.entries):
        if axis.label == one.q or (axis.key == one.key and subject.size(one.key) == 1):
            return place
    return None
