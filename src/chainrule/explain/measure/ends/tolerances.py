"""What counts as nothing at the end of a run: shares of the weights, the slopes, the curvature and the goal, each with
its reason."""

from __future__ import annotations

TINY = 1e-300
"""Beside any number of a network nothing; beside 0 it keeps a share from being one of nothing."""

FLAT = 1e-7
"""Of the largest curvature: below it a direction is along a valley. Second derivatives by complex steps are right to
about 1e-12 of it, and a direction that bends so little takes ten million steps."""

BENT = 1e-3
"""Of the steepest slope of the run, as a curvature for weights of size 1: where all curvature is less, it is measured
against this, for a place may be flat in every direction."""

NO_SLOPE = 1e-6
"""Of the steepest slope of the run: a slope that is less moves nothing that one sees, and is more than rounding."""

NO_STEP = 1e-9
"""Of the size of the weights: a step that is less changes none of the digits that are shown."""

ROUNDED_GOAL = 1e-12
"""Of the goal: what some thousand roundings make of it."""

ROUNDED_SLOPE = 1e-12
"""Of the curvature times the weights: as much of a slope is what is left of numbers that cancel."""
