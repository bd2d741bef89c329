"""Style, types and floors hold: the same tools as `python3 dev.py check`."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [
        [sys.executable, "-m", "ruff", "check", "--quiet"],
        [sys.executable, "-m", "mypy", "--no-error-summary"],
        [str(BIN / "lint-imports"), "--no-cache"],
    ],
    ids=["ruff", "mypy", "import-linter"],
)
def test_the_tools_find_nothing(command: list[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, "\n" + done.stdout + done.stderr
