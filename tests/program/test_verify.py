"""A program with a planted defect is caught, and the pass it came after is named."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from chainrule.errors import BrokenPass
from chainrule.expr.nodes import Derivative, Equation, Expr, Mul, Reduce, Ref, index, number
from chainrule.model import build
from chainrule.notation import parse
from chainrule.program import Program, lower, verify
from chainrule.program.program import PhaseName, Symbol

TEXT = """data x
target y
weight w in [0, 1], b
h = tanh(w*x + b)
E = (h - y)^2
"""


def whole() -> Program:
    return lower(build(parse(TEXT)))


def changed(phase: PhaseName, change: Callable[[tuple[Equation, ...]], tuple[Equation, ...]]) -> Program:
    program = whole()
    return replace(program, phases={**program.phases, phase: change(program.phases[phase])})


def with_body(body: Expr) -> Callable[[tuple[Equation, ...]], tuple[Equation, ...]]:
    """The first equation with another right side."""
    return lambda lines: (replace(lines[0], body=body), *lines[1:])


P = index("p#")
DEFECTS: dict[str, tuple[Program, str]] = {
    "an adjoint before its user": (changed("adjoint", lambda lines: lines[::-1]), "before it is written"),
    "an equation left out": (changed("error", lambda lines: lines[1:]), "before it is written"),
    "an equation twice": (changed("forward", lambda lines: lines * 2), "h is written twice"),
    "data overwritten": (
        changed("forward", lambda lines: (*lines, Equation(Ref("x", (P,)), number(1)))),
        "x is written twice",
    ),
    "a letter nothing binds": (changed("forward", with_body(Ref("x", (index("q#"),)))), "nothing binds q#"),
    "a sum left out": (
        changed("error", lambda lines: (lines[0], Equation(Ref("goal"), Ref("E", (P,))))),
        "nothing binds p#",
    ),
    "a letter without a set": (
        changed("error", lambda lines: (lines[0], Equation(Ref("goal"), Reduce("sum", ("z",), number(1))))),
        "letter z has no set",
    ),
    "a reduction without letters": (
        changed("error", lambda lines: (lines[0], Equation(Ref("goal"), Reduce("sum", (), number(1))))),
        "says no letter",
    ),
    "an index too few": (changed("forward", with_body(Ref("x"))), "reads x with 0 indices; it has 1"),
    "an index too many": (changed("forward", with_body(Ref("w", (P,)))), "reads w with 1 indices; it has 0"),
    "a letter twice on the left": (
        changed("forward", lambda lines: (Equation(Ref("h", (P, P)), number(1)), *lines[1:])),
        "has a letter twice",
    ),
    "an update of data": (
        changed("update", lambda lines: (Equation(Ref("alpha"), number(1)), *lines)),
        "writes alpha, which is no weight",
    ),
    "an update twice": (changed("update", lambda lines: lines + lines[:1]), "written twice in the phase update"),
    "an update of another shape": (
        changed("update", lambda lines: (Equation(Ref("w", (P,)), number(1)), *lines[1:])),
        "with 1 indices; it has 0",
    ),
    "a start of no state": (replace(whole(), starts={"w": number(1)}), "w has a start, but is no state"),
    "a start that reads a weight": (
        replace(whole(), states=(Symbol("v.w"),), starts={"v.w": Ref("w")}),
        "reads w, which is no const",
    ),
    "a new value before it is written": (
        changed("update", lambda lines: (lines[0], replace(lines[1], body=Ref("b'")))),
        "b reads b' before it is written",
    ),
    "the step number in the network": (changed("forward", with_body(Ref("t#"))), "h reads t# before it is written"),
    "a box without an update": (changed("update", lambda lines: lines[1:]), "never updated"),
    "a new value before it is there": (
        changed("update", with_body(Mul((Ref("b'"), Ref("w"))))),
        "reads b' before it is written",
    ),
    "a held weight updated": (replace(whole(), held=("b",)), "no weight or state that may change"),
    "no goal": (replace(whole(), objective="J"), "goal J is not one number"),
    "a goal that is given": (replace(whole(), objective="w"), "goal w is not one number"),
    "a goal for each pattern": (replace(whole(), objective="E"), "goal E is not one number"),
    "a name given twice": (replace(whole(), consts=(Symbol("w"),)), "w is given twice"),
    "data over an unknown letter": (replace(whole(), data=(Symbol("x", ("z",)),)), "letter z, which has no set"),
    "a circle": (
        changed(
            "forward",
            lambda lines: (Equation(Ref("h", (P,)), Ref("k", (P,))), Equation(Ref("k", (P,)), Ref("h", (P,)))),
        ),
        "h reads k before it is written",
    ),
    "a quantity made of itself": (
        changed("forward", with_body(Ref("h", (P,)))),
        "h reads h before it is written",
    ),
    "no phase": (replace(whole(), phases={"forward": ()}), "no phase error"),
    "an adjoint of a derivative left out": (
        changed("adjoint", lambda lines: lines[1:]),
        "reads ∂goal/∂E before it is written",
    ),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_is_caught(defect: str) -> None:
    program, said = DEFECTS[defect]
    with pytest.raises(BrokenPass) as caught:
        verify(program, "planting")
    assert caught.value.code == "E300"
    assert caught.value.problem.startswith("after planting: ")
    assert said in caught.value.problem
    assert "report" in caught.value.help


def test_a_whole_program_passes() -> None:
    program = whole()
    verify(program, "nothing")
    assert isinstance(program.phases["adjoint"][0].target, Derivative)
