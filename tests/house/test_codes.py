"""Every error code has a page, every page a code that is raised, and each page tells what a reader came for."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "errors"
CODE = re.compile(r"E\d{3}")


def codes_in(tree: ast.AST) -> set[str]:
    """The codes a file can raise: whole strings like "E012"; what stands in docstrings are other, longer strings."""
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value)
    }


def raised() -> dict[str, str]:
    """Each code with the first file that has it."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "src").rglob("*.py")):
        for code in codes_in(ast.parse(path.read_text("utf-8"))):
            found.setdefault(code, path.relative_to(ROOT).as_posix())
    return found


def pages() -> list[Path]:
    return sorted(path for path in PAGES.glob("*.md") if path.stem != "index")


def test_codes_and_pages_are_the_same() -> None:
    codes = raised()
    written = {path.stem for path in pages()}
    assert {code: file for code, file in codes.items() if code not in written} == {}, "codes without a page"
    assert written - set(codes) == set(), "pages without a code"


def test_a_code_is_found_where_it_is_raised() -> None:
    assert codes_in(ast.parse('"""Raises E998."""\nraise UsageError("E999", f"no {name}", "help")')) == {"E999"}


def faults(code: str, text: str) -> list[str]:
    """What a page of an error lacks."""
    blocks = re.findall(r"^```.*?\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    lacks = {
        f"a title `# {code}: …`": not re.match(rf"# {code}: \S", text),
        f"a block with what the program says, `error[{code}]: …`": not any(
            f"error[{code}]" in block for block in blocks
        ),
        "why, and the cure, in sentences": len(prose.split()) < 25,
    }
    return [what for what, missing in lacks.items() if missing]


def test_every_page_shows_the_message_and_tells_the_cure() -> None:
    assert {path.name: lacking for path in pages() if (lacking := faults(path.stem, path.read_text("utf-8")))} == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# E002: a title\n" + "word " * 40,
        "# E001: a title\n\n```\nerror[E001]: no\n```\n",
        "```\nerror[E001]\n```\n",
    ],
)
def test_a_page_that_lacks_something_is_found(text: str) -> None:
    assert faults("E001", text)
