"""What flows back: true to the engine's adjoints, the same in both ways to find it, whatever is folded."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.laws import indexed
from tests.laws.networks import network
from tests.laws.test_indexed import data

import chainrule as cr
from chainrule import data as patterns_of
from chainrule.engines.protocol import Bound
from chainrule.explain.figures.flow.by_name import by_names
from chainrule.explain.figures.flow.choose import READABLE, at, flow_of
from chainrule.explain.figures.flow.flow import Flow
from chainrule.explain.figures.flow.unroll import unroll
from chainrule.explain.figures.flow.unrolled import TooLarge
from chainrule.expr.graph import components
from chainrule.model.model import Model

ROOT = Path(__file__).parents[2]
PROGRAMS = sorted((ROOT / "programs").glob("*.eq"))
EXAMPLES = ("identity", "identity-bias", "xor", "and", "or", "mazur", "line", "growth")
Given = tuple[Model, Bound, Mapping[str, Any], int]


def given(model: cr.Model, pattern: int = 0) -> Given:
    """What a flow is made from, at the starts."""
    patterns = model._patterns(None, None, 0)
    starts = patterns_of.starts(model.network, None, 0, None, ranges=patterns.ranges)
    return model.network, Bound(patterns.values, patterns.ranges, patterns.patterns), starts.weights, pattern


def every() -> Iterator[Any]:
    for name in EXAMPLES:
        yield pytest.param(lambda name=name: cr.example(name), id=name)
    for path in PROGRAMS:
        yield pytest.param(lambda path=path: program(path), id=path.stem)
    for seed in (0, 1, 4, 9):
        yield pytest.param(lambda seed=seed: drawn(seed), id=f"network-{seed}")


MODELS = list(every())


def program(path: Path) -> cr.Model:
    text = path.read_text("utf-8")
    return cr.Model(text, path.stem, data(cr.Model(text)))


def drawn(seed: int) -> cr.Model:
    """A random network with data."""
    text, choose = network(seed), random.Random(seed)
    names = [one.name for one in (*cr.Model(text).network.named("data"), *cr.Model(text).network.named("target"))]
    return cr.Model(text, "drawn", {name: [choose.gauss(0, 1) for _ in range(2)] for name in names})


@cache
def unrolled(make: Any) -> Flow:
    """The flow of a model of the list, found once."""
    return unroll(*given(make()))


def sums(flow: Flow) -> float:
    """How far the parts of uses are from the adjoints that they make up, beside their size."""
    worst = 0.0
    for place, node in enumerate(flow.nodes[:-1]):
        parts = [use.parts for use in flow.used_by(place)]
        size = max(1.0, float(np.max(np.abs(node.adjoints))), *(float(np.max(np.abs(part))) for part in parts))
        worst = max(worst, float(np.max(np.abs(sum(parts) - node.adjoints))) / size)
    return worst


@pytest.mark.parametrize("make", MODELS)
def test_every_number_is_that_of_the_engine(make: Any) -> None:
    model = make()
    flow = unrolled(make)
    whole = model.evaluate()
    found, letters = whole.patterns[0], whole.letters
    if model.network.goal.each is None:  # all patterns at once: ask again for the first alone
        from chainrule.train.evaluation import sheet

        network, bound, weights, _ = given(model)
        found = sheet(network, bound, weights, None).evaluate(0)
    for node in flow.nodes[:-1]:
        if node.role == "operation" or node.name not in found.values:
            continue
        place = tuple(here - values.start for here, values in zip(node.place, letters[node.name], strict=True))
        value, slope = np.asarray(found.values[node.name])[place], np.asarray(found.adjoints[node.name])[place]
        assert node.values[0] == pytest.approx(float(value), rel=1e-12, abs=1e-12)
        assert node.adjoints[0] == pytest.approx(float(slope), rel=1e-11, abs=1e-12)


def circles(flow: Flow) -> set[str]:
    """The names that read each other in a circle of several."""
    makers: dict[str, tuple[str, ...]] = {node.name: () for node in flow.nodes}
    for use in flow.uses:
        makers[flow.nodes[use.user].name] += (flow.nodes[use.maker].name,)
    return {name for part in components(makers) if len(part) > 1 for name in part}


@pytest.mark.parametrize("make", MODELS)
def test_unrolled_and_by_the_engine_a_name_gets_the_same_from_each_of_its_users(make: Any) -> None:
    model = make()
    one, other = at(unrolled(make), "names"), by_names(*given(model))
    assert {node.name for node in one.nodes} == {node.name for node in other.nodes}
    known = {node.name: node for node in other.nodes}
    for node in one.nodes:
        assert np.allclose(node.adjoints, known[node.name].adjoints, rtol=1e-11, atol=1e-12)
        assert np.allclose(node.values, known[node.name].values, rtol=1e-12, atol=1e-12)
        assert node.words == known[node.name].words
    ends = [
        {(flow.nodes[use.maker].name, flow.nodes[use.user].name): use for use in flow.uses} for flow in (one, other)
    ]
    assert set(ends[0]) == set(ends[1])
    for pair, use in ends[0].items():
        assert np.allclose(use.parts, ends[1][pair].parts, rtol=1e-10, atol=1e-12), pair
        if not circles(one) & set(pair):  # in a circle of names something leads back, whichever it is
            assert use.back == ends[1][pair].back


@pytest.mark.parametrize("make", MODELS)
@pytest.mark.parametrize("detail", ["operations", "entries", "names", "families", "rows"])
def test_parts_add_up_to_the_adjoint_at_every_detail(make: Any, detail: str) -> None:
    flow = at(unrolled(make), detail)
    assert sums(flow) < 1e-12
    for use in flow.uses:
        assert use.back == (use.maker >= use.user)
        if use.local is not None:
            assert use.parts[0] == pytest.approx(use.local * flow.nodes[use.user].adjoints[0], rel=1e-12, abs=1e-300)
    assert flow.nodes[-1].adjoints == [1.0]


def test_a_part_that_is_forgotten_is_found() -> None:
    flow = unroll(*given(cr.example("mazur")))
    assert sums(flow) < 1e-12
    assert sums(replace(flow, uses=flow.uses[1:])) > 1e-4


def test_identity_reads_as_its_text() -> None:
    flow = flow_of(*given(cr.example("identity"), 1))
    assert [node.words for node in flow.nodes] == ["w", "x", "w·x", "ŷ", "y", "ŷ − y", "E"]
    assert [node.formula for node in flow.nodes if node.formula] == ["A(w·x)", "½·(ŷ − y)²"]


def test_a_quantity_used_twice_adds_two_parts() -> None:
    flow = flow_of(*given(cr.example("mazur")))
    (h1,) = [place for place, node in enumerate(flow.nodes) if (node.name, node.role) == ("h1", "derived")]
    assert [flow.nodes[use.user].words for use in flow.used_by(h1)] == ["w₅·h₁", "w₇·h₁"]
    assert [float(use.parts[0]) for use in flow.used_by(h1)] == pytest.approx([0.05539942, -0.01904912], abs=1e-8)
    assert flow.nodes[h1].adjoints[0] == pytest.approx(0.03635031, abs=1e-8)  # as Mazur has it


def test_large_networks_are_folded_until_they_can_be_read() -> None:
    lines = ["data x in {1}", "a0 = x"]
    lines += [f"weight w{k} := 0.9" for k in range(150)]
    lines += [f"a{k + 1} = tanh(w{k}·a{k})" for k in range(150)]
    flow = flow_of(*given(cr.Model("\n".join([*lines, "E = a150²"]))))
    assert flow.detail == "rows"
    assert len(flow.nodes) <= READABLE
    assert sums(flow) < 1e-12
    wide = [f"weight w{k} := 0.01·{k}" for k in range(80)]
    total = " + ".join(f"w{k}·x" for k in range(80))
    flow = flow_of(*given(cr.Model("\n".join(["data x in {1}", *wide, f"E = ({total})²"]))))
    assert (flow.detail, len(flow.nodes)) == ("families", 3)
    assert [node.words for node in flow.nodes] == ["w₀ … w₇₉", "x", "E"]


def test_what_is_too_large_to_unroll_is_looked_at_by_its_names() -> None:
    text = "index i = 0..79, j = 0..79\ndata x[i]\nweight W[j,i] := 0.1\nh[j] = Σ_i W[j,i]·x[i]\nE = Σ_j h[j]²"
    model = cr.Model(text, "large", {"x": [[1.0] * 80]})
    with pytest.raises(TooLarge):
        unroll(*given(model))
    for detail in (None, "operations"):
        flow = flow_of(*given(model), detail)
        assert [node.words for node in flow.nodes] == ["W[0…79, 0…79]", "x[0…79]", "h[0…79]", "E"]
        assert flow.nodes[-2].formula == "Σ_i W[j,i]·x[i]"


def test_a_test_of_numbers_and_equal_parts_are_drawn_once() -> None:
    model = cr.Model("data x in {2}\nweight w := 0.5\nE = if(w·x > 0.1, w·x, 0.1·(w·x))²")
    words = [node.words for node in unroll(*given(model)).nodes]
    assert words.count("w·x") == 1


@pytest.mark.parametrize("seed", [0, 12, 21, 26, 56])
def test_random_networks_with_letters(seed: int) -> None:
    text, columns = indexed.network(seed)
    model = cr.Model(text, "drawn", columns)
    one, other = at(unroll(*given(model, seed % 3)), "names"), by_names(*given(model, seed % 3))
    assert sums(one) < 1e-12
    assert sums(other) < 1e-11
    known = {node.name: node for node in other.nodes}
    for node in one.nodes:  # numbers that nothing reads are left out when unrolled
        assert np.sum(np.abs(node.adjoints)) == pytest.approx(np.sum(np.abs(known[node.name].adjoints)), rel=1e-11)
    ends = {(other.nodes[use.maker].name, other.nodes[use.user].name): use for use in other.uses}
    for use in one.uses:
        same = ends[one.nodes[use.maker].name, one.nodes[use.user].name]
        assert np.sum(use.parts) == pytest.approx(np.sum(same.parts), rel=1e-10, abs=1e-12)
        assert use.back == same.back


def test_what_is_read_in_a_bracket_adds_nothing_and_is_shown() -> None:
    text = "index k = 0..2\ndata x, label\nweight w[k] := 0.5\nz[k] = w[k]·x\nE = Σ_k [label == k]·z[k]²"
    for detail in ("operations", "names"):
        flow = flow_of(*given(cr.Model(text, "bracket", [{"x": 1.0, "label": 2}])), detail)
        (label,) = [place for place, node in enumerate(flow.nodes) if node.name == "label"]
        assert flow.nodes[label].adjoints == [0.0]
        assert [float(use.parts[0]) for use in flow.used_by(label)] == [0.0] * len(flow.used_by(label)) != []


def test_a_derivative_that_the_text_reads_is_a_quantity() -> None:
    model = cr.Model("weight w := 3\nE = (w − 1)²\nS = (d(E)/d(w))²\nminimise S")
    for detail in ("entries", "names"):
        flow = flow_of(*given(model), detail)
        assert [(node.words, float(node.values[0]), float(node.adjoints[0])) for node in flow.nodes] == [
            ("w", 3.0, 16.0), ("∂E/∂w", 4.0, 8.0), ("S", 16.0, 1.0),
        ]  # fmt: skip


def test_numbers_that_are_not_finite_are_kept_as_they_are() -> None:
    flow = flow_of(*given(cr.Model("data x in {800}\nweight w := 1\nE = exp(w·x) − exp(2·w·x)")))
    assert np.isnan(flow.nodes[-1].values[0])
    (w,) = [place for place, node in enumerate(flow.nodes) if node.name == "w"]
    assert np.isnan(flow.nodes[w].adjoints[0])
    assert [float(use.parts[0]) for use in flow.used_by(w)] == [np.inf, -np.inf]


def test_a_long_text_takes_no_longer_for_each_line() -> None:
    """Letters and places of arrays are found once, not once for each name."""
    calls = []
    lines = [f"weight w{k} := 0.9\na{k + 1} = tanh(w{k}·a{k})" for k in range(40)]
    model = cr.Model("\n".join(["data x in {1}", "a0 = x", *lines, "E = a40²"]))
    arguments = given(model)
    from chainrule.explain.figures.flow import by_name

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(by_name, "axes", lambda program, real=by_name.axes: calls.append(1) or real(program))
        by_names(*arguments)
    assert len(calls) == 1
