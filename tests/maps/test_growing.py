"""The picture of a store as it is filled: each place shows the finest cell that is known there, on a terminal too."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from tests.cli.test_terminal import on_terminal, plain
from tests.maps.trial import layout, numbers

import chainrule as cr
from chainrule.cli import cli, growing
from chainrule.maps.growing import Growing, drawn_array
from chainrule.maps.known import known
from chainrule.maps.store import Store
from chainrule.maps.store.place import Memory
from chainrule.views.mosaic import Side, mosaic

MAP = ["map", "identity", "--axis", "α=geometric(0.01, 1000, 24)", "--axis", "w=linear(0, 1, 16)", "--steps", "40"]


@pytest.mark.parametrize("most", [2048, 5, 3])
@pytest.mark.parametrize("counts", [(13, 9), (16, 5), (1, 7), (21,)])
def test_a_place_shows_the_finest_cell_that_is_known(counts, most, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chainrule.maps.growing.MOST", most)
    shape = layout(*counts, tile=(4, 3)[: len(counts)], levels=(4, 2, 1))
    store = Store.create(Memory(), shape)
    tiles = list(shape.tiles())
    random.Random(3).shuffle(tiles)
    shown = Growing(store, "error")
    for tile in tiles:
        store.commit(tile, numbers(shape, tile))
        assert shown.look()
        assert not shown.look()
        for place in np.ndindex(*shown.arrays["error"].shape):
            cell = tuple(at * shown.stride for at in place)
            assert same(shown.arrays["error"][place], finest(store, cell)), (tile, place)
    whole = store.arrays()["error"][tuple(slice(None, None, shown.stride) for _ in counts)]
    assert whole.tobytes() == shown.arrays["error"].tobytes()


def finest(store: Store, cell: tuple[int, ...]) -> float | None:
    """What the finest level that is done says about a cell."""
    for every in sorted(store.layout.levels):
        place = [at // every for at in cell]
        tile = (every, *(at // size for at, size in zip(place, store.layout.tile, strict=True)))
        if store.done(tile):
            found = store.tile(tile)
            assert found is not None
            inner = tuple(at - cut.start for at, cut in zip(place, store.layout.extent(tile), strict=True))
            return float(found["error"][inner])
    return None


def same(one: float, other: float | None) -> bool:
    return bool(np.isnan(one)) if other is None or np.isnan(other) else float(one) == other


def test_which_array_is_drawn() -> None:
    store = Store.create(Memory(), layout())
    assert drawn_array(store) == "error"
    assert drawn_array(store, "departure") == "departure"
    assert drawn_array(store, "end_w") == "error"  # it has a side of its own
    assert drawn_array(Store.create(Memory(), layout(2, 2, 2))) is None


@pytest.mark.parametrize("wide", [20, 24, 60, 200])
def test_a_mosaic_fits_and_says_what_it_shows(wide: int) -> None:
    found = cr.example("identity").map(
        {"α": "geometric(0.01, 1000, 24)", "w": "linear(0, 1, 16)"}, steps=40, measures=["trained", "reach(0.1)"]
    )  # fmt: skip
    arrays = {name: values.copy() for name, values in found.arrays.items()}
    arrays["status"][:, 8:] = 0
    sides = [Side(axis.label, axis.low, axis.high) for axis in found.plan.axes]
    for of in ("trained", "error", "reach", "status"):
        for form in ("true", "256", "none"):
            lines = mosaic(arrays, of, sides, wide, 20, form)
            assert len(lines) <= 20
            assert all(len(plain(line)) <= wide for line in lines[:-2])
            assert ("\x1b" in "".join(lines)) == (form != "none")
            assert lines[-2] == "across: α from 0.01 to 1000; up: w from 0 to 1"
            assert wide < 60 or "not run" in lines[-1]
    upper = mosaic(arrays, "trained", sides, wide, 20, "none")[1:3]
    assert not "".join(upper).strip(), "what was not run stands above and is empty"
    strip = mosaic({name: values[:, 0] for name, values in arrays.items()}, "error", sides[:1], wide, 20, "true")
    assert len(strip) == 4 or wide >= 48


@pytest.mark.parametrize(
    ("more", "ascii", "form"),
    [
        ({"COLORTERM": "truecolor"}, False, "true"), ({}, False, "256"), ({"NO_COLOR": "1"}, False, "none"),
        ({"TERM": "dumb", "COLORTERM": "24bit"}, False, "none"), ({"COLORTERM": "truecolor"}, True, "none"),
    ],
)  # fmt: skip
def test_colours_are_those_of_the_terminal(more, ascii, form, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COLORTERM", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in ({"TERM": "xterm-256color"} | more).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(growing, "fit_aside", lambda text: text)
    assert growing.form_of(ascii) == form


def test_a_terminal_shows_the_picture_and_a_pipe_none() -> None:
    shown = on_terminal(*MAP, "--tile", "4", COLORTERM="truecolor")
    assert "▀" in shown
    assert "\x1b[38;2;" in shown
    assert "384" in plain(shown) or "all steps made" in plain(shown)
    piped = CliRunner().invoke(cli, MAP)
    assert "▀" not in piped.output
    assert "\x1b" not in piped.output + piped.stderr


def test_a_picture_in_a_file_grows_and_stays_when_it_is_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wrote: list[int] = []

    def stop(self: growing.Watched, done: int, of: int) -> None:
        self.next["file"] = 0
        report(self, done, of)
        wrote.append(Path("a.png").stat().st_size if Path("a.png").exists() else 0)
        if done >= 8:
            raise KeyboardInterrupt

    report = growing.Watched.report
    monkeypatch.setattr("chainrule.maps.fill.LOOK", 0.0)
    with monkeypatch.context() as patch:
        patch.setattr(growing.Watched, "report", stop)
        done = CliRunner().invoke(cli, [*MAP, "--tile", "4", "-o", "a.png", "--workers", "1"])
    assert done.exit_code == 130
    assert wrote[-1] > 0
    assert "a.png shows what there is" in done.stderr
    assert "-o STORE keeps them" in done.stderr
    half = Path("a.png").read_bytes()
    assert CliRunner().invoke(cli, [*MAP, "-o", "a.png"]).exit_code == 0
    whole = Path("a.png").read_bytes()
    assert whole != half
    cr.example("identity").map(MAP[3::2][:2], steps=40).save_png("b.png")
    assert Path("b.png").read_bytes() == whole
    assert not [name for name in tmp_path.iterdir() if name.suffix == ".zarr"]


def test_which_array_a_picture_shows_can_be_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, [*MAP, "--measure", "reach(0.1)", "--of", "reach", "--save", "a.png"])
    assert done.exit_code == 0, done.output
    found = cr.example("identity").map(MAP[3::2][:2], steps=40, measures="reach(0.1)")
    assert found.save("b.png", "reach").read_bytes() == Path("a.png").read_bytes()
    done = CliRunner().invoke(cli, [*MAP, "--of", "nothing"])
    assert "E653" in done.stderr
    assert "E462" in CliRunner().invoke(cli, [*MAP, "-o", "a.png", "--save", "b.csv"]).stderr


def test_half_a_store_and_its_picture_agree() -> None:
    shape = layout(13, 9, tile=(4, 3), levels=(4, 2, 1))
    store = Store.create(Memory(), shape)
    for tile in list(shape.tiles())[:6]:
        store.commit(tile, numbers(shape, tile))
    shown, there = Growing(store, "error"), known(store)
    shown.look()
    run = there["status"] > 0
    assert np.array_equal(shown.arrays["error"][run], there["error"][run], equal_nan=True)
