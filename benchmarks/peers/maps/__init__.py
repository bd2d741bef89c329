"""The peers of maps: each file trains many runs of one network in another way, on one core.

A peer is a function from a map to what trains all of its runs; it raises Missing where it cannot.
"""

from __future__ import annotations

from collections.abc import Callable

from _maps import Map
from _rounds import Train

from peers.maps import by_c, by_chainrule, by_jax, by_numpy

MAP_PEERS: dict[str, Callable[[Map], Train]] = {
    "chainrule native exact": by_chainrule.exact,
    "chainrule native fused": by_chainrule.fused,
    "C by hand, 8 runs side by side": by_c.tiled,
    "C, a run at a time": by_c.plain,
    "JAX, one compiled loop, vmap": by_jax.mapped,
    "NumPy": by_numpy.script,
}
"""Name → peer. The weights of all are compared with those of the first that is there. C has -O3 -ffast-math."""
