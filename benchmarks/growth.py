"""How the time of a training grows with its steps, the units of a layer, and the patterns of a step: tables, a record.

    python3 dev.py bench growth [--rounds N] [--seconds S]

NumPy by hand stands beside each engine: where both grow alike, it is the work that grows.
"""

from __future__ import annotations

import _threads  # noqa: F401  (before NumPy is)

import argparse
import statistics
from collections.abc import Callable, Mapping
from math import log
from typing import Any

from _record import keep
from _rounds import Missing, Train, rounds, seconds
from _work import Work
from peers import PEERS

BESIDE = ("chainrule reference", "chainrule native exact", "chainrule native fused", "NumPy")

RATE = 1e-6  # so small that no run converges, and stops, before its steps are done
SMALL = Work("small", "", (2, 8, 8, 1), 300, 10, 0, RATE)
UNITS = {units: Work(f"units {units}", "", (2, units, units, 1), 300, 10, 0, RATE) for units in (2, 4, 8, 16, 32, 64)}
PATTERNS = {size: Work(f"all {size}", "", (2, 8, 8, 1), size, size, 0, RATE) for size in (1, 10, 100, 1000, 10_000)}
STEPS = (100, 200, 400, 800, 1600, 3200)


def trainers(work: Work) -> dict[str, Train]:
    """Those of the engines and NumPy that are here."""
    here = {}
    for name in BESIDE:
        try:
            train = PEERS[name](work)
            train(1)
        except Missing:
            continue
        here[name] = train
    return here


def by_work(works: Mapping[int, Work], count: int, least: float) -> dict[str, dict[int, float]]:
    """Seconds a step of each, by the size of the work."""
    found: dict[str, dict[int, float]] = {}
    for size, work in works.items():
        for name, times in rounds(trainers(work), count, least).items():
            found.setdefault(name, {})[size] = times.least
    return found


def by_steps(count: int) -> dict[str, dict[int, float]]:
    """Seconds of a whole training of each, by its steps."""
    return {
        name: {steps: statistics.median(seconds(train, steps) for _ in range(count)) for steps in STEPS}
        for name, train in trainers(SMALL).items()
    }


def show(what: str, found: Mapping[str, Mapping[int, float]], times: Callable[[float], str]) -> None:
    """A column for each size, and the exponent of the growth over its upper half."""
    sizes = list(next(iter(found.values())))
    print(f"{what:34}" + "".join(f"{size:>10,}" for size in sizes) + f"{'grows as':>12}")
    middle, last = sizes[len(sizes) // 2], sizes[-1]
    for name, taken in found.items():
        power = log(taken[last] / taken[middle]) / log(last / middle)
        print(f"{name:34}" + "".join(f"{times(taken[size]):>10}" for size in sizes) + f"{f'n^{power:.2f}':>12}")
    print()


def microseconds(taken: float) -> str:
    return f"{taken * 1e6:,.1f}" if taken < 1e-4 else f"{taken * 1e6:,.0f}"


def milliseconds(taken: float) -> str:
    return f"{taken * 1e3:,.1f}"


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--seconds", type=float, default=0.1)
    given = asked.parse_args()
    found: dict[str, Any] = {}
    found["steps"] = by_steps(given.rounds)
    show("2-8-8-1, training of n steps, ms", found["steps"], milliseconds)
    found["units"] = by_work(UNITS, given.rounds, given.seconds)
    show("2-n-n-1, 10 patterns a step, µs", found["units"], microseconds)
    found["patterns"] = by_work(PATTERNS, given.rounds, given.seconds)
    show("2-8-8-1, n patterns a step, µs", found["patterns"], microseconds)
    keep("growth", {"rounds": given.rounds, "seconds": found})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
