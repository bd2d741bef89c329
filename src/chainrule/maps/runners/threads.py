"""Tiles computed by threads of this process: machine code lets them run at once."""

from __future__ import annotations

import queue
import threading
import time

from chainrule.maps.store.layout import Tile
from chainrule.maps.worker import Event, Stopped, Worker

GRACE = 1.0
"""Seconds that threads have to leave their tiles; what is still at one is left alone, and can do no harm."""


class Threads:
    """So many threads that share a worker. They are daemons: none keeps the process from ending."""

    def __init__(self, worker: Worker, count: int) -> None:
        self.worker = worker
        self.window = 2 * count
        self.tiles: queue.SimpleQueue[Tile | None] = queue.SimpleQueue()
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.threads = [threading.Thread(target=self.run, name=f"tiles-{at}", daemon=True) for at in range(count)]
        for thread in self.threads:
            thread.start()

    def run(self) -> None:
        while (tile := self.tiles.get()) is not None and not self.worker.stopped:
            try:
                self.events.put(self.worker.do(tile))
            except Stopped:
                return
            except Exception as fault:  # of the package, not of the tile: another thread would do no better
                self.events.put(Event("broken", tile, cause=f"{type(fault).__name__}: {fault}", code="E616"))
                return

    def submit(self, tile: Tile) -> None:
        self.tiles.put(tile)

    def event(self, patience: float) -> Event | None:
        try:
            return self.events.get(timeout=patience)
        except queue.Empty:
            return None

    def close(self) -> None:
        self.worker.stopped = True
        for _ in self.threads:
            self.tiles.put(None)
        end = time.monotonic() + GRACE
        for thread in self.threads:
            thread.join(max(0.0, end - time.monotonic()))
        self.worker.close()
