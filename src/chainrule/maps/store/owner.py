"""Who writes into a store: a name for each process that opens one, from which another sees on this machine if it is
dead."""

from __future__ import annotations

import hashlib
import os
import platform
import secrets
from functools import cache
from pathlib import Path

from chainrule.train.disk import HOST, alive

LIVE: set[str] = set()
"""Those of this process that have not ended: a process may open a store, be refused, and open it again."""


@cache
def machine() -> str:
    """This machine since it was started, as far as numbers of processes mean the same: a container has its own."""
    parts = [platform.node()]
    for path in ("/proc/sys/kernel/random/boot_id", "/proc/self/ns/pid"):
        try:
            link = path.endswith("pid")
            parts.append(str(Path(path).readlink()) if link else Path(path).read_text("ascii").strip())
        except OSError:
            parts.append("")
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:8]


def new_owner() -> str:
    """A name that no other process, and no other opening of a store, has: host, machine, process, chance."""
    host = "".join(char if char.isascii() and char.isalnum() else "_" for char in HOST)
    return f"{host}-{machine()}-{os.getpid()}-{secrets.token_hex(4)}"


def dead(owner: str) -> bool:
    """Whether a process is known to have ended; of another machine nothing is known."""
    parts = owner.split("-")
    if len(parts) != 4 or parts[1] != machine() or not parts[2].isdecimal() or os.name != "posix":
        return False
    if int(parts[2]) == os.getpid():
        return owner not in LIVE
    return not alive(int(parts[2]))


def of_this_process(owner: str) -> bool:
    """Whether this process goes, or went, by a name."""
    return owner.split("-")[1:3] == [machine(), str(os.getpid())]
