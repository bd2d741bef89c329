"""What one does with a map: pictures that draw no number where there is none, cells as runs, files, comparisons."""

import csv
from pathlib import Path

import numpy as np
import pytest

import chainrule as cr
from chainrule.api.texts import mapped
from chainrule.maps.layout import Status
from chainrule.views.figures.map import HOLES, Bound, coloured, over, picture, rgb, side
from chainrule.views.ticks import ticks

QUADRATIC = cr.Model("data x in {1}\nweight w := 0\nE = (w·x − 1)²")


@pytest.fixture(scope="module")
def found() -> cr.Map:
    axes = {"α": "linear(0.1, 1.3, 7)", "w": "linear(-1, 1, 5)"}
    return QUADRATIC.map(axes, steps=3000, measures=["trained", "reach(0.01)", "period"], chosen="w")


def test_sides_colours_and_holes_are_those_of_the_numbers(found: cr.Map) -> None:
    assert sum(found.counts.values()) == 35
    arrays = {name: values.copy() for name, values in found.arrays.items()}
    arrays["status"][0, 0] = Status.NOT_RUN
    arrays["status"][1, 0] = Status.FAILED
    arrays["trained"][2, 0] = np.nan
    drawn = coloured(arrays, "trained", "equalised", "safe")
    assert (drawn.places[[0, 1, 2], 0] == -1).all()
    assert [words for words, here in drawn.holes.items() if here.any()] == ["not run", "failed", "not finite"]
    pixels = picture(arrays, "trained", "plain", "spectral")
    assert pixels.shape == (5, 7, 3)
    assert tuple(pixels[-1, 0]) == rgb(HOLES["not run"])  # the first cell lies below, at the left
    low, high = drawn.places[arrays["trained"] < 0], drawn.places[arrays["trained"] >= 0]
    assert low[low >= 0].max() < high[high >= 0].min()


def test_what_rounding_left_has_one_colour() -> None:
    """Ranks of errors that differ in their last digits alone would make a pattern of nothing."""
    draw = np.random.default_rng(3)
    error = 0.25 * (1 + 2.0**-51 * draw.integers(-4, 5, (6, 5)))
    error[0] = 3.0
    drawn = coloured({"status": np.full((6, 5), Status.STEPS), "error": error}, "error", "equalised", "safe")
    assert len(np.unique(drawn.places[1:])) == 1
    assert (drawn.places[0] > drawn.places[1]).all()



@pytest.mark.parametrize("of", ["trained", "reach", "period", "error", "end_w", "status"])
@pytest.mark.parametrize("scale", ["equalised", "plain"])
def test_every_array_is_drawn_and_told(found: cr.Map, of: str, scale: str) -> None:
    figure = found.figure(of, scale=scale, bounds=of == "reach")
    assert "nan" not in figure.svg().lower().replace("finance", "")
    assert f"{found.counts['left the finite numbers']} left the finite numbers" in figure.description
    if of == "reach":
        assert "the first cell" in figure.description


def test_a_map_of_one_axis_is_a_line_and_of_three_none() -> None:
    one = QUADRATIC.map("α=linear(0.1, 1.5, 9)", steps=2000, measures="reach(0.01)")
    assert "9 trainings" in one.figure("reach", bounds=False).description
    assert "nan" not in one.figure("error").svg()
    single = QUADRATIC.map("α=[0.5]", steps=5)
    assert single.figure("error", bounds=False).svg().startswith("<svg")
    three = QUADRATIC.map({"α": [0.1, 0.5], "w": [0, 1], "w+": [0, 2]}, steps=5)
    assert three.run_at({"α": 0.5, "w": 1, "w+": 2}).start["w"] == 3
    for call in (three.figure, three.dimension, lambda: three.save_png("a.png")):
        with pytest.raises(cr.UsageError, match="E653"):
            call()


def bar_of(figure: cr.Figure) -> list[str]:
    """What stands beside the colours; nothing where there are none."""
    _, *bars = figure.scene.panels
    return [label for bar in bars for _, label in ticks(bar.up)]


def test_few_values_have_a_colour_each_and_no_values_no_bar(found: cr.Map) -> None:
    assert bar_of(found.figure("status", bounds=False)) == ["converged", "all steps", "left"][-len(found.counts) :]
    values = np.unique(found["period"][found.status != Status.LEFT])
    assert bar_of(found.figure("period", bounds=False)) == [str(one) for one in values]
    drawn = coloured(found.arrays, "period", "equalised", "safe")
    assert len(set(drawn.colours)) == len(values)
    gone = QUADRATIC.map({"α": [5, 6], "w": [0, 0.5]}, steps=3000)
    assert bar_of(gone.figure("error", bounds=False)) == [], "no number is drawn where there is none"
    assert bar_of(gone.figure("status", bounds=False)) == ["left"]
    one = QUADRATIC.map({"α": [0.1], "w": [0.5]}, steps=5)
    assert len(bar_of(one.figure("error", bounds=False))) == 1


def test_a_bifurcation_counts_what_it_shows() -> None:
    words = QUADRATIC.map({"α": [0.3]}, steps=200).bifurcation("α", of="w").description
    assert words.startswith("The last 64 values of w at 1 value of α.")
    gone = QUADRATIC.map({"α": [0.3, 9]}, steps=900).bifurcation("α", of="w").description
    assert "at 2 values of α. 1 cell left the finite numbers and has none" in gone


@pytest.mark.parametrize("window", ["linear(0.1, 1.5, 8)", "geometric(0.01, 10, 9)", "linear(-3, 3, 7)"])
@pytest.mark.parametrize("place", [0, 1])
def test_an_axis_that_goes_down_has_the_ticks_of_one_that_goes_up(window: str, place: int) -> None:
    low, high, count = window.partition("(")[2][:-1].split(",")
    labels = []
    for ends in ((low, high), (high, low)):
        axes = {"w": "linear(0, 1, 3)", "α": f"{window.partition('(')[0]}({ends[0]}, {ends[1]}, {count})"}
        panel = QUADRATIC.map(dict(list(axes.items())[:: 1 - 2 * place]), steps=5).figure(bounds=False).scene.panels[0]
        labels.append([label for _, label in ticks(panel.up if not place else panel.across)])
    assert len(labels[0]) > 2
    assert labels[1] == labels[0][::-1]


@pytest.mark.parametrize(
    "listed, parts",
    [([0.1, 0.4, 0.6], 1.5), ([0.6, 0.4, 0.1], 0.5), ([0.1, 0.6, 0.4], None), ([0.1, 0.2], None), ([1, 2], None)],
)
def test_a_bound_parts_the_cells_of_a_list(listed: list[float], parts: float | None) -> None:
    plan = QUADRATIC.map({"α": listed, "w": [0, 1]}, steps=5).plan
    across, up = (side(axis, axis.count, 1) for axis in plan.axes)
    lines = over(plan, [Bound(0.5, "a bound", True)], across, up)
    assert [line.xs for line in lines] == ([(parts, parts)] * 2 if parts is not None else [])


def test_files_hold_the_same_numbers(found: cr.Map, tmp_path: Path) -> None:
    rows = list(csv.DictReader(found.save(tmp_path / "m.csv").read_text().splitlines()))
    assert len(rows) == 35
    errors = np.array([float(row["error"] or "nan") for row in rows]).reshape(7, 5)
    assert errors.tobytes() == found.error.tobytes()
    assert [float(row["alpha"]) for row in rows[::5]] == list(found.plan.axes[0].values)
    assert found.save(tmp_path / "m.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    with pytest.raises(cr.UsageError, match="E465"):
        found.save(tmp_path / "m.xls")


def test_a_dataset_has_the_axes_as_coordinates(found: cr.Map, tmp_path: Path) -> None:
    xarray = pytest.importorskip("xarray")
    whole = found.to_xarray()
    assert whole["alpha"].attrs["long_name"] == "α"
    assert whole["alpha"].attrs["scale"] == "linear"
    assert whole["error"].dims == ("alpha", "w")
    assert float(whole["reach"].sel(alpha=0.5, w=1)) == 0
    place = found.save(tmp_path / "m.nc")
    with xarray.open_dataset(place) as again:
        assert again.equals(whole)


def test_parquet_has_a_row_for_each_cell(found: cr.Map, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(found.save(tmp_path / "m.parquet"))
    assert table.num_rows == 35
    assert np.array_equal(table["status"].to_numpy(), found.status.ravel())


def test_maps_are_compared_cell_by_cell(found: cr.Map) -> None:
    same = found.compare(found)
    assert (same.same_bits, same.agree, same.flipped) == (True, 1.0, 0.0)
    other = QUADRATIC.map({"α": "linear(0.1, 1.3, 7)", "w": "linear(-1, 1, 6)"}, steps=1)
    with pytest.raises(cr.UsageError, match="E653"):
        found.compare(other)


def test_a_transect_shows_the_last_values() -> None:
    model = cr.Model("weight u := 0.7\nE = ¼·(u² − 1)²")
    found = model.map({"α": [0.5, 1.1, 2.5], "u": [0.7, 0.6]}, steps=20_000)
    across = found.transect("α", "u", u=0.7, last=8)
    assert across.values.shape == (3, 8)
    assert len(set(across.values[0].round(9).tolist())) == 1
    assert len(set(across.values[1].round(9).tolist())) == 2
    assert np.isnan(across.values[2]).all()
    assert across.values[1, -1] == found.run_at(α=1.1, u=0.7).weights["u"]
    assert "1 cell left" in found.bifurcation("α", "u", u=0.7).description


def test_a_zoom_is_the_map_of_the_window(found: cr.Map) -> None:
    near = found.zoom(α=(0.3, 0.7), w=(-1, 0), cells=(3, 2))
    direct = QUADRATIC.map(
        {"α": "linear(0.3, 0.7, 3)", "w": "linear(-1, 0, 2)"}, steps=3000,
        measures=["trained", "reach(0.01)", "period"], chosen="w",
    )  # fmt: skip
    assert near.plan == direct.plan
    assert near.compare(direct).same_bits


def test_a_cell_is_explained() -> None:
    found = cr.example("identity").map({"α": [0.25, 1], "w": [0, 0.5]}, steps=50)
    told = found.explain_at(α=1, w=0)["update"]
    assert (told.holds, told.evidence["rate"]) == (True, 1.0)


def test_recurrent_networks_have_maps() -> None:
    model = cr.Model(
        "index t = 1..4\ndata x[t]\ntarget y\nweight a := 0.5, b := 0.1\nconst α := 0.1\ns[0] = 0\n"
        "s[t] = tanh(a·s[t-1] + b·x[t])\nE = (s[4] − y)²",
        data={"x": [[1, 0, 1, 1], [0, 1, 0, 0]], "y": [0.5, -0.2]},
    )
    found = model.map({"α": [0.1, 1, 10], "a+": [0, 0.3]}, steps=40, measures=["trained", "largest"], batch=1)
    for rate, more in ((0.1, 0.3), (10, 0)):
        run = model.train(rate=rate, start={"a": 0.5 + more}, steps=40, batch=1)
        assert repr(run.error) == repr(found.cell({"α": rate, "a+": more})["error"])


@pytest.mark.parametrize("name", mapped())
def test_examples_for_maps_have_maps(name: str) -> None:
    model = cr.example(name)
    rate = next(one for one in ("η0", "η", "α") if one in model.text)
    found = model.map({rate: [0.01, 0.1]}, steps=2, batch="all", measures="trained")
    assert np.isfinite(found["trained"]).all()
