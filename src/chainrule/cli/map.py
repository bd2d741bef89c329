"""The command `map`: trainings on a grid, in a store that any number of processes fill, and that loses nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import click
from click.shell_completion import CompletionItem

from chainrule.cli import signals
from chainrule.cli.completion import models
from chainrule.cli.group import Commands
from chainrule.cli.growing import watched
from chainrule.cli.map_words import counted, lines
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
from chainrule.cli.output import page, warn, write
from chainrule.errors import UsageError, inline
from chainrule.values import dataclass

if TYPE_CHECKING:
    from pathlib import Path

if TYPE_CHECKING:
    from chainrule.maps.fill import Filled
    from chainrule.maps.runners.choose import How
    from chainrule.maps.store import Store

INTERRUPTED = 130
"""The exit code where a map was interrupted, by whatever signal: a job system that ends a job finds one code."""

GO_ON = "the same command goes on"

TOP = "model"
"""The command that is meant where none is named."""

UNTIL = re.compile(r"1/(\d{1,6})|(\d{1,9}(?:\.\d*)?)s")


class Maps(Commands):
    """`chainrule map MODEL …`, and beside it commands about a store."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        asked = ctx.resilient_parsing and not args  # by a shell, for what may stand first
        if not asked and (not args or args[0] not in self.commands):
            args = [TOP, *(args or ["--help"])]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands about a store, and what a model may be; for a dash the options of a map."""
        first = self.commands[TOP]
        if incomplete.startswith("-"):
            return first.shell_complete(click.Context(first, ctx, TOP, resilient_parsing=True), incomplete)
        return [*super().shell_complete(ctx, incomplete), *models(ctx, first.params[0], incomplete)]


class Unnamed(click.Context):
    """The command that is meant where none is named: it is called as it is typed."""

    @property
    def command_path(self) -> str:
        return self.parent.command_path if self.parent is not None else super().command_path


class Top(click.Command):
    """A command that is not named."""

    context_class = Unnamed


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


axis_option = several(
    "--axis", "NAME=VALUES", 'what varies: --axis "α=geometric(1e-3, 1e6, 512)" --axis "w=linear(0, 1, 512)"'
)
measure_option = several(
    "--measure", "NAME", "what is measured as a cell trains: reach(0.01), largest, trained, period, sharpness"
)
numerics_option = click.option(
    "--numerics", type=click.Choice(["exact", "fused", "fused32", "plain32"]), show_default="exact",
    help="what the numbers are: float64, sums of fused multiply-adds in float64 or float32, or float32",
)  # fmt: skip
device_option = click.option(
    "--device", type=click.Choice(["cpu", "gpu", "opencl"]), default="cpu", show_default=True,
    help="what computes; a graphics card does so in the numerics that it keeps, plain32",
)  # fmt: skip
tile_option = click.option("--tile", type=Whole(), metavar="N", help="cells of a tile along each axis")


@map_.command(TOP, cls=Top, hidden=True, short_help="A map of a model.")
@model_argument
@axis_option
@training_options
@measure_option
@several("--keep", "NAME", "a weight or quantity that is kept as it is at the end")
@numerics_option
@device_option
@tile_option
@click.option(
    "-o",
    "--out",
    metavar="STORE",
    help="a folder or s3://BUCKET/NAME; one that was begun is gone on with. A .png, .csv, .nc or .parquet is --save",
)
@click.option("--save", metavar="FILE", help="the map as a file: .png, which grows with it, .csv, .nc or .parquet")
@click.option("--of", metavar="ARRAY", help="what is drawn: trained, error, status, reach …")
@click.option("--status-only", is_flag=True, help="fill regions whose border is of one status")
@click.option("--until", metavar="HOW", help="stop early: 1/16 of the cells, evenly, or 90s")
@running_options
@seed_option
@ascii_option
@json_option
def model(
    model: str, axis: tuple[str, ...], data: dict[str, Any], set: tuple[str, ...], start: tuple[str, ...], steps: int,
    batch: str | None, rate: float | None, update: str | None, hold: tuple[str, ...], measure: tuple[str, ...],
    keep: tuple[str, ...], numerics: str | None, device: str, tile: int | None, out: str | None, save: str | None,
    of: str | None, until: str | None, on: str, workers: int | None, threads: int | None, lease: float, again: bool,
    seed: int, ascii: bool, as_json: bool, status_only: bool,
) -> None:  # fmt: skip
    """Trainings of MODEL on a grid, side by side: what came of each. With -o they are kept in a store, tile by tile:
    it is a Zarr store that xarray opens, also before it is whole, and nothing in it is lost when the process is
    killed.

    \b
    chainrule map identity --axis "α=geometric(1e-2, 1e3, 64)" --axis "w=linear(0, 1, 48)" --steps 500 -o m.zarr
    chainrule map status m.zarr        how far it is, at what rate, and how long it will take
    chainrule map work m.zarr          go on with it; any number of these, on any machines that see the store
    chainrule map zoom MODEL …         the film of ever closer looks at a point
    chainrule map repair m.zarr        put right what a reader of Zarr needs, and find what was changed
    """
    from chainrule.api.planned import planned
    from chainrule.data.reading import HowRead
    from chainrule.maps.begin import begin
    from chainrule.maps.store.place import Memory, at
    from chainrule.views.figure import target

    if out is not None and "://" not in out and out.lower().endswith(FILES):
        save, out = both(out, save), None
    network = opened(model)
    enough = early(until)
    how = manner(on, workers, threads, lease)
    reading = {name: value for name, value in data.items() if name != "data"}
    reading.pop("validation", None)
    plan = planned(
        network, list(axis), steps=steps, data=data.get("data"), rate=rate, batch=visiting(batch), update=ruled(update),
        start=starts(start), hold=hold, consts=assignments(set), seed=seed, numerics=numerics, measures=measure,
        chosen=keep, tile=tile, device=device, status_only=status_only, how=cast(HowRead, reading),
    )  # fmt: skip
    if out is None and (on != "threads"):
        raise UsageError("E613", f"--on {inline(on)} needs a store", "give one with -o, where all processes find it")
    store = begin(plan, Memory() if out is None else at(out))
    shown = Shown(as_json, ascii, store_array(store, of), None if save is None else target(save, FILES))
    done = filled(store, how, shown, again=again, until=enough)
    if save is not None:
        from chainrule.api.map import Map
        from chainrule.maps.known import known
        from chainrule.maps.noted import noted

        Map(plan, known(store), noted(store)).save(save, of)
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
    shown = Shown(as_json, ascii, store_array(found, None))
    told(found, filled(found, how, shown, again=again, whole=False, wait=not no_wait), as_json, ascii)


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


FILES = (".csv", ".parquet", ".nc", ".png")  # endings of files that a map is written to


def both(out: str, save: str | None) -> str:
    """The file of -o, where --save names no other."""
    if save is not None:
        raise UsageError("E462", f"-o {inline(out)} is a file, and so is --save {inline(save)}", "give one of them")
    return out


def store_array(store: Store, of: str | None) -> str | None:
    """What is drawn of a store. Errors: E653 for an array that it has not."""
    from chainrule.maps.growing import drawn_array

    found = drawn_array(store, of)
    if of is not None and found != of:
        names = ", ".join(one.name for one in store.layout.arrays if not one.sides)
        raise UsageError("E653", f"no picture of {inline(of)} can be drawn", f"of a map of one or two axes: {names}")
    return found


@dataclass(frozen=True)
class Shown:
    """What is seen as a store is filled: the array ``of``, in a ``file`` too."""

    quiet: bool
    ascii: bool
    of: str | None
    file: Path | None = None


class Enough(Exception):
    """The time that was given is over."""


def filled(
    store: Store, how: How, shown: Shown, *, again: bool, whole: bool = True, wait: bool = True,
    until: tuple[int | None, float | None] = (None, None), same: bool = False,
) -> Filled:  # fmt: skip
    """Fill a store, with a picture of it as it grows; where it is interrupted, say how to go on."""
    import time

    from chainrule.maps.fill import Filled, fill
    from chainrule.maps.noted import look

    part, seconds = until
    end = None if seconds is None else time.monotonic() + seconds
    axes = len(store.layout.axes)
    tiles = [tile for tile in store.layout.tiles() if part is None or tile[0] ** axes >= part] or [
        tile for tile in store.layout.tiles() if tile[0] == store.layout.levels[0]
    ]
    picture = shown.file if shown.file is not None and shown.file.suffix.lower() == ".png" else None
    with interrupted(store, picture, same), watched(store, shown.of, shown.ascii, shown.quiet, picture) as seen:

        def tell(done: int, of: int) -> None:
            seen.report(done, of)
            if end is not None and time.monotonic() > end:
                raise Enough

        try:
            done = fill(store, how, tell, whole=whole, again=again, wait=wait, tiles=tiles)
        except Enough:
            look(store, how.threads)
            return Filled(len(tiles), 0, 0, (), False)
        if done.computed:
            look(store, how.threads)
        return done


@contextmanager
def interrupted(store: Store, picture: Path | None = None, same: bool = False) -> Iterator[None]:
    """Signals end the block; then it is said that nothing is lost, and how to go on: by the ``same`` command, or by one
    that needs the store alone."""
    try:
        with signals.heard():
            yield
    except KeyboardInterrupt:
        if signals.HEARD:
            signals.deaf()  # the last words are said
        from chainrule.train.journal import typed

        name = store.place.name
        done = sum(map(store.done, store.layout.tiles()))
        of = f"{done} of {counted(store.layout.number, 'tile')}"
        if store.place.address != name or "://" in name:
            from pathlib import Path

            typed_name = name if "://" in name else typed(Path(name))
            further = GO_ON if same else f"to go on: chainrule map work {typed_name}"
            said = [f"nothing is lost: {inline(name)} holds {of}", further]
        else:
            said = [f"{of} were done and are not kept: -o STORE keeps them, and goes on"]
        if picture is not None and done:
            said.append(f"{inline(str(picture))} shows what there is")
        warn("\n".join(["interrupted", *said]))
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
