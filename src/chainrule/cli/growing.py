"""A store that is being filled → what a person sees of it: on a terminal the picture as it grows and a line below it,
and the same picture in a file. Nothing where the streams are no terminal."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from chainrule.cli.map_words import span
from chainrule.cli.output import LEAST, aside, fit_aside, over

if TYPE_CHECKING:
    from pathlib import Path

if TYPE_CHECKING:
    from chainrule.maps.growing import Growing
    from chainrule.maps.store import Store
    from chainrule.views.blocks import Form

WIDEST = 120
"""Columns of a picture at most."""

SHARE = 20
"""What was drawn is drawn again after so many times the time that drawing it took: it costs a twentieth."""

SHORT = 0.5
"""Seconds before the line appears: shorter work needs none."""


class Watched:
    """Is told how many tiles are done; draws at most as often as it costs little."""

    def __init__(self, store: Store, of: str | None, ascii: bool, line: bool, picture: bool, file: Path | None) -> None:
        self.store, self.ascii, self.line, self.file = store, ascii, line, file
        self.picture, self.shown, self.of = picture, 0, of
        self.growing: Growing | None = None
        if of is not None and (picture or file is not None):
            from chainrule.maps.growing import Growing

            self.growing = Growing(store, of)
        self.began = time.monotonic()
        self.next = {"terminal": 0.0, "file": self.began + 1}
        self.cells = {tile: new_cells(store, tile) for tile in store.layout.tiles()} if line else {}
        self.before: int | None = None

    def report(self, done: int, of: int) -> None:
        """Draw what there is."""
        new = self.growing.look() if self.growing is not None else False
        if new and self.file is not None and time.monotonic() > self.next["file"]:
            self.timed("file", self.save)
        if self.line and time.monotonic() > self.next["terminal"]:
            self.timed("terminal", lambda: self.draw(done, of))

    def timed(self, what: str, work: Callable[[], None]) -> None:
        """Do it, and not again before it was worth it."""
        began = time.monotonic()
        work()
        self.next[what] = time.monotonic() + SHARE * (time.monotonic() - began)

    def draw(self, done: int, of: int) -> None:
        """The picture and the line, in the place of those before."""
        made = sum(count for tile, count in self.cells.items() if self.store.done(tile))
        self.before = made if self.before is None else self.before
        took = time.monotonic() - self.began
        if (took < SHORT and not self.shown) or not can_move():
            return
        self.write([*self.lines(), self.told(done, of, made, took)])

    def told(self, done: int, of: int, made: int, took: float) -> str:
        """The line: how far, how quick, how long still."""
        new, missing = made - (self.before or 0), sum(self.cells.values()) - made
        said = f"{done} of {of} tiles"
        if new and took > 0:
            said += f", {new / took:.3g} cells in a second"
            said += f", about {span(missing * took / new)} left" if missing else ""
        return fit_aside(said[: aside()[2] - 1])

    def lines(self) -> list[str]:
        """The picture."""
        if self.growing is None or not self.picture:
            return []
        import shutil

        from chainrule.views.mosaic import Side, mosaic

        wide, high = aside()[2] - 1, shutil.get_terminal_size((80, 24)).lines - 3
        axes = self.store.layout.axes
        sides = [Side(str(axis.attributes.get("long_name", axis.name)), axis.values[0], axis.values[-1])
                 for axis in axes]  # fmt: skip
        form = form_of(self.ascii)
        if wide < LEAST or high < 6:
            return []
        found = mosaic(self.growing.arrays, self.growing.of, sides, min(wide, WIDEST), high, form)
        return [fit_aside(line) for line in found]

    def write(self, lines: list[str]) -> None:
        """Lines in the place of what was written last."""
        over(lines, self.shown)
        self.shown = len(lines)

    def save(self) -> None:
        """The picture so far, as a file."""
        from chainrule.train.disk import write_all
        from chainrule.views.figures.map import picture
        from chainrule.views.png import png

        if self.growing is not None and self.file is not None:
            pixels = picture(self.growing.arrays, self.growing.of, "equalised", "safe")
            write_all({self.file: png(pixels, {"Title": f"{self.growing.of}, unfinished"})})

    def end(self, whole: bool) -> None:
        """The last picture stays, the line goes; an unfinished picture is written to the file."""
        if self.growing is not None:
            self.growing.look()
            if not whole and self.file is not None and self.growing.seen:
                self.save()
        if not self.line:
            return
        last = self.lines()
        if last or self.shown:
            self.write(last)


def can_move() -> bool:
    """Whether the terminal can write over what it shows."""
    return os.environ.get("TERM") != "dumb"


def form_of(ascii: bool) -> Form:
    """How a terminal shows colours."""
    if ascii or os.environ.get("NO_COLOR") or not can_move() or fit_aside("▀") != "▀":
        return "none"
    return "true" if os.environ.get("COLORTERM", "").lower() in ("truecolor", "24bit") else "256"


def new_cells(store: Store, tile: tuple[int, ...]) -> int:
    """The cells of a tile that no coarser level has."""
    every, extent = tile[0], store.layout.extent(tile)
    whole = known = 1
    for cut in extent:
        whole *= cut.stop - cut.start
        known *= -(-cut.stop // 2) - -(-cut.start // 2)
    return whole - known if 2 * every in store.layout.levels else whole


@contextmanager
def watched(store: Store, of: str | None, ascii: bool, quiet: bool, file: Path | None) -> Iterator[Watched]:
    """Someone to be told how many tiles are done. The line is drawn where the error stream is a terminal, the picture
    where both are."""
    there, both, _ = aside()
    one = Watched(store, of, ascii, there and not quiet, both and not quiet, file)
    whole = False
    try:
        yield one
        whole = True
    finally:
        one.end(whole)
