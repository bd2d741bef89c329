"""Lines as other programs and books write them: what each becomes, and what is never made of one."""

from __future__ import annotations

import pytest
from tests.notation.test_mended import ARRAYS, SCALARS
from tests.notation.test_mended import help as offered

NAMES = ARRAYS + "E = (Σ_i w[i]·x[i] − y)²\n"


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("z = IF(x>0; w; b)", "if(x>0, w, b)"), ("z = Exp[-w x]", "exp(-w x)"), ("z = w %*% x", "w"),
        ("z = w*x |> tanh", "tanh(w*x)"), ("z = sig(w x)", "sigmoid(w x)"), ("z = abs2(x)", "(x)^2"),
        ("z = (x > 0 ? w : b)", "if"), ("f[u_] := u^2", "f(u) = u^2"), ("f = @(u) u.^2;", "f(u) = u ^2"),
        ("z = w\u2062x", "z = w·x"), ("z = 𝑤𝑥", "z = wx"), ("z = ｗ＊ｘ", "z = w*x"), ("z = 3 Pi w", "pi"),
        ("w += -μ*dEdw", "update w <- w + (-μ*∂E/∂w)"), ("w = w - μ*D[E, w]", "update w <- w - μ*∂E/∂w"),
        ("w.assign_sub(μ*dE/dw)", "update w <- w - μ*∂E/∂w"), ("w <= w - μ dE/dw", "update w <- w - μ ∂E/∂w"),
        ("z = w*x  % forward", "z = w*x"), ("(2.3)  z = w x", "z = w x"), (r"z = {w \over x}", "z = w/x"),
        ("wieght k := 2", "weight k := 2"),
    ],
)  # fmt: skip
def test_a_line_of_numbers(line: str, meant: str) -> None:
    assert "".join(meant.split()) in "".join(offered(SCALARS + line).split())


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("z = np.einsum('ji,i->j', W, x) + b", "z[j] = (Σ_i W[j,i]·x[i]) + b[j]"),
        ("z = np.einsum('i,i->', w, x)", "z = (Σ_i w[i]·x[i])"),
        ("z = w[0]*x[0] + w[1]*x[1]", "z = w[1]*x[1] + w[2]*x[2]"),
        ("z[j] = W[j,i] x[i] + b[j]", "z[j] = Σ_i W[j,i] x[i] + b[j]"),
        ("z = Sum[w[[i]] x[[i]], {i, 1, 3}]", "sum_i (w[i] x[i])"),
        ("z = SUMPRODUCT(w;x)", "Σ_i w[i]·x[i]"), ("z = ∑ᵢ₌₁³ wᵢxᵢ", "z = Σᵢ wᵢxᵢ"),
        ("z = sum((w-x)^2)/len(w)", "/size(i)"),
        ("z = v^T tanh(W x + b)", "Σ_j v[j]·tanh(Σ_i W[j,i]·x[i] + b[j])"),
        ("f(x; W, b, v) = v^T tanh(W x + b)", "f = Σ_j v[j]·tanh("),
        ("z_j(n) = Σ_i W_{ji}(n) x_i(n)", "z[j] = Σ_i W[j,i] x[i]"),
        ("z[j] = exp(b[j]) / Σ_m exp(b[m])", "Σ_j' exp(b[j'])"),
    ],
)  # fmt: skip
def test_a_line_of_arrays(line: str, meant: str) -> None:
    assert "".join(meant.split()) in "".join(offered(NAMES + line).split())


def test_what_is_never_made_of_a_line() -> None:
    said = offered("data x\ntarget y\nweight V[m] := 1\nE = (V[1]·x − y)²")
    assert ("index m" in said, "weight V :=" in said) == (True, False)  # a declaration keeps its letter
    assert "w[1]" not in offered(NAMES + "z = w[0]*u")  # one entry says nothing about where counting begins
    text = NAMES.replace("u\n", "u, v0\n")
    assert "v0 + Σ_j" in offered(text + "z = v_0 + v^T b").replace("·", " ")  # a name of the text is that name
