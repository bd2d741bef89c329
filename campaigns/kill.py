"""Trainings killed at random moments, the machine's memory of them read back and compared with a training of its own.

    python3 dev.py campaign kill --count 1000 --seed 0

Each round trains in a process of its own with ``save=``, kills it with SIGKILL after a random time, and reads what is
left: the saved file if it got that far, else the journal. What is read must hold at least what the process had told of
before it died, and verify to the last bit. Where not many steps are left, the training is gone on with from there, in a
process that is killed too, until it ends; its run must verify as well.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from chainrule.errors import RunError
from chainrule.train.files import load_run

PROGRAM = """
import sys
from chainrule.data import bind, starts
from chainrule.engines.reference import REFERENCE
from chainrule.model import build
from chainrule.notation import parse
from chainrule.program.lower import lower
from chainrule.train.train import train
model = build(parse("data x in {0, 1, 2}\\ntarget y = 2*x\\nweight w := 0.5, b in [-1, 1]\\nE = (w*x + b - y)^2/2"))
program, patterns, begin = lower(model), bind(model), starts(model, None, 0, None)
print("ready", flush=True)
train(model, program, REFERENCE, patterns, start=begin, rate=1e-9, batch="shuffled", steps=int(sys.argv[2]),
      record=int(sys.argv[3]), save=sys.argv[1], progress=lambda done, steps: print(done, flush=True))
"""


RESUME = """
import sys
from chainrule.train.resume import resume
print("ready", flush=True)
resume(sys.argv[1])
"""


class Lost(Exception):
    """Something that was recorded is not there, or is not what it was."""


def round_of(draw: random.Random, folder: Path) -> str:
    """One training and its death; how it was found."""
    path = folder / f"run.{draw.choice(('npz', 'json', 'csv'))}"
    journal = path.with_name(f"{path.name}.journal")
    steps, record = draw.choice((2_000, 20_000, 10_000_000)), draw.choice((1, 7, 1000))
    record = 1000 if steps > 20_000 and path.suffix == ".csv" else record  # more would be no table
    process = subprocess.Popen(  # noqa: S603 - this file's own program
        [sys.executable, "-c", PROGRAM, str(path), str(steps), str(record)], stdout=subprocess.PIPE, text=True
    )
    if process.stdout is None or process.stdout.readline() != "ready\n":
        raise Lost("the training did not begin")
    time.sleep(draw.choice((0.02, 0.2, 2.0)) * draw.random())
    process.kill()
    lines = process.communicate()[0].split("\n")[:-1]
    told = int(lines[-1]) if lines else 0
    try:
        run = load_run(path if path.exists() else journal)
    except RunError as error:
        if lines or error.code not in ("E362", "E364"):
            raise Lost(f"{told} steps were told of, and {error}") from None
        return "before the start was recorded"
    if run.steps < told // record * record:
        raise Lost(f"{told} steps were told of, and {run.steps} are there")
    report = run.verify()
    if not report.same:
        raise Lost(f"trained again it is not the same: {report.differs}")
    if path.exists():
        return "saved"
    if steps <= 20_000:
        gone_on(draw, path, journal, steps)
        return "gone on with from the journal"
    return "in the journal"


def gone_on(draw: random.Random, path: Path, journal: Path, steps: int) -> None:
    """Go on with a training, killed now and then while it does, until it ends."""
    while not path.exists() or journal.exists():
        process = subprocess.Popen([sys.executable, "-c", RESUME, str(journal)], stdout=subprocess.PIPE)  # noqa: S603
        if draw.random() < 0.6 and process.stdout is not None:
            process.stdout.readline()
            time.sleep(draw.choice((0.01, 0.1, 0.5)) * draw.random())
            process.kill()
        process.communicate()
        if not journal.exists():
            break
    run = load_run(path)
    if run.ended != "steps" or run.steps != steps or not run.verify():
        raise Lost("gone on with, it is not the run that it would have been")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    draw = random.Random(chosen.seed)
    found: dict[str, int] = {}
    for _ in range(chosen.count):
        with tempfile.TemporaryDirectory() as folder:
            how = round_of(draw, Path(folder))
        found[how] = found.get(how, 0) + 1
    print(f"{chosen.count} trainings were killed and nothing was lost: {found}")


if __name__ == "__main__":
    main()
