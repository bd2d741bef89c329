"""A process that computes tiles for another one: lines of JSON come in, lines of JSON go out, and nothing else.

    python -m chainrule.maps.runners.child

The first line says which store; each later one is a tile. It ends where its input ends, whatever it is doing.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import threading
from typing import Any

GRACE = 0.7
"""Seconds to leave a tile where the input has ended."""


def main() -> None:
    """Read the store, then tiles, until the input ends."""
    for number in (signal.SIGINT, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])):
        signal.signal(number, signal.SIG_IGN)  # whoever began it hears them, and ends it
    out = os.dup(1)
    os.dup2(2, 1)  # what anything else writes is no answer
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    with os.fdopen(0, encoding="utf-8") as given:
        served(given.readline(), lines, out, given)


def served(first: str, lines: queue.SimpleQueue[str], out: int, given: Any) -> None:
    """Answer each line."""
    from chainrule.errors import ChainruleError
    from chainrule.maps.worker import Event, Stopped, Worker

    try:
        worker = Worker.at(**json.loads(first))
    except ChainruleError as error:
        say(out, Event("broken", (), cause=error.problem, code=error.code, help=error.help).json())
        return

    def listen() -> None:
        for line in given:
            lines.put(line)
        worker.stopped = True
        lines.put("")
        threading.Timer(GRACE, os._exit, (0,)).start()

    threading.Thread(target=listen, daemon=True).start()
    say(out, {"ready": True})
    try:
        while line := lines.get():
            say(out, worker.do(tuple(json.loads(line))).json())
    except (Stopped, BrokenPipeError):
        pass
    worker.close()
    os._exit(0)  # a thread that reads the input would be waited for


def say(out: int, answer: dict[str, Any]) -> None:
    """One line out."""
    os.write(out, json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    main()
