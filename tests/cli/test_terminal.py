"""The command as a program of its own: on a terminal, in a pipe, and interrupted."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.conftest import Started

import chainrule as cr

PROGRAM = [sys.executable, "-m", "chainrule"]


def environment(**more: str) -> dict[str, str]:
    plain = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS", "TERM")}
    return {**plain, "TERM": "xterm-256color", "COLUMNS": "80", **more}


def on_terminal(*arguments: str, **more: str) -> str:
    """Everything the command writes on a terminal of 80 columns."""
    above, below = pty.openpty()
    with subprocess.Popen(
        [*PROGRAM, *arguments], stdin=below, stdout=below, stderr=below, env=environment(**more), close_fds=True
    ) as process:
        os.close(below)
        found = b""
        while select.select([above], [], [], 60)[0]:
            try:
                part = os.read(above, 65536)
            except OSError:  # the other side is closed
                break
            if not part:
                break
            found += part
        process.wait(60)
    os.close(above)
    return found.decode()


def test_a_terminal_has_tables_and_a_pipe_has_none() -> None:
    shown = on_terminal("eval", "xor")
    assert "\x1b[1m" in shown, "heads in bold"
    assert "━" in shown or "─" in shown
    assert max(len(line) for line in plain(shown).splitlines()) <= 80
    piped = subprocess.run([*PROGRAM, "eval", "xor"], capture_output=True, text=True, env=environment(), check=True)
    assert "\x1b" not in piped.stdout


def plain(text: str) -> str:
    import re

    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@pytest.mark.parametrize("more", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_without_colour(more: dict[str, str]) -> None:
    assert "\x1b" not in on_terminal("eval", "identity", **more)


def test_a_story_on_a_terminal_is_in_colour_and_fits() -> None:
    shown = on_terminal("explain", "identity", "--claim", "update")
    assert "\x1b[" in shown
    assert "✓" in shown


def test_an_error_on_a_terminal_is_plain() -> None:
    assert plain(on_terminal("explain", "identiy")) == (
        "error[E459]: there is no example identiy\r\n  help: did you mean identity?\r\n"
    )


def test_a_reader_that_leaves_early_sees_no_traceback() -> None:
    line = f"{sys.executable} -m chainrule explain identity --claim update | head -1"
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, env=environment())
    assert done.stdout.startswith("The network identity")
    assert done.stderr == ""


def test_an_interrupted_training_keeps_what_was_recorded(started: Started, tmp_path: Path) -> None:
    out = tmp_path / "run.npz"
    process = started(
        [*PROGRAM, "train", "growth", "--steps", "5000000", "--record", "100", "--out", str(out)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(),
    )  # fmt: skip
    journal = out.with_name(out.name + ".journal")
    deadline = time.monotonic() + 60
    while not (journal.exists() and journal.stat().st_size > 10_000) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    said, wrong = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in wrong
    assert "interrupted" in said.lower()
    run = cr.load_run(out)
    assert run.ended == "interrupted"
    assert 0 < run.steps < 5_000_000
    assert not journal.exists()


def test_an_interruption_before_the_work_is_quiet(started: Started, tmp_path: Path) -> None:
    fifo = tmp_path / "slow.eq"
    os.mkfifo(fifo)
    process = started(
        [*PROGRAM, "explain", str(fifo)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    )
    writer = os.open(fifo, os.O_WRONLY)  # waits until the command has opened it
    process.send_signal(signal.SIGINT)
    said, wrong = process.communicate(timeout=60)
    os.close(writer)
    assert (process.returncode, said, wrong.strip()) == (130, "", "interrupted")


@pytest.mark.parametrize("arguments, code", [(["--version"], 0), (["explain", "nope"], 2)])
def test_exit_codes_reach_the_shell(arguments: list[str], code: int) -> None:
    done = subprocess.run([*PROGRAM, *arguments], capture_output=True, text=True, env=environment(LANG="C"))
    assert done.returncode == code
    assert "Traceback" not in done.stderr


def test_long_work_shows_a_bar_on_the_error_stream() -> None:
    shown = on_terminal("train", "growth", "--steps", "200000", "--record", "1000", "--engine", "reference")
    assert "training" in shown
    assert "/20000" in shown
    short = on_terminal("train", "identity", "--steps", "10")
    assert "training" not in short
