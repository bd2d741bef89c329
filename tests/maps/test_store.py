"""The store: what is committed is there, to the bit, for us and for Zarr and xarray; what is changed is found."""

from __future__ import annotations

import json
import os
import random
import shutil
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.maps.trial import layout, numbers

from chainrule.errors import BrokenPass, ChainruleError, LimitError, RunError
from chainrule.maps.store import Axis, Store, StoreLayout
from chainrule.maps.store.crc32c import crc32c
from chainrule.maps.store.difference import differences
from chainrule.maps.store.folder import Folder
from chainrule.maps.store.layout import FAILED
from chainrule.maps.store.place import Memory, Place
from chainrule.maps.store.records import Record, line, records

SHAPES = ((5, 7), (1,), (1, 1), (2, 3, 4), (7,), (12, 1))


def filled(place: Place, shape: StoreLayout, left_out: int = 0) -> Store:
    store = Store.create(place, shape)
    for tile in list(shape.tiles())[: shape.number - left_out]:
        store.commit(tile, numbers(shape, tile))
    return store


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "m.zarr")


def expected(shape: StoreLayout, every: int = 1) -> dict[str, np.ndarray]:
    whole = layout(*shape.shape(), tile=(99, 99, 99), levels=shape.levels)
    return numbers(whole, (every, *[0] * len(shape.axes)))


# ---- what is written ----


@pytest.mark.parametrize("counts", SHAPES)
def test_what_is_committed_is_there(counts: tuple[int, ...], folder: Folder) -> None:
    shape = layout(*counts, tile=(2, 3, 9))
    filled(folder, shape).close()
    store = Store.open(Folder(folder.root))
    assert store.layout == shape
    assert store.check(whole=True) == []
    for every in shape.levels:
        for name, found in store.arrays(every).items():
            assert found.tobytes() == expected(shape, every)[name].tobytes(), name
    assert store.sha() == filled(Memory(), layout(*counts, tile=(1, 9, 1))).sha(), "however it was cut"


def test_a_map_without_axes_is_one_cell() -> None:
    shape = StoreLayout((), (), layout().arrays, {"kind": "trial"}, "k")
    store = Store.create(Memory(), shape)
    assert list(shape.tiles()) == [(1,)]
    store.commit((1,), {**numbers(shape, (1,)), "error": np.array(2.5)})
    assert store.arrays()["error"] == 2.5


@pytest.mark.parametrize("counts", SHAPES)
def test_xarray_and_zarr_read_it_half_finished(counts: tuple[int, ...], folder: Folder) -> None:
    xarray, zarr = pytest.importorskip("xarray"), pytest.importorskip("zarr")
    shape = layout(*counts)
    left_out = min(2, shape.number - 1)
    store = filled(folder, shape, left_out)
    seen = xarray.open_zarr(str(folder.root))
    for name, found in store.arrays().items():
        assert seen[name].values.tobytes() == found.tobytes(), name
        assert np.array_equal(zarr.open_group(folder.root, mode="r")[name][...], found, equal_nan=True)
    assert (seen["status"].values == 0).sum() == sum(
        np.prod(shape.size(tile)) for tile in list(shape.tiles())[shape.number - left_out :] if tile[0] == 1
    )
    for axis in shape.axes:
        assert seen[axis.name].values.tolist() == list(axis.values)
        assert seen[axis.name].attrs == {"long_name": f"ŷ {axis.name}"}
    assert seen["error"].dims == tuple(axis.name for axis in shape.axes)
    assert seen["end_w"].dims[-1] == "end_w_0"
    seen.close()


def test_a_cell_that_was_not_run_shows_a_nan_that_no_result_has(folder: Folder) -> None:
    shape = layout(4, 6)
    store = Store.create(folder, shape)
    blank = store.arrays()["error"][0, 0].tobytes()
    odd = numbers(shape, (1, 0, 0))
    odd["error"] = np.frombuffer(blank * odd["error"].size).reshape(odd["error"].shape)
    store.commit((1, 0, 0), odd)
    assert np.isnan(store.arrays()["error"]).all()
    assert store.arrays()["error"][0, 0].tobytes() == np.array(np.nan).tobytes() != blank


@pytest.mark.parametrize("wrong", [
    lambda found: found.pop("error"),
    lambda found: found.update(more=found["error"]),
    lambda found: found.update(error=found["error"].astype(np.float32)),
    lambda found: found.update(error=found["error"][:1]),
])  # fmt: skip
def test_numbers_that_do_not_fit_are_not_committed(wrong: Callable[[dict[str, np.ndarray]], object]) -> None:
    store = Store.create(Memory(), layout())
    found = numbers(store.layout, (1, 0, 0))
    wrong(found)
    with pytest.raises(BrokenPass):
        store.commit((1, 0, 0), found)
    assert not store.done((1, 0, 0))


@pytest.mark.parametrize("size", [0, 1, 9, 63, 64, 65, 127, 4097])
def test_the_checksum_is_the_one_that_zarr_knows(size: int) -> None:
    known = pytest.importorskip("google_crc32c")
    content = random.Random(size).randbytes(size)
    assert crc32c(content) == known.value(content)


@pytest.mark.parametrize("wrong", [
    {"axes": ()}, {"tile": (0, 3)}, {"tile": (2,)}, {"levels": (1, 2)}, {"levels": (2,)}, {"levels": ()},
    {"axes": (Axis("a b", (1,)), Axis("b", (1,)))}, {"axes": (Axis("../x", (1,)), Axis("b", (1,)))},
    {"axes": (Axis("status", (1,)), Axis("b", (1,)))}, {"axes": (Axis("a", (float("nan"),)), Axis("b", (1,)))},
    {"axes": (Axis("a", ()), Axis("b", (1,)))}, {"arrays": layout().arrays[1:]},
])  # fmt: skip
def test_a_layout_that_is_none_is_refused(wrong: dict[str, object]) -> None:
    one = layout()
    parts = {name: getattr(one, name) for name in ("axes", "tile", "arrays", "recipe", "key", "levels")}
    with pytest.raises(ValueError, match=r"\w"):
        StoreLayout(**{**parts, **wrong})


def test_more_than_a_folder_or_the_memory_holds_is_refused_before_it_is_begun() -> None:
    with pytest.raises(LimitError, match="E607"):
        layout(5000, tile=(1,))
    with pytest.raises(LimitError, match="E607"):
        layout(2**15, 2**15, tile=(2**15, 2**15))


# ---- whose it is ----


def refused(call: Callable[[], object]) -> ChainruleError:
    with pytest.raises(ChainruleError) as found:
        call()
    return found.value


def test_it_is_gone_on_with_if_it_is_the_same_map_however_cut(folder: Folder) -> None:
    first = filled(folder, layout(), 3)
    again = Store.create(Folder(folder.root), layout(tile=(4, 4)))
    assert again.layout.tile == (2, 3)
    assert again.sha() == first.sha()
    error = refused(lambda: Store.create(Folder(folder.root), layout(seconds=1.0)))
    assert error.code == "E602"
    assert "seconds is 0.0 there, and 1.0 is asked for" in error.problem


def test_what_is_no_store_is_left_alone(tmp_path: Path) -> None:
    assert refused(lambda: Store.open(Folder(tmp_path / "none"))).code == "E600"
    (tmp_path / "thesis.txt").write_text("words")
    assert refused(lambda: Store.create(Folder(tmp_path), layout())).code == "E601"
    assert refused(lambda: Store.create(Folder(tmp_path / "thesis.txt"), layout())).code in ("E605", "E601")
    assert [one.name for one in tmp_path.iterdir()] == ["thesis.txt"]
    (tmp_path / "empty").mkdir()
    assert Store.create(Folder(tmp_path / "empty"), layout())


def test_it_may_be_moved_and_copied_in_part(folder: Folder, tmp_path: Path) -> None:
    store = filled(folder, layout())
    sha = store.sha()
    store.close()
    shutil.move(folder.root, tmp_path / "moved")
    assert Store.open(Folder(tmp_path / "moved")).sha() == sha
    shutil.copytree(tmp_path / "moved", tmp_path / "part", ignore=shutil.ignore_patterns("1"))
    part = Store.open(Folder(tmp_path / "part"))
    lost = part.check(whole=False)
    assert lost
    assert not any(part.done(tile) for tile in lost)
    for tile in lost:
        part.commit(tile, numbers(part.layout, tile))
    assert part.sha() == sha


def test_another_version_and_another_kind_are_named(folder: Folder) -> None:
    filled(folder, layout()).close()
    path = folder.root / ".chainrule" / "store.json"
    whole = json.loads(path.read_text())
    from chainrule.maps.store.json_text import canonical, digest

    whole["layout"]["format"] = 2
    path.write_bytes(canonical({"layout": whole["layout"], "sha256": digest(whole["layout"])}))
    error = refused(lambda: Store.open(Folder(folder.root)))
    assert error.code == "E603"
    assert "format 2" in error.problem


def test_differences_name_where() -> None:
    there = {"plan": {"text": "E = w" * 40, "steps": 5, "axes": [{"name": "α", "count": 3}]}}
    asked = {"plan": {"text": "E = v", "steps": 5, "axes": [{"name": "α", "count": 4}], "seed": True}}
    found = differences(there, asked)
    assert "plan.axes[α].count is 3 there, and 4 is asked for" in found
    assert "plan.seed is not given there, and true is asked for" in found
    assert "plan.text" in found
    assert "…" in found
    assert differences(there, there) == ""


# ---- hostile and damaged ----

HOSTILE: dict[str, Callable[[Path], object]] = {
    "no JSON": lambda root: (root / "error/zarr.json").write_text("{"),
    "half written": lambda root: os.truncate(root / "zarr.json", 100),
    "empty": lambda root: os.truncate(root / ".chainrule/store.json", 0),
    "deep": lambda root: (root / "error/zarr.json").write_text("[" * 10**5),
    "an object dtype": lambda root: edit(root / "error/zarr.json", data_type="object"),
    "a shape like a bomb": lambda root: edit(root / "error/zarr.json", shape=[10**13, 7]),
    "pickle": lambda root: edit(root / "error/zarr.json", codecs=[{"name": "numcodecs.pickle"}]),
    "gzip": lambda root: edit(root / "error/zarr.json", codecs=[{"name": "bytes"}, {"name": "gzip"}]),
    "version 2": lambda root: edit(root / "zarr.json", zarr_format=2),
    "a fill that is a result": lambda root: edit(root / "error/zarr.json", fill_value=0.0),
    "a number that is true": lambda root: edit(root / "zarr.json", zarr_format=True),
    "nan in JSON": lambda root: (root / "zarr.json").write_text('{"a": NaN}'),
    "another recipe": lambda root: edit(root / ".chainrule/store.json", layout={"kind": "other"}),
    "a linked file": lambda root: linked(root / "error/zarr.json"),
    "a linked folder": lambda root: linked(root / "error"),
    "a linked description": lambda root: linked(root / ".chainrule/store.json"),
}


def edit(path: Path, **changes: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def linked(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_hostile_store_is_refused_before_anything_is_decoded(attack: str, folder: Folder) -> None:
    filled(folder, layout()).close()
    HOSTILE[attack](folder.root)
    error = refused(lambda: Store.open(Folder(folder.root)))
    assert error.code in ("E600", "E604", "E606")
    assert str(folder.root) in error.problem


def test_links_among_tiles_are_not_followed(folder: Folder, tmp_path: Path) -> None:
    filled(folder, layout(), 2).close()
    linked(folder.root / "error" / "c" / "0" / "0")
    store = Store.open(Folder(folder.root))
    assert refused(lambda: store.check(whole=True)).code == "E606"
    shutil.rmtree(folder.root / "status" / "c")
    (tmp_path / "elsewhere").mkdir()
    (folder.root / "status" / "c").symlink_to(tmp_path / "elsewhere")
    store = Store.open(Folder(folder.root))
    assert refused(lambda: store.commit((1, 0, 0), numbers(store.layout, (1, 0, 0)))).code == "E606"
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_file_of_another_length_is_never_read_whole(folder: Folder) -> None:
    store = filled(folder, layout())
    with (folder.root / "error" / "c" / "0" / "0").open("ab") as file:
        file.truncate(2**40)  # it takes no room, and would take all memory
    assert store.check(whole=True) == [(1, 0, 0)]


def flipped(root: Path, draw: random.Random) -> tuple[Path, bytes]:
    """Change one bit, or the length, or the place of a file; the file and what it was."""
    files = sorted(path for path in root.rglob("*") if path.is_file() and "workers" not in path.parts)
    path = draw.choice(files)
    whole = path.read_bytes()
    match draw.randrange(8):
        case 0:
            path.write_bytes(whole[: draw.randrange(len(whole) + 1)])
        case 1:
            path.write_bytes(whole + b"\0")
        case 2:
            path.write_bytes(draw.choice(files).read_bytes())
        case _:
            changed = bytearray(whole)
            if changed:
                changed[draw.randrange(len(whole))] ^= 1 << draw.randrange(8)
            path.write_bytes(bytes(changed))
    return path, whole


def harmless(root: Path, sha: str) -> str:
    """What became of a store in which something was changed: refused, or computed again to the same numbers."""
    try:
        store = Store.open(Folder(root))
        store.check(whole=True)
        for tile in store.layout.tiles():
            if not store.done(tile):
                store.commit(tile, numbers(store.layout, tile))
        assert store.sha() == sha
        store.close()
        return "harmless"
    except RunError as error:
        return "refused" if error.code in ("E600", "E603", "E604") else error.code


def flips(folder: Path, count: int, seed: int) -> Counter[str]:
    """Change something so many times; what became of it."""
    store = filled(Folder(folder), layout(3, 4))
    sha = store.sha()
    store.close()
    draw, found = random.Random(seed), Counter[str]()
    for _ in range(count):
        path, whole = flipped(folder, draw)
        found[harmless(folder, sha)] += 1
        path.write_bytes(whole)
        for bad in folder.rglob(".*.bad"):
            bad.unlink()
    return found


def test_a_changed_bit_is_found_or_does_no_harm(tmp_path: Path) -> None:
    found = flips(tmp_path / "m", 90, 0)
    assert set(found) == {"harmless", "refused"}
    assert min(found.values()) > 15


def test_numbers_that_were_changed_are_set_aside_and_named(folder: Folder) -> None:
    store = filled(folder, layout())
    path = folder.root / "error" / "c" / "0" / "1"
    content = bytearray(path.read_bytes())
    content[9] ^= 4
    path.write_bytes(content)
    assert store.tile((1, 0, 1)) is None
    assert store.check(whole=False) == []
    assert store.check(whole=True) == [(1, 0, 1)]
    assert not store.done((1, 0, 1))
    assert not path.exists()
    assert [one.suffix for one in path.parent.glob(".*")] == [".bad"]
    assert np.isnan(store.arrays()["error"][0:2, 3:6]).all(), "it is not shown"
    swapped = folder.root / "error" / "c" / "1"
    (swapped / "0").rename(swapped / "x")
    (swapped / "1").rename(swapped / "0")
    (swapped / "x").rename(swapped / "1")
    assert store.check(whole=True) == [(1, 1, 0), (1, 1, 1)], "each is whole, and in the other's place"


def test_a_log_that_is_torn_or_changed_loses_what_it_told_of_alone() -> None:
    one = [Record((1, at), "ab", "me", 0.5, 3.25) for at in range(4)]
    content = b"".join(map(line, one))
    assert list(records(content)) == one
    assert list(records(content[:-5])) == one[:3], "a line that is being written is none yet"
    broken = bytearray(content)
    broken[len(line(one[0])) + 40] ^= 1
    assert list(records(bytes(broken))) == [one[0], None, *one[2:]]
    assert list(records(b"000003 00000000 abc\n\n1 2\n")) == [None, None]


# ---- several at once ----


def test_threads_may_commit_at_once(folder: Folder) -> None:
    shape = layout(12, 12)
    store = Store.create(folder, shape)
    tiles = list(shape.tiles())

    def commit(part: list[tuple[int, ...]]) -> None:
        for tile in part:
            store.commit(tile, numbers(shape, tile))

    work = [threading.Thread(target=commit, args=(tiles[at::3],)) for at in range(4)]  # some of them twice
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert Store.open(Folder(folder.root)).sha() == store.sha() == filled(Memory(), shape).sha()


def test_two_that_disagree_are_told_of(folder: Folder) -> None:
    store, other = Store.create(folder, layout()), Store.create(Folder(folder.root), layout())
    wrong = numbers(store.layout, (1, 0, 0))
    wrong["error"] = wrong["error"] + 1
    store.commit((1, 0, 0), numbers(store.layout, (1, 0, 0)))
    other.commit((1, 0, 0), wrong)
    store.refresh()
    assert list(store.disagreeing()) == [(1, 0, 0)]
    assert {record.owner for record in store.disagreeing()[1, 0, 0]} == {store.owner, other.owner}


def test_a_tile_that_is_given_up_says_why(folder: Folder) -> None:
    store = Store.create(folder, layout())
    store.give_up((1, 0, 0), "it fails")
    again = Store.open(Folder(folder.root))
    assert again.set_aside() == {(1, 0, 0): "it fails"}
    assert (again.arrays()["status"][0:2, 0:3] == FAILED).all()
    again.commit((1, 0, 0), numbers(store.layout, (1, 0, 0)))
    assert again.set_aside() == {}
