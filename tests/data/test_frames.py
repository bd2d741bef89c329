"""What Python's libraries hand over: frames and rows of any make, an array from several columns, and what is none."""

from __future__ import annotations

import datetime as dt
import io
import warnings
from collections import namedtuple
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chainrule.data import bind, reading
from chainrule.errors import ChainruleError
from chainrule.model import build
from chainrule.notation.parser import parse

pandas = pytest.importorskip("pandas")
polars = pytest.importorskip("polars")
pyarrow = pytest.importorskip("pyarrow")

LINE = build(parse("data x\ntarget y\nweight w := 0.5\nE = (w*x - y)^2\n"))
VECTOR = build(parse("index i = 1..2\ndata x[i]\ntarget y\nweight w\nE = (w*sum_i x[i] - y)^2\n"))
OPEN = build(parse("index i\ndata x[i]\ntarget y\nweight w[i]\nE = (sum_i w[i]*x[i] - y)^2\n"))
FROM_ZERO = build(parse("index i = 0..1\ndata x[i]\ntarget y\nweight w\nE = (w*sum_i x[i] - y)^2\n"))
LETTERED = build(parse("patterns p\nindex i = 1..2\ndata x[p,i]\ntarget y[p]\nweight w\nE[p] = (w*x[p,1] - y[p])^2\n"))
SQUARE = build(parse("index i = 1..2, j = 1..2\ndata x[i,j]\ntarget y\nweight w\nE = (w*x[1,2] - y)^2\n"))

Row = namedtuple("Row", "x y")  # what itertuples and databases hand out


@dataclass
class Measured:
    x: float
    y: float


@pytest.mark.parametrize(
    "make",
    [
        lambda: polars.LazyFrame({"x": [1, 3], "y": [2, 4]}),
        lambda: pandas.DataFrame({"y": [2, 4]}, index=pandas.Index([1, 3], name="x")),
        lambda: pandas.DataFrame({"n": [1, 3], "y": [2, 4], "x": [1, 3]}).set_index(["n", "x"]),
        lambda: pandas.DataFrame({"x": [1, 3], "y": [2, 4]}, index=pandas.Index(["a", "b"], name="x")),
        lambda: pandas.DataFrame({"x": pandas.arrays.SparseArray([1.0, 3]), "y": pandas.Categorical([2, 4])}),
        lambda: pandas.DataFrame({"x": [1, 3], "y": [2, 4]}).convert_dtypes(dtype_backend="pyarrow"),
        lambda: list(pandas.DataFrame({"x": [1, 3], "y": [2, 4]}).itertuples()),
        lambda: [Row(1, 2), Row(3, 4)],
        lambda: [Measured(1, 2), Measured(3, 4)],
        lambda: [["x", "y"], [1, 2], [3, 4]],
        lambda: pyarrow.table({"x": [1, 3], "y": [2, 4]}).to_reader(),
        lambda: {"x": polars.Series([1, 3]), "y": pyarrow.chunked_array([[2], [4]])},
        lambda: {"x": np.array([b"1", b"3"]), "y": np.array(["2", "4"])},
        lambda: {"x": np.array([1, 3], ">f4"), "y": range(2, 6, 2)},
    ],
)  # fmt: skip
def test_each_is_read(make: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = bind(LINE, make())
    assert (found.values["x"].tolist(), found.values["y"].tolist()) == ([1, 3], [2, 4])


@pytest.mark.parametrize(
    "make",
    [
        lambda x: pandas.DataFrame({"x": x, "y": [5, 6]}),
        lambda x: pandas.DataFrame({"x": [np.array(one) for one in x], "y": [5, 6]}),
        lambda x: polars.DataFrame({"x": x, "y": [5, 6]}),
        lambda x: polars.DataFrame({"x": polars.Series(x, dtype=polars.Array(polars.Int64, 2)), "y": [5, 6]}),
        lambda x: pyarrow.table({"x": pyarrow.array(x, pyarrow.list_(pyarrow.int64(), 2)), "y": [5, 6]}),
        lambda x: [{"x": one, "y": y} for one, y in zip(x, [5, 6], strict=True)],
    ],
)  # fmt: skip
def test_a_column_of_lists_is_an_array(make: Any) -> None:
    assert bind(VECTOR, make([[1, 2], [3, 4]])).values["x"].tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(("x", "code"), [([[1, 2], [3]], "E204"), ([[1, 2], None], "E205"), ([[1, 2], 3], "E204")])
def test_lists_that_form_no_array(x: Any, code: str) -> None:
    with pytest.raises(ChainruleError) as caught:
        bind(VECTOR, pandas.DataFrame({"x": x, "y": [5, 6]}))
    assert caught.value.code == code
    if code == "E205":
        found = bind(VECTOR, pandas.DataFrame({"x": x, "y": [5, 6]}), reading=reading(drop_missing=True))
        assert found.values["x"].tolist() == [[1, 2]]


@pytest.mark.parametrize(
    ("make", "code", "help"),
    [
        (lambda: pandas.Series([1, 2], name="x"), "E200", "name it: {'x': data}"),
        (lambda: polars.Series([1, 2]), "E200", "name it"),
        (lambda: pyarrow.chunked_array([[1, 2]]), "E200", "a mapping of names"),
        (lambda: zip([1, 2], [3, 4], strict=True), "E200", "list(…)"),
        (lambda: ({"x": 1, "y": 2} for _ in range(2)), "E200", "list(…)"),
        (lambda: io.StringIO("x,y\n1,2\n"), "E200", "give the path"),
        (lambda: "x,y\n1,2\n", "E200", "write it into a file"),
        (lambda: "https://example.org/data.csv", "E201", "download it"),
        (lambda: "https://example.org/data", "E201", "download it"),
        (lambda: Path(), "E201", "give the path"),
        (lambda: pandas.DataFrame([[1, 2], [3, 4]]), "E200", "columns={\"x\": 0}"),
        (lambda: {"x": (one for one in [1, 2]), "y": [1, 2]}, "E204", "list(…)"),
        (lambda: {"x": {1, 2}, "y": [1, 2]}, "E204", "list(…)"),
        (lambda: {"x": {"a": 1}, "y": [1]}, "E204", "list(…)"),
        (lambda: {"x": np.array([1, 2], "m8[s]"), "y": [1, 2]}, "E204", "a date or a time"),
        (lambda: {"x": [dt.time(12), dt.time(13)], "y": [1, 2]}, "E204", "a date or a time"),
        (lambda: {"x": [dt.timedelta(1)] * 2, "y": [1, 2]}, "E204", "a date or a time"),
        (lambda: {"x": pandas.period_range("2024", periods=2, freq="M"), "y": [1, 2]}, "E204", "a date or a time"),
        (lambda: {"x": [object(), object()], "y": [1, 2]}, "E204", "write decimal numbers"),
    ],
)
def test_what_is_no_table_is_refused_with_what_to_do(make: Any, code: str, help: str) -> None:
    with pytest.raises(ChainruleError) as caught:
        bind(LINE, make())
    assert (caught.value.code, help in caught.value.help) == (code, True), caught.value
    assert " at 0x" not in caught.value.help


# an array from several columns

DATA = {"a": [1, 3], "b": [2, 4], "b,c": [5, 7], "c": [9, 9], "y": [0, 1]}


@pytest.mark.parametrize(
    ("columns", "x"),
    [
        (["a", "b"], [[1, 2], [3, 4]]), (["b", "a"], [[2, 1], [4, 3]]), ("a,b", [[1, 2], [3, 4]]),
        ("b, c", [[2, 9], [4, 9]]), (["a", "b,c"], [[1, 5], [3, 7]]), (["a", "a"], [[1, 1], [3, 3]]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("model", [VECTOR, OPEN, FROM_ZERO, LETTERED])
def test_the_columns_of_an_array_in_order(model: Any, columns: Any, x: Any) -> None:
    assert bind(model, DATA, reading=reading({"x": columns})).values["x"].tolist() == x


def test_a_name_with_a_comma_is_one_column() -> None:
    assert bind(LINE, DATA, reading=reading({"x": "b,c"})).values["x"].tolist() == [5, 7]


@pytest.mark.parametrize(
    ("model", "columns", "code", "problem"),
    [
        (VECTOR, ["a"], "E209", "the column x[2] is missing"), (VECTOR, ["a", "b", "c"], "E209", "there is no x[3]"),
        (VECTOR, "a,d", "E242", "no column 'd'"), (LINE, ["a", "b"], "E242", "has no letters"),
        (LINE, "a,d", "E242", "no column 'a,d'"), (SQUARE, ["a", "b"], "E242", "has 2 letters"),
        (VECTOR, [], "E242", "cannot be"), (VECTOR, ["a", None], "E242", "cannot be"),
    ],
)  # fmt: skip
def test_columns_that_are_no_array(model: Any, columns: Any, code: str, problem: str) -> None:
    with pytest.raises(ChainruleError) as caught:
        bind(model, DATA, reading=reading({"x": columns}))
    assert (caught.value.code, problem in caught.value.problem) == (code, True), caught.value


@pytest.mark.parametrize("names", [("x1", "x2"), ("X_1", "X_2"), ("x 1", "x 2"), ("x.0", "x.1")])
def test_numbered_columns_are_offered_and_what_is_offered_is_taken(names: tuple[str, str]) -> None:
    data = {"id": [8, 9], names[0]: [1, 3], names[1]: [2, 4], "y": [0, 1]}
    with pytest.raises(ChainruleError) as caught:
        bind(VECTOR, data)
    assert f'--column "x={names[0]},{names[1]}"' in caught.value.help
    found = bind(VECTOR, data, reading=reading({"x": f"{names[0]},{names[1]}"}))
    assert found.values["x"].tolist() == [[1, 2], [3, 4]]


# words that the text lists

TEXT = "data x\ntarget label in {}\nweight w := 0.5\np = σ(w·x)\nE = (p − label)²\n"
LISTED = build(parse(TEXT.format('{"setosa", "versicolor"}')))


@pytest.mark.parametrize(
    ("label", "numbers"),
    [
        (["setosa", "versicolor", "setosa"], [0, 1, 0]), (["versicolor", " setosa", "setosa"], [1, 0, 0]),
        (np.array(["setosa", "versicolor", "setosa"]), [0, 1, 0]), ([0, 1, 1], [0, 1, 1]),
        (pandas.Categorical(["setosa", "versicolor", "setosa"]), [0, 1, 0]),
    ],
)  # fmt: skip
def test_words_are_numbers_in_the_order_of_the_text(label: Any, numbers: list[float]) -> None:
    found = bind(LISTED, {"x": [1, 2, 3], "label": label})
    assert found.values["label"].tolist() == numbers
    assert ("label: setosa = 0, versicolor = 1" in found.notes) == (not isinstance(label[0], int))


def test_what_the_caller_says_of_words_wins() -> None:
    how = reading(classes={"label": ["versicolor", "setosa"]})
    found = bind(LISTED, {"x": [1, 2], "label": ["setosa", "versicolor"]}, reading=how)
    assert found.values["label"].tolist() == [1, 0]


@pytest.mark.parametrize("label", [["setosa", "Versicolor"], ["setosa", 2], [0, 2], ["setosa", 0.5]])
def test_what_is_no_word_of_the_text(label: Any) -> None:
    with pytest.raises(ChainruleError) as caught:
        bind(LISTED, {"x": [1, 2], "label": label})
    assert (caught.value.code, "setosa, versicolor" in caught.value.help) == ("E243", True)


def test_words_that_are_numbers() -> None:
    digits = build(parse(TEXT.format('{"3", "8"}')))
    assert bind(digits, {"x": [1, 2], "label": [8, 3]}).values["label"].tolist() == [1, 0]
    assert bind(digits, {"x": [1, 2], "label": ["8", "3"]}).values["label"].tolist() == [1, 0]
    colours = build(parse('data c in {"red", "green", "blue"}\nweight w := 1\nE = (w·c − 1)²'))
    assert bind(colours).values["c"].tolist() == [0, 1, 2]


def test_bare_words_are_offered_in_quotes() -> None:
    with pytest.raises(ChainruleError) as caught:
        build(parse(TEXT.format("{setosa, versicolor}")))
    assert 'write target label in {"setosa", "versicolor"}' in caught.value.help
