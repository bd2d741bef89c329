"""What a shell offers, and the scripts by which it asks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from chainrule.cli import cli


def offered(line: str, begun: str) -> list[str]:
    return [item.value for item in ShellComplete(cli, {}, "chainrule", "_C").get_completions(line.split(), begun)]


def test_commands_and_options() -> None:
    assert offered("", "der") == ["derive"]
    assert "--watch" in offered("explain identity", "--")


def test_examples_and_files() -> None:
    assert offered("explain", "id") == ["identity", "identity-bias", "id"]
    kinds = {item.type for item in ShellComplete(cli, {}, "chainrule", "_C").get_completions(["explain"], "x")}
    assert kinds == {"plain", "file"}


@pytest.mark.parametrize("line", ["derive mazur --wrt", "plot mazur --weight", "train mazur --hold"])
def test_weights_of_the_model_that_is_named(line: str) -> None:
    assert offered(line, "w")[:2] == ["w1", "w₁"]
    assert offered(line, "q") == []


def test_a_model_that_cannot_be_read_offers_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.eq").write_text("E = (")
    assert offered(f"derive {tmp_path}/a.eq --wrt", "") == []
    assert offered("derive nope --wrt", "") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts(shell: str) -> None:
    done = CliRunner().invoke(cli, ["completion", shell], prog_name="chainrule")
    assert done.exit_code == 0
    assert f"_CHAINRULE_COMPLETE={shell}_complete" in done.output


def test_the_program_answers_a_shell() -> None:
    asked = {"COMP_WORDS": "chainrule derive mazur --wrt w", "COMP_CWORD": "4", "_CHAINRULE_COMPLETE": "bash_complete"}
    program = [sys.executable, "-m", "chainrule"]
    done = subprocess.run(program, env=os.environ | asked, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[:2] == ["plain,w1", "plain,w₁"]
