"""What could be wrong with a store while all goes well: who is stopped, moved, copied, doubled, lied to, or asked for
too much."""

from __future__ import annotations

import errno
import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.maps.test_store import filled, refused
from tests.maps.trial import ARRAYS, layout, numbers

import chainrule as cr
from chainrule.api.planned import planned
from chainrule.maps import fill as filling
from chainrule.maps.begin import begin, layout_of
from chainrule.maps.computing import computation
from chainrule.maps.fill import Drive, fill
from chainrule.maps.runners.choose import How
from chainrule.maps.status import progress
from chainrule.maps.store import Array, Axis, Store, StoreLayout, folder, store
from chainrule.maps.store.claims import Claims, Held
from chainrule.maps.store.folder import Folder
from chainrule.maps.store.json_text import canonical, digest
from chainrule.maps.store.layout import Tile
from chainrule.maps.store.limits import LIMITS
from chainrule.maps.store.place import Memory, at
from chainrule.maps.store.records import Record, line, records
from chainrule.maps.worker import Event, Worker

ONE = (1, 0, 0)


def owner(place: Folder, text: str, name: str = "1-0-0.0") -> None:
    """A claim as somebody wrote it."""
    path = place.root / ".chainrule" / "claims"
    path.mkdir(exist_ok=True)
    (path / name).write_text(text)


# ---- who believes what was true once ----


def test_who_opened_it_before_a_tile_was_changed_computes_it_again(tmp_path: Path) -> None:
    filled(Folder(tmp_path / "m"), layout()).close()
    before = Worker(Store.open(Folder(tmp_path / "m")))
    path = tmp_path / "m" / "error" / "c" / "0" / "0"
    path.write_bytes(bytes(len(path.read_bytes())))
    done = Store.open(Folder(tmp_path / "m"))
    assert done.check(whole=True) == [ONE]
    assert before.do(ONE).kind == "done"
    assert done.tile(ONE) is None, "the driver has not looked yet"
    done.refresh()
    assert done.tile(ONE) is not None
    before.close()


def test_what_was_set_aside_is_tried_again_by_whoever_is_told_so(tmp_path: Path) -> None:
    begun = Store.create(Folder(tmp_path / "m"), layout())
    begun.give_up(ONE, "it fails")
    for again, seen in ((False, {ONE}), (True, set())):
        worker = Worker.at(str(tmp_path / "m"), again=again)
        assert set(worker.store.set_aside()) == seen
        assert worker.do(ONE).kind == "done"
        worker.close()
    assert Store.open(Folder(tmp_path / "m")).set_aside() == {}


class Says:
    """A runner that answers as it is told to."""

    window = 4

    def __init__(self, answer: Callable[[Tile], Event | None]) -> None:
        self.answer, self.tiles = answer, list[Tile]()

    def submit(self, tile: Tile) -> None:
        self.tiles.append(tile)

    def event(self, patience: float) -> Event | None:
        return self.answer(self.tiles.pop(0)) if self.tiles else time.sleep(0.01)

    def close(self) -> None:
        pass


def test_tiles_that_are_said_to_be_done_and_are_not_there_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "AGAIN", 0.0)
    one = Store.create(Memory(), layout())
    drive = Drive(one, Says(lambda tile: Event("done", tile, 1.0)), list(one.layout.tiles()), lambda *_: None, True)
    assert refused(drive.run).code == "E616"


def test_a_worker_that_is_stopped_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "LOOK", 0.01)
    place = Memory()
    one = filled(place, layout(), 1)
    other = Store.open(place)
    drive = Drive(one, Says(lambda tile: None), list(one.layout.tiles()), lambda *_: None, True)
    thread = threading.Thread(target=drive.run, daemon=True)
    thread.start()
    last = list(layout().tiles())[-1]
    other.commit(last, numbers(layout(), last))
    thread.join(10)
    assert not thread.is_alive()


def test_who_wakes_up_after_its_tile_was_taken_over_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("chainrule.maps.store.claims.time.monotonic", lambda: now[0])
    place = Memory()
    shape = layout()
    one, other = Store.create(place, shape), Store.open(place)
    asleep, awake = Claims(place, "far-away-1-x"), Claims(place, "b")
    asleep.ended.set()
    assert asleep.take(ONE) is None
    assert awake.take(ONE) == Held()
    now[0] = 31
    assert awake.take(ONE) is None
    other.commit(ONE, numbers(shape, ONE))
    awake.finished(ONE)
    one.commit(ONE, numbers(shape, ONE))
    asleep.failed(ONE, "it woke up")
    one.refresh()
    assert one.disagreeing() == {}
    assert one.set_aside() == {}
    assert one.tile(ONE) is not None
    awake.sweep(one.done)
    assert place.names(".chainrule/claims") == []


def test_the_longer_of_two_leases_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("chainrule.maps.store.claims.time.monotonic", lambda: now[0])
    place = Memory()
    slow, quick = Claims(place, "far-away-1-x", lease=600), Claims(place, "b", lease=1)
    slow.ended.set()
    assert slow.take(ONE) is None
    assert quick.take(ONE) == Held()
    now[0] = 599
    assert quick.take(ONE) == Held(), "who beats each hundred seconds is not dead after one"
    now[0] = 601
    assert quick.take(ONE) is None


@pytest.mark.parametrize("lease", [0, -1, 0.5, 1e9, float("nan"), float("inf")])
def test_a_lease_that_cannot_be_is_refused(lease: float) -> None:
    assert refused(lambda: How(lease=lease)).code == "E612"


# ---- removed, moved, copied, and written by others ----


@pytest.mark.parametrize("what", ["", ".chainrule", ".chainrule/log"])
def test_a_store_that_is_removed_while_it_is_computed_is_said(what: str, tmp_path: Path) -> None:
    one = Store.create(Folder(tmp_path / "m"), layout(levels=(1,), seconds=0.01))

    def told(done: int, of: int) -> None:
        if done >= 1:
            shutil.rmtree(tmp_path / "m" / what, ignore_errors=True)

    assert refused(lambda: fill(one, How(workers=1), told)).code in ("E605", "E618")  # it was just to be written


@pytest.mark.parametrize("last", [0, 1])
def test_who_interrupts_while_the_last_tile_is_written_loses_nothing(last: int, tmp_path: Path) -> None:
    one = Store.create(Folder(tmp_path / "m"), layout())

    def told(done: int, of: int) -> None:
        if done >= of - last:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill(one, How(workers=1), told)
    one.close()
    again = Store.open(Folder(tmp_path / "m"))
    assert len(again.found) >= layout().number - 1
    assert again.check(whole=True) == []
    assert [again.place.names(f".chainrule/{name}") for name in ("claims", "workers")] == [[], []]
    assert fill(again, How(workers=1)).whole


def test_a_store_in_memory_that_is_emptied_is_said() -> None:
    one = Store.create(Memory(), layout())
    tiles = list(one.layout.tiles())

    def told(done: int, of: int) -> None:
        if done == len(tiles):
            one.place.delete(store.DESCRIPTION)

    assert refused(lambda: fill(one, How(workers=1), told)).code == "E618"


def test_tiles_that_are_removed_while_others_are_computed_are_computed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Store.create(Folder(tmp_path / "m"), layout())

    def told(done: int, of: int) -> None:
        with suppress(OSError):
            if done > 2 and not (tmp_path / "gone").exists():
                (tmp_path / "m" / ".chainrule" / "every_2" / "error" / "c" / "0" / "0").rename(tmp_path / "gone")

    monkeypatch.setattr(filling, "AGAIN", 0.0)
    assert fill(one, How(workers=1), told).whole
    assert (tmp_path / "gone").exists()
    assert Store.open(Folder(tmp_path / "m")).check(whole=True) == []


def test_data_of_another_program_are_left_alone_though_their_names_are_those_of_a_map(tmp_path: Path) -> None:
    filled(Folder(tmp_path / "m"), layout()).close()
    shutil.rmtree(tmp_path / "m" / ".chainrule")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert refused(lambda: Store.create(Folder(tmp_path / "m"), layout())).code == "E601"
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_of_two_that_begin_it_at_once_neither_takes_the_other_for_a_stranger(tmp_path: Path) -> None:
    class Late(Folder):
        """What a process sees that looks for the description just before another one begins the store."""

        looked = False

        def read(self, key: str, most: int) -> bytes | None:
            if not self.looked and key == store.DESCRIPTION:
                self.looked = True
                Store.create(Folder(self.root), layout()).close()
                return None
            return super().read(key, most)

    assert Store.create(Late(tmp_path / "m"), layout()).layout == layout()


def test_a_copy_that_is_made_while_it_is_written_is_a_good_store(tmp_path: Path) -> None:
    shape = layout(9, 14)
    one = Store.create(Folder(tmp_path / "m"), shape)
    tiles, copies = list(shape.tiles()), 0
    for number, tile in enumerate(tiles):
        one.commit(tile, numbers(shape, tile))
        if number % 10 == 4:
            copies += 1
            shutil.copytree(tmp_path / "m", tmp_path / f"copy{copies}")
            torn = tmp_path / f"copy{copies}" / "error" / "c" / "0" / "0"
            if torn.exists():
                torn.write_bytes(torn.read_bytes()[:-3])
            log = next((tmp_path / f"copy{copies}" / ".chainrule" / "log").iterdir())
            log.write_bytes(log.read_bytes()[:-7])
    for number in range(1, copies + 1):
        copy = Store.open(Folder(tmp_path / f"copy{number}"))
        assert fill(copy, How(workers=1)).whole
        assert copy.sha() == one.sha()
        copy.close()


def test_two_repairs_at_once_and_a_worker_end_with_a_whole_store(tmp_path: Path) -> None:
    shape = layout(6, 8)
    one = filled(Folder(tmp_path / "m"), shape)
    sha = one.sha()
    one.close()
    for path in (tmp_path / "m" / "error" / "c").glob("*/*"):
        path.write_bytes(bytes(path.stat().st_size))
    failed: list[BaseException] = []

    def repaired() -> None:
        try:
            found = Store.open(Folder(tmp_path / "m"), words=False)
            found.complete(again=True)
            found.check(whole=True)
            found.adopt()
            found.close()
        except BaseException as fault:
            failed.append(fault)

    threads = [threading.Thread(target=repaired) for _ in range(2)]
    for thread in threads:
        thread.start()
    fill(Store.open(Folder(tmp_path / "m")), How(workers=1))
    for thread in threads:
        thread.join()
    assert failed == []
    assert fill(Store.open(Folder(tmp_path / "m")), How(workers=1)).whole
    assert Store.open(Folder(tmp_path / "m")).sha() == sha


def test_tiles_of_another_map_of_the_same_shape_are_found(tmp_path: Path) -> None:
    one, other = (filled(Folder(tmp_path / name), layout(seconds=at)) for name, at in (("a", 0.0), ("b", 0.5)))
    wrong = numbers(layout(), ONE)
    other.commit(ONE, {**wrong, "error": wrong["error"] + 1})
    for array in ARRAYS:
        key = one.key(array, ONE)
        (tmp_path / "a" / key).write_bytes((tmp_path / "b" / key).read_bytes())
    assert one.check(whole=True) == [ONE]
    assert other.check(whole=True) == []


def test_a_map_whose_key_begins_as_that_of_another_is_another(tmp_path: Path) -> None:
    key = layout().key
    Store.create(Folder(tmp_path / "m"), layout()).close()
    near = replace(layout(), key=key[:63] + ("0" if key[63] != "0" else "1"))
    assert refused(lambda: Store.create(Folder(tmp_path / "m"), near)).code == "E602"


def test_coordinates_that_were_cut_off_are_written_again(tmp_path: Path) -> None:
    one = Store.create(Folder(tmp_path / "m"), layout())
    path = tmp_path / "m" / "alpha" / "c" / "0"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    one.complete()
    assert path.read_bytes() == whole


# ---- disks and servers that do not say what they did ----


def test_a_claim_that_was_made_though_the_answer_was_lost_is_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def lost(*paths: Any) -> None:
        link(*paths)
        raise FileExistsError(errno.EEXIST, "it was repeated")

    place = Folder(tmp_path / "m")
    one, other = Claims(place, "a"), Claims(Folder(tmp_path / "m"), "b")
    monkeypatch.setattr(folder.os, "link", lost)
    assert one.take(ONE) is None
    assert other.take(ONE) == Held()
    one.close()
    other.close()


def test_what_was_committed_is_flushed_though_nothing_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chainrule.maps.store.claims.SYNC", 0.01)
    place = Memory()
    flushed = threading.Event()
    monkeypatch.setattr(place, "sync", flushed.set)
    claims = Claims(place, "a")
    assert flushed.wait(10)
    claims.close()


def test_a_flush_that_failed_is_not_believed_the_second_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Folder(tmp_path / "m")
    one = Store.create(place, layout())
    one.commit(ONE, numbers(layout(), ONE))
    failing = [OSError(errno.EIO, "Input/output error")]

    def fsync(handle: int) -> None:
        if failing:
            raise failing.pop()

    monkeypatch.setattr(folder.os, "fsync", fsync)
    assert refused(place.sync).code == "E605"
    assert failing == []
    assert refused(place.sync).code == "E605"


def test_closing_a_file_that_was_read_fails_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(Folder(tmp_path / "m"), layout()).close()
    close = os.close

    def failing(handle: int) -> None:
        close(handle)
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(folder.os, "close", failing)
    found = Store.open(Folder(tmp_path / "m"))
    assert found.check(whole=True) == []
    assert refused(lambda: found.commit(ONE, numbers(layout(), ONE))).code == "E605"


# ---- hostile ----


@contextmanager
def quick() -> Iterator[None]:
    """The block neither computes nor allocates what is asked for."""
    import tracemalloc

    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < 2**27
    finally:
        tracemalloc.stop()


def described(root: Path, **changes: object) -> None:
    """The description of a store with something changed, and a SHA-256 that fits."""
    whole = {**layout().json(), **changes}
    (root / ".chainrule").mkdir(parents=True, exist_ok=True)
    (root / ".chainrule" / "store.json").write_bytes(canonical({"layout": whole, "sha256": digest(whole)}))


ARRAY = {"name": "status", "dtype": "uint8", "sides": [], "attributes": {}, "fill": None}
LYING: dict[str, dict[str, object]] = {
    "axes of numbers beyond 64 bits": {"axes": [{"name": "a", "values": [10**400], "attributes": {}}], "tile": [1]},
    "an axis of nothing": {"axes": [{"name": "a", "values": [], "attributes": {}}], "tile": [1]},
    "a tile beyond 64 bits": {"tile": [2**70, 2**70]},
    "a tile of nothing": {"tile": [0, 0]},
    "a tile below nothing": {"tile": [-1, 3]},
    "a tile of true": {"tile": [True, True]},
    "very many levels": {"levels": list(range(10**4, 0, -1))},
    "a level beyond 64 bits": {"levels": [10**30, 1]},
    "sides beyond 64 bits": {"arrays": [{**ARRAY}, {**ARRAY, "name": "w", "sides": [2**40, 2**40]}]},
    "forty sides": {"arrays": [{**ARRAY}, {**ARRAY, "name": "w", "sides": [1] * 40}]},
    "many arrays": {"arrays": [{**ARRAY, "name": f"a{at}"} for at in range(2000)]},
    "no arrays": {"arrays": []},
    "two large arrays": {"arrays": [ARRAY, *({**ARRAY, "name": f"w{at}", "sides": [2**27]} for at in range(99))]},
    "a path": {"arrays": [{**ARRAY}, {**ARRAY, "name": "../../x"}]},
    "an absolute path": {"axes": [{"name": "/etc", "values": [1], "attributes": {}}], "tile": [1]},
    "a dot": {"axes": [{"name": ".chainrule", "values": [1], "attributes": {}}], "tile": [1]},
    "an object": {"arrays": [{**ARRAY}, {**ARRAY, "name": "w", "dtype": "object"}]},
    "a fill that is too large": {"arrays": [{**ARRAY}, {**ARRAY, "name": "w", "fill": 256}]},
    "a text for a list": {"axes": "alpha"},
    "a list for a recipe": {"recipe": [[1, 2]]},
    "no key": {"key": None, "tile": []},
    "format 0": {"format": 0},
    "format true": {"format": True},
}


@pytest.mark.parametrize("attack", LYING)
def test_a_description_that_lies_is_refused_whatever_its_checksum(attack: str, tmp_path: Path) -> None:
    described(tmp_path / "m", **LYING[attack])
    with quick():
        assert refused(lambda: Store.open(Folder(tmp_path / "m"))).code in ("E600", "E603", "E607")


def test_a_log_from_a_stranger_takes_neither_memory_nor_time(tmp_path: Path) -> None:
    filled(Folder(tmp_path / "m"), layout()).close()
    logs = tmp_path / "m" / ".chainrule" / "log"
    found = Store.open(Folder(tmp_path / "m")).found
    with (logs / "endless").open("wb") as file:
        file.truncate(2**40)
    with quick():
        assert refused(lambda: Store.open(Folder(tmp_path / "m"))).code == "E617"
    with (logs / "endless").open("wb") as file:
        file.truncate(2**20)  # no line, whatever follows
    more = [Record((1, 0, 0), f"{at:064x}", "me", 1.0, 2.0) for at in range(500)]
    (logs / "much").write_bytes(b"".join(map(line, more)))
    with quick():
        one = Store.open(Folder(tmp_path / "m"))
        one.refresh()
    assert one.damaged == 1 + 500 + 1 - LIMITS["records"].most
    assert {tile: len(known) for tile, known in one.found.items() if tile != ONE} == {
        tile: len(known) for tile, known in found.items() if tile != ONE
    }
    assert fill(one, How(workers=1)).whole
    assert one.tile(ONE) is not None


@pytest.mark.parametrize("wrong", [
    {"seconds": 10**400}, {"at": 10**400}, {"tile": [1.0, 0, 0]}, {"tile": [True, 0, 0]}, {"tile": [10**30, 0, 0]},
    {"tile": [[1]]}, {"sha": 3}, {"cause": None}, {"owner": "x" * 2**17},
])  # fmt: skip
def test_a_line_with_a_good_checksum_that_says_nonsense_is_none(wrong: dict[str, object]) -> None:
    import zlib

    body = canonical({"tile": [1, 0, 0], "sha": "ab", "owner": "me", "seconds": 1, "at": 2, "cause": "", **wrong})
    content = f"{len(body):06x} {zlib.crc32(body):08x} ".encode() + body + b"\n"
    one = Store.create(Memory(), layout())
    for record in records(content):
        one.take(record)
    assert (one.found, one.damaged) == ({}, 1)


@pytest.mark.parametrize("text", [
    "a\0b", "\ud800", "x" * 3000, "..", "/etc/passwd", "x" * 10**5, "\n", "é", {"a": 1}, None, 10**300,
])  # fmt: skip
def test_a_claim_of_a_strange_owner_holds_for_a_lease_and_harms_nobody(
    text: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Store.create(Folder(tmp_path / "m"), layout())
    owner(Folder(tmp_path / "m"), json.dumps({"owner": text, "lease": 10**300}))
    now = [0.0]
    monkeypatch.setattr("chainrule.maps.store.claims.time.monotonic", lambda: now[0])
    claims = Claims(Folder(tmp_path / "m"), "a")
    assert claims.take(ONE) == Held()
    assert progress(one).workers == ()
    now[0] = 3601
    assert claims.take(ONE) is None
    claims.close()


@pytest.mark.parametrize("name", ["1-0-0.99999999999", "1-0-0.-1", "1-0-0.²", "x", "1--0.0", "-", "1-0-0", "1-0-0.0.0"])
def test_names_of_claims_that_are_none_are_left_alone(name: str, tmp_path: Path) -> None:
    one = Store.create(Folder(tmp_path / "m"), layout())
    owner(Folder(tmp_path / "m"), "{}", name)
    assert fill(one, How(workers=1)).whole


def test_names_in_a_folder_reach_the_terminal_as_pictures(tmp_path: Path) -> None:
    (tmp_path / "\x1b[31mred\u202e").write_text("")
    error = refused(lambda: Store.create(Folder(tmp_path), layout()))
    assert "\x1b" not in str(error)
    assert "\u202e" not in str(error)


@pytest.mark.parametrize("text", [
    "s3://KEY:HIDDEN@bucket/m", "s3://bucket/m?X-Amz-Signature=HIDDEN", "s3://bucket/m#HIDDEN", "s3://bucket/../m", "s3://",
    "s3:///m", "s3://bucket/./m", "s3://bucket//m", "s3://bucket/a\nb", "gs://bucket/m", "http://KEY:HIDDEN@host/m",
    "file:///m", "memory:///", "s3://buck et/m",
])  # fmt: skip
def test_what_is_no_address_of_a_store_is_refused_and_its_keys_are_not_shown(text: str) -> None:
    error = refused(lambda: at(text))
    assert error.code == "E615"
    assert "HIDDEN" not in str(error)


# ---- what is asked for ----

WEIGHT = "weight w := 1\nE = w^2"


def test_more_cells_than_there_can_be_are_refused_before_anything_is_allocated() -> None:
    with quick():
        for axes in (["w=linear(0, 1, 1000000000)"], [f"w=linear(0, 1, {10**30})"],
                     ["w=linear(0, 1, 31623)", "w*=linear(0, 1, 31623)"]):  # fmt: skip
            assert refused(lambda axes=axes: planned(cr.Model(WEIGHT), axes)).code in ("E640", "E642")
    assert refused(lambda: begin(planned(cr.Model(WEIGHT), "w=linear(0, 1, 9999)", tile=2), Memory())).code == "E607"


@pytest.mark.parametrize("text, axes, how", [
    ("weight W := 1, w := 2\nE = W^2 + w^2", ["W=[1, 2]", "w=[1, 2]"], {"chosen": ["W", "w"]}),
    ("weight w := 1, w_offset := 2\nE = w_offset^2 + w^2", ["w+=[1, 2]", "w_offset=[0, 2]"], {}),
    ("weight Status := 1\nE = Status^2", ["Status=[1]"], {"chosen": ["Status"]}),
    ("weight ŵ := 1, β₁ := 2\nE = ŵ^2 + β₁^2", ["ŵ=[1]", "β₁=[2]"], {}),
    (f"weight {'w' * 150} := 1\nE = {'w' * 150}^2", [f"{'w' * 150}=[1]"], {}),
    (WEIGHT, ["w=[1]"], {}),
    (WEIGHT, ["w=linear(1, 1.00000001, 5)"], {"numerics": "float32"}),
    (WEIGHT, ["w=[0, -0.0, 0]"], {}),
])  # fmt: skip
def test_names_and_axes_that_are_nearly_one_are_kept_apart(
    text: str, axes: list[str], how: dict[str, Any], tmp_path: Path
) -> None:
    plan = planned(cr.Model(text), axes, steps=3, **how)
    one = begin(plan, Folder(tmp_path / "m"))
    assert fill(one, How(workers=1)).whole
    from chainrule.maps.whole import whole

    expected = whole(plan)
    for name, found in one.arrays().items():
        assert found.tobytes() == expected[name].tobytes()
    again = Store.open(Folder(tmp_path / "m"))
    assert again.check(whole=True) == []


def test_a_disk_that_does_not_tell_the_case_of_letters_is_said() -> None:
    class Lower(Memory):
        def put(self, key: str, content: bytes) -> None:
            super().put(key.lower(), content)

        def read(self, key: str, most: int) -> bytes | None:
            return super().read(key.lower(), most)

    arrays = (*ARRAYS, Array("END_W", "float32", (2,)))
    error = refused(lambda: Store.create(Lower(), replace(layout(), arrays=arrays)))
    assert error.code == "E619"
    assert "end_w and END_W are one name there" in error.problem


def test_a_name_that_no_folder_can_have_is_refused() -> None:
    model = cr.Model(f"weight {'w' * 201} := 1\nE = {'w' * 201}^2")
    assert refused(lambda: begin(planned(model, f"{'w' * 201}=[1]"), Memory())).code == "E619"


def test_a_store_whose_shape_is_not_that_of_its_plan_is_refused() -> None:
    whole = layout_of(planned(cr.Model(WEIGHT), ["w=[1, 2, 3, 4]"], steps=2, tile=2))
    for part in (
        {"tile": (1,)}, {"axes": (Axis("w", (1.0, 2.0, 3.0, 5.0)),)}, {"arrays": whole.arrays[:-1]}, {"levels": (1,)},
    ):  # fmt: skip
        assert refused(lambda part=part: computation(Store.create(Memory(), replace(whole, **part)))).code == "E604"
    assert computation(Store.create(Memory(), whole))


def test_a_model_with_more_data_than_is_read_again_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    place = Memory()
    monkeypatch.setattr(store, "MOST", 2000)
    large = replace(layout(), recipe={"kind": "trial", "data": "x" * 3000})
    assert refused(lambda: Store.create(place, large)).code == "E617"
    assert place.files == {}
    Store.create(place, StoreLayout((), (), layout().arrays[:1], {}, "k"))
    monkeypatch.setattr(store, "MOST", 10)
    assert refused(lambda: Store.open(place)).code == "E617"


def test_numbers_near_the_ends_of_time_are_told() -> None:
    one = filled(Memory(), layout())
    for at_, seconds in ((1e308, -1e308), (-1e308, 1e308), (0.0, 0.0)):
        one.take(Record(ONE, "ab", "me", seconds, at_))
        json.dumps(progress(one).json(), allow_nan=False)
    assert np.isfinite(progress(one).done)
