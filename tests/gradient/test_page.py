"""The pages say of the known functions what their rows say."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("mpmath")

ROOT = Path(__file__).parents[2]


def script() -> ModuleType:
    """scripts/functions.py, which writes the pages."""
    spec = spec_from_file_location("write_functions", ROOT / "scripts" / "functions.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("page", "part"), [("rules.md", "rules"), ("notation.md", "known")])
def test_the_pages_are_current(page: str, part: str) -> None:
    made = {"rules": script().rules, "known": script().known}[part]()
    assert made in (ROOT / "docs" / "reference" / page).read_text("utf-8")
