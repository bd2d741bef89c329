r"""First attempts: lines as people type them who do not know the notation, each with the value that it means.

A template is a line of mathematics as it stands in books, LaTeX, NumPy or PyTorch, with a Python function of the same
numbers. A line is read as it stands or mended by taking the help of its error, at most twice; then the value must be
the template's own.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from tests.laws import foreign, textbook
from tests.laws.foreign import dot, net, sigmoid, soft

from chainrule import Model
from chainrule.errors import ChainruleError

TRIES = 2
"""So often a help is taken; whoever is still refused then gives up."""

NEAR = 1e-9
"""So far apart, beside 1, two values of one formula may lie: both are sums of a few terms in doubles."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A model with one line typed as people do, the number of that line, and E as the line means it."""

    template: str
    text: str
    right: float
    step: bool = False  # whether `right` is the weight after one step of training, and not E


@dataclass(frozen=True, slots=True)
class Outcome:
    """``kind`` is read (as it stood), mended, refused or wrong; ``text`` is what was read at last."""

    kind: str
    text: str
    said: str = ""


# -------------------------------------------------------------------- taking a help

WORDS = "update|index|data|target|weight|const|minimise|maximise|patterns|table|fact"
WHOLE = re.compile(rf"(?:{WORDS})\b|[^=]*[^=<>!:]=(?!=)")


def taken(error: ChainruleError, text: str) -> str | None:
    """The text with the error's help followed to the letter; None where it says nothing that can be typed."""
    if error.span is None or error.place is None:
        return None
    rows = text.split("\n")
    at = error.place[0] - 1
    help, _, above = error.help.partition(", and above it ")
    if found := re.search(r"say which(?: to minimise)?: (minimise \S+)", help):
        return f"{text}\n{found[1]}"
    if found := re.search(r"declare it: `([^`]*)`|write `([^`]*)` before the table", help):
        return "\n".join([*rows[:at], found[1] or found[2], *rows[at:]])
    piece = help
    if "; write " in help or "? write " in help:
        piece = help.rpartition("write ")[2]
    elif "write " in help:
        piece = help.partition("write ")[2]
    elif found := re.search(r"did you mean (\S+)\?", help):
        piece = found[1]
    else:
        tail = help.rpartition(": ")[2]
        piece = tail if WHOLE.match(tail) else ""
    _, colon, after = piece.partition(": ")
    if colon and WHOLE.match(after):
        piece = after
    if not piece:
        return None
    if not WHOLE.match(piece):
        piece = re.split(r" or |, |; ", piece)[0].strip("`")
        if "…" in piece:
            return None
        start = sum(len(row) + 1 for row in rows[:at])
        begin, end = stretch(rows[at], piece, error.span.start - start, error.span.stop - start)
        line = rows[at][:begin] + piece + rows[at][end:]
    else:
        line = piece.strip("`")
    return "\n".join([*rows[:at], *([above] if above else []), line, *rows[at + 1 :]])


def stretch(row: str, piece: str, begin: int, end: int) -> tuple[int, int]:
    """Where a reader would put a piece: over what is the same but for brackets and signs, else over what is marked."""

    def bones(text: str) -> str:
        return re.sub(r"[()\s*·]", "", text)

    wanted = bones(piece)
    for first in range(begin + 1):
        for last in range(max(end, first + 1), len(row) + 1):
            if row[first] != " " and bones(row[first:last]) == wanted and (last == len(row) or bones(row[last])):
                return first, last
    return begin, end


def outcome(attempt: Attempt) -> Outcome:
    """What becomes of an attempt."""
    text, said = attempt.text, ""
    for tried in range(TRIES + 1):
        try:
            model = Model(text)
        except ChainruleError as error:
            said = f"{error.code}: {error.help}"
            following = taken(error, text) if tried < TRIES else None
            if following is None:
                return Outcome("refused", text, said)
            text = following
            continue
        got = value(model, attempt)
        near = got is not None and abs(got - attempt.right) <= NEAR * max(1.0, abs(attempt.right))
        return Outcome(("mended" if tried else "read") if near else "wrong", text, f"{got} for {attempt.right}; {said}")
    return Outcome("refused", text, said)


def value(model: Model, attempt: Attempt) -> float | None:
    """E of the one pattern, or the weight after one step."""
    if attempt.step:
        return float(model.train(steps=1).weights[model.weights[0]])
    return float(np.ravel(model.evaluate().values["E"])[0])


# -------------------------------------------------------------------- one number a name

Numbers = dict[str, float]
Form = tuple[str, Callable[..., float]]


def gelu(u: float) -> float:
    return 0.5 * u * (1 + math.tanh(math.sqrt(2 / math.pi) * (u + 0.044715 * u**3)))


SCALAR: tuple[Form, ...] = (
    ("z = W*X + B", lambda w, x, b: w * x + b),
    ("z = WX + B", lambda w, x, b: w * x + b),
    ("z = 2WX", lambda w, x, b: 2 * w * x),
    (r"z = \frac{1}{2}(W - X)^2", lambda w, x, b: 0.5 * (w - x) ** 2),
    (r"z = \frac12 (W - X)^2 + \frac{B}{3}", lambda w, x, b: 0.5 * (w - x) ** 2 + b / 3),
    (r"z = \frac{1}{1 + e^{-(WX + B)}}", lambda w, x, b: sigmoid(w * x + b)),
    (r"z = \frac{1}{1 + \exp(-W \cdot X)}", lambda w, x, b: sigmoid(w * x)),
    (r"z = \sigma(W X + B)", lambda w, x, b: sigmoid(w * x + b)),
    (r"z = \sigma\left( W \cdot X + B \right)", lambda w, x, b: sigmoid(w * x + b)),
    (r"z = \tanh(WX)", lambda w, x, b: math.tanh(w * x)),
    (r"z = \sqrt{X^2 + W^2}", lambda w, x, b: math.hypot(w, x)),
    (r"z = \left| W X - B \right|", lambda w, x, b: abs(w * x - b)),
    (r"z = \lVert W \rVert^2 X", lambda w, x, b: w * w * x),
    (r"z = \mathbf{W}^\top \mathbf{X}", lambda w, x, b: w * x),
    (r"z = \mathrm{ReLU}(W X)", lambda w, x, b: max(0, w * x)),
    (r"z = \operatorname{sign}(X) \, W", lambda w, x, b: math.copysign(1, x) * w),
    (r"z = \log_2(X^2 + 1)", lambda w, x, b: math.log2(x * x + 1)),
    (r"z = W e^{-X^2}", lambda w, x, b: w * math.exp(-x * x)),
    ("z = |W*X - B|", lambda w, x, b: abs(w * x - b)),
    ("z = e^{-WX}", lambda w, x, b: math.exp(-w * x)),
    ("z = e^(-W*X)", lambda w, x, b: math.exp(-w * x)),
    ("z = 1/(1+e^-(W*X))", lambda w, x, b: sigmoid(w * x)),
    ("z = 1/2(W - X)^2", lambda w, x, b: 0.5 * (w - x) ** 2),
    ("z = W^2 X", lambda w, x, b: w * w * x),
    ("z = np.exp(-W*X)", lambda w, x, b: math.exp(-w * x)),
    ("z = 1/(1 + np.exp(-(W*X + B)))", lambda w, x, b: sigmoid(w * x + b)),
    ("z = np.maximum(0, W*X)", lambda w, x, b: max(0, w * x)),
    ("z = np.where(X > 0, W, B)", lambda w, x, b: w if x > 0 else b),
    ("z = np.square(W*X - B)", lambda w, x, b: (w * x - b) ** 2),
    ("z = np.power(X, 3)", lambda w, x, b: x**3),
    ("z = np.log1p(X**2)", lambda w, x, b: math.log1p(x * x)),
    ("z = torch.sigmoid(W*X + B)", lambda w, x, b: sigmoid(w * x + b)),
    ("z = torch.relu(W*X)", lambda w, x, b: max(0, w * x)),
    ("z = F.gelu(W*X)", lambda w, x, b: gelu(w * x)),
    ("z = math.sqrt(X**2 + 1)", lambda w, x, b: math.sqrt(x * x + 1)),
    ("z = ReLU(W*X)", lambda w, x, b: max(0, w * x)),
    ("z = GELU(W X)", lambda w, x, b: gelu(w * x)),
    ("z = Sigmoid(W*X)", lambda w, x, b: sigmoid(w * x)),
    ("z = sgn(X)*W", lambda w, x, b: math.copysign(1, x) * w),
    ("z = log10(X^2 + 1)", lambda w, x, b: math.log10(x * x + 1)),
    ("z = ln(X^2 + 1)", lambda w, x, b: math.log(x * x + 1)),
    ("z = sin^2(X)", lambda w, x, b: math.sin(x) ** 2),
    ("z = sin²(X) + cos W", lambda w, x, b: math.sin(x) ** 2 + math.cos(w)),
    ("z = W if X > 0 else B", lambda w, x, b: w if x > 0 else b),
    ("z = if X > 0 then W else B", lambda w, x, b: w if x > 0 else b),
    ("z = X > 0 ? W : B", lambda w, x, b: w if x > 0 else b),
    ("z = √(X² + 1)·W", lambda w, x, b: math.sqrt(x * x + 1) * w),
    ("z = WᵀX", lambda w, x, b: w * x),
    ("z = W ⊙ X", lambda w, x, b: w * x),
    ("z = W @ X + B", lambda w, x, b: w * x + b),
    ("z = tahn(W*X)", lambda w, x, b: math.tanh(w * x)),
    ("z = sigmod(W*X)", lambda w, x, b: sigmoid(w * x)),
    ("z = tanh(W*(X + B)", lambda w, x, b: math.tanh(w * (x + b))),
    ("z = exp(-(W*X)))", lambda w, x, b: math.exp(-w * x)),
    ("z = W*X;", lambda w, x, b: w * x),
    ("$z = W X$", lambda w, x, b: w * x),
    ("z := W*X", lambda w, x, b: w * x),
    ("let z = W*X", lambda w, x, b: w * x),
    ("z == W*X", lambda w, x, b: w * x),
    ("z = .5*X + 0,25*W", lambda w, x, b: 0.5 * x + 0.25 * w),
    ("z = W*-X", lambda w, x, b: -w * x),
    ("z = W – X", lambda w, x, b: w - x),
    ("z = W × X ÷ 2", lambda w, x, b: w * x / 2),
    ("z(X) = WX + B", lambda w, x, b: w * x + b),
    ("z = [0 < X < 1]·W", lambda w, x, b: w if 0 < x < 1 else 0),
    ("z = e^-X^2", lambda w, x, b: math.exp(-(x**2))),
    ("z = W·e^(-X)^2", lambda w, x, b: w * math.exp((-x) ** 2)),
    ("z = max(1,2*X) + tahn(W)", lambda w, x, b: max(1, 2 * x) + math.tanh(w)),
    (r"z = \max(0, W X) - \min(0, B)", lambda w, x, b: max(0, w * x) - min(0, b)),
    (r"z = \left( \frac{W}{X^2 + 1} \right)^2", lambda w, x, b: (w / (x * x + 1)) ** 2),
    (r"z = \frac{W}{2} X", lambda w, x, b: w / 2 * x),
    (r"z = W^{2} X^{2} - B", lambda w, x, b: w * w * x * x - b),
    (r"z = \sqrt{W^2} X", lambda w, x, b: abs(w) * x),
    (r"z = \ln\left(1 + e^{WX}\right)", lambda w, x, b: math.log1p(math.exp(w * x))),
    (r"z = -W \log(X^2 + 1) - (1 - W) \log 2", lambda w, x, b: -w * math.log(x * x + 1) - (1 - w) * math.log(2)),
    (r"z = \begin{cases} W & X > 0 \\ B & X \le 0 \end{cases}", lambda w, x, b: w if x > 0 else b),
    ("z = (WX)²", lambda w, x, b: (w * x) ** 2),
    ("z = 3WX - 2B", lambda w, x, b: 3 * w * x - 2 * b),
    ("z = W(X - B)", lambda w, x, b: w * (x - b)),
    ("z = WX(1 - B)", lambda w, x, b: w * x * (1 - b)),
    ("z = W X if X > 0 else 0", lambda w, x, b: w * x if x > 0 else 0),
    ("z = exp(X)*W", lambda w, x, b: math.exp(x) * w),
    ("z = (W*X - B)**2 / 2.", lambda w, x, b: (w * x - b) ** 2 / 2),
    ("z = W^-1·X", lambda w, x, b: x / w),
    ("z = WX²", lambda w, x, b: w * x * x),
    ("z = exp X + W", lambda w, x, b: math.exp(x) + w),
    ("z = W·(X·B", lambda w, x, b: w * x * b),
)
"""Lines for z in capitals that stand for a weight, data and a const, each with its value."""

NAMES = (("w", "x", "b"), ("v", "a", "c"), ("θ", "x", "b"), ("u", "s", "k"), ("w1", "x1", "b1"), ("ω", "q", "β"))


def scalars(dice: random.Random, form: Form) -> Attempt:
    names = dice.choice(NAMES)
    values = [round(dice.uniform(-2, 2), 2) or 0.5 for _ in range(3)]
    meant = dict(zip("WXB", names, strict=True))
    line = re.sub(r"(?<![A-Za-z])[WXB]+(?![a-z])", lambda run: "".join(meant[one] for one in run[0]), form[0])
    weight, data, const = names
    text = (
        f"table {data} | y\n{values[1]} | 0\nweight {weight} := {values[0]}\nconst {const} := {values[2]}\n"
        f"{line}\nE = z + 0·{weight}·{data}·{const}·y\nminimise E"
    )
    return Attempt(form[0], text, form[1](*values))


def named(dice: random.Random, form: Form) -> Attempt:
    """A line with these very names: w a weight, x data, b a const."""
    values = [round(dice.uniform(-2, 2), 2) or 0.5 for _ in range(3)]
    text = f"table x | y\n{values[1]} | 0\nweight w := {values[0]}\nconst b := {values[2]}\n{form[0]}\n"
    return Attempt(form[0], text + "E = z + 0·w·x·b·y\nminimise E", form[1](*values))


# -------------------------------------------------------------------- arrays

VECTORS = """index i = 1..3, j = 1..2
data x[i]
table x[1] x[2] x[3] | y
{x[0]} {x[1]} {x[2]} | 0
weight W[j,i] := {W}, w[i] := {w}, b[j] := {b}
"""

LAYER = tuple(
    (line, net)
    for line in (
        r"z_j = \sum_{i=1}^{3} W_{ji} x_i + b_j",
        r"z_j = \sum_i W_{ji} x_i + b_j",
        r"z_j = \sum_{i} W_{j,i} \cdot x_{i} + b_{j}",
        r"z_j = \left(\sum_{i=1}^n W_{ji} x_i\right) + b_j",
        r"\mathbf{z} = \mathbf{W} \mathbf{x} + \mathbf{b}",
        r"z_j^{(l)} = \sum_i W_{ji}^{(l)} x_i + b_j^{(l)}",
        "z_j = Σ_i W_ji x_i + b_j",
        "z_j = Σ_i W_{ji}·x_i + b_j",
        "z_j = sum_i W_ji*x_i + b_j",
        "z_j = Σ_{i=1}^{3} W_ji x_i + b_j",
        "z[j] = W x + b",
        "z = Wx + b",
        "z = W·x + b",
        "z = W @ x + b",
        "z = np.dot(W, x) + b",
        "z = np.matmul(W, x) + b",
        "z = W.dot(x) + b",
        "z = torch.mv(W, x) + b",
        "z[j] = sum(W[j,i]*x[i], i) + b[j]",
        "z(j) = Σ_i W(j,i)·x(i) + b(j)",
        "z[j] = Σ_i W[j][i]·x[i] + b[j]",
        "z[j] = Σ_i W[ji] x[i] + b[j]",
        "for j: z[j] = Σ_i W[j,i]*x[i] + b[j]",
        "zⱼ = Σᵢ Wⱼᵢ xᵢ + bⱼ",
    )
) + tuple(
    (line, soft)
    for line in (
        "z_j = softmax(b_j)", "z[j] = softmax(b[j])", "z = softmax(b)", r"z_j = \frac{e^{b_j}}{\sum_k e^{b_k}}",
        r"z_j = \mathrm{softmax}(b)_j", "z = F.softmax(b, dim=0)",
    )
)  # fmt: skip

SINGLE = tuple(
    (line, dot)
    for line in (
        "z = w·x", "z = w x", "z = wx", "z = w^T x", "z = wᵀx", "z = w @ x", "z = np.dot(w, x)", "z = w.dot(x)",
        "z = np.sum(w*x)", "z = (w*x).sum()", "z = sum(w*x)", "z = sum(w[i]*x[i] for i in range(3))", "z = Σ w_i x_i",
        "z = Σ_{i=1}^{3} w_i x_i", "z = sum_i w_i*x_i", "z = w_1 x_1 + w_2 x_2 + w_3 x_3", "z = w1*x1 + w2*x2 + w3*x3",
        r"z = \mathbf{w}^\top \mathbf{x}", r"z = \mathbf w \cdot \mathbf x", r"z = \sum_{i=1}^3 w_i x_i",
        r"z = \sum w_i x_i",
        "z = w.T @ x", "z = torch.dot(w, x)", "z = (w ⊙ x).sum()", "z = w[1]x[1] + w[2]x[2] + w[3]x[3]",
    )
) + tuple(
    (line, lambda d: float(sum(one * one for one in d["w"])))
    for line in (
        "z = ‖w‖²", "z = ||w||^2", r"z = \lVert w \rVert^2", r"z = \|w\|_2^2", "z = np.sum(w**2)", "z = Σ_i w_i²",
        r"z = \sum_i w_i^2", "z = np.linalg.norm(w)**2", "z = (w**2).sum()",
    )
)  # fmt: skip


def arrays(dice: random.Random, form: tuple[str, Callable[[dict[str, list]], float | list[float]]]) -> Attempt:  # type: ignore[type-arg]
    def drawn(count: int) -> list[float]:
        return [round(dice.uniform(-1, 1), 2) for _ in range(count)]

    d = {"x": drawn(3), "W": [drawn(3), drawn(3)], "w": drawn(3), "b": drawn(2)}
    right = form[1](d)
    used = "Σ_j b[j] + Σ_i w[i] + Σ_{i,j} W[j,i]"
    last = "E = (Σ_j z[j]^2)" if isinstance(right, list) else "E = z"
    text = VECTORS.format(**d) + f"{form[0]}\n{last} + 0·({used})·y\nminimise E"
    return Attempt(form[0], text, sum(one * one for one in right) if isinstance(right, list) else right)


# -------------------------------------------------------------------- steps of learning, declarations, functions

STEPS = (
    "W := W - R·∂E/∂W", "W = W - R*dE/dW", "W -= R*dE/dW", "W ← W − R ∂E/∂W", "W <- W - R·∂E/∂W",
    "W_new = W_old - R·∂E/∂W", "W (new) = W (old) − R·∂E/∂W", "W_i (new) = W_i (old) − R·∂E/∂W_i",
    "update W = W - R*∂E/∂W", "ΔW = −R·∂E/∂W", r"W_i (new) = W_i (old) -R \cdot \frac{\partial{E}}{\partial{W_i}}",
    r"W_{t+1} = W_t - R \frac{\partial E}{\partial W_t}", r"W^{(t+1)} = W^{(t)} - R \frac{\partial E}{\partial W}",
    r"W \leftarrow W - R \frac{\partial E}{\partial W}", r"W^{new} = W^{old} - R\frac{dE}{dW}",
    r"\Delta W = -R \frac{\partial E}{\partial W}", "W := W - R * d(E)/d(W)", "W_{n+1} = W_n - R ∂E/∂W",
    "W' = W - R·∂E/∂W",
)
RATES = (("w", "μ"), ("v", "η"), ("θ", "α"), ("w", "a"), ("w", "lr"))


def steps(dice: random.Random, form: str) -> Attempt:
    name, rate = dice.choice(RATES)
    start, slow, x, y = (round(dice.uniform(0.1, 1.5), 2) for _ in range(4))
    latex = "\\" in form
    typed = {"μ": r"\mu ", "η": r"\eta ", "θ": r"\theta ", "α": r"\alpha "}
    show = (lambda one: typed.get(one, one)) if latex else (lambda one: one)
    line = re.sub(r"\b(W|R)\b|(?<=[dΔ∂])W|W(?=_)", lambda found: show(rate if found[0] == "R" else name), form)
    text = f"table x | y\n{x} | {y}\nweight {name} := {start}\nconst {rate} := {slow}\nE = ½({name}·x − y)²\n{line}"
    return Attempt(form, text, start - slow * (start * x - y) * x, step=True)


def others(dice: random.Random, form: tuple[str, str, Callable[[float, float], float]]) -> Attempt:
    a, x = (round(dice.uniform(0.1, 1.5), 2) for _ in range(2))
    lines, last, right = form
    body = "\n".join(re.sub(r"\bA\b(?!\()", str(a), one) for one in (lines, last))
    return Attempt(f"{lines} / {last}", f"table x | y\n{x} | 0\n{body}\nE = z + 0·w·y\nminimise E", right(a, x))


def attempts(count: int, seed: int) -> Iterator[Attempt]:
    """So many lines, template after template."""
    dice = random.Random(seed)
    makers = MAKERS
    for number in range(count):
        make, form = makers[number % len(makers)]
        yield make(dice, form)  # type: ignore[operator]


MAKERS = [
    *((scalars, form) for form in (*SCALAR, *textbook.PRINTED)),
    *((arrays, form) for form in (*LAYER, *SINGLE)),
    *((arrays, (line, right)) for right, lines in textbook.LETTERED for line in lines),
    *((steps, form) for form in (*STEPS, *textbook.TAUGHT)), *((others, form) for form in textbook.OTHERS),
]  # fmt: skip
BOOKS = len(MAKERS)
"""So many templates are of books and of Python, the others of other programs."""

MAKERS += [
    *((arrays, (line, right)) for right, lines in foreign.LETTERED for line in lines),
    *((steps, form) for form in foreign.TAUGHT), *((others, form) for form in foreign.OTHERS),
    *((named, (line, right)) for right, lines in foreign.SCALARS for line in lines),
]  # fmt: skip


def templates() -> int:
    return len(MAKERS)
