"""Thirty pages of textbooks typed as they stand, below what the package asks for: data, weights and starts.

Each must end in a model by taking the help of its errors, in at most two tries a line, and mean what is printed: the
numbers beside a page are of E, or of a weight after one step, computed by Python's math from the page.
"""

from __future__ import annotations

from collections import Counter

import pytest
from tests.laws import books
from tests.laws.lines import NEAR, TRIES, taken

from chainrule import Model
from chainrule.errors import ChainruleError

ONE = """table x | y
1.5 | 0.5
weight w := 0.4, b := 0.1
const η := 0.5
"""
TWO = """index i = 1..2, j = 1..2
data x[i]
target t
table x[1] x[2] | t
0.5 -1 | 1
weight W[j,i] := [[0.1, 0.2], [-0.3, 0.4]], b[j] := [0.1, -0.2], v[j] := [0.5, -0.6], c := 0.05
"""
CLASSES = """index k = 1..3
table x | c
0.7 | 2
weight a[k] := [0.1, -0.2, 0.3], b[k] := [0, 0.1, -0.1]
target t[k] = [c == k]
"""
TIMES = """index t = 1..3
data x[t]
table x[1] x[2] x[3] | y
0.5 -1 2 | 0.3
weight u := 0.5, w := 0.2, b := 0.1, v := 0.7
"""
LAYERS = TWO.replace("W[j,i]", "W1[j,i]").replace("b[j]", "b1[j]").replace("v[j]", "W2[j]").replace("c :=", "b2 :=")

Page = tuple[str, str, list[str], dict[str, float]]

PAGES: list[Page] = [
    ("linear regression", ONE, [
        r"\hat{y} = w x + b", r"E = \frac{1}{2} \left( \hat{y} - y \right)^2",
        r"w \leftarrow w - \eta \frac{\partial E}{\partial w}",
        r"b \leftarrow b - \eta \frac{\partial E}{\partial b}",
    ], {"E": 0.020000000000000014, "w'": 0.24999999999999997, "b'": -2.7755575615628914e-17}),
    ("logistic regression", ONE.replace("| 0.5", "| 1"), [
        r"\sigma(z) = \frac{1}{1 + e^{-z}}", r"\hat{y} = \sigma(w x + b)",
        r"L = -\left[ y \log \hat{y} + (1 - y) \log (1 - \hat{y}) \right]",
        r"w := w - \eta \frac{\partial L}{\partial w}", r"b := b - \eta \frac{\partial L}{\partial b}",
    ], {"L": 0.40318604888545784, "w'": 0.6488591708738753}),
    ("perceptron with a threshold", ONE, [
        "o = 1 if w x + b > 0 else 0", "E = (y − o)²/2 + 0·w·b", "minimise E",
    ], {"E": 0.125}),
    ("Nielsen, one sigmoid neuron", ONE, [
        "a = σ(wx + b)", r"C = \frac{(y-a)^2}{2}", r"w \rightarrow w' = w - \eta \frac{\partial C}{\partial w}",
        r"b \rightarrow b' = b - \eta \frac{\partial C}{\partial b}",
    ], {"C": 0.014143563353445484, "w'": 0.3720329543348718}),
    ("Bishop, two layers", TWO, [
        r"a_j = \sum_{i=1}^{D} W_{ji} x_i + b_j", r"z_j = \tanh(a_j)", r"y = \sum_{j=1}^{M} v_j z_j + c",
        r"E = \frac{1}{2} (y - t)^2",
    ], {"E": 0.17635255680191297}),
    ("Goodfellow, matrices", TWO, [
        r"\boldsymbol{h} = \max(0, \boldsymbol{W} \boldsymbol{x} + \boldsymbol{b})",
        r"\hat{y} = \boldsymbol{v}^{\top} \boldsymbol{h} + c", r"J = (\hat{y} - t)^2",
    ], {"J": 0.9025}),
    ("Ng, layers in brackets", LAYERS, [
        "z^{[1]} = W^{[1]} x + b^{[1]}", r"a^{[1]} = \sigma(z^{[1]})", "z^{[2]} = W^{[2]} a^{[1]} + b^{[2]}",
        r"a^{[2]} = \sigma(z^{[2]})", r"L = -(t \log a^{[2]} + (1 - t) \log (1 - a^{[2]}))",
    ], {"L": 0.6437990337667655}),
    ("Karpathy, NumPy", TWO, [
        "h = np.maximum(0, np.dot(W, x) + b)", "s = np.dot(v, h) + c", "loss = (s - t)**2",
    ], {"loss": 0.9025}),
    ("PyTorch", TWO, [
        "h = torch.tanh(W @ x + b)", "out = torch.sigmoid(v @ h + c)", "loss = F.mse_loss(out, t)",
    ], {"loss": 0.15987617739662843}),
    ("Rumelhart, units", TWO, [
        "net_j = Σ_i W_ji·x_i + b_j", "o_j = 1/(1 + e^{-net_j})", "y = Σ_j v_j o_j + c", "E = ½ (t − y)²",
    ], {"E": 0.4038681228010673}),
    ("Haykin, local fields", TWO, [
        r"u_j = \sum_{i} W_{ji} x_i", r"\varphi_j = \tanh(u_j + b_j)", r"y = \sum_{j} v_j \varphi_j + c",
        "e = t - y", r"E = \frac{1}{2} e^2",
    ], {"E": 0.17635255680191297}),
    ("softmax and cross entropy", CLASSES, [
        "z_k = a_k x + b_k", r"p_k = \frac{e^{z_k}}{\sum_{j} e^{z_j}}", r"H = - \sum_{k} t_k \log p_k",
    ], {"H": 1.1872677424519371}),
    ("softmax, as NumPy has it", CLASSES, [
        "z = a*x + b", "p = np.exp(z)/np.sum(np.exp(z))", "loss = -np.sum(t*np.log(p))",
    ], {"loss": 1.1872677424519371}),
    ("a recurrent net", TIMES, [
        r"h_t = \tanh(u x_t + w h_{t-1} + b)", r"\hat{y} = v h_3", r"E = (\hat{y} - y)^2",
    ], {"E": 0.05922345813108131}),
    ("ridge regression", TWO, [
        r"\hat{t} = \sum_i W_{1i} x_i", r"J = \frac{1}{2} (\hat{t} - t)^2 + \frac{0.1}{2} \sum_{j} v_j^2",
        r"\text{minimise } J",
    ], {"J": 0.6917499999999999}),
    ("a Gaussian", ONE, [
        r"p = \frac{1}{\sqrt{2 \pi}} \exp\left( -\frac{(x - w)^2}{2} \right)", r"L = - \ln p + 0 \cdot b y",
    ], {"L": 1.5239385332046727}),
    ("hinge loss", ONE.replace("| 0.5", "| -1"), [
        r"L = \max\{0, 1 - y (w x + b)\}",
    ], {"L": 1.7000000000000002}),
    ("Huber", ONE, [
        "r = w x + b - y",
        r"L = \begin{cases} \frac{1}{2} r^2 & \text{if } |r| \le 1 \\ |r| - \frac{1}{2} & \text{otherwise} \end{cases}",
    ], {"L": 0.020000000000000014}),
    ("a radial basis function", ONE, [
        r"\phi = e^{-\|x - w\|^2}", r"E = \tfrac{1}{2}(\phi + b - y)^2",
    ], {"E": 0.005181896957738217}),
    ("MATLAB", TWO, [
        "a1 = tanh(W*x + b);", "yhat = v'*a1 + c;", "E = 0.5*(yhat - t).^2;",
    ], {"E": 0.17635255680191297}),
    ("the founding question", "data x in {0, 1}\ntarget y = x\nweight w := 0.5\nconst μ := 0.5\n", [
        r"A(x) = \frac{1}{1 + e^{-x}}", r"\hat{T}(x) = A(wx)", "ŷ = T̂(x)",
        r"E(\hat{y}, y) = \frac{1}{2}(\hat{y} - y)^2", r"\frac{\partial{E}}{\partial{w_i}}",
        r"w_i (new) = w_i (old) -\mu \cdot \frac{\partial{E}}{\partial{w_i}}",
    ], {"E": 0.125}),
]  # fmt: skip
"""A page: its name, what stands above it, its lines, and numbers; a weight with a prime is meant after one step."""


def read(above: str, printed: list[str]) -> tuple[Model, Counter[int]]:
    """The model of a page, and how often help was taken for each line."""
    text, tries = above + "\n".join(printed), Counter[int]()
    while True:
        try:
            return Model(text), tries
        except ChainruleError as error:
            tries[(error.place or (0, 0))[0]] += 1
            following = taken(error, text)
            if following is None or max(tries.values()) > TRIES:
                pytest.fail(f"{error}\n{text}")
            text = following


PAGES += books.PAGES


@pytest.mark.parametrize("page", PAGES, ids=[page[0] for page in PAGES])
def test_a_page_as_printed_ends_in_a_model_that_means_it(page: Page) -> None:
    _, above, printed, numbers = page
    model, _ = read(above, printed)
    for name, right in numbers.items():
        if name.endswith("'"):
            got = float(model.train(steps=1, batch="all").weights[name[:-1]])
        else:
            got = float(model.evaluate().patterns[0].values[name])
        assert got == pytest.approx(right, rel=NEAR, abs=NEAR), name


def test_there_are_thirty() -> None:
    assert len(PAGES) >= 30
