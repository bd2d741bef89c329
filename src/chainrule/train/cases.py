"""What each of several trainings has of its own."""

from __future__ import annotations

from chainrule.data import Patterns, Starts
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """Patterns, start, rate and seed of one run."""

    patterns: Patterns
    start: Starts
    rate: float | None
    seed: int
