"""Grids of trainings: axes over rates, consts, starts and seeds → what came of each cell, as arrays."""

from chainrule.maps.axis import Axis
from chainrule.maps.plan import Plan
from chainrule.maps.tile import compute

__all__ = ["Axis", "Plan", "compute"]
