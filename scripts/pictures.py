"""Draws the pictures that stand in docs: docs/pictures/*.svg.

    python scripts/pictures.py

A test holds each to what is drawn today. Numbers near the last digit that is shown may differ on another machine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import chainrule as cr

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"


def of_xor() -> tuple[cr.Model, cr.Run]:
    model = cr.example("xor")
    return model, model.train(steps=300, batch="all")


def error() -> cr.Figure:
    return cr.example("identity").figure.error()


def landscape() -> cr.Figure:
    model = cr.example("line")
    return model.figure.landscape(model.train(steps=40, batch="all"))


def landscape_path() -> cr.Figure:
    model, run = of_xor()
    return model.figure.landscape(run)


def patterns() -> cr.Figure:
    model = cr.example("xor")
    return model.figure.patterns(model.train(steps=2000))


def gradients() -> cr.Figure:
    model = cr.example("growth")
    return model.figure.gradients(model.train(steps=120, batch="all"))


def fit() -> cr.Figure:
    model = cr.example("growth")
    return model.figure.fit(model.train(steps=300, batch="all"))


def fit_two() -> cr.Figure:
    model = cr.example("xor")
    return model.figure.fit(model.train(steps=3000))


def predictions() -> cr.Figure:
    model = cr.example("digits")
    return model.figure.predictions(model.train(steps=300))


def compare() -> cr.Figure:
    model = cr.example("xor")
    return model.figure.compare([model.train(steps=2000, rate=rate) for rate in (0.5, 2.0, 8.0)])


def graph() -> cr.Figure:
    return cr.example("identity").figure.graph(pattern=1)


def network() -> cr.Figure:
    return cr.example("xor").figure.network(pattern=1)


def identity_bias() -> cr.Figure:
    model = cr.example("identity-bias")
    return model.figure.landscape(model.train(steps=300, batch="all"))


def logical_and() -> cr.Figure:
    return cr.example("and").figure.fit()


def logical_or() -> cr.Figure:
    return cr.example("or").figure.fit()


def mazur() -> cr.Figure:
    return cr.example("mazur").figure.network()


def grid() -> cr.Figure:
    axes = {"α": "geometric(0.01, 10000, 48)", "w": "linear(0, 1, 32)"}
    found = cr.example("identity").map(axes, steps=300, batch="all", measures="reach(0.0806)")
    return found.figure("reach")


def learning() -> cr.Figure:
    return cr.example("identity").figure.map()


PICTURES: dict[str, Callable[[], cr.Figure]] = {
    "error": error,
    "landscape": landscape,
    "landscape-path": landscape_path,
    "patterns": patterns,
    "gradients": gradients,
    "fit": fit,
    "fit-two": fit_two,
    "predictions": predictions,
    "compare": compare,
    "graph": graph,
    "network": network,
    "identity-bias": identity_bias,
    "and": logical_and,
    "or": logical_or,
    "mazur": mazur,
    "map": grid,
    "learning": learning,
}
"""Each picture by the name of its file."""


def main() -> int:
    """Write them all."""
    for name, draw in PICTURES.items():
        draw().save(FOLDER / f"{name}.svg")
        sys.stdout.write(f"docs/pictures/{name}.svg\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
