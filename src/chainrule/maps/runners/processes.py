"""Tiles computed by processes that are watched: one that dies is told of and begun anew, and the others go on."""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from typing import IO, Any

from chainrule.errors import inline
from chainrule.maps.store.layout import Tile
from chainrule.maps.worker import Event

GRACE = 1.0
"""Seconds that a process has to end itself."""
TRIES = 3
"""Times that a process may end before it has begun, one after the other."""


class Child:
    """One process."""

    def __init__(self, about: dict[str, Any]) -> None:
        self.said = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self.process = subprocess.Popen(
            [sys.executable, "-m", "chainrule.maps.runners.child"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.said, start_new_session=True,
        )  # fmt: skip
        self.first = self.ask(about)

    def ask(self, line: Any) -> dict[str, Any] | None:
        """Its answer to a line, or None if it died."""
        try:
            into, out = self.pipes
            into.write(json.dumps(line).encode() + b"\n")
            into.flush()
            answer = out.readline()
            return dict(json.loads(answer)) if answer.endswith(b"\n") else None
        except (OSError, ValueError):
            return None

    @property
    def pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        into, out = self.process.stdin, self.process.stdout
        if into is None or out is None:
            raise OSError("it has no pipes")
        return into, out

    def why(self) -> str:
        """Why it is no more."""
        try:
            code = self.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        if code < 0:
            names = {one.value: one.name for one in signal.Signals}
            return f"its process was ended by {names.get(-code, f'signal {-code}')}"
        self.said.seek(0)
        last = self.said.read()[-2000:].decode(errors="replace").strip().splitlines()
        return inline(f"its process ended with {code}" + (f": {last[-1]}" if last else ""))[:300]

    def end(self) -> None:
        """Let it end; it gives back what it holds."""
        with suppress(OSError):
            self.pipes[0].close()

    def gone(self, patience: float) -> None:
        """Wait until it has ended, and end it then."""
        try:
            self.process.wait(max(0.0, patience))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.pipes[1].close()
        self.said.close()


class Processes:
    """So many processes, each asked by a thread of its own."""

    def __init__(self, about: dict[str, Any], count: int) -> None:
        self.about = about
        self.window = 2 * count
        self.tiles: queue.SimpleQueue[Tile | None] = queue.SimpleQueue()
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.children: dict[int, Child] = {}
        self.ended = False
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.run, args=(at,), daemon=True) for at in range(count)]
        for thread in self.threads:
            thread.start()

    def run(self, at: int) -> None:
        while (tile := self.tiles.get()) is not None and not self.ended:
            child = self.child(at)
            if child is None:
                return
            answer = child.ask(list(tile))
            if self.over():
                return
            if answer is None:
                self.events.put(Event("lost", tile, cause=child.why()))
                self.drop(at)
            else:
                self.events.put(Event.from_json(answer))

    def over(self) -> bool:
        """Whether it was closed."""
        return self.ended

    def child(self, at: int) -> Child | None:
        """The process of a thread; one that ended is begun anew. None if that cannot be done."""
        why = ""
        for _ in range(TRIES):
            with self.lock:
                if self.ended:
                    return None
                found = self.children.get(at)
                if found is None:
                    found = self.children[at] = Child(self.about)
            if found.first == {"ready": True}:
                return found
            if found.first is not None:
                self.events.put(Event.from_json(found.first))
                return None
            why = found.why()
            self.drop(at)
        help = "try --on threads, which needs no other process"
        self.events.put(Event("broken", (), cause=f"a worker cannot begin: {why}", code="E616", help=help))
        return None

    def drop(self, at: int) -> None:
        """Forget a process that ended."""
        with self.lock:
            child = self.children.pop(at, None)
        if child is not None:
            child.end()
            child.gone(0.0)

    def submit(self, tile: Tile) -> None:
        self.tiles.put(tile)

    def event(self, patience: float) -> Event | None:
        try:
            return self.events.get(timeout=patience)
        except queue.Empty:
            return None

    def close(self) -> None:
        with self.lock:
            self.ended = True
            children = list(self.children.values())
        for child in children:
            child.end()
        for _ in self.threads:
            self.tiles.put(None)
        end = time.monotonic() + GRACE
        for child in children:
            child.gone(end - time.monotonic())
