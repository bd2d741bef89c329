"""What the notation says of letters, run: gradients as by the complex step, entries with the letters' own values."""

from typing import Any

import numpy as np
import pytest
from tests.laws.forward import complex_step

import chainrule as cr

ROWS = np.array([[0.1, 0.2, 0.3, 0.4], [0.4, -0.5, 0.6, 0.7], [-0.2, 0.9, 0.3, -0.8]])

NETWORKS: dict[str, tuple[str, dict[str, Any] | None]] = {
    "consts that are arrays, of consts and letters": (
        """index i = 1..4
        const c[i] := [1, 2, 3, 4], s := 2, d[i] := s*c[i] + i
        data x[i]
        weight w[i] := 0.1*i
        E = (Σ_i d[i]·w[i]·x[i] − 1)²""",
        {"x": ROWS},
    ),
    "letters as numbers": (
        """index i = 0..3, k = 0..2
        data x[i]
        target t[k] = [k == 1]
        weight w[k,i] := sin(k + 5i)/10
        E = Σ_k (Σ_i w[k,i]·x[i]/(1 + i) − t[k] + k)²""",
        {"x": ROWS},
    ),
    "a convolution with stride in two dimensions": (
        """index r, c = 0..1, u, v = 0..1, a, b = 0..3
        data x[a,b]
        weight K[u,v] := [[1, 2], [3, 4]]
        z[r,c] = Σ_{u,v} K[u,v]·x[2r+u,2c+v]
        E = Σ_{r,c} tanh(z[r,c]/10)²""",
        {"x": np.arange(16.0).reshape(1, 4, 4) / 10},
    ),
    "a recurrence with a base line": (
        """index t = 1..4, j, l = 1..2
        data x[t]
        weight U[j,l] := [[0.1, 0.2], [0.3, 0.4]], w[j] := 1
        h[0,j] = 0
        h[t,j] = tanh(w[j]·x[t] + Σ_l U[j,l]·h[t-1,l])
        E = (Σ_j h[4,j] − 1)²""",
        {"x": ROWS},
    ),
    "two base lines and two steps back": (
        """index s = 0..3, t = 2..3
        data x[s]
        weight a := 0.3, b := 0.2
        h[0] = b
        h[1] = a·x[1]
        h[t] = tanh(a·x[t] + h[t-1]·b + h[t-2])
        E = h[3]²""",
        {"x": ROWS},
    ),
    "a recurrence that looks ahead": (
        "index t = 1..4\ndata x[t]\nweight a := 0.3\nh[5] = a\nh[t] = tanh(a·x[t] + h[t+1])\nE = h[1]²",
        {"x": ROWS},
    ),
    "two quantities that read each other": (
        """index t = 1..4
        data x[t]
        weight a := 0.3, b := 0.4
        c[0] = 0
        h[t] = tanh(a·x[t] + c[t-1])
        c[t] = b·h[t] + 0.5·c[t-1]
        E = (c[4] − 1)²""",
        {"x": ROWS},
    ),
    "reductions over the patterns inside the network": (
        """index i, j = 1..4
        data x[i]
        weight W[j,i] ~ normal(0, 1), g[j] := 1
        z[j] = Σ_i W[j,i]·x[i]
        m[j] = mean z[j]
        v[j] = mean (z[j] − m[j])²
        most[j] = max z[j]
        n[j] = g[j]·(z[j] − m[j])/sqrt(v[j] + 0.1)
        E = Σ_j (tanh(n[j]) − most[j])^2""",
        {"x": ROWS},
    ),
    "the same with the letter of the patterns": (
        """patterns p
        index i, j = 1..4
        data x[p,i]
        weight W[j,i] ~ normal(0, 1)
        z[p,j] = Σ_i W[j,i]·x[p,i]
        m[j] = mean_p z[p,j]
        least[j] = min_p z[p,j]
        E = (Σ_{p,j} (z[p,j] − m[j])^4)/size(p) + Σ_j least[j]""",
        {"x": ROWS},
    ),
    "a product with a factor that is 0": (
        "index i = 1..3\ndata x\nweight w[i] := [0, 2, 1.5]\nE = prod_i (w[i]·x)",
        {"x": [1.0, 2.0]},
    ),
    "repeated letters": (
        "index i, j = 1..3\nweight X[i,j] ~ normal(0, 1)\nE = Σ_i X[i,i]³ + Σ_{i,j} sin(X[i,2])·X[j,i]",
        None,
    ),
    "conditions on letters": (
        """index i = 1..4
        data x[i]
        weight w[i] := 0.5
        h[i] = if(i == 2, w[i]·x[i], x[i]²·w[i]²)
        E = Σ_i [i > 1]·h[i]/i""",
        {"x": ROWS},
    ),
    "a function that reads a weight": (
        "index i = 1..4\ndata x[i]\nweight w[i] := 0.5, c := 0.2\nf(u) = tanh(c·u)\nE = Σ_i f(w[i]·x[i])²",
        {"x": ROWS},
    ),
    "macros": (
        "index k = 1..3\ndata x\nweight z[k] := [1, 2, 3]\ns[k] = softmax_k(z[k]·x)\nE = Σ_k gelu(s[k])·k",
        {"x": [1.0, 2.0]},
    ),
    "a letter whose size the data says": (
        "index i\ndata x[i]\nweight w[i] := 0.5\nE = (Σ_i w[i]·x[i])²/size(i)",
        {"x": ROWS},
    ),
    "a quotient at a border": (
        """index l = 0..1, m = 0..1, n = 0..2
        weight K[m] := [0.5, 2], a[n] := [1, 2, 3]
        h[n] = a[n]²
        q[l] = (Σ_m K[m]·h[l+m])/a[l]
        r[l] = sqrt(1 + (Σ_m K[m]·h[l+m])²) + log(q[l])
        E = Σ_l r[l]·q[l]""",
        None,
    ),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_gradients(name: str) -> None:
    text, data = NETWORKS[name]
    model = cr.Model("\n".join(line.strip() for line in text.splitlines()), data=data)
    found = model.evaluate()
    patterns = model._patterns(None, None, 0)
    values = {**patterns.values, **{weight: np.asarray(found.weights[weight]) for weight in model.weights}}
    error, slopes = complex_step(model.network, values, patterns.ranges, patterns.patterns, model.weights)
    assert found.error == pytest.approx(error, rel=1e-13)
    most = max(float(np.max(np.abs(slope))) for slope in slopes.values())
    for weight, slope in slopes.items():
        assert np.max(np.abs(np.asarray(found.gradient[weight]) - slope)) < 1e-12 * most
    run = model.train(batch="all", rate=1e-4, steps=3)
    assert run.error < found.error


def test_entries_have_the_values_of_their_letters() -> None:
    text, data = NETWORKS["a recurrence with a base line"]
    model = cr.Model("\n".join(line.strip() for line in text.splitlines()), data=data)
    found = model.evaluate()
    assert np.asarray(found.values["h"]).shape == (3, 5, 2)
    assert found.letters["h"] == (range(5), range(1, 3))
    assert found.letters["U"] == (range(1, 3), range(1, 3))
    trace = model.train(steps=2, rate=0.01).trace
    assert {"U[2,1]", "h[0,1]", "h[4,2]", "d(E)/d(h)[0,1]", "Delta_w[2]"} <= set(trace.columns)
    assert "h[5,1]" not in trace.columns
    assert trace["h[0,1]"].tolist() == [0, 0, 0]
    assert trace["h[4,2]"].tolist() == trace["h"][:, 4, 1].tolist()
    assert trace["∂E/∂h[4,2]"].tolist() == trace["∂E/∂h"][:, 4, 1].tolist()
