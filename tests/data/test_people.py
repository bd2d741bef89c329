"""Small files like those that people have: each is read as its owner would expect, or refused with what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chainrule.data import bind, reading
from chainrule.errors import DataError
from chainrule.model import build
from chainrule.notation.parser import parse

LINE = build(parse("data x\ntarget y\nweight w := 0.5\nE = (w*x - y)^2\n"))
IRIS = {"columns": {"x": "sepal length (cm)", "y": "species"}, "classes": {"y": ["setosa", "virginica"]}}

Read = tuple[str, str | bytes, dict[str, Any], list[float], list[float]]

READ: list[Read] = [
    ("iris.csv", "Id,sepal length (cm),species\n1,5.1,setosa\n2,6.3,virginica\n", IRIS, [5.1, 6.3], [0, 1]),
    ("iris-r.csv", '"","Sepal.Length","Species"\n"1",5.1,"setosa"\n"2",6.3,"virginica"\n',
     {"columns": {"x": "Sepal.Length", "y": "Species"}, "classes": IRIS["classes"]}, [5.1, 6.3], [0, 1]),
    ("iris.txt", '"Sepal.Length" "Species"\n"1" 5.1 "setosa"\n"2" 6.3 "virginica"\n',
     {"columns": {"x": "Sepal.Length", "y": "Species"}, "classes": IRIS["classes"]}, [5.1, 6.3], [0, 1]),
    ("mtcars.csv", '"","mpg","cyl","wt"\n"Mazda RX4",21,6,2.62\n"Datsun 710",22.8,4,2.32\n',
     {"columns": {"x": "wt", "y": "mpg"}}, [2.62, 2.32], [21, 22.8]),
    ("mtcars.txt", "mpg cyl wt\nMazda_RX4 21 6 2.62\nDatsun_710 22.8 4 2.32\n", {"columns": {"x": "wt", "y": "mpg"}},
     [2.62, 2.32], [21, 22.8]),
    ("titanic.csv", 'PassengerId,Survived,Name,Sex,Age,Cabin\n1,0,"Braund, Mr. Owen Harris",male,22,\n'
     '2,1,"Cumings, Mrs. John (Florence ""Flo"" Briggs)",female,,C85\n3,1,"Heikkinen, Miss. Laina",female,26,\n',
     {"columns": {"x": "Age", "y": "Survived"}, "drop_missing": True}, [22, 26], [0, 1]),
    ("titanic-sex.csv", 'Survived,Name,Sex\n0,"Braund, Mr. Owen",male\n1,"Cumings, Mrs. ""Flo""",female\n',
     {"columns": {"x": "Sex", "y": "Survived"}, "classes": {"x": ["male", "female"]}}, [0, 1], [0, 1]),
    ("penguins.csv", "species,island,bill_length_mm,body_mass_g\nAdelie,Torgersen,39.1,3750\nAdelie,Torgersen,NA,NA\n",
     {"columns": {"x": "bill_length_mm", "y": "body_mass_g"}, "drop_missing": True}, [39.1], [3750]),
    ("excel-says.csv", "sep=;\r\nx;y\r\n0,5;1\r\n", {}, [0.5], [1]),
    ("housing.txt", "   CRIM     ZN   MEDV\n 0.00632  18.00  24.00\n 0.02731   0.00  21.60\n",
     {"columns": {"x": "CRIM", "y": "MEDV"}}, [0.00632, 0.02731], [24, 21.6]),
    ("auto-mpg.data", 'mpg cyl hp name\n18.0   8   130.0      "chevrolet chevelle malibu"\n25.0 4 ? "ford pinto"\n',
     {"columns": {"x": "hp", "y": "mpg"}, "drop_missing": True}, [130], [18]),
    ("winequality.csv", '"fixed acidity";"pH";"quality"\n7.4;3.51;5\n7.8;3.2;5\n',
     {"columns": {"x": "fixed acidity", "y": "quality"}}, [7.4, 7.8], [5, 5]),
    ("excel-de.csv", b"\xef\xbb\xbfDatum;Menge;Preis\r\n01.02.2024;1,5;1.234,50\r\n02.02.2024;2;99,00\r\n",
     {"columns": {"x": "Menge", "y": "Preis"}}, [1.5, 2], [1234.5, 99]),
    ("excel-fr.txt", "x\ty\tdate\r\n1,5\t2,25\t31/01/2024\r\n".encode("utf-16"), {}, [1.5], [2.25]),
    ("excel-sep.csv", "x;y\r\n0,1;1\r\n0,25;2\r\n", {}, [0.1, 0.25], [1, 2]),
    ("excel-us.csv", 'x,y\n"1,234.50","1,000,000"\n"99.00","5"\n', {}, [1234.5, 99], [1e6, 5]),
    ("excel-empty-column.csv", "x,y,,\n1,2,,\n3,4,,\n", {}, [1, 3], [2, 4]),
    ("google.tsv", "x\ty\tcomment\n1\t2\tit's \"fine\"\n", {}, [1], [2]),
    ("pandas.csv", ",x,y\n0,1.0,2\n1,3.0,4\n", {}, [1, 3], [2, 4]),
    ("pandas-twice.csv", "Unnamed: 0.1,Unnamed: 0,x,y\n0,0,1.0,2\n", {}, [1], [2]),
    ("pandas-dates.csv", "date,x,y\n2024-01-01 00:00:00+00:00,1.0,2\n", {}, [1], [2]),
    ("pandas-multi.csv", 'x,y,tags\n1,2,"[\'a\', \'b\']"\n', {}, [1], [2]),
    ("savetxt.csv", "x,y\n1.000000000000000056e-01,2.000000000000000000e+00\n", {}, [0.1], [2]),
    ("bom-quoted.csv", b'\xef\xbb\xbf"x","y"\n"1","2"\n', {}, [1], [2]),
    ("classic-mac.csv", "x,y\r1,2\r3,4", {}, [1, 3], [2, 4]),
    ("mixed-ends.csv", "x,y\r\n1,2\n3,4\r\n", {}, [1, 3], [2, 4]),
    ("commented.csv", "# station 7\n# units: s, m\nx,y\n1,2\n", {}, [1], [2]),
    ("logger.dat", "x    y\n1.0E+00   2.0E+00\n", {}, [1], [2]),
    ("Norris.dat", "NIST/ITL StRD\nDataset Name:  Norris (Norris.dat)\n\nFile Format:   ASCII\n"
     "               Data             (lines 9 to 10)\n\nModel:  y = B0 + B1*x + e\n"
     "Data:       y          x\n            0.1        0.2\n          338.8      337.4\n", {},
     [0.2, 337.4], [0.1, 338.8]),
    ("Misra1a.dat", "NIST/ITL StRD\nDataset Name:  Misra1a\n\n\nData:   y               x\n      10.07E0      77.6E0\n"
     "      14.73E0     114.9E0\n", {}, [77.6, 114.9], [10.07, 14.73]),
    ("bars.txt", "x | y\n1 | 2\n3 | 4\n", {}, [1, 3], [2, 4]),
    ("target.csv", "feature,target\n1,2\n", {"columns": {"x": "feature", "y": "target"}}, [1], [2]),
    ("sklearn.csv", "x0,in,target_name\n1,2,a\n", {"columns": {"x": "x0", "y": "in"}}, [1], [2]),
    ("api.json", '[{"id": "a1", "x": 1, "y": 2, "meta": {"ok": true, "tags": []}}, {"id": null, "x": 3, "y": 4}]', {},
     [1, 3], [2, 4]),
    ("log.ndjson", '{"x": 1, "y": 2, "at": "2024-01-01T00:00:00Z"}\n{"x": 3, "y": 4, "error": null}\n', {}, [1, 3],
     [2, 4]),
    ("split.json", '{"columns":["x","name","y"],"index":[0,1],"data":[[1,"a",2],[3,null,4]]}', {}, [1, 3], [2, 4]),
    ("series.json", '{"x":{"1704067200000":1},"y":{"1704067200000":2}}', {}, [1], [2]),
    ("gaps.json", '{"x":{"0":1.0,"1":null,"2":5},"y":{"0":2,"1":4,"2":6}}', {"drop_missing": True}, [1, 5], [2, 6]),
    ("r-table.csv", '"","1940","1950"\n"Food",22.2,59.6\n"Health",3.5,9.7\n', {"columns": {"x": "1940", "y": "1950"}},
     [22.2, 3.5], [59.6, 9.7]),
    ("reply.json", '{"count": 2, "next": null, "results": [{"x": 1, "y": 2}, {"x": 3, "y": 4}]}', {}, [1, 3], [2, 4]),
    ("census.json", '[["x", "NAME", "y"], ["1", "Ohio", 2], ["3", "Utah", 4]]', {}, [1, 3], [2, 4]),
    ("windows-twice.csv", b"x,y\r\r\n1,2\r\r\n3,4\r\r\n", {}, [1, 3], [2, 4]),
    ("words.json", '{"x": [1, 2], "y": ["no", "yes"]}', {"classes": {"y": ["no", "yes"]}}, [1, 2], [0, 1]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "raw", "how", "x", "y"), READ, ids=[one[0] for one in READ])
def test_read_as_its_owner_expects(
    tmp_path: Path, name: str, raw: str | bytes, how: dict[str, Any], x: list[float], y: list[float]
) -> None:
    path = tmp_path / name
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    found = bind(LINE, path, reading=reading(**how))
    assert (found.values["x"].tolist(), found.values["y"].tolist()) == (x, y)
    assert not any("1 (it has no name)" in note and "x" in note.split() for note in found.notes)


Refused = tuple[str, str | bytes, dict[str, Any], str, str, str]

REFUSED: list[Refused] = [
    ("housing.data", " 0.00632  18.00   2.310  24.00\n 0.02731 0.00 7.070 21.60\n", {}, "E211", "housing.data:1:1",
     "put a line"),
    ("iris.data", "5.1,3.5,1.4,0.2,Iris-setosa\n4.9,3.0,1.4,0.2,Iris-setosa\n", {}, "E206", "no column x",
     "put a line of names above it"),
    ("iris.csv", "x,y\n5.1,setosa\n6.3,virginica\n", {}, "E213", "iris.csv:2:5: 'setosa'",
     '--classes "y=setosa,virginica"'),
    ("titanic.csv", "Name,x,y\nA,22,0\nB,,1\nC,,1\n", {}, "E213", "titanic.csv:3:3: column x has no value",
     "the 2 rows"),
    ("latin1.csv", "x,y,ort\n1,2,Köln\n".encode("latin-1"), {}, "E210", "latin1.csv:2:6: the byte 0xf6", "UTF-8"),
    ("dates.csv", "x,y\n2024-01-01,2\n", {}, "E213", "dates.csv:2:1: '2024-01-01' in column x", "it is a date"),
    ("money.csv", 'x,y\n"$1,200",2\n', {}, "E213", "money.csv:2:1: '$1,200' in column x", "write 1200:"),
    ("percent.csv", "x,y\n12.5%,2\n", {}, "E213", "percent.csv:2:1: '12.5%' in column x", "write 12.5, or 0.125"),
    ("thousands.csv", 'x,y\n"1,234",2\n"5,678",3\n', {}, "E215", "thousands.csv:2:1: 1,234 in column x",
     "1.234 or 1234"),
    ("ragged.csv", "x,y\n1,2\n3,4,5\n", {}, "E212", "ragged.csv:3: 3 cells for 2 columns", "one cell for each"),
    ("total.csv", "x,y\n1,2\nTotal,2\n", {}, "E213", "total.csv:3:1: 'Total' in column x", "take the row out"),
    ("units.csv", "x,y\n(s),(m)\n1,2\n", {}, "E213", "units.csv:2:1: '(s)' in column x", "take the row out"),
    ("names.csv", "X,Y\n1,2\n", {}, "E206", "names.csv has no column x", '--column "x=X"'),
    ("savetxt.csv", "# x,y\n1.0,2.0\n", {}, "E211", "savetxt.csv:2:1", "take the # away"),
    ("book.xlsx", b"PK\x03\x04", {}, "E200", "book.xlsx", "save as CSV UTF-8"),
    ("null.json", '[{"x": 1, "y": 2}, {"x": null, "y": 4}]', {}, "E205", "row 2 of null.json: column x",
     "drop_missing"),
    ("quoted.csv", 'x,y\n1,"2\n', {}, "E214", "quoted.csv:2:3: a quote that is not closed", "close it"),
    ("html.csv", "<!DOCTYPE html>\n<html>\n<body>\n", {}, "E210", "html.csv is a page",
     "download the file itself"),
    ("title.csv", "Monthly sales\n\nx,y\n1,2\n", {}, "E212", "title.csv:2: an empty line", "is line 1 a title"),
    ("title-2.csv", "Monthly sales\nx,y\n1,2\n", {}, "E212", "title-2.csv:2: line 1 does not name", "Begin it with #"),
    ("title-3.csv", "Sales of 2024,,\nx,y,z\n1,2,3\n", {}, "E206", "no column x", "is line 1 a title"),
    ("matlab.csv", "% from MATLAB\nx,y\n1,2\n", {}, "E212", "matlab.csv:2: line 1 does not name", "Begin it with #"),
    ("c.csv", "// units: m\nx,y\n1,2\n", {}, "E212", "c.csv:2: line 1 does not name", "Begin it with #"),
    ("remark.csv", "x,y\n1,2\n# from here on by hand\n3,4\n", {}, "E212", "remark.csv:3: a comment between", "take it"),
    ("commas.csv", "x,y\n1,2,\n3,4,\n", {}, "E212", "commas.csv:2: 3 cells for 2 columns", "the rows end with commas"),
    ("fortran.csv", "x,y\n1.5D+00,2\n", {}, "E213", "fortran.csv:2:1: '1.5D+00'", "write 1.5e+00: an exponent is an e"),
    ("months.csv", "x,y\n2024-01,2\n2024-02,3\n", {}, "E213", "months.csv:2:1: '2024-01'", "it is a date"),
    ("stocks.csv", "x,y\nJan 1 2000,2\nFeb 1 2000,3\n", {}, "E213", "stocks.csv:2:1: 'Jan 1 2000'", "it is a date"),
    ("table", "x,y\n1,2\n", {}, "E200", "the name", "rename it to end in .csv"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "raw", "how", "code", "problem", "help"), REFUSED, ids=[one[0] for one in REFUSED])
def test_refused_with_what_to_do(
    tmp_path: Path, name: str, raw: str | bytes, how: dict[str, Any], code: str, problem: str, help: str
) -> None:
    path = tmp_path / name
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    with pytest.raises(DataError) as caught:
        bind(LINE, path, reading=reading(**how))
    assert caught.value.code == code, caught.value
    assert problem in caught.value.problem
    assert help in caught.value.help


def test_there_are_enough_of_them() -> None:
    assert len(READ) + len(REFUSED) >= 50
