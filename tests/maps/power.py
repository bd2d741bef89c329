"""A loss of power at any call of the system: of what was not flushed to the disk, any beginning is there and no more.

What may be lost is what POSIX lets a disk lose: of a file the bytes since it was last flushed, cut anywhere, or zeros
in their place; of a folder the names made, renamed and removed since *it* was last flushed, from the last backwards.
Files and folders lose each for itself, so that a name may be there without its bytes, and bytes without their name.
"""

from __future__ import annotations

import os
import random
import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.maps.faults import SHAPE, beneath, reference
from tests.maps.trial import numbers

from chainrule.errors import RunError
from chainrule.maps.fill import fill
from chainrule.maps.runners.choose import How
from chainrule.maps.store import Store
from chainrule.maps.store.folder import Folder
from chainrule.maps.store.layout import Tile
from chainrule.maps.store.records import records

REFUSED = ("E600", "E601", "E603", "E604")
"""What a store says that is no store, or was changed."""


@dataclass
class Inode:
    """A file or a folder: ``safe`` is what is on the disk, ``since`` what was done to it since it was flushed."""

    folder: bool
    safe: Any
    since: list[tuple[Any, ...]] = field(default_factory=list)

    def after(self, done: list[tuple[Any, ...]]) -> Any:
        """Bytes, or names with their inodes, after so much was done."""
        if self.folder:
            names = dict(self.safe)
            for gone, name, inode in done:
                names.pop(gone, None)
                if name is not None:
                    names[name] = inode
            return names
        content = bytearray(self.safe)
        for what, value in done:
            if what == "write":
                content += value
            else:
                del content[value:]
        return bytes(content)

    def lost(self, draw: random.Random) -> Any:
        """What may be there after a loss of power."""
        kept = self.since[: draw.choice((0, len(self.since), draw.randint(0, len(self.since))))]
        found = self.after(kept)
        if self.folder or len(kept) == len(self.since) or self.since[len(kept)][0] != "write":
            return found
        part = self.since[len(kept)][1]
        cut = draw.randint(0, len(part))
        return found + draw.choice((part[:cut], bytes(cut)))


class Disk:
    """The module os, but for what it writes down of each call that changes something below ``root``."""

    def __init__(self, root: Path) -> None:
        self.root, self.lock = root, threading.RLock()
        self.calls: list[tuple[Any, ...]] = []
        self.handles: dict[int, str] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def key(self, path: Any) -> str:
        return os.path.relpath(path, self.root)

    def note(self, *call: Any) -> None:
        self.calls.append(call)

    def open(self, path: Any, flags: int, *mode: int) -> int:
        with self.lock:
            new = bool(flags & os.O_CREAT) and not os.path.lexists(path)
            handle = os.open(path, flags, *mode)
            self.handles[handle] = self.key(path)
            if new:
                self.note("new", self.key(path))
            return handle

    def write(self, handle: int, content: Any) -> int:
        with self.lock:
            count = os.write(handle, content)
            self.note("write", self.handles[handle], bytes(content)[:count])
            return count

    def ftruncate(self, handle: int, length: int) -> None:
        with self.lock:
            os.ftruncate(handle, length)
            self.note("cut", self.handles[handle], length)

    def fsync(self, handle: int) -> None:
        with self.lock:  # no power is lost here: it need not reach a disk
            self.note("flush", self.handles[handle])

    def replace(self, one: Any, other: Any) -> None:
        with self.lock:
            Path(one).replace(other)
            self.note("rename", self.key(one), self.key(other))

    def link(self, one: Any, other: Any) -> None:
        with self.lock:
            os.link(one, other)
            self.note("link", self.key(one), self.key(other))

    def unlink(self, path: Any) -> None:
        with self.lock:
            Path(path).unlink()
            self.note("gone", self.key(path))

    def mkdir(self, path: Any, *mode: int) -> None:
        with self.lock:
            Path(path).mkdir(*mode)
            self.note("folder", self.key(path))


class Told(Folder):
    """A place that writes down which tiles were recorded when it was last said that they survive."""

    def __init__(self, root: Path, seen: Disk) -> None:
        super().__init__(root)
        self.seen, self.recorded = seen, set[Tile]()

    def append(self, key: str, line: bytes) -> None:
        super().append(key, line)
        self.recorded |= {record.tile for record in records(line) if record}

    def sync(self) -> None:
        recorded = set(self.recorded)
        super().sync()
        self.seen.note("safe", recorded)


@contextmanager
def watched(root: Path) -> Iterator[Disk]:
    """Stores in folders are written through such a disk meanwhile."""
    one = Disk(root.parent)
    with beneath(one):
        yield one


def written(root: Path, draw: random.Random) -> list[tuple[Any, ...]]:
    """The calls of a map that is begun, filled by hand and by a runner, one tile set aside and tried again."""
    with watched(root) as seen:
        place = Told(root, seen)
        store = Store.create(place, SHAPE)
        tiles = list(SHAPE.tiles())
        draw.shuffle(tiles)
        for tile in tiles[: draw.randrange(len(tiles))]:
            store.commit(tile, numbers(SHAPE, tile))
            if draw.random() < 0.4:
                store.sync()
        if draw.random() < 0.5:
            store.give_up(tiles[-1], "it fails")
        fill(store, How(workers=1), again=True)
        store.close()
    return seen.calls


class Replayed:
    """What is on the disk, and what is not yet, after some calls."""

    def __init__(self, top: str) -> None:
        self.base, self.top, self.safe = Inode(True, {}), top, set[Tile]()

    def at(self, key: str) -> tuple[Inode, str]:
        """The folder that a name stands in, and the name."""
        *folders, name = key.split("/")
        where = self.base
        for one in folders:
            where = where.after(where.since)[one]
        return where, name

    def inode(self, key: str) -> Inode:
        if key == ".":
            return self.base
        where, name = self.at(key)
        found: Inode = where.after(where.since)[name]
        return found

    def do(self, what: str, *given: Any) -> None:
        """One call."""
        if what == "safe":
            self.safe |= given[0]
        elif what in ("new", "folder"):
            where, name = self.at(given[0])
            where.since.append((None, name, Inode(what == "folder", {} if what == "folder" else b"")))
        elif what in ("write", "cut"):
            self.inode(given[0]).since.append((what, given[1]))
        elif what == "flush":
            one = self.inode(given[0])
            one.safe, one.since = one.after(one.since), []
        elif what in ("rename", "link"):
            one, (old, gone), (where, name) = self.inode(given[0]), self.at(given[0]), self.at(given[1])
            assert old is where, "what is renamed stays in its folder"
            where.since.append((gone if what == "rename" else None, name, one))
        elif what == "gone":
            where, name = self.at(given[0])
            where.since.append((name, None, None))

    def crashed(self, root: Path, draw: random.Random) -> None:
        """Write what a loss of power leaves; a file with two names is lost once."""
        shutil.rmtree(root, ignore_errors=True)
        left: dict[int, Any] = {}

        def down(one: Inode, path: Path) -> None:
            if id(one) not in left:
                left[id(one)] = one.lost(draw)
            if not one.folder:
                path.write_bytes(left[id(one)])
                return
            path.mkdir()
            for name, inside in left[id(one)].items():
                down(inside, path / name)

        if (top := self.base.lost(draw).get(self.top)) is not None:
            down(top, root)


def after(root: Path, sha: str, safe: set[Tile]) -> str:
    """What became of a store after a loss of power; what was safe is there, and the rest can be done."""
    refused = ""
    try:
        store = Store.open(Folder(root))
        bad = store.check(whole=True)
        lost = [tile for tile in safe if not store.done(tile)]
        store.close()
    except RunError as error:
        refused, lost, bad = error.code, sorted(safe), []
    assert refused in ("", *REFUSED)
    assert not lost, f"{lost} were safe, and are lost; {bad} are bad, refused is it by {refused or 'nobody'}"
    try:  # who asks for the same map once more goes on with it, begins it anew, or is told what is in the way
        store = Store.create(Folder(root), SHAPE)
    except RunError as error:
        return f"refused by {error.code}"
    fill(store, How(workers=1), again=True)
    assert store.sha() == sha
    assert store.check(whole=True) == []
    store.close()
    return "begun anew" if refused else "gone on with"


def losses(root: Path, draw: random.Random, count: int) -> Counter[str]:
    """Lose power so many times, each at another moment of some map; how each went."""
    sha, found = reference(), Counter[str]()
    while found.total() < count:
        shutil.rmtree(root, ignore_errors=True)
        calls = written(root, draw)
        for _ in range(min(20, count - found.total())):
            number = int((len(calls) + 1) * draw.random() ** 3)  # most is not yet on the disk at the beginning
            state = Replayed(root.name)
            for call in calls[:number]:
                state.do(*call)
            state.crashed(root, draw)
            found[after(root, sha, state.safe)] += 1
    return found
