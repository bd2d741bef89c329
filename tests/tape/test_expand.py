"""The recorded tape, calls left whole, and the tape of machine operations that it becomes."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.laws.engines import RULES, random_model
from tests.laws.test_indexed import PROGRAMS as NETWORKS
from tests.laws.test_indexed import program as read

import chainrule as cr
from chainrule.numbers.elementary import integer_power
from chainrule.numbers.functions import PROGRAMS
from chainrule.numbers.numerics import EXACT, FUSED, Numerics
from chainrule.tape import expand
from chainrule.tape import record as recording
from chainrule.tape.expand import written_out
from chainrule.tape.machine import Cell, TapeMachine
from chainrule.tape.record import Recording, recorded
from chainrule.tape.tape import Instruction, Loop, Operation, Tape, unfolded

EXAMPLES = ["identity", "identity-bias", "and", "xor", "mazur", "line", "growth", "digits"]


class Direct(Tape):
    """A tape that writes functions and powers out at once: another way to the same instructions."""

    def emit(
        self, operation: Operation, inputs: tuple[int, ...], detail: Hashable = None, axes: Iterable[str] | None = None
    ) -> int:
        cells = [Cell(self, slot) for slot in inputs]
        if operation == "call":
            return int(PROGRAMS[str(detail)](TapeMachine(self), *cells).slot)
        if operation == "power":
            return integer_power(TapeMachine(self), cells[0], int(str(detail))).slot
        return super().emit(operation, inputs, detail, axes)


def spread(line: Instruction) -> tuple[Any, ...]:
    """An instruction as a value; a loop is one only as itself."""
    detail: Any = line.detail
    if isinstance(detail, Loop):
        detail = detail.letter, detail.downwards, tuple(map(spread, detail.lines))
    return line.operation, line.inputs, detail, line.output


def told(made: Recording) -> dict[str, Any]:
    """All that an engine reads of a recording."""
    tape = made.tape
    return {
        "lines": list(map(spread, tape.instructions)),
        "slots": list(zip(tape.axes, tape.steady, tape.levels, strict=True)),
        "constants": {slot: np.asarray(value).tobytes() for slot, value in tape.constants.items()},
        "inputs": tape.inputs,
        "ranges": tape.ranges,
        "named": made.named,
        "results": (made.computed, made.updated, made.projected, made.stepped),
    }


def check(model: cr.Model, update: str | None, numerics: Numerics, monkeypatch: pytest.MonkeyPatch) -> Recording:
    """The two ways to the machine operations of a step and of all quantities, compared to the number of each slot."""
    run = model.train(steps=0, update=update)
    bound = replace(run.recipe.bound, numerics=numerics)
    for training in (False, True):
        whole = recorded(run.program, bound, bound.patterns, training)
        with monkeypatch.context() as patch:
            patch.setattr(recording, "Tape", Direct)
            direct = recorded(run.program, bound, bound.patterns, training)
        assert told(written_out(whole)) == told(direct)
    return whole


@pytest.mark.parametrize("numerics", [EXACT, FUSED], ids=lambda one: one.name)
@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_written_out(name: str, numerics: Numerics, monkeypatch: pytest.MonkeyPatch) -> None:
    check(cr.example(name), None, numerics, monkeypatch)


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_networks_with_letters_written_out(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check(read(path)[0], None, EXACT, monkeypatch)


@pytest.mark.parametrize("seed", range(16))
def test_random_networks_written_out(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    check(random_model(seed), RULES[seed % len(RULES)], FUSED if seed % 3 else EXACT, monkeypatch)


POWERS = """
data x in {1, 2}
target y = x
weight w in [0, 1] := 0.5
E = w^2·x + w^3 - w^5 + w^6 + w^-2 + (w + 3)^0 + w^1 - y
"""


@pytest.mark.parametrize("numerics", [EXACT, FUSED], ids=lambda one: one.name)
def test_powers_written_out(numerics: Numerics, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = check(cr.Model(POWERS), None, numerics, monkeypatch)
    assert {line.detail for line in whole.tape.instructions if line.operation == "power"} >= {2, 3, 5, 6, -2}


def test_a_function_is_one_operation_that_keeps_its_letters() -> None:
    model, _ = read(Path(__file__).parents[1] / "programs" / "05-two-three-one.eq")
    run = model.train(steps=0)
    whole = recorded(run.program, run.recipe.bound, 4, training=True)
    made = {line.output: line for line in unfolded(whole.tape.instructions)}
    calls = [line for line in made.values() if line.operation == "call"]
    assert {line.detail for line in calls} == {"sigmoid", "tanh"}
    assert made[whole.named["h"].slot] in calls
    assert set(whole.tape.axes[whole.named["h"].slot]) == set(whole.named["h"].letters)


def test_a_planted_difference_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(vars(expand), "integer_power", lambda machine, x, n: x * x)
    with pytest.raises(AssertionError):
        check(cr.Model(POWERS, "planted"), None, EXACT, monkeypatch)
