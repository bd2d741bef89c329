"""Patterns: one source gives all rows, whatever form it has, and every value is what the text says it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.data import Limits, bind, starts
from chainrule.derive import derive
from chainrule.errors import DataError, LimitError, ModelError, UsageError
from chainrule.model import build
from chainrule.model.model import Model
from chainrule.notation.parser import parse
from chainrule.numbers.evaluate import evaluate

LINE = "data x\ntarget y\nweight w := 0.5\nE = (w*x - y)^2\n"
VECTOR = "index i = 1..2\ndata x[i]\ntarget y\nweight w[i] := 0.5\nE = (sum_i w[i]*x[i] - y)^2\n"
OPEN = VECTOR.replace("i = 1..2", "i")
LETTERED = (
    "patterns p\nindex i = 1..2\ndata x[p,i], s[i]\ntarget y[p]\nweight w\nE[p] = (w*sum_i s[i]*x[p,i] - y[p])^2\n"
)


def model(text: str) -> Model:
    return build(parse(text))


class Frame:
    """What pandas and polars have in common."""

    def __init__(self, columns: Mapping[str, object]) -> None:
        self._columns = dict(columns)

    @property
    def columns(self) -> list[str]:
        return list(self._columns)

    def __getitem__(self, name: str) -> np.ndarray:
        return np.asarray(self._columns[name])


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.tuples(*[st.integers(-(10**6), 10**6).map(lambda n: n / 1000)] * 2), min_size=1, max_size=6))
def test_every_form_of_the_same_data_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[float, float]]
) -> None:
    folder = tmp_path_factory.mktemp("forms")
    mapping = {"x": [row[0] for row in rows], "y": [row[1] for row in rows]}
    sequence = [{"x": a, "y": b} for a, b in rows]
    (folder / "a.csv").write_text("x,y\n" + "\n".join(f"{a!r},{b!r}" for a, b in rows))
    (folder / "a.json").write_text(json.dumps(mapping))
    (folder / "b.json").write_text(json.dumps(sequence))
    found = model(LINE)
    forms = [
        mapping,
        sequence,
        Frame(mapping),
        folder / "a.csv",
        str(folder / "a.csv"),
        folder / "a.json",
        folder / "b.json",
    ]
    results = [bind(found, form) for form in forms]
    table = "table x | y\n" + "".join(f"  {a!r} | {b!r}\n" for a, b in rows)
    results.append(bind(model(table + LINE.split("\n", 2)[2])))
    for result in results:
        assert result.values["x"].tobytes() == np.array(mapping["x"]).tobytes()
        assert result.values["y"].tobytes() == np.array(mapping["y"]).tobytes()
        assert result.patterns == len(rows)
    assert [result.origin for result in results] == [
        "call", "call", "call", "a.csv", "a.csv", "a.json", "b.json", "table",
    ]  # fmt: skip


def test_arrays_cannot_be_changed_from_outside() -> None:
    mine = np.array([0.0, 1.0])
    found = bind(model(LINE), {"x": mine, "y": mine})
    mine[0] = 7.0
    assert found.values["x"].tolist() == [0.0, 1.0]
    with pytest.raises(ValueError, match="read-only"):
        found.values["x"][0] = 3.0


def test_listed_values_give_every_combination_the_last_name_fastest() -> None:
    text = "index i = 1..2\nconst a := 3\ndata u in {0, 1}, v[i] in {-1, a*i}\nweight w\nE = w*u + v[1]"
    found = bind(model(text))
    rows = list(product([0, 1], [-1, 3], [-1, 6]))
    assert found.origin == "domains"
    assert found.values["u"].tolist() == [row[0] for row in rows]
    assert found.values["v"].tolist() == [list(row[1:]) for row in rows]


def test_a_value_listed_twice_counts_once() -> None:
    assert bind(model("data x in {0, 1, 2/2}\nweight w\nE = w*x")).values["x"].tolist() == [0, 1]


def test_too_many_combinations() -> None:
    text = "data " + ", ".join(f"x{k} in {{0, 1}}" for k in range(200)) + "\nweight w\nE = w*x1"
    with pytest.raises(LimitError) as caught:
        bind(model(text))
    assert "--limit combinations=N" in caught.value.help
    small = model("data x in {0, 1, 2}, y in {0, 1, 2}\nweight w\nE = w*x*y")
    with pytest.raises(LimitError):
        bind(small, limits=Limits(combinations=8))
    assert bind(small, limits=Limits(combinations=9)).patterns == 9


@pytest.mark.parametrize(
    "text",
    [
        "index i = 1..999999999\nweight w[i]\nE = w[1]",
        "index i, j = 1..9999999\nweight w[i,j]\nE = w[1,1]",
        "index i, j = 1..9999999\nconst w[i,j] := 1\nE = w[1,1]",
        "index i, j = 1..9999999\ndata x[i,j] = i\nE = x[1,1]",
        "patterns p = 1..9999999\nindex i = 1..99\ndata x[p,i] ~ normal(0, 1)\nE[p] = x[p,1]",
    ],
)
def test_arrays_that_would_fill_the_memory(text: str) -> None:
    found = model(text)
    with pytest.raises(LimitError) as caught:
        starts(found, ranges=bind(found).ranges)
    assert caught.value.code == "E234"


def test_without_data_there_is_one_pattern() -> None:
    found = bind(model("weight w\nE = w^2"))
    assert (found.patterns, found.origin, dict(found.values)) == (1, "none", {})


def test_data_at_the_call_beats_the_table_which_beats_the_domains() -> None:
    text = "data x in {0, 1}\ntable x | y\n 1 | 1\nweight w\nE = w*x - y"
    assert bind(model(text)).origin == "table"
    found = bind(model(text), {"x": [0, 0, 1], "y": [5, 6, 7]})
    assert (found.origin, found.patterns) == ("call", 3)


def test_computed_values_have_the_bits_of_an_evaluation() -> None:
    text = "T(u) = exp(sin(u))/3\ndata x\ndata z = T(x)^2 + 0.1\ntarget y = log(z)\nweight w\nE = w*x - y"
    found = model(text)
    values = bind(found, {"x": np.linspace(-3, 3, 11)}).values
    for row, x in enumerate(values["x"]):
        z = evaluate(found.quantities["z"].start.value, {"x": x}, setting=_functions(found))  # type: ignore[union-attr]
        assert values["z"][row] == z
        assert values["y"][row] == evaluate(found.quantities["y"].start.value, {"z": z})  # type: ignore[union-attr]


def _functions(found: Model):  # type: ignore[no-untyped-def]
    from chainrule.numbers.environment import Setting

    return Setting(functions=found.functions)


def test_a_class_column_becomes_one_hot() -> None:
    text = "index k = 0..2\ndata label in {0, 1, 2}\ntarget t[k] = [label == k]\nweight w\nE = sum_k (w - t[k])^2"
    assert bind(model(text)).values["t"].tolist() == np.eye(3).tolist()


def test_a_reduction_over_the_patterns_runs_over_all_rows() -> None:
    text = "data x\ndata z = x - mean x\ntarget y = z/max z\nweight w\nE = w*z - y"
    assert bind(model(text), {"x": [1, 2, 6]}).values["z"].tolist() == [-2, -1, 3]


def test_functions_may_read_data() -> None:
    text = "data x in {1, 2}\nf(u) = u*x\ntarget y = f(x + 1)\nweight w\nE = w*x - y"
    assert bind(model(text)).values["y"].tolist() == [2, 6]


def test_with_a_letter_for_the_patterns() -> None:
    data = {"x": [[1, 2], [3, 4], [5, 6]], "s": [1, -1], "y": [0, 0, 1]}
    found = bind(model(LETTERED), data)
    assert found.patterns == 3
    assert found.values["x"].shape == (3, 2)
    assert found.values["s"].tolist() == [1, -1]
    rows = [{"x[1]": a, "x[2]": b, "s": [1, -1], "y": y} for (a, b), y in zip(data["x"], data["y"], strict=True)]
    other = bind(model(LETTERED), rows)
    assert {name: value.tolist() for name, value in other.values.items()} == {
        name: value.tolist() for name, value in found.values.items()
    }


def test_computed_from_the_patterns_own_letter() -> None:
    found = bind(model("patterns p = 0..4\ndata x[p] = p/4\ntarget y[p] = x[p]^2\nweight w\nE[p] = w*x[p] - y[p]"))
    assert found.values["x"].tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert found.values["y"].tolist() == [0, 0.0625, 0.25, 0.5625, 1]
    assert found.patterns == 5


def test_random_data_depends_on_the_seed() -> None:
    text = "patterns p = 1..3\ndata x[p] ~ normal(0, 1)\nweight w\nE[p] = w*x[p]"
    first, second, again = (bind(model(text), seed=seed).values["x"].tolist() for seed in (0, 1, 0))
    assert first == again != second


def test_arrays_by_entries_and_whole() -> None:
    whole = bind(model(VECTOR), {"x": [[1, 2], [3, 4]], "y": [0, 1]})
    entries = bind(model(VECTOR), {"x[1]": [1, 3], "x[2]": [2, 4], "y": [0, 1]})
    assert whole.values["x"].tolist() == entries.values["x"].tolist()
    one = bind(model(VECTOR), {"x": [1, 2], "y": 3})
    assert (one.patterns, one.values["x"].tolist(), one.values["y"].tolist()) == (1, [[1, 2]], [3])


def test_sizes_come_from_the_data() -> None:
    assert bind(model(OPEN), {"x": [[1, 2, 3]], "y": [0]}).ranges == {"i": range(1, 4)}
    assert bind(model(OPEN), {"x[0]": [1], "x[1]": [2], "y": [0]}).ranges == {"i": range(2)}


def test_sizes_come_from_consts() -> None:
    text = VECTOR.replace("index i = 1..2", "const n := 2\nindex i = 1..n")
    assert bind(model(text), {"x": [[1, 2, 3]], "y": [0]}, {"n": 3}).ranges == {"i": range(1, 4)}


def test_consts_in_any_order_with_sizes_letters_and_overrides() -> None:
    text = "const b := 2*a, a := 0.5, c[i] := sin(i) + b, n := size(i)\nindex i = 1..2\nweight w\nE = w*b*c[1]*n"
    found = bind(model(text), consts={"a": 1.5}).values
    assert (float(found["a"]), float(found["b"]), float(found["n"])) == (1.5, 3.0, 2.0)
    assert found["c"].tolist() == [evaluate(parse_sin(k), {}) + 3.0 for k in (1, 2)]
    assert bind(model(text), consts={"c": [1, 2]}).values["c"].tolist() == [1, 2]
    assert bind(model(text), consts={"c": np.array([1, 2])}).values["c"].tolist() == [1, 2]
    assert bind(model(text), consts={"c": 4}).values["c"].tolist() == [4, 4]


def parse_sin(k: int):  # type: ignore[no-untyped-def]
    from chainrule.expr.nodes import Call, number

    return Call("sin", (number(k),))


def test_a_rate_has_a_value_of_its_own_and_may_be_set_undeclared() -> None:
    assert float(bind(model("const alpha\nweight w\nE = w^2")).values["alpha"]) == 0.1
    assert float(bind(model("weight w\nE = w^2"), consts={"α": 0.3}).values["alpha"]) == 0.3


def test_names_are_known_as_typed_and_in_ascii() -> None:
    found = model("data Δx, x̂\ntarget ŷ\nweight w\nE = w*Δx*x̂ - ŷ")
    for names in (("Δx", "x̂", "ŷ"), ("Delta_x", "x_hat", "y_hat")):
        assert bind(found, {name: [1, 2] for name in names}).patterns == 2


def test_what_is_not_used_is_named() -> None:
    found = bind(model(LINE), {"x": [1], "y": [2], "z": [3], "w": [4]})
    assert found.notes == ("the column z is not used", "the column w is not used: w is a weight here")


def test_a_target_may_be_missing_where_that_is_allowed() -> None:
    text = LINE.replace("target y", "target y\ntarget z = 2*y")
    found = bind(model(text), {"x": [1, 2]}, allow_missing_targets=True)
    assert found.missing == ("y",)
    assert set(found.values) == {"x"}
    assert found.notes == ("target y has no values: what depends on it is absent",)
    assert bind(model("data x in {0, 1}\ntarget y\nweight w\nE = w*x - y"), allow_missing_targets=True).patterns == 2


def test_facts_hold_within_the_rounding_of_decimals() -> None:
    text = "index k = 1..3\ntarget t[k]\nfact sum_k t[k] = 1\nweight w\nE = sum_k (w - t[k])^2"
    assert bind(model(text), {"t": [[0.1, 0.2, 0.7], [0.3, 0.3, 0.4]]}).patterns == 2
    with pytest.raises(DataError) as caught:
        bind(model(text), {"t": [[0.1, 0.2, 0.7], [0.3, 0.3, 0.3]]})
    assert (caught.value.code, caught.value.place) == ("E225", (3, 1))
    assert "in row 2: the left side is 0.9, the right 1" in caught.value.problem


DECLARED, HIDDEN = "patterns p\ndata x[p]\nweight w\nE[p] = (w - x[p])^2", "data x\nweight w\nE = (w - x)^2"
SUMS = {
    "the letter of the patterns": (DECLARED, "sum_p x[p] = 1", ": the left side is 0.75, the right 1"),
    "no letter": (DECLARED, "sum x[p] = 1", ": the left side is 0.75"),
    "a mean, on the right": (DECLARED, "1/2 = mean_p x[p]", ": the left side is 0.5, the right 0.375"),
    "sums on both sides": (DECLARED, "sum_p 2*x[p] = 1 + sum_p x[p]", ": the left side is 1.5, the right 1.75"),
    "a number of each pattern beside it": (DECLARED, "sum_p' x[p'] = 1 + 0*x[p]", " in row 1: the left side is 0.75"),
    "the letter hidden": (HIDDEN, "sum x = 1", ": the left side is 0.75"),
    "a mean, the letter hidden": (HIDDEN, "mean x = 1/2", ": the left side is 0.375"),
    "a number of each pattern, the letter hidden": (HIDDEN, "sum x = 1 + 0*x", " in row 1: the left side is 0.75"),
}


@pytest.mark.parametrize("text, fact, problem", SUMS.values(), ids=SUMS)
def test_a_fact_may_sum_over_the_patterns(text: str, fact: str, problem: str) -> None:
    own = model(f"{text}\nfact {fact}")
    assert bind(own, {"x": [0.25, 0.75]}).patterns == 2
    with pytest.raises(DataError) as caught:
        bind(own, {"x": [0.25, 0.5]})
    assert caught.value.code == "E225"
    assert caught.value.problem.startswith(f"the data breaks this fact{problem}")
    assert derive(own, "w").steps


BAD: list[tuple[str, object, str, str]] = [
    (LINE, None, "E223", "no pattern at all: data x has no values"),
    (LINE, [], "E223", "the data has no rows"),
    (LINE, {"x": [], "y": []}, "E223", "the data has no rows"),
    (LINE, 3, "E200", "data is a int"),
    (LINE, np.zeros((2, 2)), "E200", "data is an array without names"),
    (LINE, [[1, 2]], "E200", "data is an array without names"),
    (LINE, "data.doc", "E200", "data.doc is no file of a known kind"),
    (LINE, "no.csv", "E201", "there is no file no.csv"),
    (LINE, "nul\0.csv", "E201", ""),
    (LINE, {3: [1]}, "E206", "the data has no column x"),
    ("data x̂\ntarget y\nweight w\nE = w*x̂ - y", {"x̂": [1], "y": [1], "x_hat": [2]}, "E202", "x_hat is given twice"),
    (VECTOR, {"x": [[1, 2]], "x[1]": [1], "y": [1]}, "E202", "x[1] is given twice"),
    (VECTOR, {"x[1]": [1], "x": [[1, 2]], "y": [1]}, "E202", "x is given whole and by entries"),
    (LINE, [{"x": 1, "y": 2}, {"x": 1}], "E203", "row 2 has no y"),
    (LINE, {"x": ["a"], "y": [1]}, "E204", "x is not made of numbers: 'a'"),
    (LINE, {"x": [None], "y": [1]}, "E205", "x has no value in row 1"),
    (LINE, {"x": [1j], "y": [1]}, "E204", "x is not made of numbers (complex128)"),
    (LINE, {"x": [[1], [1, 2]], "y": [1]}, "E204", "do not form an array"),
    (LINE, {"x": [1, float("nan")], "y": [1, 2]}, "E205", "x is nan in row 2"),
    (LINE, {"x": [1, 2], "y": [1, -float("inf")]}, "E205", "y is infinite in row 2"),
    (VECTOR, {"x": [[1, 2], [3, float("nan")]], "y": [1, 2]}, "E205", "x is nan in row 2, entry 2"),
    (LINE, {"x": np.ma.masked_array([1.0, 2.0], [False, True]), "y": [1, 2]}, "E205", "x has no value in row 2"),
    (LINE, {"x": [10**400], "y": [1]}, "E205", "too large for a double"),
    (LINE, {"x": [1]}, "E206", "the data has no column y"),
    (LINE, {"x": [[1, 2]], "y": [1]}, "E207", "x is given with 2 axes"),
    (LINE, {"x": [1, 2, 3], "y": [1, 2]}, "E208", "x has 3 patterns, y has 2"),
    (LINE, {"x": [1, 2, 3], "y": 1}, "E208", "x has an axis for the patterns, y has none"),
    (VECTOR, {"x": [[1, 2, 3]], "y": [1]}, "E208", "x has 3 values along i, where i = 1..2"),
    (OPEN.replace("target y", "target y[i]").replace("- y)", "- y[1])"), {"x": [[1, 2]], "y": [[1, 2, 3]]}, "E208",
     "x has 2 values along i, y has 3"),
    (VECTOR, {"x[1]": [1], "y": [1]}, "E209", "the column x[2] is missing"),
    (VECTOR, {"x[1]": [1], "x[2]": [1], "x[3]": [1], "y": [1]}, "E209", "there is no x[3]: i = 1..2"),
    (VECTOR, {"x[1,1]": [1], "y": [1]}, "E209", "x[1,1] has 2 indices, x[i] has 1"),
    (OPEN, {"x[1]": [1], "x[999999999]": [1], "y": [1]}, "E209", "the column x[2] is missing"),
    (LETTERED, {"x": [[1, 2]], "s": [[1, 2]], "y": [1]}, "E207", "s[i] is given with 2 axes where 1 are expected"),
    (LETTERED, [{"x": [1, 2], "s": [1, 2], "y": 1}, {"x": [1, 2], "s": [1, 3], "y": 1}], "E208",
     "s is shared by all patterns, and row 2 gives another value than the first"),
    (LINE.replace("target y", "target y = x"), {"x": [1], "y": [1]}, "E227", "target y is computed by the text"),
    (LINE.replace("data x", "data x in [0, 1]"), {"x": [0, 1.5], "y": [1, 2]}, "E221", "x = 1.5 in row 2 is not in"),
    (LINE.replace("data x", "data x in integers"), {"x": [0, 1.5], "y": [1, 2]}, "E221", "is not in the integers"),
    (LINE.replace("data x", "data x in [1, ∞)"), {"x": [0], "y": [1]}, "E221", "x = 0 in row 1 is not in [1, ∞)"),
    (VECTOR.replace("x[i]\n", "x[i] in [0, i]\n", 1), {"x": [[1, 2], [1, 3]], "y": [1, 1]}, "E221",
     "x[2] = 3 in row 2 is not in [0, 2]"),
    (LINE.replace("target y", "target y = 1/x"), {"x": [1, 0]}, "E220", "y is not a finite number in row 2"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "data", "code", "problem"), BAD, ids=[f"{n}-{row[2]}" for n, row in enumerate(BAD)])
def test_bad_data(text: str, data: object, code: str, problem: str) -> None:
    with pytest.raises(DataError) as caught:
        bind(model(text), data)
    assert caught.value.code == code
    assert problem in caught.value.problem
    assert caught.value.help


@pytest.mark.parametrize(
    ("consts", "code", "problem", "help"),
    [
        ({"b": 1}, "E231", "no const is called b", "the consts are scale"),
        ({"scael": 1}, "E231", "no const is called scael", "did you mean scale?"),
        ({"w": 1}, "E231", "no const is called w", "w is a weight: give its value"),
        ({"scale": "1"}, "E232", "which is not a number", "give a finite number"),
        ({"scale": True}, "E232", "which is not a number", "give a finite number"),
        ({"scale": float("nan")}, "E232", "const scale is nan", "give a finite number"),
        ({"scale": 10**400}, "E232", "const scale is infinite", "give a finite number"),
        ({"scale": [1]}, "E233", "const scale is one number, not a list", "give one number"),
    ],
)
def test_bad_consts(consts: dict[str, object], code: str, problem: str, help: str) -> None:
    with pytest.raises(UsageError) as caught:
        bind(model("const scale := 2\nweight w\nE = w*scale"), consts=consts)
    assert caught.value.code == code
    assert problem in caught.value.problem
    assert help in caught.value.help


def test_an_index_that_leaves_the_range_a_call_gives_it() -> None:
    found = model("const n := 3\nindex i = 1..n\nweight w[i]\nE = w[3]^2")
    assert bind(found, consts={"n": 4}).ranges == {"i": range(1, 5)}
    with pytest.raises(ModelError) as caught:
        bind(found, consts={"n": 2})
    assert (caught.value.code, caught.value.place) == ("E114", (4, 5))


@pytest.mark.parametrize(
    "text",
    ['{"x": [1], "x": [2], "y": [1]}', "[" * 100_000, '{"x"'],
    ids=["twice", "deep", "open"],
)  # fmt: skip
def test_json_that_is_not_strict(tmp_path: Path, text: str) -> None:
    path = tmp_path / "data.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(DataError) as caught:
        bind(model(LINE), path)
    assert caught.value.code == "E216"


@pytest.mark.parametrize(
    ("text", "code", "problem"),
    [
        ('{"x": [NaN], "y": [1]}', "E205", "x is nan in row 1 of data.json"),
        ('{"x": [1, -Infinity], "y": [1, 1]}', "E205", "x is infinite in row 2 of data.json"),
        ('{"x": [1e999], "y": [1]}', "E205", "row 1 of data.json: 1e999 in column x is too large for a double"),
        ('{"x": [1, 1e-999], "y": [1, 1]}', "E205", "row 2 of data.json: 1e-999 in column x is too small"),
        ('{"x": [' + "9" * 5000 + '], "y": [1]}', "E205", "is too large for a double"),
        ('{"x": [1, null], "y": [1, 1]}', "E205", "row 2 of data.json: column x has no value here"),
        ('{"x": [1, true], "y": [1, 1]}', "E204", "row 2 of data.json: 'true' in column x is not a number"),
        ('{"x": [true, false], "y": [1, 1]}', "E204", "row 1 of data.json: 'true' in column x is not a number"),
        ('{"x": [[1], [true]], "y": [1, 1]}', "E204", "row 2 of data.json: 'true' in column x is not a number"),
        ('[{"x": 1, "y": 1}, {"x": true, "y": 1}]', "E204", "row 2 of data.json: 'true' in column x is not a number"),
        ('[{"x": 1, "y": 1}, {"x": 2}]', "E203", "row 2 of data.json has no y"),
    ],
)
def test_json_whose_entries_are_no_numbers(tmp_path: Path, text: str, code: str, problem: str) -> None:
    path = tmp_path / "data.json"
    path.write_text(text)
    with pytest.raises(DataError) as caught:
        bind(model(LINE), path)
    assert (caught.value.code, problem in caught.value.problem) == (code, True), caught.value.problem
    assert caught.value.help


@pytest.mark.parametrize("entry", ["NaN", "null", "true", '"a"', "1e999", "[1]", '{"a": 1}'])
def test_what_no_model_names_may_be_anything(tmp_path: Path, entry: str) -> None:
    path = tmp_path / "data.json"
    for text in (
        f'{{"x": [1, 2], "y": [3, 4], "z": [{entry}, 5]}}', f'{{"x": [1, 2], "y": [3, 4], "z": {entry}}}',
        f'[{{"x": 1, "y": 3, "z": {entry}}}, {{"x": 2, "y": 4}}]',
    ):  # fmt: skip
        path.write_text(text)
        found = bind(model(LINE), path)
        assert (found.values["x"].tolist(), found.values["y"].tolist()) == ([1, 2], [3, 4])
        assert found.notes == ("the column z is not used",)


BOUND = [model(text) for text in (LINE, VECTOR, OPEN)]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3), lambda one: st.lists(one, max_size=3)
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.dictionaries(st.sampled_from(["x", "y", "ŷ", "x[1]", "x[2]", "x[", "w"]), VALUES, max_size=4), st.booleans())
def test_any_mapping_is_bound_or_refused(data: dict[str, object], rows: bool) -> None:
    for one in BOUND:
        with suppress(DataError):
            found = bind(one, [data, data] if rows else data)
            assert all(np.isfinite(value).all() for value in found.values.values())
