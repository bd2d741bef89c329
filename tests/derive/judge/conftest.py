"""The models that lines are judged on."""

from pathlib import Path

import pytest

import chainrule

PROGRAMS = Path(__file__).parents[2] / "programs"

TEXTS = {
    "square": "data x; target y; weight w := 0.7, b := 0.2; const α := 0.1; z = w·x + b; E = ½(z − y)²",
    "plain": "data x; target y; weight w := 0.7; E = (w·x − y)²",
    "cube": "data x; target y; weight w := 0.7; z = w·x; E = (z − y)³",
    "tanh": "data x; target y; weight w := 0.7, v := 0.4, b := 0.1; const α := 0.2; z = w·x + b; h = tanh(z); "
    "ŷ = v·h; E = ½(ŷ − y)²",
    "deep": "data x; target y; weight w := 0.5, v := 0.4, u := 0.3; const α := 0.2; z1 = w·x; h = σ(z1); z2 = v·h; "
    "g = σ(z2); ŷ = u·g; E = ½(ŷ − y)²",
    "sine": "data x; target y; weight w := 0.5, v := 0.4; z = w·x; h = sin(z); ŷ = v·h; E = ½(ŷ − y)²",
    "exp": "data x; target y; weight a := 0.5, k := 0.4; u = k·x; h = exp(u); ŷ = a·h; E = ½(ŷ − y)²",
    "decay": "data x; target y; weight k := 0.4; ŷ = exp(-k·x²); E = ½(ŷ − y)²",
    "logistic": "data x; target y; weight w := 0.5, b := 0.1; z = w·x + b; q = σ(z); "
    "E = −(y·log(q) + (1 − y)·log(1 − q))",
    "rational": "data x; target y; weight a := 0.5, c := 1.5; ŷ = a·x/(c + x); E = ½(ŷ − y)²",
    "inverse": "data x; target y; weight c := 1.5; s = c + x; ŷ = 1/s; E = ½(ŷ − y)²",
    "both": "data x; target y; weight w := 0.5; z = w·x; h = tanh(z); ŷ = h + w; E = ½(ŷ − y)²",
    "relu": "data x; target y; weight w := 0.5, v := 0.7; z = w·x; h = relu(z); ŷ = v·h; E = ½(ŷ − y)²",
    "batch": "patterns p; data x[p]; target y[p]; weight w := 0.5, b := 0.1; ŷ[p] = w·x[p] + b; "
    "E = mean_p (ŷ[p] − y[p])²",
    "sums": "patterns p; data x[p]; target y[p]; weight w := 0.5, b := 0.1; ŷ[p] = σ(w·x[p] + b); "
    "E = sum_p ½(ŷ[p] − y[p])²",
    "batch-norm": "data x; target y; weight s := 1.5; u = s − 1/s; E = ½(u − y)²",
    "gauss": "data x; target y; weight k := 0.5, m := 0.3; ŷ = exp(k·m·x); E = ½(ŷ − y)²",
    "gauss2": "data x; weight w := 0.5, a := 0.3; E = sin(a·w·x)",
    "gauss3": "data x; target y; weight w := 0.5, a := 0.3; E = (a·w·x − y)²",
    "same": "patterns p; index i, j = 1..3; data x[p,i]; target y[p,j]; weight W[j,i] ~ normal(0, 1); "
    "a[p,j] = sum_i W[j,i]·x[p,i]; E = sum_{p,j} ½(a[p,j] − y[p,j])²; d[p,j] = a[p,j] − y[p,j]",
    "softmax": "index c = 1..3, i = 1..2; data x[i]; target y[c]; weight W[c,i] ~ normal(0, 1), b[c] := 0; "
    "z[c] = sum_i W[c,i]·x[i] + b[c]; p[c] = softmax_c(z[c]); E = −sum_c y[c]·log(p[c])",
    "ridge": "table x | y; 1 | 3; 2 | 1; weight w := 1; const λ := 0.5, η := 0.1; E = ½(w·x − y)²; "
    "minimise mean E + ½λ·w²",
    "mean": "table x y | t; 1 2 | 3; 2 0 | 1; weight a := 0.5, b := 0.25, c := 0; const η := 0.1; f = a*x + b*y + c; "
    "E = (f − t)²; minimise mean E",
    "bce": "index i = 1..2, j = 1..2; data x[i]; target y; table x[1] x[2] | y; 1 0 | 1; "
    "weight W1[j,i] := [[0.1,0.2],[0.3,0.4]], W2[j] := [0.5,0.6]; z1[j] = sum_i W1[j,i]*x[i]; a1[j] = sigmoid(z1[j]); "
    "z2 = sum_j W2[j]*a1[j]; q = sigmoid(z2); L = -(y*log(q) + (1-y)*log(1-q))",
    "penalty": "table x | y; 1 | 3; 2 | 5; weight w := 1, b := 0; const λ := 0.1, α := 0.1; L = (w*x + b - y)^2; "
    "J = L + λ*w^2; minimise mean J",
    "whole": "table x | y; 1 | 3; 2 | 5; weight w := 1, b := 0; const λ := 0.1, α := 0.1; ŷ = w*x + b; "
    "L = mean (ŷ - y)^2; J = L + λ*w^2; minimise J",
    "back": "index t = 1..3; data x[t]; target y; weight w, u, v; h[0] = 0; h[t] = tanh(w·h[t-1] + u·x[t]); "
    "ŷ = v·h[3]; E = ½(ŷ − y)²",
    "gru": "index t = 1..3; data x[t]; target y; weight wz, uz, wc, uc, v; h[0] = 0; z[t] = σ(wz·x[t] + uz·h[t-1]); "
    "c[t] = tanh(wc·x[t] + uc·h[t-1]); h[t] = (1 − z[t])·h[t-1] + z[t]·c[t]; ŷ = v·h[3]; E = ½(ŷ − y)²",
    "batch norm": "index p = 1..4; data x[p]; target y[p]; weight w, γ, β; const ε := 0.1; z[p] = w·x[p]; "
    "μ = mean_p z[p]; s = mean_p (z[p] − μ)²; n[p] = (z[p] − μ)/sqrt(s + ε); ŷ[p] = γ·n[p] + β; "
    "E = mean_p ½(ŷ[p] − y[p])²",
    "layer norm": "index j = 1..3; data x[j]; target y[j]; weight w[j]; z[j] = w[j]·x[j]; μ = mean_j z[j]; "
    "s = mean_j (z[j] − μ)²; n[j] = (z[j] − μ)/sqrt(s + 0.1); E = Σ_j ½(n[j] − y[j])²",
    "attention": "index t, s = 1..3; index i = 1..2; data x[t,i]; target y[t]; weight q[i], k[i], v[i]; "
    "Q[t] = Σ_i q[i]·x[t,i]; K[t] = Σ_i k[i]·x[t,i]; V[t] = Σ_i v[i]·x[t,i]; a[t,s] = softmax_s(Q[t]·K[s]); "
    "o[t] = Σ_s a[t,s]·V[s]; E = ½Σ_t (o[t] − y[t])²",
    "softmax without data": "index c = 1..3; data x; target y[c]; weight w[c]; z[c] = w[c]·x; p[c] = softmax_c(z[c]); "
    "E = Σ_c ½(p[c] − y[c])²",
    "sixteen": "index t = 1..16; data x[t]; target y[t]; weight w; h[t] = w·x[t]; E = ½Σ_t (h[t] − y[t])²",
    "nine": "index t, s = 1..9; data x[t]; weight w; z[t,s] = w·x[t] + s; h[t,s] = tanh(z[t,s]); E = Σ_{t,s} h[t,s]",
    "residual": "data x; target y; weight a, b, v; h = tanh(a·x); g = h + tanh(b·h); ŷ = v·g; E = ½(ŷ − y)²",
    "no rate": "table x | y; 1 | 1; weight w := 0.25, v := 0.5; ŷ = w·v·x; E = ½(ŷ − y)²",
    "one": "table x | y; 2.5 | 0.75; weight w := 0.5; const α := 0.2; ŷ = σ(w·x); E = ½(ŷ − y)²",
}


def model(name: str) -> chainrule.Model:
    """A model above, a program of the tests by its number, or an example."""
    if name in TEXTS:
        text = TEXTS[name].replace("; ", "\n")
        return chainrule.Model(text, name)
    if name[:2].isdigit():
        path = next(PROGRAMS.glob(f"{name}-*"))
        return chainrule.load(path)
    return chainrule.example(name)


@pytest.fixture(scope="session")
def models() -> dict[str, chainrule.Model]:
    """Models made so far."""
    return {}
