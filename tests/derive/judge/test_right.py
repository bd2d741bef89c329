"""Right lines, written in many ways, are never called wrong."""

import pytest

import chainrule

from .conftest import model

RIGHT = {
    "identity": (
        "∂E/∂w = (ŷ − y)·x·(1 − ŷ)·ŷ",
        "d(E)/d(w) = (y_hat - y)*x*(1 - A(w*x))*A(w*x)",
        "dE/dw = −(y − ŷ)·ŷ·(1 − ŷ)·x",
        "∂E/∂w = (ŷ − y)·A'(w·x)·x",
        "∂E/∂w = (ŷ − y)·x·exp(−w·x)/(1 + exp(−w·x))²",
        "∂E/∂w = (A(w·x) − T(x))·x·(ŷ − ŷ²)",
        "∂E/∂w = (ŷ − x)·x·(1 − ŷ)·ŷ",
        "∂E/∂w = ∂E/∂ŷ·x·(1 − ŷ)·ŷ",
        "δ = (ŷ − y)·ŷ·(1 − ŷ)",
        "∂E/∂w = δ·x",
        "∂E/∂ŷ = ŷ − y",
        "partial(E)/partial(y) = y − ŷ",
        "∂E/∂y = −(ŷ − y)",
        "w <- w − α·(ŷ − y)·x·(1 − ŷ)·ŷ",
        "w_new = w + α·(y − ŷ)·x·(1 − ŷ)·ŷ",
        "w ← w − 0.5·∂E/∂w",
        "Δw = −α·∂E/∂w",
        "∂ŷ/∂w = x·ŷ·(1 − ŷ)",
        "∂E/∂w = mean (ŷ − y)·x·(1 − ŷ)·ŷ",
        "ŷ = σ(w·x)",
        "E = (ŷ − y)²/2",
    ),
    "tanh": (
        "∂E/∂w = (ŷ − y)·v·(1 − h²)·x",
        "∂E/∂w = (ŷ − y)·v·(1 − tanh(z)^2)·x",
        "∂E/∂w = (ŷ − y)·v·x/cosh(z)²",
        "∂E/∂w = (v·h − y)·v·(1 − h)(1 + h)·x",
        "∂E/∂w = ∂E/∂z·∂z/∂w",
        "∂E/∂z = (ŷ − y)·v·(1 − h²)",
        "∂E/∂b = δ",
        "∂E/∂v = h·ŷ − h·y",
        "∂E/∂h = v·(ŷ − y)",
    ),
    "square": (
        "∂E/∂w = x·(w·x + b − y)",
        "∂E/∂w = w·x² + b·x − x·y",
        "∂E/∂b = 2·½·(z − y)",
        "∂z/∂b = 1",
        "∂E/∂w = x·∂E/∂b",
        "w <- (1 − α·x²)·w − α·x·(b − y)",
    ),
    "mazur": (
        "∂E/∂w5 = (o1 − t1)·o1·(1 − o1)·h1",
        "∂E/∂w5 = −(t1 − o1)·o1·(1 − o1)·h1",
        "∂E/∂w1 = ((o1 − t1)·o1·(1 − o1)·w5 + (o2 − t2)·o2·(1 − o2)·w7)·h1·(1 − h1)·i1",
        "δ_h1 = (δ_o1·w5 + δ_o2·w7)·h1·(1 − h1)",
        "∂E/∂w1 = δ_h1·i1",
        "w5 <- w5 − α·δ_o1·h1",
    ),
    "xor": ("∂E/∂a1 = (ŷ − y)·ŷ·(1 − ŷ)·c1·h1·(1 − h1)·x1", "∂E/∂c0 = (ŷ − y)·ŷ·(1 − ŷ)"),
    "exp": ("∂E/∂k = (ŷ − y)·a·exp(k·x)·x", "∂E/∂k = (ŷ − y)·ŷ·x", "∂E/∂a = (ŷ − y)·ŷ/a"),
    "decay": ("∂E/∂k = −(ŷ − y)·x²·ŷ", "∂E/∂k = (y − ŷ)·x·x·exp(−k·x²)"),
    "logistic": (
        "∂E/∂w = (q − y)·x",
        "∂E/∂z = q − y",
        "∂E/∂q = (1 − y)/(1 − q) − y/q",
        "∂E/∂q = (q − y)/(q·(1 − q))",
        "∂E/∂b = σ(z) − y",
    ),
    "rational": ("∂E/∂c = −(ŷ − y)·a·x/(c + x)²", "∂E/∂c = (y − ŷ)·ŷ/(c + x)", "∂E/∂a = (ŷ − y)·x/(c + x)"),
    "both": ("∂E/∂w = (ŷ − y)·((1 − h²)·x + 1)", "∂E/∂w = (ŷ − y)·(1 − h²)·x + (ŷ − y)"),
    "relu": ("∂E/∂w = (ŷ − y)·v·[z > 0]·x", "∂E/∂w = if(z > 0, (ŷ − y)·v·x, 0)"),
    "batch": ("∂E/∂w = 2·mean_p (ŷ[p] − y[p])·x[p]", "∂E/∂b = (2/size(p))·sum_p (ŷ[p] − y[p])"),
    "05": (
        "∂E/∂W1[j,i] = sum_p δ1[p,j]·x[p,i]",
        "∂E/∂W1[j,i] = Σ_p ∂E/∂z1[p,j]·x[p,i]",
        "δ1[p,j] = (1 − h[p,j]²)·sum_k δ2[p,k]·W2[k,j]",
        "δ2[p,k] = (ŷ[p,k] − y[p,k])·ŷ[p,k]·(1 − ŷ[p,k])",
        "∂E/∂b1[j] = sum_p δ1[p,j]",
        "W2[k,j] <- W2[k,j] − α·sum_p δ2[p,k]·h[p,j]",
    ),
    "07": (
        "∂E/∂z[p,k] = (y[p,k] − t[p,k])/size(p)",
        "∂E/∂W[k,i] = mean_p (softmax_k(z[p,k]) − t[p,k])·x[p,i]",
        "∂E/∂b[k] = sum_p (y[p,k] − t[p,k])/size(p)",
    ),
    "08": (
        "∂E/∂W2[k,j] = mean_p (softmax_k(z2[p,k]) − t[p,k])·h[p,j] + 2·decay·W2[k,j]",
        "∂E/∂z1[p,j] = [z1[p,j] > 0]·∂E/∂h[p,j]",
    ),
}

NUMBERS: tuple[tuple[str, str, dict[str, int], str], ...] = (
    ("identity", "∂E/∂w = -0.0887", {}, "for pattern 1"),
    ("identity", "∂E/∂w = 0", {"pattern": 0}, "pattern 0"),
    ("identity", "∂E/∂w = −0.08872", {"pattern": 1}, "pattern 1"),
    ("identity", "∂E/∂w = -0.04436", {}, "mean"),
    ("identity", "w = 0.5444", {}, "pattern 1"),
    ("identity", "w <- 0.5", {"pattern": 0}, "pattern 0"),
    ("identity", "w = 0.5443", {}, "cut off"),
    ("identity", "ŷ = 0.62", {}, "pattern 1"),
    ("identity", "∂E/∂w = (0.6225 − 1)·0.2350·1", {}, "pattern 1"),
    ("mazur", "∂E/∂w5 = 0.082167041", {}, ""),
    ("mazur", "w5 = 0.35891648", {}, ""),
    ("mazur", "w1 = 0.149780716", {}, ""),
    ("mazur", "E = 0.298371109", {}, ""),
    ("mazur", "h1 = 0.5933", {}, ""),
    ("mazur", "δ_o1 = 1.385e-1", {}, ""),
)


def test_there_are_fifty_lines_over_eight_models() -> None:
    assert sum(map(len, RIGHT.values())) >= 50
    assert len(RIGHT) >= 8


@pytest.mark.parametrize(("name", "line"), [(name, line) for name, lines in RIGHT.items() for line in lines])
def test_a_right_line_is_called_right(name: str, line: str, models: dict[str, chainrule.Model]) -> None:
    answer = models.setdefault(name, model(name)).check(line)
    assert answer.equal, answer.sentence
    assert answer.slip is None
    assert answer.sentence.startswith("Equal")


@pytest.mark.parametrize(("name", "line", "more", "said"), NUMBERS)
def test_a_right_number_is_called_right_and_says_of_what(name: str, line: str, more: dict[str, int], said: str) -> None:
    answer = model(name).check(line, **more)  # type: ignore[arg-type]
    assert answer.equal, answer.sentence
    assert said in answer.sentence


def test_a_line_that_holds_on_the_data_alone_says_so() -> None:
    answer = model("identity").check("∂E/∂w = (ŷ − y)·x²·(1 − ŷ)·ŷ")
    assert answer.equal
    assert answer.slip == "factor-twice"
    assert "on the given data, for every weight, but not in general" in answer.sentence


FACTS = {
    "of the patterns": ("data x\ntarget y\nfact sum y = {n}\nweight w := 0.3\nE = w·y\nJ = sum E", "∂J/∂w = {n}"),
    "of declared patterns": (
        "patterns p\ndata x[p]\ntarget y[p]\nfact sum_p y[p] = {n}\nweight w := 0.3\nE[p] = w·y[p]\nJ = sum_p E[p]",
        "∂J/∂w = {n}",
    ),
    "of a letter": ("index k = 1..3\ntarget t[k]\nfact Σ_k t[k] = {n}\nweight w\nE = Σ_k w·t[k]", "∂E/∂w = {n}"),
}


@pytest.mark.parametrize("n", ["1", "2", "0.5"])
@pytest.mark.parametrize("text, line", FACTS.values(), ids=FACTS)
def test_facts_of_any_sum_hold_where_a_line_is_judged(text: str, line: str, n: str) -> None:
    own = chainrule.Model(text.format(n=n))
    assert own.check(line.format(n=n)).equal is True
    assert own.check(line.format(n=f"{n}·w/w")).equal is True
    assert own.check(line.format(n=f"2·{n}·w/w")).equal is False
