"""The same table in every form that a user may have it in, and what is said of a table as a whole."""

from __future__ import annotations

import io
import json
import os
import sys
import time
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

import chainrule as cr
from chainrule.data import Limits, arrow, bind, csvfile, file_cache, reading
from chainrule.data.given import table
from chainrule.data.table import Column
from chainrule.errors import ChainruleError, DataError, MissingExtra, UsageError
from chainrule.model import build
from chainrule.notation.parser import parse

pandas = pytest.importorskip("pandas")
polars = pytest.importorskip("polars")
pyarrow = pytest.importorskip("pyarrow")

LINE = build(parse("data x\ntarget y\nweight w := 0.5\nE = (w*x - y)^2\n"))
VECTOR = build(parse("index i = 1..2\ndata x[i]\ntarget y\nweight w\nE = (w*sum_i x[i] - y)^2\n"))
X, Y, NOTE = [0.1, 1 / 3, -2e-7], [1.0, 0.0, 3.0], ["a", "b, c", 'd "e"']


def frame() -> Any:
    return pandas.DataFrame({"x": X, "note": NOTE, "y": Y, "when": pandas.date_range("2024-01-01", periods=3)})


def same(data: object, **how: Any) -> None:
    found = bind(LINE, data, reading=reading(**how))
    assert found.values["x"].tobytes() == np.array(X).tobytes()
    assert found.values["y"].tolist() == Y


@pytest.mark.parametrize("orient", ["columns", "index", "records", "split", "table"])
@pytest.mark.parametrize("named", [False, True])
def test_each_of_pandas_orientations(tmp_path: Path, orient: Any, named: bool) -> None:
    data = frame().set_index("note") if named else frame()
    path = tmp_path / "data.json"
    data.to_json(path, orient=orient, double_precision=15, date_format="iso")
    found = bind(LINE, path)
    np.testing.assert_allclose(found.values["x"], X, rtol=1e-14)  # pandas writes at most 15 digits after the point
    assert found.values["y"].tolist() == Y


def test_pandas_values_and_lines(tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    frame()[["x", "y"]].to_json(path, orient="values")
    with pytest.raises(DataError) as caught:
        bind(LINE, path)
    assert (caught.value.code, "counted from 0" in caught.value.help) == ("E200", True)
    assert bind(LINE, path, reading=reading({"x": "0", "y": 1})).values["y"].tolist() == Y
    for name in ("lines.json", "lines.jsonl", "lines.ndjson"):
        frame().to_json(tmp_path / name, orient="records", lines=True, date_format="iso")
        assert bind(LINE, tmp_path / name).values["y"].tolist() == Y


@pytest.mark.parametrize(
    "options",
    [{}, {"index": False}, {"sep": ";"}, {"sep": "\t"}, {"sep": "|"}, {"sep": ";", "decimal": ","}, {"quoting": 1},
     {"quoting": 2}, {"encoding": "utf-16"}, {"encoding": "utf-8-sig"}, {"lineterminator": "\r\n"},
     {"lineterminator": "\r"}, {"float_format": "%.17g"}, {"na_rep": "NA"}, {"index_label": "row"}],
)  # fmt: skip
def test_whatever_pandas_writes(tmp_path: Path, options: dict[str, Any]) -> None:
    frame().to_csv(tmp_path / "data.csv", **options)
    same(tmp_path / "data.csv")


@pytest.mark.parametrize("make", [
    lambda: {"x": X, "y": Y, "note": NOTE, "more": object()},
    lambda: {"x": np.array(X), "y": Y},
    lambda: {"x": tuple(X), "y": (1, 0, 3)},
    lambda: {"x": [str(one) for one in map(repr, X)], "y": ["1", "0", "3"]},
    lambda: {"x": X, "y": [Fraction(1), Decimal(0), 3]},
    lambda: [{"x": x, "y": y, "note": note} for x, y, note in zip(X, Y, NOTE, strict=True)],
    lambda: [{"x": X[0], "y": 1}, {"x": X[1], "y": 0, "extra": None}, {"y": 3, "x": X[2]}],
    lambda: np.array(list(zip(X, Y, NOTE, strict=True)), [("x", float), ("y", "i4"), ("note", "U9")]),
    lambda: np.rec.fromarrays([X, Y], names="x,y"),
    frame,
    lambda: frame().set_index("when"),
    lambda: frame().convert_dtypes(),
    lambda: frame().astype({"note": "category", "y": "Int64"}),
    lambda: polars.DataFrame({"x": X, "note": NOTE, "y": Y}),
    lambda: polars.DataFrame({"x": X, "note": NOTE, "y": [1, 0, 3]}),
    lambda: pyarrow.table({"x": X, "note": NOTE, "y": Y}),
    lambda: pyarrow.record_batch({"x": X, "note": NOTE, "y": Y}),
    lambda: pyarrow.table({"x": X, "y": [1, 0, 3], "d": pyarrow.array(NOTE).dictionary_encode()}),
    lambda: Stream(pyarrow.table({"x": X, "note": NOTE, "y": Y})),
    lambda: Interchange(frame()[["x", "y", "note"]]),
])  # fmt: skip
def test_whatever_python_has(make: Any) -> None:
    same(make())


class Stream:
    """What hands out Arrow's stream and nothing else."""

    def __init__(self, data: Any) -> None:
        self.data = data

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.data.__arrow_c_stream__(requested_schema)


class Interchange:
    """What speaks the protocol of data frames and nothing else."""

    def __init__(self, data: Any) -> None:
        self.data = data

    def __dataframe__(self, nan_as_null: bool = False, allow_copy: bool = True) -> object:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return self.data.__dataframe__(nan_as_null, allow_copy)


def test_files_of_numpy(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=X, y=Y, note=NOTE)
    np.savez_compressed(tmp_path / "b.npz", x=X, y=Y, junk=np.array([{}, None]))
    fields = [("x", "f8"), ("y", "f4"), ("note", "U9")]
    np.save(tmp_path / "c.npy", np.array(list(zip(X, Y, NOTE, strict=True)), fields))
    np.save(tmp_path / "d.npy", np.array([X, Y]).T)
    for name in ("a.npz", "b.npz", "c.npy"):
        same(tmp_path / name)
    same(tmp_path / "d.npy", columns={"x": 0, "y": "1"})
    same(np.array([X, Y]).T, columns={"x": 0, "y": 1})
    same([list(row) for row in zip(X, Y, strict=True)], columns={"x": "0", "y": "1"})
    np.savez(tmp_path / "e.npz", x=[[1, 2], [3, 4]], y=[5, 6])
    assert bind(VECTOR, tmp_path / "e.npz").values["x"].tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("write", ["to_parquet", "to_feather"])
def test_files_of_arrow(tmp_path: Path, write: str) -> None:
    path = tmp_path / ("data.parquet" if write == "to_parquet" else "data.feather")
    getattr(frame(), write)(path)
    same(path)
    (tmp_path / path.name).write_bytes(b"PAR1 no")
    with pytest.raises(DataError) as caught:
        bind(LINE, path)
    assert caught.value.code == "E246"


def test_without_pyarrow_all_but_arrow_is_read(tmp_path: Path) -> None:
    frame().to_csv(tmp_path / "data.csv")
    frame().to_parquet(tmp_path / "data.parquet")
    with patch.dict(sys.modules, {"pyarrow": None}):
        arrow.library.cache_clear()
        try:
            same(tmp_path / "data.csv")
            same(frame()[["x", "y", "note"]])
            for data in (tmp_path / "data.parquet", Stream(None), Interchange(None)):
                with pytest.raises(MissingExtra) as caught:
                    bind(LINE, data)
                assert (caught.value.code, 'pip install "chainrule[arrow]"' in caught.value.help) == ("E245", True)
        finally:
            arrow.library.cache_clear()


def test_large_files_have_the_same_bits_with_pyarrow_and_without(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    values = rng.normal(size=(20_000, 4)) * 10.0 ** rng.integers(-300, 300, (20_000, 4))
    digits = (17, 6, 16, 3)
    rows = ([f"{one:.{many}g}" for many, one in zip(digits, row, strict=True)] for row in values.tolist())
    text = "a,b,x,y\n" + "\n".join(map(",".join, rows))
    path = tmp_path / "data.csv"
    path.write_text(text)
    expected = np.array([[float(cell) for cell in line.split(",")] for line in text.split("\n")[1:]])
    for lines in (text, text + "\n1,2,0x10,4", text + "\n1,2,nan,4", text + "\n,2,3,4"):
        path.write_text(lines)
        for missing in (False, True):
            with patch.object(arrow, "LEAST", 1 << 40 if missing else 1):
                found = [column.values for column in table(path).values]  # type: ignore[attr-defined]
            assert np.array([column[:20_000] for column in found]).T.tobytes() == expected.tobytes()
            assert len(found[0]) == lines.count("\n")
            if len(lines) > len(text):
                assert sum(np.isnan(column[-1]) for column in found) == 1
    for wrong in ("1,2,3", "1,2,3,4,5", "\n1,2,3,4"):
        path.write_text(f"{text}\n{wrong}\n1,2,3,4\n")
        for missing in (False, True):
            with patch.object(arrow, "LEAST", 1 << 40 if missing else 1), pytest.raises(DataError) as caught:
                table(path)
            assert (caught.value.code, "data.csv:20002" in caught.value.problem) == ("E212", True)


def test_zeros_beside_exponents_are_read_once(tmp_path: Path) -> None:
    """Zeros are nothing that was lost in rounding, in whatever way they are written; what was lost is kept as text."""
    path = tmp_path / "data.csv"
    zeros = ["0", "-0", "0.0", "0e7", "-0.0E-400", "0" * 400]
    text = "a,note,b\n" + "".join(f"{zeros[row % 6]},row {row},{row + 1}e-05\n" for row in range(3000))
    tiny = "0." + "0" * 330 + "1"
    for last in ("", "1e-400,lost,2\n", "1,lost,-3E-9999\n", f"{tiny},lost,2\n", f"1,lost,{tiny}\n"):
        path.write_text(text + last)
        with patch.object(arrow, "LEAST", 1):
            whole = arrow.cells((raw := path.read_bytes()), 9, len(raw) - 1, ",", [True, False, True])
            assert (whole is None) == bool(last)
            found = csvfile.read(path).values
        with patch.object(arrow, "LEAST", 1 << 40):
            expected = csvfile.read(path).values
        for one, other in zip(found, expected, strict=True):
            assert isinstance(one, Column)
            assert isinstance(other, Column)
            assert (one.values.tobytes(), one.odd, one.grouped) == (other.values.tobytes(), other.odd, other.grouped)
        ours = [one.odd for one in (found[0], found[2]) if isinstance(one, Column)]
        assert sum(map(len, ours)) == bool(last)


def test_rows_are_counted_before_they_are_read_only_where_they_can_be_too_many(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    for width in (1, 2, 5):
        line = ",".join("7" * width) + "\n"
        for rows in (9, 10, 11, 12):
            for end in ("", "\n"):
                path.write_text(",".join("abcde"[:width]) + "\n" + (line * rows).strip() + end)
                if rows > 10:
                    with pytest.raises(cr.LimitError) as caught:
                        csvfile.read(path, Limits(rows=10))
                    assert caught.value.code == "E234"
                else:
                    assert len(csvfile.read(path, Limits(rows=10)).values[0].values) == rows  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "raw", "code"),
    [
        ("a.npz", b"no zip", "E246"), ("a.npz", b"PK\x03\x04junk", "E246"), ("a.npy", b"\x93NUMPY\x01", "E246"),
        ("a.npy", b"", "E246"), ("a.xlsx", b"PK", "E200"), ("a.pkl", b"", "E200"), ("a.csv.gz", b"", "E200"),
        ("a", b"x,y\n1,2\n", "E200"), ("a.json", b"", "E216"), ("a.json", b"3", "E200"), ("a.json", b'"x"', "E200"),
        ("a.json", b"[]", "E223"), ("a.json", b"{}", "E206"), ("a.json", b"[1, 2]", "E200"),
        ("a.jsonl", b"", "E223"), ("a.jsonl", b'{"x":1,"y":2}\n{"x":', "E216"), ("a.jsonl", b"1\n2\n", "E200"),
        ("a.json", b'{"columns": ["x", "y"], "data": [[1, 2], [3]]}', "E203"),
    ],
)  # fmt: skip
def test_what_is_no_table(tmp_path: Path, name: str, raw: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(DataError) as caught:
        bind(LINE, tmp_path / name)
    assert caught.value.code == code
    assert caught.value.help


def test_objects_are_never_unpickled(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(tmp_path / "gone off"),)

    np.savez(tmp_path / "a.npz", x=np.array([Bomb()], object), y=[1], allow_pickle=True)
    np.save(tmp_path / "b.npy", np.array([Bomb()], object), allow_pickle=True)
    for name in ("a.npz", "b.npy"):
        with pytest.raises(DataError):
            bind(LINE, tmp_path / name)
    assert not (tmp_path / "gone off").exists()


def test_a_small_zip_of_a_large_array_is_a_limit(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "a.npz", x=np.zeros(10**6), y=np.zeros(10**6))
    with pytest.raises(ChainruleError) as caught:
        bind(LINE, tmp_path / "a.npz", limits=Limits(bytes=10**6))
    assert caught.value.code == "E234"


# what the caller says


@pytest.mark.parametrize(
    "name", ["target", "in", "sepal length (cm)", "x[", "E", "w·x", "größe", " x", "Unnamed: 0", "3a"]
)
def test_a_column_of_any_name_is_reached(tmp_path: Path, name: str) -> None:
    path = tmp_path / "data.csv"
    path.write_text(f"{name};y\n1;2\n", "utf-8")
    assert bind(LINE, path, reading=reading({"x": name})).values["x"].tolist() == [1]
    assert bind(LINE, {name: [1], "y": [2]}, reading=reading({"x": name})).values["x"].tolist() == [1]
    assert bind(VECTOR, {name: [1], "b": [4], "y": [2]}, reading=reading({"x[1]": name, "x[2]": "b"})).values[
        "x"
    ].tolist() == [[1, 4]]


def test_names_may_change_places_and_share_a_column() -> None:
    data = {"x": [1, 2], "y": [3, 4], "z": [5, 6]}
    swapped = bind(LINE, data, reading=reading({"x": "y", "y": "x"})).values
    assert (swapped["x"].tolist(), swapped["y"].tolist()) == ([3, 4], [1, 2])
    shared = bind(LINE, data, reading=reading({"y": "x"}))
    assert (shared.values["x"].tolist(), shared.values["y"].tolist()) == ([1, 2], [1, 2])
    assert shared.notes == ("the column z is not used", "the column y is not used: y is a target here")
    assert bind(LINE, data, reading=reading({"x": "z"})).values["x"].tolist() == [5, 6]


@pytest.mark.parametrize("name", ["Y", " y_", "y-", "Y (cm)"])
def test_a_name_that_is_nearly_it_is_offered(name: str) -> None:
    with pytest.raises(DataError) as caught:
        bind(LINE, {"x": [1], name: [1], "other": [2]})
    assert caught.value.code == "E206"
    if name != "Y (cm)":
        assert f'--column "y={name.strip()}"' in caught.value.help


@pytest.mark.parametrize(
    ("how", "problem"),
    [
        ({"columns": {"x": "nix"}}, "the data has no column 'nix'"),
        ({"columns": {"q": "x"}}, "columns speaks of q, which is no name of the model"),
        ({"columns": {"w": "x"}}, "columns speaks of w, which is a weight of the model"),
        ({"columns": "x"}, "columns cannot be"),
        ({"columns": ["x"]}, "columns cannot be"),
        ({"columns": {"x": None}}, "an entry of columns cannot be"),
        ({"columns": {"x[": "x"}}, "an entry of columns cannot be"),
        ({"classes": {"y": "ab"}}, "the classes of y cannot be"),
        ({"classes": {"y": []}}, "the classes of y cannot be"),
        ({"classes": {"y": ["a", "a"]}}, "classes names a class of y twice"),
        ({"classes": {"y": {"a": "b"}}}, "the classes of y cannot be"),
        ({"classes": {"z": ["a"]}}, "classes speaks of z"),
        ({"classes": ["a"]}, "classes cannot be"),
        ({"drop_missing": "yes"}, "drop_missing cannot be"),
        ({"standardise": 3}, "standardise cannot be"),
        ({"standardise": ["q"]}, "standardise speaks of q"),
        ({"standardise": {"x": 3}}, "the scale of x cannot be"),
        ({"standardise": {"x": (1, 0)}}, "the scale of x cannot be"),
        ({"standardise": {"x": ("a", 1)}}, "the scale of x cannot be"),
    ],
)
def test_what_a_caller_says_wrongly(how: dict[str, Any], problem: str) -> None:
    with pytest.raises(UsageError) as caught:
        bind(LINE, {"x": [1], "y": [2]}, reading=reading(**how))
    assert (caught.value.code, problem in caught.value.problem) == ("E242", True), caught.value
    assert caught.value.help


def test_classes(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text('x,y\n1,no\n2, yes \n3,"no"\n4,NA\n5,\n6,7\n')
    how: dict[str, Any] = {"classes": {"y": ["no", "yes", "NA", "7"]}}
    with pytest.raises(DataError) as caught:
        bind(LINE, path, reading=reading(**how))
    assert (caught.value.code, caught.value.problem) == ("E243", "data.csv:6:3: column y has no value")
    found = bind(LINE, path, reading=reading(**how, drop_missing=True))
    assert found.values["y"].tolist() == [0, 1, 0, 2, 3]
    assert "y: no = 0, yes = 1, NA = 2, 7 = 3" in found.notes
    other = bind(LINE, {"x": [1, 2], "y": ["b", "a"]}, reading=reading(classes={"y": {"a": 5, "b": -1.5}}))
    assert other.values["y"].tolist() == [-1.5, 5]
    words = pandas.DataFrame({"x": [1, 2], "y": pandas.Categorical(["b", "a"])})
    assert bind(LINE, words, reading=reading(classes={"y": ["a", "b"]})).values["y"].tolist() == [1, 0]
    (tmp_path / "b.json").write_text('{"x": [1, 2], "y": [true, false]}')
    answers = bind(LINE, tmp_path / "b.json", reading=reading(classes={"y": ["false", "true"]}))
    assert answers.values["y"].tolist() == [1, 0]


GAPS: list[Any] = [
    {"x": [1, None, 3, 4], "y": [1, 2, float("nan"), 4], "z": [None] * 4},
    [{"x": 1, "y": 1}, {"y": 2}, {"x": 3, "y": None}, {"x": 4, "y": 4, "z": 1}],
    pandas.DataFrame({"x": [1, None, 3, 4], "y": pandas.array([1, 2, None, 4], dtype="Int64"), "z": [None] * 4}),
    polars.DataFrame({"x": [1, None, 3, 4], "y": [1, 2, None, 4], "z": ["a", None, "b", None]}),
    pyarrow.table({"x": [1, None, 3, 4], "y": [1, 2, None, 4]}),
    {"x": np.ma.masked_array([1.0, 2, 3, 4], [0, 1, 0, 0]), "y": np.array([1, 2, np.nan, 4])},
]


@pytest.mark.parametrize("data", GAPS, ids=range(len(GAPS)))
def test_rows_without_a_value_are_left_out_and_counted(data: object) -> None:
    with pytest.raises(DataError) as caught:
        bind(LINE, data)
    assert caught.value.code in ("E203", "E205")
    assert "drop_missing=True" in caught.value.help
    assert "row 2" in caught.value.problem
    found = bind(LINE, data, reading=reading(drop_missing=True))
    assert (found.values["x"].tolist(), found.values["y"].tolist()) == ([1, 4], [1, 4])
    assert "2 of 4 rows are left out for want of a value: x in 1, y in 1" in found.notes


def test_rows_keep_their_numbers_when_others_are_left_out(tmp_path: Path) -> None:
    boxed = build(parse("data x in [0, 1]\ntarget y\nweight w\nE = (w*x - y)^2"))
    path = tmp_path / "data.csv"
    path.write_text("# c\nx,y\n,1\n0,1\n5,1\n")
    with pytest.raises(DataError) as caught:
        bind(boxed, path, reading=reading(drop_missing=True))
    assert (caught.value.code, "in data.csv:5" in caught.value.problem) == ("E221", True)
    path.write_text("x,y\n,1\n1,\n")
    with pytest.raises(DataError) as caught:
        bind(boxed, path, reading=reading(drop_missing=True))
    assert caught.value.code == "E223"
    with pytest.raises(DataError) as caught:  # an infinity is no gap
        bind(LINE, {"x": [1, float("inf")], "y": [1, 2]}, reading=reading(drop_missing=True))
    assert caught.value.code == "E205"


def test_gaps_with_letters() -> None:
    lettered = build(parse("patterns p\nindex i = 1..2\ndata x[i,p], s[i]\nweight w\nE[p] = w*sum_i s[i]*x[i,p]\n"))
    data = {"x": [[1, None, 3], [4, 5, 6]], "s": [1, 2]}
    found = bind(lettered, data, reading=reading(drop_missing=True))
    assert (found.patterns, found.values["x"].tolist()) == (2, [[1, 3], [4, 6]])
    with pytest.raises(DataError) as caught:
        bind(lettered, {"x": [[1, 2], [3, 4]], "s": [1, float("nan")]}, reading=reading(drop_missing=True))
    assert (caught.value.code, "belongs to no row" in caught.value.problem) == ("E205", True)
    stacked = bind(VECTOR, {"x[1]": [1, 2], "x[2]": [None, 3], "y": [4, 5]}, reading=reading(drop_missing=True))
    assert stacked.values["x"].tolist() == [[2, 3]]


def test_standardised_data_has_mean_0_and_spread_1(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(50, 7, (200, 2))
    found = bind(VECTOR, {"x": x, "y": x[:, 0]}, reading=reading(standardise=True))
    np.testing.assert_allclose(found.values["x"], (x - x.mean(0)) / x.std(0), rtol=1e-12)  # NumPy sums in another order
    assert found.values["y"].tobytes() == x[:, 0].tobytes()
    mean, spread = found.scales["x"]
    np.testing.assert_allclose([mean, spread], [x.mean(0), x.std(0)], rtol=1e-14)
    again = bind(VECTOR, {"x": x[:3], "y": [0, 0, 0]}, reading=reading(standardise=found.scales))
    assert again.values["x"].tobytes() == found.values["x"][:3].tobytes()
    backwards = bind(VECTOR, {"x": x[::-1], "y": x[:, 0]}, reading=reading(standardise=True))
    assert backwards.scales["x"][0].tobytes() == mean.tobytes()
    flat = bind(LINE, {"x": [0.1] * 3, "y": [1, 2, 3]}, reading=reading(standardise=["x", "y"]))
    assert flat.values["x"].tolist() == [0, 0, 0]
    assert any("where all rows are the same" in note for note in flat.notes)
    with pytest.raises(DataError) as caught:
        bind(LINE, {"x": [1e308, -1e308], "y": [0, 0]}, reading=reading(standardise=True))
    assert caught.value.code == "E247"


def test_a_domain_is_of_the_data_as_given() -> None:
    boxed = build(parse("data x in [10, 20]\ntarget y\nweight w\nE = (w*x - y)^2"))
    assert bind(boxed, {"x": [10, 20], "y": [0, 0]}, reading=reading(standardise=True)).values["x"].tolist() == [-1, 1]
    with pytest.raises(DataError):
        bind(boxed, {"x": [0, 20], "y": [0, 0]}, reading=reading(standardise=True))


@pytest.mark.parametrize("ending", ["npz", "json", "csv"])
def test_a_run_knows_its_scales(tmp_path: Path, ending: str) -> None:
    model = cr.Model("index i = 1..2\ndata x[i]\ntarget y\nweight w\nE = (w*sum_i x[i] - y)^2\n")
    run = model.train({"x": [[1, 2], [3, 5], [9, 4]], "y": [0, 1, 1]}, steps=9, standardise=["x", "y"])
    run.save(tmp_path / f"run.{ending}")
    other = cr.load_run(tmp_path / f"run.{ending}")
    assert other.verify()
    assert [[one.tobytes() for one in pair] for pair in other.scales.values()] == [
        [one.tobytes() for one in pair] for pair in run.scales.values()
    ]
    assert other.json() == run.json()
    assert run.json()["scales"]["x"]["mean"] == [13 / 3, 11 / 3]
    assert not cr.example("identity").train(steps=1).scales


# a file is read once


@pytest.fixture
def count() -> Any:
    file_cache._tables.clear()
    reads: list[Path] = []
    real = file_cache.csvfile.read

    def counting(path: Path, limits: Limits) -> Any:
        reads.append(path)
        return real(path, limits)

    with patch.object(file_cache.csvfile, "read", counting):
        yield reads
    file_cache._tables.clear()


def old(path: Path, text: str, seconds: float = 60) -> None:
    path.write_text(text)
    then = time.time_ns() - int(seconds * 1e9)
    os.utime(path, ns=(then, then))


def test_a_file_is_read_once_while_it_stays_as_it_is(tmp_path: Path, count: list[Path]) -> None:
    path = tmp_path / "data.csv"
    old(path, "x,y\n1,2\n")
    first = bind(LINE, path)
    bind(LINE, str(path))
    bind(VECTOR, path, reading=reading({"x[1]": "x", "x[2]": "y"}))
    assert len(count) == 1
    old(path, "x,y\n3,2\n", 50)  # another time
    assert bind(LINE, path).values["x"].tolist() == [3]
    old(path, "x,y\n3,22\n", 50)  # another size
    assert bind(LINE, path).values["y"].tolist() == [22]
    old(tmp_path / "new.csv", "x,y\n4,22\n", 50)
    (tmp_path / "new.csv").replace(path)  # another inode
    assert bind(LINE, path).values["x"].tolist() == [4]
    assert (len(count), first.values["x"].tolist()) == (4, [1])
    assert sorted(one.name for one in tmp_path.iterdir()) == ["data.csv"]


def test_a_file_that_was_just_written_is_read_again(tmp_path: Path, count: list[Path]) -> None:
    path = tmp_path / "data.csv"
    for value in range(5):  # so quickly that the time of change may stay as it is
        path.write_text(f"x,y\n{value},2\n")
        assert bind(LINE, path).values["x"].tolist() == [value]
    old(path, "x,y\n7,2\n", -3600)  # a clock that was put back
    bind(LINE, path)
    bind(LINE, path)
    assert len(count) == 7


def test_what_is_kept_cannot_be_written_to(tmp_path: Path, count: list[Path]) -> None:
    path = tmp_path / "data.csv"
    old(path, "x,y,t\n1,2,a\n")
    found = table(path)
    with pytest.raises(ValueError, match="read-only"):
        found.values[0].values[0] = 5  # type: ignore[attr-defined]
    assert len(found.sha256) == 64
    with patch.object(file_cache, "MOST", 10):
        old(tmp_path / "b.csv", "x,y\n1,2\n")
        table(tmp_path / "b.csv")
    assert len(file_cache._tables) == 1


def test_a_pipe_or_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(DataError) as caught:
        bind(LINE, tmp_path / "folder.csv")
    assert caught.value.code == "E201"


def test_data_of_explain() -> None:
    model = cr.Model("data x\ntarget y\nweight w := 0.5\nE = (w*x − y)²")
    story = model.explain(data={"X": [1, 2, 9], "y": [1, 2, 3]}, columns={"x": "X"}, standardise=True)
    assert "x is standardised: mean 4 and spread" in story.text()
    with pytest.raises(UsageError):
        model.explain(model.train({"x": [1], "y": [1]}, steps=1), data={"x": [1], "y": [2]})


def test_json_from_python(tmp_path: Path) -> None:
    buffer = io.StringIO()
    json.dump({"x": X, "y": Y, "note": NOTE}, buffer)
    (tmp_path / "data.json").write_text(buffer.getvalue())
    same(tmp_path / "data.json")
