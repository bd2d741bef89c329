"""Texts of many families, each at growing sizes, through every stage: how many calls each takes, and how that grows.

    python3 dev.py campaign growth --families tree factors --stages derive

Each text and stage has a process of its own, with a limit on memory and on time. Prints a line for each; 1 if a stage
took more than it may, or ended in an error that is not the user's.
"""

from __future__ import annotations

import argparse
import math
import resource
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.laws.growth import FAMILIES, STAGES, counted

MEMORY = 2 * 2**30
"""Bytes of address space that a process may add to what it begins with."""


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--families", nargs="*", default=list(FAMILIES), choices=list(FAMILIES))
    options.add_argument("--stages", nargs="*", default=list(STAGES), choices=list(STAGES))
    options.add_argument("--sizes", nargs="*", type=int, help="instead of those of each family")
    options.add_argument("--seconds", type=float, default=20.0, help="after which a process is ended")
    options.add_argument("--one", nargs=3, metavar=("FAMILY", "STAGE", "SIZE"), help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.one:
        return one(asked.one[0], asked.one[1], int(asked.one[2]))
    worst = 0
    for family in asked.families:
        for stage in asked.stages:
            worst |= grown(family, stage, asked.sizes or FAMILIES[family][0], asked.seconds)
    return worst


def grown(family: str, stage: str, sizes: tuple[int, ...], seconds: float) -> int:
    """Prints a line for one family and stage."""
    parts, calls, failed = [], [], 0
    for size in sizes:
        command = [sys.executable, __file__, "--one", family, stage, str(size)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)  # noqa: S603
        except subprocess.TimeoutExpired:
            parts.append(f"{size}: > {seconds:g} s")
            failed = 1
            break
        told = done.stdout.strip() if not done.returncode else (done.stderr.strip().splitlines() or ["died"])[-1][:150]
        parts.append(f"{size}: {told}")
        failed |= done.returncode != 0
        if not done.returncode and told.split()[0].isdigit():
            calls.append((size, int(told.split()[0])))
    power = ""
    if len(calls) > 1 and calls[-2][1] and calls[-1][0] != calls[-2][0]:
        power = f"  ~n^{math.log(calls[-1][1] / calls[-2][1]) / math.log(calls[-1][0] / calls[-2][0]):.1f}"
    print(f"{family:20} {stage:14} {'; '.join(parts)}{power}", flush=True)
    return failed


def one(family: str, stage: str, size: int) -> int:
    """Counts one stage of one text, in this process."""
    from chainrule.errors import ChainruleError

    text = FAMILIES[family][1](size)
    work = None
    try:
        work = STAGES[stage](text)
        held = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, held + MEMORY))
        began = time.perf_counter()
        with counted() as calls:
            work()
        print(f"{calls.made} ({time.perf_counter() - began:.2f} s)")
    except ChainruleError as error:
        print(f"{error.code}{'' if work else ' before'}: {str(error).splitlines()[0][:100]}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
