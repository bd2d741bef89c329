"""Streams that lack characters, are closed, full or read no further; and terminals of every width."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import shlex
import struct
import subprocess
import sys
import termios
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner

import chainrule as cr
from chainrule.cli import cli
from chainrule.errors import width

PROGRAM = [sys.executable, "-m", "chainrule"]
PLAIN = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR", "TERM", "LANG")}

LINES = (
    "explain identity --claim update --claim dead", "explain identity --claim map", "derive identity",
    "derive mazur", "check identity ∂E/∂w=1",
    "train xor --steps 3", "plot identity --steps 3 --out a.svg", "eval mazur --second", "eval identity --curvature",
    "examples", "examples identity", "examples --misconceptions", "examples --misconceptions tangent",
    "resume cut.npz --out whole.npz", "code identity --to javascript", "new --inputs 2",
    "format identity", "completion bash", "devices",
    "page identity --no-questions --steps 9", "map identity --axis w=[0.1,1] --steps 9",
)  # fmt: skip


def test_every_command_is_among_the_lines() -> None:
    assert {line.split()[0] for line in LINES} == set(cli.commands)


def left(folder: Path) -> None:
    """A run that was cut short, for the command that goes on with one."""

    def stop(done: int, steps: int) -> None:
        raise KeyboardInterrupt

    assert cr.example("identity").train(save=folder / "cut.npz", progress=stop).ended == "interrupted"


def piped(line: str, folder: Path, **more: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*PROGRAM, *shlex.split(line)], capture_output=True, cwd=folder, env={**PLAIN, **more})


# ---- characters ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "cp1252", "utf-16", "cp437:strict"])
def test_a_stream_that_lacks_characters_has_their_ascii_form(encoding: str, tmp_path: Path) -> None:
    left(tmp_path)
    lines = (*LINES[::3], "derive --help", "eval nope-ŷ") if encoding in ("latin-1", "ascii") else ()
    for line in lines:
        done = piped(line, tmp_path, PYTHONIOENCODING=encoding)
        assert b"Traceback" not in done.stderr
        assert done.returncode in (0, 1, 2)
        text = done.stdout.decode(encoding.partition(":")[0])
        assert text or done.returncode == 2
    done = piped("eval identity", tmp_path, PYTHONIOENCODING=encoding)
    text = done.stdout.decode(encoding.partition(":")[0])
    assert ("ŷ" if encoding == "utf-16" else "y_hat") in text
    assert "?" not in text


def test_what_can_be_shown_stays_and_tables_stay_aligned(tmp_path: Path) -> None:
    shown = piped("eval identity", tmp_path, PYTHONIOENCODING="latin-1").stdout.decode("latin-1")
    table = [line for line in shown.split("\n\n")[2].splitlines() if line]
    assert "y_hat" in table[0]
    assert len({len(line) for line in table}) == 1, table
    derived = piped("derive identity", tmp_path, PYTHONIOENCODING="latin-1").stdout.decode("latin-1")
    assert "(y_hat - y)·x" in derived, "a dot is a character of Latin-1"


@pytest.mark.parametrize("more", [{"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}])
def test_a_machine_without_a_language(more: dict[str, str], tmp_path: Path) -> None:
    done = piped("derive identity", tmp_path, **more)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode()


def test_json_and_html_are_whole_in_every_encoding(tmp_path: Path) -> None:
    found = [
        json.loads(piped("explain identity --claim update --json", tmp_path, PYTHONIOENCODING=encoding).stdout)
        for encoding in ("utf-8", "latin-1", "ascii")
    ]
    assert found[0] == found[1] == found[2]
    pages = [
        unescape(piped("derive identity --format html", tmp_path, PYTHONIOENCODING=encoding).stdout.decode())
        for encoding in ("utf-8", "latin-1", "ascii")
    ]
    assert pages[0] == pages[1] == pages[2]


@pytest.mark.parametrize("name", ["identity", "xor", "growth", "mazur"])
def test_an_example_from_an_ascii_stream_is_the_same_model(name: str, tmp_path: Path) -> None:
    done = piped(f"examples {name}", tmp_path, PYTHONIOENCODING="latin-1")
    model, original = cr.Model(done.stdout.decode("ascii")), cr.example(name)
    data = original.data
    assert model.evaluate(data=data).gradient == original.evaluate(data=data).gradient


# ---- faults ----------------------------------------------------------------------------------------------------------


def shell(line: str, folder: Path) -> tuple[int, str, str]:
    done = subprocess.run(
        ["bash", "-c", line.replace("chainrule", shlex.join(PROGRAM))], capture_output=True, cwd=folder, env=PLAIN
    )
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode()


FAULTS = [
    ("chainrule eval identity > /dev/full", 3, "E470", "no space left on device"),
    ("chainrule eval identity --json > /dev/full", 3, "E470", "no space left on device"),
    ("chainrule eval nope --json > /dev/full", 3, "E470", "no space left on device"),
    ("chainrule --help > /dev/full", 3, "E470", "no space left on device"),
    ("chainrule --version > /dev/full", 3, "E470", "no space left on device"),
    ("chainrule explain identity >&-", 3, "E470", "it is closed"),
    ("chainrule train identity --steps 3 --json >&-", 3, "E470", "it is closed"),
    ("chainrule eval - <&-", 3, "E471", "it is closed"),
]


@pytest.mark.parametrize("buffered", ["", "1"])
@pytest.mark.parametrize("line, code, error, why", FAULTS, ids=[line for line, *_ in FAULTS])
def test_a_stream_that_fails(line: str, code: int, error: str, why: str, buffered: str, tmp_path: Path) -> None:
    found, out, err = shell(f"export PYTHONUNBUFFERED={buffered}; {line}", tmp_path)
    assert (found, out) == (code, "")
    assert err.startswith(f"error[{error}]: standard ")
    assert why in err.splitlines()[0]
    assert len(err.splitlines()) == 2


@pytest.mark.parametrize("closed", ["2>&-", "2>/dev/full", "<&-", "<&- 2>&-"])
def test_what_is_not_needed_may_be_closed(closed: str, tmp_path: Path) -> None:
    assert shell(f"chainrule eval identity {closed}", tmp_path)[0] == 0
    assert shell(f"chainrule eval nope {closed}", tmp_path)[0] == 2
    assert shell(f"chainrule train xor --steps 5 --out run.json {closed}", tmp_path)[0] == 0
    assert cr.load_run(tmp_path / "run.json").verify(), "nothing was written into the file by the way"
    assert shell(f"chainrule train growth --steps 20000 --engine reference {closed}", tmp_path)[0] == 0


@pytest.mark.parametrize("line", ["explain identity", "derive xor", "eval xor --json", "--help"])
@pytest.mark.parametrize("reader", ["head -1", "true"])
def test_a_reader_that_leaves_is_no_error(line: str, reader: str, tmp_path: Path) -> None:
    code, _, err = shell(f"set -o pipefail; chainrule {line} | {reader}", tmp_path)
    assert err == ""
    assert code in (0, 141)


def test_a_reader_that_left_before_anything_was_written_ends_the_command(tmp_path: Path) -> None:
    code, _, err = shell("set -o pipefail; chainrule examples | exec 0<&-", tmp_path)
    assert (code, err) == (141, "")


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
@pytest.mark.parametrize("model", ["-", "/dev/stdin", "identity"])
def test_a_table_is_not_read_from_standard_input(name: str, model: str, tmp_path: Path) -> None:
    text = cr.example("identity").text
    done = subprocess.run(
        [*PROGRAM, "eval", model, "--data", name], input=text.encode(), capture_output=True, cwd=tmp_path, env=PLAIN,
    )  # fmt: skip
    assert done.returncode == 2
    assert b"standard input" in done.stderr.splitlines()[0]
    assert b"ends in .csv" in done.stderr


# ---- widths ----------------------------------------------------------------------------------------------------------

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def on_terminal(line: str, columns: int, folder: Path, **more: str) -> str:
    """What a command writes on a terminal that has so many columns."""
    above, below = pty.openpty()
    fcntl.ioctl(below, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen(
        [*PROGRAM, *shlex.split(line)], stdin=below, stdout=below, stderr=below, cwd=folder,
        env={**PLAIN, "TERM": "xterm-256color", **more},
    ) as process:  # fmt: skip
        os.close(below)
        found = b""
        while select.select([above], [], [], 60)[0]:
            try:
                part = os.read(above, 65536)
            except OSError:
                break
            if not part:
                break
            found += part
        process.wait(60)
    os.close(above)
    return COLOUR.sub("", found.decode()).replace("\r\n", "\n")


def too_wide(text: str, columns: int) -> list[str]:
    """Lines that a terminal would break, but for words that are wider than what is left of a line."""
    return [
        line for line in text.splitlines()
        if width(line) > columns and max(map(width, line.split())) <= columns - len(line) + len(line.lstrip(" "))
    ]  # fmt: skip


@pytest.mark.parametrize("line", [line for line in LINES if line.split()[0] not in ("code", "completion", "new")])
@pytest.mark.parametrize("columns", [20, 40, 80, 200])
def test_no_command_is_wider_than_the_terminal(
    line: str, columns: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    left(tmp_path)
    for terminal in (False, True) if columns == 40 else (True,):
        monkeypatch.setattr("chainrule.cli.output.on_terminal", lambda terminal=terminal: terminal)
        done = CliRunner(env={"COLUMNS": str(columns)}).invoke(cli, shlex.split(line), color=True)
        assert done.exit_code in (0, 1), done.output
        shown = COLOUR.sub("", done.stdout)
        assert len(shown) > 20
        if line not in ("examples identity", "format identity"):  # a model is a file: its lines stay as they are
            assert too_wide(shown, columns) == []


REFUSED = (
    "eval long.eq", "evl identity", "eval identity --limit foo=1", "train xor --steps -3", "eval nope.eq",
    "eval identity --nope", "check identity ∂E/∂w=tahn(x·w·x)+x·x·x·x·x·x·x·x·x·x·x·x·x",
    "plot identity --out nowhere/a.svg",
)  # fmt: skip


@pytest.mark.parametrize("line", REFUSED)
@pytest.mark.parametrize("columns", [20, 33, 80, 200])
def test_no_error_is_wider_than_the_terminal(
    line: str, columns: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    long = " + ".join(f"w·x_{k}" for k in range(30))
    (tmp_path / "long.eq").write_text(f"weight w := 1\nE = {long} + tahn(w) + {long}\n", "utf-8")
    done = CliRunner(env={"COLUMNS": str(columns)}).invoke(cli, shlex.split(line))
    assert done.exit_code == 2
    assert too_wide(done.stderr, columns) == []
    picture = [one for one in done.stderr.splitlines() if set(one.strip()) == {"^"}]
    if picture:
        shown = done.stderr.splitlines()[done.stderr.splitlines().index(picture[0]) - 1]
        assert max(len(shown), len(picture[0])) <= columns
        if "long" in line:
            assert shown[picture[0].index("^") :].startswith("tahn")


def test_errors_fit_the_terminal_that_shows_them(tmp_path: Path) -> None:
    """Standard output may go elsewhere, and be of any width."""
    shown = on_terminal("evl identity", 24, tmp_path)
    assert "error[E450]" in shown
    assert too_wide(shown, 24) == []
    assert len(shown.splitlines()) > 2


@pytest.mark.parametrize("columns", [20, 80, 200])
def test_a_terminal_says_how_wide_it_is(columns: int, tmp_path: Path) -> None:
    shown = on_terminal("eval xor", columns, tmp_path)
    assert "━" in shown or "─" in shown
    assert too_wide(shown, columns) == []
    assert max(map(width, shown.splitlines())) > columns // 3


def test_brackets_are_never_markup(tmp_path: Path) -> None:
    text = "index p = 1..2\ndata x\nweight y[p] := [1, 2]\nE = Σ_p (y[p] − x)²\n"
    (tmp_path / "net.eq").write_text(text, "utf-8")
    (tmp_path / "data.csv").write_text("x,[bold]\n1,2\n", "utf-8")
    (tmp_path / "good.csv").write_text("x\n1\n2\n", "utf-8")
    shown = on_terminal("eval net.eq --data good.csv", 80, tmp_path)
    assert "y[1]" in shown
    assert "y[2]" in shown
    assert "[bold]" in on_terminal("eval net.eq --data data.csv", 80, tmp_path)
