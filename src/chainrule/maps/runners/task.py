"""A tile as another process asks for it: a text of JSON in, a text of JSON out. A cluster is sent this function's
name."""

from __future__ import annotations

import json
import threading

from chainrule.maps.worker import Event, Worker

WORKERS: dict[str, Worker] = {}
"""The stores that this process has open, by what was asked of them."""
LOCK = threading.Lock()
KEPT = 4
"""Stores that are kept open."""


def task(about: str, tile: str) -> str:
    """Do one tile of a store; both are JSON."""
    try:
        return json.dumps(opened(about).do(tuple(json.loads(tile))).json())
    except Exception as fault:
        from chainrule.errors import ChainruleError

        if not isinstance(fault, ChainruleError):
            raise
        return json.dumps(Event("broken", (), cause=fault.problem, code=fault.code, help=fault.help).json())


def opened(about: str) -> Worker:
    """The worker for a store."""
    with LOCK:
        if about not in WORKERS:
            while len(WORKERS) >= KEPT:
                WORKERS.pop(next(iter(WORKERS))).close()
            WORKERS[about] = Worker.at(**json.loads(about))
        return WORKERS[about]
