"""The error over the weight → a picture of characters: curve, tangent, and the step, about fifteen lines.

The curve is drawn with braille dots, two by four in a character; in ASCII with stars. A mark is never told by colour
alone: each has its own character and stands in the legend.
"""

from __future__ import annotations

import math

import numpy as np

from chainrule.explain.figures.curve import Curve
from chainrule.explain.measure.samples import quantile
from chainrule.explain.wording import num

BRAILLE = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
MARKS = {"before": ("●", "o"), "after": ("○", "x"), "end": ("■", "#"), "tangent": ("·", ".")}


def draw(curve: Curve, width: int = 78, height: int = 15, ascii: bool = False) -> str:
    """The picture with its axes and legend, ``height`` lines and at most ``width`` columns.

    Values that are not finite, and what would flatten all the rest, are left out at the top.
    """
    finite = np.isfinite(curve.goals)
    if not finite.any():
        return ""
    marks = {"before": curve.before, "after": curve.after, "end": curve.end}
    low, high = limits(curve)
    rows, label = height - 3, 10
    columns = max(20, width - label - 2)
    left, right = float(curve.weights[0]), float(curve.weights[-1])

    def place(w: float, e: float) -> tuple[float, float]:
        return (w - left) / (right - left) * (columns - 1), (high - e) / (high - low) * (rows - 1)

    canvas = [[" "] * columns for _ in range(rows)]
    reach = 0.45 * (right - left)
    for w in np.linspace(curve.before[0] - reach, curve.before[0] + reach, 2 * columns):
        _put(
            canvas,
            place(float(w), curve.before[1] + curve.slope * (float(w) - curve.before[0])),
            MARKS["tangent"][ascii],
        )
    dots: dict[tuple[int, int], int] = {}
    fine = np.linspace(left, right, 8 * columns)
    for w, e in zip(fine, np.interp(fine, curve.weights[finite], curve.goals[finite]), strict=True):
        x, y = place(float(w), float(e))
        if not (-0.5 <= y <= rows - 0.5 and -0.5 <= x <= columns - 0.5):
            continue
        row, column = min(rows - 1, max(0, round(y))), min(columns - 1, max(0, round(x)))
        part = BRAILLE[min(3, max(0, int((y - row + 0.5) * 4)))][min(1, max(0, int((x - column + 0.5) * 2)))]
        dots[row, column] = dots.get((row, column), 0) | part
    for (row, column), pattern in dots.items():
        canvas[row][column] = "*" if ascii else chr(0x2800 + pattern)
    for name in ("end", "after", "before"):
        _put(canvas, place(*marks[name]), MARKS[name][ascii])
    bar, corner, dash = ("|", "+", "-") if ascii else ("│", "└", "─")
    heights = {0: high, rows // 2: (high + low) / 2, rows - 1: low}
    lines = [f"{curve.goal} of {curve.rows}" if not curve.rows.startswith("all") else f"{curve.goal} over {curve.rows}"]
    lines += [
        f"{num(heights[row], 3) if row in heights else '':>{label}} {bar}{''.join(cells).rstrip()}"
        for row, cells in enumerate(canvas)
    ]
    lines.append(f"{'':>{label}} {corner}{dash * columns}")
    first, middle, last = num(left, 3), curve.weight, num(right, 3)
    gap = max(2, columns - len(first) - len(middle) - len(last))
    lines.append(f"{'':>{label}}  {first}{' ' * (gap // 2)}{middle}{' ' * (gap - gap // 2)}{last}")
    lines.append(legend(curve, ascii))
    text = "\n".join(lines)
    return text.replace("−", "-") if ascii else text


def limits(curve: Curve) -> tuple[float, float]:
    """The least and the greatest error in the picture: all that is finite, but a wall is cut off at the top."""
    values = curve.goals[np.isfinite(curve.goals)]
    marked = [e for _, e in (curve.before, curve.after, curve.end) if math.isfinite(e)]
    low, high = float(values.min()), float(values.max())
    near = max([*marked, quantile(values, 0.6)])
    if high - low > 20 * max(near - low, 1e-300):
        high = low + 4 * max(near - low, 1e-300)
    spread = high - low or max(abs(high), 1.0)
    return low - 0.03 * spread, high + 0.03 * spread


def legend(curve: Curve, ascii: bool) -> str:
    """What the marks are, with their numbers."""
    sign = {key: pair[ascii] for key, pair in MARKS.items()}
    w, e = curve.weight, curve.goal
    parts = [
        f"{sign['before']} before the step ({w} = {num(curve.before[0])}, {e} = {num(curve.before[1])})",
        f"{sign['tangent']} tangent, slope {num(curve.slope)}",
        f"{sign['after']} after it ({num(curve.after[0])}, {num(curve.after[1])})",
        f"{sign['end']} end of the run ({num(curve.end[0])}, {num(curve.end[1])})",
    ]
    return "\n".join(f"{'':>10}  {part}" for part in parts)


def _put(canvas: list[list[str]], at: tuple[float, float], mark: str) -> None:
    x, y = at
    if math.isfinite(x) and math.isfinite(y):
        row, column = round(y), round(x)
        if 0 <= row < len(canvas) and 0 <= column < len(canvas[0]):
            canvas[row][column] = mark
