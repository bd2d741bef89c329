"""A whole map beside its kernel, its store, one worker, and peers: ratios, in a few minutes on a quiet machine.

    python3 dev.py bench whole [--threads N] [--cells N] [--steps N] [--runs N] [--no-peers]

The tanh network of the paper on trainability over its window, 256 × 256 cells of 500 steps in float32, on two cores
(`--threads 2`). Each line says how the time of a map in memory compares: with the kernel that makes the same steps and
looks at nothing, with the same map in a store, with one worker in place of two. Peers train `--runs` cells of the same
window, spread over it; "notebook" is the paper's own style, float64 in JAX, a compiled step called from Python.
"""

from __future__ import annotations

from _threads import THREADS, keep_to_cores  # before NumPy is

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import chainrule as cr
from _maps import SCALE, WINDOW, Map
from _record import keep
from _rounds import Missing
from chainrule.api.planned import planned
from chainrule.maps.tile import begun
from chainrule.train.ensemble import follow
from peers.maps import by_jax, by_torch

GOALS = {"the kernel alone": (0.97, None), "the map in a store": (None, 1.03), "one worker": (1.9, None),
         "the best peer": (2.7, None), "notebook": (10.0, None)}  # fmt: skip
"""What is wanted of each ratio, at least and at most."""


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def ours(given: argparse.Namespace) -> dict[str, float]:
    """Seconds of the map and of what it stands beside."""
    model = cr.example("trainability/tanh")
    axes = [f"{rate}=geometric({10 ** WINDOW[0]!r}, {10 ** WINDOW[1]!r}, {given.cells})" for rate in ("η0", "η1")]
    how: dict[str, Any] = {"steps": given.steps, "batch": "all", "numerics": "float32"}
    model.map(axes[0].replace(str(given.cells), "4"), **{**how, "steps": 1})  # what is compiled once
    plan = planned(model, axes, **how)
    found = {"the map": seconds(lambda: model.map(axes, **how, measures="trained", threads=given.threads))}
    places = (range(given.cells),) * 2

    def kernel() -> None:
        for group in plan.ground.groups(places):
            for part in np.array_split(np.arange(len(group.cells)), max(1, len(group.cells) // 4096)):
                ready = begun(plan.ground, group, part, given.threads)
                if ready is not None:
                    follow(ready[0], ready[1], group.order, given.steps)

    found["the kernel alone"] = seconds(kernel)
    with tempfile.TemporaryDirectory() as folder:
        for name, workers in (("the map in a store", given.threads), ("one worker", 1)):
            store = Path(folder) / f"{workers}.zarr"
            more = {"workers": workers, "threads": 1, "measures": "trained"}
            found[name] = seconds(lambda store=store, more=more: model.map(axes, **how, **more, store=store))
    return found


def notebook(work: Map) -> Callable[[int], np.ndarray]:
    """JAX as the paper's notebook has it: all runs in one batch, each step called from Python, the errors kept."""
    if by_jax.jax is None:
        raise Missing("the package jax is not installed")
    jax = by_jax.jax
    jax.config.update("jax_enable_x64", True)
    x, y = (jax.numpy.asarray(part, "float64") for part in work.data)

    def error(weights: Any) -> Any:
        first, last = weights
        return jax.numpy.mean((jax.numpy.tanh(SCALE * (x @ first.T)) @ last / work.units - y) ** 2)

    def one(weights: Any, rates: Any) -> Any:
        value, slopes = jax.value_and_grad(error)(weights)
        moved = tuple(part - rates[k] * slope for k, (part, slope) in enumerate(zip(weights, slopes, strict=True)))
        return moved, value

    step = jax.jit(jax.vmap(one))
    rates = jax.numpy.asarray(work.rates, "float64")

    def train(steps: int) -> np.ndarray:
        state, errors = tuple(jax.numpy.asarray(work.start[name], "float64") for name in ("W", "v")), []
        for _ in range(steps):
            state, value = step(state, rates)
            errors.append(value)
        return np.asarray(jax.numpy.stack(errors))

    return train


def theirs(given: argparse.Namespace) -> dict[str, float]:
    """Seconds that each peer would take for as many cells as the map has."""
    side = max(2, round(given.runs**0.5))
    work = Map("window", "", 16, 16, 272, side * side, given.steps, bits=32, grid=(side, side))
    found = {}
    for name, peer in (("JAX scan", by_jax.mapped), ("torch.compile", by_torch.one_graph), ("notebook", notebook)):
        try:
            train = peer(work)
            train(2)  # compiles
            found[name] = seconds(lambda train=train: train(given.steps)) * given.cells**2 / work.runs
        except Missing as reason:
            print(f"{name}: not measured: {reason}")
    return found


def main() -> int:
    """Measure, print, keep."""
    asked = argparse.ArgumentParser(description=str(__doc__).split("\n")[0])
    asked.add_argument("--cells", type=int, default=256, help="along each axis")
    asked.add_argument("--steps", type=int, default=500)
    asked.add_argument("--runs", type=int, default=1024, help="cells that peers train")
    asked.add_argument("--threads", type=int, default=THREADS)
    asked.add_argument("--no-peers", action="store_true")
    given = asked.parse_args()
    keep_to_cores()
    times = ours(given)
    peers = {} if given.no_peers else theirs(given)
    quick = [name for name in peers if name != "notebook"]
    own = times["the map"]
    ratios = {name: times[name] / own for name in ("the kernel alone", "the map in a store")}
    ratios["one worker"] = times["one worker"] / times["the map in a store"]
    if quick:
        ratios["the best peer"] = min(peers[name] for name in quick) / own
    ratios |= {name: peers[name] / own for name in peers}
    print(f"the map: {given.cells**2} cells of {given.steps} steps in {own:.1f} s on {given.threads} threads, "
          f"{given.cells**2 / own:.0f} cells a second")  # fmt: skip
    for name, ratio in ratios.items():
        low, high = GOALS.get(name, (None, None))
        wanted = "" if low is None and high is None else f"wanted: {'at least' if low else 'at most'} {low or high}"
        print(f"{name:20} takes {ratio:6.2f} times as long   {wanted}")
    keep("whole", {"seconds": times | peers, "ratios": ratios, **vars(given)})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
