"""The elementary functions: errors within what is promised, right limits, no step at a joint."""

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from importlib.util import module_from_spec, spec_from_file_location
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest

from chainrule.numbers import coefficients
from chainrule.numbers.elementary import TRIGONOMETRIC_RANGE, integer_power, logsumexp, power
from chainrule.numbers.functions import FUNCTIONS, PROGRAMS, ULPS
from chainrule.numbers.operations import FLOAT, FUSED_FLOAT, FloatMachine

pytest.importorskip("mpmath")

TINY, LEAST_NORMAL, GREATEST = 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308
INF, NAN = math.inf, math.nan
EDGES = [0.0, -0.0, TINY, -TINY, LEAST_NORMAL, -LEAST_NORMAL, 1e-17, 1.0, -1.0, 745.2, -745.2, 1e5, 1e17, -1e17]
EDGES += [GREATEST, -GREATEST, INF, -INF, NAN]


def script(name: str) -> ModuleType:
    """A script of scripts/, which knows the true values and how an error is measured."""
    spec = spec_from_file_location(f"measure_{name}", Path(__file__).parents[2] / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    import sys

    sys.modules[f"measure_{name}"] = module  # a dataclass looks for its module there
    spec.loader.exec_module(module)
    return module


MEASURE = script("elementary")


def call(name: str, *arguments: float) -> float:
    result = PROGRAMS[name](FLOAT, *arguments)
    assert isinstance(result, float)
    return result


@pytest.mark.parametrize("machine", [FLOAT, FUSED_FLOAT], ids=["exact", "fused"])
@pytest.mark.parametrize("case", MEASURE.CASES, ids=lambda case: f"{case.name} {case.range}")
def test_errors_stay_within_the_promise(case: object, machine: FloatMachine) -> None:
    name = case.name  # type: ignore[attr-defined]
    points = 1000 if machine is FLOAT else 300
    error, where, count = MEASURE.worst(partial(PROGRAMS[name], machine), case, points, seed=1)
    assert count >= points
    assert error <= ULPS[name], f"{name}{where} is wrong by {error} ulp"


TABLES = [
    ("exp_tail", "exp"), ("exp_tail", "tanh"), ("sinh_tail", "sinh"), ("log_tail", "log"), ("log_long_tail", "power"),
    ("sin_tail", "sin"), ("cos_tail", "cos"), ("arctan_tail", "arctan"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "name"), TABLES)
def test_a_wrong_coefficient_is_caught(table: str, name: str) -> None:
    first, second, *others = getattr(coefficients.DOUBLE, table)
    machine = FloatMachine()
    machine.constants = replace(coefficients.DOUBLE, **{table: (first, second * (1 + 1e-10), *others)})
    cases = [case for case in MEASURE.CASES if case.name == name]
    assert max(MEASURE.worst(partial(PROGRAMS[name], machine), case, 300)[0] for case in cases) > ULPS[name]


def test_the_coefficients_are_those_that_the_script_makes() -> None:
    with MEASURE.mp.workprec(MEASURE.BITS):
        text = MEASURE.coefficients_file()
    assert Path(coefficients.__file__).read_text("utf-8") == text


def test_every_function_has_a_program_a_bound_and_a_true_value() -> None:
    assert set(PROGRAMS) == set(ULPS)
    exact = {name for name, bound in ULPS.items() if bound == 0.0}
    assert set(MEASURE.TRUE) == set(PROGRAMS) - exact == {case.name for case in MEASURE.CASES}
    assert set(PROGRAMS) - set(FUNCTIONS) == {"expm1", "log1p", "power"}


@pytest.mark.parametrize(
    ("name", "x", "wanted"),
    [
        ("exp", 0.0, 1.0), ("exp", -0.0, 1.0), ("exp", 710.0, INF), ("exp", INF, INF), ("exp", -746.0, 0.0),
        ("exp", -INF, 0.0), ("exp", -745.0, TINY), ("exp", TINY, 1.0),
        ("expm1", -0.0, -0.0), ("expm1", TINY, TINY), ("expm1", -INF, -1.0), ("expm1", -40.0, -1.0),
        ("expm1", INF, INF), ("expm1", 710.0, INF),
        ("log", 0.0, -INF), ("log", -0.0, -INF), ("log", -1.0, NAN), ("log", -INF, NAN), ("log", 1.0, 0.0),
        ("log", INF, INF), ("log", TINY, -744.4400719213812),
        ("log1p", -1.0, -INF), ("log1p", -2.0, NAN), ("log1p", -0.0, -0.0), ("log1p", -TINY, -TINY),
        ("log1p", INF, INF), ("log1p", GREATEST, 709.782712893384),
        ("sqrt", 4.0, 2.0), ("sqrt", -0.0, -0.0), ("sqrt", -TINY, NAN), ("sqrt", INF, INF),
        ("tanh", INF, 1.0), ("tanh", -INF, -1.0), ("tanh", -0.0, -0.0), ("tanh", TINY, TINY), ("tanh", 20.0, 1.0),
        ("sigmoid", 0.0, 0.5), ("sigmoid", -745.0, TINY), ("sigmoid", -746.0, 0.0), ("sigmoid", INF, 1.0),
        ("sigmoid", -INF, 0.0), ("sigmoid", 40.0, 1.0),
        ("softplus", 1000.0, 1000.0), ("softplus", -800.0, 0.0), ("softplus", INF, INF), ("softplus", -INF, 0.0),
        ("softplus", -745.0, TINY), ("softplus", GREATEST, GREATEST),
        ("sin", -0.0, -0.0), ("sin", TINY, TINY), ("sin", INF, NAN), ("sin", -INF, NAN), ("cos", 0.0, 1.0),
        ("cos", -0.0, 1.0), ("cos", INF, NAN), ("sin", math.pi, 1.2246467991473532e-16),
        ("asinh", INF, INF), ("asinh", -0.0, -0.0), ("asinh", TINY, TINY),
        ("arctan", INF, math.pi / 2), ("arctan", -INF, -math.pi / 2), ("arctan", -0.0, -0.0), ("arctan", TINY, TINY),
        ("sinh", -0.0, -0.0), ("sinh", 711.0, INF), ("sinh", -INF, -INF), ("cosh", 0.0, 1.0), ("cosh", -INF, INF),
        ("cosh", 711.0, INF), ("sinh", 710.0, 1.1169973830808557e308),
        ("relu", -0.0, 0.0), ("relu", -3.0, 0.0), ("relu", 3.0, 3.0), ("relu", -INF, 0.0), ("relu", INF, INF),
        ("abs", -0.0, 0.0), ("abs", -3.0, 3.0), ("abs", -INF, INF), ("abs", -TINY, TINY),
        ("sign", -0.0, 0.0), ("sign", -TINY, -1.0), ("sign", INF, 1.0), ("sign", 0.0, 0.0),
    ],
)  # fmt: skip
def test_limits(name: str, x: float, wanted: float) -> None:
    got = call(name, x)
    if wanted == 1.1169973830808557e308:  # within the bound of sinh, no more is promised
        assert abs(got - wanted) <= ULPS["sinh"] * math.ulp(wanted)
    else:
        assert repr(got) == repr(wanted)


@pytest.mark.parametrize("name", sorted(set(PROGRAMS) - {"max", "min", "power"}))
@pytest.mark.parametrize("x", EDGES)
def test_edges_raise_nothing_and_nan_comes_through(name: str, x: float) -> None:
    result = call(name, x)
    if math.isnan(x):
        assert math.isnan(result)
    elif name not in ("log", "log1p", "sqrt") and math.isfinite(x):
        assert not math.isnan(result)


@pytest.mark.parametrize("name", ["max", "min", "power"])
@pytest.mark.parametrize("x", EDGES)
def test_edges_of_two_arguments(name: str, x: float) -> None:
    assert math.isnan(call(name, x, NAN))
    assert math.isnan(call(name, NAN, x))
    if name == "power":
        assert math.isnan(x) or call(name, x, 0.0) == 1.0
    for y in EDGES:
        call(name, x, y)


@pytest.mark.parametrize("name", ["tanh", "sinh", "arctan", "asinh", "sin", "expm1", "log1p"])
def test_small_arguments_are_themselves(name: str) -> None:
    for x in (1e-200, -1e-200, 3e-310, -1e-17):
        assert call(name, x) == x


EVEN_OR_ODD = [("tanh", -1), ("sinh", -1), ("arctan", -1), ("asinh", -1), ("sin", -1), ("cos", 1), ("cosh", 1)]


@pytest.mark.parametrize(("name", "sign"), EVEN_OR_ODD)
def test_even_and_odd(name: str, sign: int) -> None:
    for k in range(-200, 200):
        x = 1.37**k
        assert call(name, -x) == sign * call(name, x)


def test_tanh_stays_within_one() -> None:
    for k in range(4000):
        assert 0.999 < call("tanh", 4.0 + k / 200) <= 1.0


def near(joint: float, count: int) -> Iterator[float]:
    x = joint
    for _ in range(count):
        x = math.nextafter(x, -INF)
    for _ in range(2 * count):
        yield x
        x = math.nextafter(x, INF)


@pytest.mark.parametrize("name", ["exp", "expm1", "log", "log1p", "sigmoid", "tanh", "sinh", "arctan", "asinh"])
def test_no_step_back_at_a_joint(name: str) -> None:
    for joint in MEASURE.JOINTS[name]:
        values = [call(name, x) for x in near(joint, 50)]
        assert values == sorted(values), f"{name} falls near {joint}"


def test_softplus_steps_back_by_one_unit_at_most() -> None:
    for joint in MEASURE.JOINTS["softplus"]:  # the sum of two rounded parts is not monotone to the last bit
        values = [call("softplus", x) for x in near(joint, 50)]
        assert all(after >= before - math.ulp(before) for before, after in pairwise(values))


@pytest.mark.parametrize("x", [2 * TRIGONOMETRIC_RANGE, 1e12, 1e16, 1e100, -1e300, GREATEST])
def test_trigonometry_of_huge_numbers_stays_in_bounds(x: float) -> None:
    assert -1.0 <= call("sin", x) <= 1.0
    assert -1.0 <= call("cos", x) <= 1.0


def test_trigonometry_loses_about_a_unit_of_the_argument_beyond_its_range() -> None:
    for x in (3e8, 1e10, 1e12):
        assert abs(call("sin", x) - math.sin(x)) <= 2 * math.ulp(x)


@pytest.mark.parametrize(
    ("x", "y", "wanted"),
    [
        (2.0, 0.5, math.sqrt(2.0)), (0.0, 2.5, 0.0), (0.0, -2.5, INF), (-0.0, 3.0, -0.0), (-0.0, -3.0, -INF),
        (-0.0, 2.0, 0.0), (-0.0, 0.5, 0.0), (-8.0, 1 / 3, NAN), (-2.0, 3.0, -8.0), (-2.0, -2.0, 0.25),
        (INF, 0.5, INF), (INF, -0.5, 0.0), (-INF, 3.0, -INF), (0.5, INF, 0.0), (2.0, INF, INF), (2.0, -INF, 0.0),
        (1.0, INF, 1.0), (1.0, -1e300, 1.0), (10.0, 400.0, INF), (10.0, -400.0, 0.0), (2.0, -1074.0, TINY),
        (1 + 2**-52, 2.0**52, math.exp(1 - 2**-53)), (TINY, 1.0, TINY), (3.0, 1.0, 3.0),
    ],
)  # fmt: skip
def test_powers(x: float, y: float, wanted: float) -> None:
    assert power(FLOAT, x, y) == pytest.approx(wanted, rel=3e-16, abs=0.0, nan_ok=True)
    assert math.copysign(1.0, power(FLOAT, x, y)) == math.copysign(1.0, wanted) or math.isnan(wanted)


def test_integer_powers_multiply_in_the_documented_order() -> None:
    x = 1.1
    assert integer_power(FLOAT, x, 2) == x * x
    assert integer_power(FLOAT, x, 3) == (x * x) * x
    assert integer_power(FLOAT, x, 5) == ((x * x) * (x * x)) * x
    assert integer_power(FLOAT, x, 6) == ((x * x) * x) * ((x * x) * x)
    assert integer_power(FLOAT, x, -3) == 1.0 / ((x * x) * x)
    assert integer_power(FLOAT, INF, 0) == 1.0
    assert integer_power(FLOAT, 0.0, -1) == INF
    assert math.isnan(integer_power(FLOAT, NAN, 0))
    assert integer_power(FLOAT, 0.5, 10**30) == 0.0


@pytest.mark.parametrize(
    ("values", "wanted"),
    [([1000.0, 0.0], 1000.0), ([0.0, 0.0], math.log(2.0)), ([-INF, -INF], -INF), ([INF, 0.0], INF),
     ([-1000.0, -1000.0], -1000.0 + math.log(2.0)), ([3.0], 3.0)],
)  # fmt: skip
def test_logsumexp_is_stable(values: list[float], wanted: float) -> None:
    assert logsumexp(FLOAT, values) == pytest.approx(wanted, rel=1e-15, abs=0.0)
    assert math.isnan(logsumexp(FLOAT, [*values, NAN]))


def test_a_page_of_errors_was_written() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "elementary.md").read_text("utf-8")
    rows = [line.replace("\\|", "").split("|") for line in page.splitlines() if line.startswith("| `")]
    assert {row[1].strip(" `") for row in rows} == set(MEASURE.TRUE)
    for row in rows:
        assert int(row[3].replace(",", "")) >= 100_000
        assert float(row[4]) <= float(row[5]) == ULPS[row[1].strip(" `")]
        assert float(row[7]) <= float(row[5])
