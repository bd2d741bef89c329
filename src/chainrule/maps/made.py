"""By what a map was made, in which numbers, and how many of its cells the processor trained again to see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from chainrule.maps.boundary import beside
from chainrule.maps.field import sides
from chainrule.maps.layout import Status
from chainrule.train.device import CPU
from chainrule.values import dataclass

if TYPE_CHECKING:
    from chainrule.maps.maker import Maker
    from chainrule.maps.plan import Plan

RANDOM = 64
"""Cells that are trained again wherever they lie, and so many beside the boundary, where bits decide most."""

TILES = 64
"""Tiles among which these are drawn: of a larger map not every number is read."""

Arrays = Mapping[str, NDArray[np.generic]]
Window = Callable[[tuple[slice, ...]], Arrays]
"""The arrays of a block of cells."""


@dataclass(frozen=True, slots=True)
class Made:
    """``device`` is what was asked for, ``cards`` what answered. ``made`` cells were computed there, and the processor
    computed ``other``, as ``why`` says. Of ``checked`` cells, which it trained again, ``agreed`` have the same bits;
    where one has not, ``numerics`` is "device32" or "device64": then nothing is promised of the bits of the others."""

    device: str
    numerics: str
    cards: tuple[str, ...] = ()
    made: int = 0
    other: int = 0
    why: str = ""
    checked: int = 0
    agreed: int = 0

    @property
    def said(self) -> str:
        """The same, as a sentence or two; nothing of a map of the processor alone."""
        if self.device == CPU:
            return ""
        found = []
        if self.made:
            found.append(f"computed on {' and '.join(self.cards)} in {self.trusted}")
        if self.other or not self.made:
            cells = "every cell" if not self.made else f"{self.other:,} cells"
            reason = f": {self.why}" if self.why else ""
            found.append(f"{cells} on the processor{reason}")
        return "; ".join(found)

    @property
    def trusted(self) -> str:
        """The numerics, and what is known of the bits."""
        if not self.checked:
            return f"{self.numerics}, checked on no cell"
        if self.agreed == self.checked:
            return f"{self.numerics}, checked on {self.checked} cells"
        share = f"{100 * self.agreed / self.checked:.3g} %"
        return f"{self.numerics}, which rounds otherwise: checked on {self.checked} cells, {share} have the right bits"

    def json(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "cards": list(self.cards)}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Made:
        """From JSON of this package; KeyError, TypeError or ValueError for anything else."""
        texts = {name: str(found[name]) for name in ("device", "numerics", "why")}
        numbers = {name: int(found[name]) for name in ("made", "other", "checked", "agreed")}
        if not all(0 <= one < 2**53 for one in numbers.values()):
            raise ValueError("a count is none")
        return cls(**texts, **numbers, cards=tuple(map(str, found["cards"])))  # type: ignore[arg-type]


def made(plan: Plan, maker: Maker) -> Made:
    """What is known of a process's work before a cell was looked at again."""
    cards = () if maker.card is None else (maker.card.told,)
    return Made(plan.device, plan.numerics, cards, maker.made[True], maker.made[False], maker.why)


def together(parts: Sequence[Made]) -> Made | None:
    """What several processes made of one map. Each looked at what was there; what one found to be off is said."""
    if not parts:
        return None
    off = [one for one in parts if one.agreed < one.checked]
    looked = off[0] if off else max(parts, key=lambda one: one.checked)
    cards = tuple(dict.fromkeys(card for one in parts for card in one.cards))
    whys = [one.why for one in parts if one.why]
    return replace(
        parts[0], cards=cards, made=sum(one.made for one in parts), other=sum(one.other for one in parts),
        why=whys[0] if whys else "", numerics=looked.numerics, checked=looked.checked, agreed=looked.agreed,
    )  # fmt: skip


def looked_at(plan: Plan, found: Made, window: Window, threads: int | None = None) -> Made:
    """The same, after cells were trained again on the processor, if the device made any."""
    if not found.made:
        return found
    checked, agreed = sample(plan, window, threads)
    lies = f"device{64 if plan.numerics in WIDE else 32}"
    return replace(
        found, checked=checked, agreed=agreed, numerics=plan.numerics if agreed == checked else lies
    )  # fmt: skip


WIDE = ("exact", "fused")
"""Numerics of float64."""


def sample(plan: Plan, window: Window, threads: int | None = None) -> tuple[int, int]:
    """How many cells were trained again, and how many of them have the same bits in every array."""
    from chainrule.maps.tile import computed

    beginning = np.random.default_rng(plan.seed)
    grid = plan.grid
    first = grid.first(1)
    numbers = np.arange(first, grid.tiles)
    if len(numbers) > TILES:
        numbers = np.sort(beginning.choice(numbers, TILES, replace=False))
    blocks = [grid.tile(int(number)).slices for number in numbers]
    inside = [around(block, plan.cells, window) for block in blocks]
    chosen = [drawn([one[which] for one in inside], beginning) for which in (0, 1)]
    beside_processor = replace(plan, device=CPU)
    checked = agreed = 0
    for place, block in enumerate(blocks):
        wanted = chosen[0][place] | chosen[1][place]
        if not wanted.any():
            continue
        there = window(block)
        places = tuple(range(one.start, one.stop) for one in block)
        again = computed(beside_processor, places, threads, ~wanted.ravel())
        same = np.ones(wanted.size, bool)
        for name, values in again.items():
            same &= alike(np.asarray(there[name]).reshape(values.shape), values)
        checked += int(wanted.sum())
        agreed += int(same[wanted.ravel()].sum())
    return checked, agreed


def around(
    block: tuple[slice, ...], cells: tuple[int, ...], window: Window
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which cells of a block were run, and which of these have a neighbour on the other side, also outside of it."""
    pairs = zip(block, cells, strict=True)
    wide = tuple(slice(max(0, one.start - 1), min(count, one.stop + 1)) for one, count in pairs)
    arrays = window(wide)
    inner = tuple(slice(one.start - a.start, one.stop - a.start) for one, a in zip(block, wide, strict=True))
    status = np.asarray(arrays["status"])[inner]
    run = (status != Status.NOT_RUN) & (status != Status.FAILED)
    return run, beside(sides(arrays))[inner] & run


def drawn(masks: Sequence[NDArray[np.bool_]], beginning: np.random.Generator) -> list[NDArray[np.bool_]]:
    """At most `RANDOM` of the cells that hold, over all blocks."""
    flat = np.concatenate([one.ravel() for one in masks])
    there = np.flatnonzero(flat)
    kept = np.zeros(len(flat), bool)
    kept[there if len(there) <= RANDOM else beginning.choice(there, RANDOM, replace=False)] = True
    found, start = [], 0
    for one in masks:
        found.append(kept[start : start + one.size].reshape(one.shape))
        start += one.size
    return found


def alike(one: NDArray[np.generic], other: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Which cells, the first axis, have the same bits; any NaN is as any other."""
    if one.dtype.kind != "f":
        same = one == other
    else:
        same = (one.view(np.uint64) == other.view(np.uint64)) | (np.isnan(one) & np.isnan(other))
    found: NDArray[np.bool_] = same.reshape(len(one), -1).all(axis=1)
    return found
