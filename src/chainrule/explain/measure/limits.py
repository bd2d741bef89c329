"""How long a step may be by the curvature → the limit, on what it rests, and what was found on the way to it."""

from __future__ import annotations

import math
from typing import Literal

from chainrule.explain.measure.proved_range import Span
from chainrule.explain.naming import Pattern
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Stretch:
    """The weights between two, ±∞ where there is no end."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Basis:
    """Where curvature was proved, or met: on a stretch of one weight, or at so many points of the run or around it, of
    so many patterns one by one."""

    kind: Literal[
        "proved", "met", "each pattern", "around the run", "on the run", "each pattern on the run",
        "some patterns on the run",
    ]  # fmt: skip
    stretch: Stretch | None = None
    points: int = 0
    patterns: int = 0


@dataclass(frozen=True, slots=True)
class LargestCurvature:
    """The pattern whose curvature is the largest; with one weight also the largest that was met, and where."""

    pattern: Pattern
    met: float = math.nan
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """Steps shorter than ``safe`` make the goal better; ``bound`` is the curvature behind it, ``reach`` the rate up to
    which a step stays where that bound holds, ``start`` from where steps are taken, if not from anywhere."""

    bound: float
    met: float
    guaranteed: bool
    basis: Basis
    reach: float = math.inf
    start: Span | None = None
    where: LargestCurvature | None = None

    @property
    def safe(self) -> float:
        return min(2 / self.bound if self.bound > 0 else math.inf, self.reach)

    @property
    def cut(self) -> bool:
        """Whether the range ends the guarantee, and not the curvature."""
        return self.bound <= 0 < math.inf > self.reach or self.reach < 2 / max(self.bound, 1e-300)


# ---- what was found on the way -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proved:
    """A bound on a stretch, by intervals on so many pieces, and the largest curvature met, at a weight."""

    stretch: Stretch
    bound: float
    pieces: int
    met: float
    at: float


@dataclass(frozen=True, slots=True)
class NoBound:
    """A weight near which the curvature has no bound."""

    near: float


@dataclass(frozen=True, slots=True)
class Met:
    """The largest curvature at points of a stretch on which nothing could be proved."""

    stretch: Stretch
    points: int
    top: float


@dataclass(frozen=True, slots=True)
class OnePattern:
    """The largest curvature of one pattern alone; with many weights at so many ``points`` of the run."""

    limit: Limit
    points: int = 0


@dataclass(frozen=True, slots=True)
class MeanAndSum:
    """The safe rate for the mean of the patterns."""

    safe: float


@dataclass(frozen=True, slots=True)
class TurningPoints:
    """The weights at which the curve begins to bend upward (1) or downward (−1), looked for on a stretch."""

    at: tuple[tuple[float, int], ...]
    stretch: Stretch


@dataclass(frozen=True, slots=True)
class Spent:
    """More intervals than this were not computed."""

    most: int


@dataclass(frozen=True, slots=True)
class CurvatureAround:
    """The largest curvature in any direction at points on and around the run: the least and the greatest of them; with
    very many weights by so many products with the Hessian, on the run alone."""

    points: int
    least: float
    top: float
    products: int | None = None


@dataclass(frozen=True, slots=True)
class FirstStep:
    """The rate up to which a first step over all patterns is proved to help; None where nothing could be proved."""

    rate: float | None


@dataclass(frozen=True, slots=True)
class NoCurvature:
    """No curvature could be computed along the run."""


Note = (
    Proved | NoBound | Met | OnePattern | MeanAndSum | TurningPoints | Spent | CurvatureAround | FirstStep | NoCurvature
)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limit over all patterns, that of a pattern alone, and what was found on the way."""

    whole: Limit | None
    alone: Limit | None
    notes: tuple[Note, ...]
    line: Stretch | None = None
    """of one weight, on what it was looked at"""
    sum: float | None = None
    """the safe rate for the sum of the patterns"""
    first: float | None = None
    """the rate up to which a first step is proved to help"""
    points: int | None = None
    products: int | None = None
    found: bool | None = None
    """whether the products were enough"""
