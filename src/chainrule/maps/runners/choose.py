"""The name of a runner → the runner."""

from __future__ import annotations

import os
from typing import Any

from chainrule.errors import UsageError, inline
from chainrule.maps.runners.protocol import Runner
from chainrule.maps.store.claims import LEASE, LONGEST
from chainrule.maps.store.store import Store
from chainrule.maps.worker import Worker
from chainrule.values import dataclass

NAMES = ("threads", "processes", "dask")
ALSO = {"local": "threads"}
"""Other words for them."""
SCHEMES = ("tcp://", "tls://", "ws://", "wss://", "inproc://")


@dataclass(frozen=True, slots=True)
class How:
    """By what a map is computed: ``on`` names it, or is the address of a Dask scheduler; ``workers`` is how many
    tiles at once, by default one for each processor, and ``threads`` how many threads compute one tile."""

    on: str = "threads"
    workers: int | None = None
    threads: int | None = None
    lease: float = LEASE

    def __post_init__(self) -> None:
        object.__setattr__(self, "on", ALSO.get(self.on, self.on))
        if self.on not in NAMES and not self.on.startswith(SCHEMES):
            names = ", ".join(NAMES)
            problem = f"a map cannot be computed on {inline(self.on)}"
            raise UsageError("E612", problem, f"there is {names}, or the address of a Dask scheduler, tcp://HOST:PORT")
        for name, value in (("workers", self.workers), ("threads", self.threads)):
            if value is not None and not 1 <= value <= MOST:
                raise UsageError("E612", f"{value} {name} are not possible", f"write a number from 1 to {MOST}")
        if not 1 <= self.lease <= LONGEST:
            problem = f"a lease of {self.lease} seconds is not possible"
            raise UsageError("E612", problem, f"write a number of seconds from 1 to {LONGEST:g}")


MOST = 4096
"""Workers of one runner at most."""


def processors() -> int:
    """How many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def runner(store: Store, how: How, again: bool = False) -> Runner:
    """What computes the tiles of a store; with ``again`` those too that were set aside."""
    count = how.workers or min(processors(), max(1, store.layout.number))
    threads = how.threads or max(1, processors() // count)
    if how.on == "threads":
        from chainrule.maps.runners.threads import Threads

        return Threads(Worker(store, how.lease, threads=threads), count)
    about: dict[str, Any] = {
        "place": store.place.address, "lease": how.lease, "on_behalf": store.owner, "threads": threads,
        "again": again,
    }  # fmt: skip
    if how.on == "processes":
        from chainrule.maps.runners.processes import Processes

        return Processes(about, count)
    from chainrule.maps.runners.dask import Dask

    return Dask(about, None if how.on == "dask" else how.on, count)
