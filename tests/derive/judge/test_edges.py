"""Lines that differ from the truth only exactly on a kink or at single points, and numbers too small for floats."""

import re

import pytest

import chainrule as cr

RELU = "data x; target y; weight w := 0.5, v := 0.7; z = w·x; h = relu(z); ŷ = v·h; E = ½(ŷ − y)²"
ABS = "data x; target y; weight w := 1; E = abs(w·x − y)"
HINGE = "data x; target y; weight w := 1; E = max(0, 1 − y·w·x)"
HUBER = "data x; target y; weight w := 0; e = w·x − y; E = if(abs(e) < 1, ½e², abs(e) − ½)"
MANY = "index j = 1..3; data x[j]; target y; weight w[j] := 0.5; o = Σ_j relu(w[j]·x[j] − 1); E = ½(o − y)²"
FAR = "data x; target y; weight w := 1; q = σ(w·x − 60); E = ½(q − y)²"

EDGES = (
    (RELU, "∂E/∂w = (ŷ − y)·v·x·[z > 0]", True, False),
    (RELU, "∂E/∂w = (ŷ − y)·v·x·[z >= 0]", True, True),
    (RELU, "∂E/∂w = (ŷ − y)·v·x·if(z < 0, 0, 1)", True, True),
    (RELU, "∂E/∂w = ((ŷ − y)·v·[z > 0]·x)·x/x", True, False),
    (RELU, "∂E/∂v = (ŷ − y)·h", True, False),
    (RELU, "∂E/∂v = (ŷ − y)·h + [z == 0]", False, False),
    (RELU, "∂E/∂v = (ŷ − y)·h + [w == 3]", False, False),
    (RELU, "∂E/∂v = (ŷ − y)·h·[x != 1]", False, False),
    (HUBER, "∂E/∂w = max(min(e, 1), −1)·x", True, False),
    (HUBER, "∂E/∂w = ([abs(e) < 1]·e + [abs(e) >= 1]·sign(e))·x", True, False),
    (HUBER, "∂E/∂w = ([abs(e) < 1]·e + [abs(e) > 1]·sign(e))·x", False, False),
    (ABS, "∂E/∂w = sign(w·x − y)·x", True, False),
    (ABS, "∂E/∂w = if(w·x > y, x, −x)", True, True),
    (ABS, "∂E/∂w = (w·x − y)/abs(w·x − y)·x", True, True),
    (HINGE, "∂E/∂w = −y·x·[y·w·x < 1]", True, True),
    (MANY, "∂E/∂w[j] = (o − y)·[w[j]·x[j] > 1]·x[j]", True, False),
    (MANY, "∂E/∂w[j] = (o − y)·[w[j]·x[j] >= 1]·x[j]", True, True),
)  # fmt: skip
"""The line, whether it is right where there is a derivative, and whether it differs from a step on a kink."""


@pytest.mark.parametrize(("text", "line", "right", "differs"), EDGES)
def test_what_differs_on_a_kink_is_told(text: str, line: str, right: bool, differs: bool) -> None:
    answer = cr.Model(text.replace("; ", "\n")).check(line)
    assert answer.equal is right, answer.sentence
    assert ("on a kink" in answer.sentence) is differs, answer.sentence


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("∂E/∂w = (q − y)·q·(1 − q)·x", True),
        ("∂E/∂w = (q − y)·(q − q²)·x", True),
        ("∂E/∂w = (q − y)·q·(1 − q)", False),
        ("∂E/∂w = (q − y)·q·x", False),
    ],
)
def test_numbers_near_0_are_compared_with_more_digits(line: str, right: bool) -> None:
    """σ(−60) is 10⁻²⁶: no difference of such numbers is taken for rounding."""
    assert cr.Model(FAR.replace("; ", "\n")).check(line).equal is right


OVER = """index j = 1..3, i = 1..2
data x[i]
target y
table x[1] x[2] | y
1 2 | 1
0.5 -1 | 0
weight W[j,i] ~ normal(0, 1), v[j] ~ normal(0, 1)
const α := 0.1
h[j] = tanh(Σ_i W[j,i]·x[i])
ŷ = Σ_j v[j]·h[j]
E = ½(ŷ − y)²
update θ, g
  θ <- θ − α·g/max_θ abs(g)"""
V, W = "(ŷ − y)·h[j]", "(ŷ − y)·v[j]·(1 − h[j]²)·x[i]"


@pytest.mark.parametrize(
    ("line", "right"),
    [
        (f"v[j] <- v[j] − α·{V}/max(max_j abs({V}), max_{{j,i}} abs({W}))", True),
        (f"v[j] <- v[j] − α·{V}/max_j abs({V})", False),
        (f"v[j] <- v[j] − α·{V}/max_{{j,i}} abs({W})", False),
    ],
)
def test_a_rule_over_all_weights(line: str, right: bool) -> None:
    assert cr.Model(OVER).check(line).equal is right


DEEP = (
    "data x; target y; weight w := 2, b := 0, v := 2, u := 1.5; z = ½·w·x − 0.5; h = max(0, z); q = v·h + b·x; "
    "g = max(0, q); o = u·g + h; E = max(0, 1 − y·o)"
)
APART = (
    "data x; target y; weight w := 0, v := 2, u := 4; z = w·x; h = relu(z); q = v·h − 1; g = max(0, q); o = u·g + h; "
    "E = abs(o − y)"
)
BESIDE = (
    *((DEEP, f"∂E/∂v = h·u·(−y)·[1 − y·o > 0]·[q {much} > 0]") for much in ("+ 7", "+ 1e-5", "− 1", "− 0.001")),
    *((DEEP, f"∂E/∂v = h·u·(−y)·[{one} − y·o > 0]·[q > 0]") for one in (2, 1.2, 1.001, 0.999, 0.7)),
    (DEEP, "∂E/∂v = h·u·(−y)·[1 − y·o > 0]·[z > 0.1]·[q > 0]"),
    (APART, "∂E/∂v = h·[q > 0]·u·sign(o − u)"),
    (APART, "∂E/∂v = h·[q > 0]·u·sign(o − v)"),
    *((APART, f"∂E/∂v = h·[q > 0]·u·sign(o − y {much})") for much in ("+ 1", "+ 0.01", "− 0.1")),
    *((APART, f"∂E/∂v = h·[q {much} > 0]·u·sign(o − y)") for much in ("+ 1", "+ 0.01", "− 0.1")),
)
"""A kink of the line lies beside one of the network: it is wrong between the two alone, where few points lie."""


@pytest.mark.parametrize(("text", "line"), BESIDE)
def test_a_kink_that_lies_beside_is_wrong(text: str, line: str) -> None:
    """And a number is told to stand for another only if the line with that number is right."""
    model = cr.Model(text.replace("; ", "\n"))
    answer = model.check(line)
    assert answer.equal is False, answer.sentence
    assert "is 1 times" not in answer.sentence
    said = re.search(r"the number (\S+) is wrong: with (\S+) the line holds", answer.sentence)
    if said is not None:
        told = [line[: one.start()] + said[2] + line[one.end() :] for one in re.finditer(re.escape(said[1]), line)]
        assert any(model.check(mended).equal for mended in told), told


FLAT_DATA = (
    "data x; target y; table x | y; 3 | 2; weight w := 4, b := 1.5, v := 0.5, u := 1.5; z = w·x² + b; h = tanh(z); "
    "q = v·h + b·x; g = tanh(q); o = g + u; E = ½(o − y)²"
)
LEAKY = (
    "data x; target y; table x | y; 1 | 0; 2 | 1; weight w := 1, b := 0.5; q = w·x + b; o = if(q > 0, q, 0.1·q); "
    "E = ½(o − y)²"
)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (FLAT_DATA, "∂E/∂b = (o − y)·(1 − g²)·((1 − h²) + x)"),
        (FLAT_DATA, "∂E/∂b = (o − y)·(1 − g²)·x"),
        (FLAT_DATA, "∂E/∂w = (o − y)·(1 − g²)·(1 − h²)·x²"),
        (FLAT_DATA.replace("tanh(z)", "σ(z)"), "∂E/∂b = (o − y)·(1 − g²)·(h·(1 − h) + x)"),
        (LEAKY, "∂E/∂w = (o − y)·if(q > 0, 1, 1.1)·x"),
        (LEAKY, "∂E/∂b = (o − y)·if(q > 0, 1, 0.5)"),
    ],
)
def test_what_does_not_show_on_the_data_is_wrong_all_the_same(text: str, line: str) -> None:
    """A unit that is saturated on all patterns at most weights, and a number in a branch that no pattern takes."""
    answer = cr.Model(text.replace("; ", "\n")).check(line)
    assert answer.equal is False, answer.sentence


CORNER = (
    "data x; target y; weight w := 1, b := −0.5, v := 1, u := −1; z = ½·w·x − 1; h = max(z, ½·z); q = v·h + b·x; "
    "g = max(q, ½·q); E = (g + u − y)²"
)


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("∂E/∂w = 2·(g + u − y)·([q > 0] + ½·[q < 0])·v·([z > 0] + ½·[z < 0])·½·x", True),
        ("∂E/∂w = 2·(g + u − y)·if(q > 0, 1, ½)·v·if(z > 0, 1, ½)·½·x", True),
        ("∂E/∂w = 2·(g + u − y)·if(q > 0, 1, ½)·v·½·x", False),
        ("∂E/∂w = 2·(g + u − y)·v·if(z > 0, 1, ½)·½·x", False),
    ],
)
def test_on_two_kinks_at_once_nothing_is_told(line: str, right: bool) -> None:
    """There the slopes of both sides may agree, and a line that is right beside it give another number."""
    answer = cr.Model(CORNER.replace("; ", "\n")).check(line)
    assert answer.equal is right, answer.sentence
