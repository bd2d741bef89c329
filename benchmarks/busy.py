"""Several threads against one, alone and beside two other programs that never rest: ratios and a record.

    python3 dev.py bench busy [WORK …] [--rounds N]

A ratio is the time of all threads by that of one; above 1 the threads are no help. Each measurement is a process of its
own, for libraries read the number of their threads when they start; within it what is compiled or read for the first
time is not measured, but `explain digits` is the whole command. Rounds take turns, and the quickest counts.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from _record import keep

WIDE = """
import numpy as np
import chainrule as cr
from _work import WORKS
from time import perf_counter
work = next(work for work in WORKS if work.name == "wide")
x, y = work.data
model = cr.Model(work.text, work.name)
how = {"data": {"x": x, "y": y}, "start": dict(work.start), "engine": "native", "numerics": "fused"}
"""

TIMED = "WORK(FEW)\nbegan = perf_counter()\nWORK(MANY)\nprint(perf_counter() - began)\n"

RUN = WIDE + "def run(steps): model.train(steps=steps, batch=128, record=steps, **how)\n"

SEVERAL = """
import chainrule as cr
from time import perf_counter
model = cr.example("xor")
def run(steps): model.train(steps=steps, seed=range(256), record=steps, engine="native")
"""

EVALUATION = WIDE + (
    "trained = model.train(steps=64, batch=128, record=1, **how)\n"
    "def run(times):\n"
    "    for _ in range(times): model.evaluate(data=how['data'], weights=trained.weights)\n"
)

EXPLAIN = """
import sys
from time import perf_counter
from chainrule.cli import main
def run(times):
    if times:
        sys.argv = ["chainrule", "explain", "digits"]
        try: main()
        except SystemExit: pass
"""

WORKS = {
    "run": (RUN, 2, 150),
    "several": (SEVERAL, 10, 20_000),
    "evaluate": (EVALUATION, 1, 5),
    "explain": (EXPLAIN, 0, 1),
}
"""Name → what is run, and how often before and while it is measured."""

SPINS = "while True: pass"
LIMITS = ("CHAINRULE_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@contextmanager
def beside(programs: int) -> Iterator[None]:
    """So many other programs that never rest."""
    others = [subprocess.Popen([sys.executable, "-c", SPINS]) for _ in range(programs)]
    try:
        time.sleep(0.5)
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def seconds(name: str, threads: int | None) -> float:
    """How long a work takes by so many threads; by as many as it likes where none is said."""
    text, few, many = WORKS[name]
    own = {one: value for one, value in os.environ.items() if one not in LIMITS}
    limits = {} if threads is None else dict.fromkeys(LIMITS, str(threads))
    timed = TIMED.replace("WORK", "run").replace("FEW", str(few)).replace("MANY", str(many))
    done = subprocess.run(
        [sys.executable, "-c", text + timed], cwd=Path(__file__).parent, env=own | limits, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{name} cannot be measured: {done.stderr.strip()}")
    return float(done.stdout.split()[-1])


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("works", nargs="*", metavar="WORK", help=", ".join(WORKS))
    asked.add_argument("--rounds", type=int, default=3)
    given = asked.parse_args()
    unknown = set(given.works) - WORKS.keys()
    if unknown:
        asked.error(f"there is no work {', '.join(sorted(unknown))}")
    found: dict[str, dict[str, dict[str, list[float]]]] = {}
    print(f"all of {os.cpu_count()} threads by one, {given.rounds} rounds: time, the quickest by the quickest")
    for name in given.works or WORKS:
        found[name] = {}
        for programs in (0, os.cpu_count() or 1):
            times: dict[str, list[float]] = {"one": [], "all": []}
            with beside(programs):
                for _ in range(given.rounds):
                    for kind, threads in (("one", 1), ("all", None)):
                        times[kind].append(seconds(name, threads))
            ratio = min(times["all"]) / min(times["one"])
            where = f"beside {programs} other programs" if programs else "alone"
            print(f"{name:10}{where:28}{ratio:6.2f}  (one {min(times['one']):.3g} s)", flush=True)
            found[name][where] = times
    print(f"record: {keep('busy', {'rounds': given.rounds, 'seconds': found})}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
