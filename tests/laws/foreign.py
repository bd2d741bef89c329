r"""First attempts as other programs and other keyboards write them, each with the value that it means: Excel, MATLAB,
R, Mathematica, Julia, Python's libraries, and the signs that are pasted from books, letters and web pages.

Written from knowledge of those, not from the parser. In `SCALARS` w is a weight, x data and b a const.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

Numbers = dict[str, Any]


def sigmoid(u: float) -> float:
    return 1 / (1 + math.exp(-u))


def line(w: float, x: float, b: float) -> float:
    return w * x + b


def product(w: float, x: float, b: float) -> float:
    return w * x


def rectified(w: float, x: float, b: float) -> float:
    return max(0, w * x)


def logistic(w: float, x: float, b: float) -> float:
    return sigmoid(w * x + b)


def logistic_product(w: float, x: float, b: float) -> float:
    return sigmoid(w * x)


def bent(w: float, x: float, b: float) -> float:
    return math.tanh(w * x)


def chosen(w: float, x: float, b: float) -> float:
    return w if x > 0 else b


def gated(w: float, x: float, b: float) -> float:
    return w if x > 0 else 0


def squared(w: float, x: float, b: float) -> float:
    return (w * x - b) ** 2


def hill(w: float, x: float, b: float) -> float:
    return w * math.exp(-x * x / 2)


SCALARS: tuple[tuple[Callable[[float, float, float], float], tuple[str, ...]], ...] = (
    (line, (
        "z = w.*x + b", "z = w .* x .+ b", "z = @. w*x + b", "z <- w*x + b", "z = w %*% x + b", "z[x_] := w x + b",
        "z = w*x + b  % forward pass", "z = w*x + b  // forward pass", "z = w*x + b  # forward pass",
        "def z(x): return w*x + b", "z = lambda x: w*x + b", "z(x) = w*x + b;", "z = np.add(w*x, b)",
        "z = np.multiply(w, x) + b", "z = SUM(w*x, b)", "z = w*x+b.", "z = w x + b,", "z = w x + b    (1)",
        "(1) z = w x + b", "(2.3)  z = w x + b", "z = w x + b \\quad (1)", "Let z = w x + b", "let z := w x + b",
        "where z = w x + b", "z ≡ w x + b", "z ≔ w x + b", "z ≜ w x + b", "z = 𝑤𝑥 + 𝑏", "𝑧 = 𝑤𝑥 + 𝑏", "𝑧 = 𝑤 ⋅ 𝑥 + 𝑏",
        "𝐳 = 𝐰𝐱 + 𝐛", "z = w⋅x + b", "z = w ∗ x + b", "z = w∙x + b", "z = w • x + b", "z = w × x + b", "z = w＊x＋b",
        "ｚ ＝ ｗｘ ＋ ｂ", "z = （w x） + b", "z = w\u00a0x\u00a0+\u00a0b", "z\u2009=\u2009w\u2009x\u2009+\u2009b",
        "z = w\u2062x + b", "z = w\u200bx + b", "\ufeffz = w x + b", "z = wx + b\u200b", "z = w * x + b \\\\",
        "\\[ z = w x + b \\]", "$$z = wx + b$$", "\\( z = w x + b \\)",
        "\\begin{equation} z = w x + b \\end{equation}", "\\begin{align} z &= w x + b \\end{align}", "z &= w x + b",
        "z = w{\\cdot}x + b", "`z = w x + b`", "- z = w x + b", "z = w x + b where x is the input",
        "double z = w*x + b;", "float z = w*x + b;", "var z = w*x + b;", "const z = w*x + b;", "auto z = w*x + b;",
        "z = (w*x) + b", "z= w*x+b", "z = [w x + b]", "z = {w x + b}",
    )),
    (product, (
        "z = w' * x", "z = w'x", "z = t(w) %*% x", "z = prod(w, x)", "z = PRODUCT(w, x)", "z = w*x;", "z = mul(w, x)",
        "z = torch.mul(w, x)", "z = Times[w, x]", "z = w (x)", "z = (w)(x)", "z = w•x", "z = 𝘸𝘹", "z = w ⁎ x",
    )),
    (rectified, (
        "z = MAX(0; w*x)", "z = MAX(0, w*x)", "z = max(0., w*x)", "z = pmax(0, w*x)", "z = max.(0, w*x)",
        "z = Max[0, w x]", "z = Ramp[w x]", "z = max{0, w x}", "z = F.relu(w*x)", "z = nn.ReLU()(w*x)",
        "z = tf.nn.relu(w*x)", "z = jax.nn.relu(w*x)", "z = torch.nn.functional.relu(w*x)", "z = (w*x).relu()",
        "z = np.maximum(w*x, 0.0)", "z = torch.clamp(w*x, min=0)", "z = (w*x > 0)*w*x", "z = w x [w x > 0]",
        "z = w*x if w*x > 0 else 0", "z = (w x)_+", "z = (w x)⁺", "z = max(w x; 0)", "z = np.fmax(0, w*x)",
        "z = IF(w*x>0, w*x, 0)", "z = 0 if w*x < 0 else w*x", "z = 1(w x > 0)·w x",
    )),
    (logistic, (
        "z = 1/(1+EXP(-(w*x+b)))", "z = 1./(1+exp(-(w.*x + b)));", "z <- 1/(1 + exp(-(w*x + b)))",
        "z <- plogis(w*x + b)", "z = 1/(1 + Exp[-(w x + b)])", "z = LogisticSigmoid[w x + b]",
        "z = tf.nn.sigmoid(w*x + b)", "z = nn.Sigmoid()(w*x + b)", "z = (w*x + b).sigmoid()", "z = expit(w*x + b)",
        "z = scipy.special.expit(w*x + b)", "z = jax.nn.sigmoid(w*x + b)", "z = K.sigmoid(w*x + b)",
        "z = σ.(w .* x .+ b)", "z = 𝜎(𝑤𝑥 + 𝑏)", "z = ς(w x + b)", "z = logistic(w x + b)", "z = sigm(w x + b)",
        "z = logsig(w*x + b)", "z = S(w x + b), S = sigmoid", "z = \\operatorname{sigmoid}(w x + b)",
        "z = \\mathrm{logistic}(w x + b)", "z = {1 \\over 1 + e^{-(w x + b)}}", "z = \\dfrac{1}{1+e^{-(wx+b)}}",
        "z = \\frac1{1 + e^{-wx-b}}", "z = (1 + e^(-(w x + b)))^(-1)", "z = (1 + e^{-(wx+b)})^{-1}",
        "z = 1/(1 + e^(-w x - b))", "z = 1/(1+e^(-(wx+b)))", "z = 1/(1+ℯ^(-(w*x + b)))", "z = sig(w x + b)",
        "z = 1.0 / (1.0 + math.exp(-(w * x + b)))", "z = 1 / (1 + Math.exp(-(w * x + b)));",
    )),
    (logistic_product, (
        "z = w*x |> sigmoid", "z = sigmoid(w·x)", "z = σ w x", "z = σ(w\u2062x)", "z = \\sigma{(w x)}", "z = 𝛔(𝐰𝐱)",
    )),
    (bent, (
        "z = TANH(w*x)", "z = Tanh[w x]", "z = tanh.(w*x)", "z = (w*x).tanh()", "z = jnp.tanh(w*x)",
        "z = math.tanh(w*x)", "z = torch.tanh(w*x)", "z = nn.Tanh()(w*x)", "z = w*x |> tanh", "z = tanh\u2061(w x)",
        "z = tanh w x", "z = \\tanh{w x}", "z = th(w x)", "z = tansig(w*x)", "z = tgh(w x)", "z = tanh[w x]",
        "z = (e^{wx} - e^{-wx})/(e^{wx} + e^{-wx})", "z = Math.tanh(w*x)", "z = tanh{w x}",
        "z = hyperbolic_tangent(w x)",
    )),
    (chosen, (
        "z = IF(x>0; w; b)", "z = IF(x>0, w, b)", "z = ifelse(x > 0, w, b)", "z = If[x > 0, w, b]",
        "z = torch.where(x > 0, w, b)", "z = tf.where(x > 0, w, b)", "z = ifelse.(x .> 0, w, b)",
        "z = Piecewise[{{w, x > 0}, {b, x <= 0}}]", "z = (x > 0) ? w : b;", "z = w if x>0 else b",
        "z = {w if x > 0, b otherwise}", "z = w for x > 0, b otherwise", "z = w, x > 0; b, x <= 0",
        "z = w [x > 0] + b [x <= 0]", "z = (x > 0)*w + (x <= 0)*b", "z = np.where(x>0,w,b)", "z = IIf(x > 0, w, b)",
        "z = \\begin{cases} w & \\text{if } x > 0 \\\\ b & \\text{otherwise} \\end{cases}",
        "z = if x > 0 { w } else { b }", "if x > 0: z = w else: z = b",
    )),
    (gated, (
        "z = (x > 0)*w", "z = float(x > 0)*w", "z = int(x > 0)*w", "z = w*(x > 0)", "z = np.heaviside(x, 0)*w",
        "z = w·1[x > 0]", "z = w·𝟙[x > 0]", "z = w·𝟙(x > 0)", "z = w·I(x > 0)", "z = w \\cdot \\mathbb{1}_{x > 0}",
        "z = (x > 0).float()*w", "z = UnitStep[x] w", "z = HeavisideTheta[x] w", "z = w·H(x)", "z = w·θ(x)",
        "z = w·step(x)", "z = Boole[x > 0] w", "z = w·1_{x>0}", "z = N(x>0)*w",
    )),
    (squared, (
        "z = (w.*x - b).^2", "z = (w*x - b)**2", "z = pow(w*x - b, 2)", "z = abs2(w*x - b)", "z = POWER(w*x-b, 2)",
        "z = POWER(w*x-b; 2)", "z = Power[w x - b, 2]", "z = (w x − b)²", "z = (w x – b)²", "z = (w x — b)²",
        "z = (w x ‒ b)²", "z = (w x － b)²", "z = (w x ﹣ b)²", "z = (w x - b)^{2}", "z = (w x - b)^(2)",
        "z = sqr(w x - b)", "z = (w*x - b)*(w*x - b)", "z = (w*x - b).pow(2)", "z = (w*x - b).square()",
        "z = tf.square(w*x - b)", "z = Math.pow(w*x - b, 2)", "z = |w x - b|²", "z = square(w x - b)",
        "z = sq(w*x - b)", "z = {(wx-b)}^2", "z = (w*x - b)↑2", "z = [w x - b]²", "z = [w x - b]^2", "z = {w x - b}^2",
        "z = (wx-b)^ 2", "z = (w x - b)ˆ2",
    )),
    (hill, (
        "z = w*EXP(-x^2/2)", "z = w*exp(-x.^2/2)", "z = w Exp[-x^2/2]", "z = w*np.exp(-x**2/2)", "z = w·e^(−x²/2)",
        "z = w e^{-x^2/2}", "z = w·exp(−x²⁄2)", "z = w·exp(-½x²)", "z = w e^{-\\frac{x^2}{2}}", "z = w e^{-x²/2}",
        "z = w*exp(-(x^2)/2)", "z = w*exp(-0.5*x*x)", "z = w E^(-x^2/2)", "z = w*exp(-x*x/2.0)", "z = w exp(-x²/2)",
        "z = w exp{-x²/2}", "z = w exp[-x²/2]", "z = w exp[-(1/2) x^2]",
    )),
    (lambda w, x, b: w * x * x, (
        "z = POWER(x,2)*w", "z = w*x.^2", "z = pow(x, 2)*w", "z = w*x^2;", "z = w x²", "z = w x^2", "z = w*Power[x,2]",
        "z = w·x↑2", "z = w * x ^ 2", "z = w*x*x", "z = w x x", "z = wx^2", "z = w·x**2", "z = w*np.power(x, 2)",
    )),
    (lambda w, x, b: math.sqrt(x * x + 1) * w, (
        "z = SQRT(x^2+1)*w", "z = Sqrt[x^2 + 1] w", "z = √(x² + 1) w", "z = (x² + 1)^½ w", "z = (x^2+1)^(1/2) w",
        "z = (x^2+1)^0.5*w", "z = w*np.sqrt(x**2 + 1)", "z = w √(x^2+1)", "z = w*np.hypot(x, 1)", "z = w*(x^2+1)**.5",
        "z = w \\sqrt{x^2 + 1}", "z = w*Math.sqrt(x*x + 1)", "z = w·sqrt(1+x²)", "z = w \\sqrt[2]{x^2+1}",
    )),
    (lambda w, x, b: math.log(x * x + 1) * w, (
        "z = LN(x^2+1)*w", "z = Log[x^2 + 1] w", "z = w ln(1 + x²)", "z = w*np.log(x**2+1)", "z = w log_e(x²+1)",
        "z = w \\ln{(x^2+1)}", "z = w*log(x.^2 + 1)", "z = w*Math.log(x*x+1)", "z = w*log1p(x^2)", "z = w·ln|x² + 1|",
        "z = w*tf.math.log(x**2 + 1)", "z = w loge(x²+1)",
    )),
    (lambda w, x, b: abs(w * x - b), (
        "z = ABS(w*x-b)", "z = Abs[w x - b]", "z = np.abs(w*x - b)", "z = ∣w x − b∣", "z = |w x - b|",
        "z = (w*x - b).abs()", "z = math.fabs(w*x - b)", "z = torch.abs(w*x-b)", "z = \\lvert w x - b \\rvert",
        "z = \\vert w x - b \\vert", "z = \\mid w x - b \\mid", "z = ｜wx − b｜",
    )),
    (lambda w, x, b: w / 2 * x, (
        "z = ½wx", "z = ½ w x", "z = w x/2", "z = wx/2", "z = 0.5 w x", "z = .5wx", "z = w∕2·x", "z = (w⁄2)·x",
        "z = w ÷ 2 · x", "z = w x / 2.", "z = 1/2 w x", "z = 1/2wx", "z = (1/2) w x", "z = \\tfrac12 w x",
        "z = {1\\over2}wx", "z = 1⁄2 w x", "z = 5e-1*w*x", "z = 0.5f*w*x", "z = 0,5·w·x", "z = \\nicefrac{1}{2} w x",
        "z = \\frac{wx}{2}", "z = 0.50 w·x",
    )),
    (lambda w, x, b: 3 * math.pi * w * x, (
        "z = 3πwx", "z = 3*PI()*w*x", "z = 3 Pi w x", "z = 3*pi*w*x", "z = 3*np.pi*w*x", "z = 3\\pi w x", "z = 3𝜋wx",
        "z = 3·π·w·x", "z = 3*math.pi*w*x", "z = 3 * Math.PI * w * x", "z = 3ϖwx",
    )),
    (lambda w, x, b: min(1, max(-1, w * x)), (
        "z = np.clip(w*x, -1, 1)", "z = clip(w x, -1, 1)", "z = torch.clamp(w*x, -1, 1)", "z = Clip[w x]",
        "z = clamp(w*x, -1, 1)", "z = max(-1, min(1, w x))", "z = MIN(1, MAX(-1, w*x))", "z = F.hardtanh(w*x)",
        "z = hardtanh(w x)",
    )),
    (lambda w, x, b: math.log1p(math.exp(w * x)), (
        "z = F.softplus(w*x)", "z = log(1 + exp(w x))", "z = LN(1+EXP(w*x))", "z = Log[1 + Exp[w x]]",
        "z = np.log1p(np.exp(w*x))", "z = nn.Softplus()(w*x)", "z = np.logaddexp(0, w*x)", "z = SoftPlus(w x)",
        "z = ln(1+e^{wx})",
    )),
    (lambda w, x, b: w * x if x > 0 else 0.01 * w * x, (
        "z = w*x if x > 0 else 0.01*w*x", "z = np.where(x > 0, w*x, 0.01*w*x)", "z = w·(x if x > 0 else 0.01x)",
    )),
    (lambda w, x, b: math.copysign(1, x) * w, (
        "z = SIGN(x)*w", "z = Sign[x] w", "z = np.sign(x)*w", "z = sgn(x) w", "z = sgn x · w", "z = torch.sign(x)*w",
        "z = Math.sign(x)*w", "z = signum(x)·w", "z = \\operatorname{sgn}(x) w", "z = x/|x|·w", "z = sign(x)w",
    )),
)  # fmt: skip


def net(d: Numbers) -> list[float]:
    return [sum(d["W"][j][i] * d["x"][i] for i in range(3)) + d["b"][j] for j in range(2)]


def through(function: Callable[[float], float]) -> Callable[[Numbers], list[float]]:
    return lambda d: [function(one) for one in net(d)]


def soft(d: Numbers) -> list[float]:
    total = sum(math.exp(one) for one in d["b"])
    return [math.exp(one) / total for one in d["b"]]


def dot(d: Numbers) -> float:
    return float(sum(p * q for p, q in zip(d["w"], d["x"], strict=True)))


def squares(d: Numbers) -> float:
    return float(sum(one * one for one in d["w"]))


def mean_square(d: Numbers) -> float:
    return float(sum((p - q) ** 2 for p, q in zip(d["w"], d["x"], strict=True))) / 3


LETTERED: tuple[tuple[Callable[[Numbers], float | list[float]], tuple[str, ...]], ...] = (
    (net, (
        "z = np.einsum('ij,j->i', W, x) + b", "z = np.einsum('ji,i->j', W, x) + b",
        'z = np.einsum("ij,j->i", W, x) + b', "z = torch.einsum('ij,j->i', W, x) + b",
        "z = np.einsum('ij,j', W, x) + b", "z = W %*% x + b", "z <- W %*% x + b", "z = W*x .+ b", "z = W * x .+ b;",
        "z = W.x + b", "z = Dot[W, x] + b", "z = MMULT(W, x) + b", "z = MMULT(W;x)+b",
        "z[j] = Sum[W[[j, i]] x[[i]], {i, 1, 3}] + b[[j]]", "z[j] = Sum[W[j,i] x[i], {i, 3}] + b[j]",
        "z(j) = sum(W(j,:).*x) + b(j)", "z(j) = W(j,:)*x + b(j)",
        "z[j] = W[j,0]*x[0] + W[j,1]*x[1] + W[j,2]*x[2] + b[j]", "z[j] = sum(W[j][i]*x[i] for i in range(3)) + b[j]",
        "z[j] = sum(W[j, i] * x[i] for i in range(len(x))) + b[j]",
        "for j in range(2): z[j] = sum(W[j,i]*x[i] for i in range(3)) + b[j]", "z_j = ∑_{i=1}^{3} W_{ji} x_i + b_j",
        "z_j = ∑_(i=1)^3 W_ji x_i + b_j", "z_j = ∑_{i=1}^3 𝑊_{ji} 𝑥_i + 𝑏_j", "𝐳 = 𝐖𝐱 + 𝐛", "𝒛 = 𝑾𝒙 + 𝒃",
        "z⃗ = W x⃗ + b⃗", "z = W ⋅ x + b", "z = W∙x + b", "z = (W * x).sum(axis=1) + b", "z = np.sum(W*x, axis=1) + b",
        "z = W.mv(x) + b", "z = W.matmul(x) + b", "z = np.tensordot(W, x, 1) + b", "z = tf.linalg.matvec(W, x) + b",
        "z = jnp.dot(W, x) + b", "z = np.add(np.dot(W, x), b)", "z = b + W @ x", "z = b + W x", "z = np.matmul(W,x)+b",
        "z = W@x+b", "z_j = Σ_{i=0}^{2} W_{ji} x_i + b_j", "z_j = W_j·x + b_j", "z_j = W_j^T x + b_j",
        "z_j = w_j x + b_j", "z[j] = Σ W[j,i] x[i] + b[j]", "z[j] = Σᵢ₌₁³ W[j,i] x[i] + b[j]", "zⱼ = ∑ᵢ₌₁³ Wⱼᵢxᵢ + bⱼ",
        "zⱼ = ∑ᵢ Wⱼᵢ xᵢ + bⱼ", "z = W x + 1·b", "z = addmm(b, W, x)", "z = torch.addmv(b, W, x)",
        "z = sum(W*x, 2) + b", "z = rowSums(W*x) + b", "z_j := sum over i of W_ji x_i + b_j",
        "z[j] = sum over i W[j,i]*x[i] + b[j]", "z = (W)(x) + b", "z = W[j,i] x[i] + b[j]", "z^j = W^j_i x^i + b^j",
        "z_j = W_{ji} x_i + b_j", "z_j = W_{ij} x_i + b_j",
    )),
    (dot, (
        "z = np.einsum('i,i->', w, x)", "z = np.einsum('i,i', w, x)", "z = w[0]*x[0] + w[1]*x[1] + w[2]*x[2]",
        "z = SUMPRODUCT(w, x)", "z = SUMPRODUCT(w;x)", "z = crossprod(w, x)", "z = drop(w %*% x)", "z = t(w) %*% x",
        "z <- sum(w * x)", "z = Dot[w, x]", "z = Sum[w[[i]]*x[[i]], {i, 1, 3}]", "z = Total[w x]", "z = Total[w*x]",
        "z = w' * x", "z = w'*x;", "z = sum(w.*x);", "z = w ⋅ x", "z = ∑ wᵢxᵢ", "z = ∑ᵢ₌₁³ wᵢxᵢ", "z = Σᵢ₌₁³ wᵢ·xᵢ",
        "z = ∑_{i=1}^3 𝑤_i 𝑥_i", "z = (w*x).sum(-1)", "z = np.dot(w.T, x)", "z = np.matmul(w.T, x)", "z = w.dot(x.T)",
        "z = np.sum(np.multiply(w, x))", "z = Σ_{i=0}^{2} w_i x_i", "z = w_0 x_0 + w_1 x_1 + w_2 x_2", "z = 𝐰ᵀ𝐱",
        "z = 𝒘⊤𝒙", "z = sum(w_i x_i, i=1..3)", "z = add(w[i]*x[i], i=1..3)", "z = w'x", "z = tf.reduce_sum(w*x)",
        "z = ⟨w|x⟩", "z = tf.tensordot(w, x, 1)", "z = jnp.vdot(w, x)", "z = w∙x", "z = w•x", "z = (w, x)",
        "z = \\langle w | x \\rangle", "z = sum(w[i] * x[i] for i = 1:3)", "z = sum(w[i]*x[i] for i in 1:3)",
        "z = w⃗·x⃗", "z = \\vec w \\cdot \\vec x", "z = \\mathbf{w}'\\mathbf{x}", "z = \\mathbf{w}\\cdot\\mathbf{x}",
        "z = \\sum\\nolimits_{i} w_i x_i", "z = w_i x_i", "z = sum_{i=1..3} w[i] x[i]", "z = sum(i=1,3) w(i)*x(i)",
        "z = w₁·x₁+w₂·x₂+w₃·x₃", "z = w_{1}·x_{1}+w_{2}·x_{2}+w_{3}·x_{3}", "z = w_1x_1 + w_2x_2 + w_3x_3",
        "z = w1*x1+w2*x2+w3*x3", "z = w[1]*x[1]+w[2]*x[2]+w[3]*x[3]", "z = inner(w,x)",
    )),
    (squares, (
        "z = np.einsum('i,i->', w, w)", "z = SUMSQ(w)", "z = Total[w^2]", "z = Norm[w]^2", "z = sum(w.^2)",
        "z = sum(w^2)", "z = sum(abs2, w)", "z = torch.sum(w**2)", "z = w @ w", "z = np.sum(np.square(w))",
        "z = tf.reduce_sum(w**2)", "z = tf.reduce_sum(tf.square(w))", "z = (w*w).sum()", "z = ∥w∥²", "z = ‖𝐰‖²",
        "z = ‖w‖₂²", "z = |w|^2", "z = w^T w", "z = sum(wi**2 for wi in w)", "z = sum([wi**2 for wi in w])",
        "z = crossprod(w)", "z = norm(w).^2", "z = w'*w", "z = torch.linalg.norm(w)**2", "z = np.linalg.norm(w)**2.0",
        "z = ||w||²", "z = w·w", "z = w.w", "z = Σ w²", "z = sum(w*w)", "z = \\|\\mathbf{w}\\|^2",
        "z = \\Vert w \\Vert^2", "z = \\sum_{i=1}^{3} w_i w_i",
    )),
    (soft, (
        "z_j = e^{b_j}/∑_k e^{b_k}", "z = np.exp(b)/np.exp(b).sum()", "z = Exp[b]/Total[Exp[b]]",
        "z = exp.(b) ./ sum(exp.(b))", "z = exp(b)./sum(exp(b))", "z = tf.nn.softmax(b)", "z = jax.nn.softmax(b)",
        "z = nn.Softmax(dim=0)(b)", "z = b.softmax(0)", "z = b.softmax(dim=-1)",
        "z = torch.nn.functional.softmax(b, dim=0)", "z[j] = np.exp(b[j])/np.sum(np.exp(b))", "z = SoftMax[b]",
        "z = exp(b - logsumexp(b))", "z[j] = exp(b[j]) / Σ_m exp(b[m])", "z_j = exp(b_j)/Σ_l exp(b_l)",
        "z_j = \\frac{e^{b_j}}{\\sum_{l=1}^{K} e^{b_l}}", "z_j = \\mathrm{softmax}_j(b)",
        "z_j = e^{b_j} / Σ_{k=1}^{2} e^{b_k}", "z_j = \\frac{\\exp\\{b_j\\}}{\\sum_k \\exp\\{b_k\\}}",
        "z = softmax(b, axis=0)", "z = prop.table(exp(b))",
    )),
    (mean_square, (
        "z = tf.reduce_mean((w-x)**2)", "z = nn.MSELoss()(w, x)", "z = mean((w - x).^2)", "z = Mean[(w - x)^2]",
        "z = AVERAGE((w-x)^2)", "z = torch.nn.functional.mse_loss(w, x)", "z = np.mean(np.square(w - x))",
        "z = mse(w, x)", "z = np.square(w - x).mean()", "z = mean_squared_error(w, x)", "z = (1/3)*sum((w-x)**2)",
        "z = 1/3 Σ_i (w_i - x_i)^2", "z = sum((w-x)**2)/3", "z = sum((w-x)**2)/len(w)", "z = np.sum((w-x)**2)/len(x)",
        "z = np.average((w-x)**2)", "z = sum((w - x)^2)/length(w)", "z = tf.keras.losses.MSE(w, x)",
        "z = ⅓ Σ_i (w_i − x_i)²", "z = SUMXMY2(w, x)/3", "z = \\frac{1}{n} \\sum_{i=1}^{n} (w_i - x_i)^2",
        "z = \\overline{(w - x)^2}", "z = \\mathbb{E}[(w - x)^2]",
    )),
    (through(sigmoid), (
        "z = torch.sigmoid(W @ x + b)", "z = 1/(1+np.exp(-(W@x+b)))", "z = 1 ./ (1 + exp(-(W*x + b)))",
        "z = LogisticSigmoid[W.x + b]", "z = σ(𝐖𝐱 + 𝐛)", "z_j = σ(∑_{i} W_{ji} x_i + b_j)",
        "z = nn.Sigmoid()(F.linear(x, W, b))", "z = σ(W x + b)", "z = (W@x + b).sigmoid()",
        "z = torch.sigmoid(F.linear(x, W, b))", "z = sigmoid.(W*x + b)", "z = expit(W @ x + b)",
        "z_j = 1/(1 + exp(-Σ_i W_ji x_i - b_j))",
    )),
    (through(math.tanh), (
        "z = np.tanh(np.einsum('ij,j->i', W, x) + b)", "z = tanh.(W*x .+ b)", "z = Tanh[W.x + b]",
        "z = (W@x + b).tanh()", "z = nn.Tanh()(W @ x + b)", "z = jnp.tanh(W @ x + b)", "z_j = tanh(∑ᵢ Wⱼᵢxᵢ + bⱼ)",
        "z = tanh(W %*% x + b)",
    )),
    (through(lambda u: max(0.0, u)), (
        "z = np.where(W@x + b > 0, W@x + b, 0)", "z = np.maximum(W@x + b, 0)", "z = (W@x + b).clip(min=0)",
        "z = (W@x + b).relu()", "z = torch.clamp(W@x + b, min=0)", "z = relu.(W*x .+ b)", "z = Ramp[W.x + b]",
        "z = F.relu(W @ x + b)", "z = [W x + b]_+", "z = nn.ReLU()(W @ x + b)", "z_j = max{0, Σ_i W_ji x_i + b_j}",
    )),
)  # fmt: skip

TAUGHT = (
    "W := W .- R .* dE/dW", "W <- W - R * D[E, W]", "W = W − R * ∂E⁄∂W", "W ← W − R ⋅ ∇E", "W -= R*grads['W']",
    "W += -R*dEdW", "W = W - R*dE_dW", "W = W - R*dW", "W = W + R*(-dE/dW)", "W_{i+1} = W_i - R E'(W_i)",
    "W' ← W − R ∂E/∂W", "W ⟵ W − R ∂E/∂W", "W ⇐ W - R ∂E/∂W", "W = W - R*diff(E, W)", "W = W - R*D(E, W)",
    "W.assign_sub(R*dE/dW)", "W.assign(W - R*dE/dW)", "W -= R*∂E/∂W", "W: W − R ∂E/∂W", "W ← W - R dE/dW",
    "W <- W - R * d E / d W", "W = W - R*(dE/dW);", "W−=R*dE/dW", "W ← W − R × ∂E/∂W", "W ⟸ W − R ∂E/∂W",
    "W ↤ W − R ∂E/∂W", "W(k+1) = W(k) − R·∂E/∂W(k)", "W[k+1] = W[k] - R*∂E/∂W[k]", "W := W - (R * ∂E/∂W)",
    "W_{\\text{new}} = W_{\\text{old}} - R \\frac{\\partial E}{\\partial W}",
    "W \\mathrel{-}= R \\frac{\\partial E}{\\partial W}", "W \\longleftarrow W - R \\frac{\\partial E}{\\partial W}",
    "W \\mapsto W - R \\frac{\\partial E}{\\partial W}", "W^{\\tau+1} = W^{\\tau} - R \\nabla E(W^{\\tau})",
    "W = W - R E_W", "W <= W - R dE/dW",
)  # fmt: skip
"""Steps of learning of a weight W at the rate R."""

OTHERS: tuple[tuple[str, str, Callable[[float, float], float]], ...] = (
    ("weight w := A\ny\u0302 = w·x", "z = ŷ", lambda a, x: a * x),
    ("weight w := 1\nweight w\u0307 := A", "z = ẇ·x", lambda a, x: a * x),
    ("weight w := 1\nweight w\u0303 := A", "z = w\u0303x", lambda a, x: a * x),
    ("weight w := A\nx' = 2x", "z = w·x'", lambda a, x: 2 * a * x),
    ("weight w := 1\nweight w_1 := A", "z = w₁x", lambda a, x: a * x),
    ("weight w := 1\nweight w1 := A", "z = w_{1} x", lambda a, x: a * x),
    ("weight w := 1\nweight w₁ := A", "z = w1*x", lambda a, x: a * x),
    ("weight ｗ := A", "z = w·x", lambda a, x: a * x),
    ("weight 𝑤 := A", "z = 𝑤𝑥", lambda a, x: a * x),
    ("weight w := A\nk = 2", "z = k·w·x", lambda a, x: 2 * a * x),
    ("weight w := A\nk := 2", "z = k·w·x", lambda a, x: 2 * a * x),
    ("weight w := A\nlet k = 2", "z = k·w·x", lambda a, x: 2 * a * x),
    ("weight w := A\nconst float k = 2.0;", "z = k·w·x", lambda a, x: 2 * a * x),
    ("w = nn.Parameter(torch.tensor(A))", "z = w·x", lambda a, x: a * x),
    ("w = tf.Variable(A)", "z = w·x", lambda a, x: a * x),
    ("w := A", "z = w·x", lambda a, x: a * x),
    ("weight w = A;", "z = w·x", lambda a, x: a * x),
    ("weight w : A", "z = w·x", lambda a, x: a * x),
    ("weight w ← A", "z = w·x", lambda a, x: a * x),
    ("weight w (A)", "z = w·x", lambda a, x: a * x),
    ("weight w := 'A'", "z = w·x", lambda a, x: a * x),
    ("parameter w := A", "z = w·x", lambda a, x: a * x),
    ("Weight w := A", "z = w·x", lambda a, x: a * x),
    ("wieght w := A", "z = w·x", lambda a, x: a * x),
    ("weight w := A\nf[u_] := u^2", "z = f(w)·x", lambda a, x: a * a * x),
    ("weight w := A\nf = @(u) u.^2;", "z = f(w)*x", lambda a, x: a * a * x),
    ("weight w := A\nf <- function(u) u^2", "z = f(w)*x", lambda a, x: a * a * x),
    ("weight w := A\nf(u) := u²", "z = f(w)·x", lambda a, x: a * a * x),
    ("weight w := A\nfunction f(u) = u²", "z = f(w)·x", lambda a, x: a * a * x),
    ("weight w := A\nf : u ↦ u²", "z = f(w)·x", lambda a, x: a * a * x),
    ("weight w := A\nf = u -> u^2", "z = f(w)·x", lambda a, x: a * a * x),
    ("weight w := A\nf(u) = u * u", "z = f[w]·x", lambda a, x: a * a * x),
    ("weight w := A\nφ(u) = u²", "z = φ(w)·x", lambda a, x: a * a * x),
    ("weight w := A\nφ(u) = u²", "z = ϕ(w)·x", lambda a, x: a * a * x),
    ("weight θ := A\nweight w := 1", "z = ϑ·x", lambda a, x: a * x),
    ("weight w := A\nµ = 2", "z = μ·w·x", lambda a, x: 2 * a * x),
)
