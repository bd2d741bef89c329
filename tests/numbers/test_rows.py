"""A row of the known functions: its forms agree with each other, and a new one is known everywhere."""

from __future__ import annotations

import math
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from chainrule.expr.nodes import Call, Derivative, Equation, Ref
from chainrule.expr.walk import STEPS
from chainrule.gradient.rules import bend, slope
from chainrule.numbers.digits import Digits
from chainrule.numbers.digits import slope as by_digits
from chainrule.numbers.evaluate import evaluate
from chainrule.numbers.functions import FUNCTIONS, PROGRAMS
from chainrule.numbers.operations import FLOAT

u, y = Ref("u"), Ref("y")
POINTS = [-30.5, -3.25, -1.5, -0.875, -0.25, 1e-9, 0.375, 1.125, 1.5, 2.75, 6.5, 20.5]
FORMS = 1e-13
"""Between forms of one value, relative: Python's library and NumPy's are wrong by some units of the last place."""
SLOPES = 1e-12
"""Of a slope written as a product: some roundings, and cancellation where 1 − s is written."""

SINGLE = [name for name, row in FUNCTIONS.items() if row.arity == 1]


def places(name: str) -> list[float]:
    return [at for at in POINTS if at >= FUNCTIONS[name].start]


@pytest.mark.parametrize("name", SINGLE)
def test_the_forms_of_its_value_are_one(name: str) -> None:
    row = FUNCTIONS[name]
    for at in places(name):
        true = float(row.digits(Decimal(at)))
        assert row.program(FLOAT, at) == pytest.approx(true, rel=(row.ulps + 1) * 2.0**-52, abs=5e-324)
        assert row.platform(at) == pytest.approx(true, rel=FORMS)
        assert complex(row.analytic(complex(at))).real == pytest.approx(true, rel=FORMS)
        assert row.range[0] <= row.program(FLOAT, at) <= row.range[1]
    for at, value in row.exact:
        assert row.program(FLOAT, float(at)) == row.platform(float(at)) == value


@pytest.mark.parametrize("name", SINGLE)
def test_its_slopes_are_those_of_its_value(name: str) -> None:
    """By differences with a hundred digits, which know no rule."""
    line = (Equation(y, Call(name, (u,))),)
    for at in places(name):
        once, twice = (by_digits(Digits(), Derivative(y, (u,) * n), line, {"u": at}) for n in (1, 2))
        assert evaluate(slope(name), {"u": at}) == pytest.approx(float(once), rel=SLOPES, abs=1e-15)
        assert evaluate(bend(name), {"u": at}) == pytest.approx(float(twice), rel=SLOPES, abs=1e-15)
        if FUNCTIONS[name].values:
            by_value = evaluate(slope(name, value=True), {"s": FUNCTIONS[name].program(FLOAT, at)})
            assert by_value == pytest.approx(float(once), rel=SLOPES, abs=1e-15)


def test_what_is_said_of_it_holds() -> None:
    for name in SINGLE:
        row, far = FUNCTIONS[name], [-750.0, 750.0]
        assert row.overflows == any(math.isinf(row.program(FLOAT, at)) for at in far), name
        flat = [at for at in (-40.0, 40.0) if abs(evaluate(slope(name), {"u": at})) < 1e-15]
        assert row.saturates == bool(flat and not row.kink), name
    assert {name for name, row in FUNCTIONS.items() if row.slopes == ("0",)} == STEPS
    names = [other for row in FUNCTIONS.values() for other in (*row.also, *row.elsewhere)]
    assert len(set(names)) == len(names)
    assert not set(names) & set(PROGRAMS)


NEW = Path(__file__).parent / "one_new_row.py"


def test_a_function_that_is_added_by_one_row_is_known_everywhere() -> None:
    """In a process of its own, whose table has a row more than the package's."""
    made = subprocess.run([sys.executable, NEW], capture_output=True, text=True, check=False, timeout=120)
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout == "read, derived, judged, trained, explained, printed\n"
