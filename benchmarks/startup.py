"""How long a new process takes: importing the package, `--help`, a derivation, a whole story; a table and a record.

    python3 dev.py bench startup [--rounds N]

Every command is run once in each round, so that what else the machine does strikes all alike. An empty Python stands
beside them: nothing written in Python is faster.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

from _record import keep

COMMANDS = {
    "an empty Python": ["-c", "pass"],
    "import chainrule": ["-c", "import chainrule"],
    "import numpy": ["-c", "import numpy"],
    "chainrule --help": ["-m", "chainrule", "--help"],
    "chainrule derive identity": ["-m", "chainrule", "derive", "identity"],
    "chainrule eval identity": ["-m", "chainrule", "eval", "identity"],
    "chainrule explain identity": ["-m", "chainrule", "explain", "identity"],
}


def seconds(arguments: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--rounds", type=int, default=20)
    count = asked.parse_args().rounds
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for arguments in COMMANDS.values():
        seconds(arguments)  # bytecode is written the first time
    for _ in range(count):
        for name, arguments in COMMANDS.items():
            times[name].append(seconds(arguments))
    print(f"a new process, median of {count} (least-most), milliseconds")
    for name, taken in times.items():
        print(f"{name:30}{statistics.median(taken) * 1e3:8.0f}  ({min(taken) * 1e3:.0f}-{max(taken) * 1e3:.0f})")
    found = {name: {"median_s": statistics.median(taken), "rounds": taken} for name, taken in times.items()}
    keep("startup", {"rounds": count, "commands": found})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
