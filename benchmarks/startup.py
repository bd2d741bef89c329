"""How long a new process takes: importing the package, `--help`, a derivation, a whole story; a table and a record.

    python3 dev.py bench startup [--rounds N]

Every command is run once in each round, so that what else the machine does strikes all alike. An empty Python stands
beside them: nothing written in Python is faster. Bytecode is there, as after an installation: it is kept in a folder of
the benchmark's own, whether or not this Python is told to write any.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
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


def seconds(arguments: list[str], env: dict[str, str]) -> tuple[float, float]:
    """Of the clock and of the processor: on a busy machine the second says more."""
    used, start = processor(), time.perf_counter()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True, env=env)
    return time.perf_counter() - start, processor() - used


def processor() -> float:
    """Seconds of the processor that the processes begun here have taken."""
    taken = resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken.ru_utime + taken.ru_stime


def shown(taken: tuple[float, ...]) -> str:
    return f"{statistics.median(taken) * 1e3:.0f}  ({min(taken) * 1e3:.0f}-{max(taken) * 1e3:.0f})"


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--rounds", type=int, default=20)
    count = asked.parse_args().rounds
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in COMMANDS}
    with tempfile.TemporaryDirectory() as bytecode:
        env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        env["PYTHONPYCACHEPREFIX"] = bytecode
        for arguments in COMMANDS.values():
            seconds(arguments, env)  # bytecode is written the first time
        for _ in range(count):
            for name, arguments in COMMANDS.items():
                times[name].append(seconds(arguments, env))
    print(f"a new process, median of {count} (least-most), milliseconds: clock, processor")
    found = {}
    for name, rounds in times.items():
        clock, used = zip(*rounds, strict=True)
        print(f"{name:30}" + "".join(f"{shown(taken):>22}" for taken in (clock, used)))
        found[name] = {"median_s": statistics.median(clock), "processor_s": statistics.median(used), "rounds": rounds}
    keep("startup", {"rounds": count, "commands": found})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
