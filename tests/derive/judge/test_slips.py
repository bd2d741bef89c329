"""Each slip, on at least three models, is found and called by its id; what is said names what was dropped."""

import pytest

import chainrule
from chainrule.derive.judge import SLIPS

from .conftest import model

SLIPPED = {
    "sign": (
        ("identity", "∂E/∂w = −(ŷ − y)·x·(1 − ŷ)·ŷ"),
        ("tanh", "∂E/∂v = −h·(ŷ − y)"),
        ("rational", "∂E/∂a = −(ŷ − y)·x/(c + x)"),
    ),
    "swapped-difference": (
        ("identity", "∂E/∂w = (y − ŷ)·x·(1 − ŷ)·ŷ"),
        ("logistic", "∂E/∂w = (y − q)·x"),
        ("07", "∂E/∂b[k] = mean_p (t[p,k] − y[p,k])"),
    ),
    "missing-half": (
        ("identity", "∂E/∂w = 2(ŷ − y)·x·(1 − ŷ)·ŷ"),
        ("tanh", "∂E/∂v = 2·(ŷ − y)·h"),
        ("mazur", "∂E/∂w5 = 2(o1 − t1)·o1·(1 − o1)·h1"),
    ),
    "missing-two": (
        ("plain", "∂E/∂w = (w·x − y)·x"),
        ("batch", "∂E/∂w = mean_p (ŷ[p] − y[p])·x[p]"),
        ("identity", "∂E/∂w = ½(ŷ − y)·x·(1 − ŷ)·ŷ"),
    ),
    "sum-not-mean": (
        ("batch", "∂E/∂w = 2·sum_p (ŷ[p] − y[p])·x[p]"),
        ("07", "∂E/∂W[k,i] = sum_p (y[p,k] − t[p,k])·x[p,i]"),
        ("04", "∂E/∂z[p] = q[p] − y[p]"),
    ),
    "mean-not-sum": (
        ("sums", "∂E/∂b = mean_p (ŷ[p] − y[p])·ŷ[p]·(1 − ŷ[p])"),
        ("05", "∂E/∂W2[k,j] = mean_p δ2[p,k]·h[p,j]"),
        ("05", "∂E/∂b1[j] = mean_p δ1[p,j]"),
    ),
    "missing-slope": (
        ("identity", "∂E/∂w = (ŷ − y)·x"),
        ("tanh", "∂E/∂w = (ŷ − y)·v·x"),
        ("mazur", "∂E/∂w1 = (δ_o1·w5 + δ_o2·w7)·i1"),
        ("05", "δ1[p,j] = sum_k δ2[p,k]·W2[k,j]"),
        ("relu", "∂E/∂w = (ŷ − y)·v·x"),
    ),
    "missing-factor": (
        ("identity", "∂E/∂w = (ŷ − y)·(1 − ŷ)·ŷ"),
        ("tanh", "∂E/∂w = (ŷ − y)·(1 − h²)·x"),
        ("05", "∂E/∂W1[j,i] = sum_p δ1[p,j]"),
        ("exp", "∂E/∂k = (ŷ − y)·h·x"),
    ),
    "extra-factor": (
        ("logistic", "∂E/∂w = (q − y)·x·q·(1 − q)"),
        ("04", "∂E/∂b = mean_p (q[p] − y[p])·q[p]·(1 − q[p])"),
        ("tanh", "∂E/∂v = (ŷ − y)·h·w"),
    ),
    "divided": (
        ("identity", "∂E/∂w = (ŷ − y)·(1 − ŷ)·ŷ/x"),
        ("tanh", "∂E/∂w = (ŷ − y)/v·(1 − h²)·x"),
        ("square", "∂E/∂w = (z − y)/x"),
    ),
    "factor-twice": (
        ("tanh", "∂E/∂w = (ŷ − y)·v·(1 − h²)·x²"),
        ("tanh", "∂E/∂w = (ŷ − y)·v·(1 − h²)²·x"),
        ("mazur", "∂E/∂w5 = (o1 − t1)·o1·(1 − o1)·h1²"),
    ),
    "half-slope": (
        ("identity", "∂E/∂w = (ŷ − y)·x·(1 − ŷ)"),
        ("mazur", "∂E/∂w5 = (o1 − t1)·o1·h1"),
        ("deep", "∂E/∂v = (ŷ − y)·u·(1 − g)·h"),
    ),
    "slope-argument": (
        ("identity", "∂E/∂w = (ŷ − y)·x·A'(ŷ)"),
        ("tanh", "∂E/∂w = (ŷ − y)·v·tanh'(h)·x"),
        ("deep", "∂E/∂v = (ŷ − y)·u·σ'(g)·h"),
    ),
    "slope-form": (
        ("identity", "∂E/∂w = (ŷ − y)·x·(1 − w·x)·w·x"),
        ("tanh", "∂E/∂w = (ŷ − y)·v·(1 − z²)·x"),
        ("05", "δ2[p,k] = (ŷ[p,k] − y[p,k])·(1 − z2[p,k])·z2[p,k]"),
    ),
    "slope-function": (
        ("identity", "∂E/∂w = (ŷ − y)·x·(1 − ŷ²)"),
        ("tanh", "∂E/∂w = (ŷ − y)·v·(1 − h)·h·x"),
        ("05", "δ1[p,j] = h[p,j]·(1 − h[p,j])·sum_k δ2[p,k]·W2[k,j]"),
    ),
    "slope-sign": (
        ("identity", "∂E/∂w = (ŷ − y)·x·(1 + ŷ)·ŷ"),
        ("tanh", "∂E/∂w = (ŷ − y)·v·(1 + h²)·x"),
        ("05", "δ1[p,j] = (1 + h[p,j]²)·sum_k δ2[p,k]·W2[k,j]"),
    ),
    "slope-value": (
        ("tanh", "∂E/∂w = (ŷ − y)·v·h·x"),
        ("sine", "∂E/∂w = (ŷ − y)·v·sin(z)·x"),
        ("05", "δ1[p,j] = h[p,j]·sum_k δ2[p,k]·W2[k,j]"),
    ),
    "power-exponent": (
        ("plain", "∂E/∂w = 2·(w·x − y)²·x"),
        ("cube", "∂E/∂w = 3·(z − y)³·x"),
        ("square", "∂E/∂w = (z − y)²·x"),
    ),
    "power-factor": (
        ("cube", "∂E/∂w = (z − y)²·x"),
        ("cube", "∂E/∂z = (z − y)²"),
        ("08", "∂E/∂W2[k,j] = mean_p (softmax_k(z2[p,k]) − t[p,k])·h[p,j] + decay·W2[k,j]"),
    ),
    "power-rule-on-exp": (
        ("exp", "∂E/∂k = (ŷ − y)·a·u·exp(u − 1)·x"),
        ("exp", "∂h/∂u = u·exp(u − 1)"),
        ("decay", "∂E/∂k = −(ŷ − y)·x²·(−k·x²)·exp(−k·x² − 1)"),
    ),
    "quotient-sign": (
        ("rational", "∂ŷ/∂x = a/(c + x) + a·x/(c + x)²"),
        ("batch-norm", "∂u/∂s = 1 − 1/s²"),
        ("batch-norm", "∂E/∂s = (u − y)·(1 − 1/s²)"),
    ),
    "quotient-square": (
        ("inverse", "∂ŷ/∂s = −1/s"),
        ("inverse", "∂E/∂c = −(ŷ − y)/s"),
        ("rational", "∂E/∂c = −(ŷ − y)·a·x/(c + x)"),
    ),
    "path-forgotten": (
        ("both", "∂E/∂w = (ŷ − y)·(1 − h²)·x"),
        ("mazur", "∂E/∂w1 = (o1 − t1)·o1·(1 − o1)·w5·h1·(1 − h1)·i1"),
        ("rational", "∂ŷ/∂x = a/(c + x)"),
        ("08", "∂E/∂W2[k,j] = mean_p (softmax_k(z2[p,k]) − t[p,k])·h[p,j]"),
    ),
    "held-constant": (
        ("batch norm", "∂E/∂z[p] = ∂E/∂n[p]/sqrt(s + ε)"),
        ("batch norm", "∂E/∂w = mean_p (ŷ[p] − y[p])·γ·x[p]/sqrt(s + ε)"),
        ("layer norm", "∂E/∂w[j] = x[j]·(n[j] − y[j])/sqrt(s + 0.1)"),
        ("gru", "∂E/∂h[2] = (ŷ − y)·v·(1 − z[3])"),
        ("gru", "∂E/∂h[1] = v·(ŷ − y)·(1 − z[2])·(1 − z[3])"),
    ),
    "truncated": (
        ("back", "∂E/∂w = (ŷ − y)·v·(1 − h[3]²)·h[2]"),
        ("back", "∂E/∂u = (ŷ − y)·v·(1 − h[3]²)·x[3]"),
        ("back", "∂E/∂u = (ŷ − y)·v·(1 − h[3]²)·(x[3] + w·(1 − h[2]²)·x[2])"),
        ("gru", "∂E/∂uc = (ŷ − y)·v·z[3]·(1 − c[3]²)·h[2]"),
    ),
    "term-sign": (
        ("both", "∂E/∂w = (ŷ − y)·((1 − h²)·x − 1)"),
        ("mazur", "δ_h1 = (δ_o1·w5 − δ_o2·w7)·h1·(1 − h1)"),
        ("logistic", "∂E/∂q = (1 − y)/(1 − q) + y/q"),
    ),
    "chain-stopped": (
        ("identity", "∂E/∂w = ŷ − y"),
        ("deep", "∂E/∂w = (ŷ − y)·u·g·(1 − g)"),
        ("tanh", "∂E/∂w = ŷ − y"),
    ),
    "other-quantity": (
        ("tanh", "∂E/∂w = (ŷ − y)·h"),
        ("mazur", "∂E/∂w1 = δ_o1·h1"),
        ("deep", "∂E/∂w = (ŷ − y)·g"),
    ),
    "upstream-missing": (
        ("deep", "∂E/∂w = x·h·(1 − h)"),
        ("tanh", "∂E/∂v = h"),
        ("identity", "∂E/∂w = x·ŷ·(1 − ŷ)"),
    ),
    "not-differentiated": (
        ("identity", "∂E/∂w = ½(ŷ − y)²"),
        ("tanh", "∂E/∂w = E"),
        ("mazur", "∂E/∂w1 = E"),
    ),
    "wrong-factor": (
        ("tanh", "∂E/∂w = (ŷ − y)·v·(1 − h²)·b"),
        ("mazur", "∂E/∂w5 = (o1 − t2)·o1·(1 − o1)·h1"),
        ("05", "∂E/∂W2[k,j] = sum_p δ2[p,k]·z1[p,j]"),
    ),
    "transposed-index": (
        ("05", "δ1[p,j] = (1 − h[p,j]²)·sum_k δ2[p,k]·W2[j,k]"),
        ("05", "∂E/∂W1[j,i] = sum_p δ1[j,p]·x[p,i]"),
        ("07", "∂E/∂x[p,i] = sum_k ∂E/∂z[p,k]·W[i,k]"),
        ("same", "∂E/∂x[p,i] = sum_j d[p,j]·W[i,j]"),
    ),
    "sum-missing": (
        ("05", "∂E/∂W1[j,i] = δ1[p,j]·x[p,i]"),
        ("07", "∂E/∂b[k] = (y[p,k] − t[p,k])/size(p)"),
        ("sums", "∂E/∂b = (ŷ[p] − y[p])·ŷ[p]·(1 − ŷ[p])"),
    ),
    "sum-letter": (
        ("05", "∂E/∂h[p,j] = sum_j δ2[p,k]·W2[k,j]"),
        ("07", "∂E/∂W[k,i] = sum_k (y[p,k] − t[p,k])·x[p,i]/size(p)"),
        ("07", "∂E/∂x[p,i] = sum_i ∂E/∂z[p,k]·W[k,i]"),
    ),
    "updated-weights": (
        ("tanh", "∂E/∂w = (ŷ − y)·(v − α·(ŷ − y)·h)·(1 − h²)·x"),
        ("deep", "∂E/∂v = (ŷ − y)·(u − α·∂E/∂u)·g·(1 − g)·h"),
        ("mazur", "δ_h1 = (δ_o1·(w5 − α·∂E/∂w5) + δ_o2·(w7 − α·∂E/∂w7))·h1·(1 − h1)"),
    ),
    "inner-derivative": (
        ("gauss", "∂E/∂k = (ŷ − y)·ŷ"),
        ("gauss2", "∂E/∂w = cos(a·w·x)"),
        ("gauss3", "∂E/∂w = 2·(a·w·x − y)"),
    ),
    "added": (
        ("identity", "w <- w + α·∂E/∂w"),
        ("square", "w = w + α·(z − y)·x"),
        ("mazur", "Δw5 = α·∂E/∂w5"),
    ),
    "no-rate": (
        ("identity", "w <- w − ∂E/∂w"),
        ("square", "b <- b − (z − y)"),
        ("mazur", "w5 <- w5 − δ_o1·h1"),
    ),
    "rate-twice": (
        ("identity", "w <- w − α²·∂E/∂w"),
        ("square", "b <- b − α·α·(z − y)"),
        ("mazur", "Δw5 = −α²·∂E/∂w5"),
    ),
    "only-change": (
        ("identity", "w <- −α·∂E/∂w"),
        ("square", "b <- α·(z − y)"),
        ("mazur", "w5 <- −α·δ_o1·h1"),
    ),
    "only-gradient": (
        ("identity", "w <- ∂E/∂w"),
        ("square", "Δb = z − y"),
        ("mazur", "w5 <- δ_o1·h1"),
    ),
    "old-value": (("identity", "w <- w"), ("square", "b <- b"), ("mazur", "w5 <- w5")),
    "scaled": (
        ("identity", "w <- w·(1 − α·∂E/∂w)"),
        ("square", "b <- b·α·(z − y)"),
        ("mazur", "w5 <- w5·(1 − α·∂E/∂w5)"),
    ),
    "error-step": (
        ("identity", "w <- w − α·E"),
        ("square", "Δb = −α·E"),
        ("mazur", "w5 <- w5 − α·E"),
    ),
    "no-path": (
        ("mazur", "∂o2/∂w5 = o2·(1 − o2)"),
        ("xor", "∂h1/∂b1 = h1"),
        ("deep", "∂h/∂v = h"),
    ),
    "off-diagonal": (
        ("softmax", "∂E/∂z[c] = −y[c]/p[c]·p[c]·(1 − p[c])"),
        ("softmax", "∂E/∂b[c] = −y[c]·(1 − p[c])"),
        ("softmax", "∂E/∂W[c,i] = −y[c]·(1 − p[c])·x[i]"),
    ),
    "other-result": (
        ("penalty", "∂L/∂w = 2(w·x + b − y)·x + 2λ·w"),
        ("penalty", "∂J/∂w = 2(w·x + b − y)·x"),
        ("penalty", "∂J/∂w = ∂L/∂w"),
    ),
    "own-entry": (
        ("softmax", "∂p[c]/∂z[c'] = p[c]·(1 − p[c])"),
        ("softmax", "∂p[c]/∂z[c'] = p[c]·(1 − p[c'])"),
        ("softmax", "∂p[c]/∂b[c'] = p[c] − p[c]²"),
    ),
    "other-entries": (
        ("softmax", "∂p[c]/∂z[c'] = −p[c]·p[c']"),
        ("softmax", "∂p[c]/∂b[c'] = −p[c']·p[c]"),
        ("softmax", "∂p[c]/∂W[c',i] = −p[c]·p[c']·x[i]"),
    ),
    "pattern-for-mean": (
        ("identity", "∂(mean E)/∂w = (ŷ − y)·x·(1 − ŷ)·ŷ"),
        ("mean", "∂(mean E)/∂a = 2(f − t)·x"),
        ("mean", "∂(mean E)/∂c = 2(f − t)"),
    ),
    "needs-fact": (
        ("softmax", "∂E/∂z[c] = p[c] − y[c]"),
        ("softmax", "δ[c] = p[c] − y[c]"),
        ("softmax", "∂E/∂W[c,i] = (p[c] − y[c])·x[i]"),
    ),
    "needs-fact+sign": (("softmax", "∂E/∂z[c] = −(p[c] − y[c])"),),
    "not-the-goal": (
        ("ridge", "w <- w − η·∂E/∂w"),
        ("ridge", "w <- w − η·(w·x − y)·x"),
        ("ridge", "Δw = −η·(w·x − y)·x"),
    ),
    "not-the-error": (
        ("ridge", "∂E/∂w = (w·x − y)·x + λ·w"),
        ("ridge", "∂E/∂w = λ·w − (y − w·x)·x"),
        ("ridge", "∂E/∂w = w·(x² + λ) − x·y"),
    ),
    "constant": (
        ("identity", "∂E/∂w = 5·(ŷ − y)·x·(1 − ŷ)·ŷ"),
        ("tanh", "∂E/∂v = 0.1·(ŷ − y)·h"),
        ("07", "∂E/∂b[k] = 7·mean_p (y[p,k] − t[p,k])"),
    ),
    "line-sign": (
        ("identity", "∂E/∂w = (ŷ + y)·x·(1 − ŷ)·ŷ"),
        ("tanh", "∂E/∂v = (ŷ + y)·h"),
        ("logistic", "∂E/∂w = (q + y)·x"),
    ),
    "number": (
        ("rational", "∂E/∂c = −(ŷ − y)·a·x/(c + x)³"),
        ("tanh", "∂E/∂w = (ŷ − y)·v·(2 − h²)·x"),
        ("identity", "∂E/∂w = (ŷ − y)·x·(1 − ŷ³)·ŷ"),
    ),
    "wrong-function": (
        ("tanh", "∂E/∂w = (σ(z)·v − y)·v·(1 − h²)·x"),
        ("exp", "∂E/∂k = (a·tanh(u) − y)·ŷ·x"),
        ("deep", "∂E/∂u = (ŷ − y)·tanh(z2)"),
    ),
    "extra-term": (
        ("tanh", "∂E/∂v = (ŷ − y)·h + v"),
        ("square", "∂E/∂w = (z − y)·x + b"),
        ("identity", "∂E/∂w = (ŷ − y)·x·(1 − ŷ)·ŷ + x"),
    ),
    "missing-term": (
        ("tanh", "∂E/∂w = −y·v·(1 − h²)·x"),
        ("mazur", "∂E/∂w5 = o1·o1·(1 − o1)·h1"),
        ("plain", "∂E/∂w = 2·(w·x)·x"),
        ("deep", "∂E/∂u = −y·g"),
    ),
    "brackets": (
        ("tanh", "∂E/∂w = (ŷ − y)·v·1 − h²·x"),
        ("identity", "∂E/∂w = (ŷ − y·x)·(1 − ŷ)·ŷ"),
        ("rational", "∂E/∂a = (ŷ − y)·x/c + x"),
        ("deep", "∂E/∂w = (ŷ − y)·u·g·(1 − g·v)·h·(1 − h)·x"),
        ("mazur", "δ_h1 = (δ_o1·(w5 + δ_o2)·w7)·h1·(1 − h1)"),
    ),
    "reciprocal": (
        ("rational", "∂E/∂a = (ŷ − y)·(c + x)/x"),
        ("rational", "∂E/∂c = −(ŷ − y)·(c + x)²/(a·x)"),
        ("rational", "∂ŷ/∂x = a/(c + x) − (c + x)²/(a·x)"),
    ),
    "operator": (
        ("tanh", "∂E/∂w = (ŷ − y)·(v + (1 − h²))·x"),
        ("identity", "∂E/∂w = (ŷ − y)·(x + (1 − ŷ))·ŷ"),
        ("both", "∂E/∂w = (ŷ − y)·((1 − h²) + x + 1)"),
    ),
    "condition": (
        ("relu", "∂E/∂w = (ŷ − y)·v·x·[z < 0]"),
        ("relu", "∂E/∂w = if(z > 0, 0, (ŷ − y)·v·x)"),
        ("relu", "∂E/∂v = (ŷ − y)·if(z > 0, 0, z)"),
    ),
    "sum-dropped": (
        ("same", "∂E/∂x[p,i] = sum_j (W[j,i]·x[p,i] − y[p,j])·W[j,i]"),
        ("same", "∂E/∂W[j,i] = sum_p (W[j,i]·x[p,i] − y[p,j])·x[p,i]"),
        ("same", "∂E/∂W[j,i] = sum_p x[p,i]·(−y[p,j] + W[j,i]·x[p,i])"),
    ),
    "mean-dropped": (
        ("whole", "∂J/∂w = 2·(ŷ − y)·x + 2·λ·w"),
        ("whole", "∂L/∂w = 2·(ŷ − y)·x"),
        ("whole", "∂J/∂b = 2·(ŷ − y)"),
    ),
    "extra-sum": (
        ("same", "∂E/∂W[j,i] = sum_p sum_i d[p,j]·x[p,i]"),
        ("same", "∂E/∂W[j,i] = sum_p sum_j d[p,j]·x[p,i]"),
        ("05", "∂E/∂W1[j,i] = sum_p sum_j δ1[p,j]·x[p,i]"),
    ),
    "wrong-index": (
        ("same", "∂E/∂W[j,i] = sum_p d[p,i]·x[p,i]"),
        ("same", "∂E/∂W[j,i] = sum_p d[p,j]·x[p,j]"),
        ("same", "∂E/∂x[p,i] = sum_j d[p,i]·W[j,i]"),
    ),
    "no-number": (
        ("identity", "∂E/∂w = log(−x²)"),
        ("square", "∂E/∂w = sqrt(−1 − x²)"),
        ("tanh", "∂E/∂w = 1/(x − x)"),
    ),
    "missing-slope+sign": (
        ("identity", "∂E/∂w = −(ŷ − y)·x"),
        ("tanh", "∂E/∂w = −(ŷ − y)·v·x"),
        ("deep", "∂E/∂v = −(ŷ − y)·u·h"),
    ),
    "missing-factor+missing-half": (
        ("tanh", "∂E/∂w = 2·(ŷ − y)·(1 − h²)·x"),
        ("mazur", "∂E/∂w5 = 2·(o1 − t1)·o1·(1 − o1)"),
        ("exp", "∂E/∂k = 2·(ŷ − y)·h·x"),
    ),
}

NUMBERS = {
    "sign": (
        ("identity", "∂E/∂w = 0.0887", 1),
        ("mazur", "∂E/∂w5 = -0.08217", None),
        ("one", "∂E/∂w = -0.011814", None),
    ),
    "missing-slope": (
        ("identity", "∂E/∂w = -0.377", 1),
        ("mazur", "∂E/∂w5 = 0.43983", None),
        ("one", "∂E/∂w = 0.0682", None),
    ),
    "added": (("identity", "w = 0.4556", 1), ("mazur", "w5 = 0.44108", None), ("one", "w = 0.50236", None)),
    "no-rate": (("identity", "w = 0.5887", 1), ("mazur", "w5 = 0.3178", None), ("one", "w = 0.48819", None)),
    "old-value": (("identity", "w = 0.500", 1), ("mazur", "w5 = 0.400", None), ("one", "w = 0.5000", None)),
    "decimal-point": (
        ("identity", "∂E/∂w = -0.887", 1),
        ("mazur", "∂E/∂w5 = 0.82167", None),
        ("mazur", "o1 = 7.5137", None),
    ),
    "rounding": (
        ("identity", "∂E/∂w = -0.0891", 1),
        ("mazur", "∂E/∂w5 = 0.0823", None),
        ("mazur", "o1 = 0.7512", None),
    ),
    "updated-weights": (
        ("mazur", "∂E/∂w1 = 0.000364723", None),
        ("mazur", "w1 = 0.14981764", None),
        ("mazur", "w2 = 0.19963528", None),
    ),
}
"""A number, the pattern it is of, and the slip. The last rows are the slip in the published continuation of that
example, which puts the output layer's new weights into the hidden layer's derivatives."""

ROWS = [(slip, name, line) for slip, rows in SLIPPED.items() for name, line in rows]


@pytest.mark.parametrize(("slip", "name", "line"), ROWS)
def test_the_slip_is_named(slip: str, name: str, line: str, models: dict[str, chainrule.Model]) -> None:
    answer = models.setdefault(name, model(name)).check(line)
    assert not answer.equal or "on the given data" in answer.sentence
    assert answer.slip == slip, answer.sentence
    assert "{" not in answer.sentence


@pytest.mark.parametrize(
    ("slip", "name", "line", "pattern"), [(slip, *row) for slip, rows in NUMBERS.items() for row in rows]
)
def test_the_slip_behind_a_number_is_named(
    slip: str, name: str, line: str, pattern: int | None, models: dict[str, chainrule.Model]
) -> None:
    answer = models.setdefault(name, model(name)).check(line, pattern=pattern)
    assert not answer.equal, answer.sentence
    assert answer.slip == slip, answer.sentence


OVER = (("and", "b"), ("xor", "c0"), ("or", "w1"))


@pytest.mark.parametrize(("name", "weight"), OVER)
def test_a_number_of_other_patterns_is_told(name: str, weight: str) -> None:
    own = model(name)
    found = own.evaluate()
    each = [one.gradient[weight] for one in found.patterns]
    wanted = next(n for n, one in enumerate(each) if one and [round(two, 9) for two in each].count(round(one, 9)) == 1)
    other = 3 if wanted != 3 else 1
    answer = own.check(f"∂E/∂{weight} = {each[wanted]:.9f}", pattern=other)
    assert (answer.equal, answer.slip) == (False, "other-pattern")
    assert f"pattern {wanted}" in answer.sentence
    answer = own.check(f"∂E/∂{weight} = {found.gradient[weight]:.9f}", pattern=other)
    assert (answer.equal, answer.slip) == (False, "mean-for-pattern")
    answer = own.check(f"∂E/∂{weight} = {sum(each):.9f}")
    assert (answer.equal, answer.slip) == (False, "sum-for-mean")
    assert "4" in answer.sentence


BOXES = (
    ("data x in {1}\ntarget y = 5·x\nconst α := 1\nweight w in [0, 1] := 0.5\nE = ½(w·x − y)²", "w <- 5"),
    ("const α := 0.25\nconst c := 2\nweight w in [c/2, ∞) := 2\nE = w²·w²", "w <- −6"),
    ("index i = 1..2\ndata x[i]\ntable x[1] x[2]\n 1 4\nweight w[i] in [−1, 1] := [1, 1]\nE = (Σ_i w[i]·x[i])²",
     "w[2] <- −3"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "line"), BOXES)
def test_a_step_out_of_a_box(text: str, line: str) -> None:
    answer = chainrule.Model(text).check(line)
    assert (answer.equal, answer.slip) == (False, "box-forgotten")


def test_every_slip_is_tested_on_three_lines() -> None:
    over = dict.fromkeys(("other-pattern", "mean-for-pattern", "sum-for-mean"), len(OVER))
    over["box-forgotten"] = len(BOXES)
    counts = {slip: len(SLIPPED.get(slip, ())) + len(NUMBERS.get(slip, ())) + over.get(slip, 0) for slip in SLIPS}
    assert {slip: count for slip, count in counts.items() if count < 3} == {}
