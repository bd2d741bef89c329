"""The quick reader of long texts: the bits of `float`, the words of the slow one, or no answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from chainrule.data import arrow, csvfile, digits
from chainrule.data.table import Column, number_in
from chainrule.errors import DataError


@contextmanager
def everywhere(chunk: int = 300) -> Iterator[None]:
    """Short texts are read so too, in many parts."""
    with patch.object(arrow, "LEAST", 1 << 40), patch.object(digits, "LEAST", 1), patch.object(digits, "CHUNK", chunk):
        yield


def read(cells: list[str], width: int = 1, separator: str = ",", chunk: int = 300) -> list[Column] | None:
    rows = [separator.join(cells[at : at + width]) for at in range(0, len(cells), width)]
    raw = ("\n".join(rows)).encode()
    with everywhere(chunk), patch.object(digits, "FEW", 1):
        return digits.columns(raw, 0, len(raw), separator, [True] * width)


def decimals(count: int, seed: int) -> list[str]:
    """Numbers of every length, with and without signs, points, leading zeros and exponents."""
    dice = np.random.default_rng(seed)
    found = []
    for whole, part, sign in zip(*dice.integers(0, [[10], [10], [4]], (3, count)), strict=True):
        text = "".join(map(str, dice.integers(0, 10, whole)))
        text += "." * bool(part or sign == 3) + "".join(map(str, dice.integers(0, 10, part)))
        found.append(("-" if sign == 1 else "+" if sign == 2 else "") + text)
    return found


EDGES = [
    "0", "-0", "0.0", "-0.0", "00", "007", ".5", "-.5", "5.", "-5.", "1e5", "-1E-5", "9007199254740992",
    "90071992.54740992", "90071992.54740993", "99999999.99999999", "12345678.12345678", "123456789", "0.123456789",
    "1e400", "1e-400", "4.9e-324", " 1", "1 ", " 1.5 ", "  2", "+3", "+.5", "- 1", "--1", "-", "+", ".", "-.", "1.2.3",
    "1..2", "1-2", "1 2", "0x10", "inf", "-inf", "nan", "NA", "?", "", "abc", "12a", "a12", "1_000", "½", "−1", "１２",
    "1:30", "2020-01-01", "/1", ":1", "1/", "1;", "\x7f1",
    "é", "1é", "é.5", "5.é", "10000000", "100000000", "0.00000001", "0.000000001", "1" * 20, "0." + "1" * 20,
]  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("width", [1, 7])
def test_every_cell_is_what_it_is_alone(seed: int, width: int) -> None:
    cells = [one or "0" for one in decimals(1400, seed) + EDGES * 2 if width > 1 or one]
    if width > 1:
        cells[100::13] = [""] * len(cells[100::13])
    del cells[len(cells) // width * width :]
    found = read(cells, width)
    assert found is not None
    for place, column in enumerate(found):
        for row, cell in enumerate(cells[place::width]):
            expected = number_in(cell)
            if expected is None:
                assert (np.isnan(column.values[row]), column.odd[row]) == (True, cell.strip()), cell
            else:
                assert column.values[row].tobytes() == np.float64(expected).tobytes(), cell
                assert row not in column.odd


@pytest.mark.parametrize("separator", list(",;\t|"))
@pytest.mark.parametrize("chunk", [1, 50, 10**6])
def test_columns_of_words_and_of_numbers(tmp_path: Path, separator: str, chunk: int) -> None:
    words, gaps = ("1.5", "a.b é", "a.b é"), ("-2", "", "", "", "")
    rows = [[str(row), f"{row / 7:.5f}", words[row % 3], gaps[row % 5], "x"] for row in range(600)]
    rows[450][1] = "none"
    path = tmp_path / "data.csv"
    path.write_text("\n".join(map(separator.join, [list("abcde"), *rows])) + "\n", "utf-8")
    with everywhere(chunk):
        quick = csvfile.read(path)
    with patch.object(arrow, "LEAST", 1 << 40), patch.object(digits, "LEAST", 1 << 40):
        slow = csvfile.read(path)
    assert quick.sha256 == slow.sha256
    assert list(quick.rows.lines or []) == list(slow.rows.lines or [])


@pytest.mark.parametrize("wrong", ["1,2", "1,2,3,4", "", " ", "1,2,3,4,5,6,7", "1\n2,3", "1,2,3\n\n1,2,3"])
def test_a_line_with_other_cells_is_left_to_the_reader_that_says_where(tmp_path: Path, wrong: str) -> None:
    path = tmp_path / "data.csv"
    lines = ["a,b,c", *["1,2,3"] * 40, wrong, *["1,2,3"] * 40]
    path.write_text("\n".join(lines))
    with everywhere(), pytest.raises(DataError) as caught:
        csvfile.read(path)
    assert (caught.value.code, "data.csv:4" in caught.value.problem) == ("E212", True)


def test_ends_of_files(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    for end in ("", "\n", "\n\n", "\r\n", " \n\t\n", "\r"):
        path.write_bytes(("a,b\n" + "1.5,2\n" * 60 + "3,-4" + end).encode())
        with everywhere():
            table = csvfile.read(path)
        assert [one.values.tolist() for one in table.values] == [[1.5] * 60 + [3.0], [2.0] * 60 + [-4.0]]  # type: ignore[attr-defined]


def test_other_readers_are_asked_where_they_are_quicker() -> None:
    raw = b"\n".join([b"1,2"] * 100 + [b"1.23456789012345678,1e5"] * 100)
    with everywhere():
        assert digits.columns(raw, 0, len(raw), ",", [True, True]) is None
        assert digits.columns(raw, 0, len(raw), " ", [True, True]) is None
        assert digits.columns(raw, 0, len(raw), ",", [False, False]) is None
