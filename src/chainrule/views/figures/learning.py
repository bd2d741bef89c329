"""The steps to learn over the rate, and over a start → a picture in the colours of `Map.figure`, the run marked.

Where one start alone was trained, the steps are points over the rate.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chainrule.errors import UsageError
from chainrule.explain.measure.claims.map import LEFT, NOT, Map, Mapped
from chainrule.explain.tell.claims.map import hindrance, level, own, quickest
from chainrule.explain.wording import count, num
from chainrule.maps.axis import Axis as Side
from chainrule.maps.layout import Status
from chainrule.views.arrange import chart, colour_bar
from chainrule.views.figure import Figure
from chainrule.views.figures.map import HOLES, coloured, side
from chainrule.views.scene import GREY, INK, PAPER, VERMILION, Axis, Heat, Line, Mark, Points, Rect, Shape
from chainrule.views.ticks import spread

STEPS = "steps to learn"
HIGH = 420
"""Pixels of the frame."""


def figure(found: Map) -> Figure:
    """The figure, and the same in words. Errors: E655 where there is no map."""
    if not isinstance(found, Mapped):
        help = "train with a rate, on a network that fits; chainrule map takes larger ones"
        raise UsageError("E655", f"there is no map of rates here: {hindrance(found)}", help)
    return over_starts(found) if found.cells else alone(found)


def over_starts(found: Mapped) -> Figure:
    """Rates across, starts upwards."""
    table = np.array(found.cells).T
    status = np.where(table == LEFT, Status.LEFT, Status.STEPS)
    colours = coloured({"status": status, "reach": np.where(table < 0, np.nan, table)}, "reach", "equalised", "safe")
    rate, start = found.naming.rate, f"start of {found.weight}"
    across = side(Side(rate, "geometric", found.rates[0], found.rates[-1], len(found.rates)), len(found.rates), 1)
    up = side(Side(start, "linear", found.starts[0], found.starts[-1], len(found.starts)), len(found.starts), 1)
    across, up = (Axis(label, one.low, one.high, one.scale) for label, one in ((rate, across), (start, up)))
    marks: list[Mark] = []
    holes = {"not learned": (table == NOT, HOLES["never reached"]), "left the finite numbers": (table == LEFT, LEAVES)}
    for words, (here, colour) in holes.items():
        if here.any():
            marks.append(Rect(across.low, up.low, across.low, up.low, colour, label=words))
            cells = tuple(tuple(0 if one else -1 for one in row) for row in here.T.tolist())
            marks.append(Heat(across.low, up.low, across.high, up.high, cells, (colour,)))
    cells = tuple(map(tuple, colours.places.T.tolist()))
    marks.append(Heat(across.low, up.low, across.high, up.high, cells, colours.colours))
    marks += bound(found, across, up)
    if found.rate > 0:
        marks.append(Points((found.rate,), (found.start,), PAPER, "diamond", 9))
        marks.append(Points((found.rate,), (found.start,), VERMILION, "diamond", 6, label="your rate and start"))
    bar = colour_bar(STEPS, colours.bar, colours.colours)
    title = f"Steps to learn over {rate} and the {start}"
    return Figure(chart(title, described(found, [one for row in found.cells for one in row]), across, up, marks, bar,
                        high=HIGH))  # fmt: skip


LEAVES = HOLES["left the finite numbers"]


def alone(found: Mapped) -> Figure:
    """The steps at each rate from the one start."""
    steps = np.array(found.learned, float)
    rates = np.array(found.rates)
    known = steps >= 0
    seen = steps[known]
    low, high = (float(seen.min()), float(seen.max())) if len(seen) else (0.0, 1.0)
    log = low > 0 and high / low > 30
    up = Axis(STEPS, *((low / 1.3, high * 1.3) if log else spread(low, high)), "log" if log else "linear")
    across = Axis(found.naming.rate, found.rates[0], found.rates[-1], "log")
    marks: list[Mark] = [Points(tuple(rates[known].tolist()), tuple(seen.tolist()), INK, size=2.4, label=STEPS)]
    foot = up.low * 1.03 if log else up.low + 0.01 * (up.high - up.low)
    for code, words, colour in ((NOT, "not learned", GREY), (LEFT, "left the finite numbers", INK)):
        gone = tuple(rates[steps == code].tolist())
        if gone:
            shape: Shape = "plus" if code == NOT else "cross"
            marks.append(Points(gone, (foot,) * len(gone), colour, shape, 3, label=words))
    marks += bound(found, across, up)
    if found.rate > 0:
        at = float(found.learned_in) if found.learned_in is not None else foot
        marks.append(Points((found.rate,), (at,), VERMILION, "diamond", 6, label="your rate"))
    return Figure(chart(f"Steps to learn over {found.naming.rate}", described(found, found.learned), across, up, marks))


def bound(found: Mapped, across: Axis, up: Axis) -> list[Mark]:
    """The rate up to which each step is guaranteed to help, where it is on the map."""
    safe = found.guaranteed_below
    if safe is None or not 0 <= across.place(safe) <= 1:
        return []
    at, ends = (safe, safe), (up.low, up.high)
    words = f"above this {found.naming.rate} nothing is guaranteed"
    return [Line(at, ends, PAPER, 4), Line(at, ends, INK, 1.8, label=words)]


def described(found: Mapped, codes: Sequence[int]) -> str:
    """What can be seen, in words."""
    words = f"Steps to learn of {count(len(codes), 'training')}, {found.naming.rate} from {num(found.rates[0])} to "
    words += f"{num(found.rates[-1])}"
    if found.cells:
        words += f" and the start of {found.weight} from {num(found.starts[0])} to {num(found.starts[-1])}"
        words += ", by rank: each colour has as many cells"
    left, still = codes.count(LEFT), codes.count(NOT)
    words += f". {len(codes) - left - still} learn"
    words += f", {still} do not in {count(found.steps, 'step')}" if still else ""
    words += f", {left} leave the finite numbers" if left else ""
    return f"{words}. {own(found)}; {quickest(found)}. {level(found)}"
