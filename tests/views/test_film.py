"""Films: what is shown of each step, how steps are chosen, and what stands in the files."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import chainrule as cr
from chainrule.explain.figures.film_steps import moments
from chainrule.views.scene import Area, Line, Points
from chainrule.views.until import until

XOR = cr.example("xor")
RUN = XOR.train(steps=400, rate=1)


@pytest.mark.parametrize("name", ["error", "landscape", "patterns", "gradients"])
def test_a_film_shows_of_the_run_what_had_been_by_then(name: str) -> None:
    film = XOR.figure.animate(name, RUN, pictures=7)
    assert film.moments[0] == 0
    assert list(film.moments) == sorted(set(film.moments))
    whole = getattr(XOR.figure, name)(RUN).scene
    for step, scene in zip(film.moments, film.scenes, strict=True):
        assert scene.title == f"{whole.title}: step {step}"
        assert (scene.wide, scene.high) == (whole.wide, whole.high)
        for panel, full in zip(scene.panels, whole.panels, strict=True):
            assert (panel.across, panel.up) == (full.across, full.up)
            for mark, before in zip(panel.marks, full.marks, strict=True):
                if isinstance(before, Area | Line | Points) and before.moments:
                    had = [moment <= step for moment in before.moments]
                    assert mark.xs == tuple(x for x, seen in zip(before.xs, had, strict=True) if seen)
                else:
                    assert mark == before
    assert until(whole, RUN.trace.steps[-1]) == whole


@pytest.mark.parametrize("name", ["xor", "growth"])
def test_a_film_of_the_fit_has_one_scale_and_ends_at_the_end(name: str) -> None:
    model = cr.example(name)
    run = model.train(steps=60)
    film = model.figure.animate("fit", run, pictures=5)
    scales = {(panel.across, panel.up) for scene in film.scenes for panel in scene.panels}
    assert len(scales) == len(film.scenes[0].panels)
    assert len({(scene.wide, scene.high) for scene in film.scenes}) == 1
    early = model.figure.fit(model.train(steps=film.moments[1]))
    assert film.scenes[1].description == early.description
    assert film.scenes[-1].description == model.figure.fit(run).description


def test_in_a_film_of_the_network_units_stand_still_and_widths_mean_the_same() -> None:
    film = XOR.figure.animate("network", RUN, pictures=6, pattern=1)
    assert len({(scene.wide, scene.high) for scene in film.scenes}) == 1
    circles = [
        [(mark.xs, mark.ys) for mark in scene.panels[0].marks if isinstance(mark, Points)] for scene in film.scenes
    ]
    assert all(places == circles[0] for places in circles)
    width: dict[float, float] = {}
    for step, scene in zip(film.moments, film.scenes, strict=True):
        weights = [abs(float(RUN.at(step)[name])) for name in ("a1", "b1", "a2", "b2", "c1", "c2")]
        lines = [mark.width for mark in scene.panels[0].marks if isinstance(mark, Line)]
        width |= dict(zip(sorted(weights), sorted(lines), strict=True))
    order = sorted(width)
    assert [width[size] for size in order] == sorted(width.values())
    slopes = {round((width[b] - width[a]) / (b - a), 6) for a, b in zip(order, order[3:], strict=False)}
    assert max(slopes) - min(slopes) < 1e-4
    with pytest.raises(cr.UsageError, match="E466"):
        cr.Model("weight a := 1, b := 2\nE = a² + b²").figure.animate("network")


def test_steps_are_chosen_where_something_happens() -> None:
    steps = np.arange(1001)
    errors = np.where(steps < 20, 1.0 - 0.04 * steps, 0.2)
    path = np.where(steps < 20, steps, 20.0)[:, None]
    chosen = moments(steps, errors, path, 12)
    assert (chosen[0], chosen[-1]) == (0, 1000)
    assert len(chosen) <= 12
    assert np.sum(chosen <= 20) >= 8


def test_numbers_that_are_not_finite_are_no_moments() -> None:
    steps = np.arange(40)
    errors = np.where(steps < 30, 2.0**steps, np.inf)
    chosen = moments(steps, errors, steps[:, None] * 1.0, 10)
    assert chosen[-1] == 29


def test_a_gif_has_each_picture_and_begins_again(tmp_path: Path) -> None:
    film = XOR.figure.animate("error", RUN, pictures=4, seconds=0.2)
    film.save(tmp_path / "film.gif")
    with Image.open(tmp_path / "film.gif") as made:
        assert made.n_frames == 4
        assert made.info["loop"] == 0
        seen = []
        for frame in range(4):
            made.seek(frame)
            seen.append(made.convert("RGB").tobytes())
            assert made.info["duration"] == (200 if frame < 3 else 1200)
            assert made.convert("RGB").getpixel((1, 1)) == (255, 255, 255)
    assert len(set(seen)) == 4


def test_an_mp4(tmp_path: Path) -> None:
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed")
    film = cr.example("identity").figure.animate("error", pictures=3)
    film.save(tmp_path / "film.mp4")
    command = ["ffmpeg", "-loglevel", "error", "-i", tmp_path / "film.mp4", "-f", "image2pipe", "-c:v", "png", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    first = Image.open(io.BytesIO(done.stdout))
    assert first.size == (film.scenes[0].wide, film.scenes[0].high + film.scenes[0].high % 2)
    assert done.stdout.count(b"\x89PNG") == 3 + 10


def test_without_ffmpeg_and_with_one_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film = cr.example("identity").figure.animate("error", pictures=2)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(cr.MissingExtra, match="E467"):
        film.save(tmp_path / "film.mp4")
    broken = tmp_path / "ffmpeg"
    broken.write_text("#!/bin/sh\necho no such codec >&2\nexit 3\n")
    broken.chmod(0o755)
    with pytest.raises(cr.MissingExtra, match="no such codec"):
        film.save(tmp_path / "film.mp4")
    assert not (tmp_path / "film.mp4").exists()


@pytest.mark.parametrize(
    ("figure", "options", "code"),
    [
        ("nothing", {}, "E452"),
        ("error", {"pictures": 1}, "E452"),
        ("error", {"pictures": 2.5}, "E452"),
        ("error", {"pictures": True}, "E452"),
        ("error", {"seconds": 0}, "E452"),
        ("error", {"seconds": float("nan")}, "E452"),
        ("error", {"weight": "q"}, "E456"),
        ("error", {"bogus": 1}, "E452"),
        ("patterns", {"weight": "a1"}, "E452"),
    ],
)
def test_what_is_no_film_is_refused(figure: str, options: dict[str, object], code: str) -> None:
    with pytest.raises(cr.UsageError, match=code):
        XOR.figure.animate(figure, RUN, **options)
    with pytest.raises(cr.UsageError, match="E465"):
        XOR.figure.animate("error", RUN, pictures=2).save("film.avi")
