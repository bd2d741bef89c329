"""The repository speaks of the project alone, and every example it ships can be read."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KINDS = {".py", ".md", ".toml", ".cff", ".eq", ".csv", ".json", ".txt", ".yml", ".yaml", ".cfg", ""}
EXAMPLES = sorted({*(ROOT / "src" / "chainrule" / "examples").glob("*.eq"), *(ROOT / "examples").glob("*.eq")})

# written in pieces, so that this file does not hold what it looks for
FOREIGN = {
    "a path of one machine": re.compile(r"(?<![\w.:/-])/(work|root|home|Users)/\w"),
    "a folder outside the repository": re.compile(r"\bshared" + r"/|\.\./" + "contract"),
    "a page that is not here": re.compile(r"\b(DESIGN|HOUSE|PROMISES|DERIVATION|NOTATION|ENGINE|USERS|CONTRACT)\.md\b"),
    "the number of a discussion": re.compile(r"\b(issue|pull request|PR) " + r"#?\d+\b", re.IGNORECASE),
    "the host of a registry": re.compile(r"\bpypi" + r"\.org|pythonhosted" + r"\.org|npmjs" + r"\.(com|org)"),
}


def tracked() -> list[Path]:
    """The files git knows, or those that lie here where there is no git."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
        paths = [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        paths = [path for folder in ("src", "tests", "docs") for path in (ROOT / folder).rglob("*")]
        paths += list(ROOT.glob("*"))
    return [path for path in paths if path.is_file() and path.suffix in KINDS and path != Path(__file__)]


def foreign(text: str) -> list[str]:
    return [f"{what}: {found[0]}" for what, pattern in FOREIGN.items() if (found := pattern.search(text))]


def test_it_speaks_of_itself_alone() -> None:
    found = {str(path.relative_to(ROOT)): foreign(path.read_text("utf-8", errors="replace")) for path in tracked()}
    assert {path: words for path, words in found.items() if words} == {}


@pytest.mark.parametrize(
    "text",
    ["see /" + "work/x", "in shared" + "/a", "as DESIGN" + ".md says", "fixes issue" + " #12", "from pypi" + ".org"],
)
def test_a_foreign_word_is_found(text: str) -> None:
    assert foreign(text)


def test_there_are_examples() -> None:
    assert "identity" in {path.stem for path in EXAMPLES}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_example_can_be_read(path: Path) -> None:
    from chainrule.errors import Source
    from chainrule.model import build
    from chainrule.notation import parse

    assert build(parse(Source(path.read_text("utf-8"), path.name))).equations
