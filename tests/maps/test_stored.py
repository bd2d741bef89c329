"""A map in a store from Python: interrupted, gone on with by the same call, and opened half finished as any map."""

from pathlib import Path

import numpy as np
import pytest
from tests.maps.trial import layout, numbers

import chainrule as cr
from chainrule.maps.begin import layout_of
from chainrule.maps.fill import fill
from chainrule.maps.known import alone, known
from chainrule.maps.runners.choose import How
from chainrule.maps.status import counted
from chainrule.maps.store import Store, StoreLayout
from chainrule.maps.store.folder import Folder
from chainrule.maps.store.place import Memory

MODEL = cr.example("identity")
HOW = {
    "axes": {"α": "geometric(0.01, 1000, 24)", "w": "linear(0, 1, 16)"}, "steps": 60, "tile": 4,
    "measures": ["reach(0.1)", "trained"], "chosen": "w",
}  # fmt: skip


@pytest.fixture(scope="module")
def whole() -> cr.Map:
    return MODEL.map(**HOW)


def same(one: cr.Map, other: cr.Map) -> bool:
    return all(one[name].tobytes() == other[name].tobytes() for name in one.arrays)


def half(place: Path, part: float) -> cr.Map:
    """A map that is interrupted when so much of it is done, as it is opened then."""

    def stop(done: float) -> None:
        if done >= part:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as stopped:
        MODEL.map(**HOW, store=place, progress=stop, workers=1)
    assert "the same call goes on" in stopped.value.__notes__[0]
    return cr.load_map(place)


def test_the_same_call_goes_on(whole: cr.Map, tmp_path: Path) -> None:
    there = Store.create(Folder(tmp_path / "m"), store_layout(whole))
    assert same(cr.load_map(tmp_path / "m"), cr.load_map(tmp_path / "m"))
    there.close()
    assert cr.load_map(tmp_path / "m").counts == {"not run": 384}
    found = half(tmp_path / "m", 0.0)
    assert found.counts == {"not run": 384}
    told: list[float] = []
    done = MODEL.map(**HOW, store=tmp_path / "m", progress=told.append)
    assert same(done, whole)
    assert told[-1] == 1
    assert same(cr.load_map(tmp_path / "m"), whole)
    assert same(MODEL.map(**HOW, store=str(tmp_path / "m"), on="local"), whole)


def store_layout(found: cr.Map) -> StoreLayout:
    return layout_of(found.plan)


def test_half_a_map_is_a_map(whole: cr.Map, tmp_path: Path) -> None:
    """The coarse levels are there, and some tiles: what is known is what the whole map says, and the rest says so."""
    store = Store.create(Folder(tmp_path / "m"), store_layout(whole))
    wanted = [tile for tile in store.layout.tiles() if tile[0] > 1 or tile in {(1, 0, 0), (1, 2, 1)}]
    fill_only(store, wanted)
    found = cr.load_map(tmp_path / "m")
    run = found.status > 0
    assert 0 < run.sum() < run.size
    assert run[::2, ::2].all()
    assert run[8:12, 4:8].all()
    for name, values in found.arrays.items():
        assert np.array_equal(values[run], whole[name][run], equal_nan=values.dtype.kind == "f"), name
    names = ("not_run", "steps", "converged", "left", "failed")
    said = {name: int((found.status == code).sum()) for code, name in enumerate(names)}
    assert counted(store) == said
    assert "not run" in found.figure("reach").description
    assert found.cell(α=0.01, w=0)["reach"] == whole.cell(α=0.01, w=0)["reach"]
    place = tuple(np.argwhere(~run)[0])
    at = {axis.label: axis.values[k] for axis, k in zip(found.plan.axes, place, strict=True)}
    assert found.run_at(at).error == whole.cell(at)["error"]
    assert found.cell(at)["status"] == "not run"
    assert found.transect("α", "w", w=0.4).values.tobytes() == whole.transect("α", "w", w=0.4).values.tobytes()
    assert found.compare(whole).compared.sum() == run.sum()
    assert set(found.boundary()[:, 1]) <= set(whole.boundary()[:, 1])
    store.close()


def fill_only(store: Store, tiles: list[tuple[int, ...]]) -> None:
    fill(store, How(workers=1), tiles=tiles)


def test_cells_of_coarse_levels_count_once() -> None:
    shape = layout(13, 9, tile=(4, 3), levels=(4, 2, 1))
    store = Store.create(Memory(), shape)
    for tile in list(shape.tiles())[::-1]:
        store.commit(tile, numbers(shape, tile))
        done = {one for one in shape.tiles() if store.done(one)}
        assert alone(shape, done, (1, 0, 0)).all()
        assert 13 * 9 - counted(store)["not_run"] == (known(store)["status"] > 0).sum()


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"steps": 61}, "the number of steps: 60 there, 61 asked for"),
        ({"numerics": "fused"}, "the numerics: exact there, fused asked for"),
        ({"start": {"w": 0.5}, "axes": {"α": "geometric(0.01, 1000, 24)"}, "tile": None}, "the axes: w=linear"),
        ({"batch": "all"}, "which patterns a step visits: null there, all asked for"),
    ],
)
def test_another_map_is_refused(other, said, whole: cr.Map, tmp_path: Path) -> None:
    Store.create(Folder(tmp_path / "m"), store_layout(whole)).close()
    with pytest.raises(cr.RunError, match="E602") as found:
        MODEL.map(**{**HOW, **other}, store=tmp_path / "m")
    assert said in found.value.problem


def test_another_model_is_refused_by_its_line(whole: cr.Map, tmp_path: Path) -> None:
    Store.create(Folder(tmp_path / "m"), store_layout(whole)).close()
    with pytest.raises(cr.RunError, match="E602") as found:
        cr.Model(MODEL.text.replace("½", "¼")).map(**HOW, store=tmp_path / "m")
    assert "E = 1/2*(y_hat - y)^2 there" in found.value.problem or "½" in found.value.problem


def test_what_needs_a_store_says_so(tmp_path: Path) -> None:
    for given in ({"on": "dask"}, {"workers": 2}, {"again": True}):
        with pytest.raises(cr.UsageError, match="E613"):
            MODEL.map("w=[0, 1]", steps=1, **given)
    with pytest.raises(cr.UsageError, match="E612"):
        MODEL.map("w=[0, 1]", steps=1, store=tmp_path / "m", on="abacus")
    with pytest.raises(cr.RunError, match="E600"):
        cr.load_map(tmp_path)
