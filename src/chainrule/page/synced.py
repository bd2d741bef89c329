"""The link of a page ↔ the rate, the starts and the position that it holds, as a notebook has them.

Conventions. A link is "" or begins with #; what else it holds (order, data, filled lines) stays as it is. Starts are
those of `Model.train`: names of weights with numbers or nested lists, of weights that begin elsewhere than in the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from numbers import Real
from typing import Any
from urllib.parse import quote

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.errors import ChainruleError, UsageError, shown
from chainrule.notation.names import ascii as ascii_name
from chainrule.notation.names import pretty
from chainrule.page.link import decoded, form, fragment_of, mark, read
from chainrule.page.subject import Subject
from chainrule.train.order import whole
from chainrule.train.run import Run
from chainrule.values import dataclass

MOST_STEPS = next(field["most"] for field in form()["fields"] if field["name"] == "k")
UNRESERVED = "-_.!~*'(),"
"""Characters besides letters and digits that JavaScript leaves in a fragment."""


@dataclass(frozen=True, slots=True)
class Synced:
    """What a page shows, of what a notebook may change."""

    rate: float | None
    start: Mapping[str, Any]
    position: int


@dataclass(frozen=True, slots=True)
class Handed:
    """A page as it was handed out: its mark, and what it opens with. ``entries`` are the numbers of the weights that
    are trained, as they are written: the weight, and the place in it."""

    mark: str
    rate: float | None
    start: Mapping[str, Array]
    position: int
    entries: Mapping[str, tuple[str, int]]


def handed(run: Run, position: int | None = None) -> Handed:
    """The page of a run, which opens at ``position``, or at the first step that moves a weight."""
    subject = Subject(run)
    entries = {entry.q: (entry.key, entry.place) for entry in subject.entries}
    opening = subject.opening if position is None else position
    return Handed(mark(run.recipe.text), run.rate, dict(run.start), opening, entries)


def synced(page: Handed, link: str) -> Synced:
    """What a link says."""
    state = read(fragment_of(link), {"entries": page.entries}, page.mark).state
    moved = {page.entries[name.removeprefix("w.")]: value for name, value in state.items() if name.startswith("w.")}
    start = dict[str, Any]()
    for name in dict.fromkeys(name for name, _ in moved):
        values = np.array(page.start[name], np.float64)
        for (weight, place), value in moved.items():
            if weight == name:
                values.flat[place] = value
        if not same(values, page.start[name]):
            start[name] = values.tolist()
    return Synced(state.get("a", page.rate), start, state.get("k", page.position))


def link_of(page: Handed, link: str, wanted: Synced) -> str:
    """The link with other settings; all else in it stays, but for the phase where one goes to another step."""
    before = synced(page, link)
    given = ["m", "a", "k", *(["phase"] if wanted.position != before.position else [])]
    parts = [f"m={page.mark}"]
    if wanted.rate is not None and wanted.rate != page.rate:
        parts.append(f"a={wanted.rate!r}")
    for name, (weight, place) in page.entries.items():
        if weight in wanted.start:
            value = float(np.ravel(wanted.start[weight])[place])
            if not same(value, np.ravel(page.start[weight])[place]):
                parts.append(f"w.{quote(name, safe=UNRESERVED)}={value!r}")
    for part in filter(None, fragment_of(link).split("&")):
        name = decoded(part.partition("=")[0]) or ""
        if name not in given and not name.startswith("w."):
            parts.append(part)
    return "#" + "&".join([*parts, f"k={wanted.position}"])


def same(one: object, other: object) -> bool:
    """Whether numbers are the same to the bit."""
    return np.asarray(one, np.float64).tobytes() == np.asarray(other, np.float64).tobytes()


# ---- what may be set


def rate(page: Handed, value: object) -> float | None:
    """A rate for the page, or E405."""
    if value is None or (page.rate is None and value == page.rate):
        return page.rate
    if page.rate is None:
        raise UsageError("E405", "no rule of this training reads a rate, so it has none", "leave rate as it is")
    if isinstance(value, bool) or not isinstance(value, Real) or not isfinite(value):
        raise UsageError("E405", f"{shown(value)} is not a rate", "give a number: rate = 0.5")
    return float(value)


def position(value: object) -> int:
    """A number of steps, or E405."""
    steps = whole(value)
    if steps is None or not 0 <= steps <= MOST_STEPS:
        help = f"give a whole number of steps, up to {MOST_STEPS}: position = 3"
        raise UsageError("E405", f"{shown(value)} is not a position", help)
    return steps


def start(page: Handed, value: object) -> dict[str, Any]:
    """Starts for the page, whole arrays as nested lists, or E405."""
    if not isinstance(value, Mapping):
        raise UsageError("E405", f"{shown(value)} is not a start", 'give names with numbers: start = {"w": 0.25}')
    found = dict[str, Any]()
    for typed, numbers in value.items():
        name = weight(page, typed)
        own = page.start[name]
        try:
            values = np.array(np.broadcast_to(np.asarray(numbers, np.float64), own.shape))
        except (TypeError, ValueError, OverflowError):
            size = " × ".join(map(str, own.shape))
            help = f"give a number, or {size} of them in nested lists" if own.shape else "give a number"
            raise UsageError("E405", f"the start of {pretty(name)} cannot be {shown(numbers)}", help) from None
        if not np.isfinite(values).all():
            raise UsageError("E405", f"the start of {pretty(name)} is not finite", "give finite numbers")
        moved = int((values.view(np.int64) != own.view(np.int64)).sum())
        if moved > form()["numbers"]:
            problem = f"{moved} numbers of {pretty(name)} begin elsewhere, and a page takes up to {form()['numbers']}"
            raise UsageError("E405", problem, "train with that start, and show that run: model.train(start=…).widget()")
        if moved:
            found[name] = values.tolist()
    return found


def weight(page: Handed, typed: object) -> str:
    """The weight that a start is given for."""
    trained = dict.fromkeys(name for name, _ in page.entries.values())
    name = typed if isinstance(typed, str) else ""
    if name not in trained:
        try:
            name = ascii_name(name)
        except ChainruleError:
            name = ""
    if name not in trained:
        help = f"the weights are {', '.join(map(pretty, trained))}" if trained else "no weight is trained here"
        raise UsageError("E405", f"{shown(typed)} is no weight that this page trains", help)
    return name


def link(page: Handed, value: object) -> str:
    """A link of this page, or E405."""
    if not isinstance(value, str):
        raise UsageError("E405", f"{shown(value)} is not a link", "give a text, such as another widget's link")
    fragment = fragment_of(value)
    found = read(fragment, {}, page.mark).mark
    if found not in ("", page.mark):
        raise UsageError("E405", "the link is of a page of another model", "give a link of this model's page")
    return f"#{fragment}" if fragment else ""
