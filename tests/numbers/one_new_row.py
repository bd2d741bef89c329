"""Adds isru, u/√(1 + u²), to the known functions by a row, and asks every room for it. Run by test_rows."""

from __future__ import annotations

import math
import sys
from types import MappingProxyType
from typing import Any

import pytest

from chainrule.numbers import functions
from chainrule.numbers.decimals import CONTEXT
from chainrule.numbers.functions import Elementary, Source
from chainrule.numbers.multicomplex import sqrt


def isru(m: Any, x: Any) -> Any:
    return m.divide(x, m.sqrt(1.0 + x * x))


ROW = Elementary(
    isru, 2.5, ("1/((1 + u^2)*sqrt(1 + u^2))",), "-3*isru(u)*(1 - isru(u)^2)^2",
    Source("isru is u over the length of (1, u)", "from isru(u) = u/√(1 + u²) by the quotient rule"),
    lambda u: u / math.sqrt(1 + u * u), lambda z: z / sqrt(z * z + 1), lambda x: x / CONTEXT.sqrt(1 + x * x),
    range=(-1.0, 1.0), exact=((0, 0.0),), activation=True, saturates=True,
    also=("squash",), elsewhere=("ISRU",), latex=r"\operatorname{isru}",
)  # fmt: skip

# every table is read from these three when its room is imported
functions.FUNCTIONS = MappingProxyType({**functions.FUNCTIONS, "isru": ROW})
functions.PROGRAMS = MappingProxyType({**functions.PROGRAMS, "isru": isru})
functions.ULPS = MappingProxyType({**functions.ULPS, "isru": ROW.ulps})

import chainrule as cr  # noqa: E402
from chainrule.derive.second import second  # noqa: E402

TEXT = """table x | y
  -1 | 0.25
  2 | 0.5
weight w := 0.5, b := 0.125
const α := 0.5
h = isru(w·x + b)
E = ½(h − y)²
"""


def main() -> None:
    model = cr.Model(TEXT)
    assert cr.Model(TEXT.replace("isru", "squash")).evaluate().error == model.evaluate().error
    with pytest.raises(cr.NotationError, match=r"write h = isru\(w·x \+ b\)"):
        cr.Model(TEXT.replace("isru", "F.ISRU"))
    sys.stdout.write("read, ")

    derivation = model.derive("w")
    assert "isru is u over the length of (1, u)" in derivation.text()
    assert r"\operatorname{isru}" in derivation.latex()
    assert "isru" in derivation.html()
    assert second(model.network, "w", "w").steps
    sys.stdout.write("derived, ")

    assert model.check("∂E/∂w = (h − y)·x/((1 + (w·x + b)²)·sqrt(1 + (w·x + b)²))").equal
    assert not model.check("∂E/∂w = (h − y)·x/sqrt(1 + (w·x + b)²)").equal
    sys.stdout.write("judged, ")

    runs = [model.train(steps=60, engine=engine) for engine in ("reference", "native")]
    assert len({run.sha256 for run in runs}) == 1
    sys.stdout.write("trained, ")

    story = model.explain(runs[0]).text()
    assert "fault" not in story
    sys.stdout.write("explained, ")

    assert "function isru(x)" in model.code("javascript", steps=60, exact=True)
    sys.stdout.write("printed\n")


main()
