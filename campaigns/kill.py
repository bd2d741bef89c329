"""Trainings ended at random moments by signals, once and twice; what is left is read, verified and gone on with.

    python3 dev.py campaign kill --count 1000 --seed 0 --out kill.jsonl    (goes on where it was cut short)

Each round trains by the command line in a process of its own with ``--out``, and sends it SIGINT, SIGTERM, SIGHUP or
SIGKILL at a random moment, and often a second one after it. What is left must hold at least what the process had told
of, and verify to the last bit; a signal that can be heard leaves no temporary file, and where a journal is left, its
name and the command that goes on. Where not many steps are left that command is called, and ended by signals too, until
the training is at its end: then it must be the run that it would have been. Prints each result; 1 if anything was lost.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shlex
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from _kept import Kept, asked

from chainrule.errors import RunError
from chainrule.train.files import load_run
from chainrule.train.run import Run

MODELS = {
    "scalar": "data x in {0, 1, 2}\ntarget y = 2*x\nweight w := 0.5, b in [-1, 1]\nE = (w*x + b - y)^2/2\n",
    "letters": "index i = 1..2, j = 1..3\ndata x[i] in {0, 1}\ntarget y = x[1]·x[2]\n"
    "weight W[j,i] ~ normal(0, 1), v[j] ~ normal(0, 1)\nh[j] = tanh(Σ_i W[j,i]·x[i])\nE = (Σ_j v[j]·h[j] − y)²\n",
}
RULES = ((), ("--update", "adam"), ("--update", "momentum"))
SIGNALS = (signal.SIGKILL, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SHORT = 4_000
"""Steps of a training that is gone on with until it ends."""
PATIENCE = 300
"""Seconds after which a process that was asked to end hangs."""

SERVER = multiprocessing.get_context("forkserver")


class Lost(Exception):
    """Something that was recorded is not there, is not what it was, or is not told of."""


def command(line: list[str], folder: str) -> None:
    """The command line in a process of its own; the steps that are in its journal are told of one by one."""
    os.chdir(folder)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a campaign in the background would pass on its own
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    from chainrule.cli import main
    from chainrule.train.journal import Journal

    whole, told = Journal.add, os.open("told", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def telling(self: Journal, about: object, arrays: dict[str, list[int]]) -> None:
        whole(self, about, arrays)  # type: ignore[arg-type]
        if len(arrays["steps"]):
            os.write(told, f"{arrays['steps'][-1]}\n".encode())

    Journal.add = telling  # type: ignore[assignment, method-assign]
    sys.argv = ["chainrule", *line]
    os.write(told, b"0\n")
    main()


@dataclass
class Round:
    """One training, from its start to its end through all that ends it before its time."""

    draw: random.Random
    folder: Path
    ended: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        draw = self.draw
        self.kind = draw.choice(("csv", "json", "npz"))
        self.path = self.folder / f"run.{self.kind}"
        self.journal = self.folder / f"run.{self.kind}.journal"
        self.steps, record = draw.choice((1_000, SHORT, SHORT, 10_000_000)), draw.choice((1, 1, 7, 1000))
        self.record = 1000 if self.steps > SHORT else record  # more would be no table
        self.model, rule = draw.choice(list(MODELS)), draw.choice(RULES)
        (self.folder / "model.eq").write_text(MODELS[self.model], "utf-8")
        self.line = [
            "train", "model.eq", "--rate=1e-9", "--batch=shuffled", f"--steps={self.steps}", f"--record={self.record}",
            f"--out={self.path.name}", *rule,
        ]  # fmt: skip

    def told(self) -> int:
        """The last step that the process told of."""
        file = self.folder / "told"
        lines = file.read_text("ascii").split("\n")[:-1] if file.exists() else []
        return int(lines[-1]) if lines else -1

    def started(self, line: list[str], spared: bool = False) -> tuple[int, list[signal.Signals]]:
        """Run a command, and end it by signals unless it is spared: its exit code, and the signals that came to it."""
        (self.folder / "told").unlink(missing_ok=True)
        process = SERVER.Process(target=command, args=(line, str(self.folder)))
        process.start()
        sent: list[signal.Signals] = []
        saves = 1 if self.steps > SHORT else self.steps
        first = self.draw.choice((0, 1, 1, 1, saves, saves))  # it begins, it trains, it saves
        while self.told() < first and process.is_alive():
            time.sleep(0.001)
        waits = [self.draw.choice((0.01, 0.1, 1.0)) * self.draw.random()]
        if self.draw.random() < 0.5:
            waits.append(self.draw.choice((0.001, 0.02, 0.3)) * self.draw.random())
        for wait in [] if spared else waits:
            process.join(wait)
            if process.is_alive() and process.pid:
                sent.append(self.draw.choice(SIGNALS))
                os.kill(process.pid, sent[-1])
        process.join(PATIENCE)
        if process.exitcode is None:
            process.kill()
            raise Lost(f"it hangs after {sent}")
        self.ended += [one.name for one in sent]
        return process.exitcode, sent

    def run(self) -> str:
        """How it went."""
        code, sent = self.started(self.line)
        told = self.told()
        found = self.left(code, sent, told, "")
        if found is None:
            return "before the start was recorded"
        if found.steps < told // self.record * self.record:
            raise Lost(f"{told} steps were told of, and {found.steps} are there")
        self.verified(found)
        if self.journal.exists() or found.ended == "interrupted":
            if self.steps > SHORT:
                return "in the journal" if self.journal.exists() else "saved as interrupted"
            self.gone_on(found)
            return "gone on with"
        if found.steps != self.steps:
            raise Lost(f"{found.steps} steps are saved as a whole run")
        return "saved"

    def left(self, code: int, sent: list[signal.Signals], told: int, before: str) -> Run | None:
        """What a process left; it is a run if its start was told of."""
        said = (self.folder / "err").read_text("utf-8", "replace") if (self.folder / "err").exists() else ""
        killed = signal.SIGKILL in sent
        if "Traceback" in said and (told > 0 or "KeyboardInterrupt" not in said):
            raise Lost(f"it ended in a traceback: {said[-2000:]}")
        after = -code in sent and not self.journal.exists()  # all was saved and said, and then it was ended
        if not killed and told > 0 and code not in (0, 130, 143, 129) and not after:
            raise Lost(f"its exit code is {code} after {sent}: {said[-1000:]}")
        stray = [one.name for one in self.folder.glob(".*.tmp")]
        if stray and not killed and "SIGKILL" not in self.ended:
            raise Lost(f"{stray} are left by {sent}")
        begun = told > 0 or not before  # a journal that was not yet opened to be gone on with needs no name
        if begun and self.journal.exists() and not killed and code > 0 and self.journal.name not in said:
            raise Lost(f"the journal is not named: {said[-1000:]}")
        try:
            return load_run(self.path if self.path.exists() else self.journal)
        except RunError as error:
            if told > 0 or before or error.code not in ("E362", "E364"):
                raise Lost(f"{told} steps were told of, and {error}") from None
        return None

    def verified(self, run: Run) -> None:
        report = run.verify()
        if not report.same:
            raise Lost(f"trained again it is not the same: {report.differs}")

    def gone_on(self, found: Run) -> None:
        """Go on by the command that was named, ended now and then while it does, until it ends."""
        for attempt in range(20):
            if not self.journal.exists() and self.path.exists() and found.ended != "interrupted":
                break
            said = (self.folder / "err").read_text("utf-8", "replace")
            line = ["resume", self.journal.name if self.journal.exists() else self.path.name]
            named = [one for one in said.splitlines() if "to go on: " in one]
            if named and self.journal.exists():
                line = shlex.split(named[0].partition("to go on: chainrule ")[2])
            spared = self.draw.random() < 0.4 or attempt > 8
            code, sent = self.started(line, spared)
            again = self.left(code, sent, self.told(), "x")
            if again is None or again.steps < found.steps // self.record * self.record:  # it begins at such a row
                raise Lost(f"{found.steps} steps were there before it was gone on with, and {again and again.steps}")
            found = again
        if found.ended != "steps" or found.steps != self.steps:
            raise Lost(f"gone on with, it ends after {found.steps} of {self.steps} steps: {found.ended}")
        self.verified(found)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=1000)
    options.add_argument("--seed", type=int, default=0)
    asked(options)
    chosen = options.parse_args()
    SERVER.set_forkserver_preload(["__main__", "chainrule.cli", "chainrule.train.files", "chainrule.api", "llvmlite"])
    kept = Kept(chosen.out)
    for key in kept.left([f"{chosen.seed}/{number}" for number in range(chosen.count)], chosen.shard):
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            one = Round(random.Random(key), Path(folder))
            line = {"kind": one.kind, "model": one.model, "steps": one.steps}
            try:
                line["how"] = one.run()
            except Lost as lost:
                line |= {"how": "lost", "lost": str(lost)}
            except Exception:
                line |= {"how": "lost", "lost": traceback.format_exc(limit=-4)}
        kept.add(key, line | {"signals": one.ended, "seconds": round(time.monotonic() - began, 2)})
        print(" ".join(f"{name}={value}" for name, value in kept.found[key].items()), flush=True)
    return told(kept)


def told(kept: Kept) -> int:
    """The sums; 1 if anything was lost."""
    lines = list(kept.found.values())
    signals = Counter(one for line in lines for one in line["signals"])
    twice = sum(len(line["signals"]) > 1 for line in lines)
    print(f"{len(lines)} trainings, to {dict(Counter(line['kind'] for line in lines))}; {twice} of them more than once")
    print(f"ended by {signals.total()} signals: {dict(signals)}")
    print(f"what was left: {dict(Counter(line['how'] for line in lines))}")
    lost = [line for line in lines if "lost" in line]
    for line in lost:
        print(f"lost, {line['key']}: {line['lost']}")
    print(f"{len(lost)} lost")
    return int(bool(lost))


if __name__ == "__main__":
    raise SystemExit(main())
