"""The command `map`: trainings on a grid, in a store that any number of processes fill, and that loses nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import click

from chainrule.cli import signals
from chainrule.cli.group import Commands
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
from chainrule.cli.output import bar, page, warn, write
from chainrule.errors import UsageError, inline

if TYPE_CHECKING:
    from chainrule.maps.fill import Filled
    from chainrule.maps.runners.choose import How
    from chainrule.maps.status import Progress
    from chainrule.maps.store import Store

INTERRUPTED = 130
"""The exit code where a map was interrupted, by whatever signal: a job system that ends a job finds one code."""

TOP = "model"
"""The command that is meant where none is named."""

UNTIL = re.compile(r"1/(\d{1,6})|(\d{1,9}(?:\.\d*)?)s")


class Maps(Commands):
    """`chainrule map MODEL …`, and beside it commands about a store."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or args[0] not in self.commands:
            args = [TOP, *(args or ["--help"])]
        return super().parse_args(ctx, args)


@click.group("map", cls=Maps, short_help="Trainings on a grid; -o keeps them in a store.")
def map_() -> None:
    """Trainings on a grid."""


def running_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say by what tiles are computed."""
    options = (
        click.option("--on", default="threads", show_default=True, metavar="HOW",
                     help="threads, processes, dask, or the address of a Dask scheduler"),
        click.option("--workers", type=Whole(), metavar="N", help="tiles at once; by default one for each processor"),
        click.option("--threads", type=Whole(), metavar="N", help="threads that compute one tile"),
        click.option("--lease", type=Number(), default=30.0, show_default=True, metavar="SECONDS",
                     help="after so long without a beat another process is taken for dead"),
        click.option("--again", is_flag=True, help="try once more what was set aside"),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@map_.command(TOP, short_help="A map of a model.")
@model_argument
@several("--axis", "NAME=VALUES", 'what varies: --axis "α=geometric(1e-3, 1e6, 512)" --axis "w=linear(0, 1, 512)"')
@training_options
@several("--measure", "NAME", "what is measured as a cell trains: reach(0.01), largest, trained, period, sharpness")
@several("--keep", "NAME", "a weight or quantity that is kept as it is at the end")
@click.option(
    "--numerics", type=click.Choice(["exact", "fused", "fused32", "plain32"]), show_default="exact",
    help="what the numbers are: float64, sums of fused multiply-adds in float64 or float32, or float32",
)  # fmt: skip
@click.option(
    "--device", type=click.Choice(["cpu", "gpu", "opencl"]), default="cpu", show_default=True,
    help="what computes; a graphics card does so in the numerics that it keeps, plain32",
)  # fmt: skip
@click.option("--tile", type=Whole(), metavar="N", help="cells of a tile along each axis")
@click.option("-o", "--out", metavar="STORE", help="a folder or s3://BUCKET/NAME; one that was begun is gone on with")
@click.option("--save", metavar="FILE", help="the whole map as a file: .png, .csv, .nc or .parquet")
@click.option("--until", metavar="HOW", help="stop early: 1/16 of the cells, evenly, or 90s")
@running_options
@seed_option
@ascii_option
@json_option
def model(
    model: str, axis: tuple[str, ...], data: dict[str, Any], set: tuple[str, ...], start: tuple[str, ...], steps: int,
    batch: str | None, rate: float | None, update: str | None, hold: tuple[str, ...], measure: tuple[str, ...],
    keep: tuple[str, ...], numerics: str | None, device: str, tile: int | None, out: str | None, save: str | None,
    until: str | None, on: str, workers: int | None, threads: int | None, lease: float, again: bool, seed: int,
    ascii: bool, as_json: bool,
) -> None:  # fmt: skip
    """Trainings of MODEL on a grid, side by side: what came of each. With -o they are kept in a store, tile by tile:
    it is a Zarr store that xarray opens, also before it is whole, and nothing in it is lost when the process is
    killed.

    \b
    chainrule map identity --axis "α=geometric(1e-2, 1e3, 64)" --axis "w=linear(0, 1, 48)" --steps 500 -o m.zarr
    chainrule map status m.zarr        how far it is, at what rate, and how long it will take
    chainrule map work m.zarr          go on with it; any number of these, on any machines that see the store
    chainrule map repair m.zarr        put right what a reader of Zarr needs, and find what was changed
    """
    from chainrule.api.planned import planned
    from chainrule.data.reading import HowRead
    from chainrule.maps.begin import begin
    from chainrule.maps.store.place import Memory, at

    network = opened(model)
    enough = early(until)
    how = manner(on, workers, threads, lease)
    reading = {name: value for name, value in data.items() if name != "data"}
    reading.pop("validation", None)
    plan = planned(
        network, list(axis), steps=steps, data=data.get("data"), rate=rate, batch=visiting(batch), update=ruled(update),
        start=starts(start), hold=hold, consts=assignments(set), seed=seed, numerics=numerics, measures=measure,
        chosen=keep, tile=tile, device=device, how=cast(HowRead, reading),
    )  # fmt: skip
    if out is None and (on != "threads"):
        raise UsageError("E613", f"--on {inline(on)} needs a store", "give one with -o, where all processes find it")
    store = begin(plan, Memory() if out is None else at(out))
    done = filled(store, how, as_json, again=again, until=enough)
    if save is not None:
        from chainrule.api.map import Map
        from chainrule.maps.noted import noted

        Map(plan, store.arrays(), noted(store)).save(save)
    told(store, done, as_json, ascii)


@map_.command(short_help="Compute tiles of a store that was begun.")
@click.argument("store")
@running_options
@click.option("--no-wait", is_flag=True, help="end where every tile that is missing is held by another process")
@ascii_option
@json_option
def work(
    store: str, on: str, workers: int | None, threads: int | None, lease: float, again: bool, no_wait: bool,
    ascii: bool, as_json: bool,
) -> None:  # fmt: skip
    """Compute what is missing in STORE, beside any other process that does so: in an array of jobs, in several
    shells, on several machines. What was begun is gone on with; a process that died is taken over.

    \b
    chainrule map work m.zarr
    chainrule map work s3://bucket/m --workers 4
    """
    from chainrule.maps.store.place import at
    from chainrule.maps.store.store import Store

    how = manner(on, workers, threads, lease)
    found = Store.open(at(store))
    found.complete()
    told(found, filled(found, how, as_json, again=again, whole=False, wait=not no_wait), as_json, ascii)


@map_.command(short_help="How far a store is.")
@click.argument("store")
@click.option("--check", is_flag=True, help="read every file, and move aside what is not as it was written")
@ascii_option
@json_option
def status(store: str, check: bool, ascii: bool, as_json: bool) -> None:
    """How far STORE is: tiles and cells, who is at it, the rate, and how long it will take.

    \b
    chainrule map status m.zarr
    chainrule map status m.zarr --json
    """
    from chainrule.maps.status import progress
    from chainrule.maps.store.place import at
    from chainrule.maps.store.store import Store

    found = progress(Store.open(at(store)), whole=check)
    if as_json:
        write(found.json())
    else:
        page(lines(found), ascii)


@map_.command(short_help="Put right what was changed in a store.")
@click.argument("store")
@ascii_option
@json_option
def repair(store: str, ascii: bool, as_json: bool) -> None:
    """Write again what STORE has beside its numbers, move aside numbers that were changed, and record those that are
    there and whole though no log tells of them.

    \b
    chainrule map repair m.zarr
    """
    from chainrule.maps.status import progress
    from chainrule.maps.store.place import at
    from chainrule.maps.store.store import Store

    found = Store.open(at(store), words=False)
    found.complete(again=True)
    bad, adopted = found.check(whole=True), found.adopt()
    if as_json:
        write({**progress(found).json(), "bad": [list(one) for one in bad], "adopted": [list(one) for one in adopted]})
    else:
        said = [f"{len(bad)} tiles were changed, and are moved aside", f"{len(adopted)} tiles are recorded again"]
        page([*said, *lines(progress(found))], ascii)
    found.close()


def manner(on: str, workers: int | None, threads: int | None, lease: float) -> How:
    """The options as one value."""
    from chainrule.maps.runners.choose import How

    return How(on, workers, threads, lease)


def early(typed: str | None) -> tuple[int | None, float | None]:
    """The argument of --until: one in so many cells, or so many seconds."""
    if typed is None:
        return None, None
    if (found := UNTIL.fullmatch(typed.strip())) is None or not float(found[1] or found[2]):
        raise UsageError("E462", f"--until {typed} is not possible", "write for example --until 1/16 or --until 90s")
    return (int(found[1]), None) if found[1] else (None, float(found[2]))


class Enough(Exception):
    """The time that was given is over."""


def filled(
    store: Store, how: How, quiet: bool, *, again: bool, whole: bool = True, wait: bool = True,
    until: tuple[int | None, float | None] = (None, None),
) -> Filled:  # fmt: skip
    """Fill a store, with a bar; where it is interrupted, say how to go on."""
    import time

    from chainrule.maps.fill import Filled, fill
    from chainrule.maps.noted import look

    part, seconds = until
    end = None if seconds is None else time.monotonic() + seconds
    axes = len(store.layout.axes)
    tiles = [tile for tile in store.layout.tiles() if part is None or tile[0] ** axes >= part] or [
        tile for tile in store.layout.tiles() if tile[0] == store.layout.levels[0]
    ]
    with interrupted(store), bar(len(tiles), quiet) as report:

        def tell(done: int, of: int) -> None:
            if report is not None:
                report(done, of)
            if end is not None and time.monotonic() > end:
                raise Enough

        try:
            done = fill(store, how, tell, whole=whole, again=again, wait=wait, tiles=tiles)
        except Enough:
            done = Filled(len(tiles), 0, 0, (), False)
        if done.computed or not done.whole:
            look(store, how.threads)
        return done


@contextmanager
def interrupted(store: Store) -> Iterator[None]:
    """Signals end the block; then it is said that nothing is lost, and how to go on."""
    try:
        with signals.heard():
            yield
    except KeyboardInterrupt:
        if signals.HEARD:
            signals.deaf()  # the last words are said
        from pathlib import Path

        from chainrule.train.journal import typed

        name = store.place.name
        done = sum(map(store.done, store.layout.tiles()))
        said = ["interrupted", f"nothing is lost: {inline(name)} holds {done} of {store.layout.number} tiles"]
        shown = name if "://" in name else typed(Path(name))
        kept = store.place.address != name or "://" in name
        warn("\n".join([*said, f"to go on: chainrule map work {shown}"] if kept else said[:1]))
        raise SystemExit(INTERRUPTED) from None


def told(store: Store, done: Filled, as_json: bool, ascii: bool) -> None:
    """Say what there is."""
    from chainrule.maps.noted import noted
    from chainrule.maps.status import progress

    found, made = progress(store), noted(store)
    store.close()
    if as_json:
        by = None if made is None else made.json()
        write({**found.json(), "computed": done.computed, "bad": [list(tile) for tile in done.bad], "made": by})
        return
    bad = [f"{counted(len(done.bad), 'tile')} that had been changed was computed again"] if done.bad else []
    page([*lines(found), *bad, *([inline(made.said)] if made is not None else [])], ascii)


def lines(found: Progress) -> list[str]:
    """How far a store is, in lines."""
    out = [f"{inline(found.store)}: {found.done} of {counted(found.tiles, 'tile')}"]
    named = {"not_run": "not run", "steps": "all steps made", "converged": "converged",
             "left": "left the finite numbers", "failed": "failed"}  # fmt: skip
    out += [f"  {count} {named[name]}" for name, count in found.cells.items() if count]
    if found.workers:
        rate = "" if found.rate is None else f", {found.rate:.3g} cells in a second"
        out.append(f"{counted(len(found.workers), 'process', 'processes')} at it{rate}")
    if found.left is not None:
        out.append(f"about {span(found.left)} left")
    for tile, cause in list(found.aside.items())[:3]:
        out.append(f"set aside: tile {'-'.join(map(str, tile))}: {inline(cause)}; to try again: --again")
    for what, number in (("records", found.damaged), ("tiles", len(found.bad))):
        if number:
            out.append(f"{number} {what} are not as they were written; what they hold is computed again")
    if found.disagreeing:
        tiles = counted(len(found.disagreeing), "tile")
        out.append(f"{tiles} of which two machines gave different numbers: one of the machines is not sound")
    return out


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def span(seconds: float) -> str:
    """A stretch of time as people say it.

    >>> span(40), span(90), span(9000), span(200000)
    ('40 s', '2 min', '2.5 h', '2.3 days')
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 86400 else f"{seconds / 86400:.1f} days"
