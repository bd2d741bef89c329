"""Lines that were graded wrongly once, and others of their kinds, each with its verdict: by hand, or by NumPy."""

import pytest

import chainrule as cr
from chainrule.derive.judge import SLIPS

RELU = """index j = 1..2
table x | y
1 | 1
2 | 0
weight u[j] := [0.5, -0.4], v[j] := [0.3, 0.6]
h[j] = relu(u[j]·x)
ŷ = Σ_j v[j]·h[j]
E = ½(ŷ − y)²"""
SHUT = "table x | y\n3 | 1\nweight w := 4, v := 1.5\nŷ = v·relu(½w·x − 2)\nE = ½(ŷ − y)²"
FAR = "table x | y\n2 | 1\nweight w := 1, v := 1\nŷ = v·relu(w·x − 40)\nE = ½(ŷ − y)²"
TWICE = "data x; target y; weight w := 1, v := 2, u := 1; h = relu(w·x − 3); g = relu(v·h − 3); ŷ = u·g; E = ½(ŷ − y)²"
CASES = "data x; target y; weight w := 0; z = w·x; h = if(z > 1, z², 2·z − 1); E = ½(h − y)²"
POOL = "index j = 1..3; data x[j]; target y; weight w[j] := 0.5; z[j] = w[j]·x[j]; m = max_j z[j]; E = ½(m − y)²"
FLOOR = "data x; target y; weight w := 0.4; ŷ = w·(x − floor(x)); E = ½(ŷ − y)²"
CLIP = "data x; target y; weight w := 0; ŷ = min(max(w·x, −1), 1); E = ½(ŷ − y)²"
HUBER = "data x; target y; weight w := 0; e = w·x − y; E = if(abs(e) < 1, ½e², abs(e) − ½)"
CONVOLUTION = """index p = 1..3, u = 1..2, i = 1..4
data x[i]
target t[p]
table x[1] x[2] x[3] x[4] | t[1] t[2] t[3]
1 0 2 3 | 0 1 1
weight k[u] := [0.5, -0.2]
z[p] = Σ_u k[u]·x[p+u-1]
E = ½Σ_p (z[p] − t[p])²"""
RIDGE = "table x | y\n1 | 3\n2 | 1\nweight w := 1\nconst λ := 0.5, η := 0.1\nE = ½(w·x − y)²\nminimise mean E + ½λ·w²"
LASSO = "table x | y\n2 | 1\nweight w := 1\nconst λ := 0.5, η := 0.1\nE = ½(w·x − y)²\nminimise mean E + λ·abs(w)"
UP = "table x | y\n2 | 1\nweight w := 1\nconst η := 0.1\nL = −½(w·x − y)²\nmaximise mean L − w²"
PARTS = "weight a := 1, b := 2; const η := 0.1; E = a²·b; minimise E + b²"
SOFTMAX = """index c = 1..3, i = 1..2
data x[i]
target y[c]
fact Σ_c y[c] = 1
weight W[c,i] ~ normal(0, 1), b[c] := 0
z[c] = Σ_i W[c,i]·x[i] + b[c]
p[c] = softmax_c(z[c])
E = −Σ_c y[c]·log(p[c])"""
UNNAMED = SOFTMAX.replace("z[c] = ", "").replace("Σ_i W[c,i]·x[i] + b[c]\np[c] = softmax_c(z[c])",
                                                 "p[c] = softmax_c(Σ_i W[c,i]·x[i] + b[c])")  # fmt: skip
BARE = SOFTMAX.replace("fact Σ_c y[c] = 1\n", "")
ONE_HOT = BARE + "\ntable x[1] x[2] | y[1] y[2] y[3]\n1 2 | 0 1 0\n0.5 1 | 1 0 0"
LINEAR = "data x; target y; weight w := 0.5, v := 0.3; h = tanh(w·x); ŷ = v·h; E = ½(ŷ − y)²"
SIGMOID = "data x; target y; weight w := 0.5; q = 1/(1 + exp(−w·x)); E = ½(q − y)²"
HINGE = "data x1; target y; weight θ1 := 0.3, b := 0.1; const λ := 0.1; f = θ1·x1 + b; E = max(0, 1 − y·f) + λ·θ1²"
FOUR = "index i = 1..4; data x[i]; target t[i]; weight w := 0.5; y[i] = w·x[i]; E = ½·mean_i (y[i] − t[i])²"
NEURON = "table O1 O2 | t\n1.0 0.5 | 1\nweight w1 := 2, w2 := 0.6\no = σ(w1·O1 + w2·O2)\nE = (t − o)²"
SWISH = "data z; weight a := 1; q = a·z·σ(z); E = q"
PRODUCT = "data x; weight w := 0.5; E = sin(w·x)·exp(w)"
BOX = "table x | y\n1 | 3\nweight w in [0, 1] := 0.5\nconst α := 1\nE = ½(w·x − y)²"
LOW = "table x | y\n1 | 1\nweight w in [0.2, 5] := 0.5\nconst α := 1\nE = (w·x + y)²"
SATURATED = "data x in {1}; target y in {1}; weight w := 40; q = σ(w·x); E = −(y·log(q) + (1 − y)·log(1 − q))"
CERTAIN = "data x in {1}; target y in {0}; weight w := 800; q = σ(w·x); E = −(y·log(q) + (1 − y)·log(1 − q))"
ZEROS = "table x | y\n0 | 0\n0 | 1\n1 | 2\nweight w := 0, v := 0\nh = relu(w·x)\nŷ = v·h\nE = ½(ŷ − y)²"
WHOLE = "table x | y\n1 | 3\n2 | 1\nweight w := 1\nconst λ := 0.1\nŷ = w*x\nL = mean (ŷ−y)²\nJ = L + λ*w²\nminimise J"
JACOBIAN = BARE.replace("index c = 1..3,", "index c = 1..3, j = 1..3,").replace(
    "softmax_c(z[c])", "exp(z[c])/Σ_j exp(z[j])")  # fmt: skip
PAIRS = "index i, k; data a[i]; weight W[i,k], v[i]; S[i,k] = a[i]·W[i,k]·v[i]·v[k]; E = Σ_{i,k} S[i,k]"
NORM = "patterns i; data x[i]; target t[i]; weight γ := 1; y[i] = γ·x[i]; E = ½Σ_i (y[i] − t[i])²; minimise E"
LATCH = """index t = 1..3
data x[t]
target y
weight u := 0.5, v := 0.3
c[0] = 0.2
f[t] = σ(u·x[t] + v·c[t-1])
c[t] = f[t]·c[t-1] + x[t]
E = ½(c[3] − y)²"""
HOUSES = "table x | y\n2104 | 399900\n1600 | 329900\nweight w := 190, b := 51\nE = ½(w·x + b − y)²"
SOLVED = "table x | y\n3 | 1\nweight w := 1/3\nE = ½(w·x − y)²"

RIGHT = (
    # K1: the text's own numbers are exact, results are rounded
    ("mazur", "w5 = 0.4 − 0.5·0.082167041", "here"),
    ("mazur", "w5 = 0.4 − 0.5·0.0822", "here"),
    ("mazur", "∂E/∂w5 = 0.741365·0.186816·0.593270", "here"),
    ("mazur", "∂E/∂w5 = (0.75136507 − 0.01)·0.75136507·(1 − 0.75136507)·0.593269992", "here"),
    ("mazur", "w5 = 0.3589", "here"),
    ("mazur", "∂E/∂w5 = 0.0822", "here"),
    # K2: each side of each kink
    (RELU, "∂E/∂u[j] = (ŷ − y)·v[j]·x·[u[j]·x > 0]", True),
    (RELU, "∂E/∂u[j] = if(u[j]·x > 0, (ŷ − y)·v[j]·x, 0)", True),
    (SHUT, "∂E/∂v = (ŷ − y)·relu(½·w·x − 2)", True),
    (SHUT, "∂E/∂w = ½·(ŷ − y)·v·x·[w·x > 4]", True),
    (FAR, "∂E/∂w = (ŷ − y)·v·x·[w·x > 40]", True),
    (TWICE, "∂E/∂w = (ŷ − y)·u·[g > 0]·v·[h > 0]·x", True),
    (TWICE, "∂E/∂w = (ŷ − y)·u·[g > 0]·v·x", True),
    (CASES, "∂E/∂w = (h − y)·x·if(z > 1, 2·z, 2)", True),
    (CASES, "∂E/∂w = 2·(h − y)·x·max(z, 1)", True),
    (POOL, "∂E/∂w[j] = (m − y)·[z[j] == m]·x[j]", True),
    (FLOOR, "∂E/∂w = (ŷ − y)·(x − floor(x))", True),
    (CLIP, "∂E/∂w = (ŷ − y)·x·[w·x > −1]·[w·x < 1]", True),
    (HUBER, "∂E/∂w = max(min(e, 1), −1)·x", True),
    # K3: a line needs a value everywhere, unless it is 0/0 or rounded away
    (CONVOLUTION, "∂E/∂k[u] = Σ_p (z[p] − t[p])·x[p+u-1]", True),
    (CONVOLUTION, "∂E/∂k[u] = Σ_p x[u+p-1]·(z[p] − t[p])", True),
    (SATURATED, "∂E/∂w = (q − y)·x", True),
    (SATURATED, "∂E/∂w = ((1 − y)/(1 − q) − y/q)·q·(1 − q)·x", True),
    (CERTAIN, "∂E/∂w = (q − y)·x", True),
    (CERTAIN, "∂E/∂w = ((1 − y)/(1 − q) − y/q)·q·(1 − q)·x", True),
    (ZEROS, "∂E/∂w = (ŷ − y)·v·x²/x·[w·x > 0]", True),
    (ZEROS, "∂E/∂v = (ŷ − y)·ŷ/v", True),
    (SOLVED, "∂E/∂w = (w·x − y)²·x/(w·x − y)", True),
    # K4: steps are of the goal, ∂E/∂w is of the error
    (RIDGE, "w = 1.15", "here"),
    (RIDGE, "Δw = 0.15", "here"),
    (RIDGE, "w <- w − η·(∂E/∂w + λ·w)", True),
    (RIDGE, "w <- w − η·(mean (w·x − y)·x + λ·w)", True),
    (RIDGE, "w = 0.95", "here"),
    (RIDGE, "∂E/∂w = (w·x − y)·x", True),
    (RIDGE, "∂goal/∂w = mean (w·x − y)·x + λ·w", True),
    (LASSO, "w <- w − η·((w·x − y)·x + λ·sign(w))", True),
    (LASSO, "w = 0.75", "here"),
    (UP, "w <- w − η·((w·x − y)·x + 2·w)", True),
    (PARTS, "b <- b − η·(a² + 2·b)", True),
    (PARTS, "∂E/∂b = a²", True),
    # K8: δ by its net input, named or not
    (SOFTMAX, "δ[c] = p[c] − y[c]", True),
    (UNNAMED, "δ[c] = p[c] − y[c]", True),
    (NORM, "dγ = Σ_i dy[i]·x[i]", True),
    (NORM, "d_γ = Σ_i dy[i]·x[i]", True),
    (PAIRS, "∂S[i,k]/∂v[i] = a[i]·W[i,k]·v[k]·(1 + [i == k])", True),
    (UNNAMED, "δ_p[c] = p[c] − y[c]", True),
    (UNNAMED, "∂E/∂W[c,i] = δ[c]·x[i]", True),
    (LINEAR, "δ = (ŷ − y)·v·(1 − h²)", True),
    (LINEAR, "δ = ŷ − y", True),
    (LINEAR, "δ_ŷ = ŷ − y", True),
    (SIGMOID, "δ = (q − y)·q·(1 − q)", True),
    (SIGMOID, "∂E/∂w = δ·x", True),
    # K11, K12, K14, and numbers put in for names
    (HINGE, "∂E/∂θ1 = [y·f < 1]·(−y·x1) + 2·λ·θ1", True),
    (FOUR, "∂E/∂y[i] = (y[i] − t[i])/4", True),
    (ONE_HOT, "∂E/∂z[c] = p[c] − y[c]", "here"),
    (NEURON, "∂E/∂w1 = −2·(1 − 0.9089)·0.9089·(1 − 0.9089)·O1", "here"),
    (NEURON, "∂E/∂w2 = −2·(t − 0.90888)·o·(1 − o)·O2", "here"),
    (NEURON, "∂E/∂w2 = −2·(1 − 0.9089)·0.9089·0.0911·0.5", "here"),
    (NEURON, "w1 <- w1 + 0.1·2·(1 − 0.9089)·0.9089·(1 − 0.9089)·O1", "here"),
    ("mazur", "∂E/∂w5 = (0.7514 − t1)·0.7514·(1 − 0.7514)·h1", "here"),
    ("mazur", "δ_o1 = (0.7514 − 0.01)·0.7514·0.2486", "here"),
    (HOUSES, "∂E/∂w = w·x² + b·x − x·y", True),
    # boxes
    (BOX, "w <- 1", "here"),
    (BOX, "w <- max(0, min(1, w − α·(w·x − y)·x))", True),
    (LOW, "w <- 0.2", "here"),
    # derivations' own ends
    (SIGMOID, "∂E/∂w = (q − y)·x·exp(−w·x)/(1 + exp(−w·x))²", True),
    (SWISH, "∂q/∂z = a·(σ(z) + z·σ(z)·(1 − σ(z)))", True),
)

WRONG = (
    ("mazur", "w5 = 0.4 + 0.5·0.082167041", "added"),
    ("mazur", "∂E/∂w5 = 0.7·0.2", None),
    ("mazur", "w5 = 0.5·0.082167041", None),
    ("mazur", "w5 = 0.4 − 0.082167041", "no-rate"),
    ("mazur", "∂E/∂w5 = 0.741365·0.186816", None),
    ("mazur", "w5 = 0.4 − 0.5·0.0832", None),
    ("mazur", "w1 = 0.15 + 0.5·0.000438568", None),
    (RELU, "∂E/∂u[j] = (ŷ − y)·v[j]·x", "missing-slope"),
    (RELU, "∂E/∂u[j] = (ŷ − y)·v[j]·x·[u[j]·x < 0]", None),
    (SHUT, "∂E/∂v = −(ŷ − y)·relu(½·w·x − 2)", "sign"),
    (SHUT, "∂E/∂v = 2·(ŷ − y)·relu(½·w·x − 2)", "missing-half"),
    (SHUT, "∂E/∂w = (ŷ − y)·v·x·[½·w·x > 2]", None),
    (SHUT, "∂E/∂v = 0", None),
    (FAR, "∂E/∂w = 2·(ŷ − y)·v·x·[w·x > 40]", "missing-half"),
    (FAR, "∂E/∂w = (ŷ − y)·v·[w·x > 40]", "missing-factor"),
    (TWICE, "∂E/∂w = (ŷ − y)·u·v·[h > 0]·x", "missing-slope"),
    (TWICE, "∂E/∂w = (ŷ − y)·u·[h > 0]·v·[h > 0]·x", None),
    (CASES, "∂E/∂w = (h − y)·x·2·z", None),
    (CASES, "∂E/∂w = (h − y)·x·2", None),
    (POOL, "∂E/∂w[j] = (m − y)·x[j]", None),
    (POOL, "∂E/∂w[j] = (m − y)·[z[j] > 0]·x[j]", None),
    (CLIP, "∂E/∂w = (ŷ − y)·x·[w·x < 1]", None),
    (CLIP, "∂E/∂w = (ŷ − y)·x", None),
    (HUBER, "∂E/∂w = e·x", None),
    (HUBER, "∂E/∂w = min(e, 1)·x", None),
    (CONVOLUTION, "∂E/∂k[u] = Σ_p (z[p] − t[p])·x[p-u+1]", "no-number"),
    (CONVOLUTION, "∂E/∂k[u] = Σ_p (z[p] − t[p])·x[p+u]", None),
    (SATURATED, "∂E/∂w = (q − y)·w", None),
    (SATURATED, "∂E/∂w = (q − y)·x/(1 − q)", None),
    (ZEROS, "∂E/∂w = (ŷ − y)·v·x", "missing-slope"),
    (ZEROS, "∂E/∂v = (ŷ − y)·h·log(x²)", None),
    ("identity", "∂E/∂w = (ŷ − y)·x·(1 − ŷ)·ŷ·exp(log(x))/x", None),
    (RIDGE, "w = 1.2", "not-the-goal"),
    (RIDGE, "w <- w − η·∂E/∂w", "not-the-goal"),
    (RIDGE, "Δw = 0.2", "not-the-goal"),
    (RIDGE, "∂E/∂w = (w·x − y)·x + λ·w", "not-the-error"),
    (RIDGE, "∂goal/∂w = mean (w·x − y)·x", None),
    (LASSO, "w = 0.8", "not-the-goal"),
    (UP, "w <- w − η·(w·x − y)·x", "not-the-goal"),
    (PARTS, "b <- b − η·a²", None),
    (SOFTMAX, "δ[c] = y[c] − p[c]", "swapped-difference"),
    (SOFTMAX, "δ[c] = p[c]", None),
    (UNNAMED, "∂E/∂W[c,i] = δ[c]", None),
    (SIGMOID, "δ = (q − y)·q", "half-slope"),
    (HINGE, "∂E/∂θ1 = 2·([y·f < 1]·(−y·x1) + 2·λ·θ1)", "missing-half"),
    (HINGE, "∂E/∂θ1 = −y·x1 + 2·λ·θ1", None),
    (HINGE, "∂E/∂θ1 = [y·f < 1]·(−y·x1)", None),
    (FOUR, "∂E/∂y[i] = 2·(y[i] − t[i])/4", "missing-half"),
    (FOUR, "∂E/∂y[i] = y[i] − t[i]", None),
    (BARE, "∂E/∂z[c] = p[c] − y[c]", "needs-fact"),
    (BARE, "∂E/∂z[c] = y[c] − p[c]", "needs-fact+sign"),
    (NEURON, "∂E/∂w1 = −2·(1 − 0.9189)·0.9189·(1 − 0.9189)·O1", None),
    (NEURON, "∂E/∂w1 = 2·(1 − 0.9089)·0.9089·(1 − 0.9089)·O1", None),
    (NEURON, "∂E/∂w1 = −2·(1 − 0.9089)·0.9089·O1", None),
    (NEURON, "∂E/∂w1 = 1", None),
    (NEURON, "∂E/∂w1 = 0", None),
    (SOFTMAX, "∂E/∂z[c] = −y[c]/p[c]·p[c]·(1 − p[c])", "off-diagonal"),
    (SOFTMAX, "∂E/∂b[c] = −y[c]·(1 − p[c])", "off-diagonal"),
    (SWISH, "∂q/∂z = a·σ(z)", "path-forgotten"),
    (SWISH, "∂q/∂z = a·z·σ(z)·(1 − σ(z))", "path-forgotten"),
    (PRODUCT, "∂E/∂w = cos(w·x)·x·exp(w)", "path-forgotten"),
    (PRODUCT, "∂E/∂w = cos(w·x)·x·exp(w) − sin(w·x)·exp(w)", "term-sign"),
    (BOX, "w <- 3", "box-forgotten"),
    (BOX, "w <- 2", None),
    (BOX, "w <- 0.5 + 1·(3 − 0.5)", "box-forgotten"),
    (LOW, "w <- −2.5", "box-forgotten"),
    (HOUSES, "∂E/∂w = w·x² − b·x − x·y", None),
    (WHOLE, "∂J/∂w = 2·(ŷ − y)·x + 2·λ·w", "mean-dropped"),
    (WHOLE, "∂L/∂w = 2·(ŷ − y)·x", "mean-dropped"),
    (SOFTMAX, "∂E/∂b[c] = Σ_c p[c] − y[c]", "extra-sum"),
    (SOFTMAX, "∂E/∂W[c,i] = Σ_i (p[c] − y[c])·x[i]", "extra-sum"),
    (JACOBIAN, "∂p[c]/∂z[j] = −p[c]·p[j]", "other-entries"),
    (JACOBIAN, "∂p[c]/∂z[j] = p[c]·(1 − p[j])", "own-entry"),
    (PAIRS, "∂S[i,k]/∂v[i] = a[i]·W[i,k]·v[k]", "other-entries"),
    (LATCH, "∂E/∂u = Σ_t ∂E/∂c[t]·c[t]·f[t]·(1 − f[t])·x[t]", "wrong-index"),
)

UNDECIDED = (
    ("identity", "∂E/∂w = −0.4·0.2", None),
    ("mazur", "∂E/∂w5 = 0.7·0.1·1.2", None),
)

NAMES = {name: value for name, value in list(globals().items()) if isinstance(value, str) and name.isupper()}


def model(text: str) -> cr.Model:
    if "\n" not in text and "; " not in text:
        return cr.example(text)
    return cr.Model(text.replace("; ", "\n"))


def called(row: tuple[object, ...]) -> str:
    name = next((name for name, value in NAMES.items() if value == row[0]), str(row[0]))
    return f"{name}-{row[1]}"


@pytest.mark.parametrize(("text", "line", "equal"), RIGHT, ids=map(called, RIGHT))
def test_a_right_line_is_graded_right(text: str, line: str, equal: object) -> None:
    answer = model(text).check(line)
    assert answer.equal == equal, answer.sentence
    assert answer.equal is not True or answer.slip is None


@pytest.mark.parametrize(("text", "line", "_"), UNDECIDED, ids=map(called, UNDECIDED))
def test_numbers_of_too_few_digits_decide_nothing(text: str, line: str, _: None) -> None:
    answer = model(text).check(line)
    assert answer.equal is None, answer.sentence
    assert "too few digits" in answer.sentence


@pytest.mark.parametrize(("text", "line", "slip"), WRONG, ids=map(called, WRONG))
def test_a_wrong_line_is_graded_wrong(text: str, line: str, slip: str | None) -> None:
    answer = model(text).check(line)
    assert answer.equal is False, answer.sentence
    assert slip is None or answer.slip == slip, answer.sentence
    assert answer.slip is None or set(answer.slip.split("+")) <= set(SLIPS)


def test_a_number_of_all_patterns_is_said_of_none() -> None:
    assert cr.Model(WHOLE).check("∂J/∂w = 0.2").sentence == "Equal: 0.2 at the start."
    assert cr.Model(RIDGE).check("∂E/∂w = -2").sentence.startswith("Equal for pattern 0")


def test_a_sentence_of_numbers_begins_with_a_capital() -> None:
    said = cr.Model(SOFTMAX).check("E = −log(p[2])").sentence
    assert " Your line gives " in said or ": your line gives " in said
    assert "?." not in cr.Model(JACOBIAN).check("∂p[c]/∂z[j] = p[c]·(1 − p[j])").sentence
