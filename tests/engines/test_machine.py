"""The nine operations and every elementary function give on arrays, and on a tape, the bits they give on floats."""

import itertools
import math
import struct
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.engines import arrays, floats
from chainrule.engines.machine import ARRAYS
from chainrule.expr.nodes import Comparison
from chainrule.numbers.elementary import integer_power, logsumexp
from chainrule.numbers.functions import PROGRAMS
from chainrule.numbers.operations import FLOAT, compare
from chainrule.tape.machine import Cell, TapeMachine
from chainrule.tape.tape import Tape
from chainrule.tape.unroll import Large

SPECIAL = [
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.0, 3.0, math.inf, -math.inf, math.nan, 5e-324, -5e-324,
    2.2250738585072014e-308, 1e-310, 1.7976931348623157e308, -1.7976931348623157e308,
    0.1, 709.78, -745.2, 710.5, 1e16, 4503599627370497.5, 2.0**53,
]  # fmt: skip
NUMBERS = st.one_of(st.sampled_from(SPECIAL), st.floats())


def bits(value: Any) -> bytes:
    number = float(value)
    return b"nan" if math.isnan(number) else struct.pack("<d", number)


def agree(array: Any, numbers: list[float]) -> bool:
    return [bits(value) for value in np.ravel(array)] == [bits(value) for value in numbers]


PAIRS = list(itertools.product(SPECIAL, SPECIAL))
A, B = (np.array(side) for side in zip(*PAIRS, strict=True))


def test_division_is_ieee_754() -> None:
    assert agree(ARRAYS.divide(A, B), [FLOAT.divide(a, b) for a, b in PAIRS])


def test_arithmetic_is_the_same_on_arrays_and_floats() -> None:
    with np.errstate(all="ignore"):
        assert agree(A + B, [a + b for a, b in PAIRS])
        assert agree(A - B, [a - b for a, b in PAIRS])
        assert agree(A - B, [a + (-b) for a, b in PAIRS]), "a tape takes the one for the other"
        assert agree(A * B, [a * b for a, b in PAIRS])


@pytest.mark.parametrize("comparison", get_args(Comparison))
def test_selections(comparison: Comparison) -> None:
    wanted = [1.0 if compare(comparison, a, b) else 2.0 for a, b in PAIRS]
    assert agree(ARRAYS.select(comparison, A, B, 1.0, 2.0), wanted)
    assert [floats.SELECT[comparison](a, b, 1.0, 2.0) for a, b in PAIRS] == wanted


def test_roots_floors_and_parts() -> None:
    values = np.array(SPECIAL)
    assert agree(ARRAYS.sqrt(values), [FLOAT.sqrt(a) for a in SPECIAL])
    assert agree(ARRAYS.floor(values), [FLOAT.floor(a) for a in SPECIAL])
    fraction, exponent = ARRAYS.split(values)
    assert agree(fraction, [FLOAT.split(a)[0] for a in SPECIAL])
    assert agree(exponent, [FLOAT.split(a)[1] for a in SPECIAL])


@given(st.floats(0.25, 4.0), st.integers(-1022, 1023))
def test_scaling_by_a_power_of_two(a: float, n: int) -> None:
    assert agree(ARRAYS.scale(np.array([a]), np.array([float(n)])), [FLOAT.scale(a, float(n))])


def taped(program: Any, values: list[float], arity: int) -> tuple[Any, list[float]]:
    """A function recorded once, run as arrays and as floats."""
    tape = Tape({"i": range(len(values) ** arity)}, {"i": 0})
    inputs = [tape.input(f"x{k}", ("i",), False) for k in range(arity)]
    result = program(TapeMachine(tape), *(Cell(tape, slot) for slot in inputs)).slot
    columns = np.array(list(itertools.product(values, repeat=arity))).T
    bench = arrays.Bench(tape, {result}, dict(zip(inputs, columns, strict=True)))
    with np.errstate(all="ignore"):
        arrays.run(bench.calls)
    abacus = floats.Abacus(tape, {result}, {}, most=math.inf)
    for slot, column in zip(inputs, columns, strict=True):
        for place, value in zip(abacus.entries(slot), column.tolist(), strict=True):
            abacus.numbers[place] = value
    floats.run(abacus.lines, abacus.numbers)
    return bench.arrays[result], [abacus.numbers[place] for place in abacus.entries(result)]


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_every_function_at_the_ends(name: str) -> None:
    arity = 2 if name in ("max", "min", "power") else 1
    ends = SPECIAL if arity == 1 else SPECIAL[:14]
    wanted = [PROGRAMS[name](FLOAT, *values) for values in itertools.product(ends, repeat=arity)]
    on_arrays, on_floats = taped(PROGRAMS[name], ends, arity)
    assert agree(on_arrays, wanted)
    assert agree(on_floats, wanted)


def test_too_many_numbers_are_refused() -> None:
    tape = Tape({"i": range(17)}, {"i": 0})
    result = Cell(tape, tape.input("x", ("i",), False)) * 2.0
    with pytest.raises(Large):
        floats.Abacus(tape, {result.slot}, {})


@pytest.mark.parametrize("name", sorted(PROGRAMS))
@settings(max_examples=12)
@given(values=st.lists(NUMBERS, min_size=1, max_size=4))
def test_every_function_anywhere(name: str, values: list[float]) -> None:
    arity = 2 if name in ("max", "min", "power") else 1
    wanted = [PROGRAMS[name](FLOAT, *chosen) for chosen in itertools.product(values, repeat=arity)]
    with np.errstate(all="ignore"):
        columns = np.array(list(itertools.product(values, repeat=arity))).T
        assert agree(PROGRAMS[name](ARRAYS, *columns), wanted)
    assert agree(taped(PROGRAMS[name], values, arity)[1], wanted)


@given(NUMBERS, st.integers(-9, 9))
def test_integer_powers(value: float, n: int) -> None:
    wanted = [integer_power(FLOAT, value, n)]
    assert agree(taped(lambda m, x: integer_power(m, x, n) + 0.0 * x, [value], 1)[1], [w + 0.0 * value for w in wanted])


@given(st.lists(NUMBERS, min_size=1, max_size=5))
def test_logsumexp(values: list[float]) -> None:
    with np.errstate(all="ignore"):
        assert agree(logsumexp(ARRAYS, [np.array([value]) for value in values]), [logsumexp(FLOAT, values)])
