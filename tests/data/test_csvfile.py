"""A CSV file: every double comes back to the bit, everything else is an error with its place."""

from __future__ import annotations

import math
import struct
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.data import Limits
from chainrule.data.csvfile import read, split
from chainrule.errors import DataError, LimitError


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "data.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_doubles_come_back_to_the_bit(tmp_path_factory: pytest.TempPathFactory, values: list[float]) -> None:
    path = written(tmp_path_factory.mktemp("csv"), "x\n" + "\n".join(map(repr, values)) + "\n")
    found = read(path)["x"]
    assert [struct.pack("d", one) for one in found] == [struct.pack("d", one) for one in values]


def test_the_smallest_and_largest_doubles(tmp_path: Path) -> None:
    values = [5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 0.1, 1 / 3, -0.0]
    found = read(written(tmp_path, "x\n" + "\n".join(map(repr, values))))["x"]
    assert found.tolist() == values
    assert math.copysign(1, found[-1]) == -1


@pytest.mark.parametrize(
    "text",
    [
        "x,y\n0,1\n2,3\n",
        "x,y\r\n0,1\r\n2,3\r\n",
        b"\xef\xbb\xbfx,y\n0,1\n2,3",
        "x,y\n0,1\n2,3\n\n\n",
        ' x , y \n 0, 1\n+2 ,"3"\n',
        '"x","y"\n"0", "1" \n2.0,.3e1\n',
    ],
)
def test_what_is_the_same(tmp_path: Path, text: str | bytes) -> None:
    found = read(written(tmp_path, text))
    assert {name: column.tolist() for name, column in found.items()} == {"x": [0, 2], "y": [1, 3]}


def test_quotes() -> None:
    assert split(Path("f"), 1, '"a ""b"", c",d,"",') == ['a "b", c', "d", "", ""]


@pytest.mark.parametrize(
    ("text", "code", "problem"),
    [
        ("", "E211", "data.csv:1: no header"),
        ("\n1,2\n", "E211", "data.csv:1: no header"),
        ("1,2\n3,4\n", "E211", "data.csv:1:1: the first line has numbers only"),
        ("x,,y\n1,2,3\n", "E211", "data.csv:1: column 2 has no name"),
        ("x,x\n1,2\n", "E211", "data.csv:1: two columns are called x"),
        ("x,y\n1,2\n3\n", "E212", "data.csv:3: 1 cells for 2 columns, too few"),
        ("x,y\n1,2,3\n", "E212", "data.csv:2: 3 cells for 2 columns, too many"),
        ("x,y\n1,2\n\n3,4\n", "E212", "data.csv:3: an empty line between the rows"),
        ("x,y\n1,\n", "E213", "data.csv:2:3: column y has no value here"),
        ("x,y\n1,  a1\n", "E213", "data.csv:2:5: 'a1' in column y is not a number"),
        ('x,z,y\n"1", "2","a"\n', "E213", "data.csv:2:10: 'a' in column y is not a number"),
        ("x,y\n1,nan\n", "E213", "data.csv:2:3: nan in column y is not a number"),
        ("x,y\n-inf,1\n", "E213", "data.csv:2:1: -inf in column x is not a number"),
        ("x,y\n1,NA\n", "E213", "data.csv:2:3: NA in column y is not a number"),
        ("x\n1e400\n", "E213", "data.csv:2:1: 1e400 in column x is too large for a double"),
        ("x\n1e-400\n", "E213", "data.csv:2:1: 1e-400 in column x is too small for a double"),
        ("x\n1_000\n", "E213", "data.csv:2:1: '1_000' in column x is not a number"),
        ("x\n１\n", "E213", "data.csv:2:1: '１' in column x is not a number"),
        ("x\n0x10\n", "E213", "data.csv:2:1: '0x10' in column x is not a number"),
        ('x,y\n1,"2\n3,4\n', "E214", "data.csv:2:3: a quote that is not closed in its line"),
        ('x,y\n1,"2"3\n', "E214", "data.csv:2:6: text after a closing quote"),
        ('x,y\n1,2"3\n', "E214", "data.csv:2:4: a quote inside a cell"),
        ("x;y\n1;2\n", "E215", "data.csv:1:2: the columns are separated by semicolons"),
        ("x\ty\n1\t2\n", "E215", "data.csv:1:2: the columns are separated by tabs"),
        ("x,y\n1;2\n", "E215", "data.csv:2:2: the cells are separated by semicolons"),
        ("x,y\n1,5,2,5\n", "E215", "data.csv:2: 4 cells for 2 columns: are these decimal commas?"),
        ('x,y\n"1,5",2\n', "E215", "data.csv:2:1: 1,5 has a decimal comma"),
        (b"x,y\n1,\x00\n", "E210", "data.csv:2:3: a NUL byte"),
        (b"x,y\n1,\xff\n", "E210", "data.csv:2:3: the byte 0xff is not UTF-8"),
        (b"\xff\xfex\x00", "E210", "data.csv is UTF-16"),
        (b"x,y\r1,2\r", "E210", "data.csv:1:4: a lone CR"),
    ],
)  # fmt: skip
def test_errors(tmp_path: Path, text: str | bytes, code: str, problem: str) -> None:
    with pytest.raises(DataError) as caught:
        read(written(tmp_path, text))
    assert (caught.value.code, caught.value.problem) == (code, problem)
    assert caught.value.help


@pytest.mark.parametrize(
    ("text", "limits", "field"),
    [
        ("x\n1\n2\n3\n", Limits(rows=2), "rows"),
        ("x\n1\n2\n3\n", Limits(bytes=5), "bytes"),
        ("x,y\n1,2\n", Limits(columns=1), "columns"),
        ("x\n" + "1" * 2000 + "\n", Limits(), "field"),
    ],
)
def test_limits_say_what_raises_them(tmp_path: Path, text: str, limits: Limits, field: str) -> None:
    with pytest.raises(LimitError) as caught:
        read(written(tmp_path, text), limits)
    assert caught.value.code == "E234"
    assert f"Limits({field}=" in caught.value.help


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = written(tmp_path_factory.mktemp("csv"), raw)
    with suppress(DataError):
        assert all(np.isfinite(column).all() for column in read(path).values())


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text('x,y"\n\r 01.e-;\t\0nà', max_size=40))
def test_near_misses_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    with suppress(DataError):
        found = read(written(tmp_path_factory.mktemp("csv"), "x,y\n" + text))
        assert len({len(column) for column in found.values()}) == 1
