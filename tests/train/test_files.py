"""Runs in files: read back to the bit, every change found, nothing hostile believed, nothing lost."""

import csv
import io
import json
import math
import os
import pickle
import random
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chainrule.errors import ChainruleError, LimitError, RunError
from chainrule.train import csvfile, disk, files, npz
from chainrule.train.csvfile import safe
from chainrule.train.files import NotSaved, load_run, save
from chainrule.train.run import Run
from chainrule.train.seal import seal

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
@pytest.mark.parametrize("batch", ["each", "all", "shuffled", 3, [[0, 1], [2]]], ids=str)
def test_a_run_is_read_back_to_the_bit(trained: Trained, tmp_path: Path, kind: str, batch: Any) -> None:
    run = trained(MODEL, batch=batch, record=4, seed=9, steps=30)
    path = tmp_path / f"run.{kind}"
    run.save(path)
    found = load_run(path)
    assert found.sha256 == run.sha256
    assert found.data_hash == run.data_hash
    assert found.recipe.order == run.recipe.order
    assert (found.ended, found.error, found.departure, found.notes, found.projections) == (
        run.ended, run.error, run.departure, run.notes, run.projections,
    )  # fmt: skip
    assert (found.recipe.text, found.recipe.source, found.recipe.hold, found.recipe.rate, found.recipe.steps) == (
        MODEL, "net.eq", (), 0.3, 30,
    )  # fmt: skip
    assert found.trace.columns == run.trace.columns
    assert found.trace["∂E/∂W"].tobytes() == run.trace["∂E/∂W"].tobytes()
    assert found.at(13)["W"].tobytes() == run.at(13)["W"].tobytes()
    assert found.verify()
    assert sorted(tmp_path.iterdir()) == sorted({path, *([path.with_name("run.csv.json")] if kind == "csv" else [])})


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_overflowed_is_read_back(trained: Trained, tmp_path: Path, kind: str) -> None:
    run = trained(steps=10**4, rate=100.0)
    run.save(tmp_path / f"run.{kind}")
    found = load_run(tmp_path / f"run.{kind}")
    assert (found.ended, found.departure) == ("left the finite numbers", run.departure)
    assert repr(found.error) == repr(run.error)
    assert found.verify()


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_run_gives_the_same_bytes(trained: Trained, tmp_path: Path, kind: str) -> None:
    for name in ("one", "two"):
        trained(MODEL, seed=2).save(tmp_path / f"{name}.{kind}")
    assert (tmp_path / f"one.{kind}").read_bytes() == (tmp_path / f"two.{kind}").read_bytes()


def test_numpy_reads_the_arrays(trained: Trained, tmp_path: Path) -> None:
    run = trained(MODEL)
    run.save(tmp_path / "run.npz")
    with np.load(tmp_path / "run.npz", allow_pickle=False) as found:
        assert found["weights/W"].tobytes() == run.trace["W"].tobytes()
        assert found["steps"].tolist() == run.trace.steps.tolist()


def test_json_has_no_number_that_is_not_json(trained: Trained, tmp_path: Path) -> None:
    trained(steps=10**4, rate=100.0).save(tmp_path / "run.json")
    found = json.loads((tmp_path / "run.json").read_text("utf-8"), parse_constant=pytest.fail)
    assert found["about"]["ended"] == "left the finite numbers"
    assert found["about"]["error"] in ("inf", "nan")


def test_a_table_is_plain_and_keeps_every_bit(trained: Trained, tmp_path: Path) -> None:
    run = trained(MODEL, steps=5)
    run.save(tmp_path / "run.csv")
    text = (tmp_path / "run.csv").read_text("ascii")
    head, *rows = csv.reader(io.StringIO(text))
    assert head[:4] == ["step", "rows", "W[0,1]", "W[0,2]"]
    assert len(rows) == 6
    for place, name in enumerate(head):
        if name not in ("step", "rows"):
            assert [float(row[place]) for row in rows] == run.trace[name].tolist()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\ta", "\ra", "\0a"])
def test_no_text_of_a_table_is_a_formula(text: str) -> None:
    assert safe(text) == f"'{text}"
    assert safe(f"a{text}") == f"a{text}"


@pytest.mark.parametrize("kind", KINDS)
def test_every_changed_byte_is_found(trained: Trained, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"run.{kind}"
    trained(steps=3).save(path)
    for part in tmp_path.iterdir():
        content = part.read_bytes()
        # the last byte of a text is the end of its line, which may be written in other ways
        last = len(content) - (part.suffix == ".json")
        for place in {*range(0, last, 7), *range(max(0, last - 70), last)}:
            changed = bytearray(content)
            changed[place] ^= 1 << place % 8
            part.write_bytes(changed)
            with pytest.raises(RunError) as caught:
                load_run(path)
            assert caught.value.code in ("E364", "E365")
        part.write_bytes(content)
        for stop in (0, 1, 20, len(content) // 2, last - 1):
            part.write_bytes(content[:stop])
            with pytest.raises(RunError) as caught:
                load_run(path)
            assert caught.value.code in ("E364", "E365")
        part.write_bytes(content)
    assert load_run(path).verify()


def test_a_run_that_lies_is_found_by_training_again(trained: Trained, tmp_path: Path) -> None:
    trained(steps=5).save(tmp_path / "run.json")
    text = (tmp_path / "run.json").read_text("utf-8")
    found = json.loads(text)
    for change, differs in (
        (
            lambda about, arrays: arrays["weights/w"]["values"].__setitem__(3, 0.75),
            "the weights or states after step 3",
        ),
        (lambda about, arrays: about.update(error=0.25), "the error at the end"),
        (lambda about, arrays: about.update(ended="converged"), "how the run ended"),
        (lambda about, arrays: about.update(steps=6), "the number of recorded steps"),
        (lambda about, arrays: about.update(batch="all"), "the weights or states after step 1"),
        (
            lambda about, arrays: arrays["values/alpha"]["values"].__setitem__(0, 0.2),
            "the weights or states after step 1",
        ),
    ):
        about, arrays = json.loads(json.dumps(found["about"])), json.loads(json.dumps(found["arrays"]))
        change(about, arrays)
        (tmp_path / "lie.json").write_bytes(resealed(about, arrays))
        report = load_run(tmp_path / "lie.json").verify()
        assert not report
        assert not report.same
        assert report.differs == differs


def resealed(about: Any, arrays: Any) -> bytes:
    text = json.dumps({"about": about, "arrays": arrays}, ensure_ascii=False)
    return seal(f'{text[:-1]}, "sha256": "'.encode(), b'"}')


def test_nothing_hostile_gives_a_traceback(trained: Trained, tmp_path: Path) -> None:
    """Every field of a sealed file replaced by what does not belong there."""
    run = trained(MODEL, steps=3)
    run.save(tmp_path / "run.json")
    found = json.loads((tmp_path / "run.json").read_text("utf-8"))
    strange: list[Any] = [
        None,
        True,
        -1,
        0,
        2**70,
        1e308,
        "x",
        "=1",
        [],
        [[]],
        {},
        {"a": 1},
        [1, "a"],
        "∂",
        "a" * 10**5,
    ]
    refused = 0
    for group in ("about", "arrays"):
        for field in found[group]:
            for value in (*strange, ...):
                parts = json.loads(json.dumps(found))
                if value is ...:
                    del parts[group][field]
                else:
                    parts[group][field] = value
                path = tmp_path / "strange.json"
                path.write_bytes(resealed(parts["about"], parts["arrays"]))
                try:
                    load_run(path).verify()
                except ChainruleError as error:
                    refused += bool(error.help)
    assert refused > 300


def test_shapes_that_do_not_fit_are_refused(trained: Trained, tmp_path: Path) -> None:
    trained(MODEL, steps=3).save(tmp_path / "run.json")
    found = json.loads((tmp_path / "run.json").read_text("utf-8"))
    for name, shape in (("weights/W", [24]), ("weights/W", [4, 2, 3]), ("values/x", [2, 4]), ("values/alpha", [1])):
        parts = json.loads(json.dumps(found["arrays"]))
        parts[name]["shape"] = shape
        (tmp_path / "strange.json").write_bytes(resealed(found["about"], parts))
        with pytest.raises(RunError) as caught:
            load_run(tmp_path / "strange.json")
        assert caught.value.code == "E364"


def test_a_later_form_is_refused(trained: Trained, tmp_path: Path) -> None:
    trained(steps=1).save(tmp_path / "run.json")
    found = json.loads((tmp_path / "run.json").read_text("utf-8"))
    for change in ({"version": 2}, {"numerics": "fused"}):
        (tmp_path / "later.json").write_bytes(resealed(found["about"] | change, found["arrays"]))
        with pytest.raises(RunError) as caught:
            load_run(tmp_path / "later.json")
        assert caught.value.code == "E366"


def test_a_model_that_cannot_be_built_again(trained: Trained, tmp_path: Path) -> None:
    trained(steps=1).save(tmp_path / "run.json")
    found = json.loads((tmp_path / "run.json").read_text("utf-8"))
    (tmp_path / "odd.json").write_bytes(resealed(found["about"] | {"text": "E = ("}, found["arrays"]))
    with pytest.raises(RunError) as caught:
        load_run(tmp_path / "odd.json")
    assert caught.value.code == "E368"


def archive(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as made:
        for name, content in members.items():
            made.writestr(name, content)
        made.comment = b"-" * 64
    return seal(file.getvalue()[:-64])


def npy(array: Any, **how: Any) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, array, **how)
    return file.getvalue()


class Bomb:
    def __reduce__(self) -> Any:
        return pytest.fail, ("unpickled",)


HUGE = npy(np.zeros(1)).replace(b"(1,), }" + b" " * 15, b"(1000000000000000,), }")[:128] + bytes(8)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (archive({"about.npy": bytes(10**6)}, zipfile.ZIP_DEFLATED), "is compressed or encrypted"),
        (
            archive({"about.npy": npy(np.array([Bomb()], dtype=object), allow_pickle=True)}),
            "is not an array of numbers",
        ),
        (archive({"about.npy": pickle.dumps(Bomb())}), "is not an array of numbers"),
        (archive({"about.npy": HUGE}), "does not have as many numbers as it says"),
        (archive({"about.npy": npy(np.zeros(3))}), "has no part 'about'"),
        (archive({"about.npy": npy(np.frombuffer(b"[1]", np.uint8))}), "its text is not a JSON object"),
        (archive({"about.npy": npy(np.frombuffer(b"[" * 10**5, np.uint8))}), "its text is not JSON"),
        (archive({"about.npy": npy(np.frombuffer(b'{"a": NaN}', np.uint8))}), "its text is not JSON"),
        (archive({"../../out.npy": npy(np.zeros(3))}), "has no part 'about'"),
        (archive({}), "has no part 'about'"),
        (seal(b"PK" + bytes(300)), "is not an archive that can be read"),
        (b"\x00\x01\x02", "is not a run"),
        (b"", "is not a run"),
        (b'{"about": {}}', "is not as it was written"),
    ],
)
def test_archives_that_are_no_runs(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "run.npz"
    path.write_bytes(content)
    with pytest.raises(RunError) as caught:
        load_run(path)
    assert problem in caught.value.problem
    assert caught.value.code in ("E364", "E365")
    assert caught.value.help


def test_parts_that_lie_over_one_another_are_refused(tmp_path: Path) -> None:
    """A thousand names for one stretch of the file are larger together than the file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("a.npy", bytes(10**4))
        made.filelist += [made.filelist[0]] * 1000
        made.comment = b"-" * 64
    (tmp_path / "run.npz").write_bytes(seal(file.getvalue()[:-64]))
    with pytest.raises(RunError, match="E364") as caught:
        load_run(tmp_path / "run.npz")
    assert "its parts are larger than the file" in caught.value.problem


def test_numbers_out_of_a_seal_that_is_right(trained: Trained, tmp_path: Path) -> None:
    """Random bytes changed inside a file that is then sealed again: an error of ours, or a run that can be judged."""
    trained(steps=3).save(tmp_path / "run.npz")
    content = (tmp_path / "run.npz").read_bytes()[:-64]
    draw = random.Random(1)
    for _ in range(300):
        changed = bytearray(content)
        for _ in range(draw.randint(1, 4)):
            changed[draw.randrange(len(changed))] = draw.randrange(256)
        (tmp_path / "odd.npz").write_bytes(seal(bytes(changed)))
        try:
            load_run(tmp_path / "odd.npz").verify()
        except ChainruleError as error:
            assert error.code.startswith("E3")  # noqa: PT017


def test_files_larger_than_the_limit_are_not_read(trained: Trained, tmp_path: Path) -> None:
    for kind in KINDS:
        path = tmp_path / f"run.{kind}"
        trained(steps=3).save(path)
        with pytest.raises(LimitError) as caught:
            load_run(path, limit=100)
        assert caught.value.code == "E363"
        assert load_run(path, limit=10**5).steps == 3


def test_what_is_not_a_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.npz")
    for name in ("missing.npz", "pipe.npz", ".", "a\0b.npz"):
        with pytest.raises(RunError) as caught:
            load_run(tmp_path / name)
        assert caught.value.code == "E362"


@pytest.mark.parametrize("name", ["run", "run.txt", "run.pkl", "run.zip"])
def test_a_name_that_says_no_kind(trained: Trained, tmp_path: Path, name: str) -> None:
    with pytest.raises(ChainruleError, match="E360"):
        save(trained(steps=1), tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", KINDS)
def test_a_place_that_cannot_be_written_is_named(trained: Trained, tmp_path: Path, kind: str) -> None:
    with pytest.raises(RunError) as caught:
        save(trained(steps=1), tmp_path / "nowhere" / f"run.{kind}")
    assert caught.value.code == "E361"
    assert "nowhere" in caught.value.problem
    (tmp_path / f"a.{kind}").mkdir()
    with pytest.raises(RunError, match="E361"):
        save(trained(steps=1), tmp_path / f"a.{kind}")
    assert {path.name for path in tmp_path.iterdir()} <= {f"a.{kind}", f"a.{kind}.json"}


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
    assert "nothing is lost: load_run reads" in drawn[1]
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


def test_ctrl_c_in_a_real_process_gives_the_run(tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    process = subprocess.Popen(
        [sys.executable, "-c", f"{BEGIN}run = go(steps=10**7, save=sys.argv[1])\nprint(run.ended, run.steps)", path],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    wait_for(tmp_path / "run.npz.journal", 4000)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    ended, steps = said.split()
    assert ended == "interrupted"
    found = load_run(path)
    assert (found.ended, found.steps) == ("interrupted", int(steps))
    assert found.verify()
    assert [part.name for part in tmp_path.iterdir()] == ["run.npz"]


def wait_for(path: Path, size: int) -> None:
    """Until a file has grown to a size."""
    import time

    for _ in range(600):
        if path.exists() and path.stat().st_size >= size:
            return
        time.sleep(0.05)
    pytest.fail(f"{path} did not grow")


@pytest.mark.parametrize("size", [1000, 20000])
def test_what_was_recorded_before_kill_9_is_read(tmp_path: Path, size: int) -> None:
    path = tmp_path / "run.npz"
    process = subprocess.Popen([sys.executable, "-c", BEGIN + "go(steps=10**7, save=sys.argv[1])", str(path)])
    log = tmp_path / "run.npz.journal"
    wait_for(log, size)
    process.kill()
    process.wait(timeout=30)
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


def test_a_table_too_large_is_refused(trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csvfile, "CELLS", 10)
    with pytest.raises(LimitError, match="E369"):
        trained(steps=3).save(tmp_path / "run.csv")
    monkeypatch.setattr(files, "TEXT", 10)
    with pytest.raises(LimitError, match="E369"):
        trained(steps=3).save(tmp_path / "run.json")
    assert not list(tmp_path.iterdir())


def test_the_error_of_an_unsaved_run_crosses_to_another_process(trained: Trained, tmp_path: Path) -> None:
    (tmp_path / "run.npz").mkdir()
    with pytest.raises(NotSaved) as caught:
        trained(steps=3, save=tmp_path / "run.npz")
    error = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
    assert str(error) == str(caught.value)


def test_the_header_that_numpy_writes_is_the_one_that_is_read() -> None:
    for array in (np.zeros((0, 2)), np.array(1.5), np.arange(3, dtype="<i8"), np.zeros((2, 3, 4))):
        assert npz.array(npy(array), "a", "b").tolist() == array.tolist()
