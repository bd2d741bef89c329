"""How much sooner runs side by side are done on all cores than on one: ratios and a record.

    python3 dev.py bench threads [--rounds N] [--seconds S]

Beside them stands the processor's own limit, fused multiply-adds from registers on one thread and on all: its ratio is
what the machine allows. By the clock, so a machine that does something else meanwhile shows less.
"""

from __future__ import annotations

import _threads  # noqa: F401  (before NumPy is)

import argparse
import os
from collections.abc import Callable, Mapping

from _maps import MAPS, Map
from _record import keep
from _rounds import Missing, Train, rounds
from peers.maps import by_c, by_chainrule

KINDS: Mapping[str, Callable[[Map, int], Train]] = {
    "map, exact": lambda work, threads: by_chainrule.trained(work, "exact", threads),
    "map, fused": lambda work, threads: by_chainrule.trained(work, "fused", threads),
    "map32, fused32": lambda work, threads: by_chainrule.trained(work, "fused32", threads),
    "tiny, exact": lambda work, threads: by_chainrule.trained(work, "exact", threads),
    "map32, multiply-adds": by_c.peak,
}


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--seconds", type=float, default=0.3)
    given = asked.parse_args()
    works, cores = {work.name: work for work in MAPS}, os.cpu_count() or 1
    print(f"runs side by side on {cores} threads, how many times as quick as on one; {given.rounds} rounds")
    found = {}
    for name, made in KINDS.items():
        try:
            both = {str(threads): made(works[name.partition(",")[0]], threads) for threads in (1, cores)}
        except Missing as reason:
            print(f"{name:24}not measured: {reason}")
            continue
        times = rounds(both, given.rounds, given.seconds)
        ratio, least, most = times[str(cores)].against(times["1"])
        print(f"{name:24}{ratio:6.2f}  ({least:.2f}-{most:.2f})", flush=True)
        found[name] = {threads: one.step for threads, one in times.items()}
    print(f"record: {keep('threads', {'rounds': given.rounds, 'step_s': found})}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
