"""The axes of the page's map have the numbers of Python's, to the bit, and their parts can be read again."""

from __future__ import annotations

import random
from pathlib import Path

from tests.page.node import MODULES, in_node, needs_node

from chainrule.code.javascript.table import JAVASCRIPT
from chainrule.maps.axis import Axis, Scale

pytestmark = needs_node()

MANY = 300
ENDS: list[tuple[Scale, float, float, int]] = [
    ("geometric", 1e-3, 1e6, 4), ("linear", 0.0, 1.0, 64), ("geometric", 5e-324, 1.7e308, 50),
    ("linear", 0.0, 5e-324, 3), ("geometric", 1.0, 1.0000000000000002, 5), ("linear", 1.7e308, -1.7e308, 9),
    ("linear", 1.0, 1 + 2**-50, 33), ("geometric", 5e-324, 1e-310, 60), ("linear", 2.0, 2.0, 1),
]  # fmt: skip


def some() -> list[tuple[Scale, float, float, int]]:
    draw, found = random.Random(1), list(ENDS)
    for _ in range(MANY):
        count = draw.choice([2, 3, 7, 64, 192])
        ends = [draw.uniform(-5, 5) * 10 ** draw.randint(-20, 20) for _ in range(2)]
        found.append(("linear", ends[0], ends[1], count))
        found.append(("geometric", 10 ** draw.uniform(-12, 12), 10 ** draw.uniform(-300, 300), count))
    return found


def node(folder: Path, body: str, given: object) -> object:
    """With the powers of two that the printed program has."""
    program = folder / "program.js"
    program.write_text(f"{JAVASCRIPT.prelude}\nexport {{ POWERS }};", "utf-8")
    assert (MODULES / "axis.js").exists()
    return in_node(folder, {"axis": "spread, thinned, place, between, part, text"}, body, given)


def test_numbers_are_those_of_python_to_the_bit(tmp_path: Path) -> None:
    cases = some()
    body = "return given.map(([scale, low, high, count]) => spread({ scale, low, high, count }))"
    found = node(tmp_path, body, cases)
    assert isinstance(found, list)
    for case, mine in zip(cases, found, strict=True):
        assert [float(one) for one in mine] == list(Axis("w", *case).values), case


def test_the_part_of_an_axis_is_an_axis_that_python_reads(tmp_path: Path) -> None:
    """However far one goes in: its text gives its numbers, they lie in those of the wider one, and none is the next."""
    texts = ["w=geometric(0.005, 16, 96)", "w=geometric(16, 0.005, 96)", "w=linear(-1, 3, 64)", "w=linear(3, -1, 64)",
             "w=[3, -1, 2, 0.5, 8]"]  # fmt: skip
    axes = [Axis.parse(one) for one in texts]
    body = """return given.map((one) => {
      const found = [];
      let axis = one;
      for (let k = 0; k < 9 && axis.values.length > 1; k++) {
        axis = thinned(part(axis, axis.values.length * 0.3, axis.values.length * 0.6), 24);
        found.push([text("w", axis), axis.values]);
      }
      return found;
    })"""
    given = [{"scale": one.scale, "low": one.low, "high": one.high, "values": list(one.values)} for one in axes]
    found = node(tmp_path, body, given)
    assert isinstance(found, list)
    for axis, inner in zip(axes, found, strict=True):
        before = axis.values
        assert len(inner) == 9 or axis.scale == "list"
        for written, mine in inner:
            values = [float(one) for one in mine]
            assert list(Axis.parse(written).values) == values
            assert len(set(values)) == len(values)
            assert min(before) <= min(values)
            assert max(values) <= max(before)
            before = tuple(values)
