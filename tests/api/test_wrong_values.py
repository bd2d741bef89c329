"""Every public signature, each of its arguments given what does not belong there: an error of the package."""

import inspect
import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.api.derivation import Derivation
from chainrule.api.figures import Figures
from chainrule.data.reading import HowRead
from chainrule.page.link import mark
from chainrule.train.trace import Trace
from chainrule.views.animation import Animation

MODELS = (
    "data x in {0, 1}\ntarget y = x\nweight w := 0.5, b := 0.1\nconst λ := 0.2\nŷ = w·x + b\nE = ½(ŷ − y)² + λ·w²",
    "index i = 1..2, j = 1..2\ndata x[i] in {0, 1}\ntarget y = x[1]\nweight W[j,i] ~ normal(0, 1), v[j] := 0.3\n"
    "h[j] = tanh(Σ_i W[j,i]·x[i])\nŷ = Σ_j v[j]·h[j]\nE = ½(ŷ − y)²",
)


class Strange:
    """Neither printed nor compared nor hashed."""

    def __repr__(self) -> str:
        raise RuntimeError("it was printed")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("it was compared")

    __hash__ = None  # type: ignore[assignment]


class Linear:
    """As PyTorch's."""

    weight, bias = np.ones((1, 2)), None


class Dense:
    """As Keras's."""

    use_bias, activation = False, np.tanh

    def get_weights(self) -> list[Any]:
        return [np.ones((2, 1))]


class LinearRegression:
    """As scikit-learn's."""

    coef_, intercept_ = np.ones(2), 0.0


class NoPath:
    def __fspath__(self) -> Any:
        return 3


WRONG: tuple[Any, ...] = (
    True, -1, 1.5, 10**400, math.nan, "", "x?", "\ud800", "a" * 1000, b"w", [None], [[1], [2, 3]], {"w": None}, {1: 2},
    {"x": {}}, {None}, object(), Strange(), NoPath(), np.array([1.0]), np.array(None), np.array([[1, 2], [3, 4]]),
    np.array(["a"]), np.bool_(True), np.datetime64("NaT"), 1j, Fraction(1, 3), Decimal("nan"), len, int, ..., "w\0",
    [{"x": 1}, {"z": 2}], {"x": "abc"}, NotImplemented,
)  # fmt: skip
"""What stands in the place of each argument."""

WAYS = ("error", "landscape", "patterns", "gradients", "fit", "predictions", "pictures", "map")
OPTIONS: dict[str, dict[str, Any]] = {
    "error": {"weight": None}, "landscape": {"axes": None, "normalise": None, "seed": 0}, "fit": {"of": None},
    "network": {"pattern": 0},
}  # fmt: skip
"""The options of films, which stand in no signature."""


def calls(model: cr.Model) -> Iterator[tuple[str, Callable[..., object], dict[str, Any], tuple[str, ...]]]:
    """Everything public with a parameter: its name, itself, arguments that are right, and its parameters."""
    run = model.train(steps=5)
    run.save("run.npz")
    Path("x.eq").write_text(model.text, "utf-8")
    weight = model.weights[0]
    figure, film = model.figure.error(run), model.figure.animate("error", run, pictures=2)
    derivation, story = model.derive(weight), model.explain(run)
    of, at = model.map("α=[0.1, 0.2]", steps=3, store="m.zarr"), {"α": 0.1}
    entry = weight if weight == "w" else f"{weight}[1,1]"
    right: dict[Any, dict[str, Any]] = {
        cr.Model: {"text": model.text}, cr.load: {"path": "x.eq"}, cr.example: {"name": "identity"},
        cr.load_run: {"path": "run.npz"}, cr.load_map: {"store": "m.zarr"}, cr.resume: {"path": "run.npz"},
        cr.misconception: {"name": "minimum"},
        cr.from_torch: {"network": Linear()}, cr.from_keras: {"network": Dense()},
        cr.from_sklearn: {"estimator": LinearRegression()},
        cr.mlp: {"activation": "tanh"}, cr.from_sympy: {"equations": {"E": 1.5}}, model.to_sympy: {},
        model.evaluate: {}, model.curvature: {}, model.derive: {"wrt": weight},
        model.check: {"line": f"∂E/∂{weight} = 1"}, model.train: {"steps": 3}, model.owns: {"run": run},
        model.code: {"steps": 3}, model.formatted: {}, model.page: {"path": "a.html", "run": run, "questions": False},
        model.widget: {"run": run, "questions": False, "plain": True}, run.widget: {"questions": False, "plain": True},
        model.explain: {"run": run, "claims": ["sign"]}, cr.mlp(2, 1).as_estimator: {},
        cr.grade: {"model": model, "link": f"#m={mark(model.text)}&l.{weight}.1=1"},
        **{getattr(model.figure, way): {"run": run} for way in WAYS},
        model.figure.compare: {"runs": [run, run]}, model.figure.graph: {}, model.figure.network: {},
        model.figure.animate: {"figure": "error", "run": run, "pictures": 2},
        run.at: {"k": 1}, run.rows: {"k": 1}, run.error_at: {"k": 1}, run.save: {"path": "a.npz"},
        run.held_errors: {"steps": [1]}, run.held_error: {"weights": run.at(1)},
        run.verify: {}, run.trace.rows: {}, run.trace.to_numpy: {},
        run.trace.to_pandas: {}, story.text: {}, story.html: {}, derivation.text: {},
        derivation.last: {}, derivation.needed: {}, derivation.dressed: {}, derivation.html: {},
        figure.save: {"path": "a.svg"},
        film.save: {"path": "a.gif"},
        model.map: {"axes": "α=[0.1, 0.2]", "steps": 3}, of.cell: {"at": at}, of.run_at: {"at": at},
        of.explain_at: {"at": at}, of.figure: {"bounds": False}, of.save_png: {"path": "a.png"},
        of.save: {"path": "a.csv"},
        of.zoom: {"window": {"α": (0.1, 0.3)}, "cells": 2}, of.compare: {"other": of},
        of.transect: {"axis": "α", "of": entry, "last": 2}, of.bifurcation: {"axis": "α", "of": entry},
    }  # fmt: skip
    for call, given in right.items():
        parameters = inspect.signature(call).parameters.values()
        usual = tuple(one.name for one in parameters if one.kind not in (one.VAR_KEYWORD, one.VAR_POSITIONAL))
        yield call.__qualname__, call, given, usual
        more = any(one.kind is one.VAR_KEYWORD and one.name != "where" for one in parameters)
        if more and call.__name__ not in ("animate", "as_estimator"):
            yield f"how data is read by {call.__qualname__}", call, given, tuple(HowRead.__annotations__)
        if any(one.kind is one.VAR_POSITIONAL for one in parameters):
            yield call.__qualname__, lambda one, call=call: call(one), {}, ("one",)
    for name, options in OPTIONS.items():
        how = {"figure": name, "run": run, "pictures": 2}
        yield f"a film of {name}", lambda how=how, **given: model.figure.animate(**how, **given), {}, tuple(options)
    yield "Trace[]", lambda name: run.trace[name], {"name": weight}, ("name",)
    patterns, values = model.evaluate().patterns, model.evaluate().values
    yield "Values[]", lambda name: values.get(name), {"name": "E"}, ("name",)
    if isinstance(patterns, Sequence) and not isinstance(patterns, list):
        yield "patterns[]", lambda place: refused_as(IndexError, lambda: patterns[place]), {"place": 0}, ("place",)
    yield "Story[]", lambda claim: story[claim], {"claim": "sign"}, ("claim",)
    yield "limits", limited, {"entries": 10}, ("entries",)


@pytest.mark.parametrize("text", MODELS, ids=["numbers", "letters"])
def test_what_is_wrong_is_said_by_us(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found, refused = [], 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name, call, right, parameters in calls(cr.Model(text)):
            for parameter in parameters:
                for place, value in enumerate(WRONG):
                    if parameter == "progress" and callable(value):
                        continue  # a function of one's own may raise what it likes
                    try:
                        call(**right | {parameter: value})
                    except cr.ChainruleError as error:
                        refused += bool(error.help and str(error))
                    except Exception as error:
                        found.append(f"{name}, {parameter}, {place}: {type(error).__name__}")
    assert found == []
    assert refused > 2500


def limited(entries: Any) -> None:
    """A block with another limit."""
    with cr.limits(entries=entries):
        pass


def refused_as(kind: type[Exception], call: Callable[[], object]) -> object:
    """The call, of something that is asked as Python's own are: with the errors of those."""
    try:
        return call()
    except kind:
        return None


HELD = {cr.Model: (), Figures: (), cr.Run: ("json", "beyond"), cr.Story: ("json",), cr.Figure: ("svg",),
        Trace: ("framed", "single", "asked", "whole", "collected", "fits", "even", "size", "require", "places",
                "unknown"),
        Derivation: ("latex", "mathml", "markdown", "json"), Animation: (),
        cr.Map: ("dimension", "boundary", "to_xarray")}  # fmt: skip
"""Methods without an argument, and those of a trace that are for the package itself."""


def test_every_public_method_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    asked = {name for name, *_ in calls(cr.Model(MODELS[0]))}
    for kind, others in HELD.items():
        methods = {name for name, one in vars(kind).items() if inspect.isfunction(one) and not name.startswith("_")}
        assert {f"{kind.__name__}.{name}" for name in methods - set(others)} <= asked, kind
    plain = {name for name in cr.__all__ if inspect.isfunction(getattr(cr, name))}
    assert plain <= asked


IDENTITY = cr.example("identity")
MEANT: list[tuple[Callable[..., object], dict[str, Any], str]] = [
    (IDENTITY.check, {"line": "∂E/∂w = 1", "seed": "x"}, "'x' is not a seed"),
    (IDENTITY.train, {"steps": 1.5}, "1.5 is not a number of steps"),
    (IDENTITY.train, {"rate": "a"}, "'a' is not a rate"),
    (IDENTITY.train, {"rate": True}, "True is not a rate"),
    (IDENTITY.train, {"batch": 0}, "a step cannot visit 0 of 2 patterns"),
    (IDENTITY.train, {"data": object()}, "data is a object"),
    (IDENTITY.train, {"hold": [3]}, "hold cannot be 3"),
    (IDENTITY.train, {"seed": 0.0}, "0.0 is not a seed"),
    (IDENTITY.evaluate, {"second": "yes"}, "second cannot be 'yes'"),
    (cr.Model, {"text": "E = 1", "data": object()}, "data cannot be an object"),
    (IDENTITY.train, {"columns": 3}, "columns cannot be 3"),
    (IDENTITY.train, {"classes": {"x": 3}}, "the classes of x cannot be 3"),
    (IDENTITY.evaluate, {"drop_missing": "yes"}, "drop_missing cannot be 'yes'"),
    (IDENTITY.evaluate, {"standardise": 3}, "standardise cannot be 3"),
    (IDENTITY.train, {"validation": 10**400}, "validation=a number of 401 digits is no part of the patterns"),
    (IDENTITY.train, {"validation": math.nan}, "validation=nan is no part of the patterns"),
]


@pytest.mark.parametrize(("call", "given", "problem"), MEANT, ids=[problem for *_, problem in MEANT])
def test_the_argument_is_named(call: Callable[..., object], given: dict[str, Any], problem: str) -> None:
    with pytest.raises(cr.ChainruleError) as caught:
        call(**given)
    assert problem in caught.value.problem


def test_numbers_of_numpy_are_numbers() -> None:
    run = IDENTITY.train(
        steps=np.int64(7), rate=np.float32(0.5), seed=np.uint8(3), record=np.int16(2), batch=np.int32(1),
        memory=np.int64(2**30),
    )  # fmt: skip
    assert run.sha256 == IDENTITY.train(steps=7, rate=0.5, seed=3, record=2, batch=1).sha256
    assert run.at(np.int64(3))["w"] == run.at(3)["w"]
    assert IDENTITY.train(hold="w", steps=1).weights == IDENTITY.train(hold=["w"], steps=1).weights
    assert IDENTITY.check("∂E/∂w = -0.0887", pattern=np.int64(1), seed=np.int64(0)).equal
    assert IDENTITY.evaluate(second=np.bool_(True)).hessian is not None
