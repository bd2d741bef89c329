r"""Lines as textbooks, NumPy, PyTorch and MATLAB have them: written from those, not from the parser."""

from __future__ import annotations

import math
from collections.abc import Callable

Numbers = dict[str, list]  # type: ignore[type-arg]


def sigmoid(u: float) -> float:
    return 1 / (1 + math.exp(-u))


PRINTED: tuple[tuple[str, Callable[..., float]], ...] = (
    (r"z = \frac{W X + B}{2}", lambda w, x, b:(w*x+b)/2),
    (r"z = \dfrac{1}{1+\mathrm{e}^{-WX}}", lambda w, x, b: sigmoid(w*x)),
    (r"z = \frac{e^{WX} - e^{-WX}}{e^{WX} + e^{-WX}}", lambda w, x, b: math.tanh(w*x)),
    (r"z = \frac{\exp(WX)}{1 + \exp(WX)}", lambda w, x, b: sigmoid(w*x)),
    (r"z = \left(1 + e^{-W X}\right)^{-1}", lambda w, x, b: sigmoid(w*x)),
    (r"z = \max\{0, W X\}", lambda w, x, b: max(0, w*x)),
    (r"z = \max\left(0,\, W X + B\right)", lambda w, x, b: max(0, w*x+b)),
    ("z = [W X + B]_+", lambda w, x, b: max(0, w*x+b)),
    ("z = (W X)_+", lambda w, x, b: max(0, w*x)),
    (r"z = W \cdot X + B \,.", lambda w, x, b: w*x+b),
    (r"z = W \, X \, (1 - B)", lambda w, x, b: w*x*(1-b)),
    (r"z = \bigl(W X - B\bigr)^2", lambda w, x, b: (w*x-b)**2),
    (r"z = \tfrac{1}{2} (W X - B)^2", lambda w, x, b: .5*(w*x-b)**2),
    (r"z = \frac{1}{2}\left(W - X\right)^{2} + \frac{1}{2} B^{2}", lambda w, x, b: .5*(w-x)**2+.5*b*b),
    (r"z = \frac{1}{2} \| W X - B \|^2", lambda w, x, b: .5*(w*x-b)**2),
    (r"z = \exp\left(-\frac{(X - W)^2}{2 B^2}\right)", lambda w, x, b: math.exp(-(x-w)**2/(2*b*b))),
    (r"z = \frac{1}{\sqrt{2\pi}} e^{-X^2/2} W", lambda w, x, b: w*math.exp(-x*x/2)/math.sqrt(2*math.pi)),
    (r"z = \ln(1 + e^{W X})", lambda w, x, b: math.log1p(math.exp(w*x))),
    (r"z = \log(1 + \exp(-W X))", lambda w, x, b: math.log1p(math.exp(-w*x))),
    (r"z = W \tanh X", lambda w, x, b: w*math.tanh(x)),
    (r"z = W \sin X + B \cos X", lambda w, x, b: w*math.sin(x)+b*math.cos(x)),
    (r"z = W \sin(2 \pi X)", lambda w, x, b: w*math.sin(2*math.pi*x)),
    (r"z = \operatorname{sgn}(X) W", lambda w, x, b: math.copysign(1, x)*w),
    (r"z = \text{ReLU}(W X + B)", lambda w, x, b: max(0, w*x+b)),
    (r"z = \mathrm{sigmoid}\,(W X)", lambda w, x, b: sigmoid(w*x)),
    (r"z = \mathbb{1}[X > 0] \, W", lambda w, x, b: w*(x>0)),
    (r"z = \mathbf{1}\{X > 0\} W", lambda w, x, b: w*(x>0)),
    (r"z = W^{\,2} X", lambda w, x, b: w*w*x),
    ("z = W X^{3} - B X^{2} + X - 1", lambda w, x, b: w*x**3-b*x*x+x-1),
    (r"z = \sqrt[3]{X^2 + 1}\, W", lambda w, x, b: w*(x*x+1)**(1/3)),
    (r"z = \frac{W}{\sqrt{X^2 + 1}}", lambda w, x, b: w/math.sqrt(x*x+1)),
    (r"z = \sqrt{\frac{X^2 + 1}{2}} W", lambda w, x, b: w*math.sqrt((x*x+1)/2)),
    (r"z = W\left[X + B\left(1 - X\right)\right]", lambda w, x, b: w*(x+b*(1-x))),
    (r"z = W \{ X + B \}", lambda w, x, b: w*(x+b)),
    (r"z \equiv W X", lambda w, x, b: w*x),
    (r"z \triangleq W X + B", lambda w, x, b: w*x+b),
    (r"z \stackrel{\text{def}}{=} W X", lambda w, x, b: w*x),
    (r"\begin{equation} z = W X \end{equation}", lambda w, x, b: w*x),
    (r"\[ z = W X + B \]", lambda w, x, b: w*x+b),
    ("$$z = W X + B$$", lambda w, x, b: w*x+b),
    (r"\( z = W X \)", lambda w, x, b: w*x),
    (r"z &= W X + B \\", lambda w, x, b: w*x+b),
    (r"z = W X + B \tag{1}", lambda w, x, b: w*x+b),
    (r"z = W X + B \qquad (1)", lambda w, x, b: w*x+b),
    ("z = 0.5 W X", lambda w, x, b: .5*w*x),
    ("z = |W X|", lambda w, x, b: abs(w*x)),
    (r"z = \lvert W - X \rvert", lambda w, x, b: abs(w-x)),
    (r"z = \frac{\left|W X\right|}{2}", lambda w, x, b: abs(w*x)/2),
    (r"z = \left\{ \begin{array}{ll} W & X > 0 \\ B & X \leq 0 \end{array} \right.", lambda w, x, b: w if x>0 else b),
    (r"z = \begin{cases} X & \text{if } X > 0, \\ B X & \text{otherwise.} \end{cases}",
     lambda w, x, b: x if x>0 else b*x),
    (r"z = -[B \ln \sigma(WX) + (1-B) \ln(1-\sigma(WX))]",
     lambda w, x, b: -(b*math.log(sigmoid(w*x))+(1-b)*math.log(1-sigmoid(w*x)))),
    (r"z = - B \log \sigma(W X)", lambda w, x, b: -b*math.log(sigmoid(w*x))),
    (r"z = \sigma(WX)(1 - \sigma(WX))", lambda w, x, b: sigmoid(w*x)*(1-sigmoid(w*x))),
    (r"z = \sigma^2(WX)", lambda w, x, b: sigmoid(w*x)**2),
    (r"z = \tanh^2 (WX)", lambda w, x, b: math.tanh(w*x)**2),
    (r"z = 1 - \tanh^{2}(WX)", lambda w, x, b: 1-math.tanh(w*x)**2),
    (r"z = \cos^{2} X + W", lambda w, x, b: math.cos(x)**2+w),
    ("z = e^{W X} / (1 + e^{W X})", lambda w, x, b: sigmoid(w*x)),
    ("z = {W} {X} + {B}", lambda w, x, b: w*x+b),
    (r"z = W\times X+B", lambda w, x, b: w*x+b),
    (r"z = W \ast X", lambda w, x, b: w*x),
    ("z = W X", lambda w, x, b: w*x),
    ("z = 1/(1+exp(−W·X))", lambda w, x, b: sigmoid(w*x)),
    ("z = 1 / (1 + e^(−(W·X + B)))", lambda w, x, b: sigmoid(w*x+b)),
    ("z = 1/(1 + exp(-WX))", lambda w, x, b: sigmoid(w*x)),
    ("z = (1 + e^-WX)^-1", lambda w, x, b: sigmoid(w*x)),
    ("z = e^{-WX^2}", lambda w, x, b: math.exp(-w*x*x)),
    ("z = exp(-X²/2)W", lambda w, x, b: math.exp(-x*x/2)*w),
    ("z = exp(-(X-W)²)", lambda w, x, b: math.exp(-(x-w)**2)),
    ("z = ½ W X²", lambda w, x, b: .5*w*x*x),
    ("z = W·X² + B·X + 1", lambda w, x, b: w*x*x+b*x+1),
    ("z = ⅓·W³", lambda w, x, b: w**3/3),
    ("z = WX + B.", lambda w, x, b: w*x+b),
    ("z = W × X + B", lambda w, x, b: w*x+b),
    ("z = W * X + B  // affine", lambda w, x, b: w*x+b),
    ("z = W*X + B  -- affine", lambda w, x, b: w*x+b),
    ("z = W*X + B  (affine)", lambda w, x, b: w*x+b),
    ("z=W*X+B", lambda w, x, b: w*x+b),
    ("z <- W*X", lambda w, x, b: w*x),
    ("z ← W·X", lambda w, x, b: w*x),
    ("z ≡ W·X", lambda w, x, b: w*x),
    ("z ≔ W·X", lambda w, x, b: w*x),
    ("z: W*X", lambda w, x, b: w*x),
    ("W*X + B = z", lambda w, x, b: w*x+b),
    ("z = [W X + B]", lambda w, x, b: w*x+b),
    ("z = W [X + B]", lambda w, x, b: w*(x+b)),
    ("z = W{X + B}", lambda w, x, b: w*(x+b)),
    ("z = ((W*X) + B", lambda w, x, b: w*x+b),
    ("z = W*X)", lambda w, x, b: w*x),
    ("z = |X|·W", lambda w, x, b: abs(x)*w),
    ("z = |X - W|^2", lambda w, x, b: (x-w)**2),
    ("z = ||X - W||^2", lambda w, x, b: (x-w)**2),
    ("z = √(X²)·W", lambda w, x, b: abs(x)*w),
    ("z = max(0; W*X)", lambda w, x, b: max(0, w*x)),
    ("z = max{0, W·X}", lambda w, x, b: max(0, w*x)),
    ("z = relu(W X)", lambda w, x, b: max(0, w*x)),
    ("z = sigma(W*X)", lambda w, x, b: sigmoid(w*x)),
    ("z = logistic(W*X)", lambda w, x, b: sigmoid(w*x)),
    ("z = tanh WX", lambda w, x, b: math.tanh(w*x)),
    ("z = tanh(WX) + B tanh X", lambda w, x, b: math.tanh(w*x)+b*math.tanh(x)),
    ("z = σ(WX+B)", lambda w, x, b: sigmoid(w*x+b)),
    ("z = σ(W · X)", lambda w, x, b: sigmoid(w*x)),
    ("z = log₂(X² + 1)", lambda w, x, b: math.log2(x*x+1)),
    ("z = log_10(X^2 + 1)", lambda w, x, b: math.log10(x*x+1)),
    ("z = W if X >= 0 else 0", lambda w, x, b: w if x>=0 else 0),
    ("z = W, if X > 0; B otherwise", lambda w, x, b: w if x>0 else b),
    ("z = W for X > 0, B otherwise", lambda w, x, b: w if x>0 else b),
    ("z = (X > 0)*W", lambda w, x, b: w*(x>0)),
    ("z = (X > 0) ? W : 0", lambda w, x, b: w if x>0 else 0),
    ("z = 1[X > 0]·W", lambda w, x, b: w*(x>0)),
    ("z = I(X > 0)·W", lambda w, x, b: w*(x>0)),
    ("z = 1_{X>0} W", lambda w, x, b: w*(x>0)),
    ("z = H(X)·W", lambda w, x, b: w*(x>0)),
    ("z = X**2*W", lambda w, x, b: x*x*w),
    ("z = X ^ 2 * W", lambda w, x, b: x*x*w),
    ("z = pow(X, 2)*W", lambda w, x, b: x*x*w),
    ("z = 3·W", lambda w, x, b: 3*w),
    ("z = 1e-1 W", lambda w, x, b: .1*w),
    ("z = 10^-1 W", lambda w, x, b: .1*w),
    ("z = 10^{-1} W X", lambda w, x, b: .1*w*x),
    ("z = W X/2", lambda w, x, b: w*x/2),
    ("z = W/(2 X² + 1)", lambda w, x, b: w/(2*x*x+1)),
    ("z = (W + X)/(2B)", lambda w, x, b: (w+x)/(2*b)),
    ("z = np.tanh(np.dot(W, X) + B)", lambda w, x, b: math.tanh(w*x+b)),
    ("z = 1.0 / (1.0 + np.exp(-np.dot(W, X)))", lambda w, x, b: sigmoid(w*x)),
    ("z = np.log(1 + np.exp(W * X))", lambda w, x, b: math.log1p(math.exp(w*x))),
    ("z = np.abs(W*X - B)", lambda w, x, b: abs(w*x-b)),
    ("z = np.clip(W*X, 0, 1)", lambda w, x, b: min(max(w*x, 0),1)),
    ("z = np.sign(X)*W", lambda w, x, b: math.copysign(1, x)*w),
    ("z = np.maximum(W*X, 0.01*W*X)", lambda w, x, b: max(w*x,.01*w*x)),
    ("z = np.logaddexp(0, W*X)", lambda w, x, b: math.log1p(math.exp(w*x))),
    ("z = np.mean((W*X - B)**2)", lambda w, x, b: (w*x-b)**2),
    ("z = np.sum(np.square(W*X - B))", lambda w, x, b: (w*x-b)**2),
    ("z = 0.5*np.sum((W*X - B)**2)", lambda w, x, b: .5*(w*x-b)**2),
    ("z = np.hypot(W, X)", lambda w, x, b: math.hypot(w, x)),
    ("z = np.pi*W*X", lambda w, x, b: math.pi*w*x),
    ("z = math.pi*W", lambda w, x, b: math.pi*w),
    ("z = np.e**(-W*X)", lambda w, x, b: math.exp(-w*x)),
    ("z = (X > 0).astype(float)*W", lambda w, x, b: w*(x>0)),
    ("z = (X > 0).float() * W", lambda w, x, b: w*(x>0)),
    ("z = torch.tanh(W @ X)", lambda w, x, b: math.tanh(w*x)),
    ("z = torch.exp(-W*X).sum()", lambda w, x, b: math.exp(-w*x)),
    ("z = (W*X - B).pow(2).mean()", lambda w, x, b: (w*x-b)**2),
    ("z = (W*X).tanh()", lambda w, x, b: math.tanh(w*x)),
    ("z = torch.clamp(W*X, min=0)", lambda w, x, b: max(0, w*x)),
    ("z = (W*X).clamp(min=0)", lambda w, x, b: max(0, w*x)),
    ("z = F.softplus(W*X)", lambda w, x, b: math.log1p(math.exp(w*x))),
    ("z = F.leaky_relu(W*X, 0.2)", lambda w, x, b: w*x if w*x>0 else .2*w*x),
    ("z = nn.Sigmoid()(W*X)", lambda w, x, b: sigmoid(w*x)),
    ("z = F.mse_loss(W*X, B)", lambda w, x, b: (w*x-b)**2),
    ("z = jnp.sin(W*X)", lambda w, x, b: math.sin(w*x)),
    ("z = tf.nn.relu(W*X)", lambda w, x, b: max(0, w*x)),
    ("z = tf.math.log(1. + tf.exp(X))", lambda w, x, b: math.log1p(math.exp(x))),
    ("z = K.square(W*X - B)", lambda w, x, b: (w*x-b)**2),
    ("z = float(W*X)", lambda w, x, b: w*x),
    ("z = W*X  # forward pass", lambda w, x, b: w*x),
    ("double z = W*X;", lambda w, x, b: w*x),
    ("z = W .* X", lambda w, x, b: w*x),
    ("z = X.^2*W", lambda w, x, b: x*x*w),
    ("z = W'*X", lambda w, x, b: w*x),
    ("z = sum((W*X - B).^2)", lambda w, x, b: (w*x-b)**2),
)  # fmt: skip
"""Lines for z in capitals that stand for a weight, data and a const, each with its value."""


def net(d: Numbers) -> list[float]:
    return [sum(d["W"][j][i] * d["x"][i] for i in range(3)) + d["b"][j] for j in range(2)]


def through(function: Callable[[float], float]) -> Callable[[Numbers], list[float]]:
    return lambda d: [function(one) for one in net(d)]


def soft(d: Numbers) -> list[float]:
    total = sum(map(math.exp, d["b"]))
    return [math.exp(one) / total for one in d["b"]]


def relu(u: float) -> float:
    return max(0.0, u)


def dot(d: Numbers) -> float:
    return float(sum(p * q for p, q in zip(d["w"], d["x"], strict=True)))


def squares(d: Numbers) -> float:
    return float(sum(one * one for one in d["w"]))


def half_distance(d: Numbers) -> float:
    return 0.5 * float(sum((p - q) ** 2 for p, q in zip(d["w"], d["x"], strict=True)))


def sizes(d: Numbers) -> float:
    return float(sum(map(abs, d["w"])))


def mean_square(d: Numbers) -> float:
    return 2 * half_distance(d) / 3


LETTERED: tuple[tuple[Callable[[Numbers], float | list[float]], tuple[str, ...]], ...] = (
    (net, (
        r"z_j = b_j + \sum_{i=1}^{3} x_i W_{ji}", r"z_{j} = \sum\limits_{i=1}^{3} W_{ji} x_{i} + b_{j}",
        r"z_j = \sum_{i} W_{ji}x_i + b_j", r"\vec{z} = \mathbf{W}\vec{x} + \vec{b}",
        r"\boldsymbol{z} = \boldsymbol{W} \boldsymbol{x} + \boldsymbol{b}", "z = W x + b",
        r"z_j = \mathbf{W}_j \cdot \mathbf{x} + b_j", "z_j = W_{j1} x_1 + W_{j2} x_2 + W_{j3} x_3 + b_j",
        "z_j = W_{j,:} x + b_j", r"z_j = \sum_{i=1}^{3} W_{j i} x_i + b_j \quad \text{for } j = 1, 2",
        r"z_j = \sum_{i=1}^{3} W_{ji} x_i + b_j, \quad j = 1, \dots, 2", r"z_j = \sum_{\forall i} W_{ji} x_i + b_j",
        r"z_j = \sum_{i \in I} W_{ji} x_i + b_j", "z_j = Σ W_ji x_i + b_j", "z_j = Σ(i=1..3) W_ji·x_i + b_j",
        "z_j = Σ_{i} (W_ji x_i) + b_j", "z_j = ∑ᵢ Wⱼᵢ·xᵢ + bⱼ", "z[j] = Σ_i W[j,i] * x[i] + b[j] for all j",
        "z[j] = sum_i(W[j,i]*x[i]) + b[j]", "z[j] = sum_{i=1}^{3} W[j,i]*x[i] + b[j]",
        "z[j] = sum(W[j,i]*x[i] for i in 1..3) + b[j]", "z[j] = sum(i, W[j,i]*x[i]) + b[j]",
        "z[j] = W[j,:] @ x + b[j]", "z[j] = dot(W[j], x) + b[j]", "z[j] = np.dot(W[j,:], x) + b[j]",
        "z = F.linear(x, W, b)", "z = torch.matmul(W, x) + b", "z = x @ W.T + b", "z = tf.matmul(W, x) + b",
        "z = W*x + b", "z = W.x + b", "z = (W x) + b", "z_j = (W x + b)_j", "z_j = [W x]_j + b_j",
    )),
    (through(sigmoid), (
        r"z_j = \sigma\left(\sum_i W_{ji} x_i + b_j\right)",
        r"z_j = \frac{1}{1 + \exp\left(-\sum_i W_{ji} x_i - b_j\right)}",
        r"\mathbf{z} = \sigma(\mathbf{W}\mathbf{x} + \mathbf{b})", "z = sigmoid(W @ x + b)",
        "z = sigmoid(np.matmul(W, x) + b)", "z = σ.(W*x .+ b)",
    )),
    (through(math.tanh), (
        r"z_j = \tanh\Big(\sum_{i=1}^{3} W_{ji} x_i + b_j\Big)", r"z = \tanh(W x + b)", "z = np.tanh(W.dot(x) + b)",
        "z = np.tanh(np.dot(W, x) + b)",
    )),
    (through(relu), (
        r"z_j = \mathrm{ReLU}\left(\sum_i W_{ji} x_i + b_j\right)", r"z_j = \max(0, \sum_i W_{ji} x_i + b_j)",
        "z = relu(W x + b)", "z = torch.relu(torch.mv(W, x) + b)",
    )),
    (soft, (
        r"z_j = \frac{\exp(b_j)}{\sum_{j'} \exp(b_{j'})}", r"z_j = \frac{\exp b_j}{\sum_k \exp b_k}",
        r"z_j = \frac{e^{b_j}}{\sum_{k=1}^{2} e^{b_k}}", r"z_j = \operatorname{softmax}(\mathbf{b})_j",
        r"z = \text{softmax}(b)", "z_j = exp(b_j) / Σ_k exp(b_k)", "z_j = e^(b_j)/Σ_k e^(b_k)",
        "z[j] = exp(b[j])/sum_k exp(b[k])", "z = exp(b)/sum(exp(b))", "z = np.exp(b) / np.sum(np.exp(b))",
        "z = torch.softmax(b, dim=0)", "z = scipy.special.softmax(b)",
    )),
    (dot, (
        r"z = \langle w, x \rangle", r"z = \left\langle \mathbf{w}, \mathbf{x} \right\rangle",
        r"z = w^{\mathsf{T}} x", r"z = w^{\intercal} x", "z = w'x", "z = ⟨w, x⟩", "z = <w, x>", "z = w·x",
        "z = w^t x", "z = w.T.dot(x)", "z = np.inner(w, x)", "z = np.vdot(w, x)", "z = sum(w .* x)",
        "z = sum([w[i]*x[i] for i in range(3)])", "z = sum(wi*xi for wi, xi in zip(w, x))",
        r"z = \sum_{j=1}^{3} w_j x_j", r"z = \sum_{n=1}^3 w_n x_n", "z = w_{1}x_{1} + w_{2}x_{2} + w_{3}x_{3}",
        r"z = w_1 x_1 + \cdots + w_3 x_3", "z = w1 x1 + w2 x2 + w3 x3", "z = w₁x₁ + w₂x₂ + w₃x₃",
        "z = w(1)x(1) + w(2)x(2) + w(3)x(3)", "z = Σ w·x", "z = Σᵢ wᵢxᵢ", "z = sum(w*x)",
        r"z = \sum_{i=1}^{3} w_{i} \, x_{i}", "z = torch.sum(w * x)", "z = (w * x).sum(dim=0)", "z = dot(w, x)",
        "z = w^⊤x", "z = wᵗx", r"z = \mathbf{x}^{T}\mathbf{w}", "z = x @ w",
    )),
    (squares, (
        r"z = \sum_{i=1}^{3} w_i^2", r"z = \left\| w \right\|^2", r"z = \lVert \mathbf{w} \rVert_2^2",
        r"z = w^\top w", "z = w·w", "z = |w|²", "z = ||w||²", "z = ||w||_2^2", "z = Σ w_i²", "z = np.dot(w, w)",
        "z = np.linalg.norm(w, 2)**2", "z = torch.norm(w)**2", "z = w.pow(2).sum()", "z = w.square().sum()",
        "z = (w ** 2).sum()", r"z = \sum_i \left( w_i \right)^2", "z = norm(w)^2",
    )),
    (half_distance, (
        r"z = \frac{1}{2}\sum_{i}(w_i - x_i)^2", r"z = \frac{1}{2}\|w - x\|^2", "z = 0.5*np.sum((w - x)**2)",
        "z = ½ Σ_i (w_i − x_i)²", "z = 1/2 * sum((w-x)^2)", "z = ½‖w − x‖²", r"z = \frac12 \sum_i (w_i - x_i)^2",
        "z = 0.5*((w - x)**2).sum()",
    )),
    (sizes, (
        r"z = \sum_i |w_i|", r"z = \|w\|_1", "z = np.sum(np.abs(w))", "z = Σ_i |w_i|", "z = ||w||_1",
        "z = w.abs().sum()",
    )),
    (mean_square, (
        r"z = \frac{1}{3}\sum_{i=1}^{3}(w_i - x_i)^2", "z = np.mean((w - x)**2)", "z = mean((w - x)^2)",
        "z = ((w - x)**2).mean()", "z = F.mse_loss(w, x)", "z = torch.mean((w - x)**2)",
    )),
)  # fmt: skip

TAUGHT = (
    r"W_{new} = W_{old} - R \frac{\partial E}{\partial W}",
    r"W_{k+1} = W_k - R \nabla E(W_k)",
    r"W _{k+1} = W _k - R \nabla E(W _k)",
    r"W^{(k+1)} = W^{(k)} - R \nabla E( W^{(k)} )",
    r"W^{(k+1)} = W^{(k)} - R \frac{\partial E}{\partial W^{(k)}}",
    r"W \gets W - R \nabla_W E",
    r"W := W - R \frac{\partial}{\partial W} E",
    r"\Delta W = - R \frac{\partial E}{\partial W}",
    r"\Delta W_{ji} = -R \frac{\partial E}{\partial W_{ji}}",
    "W(t+1) = W(t) - R ∂E/∂W(t)",
    "W[t+1] = W[t] - R*dE/dW",
    "W(n+1) = W(n) - R ∂E(n)/∂W(n)",
    "W ← W − R∇E",
    "W ← W − R·∇_W E",
    "W <- W - R*grad",
    "W -= R * W.grad",
    "W = W - R * W.grad",
    "W.data -= R * W.grad.data",
    "W += -R * dE/dW",
    "W −= R ∂E/∂W",
    "W := W − R dE/dW",
    "W → W − R ∂E/∂W",
    "W → W' = W − R ∂E/∂W",
    "W' = W − R ∂E/∂W",
    "W_new = W − R·(∂E/∂W)",
    "update W: W - R*dE/dW",
    "W = W - R*grad(E, W)",
    "W = W - R*gradient",
    "new W = old W - R * dE/dW",
    "W(new) = W(old) - R*(dE/dW)",
    "dW = -R*dE/dW",
    "W^{+} = W - R ∂E/∂W",
    "W_t = W_{t-1} - R ∂E/∂W_{t-1}",
)  # fmt: skip
"""Steps of learning of a weight W at the rate R."""

OTHERS: tuple[tuple[str, str, Callable[[float, float], float]], ...] = (
    ("weight w = A", "z = w·x", lambda a, x: a * x),
    ("weights w := A", "z = w·x", lambda a, x: a * x),
    ("param w = A", "z = w·x", lambda a, x: a * x),
    ("weight: w := A", "z = w·x", lambda a, x: a * x),
    ("weight w := 0.1\nconst k = A", "z = k·x", lambda a, x: a * x),
    ("weight w := 0.1\nconstant k := A", "z = k·x", lambda a, x: a * x),
    ("weight w := 0.1\nindex i = 1:3", "z = A·Σ_i i·x", lambda a, x: 6 * a * x),
    ("weight w := 0.1\nindex i in 1..3", "z = A·Σ_i i·x", lambda a, x: 6 * a * x),
    ("weight w := 0.1\nfor i = 1..3", "z = A·Σ_i i·x", lambda a, x: 6 * a * x),
    ("weight w := A\nf = lambda u: u**2", "z = f(w)·x", lambda a, x: a * a * x),
    ("weight w := A\ndef f(u): return u**2", "z = f(w)·x", lambda a, x: a * a * x),
    ("weight w := A\nf: u -> u²", "z = f(w)·x", lambda a, x: a * a * x),
    ("weight w := A", "z(w) = wx", lambda a, x: a * x),
    (r"weight w := A" + "\n" + r"A(u) = \frac{1}{1 + e^{-u}}", "z = A(wx)", lambda a, x: sigmoid(a * x)),
    (r"weight w := A" + "\n" + r"\hat{T}(x) = \tanh(wx)", "z = T̂(x)", lambda a, x: math.tanh(a * x)),
    ("weight w := A\nmean = w·x", "z = mean", lambda a, x: a * x),
)
