"""Rooms import only rooms below them: read from the sources, not by importing them."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "chainrule"
SOURCES = sorted(PACKAGE.rglob("*.py"))

CONTRACTS = {
    contract["id"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
}
FLOORS = [{room.strip(" ()") for room in layer.split("|")} for layer in CONTRACTS["floors"]["layers"]]
STANDARD_LIBRARY_FROM = next(level for level, rooms in enumerate(FLOORS) if "program" in rooms)


def room_of(module: str) -> str:
    """The room of a dotted name inside the package; the package itself is ``chainrule``."""
    return module.split(".")[1] if "." in module else module


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module named in an import, wherever in the file it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the whole path"
            assert node.module is not None
            if node.module == "chainrule":
                yield from (f"chainrule.{alias.name}" for alias in node.names)
            else:
                yield node.module


def wrong_imports(module: str, tree: ast.AST) -> list[str]:
    """What a module imports from its own floor or above, or from outside where only the standard library may be."""
    room = room_of(module)
    level = next(level for level, rooms in enumerate(FLOORS) if room in rooms)
    allowed = {room}.union(*FLOORS[level + 1 :])
    return [
        name
        for name in imported(tree)
        if (name.startswith("chainrule.") and room_of(name) not in allowed)
        or (name.split(".")[0] in {"numpy", "click", "rich"} and level >= STANDARD_LIBRARY_FROM)
    ]


@pytest.mark.parametrize(
    "path", [path for path in SOURCES if path.parent != PACKAGE or path.stem != "__init__"], ids=module_of
)
def test_a_room_imports_only_rooms_below_it(path: Path) -> None:
    assert wrong_imports(module_of(path), ast.parse(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "module, line",
    [
        ("chainrule.expr.walk", "from chainrule.notation.show import show"),
        ("chainrule.numbers.evaluate", "import chainrule.notation"),
        ("chainrule.data.table", "def f():\n    from chainrule.train import run"),
        ("chainrule.engines.protocol", "from chainrule.data import table"),
        ("chainrule.model.model", "import numpy as np"),
        ("chainrule.errors", "from chainrule import expr"),
        ("chainrule.program.lower", "from rich.table import Table"),
    ],
)
def test_an_import_that_points_up_or_sideways_is_found(module: str, line: str) -> None:
    assert wrong_imports(module, ast.parse(line))


def test_every_room_has_its_floor_and_every_lower_room_is_held_to_the_standard_library() -> None:
    rooms = {room_of(module_of(path)) for path in SOURCES} - {"chainrule"}
    assert rooms <= set().union(*FLOORS)
    lower = set().union(*FLOORS[STANDARD_LIBRARY_FROM:])
    held = {room_of(name) for name in CONTRACTS["standard-library-below"]["source_modules"]}
    assert lower == held
