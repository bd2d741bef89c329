"""Scenes: painted inside their frames, written the same by both writers, closed to whatever was typed."""

from __future__ import annotations

import io
import math
from itertools import pairwise
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

import chainrule as cr
from chainrule.views import plot
from chainrule.views.arrange import chart, colour_bar
from chainrule.views.figure import Figure
from chainrule.views.paint import paint
from chainrule.views.pixels import Box, Circle, Stroke, Words
from chainrule.views.scene import Area, Arrow, Axis, Heat, Line, Mark, Points, Rect, Scene, Text
from chainrule.views.svg import svg
from chainrule.views.ticks import spread, ticks

NAN, INF = math.nan, math.inf
HOSTILE = '<script>alert("1")</script>&$\\frac{1}{0}$\x00\x1b]\ud800\ufffe'
MARKS: tuple[Mark, ...] = (
    Area((0, 1, 2), (0, NAN, 0), (1, 1, 1), "#0072B2", label="area"),
    Line((0, 1, 2, 3), (0, 5, NAN, 1e308), "#0072B2", dash="dashed", label="line"),
    Points((0.5, INF, 9), (0.5, 0.5, 0.5), "#D55E00", "cross", label="points"),
    Points((0.2,), (0.2,), "#D55E00", "triangle", filled=False, label="open"),
    Arrow(0.1, 0.1, 0.9, 0.9, "#1a1a1a", label="arrow"),
    Rect(0.2, 0.2, 0.4, 0.4, "#E69F00", "#1a1a1a", round=3, label="rect"),
    Text(0.5, 0.5, HOSTILE, behind="#ffffff"),
)


def scene(*marks: Mark, across: Axis | None = None) -> Scene:
    return chart("a figure", "in words", across or Axis("x", 0, 1), Axis("y", 0, 1), marks or MARKS)


def test_every_mark_lies_within_the_frame() -> None:
    made = scene(*MARKS[:6])
    panel = made.panels[0]
    colours = {"#0072B2", "#D55E00", "#E69F00"}
    drawn = [one for one in paint(made) if isinstance(one, Stroke) and {one.colour, one.fill} & colours]
    above = [one for one in drawn if min(y for _, y in one.points) < panel.y + panel.high + 20]
    assert above
    for one in above:
        for x, y in one.points:
            assert panel.x - 6 <= x <= panel.x + panel.wide + 6
            assert panel.y - 6 <= y <= panel.y + panel.high + 6


@given(
    st.lists(st.tuples(st.floats(), st.floats()), max_size=12),
    st.floats(),
    st.floats(),
    st.sampled_from(["linear", "log"]),
)
def test_whatever_the_numbers_are_nothing_leaves_the_frame(
    places: list[tuple[float, float]], low: float, high: float, scale: Literal["linear", "log"]
) -> None:
    xs, ys = tuple(x for x, _ in places), tuple(y for _, y in places)
    bounds = spread(*sorted(one if math.isfinite(one) else 1.0 for one in (low, high)))
    up = Axis("y", 1e-9, 1e9, "log") if scale == "log" else Axis("y", *bounds)
    marks: list[Mark] = [Line(xs, ys, "#0072B2"), Points(xs, ys, "#0072B2"), Area(xs, ys, ys[::-1], "#0072B2")]
    if len(places) > 1:
        marks += [Arrow(*places[0], *places[1], "#0072B2"), Rect(*places[0], *places[1], "#0072B2")]
    made = chart("t", "d", Axis("x", *bounds), up, marks)
    panel = made.panels[0]
    for one in paint(made):
        at = one.points if isinstance(one, Stroke) else [(one.x, one.y)] if isinstance(one, Circle | Box) else []
        for x, y in at if "#0072B2" in (getattr(one, "colour", ""), getattr(one, "fill", "")) else []:
            assert panel.x - 4 <= x <= panel.x + panel.wide + 4
            assert panel.y - 4 <= y <= panel.y + panel.high + 4


def test_a_line_has_a_gap_where_a_number_is_not_finite() -> None:
    made = scene(Line((0, 0.2, 0.4, 0.6, 0.8), (0.1, 0.2, NAN, 0.3, 0.4), "#0072B2"))
    lines = [one for one in paint(made) if isinstance(one, Stroke) and one.colour == "#0072B2"]
    assert [len(one.points) for one in lines] == [2, 2]


def test_no_value_that_is_not_finite_reaches_a_writer() -> None:
    for one in paint(scene()):
        match one:
            case Stroke(points):
                assert all(map(math.isfinite, (value for point in points for value in point)))
            case Circle(x, y) | Box(x, y) | Words(x, y):
                assert math.isfinite(x)
                assert math.isfinite(y)


def test_a_line_is_cut_where_it_leaves_the_frame() -> None:
    made = scene(Line((0.5, 0.5), (0.5, 5.0), "#0072B2"))
    (cut,) = [one for one in paint(made) if isinstance(one, Stroke) and one.colour == "#0072B2"]
    assert cut.points[1][1] == pytest.approx(made.panels[0].y)


def test_hostile_words_are_words() -> None:
    marks = (Text(0.5, 0.5, HOSTILE), Line((0, 1), (0, 1), "#0072B2", label=HOSTILE))
    made = chart(HOSTILE, HOSTILE, Axis(HOSTILE, 0, 1), Axis(HOSTILE, 0, 1), marks)
    root = ET.fromstring(svg(made))  # noqa: S314
    assert not [one for one in root.iter() if "script" in one.tag]
    assert any("<script>" in (one.text or "") for one in root.iter("{http://www.w3.org/2000/svg}text"))
    assert not [key for one in root.iter() for key in one.keys() if key.startswith("on") or key in ("style", "id")]  # noqa: SIM118
    assert plot.render(made, "png").startswith(b"\x89PNG")  # and mathtext would have failed on \frac{1}{0}$\x00
    assert plot.render(made, "pdf").startswith(b"%PDF")


def test_the_same_scene_gives_the_same_bytes() -> None:
    assert plot.render(scene(), "png") == plot.render(scene(), "png")
    assert plot.render(scene(), "pdf") == plot.render(scene(), "pdf")


def test_both_writers_put_a_mark_in_the_same_place() -> None:
    from matplotlib import image

    made = scene(Rect(0.25, 0.25, 0.75, 0.75, "#ff0000"))
    pixels = image.imread(io.BytesIO(plot.render(made, "png")), format="png")
    red = (pixels[..., 0] > 0.9) & (pixels[..., 1] < 0.1)
    rows, columns = red.any(axis=1).nonzero()[0], red.any(axis=0).nonzero()[0]
    box = next(
        one for one in ET.fromstring(svg(made)).iter("{http://www.w3.org/2000/svg}rect")  # noqa: S314
        if one.get("fill") == "#ff0000"
    )  # fmt: skip
    x, y, wide, high = (float(box.get(key, "")) for key in ("x", "y", "width", "height"))
    found = [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]
    for one, wanted in zip(found, [x, y, x + wide, y + high], strict=True):
        assert one / plot.SHARP == pytest.approx(wanted, abs=1)


def test_the_labels_of_the_ticks_stand_at_lines() -> None:
    made = scene()
    upright = {
        round(one.points[0][0], 3)
        for one in paint(made)
        if isinstance(one, Stroke) and len(one.points) == 2 and one.points[0][0] == one.points[1][0]
    }
    labels = [one for one in paint(made) if isinstance(one, Words) and one.words in ("0.2", "0.8") and not one.turned]
    assert {round(one.x, 3) for one in labels if one.anchor == "middle"} <= upright


def test_no_two_labels_of_an_axis_touch() -> None:
    from chainrule.views.pixels import width

    made = scene(MARKS[0], across=Axis("x", -123456.7, 987654.3))
    words = [one for one in paint(made) if isinstance(one, Words) and one.anchor == "middle" and one.size == 12]
    row = sorted((one.x - width(one.words, 12) / 2, one.x + width(one.words, 12) / 2) for one in words)
    assert len(row) > 2
    assert all(before[1] < after[0] for before, after in pairwise(row))


@pytest.mark.parametrize(
    "axis",
    [
        Axis("e", 1e-300, 1e300, "log"),
        Axis("e", 1e-9, 3.0, "log"),
        Axis("e", -1e308, 1e308),
        Axis("e", 5, 5.0001),
        Axis("e", 0.3, 0.31, "log"),
    ],
)
def test_any_axis_has_some_ticks_and_not_too_many(axis: Axis) -> None:
    found = ticks(axis)
    assert 2 <= len(found) <= 12
    assert all(0 <= axis.place(value) <= 1 for value, _ in found)


def test_a_heat_has_holes_where_it_has_no_value() -> None:
    made = chart(
        "t", "d", Axis("x", 0, 1), Axis("y", 0, 1), [Heat(0, 0, 1, 1, ((0, -1), (1, 1)), ("#000001", "#000002"))],
        colour_bar("E", Axis("", 0, 1), ("#000001", "#000002")),
    )  # fmt: skip
    cells = [one for one in paint(made) if isinstance(one, Box) and one.fill.startswith("#00000") and one.wide > 30]
    panel = made.panels[0]
    assert [round(one.wide / panel.wide, 2) for one in cells] == [0.5, 1.0]
    assert cells[0].y > cells[1].y  # the first row is the lowest


def test_a_figure_is_saved_by_its_ending(tmp_path: Path) -> None:
    figure = Figure(scene())
    for ending, head in ((".svg", b"<svg"), (".PNG", b"\x89PNG"), (".pdf", b"%PDF")):
        figure.save(tmp_path / f"a{ending}")
        assert (tmp_path / f"a{ending}").read_bytes().startswith(head)
    with pytest.raises(cr.UsageError) as caught:
        figure.save(tmp_path / "a.gif")
    assert caught.value.code == "E465"
    with pytest.raises(cr.UsageError) as caught:
        figure.save(3)  # type: ignore[arg-type]
    assert caught.value.code == "E452"
    assert repr(figure) == "<Figure: a figure>"
    assert figure._repr_svg_() == figure.svg()
