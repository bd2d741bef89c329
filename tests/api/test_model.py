"""A model as a user holds it: read from a text, a file or an example; derived, trained, explained."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import api

TEXT = "data x in {0, 1}\ntarget y = x\nweight w := 0.5\nŷ = w·x\nE = ½(ŷ − y)²\n"


def write(path: Path, raw: bytes) -> Path:
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize(
    "raw",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.rstrip("\n").encode(),
    ],
    ids=["plain", "byte order mark", "CRLF", "CR", "no last newline"],
)
def test_a_file_is_read_as_editors_write_it(tmp_path: Path, raw: bytes) -> None:
    model = cr.load(write(tmp_path / "net.eq", raw))
    assert model.evaluate().gradient["w"] == -0.25
    assert model.weights == ("w",)


@pytest.mark.parametrize(
    "raw, code, says",
    [
        (b"\xff\xfe\x00w", "E457", "byte 0 is 0xff"),
        (TEXT.encode("utf-16"), "E457", "not UTF-8"),
        (TEXT.encode() + b"\x80", "E457", "0x80"),
        (b"w" * (2**20 + 1), "E458", "longer than"),
    ],
)
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, raw: bytes, code: str, says: str) -> None:
    with pytest.raises(cr.ChainruleError) as caught:
        cr.load(write(tmp_path / "net.eq", raw))
    assert caught.value.code == code
    assert says in caught.value.problem


def test_a_binary_file_is_an_error_of_its_text(tmp_path: Path) -> None:
    with pytest.raises(cr.NotationError):
        cr.load(write(tmp_path / "net.eq", b"\x00\x01\x02" * 50))


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"# nothing\n"])
def test_an_empty_text_is_no_model(tmp_path: Path, raw: bytes) -> None:
    with pytest.raises(cr.ChainruleError) as caught:
        cr.load(write(tmp_path / "net.eq", raw))
    assert caught.value.code.startswith(("E0", "E1"))


def test_what_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.eq", "a\0b.eq"):
        with pytest.raises(cr.DataError) as caught:
            cr.load(path)
        assert caught.value.code == "E457"
    with pytest.raises(cr.UsageError) as wrong:
        cr.load(5)  # type: ignore[arg-type]
    assert wrong.value.code == "E452"


def test_a_file_named_like_an_example_is_pointed_to_it() -> None:
    with pytest.raises(cr.DataError) as caught:
        cr.load("xor.eq")
    assert "chainrule explain xor" in caught.value.help


@pytest.mark.parametrize("name, help", [("identiy", "did you mean identity?"), ("zzz", "the examples are identity, ")])
def test_an_unknown_example_is_answered_with_the_nearest(name: str, help: str) -> None:
    with pytest.raises(cr.UsageError) as caught:
        cr.example(name)
    assert caught.value.code == "E459"
    assert caught.value.help.startswith(help)


def test_every_example_says_what_it_is() -> None:
    for name, about in api.listed().items():
        assert len(about) > 10
        assert not about.startswith("#")
        assert cr.example(name).weights
    assert list(api.listed())[:2] == ["identity", "identity-bias"]


SCALAR = [name for name in api.listed() if not cr.example(name).network.sets]


@pytest.mark.parametrize("name", SCALAR)
def test_every_example_learns(name: str) -> None:
    model = cr.example(name)
    before = model.evaluate().error
    after = model.train(steps=60, batch="all").error
    assert before is not None
    assert after < before, "sixty steps make it better"
    assert model.derive(model.weights[0]).result


def test_a_model_is_a_text() -> None:
    with pytest.raises(cr.UsageError) as caught:
        cr.Model(None)  # type: ignore[arg-type]
    assert caught.value.code == "E452"


def test_which_weight_has_to_be_said_where_there_are_two() -> None:
    with pytest.raises(cr.UsageError) as caught:
        cr.example("identity-bias").derive()
    assert (caught.value.code, caught.value.help) == ("E453", "say which: w, b")


@pytest.mark.parametrize("name", ["w1", "w₁"])
def test_a_weight_may_be_typed_either_way(name: str) -> None:
    assert cr.example("and").derive(name).json()["wrt"] == "w1"


def test_the_last_line_of_a_derivation() -> None:
    derivation = cr.example("identity").derive("w")
    assert derivation.last() == "∂E/∂w = (ŷ − y)·x·(1 − A(w·x))·A(w·x)"
    assert derivation.last(ascii=True).isascii()
    assert str(derivation) == derivation.text()


@pytest.mark.parametrize(
    "options, code",
    [
        ({"engine": "gpu"}, "E454"),
        ({"numerics": "fast"}, "E454"),
        ({"hold": ["nope"]}, "E303"),
        ({"hold": ["x"]}, "E303"),
        ({"steps": -1}, "E353"),
        ({"rate": float("nan")}, "E354"),
        ({"start": [1]}, "E452"),
        ({"memory": 10}, "E356"),
        ({"save": "run.txt"}, "E360"),
    ],
)
def test_what_a_training_cannot_be_is_refused(options: dict[str, object], code: str) -> None:
    with pytest.raises(cr.ChainruleError) as caught:
        cr.Model(TEXT).train(**options)  # type: ignore[arg-type]
    assert caught.value.code == code


def test_a_run_is_explained_by_its_own_model() -> None:
    model = cr.Model(TEXT)
    assert model.explain(model.train(steps=4), claims=["update"]).claims[0].id == "update"
    with pytest.raises(cr.UsageError) as caught:
        cr.example("identity").explain(model.train(steps=4))
    assert caught.value.code == "E455"


def test_a_notebook_shows_text_that_is_not_markup() -> None:
    model = cr.Model("# <script>alert(1)</script>\n" + TEXT)
    assert "<script>" not in model._repr_html_()
    assert "&lt;script&gt;" in model._repr_html_()
    assert model.derive("w")._repr_html_().startswith(("<pre>", "<table"))


def test_a_derivation_needs_no_engine() -> None:
    program = "import sys, chainrule as cr; cr.example('identity').derive('w').text(); print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


WRONG: list[object] = [
    5, True, 1.5, float("nan"), 10**5000, np.float64("nan"), np.array(1.0), np.array([object()]), b"w", object(),
    [1], [None], [[]], {1: 2}, {None: 1}, {"w"}, range(3), "\x1b[31m", "a" * 5000, "",
]  # fmt: skip
"""Values of kinds that an argument may not expect."""

CALLS: dict[str, Callable[[cr.Model, Any], object]] = {
    "Model text": lambda model, value: cr.Model(value),
    "Model name": lambda model, value: cr.Model("E = (", value),
    "load": lambda model, value: cr.load(value),
    "example": lambda model, value: cr.example(value),
    "evaluate weights": lambda model, value: model.evaluate(value),
    "evaluate data": lambda model, value: model.evaluate(data=value),
    "evaluate consts": lambda model, value: model.evaluate(consts=value),
    "evaluate of": lambda model, value: model.evaluate(of=value),
    "evaluate seed": lambda model, value: model.evaluate(seed=value),
    "derive wrt": lambda model, value: model.derive(value),
    "derive of": lambda model, value: model.derive("w", of=value),
    "derive detail": lambda model, value: model.derive("w", value),
    "explain run": lambda model, value: model.explain(value),
    "explain claims": lambda model, value: model.explain(model.train(steps=1), claims=value),
    "load_run": lambda model, value: cr.load_run(value),
    "save": lambda model, value: model.train(steps=1).save(value),
    "at": lambda model, value: model.train(steps=1).at(value),
    "column": lambda model, value: model.train(steps=1).trace[value],
    **{
        f"train {name}": lambda model, value, name=name: model.train(**{"steps": 1, name: value})  # type: ignore[misc]
        for name in (
            "data", "rate", "steps", "batch", "update", "start", "hold", "consts", "seed", "record", "engine",
            "numerics", "progress", "save", "memory",
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("call", CALLS)
def test_a_value_of_another_kind_is_used_or_refused_in_words(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    model = cr.example("identity")
    refusals = [found for value in WRONG if (found := refusal(CALLS[call], model, value)) is not None]
    assert len(refusals) > len(WRONG) // 3
    for error in refusals:
        said = str(error)
        assert error.help
        assert not {"\x1b", "\0"} & set(said)
        assert max(map(len, said.splitlines())) < 260
        assert not re.search(r"object at 0x|dtype|<class|np\.|array\(", said)


def refusal(call: Callable[[cr.Model, Any], object], model: cr.Model, value: object) -> cr.ChainruleError | None:
    """The error of the package that a call ends in; any other is a fault and gets through."""
    try:
        call(model, value)
    except cr.ChainruleError as error:
        return error
    return None


@pytest.mark.parametrize(
    ("call", "value", "code", "problem", "help"),
    [
        ("Model name", 5, "E452", "name cannot be 5", "give a name for messages, a text"),
        ("load", 5, "E452", "5 is not a path", "the name of a file"),
        ("evaluate consts", [1], "E452", "consts cannot be a list", 'consts={"a": 0.5}'),
        ("evaluate of", {1: 2}, "E452", "a quantity cannot be a dict", "one of x, y, w, α, ŷ, E, a text"),
        ("explain run", "w", "E452", "run is 'w', not a run", "what train or load_run returned"),
        ("explain claims", [1], "E452", "claims cannot be 1", 'claims=["a", "b"]'),
        ("train hold", 5, "E452", "hold cannot be 5", 'hold=["a", "b"]'),
        ("train progress", 5, "E452", "progress is 5, not a function", "progress(done, steps)"),
        ("train memory", "1G", "E353", "memory='1G' is not a number of bytes", "memory=2**30"),
        ("train rate", [[1]], "E354", "a list is not a rate", "rate=0.1"),
        ("train seed", [[]], "E353", "a list is not a seed", "whole number"),
        ("train engine", np.array([1, 2]), "E454", "there is no engine an array", 'engine="auto"'),
        ("train save", 5, "E360", "5 is not the name of a file", ".npz, .json or .csv"),
        ("load_run", None, "E360", "None is not the name of a file", ".npz, .json or .csv"),
        ("column", 5, "E358", "a column has a name, not 5", "trace.columns"),
    ],
)
def test_the_words(call: str, value: object, code: str, problem: str, help: str) -> None:
    with pytest.raises(cr.ChainruleError) as caught:
        CALLS[call](cr.example("identity"), value)
    assert caught.value.code == code
    assert problem in caught.value.problem
    assert help in caught.value.help


def test_chosen_derivatives_are_put_in() -> None:
    derivation = cr.example("mazur").derive("w1", substitute=["h1"])
    assert derivation.result == "(∂E/∂o₁·w₅·(1 − o₁)·o₁ + ∂E/∂o₂·w₇·(1 − o₂)·o₂)·i₁·(1 − h₁)·h₁"
    assert "∂" not in cr.example("mazur").derive("w1", detail="substituted").result
    with pytest.raises(cr.UsageError, match="E456"):
        cr.example("mazur").derive("w1", substitute=["h9"])
    with pytest.raises(cr.UsageError, match="E452"):
        cr.example("mazur").derive("w1", "full", substitute=["h1"])


def test_equations_stand_in_matrices_where_asked_for() -> None:
    text = "index i = 1..2, j = 1..3\ndata x[i]\ntarget y\nweight W[j,i], v[j]\nh[j] = tanh(Σ_i W[j,i]·x[i])\n"
    model = cr.Model(text + "E = ½(Σ_j v[j]·h[j] − y)²")
    assert "matrices: ∂E/∂W = (∂E/∂h ⊙ (1 − h∘²)) xᵀ" in model.derive("W", matrix=True).text()
    assert "matrices" not in model.derive("W").text()
    with pytest.raises(cr.UsageError, match="E452"):
        model.derive("W", matrix="rows")  # type: ignore[arg-type]


def test_data_that_is_reduced_over_the_patterns_is_no_error_of_one() -> None:
    text = "data x, c\ntarget y\nweight w := 0\nE = ½(w·x − y)²\nminimise sum c·E / sum c"
    model = cr.Model(text.replace("sum c·E / sum c", "(sum (c·E))/(sum c)"))
    data = {"x": [1.0, 2.0], "c": [1.0, 3.0], "y": [1.0, 1.0]}
    found = model.evaluate(data=data)
    assert found.error == pytest.approx(0.5)
    assert found.gradient["w"] == pytest.approx(-(1 * 1 + 3 * 2) / 4)


def test_the_second_derivative_in_closed_form() -> None:
    derivation = cr.example("identity").derive("w", second="w")
    assert derivation.result == "x²·(1 − ŷ)²·ŷ² + (ŷ − y)·x²·(1 − 2·ŷ)·(1 − ŷ)·ŷ"
    assert derivation.steps.steps[0].check.ok
    assert "second derivative" in derivation.text()
    assert derivation.html()
    assert "\\partial^2 E" in derivation.latex()
    with pytest.raises(cr.UsageError, match="E254"):
        cr.example("digits").derive("W", second="b")
