"""A story beside the arithmetic that it is held against: the run, its weights step by step, slopes in sixty digits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import mpmath
import numpy as np
from numpy.typing import NDArray

import chainrule as cr
from chainrule.explain import Story

from .worlds import DIGITS, World

Array = NDArray[np.float64]
LOST = 1e-28
"""Of a goal: what so short a step in sixty digits leaves open of its slope."""
SHORT = "1e-30"
"""The length of a step that a rate of change is taken over, in sixty digits."""
JUMPS = 1e-15
"""A goal that changes by more over so short a step jumps."""


@dataclass
class Case:
    """A random model, trained and told."""

    world: World
    model: Any
    run: Any
    story: Story

    @property
    def sense(self) -> int:
        return self.world.sense

    @property
    def end(self) -> Any:
        return self.story["end"]

    def vectors(self, run: Any) -> Array:
        """The recorded weights of a run, one row a step."""
        found = run.trace.weights
        keys = list(dict.fromkeys(one.partition("[")[0] for one in self.world.names))
        parts = [np.asarray(found[one], dtype=np.float64) for one in keys]
        return np.concatenate([part.reshape(len(part), -1) for part in parts], axis=1)

    @cached_property
    def path(self) -> Array:
        return self.vectors(self.run)

    @property
    def size(self) -> float:
        return 1.0 + float(np.abs(self.path[-1]).max())

    def longer(self, steps: int, **other: Any) -> Array:
        """The weights of the same training with more steps."""
        return self.vectors(self.model.train(self.world.data, **{**self.world.options, "steps": steps, **other}))

    def starting(self, point: Array) -> dict[str, Any]:
        """Weights as arrays, to train from."""
        found: dict[str, Any] = {}
        for one, value in zip(self.world.names, point, strict=True):
            found.setdefault(one.partition("[")[0], []).append(float(value))
        shapes = self.run.weights
        return {one: np.array(values).reshape(np.shape(shapes[one])) for one, values in found.items()}

    @property
    def followed(self) -> int:
        """For how many steps more the run was followed, as the story says."""
        met = re.search(r"followed on by its own rule for (\d+) step", " ".join(self.end.conditions))
        return int(met.group(1)) if met else 0

    @property
    def plain(self) -> bool:
        return "update" not in self.world.options

    @property
    def pass_length(self) -> int:
        return int(self.run.recipe.order.pass_length)

    # ---- slopes --------------------------------------------------------------------------------------------------

    def beside(self, point: Array, way: Array, rows: tuple[int, ...] | None = None) -> tuple[float, bool]:
        """The rate at which the goal changes along a direction, from one side; and whether it jumps there."""
        with mpmath.workdps(DIGITS):
            step = mpmath.mpf(SHORT)
            here = self.world.exact(point, rows)
            moved = [mpmath.mpf(float(at)) + step * mpmath.mpf(float(one)) for at, one in zip(point, way, strict=True)]
            change = self.world.exact(moved, rows) - here
            return float(change / step), bool(abs(change) > JUMPS * (1 + abs(here)))

    def slopes(self, point: Array, rows: tuple[int, ...] | None = None) -> tuple[Array, NDArray[np.bool_]]:
        """The slope by each weight, the mean of both sides; and where the sides differ, or rounding decides on which
        side of an edge the point lies."""
        found, kinks = np.zeros(len(point)), np.zeros(len(point), dtype=bool)
        for place, unit in enumerate(np.eye(len(point))):
            (right, one), (left, other) = self.beside(point, unit, rows), self.beside(point, -unit, rows)
            found[place] = (right - left) / 2
            lost = LOST * abs(self.world.goal(point[None, :], rows)[0])
            kinks[place] = one or other or abs(right + left) > 1e-9 * max(abs(right), abs(left), 1e-12) + lost
        return found, kinks | self.world.parted(point, rows)

    @cached_property
    def ruled(self) -> Array:
        """The slope over all patterns that the rules give at the start: at a kink of a pattern one of those allowed."""
        found = self.model.evaluate(data=self.world.data).gradient
        keys = list(dict.fromkeys(one.partition("[")[0] for one in self.world.names))
        return np.concatenate([np.asarray(found[one], dtype=np.float64).reshape(-1) for one in keys])

    def lower(self, one: Array, other: Array, slack: float = 0.0) -> bool:
        """Whether the goal at one point is better than at another, in sixty digits."""
        with mpmath.workdps(DIGITS):
            change = self.sense * (self.world.exact(one) - self.world.exact(other))
            return bool(change < -mpmath.mpf(slack))


def made(world: World) -> Case:
    """The story of a world."""
    model = cr.Model(world.text)
    run = model.train(world.data, **world.options)
    return Case(world, model, run, model.explain(run))
