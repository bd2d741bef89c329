"""The texts of many numbers at once against repr, number by number."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.train import digits
from chainrule.train.digits import lines, texts

DRAW = np.random.default_rng(0)
COUNT = 20_000

NUMBERS = {
    "drawn": DRAW.normal(size=COUNT),
    "any bits": DRAW.integers(0, 2**64, size=COUNT, dtype=np.uint64).view(np.float64),
    "powers of two": np.array([sign * 2.0**k for k in range(-1074, 1024) for sign in (1, -1)]),
    "powers of ten, and their neighbours": np.array(
        [near for k in range(-323, 309) for of in [float(f"1e{k}")] for near in np.nextafter(of, [0, of, np.inf])]
    ),
    "few digits": DRAW.integers(-(10**6), 10**6, size=COUNT) / 10.0 ** DRAW.integers(0, 9, size=COUNT),
    "many digits before the point": DRAW.integers(-(2**62), 2**62, size=COUNT).astype(np.float64),
    "halves and quarters": DRAW.integers(0, 2**54, size=COUNT) / 2.0 ** DRAW.integers(0, 6, size=COUNT),
    "float32": DRAW.normal(size=COUNT).astype(np.float32).astype(np.float64),
    "where the form changes": np.array([1e-4, 9.999999999999999e-5, 9999999999999998.0, 1e16, 123456789012345680.0]),
    "ends": np.array([0.0, -0.0, np.nan, np.inf, -np.inf, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308]),
    "none": np.zeros(0),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_each_text_is_that_of_repr(name: str) -> None:
    assert texts(NUMBERS[name]) == list(map(repr, NUMBERS[name].tolist()))


@given(st.lists(st.floats(), max_size=40))
def test_any_number(numbers: list[float]) -> None:
    assert texts(np.array(numbers, np.float64)) == list(map(repr, numbers))


@given(st.integers(1, 10**17), st.integers(-300, 280))
def test_any_digits(whole: int, power: int) -> None:
    number = float(f"{whole}e{power}")
    assert texts(np.array([number, -number])) == [repr(number), repr(-number)]


def test_what_is_sure_needs_no_second_way(monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, sure = digits.shortest(np.abs(NUMBERS["drawn"]))
    assert sure.mean() > 0.999
    monkeypatch.setattr(digits, "CLOSE", 0.0)  # without its doubt it is wrong somewhere
    with np.errstate(all="ignore"):
        halves = NUMBERS["halves and quarters"]
        assert texts(halves) != list(map(repr, halves.tolist()))


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (1, 1), (5, 2), (3, digits.BLOCK + 1), (2 * digits.BLOCK + 3, 1)])
def test_rows_of_a_table(shape: tuple[int, int]) -> None:
    table = DRAW.normal(size=shape).round(2)
    assert lines(table) == [",".join(map(repr, row)) for row in table.tolist()]
    assert lines(np.asfortranarray(table)) == lines(table)
