"""toward: the step at the start, and the way to where the run ended → the angle between the two."""

from __future__ import annotations

from typing import Literal

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.explain.measure.angles import angle
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.finding import aside, sometimes
from chainrule.explain.measure.rounding import slope_blur
from chainrule.explain.measure.samples import evenly
from chainrule.explain.measure.summary import summary
from chainrule.explain.naming import Naming, tuple_of
from chainrule.values import dataclass

STRAIGHT = 1.0
"""Degrees within which a direction points at a place."""
LOOKS = 5
"""Steps of the run at which the angle is looked at."""


@dataclass(frozen=True, slots=True)
class Look:
    """After so many steps the angle to where it ends, in degrees, and how far that is."""

    step: int
    angle: float
    left: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """The angle between the step and the way."""

    naming: Naming = aside()
    angle: float
    """degrees between the step over all patterns and the way to the end of the run"""
    rounding: float
    """degrees by which rounding may turn the step"""
    way: float
    """how far the run went"""
    towards: int | None = sometimes()
    """weights that go towards where they ended"""
    away: int | None = sometimes()
    """weights that go the other way"""
    end: tuple[float, ...] = aside()
    slope: float = aside()
    """of the first weight"""
    looks: tuple[Look, ...] = aside()
    furthest: tuple[int, float] = aside()
    """of the weights that go the other way the one with the longest way, and that way"""

    @property
    def holds(self) -> bool:
        return self.angle <= STRAIGHT

    @property
    def kind(self) -> Literal["towards the end", "elsewhere"]:
        return "towards the end" if self.holds else "elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Nowhere:
    """There is no step or no way."""

    angle: None
    """degrees between the step over all patterns and the way to the end of the run"""
    reason: Literal["no number", "no slope", "no way"] = aside()

    @property
    def holds(self) -> bool:
        return False

    @property
    def kind(self) -> Literal["nothing to compare"]:
        return "nothing to compare"


Toward = Turned | Nowhere


def measure(context: Context) -> Toward:
    """Does −gradient, over all patterns, point from the start to where the run ended?"""
    slope = context.sense * context.evaluator.gradient(context.start[None, :])[0]
    way = context.end - context.start
    if not np.isfinite(slope).all():
        return Nowhere(angle=None, reason="no number")
    if not np.any(slope) or not np.any(way):
        return Nowhere(angle=None, reason="no way" if np.any(slope) else "no slope")
    naming, end, first = context.naming, tuple_of(context.end), float(context.sense * slope[0])
    if len(context.names) == 1:
        right = bool(-slope[0] * way[0] > 0)
        return Turned(
            naming=naming, angle=0.0 if right else 180.0, rounding=0.0, way=float(way[0]), towards=None, away=None,
            end=end, slope=first, looks=(), furthest=(0, float(way[0])),
        )  # fmt: skip
    goes = np.sign(-slope * way)
    worst = summary(np.abs(way) * (goes < 0)).place
    return Turned(
        naming=naming, angle=angle(-slope, way), rounding=turned(context, slope), way=float(np.linalg.norm(way)),
        towards=int(np.count_nonzero(goes > 0)), away=int(np.count_nonzero(goes < 0)), end=end, slope=first,
        looks=tuple(looked(context)), furthest=(worst, float(way[worst])),
    )  # fmt: skip


def turned(context: Context, slope: Array) -> float:
    """Degrees by which rounding may turn a gradient at the start."""
    blur = float(np.linalg.norm(slope_blur(context, context.start)))
    return float(np.degrees(np.arctan2(blur, np.linalg.norm(slope))))


def looked(context: Context) -> list[Look]:
    """The angle at some steps of the run."""
    found = []
    for place in evenly(len(context.path) - 1, LOOKS):
        at = context.path[place]
        left, pull = context.end - at, context.sense * context.evaluator.gradient(at[None, :])[0]
        if np.any(left) and np.any(pull):
            found.append(Look(int(context.steps[place]), angle(-pull, left), float(np.linalg.norm(left))))
    return found
