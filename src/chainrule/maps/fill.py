"""A store → the same store with every tile done, by whatever runner; ended at any moment it has lost nothing."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from chainrule.errors import RunError
from chainrule.maps.runners.choose import How, runner
from chainrule.maps.runners.protocol import Runner
from chainrule.maps.store.claims import Claims
from chainrule.maps.store.layout import Tile
from chainrule.maps.store.store import Store
from chainrule.train.disk import held
from chainrule.values import dataclass

PATIENCE = 0.1
"""Seconds to wait for an event before looking at anything else."""
AGAIN = 0.5
"""Seconds after which a tile that another process holds is asked for again."""
LOOK = 1.0
"""Seconds after which it is read what other processes have done."""

HURRY = 1.0
"""Seconds that a place has to answer where the work is to end."""
LOSSES = 30
"""Tiles that are lost one after the other, and none is done meanwhile, before it is given up. A tile that is said to be
done, and is not there, is lost too."""

Told = Callable[[int, int], None]
"""Is told how many tiles are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Filled:
    """How it went: ``whole`` says that every tile is done or set aside."""

    tiles: int
    before: int
    computed: int
    bad: tuple[Tile, ...]
    whole: bool


def fill(
    store: Store, how: How, told: Told = lambda done, of: None, *, whole: bool = True, again: bool = False,
    wait: bool = True, tiles: list[Tile] | None = None,
) -> Filled:  # fmt: skip
    """Compute what is missing of a store. With ``whole`` every file is read first, and what was changed is computed
    again; with ``again`` what was set aside is tried once more; without ``wait`` tiles that others hold are left to
    them."""
    bad = store.check(whole)
    wanted = list(store.layout.tiles()) if tiles is None else tiles
    given_up = store.set_aside() if again else {}
    before = sum(map(store.done, wanted)) - len(given_up)
    told(before, len(wanted))
    if before == len(wanted):
        return Filled(len(wanted), before, 0, tuple(bad), True)
    claims = Claims(store.place, f"{store.owner}d", how.lease, store.owner)  # an error where nothing can be written
    try:
        if whole:
            store.place.sweep()
            claims.sweep(store.done)
        for tile in given_up:
            store.forget(tile)
            claims.clear(tile)
        drive = Drive(store, runner(store, how, again), wanted, told, wait)
        ended: tuple[type[Exception], ...] = ()
        try:
            computed = drive.run()
        except BaseException:
            store.place.hurry(HURRY)
            ended = (RunError,)  # why it ends is said, and not what more goes wrong then
            raise
        finally:
            with held():  # a job system may ask twice; it takes a second or two
                with suppress(*ended):
                    drive.runner.close()
                with suppress(RunError):
                    claims.forgive(drive.flight)
                    store.refresh()  # what was committed last is counted where it is told how far it came
        store.there()
        store.sync()
        claims.sweep(store.done)
        if all(map(store.done, store.layout.tiles())):
            store.place.sweep()
        return Filled(len(wanted), before, computed, tuple(bad), all(map(store.done, wanted)))
    finally:
        with suppress(RunError):
            claims.close()


class Drive:
    """Tiles given to a runner until none is missing."""

    def __init__(self, store: Store, runner: Runner, tiles: list[Tile], told: Told, wait: bool) -> None:
        self.store, self.runner, self.tiles, self.told, self.wait = store, runner, tiles, told, wait
        self.flight: set[Tile] = set()
        self.queue: deque[Tile] = deque(tile for tile in tiles if not store.done(tile))
        self.later: deque[tuple[float, Tile]] = deque()
        self.late: set[Tile] = set()
        self.said: set[Tile] = set()  # to be done
        self.looked = time.monotonic()
        self.computed = 0
        self.losses = 0  # since a tile was done

    def run(self) -> int:
        """Until the end; how many tiles were computed."""
        window = self.runner.window
        while True:
            while self.later and self.later[0][0] <= time.monotonic():
                self.queue.append(self.later.popleft()[1])
            while self.queue and len(self.flight) < window:
                tile = self.queue.popleft()
                if not self.store.done(tile) and tile not in self.flight:
                    self.flight.add(tile)
                    self.runner.submit(tile)
            if not (self.flight or self.queue or self.later) and not self.swept():
                return self.computed
            self.heard(PATIENCE if self.flight else AGAIN / 2)
            if time.monotonic() - self.looked > LOOK:
                self.look()
                self.overtaken()
                window = self.runner.window

    def heard(self, patience: float) -> None:
        """Take the next event."""
        if not self.flight:
            time.sleep(patience)
            return
        event = self.runner.event(patience)
        if event is None:
            return
        if event.kind == "broken":
            raise event.error()
        self.flight.discard(event.tile)
        match event.kind:
            case "held" if self.wait:
                self.later.append((time.monotonic() + AGAIN, event.tile))
            case "failed" | "lost":
                self.queue.append(event.tile)
                if event.kind == "lost":
                    self.lost(f"workers end, one after the other, and no tile is done meanwhile: {event.cause}")
            case "done":
                self.computed += event.seconds > 0
                if event.tile not in self.said:
                    self.losses = 0
                self.said.add(event.tile)
                if not self.later and not self.queue:
                    self.look()

    def look(self) -> None:
        """Read what all processes have done."""
        self.looked = time.monotonic()
        self.store.refresh()
        self.told(sum(map(self.store.done, self.tiles)), len(self.tiles))

    def swept(self) -> bool:
        """Whether anything is missing after all; it is asked for again."""
        self.look()
        missing = [tile for tile in self.tiles if not self.store.done(tile)]
        if not missing and self.store.check(whole=False):  # someone removed them meanwhile
            missing = [tile for tile in self.tiles if not self.store.done(tile)]
        if self.said.intersection(missing):
            self.lost("tiles are done, and are not there when they are looked for")
        self.queue.extend(missing if self.wait else ())
        return bool(missing) and self.wait

    def lost(self, problem: str) -> None:
        """Count a tile that was lost; an error where that goes on."""
        self.losses += 1
        if self.losses > LOSSES:
            raise RunError("E616", problem, "look at what ends them; the same command goes on")

    def overtaken(self) -> None:
        """Wait no more for who computes what another process has done meanwhile: it may be stopped."""
        done = {tile for tile in self.flight if self.store.done(tile)}
        self.flight -= done & self.late
        self.late = done
