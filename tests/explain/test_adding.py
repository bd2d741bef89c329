"""What a story says is used more than once: it is read so often in the text, and nothing is where it says so."""

import pytest

import chainrule as cr

SOFTMAX = (
    "index k = 1..2, i = 1..2\ndata x[i]\ntarget y[k]\ntable x[1] x[2] | y[1] y[2]\n1 0 | 1 0\n0 1 | 0 1\n"
    "weight W[k,i] := 0, b[k] := 0\nz[k] = sum_i W[k,i]*x[i] + b[k]\np[k] = exp(z[k])/sum_k' exp(z[k'])\n"
    "L = -sum_k y[k]*log(p[k])\nminimise mean L + 0.1*sum_{k,i} W[k,i]^2\n"
)

SAID = {
    "beside a sum, not under it": (
        "index i = 1..2\ndata x[i]\ntable x[1] x[2]\n1 2\nweight w[i] := 0.5, b := 1\nz = sum_i w[i]*x[i] + b\n"
        "E = z^3\n",
        "Nothing on the way is used more than once",
    ),
    "under a sum over its own letter": (
        "index i = 1..2\nweight w[i] := 0.5\nE = (sum_i w[i])^3\n", "Nothing on the way is used more than once",
    ),
    "under a sum over another letter": (
        "index i = 1..2\nweight w := 0.5\nE = (sum_i i*w)^3\n", "w is read once for each i",
    ),
    "a letter of the line that it does not have": (
        "index i = 1..2, k = 1..2\nweight w[i] := 0.5\nz[k] = sum_i k*w[i]\nE = sum_k z[k]^3\n",
        "w is read once for each k",
    ),
    "an entry by a bound letter, for each of another": (SOFTMAX, "z is read once for each k"),
    "at a rest point": (
        "weight a := 1, b := 1\nE = (1 - a)^2 + 100*(b - a^2)^2\n", "a is read twice, in E",
    ),
    "by three equations": (
        "index j = 1..2\nweight u[j] := 1\np[j] = u[j]^2\nq[j] = u[j]^3\nE = sum_j (p[j] + q[j] + u[j])\n",
        "u is read 3 times, in p, q and E",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), SAID.values(), ids=SAID)
def test_what_is_used_more_than_once_is_read_so_often(text: str, said: str) -> None:
    model = cr.Model(text)
    story = model.explain(model.train(rate=0.01, steps=20, batch="all"))
    assert said in story["order"].statement


def test_a_batch_that_is_normalised_reads_its_weights_for_every_pattern() -> None:
    model = cr.Model(
        "patterns b\ndata x[b]\ntable x\n1\n2\n4\nweight w := 0.5\nz[b] = w*x[b]\nm = mean_b z[b]\n"
        "L = mean_b (z[b] - m - 1)^2\nminimise L\n"
    )
    statement = model.explain(model.train(steps=20))["order"].statement
    assert "Nothing on the way" not in statement
