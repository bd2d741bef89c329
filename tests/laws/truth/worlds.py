"""A seed → a random model: its text, its data, how it is trained, and its goal as plain arithmetic.

Written from what is asked of stories: kinks, steps, penalties, boxes, rules that remember, shuffled orders, letters,
shared weights, recurrences, bad starts, rates of every size, goals that are maximised, models without data.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import mpmath
import numpy as np
from numpy.typing import NDArray

from .terms import EXACT, KINKED, NUMPY, STEPPED, Term, call, name, number, total

Array = NDArray[np.float64]
DIGITS = 60
FEATURES = (
    "kinks", "steps", "penalty", "box", "momentum", "adam", "shuffled", "letters", "shared", "recurrence", "saturated",
    "zero", "at a kink", "small rate", "large rate", "maximise", "no data",
)  # fmt: skip


@dataclass(frozen=True)
class World:
    """``each`` is the error of one pattern (of the whole model without data), ``extra`` what is added to its mean or
    sum; both of what is minimised or maximised as the text has it."""

    text: str
    names: tuple[str, ...]
    start: tuple[float, ...]
    each: Term
    extra: Term | None
    reduction: str
    data: dict[str, Any] | None
    columns: dict[str, list[float]]
    options: dict[str, Any]
    boxes: dict[str, tuple[float, float]]
    sense: int
    features: frozenset[str] = field(default=frozenset())

    @property
    def rows(self) -> int:
        return max((len(values) for values in self.columns.values()), default=1)

    def errors(self, points: Array) -> Array:
        """The error of each pattern at each point, (points, patterns)."""
        at = {one: points[:, place : place + 1] for place, one in enumerate(self.names)}
        with np.errstate(all="ignore"):
            found = self.each.of(NUMPY, at | {one: np.array([values]) for one, values in self.columns.items()})
        return np.array(np.broadcast_to(found, (len(points), self.rows)))

    def goal(self, points: Array, rows: tuple[int, ...] | None = None) -> Array:
        """The goal over some patterns, or all, at each point."""
        at = {one: points[:, place] for place, one in enumerate(self.names)}
        with np.errstate(all="ignore"):
            errors = self.errors(points)[:, list(range(self.rows) if rows is None else rows)]
            found = errors.mean(axis=1) if self.reduction == "mean" else errors.sum(axis=1)
            return np.asarray(found if self.extra is None else found + self.extra.of(NUMPY, at))

    def exact(self, point: Any, rows: tuple[int, ...] | None = None) -> Any:
        """The same at one point, in sixty digits."""
        chosen = range(self.rows) if rows is None else rows
        with mpmath.workdps(DIGITS):
            at = {one: mpmath.mpf(value) for one, value in zip(self.names, point, strict=True)}
            parts = [
                self.each.of(EXACT, at | {one: mpmath.mpf(values[row]) for one, values in self.columns.items()})
                for row in chosen
            ]
            found = mpmath.fsum(parts) / (len(parts) if self.reduction == "mean" else 1)
            return found if self.extra is None else found + self.extra.of(EXACT, at)

    def parted(self, point: Any, rows: tuple[int, ...] | None = None) -> bool:
        """Whether a point lies so near an edge that rounding puts it on another side: 0.7·1 − 0.7 of decimals, say."""
        edges = self.each.edges + (self.extra.edges if self.extra is not None else ())
        chosen = range(self.rows) if rows is None else rows
        with mpmath.workdps(DIGITS), np.errstate(all="ignore"):
            for row in chosen:
                data = {one: values[row] for one, values in self.columns.items()}
                here = dict(zip(self.names, map(float, point), strict=True)) | data
                exact = {one: mpmath.mpf(value) for one, value in here.items()}
                floats = {one: np.float64(value) for one, value in here.items()}
                if any(np.sign(float(edge(NUMPY, floats))) != mpmath.sign(edge(EXACT, exact)) for edge in edges):
                    return True
        return False

    def inside(self, points: Array) -> Array:
        """Points put back into the boxes."""
        low = np.array([self.boxes.get(one, (-np.inf, np.inf))[0] for one in self.names])
        high = np.array([self.boxes.get(one, (-np.inf, np.inf))[1] for one in self.names])
        return np.asarray(np.clip(points, low, high))


# ---- parts -------------------------------------------------------------------------------------------------------

UNITS: dict[str, Callable[[Term], Term]] = {
    "tanh": lambda z: call("tanh", z), "σ": lambda z: call("σ", z), "relu": lambda z: call("relu", z),
    "linear": lambda z: z, "abs": lambda z: call("abs", z), "sin": lambda z: call("sin", z),
    "softplus": lambda z: call("softplus", z), "max": lambda z: call("max", z, number(0.25)),
    "step": lambda z: call("step", z), "reach": lambda z: call("reach", z), "seam": lambda z: call("sign", z) * z,
    "square": lambda z: z**2, "min": lambda z: call("min", z, number(1.0)), "bump": lambda z: call("exp", -(z**2)),
    "cube": lambda z: z**3, "relu²": lambda z: call("relu", z) ** 2,
    "leaky": lambda z: call("max", z, z * 0.125),
    "hard": lambda z: call("min", call("max", z, number(-1.0)), number(1.0)),
}  # fmt: skip
LOSSES: dict[str, Callable[[Term, Term], Term]] = {
    "half square": lambda out, y: number(0.5) * (out - y) ** 2, "distance": lambda out, y: call("abs", out - y),
    "hinge": lambda out, y: call("relu", number(1.0) - y * out), "fourth": lambda out, y: (out - y) ** 4,
    "logistic": lambda out, y: call("softplus", -(y * out)), "square": lambda out, y: (out - y) ** 2,
}  # fmt: skip
ALONE: tuple[Callable[[Term, Term], Term], ...] = (
    lambda w, v: (w - 1.0) ** 2,
    lambda w, v: number(0.25) * (w**2 - 1.0) ** 2,
    lambda w, v: w**3 - number(3.0) * w**2 + number(3.0) * w,
    lambda w, v: call("abs", w - 0.35),
    lambda w, v: call("relu", w - 20.0) ** 3 - w,
    lambda w, v: w**4,
    lambda w, v: w**6 - w**4,
    lambda w, v: call("exp", -w),
    lambda w, v: call("cos", w),
    lambda w, v: number(0.5) * w**2 + call("abs", w),
    lambda w, v: w**2 * (w - 2.0) ** 2,
    lambda w, v: (w * v - 1.0) ** 2,
    lambda w, v: w**2 - v**2,
    lambda w, v: w**2 + v**4,
    lambda w, v: w**2 - v**4,
    lambda w, v: number(0.5) * w**2 + number(5.0) * v**2,
    lambda w, v: w**3 - number(3.0) * w * v**2,
    lambda w, v: call("relu", w) ** 2 + call("relu", -v),
    lambda w, v: call("sqrt", w**2 + 1.0) + number(0.0) * v,
    lambda w, v: call("abs", w) + call("abs", v) - number(2.0) * w,
    lambda w, v: call("max", w, v) + number(0.5) * v**2,
    lambda w, v: call("step", w) + w**2,
    lambda w, v: number(0.5) * (number(1.0) - w * v * w) ** 2,
    lambda w, v: call("softplus", w) - number(0.25) * w,
    lambda w, v: call("relu", w - 1.0) ** 2 + 2.0,
    lambda w, v: number(3.0) * (number(0.75) - w) ** 4,
    lambda w, v: call("log", w**2 + 1.0),
    lambda w, v: (w**2 - v) ** 2 + number(0.01) * (w - 1.0) ** 2,
    lambda w, v: call("tanh", w) ** 2 - number(0.5) * call("tanh", w),
    lambda w, v: call("abs", w * v) + number(0.5) * (w + v - 1.0) ** 2,
)  # fmt: skip


@dataclass
class Draft:
    """What a family makes of a seed, before rules and orders are chosen."""

    head: list[str]
    lines: list[str]
    written: str  # the error of one pattern, as the text has it
    names: list[str]
    start: list[float]
    each: Term
    columns: dict[str, list[float]]
    data: dict[str, Any] | None
    features: set[str]
    shown: dict[int, str] = field(default_factory=dict)  # declarations of weights with letters, by their first entry


def starts(choose: random.Random, names: list[str], features: set[str]) -> list[float]:
    """Where weights begin: near 0, far out where units are saturated, at 0 itself, where kinks are."""
    kind = choose.choice(("plain", "plain", "plain", "zero", "saturated"))
    if kind != "plain":
        features.add(kind)
    if kind == "zero":
        return [0.0] * len(names)
    values = (20.0, -20.0, 40.0, -50.0) if kind == "saturated" else (0.5, -0.3, 1.0, -1.0, 0.25, 2.0, 0.7, 1e-12, 0.0)
    return [choose.choice(values) for _ in names]


def alone(choose: random.Random) -> Draft:
    """A goal of one or two weights without data."""
    features = {"no data"}
    body = choose.choice(ALONE)(name("w"), name("v"))
    names = ["w", "v"] if "v" in body.text else ["w"]
    start = starts(choose, names, features)
    if choose.random() < 0.15:
        start = [choose.choice((0.35, 20.0, 1.0)) for _ in names]
    return Draft([], [], body.text, names, start, body, {}, None, features)


def column(choose: random.Random, rows: int) -> list[float]:
    return [choose.choice((0.0, 1.0, -1.0, 0.5, 2.0)) for _ in range(rows)]


def units(choose: random.Random) -> Draft:
    """A small network of plain numbers."""
    features: set[str] = set()
    rows, many = choose.randint(1, 5), choose.randint(1, 2)
    names = [f"{one}{k}" for k in range(1, many + 1) for one in "wbv"]
    unit, x, y = UNITS[choose.choice(list(UNITS))], name("x"), name("y")
    hidden = [unit(name(f"w{k}") * x + name(f"b{k}")) for k in range(1, many + 1)]
    loss = LOSSES[choose.choice(list(LOSSES))]
    each = loss(total(name(f"v{k + 1}") * one for k, one in enumerate(hidden)), y)
    columns = {"x": column(choose, rows), "y": column(choose, rows)}
    lines = [f"h{k + 1} = {one.text}" for k, one in enumerate(hidden)]
    lines.append("ŷ = " + " + ".join(f"v{k + 1}·h{k + 1}" for k in range(many)))
    return Draft(
        ["data x", "target y"], lines, loss(name("ŷ"), y).text, names, starts(choose, names, features), each, columns,
        dict(columns), features,
    )  # fmt: skip


def shared(choose: random.Random) -> Draft:
    """One weight read at two letters of the data."""
    features, rows = {"shared", "letters"}, choose.randint(1, 5)
    unit = UNITS[choose.choice(list(UNITS))]
    parts = [unit(name("w") * name(f"x[{i}]") + name("b")) for i in (1, 2)]
    loss = LOSSES[choose.choice(list(LOSSES))]
    each = loss(total(parts), name("y"))
    columns = {"x[1]": column(choose, rows), "x[2]": column(choose, rows), "y": column(choose, rows)}
    inside = unit(name("w") * name("x[i]") + name("b")).text
    return Draft(
        ["index i = 1..2", "data x[i]", "target y"], [f"h[i] = {inside}", "ŷ = Σ_i h[i]"],
        loss(name("ŷ"), name("y")).text, ["w", "b"], starts(choose, ["w", "b"], features), each, columns,
        paired(columns), features,
    )  # fmt: skip


def letters(choose: random.Random) -> Draft:
    """A layer with letters."""
    features, rows = {"letters"}, choose.randint(1, 5)
    unit = UNITS[choose.choice(list(UNITS))]
    names = [f"W[{k},{i}]" for k in (1, 2) for i in (1, 2)] + ["v[1]", "v[2]"]
    nets = [total(name(f"W[{k},{i}]") * name(f"x[{i}]") for i in (1, 2)) for k in (1, 2)]
    out = total(name(f"v[{k}]") * unit(nets[k - 1]) for k in (1, 2))
    loss = LOSSES[choose.choice(list(LOSSES))]
    each = loss(out, name("y"))
    columns = {"x[1]": column(choose, rows), "x[2]": column(choose, rows), "y": column(choose, rows)}
    lines = ["z[k] = Σ_i W[k,i]·x[i]", f"h[k] = {unit(name('z[k]')).text}", "ŷ = Σ_k v[k]·h[k]"]
    start = starts(choose, names, features)
    shown = {0: "W[k,i] := [[{}, {}], [{}, {}]]", 4: "v[k] := [{}, {}]"}
    return Draft(
        ["index i = 1..2, k = 1..2", "data x[i]", "target y"], lines, loss(name("ŷ"), name("y")).text, names, start,
        each, columns, paired(columns), features, shown,
    )  # fmt: skip


def recurrence(choose: random.Random) -> Draft:
    """A state that is read by the next one, with the same two weights."""
    features, rows = {"recurrence", "shared", "letters"}, choose.randint(1, 4)
    unit = UNITS[choose.choice(("tanh", "linear", "relu", "σ", "leaky", "hard", "step"))]
    state, many = number(0.0), choose.choice((2, 3))
    for t in range(1, many + 1):
        state = unit(name("a") * name(f"x[{t}]") + name("u") * state)
    loss = LOSSES[choose.choice(list(LOSSES))]
    each = loss(state, name("y"))
    columns = {f"x[{t}]": column(choose, rows) for t in range(1, many + 1)} | {"y": column(choose, rows)}
    inside = unit(name("a") * name("x[t]") + name("u") * name("h[t-1]")).text
    return Draft(
        [f"index t = 1..{many}", "data x[t]", "target y"], ["h[0] = 0", f"h[t] = {inside}", f"ŷ = h[{many}]"],
        loss(name("ŷ"), name("y")).text, ["a", "u"], starts(choose, ["a", "u"], features), each, columns,
        paired(columns), features,
    )  # fmt: skip


def paired(columns: dict[str, list[float]]) -> dict[str, Any]:
    """Columns of entries as the array that they are entries of."""
    inside = [values for one, values in columns.items() if one.startswith("x[")]
    return {"x": [list(row) for row in zip(*inside, strict=True)], "y": columns["y"]}


FAMILIES = (alone, alone, units, units, units, units, shared, letters, recurrence, recurrence)
RATES = (1e-4, 1e-3, 0.01, 0.03, 0.1, 0.1, 0.3, 0.5, 1.0, 1.5, 10.0, 100.0, 1000.0)


def world(seed: int) -> World:
    """The random model of a seed, the same for the same seed."""
    choose = random.Random(f"world {seed}")
    draft = choose.choice(FAMILIES)(choose)
    features, names = draft.features, draft.names
    options: dict[str, Any] = {"rate": choose.choice(RATES), "steps": choose.choice((1, 7, 60, 300, 1000))}
    rule = choose.choice((None,) * 9 + ("momentum", "momentum", "adam", "adam", "nesterov", "rmsprop"))
    if rule is not None:
        options["update"] = rule
    reduction, extra = "mean", None
    if draft.data is not None:
        batch = choose.choice((None, "each", "all", "all", "shuffled", "shuffled", 2))
        if batch is not None:
            options["batch"] = batch if batch != 2 else min(2, len(draft.columns["y"]))
        reduction = choose.choice(("mean", "mean", "sum"))
    if draft.data is not None and choose.random() < 0.3:
        one = name(choose.choice(names))
        extra = choose.choice((number(0.125) * call("abs", one), number(0.01) * one**2, number(0.5) * one**2))
    sense = -1 if choose.random() < 0.15 else 1
    each = -draft.each if sense < 0 else draft.each
    extra = -extra if sense < 0 and extra is not None else extra
    boxes: dict[str, tuple[float, float]] = {}
    if choose.random() < 0.25:
        for one, value in zip(names, draft.start, strict=True):
            if "[" not in one and choose.random() < 0.7:
                boxes[one] = (min(value, choose.choice((-1.0, -3.0))), max(value, choose.choice((0.5, 2.0))))
    error = draft.written if sense > 0 else f"−({draft.written})"
    verb = "minimise" if sense > 0 else "maximise"
    aim = f"{verb} E" if draft.data is None else f"{verb} {reduction} E"
    aim += "" if extra is None else f" + {extra.text}"
    used = each.uses | (extra.uses if extra is not None else frozenset())
    kept = World(
        "\n".join([*draft.head, *declared(draft, boxes), *draft.lines, f"E = {error}", aim]), tuple(names),
        tuple(draft.start), each, extra, reduction, draft.data, draft.columns, options, boxes, sense,
    )  # fmt: skip
    marks = {
        "kinks": bool(used & KINKED), "steps": bool(used & STEPPED), "penalty": extra is not None, "box": bool(boxes),
        "momentum": rule in ("momentum", "nesterov"), "adam": rule in ("adam", "rmsprop"),
        "shuffled": options.get("batch") == "shuffled", "small rate": options["rate"] <= 1e-3,
        "large rate": options["rate"] >= 10, "maximise": sense < 0, "at a kink": stands_at_a_kink(kept),
    }  # fmt: skip
    features |= {mark for mark, here in marks.items() if here}
    return replace(kept, features=frozenset(features))


def declared(draft: Draft, boxes: dict[str, tuple[float, float]]) -> list[str]:
    """The weights with their boxes and starts."""
    if draft.shown:
        values = [f"{value:.17g}" for value in draft.start]
        return [f"weight {text.format(*values[place:])}" for place, text in draft.shown.items()]
    found = []
    for one, value in zip(draft.names, draft.start, strict=True):
        box = f" in [{boxes[one][0]:.17g}, {boxes[one][1]:.17g}]" if one in boxes else ""
        found.append(f"weight {one}{box} := {value:.17g}")
    return found


def stands_at_a_kink(world: World) -> bool:
    """Whether the inside of a function that bends or jumps is 0 at the start for some pattern."""
    at: dict[str, Any] = {one: np.array([[value]]) for one, value in zip(world.names, world.start, strict=True)}
    at |= {one: np.array([values]) for one, values in world.columns.items()}
    edges = world.each.edges + (world.extra.edges if world.extra is not None else ())
    with np.errstate(all="ignore"):
        return any(bool(np.any(np.asarray(edge(NUMPY, at)) == 0)) for edge in edges)
