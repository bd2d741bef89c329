"""All derivatives of a point at once against one complex step for each: the same numbers, NaN where there is none."""

import math
import random

import pytest
from tests.laws import networks, ties

from chainrule.derive import derive
from chainrule.expr.nodes import Add, Call, Div, Equation, Mul, Pow, Ref, index, number
from chainrule.model import build
from chainrule.notation import parse
from chainrule.numbers.complex_steps import COMPLEX_STEPS, Stepped, slopes
from chainrule.numbers.environment import SCALARS, Setting
from chainrule.numbers.evaluate import evaluate, solve
from chainrule.numbers.functions import FUNCTIONS
from chainrule.numbers.oracle import complex_step


def alike(ours: float, right: float) -> bool:
    """Equal but for the order of a few additions; NaN like NaN."""
    return ours == pytest.approx(right, rel=1e-12, abs=1e-300) or (math.isnan(ours) and math.isnan(right))


@pytest.mark.parametrize("seed", range(25))
def test_each_quantity_by_each_other_is_what_a_step_of_its_own_gives(seed: int) -> None:
    model = build(parse(networks.network(seed)))
    setting = Setting(functions=model.functions)
    draw = random.Random(seed)
    point = {name: draw.uniform(-1.2, 1.2) for name, one in model.quantities.items() if one.role != "derived"}
    values = {**point, **solve(model.equations, point, setting=setting)}
    found = slopes(model.equations, point, setting)
    assert {name: found.known[name, ()].real for name in model.quantities if (name, ()) in found.known} == {
        name: values[name] for name in model.quantities if (name, ()) in found.known
    }
    for goal in model.quantities:
        for wrt in model.quantities:
            ours = found.of((goal, ()), (wrt, ()))
            if ours is not None and goal != wrt:
                users = {name: value for name, value in values.items() if name in point or name == wrt}
                assert alike(ours, complex_step(model.equations, goal, wrt, users, setting=setting)), (goal, wrt)


@pytest.mark.parametrize("seed", range(25))
def test_ties_kinks_and_letters(seed: int) -> None:
    model = build(parse(ties.network(seed)))
    setting = Setting({"j": range(1, ties.LETTERS + 1)}, {"p": ("j",), "v": ("j",)}, model.functions, "p#")
    draw = random.Random(seed)
    point = {name: [draw.choice(ties.VALUES) for _ in range(ties.LETTERS)] for name in ("p", "v")}
    found = slopes(model.equations, point, setting)
    for name in ("p", "v"):
        for place in range(1, ties.LETTERS + 1):
            right = complex_step(model.equations, "E", Ref(name, (index("j"),)), point, setting=setting,
                                 letters={"j": place})  # fmt: skip
            ours = found.of(("E", ()), (name, (place,)))
            assert right == 0 if ours is None else alike(ours, right)


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_every_function(function: str) -> None:
    count = 2 if function in ("max", "min", "hypot", "atan2") else 1
    names = ("u", "w")[:count]
    forward = (Equation(Ref("y"), Call(function, tuple(map(Ref, names)))),)
    for u in (-2.0, -0.5, 0.0, 0.25, 1.0, 3.0):
        point = {"u": u, "w": 0.25}
        found = slopes(forward, {name: point[name] for name in names}, SCALARS)
        for name in names:
            ours = found.of(("y", ()), (name, ()))
            assert ours is not None
            assert alike(ours, complex_step(forward, "y", name, point)), (function, u, name)


def test_what_does_not_move_stays_beside_what_has_no_value() -> None:
    """∞ times a number that did not move is no step, and a function without a value has none: NaN."""
    x, y = Ref("x"), Ref("y")
    forward = (
        Equation(Ref("a"), Div(number(1), x)), Equation(Ref("b"), Call("log", (y,))),
        Equation(Ref("c"), Add((Ref("a"), Ref("y")))), Equation(Ref("d"), Mul((Ref("a"), y))),
    )  # fmt: skip
    found = slopes(forward, {"x": 0.0, "y": -1.0}, SCALARS)
    assert found.of(("c", ()), ("y", ())) == 1.0
    assert math.isnan(found.of(("b", ()), ("y", ())) or 0.0)
    assert found.of(("d", ()), ("y", ())) == math.inf
    assert found.of(("a", ()), ("y", ())) == 0.0
    assert found.of(("a", ()), ("nobody", ())) is None


def test_the_sign_of_zero_is_kept() -> None:
    found = slopes((Equation(Ref("y"), Mul((Ref("x"), number(1)))),), {"x": -0.0}, SCALARS)
    assert math.copysign(1, found.known["y", ()].real) == -1


@pytest.mark.parametrize("n", [-3, -1, 0, 1, 2, 5])
def test_powers(n: int) -> None:
    forward = (Equation(Ref("y"), Pow(Ref("x"), number(n))),)
    found = slopes(forward, {"x": 1.5}, SCALARS)
    assert found.of(("y", ()), ("x", ())) == pytest.approx(n * 1.5 ** (n - 1), rel=1e-14)


def test_a_sum_of_exponentials() -> None:
    values = [Stepped(1000.0, [1.0]), Stepped(999.0, [0.0, 1.0])]
    found = COMPLEX_STEPS.logsumexp(values)
    share = 1 / (1 + math.exp(-1))
    assert found.real == pytest.approx(1000 + math.log1p(math.exp(-1)))
    assert list(found.parts) == pytest.approx([share, 1 - share])
    assert evaluate(Ref("x"), {"x": 2.0}, COMPLEX_STEPS) == Stepped(2.0)


def test_the_lines_of_a_long_chain_are_all_checked_in_work_that_grows_with_them() -> None:
    """One step through all equations for each line would be 400²/2 numbers a point, more than may be computed here."""
    from chainrule.expr.limits import limits

    lines = "".join(f"h{place} = tanh(w·h{place - 1})\n" for place in range(1, 400))
    model = build(parse(f"data x\nweight w := 0.1\nh0 = w·x\n{lines}E = ½h399²\n"))
    with limits(checks=30_000):
        found = derive(model, "w")
    assert all(step.check.ok for step in found.steps)


def test_the_greatest_of_many_is_moved_by_those_that_reach_it() -> None:
    """In work that grows with them; a tie is shared, and beside a NaN nothing is known."""
    values = [float(place % 1_000) for place in range(3_000)]
    found = COMPLEX_STEPS.extreme("max", [Stepped(one, [0.0] * (k % 7) + [1.0]) for k, one in enumerate(values)])
    assert found.real == 999
    assert sum(found.parts) == pytest.approx(1)
    lost = COMPLEX_STEPS.extreme("min", [Stepped(1.0, [1.0]), Stepped(math.nan)])
    assert math.isnan(lost.real)
    assert math.isnan(lost.parts[0])
