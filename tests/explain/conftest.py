"""Runs for the tests of `explain`: from a text to a trained network in one call, with an engine that may be crooked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from chainrule import data, model, notation
from chainrule.engines import reference
from chainrule.engines.protocol import Bound, Loaded
from chainrule.expr.nodes import Derivative, Equation, Expr
from chainrule.program.lower import lower
from chainrule.program.program import Program
from chainrule.train.run import Run
from chainrule.train.train import train


@dataclass(frozen=True)
class Crooked:
    """An engine that runs another program than the one it is given."""

    plant: Callable[[Program], Program]
    name: str = "crooked"

    def load(self, program: Program, bound: Bound) -> Loaded:
        return reference.ENGINE.load(self.plant(program), bound)


def bent(bend: Callable[[Expr], Expr], *only: str) -> Callable[[Program], Program]:
    """The program with other gradient equations: of all weights, or only of some."""

    def plant(program: Program) -> Program:
        weights = set(only) or {symbol.name for symbol in program.weights}

        def other(equation: Equation) -> Equation:
            target = equation.target
            if isinstance(target, Derivative) and target.wrt[0].name in weights:
                return Equation(target, bend(equation.body))
            return equation

        phases = {**program.phases, "adjoint": tuple(map(other, program.phases["adjoint"]))}
        return replace(program, phases=phases)

    return plant


@pytest.fixture(scope="session")
def trained() -> Callable[..., Run]:
    return build


def build(
    text: str,
    columns: object = None,
    consts: Mapping[str, object] | None = None,
    start: Mapping[str, object] | None = None,
    bend: Callable[[Expr], Expr] | None = None,
    plant: Callable[[Program], Program] | None = None,
    hold: tuple[str, ...] = (),
    seed: int = 0,
    **options: Any,
) -> Run:
    """A training of a text; ``bend`` changes the gradient equations that the engine runs, ``plant`` its program."""
    network = model.build(notation.parse(text))
    patterns = data.bind(network, columns, consts, seed)
    plant = bent(bend) if bend is not None else plant
    engine = reference.ENGINE if plant is None else Crooked(plant)
    starts = data.starts(network, consts, seed, start)
    return train(
        network,
        lower(network, hold=hold),
        engine,
        patterns,
        start=starts,
        seed=seed,
        **options,
    )
