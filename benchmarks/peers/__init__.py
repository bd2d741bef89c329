"""The peers: each file trains the same networks in another way.

A peer is a function from a work to what trains it; it raises Missing where it cannot.
"""

from __future__ import annotations

from collections.abc import Callable

from _rounds import Train
from _work import Work

from peers import (
    chainrule_engines,
    javascript,
    jax_loop,
    numpy_script,
    plain_c,
    plain_python,
    scalar_autograd,
    torch_eager,
)

PEERS: dict[str, Callable[[Work], Train]] = {
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
}
"""Name → peer. The weights of all are compared with those of the first that is there."""
