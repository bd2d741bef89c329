"""How much memory and time `chainrule eval --json` takes for 10⁵ patterns of ten inputs, which it writes as it goes.

    python3 dev.py bench writing [--rows N]

Each way is a process of its own, so that the most memory it ever held can be asked of the system: one that only reads
the data and evaluates, and the whole command with what it writes going to a file.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from _record import keep

INPUTS = 10
MOST = 400e6
"""The most bytes of memory that are accepted."""

TEXT = f"""index i = 1..{INPUTS}
data x[i]
target y
weight w[i] := 0.1
z = tanh(Σ_i w[i]·x[i])
E = ½(z − y)²
"""

ONLY = "import chainrule as cr, sys; cr.Model(open('net.eq').read()).evaluate(data='points.csv')"


def measured(command: list[str], folder: Path, out: Path) -> dict[str, float]:
    """Seconds, the most memory and what was written by a process."""
    begun = time.perf_counter()
    with out.open("wb") as file:
        child = subprocess.Popen([sys.executable, *command], cwd=folder, stdout=file)
        _, status, used = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{command} ended with {status}")
    scale = 1 if sys.platform == "darwin" else 1024
    seconds = time.perf_counter() - begun
    return {"seconds": seconds, "bytes": used.ru_maxrss * scale, "written": out.stat().st_size}


def main() -> None:
    """Measure, print, and keep a record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10**5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        values = np.random.default_rng(0).normal(size=(asked.rows, INPUTS + 1))
        names = ",".join([*(f"x[{place + 1}]" for place in range(INPUTS))]).replace(",", '","')
        np.savetxt(folder / "points.csv", values, "%.6g", ",", header=f'"{names}",y', comments="")
        (folder / "net.eq").write_text(TEXT, "utf-8")
        found = {
            "read and evaluate": measured(["-c", ONLY], folder, folder / "nothing"),
            "eval --json": measured(
                ["-m", "chainrule", "eval", "net.eq", "--data", "points.csv", "--json"], folder, folder / "out.json"
            ),
        }
    for way, one in found.items():
        size, written = one["bytes"] / 1e6, one["written"] / 1e6
        print(f"{way:20} {one['seconds']:8.2f} s   at most {size:5.0f} MB of memory   {written:6.1f} MB written")
    print(f"at most {MOST / 1e6:.0f} MB are wanted")
    keep("writing", found)


if __name__ == "__main__":
    main()
