"""The error over the weight → an SVG drawing: curve, tangent, the step, where the run ended; and the same in words.

No mark is told by colour alone: each has its own shape and its own words beside it. Every name is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from chainrule.explain.curve import Curve
from chainrule.explain.report import Picture
from chainrule.explain.words import num
from chainrule.views.terminal import limits

WIDE, HIGH = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 20, 70
BLUE, ORANGE, GREEN, INK = "#0072B2", "#D55E00", "#009E73", "#1a1a1a"  # Okabe and Ito: told apart by the colour-blind


def picture(curve: Curve) -> Picture | None:
    """The drawing; None where no value is finite."""
    finite = np.isfinite(curve.goals)
    if not finite.any():
        return None
    low, high = limits(curve)
    high = high if high > low else low + 1.0
    left, right = float(curve.weights[0]), float(curve.weights[-1])

    def across(w: float) -> float:
        return LEFT + (w - left) / (right - left) * (WIDE - LEFT - RIGHT)

    def down(e: float) -> float:
        return TOP + (high - e) / (high - low) * (HIGH - TOP - BOTTOM)

    title = f"{curve.goal} of {curve.rows} over {curve.weight}"
    words = described(curve, int(np.count_nonzero(~finite)))
    reach = 0.3 * (right - left)
    w0, e0 = curve.before
    tangent = [(w0 + side * reach, e0 + side * reach * curve.slope) for side in (-1, 1)]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" width="{WIDE}" height="{HIGH}" '
        'role="img">',
        f"<title>{escape(title)}</title><desc>{escape(words)}</desc>",
        f'<defs><clipPath id="frame"><rect x="{LEFT}" y="{TOP}" width="{WIDE - LEFT - RIGHT}" '
        f'height="{HIGH - TOP - BOTTOM}"/></clipPath></defs>',
        *axes(curve, (left, right), (low, high), [across(left), across(right)], [down(low), down(high)]),
        '<g clip-path="url(#frame)" fill="none">',
        line([(across(w), down(e)) for w, e in tangent], ORANGE, "6 4"),
        *(
            line([(across(float(w)), down(float(e))) for w, e in piece], BLUE)
            for piece in pieces(curve, finite)
        ),
        "</g>",
        circle(across(w0), down(e0), "before"),
        circle(across(curve.after[0]), down(curve.after[1]), "after") if np.isfinite(curve.after[1]) else "",
        square(across(curve.end[0]), down(curve.end[1])) if np.isfinite(curve.end[1]) else "",
        *legend(),
        "</svg>",
    ]  # fmt: skip
    return Picture(title, "\n".join(filter(None, parts)), words)


def described(curve: Curve, missing: int) -> str:
    """What the drawing shows, from the same numbers."""
    told = (
        f"From {curve.weight} = {num(curve.before[0])}, where {curve.goal} = {num(curve.before[1])} and the slope is "
        f"{num(curve.slope)}, the step goes to {curve.weight} = {num(curve.after[0])} with {num(curve.after[1])}; the "
        f"run ended at {curve.weight} = {num(curve.end[0])} with {num(curve.end[1])}."
    )
    return told + (f" {missing} values that are not finite are left out." if missing else "")


def pieces(curve: Curve, finite: np.ndarray) -> list[list[tuple[float, float]]]:
    """The curve without its values that are not finite."""
    found: list[list[tuple[float, float]]] = [[]]
    for w, e, good in zip(curve.weights, curve.goals, finite, strict=True):
        if good:
            found[-1].append((float(w), float(e)))
        elif found[-1]:
            found.append([])
    return [piece for piece in found if len(piece) > 1]


def axes(
    curve: Curve, x: tuple[float, float], y: tuple[float, float], across: Sequence[float], down: Sequence[float]
) -> list[str]:
    """The frame with the two ends of each axis, and their names."""
    frame = f'<path d="M{across[0]:.1f} {down[1]:.1f}V{down[0]:.1f}H{across[1]:.1f}" fill="none" stroke="{INK}"/>'
    middle = (across[0] + across[1]) / 2
    return [
        frame,
        text(across[0], down[0] + 18, num(x[0], 3), "start"),
        text(across[1], down[0] + 18, num(x[1], 3), "end"),
        text(middle, down[0] + 18, curve.weight, "middle"),
        text(across[0] - 8, down[0] + 4, num(y[0], 3), "end"),
        text(across[0] - 8, down[1] + 10, num(y[1], 3), "end"),
        text(across[0] - 8, (down[0] + down[1]) / 2, curve.goal, "end"),
    ]


def legend() -> list[str]:
    """The marks with their words."""
    y = HIGH - 18
    return [
        circle(LEFT, y, "before"), text(LEFT + 10, y + 4, "before the step"),
        circle(LEFT + 140, y, "after"), text(LEFT + 150, y + 4, "after it"),
        square(LEFT + 240, y), text(LEFT + 250, y + 4, "end of the run"),
        line([(LEFT + 370, y), (LEFT + 400, y)], ORANGE, "6 4"), text(LEFT + 408, y + 4, "tangent"),
    ]  # fmt: skip


def text(x: float, y: float, words: str, anchor: str = "start") -> str:
    font = f'font-family="sans-serif" font-size="13" fill="{INK}" text-anchor="{anchor}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {font}>{escape(words)}</text>'


def line(points: Sequence[tuple[float, float]], colour: str, dashes: str = "") -> str:
    path = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>'


def circle(x: float, y: float, kind: str) -> str:
    fill = ORANGE if kind == "before" else "#ffffff"
    return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="5" fill="{fill}" stroke="{ORANGE}" stroke-width="2"/>'


def square(x: float, y: float) -> str:
    return f'<rect x="{x - 5:.2f}" y="{y - 5:.2f}" width="10" height="10" fill="{GREEN}"/>'
