"""`--limit` on every command."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from chainrule.cli.commands import cli
from chainrule.expr.limits import limits, most


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, list(arguments))
    return result.exit_code, result.output


def test_a_limit_is_raised_for_one_command(tmp_path: Path) -> None:
    path = tmp_path / "deep.eq"
    path.write_text(f"data x in {{1, 2}}\nweight w := 0.5\nE = {'tanh(' * 205}w*x{')' * 205}\n", "utf-8")
    code, said = run("derive", str(path), "--detail", "brief")
    assert code == 2
    assert "--limit depth=N" in said
    assert run("derive", str(path), "--detail", "brief", "--limit", "depth=300")[0] == 0
    assert most("depth") == 200


def test_what_is_no_limit_is_refused() -> None:
    for given in ("depth", "depth=", "depth=-1", "depth=1.5", "dept=3", "depth=0"):
        code, said = run("derive", "identity", "--limit", given)
        assert code == 2, given
        assert "E265" in said, given


UNREAD = (
    ("derive",),
    ("derive", "--help"),
    ("derive", "identity", "--no-such-option"),
    ("train", "identity", "--steps", "many"),
    ("train", "identity", "--limit", "depth"),
    ("derive", "identity"),
)


@pytest.mark.parametrize("line", UNREAD, ids=" ".join)
def test_a_line_that_cannot_be_read_leaves_the_limits_as_they_were(line: tuple[str, ...]) -> None:
    """Click closes no context whose line it could not read, so the limits are held by one that it always closes."""
    run(line[0], "--limit", "depth=300", *line[1:])
    assert most("depth") == 200
    with limits(depth=250):
        run(line[0], "--limit", "depth=300", *line[1:])
        assert most("depth") == 250
