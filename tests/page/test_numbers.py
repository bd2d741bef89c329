"""Numbers on the page are written as Python writes them: in sentences, in formulas, and with every digit."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest
from tests.page.node import in_node, needs_node

from chainrule.explain.wording import num, put, told_apart

pytestmark = needs_node()

MANY = 100_000

TIES = [1.0625, 1.1875, 0.5, 2.5, 0.125, 100.25, 1000.5, 12345.5, 99995.0, 0.00012345, 1234.5, 8388608.5]
"""Some lie exactly between two numbers of four digits: Python takes the even one."""


def any_bits(draw: random.Random) -> float:
    found: float = struct.unpack("<d", struct.pack("<Q", draw.getrandbits(64)))[0]
    return found


def some(draw: random.Random, many: int) -> list[float]:
    """Numbers of any bits, near 1, whole, short decimals, halves between them, and the ends."""
    kinds = (
        any_bits,
        lambda draw: draw.uniform(-10, 10),
        lambda draw: float(draw.randint(-(10**7), 10**7)),
        lambda draw: round(draw.uniform(-1, 1), draw.randint(1, 8)),
        lambda draw: draw.randint(-(10**6), 10**6) / 2 ** draw.randint(0, 12),
        lambda draw: draw.randint(1, 99999) * 10.0 ** draw.randint(-12, 20),
    )
    ends = [0.0, -0.0, 5e-324, 1.7976931348623157e308, 1e16, 1e-4, 9999.5, 9.9995, 999999.5, 1e6, 1e21, 1e22, *TIES]
    ends += [-one for one in ends] + [float("inf"), float("-inf"), float("nan")]
    return ends + [kinds[n % len(kinds)](draw) for n in range(many - len(ends))]


def bits(value: float) -> str:
    return struct.pack("<d", value).hex()


READ = """
const view = new DataView(new ArrayBuffer(8));
const float = (hex) => { for (let n = 0; n < 8; n++) view.setUint8(n, parseInt(hex.slice(2 * n, 2 * n + 2), 16)); return view.getFloat64(0, true); };
"""  # noqa: E501


def test_numbers_are_written_as_python_writes_them(tmp_path: Path) -> None:
    values = some(random.Random(1), MANY)
    body = "return given.map(float).map((x) => [num(x), put(x), full(x), num(x, 3), num(x, 9)])"
    found = in_node(tmp_path, {"numbers": "num, put, full"}, body, [bits(one) for one in values], READ)
    wanted = [[num(one), put(one), repr(one), num(one, 3), num(one, 9)] for one in values]
    wrong = [(repr(x), mine, right) for x, mine, right in zip(values, found, wanted, strict=True) if mine != right]
    assert wrong[:5] == []
    assert len(found) >= MANY


def test_numbers_are_told_apart_as_python_does(tmp_path: Path) -> None:
    draw = random.Random(2)
    pairs = [[1.00000012, 1.0000001], [2.0, 1.5], [0.1, 0.1], [0.0, -0.0]]
    pairs += [[x, x + draw.choice((1e-3, 1e-7, 1e-12, 0.0)) * x] for x in some(draw, 500) if abs(x) < 1e300]
    found = in_node(tmp_path, {"numbers": "toldApart"}, "return given.map((one) => toldApart(...one))", pairs)
    assert found == [told_apart(*pair) for pair in pairs]


@pytest.mark.parametrize(("value", "shown"), [(0.5, "+0.5"), (-0.5, "−0.5"), (0, "0")])
def test_a_change_has_its_sign(value: float, shown: str, tmp_path: Path) -> None:
    assert in_node(tmp_path, {"numbers": "signed"}, "return signed(given)", value) == shown


def test_a_rule_that_rounds_halves_up_is_found(tmp_path: Path) -> None:
    """The planted fault: JavaScript's own rounding differs from Python's on a tie."""
    found = in_node(tmp_path, {"numbers": "num"}, "return given.map((one) => one.toPrecision(4))", TIES)
    assert any(mine.rstrip("0") != num(one).rstrip("0") for mine, one in zip(found, TIES, strict=True))
