"""What messages say to type can be typed, in every room: options, commands, arguments, methods, extras, and lines."""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
from tests.laws.lines import taken

import chainrule as cr
from chainrule.api.figures import Figures
from chainrule.cli import cli
from chainrule.data import reading
from chainrule.errors import ChainruleError
from chainrule.train.trace import Trace

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "chainrule"

Text = tuple[str, str]  # the file, and what it may say


def texts() -> list[Text]:
    """Every string of the package that may be shown, with … where a value is put in."""
    found: dict[str, str] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        if path.parent.name in ("handout", "python"):  # texts of programs for NumPy and others, no messages
            continue
        tree = ast.parse(path.read_text("utf-8"))
        inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        inside |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # what explains
        for node in ast.walk(tree):
            text = ""
            if isinstance(node, ast.JoinedStr):
                text = "".join(str(one.value) if isinstance(one, ast.Constant) else "…" for one in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
                text = node.value
            if text:
                found.setdefault(text, path.relative_to(SOURCE).as_posix())
    return [(path, text) for text, path in found.items()]


def options(command: click.Command) -> set[str]:
    inner = command.commands.values() if isinstance(command, click.Group) else ()
    own = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    return own.union({"--help"}, *map(options, inner))


COMMANDS = {name: options(one) for name, one in cli.commands.items()}
OPTIONS = options(cli)


def callables() -> Iterator[Any]:
    """Functions, classes and methods that a user calls."""
    for one in [*(getattr(cr, name) for name in cr.__all__), Trace, Figures, reading]:
        if callable(one):
            yield one
        if inspect.isclass(one):
            members = (pair for base in one.__mro__ if base is not object for pair in vars(base).items())
            yield from (member for name, member in members if callable(member) and name[0] != "_")


def parameters() -> set[str]:
    found: set[str] = set()
    for one in callables():
        try:
            found.update(inspect.signature(one).parameters)
        except (TypeError, ValueError):
            continue
    return found


PARAMETERS = parameters()
HOLDERS = {"run": cr.Run, "model": cr.Model, "trace": Trace, "cr": cr, "chainrule": cr, "np": np}
DRAWING = {"cli", "typeset", "views"}
"""Rooms where what looks like an argument is markup, or an option's value."""


def faults(path: str, text: str) -> list[str]:
    """What a text says to type that cannot be typed."""
    typed = re.findall(r"(?<![\w-])--[a-z][a-z-]*", text)
    found = [f"no command has {option}" for option in typed if option not in OPTIONS]
    for command, rest in re.findall(r"(?:`|: )chainrule ([a-z]+)([^`\n]*)", text):
        if command not in COMMANDS:
            found.append(f"no command {command}")
        else:
            own = COMMANDS[command]
            found += [f"{command} has no {one}" for one in re.findall(r"--[a-z-]+", rest) if one not in own]
    for holder, name in re.findall(r"(?<![\w.])(run|model|trace|cr|chainrule|np)\.([a-z_]+)\(", text):
        if not hasattr(HOLDERS[holder], name):
            found.append(f"{holder} has no {name}")
    for extra in re.findall(r"chainrule\[(\w+)\]", text):
        if extra not in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]:
            found.append(f"no extra {extra}")
    for name, value in arguments(text) if path.partition("/")[0] not in DRAWING else ():
        if name not in PARAMETERS:
            found.append(f"nothing takes {name}=")
        elif value and not parses(value):
            found.append(f"{name}={value} is no Python")
    return found


GIVEN = re.compile(r"(?<![\w.\-\"'=<])([a-z][a-z_]+)=(?=[\[{\"'0-9TF…]|\s|,|$)")


def arguments(text: str) -> Iterator[tuple[str, str]]:
    """What is given as an argument of Python: its name, and its value up to where its brackets close."""
    if re.match(r"\s*<[a-z]", text):  # markup
        return
    for found in GIVEN.finditer(text):
        if text[: found.start()].endswith("(…, "):  # of another library's function
            continue
        value, depth = "", 0
        for char in text[found.end() :]:
            if depth == 0 and char in " ,);:":
                break
            depth += (char in "[{(") - (char in "]})")
            value += char
        yield found[1], value


def parses(value: str) -> bool:
    """Whether a text is an expression of Python; … stands for a number, and for more of a list."""
    try:
        ast.parse(value.replace(", …", "").replace("…", "1"), mode="eval")
    except SyntaxError:
        return False
    return True


def test_what_messages_say_to_type_can_be_typed() -> None:
    found = {text: wrong for path, text in texts() if (wrong := faults(path, text))}
    assert not found, "\n".join(f"{wrong}: {text}" for text, wrong in found.items())


@pytest.mark.parametrize(
    "text",
    [
        "say --drop-missin", "`chainrule show identity`", "then: chainrule eval --verify x", "give weigths={…}",
        "run.safe(…)", 'pip install "chainrule[arow]"', "write columns={'x': }", "write data=[1, 2", "np.savex(path)",
    ],
)  # fmt: skip
def test_what_cannot_be_typed_is_found(text: str) -> None:
    assert faults("data/given.py", text)


def fault(text: str) -> tuple[str, tuple[int, int] | None] | None:
    """What is wrong with a model, and where."""
    try:
        cr.Model(text)
    except ChainruleError as error:
        return error.code, error.place
    return None


PAGES = sorted((ROOT / "docs" / "errors").glob("E[01]*.md"))


def raised(page: Path) -> tuple[str, ChainruleError] | None:
    """The text on the page of an error that raises it, and the error."""
    for block in re.findall(r"^```text\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL):
        try:
            cr.Model(block)
        except ChainruleError as error:
            if error.code == page.stem:
                return block, error
    return None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_the_help_on_a_page_says_to_write_leads_on(page: Path) -> None:
    found = raised(page)
    if found is None:
        return
    text, error = found
    following = taken(error, text)
    if following is None or page.stem == "E134":  # one of two lines has to be taken out, which is not done here
        assert "write " not in error.help or "…" in error.help or error.place is None, error.help
        return
    assert fault(following) != (error.code, error.place), f"{error.help}\n{following}"
