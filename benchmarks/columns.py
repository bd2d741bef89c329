"""How long it takes to read columns of a trace, beside the training that they are of: ratios and a record.

    python3 dev.py bench columns [WORK …] [--steps N] [--rounds N]

Each round trains anew and reads one column, which computes every other that is kept with it; then, of a training that
records every tenth step, so that they are no differences of what is recorded, the changes of the weights; and last it
saves a run as a table, where that has few columns. What has to be compiled is compiled in the first round, which is
told apart, for the training and for the reading.
"""

from __future__ import annotations

import _threads  # noqa: F401  (before NumPy is)

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from _record import keep
from _work import WORKS, Work

import chainrule as cr
from chainrule.train.run import Run

READ: dict[str, Callable[[Run, Path], object]] = {
    "the error": lambda run, folder: run.trace["error"],
    "the changes": lambda run, folder: [run.trace[f"Delta_{name}"] for name in run.weights],
    "all columns as CSV": lambda run, folder: run.save(folder / "run.csv"),
}
"""What is read."""

NARROW = 100
"""Columns of a table that is saved at most."""


def trained(work: Work, model: cr.Model, steps: int, record: int) -> Run:
    """A training of a work; the neuron has its own data and start."""
    given = {"data": dict(zip("xy", work.data, strict=True)), "start": work.start} if work.sizes else {}
    return model.train(steps=steps, batch=work.batch, rate=work.rate, record=record, **given)


def taken(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def once(work: Work, model: cr.Model, steps: int, folder: Path) -> dict[str, tuple[float, float]]:
    """Seconds of the training and of the reading, for each that is read."""
    found = {}
    for name, read in READ.items():
        runs: list[Run] = []
        record = 10 if name == "the changes" else 1

        training = taken(lambda record=record, runs=runs: runs.append(trained(work, model, steps, record)))  # type: ignore[misc]
        if name == "all columns as CSV" and len(runs[0].trace.columns) > NARROW:
            continue
        found[name] = training, taken(lambda read=read, runs=runs: read(runs[0], folder))  # type: ignore[misc]
    return found


def main() -> int:
    works = {work.name: work for work in WORKS if work.bits == 64 and work.name != "wide"}
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("works", nargs="*", metavar="WORK", help=", ".join(works))
    asked.add_argument("--steps", type=int, default=60_000)
    asked.add_argument("--rounds", type=int, default=5)
    given = asked.parse_args()
    if unknown := set(given.works) - set(works):
        asked.error(f"there is no work {', '.join(sorted(unknown))}")
    print(f"times the training of {given.steps} steps: the first round, the median of {given.rounds} more")
    kept = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in given.works or works:
            model = cr.Model(works[name].text)
            rounds = [once(works[name], model, given.steps, Path(folder)) for _ in range(1 + given.rounds)]
            for read in rounds[0]:
                first, *others = [times[read][1] / times[read][0] for times in rounds]
                print(f"{name:12}{read:24}{first:8.2f}{statistics.median(others):8.2f}", flush=True)
            kept[name] = rounds
    print(f"record: {keep('columns', {'steps': given.steps, 'seconds': kept})}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
