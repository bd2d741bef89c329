"""Tiles computed by a Dask cluster: one that is given by its scheduler's address, or one on this machine alone.

Workers may come and go; what they lose is given out again. They are sent the name of a function and texts of JSON.
"""

from __future__ import annotations

import json
import queue
from contextlib import suppress
from typing import Any

from chainrule.errors import MissingExtra, RunError, inline
from chainrule.maps.store.layout import Tile
from chainrule.maps.worker import Event

PATIENCE = 10
"""Seconds in which a scheduler has to answer."""
LOOPBACK = "127.0.0.1"
WINDOW = 4
"""Tiles for each worker that are given out at once, so that none waits for the next."""
LEAST = 64
"""Tiles that are given out at least, so that a cluster that adapts sees that there is work."""
LOST = "the cluster lost it"


class Dask:
    """A cluster. Only one that was begun here is ended here."""

    def __init__(self, about: dict[str, Any], address: str | None, count: int) -> None:
        try:
            import dask
            import distributed
        except ImportError:
            help = 'pip install "chainrule[cluster]"'
            raise MissingExtra("E610", "distributed is not installed, and --on dask needs it", help) from None
        self.about = json.dumps(about, sort_keys=True)
        self.events: queue.SimpleQueue[tuple[Tile, Any]] = queue.SimpleQueue()
        self.futures: set[Any] = set()
        self.cluster: Any = None
        self.client: Any = None
        dask_cluster: Any = distributed.LocalCluster
        dask_client: Any = distributed.Client
        with dask.config.set({"distributed.scheduler.allowed-failures": 100}):
            if address is None:
                self.cluster = dask_cluster(
                    n_workers=count, threads_per_worker=1, processes=True, host=LOOPBACK, protocol="tcp",
                    dashboard_address=None, silence_logs=50,
                )  # fmt: skip
        try:
            self.client = dask_client(self.cluster or address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError, TypeError) as fault:
            problem = inline(f"there is no Dask scheduler at {address}: {fault}")
            raise RunError("E611", problem, "give its address as it says it: --on tcp://127.0.0.1:8786") from None

    @property
    def window(self) -> int:
        try:
            return max(LEAST, WINDOW * int(sum(self.client.nthreads().values())))
        except (OSError, ValueError, RuntimeError):
            return LEAST

    def submit(self, tile: Tile) -> None:
        from chainrule.maps.runners.task import task

        future = self.client.submit(task, self.about, json.dumps(tile), pure=False, retries=0)
        self.futures.add(future)
        future.add_done_callback(lambda one: self.events.put((tile, one)))

    def event(self, patience: float) -> Event | None:
        try:
            tile, future = self.events.get(timeout=patience)
        except queue.Empty:
            return None
        self.futures.discard(future)
        if future.status != "finished":
            fault = future.exception() if future.status == "error" else None
            cause = inline(f"{type(fault).__name__}: {fault}")[:300] if fault else LOST
            return Event("lost", tile, cause=cause)
        try:
            found = Event.from_json(json.loads(future.result(timeout=PATIENCE)))
        except (OSError, ValueError, TypeError, KeyError):
            return Event("lost", tile, cause=LOST)
        return found if found.tile else Event(found.kind, tile, cause=found.cause, code=found.code, help=found.help)

    def close(self) -> None:
        with suppress(Exception):  # the scheduler may be gone
            self.client.cancel(list(self.futures), force=True)
        self.client.close(timeout=1)
        if self.cluster is not None:
            self.cluster.close(timeout=1)
