"""Recurrences are loops on the tape: as short for a million slices as for ten, with the same bits by all engines."""

from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from tests.laws.engines import difference

import chainrule as cr
from chainrule.engines.native import kernel_memory
from chainrule.engines.protocol import Bound
from chainrule.model import build
from chainrule.notation import parse
from chainrule.numbers.numerics import EXACT, FUSED
from chainrule.program import lower
from chainrule.tape.record import record
from chainrule.tape.tape import Tape, unfolded

SCALAR = "index t = 1..{n}\nweight u := 0.5\nh[0] = 1\nh[t] = u*h[t-1] + 0.1\nE = h[{n}]^2"
STACKED = """index t = 1..{n}, l = 1..2, j = 1..3, k = 1..3
data x[t,j]
target y[t,j]
weight W[l,j,k] ~ normal(0, 0.5), U[l,j,k] ~ normal(0, 0.5), b[l,j] := 0.1
h[0,l,j] = 0
h[t,0,j] = x[t,j]
h[t,l,j] = tanh((sum_k W[l,j,k]*h[t,l-1,k]) + (sum_k U[l,j,k]*h[t-1,l,k]) + b[l,j])
E = mean_t sum_j (h[t,2,j] - y[t,j])^2
"""
BOTH_WAYS = """index t = 1..{n}, j = 1..3
data x[t,j]
target y[t]
weight W[j] ~ normal(0, 0.5), v[j] := 0.3
f[0,j] = 0
b[{m},j] = 0
f[t,j] = tanh(v[j]*f[t-1,j] + x[t,j])
b[t,j] = sigmoid(W[j]*b[t+1,j] - x[t,j])
s[t] = logsumexp_j (f[t,j] + b[t,j])
E = sum_t (s[t] - y[t])^2
"""
INSIDE = """index t = 0..{n}
weight u := 0.5, v := 0.2
h[0] = u
h[2] = v
h[t] = u*h[t-1] + v*t
E = h[{n}]^2
"""


def model(text: str, n: int, patterns: int = 2) -> cr.Model:
    """A network over n slices with its data."""
    text = text.replace("{n}", str(n)).replace("{m}", str(n + 1))
    draw = np.random.default_rng(n)
    shapes = {"x": (patterns, n, 3), "y": (patterns, n, 3) if "y[t,j]" in text else (patterns, n)}
    data = {name: draw.normal(size=shape) for name, shape in shapes.items()} if "data" in text else None
    return cr.Model(text, data=data)


def tape(text: str, n: int, training: bool = True) -> Tape:
    """A step of a network without data."""
    program = lower(build(parse(text.replace("{n}", str(n)))))
    group = program.sets["t"]
    low = 0 if "0..{n}" in text else 1
    return record(program, Bound({}, {group: range(low, n + 1)}, 1), 1, training=training).tape


@pytest.mark.parametrize("text", [SCALAR, INSIDE])
def test_a_tape_is_as_long_for_a_million_slices_as_for_ten(text: str) -> None:
    assert len(list(unfolded(tape(text, 10).instructions))) == len(list(unfolded(tape(text, 10**6).instructions)))


@pytest.mark.parametrize("text", [SCALAR, STACKED, BOTH_WAYS, INSIDE])
@pytest.mark.parametrize("n", [3, 4, 17])
@pytest.mark.parametrize("batch", ["all", "each"])
def test_engines_agree(text: str, n: int, batch: str) -> None:
    assert not difference(model(text, n), steps=20, rate=0.05, batch=batch)


@pytest.mark.parametrize("text", [SCALAR, STACKED, BOTH_WAYS])
def test_arrays_agree_with_floats(text: str) -> None:
    network = model(text, 5)
    runs = [network.train(steps=9, rate=0.05, engine="reference")]
    with patch("chainrule.engines.floats.LONGEST", 0):
        runs.append(network.train(steps=9, rate=0.05, engine="reference", seed=0))
    assert runs[0].sha256 == runs[1].sha256


@pytest.mark.parametrize("text", [STACKED, BOTH_WAYS])
@pytest.mark.parametrize("numerics", ["fused", "fused32"])
def test_fused_numerics_agree(text: str, numerics: str) -> None:
    assert not difference(model(text, 5), steps=5, rate=0.05, numerics=numerics)


@pytest.mark.parametrize("text", [SCALAR, STACKED, BOTH_WAYS, INSIDE])
def test_runs_side_by_side_agree(text: str) -> None:
    network = model(text, 4)
    rates: list[Any] = [0.05, 0.01, 1e200]
    together = network.train(steps=12, rate=rates, engine="native")
    alone = network.train(steps=12, rate=rates, engine="reference")
    assert [run.sha256 for run in together] == [run.sha256 for run in alone]
    assert [run.departure for run in together] == [run.departure for run in alone]


@pytest.mark.parametrize("text", [STACKED, BOTH_WAYS])
@pytest.mark.parametrize("numerics", [EXACT, FUSED])
def test_quantities_are_those_of_the_reference_engine(text: str, numerics: Any) -> None:
    network = model(text, 6)
    run = network.train(steps=6, rate=0.05, numerics=numerics.name, engine="native")
    again = network.train(steps=6, rate=0.05, numerics=numerics.name, engine="reference")
    for name in ("∂E/∂W", "E", "h" if text == STACKED else "f"):
        assert np.asarray(run.trace[name]).tobytes() == np.asarray(again.trace[name]).tobytes()


def test_a_loop_that_is_long_asks_whether_to_end() -> None:
    with patch.object(kernel_memory, "POLLED", 8):
        assert not difference(model(STACKED, 9), steps=5, rate=0.05, batch="all")


def test_a_run_leaves_the_finite_numbers_at_the_slice_where_it_does() -> None:
    network = cr.Model("index t = 1..40\nweight u := 3\nh[0] = 1\nh[t] = exp(u)*h[t-1]^2\nE = h[40]")
    runs = [network.train(steps=3, engine=engine) for engine in ("reference", "native")]
    assert runs[0].departure == runs[1].departure
    assert runs[0].departure is not None
    assert (runs[0].departure.equation, runs[0].departure.entry) == ("h", (8,))


def test_the_start_is_loaded_in_no_time_however_long() -> None:
    found = cr.Model(SCALAR.replace("{n}", "1000000")).evaluate()
    u, wanted = 0.5, 0.2  # the fixed point of u·h + 0.1
    assert found.error == pytest.approx(wanted**2, rel=1e-12)
    assert found.gradient["u"] == pytest.approx(2 * wanted * wanted / (1 - u), rel=1e-9)
