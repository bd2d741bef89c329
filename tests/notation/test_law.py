"""What is printed is read back as the same, in both forms, and prints the same again."""

import pytest
from hypothesis import given, settings
from tests.expr.strategies import NAMES, expressions

from chainrule.expr.nodes import Expr
from chainrule.notation import parse_expression, show


@pytest.mark.parametrize("ascii", [False, True])
@settings(max_examples=100)
@given(expr=expressions)
def test_what_is_printed_is_read_back(ascii: bool, expr: Expr) -> None:
    text = show(expr, ascii)
    again = parse_expression(text, **NAMES)
    assert again == expr, text
    assert show(again, ascii) == text
    assert text.isascii() or not ascii
