"""Lines that a learner filled in on a page: read from the link alone, judged as `check` judges them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import pytest
from click.testing import CliRunner

import chainrule as cr
from chainrule.cli import cli
from chainrule.errors import UsageError
from chainrule.page.link import mark

RIGHT = "(ŷ − y)·x·(1 − A(w·x))·A(w·x)"


class Said(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> Said:
        result = CliRunner().invoke(cli, arguments, prog_name="chainrule")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    return call


def link(name: str = "identity", **lines: str) -> str:
    model = cr.example(name)
    parts = [f"m={mark(model.text)}", *(f"l.{key.replace('_', '.')}={quote(text)}" for key, text in lines.items())]
    return "file:///tmp/page.html#" + "&".join(parts)


def graded(text: str) -> tuple[bool, str | None]:
    found = cr.grade(cr.example("identity"), link(w_6=text))[0]
    assert (found.weight, found.number) == ("w", 6)
    return found.right, found.answer.slip


@pytest.mark.parametrize(
    "text",
    [RIGHT, f"= {RIGHT}", f"∂E/∂w = {RIGHT}", "x·(ŷ−y)·ŷ·(1−ŷ)", "(ŷ − y)·∂ŷ/∂w", "(y_hat - y)*x*(1-y_hat)*y_hat"],
)
def test_a_right_line_is_right_however_it_is_written(text: str) -> None:
    assert graded(text) == (True, None)


@pytest.mark.parametrize(
    ("text", "slip"),
    [("(ŷ − y)·x", "missing-slope"), ("(ŷ − y)·(1 − ŷ)·ŷ", "missing-factor"),
     ("(y − ŷ)·x·(1 − ŷ)·ŷ", "swapped-difference"),
     ("∂E/∂w", None), ("x·(", None), ("zz·x", None), ("", None), ("d(E)/d(w)·1", None)],
)  # fmt: skip
def test_a_wrong_line_is_not(text: str, slip: str | None) -> None:
    if not text:
        with pytest.raises(UsageError) as caught:
            graded(text)
        assert caught.value.code == "E059"
        return
    assert graded(text) == (False, slip)


def test_the_left_side_is_that_of_the_line() -> None:
    """Lines of a network with letters speak of several derivatives."""
    address = link("digits", W_6="y[k] − t[k]", W_1="−t[k]/y[k]", W_9="(1/16)·∂E/∂z[k]·x[i]")
    lines = cr.grade(cr.example("digits"), address)
    assert [(one.number, one.right) for one in lines] == [(1, True), (6, True), (9, True)]


def test_a_line_that_the_derivation_has_not_is_an_error() -> None:
    with pytest.raises(UsageError, match="which has 6") as caught:
        cr.grade(cr.example("identity"), link(w_7="x"))
    assert caught.value.code == "E059"


def test_the_command_line_grades_a_link(run: Run) -> None:
    said = run("check", "identity", "--link", link(w_5="(ŷ − y)·x", w_6=RIGHT))
    assert said.code == 1
    assert "you dropped A′(w·x)" in said.out
    assert said.out.endswith("1 of 2 lines right\n")
    said = run("check", "identity", "--json", "--link", link(w_6=RIGHT))
    assert said.code == 0
    found = json.loads(said.out)
    assert found["right"] == 1
    assert found["lines"][0] | {"at": 0} == {
        "format": 3, "wrt": "w", "n": 6, "typed": RIGHT, "kind": "equal", "equal": True, "slip": None, "at": 0,
        "yours": found["lines"][0]["ours"], "ours": found["lines"][0]["ours"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "code"),
    [([], "E059"), (["∂E/∂w = x", "--link", "m=1"], "E059"), (["--link", "m=1", "--pattern", "0"], "E059"),
     (["--link", link()], "E059"), (["--link", "https://example.com/"], "E058"),
     (["--link", link("xor", a1_2="x")], "E058")],
)  # fmt: skip
def test_what_cannot_be_graded_is_said(arguments: list[str], code: str, run: Run) -> None:
    said = run("check", "identity", *arguments)
    assert said.code == 2
    assert f"error[{code}]" in said.err


def test_a_hostile_line_is_only_a_wrong_line() -> None:
    for text in ("<script>alert(1)</script>", "((((((" * 60, "1" * 400, "x[" * 50, "−" * 300):
        assert graded(text) == (False, None)
