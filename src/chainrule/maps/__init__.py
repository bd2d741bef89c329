"""Grids of trainings: axes over rates, consts, starts and seeds → what came of each cell, as arrays.

What is here is loaded when it is used: a process that looks at a store, or computes tiles of it, needs little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chainrule.maps.axis import Axis
    from chainrule.maps.plan import Plan
    from chainrule.maps.tile import compute

__all__ = ["Axis", "Plan", "compute"]


def __getattr__(name: str) -> object:
    match name:
        case "Axis":
            from chainrule.maps.axis import Axis

            return Axis
        case "Plan":
            from chainrule.maps.plan import Plan

            return Plan
        case "compute":
            from chainrule.maps.tile import compute

            return compute
    raise AttributeError(f"module 'chainrule.maps' has no attribute {name!r}")
