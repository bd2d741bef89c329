"""Processes that fill a store, killed at random moments: nothing that was committed is lost, and the rest is done."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.maps.trial import layout, numbers

from chainrule.maps.store import Store
from chainrule.maps.store.folder import Folder
from chainrule.maps.store.layout import Tile
from chainrule.maps.store.place import Memory

STARTED = Path(__file__).parent / "started"
SOURCE = Path(__file__).parents[2] / "src"
SHAPE = layout(9, 14, seconds=0.04)
HOWS = ("threads", "processes", "dask", "two")
PATIENCE = 120
"""Seconds in which a map of thirty short tiles is whole, whatever the machine does beside it."""


def environment() -> dict[str, str]:
    """In which a process knows the trial."""
    path = os.pathsep.join([str(STARTED), str(SOURCE), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "PYTHONPATH": path}


def begun(store: Path, *more: str) -> subprocess.Popen[bytes]:
    """`chainrule map work`, in a process of its own."""
    line = [sys.executable, "-m", "chainrule", "map", "work", str(store), "--workers", "2", *more]
    with (store.parent / "said").open("ab") as said:
        return subprocess.Popen(
            line, env=environment(), stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
        )


def below(process: int) -> list[int]:
    """The processes that a process has begun, and those that they have."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdecimal() and int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == process:
                found += [int(entry.name), *below(int(entry.name))]
        except (OSError, ValueError, IndexError):
            continue
    return found


def committed(store: Path) -> dict[Tile, set[str]]:
    """What the logs tell of."""
    found = Store.open(Folder(store)).found
    return {tile: {record.sha for record in known} for tile, known in found.items()}


@dataclass
class Round:
    """One store, filled by processes that are killed so many times."""

    draw: random.Random
    folder: Path
    how: str
    kills: int
    killed: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Kill, go on, and look at what there is."""
        path = self.folder / "m.zarr"
        Store.create(Folder(path), SHAPE).close()
        known: dict[Tile, set[str]] = {}
        while len(self.killed) < self.kills:
            processes = self.begin(path)
            try:
                self.wait(path, len(known))
                while processes and processes[0].poll() is None and len(self.killed) < self.kills:
                    self.kill(self.draw.choice(processes))
                    if self.draw.random() < 0.6:
                        break
                    time.sleep(self.draw.random() * 0.3)
            finally:
                for process in processes:
                    self.end(process)
            known = self.held(path, known)
            if len(known) == SHAPE.number and len(self.killed) < self.kills:
                Store.create(Folder(path := self.folder / f"m{len(self.killed)}.zarr"), SHAPE).close()
                known = {}
        self.finish(path, known)

    def begin(self, path: Path) -> list[subprocess.Popen[bytes]]:
        if self.how == "two":
            return [begun(path), begun(path)]
        return [begun(path, "--on", self.how)]

    def wait(self, path: Path, before: int) -> None:
        """Until it computes, and a random moment more."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and not any((path / ".chainrule" / "claims").glob("*")):
            time.sleep(0.01)
        time.sleep(self.draw.choice((0.0, 0.05, 0.4)) * self.draw.random())

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """The driver, a process that it began, or all of them."""
        children = below(process.pid)
        whom = self.draw.choice(("driver", "child", "all")) if children else "driver"
        victims = {"driver": [process.pid], "child": children and [self.draw.choice(children)]}.get(whom)
        for number in victims or [process.pid, *children]:
            try:
                os.kill(number, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.killed.append(whom)

    def end(self, process: subprocess.Popen[bytes]) -> None:
        """Leave nothing running: the driver is dead, or is killed; what it began sees that, or is killed."""
        children = below(process.pid) if process.poll() is None else []
        if process.poll() is None:
            process.kill()
        process.wait()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        for number in children:
            try:
                os.kill(number, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def held(self, path: Path, known: dict[Tile, set[str]]) -> dict[Tile, set[str]]:
        """What is committed: all that was before, nothing torn, and nothing of it twice."""
        found = committed(path)
        assert known.items() <= found.items(), "what was committed is there"
        store = Store.open(Folder(path))
        assert store.check(whole=True) == [], "and whole"
        assert store.disagreeing() == {}, "and no tile has two contents"
        return found

    def finish(self, path: Path, known: dict[Tile, set[str]]) -> None:
        """The rest, undisturbed; the whole is what it would have been."""
        process = begun(path, "--again")
        assert process.wait(PATIENCE) == 0, (self.folder / "said").read_text()
        found = self.held(path, known)
        assert len(found) == SHAPE.number, "nothing is missing"
        assert Store.open(Folder(path)).sha() == undisturbed(), "each bit is what it would have been"
        records = sum(map(len, Store.open(Folder(path)).found.values()))
        assert records - SHAPE.number <= 2 * self.kills, "at most what was being computed was computed again"
        end = time.monotonic() + PATIENCE  # what a killed driver began may have to see first that it is alone
        while (left := list(path.glob("**/.*.tmp"))) and self.how != "two" and time.monotonic() < end:
            time.sleep(0.05)
        assert not left or self.how == "two", f"files that were begun are left: {left}"


def undisturbed() -> str:
    """The SHA-256 of the map that nothing disturbs."""
    store = Store.create(Memory(), SHAPE)
    for tile in SHAPE.tiles():
        store.commit(tile, numbers(SHAPE, tile))
    return store.sha()
