"""The site of docs: every page and every public name is on it, no warning is left, nothing is fetched."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

import chainrule as cr

ROOT = Path(__file__).parents[2]
LOADED = re.compile(r"""<(?:script|img|link|iframe)[^>]*(?:src|href)="(https?:)?//""")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not all(importlib.util.find_spec(name) for name in ("sphinx", "myst_parser", "furo")):
        pytest.skip("Sphinx, MyST and furo are not installed")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, str(ROOT / "scripts" / "site.py"), str(folder), "--quick"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


def test_every_page_is_there(site: Path) -> None:
    missing = [
        page.name for page in (ROOT / "docs").rglob("*.md")
        if not (site / page.relative_to(ROOT / "docs")).with_suffix(".html").exists()
    ]  # fmt: skip
    assert missing == []


def test_every_public_name_has_its_docstring_there(site: Path) -> None:
    text = (site / "reference" / "api.html").read_text("utf-8")
    assert [name for name in cr.__all__ if f'id="chainrule.{name}"' not in text] == []
    assert 'id="chainrule.Model.train"' in text


def test_every_example_is_in_the_gallery(site: Path) -> None:
    text = (site / "gallery.html").read_text("utf-8")
    shipped = [path.stem for path in (ROOT / "src" / "chainrule" / "examples").glob("*.eq")]
    assert [name for name in shipped if f'id="{name}"' not in text] == []


def test_nothing_is_fetched(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 100
    assert [page.name for page in pages if LOADED.search(page.read_text("utf-8"))] == []
