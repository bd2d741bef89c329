"""The tiles of a map ↔ files, by a protocol that no death of a process, full disk or changed bit can break.

A tile is written array by array, each file beside its place, flushed and renamed, ``status`` last; then a line with
the SHA-256 of its numbers is added to the log of the process. A tile is done if there is such a line and its files
are what the line says. Whatever is missing or changed is computed again: a tile's numbers follow from the recipe
alone.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from itertools import product
from threading import RLock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import BrokenPass, LimitError, RunError
from chainrule.maps.store import chunk, metadata, records
from chainrule.maps.store.claims import SYNC
from chainrule.maps.store.difference import differences
from chainrule.maps.store.json_text import MOST, canonical, digest, parsed
from chainrule.maps.store.layout import FAILED, STATUS, Array, StoreLayout, Tile, foreign
from chainrule.maps.store.limits import LIMITS
from chainrule.maps.store.owner import new_owner
from chainrule.maps.store.place import Place, gone, too_long
from chainrule.maps.store.records import Record

DESCRIPTION = ".chainrule/store.json"
LOGS = ".chainrule/log"

Numbers = Mapping[str, NDArray[Any]]
Differ = Callable[[Mapping[str, Any], Mapping[str, Any]], str]


class Store:
    """A store that is open. Several threads may commit tiles, and several processes have it open at once."""

    def __init__(self, place: Place, layout: StoreLayout) -> None:
        self.place = place
        self.layout = layout
        self.owner = new_owner()
        self.found: dict[Tile, list[Record]] = {}
        self.damaged = 0  # lines of logs that are not as they were written
        self.marks: dict[str, int] = {}
        self.read_of_logs = 0  # bytes
        self.logged = min(LIMITS["logs"].most, 2**24 + 2**12 * layout.number)
        self.lock = RLock()
        self.synced = time.monotonic()

    @classmethod
    def create(cls, place: Place, layout: StoreLayout, differ: Differ = differences) -> Store:
        """A new store, or the one that is there, if it is of the same map; several processes may begin it at once.
        ``differ`` says in which parts two recipes differ."""
        content = described(layout)
        if place.read(DESCRIPTION, MOST) is None:
            strangers = place.names("")
            if strangers and place.read(DESCRIPTION, MOST) is None:  # no other process has begun it meanwhile
                problem = f"{place.name} is there already and is no map: it holds {strangers[0]}"
                raise RunError("E601", problem, "give a name that is free, or an empty folder")
            if place.create(DESCRIPTION, content):
                place.sync()  # or a loss of power could leave what follows, and not what it is of
        store = cls.open(place)
        if store.layout.key != layout.key:
            where = differ(store.layout.recipe, layout.recipe)
            problem = f"{place.name} is another map: {where}"
            raise RunError("E602", problem, "ask for what it was begun with, or give another store")
        store.complete()
        if twins := metadata.twins(layout):
            document = metadata.documents(store.layout)[f"{twins[0]}/{metadata.ZARR}"]
            if not same(place.read(f"{twins[0]}/{metadata.ZARR}", MOST) or b"", document):
                problem = f"{place.name}: {twins[0]} and {twins[1]} are one name there"
                help = "give another name to one of them, or take a disk that tells them apart"
                raise RunError("E619", problem, help)
        return store

    @classmethod
    def open(cls, place: Place, words: bool = True) -> Store:
        """The store that is there. Of its files only what is as chainrule writes it is read; without ``words`` those by
        which others read it are not looked at."""
        content = place.read(DESCRIPTION, MOST)
        if content is None:
            raise foreign(place.name, "there is no .chainrule/store.json")
        if len(content) > MOST:
            raise too_long(f"{place.name}/{DESCRIPTION}", place.size(DESCRIPTION) or len(content), MOST)
        try:
            found = parsed(content)
        except ValueError as fault:
            raise changed(place.name, DESCRIPTION, f"it is no JSON ({fault})") from None
        match found:
            case {"layout": dict(layout), "sha256": str(sha)} if len(found) == 2:
                if sha != digest(layout):
                    raise changed(place.name, DESCRIPTION, "its SHA-256 is another")
                store = cls(place, StoreLayout.from_json(layout, place.name))
            case _:
                raise foreign(place.name, "its description is not one")
        for key, document in metadata.documents(store.layout).items() if words else ():
            if (raw := place.read(key, MOST)) is not None and not same(raw, document):
                raise changed(place.name, key, "it is not what chainrule wrote")
        store.refresh()
        return store

    def complete(self, again: bool = False) -> None:
        """Write what a process that began the store did not come to; with ``again``, all of it but the tiles."""
        for key, content in metadata.coordinates(self.layout).items():
            if again or self.place.size(key) != len(content):
                self.place.put(key, content)
        for key, document in metadata.documents(self.layout).items():
            if again or self.place.size(key) is None:
                self.place.put(key, canonical(document))

    # ---- what is done ----

    def refresh(self) -> None:
        """Read what all processes have committed since the last time."""
        with self.lock:
            left = self.logged - self.read_of_logs
            for name in self.place.names(LOGS):
                content, self.marks[name] = self.place.tail(f"{LOGS}/{name}", self.marks.get(name, 0), left)
                left -= len(content)
                self.read_of_logs += len(content)
                for record in records.records(content):
                    self.take(record)

    def take(self, record: Record | None) -> None:
        """Believe a record, if it is of a tile of this map."""
        with self.lock:
            known = self.found.get(record.tile, []) if record else []
            if record is None or not self.layout.has(record.tile) or len(known) >= LIMITS["records"].most:
                self.damaged += 1
            elif record not in known:
                self.found[record.tile] = [*known, record]

    def done(self, tile: Tile) -> bool:
        """Whether a tile is committed or set aside, as far as was read."""
        return bool(self.found.get(tile))

    def set_aside(self) -> dict[Tile, str]:
        """The tiles that were given up, and why."""
        with self.lock:
            return {tile: all_[0].cause for tile, all_ in self.found.items() if all_ and all(r.cause for r in all_)}

    def disagreeing(self) -> dict[Tile, list[Record]]:
        """Tiles of which two processes committed different numbers."""
        with self.lock:
            results = {tile: [r for r in all_ if not r.cause] for tile, all_ in self.found.items()}
        return {tile: all_ for tile, all_ in results.items() if len({r.sha for r in all_}) > 1}

    def forget(self, tile: Tile) -> None:
        """Hold a tile for not done, whatever was read of it until now."""
        with self.lock:
            self.found.pop(tile, None)

    def check(self, whole: bool) -> list[Tile]:
        """The tiles that are recorded and not there, or not as they were written; they are not done from here on.

        Where the files are read ``whole``, those that were changed are moved aside; else only their sizes are looked
        at.
        """
        bad, arrays = [], self.layout.arrays
        with self.lock:
            recorded = sorted(tile for tile, known in self.found.items() if known)
        for tile in recorded:
            there = [self.place.size(self.key(one, tile)) == chunk.length(self.layout, one) for one in arrays]
            if all(there) and (not whole or self.tile(tile) is not None):
                continue
            if whole:
                for array in arrays:
                    if self.read(array, tile) is None or all(there):
                        self.place.aside(self.key(array, tile))
            self.forget(tile)
            bad.append(tile)
        return bad

    def adopt(self) -> list[Tile]:
        """Record tiles that are there, whole by their checksums, though no log tells of them."""
        found = []
        for tile in self.layout.tiles():
            kept = {one.name: self.read(one, tile) for one in self.layout.arrays} if not self.done(tile) else {}
            there = {name: numbers for name, numbers in kept.items() if numbers is not None}
            if there and len(there) == len(kept):
                self.log(Record(tile, self.sha_of(tile, there), self.owner, 0.0, round(time.time(), 1)))
                found.append(tile)
        return found

    # ---- tiles ----

    def commit(self, tile: Tile, numbers: Numbers, seconds: float = 0.0, cause: str = "") -> Record:
        """Write a tile. When this returns it is done, whatever happens next."""
        if set(numbers) != {array.name for array in self.layout.arrays}:
            raise BrokenPass("computing a tile", f"it has the arrays {', '.join(sorted(numbers))}")
        kept = {one.name: chunk.whole(self.layout, one, tile, numbers[one.name]) for one in self.layout.arrays}
        record = Record(tile, self.sha_of(tile, kept), self.owner, round(seconds, 3), round(time.time(), 1), cause)
        for array in (*(one for one in self.layout.arrays if one.name != STATUS), self.array_of(STATUS)):
            self.place.put(self.key(array, tile), chunk.sealed(kept[array.name]))
        self.log(record)
        if time.monotonic() - self.synced > SYNC:
            self.sync()
        return record

    def log(self, record: Record) -> None:
        """Say that a tile is there."""
        self.place.append(f"{LOGS}/{self.owner}", records.line(record))
        self.take(record)

    def give_up(self, tile: Tile, cause: str) -> Record:
        """Set a tile aside: its cells failed."""
        numbers: dict[str, NDArray[Any]] = {
            one.name: np.full((*self.layout.size(tile), *one.sides), chunk.blank(one), one.dtype)
            for one in self.layout.arrays
        }
        numbers[STATUS] = np.full(self.layout.size(tile), FAILED, np.uint8)
        return self.commit(tile, numbers, cause=cause or "unknown")

    def tile(self, tile: Tile) -> dict[str, NDArray[Any]] | None:
        """The numbers of a tile, if it is done and they are what was committed."""
        kept = {}
        for array in self.layout.arrays:
            found = self.read(array, tile)
            if found is None:
                return None
            kept[array.name] = found
        sha = self.sha_of(tile, kept)
        if not any(record.sha == sha for record in self.found.get(tile, ())):
            return None
        size = tuple(map(slice, self.layout.size(tile)))
        return {name: numbers[size].astype(numbers.dtype.newbyteorder("=")) for name, numbers in kept.items()}

    def window(self, every: int, cuts: tuple[slice, ...]) -> dict[str, NDArray[Any]]:
        """All arrays of a block of a level as far as it is done; elsewhere what stands for a cell that was not run."""
        size = tuple(cut.stop - cut.start for cut in cuts)
        out = {one.name: np.full((*size, *one.sides), chunk.blank(one), one.dtype) for one in self.layout.arrays}
        pairs = zip(cuts, self.layout.tile, strict=True)
        blocks = (range(cut.start // side, -(-cut.stop // side)) for cut, side in pairs)
        for tile in ((every, *block) for block in product(*blocks)):
            found = self.tile(tile) if self.done(tile) else None
            extent = self.layout.extent(tile)
            both = [(max(a.start, b.start), min(a.stop, b.stop)) for a, b in zip(extent, cuts, strict=True)]
            inside = tuple(slice(low - a.start, high - a.start) for (low, high), a in zip(both, extent, strict=True))
            there = tuple(slice(low - b.start, high - b.start) for (low, high), b in zip(both, cuts, strict=True))
            for name, numbers in (found or {}).items():
                out[name][there] = numbers[inside]
        return out

    def arrays(self, every: int = 1) -> dict[str, NDArray[Any]]:
        """All arrays of a level."""
        return self.window(every, tuple(slice(0, count) for count in self.layout.shape(every)))

    def sha(self) -> str:
        """The SHA-256 of all numbers of the map, however it was cut into tiles."""
        seal = hashlib.sha256()
        for name, numbers in sorted(self.arrays().items()):
            seal.update(canonical([name, str(numbers.dtype), list(numbers.shape)]))
            seal.update(np.ascontiguousarray(numbers, numbers.dtype.newbyteorder("<")).tobytes())
        return seal.hexdigest()

    def read(self, array: Array, tile: Tile) -> NDArray[Any] | None:
        """The numbers in one file, if they are what its checksum says."""
        content = self.place.read(self.key(array, tile), chunk.length(self.layout, array))
        return None if content is None else chunk.opened(self.layout, array, content)

    def sha_of(self, tile: Tile, kept: Numbers) -> str:
        """The SHA-256 of a tile: of which map it is, where it stands, and its numbers as they are kept."""
        seal = hashlib.sha256(canonical([self.layout.digest, list(tile)]))
        for array in self.layout.arrays:
            seal.update(canonical(array.name))
            seal.update(kept[array.name].tobytes())
        return seal.hexdigest()

    def key(self, array: Array, tile: Tile) -> str:
        """Where a file lies."""
        return metadata.key(array, tile)

    def array_of(self, name: str) -> Array:
        """An array by its name."""
        return next(one for one in self.layout.arrays if one.name == name)

    def there(self) -> None:
        """Nothing, or E618 where the store was removed meanwhile."""
        if self.place.size(DESCRIPTION) is None:
            raise gone(self.place.name)

    def sync(self) -> None:
        """What was committed survives a loss of power from here on."""
        self.place.sync()
        self.synced = time.monotonic()

    def close(self) -> None:
        """The same, and no file is open any more."""
        self.place.close()


def described(layout: StoreLayout) -> bytes:
    """The description of a store, with the SHA-256 of itself; E617 where it is more than would be read again."""
    content = canonical({"layout": layout.json(), "sha256": digest(layout.json())})
    if len(content) > MOST:
        problem = f"the model and its data take {len(content)} bytes in a store, and at most {MOST} are read of it"
        raise LimitError("E617", problem, "give fewer patterns, or let the text compute them")
    return content


def same(raw: bytes, document: object) -> bool:
    """Whether a text of JSON says what a document says."""
    try:
        return len(raw) <= MOST and canonical(parsed(raw)) == canonical(document)
    except ValueError:
        return False


def changed(name: str, key: str, why: str) -> RunError:
    """The error for a store whose words are not as they were written."""
    if key == DESCRIPTION:
        help = "copy this file from another copy of the store, or begin a new store"
    else:
        help = f"if the numbers are to be kept: chainrule map repair {name}"
    return RunError("E604", f"{name} was changed: {key}: {why}", help)
