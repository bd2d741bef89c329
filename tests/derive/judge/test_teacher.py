"""Lines as a teacher gets them, right in another spelling and wrong, over the examples and textbook networks."""

import pytest

import chainrule as cr

SOFTMAX = (
    "index c = 1..3, i = 1..2; data x[i]; target y[c]; fact Σ_c y[c] = 1; "
    "weight W[c,i] ~ normal(0, 1), b[c] := 0; z[c] = Σ_i W[c,i]·x[i] + b[c]; p[c] = softmax_c(z[c]); "
    "L = −Σ_c y[c]·log(p[c])"
)
LINEAR = (
    "patterns n; index i = 1..3; data x[n,i]; target y[n]; weight w[i] := 0.1, b := 0; "
    "ŷ[n] = Σ_i w[i]·x[n,i] + b; E = ½·mean_n (ŷ[n] − y[n])²"
)
LOGISTIC = (
    "index i = 1..2; data x[i]; target y; weight w[i] := 0.1, b := 0; s = σ(Σ_i w[i]·x[i] + b); "
    "E = −y·log(s) − (1 − y)·log(1 − s)"
)
CONVOLUTION = (
    "index p = 1..3, u = 1..2, i = 1..4; data x[i]; target t[p]; weight k[u] := [0.5, -0.2]; "
    "z[p] = Σ_u k[u]·x[p+u-1]; h[p] = relu(z[p]); E = ½Σ_p (h[p] − t[p])²"
)
RECURRENT = (
    "index t = 1..3; data x[t]; target y; weight w := 0.5, u := 0.3; h[0] = 0; "
    "h[t] = tanh(w·h[t-1] + u·x[t]); E = ½(h[3] − y)²"
)
TWO_LAYERS = (
    "index k = 1..2, j = 1..3, i = 1..2; data x[i]; target t[k]; "
    "weight V[j,i] ~ normal(0, 1), W[k,j] ~ normal(0, 1); z[j] = Σ_i V[j,i]·x[i]; h[j] = σ(z[j]); "
    "o[k] = Σ_j W[k,j]·h[j]; E = ½Σ_k (o[k] − t[k])²"
)

LINES = (
    ("identity", "∂E/∂w = (ŷ − y)·ŷ·(1 − ŷ)·x", True),
    ("identity", "∂E/∂w = (A(w·x) − x)·A'(w·x)·x", True),
    ("identity", "∂E/∂w = (ŷ − T(x))·x·ŷ − (ŷ − T(x))·x·ŷ²", True),
    ("identity", "∂E/∂w = (ŷ − y)·x·exp(−w·x)/(1 + exp(−w·x))²", True),
    ("identity", "∂E/∂w = (ŷ − y)·(1 − ŷ)·ŷ", False),
    ("identity", "w <- w − 0.5·(ŷ − y)·x·(1 − ŷ)·ŷ", True),
    ("identity", "w <- w − α·(ŷ − y)·ŷ·(1 − ŷ)·x", True),
    ("identity", "∂E/∂w = (y − ŷ)·x·(1 − ŷ)·ŷ", False),
    ("identity", "∂E/∂w = (ŷ − y)·x·ŷ/(1 − ŷ)", False),
    ("identity", "∂E/∂ŷ = ŷ − y", True),
    ("identity", "∂ŷ/∂w = ŷ·(1−ŷ)·x", True),
    ("identity", "∂E/∂w = (ŷ − y)·x²·(1 − ŷ)·ŷ", "here"),
    ("identity", "∂E/∂w = (ŷ−x)·x·(1−ŷ)·ŷ", True),
    ("identity-bias", "∂E/∂b = (ŷ − y)·ŷ·(1 − ŷ)", True),
    ("identity-bias", "∂E/∂b = (ŷ − y)·ŷ·(1 − ŷ)·x", False),
    ("identity-bias", "∂E/∂b = (ŷ − y)·(ŷ − ŷ²)", True),
    ("identity-bias", "∂E/∂w = x·∂E/∂b", True),
    ("identity-bias", "b <- b − α·∂E/∂b", True),
    ("identity-bias", "b <- b − α·∂E/∂w", False),
    ("and", "∂E/∂w1 = (ŷ − y)·ŷ·(1 − ŷ)·x1", True),
    ("and", "∂E/∂w1 = (ŷ − y)·ŷ·(1 − ŷ)·x2", False),
    ("and", "∂E/∂w2 = ∂E/∂b·x2", True),
    ("and", "∂E/∂b = ŷ³·(−1) + ŷ² + y·ŷ² − y·ŷ", True),
    ("or", "∂E/∂w2 = 2·(ŷ − y)·ŷ·(1 − ŷ)·x2", False),
    ("or", "Δw2 = −(ŷ − y)·ŷ·(1 − ŷ)·x2", True),
    ("or", "Δw2 = −α·(ŷ − y)·ŷ·(1 − ŷ)·x2", True),
    ("line", "∂E/∂w = (ŷ − y)·u", True),
    ("line", "∂E/∂w = (w·u + b − y)·(x − 400)/200", True),
    ("line", "∂E/∂w = (ŷ − y)·x", False),
    ("line", "∂E/∂w = (ŷ − y)·x/200", False),
    ("line", "∂E/∂b = ŷ − y", True),
    ("line", "∂E/∂w = w·u² + b·u − u·y", True),
    ("line", "w <- w − α·(ŷ − y)·u", True),
    ("growth", "∂E/∂a = (ŷ − y)/10·σ(c·u − b)", True),
    ("growth", "∂E/∂a = (ŷ − y)·ŷ/(100·a)", True),
    ("growth", "∂E/∂a = (ŷ − y)·σ(c·u − b)", False),
    ("growth", "∂E/∂b = −(ŷ − y)·a·σ(c·u − b)·(1 − σ(c·u − b))/10", True),
    ("growth", "∂E/∂b = (ŷ − y)·a·σ(c·u − b)·(1 − σ(c·u − b))/10", False),
    ("growth", "∂E/∂c = (ŷ − y)/100·ŷ·(1 − ŷ/(10·a))·u", True),
    ("growth", "∂E/∂c = (ŷ − y)/100·ŷ·(1 − ŷ)·u", False),
    ("mazur", "∂E/∂w1 = ((o1 − t1)·o1·(1 − o1)·w5 + (o2 − t2)·o2·(1 − o2)·w7)·h1·(1 − h1)·i1", True),
    ("mazur", "∂E/∂w1 = ((o1 − t1)·o1·(1 − o1)·w5 + (o2 − t2)·o2·(1 − o2)·w6)·h1·(1 − h1)·i1", False),
    ("mazur", "∂E/∂w5 = −(t1 − o1)·o1·(1 − o1)·h1", True),
    ("mazur", "∂E/∂w6 = (o1 − t1)·o1·(1 − o1)·h1", False),
    ("mazur", "w5 = 0.35891648", "here"),
    ("mazur", "w6 = 0.408666186", "here"),
    ("mazur", "w1 = 0.149780716", "here"),
    ("mazur", "w6 = 0.4087", "here"),
    ("mazur", "w6 = 0.4086", "here"),
    ("mazur", "w6 = 0.4089", False),
    ("mazur", "δ_o1 = (o1 − t1)·o1·(1 − o1)", True),
    ("mazur", "δ_h1 = (δ_o1·w5 + δ_o2·w7)·h1·(1 − h1)", True),
    ("mazur", "δ_h1 = (δ_o1·w5 + δ_o2·w6)·h1·(1 − h1)", False),
    ("mazur", "∂E/∂w2 = δ_h1·i2", True),
    ("mazur", "∂E/∂b2 = δ_o1 + δ_o2", True),
    ("mazur", "∂E/∂b1 = δ_h1 + δ_h2", True),
    ("mazur", "∂E/∂b1 = δ_h1", False),
    ("mazur", "E = 0.298371109", "here"),
    ("mazur", "o1 = 0.75136507", "here"),
    ("xor", "∂E/∂a1 = (ŷ − y)·ŷ·(1 − ŷ)·c1·h1·(1 − h1)·x1", True),
    ("xor", "∂E/∂a1 = (ŷ − y)·ŷ·(1 − ŷ)·c2·h1·(1 − h1)·x1", False),
    ("xor", "∂E/∂c0 = (ŷ − y)·ŷ·(1 − ŷ)", True),
    ("xor", "∂E/∂b2 = (ŷ − y)·ŷ·(1 − ŷ)·c2·h2·(1 − h2)·x2", True),
    ("xor", "∂E/∂b2 = (ŷ − y)·ŷ·(1 − ŷ)·c2·(1 − h2²)·x2", False),
    ("xor", "∂E/∂c1 = (ŷ − y)·ŷ·(1 − ŷ)·h1", True),
    (SOFTMAX, "∂L/∂z[c] = p[c] − y[c]", True),
    (SOFTMAX, "∂L/∂W[c,i] = (p[c] − y[c])·x[i]", True),
    (SOFTMAX, "∂L/∂p[c] = −y[c]/p[c]", True),
    (SOFTMAX, "∂L/∂z[c] = −y[c]/p[c]·p[c]·(1 − p[c])", False),
    (SOFTMAX, "∂L/∂z[c] = Σ_c' ∂L/∂p[c']·p[c']·([c == c'] − p[c])", True),
    (SOFTMAX, "∂L/∂z[c] = Σ_c' ∂L/∂p[c']·p[c']·([c == c'] + p[c])", False),
    (SOFTMAX, "∂L/∂W[c,i] = p[c]·x[i] − y[c]", False),
    (SOFTMAX, "∂L/∂b[c] = (p[c] − y[c])·b[c]", False),
    (SOFTMAX, "∂L/∂z[c] = exp(z[c])/(Σ_c' exp(z[c'])) − y[c]", True),
    (LINEAR, "∂E/∂w[i] = mean_n (ŷ[n] − y[n])·x[n,i]", True),
    (LINEAR, "∂E/∂w[i] = sum_n (ŷ[n] − y[n])·x[n,i]/size(n)", True),
    (LINEAR, "∂E/∂w[i] = sum_n (ŷ[n] − y[n])·x[n,i]", False),
    (LINEAR, "∂E/∂w[i] = 2·mean_n (ŷ[n] − y[n])·x[n,i]", False),
    (LINEAR, "∂E/∂b = mean_n ŷ[n] − mean_n y[n]", True),
    (LINEAR, "∂E/∂w[i] = mean_n ((Σ_i' w[i']·x[n,i'] + b − y[n])·x[n,i])", True),
    (LINEAR, "∂E/∂w[i] = mean_n (w[i]·x[n,i] + b − y[n])·x[n,i]", False),
    (LOGISTIC, "∂E/∂w[i] = (s − y)·x[i]", True),
    (LOGISTIC, "∂E/∂w[i] = ((1 − y)/(1 − s) − y/s)·s·(1 − s)·x[i]", True),
    (LOGISTIC, "∂E/∂w[i] = (s − y)·s·(1 − s)·x[i]", False),
    (LOGISTIC, "∂E/∂s = −y/s + (1 − y)/(1 − s)", True),
    (LOGISTIC, "∂E/∂s = −y/s − (1 − y)/(1 − s)", False),
    (LOGISTIC, "∂E/∂b = s − y", True),
    (LOGISTIC, "∂E/∂s = (s − y)/(s·(1 − s))", True),
    (LOGISTIC, "∂E/∂s = (s − y)/s·(1 − s)", False),
    (CONVOLUTION, "∂E/∂k[u] = Σ_p (h[p] − t[p])·[z[p] > 0]·x[p+u-1]", True),
    (CONVOLUTION, "∂E/∂k[u] = Σ_p (h[p] − t[p])·x[p+u-1]", False),
    (CONVOLUTION, "∂E/∂k[u] = Σ_p (h[p] − t[p])·relu'(z[p])·x[p+u-1]", True),
    (CONVOLUTION, "∂E/∂k[u] = Σ_p (h[p] − t[p])·[h[p] > 0]·x[p+u-1]", True),
    (CONVOLUTION, "∂E/∂z[p] = (h[p] − t[p])·[z[p] > 0]", True),
    (TWO_LAYERS, "∂E/∂V[j,i] = h[j]·(1 − h[j])·x[i]·Σ_k (o[k] − t[k])·W[k,j]", True),
    (TWO_LAYERS, "∂E/∂V[j,i] = h[j]·(1 − h[j])·x[i]·(o[k] − t[k])·W[k,j]", False),
    (TWO_LAYERS, "∂E/∂V[j,i] = x[i]·Σ_k (o[k] − t[k])·W[k,j]", False),
    (TWO_LAYERS, "∂E/∂h[j] = Σ_k (o[k] − t[k])·W[j,k]", False),
    (TWO_LAYERS, "∂E/∂W[k,j] = (o[k] − t[k])·h[j]", True),
    (TWO_LAYERS, "∂E/∂W[k,j] = (o[k] − t[k])·z[j]", False),
    (TWO_LAYERS, "∂E/∂W[k,j] = Σ_k (o[k] − t[k])·h[j]", False),
    (TWO_LAYERS, "δ[j] = σ'(z[j])·Σ_k (o[k] − t[k])·W[k,j]", True),
    (RECURRENT, "∂E/∂w = Σ_t ∂E/∂h[t]·(1 − h[t]²)·h[t-1]", True),
    (RECURRENT, "∂E/∂w = (h[3] − y)·(1 − h[3]²)·h[2]", False),
    (RECURRENT, "∂E/∂u = Σ_t ∂E/∂h[t]·(1 − h[t]²)·x[t]", True),
    (RECURRENT, "∂E/∂h[3] = h[3] − y", True),
    (RECURRENT, "∂E/∂h[2] = (h[3] − y)·(1 − h[3]²)·w", True),
    (RECURRENT, "∂E/∂h[2] = (h[3] − y)·w", False),
    (RECURRENT, "∂E/∂h[1] = (h[3] − y)·(1 − h[3]²)·w·(1 − h[2]²)·w", True),
)  # fmt: skip
"""The network, the line, and the verdict, each by hand."""

MODELS: dict[str, cr.Model] = {}


def model(name: str) -> cr.Model:
    """A network by its text, or an example by its name."""
    if name not in MODELS:
        MODELS[name] = cr.Model(name.replace("; ", "\n")) if "; " in name else cr.example(name)
    return MODELS[name]


@pytest.mark.parametrize(("name", "line", "verdict"), LINES)
def test_a_line_gets_its_verdict(name: str, line: str, verdict: object) -> None:
    answer = model(name).check(line)
    assert answer.equal is verdict or answer.equal == verdict == "here", answer.sentence


def test_most_slips_are_named() -> None:
    wrong = [(name, line) for name, line, verdict in LINES if verdict is False]
    named = [line for name, line in wrong if model(name).check(line).slip is not None]
    assert len(named) >= 0.85 * len(wrong)
