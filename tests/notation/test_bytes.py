"""Bytes of files and pipes: what is there is read, what never comes is not waited for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import Started

import chainrule as cr
from chainrule.notation.bytes import content

TEXT = "weight w := 0.5\nE = w²\n"

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


def test_a_pipe_that_nobody_writes_is_not_waited_for(pipe: Path) -> None:
    with pytest.raises(OSError, match="nobody writes into this pipe"):
        content(pipe, 100)
    with pytest.raises(cr.DataError) as caught:
        cr.load(pipe)
    assert caught.value.code == "E457"


@pytest.mark.parametrize("line", ["eval ./pipe", "train identity --start w=@pipe", "train identity --start ./pipe",
                                  "train identity --update @pipe", "train identity --batch @pipe",
                                  "train identity --data ./pipe", "resume ./pipe", "explain identity --run ./pipe"])
def test_no_command_waits(started: Started, pipe: Path, line: str) -> None:
    process = started([sys.executable, "-m", "chainrule", *line.split()], cwd=pipe.parent, text=True,
                      stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, "error[E" in err) == (2, "", True)


@pytest.mark.parametrize("wait", ["", "sleep 0.3; "])
def test_a_pipe_that_someone_writes_is_read(started: Started, pipe: Path, wait: str) -> None:
    writer = started(["bash", "-c", f"exec 3> pipe; echo begun; {wait}printf '%s' \"$0\" >&3", TEXT], cwd=pipe.parent,
                     text=True, stdout=subprocess.PIPE)  # fmt: skip
    handle = os.open(pipe, os.O_RDONLY)  # lets the writer begin
    assert writer.stdout is not None
    writer.stdout.readline()
    assert cr.load(pipe).text == TEXT
    os.close(handle)


@pytest.mark.parametrize("most", [0, 1, 10, 1000])
def test_no_more_than_so_many_bytes(tmp_path: Path, most: int) -> None:
    (tmp_path / "text").write_bytes(b"x" * 100)
    assert content(tmp_path / "text", most) == b"x" * min(most, 100)


def test_a_folder_and_nothing_are_errors(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "none"):
        with pytest.raises(OSError, match="directory"):
            content(place, 10)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not hold a process to its address space")
def test_memory_is_taken_by_the_size_of_the_file(started: Started, tmp_path: Path) -> None:
    """Where a process may have little, as under ulimit -v, small files are read: whatever the limits of their sizes."""
    program = """
import resource
from pathlib import Path
import chainrule as cr
Path("m.eq").write_text("data x\\nweight w := 0.5\\nE = (w*x - 1)^2\\n", "utf-8")
Path("d.csv").write_text("x\\n1\\n2\\n", "utf-8")
Path("w.json").write_text('{"w": 0.25}', "utf-8")
run = cr.load("m.eq", "d.csv").train(steps=3, engine="reference")
for kind in ("npz", "json", "csv"):
    run.save(f"run.{kind}")
held = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (held + 2**28, held + 2**28))
for kind in ("npz", "json", "csv"):
    assert cr.load_run(f"run.{kind}").sha256 == run.sha256
Path("d.csv").write_text("x\\n1\\n3\\n", "utf-8")
cr.load("m.eq", "d.csv").train(steps=3, start="w.json", engine="reference")
print("read")
"""
    process = started([sys.executable, "-c", program], cwd=tmp_path, text=True, stdout=subprocess.PIPE,
                      stderr=subprocess.PIPE)  # fmt: skip
    assert process.communicate(timeout=60) == ("read\n", "")
