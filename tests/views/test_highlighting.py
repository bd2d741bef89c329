"""Texts of equations in colours: every sign belongs to a word, and editors have the same table."""

import json
from pathlib import Path

import pytest
from pygments.token import Comment, Error, Keyword, Name, Text

import chainrule as cr
from chainrule.views.highlighting import EquationLexer, grammar

ROOT = Path(__file__).parents[2]
FILES = [*Path(cr.__file__).parent.joinpath("examples").glob("*.eq"), *ROOT.glob("tests/programs/*.eq")]


def coloured(text: str) -> list[tuple[object, str]]:
    return list(EquationLexer(stripnl=False, ensurenl=False).get_tokens(text))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_sign_has_a_meaning(path: Path) -> None:
    text = path.read_text("utf-8")
    found = coloured(text)
    assert "".join(word for _, word in found) == text
    assert [word for kind, word in found if kind in (Text, Error)] == []


def test_words_are_told_apart() -> None:
    kinds = {word: kind for kind, word in coloured("weight w # data\nT̂ = max_k' tanh(weights[k']) + exp2 + Σ_i index1")}
    assert kinds["weight"] is Keyword
    assert kinds["# data"] is Comment.Single
    assert kinds["tanh"] is Name.Builtin
    assert kinds["max_"] is kinds["Σ_"] is Keyword.Pseudo
    assert {kinds[name] for name in ("w", "weights", "exp2", "index1", "T̂")} == {Name.Variable}


def test_editors_have_the_same_table() -> None:
    assert json.loads((ROOT / "editors" / "chainrule.tmLanguage.json").read_text("utf-8")) == grammar()
