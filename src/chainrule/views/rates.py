"""The steps to learn over the rate, and over a start → a picture of characters, about fifteen lines.

Each character is a training: the fuller, the sooner it has learned. Nothing is told by colour.
"""

from __future__ import annotations

import math
from typing import Protocol

from chainrule.explain.measure.claims.map import LEFT, NOT, Mapped
from chainrule.explain.tell.claim import Claim
from chainrule.explain.wording import num
from chainrule.notation.plain import ascii_text

SHADES = ("█▓▒░", "@o:.")
SIGNS = {LEFT: ("×", "x"), NOT: (" ", " ")}
LINES, LOW = 12, 7
"""Lines of a picture over rates and starts, and over rates alone."""
LABEL = 10


class Told(Protocol):
    """What a picture has of a story."""

    @property
    def claims(self) -> tuple[Claim, ...]: ...


def draw_rates(story: Told, width: int = 78, ascii: bool = False) -> str:
    """The picture of the claim "map" of a story; nothing where it has none."""
    found = next((claim.finding for claim in story.claims if claim.id == "map"), None)
    return draw(found, width, ascii) if isinstance(found, Mapped) else ""


def draw(found: Mapped, width: int = 78, ascii: bool = False) -> str:
    """The picture with its axes and legend, at most ``width`` columns."""
    columns = max(20, min(width - LABEL - 2, len(found.rates)))
    across = [round(k * (len(found.rates) - 1) / (columns - 1)) for k in range(columns)]
    bounds = quarters(found)
    bar, corner, dash = ("|", "+", "-") if ascii else ("│", "└", "─")
    lines = []
    if found.cells:
        up = [round(k * (len(found.starts) - 1) / (LINES - 1)) for k in range(LINES)][::-1]
        own = min(up, key=lambda row: abs(found.starts[row] - found.start))
        for place, row in enumerate(up):
            labelled = place in (0, len(up) - 1)
            label = num(found.starts[row], 3) if labelled else f"start {found.weight}"[:LABEL] if place == 5 else ""
            cells = "".join(sign(found.cells[row][k], bounds, ascii) for k in across)
            lines.append(f"{label:>{LABEL}} {'>' if row == own else bar}{cells}".rstrip())
    else:
        lines += alone(found, across, bounds, ascii, bar)
    lines.append(f"{'':>{LABEL}} {corner}{dash * columns}")
    first, middle, last = num(found.rates[0], 3), found.naming.rate, num(found.rates[-1], 3)
    gap = max(2, columns - len(first) - len(middle) - len(last))
    lines.append(f"{'':>{LABEL}}  {first}{' ' * (gap // 2)}{middle}{' ' * (gap - gap // 2)}{last}")
    if found.rate > 0:
        wide = math.log(found.rates[-1] / found.rates[0])
        place = round(math.log(found.rate / found.rates[0]) / wide * (columns - 1))
        lines.insert(-1, f"{'':>{LABEL}}  {' ' * place}^")
    lines.append(legend(found, bounds, ascii))
    text = "\n".join(["steps to learn, over the rate" + (" and the start" if found.cells else ""), *lines])
    return ascii_text(text) if ascii else text


def alone(found: Mapped, across: list[int], bounds: list[int], ascii: bool, bar: str) -> list[str]:
    """Rates alone: a column for each, as high as it is quick."""
    steps = [found.learned[k] for k in across]
    known = [one for one in steps if one >= 0]
    low, high = math.log1p(min(known, default=0)), math.log1p(max(known, default=1))
    lines = []
    for row in range(LOW):
        cells = ""
        for one in steps:
            level = 0 if one < 0 or high <= low else round((math.log1p(one) - low) / (high - low) * (LOW - 1))
            here = one >= 0 and LOW - 1 - level == row
            cells += sign(one, bounds, ascii) if here or (one == LEFT and row == LOW - 1) else " "
        label = {0: num(max(known, default=1), 3), LOW - 1: num(min(known, default=0), 3)}.get(row, "")
        lines.append(f"{label:>{LABEL}} {bar}{cells}".rstrip())
    return lines


def quarters(found: Mapped) -> list[int]:
    """The steps that bound the four shades: each has about as many trainings."""
    every = sorted({one for row in (found.cells or (found.learned,)) for one in row if one >= 0})
    if not every:
        return []
    places = (math.ceil(len(every) * part / len(SHADES[0])) - 1 for part in range(1, len(SHADES[0]) + 1))
    return list(dict.fromkeys(every[max(0, place)] for place in places))


def sign(code: int, bounds: list[int], ascii: bool) -> str:
    """The character of one training."""
    if code < 0:
        return SIGNS[code][ascii]
    return SHADES[ascii][next(k for k, bound in enumerate(bounds) if code <= bound)]


def legend(found: Mapped, bounds: list[int], ascii: bool) -> str:
    """What the characters are, with their numbers."""
    parts = [f"{SHADES[ascii][k]} {'up to ' if k < len(bounds) else ''}{bound}" for k, bound in enumerate(bounds)]
    told = [", ".join(parts) + " steps"] if parts else []
    told.append(f"blank: not learned in {found.steps}")
    codes = {one for row in (found.cells or (found.learned,)) for one in row}
    told += [f"{SIGNS[LEFT][ascii]} leaves the finite numbers"] if LEFT in codes else []
    marks = [f"^ your rate {num(found.rate)}"] if found.rate > 0 else []
    marks += [f"> your start {num(found.start)}"] if found.cells else []
    return "\n".join(f"{'':>{LABEL}}  {part}" for part in (*told, "; ".join(marks)) if part)
