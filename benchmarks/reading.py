"""How long a table of 10⁵ rows and 100 columns takes to be read, beside pandas: with pyarrow, without, and once more.

    python3 dev.py bench reading [--rounds N] [--rows N] [--beside N]

Needs the extra `bench`. Each round reads the file once in every way, so that what else the machine does falls on all;
`--beside` starts so many other programs that never rest. Times of the processor count all threads together.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import numpy as np

from _record import keep
from busy import beside
from chainrule.data import arrow, csvfile, file_cache
from chainrule.data.limits import LIMITS

COLUMNS = 100
GOALS = {"chainrule, with pyarrow": 1.5, "chainrule, without": 3.5}
"""The most times as long as pandas takes that is accepted."""


def written(folder: Path, rows: int) -> dict[str, Path]:
    """The files: numbers only, and numbers with a column of text."""
    values = np.random.default_rng(0).normal(size=(rows, COLUMNS))
    names = ",".join(f"x{place}" for place in range(COLUMNS))
    np.savetxt(folder / "numbers.csv", values, "%.6g", ",", header=names, comments="")
    lines = (folder / "numbers.csv").read_text().split("\n")[:-1]
    text = "\n".join(f"{'id' if not place else f'row {place}'},{line}" for place, line in enumerate(lines))
    (folder / "mixed.csv").write_text(text + "\n")
    return {name: folder / f"{name}.csv" for name in ("numbers", "mixed")}


def without(path: Path) -> None:
    """Read without pyarrow."""
    with patch.object(arrow, "cells", lambda *_: None):
        csvfile.read(path)


def ways(pandas: object) -> dict[str, Callable[[Path], object]]:
    """What reads a file."""
    found: dict[str, Callable[[Path], object]] = {"pandas": pandas.read_csv}  # type: ignore[attr-defined]
    if arrow.library() is not None:
        found["chainrule, with pyarrow"] = csvfile.read
    return found | {"chainrule, without": without, "chainrule, again": lambda path: file_cache.table(path, LIMITS)}


def main() -> None:
    """Measure, print, and keep a record."""
    import pandas as pd

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=10**5)
    parser.add_argument("--beside", type=int, default=0)
    asked = parser.parse_args()
    record: dict[str, dict[str, dict[str, float]]] = {}
    with beside(asked.beside), tempfile.TemporaryDirectory() as folder:
        for name, path in written(Path(folder), asked.rows).items():
            os.utime(path, (1, 1))
            file_cache.table(path, LIMITS)
            times: dict[str, list[tuple[float, float]]] = {way: [] for way in ways(pd)}
            for _ in range(asked.rounds):
                for way, read in ways(pd).items():
                    begun = time.perf_counter(), time.process_time()
                    read(path)
                    times[way].append((time.perf_counter() - begun[0], time.process_time() - begun[1]))
            print(f"{name}, {path.stat().st_size / 1e6:.0f} MB")
            record[name] = {}
            for way, found in times.items():
                pairs = list(zip(found, times["pandas"], strict=True))
                wall, processor = (statistics.median(one[kind] / peer[kind] for one, peer in pairs) for kind in (0, 1))
                median = statistics.median(one for one, _ in found)
                goal = f"; at most {GOALS[way]} are wanted" if way in GOALS and name == "numbers" else ""
                print(f"  {way:26} {median:8.3f} s   {wall:6.2f} times pandas, {processor:.2f} of its processor{goal}")
                record[name][way] = {"seconds": median, "ratio": wall, "processor": processor}
    keep("reading", record)


if __name__ == "__main__":
    main()
