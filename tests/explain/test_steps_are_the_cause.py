"""Units that fire or do not: the gradient is 0 because a step is flat, and not because some of the data are 0."""

import pytest

import chainrule as cr

HEAD = "data x1, x2\ntarget l\ntable x1 x2 | l\n0 0 | 0\n0 1 | 1\n1 0 | 1\n1 1 | 1\nweight w1 := 0, w2 := 0, b := 0\n"
ERROR = "E = ½(o − l)²"
RULE = "d1 = (l − o)·x1\nd2 = (l − o)·x2\ndb = l − o"
RULED = "\n".join(f"update {weight} <- {weight} + mean {d}" for weight, d in (("w1", "d1"), ("w2", "d2"), ("b", "db")))
UNITS = ("[s > 0]", "sign(s)", "if(s > 0, 1, 0)", "[s >= 0.5]")


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("rule", [True, False])
def test_a_step_is_the_cause(unit: str, rule: bool) -> None:
    lines = [HEAD + "s = w1·x1 + w2·x2 + b", f"o = {unit}", ERROR, *([RULE] if rule else []), "minimise sum E"]
    model = cr.Model("\n".join([*lines, *([RULED] if rule else [])]))
    story = model.explain(model.train(steps=20))
    for pattern in story["dead"].evidence["dead_patterns"]:
        assert not any(one.startswith("x") for one in pattern["zero"]), pattern
    text = " ".join(story.text().split())
    assert "because x" not in text
    assert "factor x" not in text


@pytest.mark.parametrize("unit", UNITS)
def test_a_step_behind_other_units_is_the_cause(unit: str) -> None:
    """What comes back is 0 before it reaches the data, some layers away."""
    head = HEAD.replace("b := 0", "b := 0.5, v := 1, c := 0.25")
    lines = [head + "z = w1·x1 + w2·x2 + b", "h = tanh(z)", "s = v·h + c", f"o = {unit}", ERROR, "minimise sum E"]
    model = cr.Model("\n".join(lines))
    story = model.explain(model.train(steps=20))
    assert story["dead"].evidence["dead_patterns"]
    for pattern in story["dead"].evidence["dead_patterns"]:
        assert list(pattern["zero"]) == ["∂E/∂s = 0"], pattern
    text = " ".join(story.text().split())
    assert "because x" not in text
    assert "factor x" not in text


def test_data_that_are_0_are_the_cause_where_nothing_is_flat() -> None:
    model = cr.Model("data x\ntarget y\ntable x | y\n0 | 1\n1 | 1\nweight w := 0.5\nE = ½(σ(w·x) − y)²")
    (pattern,) = model.explain(model.train(steps=20))["dead"].evidence["dead_patterns"]
    assert pattern["zero"] == ("x = 0",) or pattern["zero"] == ["x = 0"]
