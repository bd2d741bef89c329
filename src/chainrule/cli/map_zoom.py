"""The command `map zoom`: ever closer maps about a point, and the film that goes through them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

import click

from chainrule.cli.map import (
    Shown,
    axis_option,
    filled,
    manner,
    measure_option,
    numerics_option,
    running_options,
    store_array,
    tile_option,
)
from chainrule.cli.map_words import counted
from chainrule.cli.options import (
    Number,
    Whole,
    ascii_option,
    assignments,
    json_option,
    model_argument,
    opened,
    ruled,
    seed_option,
    several,
    starts,
    training_options,
    visiting,
)  # fmt: skip
from chainrule.cli.output import page, write
from chainrule.errors import UsageError, inline

if TYPE_CHECKING:
    from pathlib import Path

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from chainrule.maps.plan import Plan

KEYS, FRAMES = "keys", "frames"
"""Folders of a film: a store for each keyframe, and the pictures."""


@click.command(short_help="The film of ever closer looks at a point of a map.")
@model_argument
@axis_option
@several("--about", "NAME=VALUE", "the point, for each axis: --about α=25.9 --about w=0.31")
@click.option("--keys", type=Whole(), default=8, show_default=True, metavar="N",
              help="maps, each half as wide as the one before")  # fmt: skip
@click.option("--between", type=Whole(), default=15, show_default=True, metavar="N",
              help="pictures from a map to the next, made by scaling")  # fmt: skip
@click.option("-o", "--out", required=True, metavar="FOLDER", help="where maps and pictures go; what is there is kept")
@click.option("--film", metavar="FILE", help="the film too: .gif, .webp, or .mp4 where there is ffmpeg")
@click.option("--rate-of-film", "fps", type=Number(), default=30.0, show_default=True, metavar="N",
              help="pictures a second")  # fmt: skip
@training_options
@measure_option
@click.option("--of", metavar="ARRAY", help="what is drawn; trained if nothing else is said")
@click.option("--colours", type=click.Choice(["safe", "spectral"]), default="safe", show_default=True,
              help="told apart by the colour-blind, or those of the paper")  # fmt: skip
@numerics_option
@tile_option
@running_options
@seed_option
@ascii_option
@json_option
def zoom(
    model: str, axis: tuple[str, ...], about: tuple[str, ...], keys: int, between: int, out: str, film: str | None,
    fps: float, data: dict[str, Any], set: tuple[str, ...], start: tuple[str, ...], steps: int, batch: str | None,
    rate: float | None, update: str | None, hold: tuple[str, ...], measure: tuple[str, ...], of: str | None,
    colours: str, numerics: str | None, tile: int | None, on: str, workers: int | None, threads: int | None,
    lease: float, again: bool, seed: int, ascii: bool, as_json: bool,
) -> None:  # fmt: skip
    """The film of ever closer looks at a point: maps whose windows shrink by half about it, and pictures between them.
    Each map is a store; whatever interrupts the film, the same command goes on with what is there.

    \b
    chainrule map zoom identity --axis "α=geometric(1e-2, 1e4, 64)" --axis "w=linear(0, 1, 64)" \\
        --about α=52 --about w=0.3 --keys 6 --steps 300 -o film --film film.gif
    """
    from chainrule.api.planned import planned
    from chainrule.data.reading import HowRead
    from chainrule.maps.zooming import MOST, keyframes

    for name, value, most in (("--keys", keys, MOST), ("--between", between, 1000)):
        if not 1 <= value <= most:
            raise UsageError("E462", f"{name} {value} is not possible", f"write a number from 1 to {most}")
    if not 0 < fps <= 1000:
        raise UsageError("E462", f"--rate-of-film {fps:g} is not possible", "write for example --rate-of-film 30")
    target = written(film)
    how = manner(on, workers, threads, lease)
    reading = {name: value for name, value in data.items() if name not in ("data", "validation")}
    measures = measure or (("trained",) if of is None else ())
    plan = planned(
        opened(model), list(axis), steps=steps, data=data.get("data"), rate=rate, batch=visiting(batch),
        update=ruled(update), start=starts(start), hold=hold, consts=assignments(set), seed=seed, numerics=numerics,
        measures=measures, tile=tile, how=cast(HowRead, reading),
    )  # fmt: skip
    plans, parts = keyframes(plan, points(about), keys)
    from pathlib import Path

    folder = Path(out)
    shown = [computed(one, folder / KEYS / f"{place:03}.zarr", of, how, again, as_json, ascii)
             for place, one in enumerate(plans)]  # fmt: skip
    made = drawn(plans, parts, folder, shown[0], between, colours)
    count = pictures(made, folder, target, 1 / fps)
    said = {"folder": out, "maps": len(plans), "frames": count, "of": shown[0], "film": film}
    if as_json:
        write(said)
        return
    page([f"{inline(out)}: {counted(len(plans), 'map')} and {counted(count, 'picture')} of {shown[0]}"]
         + ([] if film is None else [f"the film is {inline(film)}"]), ascii)  # fmt: skip


def points(about: tuple[str, ...]) -> dict[str, str]:
    """The point, as it is typed."""
    found = {}
    for typed in about:
        name, equals, value = typed.partition("=")
        if not equals or not name.strip():
            raise UsageError("E462", f"--about {inline(typed)} is not NAME=VALUE", "write for example --about α=25.9")
        found[name.strip()] = value.strip()
    return found


def written(film: str | None) -> Path | None:
    """The file of the film, if it can be made here: that is asked before anything is computed."""
    if film is None:
        return None
    from chainrule.views.figure import target
    from chainrule.views.film import CELLS, ready_for_cells

    place = target(film, CELLS)
    ready_for_cells(place.suffix.lower())
    return place


def computed(plan: Plan, place: Path, of: str | None, how: Any, again: bool, quiet: bool, ascii: bool) -> str:
    """A keyframe, filled as far as it is not; the array that is drawn of it."""
    from chainrule.maps.begin import begin
    from chainrule.maps.store.place import at

    room(place.parent)
    store = begin(plan, at(place))
    try:
        found = store_array(store, of) or "error"
        filled(store, how, Shown(quiet, ascii, found), again=again, same=True)
        return found
    finally:
        store.close()


def pictures(made: Iterator[NDArray[Any]], folder: Path, film: Path | None, seconds: float) -> int:
    """Write the pictures, and the film of them; how many there are."""
    from chainrule.train.disk import write_all
    from chainrule.views.png import png

    total = 0

    def each() -> Iterator[NDArray[Any]]:
        nonlocal total
        for pixels in made:
            write_all({folder / FRAMES / f"{total:05}.png": png(pixels)})
            total += 1
            yield pixels

    room(folder / FRAMES)
    if film is None:
        for _ in each():
            pass
        return total
    from chainrule.views.film import cells

    write_all({film: cells(each(), seconds, film.suffix.lower())})
    return total


def room(folder: Path) -> None:
    """A folder to write to. Errors: E361."""
    from chainrule.train.disk import faults

    with faults(folder, 0):
        folder.mkdir(parents=True, exist_ok=True)


def drawn(
    plans: list[Plan], parts: list[float], folder: Path, of: str, between: int, colours: str
) -> Iterator[NDArray[Any]]:
    """The pictures in order: those of each keyframe, those between it and the next, and the last keyframe."""
    from chainrule.maps.store.place import at
    from chainrule.maps.store.store import Store
    from chainrule.views.zoomed import Key, frame, frames

    def key(place: int) -> Key:
        store = Store.open(at(folder / KEYS / f"{place:03}.zarr"))
        try:
            return Key(store.arrays(), of)
        finally:
            store.close()

    sizes, last = plans[0].cells, len(plans) - 1
    here = key(0)
    for place in range(last):
        there = key(place + 1)
        yield from frames(here, there, parts, between, sizes, colours)
        here = there
    yield frame(here, None, parts, 0.0, sizes, colours)
