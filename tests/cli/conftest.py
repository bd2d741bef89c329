"""The command line as the tests call it: in this process, or as a program of its own."""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from chainrule.cli import cli


class Said(NamedTuple):
    """Exit code, standard output and standard error of a command."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    """``run("eval identity")`` in an empty folder; anything but an exit is a failure of the test."""
    monkeypatch.chdir(tmp_path)

    def call(line: str, stdin: str | bytes | None = None) -> Said:
        result = CliRunner().invoke(cli, shlex.split(line), input=stdin, prog_name="chainrule")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    return call


@pytest.fixture
def line_eq(tmp_path: Path) -> Path:
    """A small network in a file, with one weight too many and a const."""
    path = tmp_path / "line.eq"
    path.write_text(
        "data x\ntarget y\nweight w := 0.5, b := 0\nconst λ := 0.1, α := 0.2\nŷ = w*x + b\nR = w²\nm = ŷ + 1\n"
        "E = ½(ŷ − y)²\nminimise mean E + λ·R\n",
        "utf-8",
    )
    path.with_suffix(".csv").write_text("x,y\n0,1\n1,3\n2,5\n", "utf-8")
    return path
