"""What is known to go wrong with pages, looked for by axe-core and by the Nu HTML checker.

Neither is part of the package: .ci/run installs them beside the environment, by npm install --prefix .venv.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.page.browser import Page

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / ".venv" / "node_modules"
AXE, NU, JAVA = MODULES / "axe-core" / "axe.min.js", MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar", "java"

REQUIRE_ALL = os.environ.get("CHAINRULE_REQUIRE_ALL", "") not in {"", "0"}

AGAINST = """axe.run(document, { resultTypes: ["violations"] }).then((found) => found.violations.map(
  (one) => [one.id, one.nodes.map((node) => node.html.slice(0, 200))]))"""


def there(tool: Path, name: str) -> bool:
    """Whether a checker is there. Where everything has to be, .ci/run has installed it or said that it cannot."""
    found = tool.exists() and (tool is not NU or shutil.which(JAVA) is not None)
    if not found and not REQUIRE_ALL:
        pytest.skip(f"needs {name}")
    return found


def begin(page: Page) -> None:
    """Brings axe into a page."""
    page.run(f"{AXE.read_text('utf-8')}; 0")


def against(page: Page) -> list[tuple[str, list[str]]]:
    """What axe has against the page as it is now."""
    found: list[tuple[str, list[str]]] = page.run(AGAINST)
    return found


def faulty(paths: list[Path]) -> dict[str, list[str]]:
    """What is no HTML in some files, by their names: all in one call, since Java takes its time to start."""
    command = [JAVA, "-jar", str(NU), "--errors-only", "--exit-zero-always", "--format", "json", *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    found: dict[str, list[str]] = {}
    for one in json.loads(done.stderr)["messages"]:
        place = f"line {one.get('lastLine')}: {one['message']} {one.get('extract', '')[:200]}"
        found.setdefault(Path(one["url"].removeprefix("file:")).name, []).append(place)
    return found
