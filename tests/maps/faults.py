"""A disk that fails at one call of the system, or from one call on; what is left is good, and can be gone on with."""

from __future__ import annotations

import errno
import os
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.maps.trial import ARRAYS, layout, numbers

from chainrule.errors import RunError
from chainrule.maps.fill import fill
from chainrule.maps.runners.choose import How
from chainrule.maps.store import Store, folder
from chainrule.maps.store.folder import Folder
from chainrule.maps.store.place import Memory
from chainrule.train import disk

ERRNOS = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EACCES, errno.EMFILE)
CALLS = (
    "open", "write", "fsync", "replace", "link", "mkdir", "read", "lstat", "listdir", "unlink", "ftruncate", "fstat",
    "lseek", "stat", "close",
)  # fmt: skip

SHAPE = replace(layout(4, 9, levels=(1,)), arrays=(ARRAYS[0], ARRAYS[2]))
"""A map of six tiles."""


class Failing:
    """The module os, but for calls that fail: the n-th, or from the n-th on."""

    def __init__(self, number: int, fault: int, sticky: bool, short: bool = False) -> None:
        self.number, self.fault, self.sticky, self.short, self.count = number, fault, sticky, short, 0

    def __getattr__(self, name: str) -> Any:
        whole = getattr(os, name)
        if name not in CALLS:
            return whole

        def called(*given: Any, **named: Any) -> Any:
            self.count += 1
            if self.count == self.number or (self.sticky and self.count > self.number):
                if name == "close":
                    whole(*given)  # a system that says that it failed has closed it all the same
                if name == "write" and self.short:
                    whole(given[0], bytes(given[1])[: len(given[1]) // 2])  # a disk that is full takes a part
                raise OSError(self.fault, os.strerror(self.fault))
            return whole(*given, **named)

        return called


@contextmanager
def beneath(one: Any) -> Iterator[None]:
    """Stores in folders are written through such a disk meanwhile."""
    before = folder.os, disk.os
    folder.os = disk.os = one
    try:
        yield
    finally:
        folder.os, disk.os = before


@contextmanager
def failing(number: int, fault: int, sticky: bool, short: bool = False) -> Iterator[Failing]:
    """Stores in folders have such a disk meanwhile."""
    one = Failing(number, fault, sticky, short)
    with beneath(one):
        yield one


def attempt(root: Path) -> str:
    """Fill the store; the code of the error that ended it, or nothing."""
    store: Store | None = None
    try:
        store = Store.create(Folder(root), SHAPE)
        fill(store, How(workers=1))
        store.close()
    except RunError as error:
        if error.code not in ("E605", "E614"):
            raise
        return error.code
    return ""


def reference() -> str:
    """The SHA-256 of the whole map."""
    store = Store.create(Memory(), SHAPE)
    for tile in SHAPE.tiles():
        store.commit(tile, numbers(SHAPE, tile))
    return store.sha()


def recovered(root: Path, sha: str) -> None:
    """What is recorded is good, and the rest can be done."""
    if (root / ".chainrule" / "store.json").exists():
        store = Store.open(Folder(root))
        assert store.check(whole=True) == [], "a tile that was committed is there, and whole"
        store.close()
    assert attempt(root) == ""
    done = Store.open(Folder(root))
    assert done.check(whole=True) == []
    assert done.sha() == sha
    assert done.set_aside() == {}
    done.close()


def every(root: Path, draw: random.Random, all_of_it: bool, step: int = 1) -> int:
    """Let each call fail, or each ``step``-th, until nothing fails any more; how many runs that were."""
    sha, number, runs = reference(), 0, 0
    while True:
        number += draw.randrange(1, 2 * step)
        passed = True
        for sticky in (False, True):
            for fault in ERRNOS if all_of_it else (ERRNOS[(number + sticky) % len(ERRNOS)],):
                shutil.rmtree(root, ignore_errors=True)
                with failing(number, fault, sticky, short=draw.random() < 0.5) as one:
                    attempt(root)
                passed &= one.count < number
                if all_of_it and draw.random() < 0.3:
                    with failing(draw.randrange(1, 60), draw.choice(ERRNOS), draw.random() < 0.5):
                        attempt(root)  # it fails again where it recovers
                recovered(root, sha)
                runs += 1
        if passed:
            return runs
