"""Gradients that vanish through the slices of a recurrence: the chain goes through base lines, each link is true."""

import math

import pytest

import chainrule as cr

RNN = (
    "index t = 1..8\ndata x[t]\ntarget y\ntable x[1] x[2] x[3] x[4] x[5] x[6] x[7] x[8] | y\n1 0 0 0 0 0 0 0 | 1\n"
    "weight u := {u}, w := 1, v := 1\nconst α := 0.1\nh[0] = 0\nh[t] = tanh(u*h[t-1] + w*x[t])\nE = (v*h[8] - y)^2\n"
)


def story(text: str) -> cr.Story:
    model = cr.Model(text)
    return model.explain(model.train(steps=3))


@pytest.mark.parametrize("u", [0.3, 0.9])
def test_the_chain_through_the_slices_is_followed(u: float) -> None:
    found = story(RNN.format(u=u))["vanish"]
    h = [0.0]
    for t in range(1, 9):
        h.append(math.tanh(u * h[-1] + (t == 1)))
    links = {(link["of"], link["wrt"]): link["value"] for link in found.evidence["links"]}
    assert links["h[1]", "w"] == pytest.approx(1 - h[1] ** 2)
    for t in range(2, 9):
        assert links[f"h[{t}]", f"h[{t - 1}]"] == pytest.approx(u * (1 - h[t] ** 2))
    share = math.prod(u * (1 - h[t] ** 2) for t in range(2, 9)) * (1 - h[1] ** 2)
    assert found.evidence["passed_on"] == pytest.approx(share)
    assert found.evidence["vanishes"] == (share < 0.01)
    assert all("∈" not in factor["factor"] for factor in found.evidence["factors"])


def test_the_answer_says_how_much_arrives() -> None:
    said = story(RNN.format(u=0.3)).text()
    assert "Yes: only 0.00868 % of ∂E/∂h[8] reaches w" in " ".join(said.split())


BASES = {
    "entries given one by one": "index t = 0..3\nweight w := 0.5\nh[0] = 1\nh[1] = w*h[0]\nh[2] = tanh(h[1])\n"
    "h[3] = h[2]^2\nE = h[3]^2\n",
    "a base line inside the range": "index t = 0..4\nweight w := 0.5\nh[0] = w\nh[t] = tanh(h[t-1])\nE = h[4]^2\n",
    "downwards": "index t = 1..5\nweight w := 0.5\nh[5] = w\nh[t] = tanh(h[t+1])\nE = h[1]^2\n",
    "two letters": "index t = 1..3, l = 1..2\nweight w := 0.5\nh[0,l] = w\nh[t,0] = 0.2\n"
    "h[t,l] = tanh(h[t-1,l] + h[t,l-1])\n"
    "E = h[3,2]^2\n",
}  # fmt: skip


@pytest.mark.parametrize("text", BASES.values(), ids=BASES)
def test_every_link_is_a_difference_quotient(text: str) -> None:
    found = story(text)["vanish"].evidence
    assert found["product"] == pytest.approx(math.prod(link["value"] for link in found["links"]))
    if found["one_path"]:
        assert found["product"] == pytest.approx(found["slope"])
