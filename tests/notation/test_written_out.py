"""Functions that the language lacks and that others can say: the help writes them out, with the same values."""

import math
import re

import pytest

import chainrule as cr
from chainrule import ChainruleError

WRITTEN = {
    "asin(w)": math.asin, "arccos(w)": math.acos, "np.arcsin(w)": math.asin, "acos(w)": math.acos,
    "ceil(5*w)": lambda w: math.ceil(5 * w), "mod(5*w, 2)": lambda w: 5 * w % 2, "atanh(w)": math.atanh,
    "acosh(3 + w)": lambda w: math.acosh(3 + w), "trunc(5*w)": lambda w: math.trunc(5 * w),
    "sech(w)": lambda w: 1 / math.cosh(w), "coth(w)": lambda w: 1 / math.tanh(w), "sec(w)": lambda w: 1 / math.cos(w),
}  # fmt: skip


@pytest.mark.parametrize("typed", WRITTEN)
@pytest.mark.parametrize("w", [0.3, -0.7])
def test_the_help_has_the_same_value(typed: str, w: float) -> None:
    with pytest.raises(ChainruleError) as caught:
        cr.Model(f"weight w := {w}\nE = {typed}\n")
    found = re.search(r"write (E = .*)", caught.value.help)
    assert found is not None
    model = cr.Model(f"weight w := {w}\n{found[1]}\n")
    assert model.evaluate().error == pytest.approx(WRITTEN[typed](w), rel=1e-12)
