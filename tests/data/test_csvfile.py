"""A text file of a table: every double comes back to the bit, every layout that people have is read, and what cannot be
is an error with its place."""

from __future__ import annotations

import math
import struct
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.data import Limits, bind
from chainrule.data.csvfile import read
from chainrule.data.table import Column, Table
from chainrule.errors import DataError, LimitError
from chainrule.model import build
from chainrule.notation.parser import parse

LINE = build(parse("data x\ntarget y\nweight w := 0.5\nE = (w*x - y)^2\n"))


def written(folder: Path, text: str | bytes, name: str = "data.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def columns(table: Table) -> dict[str, Column]:
    assert all(isinstance(column, Column) for column in table.values)
    return {str(name): column for name, column in zip(table.names, table.values, strict=True)}  # type: ignore[misc]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20), st.sampled_from(",;\t| "))
def test_doubles_come_back_to_the_bit(
    tmp_path_factory: pytest.TempPathFactory, values: list[float], separator: str
) -> None:
    text = "\n".join(f"{value!r}{separator}{value:.17e}" for value in values)
    for rows in (text, text.replace(values[0].__repr__(), f'"{values[0]!r}"', 1), f"a{separator}b\n{text}"):
        path = written(tmp_path_factory.mktemp("csv"), f"x{separator}y\n{rows}\n")
        skip = rows.startswith("a")
        for column in columns(read(path)).values():
            assert [struct.pack("d", one) for one in column.values[skip:]] == [struct.pack("d", one) for one in values]


def test_the_smallest_and_largest_doubles(tmp_path: Path) -> None:
    values = [5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 0.1, 1 / 3, -0.0]
    found = columns(read(written(tmp_path, "x\n" + "\n".join(map(repr, values)))))["x"].values
    assert found.tolist() == values
    assert math.copysign(1, found[-1]) == -1


SAME: list[str | bytes] = [
    "x,y\n0,1\n2,3\n",
    "x,y\r\n0,1\r\n2,3\r\n",
    "x,y\r0,1\r2,3\r",
    "x,y\r0,1\r2,3",
    b"\xef\xbb\xbfx,y\n0,1\n2,3",
    "x,y\n0,1\n2,3\n\n\n",
    "x,y\r\n0,1\r\n2,3\r\n\r\n",
    ' x , y \n 0, 1\n+2 ,"3"\n',
    '"x","y"\n"0", "1" \n2.0,.3e1\n',
    '"x";"y"\n"0";"1"\n2.0;.3e1\n',
    "x;y\n0;1\n2;3\n",
    "x\ty\n0\t1\n2\t3\n",
    "x|y\n0|1\n2|3\n",
    "x y\n0 1\n2 3\n",
    "  x     y\n  0     1\n  2     3  \n",
    "x \t y\n0\t 1\n2   3\n",
    '"x" "y"\n"1" 0 1\n"2" 2 3\n',
    'x y\n"1" 0 1\n"2" 2 3\n',
    'x,y\n"1",0,1\n"2",2,3\n',
    "x,y\na,0,1\nb,2,3\n",
    '"","x","y"\n"1",0,1\n"2",2,3\n',
    ",x,y\n0,0,1\n1,2,3\n",
    "# a comment\n#another\n\nx,y\n0,1\n2,3\n",
    "\n\nx,y\n0,1\n2,3\n",
    "x,y\n0,1\n2,3\n".encode("utf-16"),
    b"\xff\xfe" + "x;y\r\n0;1\r\n2;3\r\n".encode("utf-16-le"),
    b"\xfe\xff" + "x\ty\n0\t1\n2\t3\n".encode("utf-16-be"),
    b"\xff\xfe\0\0" + "x,y\n0,1\n2,3\n".encode("utf-32-le"),
    "id,x,y\na,0,1\nb,2,3\n",
    "x,y,when\n0,1,2024-01-31\n2,3,\n",
    "x,y,text\n0,1,\"a, b\"\n2,3,'tis\n",
    'x,y,text\n0,1,"two\nlines"\n2,3,"a ""quoted"" word"\n',
    'x,text,y\n0,5\' 10",1\n2,"6\'",3\n',
    "x,y,z\n0,1,NA\n2,3,1e999\n",
    "x,y,y2,y2\n0,1,5,6\n2,3,7,8\n",
    "x,y,\n0,1,\n2,3,\n",
    "x,y,größe (µm)\n0,1,5\n2,3,ü\n",
    "x,y,target,in,if,a[b,$z\n0,1,,,,,\n2,3,,,,,\n",
    "x;y\n0,0;1,0\n2,0;3\n",
    'x,y\n"0,0","1,0"\n"2,0",3\n',
]


@pytest.mark.parametrize("text", SAME, ids=range(len(SAME)))
def test_what_is_the_same(tmp_path: Path, text: str | bytes) -> None:
    found = bind(LINE, written(tmp_path, text))
    assert (found.values["x"].tolist(), found.values["y"].tolist()) == ([0, 2], [1, 3])


@pytest.mark.parametrize("name", ["d.tsv", "d.txt", "d.dat", "d.CSV", "d.tab"])
def test_the_name_does_not_say_what_separates_cells(tmp_path: Path, name: str) -> None:
    for text in ("x\ty\n0\t1\n", "x,y\n0,1\n", "x y\n0 1\n"):
        path = written(tmp_path, text, name)
        assert bind(LINE, path).values["y"].tolist() == [1]


ERRORS: list[tuple[str | bytes, str, str, str]] = [
    ("", "E211", "data.csv:1: no header", "the first line names"),
    ("# only\n", "E211", "data.csv:2: no header", "the first line names"),
    ("1,2\n3,4\n", "E211", "data.csv:1:1: the first line has numbers only", "put a line with the names"),
    ("1;2\n3;4\n", "E211", "data.csv:1:1: the first line has numbers only", "put a line with the names"),
    ("1 2\n3 4\n", "E211", "data.csv:1:1: the first line has numbers only", "put a line with the names"),
    ("# x,y\n1,2\n3,4\n", "E211", "data.csv:2:1: the first line has numbers only", "take the # away"),
    ("x,y,x\n1,2,3\n", "E211", "data.csv:1: two columns are called x", "name every column differently"),
    ("x,y\n1,2\n3\n", "E212", "data.csv:3: 1 cell for 2 columns, too few", "one cell for each column"),
    ("x,y\n1,2,3\n", "E212", "data.csv:2: 3 cells for 2 columns, too many", "one cell for each column"),
    ("# a\nx,y\n1,2\n\n3,4\n", "E212", "data.csv:4: an empty line between the rows", "take the line out"),
    ('x,y\n1,"2"\n3\n', "E212", "data.csv:3: 1 cell for 2 columns, too few", "one cell"),
    ('x,y,z\n1,2,"a,b"\n3,4\n', "E212", "data.csv:3: 2 cells for 3 columns, too few", "one cell"),
    ("x,y\n1,\n", "E213", "data.csv:2:3: column y has no value here", "--drop-missing (drop_missing=True)"),
    ("x,y\n1,2\n3,\n5,\n", "E213", "data.csv:3:3: column y has no value here", "the 2 rows in which y has none"),
    ("x,y\n1,2\n ,\n", "E213", "data.csv:3:2: column x has no value here", "--drop-missing"),
    ("x,y\n1,  a1\n", "E213", "data.csv:2:5: 'a1' in column y is not a number", '--classes "y=a1"'),
    ('x,z,y\n"1", "2","a"\n', "E213", "data.csv:2:10: 'a' in column y is not a number", '--classes "y=a"'),
    ('t,x,y\n"a\nb",1,2\nc,3,?z\n', "E213", "data.csv:4:5: '?z' in column y is not a number", "decimal numbers"),
    ("x,y\n1,nan\n", "E213", "data.csv:2:3: column y has no value here (nan)", "--drop-missing"),
    ("x,y\n1,NA\n", "E213", "data.csv:2:3: column y has no value here (NA)", "--drop-missing"),
    ("x,y\n-inf,1\n", "E213", "data.csv:2:1: '-inf' in column x is not a number", "every number is finite"),
    ("x,y\n1,#DIV/0!\n", "E213", "data.csv:2:3: '#DIV/0!' in column y is not a number", "every number is finite"),
    ("x,y\n1,True\n2,False\n", "E213", "data.csv:2:3: 'True' in column y is not", '--classes "y=False,True"'),
    ("x,y\n2024-01-31,1\n", "E213", "data.csv:2:1: '2024-01-31' in column x is not a number", "it is a date"),
    ("x,y\n31.01.2024,1\n", "E213", "data.csv:2:1: '31.01.2024' in column x is not a number", "it is a date"),
    ("x,y\n12:30,1\n", "E213", "data.csv:2:1: '12:30' in column x is not a number", "a date or a time"),
    ("x,y\n12%,1\n", "E213", "data.csv:2:1: '12%' in column x is not a number", "write 12, or 0.12"),
    ("x,y\n$3.50,1\n", "E213", "data.csv:2:1: '$3.50' in column x is not a number", "write 3.50:"),
    ('x,y\n"$1,234.50",1\n', "E213", "data.csv:2:1: '$1,234.50' in column x is not a number", "write 1234.5:"),
    ("x,y\n−5,1\n", "E213", "data.csv:2:1: '−5' in column x is not a number", "write -5:"),
    ("x,y\n1 234,1\n", "E213", "data.csv:2:1: '1 234' in column x is not a number", "write 1234:"),
    ("x,y\n1'234.5,1\n", "E213", "data.csv:2:1: \"1'234.5\" in column x is not a number", "write 1234.5:"),
    ("x,y\n1e400,1\n", "E213", "data.csv:2:1: 1e400 in column x is too large for a double", "scale"),
    ("x,y\n1e-400,1\n", "E213", "data.csv:2:1: 1e-400 in column x is too small for a double", "scale"),
    ("x,y\n0." + "0" * 330 + "1,1\n", "E213", "in column x is too small for a double", "scale"),
    ("x,y\n1_000,1\n", "E213", "data.csv:2:1: '1_000' in column x is not a number", "write 1000:"),
    ("x,y\n１,1\n", "E213", "data.csv:2:1: '１' in column x is not a number", ""),
    ("x,y\n0x10,1\n", "E213", "data.csv:2:1: '0x10' in column x is not a number", ""),
    ('x,y\n1,"2\n3,4\n', "E214", "data.csv:2:3: a quote that is not closed", "close it"),
    ('x,y\n1,"2"3\n', "E214", "data.csv:2:6: text after a closing quote", "a comma between cells"),
    ('x;y\n1;"2" 3\n', "E214", "data.csv:2:7: text after a closing quote", "a semicolon between cells"),
    ('x,y\n1,2"3\n', "E213", "data.csv:2:3: '2\"3' in column y is not a number", ""),
    ("x,y\n1;2\n", "E215", "data.csv:2:2: the cells are separated by semicolons", "commas between the cells"),
    ("x,y\n1,5,2,5\n", "E215", "data.csv:2: 4 cells for 2 columns: are these decimal commas?", "write 0.5, not 0,5"),
    ('x,y\n"1,234",2\n', "E215", "data.csv:2:1: 1,234 in column x may be 1.234 or 1234", "write 1.234 or 1234"),
    ("x;y\n1,234;2\n", "E215", "data.csv:2:1: 1,234 in column x may be 1.234 or 1234", "write 1.234 or 1234"),
    ("x;y\n0,5;1\n1;1.234\n", "E215", "data.csv:3:3: 1.234 in column y has a point", "write 1234 if the point marks"),
    (b"x,y\n1,\x00\n", "E210", "data.csv:2:3: a NUL byte", "is it a CSV file?"),
    (b"x,y\n1,\xff\n", "E210", "data.csv:2:3: the byte 0xff is not UTF-8", "save the file as UTF-8"),
    ("x,y\n1,2\n".encode("utf-16-le"), "E210", "data.csv:1:2: a NUL byte", "is it UTF-16"),
    (b"\xff\xfex", "E210", "data.csv begins as UTF-16 does, and is not: byte 2", "save the file as UTF-8"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "problem", "help"), ERRORS, ids=range(len(ERRORS)))
def test_errors(tmp_path: Path, text: str | bytes, code: str, problem: str, help: str) -> None:
    with pytest.raises(DataError) as caught:
        bind(LINE, written(tmp_path, text))
    assert caught.value.code == code, caught.value
    assert problem in caught.value.problem
    assert help in caught.value.help
    assert caught.value.help


@pytest.mark.parametrize(
    ("text", "x"),
    [
        ("x;y\n0,5;0\n1,234;0\n", [0.5, 1.234]),
        ("x;y\n1,234;0,5\n2,345;0\n", [1.234, 2.345]),
        ("x;y\n1.234,5;0\n-7;0\n", [1234.5, -7]),
        ("x\ty\n-,5\t0\n1,5e3\t0\n", [-0.5, 1500]),
        ('x,y\n"1,234.5",0\n"-2,345",0\n', [1234.5, -2345]),
        ('x,y\n"1,234",0\n"1,234,567",0\n', [1234, 1234567]),
        ('x,y\n"1,234","12,345,678"\n0,0\n', [1234, 0]),
    ],
)
def test_commas_in_numbers_are_what_the_file_says(tmp_path: Path, text: str, x: list[float]) -> None:
    found = bind(LINE, written(tmp_path, text))
    assert found.values["x"].tolist() == x
    assert any("the commas of column" in note for note in found.notes)


@pytest.mark.parametrize(
    ("text", "limits", "field"),
    [
        ("x,y\n1,1\n2,2\n3,3\n", Limits(rows=2), "rows"),
        ('x,y\n1,1\n2,2\n3,"a,b"\n', Limits(rows=2), "rows"),
        ("x\n1\n2\n3\n", Limits(bytes=5), "bytes"),
        ("x,y\n1,2\n", Limits(columns=1), "columns"),
        ("x,y\n" + "1" * 2000 + ",1\n", Limits(), "field"),
    ],
)
def test_limits_say_what_raises_them(tmp_path: Path, text: str, limits: Limits, field: str) -> None:
    with pytest.raises(LimitError) as caught:
        bind(LINE, written(tmp_path, text), limits=limits)
    assert caught.value.code == "E234"
    assert f"--limit {field}=" in caught.value.help


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = written(tmp_path_factory.mktemp("csv"), raw)
    with suppress(DataError):
        found = columns(read(path))
        for column in found.values():
            assert {*np.flatnonzero(~np.isfinite(column.values)).tolist()} == {*column.odd}


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.text('x,y"\n\r 01.e-;\t\0nà#', max_size=40))
def test_near_misses_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = written(tmp_path_factory.mktemp("csv"), "x,y\n" + text)
    with suppress(DataError):
        found = columns(read(path))
        assert len({len(column.values) for column in found.values()}) == 1
    with suppress(DataError):
        bind(LINE, path)


def test_long_files_are_read_as_short_ones(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    block = rng.normal(size=(40_000, 3))
    rows = [",".join(map(repr, map(float, row))) for row in block]
    for change in ("", "late", "text", "quote", "zero"):
        some = list(rows)
        if change == "late":
            some[39_000] = "1,,2"
        if change == "text":
            some = [f"{row},n{at}" for at, row in enumerate(some)]
        if change == "quote":
            some[39_000] = '1,"a,\nb",2'
        if change == "zero":
            some[39_000] = "1,1e-999,2"
        path = written(tmp_path, "x,z,y" + ",t" * (change == "text") + "\n" + "\n".join(some) + "\n")
        found = columns(read(path))
        keep = [row for row in range(len(block)) if row != 39_000]
        for place, name in enumerate("xzy"):
            assert found[name].values[keep].tobytes() == block[keep, place].tobytes()
        assert [*found["z"].odd] == ([39_000] if change in ("late", "quote", "zero") else [])
        assert bind(LINE, path).patterns == len(block)
