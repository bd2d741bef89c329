"""Runners fill a store, whatever dies: threads, processes, Dask, and several processes at once."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest
from tests.maps.trial import layout, numbers

from chainrule.errors import ChainruleError
from chainrule.maps.fill import fill
from chainrule.maps.runners.choose import How
from chainrule.maps.store import Store, StoreLayout
from chainrule.maps.store.claims import Claims, Deadly, Held
from chainrule.maps.store.folder import Folder
from chainrule.maps.store.place import Memory, Place
from chainrule.maps.worker import Worker

STARTED = Path(__file__).parent / "started"


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that are begun know the trial."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(STARTED), os.environ.get("PYTHONPATH", "")]))


def sha(shape: StoreLayout) -> str:
    store = Store.create(Memory(), shape)
    for tile in shape.tiles():
        store.commit(tile, numbers(shape, tile))
    return store.sha()


def begun(place: Path, shape: StoreLayout) -> Store:
    return Store.create(Folder(place), shape)


# ---- claims ----


def test_a_tile_is_claimed_once_and_given_back() -> None:
    place: Place = Memory()
    one, other = Claims(place, "a"), Claims(place, "b")
    assert one.take((1, 0)) is None
    assert other.take((1, 0)) == Held()
    assert other.take((1, 1)) is None
    one.release((1, 0))
    assert other.take((1, 0)) is None
    assert one.take((1, 0)) == Held()
    other.close()
    assert one.take((1, 0)) is None
    one.finished((1, 0))
    assert place.names(".chainrule/claims") == []


def test_of_many_at_once_one_has_it() -> None:
    place: Place = Memory()
    all_ = [Claims(place, f"p{at}") for at in range(8)]
    found: list[object] = []
    threads = [threading.Thread(target=lambda one=one: found.append(one.take((1, 2)))) for one in all_]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, found)) == sorted([str(None), *[str(Held())] * 7])


def test_who_beats_no_more_is_taken_for_dead_by_the_watch_of_who_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    place: Place = Memory()
    now = [100.0]
    monkeypatch.setattr("chainrule.maps.store.claims.time.monotonic", lambda: now[0])
    monkeypatch.setattr("chainrule.maps.store.claims.time.time", lambda: -now[0])  # a clock that goes back
    one, other = Claims(place, "far-away-1-x", lease=30), Claims(place, "b", lease=30)
    one.ended.set()  # its thread beats no more; we do
    assert one.take((1, 0)) is None
    assert other.take((1, 0)) == Held()
    for _ in range(5):
        now[0] += 29
        one.beat()
        assert other.take((1, 0)) == Held(), "it is slow, and alive"
    now[0] += 29
    assert other.take((1, 0)) == Held()
    now[0] += 2
    assert other.take((1, 0)) is None
    assert place.names(".chainrule/claims") == ["1-0.0", "1-0.1"]


def test_who_was_idle_for_long_is_not_taken_for_dead_at_its_next_tile(monkeypatch: pytest.MonkeyPatch) -> None:
    place: Place = Memory()
    now = [0.0]
    monkeypatch.setattr("chainrule.maps.store.claims.time.monotonic", lambda: now[0])
    one, other = Claims(place, "far-away-1-x", lease=30), Claims(place, "b", lease=30)
    assert one.take((1, 0)) is None
    assert other.take((1, 0)) == Held()
    one.release((1, 0))
    now[0] = 1000
    assert one.take((1, 0)) is None
    assert other.take((1, 0)) == Held()


def test_a_dead_process_of_this_machine_is_seen_at_once() -> None:
    from chainrule.maps.store.owner import machine

    process = subprocess.Popen(["true"])
    process.wait()
    gone = process.pid
    place: Place = Memory()
    one, other = Claims(place, f"host-{machine()}-{gone}-ab"), Claims(place, "b")
    assert one.take((1, 0)) is None
    assert other.take((1, 0)) is None
    elsewhere = Claims(place, f"host-0badcafe-{gone}-ab")
    assert elsewhere.take((1, 1)) is None
    assert other.take((1, 1)) == Held(), "a number of a process says nothing of another machine"


def test_after_three_deaths_it_is_deadly_and_after_a_failure_it_says_why() -> None:
    place: Place = Memory()
    claims = Claims(place, "a")
    for at in range(3):
        assert claims.take((1, 0)) is None
        claims.failed((1, 0), f"fault {at}")
    assert claims.take((1, 0)) == Deadly(("fault 0", "fault 1", "fault 2"))
    claims.clear((1, 0))
    assert claims.take((1, 0)) is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"owner": 3}', b'{"owner": "../../x"}', b"\xff" * 9999])
def test_a_claim_that_says_nothing_holds_for_a_lease(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("chainrule.maps.store.claims.time.monotonic", lambda: now[0])
    place = Memory()
    claims = Claims(place, "a", lease=30)
    place.files[".chainrule/claims/1-0.0"] = content
    assert claims.take((1, 0)) == Held()
    now[0] = 31
    assert claims.take((1, 0)) is None


# ---- threads ----


@pytest.mark.parametrize("workers", [1, 2, 8])
@pytest.mark.parametrize("tile", [(2, 3), (9, 9), (1, 1)])
def test_threads_fill_it_to_one_sha(workers: int, tile: tuple[int, ...], tmp_path: Path) -> None:
    store = begun(tmp_path / "m", layout(tile=tile))
    told: list[tuple[int, int]] = []
    how = fill(store, How(workers=workers), lambda done, of: told.append((done, of)))
    assert how.whole
    assert store.sha() == sha(layout())
    assert told[0] == (0, store.layout.number)
    assert told[-1] == (store.layout.number, store.layout.number)
    again = fill(begun(tmp_path / "m", layout(tile=tile)), How())
    assert (again.computed, again.before) == (0, store.layout.number)


def test_in_memory_too() -> None:
    store = Store.create(Memory(), layout())
    assert fill(store, How()).whole
    assert store.sha() == sha(layout())


def test_what_fails_three_times_is_set_aside_and_the_rest_is_done(tmp_path: Path) -> None:
    shape = layout(failing=[[1, 0, 1], [2, 0, 0]])
    store = begun(tmp_path / "m", shape)
    assert fill(store, How(workers=2)).whole
    assert set(store.set_aside()) == {(1, 0, 1), (2, 0, 0)}
    assert store.set_aside()[1, 0, 1] == "ArithmeticError: no number (1, 0, 1)"
    assert (store.arrays()["status"] == 4).sum() == 6
    assert fill(begun(tmp_path / "m", shape), How()).computed == 0
    again = fill(begun(tmp_path / "m", shape), How(), again=True)
    assert again.whole
    assert again.before == shape.number - 2


def test_what_was_changed_is_computed_again(tmp_path: Path) -> None:
    store = begun(tmp_path / "m", layout())
    fill(store, How())
    path = tmp_path / "m" / "error" / "c" / "0" / "0"
    path.write_bytes(bytes(len(path.read_bytes())))
    (tmp_path / "m" / "status" / "c" / "1" / "1").unlink()
    done = fill(begun(tmp_path / "m", layout()), How())
    assert done.bad == ((1, 0, 0), (1, 1, 1))
    assert Store.open(Folder(tmp_path / "m")).sha() == sha(layout())


def test_a_store_that_cannot_be_written_is_refused_before_anything_is_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = begun(tmp_path / "m", layout())

    def readonly(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("chainrule.maps.store.folder.os.replace", readonly)
    monkeypatch.setattr("tests.maps.trial.numbers", readonly)
    with pytest.raises(ChainruleError) as found:
        fill(store, How())
    assert found.value.code == "E605"
    assert "read-only file system" in found.value.problem


def test_an_interrupt_leaves_a_tile_as_if_it_had_not_been_claimed(tmp_path: Path) -> None:
    shape = layout(seconds=30.0)
    store = begun(tmp_path / "m", shape)

    def told(done: int, of: int) -> None:
        if store.place.names(".chainrule/claims"):
            raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        fill(store, How(workers=2), told)
    assert time.monotonic() - began < 5
    assert store.place.names(".chainrule/claims") == []
    assert Store.open(Folder(tmp_path / "m")).found == {}


def test_a_tile_that_another_process_holds_is_waited_for_or_left(tmp_path: Path) -> None:
    store = begun(tmp_path / "m", layout())
    other = Worker(Store.open(Folder(tmp_path / "m")))
    assert other.claims.take((1, 0, 0)) is None
    left = fill(store, How(), wait=False)
    assert not left.whole
    assert not store.done((1, 0, 0))

    def later() -> None:
        time.sleep(0.6)
        other.store.commit((1, 0, 0), numbers(other.store.layout, (1, 0, 0)))
        other.claims.finished((1, 0, 0))

    thread = threading.Thread(target=later)
    thread.start()
    done = fill(store, How())
    thread.join()
    assert done.whole
    assert done.computed == 0
    assert store.sha() == sha(layout())


# ---- processes ----


def test_processes_fill_it_and_one_that_is_killed_is_begun_anew(known: None, tmp_path: Path) -> None:
    shape = layout(seconds=0.05)
    store = begun(tmp_path / "m", shape)
    store.give_up((1, 0, 0), "it failed")
    store.commit((1, 0, 1), numbers(shape, (1, 0, 1)))
    (tmp_path / "m" / "error" / "c" / "0" / "1").write_bytes(b"changed")
    killed: list[int] = []

    def told(done: int, of: int) -> None:
        for name in store.place.names(".chainrule/claims"):
            owner = (store.place.read(f".chainrule/claims/{name}", 999) or b"").decode()
            pid = int(owner.split('"owner":"')[1].split("-")[2]) if '"owner":"' in owner else 0
            if pid and pid != os.getpid() and len(killed) < 2 and pid not in killed:
                killed.append(pid)
                os.kill(pid, signal.SIGKILL)

    done = fill(store, How(on="processes", workers=2), told, again=True)
    assert done.whole
    assert done.bad == ((1, 0, 1),)
    assert store.set_aside() == {}
    assert store.sha() == sha(shape)
    assert store.place.names(".chainrule/claims") == []


def test_a_tile_that_kills_three_processes_is_set_aside_and_the_rest_is_done(known: None, tmp_path: Path) -> None:
    shape = layout(deadly=[[1, 1, 1]])
    store = begun(tmp_path / "m", shape)
    assert fill(store, How(on="processes", workers=1)).whole
    assert store.set_aside() == {(1, 1, 1): "its process died"}
    fine = numbers(shape, (1, 0, 0))
    assert store.tile((1, 0, 0)) is not None
    assert store.arrays()["error"][0:2, 0:3].tobytes() == fine["error"].tobytes()


def test_a_process_that_cannot_begin_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = begun(tmp_path / "m", layout())  # without the trial, a child does not know how to compute it
    monkeypatch.delenv("PYTHONPATH", raising=False)
    with pytest.raises(ChainruleError) as found:
        fill(store, How(on="processes", workers=1))
    assert found.value.code in ("E603", "E616")


@pytest.mark.parametrize("how", [{"on": "abacus"}, {"workers": 0}, {"threads": -1}, {"workers": 10**9}])
def test_what_cannot_be_is_refused(how: dict[str, object]) -> None:
    with pytest.raises(ChainruleError, match="E612"):
        How(**how)  # type: ignore[arg-type]
