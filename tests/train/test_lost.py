"""What was recorded is not lost: by a full disk, Ctrl-C, kill -9, or a file that cannot be written."""

import math
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import PATIENCE, Started, grown

from chainrule.errors import RunError
from chainrule.train import disk
from chainrule.train.files import NotSaved, load_run, save
from chainrule.train.run import Run

Trained = Callable[..., Run]
KINDS = ("npz", "json", "csv")

MODEL = """\
index i = 1..2, j = 0..2
const α := 0.3
data x[i] in {0, 1}
target y = x[1]
weight W[j,i] ~ normal(0, 1), b in [-1, 1]
h[j] = Σ_i W[j,i]*x[i] + b
E = (Σ_j h[j] - y)^2/2
"""


@pytest.mark.parametrize("kind", KINDS)
def test_any_fault_while_writing_leaves_the_old_file(
    trained: Trained, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The n-th call of the system fails, for every n, with a full disk: the old run stays and no trace of the new."""
    path = tmp_path / f"run.{kind}"
    trained(steps=1).save(path)
    old = {part.name: part.read_bytes() for part in tmp_path.iterdir()}
    new = trained(steps=2)
    calls = {name: getattr(os, name) for name in ("open", "write", "fsync")}
    count = 0

    def failing(name: str) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            nonlocal count
            count += 1
            if count == fault:
                raise OSError(28, "No space left on device")
            return calls[name](*arguments)

        return call

    for fault in range(1, 4 * (2 if kind == "csv" else 1)):
        count = 0
        with monkeypatch.context() as patch:
            for name in calls:
                patch.setattr(disk.os, name, failing(name))
            if fault > 3 * (2 if kind == "csv" else 1):
                save(new, path)  # the directory could not be flushed, which is not a fault of the file
                continue
            with pytest.raises(RunError) as caught:
                save(new, path)
        assert caught.value.code == "E361"
        assert "no space left on device" in caught.value.problem
        assert "make room for" in caught.value.help
        assert {part.name: part.read_bytes() for part in tmp_path.iterdir()} == old


def limited(code: str, size: int, path: Path) -> str:
    """Run a program whose files may have at most so many bytes; what it prints."""
    program = f"import resource, sys\nresource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


BEGIN = """
import signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from chainrule.data import bind, starts
from chainrule.engines.reference import REFERENCE
from chainrule.model import build
from chainrule.notation import parse
from chainrule.program.lower import lower
from chainrule.train.train import train
from chainrule.train.files import load_run
from chainrule.errors import RunError
model = build(parse("data x in {0, 1, 2}\\ntarget y = 2*x\\nweight w := 0.5\\nE = (w*x - y)^2/2"))
def go(**how):
    return train(model, lower(model), REFERENCE, bind(model), start=starts(model), rate=1e-9, **how)
"""


def test_a_disk_that_fills_up_while_training_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    said = limited(
        BEGIN
        + """
try:
    go(steps=10**6, save=sys.argv[1])
except RunError as error:
    print(error.code, error.run.ended, error.run.steps, load_run(sys.argv[1] + ".journal").steps)
    print(error.run.sha256 == go(steps=error.run.steps).sha256)
    print(error)
""",
        10**5,
        path,
    )
    first, second, *drawn = said.splitlines()
    code, ended, steps, journalled = first.split()
    assert (code, ended, second) == ("E361", "interrupted", "True")
    assert 0 < int(journalled) <= int(steps)
    assert "file too large" in drawn[0]
    assert "nothing is lost: load_run reads" in drawn[2]
    assert not path.exists()
    found = load_run(path.with_name("run.npz.journal"))
    assert found.ended == "interrupted"
    assert found.steps == int(journalled)
    assert found.verify()


def test_a_file_too_large_for_its_disk_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    said = limited(
        BEGIN
        + """
go(steps=3).save(sys.argv[1])
try:
    go(steps=20000).save(sys.argv[1])
except RunError as error:
    print(error.code, error.problem.endswith("file too large"), load_run(sys.argv[1]).steps)
""",
        10**5,
        path,
    )
    assert said.split() == ["E361", "True", "3"]
    assert [part.name for part in tmp_path.iterdir()] == ["run.npz"]


def test_what_a_dead_writer_left_is_swept_up(started: Started, trained: Trained, tmp_path: Path) -> None:
    """A process killed while it saved leaves a temporary file; the next one to save removes it, but no living one's."""
    dead = started([sys.executable, "-c", ""])
    dead.wait()
    stray, busy, other = (
        tmp_path / f".run.npz.{host}.{process}.0123.tmp"
        for host, process in ((disk.HOST, dead.pid), (disk.HOST, os.getpid()), ("elsewhere", dead.pid))
    )
    for path in (stray, busy, other):
        path.write_bytes(b"half")
    trained(steps=1).save(tmp_path / "run.npz")
    assert sorted(tmp_path.iterdir()) == sorted([busy, other, tmp_path / "run.npz"])


def test_ctrl_c_in_a_real_process_gives_the_run(started: Started, tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    process = started(
        [sys.executable, "-c", f"{BEGIN}run = go(steps=10**7, save=sys.argv[1])\nprint(run.ended, run.steps)", path],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    grown(tmp_path / "run.npz.journal", 4000)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    ended, steps = said.split()
    assert ended == "interrupted"
    found = load_run(path)
    assert (found.ended, found.steps) == ("interrupted", int(steps))
    assert found.verify()
    assert [part.name for part in tmp_path.iterdir()] == ["run.npz"]


@pytest.mark.parametrize("size", [1000, 20000])
def test_what_was_recorded_before_kill_9_is_read(started: Started, tmp_path: Path, size: int) -> None:
    path = tmp_path / "run.npz"
    process = started([sys.executable, "-c", BEGIN + "go(steps=10**7, save=sys.argv[1])", str(path)])
    log = tmp_path / "run.npz.journal"
    grown(log, size)
    process.kill()
    process.wait(timeout=PATIENCE)
    found = load_run(log)
    assert found.ended == "interrupted"
    assert found.steps >= (size - 1500) // 16
    assert found.verify()
    assert math.isfinite(found.error)
    found.save(path)
    assert load_run(path).sha256 == found.sha256


def test_a_journal_is_not_written_over(trained: Trained, tmp_path: Path) -> None:
    (tmp_path / "run.npz.journal").write_bytes(b"what was recorded before")
    with pytest.raises(RunError) as caught:
        trained(steps=3, save=tmp_path / "run.npz")
    assert caught.value.code == "E367"
    assert (tmp_path / "run.npz.journal").read_bytes() == b"what was recorded before"


def journalled(trained: Trained, tmp_path: Path) -> tuple[Path, bytes, Run]:
    """A journal of some chunks, kept from a training whose file could not be written."""

    def refuse(done: int, steps: int) -> None:
        if done == steps:
            (tmp_path / "run.npz").mkdir()

    with pytest.raises(NotSaved) as caught:
        trained(MODEL, steps=60, record=2, save=tmp_path / "run.npz", progress=refuse)
    log = tmp_path / "run.npz.journal"
    return log, log.read_bytes(), caught.value.run


def test_a_run_that_could_not_be_saved_is_kept_twice(trained: Trained, tmp_path: Path) -> None:
    log, _, run = journalled(trained, tmp_path)
    assert run.ended == "steps"
    assert load_run(log).sha256 == run.sha256
    run.save(tmp_path / "elsewhere.npz")
    assert load_run(tmp_path / "elsewhere.npz").verify()


def test_a_journal_cut_off_anywhere_gives_what_was_whole(trained: Trained, tmp_path: Path) -> None:
    log, content, run = journalled(trained, tmp_path)
    lengths = []
    for stop in range(0, len(content), 23):
        log.write_bytes(content[:stop])
        try:
            found = load_run(log)
        except RunError as error:
            assert error.code == "E364"  # noqa: PT017
            assert not lengths, "once there is a run, more bytes never lose it"
            continue
        lengths.append(found.steps)
        assert found.at(found.steps)["W"].tobytes() == run.at(found.steps)["W"].tobytes()
    assert lengths == sorted(lengths)
    assert lengths[0] == 0


def test_a_journal_that_was_changed_is_refused(trained: Trained, tmp_path: Path) -> None:
    log, content, _ = journalled(trained, tmp_path)
    for place in range(20, len(content), 31):
        changed = bytearray(content)
        changed[place] ^= 1 << place % 8
        log.write_bytes(changed)
        with pytest.raises(RunError) as caught:
            load_run(log)
        assert caught.value.code == "E365"
    log.write_bytes(content + bytes(4096))
    assert load_run(log).verify(), "space that was never written is no record"


def test_the_error_of_an_unsaved_run_crosses_to_another_process(trained: Trained, tmp_path: Path) -> None:
    journalled(trained, tmp_path)
    (tmp_path / "run.npz").rmdir()
    (tmp_path / "run.npz.journal").unlink()
    with pytest.raises(NotSaved) as caught:
        trained(steps=3, save=tmp_path / "run.npz", progress=lambda *_: (tmp_path / "run.npz").mkdir(exist_ok=True))
    error = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
    assert str(error) == str(caught.value)
