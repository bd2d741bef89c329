"""Explanations: what tells stands on what measures, that on what evaluates; and no two files import each other."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

import pytest
from tests.house.test_floors import CONTRACTS, SOURCES, module_of

from chainrule.explain.tell.claims import FINDINGS

ROOM = "chainrule.explain"
LAYERS = [{part.strip() for part in layer.split("|")} for layer in CONTRACTS["explain"]["layers"]]
TREES = {
    module_of(path): ast.parse(path.read_text("utf-8"))
    for path in SOURCES
    if module_of(path) == ROOM or module_of(path).startswith(f"{ROOM}.")
}


def reads(module: str, tree: ast.AST, known: Mapping[str, object]) -> Iterator[str]:
    """The files of explanations that a file imports, wherever in it: in a function too, and for types alone."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield from (name for name in (whole if whole in known else node.module,) if name in known)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)


def layer(module: str) -> int:
    """How far from the top a file stands; the room itself, which shows the story, is above all."""
    part = module.removeprefix(f"{ROOM}.").split(".")[0]
    return next((at for at, parts in enumerate(LAYERS) if part in parts), -1)


def upward(trees: Mapping[str, ast.AST]) -> list[str]:
    """Imports that lead to a layer above, or to another part of the same."""
    return [
        f"{module} imports {name}"
        for module, tree in trees.items()
        for name in reads(module, tree, trees)
        if layer(name) < layer(module)
        or (layer(name) == layer(module) and module.split(".")[2:3] != name.split(".")[2:3])
    ]


def circles(trees: Mapping[str, ast.AST]) -> list[str]:
    """Files that come back to themselves by their imports."""
    graph = {module: set(reads(module, tree, trees)) - {module} for module, tree in trees.items()}
    found = []
    for module in graph:
        seen: set[str] = set()
        todo = list(graph[module])
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += graph[name]
        if module in seen:
            found.append(module)
    return found


def test_imports_point_down_from_story_to_what_evaluates() -> None:
    assert {module.split(".")[2] for module in TREES if module != ROOM} <= set().union(*LAYERS)
    assert upward(TREES) == []


def test_no_file_comes_back_to_itself() -> None:
    assert circles(TREES) == []


LOOKS = (".context", ".evaluator")
"""How the names of the files end that look at a run itself."""


def test_what_tells_sees_findings_alone() -> None:
    tell = {module: tree for module, tree in TREES.items() if module.startswith(f"{ROOM}.tell.")}
    assert len(tell) > 20
    assert not [name for module, tree in tell.items() for name in reads(module, tree, TREES) if name.endswith(LOOKS)]


SMALL = 0.05
"""A number below is a tolerance, where it stands in a function."""


def bare(tree: ast.AST) -> list[float]:
    """The tolerances without a name that stand in the functions of a file."""
    inside = [node for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) for node in ast.walk(one)]
    numbers = [node.value for node in inside if isinstance(node, ast.Constant) and isinstance(node.value, float)]
    return [value for value in numbers if 0 < value < SMALL]


def test_tolerances_about_the_end_of_a_run_have_names() -> None:
    ends = {module: tree for module, tree in TREES.items() if module.startswith(f"{ROOM}.measure.ends.")}
    assert len(ends) > 10
    assert {module: found for module, tree in ends.items() if (found := bare(tree))} == {}
    assert bare(ast.parse("def f(x):\n    return abs(x) < 1e-9")) == [1e-9]


@pytest.mark.parametrize("id", sorted(FINDINGS))
def test_a_claim_is_told_from_its_finding_alone_and_measured_without_words(id: str) -> None:
    told, measured = f"{ROOM}.tell.claims.{id}", f"{ROOM}.measure.claims.{id}"
    assert not [name for name in reads(told, TREES[told], TREES) if name.endswith(LOOKS)]
    assert not [name for name in reads(measured, TREES[measured], TREES) if name.endswith(".wording")]


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("measure.context", "from chainrule.explain.tell.claim import Claim"),
        ("evaluate.intervals", "from chainrule.explain.measure import context"),
        ("evaluate.jets", "from chainrule.explain.naming import Naming"),
        ("tell.paragraphs", "def f():\n    import chainrule.explain.story"),
        ("figures.plane", "from chainrule.explain.tell import report"),
        ("measure.context", "if TYPE_CHECKING:\n    from chainrule.explain.measure.ledger import Ledger"),
    ],
)
def test_a_way_up_and_a_circle_are_found(module: str, line: str) -> None:
    planted = {**TREES, f"{ROOM}.{module}": ast.parse(line + "\n" + ast.unparse(TREES[f"{ROOM}.{module}"]))}
    assert upward(planted) or circles(planted)
