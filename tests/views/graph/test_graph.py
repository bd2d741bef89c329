"""The drawing of a computation graph: nothing touches, all is in the frame, the words are those of the numbers."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import combinations, pairwise
from typing import Any

import pytest
from tests.explain.flow.test_flow import MODELS, given

import chainrule as cr
from chainrule.explain.figures.flow.choose import at, flow_of
from chainrule.explain.figures.flow.flow import Flow
from chainrule.explain.figures.flow.unroll import unroll
from chainrule.views.graph.graph import scene
from chainrule.views.graph.labels import around, touch
from chainrule.views.graph.layers import crossings, layout
from chainrule.views.graph.routes import draw
from chainrule.views.pixels import width
from chainrule.views.scene import Scene, Text
from chainrule.views.svg import svg


def check(flow: Flow) -> Scene:
    """The laws of a drawing."""
    drawing = draw(flow)
    rooms = [(box.left, box.top, box.left + box.wide, box.top + box.high) for box in drawing.boxes]
    for one, other in combinations(rooms, 2):
        assert not touch(one, other)
    for left, top, right, bottom in rooms:
        assert left >= 0
        assert top >= 0
        assert right <= drawing.wide
        assert bottom <= drawing.high
    labels = [around(route.words, 11, *route.at) for route in drawing.routes if route.at is not None]
    for place, one in enumerate(labels):
        assert not any(touch(one, other) for other in (*rooms, *labels[:place]))
    for route in drawing.routes:
        maker, user = drawing.boxes[route.use.maker], drawing.boxes[route.use.user]
        if not route.use.back:
            assert maker.top + maker.high < user.top  # every line goes down
            ys = [y for _, y in route.points]
            assert ys == sorted(ys)
        ends = {route.use.maker, route.use.user}
        for one, other in pairwise(route.points):
            line = (min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1]))
            straight = one[0] == other[0] or one[1] == other[1]  # slanting lines lie between two rows
            assert not any(touch(line, room) for at, room in enumerate(rooms) if straight and at not in ends)
            assert straight or not any(max(top, line[1]) < min(bottom, line[3]) for _, top, _, bottom in rooms)
    found = scene(flow)
    for panel in found.panels:
        for mark in panel.marks:
            if isinstance(mark, Text):
                half = width(mark.words, mark.size, mark.bold) / (2 if mark.anchor == "middle" else 1)
                assert mark.x - (half if mark.anchor == "middle" else 0) >= 0
                assert mark.x + half <= panel.wide + 1
                assert 0 <= mark.y <= panel.high
    return found


@pytest.mark.parametrize("make", MODELS)
def test_every_model_draws(make: Any) -> None:
    model = make()
    found = check(flow_of(*given(model)))
    picture = svg(found)
    ET.fromstring(picture)  # noqa: S314 - our own text
    assert picture == svg(scene(flow_of(*given(model))))


def test_sixty_nodes_do_not_overlap() -> None:
    layers = [["x0", "x1", "x2"], *[[f"h{layer}{unit}" for unit in range(3)] for layer in range(3)]]
    lines, weights = ["data " + ", ".join(layers[0])], list[str]()
    for before, here in pairwise(layers):
        for name in here:
            weights += [f"w{name}{other}" for other in before]
            lines.append(f"{name} = tanh({' + '.join(f'w{name}{other}*{other}' for other in before)})")
    lines.insert(1, "weight " + ", ".join(f"{name} := 0.{place + 1}" for place, name in enumerate(weights)))
    model = cr.Model("\n".join([*lines, "E = h20 + h21 + h22"]), "m", [{"x0": 1.0, "x1": -1.0, "x2": 0.5}])
    flow = at(unroll(*given(model)), "operations")
    assert len(flow.nodes) > 60
    check(flow)
    flow = flow_of(*given(model))
    assert 35 < len(flow.nodes) <= 60
    check(flow)


def test_the_words_have_the_numbers_of_the_boxes() -> None:
    figure = cr.example("mazur").figure.graph()
    drawn = [mark.words for mark in figure.scene.panels[0].marks if isinstance(mark, Text)]
    assert "∂ 0.03635" in drawn
    assert "×0.4 → 0.0554" in drawn
    told = "h₁ = sigmoid(…) (from w₁·i₁ + w₂·i₂ + b₁) is 0.5933; ∂E/∂ is 0.03635, the sum of 0.0554 by w₅·h₁"
    assert f"{told} and −0.01905 by w₇·h₁." in figure.description


def test_no_line_has_to_cross_where_none_needs_to() -> None:
    # two trees that are written crosswise
    edges = [(0, 4), (1, 5), (2, 4), (3, 5), (4, 6), (5, 6)]
    found = layout([40.0] * 7, edges)
    below = [[user for maker, user in edges if maker == node] for node in range(7)]
    assert crossings(found.rows, below) == 0
    assert crossings([[0, 1, 2, 3], [4, 5], [6]], below) == 1


def test_a_long_line_is_straight_between_its_ends() -> None:
    found = layout([40.0] * 5, [(0, 1), (1, 2), (2, 3), (3, 4), (0, 4)])
    assert len(found.passing[4]) == 3
    assert max(found.passing[4]) - min(found.passing[4]) < 1e-6


def test_a_recurrence_that_is_folded_leads_along_the_edge() -> None:
    text = "index t = 1..30\ndata x[t]\nweight w := 0.5, u := 0.4\n"
    text += "h[t] = tanh(w·x[t] + [t-1 in t]·u·h[t-1])\nE = h[30]²"
    figure = cr.Model(text, "loop", {"x": [[0.1] * 30]}).figure.graph()
    assert "folded" in figure.description
    drawn = [mark.words for panel in figure.scene.panels for mark in panel.marks if isinstance(mark, Text)]
    assert any("recurrence" in words for words in drawn)


def test_two_recurrences_that_read_each_other_can_be_folded() -> None:
    text = "index t = 1..25\ndata x[t]\nweight w := 0.5, u := 0.4, v := 0.3\n"
    text += "c[t] = tanh(w·x[t] + [t-1 in t]·u·h[t-1])\nh[t] = c[t]² + [t-1 in t]·v·c[t-1]·x[t]\nE = h[25]²"
    model = cr.Model(text, "loops", {"x": [[0.1] * 25]})
    flow = flow_of(*given(model))
    assert [(flow.nodes[use.maker].name, flow.nodes[use.user].name) for use in flow.uses if use.back] == [("h", "c")]
    check(flow)


def test_hostile_names_and_numbers_that_are_not_finite() -> None:
    figure = cr.Model("data x in {800}\nweight w := 1\nE = exp(w·x)").figure.graph()
    assert "∞" in figure.description
    ET.fromstring(figure.svg())  # noqa: S314
    figure = cr.Model("data x in {1}\nweight w := 2\nE = if(w·x < 1 , w, w²)").figure.graph()
    assert "<script" not in figure.svg()
    assert "w·x &lt; 1" in figure.svg()


def test_arguments_are_checked() -> None:
    model = cr.example("identity")
    for pattern in (2, -1, True, "0", 0.0):
        with pytest.raises(cr.UsageError) as caught:
            model.figure.graph(pattern=pattern)  # type: ignore[arg-type]
        assert caught.value.code == "E470"
    with pytest.raises(cr.UsageError) as caught:
        model.figure.graph(detail="all")
    assert caught.value.code == "E452"
    with pytest.raises(cr.UsageError) as caught:
        model.figure.graph({"v": 1})
    assert caught.value.code == "E240"
    with pytest.raises(cr.UsageError) as caught:
        model.figure.graph(cr.example("xor").train(steps=1))
    assert caught.value.code == "E455"


def test_a_run_is_drawn_at_its_end() -> None:
    model = cr.example("identity")
    run = model.train(steps=5)
    assert model.figure.graph(run, 1).description == model.figure.graph(dict(run.weights), 1).description
    assert f"weight w is {float(run.weights['w']):.4g}" in model.figure.graph(run, 1).description


def test_the_key_tells_of_uses_that_are_no_numbers() -> None:
    figure = cr.Model("data x in {0}\nweight w := 1\nE = sqrt(w·x)").figure.graph()
    words = [mark.words for mark in figure.scene.panels[1].marks if isinstance(mark, Text)]
    assert "adds no number" in words
    assert "not a number" in figure.description
