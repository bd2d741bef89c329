"""Errors: their places, how they are drawn, and that nothing in a text can disturb the drawing."""

import json
import pickle
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chainrule import errors
from chainrule.errors import (
    NOWHERE,
    BrokenPass,
    ChainruleError,
    LimitError,
    MissingExtra,
    NotationError,
    Source,
    Span,
    UsageError,
    draw,
    lines,
    picture,
    shown,
    width,
    window,
)
from chainrule.notation.plain import ascii_text

KINDS = [
    kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ChainruleError)
]  # every class of the module


def drawn(text: str, start: int, stop: int) -> list[str]:
    return str(NotationError("E999", "wrong", "right", Source(text, "a.eq"), Span(start, stop))).splitlines()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_places_count_lines_and_code_points_from_one(end: str) -> None:
    source = Source(f"ab{end}{end}c\u0302d")
    first, last = source.text.index("b"), source.text.index("d")
    assert source.place(0) == (1, 1)
    assert source.place(first) == (1, 2)
    assert source.place(last) == (3, 3)  # the accent is a code point of its own
    assert [source.line(number).strip() for number in (1, 2, 3)] == ["ab", "", "c\u0302d"]


@given(st.text(alphabet="a\n\r\u0302b", max_size=20), st.integers(0, 20))
def test_a_place_is_in_the_text(text: str, offset: int) -> None:
    line, column = Source(text).place(min(offset, len(text)))
    assert 1 <= line <= len(lines(text))
    assert 1 <= column <= len(lines(text)[line - 1]) + 1


def test_an_error_draws_its_line_and_a_caret_under_the_culprit() -> None:
    assert drawn("x\nE = tahn(x)", 6, 10) == [
        "error[E999]: wrong",
        "  a.eq:2:5",
        "    E = tahn(x)",
        "        ^^^^",
        "  help: right",
    ]


def test_the_caret_counts_accents_as_nothing_and_wide_signs_as_two() -> None:
    assert drawn("y\u0302+x", 3, 4)[3] == "      ^"
    assert drawn("中+x", 2, 3)[3] == "       ^"
    assert drawn("中+x", 0, 1)[3] == "    ^^"


def test_a_sign_that_is_drawn_as_a_picture_moves_the_caret() -> None:
    _, _, line, caret, _ = drawn("a\u200bb\x1b", 2, 3)
    assert line == "    a<U+200B>b␛"
    assert line.index("b") == caret.index("^")


def test_a_long_line_is_shown_about_the_culprit() -> None:
    _, _, line, caret, _ = drawn("a" * 500 + "!" + "b" * 500, 500, 501)
    assert len(line) < 110
    assert line[caret.index("^")] == "!"
    assert line.strip().startswith("…")
    assert line.endswith("…")
    assert len(drawn("x" * 10_000, 0, 10_000)[3]) < 70


@given(st.integers(1, 500), st.integers(1, 500))
def test_a_window_holds_the_column(length: int, column: int) -> None:
    column = min(column, length)
    start, stop = window([1] * length, column - 1, 102)
    assert 0 <= start <= column - 1 < stop <= length
    assert stop - start == min(length, 100)


SIGNS = st.sampled_from(
    [*"ab1 +·(", "y\u0302", "\u0302", "中", "\u202e", "½", "₁₂", "ŷ", "∂", "\ud800", "\U0010ffff", "\t"]
)


@given(st.lists(SIGNS, max_size=150), st.integers(0, 300), st.integers(1, 80), st.integers(20, 200), st.booleans())
@example(["a"] * 16, 16, 1, 20, False)
@example(["a"] * 17, 17, 1, 20, False)
@example(["½", "ŷ"] * 30, 31, 1, 20, True)
def test_the_picture_of_a_place_has_room_and_its_caret_stands_below_the_culprit(
    pieces: list[str], start: int, long: int, columns: int, ascii: bool
) -> None:
    typed = "".join(pieces)
    start = min(start, len(typed))
    error = NotationError("E999", "wrong", "right", Source(typed, "a.eq"), Span(start, start + long))
    _, _, line, caret, _ = draw(error, columns, ascii_text if ascii else str).split("\n")
    assert max(width(line), width(caret)) <= columns
    at = caret.index("^")
    if not ascii and start < len(typed) and width(picture(typed[start])):
        before = next(k for k in range(len(line) + 1) if width(line[:k]) == at and not unicodedata.combining(line[k]))
        assert line[before:].startswith(picture(typed[start])[0])


@pytest.mark.parametrize(("typed", "start", "below"), [("ŷ = w·x + tahn(x)", 10, "tahn"), ("½ŷ + 1", 1, "y_hat"),
                                                       ("E = ½·tahn(x)²", 6, "tahn")])  # fmt: skip
def test_the_caret_is_right_in_ascii(typed: str, start: int, below: str) -> None:
    span = Span(start, start + (4 if below == "tahn" else 1))
    error = NotationError("E999", "wrong", "right", Source(typed, "a.eq"), span)
    _, _, line, caret, _ = draw(error, None, ascii_text).split("\n")
    assert line.isascii()
    assert line[caret.index("^") :].startswith(below)
    assert caret.count("^") == len(below)


def test_an_error_without_a_place_draws_none() -> None:
    error = UsageError("E999", "wrong", "one\ntwo")
    assert str(error) == "error[E999]: wrong\n  help: one\n        two"
    assert error.place is None
    assert NotationError("E999", "wrong", "right", Source("x"), NOWHERE).place is None


def test_control_characters_never_reach_a_terminal() -> None:
    error = NotationError("E999", "bad \x1b[2J", "ok \u202e", Source("a\x1b[2Jb", "f\x1b.eq"), Span(0, 1))
    assert "\x1b" not in str(error)
    assert "\u202e" not in str(error)
    assert picture("a\nb\tc\x7f\ud800") == "a\nb c␡<U+D800>"
    assert "\x1b" not in json.dumps(error.as_json())


@given(st.text())
def test_pictures_hold_nothing_that_moves_the_cursor(text: str) -> None:
    kinds = {unicodedata.category(char) for char in picture(text) if char != "\n"}
    assert not kinds & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_spans_join() -> None:
    assert Span(3, 5).to(Span(1, 2)) == Span(1, 5)
    assert NOWHERE.to(Span(1, 2)) == Span(1, 2).to(NOWHERE) == Span(1, 2)
    assert NOWHERE.to(NOWHERE) == NOWHERE


def test_as_json_has_the_place_or_says_there_is_none() -> None:
    source = Source("a\nb")
    assert NotationError("E999", "p", "h", source, Span(2, 3)).as_json() == {
        "code": "E999", "line": 2, "column": 1, "problem": "p", "help": "h",
    }  # fmt: skip
    assert MissingExtra("E998", "p", "h").as_json()["line"] is None


@pytest.mark.parametrize("kind", KINDS, ids=[kind.__name__ for kind in KINDS])
def test_every_error_crosses_to_another_process(kind: type[ChainruleError]) -> None:
    if kind is BrokenPass:
        error: ChainruleError = BrokenPass("lower", "x is written twice: here")
    else:
        error = kind("E999", "wrong", "right", Source("ab"), Span(1, 2))
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert type(again) is kind
    assert (str(again), again.place, again.as_json()) == (str(error), error.place, error.as_json())


def test_there_are_no_errors_but_nine_kinds() -> None:
    assert len(KINDS) == 1 + 9
    assert all(kind.__mro__[1] in (ChainruleError, Exception) for kind in KINDS)
    assert issubclass(LimitError, ChainruleError)


def test_width_of_a_text() -> None:
    assert [width(text) for text in ("", "abc", "ŷ", "y\u0302", "中")] == [0, 3, 1, 1, 2]


def test_a_long_line_of_a_message_loses_its_middle() -> None:
    error = UsageError("E999", "no " + "a" * 9999 + " here", "write\n" + "b" * 9999)
    assert max(map(len, str(error).splitlines())) < 260
    assert error.problem.startswith("no aaa")
    assert error.problem.endswith("aaa here")
    assert error.help.startswith("write\nbbb")
    name = Source("E = (", "c" * 9999)
    assert max(map(len, str(NotationError("E999", "p", "h", name, Span(4, 5))).splitlines())) < 260


SHOWN = [
    (True, "True"),
    (None, "None"),
    (-3, "-3"),
    (10**40, "a number of 41 digits"),
    (-(10**9999), "a number of 10000 digits"),
    (float("nan"), "nan"),
    ("w", "'w'"),
    ("w" * 99, "'" + "w" * 60 + "'…"),
    ([1], "a list"),
    (int, "a type"),
    (Source("x"), "a Source"),
]


@pytest.mark.parametrize(("value", "text"), SHOWN, ids=[text for _, text in SHOWN])
def test_a_value_of_a_call_in_a_message(value: object, text: str) -> None:
    assert shown(value) == text
