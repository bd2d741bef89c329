"""Kernels in WGSL as texts: what needs no graphics card. `tests/engines/test_gpu.py` runs them."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

import chainrule as cr
from chainrule.code.wgsl.arithmetic import Modes, arithmetic
from chainrule.code.wgsl.kernel import kernel
from chainrule.code.wgsl.table import WGSL, literal
from chainrule.errors import UsageError
from chainrule.train.run import Run


def run_of(text: str, **data: list[float]) -> Run:
    run = cr.Model(text, data=data).train(steps=0, numerics="plain32", engine="reference")
    assert isinstance(run, Run)
    return run


@pytest.mark.parametrize("number", [0.1, -2.5, 3e38, 1.2e-38, 16777217.0, 1e-300, 1e300])
def test_a_number_is_written_to_the_bit_of_float32(number: float) -> None:
    text = literal(number)
    with np.errstate(all="ignore"):
        single = np.float32(number)
    if text == "nought":
        assert single == 0
    elif text.startswith("pattern("):
        assert np.uint32(int(text[8:-2], 16)).view(np.float32) == single
    else:
        assert text.endswith("f")
        assert float.fromhex(text[:-1]) == float(single)


def test_what_a_compiler_may_take_for_absent_is_made_of_bits() -> None:
    assert literal(math.inf) == "pattern(0x7f800000u)"
    assert literal(math.nan) == "pattern(0x7fc00000u)"
    assert literal(1e-45) == "pattern(0x00000001u)"
    assert (literal(0.0), literal(-0.0)) == ("nought", "minus_nought")


def test_no_operation_of_a_step_stands_outside_a_wall() -> None:
    run = run_of("data x\nweight w := 1, b := 2\nE = tanh(w*x + b)/x - w^3 + sqrt(b)", x=[1.0, 2.0])
    text = kernel(run.program, run.recipe.bound, ("alpha",), 2).text
    step = text[text.index("fn steps(") : text.index("@compute")]
    lines = [line.partition("//")[0] for line in step.splitlines() if re.match(r"\s*(let|w =|b =)", line)]
    assert len(lines) > 10
    inside = [re.sub(r"\[[^]]*\]", "", line.partition("=")[2]) for line in lines]  # places in arrays are whole numbers
    assert not [line for line in inside if re.search(r"[\w)] [-+*/] ", re.sub(r"0x[0-9a-fp.+-]+f", "1", line))]


def test_every_text_of_the_operations_defines_them_once() -> None:
    for modes in (Modes(), Modes(walls=False), Modes(own_quotient=False), Modes(own_root=False)):
        names = re.findall(r"^fn (\w+)", arithmetic(modes), re.MULTILINE)
        assert len(names) == len(set(names))
        assert set(names) <= WGSL.reserved
        assert {"wall", "sum", "difference", "product", "quotient", "root"} <= set(names)


def test_shared_numbers_and_turns() -> None:
    run = run_of("data x\ntarget y\nconst c := 2\nweight w := 1\nE = (c*w*x - y)^2", x=[1.0] * 50, y=[0.0] * 50)
    unrolled = kernel(run.program, run.recipe.bound, ("alpha",), 50, True)
    looped = kernel(run.program, run.recipe.bound, ("alpha",), 50, True, unrolled=0)
    assert unrolled.given == looped.given == ("x", "y", "c")
    assert unrolled.turns == 1
    assert looped.turns > 50


def test_what_does_not_fit_is_refused() -> None:
    wide = run_of("index i = 1..3000\ndata x\nweight w[i]\nE = (sum_i w[i]*x)^2", x=[1.0])
    with pytest.raises(UsageError) as caught:
        kernel(wide.program, wide.recipe.bound, (), 1)
    assert caught.value.code == "E680"
    exact = cr.example("identity").train(steps=0)
    with pytest.raises(UsageError) as caught:
        kernel(exact.program, exact.recipe.bound, (), 1)
    assert caught.value.code == "E681"
