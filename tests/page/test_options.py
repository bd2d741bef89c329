"""A teacher's file: what is read is what was meant, and everything else is an error with its place and a cure."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from chainrule.errors import UsageError
from chainrule.page.options import BYTES, Known, Options, load, read

KNOWN = Known({"w": "w", "ŷ": "y_hat", "y_hat": "y_hat", "E": "E"}, {"w": "w", "b1": "b1"}, 1000)

WHOLE = """
hide = ["rule", "data", "rule"]
predict = true
fade = "2"
exercise = true
open = {k = 3, phase = 2, symbol = "ŷ", tab = "curve"}
fix = {start = {w = 0.5}}

[[question]]
after = 2
ask = "Which way?"
answers = ["up", "down"]
right = 1
because = "The slope is negative."

[text]
lead = "Try α = 4 < 5."
"""


def test_everything_can_be_said() -> None:
    found = read(WHOLE.encode(), "o.toml", KNOWN)
    assert (found.hide, found.predict, found.fade, found.exercise) == (("rule", "data"), True, "2", True)
    assert (found.open.k, found.open.phase, found.open.symbol, found.open.tab) == (3, 2, "y_hat", "curve")
    assert dict(found.fix) == {"w": 0.5}
    assert found.question[0].answers == ("up", "down")
    assert dict(found.text) == {"lead": "Try α = 4 < 5."}
    assert found.json()["question"][0]["right"] == 1


def test_nothing_said_is_nothing_changed() -> None:
    assert read(b"", "o.toml", KNOWN) == Options()
    assert read(b"\xef\xbb\xbf# nothing\r\n", "o.toml", KNOWN) == Options()


@pytest.mark.parametrize(
    ("text", "code", "said", "place"),
    [
        ("predict = ", "E052", "no TOML", None),
        ("predict = true x", "E052", "no TOML", (1, 16)),
        ("predict = true\npredict = false", "E052", "no TOML", None),
        ("predikt = true", "E053", "did you mean predict?", (1, 1)),
        ("[open]\nkk = 3", "E053", "open has no kk", (2, 1)),
        ("[text]\nbody = 'x'", "E053", "there are question, lead", (2, 1)),
        ("predict = 1", "E054", "neither true nor false", (1, 1)),
        ("fade = 1", "E054", "none of 0, rule, 1, 2", (1, 1)),
        ("open = {k = 1001}", "E054", "from 0 to 1000", (1, 9)),
        ("open = {k = true}", "E054", "from 0 to 1000", (1, 9)),
        ("open = {symbol = 'yhat'}", "E054", "did you mean y_hat?", (1, 9)),
        ("open = 3", "E054", "open is no table", (1, 1)),
        ("hide = 'data'", "E054", "list of names", (1, 1)),
        ("hide = ['dta']", "E054", "did you mean data?", (1, 1)),
        ("fix = {start = {v = 1}}", "E054", "the weights are w, b1", (1, 17)),
        ("fix = {start = {w = nan}}", "E054", "no finite number", (1, 17)),
        (f"fix = {{start = {{w = {'9' * 400}}}}}", "E054", "no finite number", (1, 17)),
        ("[text]\nlead = '<b>x</b>'", "E054", "looks like HTML", (2, 1)),
        ("[text]\nlead = 'a\u202eb'", "E054", "not seen", (2, 1)),
        (f"[text]\nlead = '{'x' * 501}'", "E054", "longer than 500", (2, 1)),
        ("[[question]]\nask = 'a'", "E054", "a question lacks after", (1, 3)),
        ("question = 3", "E054", "table of its own", (1, 1)),
        ("[[question]]\nafter=1\nask='a'\nanswers=['b']\nright=1\nbecause='c'", "E054", "no list of answers", (4, 1)),
        ("[[question]]\nafter=1\nask='a'\nanswers=['b','c']\nright=3\nbecause='c'", "E054", "from 1 to 2", (5, 1)),
        ("[[question]]\nafter=1\nask='a'\nanswers=['b',['c']]\nright=1\nbecause='c'", "E054", "no text", (4, 1)),
        ("a = " + "[" * 5000, "E052", "no TOML", None),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    text: str, code: str, said: str, place: tuple[int, int] | None
) -> None:
    with pytest.raises(UsageError) as caught:
        read(text.encode(), "o.toml", KNOWN)
    assert caught.value.code == code
    assert said in str(caught.value)
    if place is not None:
        assert caught.value.place == place


def test_a_file_that_is_too_long_or_is_none_is_an_error(tmp_path: Path) -> None:
    long = tmp_path / "long.toml"
    long.write_bytes(b"#" * (BYTES + 1))
    bad = tmp_path / "bad.toml"
    bad.write_bytes(b"\xff")
    for path, code in ((long, "E052"), (bad, "E052"), (tmp_path / "none.toml", "E457")):
        with pytest.raises(UsageError) as caught:
            load(path, KNOWN)
        assert caught.value.code == code


def test_a_broken_file_is_read_or_refused_and_never_more() -> None:
    draw = random.Random(5)
    read_, codes = 0, set()
    for _ in range(400):
        text = list(WHOLE)
        for _ in range(draw.randint(1, 3)):
            at = draw.randrange(len(text))
            text[at : at + draw.randint(0, 3)] = draw.choice(["", "'", '"', "[", "}", "=", "\n", "0", "nan", "\u202e"])
        try:
            read("".join(text).encode(), "o.toml", KNOWN)
            read_ += 1
        except UsageError as error:
            codes.add(error.code)
    assert read_ > 10
    assert codes == {"E052", "E053", "E054"}
