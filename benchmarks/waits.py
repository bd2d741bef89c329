"""What a person waits for: tasks at three sizes, each with what limits it and how its time grows; a table and a record.

    python3 dev.py bench waits [--only NAME …]

Each task runs in a process of its own, so that its memory is its own and nothing is at hand from the one before. The
time is that of the processor, with Python, NumPy and what is compiled; growth is the power p of the size,
time ∝ size^p, between the two largest: 1 is linear.
"""

from __future__ import annotations

import argparse
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import chainrule as cr
from _record import keep

COLUMNS = (
    "index i = 0..{last}\ndata x[i], y\nweight w[i] := 0\nconst α := 0.01\nE = ½(Σ_i w[i]·x[i] − y)²\nminimise mean E\n"
)


@dataclass(frozen=True)
class Task:
    """What is waited for: its sizes, what makes it of one of them, and what takes the time."""

    sizes: tuple[int, ...]
    unit: str
    work: Callable[[int, Path], object]
    limit: str
    given: Callable[[int, Path], object] | None = None  # what is there before: a file


def table(columns: int) -> Callable[[int, Path], None]:
    """What writes a table of random numbers, its last column a sum of the others with noise."""

    def written(rows: int, folder: Path) -> None:
        numbers = np.random.default_rng(0)
        x = numbers.normal(size=(rows, columns))
        y = x @ np.linspace(-1, 1, columns) + 0.1 * numbers.normal(size=rows)
        head = ",".join([*(f"x[{place}]" for place in range(columns)), "y"])
        every = np.column_stack([x, y])
        np.savetxt(folder / "table.csv", every, fmt="%.4f", delimiter=",", header=head, comments="")

    return written


def columns(count: int) -> cr.Model:
    return cr.Model(COLUMNS.format(last=count - 1))


def deep(equations: int) -> cr.Model:
    lines = "".join(f"h{place} = tanh(w·h{place - 1})\n" for place in range(1, equations - 1))
    return cr.Model(f"data x\nweight w := 0.1\nh0 = w·x\n{lines}E = ½h{equations - 2}²\n")


def read_columns(steps: int, folder: Path) -> None:
    trace = cr.example("identity-bias").train(steps=steps).trace
    for name in ("w", "E", "ŷ", "∂E/∂w"):  # weights never rest here
        trace[name]


def drawn(steps: int, folder: Path) -> None:
    model = cr.example("identity-bias")
    model.figure.error(model.train(steps=steps)).svg()


TASKS = {
    "explain, 10 columns": Task(
        (10_000, 30_000, 100_000), "rows",
        lambda rows, folder: columns(10).explain(data=folder / "table.csv").text(),
        "gradients over all patterns, by NumPy", table(10),
    ),
    "read 100 columns": Task(
        (10_000, 30_000, 100_000), "rows", lambda rows, folder: columns(100).train(folder / "table.csv", steps=1),
        "text to numbers", table(100),
    ),
    "four columns of a trace": Task((100_000, 300_000, 1_000_000), "steps", read_columns, "the steps, played again"),
    "derive": Task(
        (100, 300, 1_000), "equations", lambda count, folder: deep(count).derive("w").text(), "the check of each line"
    ),
    "a figure of the error": Task((100_000, 300_000, 1_000_000), "steps", drawn, "the errors of all steps"),
    "page of digits": Task(
        (100, 300, 1_000), "steps",
        lambda steps, folder: cr.example("digits").page(str(folder / "page.html"), steps=steps), "the story in it",
    ),
}  # fmt: skip


def one(name: str, size: int, folder: Path) -> dict[str, float]:
    """Seconds and memory of a task in a process of its own."""
    task = TASKS[name]
    if task.given is not None:
        task.given(size, folder)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    asked = [sys.executable, __file__, "--one", name, str(size), str(folder)]
    done = subprocess.run(asked, check=True, stdout=subprocess.PIPE, text=True)
    clock, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    return {"clock_s": clock, "processor_s": processor, "megabytes": float(done.stdout.split()[-1])}


def growth(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """p of time ∝ size^p between the two largest sizes.

    >>> growth([1, 10, 100], [5.0, 2.0, 20.0])
    1.0
    """
    return math.log(seconds[-1] / seconds[-2]) / math.log(sizes[-1] / sizes[-2])


def main() -> int:
    asked = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    asked.add_argument("--only", nargs="*", default=list(TASKS), choices=list(TASKS), metavar="NAME")
    asked.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.one:
        name, size, folder = given.one
        TASKS[name].work(int(size), Path(folder))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(peak / (2**20 if sys.platform == "darwin" else 2**10))
        return 0
    print(f"{'processor seconds':26}{'at three sizes':>34}{'MB':>6}{'growth':>8}  limited by")
    found = {}
    for name in given.only:
        task = TASKS[name]
        with tempfile.TemporaryDirectory() as folder:
            rounds = [one(name, size, Path(folder)) for size in task.sizes]
        seconds = [taken["processor_s"] for taken in rounds]
        power = growth(task.sizes, seconds)
        shown = "".join(f"{taken:9.2f}" for taken in seconds)
        sizes = f"{task.sizes[-1]:,} {task.unit}"
        print(f"{name:26}{shown}{sizes:>20}{rounds[-1]['megabytes']:6.0f}{power:8.2f}  {task.limit}", flush=True)
        found[name] = {"sizes": task.sizes, "unit": task.unit, "growth": power, "rounds": rounds, "limit": task.limit}
    keep("waits", {"tasks": found})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
