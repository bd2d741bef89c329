"""The peers: each file trains the same networks in another way.

A peer is a function from a work to what trains it; it raises Missing where it cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from _rounds import Train
from _work import Pictures, Work

from peers import (
    chainrule_engines,
    javascript,
    jax_loop,
    numpy_script,
    plain_c,
    plain_python,
    scalar_autograd,
    torch_eager,
    torch_in_place,
)

Peer = Callable[[Work], Train]

PEERS: dict[str, Peer] = {
    "chainrule reference": chainrule_engines.reference,
    "chainrule native exact": chainrule_engines.native_exact,
    "chainrule native fused": chainrule_engines.native_fused,
    "C -O3": plain_c.plain,
    "C -O3 -ffast-math -march=native": plain_c.fast,
    "C -O3, chainrule's exp": plain_c.same_exp,
    "JAX, one compiled loop": jax_loop.loop,
    "NumPy": numpy_script.script,
    "Python": plain_python.loops,
    "micrograd": scalar_autograd.micrograd,
    "micrograd-style": scalar_autograd.own,
    "JavaScript, an object a neuron": javascript.neurons,
    "PyTorch eager": torch_eager.eager,
    "PyTorch, torch.compile": torch_eager.one_graph,
    "PyTorch by hand, in place": torch_in_place.in_place,
}
"""Name → peer. The weights of all are compared with those of the first that is there."""

SINGLE: dict[str, Peer] = {"chainrule native fused32": chainrule_engines.native_fused32} | {
    name: PEERS[name]
    for name in (
        "C -O3",
        "C -O3 -ffast-math -march=native",
        "JAX, one compiled loop",
        "NumPy",
        "PyTorch eager",
        "PyTorch, torch.compile",
        "PyTorch by hand, in place",
    )
}
"""Those that compute in float32. Their weights are compared with those of NumPy in float64."""


def peers_of(work: Work) -> Mapping[str, Peer]:
    """The peers that compute in the numbers of a work, and have its network."""
    found = PEERS if work.bits == 64 else SINGLE
    if isinstance(work, Pictures):
        return {name: peer for name, peer in found.items() if name.startswith(("chainrule native", "JAX"))}
    return found
