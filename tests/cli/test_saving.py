"""A training that is ended while it trains or saves: what it says, what is left, and the command that goes on."""

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import PATIENCE, Started, grown

from chainrule.train.files import load_run

from .conftest import Said

SLOW = """
import sys, time
from chainrule.train import files
whole = files.{where}
def slow(*given):
    print("saving", flush=True)
    time.sleep({first})
    made = whole(*given)
    time.sleep(60)
    return made
files.{where} = slow
from chainrule.cli import main
main()
"""
"""The command line, with a saving that takes a minute at one of its places."""

TRAIN = ("train", "identity", "--rate", "0.01", "--steps", "700")


def slowly(
    started: Started, folder: Path, *line: str, where: str = "write_all", first: float = 60
) -> subprocess.Popen[str]:
    program = SLOW.format(where=where, first=first)
    process = started(
        [sys.executable, "-c", program, *line], cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "saving\n"
    time.sleep(0.2)
    return process


def commanded(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the command that a text names, as a shell would."""
    (line,) = (one.partition("to go on: ")[2] for one in text.splitlines() if "to go on: " in one)
    assert line.startswith("chainrule ")
    line = f"{shlex.quote(sys.executable)} -m {line}"
    return subprocess.run(["bash", "-c", line], cwd=folder, text=True, capture_output=True, timeout=120, check=False)


@pytest.mark.parametrize(
    ("name", "number", "code"),
    [("run.csv", signal.SIGINT, 130), ("a run.json", signal.SIGTERM, 143), ("-x.npz", signal.SIGHUP, 129)],
)
def test_a_signal_while_saving_names_the_journal_and_what_goes_on(
    started: Started,
    tmp_path: Path, name: str, number: signal.Signals, code: int
) -> None:
    process = slowly(started, tmp_path, *TRAIN, f"--out={name}")
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == code
    assert (out, "Traceback" in err) == ("", False)
    assert f"{name}.journal" in err
    assert [part.name for part in tmp_path.iterdir()] == [f"{name}.journal"]
    done = commanded(err, tmp_path)
    assert done.returncode == 0, done.stderr
    run = load_run(tmp_path / name)
    assert (run.steps, run.ended) == (700, "steps")
    assert run.verify()
    assert not (tmp_path / f"{name}.journal").exists()


def test_ctrl_c_twice_in_a_row(started: Started, tmp_path: Path) -> None:
    """The first ends the training, the second its saving: the journal is named, and the training is not over."""
    process = started(
        [sys.executable, "-c", SLOW.format(where="write_all", first=60), "train", "identity", "--rate=1e-9",
         "--steps=9000000", "--record=1000", "--out=run.csv"],
        cwd=tmp_path, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    grown(tmp_path / "run.csv.journal", 4000)
    process.send_signal(signal.SIGINT)
    assert process.stdout is not None
    assert process.stdout.readline() == "saving\n"
    process.send_signal(signal.SIGINT)
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "run.csv.journal" in err
    assert "chainrule resume run.csv.journal" in err
    assert "Traceback" not in err
    assert 0 < load_run(tmp_path / "run.csv.journal").steps < 9000000


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_of_another_kind_is_heard_too(
    started: Started, tmp_path: Path, number: signal.Signals
) -> None:
    """Once a training was interrupted, no signal ends the command before it said what it has to say."""
    program = """
import time
from chainrule.cli import commands
def slow(*given):
    print("saved", flush=True)
    time.sleep(60)
commands.page = slow
from chainrule.cli import main
main()
"""
    process = started(
        [sys.executable, "-c", program, "train", "identity", "--rate=1e-9", "--steps=9000000", "--record=1000",
         "--out=run.npz"],
        cwd=tmp_path, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    grown(tmp_path / "run.npz.journal", 4000)
    process.send_signal(signal.SIGINT)
    assert process.stdout is not None
    assert process.stdout.readline() == "saved\n"
    process.send_signal(number)
    _, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err.strip()) == (128 + number, "interrupted")
    assert load_run(tmp_path / "run.npz").ended == "interrupted"


def test_a_signal_between_the_two_files_of_a_table_waits(started: Started, tmp_path: Path) -> None:
    """What was written and is being put in its place is put there; then the process ends."""
    program = """
import sys
from pathlib import Path
from chainrule.train import disk
replace = Path.replace
def slow(self, target):
    replace(self, target)
    print("saving", flush=True)
    sys.stdin.readline()  # until the signal was sent
Path.replace = slow
from chainrule.cli import main
main()
"""
    process = started(
        [sys.executable, "-c", program, *TRAIN, "--out=run.csv"], cwd=tmp_path, text=True, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "saving\n"
    process.send_signal(signal.SIGINT)
    process.communicate("\n\n", timeout=PATIENCE)
    assert process.returncode == 130
    assert load_run(tmp_path / "run.csv").verify()


@pytest.mark.parametrize("old", [False, True])
def test_kill_9_between_the_two_files_of_a_table(tmp_path: Path, old: bool) -> None:
    program = """
import os, signal, sys
from pathlib import Path
import chainrule as cr
replace, many = Path.replace, int(sys.argv[1])
def fatal(self, target):
    replace(self, target)
    os.kill(os.getpid(), signal.SIGKILL)
model = cr.example("identity")
if many:
    model.train(steps=3).save("run.csv")
Path.replace = fatal
model.train(steps=9).save("run.csv")
"""
    done = subprocess.run([sys.executable, "-c", program, str(int(old))], cwd=tmp_path, timeout=PATIENCE, check=False)
    assert done.returncode == -signal.SIGKILL
    run = load_run(tmp_path / "run.csv")
    assert run.steps == 9
    assert run.verify()
    run.save(tmp_path / "run.csv")
    assert sorted(part.name for part in tmp_path.iterdir()) == ["run.csv", "run.csv.json"]


def test_a_run_that_was_interrupted_says_how_to_go_on(started: Started, tmp_path: Path) -> None:
    process = started(
        [sys.executable, "-m", "chainrule", "train", "identity", "--rate=1e-9", "--steps=3000000", "--record=1000",
         "--out=run.npz"],
        cwd=tmp_path, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    grown(tmp_path / "run.npz.journal", 4000)
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 143
    assert "to go on with it: chainrule resume run.npz" in out
    assert load_run(tmp_path / "run.npz").ended == "interrupted"


def test_another_process_is_writing_the_journal(started: Started, tmp_path: Path, run: Callable[..., Said]) -> None:
    process = slowly(started, tmp_path, *TRAIN, "--out=run.npz")
    try:
        for line in ("train identity --out run.npz", "resume run.npz.journal"):
            said = run(line)
            assert said.code == 2
            assert "E367" in said.err
    finally:
        process.kill()
        process.communicate()
    assert run("resume run.npz.journal --out other.json").code == 0
    assert load_run(tmp_path / "other.json").steps == 700
    assert not (tmp_path / "run.npz.journal").exists()


@pytest.mark.parametrize(
    "name", ["none/run.npz", "folder.npz", "run.txt", "a\0b.npz", f"{'é' * 126}.npz", "none/p.html"]
)
def test_a_file_that_cannot_be_written_is_refused_before_training(
    tmp_path: Path, run: Callable[..., Said], name: str
) -> None:
    (tmp_path / "folder.npz").mkdir()
    began = time.process_time()
    out = ["--html", name] if name.endswith("html") else ["--steps", "9000000", "--record", "1000", "--out", name]
    command = "explain" if name.endswith("html") else "train"
    said = run(shlex.join([command, "identity", "--rate", "1e-9", *out]))
    assert time.process_time() - began < 5
    assert said.code == 2
    assert "E36" in said.err
    assert [part.name for part in tmp_path.iterdir()] == ["folder.npz"]


def test_plot_refuses_before_training_too(run: Callable[..., Said]) -> None:
    said = run("plot identity --rate 1e-9 --steps 9000000 --batch all --out none/error.svg")
    assert (said.code, "E361" in said.err) == (2, True)


def test_a_table_too_large_is_refused_before_training(run: Callable[..., Said]) -> None:
    said = run("train identity --rate 1e-9 --steps 9000000 --out run.csv")
    assert (said.code, "E369" in said.err) == (2, True)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no names of bytes that are no text")
def test_names_that_are_no_text(tmp_path: Path) -> None:
    """Latin-1 names of the model, its data, the run and the page: written as they are."""
    (tmp_path / os.fsdecode(b"caf\xe9.eq")).write_text("data x\ntarget y\nweight w := 0.5\nE = (w*x − y)²\n", "utf-8")
    (tmp_path / os.fsdecode(b"d\xff.csv")).write_text("x,y\n1,2\n", "utf-8")
    train = [b"train", b"caf\xe9.eq", b"--data", b"d\xff.csv", b"--steps=5", b"--out"]
    lines = [
        *([*train, b"r\xfcn." + kind] for kind in (b"csv", b"json", b"npz")),
        *([b"train", b"caf\xe9.eq", b"--verify", b"r\xfcn." + kind] for kind in (b"csv", b"json", b"npz")),
        [b"explain", b"caf\xe9.eq", b"--run", b"r\xfcn.csv", b"--html", b"p\xe4.html"],
        [b"plot", b"caf\xe9.eq", b"--run", b"r\xfcn.csv", b"--out", b"f\xef.svg"],
        [b"plot", b"caf\xe9.eq", b"--run", b"r\xfcn.csv"],
    ]
    program = f"""
import os, sys
from chainrule.cli import main
for line in {lines}:
    sys.argv = ["chainrule", *map(os.fsdecode, line)]
    try:
        main()
    except SystemExit as ended:
        print(ended.code or 0, file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, timeout=120, check=False)
    assert done.stderr == b"0\n" * len(lines)
    for name, begins in ((b"p\xe4.html", "<!"), (b"f\xef.svg", "<svg")):
        assert (tmp_path / os.fsdecode(name)).read_bytes().decode("utf-8").startswith(begins)
    assert load_run(tmp_path / os.fsdecode(b"r\xfcn.npz")).recipe.source == os.fsdecode(b"caf\xe9.eq")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no names of bytes that are no text")
def test_a_journal_with_such_a_name_is_named_so_that_the_command_works(started: Started, tmp_path: Path) -> None:
    name = os.fsdecode(b"r\xfc n.npz")
    process = slowly(started, tmp_path, *TRAIN, "--out", name)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    assert commanded(err, tmp_path).returncode == 0
    assert load_run(tmp_path / name).steps == 700
