"""Networks written with letters: each can be built, and each goes wrong in its own way when one line is changed."""

from __future__ import annotations

import pytest

from chainrule.errors import ModelError
from chainrule.expr.nodes import Call, Reduce, Ref, index
from chainrule.expr.walk import nodes
from chainrule.model import build
from chainrule.model.legality import check_indices, known_ranges
from chainrule.model.letters import free
from chainrule.notation.parser import parse

PATTERNS = """patterns p = 1..4
index i = 1..2, j = 1..3, k = 1..1
data x[p,i]
target y[p,k]
weight W1[j,i], b1[j], W2[k,j], b2[k]
z1[p,j] = sum_i W1[j,i]*x[p,i] + b1[j]
h[p,j] = tanh(z1[p,j])
z2[p,k] = sum_j W2[k,j]*h[p,j] + b2[k]
y_hat[p,k] = sigmoid(z2[p,k])
E[p] = sum_k (y_hat[p,k] - y[p,k])^2/2
"""

SOFTMAX = """index i = 1..2, j = 1..6, k = 0..3
data x[i], t[k]
const decay := 0.01
weight W1[j,i] ~ glorot(), b1[j] := 0, W2[k,j] ~ normal(0, 1), b2[k] := 0
fact sum_k t[k] = 1
h[j] = relu(sum_i W1[j,i]*x[i] + b1[j])
z[k] = sum_j W2[k,j]*h[j] + b2[k]
y[k] = softmax_k(z[k])
L = -(sum_k t[k]*log(y[k]))
R = sum_{j,i} W1[j,i]^2 + sum_{k,j} W2[k,j]^2
accuracy = mean sum_k t[k]*[z[k] >= max_k' z[k']]
minimise mean L + decay*R
"""

CONVOLUTION = """index n = 0..6, a = 0..4, q = 0..2, u, v = 0..2
data x[n]
target y[q]
weight K1[u], K2[v]
z[a] = sum_u K1[u]*x[a+u]
h[a] = tanh(z[a])
o[q] = sum_v K2[v]*h[q+v]
E = sum_q (o[q] - y[q])^2/2
"""

RECURRENT = """index t = 1..4, i = 1..2, j, l = 1..3
data x[t,i]
target y
weight W[j,i], U[j,l], b[j], v[j]
a[t,j] = sum_i W[j,i]*x[t,i] + sum_l [t-1 in t]*U[j,l]*tanh(a[t-1,l]) + b[j]
o = sum_j v[j]*tanh(a[4,j])
E = (o - y)^2/2
"""

BASE_LINE = """index t = 1..4, j, l = 1..3
data x[t]
target y
weight U[j,l], w[j], v[j]
h[0,j] = 0
a[t,j] = w[j]*x[t] + sum_l U[j,l]*h[t-1,l]
h[t,j] = tanh(a[t,j])
E = (sum_j v[j]*h[4,j] - y)^2
"""

TIED = """index i = 1..4, j = 1..2
data x[i]
weight W[j,i], b[j], c[i]
h[j] = tanh(sum_i W[j,i]*x[i] + b[j])
r[i] = sum_j W[j,i]*h[j] + c[i]
E = sum_i (r[i] - x[i])^2/2
"""

ATTENTION = """index s, q = 1..4, i = 1..3, j = 1..2
data x[s,i]
target y[s,j]
weight Q[j,i], K[j,i], V[j,i]
a[s,j] = sum_i Q[j,i]*x[s,i]
k[s,j] = sum_i K[j,i]*x[s,i]
v[s,j] = sum_i V[j,i]*x[s,i]
w[s,q] = softmax_q(sum_j a[s,j]*k[q,j])
o[s,j] = sum_q w[s,q]*v[q,j]
E = sum_{s,j} (o[s,j] - y[s,j])^2/2
"""

OPEN_SIZES = """index i, k
data x[i]
target t[k]
weight W[k,i]
z[k] = sum_i W[k,i]*x[i]
E = sum_k (z[k] - t[k])^2
"""

ALL = {
    "patterns": PATTERNS,
    "softmax": SOFTMAX,
    "convolution": CONVOLUTION,
    "recurrent": RECURRENT,
    "base line": BASE_LINE,
    "tied": TIED,
    "attention": ATTENTION,
    "open sizes": OPEN_SIZES,
}


@pytest.mark.parametrize("text", ALL.values(), ids=ALL)
def test_each_can_be_built_without_a_warning(text: str) -> None:
    model = build(parse(text))
    assert model.warnings == ()
    for equation in model.equations:
        assert set(free(equation.body)) <= set(equation.letters)


def test_a_goal_with_the_patterns_letter_is_averaged_over_it() -> None:
    goal = build(parse(PATTERNS)).goal
    assert goal.value == Reduce("mean", ("p",), Ref("E", (index("p"),)))
    assert (goal.name, goal.each) == ("E", "E")


def test_a_goal_may_reduce_over_the_patterns_letter_itself() -> None:
    text = "patterns p\ndata x[p]\nweight w\nE[p] = (w*x[p] - 1)^2\n"
    goal = build(parse(text + "minimise (sum_p E[p]) + 0.1*w^2")).goal
    assert (goal.name, goal.each) == ("goal", "E")
    assert build(parse(text + "minimise mean_p E[p]")).goal == build(parse(text + "minimise E[p]")).goal
    assert build(parse(text + "minimise mean E[p]")).goal == build(parse(text + "minimise E[p]")).goal


def test_quantities_that_carry_the_patterns_letter_vary() -> None:
    model = build(parse(PATTERNS))
    assert [quantity.name for quantity in model.quantities.values() if quantity.varies] == [
        "x", "y", "z1", "h", "z2", "y_hat", "E",
    ]  # fmt: skip
    assert model.pattern == "p"
    assert model.pattern_set is not None
    assert model.set_of("p") is None


def test_a_goal_with_a_penalty_names_what_it_averages() -> None:
    model = build(parse(SOFTMAX))
    assert (model.goal.name, model.goal.each, model.watched) == ("goal", "L", ("accuracy",))
    assert not model.quantities["R"].varies
    assert not model.quantities["accuracy"].varies


def test_softmax_is_written_out_with_another_letter() -> None:
    equation = build(parse(SOFTMAX)).equation("y")
    assert equation is not None
    found = [node for node in nodes(equation.body) if isinstance(node, Reduce)]
    assert [(node.operator, node.letters) for node in found] == [("logsumexp", ("k'",))]
    assert isinstance(equation.body, Call)
    assert equation.body.function == "exp"


def test_ranges_that_the_text_gives_are_known() -> None:
    assert known_ranges(build(parse(SOFTMAX))) == {"i": range(1, 3), "j": range(1, 7), "k": range(4)}
    assert known_ranges(build(parse(OPEN_SIZES))) == {}


WRONG = [
    ("convolution", "a = 0..4", "a = 0..5", "E114", "x[a+u]: x is defined over n (0..6), a+u can be 7"),
    ("convolution", "o[q] = sum_v K2[v]*h[q+v]", "o[q] = sum_v K2[v]*h[2*q+v]", "E114", "2*q+v can be 5"),
    ("recurrent", "[t-1 in t]*", "", "E114", "a[t-1,l]: a is defined over t (1..4), t-1 can be 0"),
    ("recurrent", "[t-1 in t]*", "[t > 2]*", None, ""),
    ("recurrent", "[t-1 in t]*", "[t >= 1]*", "E114", "t-1 can be 0"),
    ("recurrent", "a[t-1,l]", "a[t,l]", "E102", "a is defined by itself"),
    ("recurrent", "a[t-1,l]", "a[3,l]", "E102", "a is defined by itself"),
    ("recurrent", "a[4,j]", "a[5,j]", "E114", "a[5,j]: a is defined over t (1..4), 5 is outside"),
    ("base line", "h[0,j] = 0\n", "", "E114", "h[t-1,l]: h is defined over t (1..4), t-1 can be 0"),
    ("base line", "h[0,j] = 0", "h[1,j] = 0", "E114", "h[t-1,l]: h is defined over t (1..4), t-1 can be 0"),
    ("base line", "h[0,j] = 0", "h[0] = 0", "E110", "h has 2 indices, its base line 1"),
    ("base line", "h[0,j] = 0", "h[0,j] = w[j]*x[1]", None, ""),
    ("base line", "w[j]*x[t] +", "h[t,j]*x[t] +", "E102", "no order leads through a (line 6) reads h"),
    ("base line", "h[4,j]", "h[t,j]", "E112", "letter t in the equation of E is neither on the left nor summed"),
    ("attention", "k[q,j]", "k[j,q]", "E114", "k[j,q]: k is defined over j (1..2), q can be 3"),
    ("tied", "index i = 1..4, j = 1..2", "index i = 1..2, j = 1..4", None, ""),
    ("tied", "W[j,i]*h[j]", "W[i,j]*h[j]", "E114", "W[i,j]: W is defined over j (1..2), i can be 3"),
    ("softmax", "sum_k t[k] = 1", "sum_k z[k] = 1", "E124", "a fact cannot read z"),
    ("softmax", "minimise mean L", "minimise mean z[k]", "E108", "the goal has the index k"),
    ("patterns", "E[p] =", "E[p,i] =", "E108", "the last equation, E, has the indices [p,i]"),
    ("patterns", "b1[j]\nh", "b1[j] + mean_p x[p,1]\nh", "E113", "letter p in mean_p is already free here"),
    ("patterns", "x[p,i] + b1", "x[i,p] + b1", "E129", "the patterns' letter of x may not be shifted"),
    ("patterns", "b1[j]\nz", "b1[p]\nz", None, ""),
    ("patterns", "E[p] =", "fact sum_p y[p,1] = 1\nE[p] =", None, ""),
    ("patterns", "E[p] =", "fact sum_p' y[p',1] = x[p,1]\nE[p] =", None, ""),
    ("patterns", "E[p] =", "fact sum_p y[p,1] = x[p,1]\nE[p] =", "E113", "letter p in sum_p is already free here"),
    ("patterns", "E[p] =", "fact x[p,1] = mean y[p,1]\nE[p] =", "E113", "mean over the patterns, where p is one of"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "code", "problem"), WRONG)
def test_one_changed_line(name: str, old: str, new: str, code: str | None, problem: str) -> None:
    text = ALL[name].replace(old, new)
    if code is None:
        build(parse(text))
        return
    assert text != ALL[name]
    with pytest.raises(ModelError) as caught:
        build(parse(text))
    assert caught.value.code == code
    assert problem in caught.value.problem


def test_sizes_that_come_from_the_data_are_checked_when_they_are_known() -> None:
    model = build(parse(OPEN_SIZES.replace("sum_k (z[k] - t[k])^2", "sum_k (z[k] - t[k])^2 + sum_i W[i,1]^2")))
    check_indices(model, {"i": range(1, 3), "k": range(1, 4)})
    with pytest.raises(ModelError) as caught:
        check_indices(model, {"i": range(1, 5), "k": range(1, 4)})
    assert caught.value.code == "E114"
    assert "i can be 4" in caught.value.problem


def test_another_set_of_the_same_size_draws_a_note() -> None:
    model = build(parse("index i = 1..2, k = 1..2\nweight w[i]\nE = sum_k w[k]^2"))
    assert [warning.text for warning in model.warnings] == [
        "w is declared over i and read with k, another letter set of the same size"
    ]
