"""The drawing of an error over its weight: well formed, true to its numbers, closed to what was typed."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest

import chainrule as cr
from chainrule.explain.curve import Curve
from chainrule.views.drawing import picture

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def curve() -> Curve:
    found = cr.example("identity").explain().curve
    assert found is not None
    return found


def test_the_drawing_shows_the_numbers(curve: Curve) -> None:
    drawn = picture(curve)
    assert drawn is not None
    root = ET.fromstring(drawn.svg)  # noqa: S314
    assert "w = 0.5" in drawn.description
    assert "−0.08872" in drawn.description
    assert root.find(f"{SVG}title") is not None
    before, after = root.findall(f"{SVG}circle")[:2]
    assert float(before.get("cx", "")) < float(after.get("cx", ""))  # w goes up
    assert float(before.get("cy", "")) < float(after.get("cy", ""))  # and E down
    assert not [name for element in root.iter() for name in element.keys() if name.startswith("on") or name == "style"]  # noqa: SIM118


def test_names_are_escaped(curve: Curve) -> None:
    drawn = picture(replace(curve, goal="<script>alert(1)</script>", weight="a&b", rows='"x"'))
    assert drawn is not None
    assert "<script" not in drawn.svg
    ET.fromstring(drawn.svg)  # noqa: S314


def test_what_is_not_finite_is_left_out_and_said(curve: Curve) -> None:
    goals = curve.goals.copy()
    goals[:5], goals[100] = np.nan, np.inf
    drawn = picture(replace(curve, goals=goals))
    assert drawn is not None
    assert "nan" not in drawn.svg
    assert "inf" not in drawn.svg
    assert "6 values that are not finite are left out" in drawn.description
    assert len(ET.fromstring(drawn.svg).findall(f".//{SVG}g/{SVG}polyline")) == 3  # noqa: S314  (tangent, two pieces)
    assert picture(replace(curve, goals=np.full_like(goals, np.nan))) is None
