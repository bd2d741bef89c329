"""Texts for people go through one door, as far as sources show it: who writes, who escapes, what stands in tags."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "chainrule"
SOURCES = sorted(PACKAGE.rglob("*.py"))

WRITERS = {"print", "input", "breakpoint", "help"}
ECHOES = {"echo", "secho", "echo_via_pager", "prompt", "confirm", "progressbar", "edit", "pause"}
MODULES = {"rich", "logging", "html", "xml", "cgi", "curses", "readline", "getpass"}

ALLOWED = {
    ("api/estimator.py", "warnings.warn"): "scikit-learn's own way; its sentence is drawn",
    ("cli/output.py", "click.echo"): "the one place from which a command writes",
    ("cli/output.py", "sys.stdout"): "it asks what the terminal is and which characters it has",
    ("cli/output.py", "sys.stderr"): "it asks whether a bar can be drawn",
    ("cli/streams.py", "sys.stdout"): "it puts the command's own stream in its place",
    ("cli/streams.py", "sys.stderr"): "it puts the command's own stream in its place",
    ("cli/new.py", "click.prompt"): "a question of our own, asked at a terminal; it waits for an answer",
    ("views/progress.py", "import rich"): "the bar; there is no text of a user in it",
    ("views/layout.py", "import rich"): "tables, from cells that were drawn, onto paper of its own",
}


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def around(tree: ast.AST) -> Iterator[str]:
    """What a file does that goes, or could go, around the door."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=called)) if called in WRITERS | ECHOES:
                yield called
            case ast.Call(func=ast.Attribute(value=ast.Name(id="click"), attr=attr)) if attr in ECHOES:
                yield f"click.{attr}"
            case ast.Attribute(value=ast.Name(id="sys"), attr=attr) if attr.strip("_") in ("stdout", "stderr"):
                yield f"sys.{attr.strip('_')}"
            case ast.Call(func=ast.Attribute(value=ast.Name(id="warnings"), attr="warn")):
                yield "warnings.warn"
            case ast.Import(names=names):
                yield from (f"import {top}" for alias in names if (top := alias.name.split(".")[0]) in MODULES)
            case ast.ImportFrom(module=str(module), names=names):
                if module.split(".")[0] in MODULES:
                    yield f"import {module.split('.')[0]}"
                if module == "sys" and {alias.name for alias in names} & {"stdout", "stderr"}:
                    yield "import sys.stdout"
                if module == "click" and {alias.name for alias in names} & ECHOES:
                    yield "import click.echo"
            case ast.Call(func=ast.Attribute(attr="write"), args=[ast.JoinedStr()]):
                yield "write of a text"
            case _:
                pass


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_nothing_is_written_around_the_door(path: Path) -> None:
    found = [what for what in around(ast.parse(path.read_text("utf-8"))) if (name_of(path), what) not in ALLOWED]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "print(text)",
        "click.echo(text)",
        "click.secho(text, fg='red')",
        "from click import echo",
        "sys.stdout.write(text)",
        "sys.__stderr__.buffer.write(raw)",
        "from sys import stdout",
        "from rich.console import Console",
        "import rich",
        "import html",
        "from html import escape",
        "from xml.sax.saxutils import escape",
        "import logging",
        "warnings.warn(text)",
        "file.write(f'{name}')",
    ],
)
def test_each_way_around_is_found(text: str) -> None:
    assert list(around(ast.parse(text)))


# ---- what stands in tags ---------------------------------------------------------------------------------------------

TAG = re.compile(r"(?<!P)</?[a-z][a-z0-9]*[ >/]|<$")

SAFE = {
    "markup": "the door",
    # what writes HTML, MathML or SVG itself, of pieces for which the same holds
    "mathml": "", "math": "", "row": "", "symbol": "", "affine": "", "operator": "", "sign": "", "bracketed": "",
    "held": "", "subs": "", "checked": "", "html": "", "stroked": "", "clear": "",
    # numbers
    "short": "", "plain": "", "len": "", "int": "", "abs": "", "chr": "", "min": "", "max": "",
}  # fmt: skip
"""Functions whose result may stand between tags."""

PIECES = {
    "explain/tell/report.py": {
        "answers", "caption", "conditions", "items", "kind", "mark", "picture.svg", "unfolded", "word", "working",
    },
    "typeset/html.py": {
        "cell", "rows", "inside", "left", "name", "notes", "number", "right",
    },
    "typeset/mathml.py": {
        "rows", "MARKS[letters]", "below", "closed", "core", "d", "element", "head", "mark", "opened", "texts", "out",
        "primes", "sign", "str(tall).lower()", "text", "texts[0]", "under", "word",
    },
    "page/markup.py": {"inner", "tag", "written"},
    "typeset/page.py": {"STYLE", "body", "policy"},
    "views/svg.py": {
        "pieces", "FONTS", "colour", "fill", "fill or 'none'", "high", "kind", "more", "place", "places", "size",
        "wide",
    },
}  # fmt: skip
"""Names that stand between tags, file by file: made of numbers, of words of the package, or by a safe function."""


def unescaped(tree: ast.AST, pieces: set[str]) -> Iterator[str]:
    """What is put between tags and is neither escaped nor known to be harmless."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.JoinedStr):
            continue
        if not any(isinstance(part, ast.Constant) and TAG.search(str(part.value)) for part in node.values):
            continue
        for part in node.values:
            if isinstance(part, ast.FormattedValue) and not harmless(part.value, pieces):
                yield ast.unparse(part.value)


def harmless(value: ast.expr, pieces: set[str]) -> bool:
    """Whether an expression may stand between tags."""
    match value:
        case ast.Constant():
            return True
        case ast.Call(func=ast.Name(id=called)):
            return called in SAFE
        case ast.Call(func=ast.Attribute(attr="join"), args=[inside]):
            return harmless(inside, pieces)
        case ast.Call(func=ast.Name(id="map"), args=[ast.Name(id=called), *_]):
            return called in SAFE
        case ast.GeneratorExp(elt=inside):
            return isinstance(inside, ast.JoinedStr) or harmless(inside, pieces)  # an f-string is looked at by itself
        case ast.IfExp(body=one, orelse=other):
            return all(isinstance(side, ast.JoinedStr) or harmless(side, pieces) for side in (one, other))
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return harmless(left, pieces) and harmless(right, pieces)
        case ast.JoinedStr():
            return True
    return ast.unparse(value) in pieces


@pytest.mark.parametrize("path", [path for path in SOURCES if not name_of(path).startswith("engines/")], ids=name_of)
def test_what_stands_between_tags_is_escaped(path: Path) -> None:
    assert list(unescaped(ast.parse(path.read_text("utf-8")), PIECES.get(name_of(path), set()))) == []


@pytest.mark.parametrize(
    "text",
    ["f'<p>{name}</p>'", "f'<p>{str(name)}</p>'", "f'<a b=\"{run.source}\"/>'", "f'<p>{chr(10).join(names)}</p>'"],
)
def test_what_is_not_escaped_is_found(text: str) -> None:
    assert list(unescaped(ast.parse(text), set()))
    assert not list(unescaped(ast.parse("f'<p>{markup(name)}</p>'"), set()))


def test_every_exception_is_still_needed() -> None:
    trees = {name_of(path): ast.parse(path.read_text("utf-8")) for path in SOURCES}
    met = {(name, what) for name, tree in trees.items() for what in around(tree)}
    assert set(ALLOWED) <= met
    for name, pieces in PIECES.items():
        for piece in pieces:
            assert list(unescaped(trees[name], pieces - {piece})), (name, piece)
