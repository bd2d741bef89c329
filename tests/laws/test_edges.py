"""Every row of docs/reference/edges.md: value, slope, second derivative, and what JAX gives where it differs."""

import math
import re
from pathlib import Path

import pytest
from tests.laws.edges import Three, by_jax, ours, same

import chainrule as cr
from chainrule.notation.known import KNOWN

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "edges.md").read_text("utf-8")
ROWS = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \| ([uv]) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)
COLUMNS = ("value", "slope", "second")


def number(text: str) -> float:
    return float(text.replace("−", "-").replace("∞", "inf"))


def place(text: str) -> dict[str, float]:
    """A point of the table; what it does not name is 1."""
    return {"u": 1.0, "v": 1.0} | {one[0]: number(one[4:]) for one in text.split(", ")}


def alike(found: Three, wanted: tuple[float, ...]) -> bool:
    return all(same(one, other) for one, other in zip(found, wanted, strict=True))


def test_every_known_function_has_rows() -> None:
    assert set(KNOWN) <= {row[0].partition("(")[0] for row in ROWS}
    assert len(ROWS) > 70


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} at {row[1]} by {row[2]}")
def test_the_row_is_what_the_equations_give(row: tuple[str, ...]) -> None:
    text, at, by, *wanted, _ = row
    assert alike(ours(text, place(at), by), tuple(map(number, wanted)))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} at {row[1]} by {row[2]}")
def test_the_row_is_what_a_program_gives(row: tuple[str, ...]) -> None:
    text, at, by, *wanted, _ = row
    point = place(at)
    if not all(map(math.isfinite, point.values())):
        return  # a weight is a finite number
    other = "v" if by == "u" else "u"
    start = f"weight {by} := {point[by]!r}\nconst {other} := {point[other]!r}\nE = {text}"
    found = cr.Model(start).evaluate(second=True)
    three = float(found.error), float(found.gradient[by]), float(found.hessian[by][by])
    assert alike(three, tuple(map(number, wanted)))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} at {row[1]} by {row[2]}")
def test_the_row_says_where_jax_differs(row: tuple[str, ...]) -> None:
    pytest.importorskip("jax")
    text, at, by, *wanted, said = row
    told = dict(part.split(" ") for part in said.split("; ")) if said != "the same" else {}
    expected = tuple(number(told.get(name, one)) for name, one in zip(COLUMNS, wanted, strict=True))
    assert alike(by_jax(text, place(at), by), expected)
