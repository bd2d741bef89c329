"""A run that still moves → a value with what it does, followed on, and what lies on its way."""

from __future__ import annotations

from typing import Literal

from chainrule.explain.measure.ends.stationary_point import Nearest
from chainrule.explain.measure.finding import aside, sometimes
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Edge:
    """The weights that stand on their bound, with a slope that would push them out; the slope of the first."""

    places: tuple[int, ...]
    values: tuple[float, ...]
    slope: float


@dataclass(frozen=True, slots=True)
class NearestPoint:
    """The nearest point without slope that Newton's method found, or how near to one it came."""

    kind: str
    distance: float
    slope: float
    slope_at_end: float
    products: int
    curvature: tuple[float, float] | None
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class NoiseFloor:
    """Where weights go about that are visited in orders drawn anew."""

    passes: int
    middle: tuple[float, ...]
    spread: float
    goals: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Onward:
    """What the continuation of the run does that comes to no rest and to no point: it was not followed, left the finite
    numbers in a step, still falls, goes about a noise floor, or does neither."""

    kind: Literal["not followed", "left", "falls", "floor", "about"]
    steps: int = 0
    left: int = 0
    error: float = 0.0
    """the goal before it left"""
    sizes: tuple[float, float] = (0.0, 0.0)
    """the largest weight at the beginning and at the end"""
    goals: tuple[float, float] = (0.0, 0.0)
    """the least and the greatest goal"""
    target: tuple[float, ...] | None = None
    """the best point near a noise floor, and the goal there"""
    target_error: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """The weights still move, or no step was taken."""

    gradient: tuple[float, ...]
    """the gradient at the end, or at the place where it rests"""
    gradient_norm: float
    """its length where no bound holds a weight"""
    eigenvalues: tuple[float, ...] | None = sometimes()
    """of the Hessian, for the free weights; of many both ends"""
    both_ends_only: bool | None = sometimes()
    """whether these are only the largest and the smallest"""
    products: int | None = sometimes()
    """products with the Hessian that were needed"""
    found: bool | None = sometimes()
    """whether they were enough"""
    at_bound: tuple[str, ...] | None = sometimes()
    """weights that a bound holds"""
    growth: float | None = sometimes()
    """by which factor each move was longer than the one before"""
    target: tuple[float, ...] | None = sometimes()
    """the point to which it goes, or which a circle surrounds"""
    distance: float | None = sometimes()
    """how far the end is from it, or from where it goes"""
    target_error: float | None = sometimes()
    """the goal there"""
    shape: str | None = sometimes()
    """what the points around it, or around its target, say it is"""
    arrived: bool | None = sometimes()
    """whether it came to rest there, followed on"""
    nearest: NearestPoint | None = sometimes()
    """the nearest point without slope: `kind`, `distance`, `slope`, `slope_at_end`, `products`, `curvature`,
    `weights`"""
    followed: int | None = sometimes()
    """steps for which it was followed on"""
    trend: tuple[float, ...] | None = sometimes()
    """the goal at the beginning and the end of those"""
    bound: float | None = sometimes()
    """no weights make the goal better than it, as intervals prove"""
    noise_floor: NoiseFloor | None = sometimes()
    """where shuffled orders go about: `passes`, `middle`, `spread`, `goals`"""
    repelling: tuple[float, ...] | None = sometimes()
    """a minimum near by that repels such steps"""
    rate_times_curvature: float | None = sometimes()
    """the rate times the curvature there"""
    goal: float = aside()
    edge: Edge = aside()
    bend_norm: float = aside()
    """of many weights the length of the slope that was told with their curvature"""
    smooth: bool = aside()
    """whether the place to which it goes is no kink"""
    gained: float = aside()
    """how much nearer it came"""
    steps_on: int = aside()
    """for how many steps it was followed towards that place"""
    comes: bool = aside()
    """whether it comes nearer to the nearest point with every stretch"""
    near: Nearest | None = aside()
    near_error: float = aside()
    onward: Onward | None = aside()

    @property
    def name(self) -> str:
        if self.growth is not None:
            return "growing"
        if self.target is not None:
            return "on the way to a minimum" if self.shape == "minimum" else "on the way"
        if self.near is not None and self.near.kind == "minimum" and self.comes:
            return "on the way to a minimum"
        match self.onward:
            case Onward("left"):
                return "running away"
            case Onward("falls"):
                return "still falling"
        return "not settled"
