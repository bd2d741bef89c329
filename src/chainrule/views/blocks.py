"""Rows of colours → lines of a terminal: each character is two cells, one above the other.

Half blocks in colours of 24 bits or of the table of 256; where there is no colour, signs from light to dark.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Form = Literal["true", "256", "none"]

HALF, FULL = "▀", "█"
RESET = "\x1b[0m"

STEPS = (0, 95, 135, 175, 215, 255)
"""Parts of a colour in the cube of the table of 256."""


def halves(pixels: NDArray[np.uint8], form: Form) -> list[str]:
    """Lines of half blocks for (row from above, column, red green blue).

    >>> halves(np.array([[[255, 0, 0]], [[0, 0, 0]]], np.uint8), "true")
    ['\\x1b[38;2;255;0;0;48;2;0;0;0m▀\\x1b[0m']
    """
    lines = []
    for top in range(0, len(pixels), 2):
        line, last = "", ""
        below = pixels[top + 1] if top + 1 < len(pixels) else None
        for column, upper in enumerate(pixels[top].tolist()):
            code = ink(upper, form) + (";" + ink(below[column].tolist(), form, True) if below is not None else "")
            line += (f"\x1b[{code}m" if code != last else "") + HALF
            last = code
        lines.append(line + RESET)
    return lines


def ink(colour: Sequence[int], form: Form, ground: bool = False) -> str:
    """The code by which a terminal writes in a colour, or on it."""
    kind = 48 if ground else 38
    if form == "true":
        return f"{kind};2;{colour[0]};{colour[1]};{colour[2]}"
    return f"{kind};5;{nearest(tuple(colour))}"


def nearest(colour: tuple[int, ...]) -> int:
    """The colour of the table of 256 that is nearest: of its cube, or of its greys.

    >>> nearest((255, 0, 0)), nearest((128, 128, 128))
    (196, 244)
    """
    steps = [min(range(6), key=lambda place: abs(STEPS[place] - part)) for part in colour]
    cube = [STEPS[place] for place in steps]
    grey = min(23, max(0, round((sum(colour) / 3 - 8) / 10)))
    if sum((8 + 10 * grey - part) ** 2 for part in colour) < sum(
        (one - part) ** 2 for one, part in zip(cube, colour, strict=True)
    ):
        return 232 + grey
    return 16 + 36 * steps[0] + 6 * steps[1] + steps[2]


def swatch(colour: Sequence[int], form: Form) -> str:
    """A patch of a colour."""
    return f"\x1b[{ink(colour, form)}m{FULL}{FULL}{RESET}"

