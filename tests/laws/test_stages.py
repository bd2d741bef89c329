"""Random texts through every stage, and the texts that once met a fault on the way."""

from pathlib import Path

import pytest
from tests.laws.stages import Guard, Through, text_of, through

import chainrule as cr

SEEDS = range(28)

LEGAL = {
    "a function that does not use its argument": "g(u) = 3\nweight v := 2\nE = g(v)",
    "and one that uses one of two": "g(a, b) = b²\nconst k := 2\nweight v := 2\nE = g(v, k) + v",
    "letters, and no weight": "index i = 1..3\ndata x[i] in {0, 1}\nE = Σ_i x[i]²",
    "a goal that no weight moves": "index i = 1..2\nweight u[i] := 1\nh[i] = u[i]²\nE = sigmoid(3)\nminimise E",
    "sin of a large number": "weight w := 1e16\nE = sin(w)",
    "a weight as goal": "weight w := 1\nE = w²\nminimise w",
    "a weight as goal, with data": "data x in {1, 2}\nweight w := 1\nE = w·x\nmaximise w",
    "data as goal": "data x in {1, 2}\nweight w := 1\nE = w·x\nminimise x",
    "a const as goal": "const c := 2\nweight w := 1\nE = w·c\nminimise c",
    "a number as goal": "weight w := 1\nE = w\nminimise 3",
    "a sum of weights as goal": "index i = 1..2\nweight W[i] := 1\nE = Σ_i W[i]²\nminimise Σ_i W[i]",
    "steps as long as numbers go": "data x in {1}\nweight u := 1e150, v := 1\nconst α := 1e150\nE = u·v·x",
    "three minus signs": "data x in {2}\nweight u := 0.3\nh = u²\nE = -(-(-(h)))·x",
    "weights as large as numbers go": "weight u := 10\nweight v := 1e308\nE = v",
    "weights whose squares overflow": "weight u := -1e150\nweight v := 1\nE = u·v\nminimise E²",
    "the slope of a function of data": "A(u) = tanh(u)\ndata x in {0.5, -1}\nweight w := 2\nE = (A'(x)·w)²",
    "the slope of a known function": "data x in {0.5, -1}\nweight w := 2\nE = (sigmoid'(x)·w)²",
    "a quantity whose square overflows": "weight b := 1\nx = 1e200\nE = (x·b)²",
    "a const computed by a function": "const c := gelu(-1)\nweight w := 1\nE = (w − c)²",
    "a line with an equality in it": "index j = 1..3\nweight u := 0.5\nE = prod_j (u²)",
    "and one inside another bracket": "weight u := 0.5, v := 1\nconst c := 1\nE = max(v·max(u, c), v)",
    "a bracket under a bracket": "index t = 1..3\nweight v[t] := 0.5\nE = (Σ_t v[t]·relu(v[t]))²",
    "numbers beyond a million": "index i = 1..2\nweight u[i] := 1\nconst k := -1e6\nh[i] = 2·k·1e12\nE = h[1]·u[1]",
    "a quantity of no use that large": "index i = 1..2\nweight u[i] := 1\nconst k := 1e30\nE = (k − k)·u[1]",
    "read by letters of another set": "index t = 1..1, l = 0..0\nweight w := 0.5, v[t] := 0.3\nz[0] = w\n"
    "z[t] = tanh(w·z[t-1])\ny[t] = Σ_l v[t]·z[l]\nE = y[1]²",
    "a quantity without a value that no goal reads": "weight v := 3\nh = sigmoid(v) + v^(1/3)\nE = [h > 0.3]",
    "patterns without a letter": "data x in {1, 2}\ntarget y = x\nweight w := 0.5\nE = (w·x − y)²\n"
    "minimise E + 0.1·w²",
    "an equation that is a derivative": "data x in {1, 2}\nweight w := 0.5\nE = (w·x − 1)²\nD = ∂²E/∂w²\n"
    "minimise mean E",
    "base lines along a letter of another set": "index l = 1..3, j = 2..3\nweight v[j] := 0.5\nc[1] = 1\n"
    "c[j] = v[j]\nE = (Σ_l c[l])²",
    "sets that meet in one name": "index t = 2..4, k = 2..4\nweight v[t] := 0.5\nc[k] = if(k-1 in k, c[k-1], v[k])\n"
    "E = c[4]²",
    "a quantity without a value that nothing reads": "data x in {1}\nweight u := 1\nh = 1/[x > 10]\nE = u\n"
    "maximise x",
    "a sum over a range": "index u = 1..2, q = 1..3, p = 1..4\nweight x[p] := 0.2, k[u] := 0.5\n"
    "z[q] = Σ_u k[u]·x[q+u-1]\nE = Σ_q z[q]²",
    "a mean over no patterns": "weight v := 2\nE = v²\nminimise mean E + 0.1·E",
    "and of what no weight moves": "weight u := 1, v := 2\nE = v\nmaximise mean E + 0.1·E",
    "a rate beyond all that is tried": "index i = 1..2\nweight v[i] := 1\nconst α := 1e16\nE = Σ_i v[i]",
}


@pytest.fixture(scope="module")
def guard() -> Guard:
    return Guard()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_text_is_answered_or_refused(seed: int, guard: Guard) -> None:
    """And leads to nothing that an audit hook forbids: the whole way of each tenth, machine code and films too."""
    text = text_of(seed)
    assert through(text, guard, whole=seed % 10 == 0).faults == [], text


def test_the_guard_hears(guard: Guard, tmp_path: Path) -> None:
    way = Through("E = 1", guard)
    way.at("planted", lambda: compile("1", "text", "eval"))
    way.at("planted", lambda: (tmp_path / "none").exists() or (tmp_path / "text").write_text("x", "utf-8"))
    assert ["led to compile" in one or "led to open" in one for one in way.faults] == [True, True]


@pytest.mark.parametrize("text", LEGAL.values(), ids=LEGAL)
def test_what_once_met_a_fault(text: str) -> None:
    assert through(text).faults == []


def test_a_wrong_line_about_large_numbers_is_wrong() -> None:
    """A slope of 10¹⁸ is no jump: where the numbers of a model are large, a jump is larger still."""
    model = cr.Model("index i = 1..2\nweight u[i] := 1\nconst k := -1e6\nh[i] = 2·k·1e12\nE = h[1]·u[1]")
    assert model.check("∂E/∂u[i] = [i = 1]·h[1]").equal
    for line in ("∂E/∂u[i] = 0", "∂E/∂u[i] = h[1]", "∂E/∂u[i] = [i = 1]·h[1]·1.001", "∂E/∂u[i] = [i = 2]·h[1]"):
        assert not model.check(line).equal, line


def test_a_mean_without_patterns_is_derived() -> None:
    model = cr.Model("weight v := 2\nE = v²\nminimise mean E + 0.1·E")
    assert model.derive("v").last().endswith("= mean 2·v + 1/5·v")
    assert model.check("∂goal/∂v = 2.2·v").equal
    assert not model.check("∂goal/∂v = 2·v").equal


@pytest.mark.parametrize(("line", "equal"), [
    ("∂E/∂w = 2·(w·x[p] − y[p])·x[p]", True),
    ("∂E/∂w = 2·(w·x[p] − y[p])·y[p]", False),
    ("∂goal/∂w = mean_p 2·(w·x[p] − y[p])·x[p] + 0.2·w", True),
    ("∂goal/∂w = Σ_p 2·(w·x[p] − y[p])·x[p]/size(p) + 0.2·w", True),
    ("∂goal/∂w = Σ_p 2·(w·x[p] − y[p])·x[p] + 0.2·w", False),
    ("∂goal/∂w = mean 2·(w·x − y)·x + 0.2·w", True),
])  # fmt: skip
def test_the_letter_that_derivations_give_the_patterns_is_read(line: str, equal: bool) -> None:
    model = cr.Model("table x | y\n  1 | 2\n  2 | 1\nweight w := 0.5\nE = (w·x − y)²\nminimise mean E + 0.1·w²")
    assert model.check(line).equal is equal


def test_a_weight_as_goal_is_lowered() -> None:
    run = cr.Model("weight w := 1\nE = w²\nminimise w").train(steps=3, rate=0.5)
    assert (run.weights["w"], run.error) == (-0.5, -0.5)
    assert run.trace["error"].tolist() == [1.0, 0.5, 0.0, -0.5]


def test_a_function_that_does_not_use_its_argument_has_slope_0() -> None:
    model = cr.Model("g(u) = 3\nweight v := 2\nE = g(v)")
    assert model.derive("v").result == "0"
    assert model.check("∂E/∂v = 0").equal
    assert model.evaluate().gradient["v"] == 0.0


@pytest.mark.parametrize("call", ["train", "explain"])
@pytest.mark.parametrize("text", ["x1 = 0.5\nw = 0.1\nE = x1·w", "index i = 1..3\ndata x[i] in {0, 1}\nE = Σ_i x[i]²"])
def test_without_a_weight_nothing_is_trained(text: str, call: str) -> None:
    with pytest.raises(cr.UsageError) as caught:
        getattr(cr.Model(text), call)()
    assert caught.value.code == "E453"
    assert "no weight" in caught.value.problem


def test_the_law_finds_a_fault() -> None:
    """A stage that breaks, and one that says that the package is at fault, are both told of."""
    way = through("weight w := 1\nE = w²")
    assert way.faults == []
    way.at("planted", lambda: [][0])
    way.at("planted", lambda: (_ for _ in ()).throw(cr.BrokenPass("a pass", "it went wrong")))
    assert [one.split(":")[0] for one in way.faults] == ["planted", "planted"]
