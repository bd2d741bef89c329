"""Stacked and bidirectional GRUs and LSTMs, written as in a textbook, against loops in plain JAX."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import chainrule as cr

FOLDER = Path(__file__).parents[1] / "programs"
STEPS, LAYERS, UNITS = 3, 2, 2
CLOSE = 1e-12  # of the largest entry: a few hundred operations, in another order

Weights = Mapping[str, Any]
Units = dict[tuple[int, int], Any]
"""What the units are at a time and in a layer."""


def stacked_gru(w: Weights, x: Any) -> tuple[Any, dict[str, Units]]:
    """The outputs for one pattern, and the units; x[t] is the input at time t + 1."""
    from jax.nn import sigmoid
    from jax.numpy import tanh, zeros

    h: Units = {(0, m): zeros(UNITS) for m in range(1, LAYERS + 1)}
    h |= {(t, 0): x[t - 1] for t in range(1, STEPS + 1)}
    for m in range(1, LAYERS + 1):
        for t in range(1, STEPS + 1):
            below, before = h[t, m - 1], h[t - 1, m]
            z = sigmoid(w["Wz"][m - 1] @ below + w["Uz"][m - 1] @ before + w["bz"][m - 1])
            r = sigmoid(w["Wr"][m - 1] @ below + w["Ur"][m - 1] @ before + w["br"][m - 1])
            new = tanh(w["Wh"][m - 1] @ below + w["Uh"][m - 1] @ (r * before) + w["bh"][m - 1])
            h[t, m] = z * before + (1 - z) * new
    return w["V"] @ h[STEPS, LAYERS] + w["c"], {"h": h}


def stacked_lstm(w: Weights, x: Any) -> tuple[Any, dict[str, Units]]:
    from jax.nn import sigmoid
    from jax.numpy import tanh, zeros

    h: Units = {(0, m): zeros(UNITS) for m in range(1, LAYERS + 1)}
    c: Units = dict(h)
    h |= {(t, 0): x[t - 1] for t in range(1, STEPS + 1)}
    for t in range(1, STEPS + 1):
        for m in range(1, LAYERS + 1):
            i, f, o, new = (
                w[f"W{one}"][m - 1] @ h[t, m - 1] + w[f"U{one}"][m - 1] @ h[t - 1, m] + w[f"b{one}"][m - 1]
                for one in "ifoc"
            )
            c[t, m] = sigmoid(f) * c[t - 1, m] + sigmoid(i) * tanh(new)
            h[t, m] = sigmoid(o) * tanh(c[t, m])
    return w["V"] @ h[STEPS, LAYERS] + w["d"], {"h": h, "c": c}


def both_ways(w: Weights, x: Any) -> tuple[dict[int, Units], Callable[..., tuple[Any, Any]]]:
    """The units in the two directions as they begin, and what one layer and gate are given: from below, and before."""
    from jax.numpy import zeros

    h: dict[int, Units] = {1: {}, 2: {}}
    for way, edge in ((1, 0), (2, STEPS + 1)):
        h[way] |= {(edge, m): zeros(UNITS) for m in range(1, LAYERS + 1)}
        h[way] |= {(t, 0): x[t - 1][2 * way - 2 : 2 * way] for t in range(1, STEPS + 1)}

    def given(way: int, t: int, m: int, gate: int) -> tuple[Any, Any]:
        below = w[f"W{way}"][m - 1, gate] @ h[1][t, m - 1] + w[f"V{way}"][m - 1, gate] @ h[2][t, m - 1]
        before = w[f"U{way}"][m - 1, gate] @ h[way][t - 1 if way == 1 else t + 1, m]
        return below + w[f"b{way}"][m - 1, gate], before

    return h, given


def times(way: int) -> range:
    return range(1, STEPS + 1) if way == 1 else range(STEPS, 0, -1)


def bidirectional_gru(w: Weights, x: Any) -> tuple[Any, dict[str, Units]]:
    from jax.nn import sigmoid
    from jax.numpy import tanh

    h, given = both_ways(w, x)
    for m in range(1, LAYERS + 1):
        for way in (1, 2):
            for t in times(way):
                (az, qz), (ar, qr), (an, qn) = (given(way, t, m, gate) for gate in range(3))
                z = sigmoid(az + qz)
                old = h[way][t - 1 if way == 1 else t + 1, m]
                h[way][t, m] = z * old + (1 - z) * tanh(an + sigmoid(ar + qr) * qn)
    out = w["P"] @ h[1][STEPS, LAYERS] + w["Q"] @ h[2][1, LAYERS] + w["c"]
    return out, {"h1": h[1], "h2": h[2]}


def bidirectional_lstm(w: Weights, x: Any) -> tuple[Any, dict[str, Units]]:
    from jax.nn import sigmoid
    from jax.numpy import tanh, zeros

    h, given = both_ways(w, x)
    c: dict[int, Units] = {
        way: {(edge, m): zeros(UNITS) for m in range(1, LAYERS + 1)} for way, edge in ((1, 0), (2, STEPS + 1))
    }
    for m in range(1, LAYERS + 1):
        for way in (1, 2):
            for t in times(way):
                f, i, new, o = (sum(given(way, t, m, gate)) for gate in range(4))
                old = c[way][t - 1 if way == 1 else t + 1, m]
                c[way][t, m] = sigmoid(f) * old + sigmoid(i) * tanh(new)
                h[way][t, m] = sigmoid(o) * tanh(c[way][t, m])
    out = w["P"] @ h[1][STEPS, LAYERS] + w["Q"] @ h[2][1, LAYERS] + w["d"]
    return out, {"h1": h[1], "h2": h[2], "c1": c[1], "c2": c[2]}


NETWORKS = {
    "14-stacked-gru": stacked_gru,
    "15-stacked-lstm": stacked_lstm,
    "16-bidirectional-gru": bidirectional_gru,
    "17-bidirectional-lstm": bidirectional_lstm,
}


@pytest.mark.parametrize("name", NETWORKS)
def test_values_and_gradients_are_those_of_loops_in_jax(name: str) -> None:
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    network = NETWORKS[name]
    found = cr.Model((FOLDER / f"{name}.eq").read_text("utf-8"), name).evaluate()
    x, y = np.asarray(found.values["x"]), np.asarray(found.values["y"])

    def error(w: Weights) -> Any:
        errors = [((network(w, x[p])[0] - y[p]) ** 2).sum() / 2 for p in range(len(x))]
        return sum(errors) / len(errors)

    weights = {one: jax.numpy.asarray(np.asarray(value)) for one, value in found.weights.items()}
    value, slopes = jax.value_and_grad(error)(weights)
    assert found.error == pytest.approx(float(value), rel=CLOSE)
    most = max(float(np.max(np.abs(slope))) for slope in slopes.values())
    for one, slope in slopes.items():
        assert np.max(np.abs(np.asarray(found.gradient[one]) - np.asarray(slope))) < CLOSE * most, one
    for p in range(len(x)):
        for one, units in network(weights, x[p])[1].items():
            first = [own.start for own in found.letters[one]]
            for (t, m), right in units.items():
                ours = np.asarray(found.values[one])[p, t - first[0], m - first[1]]
                assert np.max(np.abs(ours - np.asarray(right))) < CLOSE, (one, t, m)


@pytest.mark.parametrize("name", NETWORKS)
def test_they_learn_the_same_by_both_engines(name: str) -> None:
    model = cr.Model((FOLDER / f"{name}.eq").read_text("utf-8"), name)
    runs = [model.train(engine=engine, steps=20, batch="all", rate=0.1) for engine in ("reference", "native")]
    assert runs[0].sha256 == runs[1].sha256
    found, after = model.evaluate(), model.evaluate(weights=dict(runs[0].weights))
    assert found.error is not None
    assert after.error is not None
    assert after.error < found.error
