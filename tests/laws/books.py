r"""Ten more pages of books on back-propagation, as they are printed, below what the package asks for.

The numbers beside a page are computed here from the page, with Python's math.
"""

from __future__ import annotations

import math

from tests.laws.foreign import sigmoid

X, T = (0.5, -1.0), 1.0
W = ((0.1, 0.2), (-0.3, 0.4))
B, V, C = (0.1, -0.2), (0.5, -0.6), 0.05

ABOVE = """index i = 1..2, j = 1..2
data x[i]
target t
table x[1] x[2] | t
0.5 -1 | 1
"""
NET = "weight W[j,i] := [[0.1, 0.2], [-0.3, 0.4]], b[j] := [0.1, -0.2], v[j] := [0.5, -0.6], c := 0.05\n"
LAYERS = NET.replace("W[", "W1[").replace("b[", "b1[").replace("v[", "W2[").replace("c :=", "b2 :=")

Page = tuple[str, str, list[str], dict[str, float]]

SUMS = [sum(w * x for w, x in zip(row, X, strict=True)) + b for row, b in zip(W, B, strict=True)]


def out(hidden: list[float]) -> float:
    return sum(v * h for v, h in zip(V, hidden, strict=True)) + C


SIGMOIDS = out([sigmoid(one) for one in SUMS])
TANHS = out([math.tanh(one) for one in SUMS])
RELUS = out([max(0.0, one) for one in SUMS])


def mazur() -> tuple[float, float]:
    """The error of M. Mazur's example, and w₅ after one step at 0.5."""
    h1, h2 = (sigmoid(0.05 * a + 0.1 * b + 0.35) for a, b in ((0.15, 0.2), (0.25, 0.3)))
    o1, o2 = (sigmoid(h1 * a + h2 * b + 0.6) for a, b in ((0.4, 0.45), (0.5, 0.55)))
    error = 0.5 * (0.01 - o1) ** 2 + 0.5 * (0.99 - o2) ** 2
    return error, 0.4 - 0.5 * (o1 - 0.01) * o1 * (1 - o1) * h1


def softmax_loss() -> float:
    scores = [0.2 * 0.7 + 0.1, -0.1 * 0.7, 0.4 * 0.7 - 0.1]
    return -math.log(math.exp(scores[1]) / sum(map(math.exp, scores)))


def hinge() -> float:
    scores = [0.2 * 0.7 + 0.1, -0.1 * 0.7, 0.4 * 0.7 - 0.1]
    return max(0.0, scores[0] - scores[1] + 1) + max(0.0, scores[2] - scores[1] + 1)


H = sigmoid(0.4 * 1.5 - 0.2 * 0.5)

PAGES: list[Page] = [
    ("Nielsen, chapter 2", ABOVE + LAYERS, [
        r"z^1_j = \sum_i W^1_{ji} x_i + b^1_j", r"a^1_j = \sigma(z^1_j)", r"z^{(2)} = \sum_j W^{(2)}_j a^1_j + b^{(2)}",
        r"a^{(2)} = \sigma(z^{(2)})", r"C = \frac{1}{2} (t - a^{(2)})^2",
    ], {"C": 0.5 * (T - sigmoid(SIGMOIDS)) ** 2}),
    ("Bishop, 5.3", ABOVE + NET, [
        r"a_j = \sum_i W_{ji} x_i + b_j", r"z_j = \tanh(a_j)", r"y = \sum_j v_j z_j + c",
        r"\delta_j = (1 - z_j^2) \, v_j \, (y - t)", r"E_n = \frac{1}{2} (y - t)^2", r"\text{minimise } E_n",
    ], {"E": 0.5 * (TANHS - T) ** 2}),
    ("Goodfellow, 6.1", ABOVE + NET, [
        r"f(\boldsymbol{x}; \boldsymbol{W}, \boldsymbol{b}, \boldsymbol{v}, c) = \boldsymbol{v}^\top \max\{0, "
        r"\boldsymbol{W} \boldsymbol{x} + \boldsymbol{b}\} + c",
        r"J(\boldsymbol{\theta}) = \frac{1}{2} (t - f)^2",
    ], {"J": 0.5 * (T - RELUS) ** 2}),
    ("Goodfellow, 6.5", ABOVE + LAYERS, [
        r"\boldsymbol{a}^{(1)} = \boldsymbol{b}^{(1)} + \boldsymbol{W}^{(1)} \boldsymbol{x}",
        r"\boldsymbol{h}^{(1)} = \max(0, \boldsymbol{a}^{(1)})",
        r"\hat{y} = \boldsymbol{W}^{(2)\top} \boldsymbol{h}^{(1)} + b^{(2)}", r"J = (\hat{y} - t)^2",
    ], {"J": (RELUS - T) ** 2}),
    ("Hastie, 11.3", ABOVE.replace("x[", "X[").replace("target t\n", "target y\n").replace("| t", "| y").replace(
        ", j =", ", m =") + NET.replace("W[j,", "α[m,").replace("b[j]", "α0[m]").replace("v[j]", "β[m]").replace(
        "c :=", "β0 :="), [
        r"Z_m = \sigma(\alpha_{0m} + \alpha_m^T X), \quad m = 1, \ldots, M", r"T = \beta_0 + \beta^T Z",
        r"R = (y - T)^2",
    ], {"R": (T - SIGMOIDS) ** 2}),
    ("Mazur", """table i1 i2 | t1 t2
0.05 0.1 | 0.01 0.99
weight w1 := 0.15, w2 := 0.2, w3 := 0.25, w4 := 0.3, w5 := 0.4, w6 := 0.45, w7 := 0.5, w8 := 0.55
const b1 := 0.35, b2 := 0.6, η := 0.5
""", [
        r"net_{h1} = w_1 * i_1 + w_2 * i_2 + b_1 * 1", r"net_{h2} = w_3 * i_1 + w_4 * i_2 + b_1 * 1",
        r"out_{h1} = \frac{1}{1+e^{-net_{h1}}}", r"out_{h2} = \frac{1}{1+e^{-net_{h2}}}",
        r"net_{o1} = w_5 * out_{h1} + w_6 * out_{h2} + b_2 * 1",
        r"net_{o2} = w_7 * out_{h1} + w_8 * out_{h2} + b_2 * 1",
        r"out_{o1} = \frac{1}{1+e^{-net_{o1}}}", r"out_{o2} = \frac{1}{1+e^{-net_{o2}}}",
        r"E_{o1} = \frac{1}{2}(t_1 - out_{o1})^{2}", r"E_{o2} = \frac{1}{2}(t_2 - out_{o2})^{2}",
        r"E_{total} = E_{o1} + E_{o2}", r"w_5^{+} = w_5 - \eta * \frac{\partial E_{total}}{\partial w_{5}}",
    ], {"E_total": mazur()[0], "w5'": mazur()[1]}),
    ("Rojas, chapter 7", ABOVE + NET.replace(
        "W[j,i] := [[0.1, 0.2], [-0.3, 0.4]]", "W[i,j] := [[0.1, -0.3], [0.2, 0.4]]"), [
        r"s(x) = \frac{1}{1 + e^{-x}}", r"o_j = s\left( \sum_{i=1}^{n} W_{ij} x_i + b_j \right)",
        r"u = \sum_{j=1}^{k} v_j o_j + c", r"E = \frac{1}{2} \| u - t \|^2",
    ], {"E": 0.5 * (SIGMOIDS - T) ** 2}),
    ("Haykin, 4.3", ABOVE + NET, [
        r"u_j(n) = \sum_{i=0}^{m} W_{ji}(n) x_i(n) + b_j(n)", r"y_j(n) = \varphi(u_j(n))", r"\varphi(u) = \tanh(u)",
        r"o(n) = \sum_j v_j(n) y_j(n) + c",
        r"\mathcal{E}(n) = \frac{1}{2} (t(n) - o(n))^2", r"\text{minimise } \mathcal{E}",
    ], {"E": 0.5 * (T - TANHS) ** 2}),
    ("CS231n, a sigmoid by hand", """index i = 1..2, k = 1..3
data x[i]
table x[1] x[2]
-1 -2
weight w[k] := [2, -3, -3]
""", [
        "dot = w[0]*x[0] + w[1]*x[1] + w[2]", "f = 1.0 / (1 + math.exp(-dot)) # sigmoid function", "minimise f",
    ], {"f": sigmoid(1.0)}),
    ("CS231n, softmax", """index k = 1..3
table x | c
0.7 | 2
weight W[k] := [0.2, -0.1, 0.4], b[k] := [0.1, 0, -0.1]
target t[k] = [c == k]
""", [
        "f = W*x + b", "p = np.exp(f) / np.sum(np.exp(f))", r"L = -\sum_k t_k \log p_k",
    ], {"L": softmax_loss()}),
    ("CS231n, hinge", """index k = 1..3
table x | c
0.7 | 2
weight W[k] := [0.2, -0.1, 0.4], b[k] := [0.1, 0, -0.1]
target t[k] = [c == k]
""", [
        "s = W*x + b", "correct = np.sum(t*s)", r"L = \sum_k (1 - t_k) \max(0, s_k - correct + 1)",
    ], {"L": hinge()}),
    ("Ng, CS229", """index j = 1..2
data x[j]
target y
table x[1] x[2] | y
1.5 0.5 | 1
weight θ[j] := [0.4, -0.2]
const α := 0.5
""", [
        r"g(z) = \frac{1}{1 + e^{-z}}", r"h_\theta(x) = g(\theta^T x)",
        r"J(\theta) = \frac{1}{2} \left( h_\theta(x) - y \right)^2",
        r"\theta_j := \theta_j - \alpha \frac{\partial}{\partial \theta_j} J(\theta)",
    ], {"J": 0.5 * (H - 1) ** 2}),
    ("Rumelhart, Hinton and Williams", ABOVE + NET.replace("b[j]", "θ[j]"), [
        r"net_{pj} = \sum_i W_{ji} x_{pi} + \theta_j", r"o_{pj} = \frac{1}{1 + e^{-net_{pj}}}",
        r"u_p = \sum_j v_j o_{pj} + c", r"E_p = \frac{1}{2} (t_p - u_p)^2",
    ], {"E": 0.5 * (T - SIGMOIDS) ** 2}),
]  # fmt: skip
