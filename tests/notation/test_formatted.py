"""The canonical form of a text with comments: the same statements, every comment, and once is enough."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import chainrule as cr
from chainrule.errors import Source
from chainrule.notation import parse
from chainrule.notation.formatted import formatted
from chainrule.notation.lexer import comments

FILES = [*Path(cr.__file__).parent.joinpath("examples").glob("*.eq"), *Path(__file__).parents[1].glob("programs/*.eq")]


def said(text: str) -> list[str]:
    return [one.text.rstrip() for one in comments(Source(text))]


def holds(text: str) -> str:
    """What is true of the form of any text."""
    for ascii in (False, True):
        found = formatted(text, ascii=ascii)
        assert parse(found) == parse(text)
        assert sorted(said(found)) == sorted(said(text))
        assert formatted(found, ascii=ascii) == found
        assert "\n\n\n" not in found
        assert not any(line != line.rstrip() for line in found.splitlines())
    return formatted(text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_network_stays_the_same(path: Path) -> None:
    holds(path.read_text("utf-8"))


def test_comments_stay_where_they_stand() -> None:
    text = "# Question?\n\n#second\ndata x in{0,1}   # given\ntarget y = x # t\n\n\nweight w:=0.5\n# above\n"
    text += "E = ½*(w x -   # half\n   # between\n  y)^2      # end\nupdate θ, g   # rule\n  # the step\n"
    text += "  θ <- θ - 0.1*g   # down\n#last"
    assert holds(text) == (
        "# Question?\n\n#second\ndata x ∈ {0, 1}  # given\ntarget y = x     # t\n\nweight w := 0.5\n# above\n# half\n"
        "# between\nE = ½·(w·x − y)²  # end\nupdate θ, g       # rule\n  # the step\n  θ ← θ − 0.1·g  # down\n#last\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "", "# only a comment", "\n\n\n", "E = 1", "E = 1 # a # b", "\ufeffE = 1 # b",
        "E = 1\r\n# x\r\n\r\nF = 2\r# y\rG = 3",
        "table x | y # head\n 1 | 2 # one\n # between\n 3 | 4\n# after\nweight w\nE = (w·x − y)²",
        "weight w # é ⌘ <b>\nŷ = w # mark\nE = w² # s",
        'data c in {"a#b", "c"} # words\nweight w\nE = w² # t',
        "E = a + # one\n b + # two\n c # three\nconst a := 1, b := 2, c := 3",
    ],
)  # fmt: skip
def test_odd_texts(text: str) -> None:
    holds(text)


def test_a_limit_that_is_raised_for_the_text_holds_for_its_form() -> None:
    deep = f"weight w := 1\nE = {'tanh(' * 230}w{')' * 230}\n"
    model = cr.Model(deep, limits={"depth": 400})
    assert model.formatted(limits={"depth": 400}) == deep
    with pytest.raises(cr.ChainruleError, match="E006"):
        model.formatted()


LINES = ("E = w·x", "data x in {0, 1}", "weight w := 0.5", "", "# c", "update θ, g\n  θ <- θ - g", "q = w + # d\n  x",
         "table a | b\n 1 | 2")  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(LINES), st.sampled_from(["", " # t", "   #u  "])), max_size=8))
def test_any_order_of_lines(parts: list[tuple[str, str]]) -> None:
    holds("\n".join(line + comment for line, comment in parts))
