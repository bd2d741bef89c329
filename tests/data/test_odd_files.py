"""Files with something odd in them: read as their owner would expect, doubted in a note, or refused with what to do."""

from __future__ import annotations

import gzip
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chainrule.data import bind, reading
from chainrule.data.spelled import meant
from chainrule.errors import ChainruleError
from chainrule.model import build
from chainrule.notation.parser import parse

LINE = build(parse("data x\ntarget y\nweight w := 0.5\nE = (w*x - y)^2\n"))


def bound(folder: Path, raw: str | bytes, name: str = "data.csv", **how: Any) -> Any:
    path = folder / name
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    return bind(LINE, path, reading=reading(**how))


READ: list[tuple[str, str | bytes, dict[str, Any], list[float], str]] = [
    ("two marks", "\ufeff\ufeffx,y\n1,2\n", {}, [1], ""),
    ("the end of DOS", "x,y\n1,2\n\x1a", {}, [1], ""),
    ("a total", "name,x,y\na,1,2\nb,3,4\nTotal,4,6\n", {}, [1, 3, 4], "the last row is called Total (data.csv:4)"),
    ("a name that is no total", "name,x,y\ntotal,1,2\nb,3,4\ntotal,4,6\n", {}, [1, 3, 4], ""),
    ("-999", "x,y\n1,2\n-999,4\n5,6\n", {}, [1, -999, 5], "x is -999 in 1 row: does that mean no value?"),
    ("-999 among its like", "x,y\n-998,2\n-999,4\n-5,6\n", {}, [-998, -999, -5], ""),
    ("-9 of many", "x,y\n-9,2\n-9,4\n5,6\n", {}, [-9, -9, 5], ""),
    ("MySQL", "x,y\n1,2\n\\N,4\n5,6\n", {"drop_missing": True}, [1, 5], "1 of 3 rows is left out"),
    ("World Bank", "x,y\n1,2\n..,4\n5,6\n", {"drop_missing": True}, [1, 5], "1 of 3 rows is left out"),
    ("an old Windows", "x,y\n1,2\n1.#QNAN,4\n5,6\n", {"drop_missing": True}, [1, 5], "1 of 3 rows is left out"),
    ("units above", "x (kg),y [m]\n1,2\n3,4\n", {"columns": {"x": "x (kg)", "y": "y [m]"}}, [1, 3], ""),
    ("signs in names", "a+b,c*d\n1,2\n3,4\n", {"columns": {"x": "a+b", "y": "c*d"}}, [1, 3], ""),
    ("ends of rows", "x,y,\n1,2,\n3,4,\n", {}, [1, 3], ""), ("an index", ",x,y\n0,1,2\n1,3,4\n", {}, [1, 3], ""),
    ("lines in quotes", 'note,x,y\n"a\nb",1,2\n"c ""d""",3,4\n', {}, [1, 3], ""),
    ("a date that no one reads", "d,x,y\n01/02/2020,1,2\n", {}, [1], ""), ("one row", "x,y\n1,2\n", {}, [1], ""),
    ("a name twice that no one reads", "a,a,x,y\n1,2,3,4\n", {}, [3], ""), ("fixed", "  x   y\n  1   2\n", {}, [1], ""),
    ("the words of the hint", "x,y\ntrue,1\nfalse,0\n", {"classes": {"x": ["false", "true"]}}, [1, 0], "x: false = 0"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "how", "x", "note"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_each_is_read(tmp_path: Path, raw: str | bytes, how: Any, x: list[float], note: str) -> None:
    found = bound(tmp_path, raw, **how)
    assert found.values["x"].tolist() == x
    assert any(one.startswith(note) for one in found.notes) if note else not any("?" in one for one in found.notes)


REFUSED: list[tuple[str, str | bytes, str, str, str]] = [
    ("Excel", b"PK\x03\x04\x14\x00", "E210", "data.csv is an archive", "save as CSV UTF-8"),
    ("an old Excel", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "E210", "an old Excel", "save as CSV UTF-8"),
    ("gzip", gzip.compress(b"x,y\n1,2\n"), "E210", "packed by gzip", "unpack it first"),
    ("bzip2", b"BZh91AY&SY", "E210", "packed by bzip2", "unpack"),
    ("zstd", b"\x28\xb5\x2f\xfd", "E210", "zstd", "unpack"),
    ("Parquet", b"PAR1\x15\x04", "E210", "a file of Parquet", "end in .parquet"),
    ("NumPy", b"\x93NUMPY\x01\x00", "E210", "a file of NumPy", "end in .npy"),
    ("PNG", b"\x89PNG\r\n", "E210", "a picture", "CSV"),
    ("PDF", "%PDF-1.4\n", "E210", "a PDF", "CSV"),
    ("a page", "<!DOCTYPE html>\n<p>", "E210", "with tags", "download the file itself"),
    ("a page with a mark", "\ufeff\n<HTML>", "E210", "with tags", "raw"),
    ("XML", '<?xml version="1.0"?>', "E210", "with tags", "CSV"),
    ("JSON", '{"x": [1], "y": [2]}', "E210", "JSON", "end in .json"),
    ("records", '[{"x": 1}]', "E210", "JSON", ".ndjson"),
    ("Git LFS", "version https://git-lfs.github.com/spec/v1\n", "E210", "Git LFS", "git lfs pull"),
    ("Weka", "@RELATION iris\n@attribute x numeric\n@data\n1\n", "E210", "Weka", "what follows @data"),
    ("Markdown", "| x | y |\n|---|---|\n| 1 | 2 |\n", "E213", "'---'", "line of strokes"),
    ("empty", "", "E211", "data.csv:1", "names the columns"), ("a header alone", "x,y\n", "E223", "no rows", "one row"),
    ("one column", "x\n1\n", "E206", "no column y", "column y"),
    ("no header", "1,2\n3,4\n", "E211", "data.csv:1:1", "x,y"),
    ("two headers", "x,y\nkg,m\n1,2\n", "E213", "data.csv:2:1: 'kg'", "take the row out"),
    ("a name twice", "x,x,y\n1,2,3\n", "E211", "data.csv:1: two columns are called x", "differently"),
    ("a comma too many", "x,y\n1,2,\n3,4,\n", "E212", "data.csv:2: 3 cells for 2 columns", "the rows end with commas"),
    ("a gap", "x,y\n1,2\n\n3,4\n", "E212", "data.csv:3", "take the line out"),
    ("a remark", "x,y\n1,2\n# a\n3,4\n", "E212", "data.csv:3: a comment", "above the header"),
    ("a total", "x,y\n1,2\n3,4\nTotal,6\n", "E213", "data.csv:4:1: 'Total'", "take the row out"),
    ("yes", "x,y\nyes,1\nno,0\n", "E213", "data.csv:2:1", '--classes "x=no,yes"'),
    ("ranks", "x,y\n1st,1\n2nd,0\n", "E213", "data.csv:2:1", '--classes "x=1st,2nd"'),
    ("a unit", "x,y\n12 kg,1\n13 kg,2\n", "E213", "data.csv:2:1: '12 kg'", "write 12:"),
    ("two units", "x,y\n12 kg,1\n13 lb,2\n", "E213", "data.csv:2:1: '12 kg'", "classes"),
    ("a formula", "x,y\n1,2\n#REF!,3\n5,6\n", "E213", "data.csv:3:1: '#REF!'", "a formula of the spreadsheet failed"),
    ("commas", 'x,y\n"1,234",1\n', "E215", "data.csv:2:1: 1,234 in column x may be 1.234 or 1234",
     "write 1.234 or 1234"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "code", "problem", "help"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_each_is_refused_with_what_to_do(tmp_path: Path, raw: str | bytes, code: str, problem: str, help: str) -> None:
    with pytest.raises(ChainruleError) as caught:
        bound(tmp_path, raw)
    found = caught.value
    assert (found.code, problem in found.problem, help in found.help) == (code, True, True), found


@pytest.mark.parametrize(
    ("cell", "write"),
    [
        ("12,50 €", "12.5:"), ("€ 12.50", "12.50:"), ("$3", "3:"), ("$1,200", "1200:"), ("-$3", None),
        ("1 234", "1234:"),
        ("1\u00a0234,5", "1234.5:"),
        ("1'234.5", "1234.5:"), ("1,23,456", "123456:"), ("1,234.5", "1234.5:"), ("12%", "12, or 0.12 for"),
        ("(5)", "-5:"),
        ("(1,234.50)", "-1234.5:"), ("0x1F", "31:"), ("1/2", "0.5"), ("1/0", None), ("1.5×10^3", "1.5e3:"),
        ("2·10⁻³", "2e-3:"),
        ("5*", "5:"), ("5[1]", "5:"), ("5 (a)", "5:"), ("2 # ok", "2:"), ("١٢", "12:"),
        ("12k", "12000 if k counts by 1,000, else 12:"),
        ("5±1", "5, and how sure"), ("−1", "-1:"), ("‘1’", None), ("word", None), ("Q3", None), ("3rd", None),
        ("", None), ("%", None),
        ("1.5 USD", "1.5:"), ("'7'", "7:"), ("1e5", "1e5:"),
    ],
)  # fmt: skip
def test_what_is_written_for_a_cell(cell: str, write: str | None) -> None:
    said = meant(cell)
    assert (said is None) if write is None else (said is not None and said.startswith(f"write {write}")), said


@pytest.mark.parametrize("cell", ["<0.01", "≥ 5", "~3", "5-10", "5 to 10", "1..3", "1+2j"])
def test_what_is_no_number_is_not_made_one(cell: str) -> None:
    assert not (meant(cell) or "").startswith("write")


def package(name: str) -> Path:
    found = find_spec(name)
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


NIST = sorted((package("scipy") / "stats" / "tests" / "data").rglob("*.dat"))


@pytest.mark.parametrize("path", NIST, ids=lambda path: path.stem)
def test_reference_sets_of_nist(path: Path) -> None:
    """All that SciPy brings, against the lines that each file itself says its data stand in."""
    lines = path.read_text("latin-1").split("\n")
    said = next(line for line in lines if line.lstrip().startswith("Data  ") and "(lines" in line)
    first, last = (int(one) for one in said.partition("(lines")[2].replace(")", "").split(" to "))
    names = lines[first - 2].removeprefix("Data:").split()
    found = bind(LINE, path, reading=reading(columns={"x": names[-1], "y": names[0]}))
    rows = np.array([line.split() for line in lines[first - 1 : last] if line.strip()], np.float64)
    assert found.values["x"].tolist() == rows[:, len(names) - 1].tolist()
    assert found.values["y"].tolist() == rows[:, 0].tolist()


BARE = ["iris.txt", "pdist-double-inp.txt", "random-int-data.txt", "random-bool-data.txt", "cdist-X1.txt"]


@pytest.mark.parametrize("name", BARE)
def test_tables_without_names_are_refused_where_they_begin(name: str) -> None:
    with pytest.raises(ChainruleError) as caught:
        bind(LINE, package("scipy") / "spatial" / "tests" / "data" / name)
    assert (caught.value.code, f"{name}:1:1" in caught.value.problem) == ("E211", True)


@pytest.mark.parametrize("name", ["mt19937", "pcg64", "philox", "sfc64"])
def test_a_first_line_that_is_no_header_is_said_to_be_none(name: str) -> None:
    """NumPy's own tables of random bits: `seed, 0xdeadbeaf` above rows of a number and a word in hexadecimal."""
    path = package("numpy") / "random" / "tests" / "data" / f"{name}-testset-1.csv"
    how = reading(columns={"x": "seed", "y": "0xdeadbeaf"})
    with pytest.raises(ChainruleError) as caught:
        bind(LINE, path, reading=how)
    assert caught.value.code == "E213"
    assert f"{name}-testset-1.csv:2:4: '0x" in caught.value.problem
    assert caught.value.help.startswith("write ")
