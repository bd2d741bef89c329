"""What an axis may be, its numbers to the last digit, and where a place lies on a map."""

from fractions import Fraction

import numpy as np
import pytest

import chainrule as cr
from chainrule.maps import Axis, Plan
from chainrule.maps.places import cell

MODEL = cr.Model("const c := 1\nweight w := 1, b := 0\nE = (w + c·b − 1)²")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("α=geometric(1e-3, 1e6, 10)", [float(f"1e{power}") for power in range(-3, 7)]),
        ("w=linear(0, 1, 11)", [float(Fraction(k, 10)) for k in range(11)]),
        ("w = [.1, -2, 10^-3, sqrt(5) - 1]", [0.1, -2, 1e-3, 5**0.5 - 1]),
        ("w=linear(1, -1, 3)", [1, 0, -1]),
        ("w=linear(7, 8, 1)", [7]),
        ("α=geometric(8, 1, 4)", [8, 4, 2, 1]),
    ],
)
def test_values_are_the_nearest_numbers(text, values) -> None:
    axis = Axis.parse(text)
    assert list(axis.values) == values
    assert Axis.parse(axis.text) == axis == Axis.from_json(axis.json())


def test_a_narrow_window_has_as_many_numbers_as_the_format() -> None:
    low = 12345.678
    high = np.nextafter(low, 1e9)
    for _ in range(62):
        high = np.nextafter(high, 1e9)
    axis = Axis.of("α", ("geometric", low, high, 64))
    assert len(set(axis.values)) == 64


@pytest.mark.parametrize(
    ("axes", "code"),
    [
        ("α", "E640"), ("α=", "E640"), ("α=log(1, 2, 3)", "E640"), ("α=linear(1, 2)", "E640"), ("=[1]", "E640"),
        ("α=[]", "E640"), ([], "E640"), (["w=[1]", "w=[2]"], "E640"), ("α=geometric(0, 1, 9)", "E641"),
        ("α=geometric(-1, 1, 9)", "E641"), ("α=linear(1, 1, 9)", "E641"), ("α=linear(0, 1/0, 9)", "E641"),
        ("α=linear(0, 1, 0)", "E641"), ({"α": [float("nan")]}, "E641"), ("α=linear(0, 1, 999999999)", "E642"),
        (["α=linear(0, 1, 90000)", "w=linear(0, 1, 90000)"], "E642"), ("E=[1]", "E647"), ("v=[1]", "E647"),
        ("w[1]=[1]", "E647"), ("c+=[1]", "E647"), ("seed=[1, 2]", "E648"),
    ],
)  # fmt: skip
def test_what_is_no_axis_is_refused(axes, code) -> None:
    with pytest.raises(cr.ChainruleError) as caught:
        MODEL.map(axes, steps=1)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"rate": 0.5}, "E649"), ({"measures": "speed"}, "E643"), ({"measures": "reach"}, "E643"),
        ({"chosen": "c"}, "E650"), ({"numerics": "half"}, "E454"), ({"steps": -1}, "E353"), ({"seed": -1}, "E353"),
        ({"update": "update w <- w - ∂E/∂w/9\nupdate b <- b"}, "E648"), ({"hold": "x"}, "E303"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_of_a_map_is_refused(how, code) -> None:
    with pytest.raises(cr.ChainruleError) as caught:
        MODEL.map("α=[0.1, 0.2]", **({"steps": 1} | how))
    assert caught.value.code == code


def test_an_axis_of_a_held_weight_and_of_a_model_without_patterns() -> None:
    all_held = MODEL.map({"w": [0, 3]}, steps=9, hold=["w", "b"], rate=1, measures=["sharpness", "trained", "period"])
    assert np.isnan(all_held["sharpness"]).all()
    assert all_held["period"].tolist() == [1, 1]
    found = MODEL.map({"w": [0, 3], "α": [0.1]}, steps=100, hold="w", chosen=["w", "b"])
    assert found["end_w"].ravel().tolist() == [0, 3]
    assert found["end_b"].ravel() == pytest.approx([1, -2], abs=1e-6)


def test_places_are_the_nearest_cells_and_no_others() -> None:
    axes = (Axis.parse("α=geometric(1, 100, 3)"), Axis.parse("W[1,2]=linear(0, 1, 11)"), Axis.parse("seed=[3, 7]"))
    assert cell(axes, {"alpha": 20, "W[1,2]": 0.34, "seed": 7}) == (1, 3, 1)
    for wrong in ({"α": 400}, {"α": 1, "W[1,2]": 1.2}, {"α": 1, "W[1,2]": 1, "seed": 5}, {"β": 1}, {"α": -1}):
        with pytest.raises(cr.UsageError, match="E652"):
            cell(axes, wrong)


def test_a_plan_is_read_as_it_was_written_and_nothing_else_is() -> None:
    found = MODEL.map({"α": [0.1], "b+": "linear(0, 1, 3)"}, steps=3, start={"b": 2}, measures=["reach(0.5)", "period"])
    again = Plan.from_json(found.plan.to_json())
    assert again == found.plan
    assert again.differences(found.plan) == ()
    other = MODEL.map({"α": [0.1], "b+": "linear(0, 1, 3)"}, steps=4, start={"b": 1}, measures="period").plan
    assert found.plan.differences(other) == (
        "the number of steps: 3 there, 4 asked for", "the starts: b = 2.0 there, b = 1.0 asked for",
        "the measures: reach(0.5) there, nothing asked for",
    )  # fmt: skip
    text = found.plan.to_json()
    for broken in ("", "[]", "{", text[:-1], text.replace('"steps": 3', '"steps": true'), text.replace("map", "mop"),
                   text.replace('"version": 1', '"version": 2'), text.replace('"count": 3', '"count": 0')):  # fmt: skip
        with pytest.raises(cr.RunError, match="E645"):
            Plan.from_json(broken)
