"""Every reason why E300, a fault of the package, can be given: a list that a person reads when it grows.

The laws draw texts of the whole grammar and meet none of them (tests/laws/test_grammar.py, test_stages.py).
"""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import chainrule

SOURCES = Path(chainrule.__file__).parent
RAISED = {"BrokenPass": "", "Circle": "", "Broken": "program/verify.py"}
"""The errors that say so, and the one file that a name means, if it means another thing elsewhere."""


def reasons() -> Iterator[str]:
    """Where a fault is raised and what it says; what stands in braces is put in then."""
    for path in sorted(SOURCES.rglob("*.py")):
        place = path.relative_to(SOURCES).as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            if isinstance(node, ast.Call) and RAISED.get(called, "nowhere") in ("", place):
                yield f"{place}: {', '.join(ast.unparse(argument) for argument in node.args)}"


def test_all_reasons_for_a_fault_of_the_package_are_known(golden: Callable[[str, str], None]) -> None:
    golden("faults.txt", "\n".join(reasons()))
