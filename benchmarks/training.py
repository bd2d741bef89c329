"""How long a step of training takes, beside peers that train the same network: a table and a record.

    python3 dev.py bench training [WORK …] [--rounds N] [--seconds S]

Peers are measured in turns, in one process; of each the quickest round counts. Each is first held to the weights that
the first of them, chainrule's reference engine where it takes part, has after the same steps. One that is not here, or
that computes something else, is named and not measured.
"""

from __future__ import annotations

import _threads  # noqa: F401  (before NumPy is)

import argparse
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from _maps import Map
from _record import keep
from _rounds import Clock, Missing, Times, Train, rounds
from _work import WORKS, Work
from peers import PEERS

Peer = Callable[[Any], Train]
"""From a work to what trains it, or Missing."""

CLOSE = 1e-9
"""How far weights may differ, of the largest: all compute in float64, and sums in another order differ by roundings."""


@dataclass(frozen=True)
class Ready:
    """A peer with the right weights: seconds until it was compiled and had done one step, and how far it differs."""

    train: Train
    first: float
    differs: float


def gathered(work: Work | Map, peers: Mapping[str, Peer] | None = None) -> tuple[dict[str, Ready], dict[str, str]]:
    """The peers that compute what the first one computes, and why the others are left out."""
    here: dict[str, Ready] = {}
    missing: dict[str, str] = {}
    known: np.ndarray | None = None
    for name, peer in (PEERS if peers is None else peers).items():
        start = time.perf_counter()
        try:
            train = peer(work)
            train(1)
            first = time.perf_counter() - start
            weights = train(work.check)
        except Missing as reason:
            missing[name] = str(reason)
            continue
        known = weights if known is None else known
        differs = float(np.max(np.abs(weights - known)) / np.max(np.abs(known)))
        if differs < CLOSE:
            here[name] = Ready(train, first, differs)
        else:
            missing[name] = f"its weights differ by {differs:.1e} of the largest after {work.check} steps"
    return here, missing


UNITS = ((1, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


def readable(seconds: float) -> str:
    size, unit = next((size, unit) for size, unit in UNITS if seconds >= size or unit == "ns")
    return f"{seconds / size:.3g} {unit}"


def table(times: dict[str, Times], ready: dict[str, Ready], missing: dict[str, str]) -> list[str]:
    """A line a peer: a step's time, what it takes to be ready, and how many times as long as each chainrule engine."""
    ours = [name for name in times if name.startswith("chainrule")]
    heads = [f"times {name.removeprefix('chainrule ')}" for name in ours]
    lines = ["  ".join([f"{'':34}{'a step':>10}{'ready after':>12}", *(f"{head:>24}" for head in heads)])]
    for name, found in times.items():
        ratios = ["{:.3g} ({:.3g}-{:.3g})".format(*times[our].against(found)) for our in ours]
        own = f"{name:34}{readable(found.least):>10}{readable(ready[name].first):>12}"
        lines.append("  ".join([own, *(f"{ratio:>24}" for ratio in ratios)]))
    return [*lines, *(f"{name:34}not measured: {why}" for name, why in missing.items())]


def measured(work: Work | Map, peers: Mapping[str, Peer], count: int, least: float, clock: Clock) -> dict[str, Any]:
    ready, missing = gathered(work, peers)
    times = rounds({name: one.train for name, one in ready.items()}, count, least, clock)
    print(f"{work.name}: {work.about}; {count} rounds")
    print("\n".join(table(times, ready, missing)), "\n")
    return {
        "about": work.about,
        "text": work.text,
        "missing": missing,
        "peers": {
            name: {
                "step_s": {"least": one.least, "rounds": one.step},
                "first_call_s": ready[name].first,
                "call_s": statistics.median(one.call),
                "steps": one.steps,
                "differs": ready[name].differs,
            }
            for name, one in times.items()
        },
    }


def command(
    name: str,
    works: Sequence[Work | Map],
    peers: Mapping[str, Peer],
    about: str,
    clock: Clock = time.perf_counter,
) -> int:
    """Measure what the command line asks for, print it, and keep the record."""
    asked = argparse.ArgumentParser(description=about.partition("\n")[0])
    asked.add_argument("works", nargs="*", metavar="WORK", help=", ".join(work.name for work in works))
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--seconds", type=float, default=0.3, help="at least so long is each peer measured in a round")
    given = asked.parse_args()
    unknown = set(given.works) - {work.name for work in works}
    if unknown:
        asked.error(f"there is no work {', '.join(sorted(unknown))}")
    chosen = [work for work in works if not given.works or work.name in given.works]
    found = {work.name: measured(work, peers, given.rounds, given.seconds, clock) for work in chosen}
    keep(name, {"rounds": given.rounds, "works": found})
    return 0


if __name__ == "__main__":
    raise SystemExit(command("training", WORKS, PEERS, str(__doc__)))
