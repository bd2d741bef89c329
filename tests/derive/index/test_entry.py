"""Derivations by one entry of an array: the array's last equation with the entry's indices put in."""

import pytest

import chainrule as cr
from chainrule.derive import derive, entry
from chainrule.derive.derivation import Derivation
from chainrule.errors import DerivationError, UsageError
from chainrule.expr.nodes import Index
from chainrule.model import build
from chainrule.notation import parse, show

LAYER = """index i = 1..2, j = 1..3
data x[i]
target y
weight W[j,i], v[j], u
h[j] = tanh(sum_i W[j,i]*x[i])
z = sum_j v[j]*h[j]
E = u*(z - y)^2/2
"""
OPEN = """patterns p
index i, k
data x[p,i]
target y[p,k]
weight W[k,i]
z[p,k] = sum_i W[k,i]*x[p,i]
E[p] = sum_k (z[p,k] - y[p,k])^2/2
"""
MEAN = OPEN + "J = mean_p E[p]\n"
RECURRENT = """index t = 1..4, j, l = 1..3
data x[t]
target y
weight U[j,l], v[j]
h[0,j] = 0
h[t,j] = tanh(x[t] + sum_l U[j,l]*h[t-1,l])
E = (sum_j v[j]*h[4,j] - y)^2/2
"""
TIED = """index i = 1..2, j = 1..2
data x[i]
target y
weight W[j,i]
h[j] = tanh(sum_i W[j,i]*x[i])
E = (sum_j W[1,j]*h[j] + W[2,2] - y)^2/2
"""
CONVOLUTION = """index n = 0..6, a = 0..4, u = 0..2
data x[n]
weight K[u]
h[a] = sum_u K[u]*x[a+u]
E = sum_a h[a]^2/2
"""
ENTRIES = [
    (LAYER, "W[3,2]", None, "substituted", "d(E)/d(W[3,2])", "u*(z - y)*v[3]*(1 - h[3]^2)*x[2]"),
    (LAYER, " W[ 3 , i ] ", None, "normal", "d(E)/d(W[3,i])", "d(E)/d(h[3])*(1 - h[3]^2)*x[i]"),
    (LAYER, "W[j,i]", None, "normal", "d(E)/d(W[j,i])", "d(E)/d(h[j])*(1 - h[j]^2)*x[i]"),
    (LAYER, "v[2]", None, "brief", "d(E)/d(v[2])", "u*(z - y)*h[2]"),
    (LAYER, "x[1]", "z", "normal", "d(z)/d(x[1])", "sum_j d(z)/d(h[j])*(1 - h[j]^2)*W[j,1]"),
    (OPEN, "W[4,7]", None, "substituted", "d(E[p])/d(W[4,7])", "(z[p,4] - y[p,4])*x[p,7]"),
    (MEAN, "W[1,9]", "J", "substituted", "d(J)/d(W[1,9])", "(sum_p (z[p,1] - y[p,1])*x[p,9])/size(p)"),
    (OPEN, "x[p,3]", None, "normal", "d(E[p])/d(x[p,3])", "sum_k d(E[p])/d(z[p,k])*W[k,3]"),
    (RECURRENT, "h[0,2]", None, "normal", "d(E)/d(h[0,2])", "sum_j' d(E)/d(h[1,j'])*(1 - h[1,j']^2)*U[j',2]"),
    (RECURRENT, "h[3,2]", None, "normal", "d(E)/d(h[3,2])", "sum_j d(E)/d(h[4,j])*(1 - h[4,j]^2)*U[j,2]"),
    (TIED, "W[2,1]", None, "normal", "d(E)/d(W[2,1])", "d(E)/d(h[2])*(1 - h[2]^2)*x[1]"),
    (CONVOLUTION, "K[2]", None, "normal", "d(E)/d(K[2])", "sum_a d(E)/d(h[a])*x[a+2]"),
]  # fmt: skip


@pytest.mark.parametrize("text, wrt, of, detail, left, right", ENTRIES)
def test_one_entry(text: str, wrt: str, of: str | None, detail: str, left: str, right: str) -> None:
    made = derive(build(parse(text)), wrt, of=of, detail=detail)
    assert show(made.goal, ascii=True) == show(made.steps[-1].left, ascii=True) == left
    assert show(made.result, ascii=True) == right
    assert all(step.check.ok for step in made.steps)


def test_brackets_that_an_entry_decides_are_gone() -> None:
    steps = [step for step in derive(build(parse(TIED)), "W[1,2]").steps if not step.left.wrt[0].indices[0].terms]
    assert [step.reasons[0].rule for step in steps][-2:] == ["entry", "simplify"]
    assert "[1 == 1]" in show(steps[-2].after)
    assert "==" not in show(steps[-1].after)


def test_the_lines_of_the_array_stand_before_those_of_the_entry() -> None:
    model = build(parse(LAYER))
    whole, one = derive(model, "W"), derive(model, "W[1,2]")
    assert one.steps[:-1] == whole.steps


def test_every_form_of_writing_has_the_entry() -> None:
    one = cr.Model(LAYER).derive("W[3,2]")
    assert one.json()["wrt"] == "W[3,2]"
    assert one.json()["lines"][-1]["because"] == "the equation of every entry, at j = 3; i = 2"
    assert "W_{3,2}" in one.latex()
    assert one.last() == "∂E/∂W[3,2] = ∂E/∂h[3]·(1 − h[3]²)·x[2]"
    assert one.needed()[-2:] == ("∂E/∂W[j,i] = ∂E/∂h[j]·(1 − h[j]²)·x[i]", one.last())
    assert cr.Model(LAYER).check(one.last()).equal is True


def test_wrong_indices_are_found_by_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    own = entry.matched

    def slipped(made: Derivation, place: tuple[Index, ...]) -> object:
        meaning, line = own(made, place)
        return {**meaning, "i": Index((), 1)}, line

    monkeypatch.setattr(entry, "matched", slipped)
    with pytest.raises(DerivationError) as caught:
        derive(build(parse(LAYER)), "W[3,2]")
    assert caught.value.code == "E253"


WRONG = [
    ("W[4,1]", {}, "E420", "j runs over 1..3, 4 is outside"), ("W[1,0]", {}, "E420", "i runs over 1..2, 0 is outside"),
    ("W[1]", {}, "E420", "'W[1]' has 1 index, W[j,i] 2"), ("v[1,2]", {}, "E420", "'v[1,2]' has 2 indices, v[j] 1"),
    ("v[]", {}, "E420", "'' is no value of j"), ("v[1.5]", {}, "E420", "'1.5' is no value of j"),
    ("W[i,j]", {}, "E420", "'i' is no value of j"), ("W[1,2", {}, "E420", "'W[1,2' is no entry of W"),
    ("W[1,2][1]", {}, "E420", "'2][1' is no value of i"), ("u[1]", {}, "E420", "'u[1]' is no entry of u"),
    ("q[1]", {}, "E456", "the model has no quantity q"), ("W[1,1]", {"of": "h[1]"}, "E257", "of takes a quantity"),
    ("W[1,1]", {"second": "v[1]"}, "E254", "E has letters"),
]  # fmt: skip


@pytest.mark.parametrize("wrt, how, code, problem", WRONG)
def test_what_is_no_entry(wrt: str, how: dict[str, str], code: str, problem: str) -> None:
    with pytest.raises(UsageError) as caught:
        cr.Model(LAYER).derive(wrt, **how)  # type: ignore[arg-type]
    assert (caught.value.code, problem in caught.value.problem) == (code, True)


def test_the_patterns_have_no_entry_and_a_trace_has_all() -> None:
    with pytest.raises(UsageError, match="p is the letter of the patterns"):
        derive(build(parse(OPEN)), "x[2,1]")
    with pytest.raises(UsageError, match="a trace has the numbers of every entry"):
        cr.Model(CONVOLUTION.replace("data x[n]", "data x[n] = n")).derive("K[1]", detail="trace")
