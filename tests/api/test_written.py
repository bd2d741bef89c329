"""Texts that are written: networks of layers, and those of PyTorch and scikit-learn, whose outputs they have."""

from __future__ import annotations

import itertools
import warnings
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import chainrule as cr
from chainrule.cli import cli

ROUNDING = 1e-12
"""Outputs are sums of a few numbers near 1, added in another order."""

X = np.random.default_rng(0).normal(size=(60, 3))


@pytest.mark.parametrize("sizes", [(2, 3, 1), (None, 4, None), (3, 2), (2, 3, 3, 2), (4, 1), (1, 1)])
def test_networks_of_layers_train(sizes: tuple[int | None, ...]) -> None:
    for output, activation in itertools.product(("squared", "binary", "classes"), ("leaky_relu",)):
        model = cr.mlp(*sizes, output=output, activation=activation)
        inputs, outputs = sizes[0] or 3, sizes[-1] or 2
        rows = np.random.default_rng(1).normal(size=(5, inputs))
        right = np.eye(outputs)[np.arange(5) % outputs]
        right = right[:, 0] if outputs == 1 and output != "classes" else right
        data = {"x": rows, "t" if output == "classes" else "y": right}
        before = model.evaluate(data=data).error
        run = model.train(data=data, steps=10, batch="all", rate=0.05)
        assert run.error is not None
        assert before is not None
        assert run.error <= before
        assert cr.Model(model.text).text == model.text


def outputs(model: cr.Model, data: dict[str, Any]) -> np.ndarray[Any, Any]:
    return np.asarray(model.evaluate(data=data).values["ŷ"], float)


@pytest.mark.parametrize("name", ["ReLU", "Softplus", "SiLU", "ELU", "LeakyReLU", "GELU"])
def test_networks_of_torch(name: str) -> None:
    torch = pytest.importorskip("torch")
    nn = torch.nn
    torch.manual_seed(0)
    activation = nn.GELU(approximate="tanh") if name == "GELU" else getattr(nn, name)()
    inner = nn.Sequential(nn.Linear(3, 4), activation, nn.Dropout())
    for last in ([nn.Linear(4, 2)], [nn.Linear(4, 1, bias=False)], [nn.Linear(4, 3), nn.Softmax(dim=-1)],
                 [nn.Linear(4, 1), nn.Sigmoid()]):  # fmt: skip
        network = nn.Sequential(inner, *last).double().eval()
        wanted = network(torch.tensor(X)).detach().numpy()
        found = outputs(cr.from_torch(network), {"x": X})
        assert np.max(np.abs(found.reshape(wanted.shape) - wanted)) < ROUNDING


def test_a_network_of_torch_goes_on_learning() -> None:
    torch = pytest.importorskip("torch")
    network = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))
    model = cr.from_torch(network)
    run = model.train(data={"x": X[:9], "y": X[:9] @ [1.0, 2.0, 3.0]}, steps=30, batch="all")
    assert run.error is not None
    assert model.derive("w2").text()
    assert float(run.at(0)["b2"]) == float(network[2].bias.detach().double()[0])


@pytest.mark.parametrize("layer", ["GELU", "Conv1d", "BatchNorm1d", "Softmax"])
def test_what_cannot_be_written_is_refused(layer: str) -> None:
    torch = pytest.importorskip("torch")
    nn = torch.nn
    made = {"GELU": nn.GELU(), "Conv1d": nn.Conv1d(1, 1, 1), "BatchNorm1d": nn.BatchNorm1d(2)}
    made["Softmax"] = nn.Softmax(dim=1)
    before = [nn.Linear(3, 2), nn.Tanh()] if layer == "Softmax" else [nn.Linear(3, 2)]
    for network in (nn.Sequential(*before, made[layer]), made[layer], nn.Sequential()):
        with pytest.raises(cr.ChainruleError, match="E063"):
            cr.from_torch(network)


def dense(weights: np.ndarray[Any, Any], activation: str, bias: np.ndarray[Any, Any] | None = None) -> Any:
    """A layer with what is read of Keras's."""
    own = {"get_weights": lambda self: [weights] if bias is None else [weights, bias], "use_bias": bias is not None}
    return type("Dense", (), own | {"activation": type("Named", (), {"__name__": activation})()})()


def test_networks_of_keras() -> None:
    """Stand-ins: Keras is not among what is installed for the tests; with it, the real ones are read too."""
    W, v = np.arange(12.0).reshape(3, 4) / 10, np.ones((4, 2))
    hidden = np.tanh(X @ W + np.arange(4))
    for last, wanted in (
        ("linear", hidden @ v), ("softmax", np.full((60, 2), 0.5)), ("sigmoid", 1 / (1 + np.exp(-hidden @ v[:, :1]))),
    ):  # fmt: skip
        layers = [dense(W, "tanh", np.arange(4.0)), type("Dropout", (), {})(), dense(v[:, : wanted.shape[1]], last)]
        model = cr.from_keras(type("Sequential", (), {"layers": layers})())
        assert np.abs(outputs(model, {"x": X}).reshape(wanted.shape) - wanted).max() < ROUNDING
    for wrong in (dense(W, "gelu"), type("Conv1D", (), {})(), object(), type("Sequential", (), {"layers": []})()):
        with pytest.raises(cr.UsageError, match="E063"):
            cr.from_keras(wrong)


def test_networks_of_keras_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    try:
        import keras  # type: ignore[import-not-found]
    except ImportError:
        return
    network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, activation="silu"), keras.layers.Dense(2)])
    found, wanted = outputs(cr.from_keras(network), {"x": X}), np.asarray(network.predict(X, verbose=0))
    assert np.abs(found - wanted).max() < 1e-5  # Keras computes in float32


def test_estimators_of_sklearn() -> None:
    pytest.importorskip("sklearn")
    from sklearn import linear_model, neural_network

    classes = np.array(["a # b\nc", "b", "c"])[np.argmax(X, axis=1)]
    cases: list[tuple[Any, Any]] = [
        (neural_network.MLPClassifier((4,), max_iter=20), classes),
        (neural_network.MLPClassifier((4, 2), max_iter=20), classes == "b"),
        (neural_network.MLPRegressor(hidden_layer_sizes=(4, 3), activation="logistic", max_iter=20), X @ [1, 2, 3]),
        (neural_network.MLPRegressor(hidden_layer_sizes=(4,), activation="relu", max_iter=20), X @ np.eye(3)),
        (linear_model.LogisticRegression(), classes),
        (linear_model.LogisticRegression(), classes == "b"),
        (linear_model.LinearRegression(), X @ [1.0, 2.0, 3.0]),
        (linear_model.LinearRegression(fit_intercept=False), X @ np.ones((3, 2))),
    ]
    for estimator, target in cases:
        with pytest.raises(cr.ChainruleError, match="E063"):
            cr.from_sklearn(estimator)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            estimator.fit(X, target)
        wanted = estimator.predict_proba(X) if hasattr(estimator, "predict_proba") else estimator.predict(X)
        found = outputs(cr.from_sklearn(estimator), {"x": X})
        wanted = wanted[:, 1] if found.ndim < wanted.ndim else wanted
        assert np.max(np.abs(found - wanted)) < ROUNDING, type(estimator).__name__


def test_the_command_writes_a_text_that_is_read() -> None:
    done = CliRunner().invoke(cli, ["new", "--inputs", "2", "--units", "4,3", "--outputs", "2", "--output", "classes"])
    assert done.exit_code == 0
    assert cr.Model(done.output).weights
    assert cr.Model(CliRunner().invoke(cli, ["new"]).output).text == cr.mlp(2, 3, 1).text
    assert cr.Model(CliRunner().invoke(cli, ["new", "--units", "0"]).output).text == cr.mlp(2, 1).text
    assert "E063" in CliRunner().invoke(cli, ["new", "--units", "many"]).output
