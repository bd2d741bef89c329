"""Films into a map: windows that halve about a point, pictures between them, and where the numbers end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import chainrule as cr
from chainrule.api.planned import planned
from chainrule.cli import cli
from chainrule.maps.places import coincide
from chainrule.maps.zooming import blurred, keyframes, part
from chainrule.views.zoomed import Key, frame

MODEL = cr.example("identity")
AXES = ["α=geometric(1e-2, 1e4, 17)", "w=linear(0, 1, 9)"]
ABOUT = {"α": 52.0, "w": 0.3}
LINE = ["map", "zoom", "identity", "--axis", AXES[0], "--axis", AXES[1], "--about", "α=52", "--about", "w=0.3",
        "--steps", "30", "--keys", "3", "--between", "4", "-o", "film"]  # fmt: skip


def test_windows_halve_about_the_point() -> None:
    plan = planned(MODEL, AXES, steps=5)
    plans, parts = keyframes(plan, ABOUT, 30)
    assert plans[0] is plan
    for frame_, one in enumerate(plans):
        first, second = one.axes
        assert np.log(first.high / first.low) == pytest.approx(np.log(1e6) / 2**frame_, rel=1e-5)
        assert second.high - second.low == pytest.approx(2.0**-frame_, rel=1e-6)
        for axis, point, at in zip(one.axes, ABOUT.values(), parts, strict=True):
            assert axis.low < point < axis.high
            assert part(axis, point) == pytest.approx(at, abs=3e-7)


@pytest.mark.parametrize(("numerics", "least", "most"), [("exact", 48, 54), ("fused32", 19, 25)])
def test_a_film_ends_where_the_numbers_do(numerics: str, least: int, most: int) -> None:
    """The first keyframe that is refused is the first in which neighbours are one number, and it is named."""
    plan = planned(MODEL, AXES, steps=5, numerics=numerics)
    with pytest.raises(cr.UsageError, match="E665") as found:
        keyframes(plan, ABOUT, 200)
    number = int(found.value.problem.split()[1])
    assert least <= number <= most
    assert f"at most {number - 1} keyframes" in found.value.help
    bits = 32 if numerics == "fused32" else 64
    assert f"float{bits}" in found.value.problem
    plans, _ = keyframes(plan, ABOUT, number - 1)
    assert [coincide(axis, bits) for axis in plans[-1].axes] == [0, 0]
    assert blurred(plan, list(ABOUT.values()), number - 1) is not None


@pytest.mark.parametrize(
    ("axes", "about", "code"),
    [
        (["w=linear(0, 1, 9)"], {"w": 0.5}, "E666"), ([*AXES[:1], "w=[0, 1]"], ABOUT, "E666"),
        (AXES, {"α": 52}, "E666"), (AXES, ABOUT | {"β": 1}, "E652"), (AXES, ABOUT | {"w": 1.01}, "E652"),
        (AXES, ABOUT | {"w": "x"}, "E641"), ([AXES[0], "w=linear(0, 1, 1)"], ABOUT, "E666"),
    ],
)  # fmt: skip
def test_what_no_film_zooms_into_is_refused(axes, about, code) -> None:
    with pytest.raises(cr.UsageError, match=code):
        keyframes(planned(MODEL, axes, steps=5), about, 3)


def key(values: np.ndarray) -> Key:
    return Key({"status": np.full(values.shape, 1, np.uint8), "trained": values}, "trained")


def test_a_picture_between_shows_the_nearest_cell() -> None:
    """Of two maps of one function, every picture between is a picture of that function, whatever the way."""
    unit = np.linspace(0, 1, 65)
    parts = (0.25, 0.5)

    def function(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.where(x[:, None] < y[None, :], -2.0, 2.0)

    inner = [at + (unit - at) / 2 for at in parts]
    one, other = key(function(unit, unit)), key(function(*inner))
    for way in (0.0, 0.3, 0.77):
        drawn = frame(one, other, parts, way, (65, 65), "safe")
        seen = [at + (unit - at) * 2.0**-way for at in parts]
        wanted = frame(key(function(*seen)), None, parts, 0.0, (65, 65), "safe")
        wrong = (drawn != wanted).any(axis=2)
        assert wrong.mean() < 0.03, way  # cells on the boundary, by less than a cell


def test_the_pictures_of_keyframes_are_those_of_their_maps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, [*LINE, "--film", "a.gif", "--json"])
    assert done.exit_code == 0, done.output
    pictures = sorted(Path("film/frames").iterdir())
    assert len(pictures) == 9
    for place in range(3):
        found = cr.load_map(f"film/keys/{place:03}.zarr")
        found.save_png("one.png")
        assert pixels("one.png") == pixels(str(pictures[4 * place])), place
    image = pytest.importorskip("PIL.Image")
    with image.open("a.gif") as film:
        assert (film.n_frames, film.size) == (9, (17, 9))
        for place in (0, 5, 8):
            film.seek(place)
            assert film.convert("RGB").tobytes() == pixels(str(pictures[place])), place
    seen = {path: path.stat().st_mtime_ns for path in Path("film/keys").rglob("*") if path.is_file()}
    again = CliRunner().invoke(cli, [*LINE, "--film", "a.webp"])
    assert again.exit_code == 0, again.output
    assert "3 maps and 9 pictures of trained" in again.output
    kept = {path: path.stat().st_mtime_ns for path in seen}
    assert kept == seen, "nothing was computed again"


def pixels(path: str) -> bytes:
    image = pytest.importorskip("PIL.Image")
    with image.open(path) as found:
        return found.convert("RGB").tobytes()


def test_an_interrupted_film_goes_on_by_the_same_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from chainrule.maps import fill

    monkeypatch.chdir(tmp_path)
    drives: list[int] = []
    run = fill.Drive.run

    def stop(self: fill.Drive) -> int:
        drives.append(1)
        if len(drives) == 2:
            raise KeyboardInterrupt
        return run(self)

    with monkeypatch.context() as patch:
        patch.setattr(fill.Drive, "run", stop)
        done = CliRunner().invoke(cli, LINE)
    assert done.exit_code == 130
    assert "the same command goes on" in done.stderr
    assert cr.load_map("film/keys/000.zarr").counts
    assert CliRunner().invoke(cli, LINE).exit_code == 0
    other = CliRunner().invoke(cli, [*LINE, "--rate", "1"])
    assert other.exit_code != 0


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (["--keys", "0"], "E462"), (["--between", "0"], "E462"), (["--rate-of-film", "0"], "E462"),
        (["--film", "a.avi"], "E465"), (["--about", "w"], "E462"), (["--keys", "60"], "E665"), (["--of", "x"], "E653"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_computed(more, code, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, [*LINE, *more])
    assert code in done.stderr
    assert code == "E653" or not Path("film").exists()
