"""Letters → loops over their values, with several entries side by side in a vector and several vectors in a tile.

A place says for each letter where in its range it is: a number that is known now or a name, and how far it moves from
one lane to the next (0 or 1).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import product
from typing import NamedTuple

from chainrule.engines.native.writer import Number, Writer

Axes = tuple[str, ...]


class Place(NamedTuple):
    """Where in the range of a letter; ``lane`` is the way from one lane to the next."""

    base: Number
    lane: int = 0


Places = Mapping[str, Place]
START = Place(0)

Body = Callable[[list[Places], int], None]
"""Writes what is done at several places at once, each of so many lanes."""


Turns = AbstractContextManager[Number]
"""A loop that is being written, with the name of its index."""


class Tile(NamedTuple):
    """How many entries are done at once: of the innermost letter but one, and vectors along that of the lanes."""

    entries: int = 1
    vectors: int = 1


ONE = Tile()

REGISTERS = 16
"""Sums that are computed together at most. They fit where there are 32 registers of vectors; where there are 16 some
of them go through memory, which changes no bit."""

LATENCY = 4
"""So many sums at least are computed together, or the processor waits for them."""


def best_tile(entries: int, numbers: int, lanes: int, most: int) -> Tile:
    """The tile, of at most so many sums, in which the products of a fold take the least time.

    Each product needs one vector of numbers for each of its two letters: a tile of m × n reads m + n for m·n products,
    and a reading counts as two products, since what is read is often not in the nearest cache.

    >>> best_tile(128, 128, 8, 24), best_tile(10, 8, 8, 24), best_tile(1, 1, 8, 24)
    (Tile(entries=4, vectors=4), Tile(entries=5, vectors=1), Tile(entries=1, vectors=1))
    """

    def time(tile: Tile) -> tuple[int, int]:
        rows = blocks(entries, (tile.entries, 1))
        columns = [(start, stop, max(1, width // lanes)) for start, stop, width in vectors_of(numbers, lanes, tile)]
        total = 0
        for first, last, m in rows:
            for start, stop, n in columns:
                passages = (last - first) // m * -(-(stop - start) // (n * lanes))
                total += passages * max(m * n, 2 * (m + n), LATENCY)
        return total, tile.entries * tile.vectors

    tried = (Tile(m, n) for m, n in product(range(1, 9), range(1, 5)) if m <= max(1, entries) and m * n <= most)
    return min(tried, key=time)


def vectors_of(size: int, lanes: int, tile: Tile) -> list[tuple[int, int, int]]:
    """A range in stretches: of several vectors each, then of one, then of smaller ones."""
    return blocks(size, [tile.vectors * lanes, *(lanes >> k for k in range(lanes.bit_length()))])


class Loops:
    """Writes loops over letters of known sizes; entries along a letter go side by side, ``lanes`` in a vector."""

    def __init__(self, writer: Writer, sizes: Mapping[str, int], lanes: int) -> None:
        self.writer, self.sizes, self.lanes = writer, sizes, lanes

    def nest(
        self,
        axes: Axes,
        lane: str | None,
        body: Body,
        tile: Tile = ONE,
        share: Callable[..., Turns] | None = None,
        by_panels: bool = False,
    ) -> None:
        """The body for every entry; ``share`` writes the loop that several threads divide, if not all of it is this
        function's: the outermost, or with ``by_panels`` the one inside the lanes. There all entries of the last letter
        are done for the lanes of a tile before the next lanes are."""
        letters = [letter for letter in axes if letter != lane]
        inner = self.by_panels if by_panels and letters else self.by_entries
        self.outer(letters, {}, lane, body, tile, share or self.writer.loop, inner)

    def outer(
        self,
        letters: Sequence[str],
        places: Places,
        lane: str | None,
        body: Body,
        tile: Tile,
        loop: Callable[..., Turns],
        inner: Callable[..., None],
    ) -> None:
        if len(letters) <= 1:
            inner(letters, places, lane, body, tile, loop)
            return
        with loop(0, self.sizes[letters[0]]) as index:
            at = {**places, letters[0]: Place(index)}
            self.outer(letters[1:], at, lane, body, tile, self.writer.loop, inner)

    def by_entries(
        self, letters: Sequence[str], places: Places, lane: str | None, body: Body, tile: Tile,
        loop: Callable[..., Turns],
    ) -> None:  # fmt: skip
        """All lanes for some entries of the last letter, then for the next."""
        if not letters:
            self.across([places], lane, body, tile, loop)
            return

        def lanes(several: list[Places]) -> None:
            self.across(several, lane, body, tile, self.writer.loop)

        self.entries(letters[0], [places], tile, loop, lanes)

    def by_panels(
        self, letters: Sequence[str], places: Places, lane: str | None, body: Body, tile: Tile,
        loop: Callable[..., Turns],
    ) -> None:  # fmt: skip
        """All entries of the last letter for the lanes of a tile, then for the next lanes."""

        def entries(several: list[Places], width: int) -> None:
            self.entries(letters[0], several, tile, loop, lambda found: body(found, width))

        self.across([places], lane, entries, tile, self.writer.loop)

    def entries(
        self,
        letter: str,
        several: Sequence[Places],
        tile: Tile,
        loop: Callable[..., Turns],
        body: Callable[[list[Places]], None],
    ) -> None:
        """The body for every entry of a letter, as many at once as the tile has."""
        for start, stop, width in blocks(self.sizes[letter], (tile.entries, 1)):
            with loop(start, stop, width) as index:
                at = [Place(self.writer.plus(index, k)) for k in range(width)]
                body([{**places, letter: place} for place in at for places in several])

    def across(
        self, several: Sequence[Places], lane: str | None, body: Body, tile: Tile, loop: Callable[..., Turns]
    ) -> None:
        """The body for every entry along the letter of the lanes."""
        if lane is None:
            body(list(several), 1)
            return
        for start, stop, step in vectors_of(self.sizes[lane], self.lanes, tile):
            width = min(step, self.lanes)
            with loop(start, stop, step) as index:
                ahead = [Place(self.writer.plus(index, k), int(width > 1)) for k in range(0, step, width)]
                body([{**places, lane: place} for places in several for place in ahead], width)


def blocks(size: int, widths: Sequence[int]) -> list[tuple[int, int, int]]:
    """A range cut into stretches of whole widths, the widest first.

    >>> blocks(13, (8, 4, 2, 1))
    [(0, 8, 8), (8, 12, 4), (12, 13, 1)]
    """
    found, start = [], 0
    for width in widths:
        stop = start + (size - start) // width * width
        if stop > start:
            found.append((start, stop, width))
        start = stop
    return found
