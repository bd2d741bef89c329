"""A training: what it does to the weights, where it ends, and that its record says the same however it is read."""

import itertools
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import chainrule as cr
from chainrule.engines.protocol import Departure
from chainrule.errors import LimitError, UsageError
from chainrule.train import drive
from chainrule.train.projection import Projection
from chainrule.train.run import Run

Trained = Callable[..., Run]

BATCHES = ("each", "all", "shuffled", 2, [2, 0, 0], [[0, 1], [2]])


def bits(run: Run) -> list[tuple[bytes, ...]]:
    return [tuple(values.tobytes() for values in run.at(k).values()) for k in range(run.steps + 1)]


def test_the_first_steps_are_those_of_the_rule(trained: Trained) -> None:
    run = trained(steps=2, rate=0.5)
    # pattern 0 is x = 0, y = 1: ŷ = 0, so ∂E/∂w = 0 and ∂E/∂b = −1
    assert [float(run.at(1)[name]) for name in "wb"] == [0.5, 0.5]
    # pattern 1 is x = 1, y = 3: ŷ = 1, so both derivatives are −2
    assert [float(run.at(2)[name]) for name in "wb"] == [1.5, 1.5]
    assert [float(run.weights[name]) for name in "wb"] == [1.5, 1.5]
    assert (run.rows(0), run.rows(1), run.rows(5)) == ((0,), (1,), (2,))


@pytest.mark.parametrize("batch", BATCHES, ids=str)
@pytest.mark.parametrize("record", [1, 3, 7, 100])
def test_the_weights_after_k_steps_are_those_of_a_training_of_k_steps(
    trained: Trained, batch: Any, record: int
) -> None:
    long = trained(steps=23, batch=batch, record=record, seed=5)
    for k in (0, 1, 6, 7, 8, 22, 23):
        short = trained(steps=k, batch=batch, seed=5)
        assert {name: values.tobytes() for name, values in long.at(k).items()} == {
            name: values.tobytes() for name, values in short.weights.items()
        }
    assert long.verify()


def test_how_much_is_recorded_changes_no_bit(trained: Trained) -> None:
    every, seventh = trained(record=1), trained(record=7)
    assert seventh.trace.steps.tolist() == [0, 7, 14, 21, 28, 35, 40]
    for place, step in enumerate(seventh.trace.steps):
        assert seventh.trace["w"][place].tobytes() == every.trace["w"][step].tobytes()
        assert seventh.trace["E"][place].tobytes() == every.trace["E"][step].tobytes()
    assert bits(every) == bits(seventh)


def test_how_the_steps_are_cut_changes_no_bit(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = trained(record=7, batch="shuffled")
    monkeypatch.setattr(drive, "ROWS", 1)
    assert trained(record=7, batch="shuffled").sha256 == whole.sha256


def test_converged_is_a_whole_pass_that_changed_nothing(trained: Trained) -> None:
    run = trained(steps=10**6, rate=0.5)
    assert run.ended == "converged"
    assert run.steps < 10**4
    assert run.steps % 3 == 0
    last = bits(run)[-4:]
    assert len(set(last)) == 1, "the whole last pass left the weights as they were"
    assert run.at(10**6)["w"].tobytes() == run.weights["w"].tobytes()
    assert "left every weight unchanged" in run.sentence
    # three steps more, made by hand, change nothing either
    further = trained(steps=3, rate=0.5, start={name: float(value) for name, value in run.weights.items()})
    assert len(set(bits(further))) == 1


def test_one_unchanged_step_is_not_convergence(trained: Trained) -> None:
    run = trained("data x in {0, 1}\ntarget y = x\nweight w := 0.5\nE = (w*x - y)^2/2", steps=4)
    assert run.ended == "steps", "pattern 0 changes nothing, but pattern 1 does"


def test_a_run_that_overflows_stops_and_says_where(trained: Trained) -> None:
    run = trained(steps=10**5, rate=10.0)
    assert run.ended == "left the finite numbers"
    assert isinstance(run.departure, Departure)
    assert run.departure.step == run.steps + 1
    assert run.departure.pattern == run.rows(run.steps)[0]
    assert run.departure.equation in {"E", "y_hat", "w", "b"} or run.departure.equation.startswith("∂")
    assert all(np.isfinite(values).all() for values in run.weights.values())
    assert np.isfinite(run.trace["w"]).all()
    assert run.culprit in run.trace.columns
    assert not np.isfinite(run.trace[run.culprit][-1]), "the record shows what was not finite"
    assert f"in step {run.departure.step}, in the equation of {run.culprit}" in run.sentence
    assert run.json()["ended"]["equation"] == run.culprit
    assert run.verify()
    with pytest.raises(UsageError) as caught:
        run.at(run.steps + 1)
    assert caught.value.code == "E357"
    assert f"step {run.departure.step} left the finite numbers" in caught.value.help


def test_a_run_may_leave_the_finite_numbers_in_the_adjoint_of_a_line_of_one_place() -> None:
    text = "index j = 3..6\ndata x\nweight s := 1e-300, w := 1e80\na[2] = s\na[j] = w·a[j-1]\nE = x·sum_j a[j]"
    run = cr.Model(text).train({"x": [1.0, 2.0]}, steps=4, engine="reference")
    assert run.culprit == "d(E)/d(a)[2]"


def test_held_weights_stay(trained: Trained) -> None:
    run = trained(hold=("b",))
    assert set(run.trace["b"]) == {0.0}
    assert len(set(run.trace["w"])) > 1
    assert run.recipe.hold == ("b",)


@pytest.mark.parametrize(
    ("text", "rate", "used", "notes"),
    [
        ("", None, 0.1, ["no rate is given, so α = 0.1"]),
        ("const α := 0.25\n", None, 0.25, []),
        ("const η := 0.25\n", None, 0.25, []),
        ("const α := 0.25\n", 0.5, 0.5, []),
        ("", 0.5, 0.5, []),
        ("", 0, 0.0, ["the rate α is 0: no step changes anything"]),
        ("", -0.5, -0.5, ["the rate α = -0.5 is negative: each step goes the other way"]),
    ],
)
def test_the_rate(trained: Trained, text: str, rate: float | None, used: float, notes: list[str]) -> None:
    run = trained(text + "data x in {1}\ntarget y = 2\nweight w := 1\nE = (w*x - y)^2/2", rate=rate, steps=1)
    assert run.rate == used
    assert float(run.weights["w"]) == 1 + used
    assert list(run.notes) == notes


def test_a_weight_put_back_into_its_box_is_told(trained: Trained) -> None:
    text = "data x in {1}\ntarget y = 5\nweight w in [0, 2] := 1\nE = (w*x - y)^2/2"
    run = trained(text, steps=40, rate=0.2)
    # 1, then 1.8, then 2.44 put back to 2, then 2.6 put back to 2, which is where it was
    assert run.trace["w"].tolist() == [1, 1.8, 2, 2]
    assert run.ended == "converged"
    assert run.projections == (Projection("w", 2, 3),)
    assert "w left its box and was put back after steps 2 and 3" in run.notes
    sparse = trained(text, steps=40, rate=0.2, record=30)
    assert sparse.projections == run.projections, "also at steps that are not recorded"


def test_the_error_is_the_goal_over_all_patterns(trained: Trained) -> None:
    run = trained(steps=0)
    assert run.steps == 0
    # ŷ = 0.5·x, so the residuals are −1, −2.5, −4
    assert run.errors is not None
    assert run.errors.tolist() == [0.5, 3.125, 8.0]
    assert run.error == (0.5 + 3.125 + 8.0) / 3
    assert run.error_at(0) == run.error
    assert run.ended == "steps"


@pytest.mark.parametrize(
    ("how", "code", "problem"),
    [
        ({"steps": -1}, "E353", "-1 is not a number of steps"),
        ({"steps": 1.5}, "E353", "1.5 is not a number of steps"),
        ({"steps": True}, "E353", "True is not a number of steps"),
        ({"steps": "10"}, "E353", "'10' is not a number of steps"),
        ({"record": 0}, "E353", "record=0 would record nothing"),
        ({"record": -2}, "E353", "-2 is not a number of steps"),
        ({"rate": float("nan")}, "E354", "nan is not a rate"),
        ({"rate": float("inf")}, "E354", "inf is not a rate"),
        ({"rate": "0.1"}, "E354", "'0.1' is not a rate"),
        ({"rate": True}, "E354", "True is not a rate"),
        ({"rate": 10**400}, "E354", "a number of 401 digits is not a rate"),
        ({"batch": "some"}, "E350", "batch 'some' is not a way to visit the patterns"),
        ({"save": "run.txt"}, "E360", "run.txt does not say what kind of file it is"),
    ],
)
def test_arguments_that_are_not_possible(trained: Trained, how: dict[str, Any], code: str, problem: str) -> None:
    with pytest.raises(UsageError) as caught:
        trained(**how)
    assert (caught.value.code, caught.value.problem) == (code, problem)
    assert caught.value.help


@pytest.mark.parametrize("steps", [np.int64(3), np.uint8(3)])
def test_numbers_of_numpy_are_numbers(trained: Trained, steps: Any) -> None:
    assert trained(steps=steps, record=np.int32(1), rate=np.float64(0.1), batch=np.int64(2)).steps == 3


def test_a_record_too_large_for_memory_is_refused_before_it_begins(trained: Trained) -> None:
    with pytest.raises(LimitError) as caught:
        trained(steps=10**12)
    assert caught.value.code == "E356"
    with pytest.raises(LimitError) as caught:
        trained(steps=10**4, memory=10**4, rate=1e-9)
    every, *allowed = re.findall(r"[=: ]([0-9]+)", caught.value.help)
    assert len(set(allowed)) == 1  # the option, the argument and the block
    assert trained(steps=10**4, memory=10**4, record=int(every), rate=1e-9).steps == 10**4
    assert trained(steps=10**4, memory=int(allowed[0]), rate=1e-9).steps == 10**4
    with pytest.raises(LimitError):
        trained(steps=10**4, memory=10**4, record=int(every) - 1)
    with pytest.raises(LimitError) as caught:
        trained(steps=1, memory=10)
    assert "record=" not in caught.value.help


def test_progress_is_told_and_reaches_the_end(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    trained(steps=1000, rate=1e-9, progress=lambda done, steps: told.append((done, steps)))
    done = [step for step, _ in told]
    assert done == sorted(set(done))
    assert told[-1] == (1000, 1000)


def test_ctrl_c_keeps_what_was_recorded(trained: Trained) -> None:
    def stop(done: int, steps: int) -> None:
        if done > 100:
            raise KeyboardInterrupt

    run = trained(steps=10**5, rate=1e-9, record=7, progress=stop)
    whole = trained(steps=run.steps, rate=1e-9)
    assert run.ended == "interrupted"
    assert 100 < run.steps < 10**5
    assert bits(run) == bits(whole)
    assert run.verify()
    assert run.sentence == f"It was interrupted after {run.steps} of 100000 steps."


def test_an_interrupt_inside_a_chunk_loses_that_chunk_alone(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    from chainrule.train import train as room

    def broken(*arguments: Any) -> Any:
        chunks = drive.drive(*arguments)
        yield from itertools.islice(chunks, 3)
        raise KeyboardInterrupt

    monkeypatch.setattr(room, "drive", broken)
    run = trained(steps=1000)
    assert run.ended == "interrupted"
    assert run.trace.steps.tolist() == list(range(run.steps + 1))
    assert run.verify()


@pytest.mark.parametrize("k", [-1, 1.0, True, None, "3"])
def test_a_step_that_is_no_step(trained: Trained, k: Any) -> None:
    run = trained(steps=3)
    for ask in (run.at, run.rows):
        with pytest.raises(UsageError) as caught:
            ask(k)
        assert caught.value.code == "E353"


def test_a_step_after_the_end(trained: Trained) -> None:
    with pytest.raises(UsageError) as caught:
        trained(steps=3).at(4)
    assert caught.value.code == "E357"
    assert caught.value.problem == "the run has no weights after 4 steps: it ended after 3"


def test_a_record_cannot_be_written_to(trained: Trained) -> None:
    run = trained(steps=3)
    for values in (run.trace["w"], run.trace["E"], run.trace["Δw"], run.trace.steps):
        with pytest.raises(ValueError, match="read-only"):
            values[...] = 1.0


@given(st.sampled_from(BATCHES), st.integers(1, 9), st.integers(0, 30), st.integers(0, 2**32 - 1))
def test_a_run_verifies(trained: Trained, batch: Any, record: int, steps: int, seed: int) -> None:
    run = trained(batch=batch, record=record, steps=steps, seed=seed)
    assert run.verify()
    assert run.trace.steps[0] == 0
    assert run.trace.steps[-1] == run.steps


def test_consts_given_by_the_rate_follow_it() -> None:
    import chainrule

    text = "const α := 0.1, λ := 2α\ndata x in {1}\ntarget y = 2\nweight w := 1\nE = (w*x - y)^2/2 + λ*w"
    run = chainrule.Model(text).train(steps=1, rate=0.25, consts={"α": 7})
    assert {name: float(value) for name, value in run.consts.items()} == {"alpha": 0.25, "lambda": 0.5}
    # ∂E/∂w = (1 − 2)·1 + 0.5
    assert float(run.weights["w"]) == 1 + 0.25 * 0.5
