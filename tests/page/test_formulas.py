"""What is marked in a line changes nothing of what is written there."""

from __future__ import annotations

import re

import pytest

import chainrule as cr
from chainrule.notation import parse_expression, show
from chainrule.page.changed import changed
from chainrule.page.formulas import Formulas
from chainrule.page.subject import Subject


@pytest.mark.parametrize(
    ("before", "after", "new"),
    [
        ("a·f(b)·d", "a·(b + c)·d", {"b + c"}),
        ("a·x + b·y", "a·x − b·y", {"b·y"}),
        ("a·x + b·0", "a·x", set()),
        ("a·b", "c·d·e", {"c", "d", "e"}),
        ("a", "b + c", set()),
        ("(a − b)·c", "(a − b)·c", set()),
        ("exp(a)·b", "exp(c)·b", {"exp(c)"}),
    ],
)
def test_what_is_new_in_a_line(before: str, after: str, new: set[str]) -> None:
    found = changed(parse_expression(before), parse_expression(after))
    assert {show(one) for one in found} == new


MARK = re.compile(r'<mrow class="new">')


@pytest.mark.parametrize("name", ["identity", "xor", "mazur", "growth", "line"])
def test_marks_change_no_formula(name: str) -> None:
    """Every line with its marks, taken away again, is the line without: no sign, bracket or number is another."""
    model = cr.example(name)
    derivations = [model.derive(weight).steps for weight in model.weights[:2]]
    formulas = Formulas(Subject(model.train(steps=1), derivations), lambda key, held, place: "1")
    marked = 0
    for one in derivations:
        for old, step in zip(one.steps, one.steps[1:], strict=False):
            plain = formulas.letters(step.after, aliases=one.aliases).text
            text = formulas.letters(step.after, aliases=one.aliases, before=old.after).text
            marked += bool(MARK.search(text))
            assert unmarked(text) == plain, show(step.after)
    assert marked


def unmarked(text: str) -> str:
    """MathML without the rows that marks are."""
    out, kinds = "", list[bool]()
    for piece in re.split(r"(<mrow(?: [^>]*)?>|</mrow>)", text):
        if piece.startswith("<mrow"):
            kinds.append(bool(MARK.fullmatch(piece)))
            out += "" if kinds[-1] else piece
        elif piece == "</mrow>":
            out += "" if kinds.pop() else piece
        else:
            out += piece
    return out
