"""A line to be checked in the form of another language: its error has the line as it is written here."""

import re

import pytest

import chainrule as cr

LINES = (
    ("∂E/∂w = (ŷ − y)*x if x > 0 else 0", "∂E/∂w = if(x > 0, (ŷ - y)*x, 0)"),
    ("∂E/∂w = (ŷ − y)*x*(1 if x > 0 else 0)", "∂E/∂w = (ŷ - y)*x*if(x > 0, 1, 0)"),
    ("∂E/∂w = 1 if y else 0", "∂E/∂w = if(y != 0, 1, 0)"),
    ("∂E/∂w = x > 0 ? y : 0", "∂E/∂w = if(x > 0, y, 0)"),
    ("∂E/∂w = if x > 0 then y else 0", "∂E/∂w = if(x > 0, y, 0)"),
    ("∂E/∂w = np.where(x > 0, y, 0)", "∂E/∂w = if(x > 0, y, 0)"),
    ("∂E/∂w = math.exp(x)", "∂E/∂w = exp(x)"),
    ("w <- w − α*(1 if x > 0 else 0)", "w <- w - α*if(x > 0, 1, 0)"),
    ("δ = (ŷ − y) if x > 0 else 0", "δ = if(x > 0, (ŷ - y), 0)"),
)


@pytest.mark.parametrize(("line", "written"), LINES)
def test_the_help_has_the_line_and_it_is_read(line: str, written: str) -> None:
    model = cr.example("identity")
    with pytest.raises(cr.NotationError) as told:
        model.check(line)
    found = re.fullmatch(r"write (.+)", told.value.help)
    assert found is not None, told.value.help
    assert "".join(found[1].split()).replace("−", "-") == "".join(written.split()).replace("−", "-")
    model.check(found[1])


OTHERS = ("∂E/∂w = (ŷ − y)*x*", "∂E/∂w = foo(x)", "∂E/∂w == 2", "∂E/∂w", "= x", "", "∂E/∂w = (a if b else")


@pytest.mark.parametrize("line", OTHERS)
def test_a_line_that_is_no_foreign_form_keeps_its_error(line: str) -> None:
    with pytest.raises(cr.ChainruleError) as told:
        cr.example("identity").check(line)
    assert "own_line" not in str(told.value)
