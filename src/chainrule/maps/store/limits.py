"""How much a store may have, and how much of a store from a stranger is read: one table.

They belong to the layout on disk, and are not raised by name: who reads a store must read what another one wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from chainrule.expr.limits import Limit

LIMITS: Mapping[str, Limit] = MappingProxyType({
    "along": Limit(4096, "tiles along one axis", "so many files stand in one folder"),
    "tiles": Limit(1_000_000, "tiles of a map", "each is a file for each array"),
    "tile": Limit(2**30, "bytes of the arrays of a tile", "a tile is held in memory"),
    "arrays": Limit(1000, "arrays of a map", "each is described, and a file for each tile"),
    "sides": Limit(32, "sides of an array", "NumPy has no more everywhere"),
    "levels": Limit(16, "coarser pictures of a map", "each has half the cells along each axis of the next"),
    "document": Limit(2**26, "bytes of a document of JSON", "it is held in memory; one has the model and its patterns"),
    "logs": Limit(2**30, "bytes of all logs", "they are read whole; 16 MiB and 4 KiB for each tile, if that is less"),
    "line": Limit(2**16, "bytes of a line of a log", "one has some hundred"),
    "records": Limit(64, "lines of logs about one tile", "it is committed once, and again where it was changed"),
    "claim": Limit(4096, "bytes of a claim", "one has some hundred"),
})
"""By name."""
