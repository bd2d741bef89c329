"""The walks of ARCHITECTURE.md lead through files and functions that are there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
WALKS = TEXT[TEXT.index("## Two walks") : TEXT.index("## Beside the package")]
STEPS = re.findall(r"`([a-z_/]+\.py)(?: ([A-Za-z_.]+))?`", WALKS)
LONGEST = 60


def defined(path: Path, name: str) -> bool:
    """Whether a file defines a function or a class, or a class a method."""
    body: list[ast.stmt] = ast.parse(path.read_text("utf-8")).body
    for part in name.split("."):
        found = [node for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == part]
        if not found:
            return False
        body = found[0].body
    return True


@pytest.mark.parametrize(("file", "name"), STEPS)
def test_a_step_is_there(file: str, name: str) -> None:
    path = ROOT / "src" / "chainrule" / file
    assert path.exists()
    assert not name or defined(path, name)


def test_the_walks_are_short_and_have_steps() -> None:
    assert len(WALKS.splitlines()) <= LONGEST
    assert len(STEPS) > 15
    assert not defined(ROOT / "src" / "chainrule" / "notation" / "parser.py", "walk")


@pytest.mark.parametrize("room", ["engines/native", "derive/index", "derive/judge"])
def test_a_readme_is_one_page_and_says_how_to_read_and_to_add(room: str) -> None:
    text = (ROOT / "src" / "chainrule" / room / "README.md").read_text("utf-8")
    assert "## How to read it" in text
    assert "## How to add to it" in text
    assert len(text.splitlines()) <= LONGEST
