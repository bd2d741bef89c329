"""A seed → a model whose end is known from algebra, and whether the story finds it: silence is counted.

Quadratics in one to three weights with any rate: the rate times each curvature says where the run is bound. Products
and closed forms end where algebra says. Kinks are landed on or hopped over. Cycles have their period from the rate.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import chainrule as cr


@dataclass(frozen=True)
class Known:
    """``kinds`` are the ends that are right; ``at`` is where, if it is one place."""

    what: str
    text: str
    kinds: tuple[str, ...]
    options: dict[str, Any]
    at: tuple[float, ...] | None = None
    data: dict[str, Any] | None = None
    period: int | None = None





def bowl(choose: random.Random) -> Known:
    """½ Σ cᵢ(wᵢ − mᵢ)²: by α·c it lands, is on its way, swings for ever, or runs away."""
    many = choose.randint(1, 3)
    bends = [choose.choice((0.5, 1.0, 2.0, 4.0)) for _ in range(many)]
    middles = [choose.choice((-2.0, -0.5, 0.0, 1.0, 3.0)) for _ in range(many)]
    where = choose.choice(("lands", "lands", "coming", "swings", "away"))
    top = max(bends)
    rate = {"lands": 0.5 / top, "coming": 0.002 / top, "swings": 2 / top, "away": 2.5 / top}[where]
    steps = {"lands": 1000, "coming": 60, "swings": 200, "away": 100}[where]
    names = [f"w{k}" for k in range(many)]
    body = " + ".join(
        f"{c / 2:g}·({one} − {m:g})^2" if m >= 0 else f"{c / 2:g}·({one} + {-m:g})^2"
        for c, one, m in zip(bends, names, middles, strict=True)
    )
    text = "\n".join([*(f"weight {one} := {m + 1:g}" for one, m in zip(names, middles, strict=True)), f"E = {body}"])
    kinds = {
        "lands": ("minimum",), "coming": ("on the way to a minimum",), "swings": ("cycle",),
        "away": ("growing", "running away", "left the finite numbers"),
    }[where]  # fmt: skip
    at = tuple(middles) if where in ("lands", "coming") else None
    period = 2 if where == "swings" else None
    return Known(f"a bowl, {where}", text, kinds, {"rate": rate, "steps": steps}, at, period=period)


def line(choose: random.Random) -> Known:
    """A line through points, by all of them at once: where least squares says."""
    rows = choose.randint(2, 5)
    x = [choose.choice((0.0, 1.0, 2.0, -1.0)) for _ in range(rows)]
    if len(set(x)) < 2:
        x[0], x[1] = 0.0, 1.0
    y = [choose.choice((0.0, 1.0, 3.0, -2.0)) for _ in range(rows)]
    w, b = np.polyfit(x, y, 1)
    matrix = np.array([[np.mean(np.square(x)), np.mean(x)], [np.mean(x), 1.0]])
    low, high = np.linalg.eigvalsh(matrix)
    rate = 1 / high
    steps = 30 * int(high / low) + 200
    text = "data x\ntarget y\nweight w := 0.5, b := 0\nŷ = w·x + b\nE = ½(ŷ − y)²"
    return Known(
        "a line", text, ("minimum",), {"rate": float(rate), "steps": steps, "batch": "all"}, (float(w), float(b)),
        {"x": x, "y": y},
    )  # fmt: skip


def product(choose: random.Random) -> Known:
    """(a·b − c)²: a valley of points with a·b = c; from zero a saddle that no step leaves."""
    c = choose.choice((0.5, 1.0, 2.0))
    if choose.random() < 0.4:
        text = f"weight a := 0, b := 0\nE = (a·b − {c:g})^2"
        return Known("a product at its saddle", text, ("saddle",), {"steps": 20})
    a = choose.choice(((1.5, 1.0), (2.0, 0.3), (0.7, 0.7)))
    text = f"weight a := {a[0]:g}, b := {a[1]:g}\nE = (a·b − {c:g})^2"
    return Known("a product", text, ("valley",), {"rate": 0.05, "steps": 3000}, None)


def form(choose: random.Random) -> Known:
    """Goals of one weight with known points: two wells, an inflection, a flat bottom, a hill, none at all."""
    text, kinds, options, at = choose.choice((
        ("weight w := {s}\nE = ¼(w² − 1)²", ("minimum",), {"rate": 0.2, "steps": 600}, 1.0),
        ("weight w := 2\nE = w³ − 3w² + 3w", ("inflection",), {"rate": 0.1, "steps": 2000}, None),
        ("weight w := 0\nE = −w⁴ + w⁶", ("maximum",), {"rate": 0.1, "steps": 20}, 0.0),
        ("weight w := 0\nE = w⁴", ("minimum",), {"rate": 0.1, "steps": 20}, 0.0),
        ("weight w := 0\nE = w³", ("inflection",), {"rate": 0.1, "steps": 20}, 0.0),
        ("weight w := {s}\nE = exp(−w)", ("falling without bound",), {"rate": 0.5, "steps": 200}, None),
        ("weight w := {s}\nE = softplus(w)", ("falling without bound",), {"rate": 0.5, "steps": 200}, None),
        ("weight w := {s}\nE = softplus(w) − 0.25·w", ("minimum",), {"rate": 2, "steps": 1000}, -np.log(3)),
        ("weight w := {s}\nE = log(w² + 1)", ("minimum",), {"rate": 0.2, "steps": 900}, 0.0),
        ("weight w in [−2, 0.25] := 0\nE = (w − {s})²", ("bound",), {"rate": 0.1, "steps": 400}, 0.25),
        ("weight w := 1\nE = relu(w − 1)² + 2", ("valley",), {"rate": 0.1, "steps": 20}, None),
        ("weight w := 1\nE = cos(w)", ("minimum",), {"rate": 0.5, "steps": 600}, np.pi),
        ("weight w := 0, v := 0\nE = w² − v⁴", ("degenerate saddle",), {"rate": 0.1, "steps": 9}, None),
        ("weight w := 0, v := 0\nE = w³ − 3w·v²", ("degenerate saddle",), {"rate": 0.1, "steps": 9}, None),
        ("weight w := 0, v := 0\nE = w² − v²", ("saddle",), {"rate": 0.1, "steps": 9}, None),
        ("weight w := {s}, v := 0\nE = w² + v²·0", ("valley",), {"rate": 0.1, "steps": 900}, None),
    ))  # fmt: skip
    start = choose.choice((0.5, 1.5, 0.8))
    return Known("a closed form", text.format(s=f"{start:g}"), kinds, options, None if at is None else (float(at),))


def kink(choose: random.Random) -> Known:
    """|w − m| in steps of one length: landed on where the distance is a whole number of steps, else hopped over."""
    slope, steps = choose.choice((1, 2)), choose.randint(1, 6)
    rate = 0.125
    lands = choose.random() < 0.5
    start = steps * rate * slope + (0 if lands else rate * slope / 4)
    text = f"weight w := {0.5 + start:.17g}\nE = {slope}·abs(w − 0.5)"
    kinds = ("kink",) if lands else ("cycle",)
    at, period = ((0.5,), None) if lands else (None, 2)
    return Known("a kink", text, kinds, {"rate": rate, "steps": 100}, at, period=period)


def circle(choose: random.Random) -> Known:
    """Patterns that pull in turn: one a step, w ← w − α·(w − y) goes round for ever."""
    y = choose.choice(([0.0, 1.0], [0.0, 3.0, 1.0], [1.0, -1.0, 2.0, 0.5]))
    text = "data x\ntarget y\nweight w := 0.5\nE = ½(w·x − y)²"
    return Known(
        "a circle inside a pass", text, ("cycle inside a pass",), {"rate": 0.25, "steps": 400, "batch": "each"}, None,
        {"x": [1.0] * len(y), "y": y}, len(y),
    )  # fmt: skip


def swing(choose: random.Random) -> Known:
    """w ← w − η·w(w² − 1): beyond η = 1 the well repels, and a cycle of two takes its place (up to η = 1.236)."""
    rate = choose.choice((1.05, 1.1, 1.15, 1.2))
    return Known(
        "a well that repels", "weight w := 0.7\nE = ¼·w⁴ − ½·w²", ("cycle",), {"rate": rate, "steps": 3000}, period=2
    )


FAMILIES: tuple[Callable[[random.Random], Known], ...] = (bowl, bowl, line, product, form, form, kink, circle, swing)


def known(seed: int) -> Known:
    """The model of known answer of a seed."""
    choose = random.Random(f"known {seed}")
    return choose.choice(FAMILIES)(choose)


def missed(one: Known) -> str | None:
    """What is said instead of the known answer; None where it is found."""
    model = cr.Model(one.text)
    end = model.explain(model.train(one.data, **one.options), claims=["end"])["end"]
    right = end.evidence["kind"] in one.kinds
    if right and one.at is not None:
        place = end.evidence.get("target", end.evidence.get("rest", list(end.evidence["weights"].values())))
        right = bool(np.allclose(place, one.at, atol=2e-3 * (1 + np.abs(one.at).max())))
    if right and one.period is not None:
        right = end.evidence.get("period") == one.period
    return None if right else f"{end.evidence['kind']}: {end.statement}"
