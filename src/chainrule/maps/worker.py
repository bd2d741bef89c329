"""One tile of a store: claimed, computed, committed and given back. Every runner does a tile by this alone."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import asdict
from typing import Any, Literal

from chainrule.errors import ChainruleError, MissingExtra, RunError, inline
from chainrule.maps.computing import Compute, computation
from chainrule.maps.store.claims import LEASE, Claims, Deadly, Held
from chainrule.maps.store.layout import Tile
from chainrule.maps.store.place import at
from chainrule.maps.store.store import Store
from chainrule.values import dataclass

Kind = Literal["done", "aside", "held", "failed", "lost", "broken"]

OUTSIDE = ("E605", "E606", "E614", "E617", "E618")
"""Errors that are a disk's, and no tile's."""


class Stopped(BaseException):
    """A tile was left because the work is to stop: it is no fault of the tile."""


@dataclass(frozen=True, slots=True)
class Event:
    """What became of a tile. ``done``: committed, now or before; ``aside``: given up; ``held``: another process
    computes it; ``failed``: computing it failed, it may be tried again; ``lost``: who computed it died; ``broken``:
    the store cannot be written or read, and nothing more can be done."""

    kind: Kind
    tile: Tile
    seconds: float = 0.0
    cause: str = ""
    code: str = ""
    help: str = ""

    def json(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "tile": list(self.tile)}

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> Event:
        """From JSON of this package."""
        return cls(**{**found, "tile": tuple(found["tile"])})

    def error(self) -> ChainruleError:
        """The error of a store that is broken."""
        return RunError(self.code or "E605", self.cause, self.help)


class Worker:
    """A store that is open to compute tiles of it, by one thread or several. With ``again`` what was set aside until
    now is not done."""

    def __init__(
        self, store: Store, lease: float = LEASE, on_behalf: str = "", threads: int | None = 1, again: bool = False
    ) -> None:
        self.store = store
        for tile in store.set_aside() if again else ():
            store.forget(tile)
        self.stopped = False
        self.compute: Compute = computation(store, threads)
        self.claims = Claims(store.place, store.owner, lease, on_behalf)

    @classmethod
    def at(cls, place: str, **how: Any) -> Worker:
        """A worker for the store at a place."""
        return cls(Store.open(at(place)), **how)

    def told(self, done: float) -> None:
        """Is told while a tile is computed; ends it where the work is to stop."""
        if self.stopped:
            raise Stopped

    def do(self, tile: Tile) -> Event:
        """Compute a tile, unless it is done, or another process is at it."""
        try:
            return self.done(tile)
        except (RunError, MissingExtra) as error:
            if error.code not in OUTSIDE and not isinstance(error, MissingExtra):
                raise
            return Event("broken", tile, cause=error.problem, code=error.code, help=error.help)

    def done(self, tile: Tile) -> Event:
        store, claims = self.store, self.claims
        if self.sound(tile):
            return Event("done", tile)
        match claims.take(tile):
            case Held():
                return Event("held", tile)
            case Deadly(causes=causes):
                store.refresh()
                if not store.done(tile):
                    store.give_up(tile, "; ".join(dict.fromkeys(causes)))
                    claims.finished(tile)
                return Event("aside", tile, cause="; ".join(dict.fromkeys(causes)))
        try:
            store.refresh()
            if not self.sound(tile):  # who held it before has finished it
                began = time.monotonic()
                numbers = self.compute(tile, self.told)
                seconds = time.monotonic() - began
                store.commit(tile, numbers, seconds)
                claims.finished(tile)
                return Event("done", tile, seconds)
            claims.release(tile)
            return Event("done", tile)
        except MissingExtra:  # no tile is at fault where something is not installed
            release_quietly(claims, tile)
            raise
        except RunError as error:
            if error.code in OUTSIDE:
                release_quietly(claims, tile)
                raise
            return self.failed(tile, error)
        except Exception as fault:
            return self.failed(tile, fault)
        except BaseException:
            release_quietly(claims, tile)
            raise

    def sound(self, tile: Tile) -> bool:
        """Whether a tile is done, and as it was committed: who asks for it may have found that it was changed."""
        if self.store.done(tile) and self.store.tile(tile) is None:
            self.store.forget(tile)
        return self.store.done(tile)

    def failed(self, tile: Tile, fault: Exception) -> Event:
        """Say of a tile that it could not be computed."""
        why = fault.problem if isinstance(fault, ChainruleError) else inline(f"{type(fault).__name__}: {fault}")
        self.claims.failed(tile, why[:300])
        return Event("failed", tile, cause=why[:300])

    def close(self) -> None:
        """Give back what is held, and close the store."""
        try:
            self.claims.close()
        finally:
            self.store.close()


def release_quietly(claims: Claims, tile: Tile) -> None:
    """Give a tile back, if that can be done where nothing else can."""
    with suppress(RunError):
        claims.release(tile)
