"""Names that are read by what they are called: a rate, a step, a letter; and what a rule reads of the patterns."""

import pytest

from chainrule import Model
from chainrule.errors import ChainruleError

LINE = "table x | y\n1 | 2\nweight w := 0.5\nE = ½(w·x − y)²\n"


@pytest.mark.parametrize(
    ("lines", "rate", "after"),
    [
        ("const μ := 0.5", "mu", 1.25),
        ("const mu := 0.5", "mu", 1.25),
        ("const learning_rate := 0.5", "learning_rate", 1.25),
        ("const lr := 0.5", "lr", 1.25),
        ("const lr := 0.5\nupdate θ, g\n  θ <- θ − α·g", "lr", 1.25),
        ("const μ := 0.5, α := 0.2", "alpha", 0.8),
        ("const μ := 0.5\nupdate w <- w − μ·∂E/∂w", None, 1.25),
        ("const μ := 0.5, β := 2μ", None, 0.65),
        ("const μ := 0.5, lr := 0.2", None, 0.65),
        ("const μ := 0.5\nR = μ·w\nminimise E", None, 0.65),
        ("const μ := 0.5\nf(u) = μ·u\nR = f(w)\nminimise E", None, 0.65),
        ("const μ := 0.5\nweight v in [0, μ] := 0\nR = v\nminimise E", None, 0.65),
        ("weight μ := 0.5\nR = μ\nminimise E", None, 0.65),
    ],
)
def test_a_const_called_as_a_rate_is_is_the_rate_where_nothing_reads_it(
    lines: str, rate: str | None, after: float
) -> None:
    model = Model(LINE + lines)
    assert model.network.rate == rate
    run = model.train(steps=1)
    assert run.weights["w"] == pytest.approx(after, rel=1e-14)
    told = " ".join(model.warnings)
    idle = after == 0.65 and "const" in lines
    assert ("read as the learning rate" in told) is (rate not in (None, "alpha") or idle)
    assert ("not read as" in told) is idle


def test_the_rate_can_be_set_by_its_name_and_as_the_rate() -> None:
    model = Model(LINE + "const μ := 0.5")
    assert model.train(steps=1, rate=0.25).weights["w"] == 0.875
    assert model.train(steps=1, consts={"μ": 0.25}).weights["w"] == 0.875
    assert model.train(steps=1, update="momentum").weights["w"] == 1.25


PERCEPTRON = "table x | l\n1 | 1\n-1 | 0\n2 | 0\nweight w := 0.5, b := 0\nconst α := 0.5\ns = w·x + b\no = [s > 0]\n"


def test_the_rule_of_the_perceptron_is_shown_as_it_can_be_written() -> None:
    text = PERCEPTRON + "E = ½(l − o)²\n"
    with pytest.raises(ChainruleError) as caught:
        Model(text + "update w <- w + α·(l−o)·x")
    assert caught.value.help == "write update w <- w + α·mean d, and above it d = (l − o)·x"
    model = Model(text + "d = (l − o)·x\nupdate w <- w + α·mean d\nupdate b <- b")
    assert model.network.goal.name == "E"
    w = 0.5
    for x, label in [(1, 1), (-1, 0), (2, 0), (1, 1)]:
        w += 0.5 * (label - (w * x > 0)) * x
    for engine in ("native", "reference"):
        assert model.train(steps=4, engine=engine).weights["w"] == w


def test_the_rule_of_the_perceptron_for_an_array_is_two_lines() -> None:
    text = (
        "index i = 1..2\ndata x[i]\ntarget l\nweight w[i] := 0.1\nconst α := 0.5\ns = Σ_i w[i]·x[i]\no = [s > 0]\n"
    )
    with pytest.raises(ChainruleError) as caught:
        Model(text + "E = ½(l − o)²\nupdate w <- w + α·(l−o)·x")
    rule, _, above = caught.value.help.partition("write ")[2].partition(", and above it ")
    assert (rule, above) == ("update w <- w + α·mean d", "d[i] = (l − o)·x[i]")
    rows = {"x": [[1.0, 2.0], [2.0, -1.0], [-1.0, 1.0]], "l": [1.0, 0.0, 1.0]}
    w = [0.1, 0.1]
    for step in range(5):
        x, label = rows["x"][step % 3], rows["l"][step % 3]
        o = w[0] * x[0] + w[1] * x[1] > 0
        w = [one + 0.5 * (label - o) * entry for one, entry in zip(w, x, strict=True)]
    run = Model(f"{text}E = ½(l − o)²\n{above}\nminimise sum E\n{rule}").train(steps=5, data=rows)
    assert list(run.weights["w"]) == pytest.approx(w, rel=1e-14)


@pytest.mark.parametrize(
    ("text", "code", "help"),
    [
        ("data x\nweight w\nE = (w·x)²\nΔw = −0.1·∂E/∂w", "E139", "write update w <- w - 0.1·∂E/∂w"),
        ("index k\ndata x\nweight w\nE = (w·x − Σ_k k)²", "E140", "index k = 1..3"),
        ("index p = 1..P\nweight w[p]\nE = Σ_p w[p]²", "E101", "write index p, and the data says its size"),
        ("f(x) = x²", "E100", "E = ½(f(x) − y)²"),
        ("data x\nweight w\nE = (w·x)²\nlr = 0.1", "E109", "write const lr := 0.1"),
    ],
)
def test_what_would_do_nothing_is_refused_with_what_to_write(text: str, code: str, help: str) -> None:
    with pytest.raises(ChainruleError) as caught:
        Model(text)
    assert caught.value.code == code
    assert help in caught.value.help


def test_a_letter_without_a_range_takes_its_size_from_whatever_has_it() -> None:
    assert Model("index k\ndata x[k]\nweight w\nE = Σ_k (w·x[k])²").evaluate(data={"x": [[1, 2]]}).error is not None
    assert Model("index k, m\ndata x[k]\nweight w\nE = Σ_k (w·x[k])²").network.sets[1].name == "m"
