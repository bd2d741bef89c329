"""Sixty networks and functions with answers known beforehand: their stories say just that.

``weights`` and ``eigenvalues`` are where the run ends, to the digits that ``close`` allows; ``dead`` counts dead
patterns, ``safe`` is the step up to which each step goes down. Derived means: by hand from the equations.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from chainrule.explain import explain
from chainrule.train.run import Run


@dataclass(frozen=True)
class Known:
    name: str
    source: str
    text: str
    kind: str
    weights: dict[str, float] | None = None
    eigenvalues: tuple[float, ...] | None = None
    dead: int | None = None
    safe: float | None = None
    close: float = 1e-6
    options: dict[str, Any] = field(default_factory=dict)


SURFACES = "Surjanovic & Bingham, Virtual Library of Simulation Experiments: optimization test functions"
TEXTBOOK = "gradient descent on ½λx² multiplies x by 1 − ηλ at each step: it shrinks if and only if 0 < η < 2/λ"
BALL = "heavy ball on ½λx²: stable if and only if ηλ < 2 + 2β (Polyak 1964)"
NESTEROV = "Nesterov's momentum on ½λx²: stable if and only if ηλ < (2 + 2β)/(1 + 2β) (characteristic polynomial)"
PRODUCTS = "½(x₁⋯x_k − 1)²: curvature Σ 1/x_i² at a minimum, at least k; no stable minimum for η > 2/k"
ANSCOMBE = "Anscombe, Graphs in Statistical Analysis, The American Statistician 27 (1973) 17–21"


def quadratic(curvature: float, rate: float, kind: str, steps: int = 400) -> Known:
    text = f"weight x := 1\nconst α := {rate}\nE = ½·{curvature}·x²"
    rests = {"x": 0.0} if kind == "minimum" else None
    return Known(
        f"½·{curvature}·x² at {rate}", TEXTBOOK, text, kind, rests, safe=2 / curvature, options={"steps": steps}
    )


def ball(beta: float, product: float, kind: str, rule: str, source: str) -> Known:
    look = f"{rule} with β = {beta} at ηλ = {product}"
    text = f"weight x := 1\nE = ½·x²\n{RULES[rule].format(beta=beta)}"
    rests = {"x": 0.0} if kind == "minimum" else None
    steps = 3000 if kind == "minimum" else 300
    return Known(look, source, text, kind, rests, options={"steps": steps, "rate": product})


RULES = {
    "heavy ball": "const α := 0.1\nupdate θ, g\n  v <- {beta}·v + g\n  θ <- θ − α·v",
    "nesterov": "const α := 0.1\nupdate θ, g\n  v <- {beta}·v + g\n  θ <- θ − α·(g + {beta}·v)",
}


def product(count: int, rate: float, kind: str, start: float = 1.02, steps: int = 3000) -> Known:
    names = [f"x{place}" for place in range(1, count + 1)]
    weights = ", ".join(f"{name} := {start}" for name in names)
    text = f"weight {weights}\nconst α := {rate}\nE = ½({'·'.join(names)} − 1)²"
    rests = dict.fromkeys(names, 1.0) if kind == "valley" else None
    bend = (float(count),) if kind == "valley" else None
    return Known(
        f"product of {count} at {rate}", PRODUCTS, text, kind, rests, bend, close=1e-5, options={"steps": steps}
    )


def surface(name: str, text: str, kind: str, weights: dict[str, float] | None, steps: int, **more: Any) -> Known:
    return Known(name, SURFACES, text, kind, weights, close=more.pop("close", 1e-3), options={"steps": steps}, **more)


def line(name: str, x: str, y: str, slope: float, rest: float, source: str, rate: float = 0.01, **more: Any) -> Known:
    columns = {
        "x": [float(item) for item in x.split()],
        "y": [float(item) for item in y.split()],
    }
    text = "data x\ntarget y\nweight a := 0, b := 0\nE = (a·x + b − y)²"
    options = {"columns": columns, "rate": rate, "batch": "all", "steps": more.pop("steps", 8000)}
    return Known(name, source, text, "minimum", {"a": slope, "b": rest}, close=2e-3, options=options, **more)


FIRST = "10 8 13 9 11 14 6 4 12 7 5"
LOGIC = """
data x1, x2
target y
weight a := {start}, b := {start}, c := {start}
ŷ = {unit}
E = {error}
table x1 x2 | y
  0 0 | {0}
  0 1 | {1}
  1 0 | {2}
  1 1 | {3}
"""


def logic(name: str, truth: str, unit: str, kind: str, source: str, **more: Any) -> Known:
    error = more.pop("error", "½(ŷ − y)²")
    text = LOGIC.format(*truth.split(), unit=unit, error=error, start=more.pop("start", 0.5))
    options = {"batch": "all", "steps": more.pop("steps", 3000), "rate": more.pop("rate", 0.5)}
    return Known(name, source, text, kind, options=options, **more)


LINEAR = "a·x1 + b·x2 + c"
LEARNING = "Goodfellow, Bengio, Courville, Deep Learning (2016) §6.1: w = 0, b = ½"
SYMMETRY = "derived: by symmetry ŷ = ½ for every pattern"
ENDLESS = "still falling"
SQUARES = "least squares over the four corners, normal equations by hand"
SEPARABLE = "separable classes: the cross-entropy has no minimum, it falls as the weights grow (Soudry et al. 2018)"
ENTROPY = "-(y·log(ŷ) + (1 − y)·log(1 − ŷ))"
EDGE = "Zhu et al., Understanding edge-of-stability training dynamics (2023): ends just below 2/η, on xy = 1"

KNOWN = (
    # ----- quadratics: 2/λ is the border
    quadratic(1, 0.5, "minimum"),
    quadratic(1, 1.9, "minimum"),
    quadratic(4, 0.25, "minimum"),
    quadratic(4, 0.49, "minimum", 1000),
    quadratic(10, 0.05, "minimum"),
    quadratic(0.5, 3.9, "minimum", 1000),
    quadratic(1, 2, "cycle"),
    quadratic(4, 0.5, "cycle"),
    quadratic(1, 2.1, "growing", 60),
    quadratic(4, 0.52, "growing", 60),
    quadratic(10, 0.25, "growing", 60),
    # ----- momentum: its own borders
    ball(0.9, 3.7, "minimum", "heavy ball", BALL),
    ball(0.9, 3.9, "growing", "heavy ball", BALL),
    ball(0.5, 2.9, "minimum", "heavy ball", BALL),
    ball(0.5, 3.1, "growing", "heavy ball", BALL),
    ball(0.9, 1.3, "minimum", "nesterov", NESTEROV),
    ball(0.9, 1.45, "growing", "nesterov", NESTEROV),
    ball(0.5, 1.4, "minimum", "nesterov", NESTEROV),
    ball(0.5, 1.6, "growing", "nesterov", NESTEROV),
    # ----- products: 2/k is the border
    product(2, 0.9, "valley"),
    product(3, 0.6, "valley"),
    product(4, 0.45, "valley"),
    product(2, 1.1, "cycle"),
    product(3, 0.7, "cycle"),
    product(4, 0.55, "cycle"),
    # ----- the edge of stability
    Known(
        "xyzw at 0.2", EDGE, "weight x := 2.5, y := 0.5, z := 2.5, w := 0.5\nconst α := 0.2\nE = ½(1 − x·y·z·w)²",
        "valley", None, (9.927360,), close=1e-4, options={"steps": 4000},
    ),
    Known(
        "xyzw from a flat start", EDGE,
        "weight x := 4, y := 0.3, z := 4, w := 0.3\nconst α := 0.05\nE = ½(1 − x·y·z·w)²", "valley", None,
        (32.0406,), close=1e-4, options={"steps": 4000},
    ),
    # ----- surfaces with published minima
    surface("Booth", "weight x := 0, y := 0\nconst α := 0.05\nE = (x + 2y − 7)² + (2x + y − 5)²", "minimum",
            {"x": 1, "y": 3}, 400, eigenvalues=(2.0, 18.0)),
    surface("Matyas", "weight x := 2, y := −1\nconst α := 0.5\nE = 0.26(x² + y²) − 0.48·x·y", "minimum",
            {"x": 0, "y": 0}, 800, eigenvalues=(0.04, 1.0)),
    surface("sphere", "weight x := 2, y := −1, z := 3\nconst α := 0.1\nE = x² + y² + z²", "minimum",
            {"x": 0, "y": 0, "z": 0}, 300, eigenvalues=(2.0, 2.0, 2.0)),
    surface("Rosenbrock", "weight x := -1.2, y := 1\nconst α := 0.001\nE = (1 − x)² + 100(y − x²)²", "minimum",
            {"x": 1, "y": 1}, 20000, eigenvalues=(0.3993607674876, 1001.6006392325), ),
    surface("Beale", "weight x := 2.5, y := 0.3\nconst α := 0.01\nE = (1.5 − x + x·y)² + (2.25 − x + x·y²)² + "
            "(2.625 − x + x·y³)²", "minimum", {"x": 3, "y": 0.5}, 8000),
    surface("Himmelblau, first", "weight x := 2.5, y := 2.5\nconst α := 0.005\nE = (x² + y − 11)² + (x + y² − 7)²",
            "minimum", {"x": 3, "y": 2}, 1000),
    surface("Himmelblau, second", "weight x := -2.5, y := 3\nconst α := 0.005\nE = (x² + y − 11)² + (x + y² − 7)²",
            "minimum", {"x": -2.805118, "y": 3.131312}, 1000),
    surface("Himmelblau, third", "weight x := -3, y := -3\nconst α := 0.005\nE = (x² + y − 11)² + (x + y² − 7)²",
            "minimum", {"x": -3.779310, "y": -3.283186}, 1000),
    surface("Himmelblau, fourth", "weight x := 3, y := -2\nconst α := 0.005\nE = (x² + y − 11)² + (x + y² − 7)²",
            "minimum", {"x": 3.584428, "y": -1.848126}, 1000),
    surface("six-hump camel", "weight x := 0.2, y := -0.5\nconst α := 0.02\n"
            "E = (4 − 2.1x² + x^4/3)·x² + x·y + (−4 + 4y²)·y²", "minimum", {"x": 0.0898, "y": -0.7126}, 600),
    surface("three-hump camel", "weight x := 0.5, y := 0.5\nconst α := 0.05\nE = 2x² − 1.05x^4 + x^6/6 + x·y + y²",
            "minimum", {"x": 0, "y": 0}, 600),
    surface("McCormick", "weight x := 0, y := -1\nconst α := 0.05\nE = sin(x + y) + (x − y)² − 1.5x + 2.5y + 1",
            "minimum", {"x": -0.54719, "y": -1.54719}, 1000),
    surface("Dixon–Price", "weight x := 1, y := 1\nconst α := 0.02\nE = (x − 1)² + 2(2y² − x)²", "minimum",
            {"x": 1, "y": 2**-0.5}, 4000),
    surface("Styblinski–Tang", "weight x := -2, y := -2\nconst α := 0.01\n"
            "E = ½(x^4 − 16x² + 5x + y^4 − 16y² + 5y)", "minimum", {"x": -2.903534, "y": -2.903534}, 400),
    # ----- saddles, tops, edges
    Known("x² − y² on its ridge", "derived: Hessian diag(2, −2)", "weight x := 1, y := 0\nconst α := 0.1\nE = x² − y²",
          "saddle", {"x": 0, "y": 0}, (-2.0, 2.0), options={"steps": 300}),
    Known("xy on its ridge", "derived: eigenvalues ±1", "weight x := 1, y := 1\nconst α := 0.1\nE = x·y", "saddle",
          {"x": 0, "y": 0}, (-1.0, 1.0), options={"steps": 300}),
    Known("two-layer linear network at 0", "Saxe et al. 2014: the origin of a deep linear network is a saddle",
          "data x\ntarget y\nweight a := 0, b := 0\nE = ½(a·b·x − y)²", "saddle", {"a": 0, "b": 0}, (-1.0, 1.0),
          options={"columns": {"x": [1.0], "y": [1.0]}, "steps": 5}),
    Known("cosine at its top", "derived: cos″(0) = −1", "weight w := 0\nconst α := 0.1\nE = cos(w)", "maximum",
          {"w": 0}, (-1.0,), options={"steps": 5}),
    Known("cosine beside its top", "derived: −cos has minima at multiples of 2π, cos at odd multiples of π",
          "weight w := 0.1\nconst α := 0.5\nE = cos(w)", "minimum", {"w": math.pi}, (1.0,), options={"steps": 200}),
    Known("the founding network", "derived: ∂E/∂w = −A(w)(1 − A(w))² < 0 for x = 1, exactly 0 for x = 0",
          "T(x) = x\nA(u) = 1/(1 + exp(-u))\ndata x in {0, 1}\ntarget y = T(x)\nweight w in [0, 1] := 0.5\n"
          "const α := 0.5\nŷ = A(w·x)\nE = ½(ŷ − y)²", "bound", {"w": 1}, dead=1, options={"steps": 100}),
    Known("the founding network with a bias", "derived: with w·x + b both patterns can be met, at infinity only",
          "data x in {0, 1}\ntarget y = x\nweight w := 0.5, b := 0\nconst α := 0.5\nŷ = sigmoid(w·x + b)\n"
          "E = ½(ŷ − y)²", ENDLESS, dead=0, options={"steps": 2000, "batch": "all"}),
    Known("a projection that binds", "derived: Karush–Kuhn–Tucker at (1, 0.3)",
          "weight a in [0, 1] := 0.5, b := 0\nconst α := 0.2\nE = (a − 2)² + (b − 0.3)²", "bound", {"a": 1, "b": 0.3},
          options={"steps": 100}),
    # ----- lines through points
    line("Anscombe I", FIRST, "8.04 6.95 7.58 8.81 8.33 9.96 7.24 4.26 10.84 4.82 5.68", 0.5001, 3.0001, ANSCOMBE),
    line("Anscombe II", FIRST, "9.14 8.14 8.74 8.77 9.26 8.10 6.13 3.10 9.13 7.26 4.74", 0.5000, 3.0009, ANSCOMBE),
    line("Anscombe III", FIRST, "7.46 6.77 12.74 7.11 7.81 8.84 6.08 5.39 8.15 6.42 5.73", 0.4997, 3.0025, ANSCOMBE),
    line("Anscombe IV", "8 8 8 8 8 8 8 19 8 8 8", "6.58 5.76 7.71 8.84 8.47 7.04 5.25 12.50 5.56 7.91 6.89", 0.4999,
         3.0017, ANSCOMBE),
    line("two points", "0 1", "1 3", 2, 1, "derived: the line through (0, 1) and (1, 3)", rate=0.2),
    line("a symmetric cross", "-1 1 0 0", "0 0 -1 1", 0, 0, "derived: nothing correlates", rate=0.2),
    # ----- logic, by one unit
    logic("AND, linear", "0 0 0 1", LINEAR, "minimum", SQUARES, weights={"a": 0.5, "b": 0.5, "c": -0.25}),
    logic("OR, linear", "0 1 1 1", LINEAR, "minimum", SQUARES, weights={"a": 0.5, "b": 0.5, "c": 0.25}),
    logic("XOR, linear", "0 1 1 0", LINEAR, "minimum", LEARNING,
          weights={"a": 0, "b": 0, "c": 0.5}),
    logic("XOR, logistic", "0 1 1 0", f"sigmoid({LINEAR})", "minimum", SYMMETRY,
          weights={"a": 0, "b": 0, "c": 0}, error=ENTROPY),
    logic("AND, logistic", "0 0 0 1", f"sigmoid({LINEAR})", ENDLESS, SEPARABLE, error=ENTROPY),
    logic("OR, logistic", "0 1 1 1", f"sigmoid({LINEAR})", ENDLESS, SEPARABLE, error=ENTROPY),
    # ----- what cannot move
    Known("relu that is shut", "derived: z < 0 for both patterns, the slope of relu is 0 there",
          "data x in {1, 2}\ntarget y = x\nweight w := -1\nconst α := 0.1\nE = ½(relu(w·x) − y)²", "asleep",
          {"w": -1}, options={"steps": 10}),
    Known("a weight times 0", "derived: x = 0 is a factor of the only gradient",
          "data x\ntarget y\nweight w := 0.5\nE = ½(w·x − y)²", "asleep", {"w": 0.5}, dead=1,
          options={"columns": {"x": [0.0], "y": [1.0]}, "steps": 5}),
    Known("exp falls for ever", "derived: −exp(−w) < 0 everywhere", "weight w := 0\nconst α := 0.5\nE = exp(-w)",
          "falling without bound", options={"steps": 200}),
    Known("a step too far", "derived: x ← x − 4ηx³ grows for x² > 1/(2η)", "weight x := 3\nconst α := 0.1\nE = x^4",
          "left the finite numbers", options={"steps": 100}),
)  # fmt: skip


@pytest.mark.parametrize("case", KNOWN, ids=lambda case: case.name)
def test_a_story_says_what_is_known(trained: Callable[..., Run], case: Known) -> None:
    claims = ["end", *(["dead"] if case.dead is not None else []), *(["step"] if case.safe is not None else [])]
    story = explain(trained(case.text, **case.options), claims=claims)
    end = story["end"]
    assert end.evidence["kind"] == case.kind, end.statement
    if case.weights is not None:
        assert end.evidence["weights"] == pytest.approx(case.weights, abs=case.close)
    if case.eigenvalues is not None:
        largest = sorted(end.evidence["eigenvalues"])[-len(case.eigenvalues) :]
        assert largest == pytest.approx(case.eigenvalues, rel=1e-3)
    if case.dead is not None:
        assert len(story["dead"].evidence["dead_patterns"]) == case.dead
    if case.safe is not None:
        assert story["step"].evidence["safe_step"] == pytest.approx(case.safe, rel=1e-9)
        assert story["step"].evidence["guaranteed"]
    assert "diverge" not in story.text(tests=True)


def test_the_table_is_whole() -> None:
    names = [case.name for case in KNOWN]
    assert len(names) >= 60
    assert len(set(names)) == len(names)
    assert all(case.source for case in KNOWN)
