"""The peers of maps: each file trains many runs of one network in another way.

A peer is a function from a map to what trains all of its runs; it raises Missing where it cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from _maps import Map
from _rounds import Train

from peers.maps import by_c, by_chainrule, by_jax, by_numpy, by_torch

MapPeer = Callable[[Map], Train]

LIBRARIES: dict[str, MapPeer] = {
    "JAX, one compiled loop, vmap": by_jax.mapped,
    "PyTorch, vmap of grad": by_torch.eager,
    "PyTorch, torch.compile of that": by_torch.one_graph,
    "PyTorch, bmm by hand": by_torch.by_hand,
    "NumPy": by_numpy.script,
}

NEURONS: dict[str, MapPeer] = {
    "chainrule native exact": by_chainrule.exact,
    "chainrule native fused": by_chainrule.fused,
    "C, runs side by side": by_c.tiled,
    "C, a run at a time": by_c.plain,
} | LIBRARIES

MAP_PEERS: dict[str, MapPeer] = {
    **NEURONS,
    "C intrinsics, fused": by_c.intrinsics,
    "C intrinsics, exact": by_c.intrinsics_exact,
    "peak of fused multiply-adds": by_c.peak,
}
"""Name → peer. The weights of all are compared with those of the first that is there. The intrinsics have tanh as the
package has it, and true division; the other C has -O3 -ffast-math and the system's vector functions."""

SINGLE_MAPS: dict[str, MapPeer] = {
    "chainrule native fused32": by_chainrule.fused32,
    "C intrinsics, fused": by_c.intrinsics,
    "peak of fused multiply-adds": by_c.peak,
} | LIBRARIES


def map_peers(work: Map) -> Mapping[str, MapPeer]:
    """The peers that compute in the numbers of a map; the neuron has no tiles and no products.

    Over a border, who ends runs early makes fewer products than the peak would be counted for.
    """
    if not work.inputs:
        return NEURONS
    here = MAP_PEERS if work.bits == 64 else SINGLE_MAPS
    return {name: peer for name, peer in here.items() if not (work.grid and peer is by_c.peak)}
