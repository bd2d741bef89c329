"""The public names: sorted, loaded when used, typed; and what `import chainrule` and `--help` cost."""

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import chainrule

ROOT = Path(__file__).parents[2]
INIT = ast.parse((ROOT / "src" / "chainrule" / "__init__.py").read_text("utf-8"))


def test_the_names_are_sorted() -> None:
    assert chainrule.__all__ == sorted(set(chainrule.__all__))
    assert dir(chainrule) == chainrule.__all__


@pytest.mark.parametrize("name", chainrule.__all__)
def test_each_name_can_be_had_and_is_explained(name: str) -> None:
    value = getattr(chainrule, name)
    assert value is getattr(chainrule, name)
    assert inspect.getdoc(value)


def test_tools_that_read_types_see_the_same_names() -> None:
    block = next(node for node in INIT.body if isinstance(node, ast.If))
    typed = [alias.name for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert sorted(typed) == chainrule.__all__


def test_every_error_of_the_package_is_public() -> None:
    from chainrule import errors

    made = {name for name, value in vars(errors).items() if inspect.isclass(value) and issubclass(value, Exception)}
    assert made <= set(chainrule.__all__)


def test_another_name_is_refused_as_python_does() -> None:
    with pytest.raises(AttributeError, match="module 'chainrule' has no attribute 'Modell'"):
        _ = chainrule.Modell


def modules_after(program: str) -> set[str]:
    """The top names in sys.modules of a fresh Python after a program."""
    report = "\nimport sys; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", program + report], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_importing_the_package_loads_no_dependency() -> None:
    assert not modules_after("import chainrule; chainrule.ChainruleError") & {"numpy", "rich", "click"}


def test_help_loads_neither_numpy_nor_rich() -> None:
    loaded = modules_after(
        "import sys; sys.argv = ['chainrule', '--help']\n"
        "from chainrule.cli import main\n"
        "try: main()\n"
        "except SystemExit as ended: assert not ended.code"
    )
    assert "click" in loaded
    assert not loaded & {"numpy", "rich"}


UNREAD = {
    "--help": {
        "chainrule.api", "chainrule.model", "chainrule.notation", "chainrule.views", "numpy", "rich", "traceback",
        "difflib", "tempfile", "importlib.resources", "importlib.metadata", "logging",
    },
    "derive identity": {
        "chainrule.data", "chainrule.engines", "chainrule.explain", "chainrule.maps", "chainrule.page",
        "chainrule.program", "chainrule.tape", "chainrule.train", "numpy", "rich", "logging", "tempfile",
        "importlib.resources", "importlib.metadata", "traceback",
    },
    "explain identity": {
        "chainrule.code", "chainrule.gallery", "chainrule.maps", "chainrule.page", "llvmlite", "matplotlib", "pyarrow",
        "rich", "concurrent.futures", "logging", "importlib.metadata", "asyncio", "subprocess",
    },
}  # fmt: skip
"""A command → modules that it does not need: each costs whoever waits a millisecond, or a hundred."""


@pytest.mark.parametrize("command", UNREAD)
def test_a_command_reads_no_module_that_it_does_not_need(command: str) -> None:
    program = (
        f"import sys; sys.argv = ['chainrule', *{command.split()!r}]\n"
        "from chainrule.cli import main\n"
        "try: main()\n"
        "except SystemExit as ended: assert not ended.code\n"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not UNREAD[command] & set(done.stdout.splitlines()[-1].split())
