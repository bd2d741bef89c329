"""Which process computes which tile: claims that nobody has to give back, and that no clock of a machine decides about.

A claim is a file that only one process can begin. Who holds it beats: it counts up in a file of its own. A process
whose count stood still for the length of a lease, by the watch of who looks, is taken for dead; so is one of this
machine that is no more. The next claim of its tile is another file, with the next number: so the claims of a tile
count those that died at it. Two that compute one tile do no harm, since a tile's numbers are the same whoever
computes them.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable

from chainrule.maps.store.json_text import canonical, parsed
from chainrule.maps.store.layout import Tile
from chainrule.maps.store.limits import LIMITS
from chainrule.maps.store.owner import LIVE, dead
from chainrule.maps.store.place import Place
from chainrule.values import dataclass

CLAIMS = ".chainrule/claims"
WORKERS = ".chainrule/workers"

LEASE = 30.0
"""Seconds without a beat after which a process of another machine is taken for dead."""
BEATS = 6
"""Beats in a lease."""
DEATHS = 3
"""Processes that die at a tile, or fail, before it is set aside."""
LONGEST = 3600.0
"""Seconds of a lease at most: so long the tiles of a dead process of another machine may wait."""
SYNC = 5.0
"""Seconds after which what was committed is made to survive a loss of power too."""
NAMED = re.compile(r"[A-Za-z0-9_-]{1,200}")
"""What who claims is called: of any other name no file is looked for."""
SHORT = LIMITS["claim"].most
"""Bytes of a claim or a beat that are read."""


@dataclass(frozen=True, slots=True)
class Held:
    """Another process computes the tile."""


@dataclass(frozen=True, slots=True)
class Deadly:
    """The tile is to be set aside: why each of those that tried it ended."""

    causes: tuple[str, ...]


class Claims:
    """The claims of one process. ``on_behalf`` names who let it begin, and may take its claims back."""

    def __init__(self, place: Place, owner: str, lease: float = LEASE, on_behalf: str = "") -> None:
        self.place, self.owner, self.lease, self.on_behalf = place, owner, lease, on_behalf or owner
        self.mine: dict[Tile, str] = {}
        self.seen: dict[tuple[str, bytes], tuple[bytes | None, float]] = {}
        self.count = self.made = 0
        self.lock = threading.Lock()
        self.ended = threading.Event()
        self.beat()  # a store that cannot be written to is refused before anything is computed
        LIVE.add(owner)
        threading.Thread(target=self.beats, name="beats", daemon=True).start()

    def take(self, tile: Tile) -> Held | Deadly | None:
        """Claim a tile; None if it is ours."""
        for _ in range(3):  # whoever gave one back meanwhile has finished the tile, or left it
            numbers = self.numbers(tile)
            last = numbers[-1] if numbers else -1
            if numbers:
                content = self.place.read(self.key(tile, last), SHORT)
                if content is None:
                    continue
                if not self.over(self.key(tile, last), content):
                    return Held()
            if len(numbers) >= DEATHS:
                contents = [self.place.read(self.key(tile, number), SHORT) or b"" for number in numbers]
                return Deadly(tuple(cause(content) for content in contents))
            if self.place.create(self.key(tile, last + 1), self.claim()):
                with self.lock:
                    self.mine[tile] = self.key(tile, last + 1)
                return None
        return Held()

    def failed(self, tile: Tile, why: str) -> None:
        """Leave a tile that could not be computed: the claim stays, and says why."""
        with self.lock:
            key = self.mine.pop(tile, None)
        if key is not None:
            self.place.put(key, self.claim(why))

    def release(self, tile: Tile) -> None:
        """Leave a tile that another may take, as if it had not been claimed."""
        with self.lock:
            key = self.mine.pop(tile, None)
        if key is not None:
            self.place.delete(key)

    def finished(self, tile: Tile) -> None:
        """Leave a tile that is committed: nothing of its claims is needed any more."""
        with self.lock:
            self.mine.pop(tile, None)
        self.clear(tile)

    def clear(self, tile: Tile) -> None:
        """Remove all claims of a tile."""
        for number in self.numbers(tile):
            self.place.delete(self.key(tile, number))

    def forgive(self, tiles: set[Tile]) -> None:
        """Take back the claims that were made on our behalf by processes that we ended: they did not die at a tile."""
        for tile in tiles:
            if numbers := self.numbers(tile):
                key = self.key(tile, numbers[-1])
                found = words(self.place.read(key, SHORT))
                if found.get("for") == self.on_behalf and not found.get("cause"):
                    self.place.delete(key)

    def close(self) -> None:
        """Give back what is held, and beat no more."""
        self.ended.set()
        LIVE.discard(self.owner)
        for tile in list(self.mine):
            self.release(tile)
        self.place.delete(f"{WORKERS}/{self.owner}")

    def sweep(self, done: Callable[[Tile], bool]) -> None:
        """Remove what processes of this machine left that died: their beats, and claims of tiles that are done."""
        for name in self.place.names(WORKERS):
            if dead(name):
                self.place.delete(f"{WORKERS}/{name}")
        for name in self.place.names(CLAIMS):
            if (tile := tile_of(name)) is not None and done(tile):
                self.place.delete(f"{CLAIMS}/{name}")

    # ---- who is alive ----

    def beat(self) -> None:
        """Count up."""
        self.count += 1
        self.place.put(f"{WORKERS}/{self.owner}", canonical({"count": self.count, "at": round(time.time(), 1)}))

    def beats(self) -> None:
        """Count up until the end, and flush what was committed; a beat that cannot be written is left out, and the next
        one may be."""
        while not self.ended.wait(min(self.lease / BEATS, SYNC)):
            try:
                if self.mine:
                    self.beat()
                self.place.sync()
            except Exception:  # noqa: S112 - who computes is told of a full disk where a tile is committed
                continue

    def over(self, key: str, content: bytes) -> bool:
        """Whether a claim holds no more: whoever made it said so, or is dead."""
        found = words(content)
        lease = found.get("lease")
        longer = min(lease, LONGEST) if isinstance(lease, int | float) else 0.0
        return bool(found.get("cause")) or self.stale((key, content), str(found.get("owner", "")), longer)

    def stale(self, key: tuple[str, bytes], owner: str, lease: float) -> bool:
        """Whether the owner of a claim is taken for dead: it does not beat while we look at this claim, for the longer
        of its lease and ours."""
        if owner == self.owner:
            return False
        if owner and dead(owner):
            return True
        beat = self.place.read(f"{WORKERS}/{owner}", SHORT) if NAMED.fullmatch(owner) else None
        now = time.monotonic()
        before, since = self.seen.get(key, (b"?", now))
        if beat != before:
            self.seen[key] = (beat, now)
            return False
        return now - since > max(self.lease, lease)

    def numbers(self, tile: Tile) -> list[int]:
        """The numbers of a tile's claims, in order."""
        begins = f"{stem(tile)}."
        names = (name[len(begins) :] for name in self.place.names(CLAIMS) if name.startswith(begins))
        return sorted(int(name) for name in names if name.isdecimal() and name.isascii() and len(name) < 9)

    def key(self, tile: Tile, number: int) -> str:
        return f"{CLAIMS}/{stem(tile)}.{number}"

    def claim(self, why: str = "") -> bytes:
        self.made += 1  # a tile that is claimed again is another claim
        found = {"owner": self.owner, "for": self.on_behalf, "cause": why, "number": self.made, "lease": self.lease}
        return canonical(found)


def stem(tile: Tile) -> str:
    """How files about a tile begin: ``3-0`` for the tile (3, 0)."""
    return "-".join(map(str, tile))


def tile_of(name: str) -> Tile | None:
    """The tile that a claim is of, by its name."""
    begins = name.partition(".")[0].split("-")
    return tuple(map(int, begins)) if all(one.isdecimal() for one in begins) else None


def words(content: bytes | None) -> dict[str, object]:
    """What a claim says; one that was cut off, or changed, says nothing."""
    try:
        found = parsed(content or b"")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def cause(content: bytes) -> str:
    """Why a claim holds no more."""
    return str(words(content).get("cause") or "its process died")[:300]
