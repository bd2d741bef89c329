"""What an engine promises: values by name, a chunk of steps a call, where it ended and why."""

import math
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from chainrule.engines.layout import layout
from chainrule.engines.protocol import Bound, Loaded, State
from chainrule.engines.reference import REFERENCE
from chainrule.engines.runners import ArrayRunner, FloatRunner, Runner, enough
from chainrule.errors import UsageError
from chainrule.model import build
from chainrule.notation import parse
from chainrule.program import Program, lower
from chainrule.tape.expand import expanded
from chainrule.tape.record import record

IDENTITY = """A(u) = 1/(1 + exp(-u))
data x
target y
weight w in [0, 1] := 0.5
const α := 0.5
ŷ = A(w*x)
E = ½(ŷ - y)²
"""


def program_of(text: str, **how: Any) -> Program:
    return lower(build(parse(text)), **how)


def load(text: str, values: dict[str, Any], patterns: int, ranges: dict[str, range] | None = None) -> Loaded:
    arrays = {name: np.asarray(value, dtype=float) for name, value in values.items()}
    return REFERENCE.load(program_of(text), Bound(arrays, ranges or {}, patterns))


def identity(rate: float = 0.5) -> Loaded:
    return load(IDENTITY, {"x": [0, 1], "y": [0, 1], "alpha": rate}, 2)


def start(**weights: Any) -> State:
    return State({name: np.array(value, dtype=float) for name, value in weights.items()}, {})


def test_the_numbers_of_the_founding_example() -> None:
    values = identity().evaluate({"w": np.array(1.0)})
    assert values["y_hat"].tolist() == [0.5, 0.7310585786300049]
    assert values["E"][0] == 0.125
    assert round(float(values["E"][1]), 4) == 0.0362
    one = identity().evaluate({"w": np.array(1.0)}, [1])
    assert round(float(one["∂goal/∂w"]), 4) == -0.0529
    dead = identity().evaluate({"w": np.array(1.0)}, [0])
    assert float(dead["∂goal/∂w"]) == 0.0


def test_values_come_by_key_as_arrays_of_their_own() -> None:
    loaded = identity()
    first = loaded.evaluate({"w": np.array(0.0)})
    kept = first["y_hat"].copy()
    second = loaded.evaluate({"w": np.array(9.0)})
    assert list(first) == ["y_hat", "E", "goal", "∂goal/∂E", "∂goal/∂y_hat", "∂goal/∂w"]
    assert (first["y_hat"] == kept).all()
    assert (second["y_hat"] != kept).any()
    assert first["goal"].shape == ()
    assert first["E"].shape == (2,)


def test_rows_are_taken_in_the_order_they_are_given() -> None:
    values = identity().evaluate({"w": np.array(1.0)}, [1, 0, 1])
    assert values["y_hat"].tolist() == [0.7310585786300049, 0.5, 0.7310585786300049]


def test_rows_may_be_an_array() -> None:
    loaded = identity()
    listed, array = ([[0, 1], [1, 0], [1, 1]], np.array([[0, 1], [1, 0], [1, 1]]))
    one, other = (loaded.advance(start(w=0.1), rows, 3) for rows in (listed, array))
    assert one.weights["w"].tolist() == other.weights["w"].tolist()
    assert loaded.evaluate({"w": np.array(0.1)}, array[1])["y_hat"][1] == 0.5


def test_what_depends_on_a_missing_target_is_left_out() -> None:
    values = load(IDENTITY, {"x": [0, 1]}, 2).evaluate({"w": np.array(1.0)})
    assert list(values) == ["y_hat"]


def test_training_without_the_target_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        load(IDENTITY, {"x": [0, 1], "alpha": 0.5}, 2).advance(start(w=1.0), [[0]], 1)
    assert caught.value.code == "E312"
    assert caught.value.problem == "training needs y, and it is not given"
    assert caught.value.help.startswith("give values of y for every pattern")


def test_a_step_is_the_rule_as_written() -> None:
    loaded = identity()
    slope = loaded.evaluate({"w": np.array(0.25)}, [0, 1])["∂goal/∂w"]
    chunk = loaded.advance(start(w=0.25), [[0, 1]], 1)
    assert chunk.state.weights["w"] == 0.25 - 0.5 * slope
    assert chunk.state.step == 1
    assert chunk.steps.tolist() == [1]


def test_a_box_is_kept_and_told() -> None:
    chunk = identity(rate=50.0).advance(start(w=0.25), [[0, 1]] * 3, 1)
    assert chunk.weights["w"].tolist() == [1.0, 1.0]
    assert chunk.projected["w"].tolist() == [1, 2]
    assert chunk.converged  # pinned to the boundary: nothing changes any more


def test_a_start_outside_its_box_is_put_back_by_the_first_step() -> None:
    chunk = identity().advance(start(w=3.0), [[0, 1]], 1)
    assert chunk.weights["w"].tolist() == [1.0]
    assert chunk.projected["w"].tolist() == [1]


def test_a_training_converges_at_the_end_of_a_pass_that_changed_nothing() -> None:
    # pattern 0 never changes w; pattern 1 does: only a whole pass without a change counts
    text = IDENTITY.replace(" in [0, 1]", "")
    loaded = load(text, {"x": [0, 1], "y": [0, 1], "alpha": 0.5}, 2)
    chunk = loaded.advance(start(w=0.5), [[0], [1]] * 50, 2)
    assert not chunk.converged
    assert chunk.state.step == 100
    dead = loaded.advance(start(w=0.5), [[0]] * 50, 2)
    assert dead.converged
    assert dead.state.step == 2
    assert dead.state.unchanged == 2
    across = loaded.advance(loaded.advance(start(w=0.5), [[0]], 2).state, [[0]] * 50, 2)
    assert across.converged
    assert across.state.step == 2


def test_records_follow_the_runs_own_step_numbers() -> None:
    loaded = identity()
    first = loaded.advance(start(w=0.1), [[0, 1]] * 4, 1, record=3)
    second = loaded.advance(first.state, [[0, 1]] * 4, 1, record=3)
    assert first.steps.tolist() == [3, 4]
    assert second.steps.tolist() == [6, 8]
    assert second.weights["w"].shape == (2,)


def test_no_step_leaves_the_state_as_it_was() -> None:
    chunk = identity().advance(start(w=0.1), [], 1)
    assert chunk.state.weights["w"] == 0.1
    assert len(chunk.steps) == 0
    assert chunk.weights["w"].shape == (0,)


def test_a_held_weight_stays() -> None:
    program = program_of("data x\nweight w, b\nE = (w*x + b)^2\n", hold=["b"])
    loaded = REFERENCE.load(program, Bound({"x": np.array([1.0])}, {}, 1))
    chunk = loaded.advance(start(w=1.0, b=2.0), [[0]] * 5, 1)
    assert chunk.weights["b"].tolist() == [2.0] * 5
    assert chunk.weights["w"][0] != 1.0


def test_the_default_rate_is_a_tenth_unless_a_value_is_given() -> None:
    text = "data x\nweight w\nE = w*x\n"
    assert load(text, {"x": [1.0]}, 1).advance(start(w=1.0), [[0]], 1).state.weights["w"] == 0.9
    assert load(text, {"x": [1.0], "alpha": 0.5}, 1).advance(start(w=1.0), [[0]], 1).state.weights["w"] == 0.5


def test_a_model_without_data_has_one_pattern() -> None:
    loaded = load("weight w := 1\nE = w^2\n", {}, 1)
    assert float(loaded.evaluate({"w": np.array(3.0)})["∂E/∂w"]) == 6.0
    assert loaded.advance(start(w=1.0), [[0]], 1).state.weights["w"] == 0.8


def test_sums_are_added_in_order() -> None:
    # added in pairs, as NumPy's own sum does, the result differs
    draw = np.random.default_rng(0)
    values = draw.normal(size=1000) * 10.0 ** draw.integers(-8, 8, size=1000)
    found = load("data x\nweight w\nE = w*x\nminimise sum E\n", {"x": values}, 1000).evaluate({"w": np.array(1.0)})
    total = 0.0
    for value in values.tolist():
        total += value
    assert float(found["goal"]) == total != float(values.sum())


@pytest.mark.parametrize("rows", [[], [2], [-1]])
def test_rows_that_are_no_patterns_are_refused(rows: list[int]) -> None:
    for call in (lambda: identity().evaluate({"w": np.array(1.0)}, rows),
                 lambda: identity().advance(start(w=0.1), [[1], rows], 1)):  # fmt: skip
        with pytest.raises(UsageError) as caught:
            call()
        assert caught.value.code == "E311"
        assert "0 to 1" in caught.value.problem
        assert "from 0" in caught.value.help


LAYERS = """patterns p
index i = 1..2, j, k = 1..3
data x[i,p]
target t[p,k]
weight W[j,i], b[j], V[k,j]
h[j,p] = tanh(Σ_i W[j,i]*x[i,p] + b[j])
z[p,k] = Σ_j V[k,j]*h[j,p]
y[p,k] = exp(z[p,k] - logsumexp_k' z[p,k'])
E = -mean_p Σ_k t[p,k]*log(y[p,k])
"""


def test_a_network_of_layers_trains_the_same_on_arrays_and_floats() -> None:
    draw = np.random.default_rng(3)
    program = program_of(LAYERS)
    ranges = {"i": range(1, 3), "j": range(1, 4)}
    bound = Bound({"x": draw.normal(size=(2, 5)), "t": np.eye(3)[[0, 2, 1, 1, 0]]}, ranges, 5)
    weights = {"W": draw.normal(size=(3, 2)), "b": draw.normal(size=3), "V": draw.normal(size=(3, 3))}
    loaded = REFERENCE.load(program, bound)
    rows = [0, 3, 2]
    chunk = loaded.advance(State(weights, {}), [rows] * 20, 1)
    places = layout(program, bound)
    runner = ArrayRunner(program, bound, expanded(record(program, bound, 3, training=True)), places)
    runner.put(places.row(weights))
    with np.errstate(all="ignore"):
        for number in range(20):
            assert runner.step(rows, number + 1)
            runner.settle()
    assert runner.row().tobytes() == places.row(chunk.state.weights).tobytes()
    assert chunk.weights["V"].shape == (20, 3, 3)
    before, after = (loaded.evaluate(w, rows)["E"] for w in (weights, chunk.state.weights))
    assert after < before


def test_layers_agree_with_the_formulas_of_a_textbook() -> None:
    draw = np.random.default_rng(4)
    x, t = draw.normal(size=(2, 4)), np.eye(3)[[0, 1, 2, 1]]
    W, b, V = draw.normal(size=(3, 2)), draw.normal(size=3), draw.normal(size=(3, 3))
    found = load(LAYERS, {"x": x, "t": t}, 4, {"i": range(1, 3), "j": range(1, 4)}).evaluate({"W": W, "b": b, "V": V})
    h = np.tanh(W @ x + b[:, None])
    z = (V @ h).T
    y = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    delta = (y - t) / 4
    back = (delta @ V).T * (1 - h**2)
    np.testing.assert_allclose(found["h"], h, rtol=1e-14)
    np.testing.assert_allclose(found["∂E/∂V"], delta.T @ h.T, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(found["∂E/∂W"], back @ x.T, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(found["∂E/∂b"], back.sum(1), rtol=1e-11, atol=1e-14)


RECURRENT = """index t = 1..4, j, l = 1..2
data x[t]
target y
weight W[j], U[j,l], v[j]
h[0,j] = 0.1
h[t,j] = tanh(a[t,j])
a[t,j] = W[j]*x[t] + Σ_l U[j,l]*h[t-1,l]
o = Σ_j v[j]*h[4,j]
E = (o - y)^2
"""
"""Two quantities that read each other through time, with a base line; h stands before what it reads."""


@pytest.mark.parametrize("kind", [ArrayRunner, FloatRunner])
def test_a_recurrence_runs_slice_by_slice_and_its_adjoint_backwards(kind: type[Runner]) -> None:
    draw = np.random.default_rng(5)
    program = program_of(RECURRENT)
    x, y = draw.normal(size=(3, 4)), draw.normal(size=3)
    bound = Bound({"x": x, "y": y}, {"t": range(1, 5), "j": range(1, 3)}, 3)
    weights = {"W": draw.normal(size=2), "U": draw.normal(size=(2, 2)), "v": draw.normal(size=2)}

    def goal(W: Any, U: Any, v: Any) -> Any:
        h = np.full((3, 2), 0.1, dtype=np.result_type(W, U, v))
        for t in range(4):
            h = np.tanh(np.outer(x[:, t], W) + h @ U.T)
        return ((h @ v - y) ** 2).mean()

    found = REFERENCE.load(program, bound).evaluate(weights)
    np.testing.assert_allclose(found["goal"], goal(**weights), rtol=1e-14)
    assert found["h"].shape == (3, 5, 2)  # base line first
    for name, value in weights.items():
        for place in np.ndindex(value.shape):
            moved = value.astype(complex)
            moved[place] += 1e-30j
            slope = goal(**{**weights, name: moved}).imag / 1e-30
            assert abs(found[f"∂goal/∂{name}"][place] - slope) < 1e-12
    places = layout(program, bound)
    runner = kind(program, bound, expanded(record(program, bound, 3, training=True)), places)
    runner.put(places.row(weights))
    assert runner.step([0, 1, 2], 1)
    runner.settle()
    wanted = {name: value - 0.1 * found[f"∂goal/∂{name}"] for name, value in weights.items()}
    assert runner.row().tobytes() == places.row(wanted).tobytes()


def ends_of(switch: float, rows: list[list[int]], chunks: list[int], text: str = IDENTITY) -> list[bytes]:
    """Weights and states after each chunk where floats take over after so many steps."""
    draw = np.random.default_rng(7)
    values = {"x": draw.normal(size=3), "y": draw.normal(size=3), "alpha": 0.5}
    with patch("chainrule.engines.runners.enough", lambda tape: switch):
        loaded, state, found = load(text, values, 3), start(w=0.5), []
        for first, stop in zip([0, *chunks], [*chunks, len(rows)], strict=True):
            state = loaded.advance(state, rows[first:stop], 3).state
            found.append(np.array([state.weights["w"], *state.states.values()]).tobytes())
    return found


@pytest.mark.parametrize("chunks", [[1, 9], [], [5, 6, 7]])
def test_when_floats_take_over_changes_no_bit(chunks: list[int]) -> None:
    """Steps over one pattern and over two in turns: each number of patterns has a runner of its own."""
    rows = [[step % 3] if step % 4 else [0, step % 3] for step in range(30)]
    whole = ends_of(math.inf, rows, chunks)
    for switch in (0, 1, 3, 8, 20):
        assert ends_of(switch, rows, chunks) == whole, switch


def test_floats_take_over_sooner_where_there_is_less_to_write_down() -> None:
    draw = np.random.default_rng(0)
    small = load(IDENTITY, {"x": [0, 1], "y": [0, 1], "alpha": 0.5}, 2)
    ranges = {"t": range(1, 5), "j": range(1, 3)}
    deep = load(RECURRENT, {"x": draw.normal(size=(3, 4)), "y": draw.normal(size=3)}, 3, ranges)
    steps = [enough(loaded.recording(count).tape) for loaded, count in ((small, 1), (deep, 3))]  # type: ignore[attr-defined]
    assert 1 < steps[0] < steps[1] < 1000
    wide = "data x[i]\nindex i = 1..500\nweight w[i] ~ normal(0, 1)\nconst α := 0.1\nE = (Σ_i w[i]·x[i])²\n"
    large = load(wide, {"x": np.ones((2, 500)), "alpha": 0.1}, 2, {"i": range(1, 501)})
    assert enough(large.recording(2).tape) == math.inf  # type: ignore[attr-defined]
    runners = small._runners  # type: ignore[attr-defined]
    kinds = [type(runners.runner(1, asked, small.recording)) for asked in (1, int(steps[0]) + 1)]  # type: ignore[attr-defined]
    assert kinds == [ArrayRunner, FloatRunner]
