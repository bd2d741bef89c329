"""Every file of the package: small, explained, and free of what could run a text as a program."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "chainrule"
SOURCES = sorted(PACKAGE.rglob("*.py"))
READ_BY_ALL = {"importlib.resources", "importlib.resources.abc", "importlib.metadata"}
MODULES = {"ast", "code", "codeop", "ctypes", "dill", "marshal", "pickle", "runpy", "shelve", "subprocess", "importlib"}
CALLS = {"eval", "exec", "compile", "__import__", "globals", "locals", "vars", "input", "breakpoint"}

ALLOWED = {
    ("__init__.py", "import importlib"): "public names are loaded when first used, from a closed list",
    ("__init__.py", "getattr with a computed name"): "public names are loaded when first used, from a closed list",
    ("engines/native/machine.py", "import ctypes"): "it calls what is made of operations and numbers alone: no name or "
    "text of a model is in it",
    ("explain/measure/finding.py", "getattr with a computed name"): "the names are the fields of a finding's own class",
    ("values.py", "exec"): "the text is made of the names of a class's fields, as that of the standard library is: no "
    "name or text of a model is in it",
    ("values.py", "vars"): "the methods and the module of a class of the package",
    ("values.py", "getattr with a computed name"): "the names are the fields of a value's own class",
    ("values.py", "setattr with a computed name"): "the names are of methods, from a closed list",
    ("train/same.py", "getattr with a computed name"): "the names are the fields of a result's own class",
    ("maps/runners/processes.py", "import subprocess"): "it starts this Python on a module of the package: no name or "
    "text of a model is in the command",
    ("views/film.py", "import subprocess"): "it starts ffmpeg: no name or text of a model is in the command",
    (
        "notation/limits.py",
        "getattr with a computed name",
    ): "the name is a limit's, given by the parser, never by a text",
    (
        "notation/limits.py",
        "format of a computed text",
    ): "the text is a row of the table above it, what goes in a number",
}


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def dangers(tree: ast.AST) -> Iterator[str]:
    """What a file does that could turn a text into a program, or a string into an attribute."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (f"import {alias.name}" for alias in names if forbidden(alias.name))
            case ast.ImportFrom(module=str(module), names=names) if forbidden(module):
                if module != "importlib" or [alias.name for alias in names] not in (["resources"], ["metadata"]):
                    yield f"import {module}"
            case ast.Call(func=ast.Name(id=called)) if called in CALLS:
                yield called
            case ast.Call(func=ast.Name(id="getattr" | "setattr" | "delattr" as called), args=[_, name, *_]):
                if not (isinstance(name, ast.Constant) and isinstance(name.value, str)):
                    yield f"{called} with a computed name"
            case ast.Call(func=ast.Attribute(value=ast.Name(id="os"), attr=attr)):
                if attr in {"system", "popen"} or attr.startswith(("exec", "spawn")):
                    yield f"os.{attr}"
            case ast.Call(func=ast.Attribute(value=value, attr="format" | "format_map")):
                if not isinstance(value, ast.Constant):
                    yield "format of a computed text"
            case ast.keyword(arg="allow_pickle", value=value):
                if not (isinstance(value, ast.Constant) and value.value is False):
                    yield "allow_pickle"
            case _:
                pass


def forbidden(module: str) -> bool:
    return module not in READ_BY_ALL and module.split(".")[0] in MODULES


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_is_small_and_says_what_it_is(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 400
    assert (ast.get_docstring(ast.parse(text)) or "").strip(), "a module opens with a sentence about itself"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_nothing_runs_a_text_as_a_program(path: Path) -> None:
    found = [danger for danger in dangers(ast.parse(path.read_text("utf-8"))) if (name_of(path), danger) not in ALLOWED]
    assert found == []


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_example_is_switched_off(path: Path) -> None:
    assert "doctest: +" + "SKIP" not in path.read_text("utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "eval(text)",
        "exec(text)",
        "compile(text, '', 'exec')",
        "import pickle",
        "from pickle import loads",
        "import importlib",
        "from importlib import import_module",
        "from importlib import resources, import_module",
        "import subprocess as s",
        "getattr(module, name)",
        "setattr(value, f'{name}', 1)",
        "os.system(text)",
        "np.load(path, allow_pickle=True)",
        "template.format(name)",
        "def f():\n    __import__(name)",
    ],
)
def test_each_danger_is_found(text: str) -> None:
    assert list(dangers(ast.parse(text)))


@pytest.mark.parametrize(
    "text",
    [
        "re.compile('a')",
        "getattr(value, 'name')",
        "np.load(path, allow_pickle=False)",
        "from importlib import resources",
        "from importlib.resources import files",
        "'{}'.format(1)",
    ],
)
def test_what_is_harmless_passes(text: str) -> None:
    assert not list(dangers(ast.parse(text)))


def test_every_exception_is_still_needed() -> None:
    met = {(name_of(path), danger) for path in SOURCES for danger in dangers(ast.parse(path.read_text("utf-8")))}
    assert set(ALLOWED) <= met
