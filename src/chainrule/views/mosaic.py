"""A map, whole or not, → lines of a terminal: its cells as half blocks in colours, or as signs where there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import inline
from chainrule.explain.wording import num
from chainrule.values import dataclass
from chainrule.views.blocks import Form, halves, swatch
from chainrule.views.figures.map import HOLES, Coloured, coloured, pixels, rgb
from chainrule.views.scene import Axis

LARGEST = 4
"""Characters that a cell of a small map is wide, at most."""

TRAINS, FAILS, PLAIN = ".:-=+", "oxX#@", ".:-=+*%@"
"""Signs from fast to slow on either side, and from little to much."""

GONE = {"not run": "(blank)", "left the finite numbers": "!"}
"""Signs of cells that have no number; the others have a question mark."""


@dataclass(frozen=True, slots=True)
class Side:
    """An axis of a picture: its label and its ends."""

    label: str
    low: float
    high: float


def mosaic(
    arrays: Mapping[str, NDArray[np.generic]], of: str, sides: Sequence[Side], wide: int, high: int, form: Form
) -> list[str]:
    """A picture of at most so many columns and lines, the words about it among them."""
    room = max(1, high - 3)
    shape = arrays["status"].shape
    across, up = shape[0], shape[1] if len(shape) > 1 else 2
    stride = max(1, -(-across // wide), -(-up // (2 * room)))
    times = 1 if stride > 1 else max(1, min(LARGEST, wide // across, 2 * room // up))
    kept = {name: drawn(np.asarray(values), stride, times) for name, values in arrays.items()}
    found = coloured(kept, of, "equalised", "safe")
    lines = signs(found) if form == "none" else halves(pixels(found), form)
    where = "; ".join(
        f"{way}: {inline(side.label)} from {num(side.low, 3)} to {num(side.high, 3)}"
        for way, side in zip(("across", "up"), sides, strict=False)
    )
    return [inline(of), *lines, where, legend(found, form, wide)]


def drawn(values: NDArray[np.generic], stride: int, times: int) -> NDArray[np.generic]:
    """Every so-many-th cell, or each so many times; a map of one axis is a strip."""
    cells = values[::stride, ::stride] if values.ndim > 1 else np.repeat(values[::stride, None], 2, 1)
    return cells.repeat(times, 0).repeat(times, 1)


def signs(found: Coloured) -> list[str]:
    """A sign for two cells, one above the other: the upper one's."""
    table = np.array(list(ramp(found)))
    cells = table[found.places * len(table) // max(1, len(found.colours))]
    for words, here in found.holes.items():
        cells[here] = " " if words == "not run" else GONE.get(words, "?")
    return ["".join(row).rstrip() for row in cells.T[::-1][::2].tolist()]


def ramp(found: Coloured) -> str:
    """Signs in the order of the colours: where there are two sides, slow ones stand at both ends."""
    return TRAINS[::-1] + FAILS if found.bar.low < 0 < found.bar.high and found.bar.label == "" else PLAIN


def legend(found: Coloured, form: Form, wide: int) -> str:
    """What colours or signs mean, as much as has room."""
    said = [(HOLES[words], GONE.get(words, "?"), words) for words, here in found.holes.items() if here.any()]
    for place, words in marks(found.bar):
        at = min(len(found.colours) - 1, max(0, int(found.bar.place(place) * len(found.colours))))
        said.append((found.colours[at], ramp(found)[at * len(ramp(found)) // len(found.colours)], words))
    parts, used = [], 0
    for colour, sign, words in said:
        used += len(words) + 5
        if used > wide:
            break
        parts.append(f"{sign if form == 'none' else swatch(rgb(colour), form)} {words}")
    return "  ".join(parts)


def marks(bar: Axis) -> Sequence[tuple[float, str]]:
    """Places on the scale with their words."""
    if bar.ticks is not None:
        return bar.ticks
    return [(bar.low, num(bar.low, 3)), (bar.high, num(bar.high, 3))]
