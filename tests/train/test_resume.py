"""Going on with a training that was cut short gives the run that it would have been, to the last bit."""

import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Started

import chainrule as cr
from chainrule.errors import ChainruleError, RunError, UsageError
from chainrule.train import disk, files
from chainrule.train.files import NotSaved, load_run, save
from chainrule.train.journal import LEFT, Journal
from chainrule.train.resume import resume, where
from chainrule.train.run import Run
from chainrule.train.trace import Trace

Trained = Callable[..., Run]

LINE = "data x in {0, 1, 2}\ntarget y = 2*x + 1\nweight w := 0.5, b := 0\nE = (w*x + b - y)^2/2\n"
BOXED = "data x in {0, 1, 2}\ntarget y = 2*x + 1\nweight w in [-1, 1] := 0.5, b := 0\nE = (w*x + b - y)^2/2\n"
CASES: dict[str, dict[str, Any]] = {
    "each": {"steps": 50},
    "every third, by momentum": {"steps": 50, "record": 3, "batch": "shuffled", "seed": 4, "update": "momentum"},
    "in a box": {"text": BOXED, "steps": 60, "record": 7},
    "converging": {"steps": 5000, "rate": 0.5, "record": 4},
    "converging at once": {"steps": 5000, "rate": 0.0, "record": 5},
    "with patterns held out": {"steps": 50, "record": 2, "validation": 0.4, "standardise": True, "seed": 2},
    "with other data held out": {"steps": 50, "validation": {"x": [2, 0, 2]}, "rate": 0.01},
    "overflowing": {"steps": 5000, "rate": 100.0, "record": 2},
}


def cut(trained: Trained, path: Path, at: int, *, killed: bool, **how: Any) -> None:
    """A training that ends after a chunk, by Ctrl-C or as if the process had died."""

    def stop(done: int, _: int) -> None:
        if done >= at:
            raise KeyboardInterrupt if not killed else SystemError

    try:
        trained(**how, save=path, progress=stop)
    except SystemError:
        assert killed


@pytest.mark.parametrize("killed", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_it_is_the_run_that_it_would_have_been(tmp_path: Path, case: str, killed: bool) -> None:
    how = dict(CASES[case])
    model = cr.Model(how.pop("text", LINE))

    def go(**more: Any) -> Run:
        return model.train(engine="reference", **how, **more)

    whole = go()
    for number, at in enumerate((1, 2, 9, 25, 70)):
        path = tmp_path / f"{number}.npz"
        cut(go, path, at, killed=killed)
        left = path.with_name(f"{path.name}.journal") if killed else path
        if not left.exists() or load_run(left).ended != "interrupted":
            assert load_run(path).sha256 == whole.sha256, "it came to its end before"
            continue
        found = resume(left)
        for run in (found, load_run(path)):
            assert (run.sha256, run.ended, run.departure) == (whole.sha256, whole.ended, whole.departure)
            assert (repr(run.error), run.projections, run.notes) == (repr(whole.error), whole.projections, whole.notes)
            assert (run.validation is None) == (whole.validation is None)
            assert run.validation is None or run.validation.tolist() == whole.validation.tolist()
            assert run.json() == whole.json()
        assert found.verify()
        assert [part.name for part in tmp_path.iterdir() if part.name.startswith(str(number))] == [path.name]


@pytest.mark.parametrize("record", [1, 2, 5])
@pytest.mark.parametrize("rate", [0.0, 0.5])
def test_a_training_cut_short_at_every_row_converges_where_it_would_have(record: int, rate: float) -> None:
    """How many of the latest steps changed nothing is found again, wherever the record breaks off."""
    whole = cr.Model(LINE).train(rate=rate, record=record, steps=5000, engine="reference")
    assert whole.ended == "converged"
    record_of = whole.trace.record
    for rows in range(max(1, len(record_of) - 9), len(record_of)):
        trace = Trace(record_of[:rows], whole.recipe.order, "E", whole.program, whole.recipe.bound, whole.loaded)
        found = where(replace(whole, trace=trace, ended="interrupted"), None).follow(None, None, None)
        assert (found.ended, found.sha256) == (whole.ended, whole.sha256)


def test_it_may_be_cut_short_again_and_again(trained: Trained, tmp_path: Path) -> None:
    path, whole = tmp_path / "run.csv", trained(steps=400, rate=0.01, record=3)
    cut(trained, path, 1, killed=True, steps=400, rate=0.01, record=3)
    log = tmp_path / "run.csv.journal"
    for at in (5, 20, 60):

        def stop(done: int, _: int, at: int = at) -> None:
            if done > at:
                raise SystemError

        with pytest.raises(SystemError):
            resume(log, progress=stop)
        before = load_run(log).steps
        assert before > at - 4
        with log.open("ab") as file:
            file.write(log.read_bytes()[20:200])  # half of a record
    found = resume(log)
    assert found.sha256 == whole.sha256 == load_run(path).sha256
    assert not LEFT & {log}


def test_what_cannot_be_gone_on_with(trained: Trained, tmp_path: Path) -> None:
    trained(steps=3, save=tmp_path / "run.npz")
    cut(trained, tmp_path / "cut.npz", 1, killed=True)
    log = (tmp_path / "cut.npz.journal").rename(tmp_path / "renamed.journal")
    for path, more, code in (
        (tmp_path / "run.npz", {}, "E374"),
        (tmp_path / "none.npz", {}, "E362"),
        (log, {}, "E360"),
        (log, {"save": tmp_path / "none" / "run.npz"}, "E361"),
        (log, {"save": tmp_path / "run.npz", "memory": 10}, "E356"),
        (log, {"save": tmp_path / "run.npz", "memory": "x"}, "E353"),
        (3, {}, "E360"),
    ):
        with pytest.raises(ChainruleError) as caught:
            resume(path, **more)  # type: ignore[arg-type]
        assert caught.value.code == code
    assert resume(log, tmp_path / "other.json").steps == 40
    assert not log.exists()


def test_a_journal_without_a_record_is_written_over(trained: Trained, tmp_path: Path) -> None:
    """The process died before anything was recorded: there is nothing to lose."""
    cut(trained, tmp_path / "run.npz", 1, killed=True)
    log = tmp_path / "run.npz.journal"
    content = log.read_bytes()
    for stop in (0, 5, 20, 100):
        log.write_bytes(content[:stop])
        trained(steps=3, save=tmp_path / "run.npz")
        assert not log.exists()
    log.write_bytes(content)
    with pytest.raises(RunError, match="E367"):
        trained(steps=3, save=tmp_path / "run.npz")
    assert log.read_bytes() == content


def test_the_directory_is_gone_when_the_run_is_saved(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    def remove(done: int, steps: int) -> None:
        if done == steps:
            (folder / "run.csv.journal").unlink()
            folder.rmdir()

    with pytest.raises(NotSaved) as caught:
        trained(save=folder / "run.csv", progress=remove)
    (copy,) = (tmp_path / "here").iterdir()
    assert str(copy) in caught.value.help
    assert load_run(copy).sha256 == caught.value.run.sha256


def test_another_journal_in_its_place_is_left_alone(trained: Trained, tmp_path: Path) -> None:
    log = tmp_path / "run.npz.journal"

    def replace(done: int, steps: int) -> None:
        if done == steps:
            log.unlink()
            Journal(log).close()

    trained(save=tmp_path / "run.npz", progress=replace)
    assert load_run(tmp_path / "run.npz").steps == 40
    assert log.exists()


def test_a_link_stays_and_its_file_is_replaced(trained: Trained, tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    for kind in ("npz", "csv"):
        link, real = tmp_path / f"run.{kind}", tmp_path / "far" / f"real.{kind}"
        link.symlink_to(real)
        for steps in (1, 2):
            trained(steps=steps, save=link)
            assert link.is_symlink()
            assert real.is_file()
            assert load_run(link).steps == steps
    assert not [part for part in tmp_path.rglob("*") if part.suffix in (".tmp", ".journal")]


def test_who_may_read_a_file_stays(trained: Trained, tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    trained(steps=1).save(path)
    path.chmod(0o600)
    trained(steps=2).save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_run(path).steps == 2


def test_nothing_but_a_file_is_replaced(trained: Trained, tmp_path: Path) -> None:
    run = trained(steps=1)
    os.mkfifo(tmp_path / "pipe.npz")
    (tmp_path / "folder.csv.json").mkdir()
    (tmp_path / "loop.npz").symlink_to(tmp_path / "loop.npz")
    for name in ("pipe.npz", "folder.csv", "loop.npz"):
        before = sorted(tmp_path.iterdir())
        with pytest.raises(RunError, match="E361"):
            save(run, tmp_path / name)
        with pytest.raises(UsageError, match="E361"):
            trained(steps=1, save=tmp_path / name)
        assert sorted(tmp_path.iterdir()) == before


def test_long_names_are_known_to_fit_before_training(trained: Trained, tmp_path: Path) -> None:
    path = tmp_path / f"{'n' * 238}.npz"
    trained(steps=1, save=path)
    assert load_run(path).steps == 1
    with pytest.raises((RunError, UsageError), match="E361"):
        trained(steps=1, save=tmp_path / f"{'n' * 248}.npz", progress=lambda *_: pytest.fail("it trained"))


def test_two_processes_that_save_one_table_leave_one_of_the_two(started: Started, tmp_path: Path) -> None:
    import sys

    program = """
import sys
import chainrule as cr
run = cr.example("identity").train(steps=int(sys.argv[1]))
for _ in range(60):
    run.save("run.csv")
"""
    both = [started([sys.executable, "-c", program, str(steps)], cwd=tmp_path) for steps in (4, 9)]
    assert [one.wait(timeout=120) for one in both] == [0, 0]
    assert load_run(tmp_path / "run.csv").steps in (4, 9)
    assert sorted(part.name for part in tmp_path.iterdir()) == ["run.csv", "run.csv.json"]


def test_a_second_interrupt_leaves_a_journal_that_can_be_gone_on_with(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C at every call of the system while the run is saved: the file is whole, or the journal stands."""
    calls = {name: getattr(os, name) for name in ("open", "write", "fsync")}
    whole = trained()
    for fault in range(1, 30):
        path = tmp_path / f"{fault}.csv"
        count, saving = 0, False
        to_csv = files.to_csv

        def begun(run: Run, to_csv: Any = to_csv) -> Any:
            nonlocal saving
            made = to_csv(run)
            saving = True
            return made

        def call(name: str) -> Callable[..., Any]:
            def called(*given: Any) -> Any:
                nonlocal count
                count += saving  # noqa: B023
                if count == fault:  # noqa: B023
                    count += 1
                    raise KeyboardInterrupt
                return calls[name](*given)

            return called

        with monkeypatch.context() as patch:
            patch.setattr(files, "to_csv", begun)
            for name in calls:
                patch.setattr(disk.os, name, call(name))
            try:
                trained(save=path)
            except (NotSaved, KeyboardInterrupt):
                pass
            else:
                break
        log = tmp_path / f"{fault}.csv.journal"
        found = resume(log) if log.exists() else load_run(path)
        assert found.sha256 == whole.sha256 == load_run(path).sha256
    assert fault > 8


@pytest.mark.parametrize("kind", ["npz", "json", "csv"])
def test_a_saving_that_was_interrupted_keeps_what_is_held_out(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, path = cr.Model(LINE), tmp_path / f"run.{kind}"
    how: dict[str, Any] = {"steps": 50, "validation": 0.4, "standardise": "x", "record": 3, "engine": "reference"}
    whole = model.train(**how)

    def interrupted(made: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(files, "write_all", interrupted)
        with pytest.raises(NotSaved) as caught:
            model.train(**how, save=path)
    assert caught.value.code == "E373"
    left = load_run(f"{path}.journal")
    resume(f"{path}.journal")
    for run in (caught.value.run, left, load_run(path)):
        assert run.validation is not None
        assert run.validation.tolist() == whole.validation.tolist()[: len(run.trace)]
        assert len(run.trace) >= len(whole.trace) - (run is left)  # the last row has its turn at the end alone
        assert {name: [*map(float, two)] for name, two in run.scales.items()} == {
            name: [*map(float, two)] for name, two in whole.scales.items()
        }
    assert load_run(path).notes == whole.notes
    assert load_run(path).verify()
