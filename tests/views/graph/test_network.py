"""The diagram of a network: circles that do not touch, lines that tell sign and size without colour, honest gaps."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from tests.explain.flow.test_flow import MODELS, given

import chainrule as cr
from chainrule.explain.figures.units.net import net_of
from chainrule.views.graph.columns import columns
from chainrule.views.graph.labels import around, touch
from chainrule.views.graph.network import NONE, path, rooms, scene, spotted
from chainrule.views.pixels import width
from chainrule.views.scene import Line, Points, Text


@pytest.mark.parametrize("make", MODELS)
def test_every_model_draws(make: Any) -> None:
    model = make()
    figure = model.figure.network()
    ET.fromstring(figure.svg())  # noqa: S314 - our own text
    assert figure.svg() == model.figure.network().svg()
    for panel in figure.scene.panels:
        for mark in panel.marks:
            if isinstance(mark, Text):
                half = width(mark.words, mark.size, mark.bold) / (2 if mark.anchor == "middle" else 1)
                assert mark.x - (half if mark.anchor == "middle" else 0) >= 0
                assert mark.x + half <= panel.wide + 1
                assert 0 <= mark.y <= panel.high


@pytest.mark.parametrize("make", MODELS)
def test_no_unit_touches_another_and_every_line_goes_to_the_right(make: Any) -> None:
    net = net_of(*given(make()))
    if not net.weighted:
        return
    drawn = columns(net)
    spots, wide, high = spotted(net, drawn)
    found = {at: rooms(net, at, spot) for at, spot in spots.items()}
    for one, other in combinations(found, 2):
        assert not any(touch(first, second) for first in found[one] for second in found[other])
    for at, (left, top, right, bottom) in ((at, room) for at, own in found.items() for room in own):
        assert left >= 0, at
        assert top >= 0, at
        assert right <= wide, at
        assert bottom <= high, at
    for wire in net.wires:
        if wire.source in spots and wire.target in spots:
            xs = [x for x, _ in path(wire, spots, drawn)]
            assert xs == sorted(set(xs))


def test_sign_is_told_by_dash_and_size_by_width() -> None:
    text = "data x1, x2, x3\nweight u := 1, v := -2, w := 0\nŷ = u·x1 + v·x2 + w·x3\nE = ŷ²"
    figure = cr.Model(text, "signs", [{"x1": 1, "x2": 1, "x3": 1}]).figure.network()
    lines = [mark for mark in figure.scene.panels[0].marks if isinstance(mark, Line)]
    assert [line.dash for line in lines] == ["solid", "dashed", "dotted"]
    assert lines[1].width > lines[0].width > lines[2].width
    legend = [mark.words for mark in figure.scene.panels[1].marks if isinstance(mark, Text)]
    assert legend[:3] == ["weight > 0", "weight < 0", "weight 0"]
    assert "The wider a line, the larger its weight; the widest is v = −2." in legend


def test_words_at_lines_do_not_touch() -> None:
    figure = cr.example("mazur").figure.network()
    marks = [mark for mark in figure.scene.panels[0].marks if isinstance(mark, Text) and mark.words.startswith("w")]
    assert len(marks) == 8
    for one, other in combinations(marks, 2):
        assert not touch(around(one.words, one.size, one.x, one.y), around(other.words, other.size, other.x, other.y))
    assert "w₅ = 0.4, ∂ 0.0822" in [mark.words for mark in marks]
    assert "w₈ = 0.55 from h₂ to o₂ (∂E/∂ −0.02274)" in figure.description


def test_a_large_network_is_drawn_in_part_and_counted() -> None:
    text = "index i = 0..783, j = 0..127, k = 0..9\ndata x[i]\ntarget t[k]\n"
    text += "weight U[j,i] := 0.01, V[k,j] := 0.1\nh[j] = relu(Σ_i U[j,i]·x[i])\nz[k] = Σ_j V[k,j]·h[j]\n"
    text += "y[k] = softmax_k(z[k])\nE = −Σ_k t[k]·log(y[k])"
    model = cr.Model(text, "large", {"x": np.ones((1, 784)), "t": np.eye(10)[[3]]})
    figure = model.figure.network()
    circles = [mark for mark in figure.scene.panels[0].marks if isinstance(mark, Points) and mark.size > 23]
    assert len(circles) == 30
    words = [mark.words for mark in figure.scene.panels[0].marks if isinstance(mark, Text)]
    assert "774 more" in words
    assert "118 more" in words
    assert "Column 1 (784 in all)" in figure.description
    assert "Of 101632 weights, 101632 > 0 and 0 < 0." in figure.description


def test_a_long_chain_leaves_columns_out_and_says_so() -> None:
    lines = [f"weight w{k} := 0.9" for k in range(20)] + ["a0 = w0·x"] + [f"a{k} = w{k}·a{k - 1}" for k in range(1, 20)]
    figure = cr.Model("\n".join(["data x in {1}", *lines, "E = a19²"])).figure.network()
    words = [mark.words for mark in figure.scene.panels[0].marks if isinstance(mark, Text)]
    assert "13 more columns" in words


def test_without_units_the_names_are_drawn_and_the_figure_says_why() -> None:
    figure = cr.Model("weight a := 1, b := 2\nE = (1 − a)² + (b − a²)²").figure.network()
    assert figure.description.startswith(NONE)
    assert figure.title == "Computation graph of E, pattern 0"
    words = " ".join(mark.words for mark in figure.scene.panels[1].marks if isinstance(mark, Text))
    assert NONE in words


def test_numbers_that_are_not_finite() -> None:
    net = net_of(*given(cr.Model("data x in {1}\nweight w := 800, v := 1\nh = exp(w·x)\nE = (v·h)²")))
    assert "∞" in scene(net).description
