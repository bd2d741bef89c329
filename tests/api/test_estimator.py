"""Models as estimators of scikit-learn: its own checks, pipelines, searches, and the classes that a model may have."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import chainrule as cr

sklearn = pytest.importorskip("sklearn")

QUICK: dict[str, Any] = {"batch": "all", "engine": "reference", "standardise": True}
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(60, 3))
WORDS = np.array(["no", "maybe", "yes"])[np.argmax(X, axis=1)]
LINE = "data x\ntarget y\nweight w := 0, b := 0\nŷ = w·x + b\nE = ½(ŷ − y)²\n"
SIGMOID = "data x\ntarget y\nweight w := {start}\nŷ = σ(w·x)\n"
NUMBERED = """index i
index c = 1..3
data x[i]
target k
weight W[c,i] ~ normal(0, 1), b[c] := 0
p[c] = softmax_c(Σ_i W[c,i]·x[i] + b[c])
E = −Σ_c [c == k]·log(p[c])"""
SEQUENCE = """index t
index j = 1..3
data x[t]
target y
weight u[j] ~ normal(0, 1), w[j] ~ normal(0, 1), v[j] ~ normal(0, 1)
h[0,j] = 0
h[t,j] = tanh(w[j]·x[t] + u[j]·h[t-1,j])
ŷ = Σ_{j,t} [t == size(t)]·v[j]·h[t,j]
E = ½(ŷ − y)²"""
PATTERNS = """patterns p
index i
data x[i,p]
target y[p]
weight w[i] := 0
ŷ[p] = Σ_i w[i]·x[i,p]
E = mean_p (ŷ[p] − y[p])²"""


@pytest.mark.parametrize(
    ("sizes", "kind"), [((None, None), "classifier"), ((None, None), "regressor")]
)
def test_the_checks_of_scikit_learn(sizes: tuple[int | None, ...], kind: str) -> None:
    """Those with softmax, which are slow, are in the campaign `estimators`."""
    from sklearn.utils.estimator_checks import check_estimator

    estimator = cr.mlp(*sizes).as_estimator(kind=kind, rate=0.1, steps=60, **QUICK)
    assert estimator.expected_failures() == {}
    found = check_estimator(estimator, on_fail=None, on_skip=None)
    assert [(one["check_name"], one["exception"]) for one in found if one["status"] == "failed"] == []
    assert sum(one["status"] == "passed" for one in found) > 45


def test_what_cannot_pass_is_said() -> None:
    from sklearn.utils.estimator_checks import check_estimator

    estimator = cr.mlp(2, 1).as_estimator(rate=0.1, steps=2, **QUICK)
    wanted = estimator.expected_failures()
    found = check_estimator(estimator, on_fail=None, on_skip=None, expected_failed_checks=wanted)
    assert [one["check_name"] for one in found if one["status"] == "failed"] == []
    assert sum(one["status"] == "xfail" for one in found) > 10


def test_pipelines_searches_and_copies() -> None:
    from sklearn.base import clone
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = cr.mlp(None, None, output="classes")
    pipe = make_pipeline(StandardScaler(), model.as_estimator(steps=30, batch="all"))
    search = GridSearchCV(pipe, {"chainruleclassifier__rate": [0.001, 1.0, 1e300]}, cv=2)
    with pytest.warns(ConvergenceWarning, match="left the finite numbers"):
        search.fit(X, WORDS)
    assert search.best_params_ == {"chainruleclassifier__rate": 1.0}
    assert search.score(X, WORDS) > 0.9
    other = pickle.loads(pickle.dumps(search.best_estimator_))  # noqa: S301 - our own
    assert (other.predict_proba(X) == search.predict_proba(X)).all()
    last = other[-1]
    assert clone(last).model is last.model
    assert last.run_.verify()
    assert model.explain(last.run_, claims=["sign"])["sign"].holds is not None


def test_the_run_is_that_of_train() -> None:
    model = cr.mlp(3, 2, 1)
    how: dict[str, Any] = {"steps": 20, "seed": 3, "update": "adam", "hold": ["b2"], "batch": "shuffled"}
    estimator = model.as_estimator(**how).fit(X, X[:, 0])
    run = model.train(data={"x": X, "y": X[:, 0]}, record=20, **how)
    assert estimator.run_.sha256 == run.sha256
    assert (estimator.predict(X) == model.evaluate(run).values["ŷ"]).all()


@pytest.mark.parametrize(
    ("classes", "text"),
    [(WORDS, "one-hot"), (np.argmax(X, axis=1) * 10, "numbered"), (WORDS.astype(object), "numbered"),
     (X[:, 0] > 0, "numbered")],
)  # fmt: skip
def test_classes_may_be_anything(classes: Any, text: str) -> None:
    model = cr.mlp(None, None, output="classes") if text == "one-hot" else cr.Model(NUMBERED)
    estimator = model.as_estimator(steps=20, rate=1, **QUICK).fit(X, classes)
    assert estimator.score(X, classes) > 0.9
    found = estimator.predict_proba(X)
    assert found.shape == (60, len(np.unique(classes)))
    assert np.abs(found.sum(axis=1) - 1).max() < 1e-12  # three quotients of one sum
    assert (estimator.classes_[found.argmax(axis=1)] == estimator.predict(X)).all()


def test_two_classes_beside_one_output() -> None:
    for text in (
        SIGMOID.format(start=0) + "E = −y·log(ŷ) − (1 − y)·log(1 − ŷ) + 0.001·w²",
        SIGMOID.format(start=1) + "z = w·x\nE = softplus(z) − y·z\nminimise mean E + 0.001·w²",
    ):
        estimator = cr.Model(text).as_estimator(steps=50, rate=1, batch="all")
        estimator.fit(X[:, :1], X[:, 0] > 0)
        assert estimator.score(X[:, :1], X[:, 0] > 0) == 1
        with pytest.raises(ValueError, match="Only binary classification"):
            estimator.fit(X[:, :1], WORDS)
    squares = cr.Model(SIGMOID.format(start=0) + "E = (ŷ − y)²")
    assert not hasattr(squares.as_estimator(), "classes_")
    assert type(squares.as_estimator()).__name__ == "ChainruleRegressor"
    chosen = squares.as_estimator(kind="classifier", steps=20, rate=1, batch="all").fit(X[:, :1], X[:, 0] > 0)
    assert chosen.score(X[:, :1], X[:, 0] > 0) == 1
    assert not hasattr(chosen, "predict_proba")


def test_sequences_patterns_and_several_targets() -> None:
    for text in (SEQUENCE, PATTERNS, "data a, b, c\ntarget y\nweight w := 0\nŷ = w·c\nE = (ŷ − y)²"):
        estimator = cr.Model(text).as_estimator(steps=200, batch="all").fit(X, X[:, 2])
        assert estimator.score(X, X[:, 2]) > 0.5
    both = cr.Model("data x\ntarget y, z\nweight w := 0, v := 0\nŷ = w·x\nẑ = v·x\nE = (ŷ − y)² + (ẑ − z)²")
    found = both.as_estimator(steps=300).fit([[1.0], [2.0]], [[1.0, 2.0], [2.0, 4.0]]).predict([[3.0]])
    assert np.abs(found - [[3.0, 6.0]]).max() < 1e-9  # it has converged
    assert cr.Model(LINE).as_estimator().fit([[1.0]], [2.0]).predict([[1.0]]).shape == (1,)


@pytest.mark.parametrize(
    ("text", "how", "code"),
    [
        ("data x\ntarget y = x\nweight w := 0\nE = (w·x − y)²", {}, "E407"),
        ("weight w := 1\nE = w²", {}, "E407"),
        ("patterns p\ndata x[p], g\ntarget y[p]\nweight w := 1\nE = mean_p (w·g·x[p] − y[p])²", {}, "E407"),
        (LINE, {"kind": "cluster"}, "E452"),
        (LINE, {"output": "q"}, "E456"),
        (LINE.replace("target y", "target y, z") + "F = E + (z − x)²", {"kind": "classifier"}, "E408"),
    ],
)
def test_what_no_estimator_can_be(text: str, how: dict[str, Any], code: str) -> None:
    with pytest.raises(cr.ChainruleError) as caught:
        cr.Model(text).as_estimator(**how)
    assert caught.value.code == code


def test_matrices_that_do_not_fit() -> None:
    pandas = pytest.importorskip("pandas")
    two = cr.Model("data a, b\ntarget y\nweight w := 0\nŷ = w·a + b\nE = (ŷ − y)²").as_estimator(steps=2)
    for rows in (X, pandas.DataFrame({"b": X[:, 0], "a": X[:, 1]})):
        with pytest.raises(cr.UsageError, match="E407"):
            two.fit(rows, X[:, 0])
    two.fit(pandas.DataFrame({"a": X[:, 0], "b": X[:, 1]}), X[:, 0])
    with pytest.raises(cr.UsageError, match="E408"):
        cr.mlp(3, 2, output="classes").as_estimator().fit(X, WORDS)
    text = "index i, j\ndata x[i], z[j]\ntarget y\nweight w := 0\nŷ = w·Σ_i x[i]·Σ_j z[j]\nE = (ŷ − y)²"
    with pytest.raises(cr.UsageError, match="cannot say the sizes of both"):
        cr.Model(text).as_estimator().fit(X, X[:, 0])
    for bad in ([[np.nan] * 3], [[np.inf] * 3], np.zeros((0, 3))):
        with pytest.raises(ValueError, match=r"NaN|infinity|0 sample"):
            cr.mlp(3, 1).as_estimator().fit(bad, [1.0] * len(bad))


def test_without_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "chainrule.api.estimator", None)
    with pytest.raises(cr.MissingExtra, match=r"chainrule\[sklearn\]"):
        cr.mlp(3, 1).as_estimator()


def test_weights_say_the_sizes_that_new_data_do_not() -> None:
    model = cr.mlp(None, 3, None, output="classes")
    run = model.train(data={"x": X, "t": np.eye(3)[np.argmax(X, axis=1)]}, steps=5, batch="all")
    wanted = model.evaluate(run).values["ŷ"][:2]
    assert (model.evaluate(run, {"x": X[:2]}).values["ŷ"] == wanted).all()
    assert (model.evaluate(run.weights, {"x": X[:2]}).values["ŷ"] == wanted).all()
    with pytest.raises(cr.ChainruleError, match="E233"):
        model.evaluate(run, {"x": X[:2, :2]})
