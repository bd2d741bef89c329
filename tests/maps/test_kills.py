"""Whatever is killed, full, or fails: nothing that was committed is lost. `campaigns/maps.py` has the long form."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.maps.faults import every
from tests.maps.kills import SHAPE, Round, begun, environment, undisturbed
from tests.maps.trial import layout

from chainrule.maps.store import Store
from chainrule.maps.store.folder import Folder

ENDED = 6.0
"""Seconds in which a process of this test has ended that promises two, on a machine with nothing else to do."""


@pytest.mark.parametrize("how, kills", [("threads", 2), ("processes", 2), ("two", 1), ("dask", 1)])
def test_nothing_is_lost_whoever_is_killed(how: str, kills: int, tmp_path: Path) -> None:
    if how == "dask":
        pytest.importorskip("distributed")
    Round(random.Random(f"suite {how}"), tmp_path, how, kills).run()


def test_a_disk_that_fails_at_any_call_harms_nothing(tmp_path: Path) -> None:
    assert every(tmp_path / "m", random.Random(0), all_of_it=False, step=14) > 25


@pytest.mark.parametrize("how, number", [("threads", signal.SIGTERM), ("processes", signal.SIGINT)])
def test_who_is_asked_to_end_does_and_says_how_to_go_on(
    how: str, number: signal.Signals, tmp_path: Path, started: Callable[..., subprocess.Popen[str]]
) -> None:
    path = tmp_path / "my map.zarr"
    Store.create(Folder(path), layout(9, 14, seconds=60.0)).close()
    line = [sys.executable, "-m", "chainrule", "map", "work", path.name, "--workers", "2", "--on", how]
    process = started(line, env=environment(), cwd=tmp_path, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    end = time.monotonic() + 60
    while not any((path / ".chainrule" / "claims").glob("*")) and time.monotonic() < end:
        time.sleep(0.02)
    time.sleep(0.2)
    began = time.monotonic()
    process.send_signal(number)
    if how == "threads":
        time.sleep(0.3)
        process.send_signal(number)  # as job systems do
    _, said = process.communicate(timeout=60)
    assert time.monotonic() - began < ENDED
    assert process.returncode == 130, said
    tiles = layout(9, 14).number
    assert said == (
        f"interrupted\nnothing is lost: my map.zarr holds 0 of {tiles} tiles\n"
        "to go on: chainrule map work 'my map.zarr'\n"
    )
    assert not list((path / ".chainrule" / "claims").iterdir()), "its tiles are free again"


def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "m.zarr"
    Store.create(Folder(path), SHAPE).close()
    small = (
        "import resource, runpy, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (900, 900)); "  # a log grows beyond it, after a few tiles
        "sys.argv[0] = 'chainrule'; runpy.run_module('chainrule', run_name='__main__')"
    )
    line = [sys.executable, "-c", small, "map", "work", str(path), "--workers", "1"]
    full = subprocess.run(line, env=environment(), capture_output=True, text=True)
    assert full.returncode == 3, full.stderr
    assert full.stderr.startswith("error[E605]: cannot write ")
    assert "make room for at least" in full.stderr
    done = Store.open(Folder(path))
    assert 0 < len(done.found) < SHAPE.number
    assert done.check(whole=True) == []
    assert begun(path).wait(60) == 0
    assert Store.open(Folder(path)).sha() == undisturbed()


def test_five_processes_on_one_store_end_with_one_sha(tmp_path: Path) -> None:
    path = tmp_path / "m.zarr"
    shape = layout(9, 14, seconds=0.02)
    Store.create(Folder(path), shape).close()
    processes = [begun(path) for _ in range(5)]
    assert [process.wait(120) for process in processes] == [0] * 5, (tmp_path / "said").read_text()
    store = Store.open(Folder(path))
    assert store.sha() == undisturbed()
    assert sum(map(len, store.found.values())) == shape.number, "no tile was computed twice"
    assert len({record.owner for known in store.found.values() for record in known}) > 1
    assert os.listdir(path / ".chainrule" / "claims") == []  # noqa: PTH208
