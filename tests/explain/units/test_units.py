"""Units and weights are read from equations: the right weight between the right two, whatever they are called."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from tests.explain.flow.test_flow import MODELS, PROGRAMS, given, program

import chainrule as cr
from chainrule.explain.figures.units.net import Net, net_of
from chainrule.expr.nodes import key
from chainrule.expr.walk import names
from chainrule.notation.names import pretty


def net(model: cr.Model, pattern: int = 0) -> Net:
    return net_of(*given(model, pattern))


def wires(found: Net) -> set[tuple[str, str, str]]:
    """Every wire as source, weight and target."""
    return {
        (found.units[wire.source].words, wire.weight.words if wire.weight else "", found.units[wire.target].words)
        for wire in found.wires
    }


def named(stem: str) -> cr.Model:
    return program(next(path for path in PROGRAMS if path.stem == stem))


def test_a_network_of_plain_numbers() -> None:
    found = net(cr.example("xor"), 1)
    assert wires(found) == {
        ("x₁", "a₁", "h₁"), ("x₂", "a₂", "h₁"), ("x₁", "b₁", "h₂"), ("x₂", "b₂", "h₂"), ("h₁", "c₁", "ŷ"),
        ("h₂", "c₂", "ŷ"),
    }  # fmt: skip
    assert [unit.role for unit in found.units] == ["input", "input", "unit", "unit", "output"]
    assert [[one.words for one in unit.biases] for unit in found.units] == [[], [], ["a₀"], ["b₀"], ["c₀"]]
    evaluated = cr.example("xor").evaluate().patterns[1]
    for unit, name in zip(found.units, ["x1", "x2", "h1", "h2", "y_hat"], strict=True):
        assert unit.value == float(evaluated.values[name])
        assert unit.slope == float(evaluated.adjoints[name])
    (c1,) = [wire.weight for wire in found.wires if wire.weight and wire.weight.words == "c₁"]
    assert (c1.value, c1.slope) == (1.1, float(evaluated.gradient["c1"]))


def test_no_name_means_anything() -> None:
    other = {"x1": "hidden", "x2": "output", "a1": "bias", "a2": "q", "h1": "input", "h2": "zz", "c0": "h", "y": "w"}
    text = cr.example("xor").text
    for old, new in other.items():
        text = re.sub(rf"\b{old}\b", new, text)
    turned = {"hidden": "x₁", "output": "x₂", "bias": "a₁", "q": "a₂", "input": "h₁", "zz": "h₂"}
    found = wires(net(cr.Model(text)))
    assert {tuple(turned.get(word, word) for word in wire) for wire in found} == wires(net(cr.example("xor")))


@pytest.mark.parametrize(
    "stem, some, many",
    [
        ("01-one-weight", ("x", "w", "ŷ"), 1),
        ("02-one-weight-all-patterns", ("x[2]", "w", "ŷ[2]"), 2),
        ("03-linear-regression", ("x[3]", "w[3]", "ŷ"), 3),
        ("05-two-three-one", ("h[2]", "W₂[1,2]", "ŷ[1]"), 9),
        ("07-softmax-classifier", ("x[64]", "W[9,64]", "y[9]"), 640),
        ("09-two-convolutions", ("x[6]", "K₁[2]", "h[4]"), 24),
        ("10-recurrent-net", ("a[2,1]", "U[3,1]", "a[3,3]"), 54),
        ("11-tied-autoencoder", ("h[2]", "W[2,4]", "r[4]"), 16),
        ("12-layer-normalisation", ("n[2]", "g[2]", "h[2]"), 20),
        ("13-self-attention", ("x[4,3]", "V[2,3]", "v[4,2]"), 72),
    ],
)  # fmt: skip
def test_networks_with_letters(stem: str, some: tuple[str, str, str], many: int) -> None:
    found = net(named(stem))
    assert some in wires(found)
    assert sum(wire.weight is not None for wire in found.wires) == many


def test_what_a_unit_reads_without_a_weight_is_passed_on() -> None:
    found = wires(net(named("13-self-attention")))
    assert ("v[2,1]", "", "o[1,1]") in found
    assert ("w[1,2]", "", "o[1,1]") in found
    assert ("k[3,1]", "", "w[1,3]") in found


def test_a_weight_times_an_expression_leads_from_a_unit_without_a_name() -> None:
    text = "index i = 1..2, j = 1..3\ndata x[i]\ntarget y\nweight W[j,i] := 0.5, v[j] := 2, b[j] := 1\n"
    model = cr.Model(text + "ŷ = Σ_j v[j]·tanh(Σ_i W[j,i]·x[i] + b[j])\nE = (ŷ − y)²", "m", {"x": [[1, 2]], "y": [1]})
    found = net(model)
    hidden = [unit for unit in found.units if unit.role == "unit"]
    assert [unit.words for unit in hidden] == [f"tanh(Σ_i W[{j},i]·x[i] + b[{j}])" for j in (1, 2, 3)]
    assert [unit.value for unit in hidden] == pytest.approx([np.tanh(2.5)] * 3)
    assert [[one.words for one in unit.biases] for unit in hidden] == [["b[1]"], ["b[2]"], ["b[3]"]]
    assert ("x[2]", "W[3,2]", hidden[2].words) in wires(found)
    assert (hidden[2].words, "v[3]", "ŷ") in wires(found)


def test_where_a_guard_fails_there_is_no_link_and_no_unit() -> None:
    text = "index t = 1..3\ndata x[t]\nweight w := 0.5, u := 0.4, v := 0.3\n"
    text += "c[t] = tanh(w·x[t] + [t-1 in t]·u·h[t-1])\nh[t] = c[t]² + [t-1 in t]·v·c[t-1]·x[t]\nE = h[3]²"
    found = net(cr.Model(text, "guards", {"x": [[1, 2, 3]]}))
    assert ("h[1]", "u", "c[2]") in wires(found)
    assert ("c[1]·x[2]", "v", "h[2]") in wires(found)
    assert not any("[0]" in word for wire in wires(found) for word in wire)
    assert not any("[0]" in unit.words for unit in found.units)
    assert all(unit.value is not None for unit in found.units)


def test_two_weights_after_each_other() -> None:
    found = net(cr.Model("data x in {2}\nweight u := 3, v := 5\nŷ = v·u·x\nE = ŷ²"))
    assert {(unit.words, unit.value) for unit in found.units} == {("x", 2.0), ("u·x", 6.0), ("ŷ", 30.0)}
    assert wires(found) == {("x", "u", "u·x"), ("u·x", "v", "ŷ")}


def test_a_model_with_all_in_its_goal_is_a_network_from_its_data_to_the_goal() -> None:
    found = net(cr.Model("data x in {1}\ntarget y = 2·x\nweight w := 0.5\nE = ½(w·x − y)²"))
    assert ("x", "w", "E") in wires(found)
    assert not net(cr.Model("weight a := 1, b := 2\nE = (1 − a)² + (b − a²)²")).weighted


def test_what_is_only_watched_is_no_unit() -> None:
    assert not any(unit.words.startswith("accuracy") for unit in net(cr.example("digits")).units)


@pytest.mark.parametrize("make", MODELS)
def test_every_weight_that_is_read_is_found(make: Any) -> None:
    model = make()
    found = net(model)
    if not found.weighted:
        return
    seen = {wire.weight.words.partition("[")[0] for wire in found.wires if wire.weight}
    seen |= {one.words.partition("[")[0] for unit in found.units for one in unit.biases}
    network, todo, reached = model.network, [model.network.goal.each or model.network.goal.name], set[str]()
    late = {network.goal.name, network.goal.each, *(one.name for one in network.named("target"))}
    wanted: set[str] = set()
    while todo:  # from the goal upwards, by hand
        name = todo.pop()
        reached.add(name)
        for line in network.equations:
            if key(line.target) == name:
                read = names(line.body)
                todo += [other for other in read if other not in reached]
                if name not in late and not late & set(read):
                    wanted |= {pretty(other) for other in read if other in model.weights}
    assert wanted <= seen
    for wire in found.wires:
        assert wire.source != wire.target
