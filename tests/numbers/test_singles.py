"""The elementary functions in float32: errors within what is promised, right limits, no step at a joint."""

import math
import sys
from dataclasses import replace
from functools import partial
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from chainrule.engines.machine import FUSED_SINGLES
from chainrule.numbers import coefficients
from chainrule.numbers.constants import Constants
from chainrule.numbers.elementary import integer_power, logsumexp
from chainrule.numbers.functions import PROGRAMS, ULPS

INF, NAN, TINY = math.inf, math.nan, 2.0**-149


def script() -> ModuleType:
    """scripts/singles.py, which knows the true values and how an error is measured."""
    spec = spec_from_file_location("measure_singles", Path(__file__).parents[2] / "scripts" / "singles.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules["measure_singles"] = module  # a dataclass looks for its module there
    spec.loader.exec_module(module)
    return module


MEASURE = script()
STEP = 40_009
"""A prime, so that all bits of the patterns change; the page in docs has every number."""


@pytest.mark.parametrize("case", MEASURE.CASES, ids=lambda case: case.name)
def test_errors_stay_within_the_promise(case: object) -> None:
    name = case.name  # type: ignore[attr-defined]
    error, where, count = MEASURE.worst(case, STEP)
    assert count > 50_000
    assert error <= ULPS[name], f"{name}{where} is wrong by {error} ulp"


@pytest.mark.parametrize(
    ("table", "name"),
    [("exp_tail", "exp"), ("exp_tail", "tanh"), ("sinh_tail", "sinh"), ("log_tail", "log"),
     ("sin_tail", "sin"), ("cos_tail", "cos"), ("arctan_tail", "arctan")],
)  # fmt: skip
def test_a_wrong_coefficient_is_caught(table: str, name: str) -> None:
    first, second, *others = getattr(coefficients.SINGLE, table)
    wrong = replace(coefficients.SINGLE, **{table: (first, second * (1 + 1e-3), *others)})
    (case,) = [case for case in MEASURE.CASES if case.name == name]
    program = partial(PROGRAMS[name], replace(FUSED_SINGLES, constants=wrong))
    assert MEASURE.worst(case, STEP, lambda _, *values: program(*values))[0] > ULPS[name]


def test_every_constant_is_a_float32() -> None:
    def numbers(value: object) -> list[float]:
        return [one for part in value for one in numbers(part)] if isinstance(value, tuple) else [float(value)]  # type: ignore[arg-type]

    for name in Constants.__dataclass_fields__:
        for value in numbers(getattr(coefficients.SINGLE, name)):
            assert float(np.float32(value)) == value, name


@pytest.mark.parametrize(
    ("name", "x", "wanted"),
    [
        ("exp", 0.0, 1.0), ("exp", 89.0, INF), ("exp", INF, INF), ("exp", -104.0, 0.0), ("exp", -INF, 0.0),
        ("exp", -103.0, TINY), ("expm1", -0.0, -0.0), ("expm1", TINY, TINY), ("expm1", -INF, -1.0),
        ("expm1", 89.0, INF), ("log", 0.0, -INF), ("log", -1.0, NAN), ("log", 1.0, 0.0), ("log", INF, INF),
        ("log1p", -1.0, -INF), ("log1p", -0.0, -0.0), ("sqrt", -TINY, NAN), ("tanh", INF, 1.0), ("tanh", -0.0, -0.0),
        ("tanh", TINY, TINY), ("sigmoid", 0.0, 0.5), ("sigmoid", -INF, 0.0), ("sigmoid", 90.0, 1.0),
        ("sigmoid", -103.0, TINY), ("softplus", -INF, 0.0), ("softplus", INF, INF), ("sin", INF, NAN),
        ("sin", -0.0, -0.0), ("cos", 0.0, 1.0), ("sinh", 90.0, INF), ("cosh", -90.0, INF), ("relu", -0.0, 0.0),
        ("abs", -TINY, TINY), ("sign", -TINY, -1.0), ("arctan", -0.0, -0.0), ("arctan", INF, np.float32(math.pi / 2)),
        ("sin", 1e38, None), ("cos", -3e38, None), ("exp", NAN, NAN), ("tanh", NAN, NAN), ("log1p", NAN, NAN),
    ],
)  # fmt: skip
def test_limits(name: str, x: float, wanted: float | None) -> None:
    with np.errstate(all="ignore"):
        (got,) = PROGRAMS[name](FUSED_SINGLES, np.array([x], np.float32))
    assert got.dtype == np.float32
    if wanted is None:
        assert -1.0 <= got <= 1.0
    else:
        assert repr(float(got)) == repr(float(wanted))


@pytest.mark.parametrize("name", ["exp", "expm1", "log", "log1p", "tanh", "sinh", "arctan", "asinh"])
def test_no_step_back_at_a_joint(name: str) -> None:
    half = math.log(2) / 2
    for joint in (0.0, half, -half, 3 * half, 0.4, 0.55, 0.7, 1.0, 1.4, 2.5, math.sqrt(0.5), math.sqrt(2), 40.0, -87.3):
        place = int(np.array(joint, np.float32).view(np.int32))
        x = np.sort((np.arange(-50, 50) + place).astype(np.int32).view(np.float32))
        with np.errstate(all="ignore"):
            values = PROGRAMS[name](FUSED_SINGLES, x)
        values = values[~np.isnan(values)]
        assert (np.diff(values[np.isfinite(values)]) >= 0).all(), f"{name} falls near {joint}"


def test_machine_code_has_the_bits_of_numpy() -> None:
    """So the page, which is measured with it, speaks of both."""
    pytest.importorskip("llvmlite")
    x = next(MEASURE.blocks(65_521))
    y = np.random.default_rng(0).uniform(-90, 90, len(x)).astype(np.float32)
    for name in ("tanh", "log", "sin", "power"):
        arrays = [x, y][: 2 if name == "power" else 1]
        with np.errstate(all="ignore"):
            wanted, got = PROGRAMS[name](FUSED_SINGLES, *arrays), MEASURE.compiled(name)(FUSED_SINGLES, *arrays)
        assert np.array_equal(wanted.view(np.int32)[~np.isnan(wanted)], got.view(np.int32)[~np.isnan(wanted)])
        assert np.array_equal(np.isnan(wanted), np.isnan(got))


def test_powers_and_logsumexp() -> None:
    x = np.array([1.1, -2.0, 0.5], np.float32)
    assert integer_power(FUSED_SINGLES, x, 3).tolist() == ((x * x) * x).tolist()
    with np.errstate(all="ignore"):
        for y, wanted in ((0.5, [math.sqrt(np.float32(1.1)), NAN, math.sqrt(0.5)]), (-3.0, [1.1**-3, -0.125, 8.0])):
            got = PROGRAMS["power"](FUSED_SINGLES, x, np.array([y] * 3, np.float32))
            assert got == pytest.approx(wanted, rel=2e-7, nan_ok=True)
        values = [np.array([value], np.float32) for value in (100.0, 100.0, -INF)]
        assert logsumexp(FUSED_SINGLES, values) == pytest.approx(100 + math.log(2), rel=1e-7)


def test_a_page_of_errors_was_written() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "elementary-float32.md").read_text("utf-8")
    rows = [line.replace("\\|", "").split("|") for line in page.splitlines() if line.startswith("| `")]
    assert [row[1].strip(" `") for row in rows] == [case.name for case in MEASURE.CASES]
    for row in rows:
        assert int(row[3].replace(",", "")) >= 10_000_000
        assert float(row[4]) <= float(row[5]) == ULPS[row[1].strip(" `")]
