"""The reference page: its models are read, its grammar is whole, its tables are what the language does."""

import re
from pathlib import Path

import pytest

from chainrule.errors import ChainruleError
from chainrule.notation import parse, parse_expression, show_text
from chainrule.notation.known import ALIASES, DISTRIBUTIONS, KNOWN, MACROS, REDUCTIONS, WORDS

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "notation.md").read_text("utf-8")
MODELS = re.findall(r"^```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
GRAMMAR = re.findall(r"^```ebnf\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)[0]
SIGNS = {"name", "digit", "fraction", "subscript", "superscript", "newline"}
"""What the page describes in words."""


@pytest.mark.parametrize("model", MODELS, ids=range(len(MODELS)))
def test_a_model_of_the_page_is_read_and_printed(model: str) -> None:
    text = parse(model)
    assert parse(show_text(text)) == text


def test_the_grammar_defines_what_it_uses_and_uses_what_it_defines() -> None:
    plain = re.sub(r"\(\*.*?\*\)", "", GRAMMAR, flags=re.DOTALL)
    rules = re.findall(r"^(\w+)\s+=(.*?);\s*$", plain, re.MULTILINE | re.DOTALL)
    defined = {name for name, _ in rules}
    used = {word for _, body in rules for word in re.findall(r"[a-z]+", re.sub(r'"[^"]*"', "", body))}
    assert len(rules) == len(defined)
    assert used - defined == SIGNS
    assert defined - used == {"text"}


def test_the_grammar_has_every_word_of_the_language() -> None:
    quoted = set(re.findall(r'"([a-z]+)"', GRAMMAR))
    assert set(WORDS) <= quoted
    assert set(REDUCTIONS) <= quoted


def test_the_page_names_all_that_is_known() -> None:
    prose = set(re.findall(r"\w+", PAGE))
    assert {*KNOWN, *MACROS, *DISTRIBUTIONS, "ln", "σ", "softmax_k"} <= prose
    assert set(ALIASES) == {"ln", "sigma", "atan", "arsinh", "arcsinh", "sgn"}


@pytest.mark.parametrize("row", re.findall(r"^\| (`[^|]*(?:\\\|[^|]*)*) \| ([^|]+) \|$", PAGE, re.MULTILINE))
def test_the_expressions_of_the_table_are_read(row: tuple[str, str]) -> None:
    for typed in re.findall(r"`([^`]+)`", row[0]):
        parse_expression(typed, letters=("i", "j", "p", "t", "u"), functions=("A",), quantities=("x", "v"))


def test_what_the_page_says_is_refused_is_refused() -> None:
    (listed,) = re.findall(r"is refused, with both readings in the message: (.*?)\. The", PAGE, re.DOTALL)
    refused = re.findall(r"`([^`]+)`", listed)
    assert len(refused) == 10
    for typed in refused:
        with pytest.raises(ChainruleError):
            parse(f"index i = 1..2\ndata x[i], a, b, c, w\nE = {typed}")


def test_both_spellings_of_the_first_table_are_one() -> None:
    pairs = [
        ("y_hat + x_bar + x_dot + x_tilde", "ŷ + x̄ + ẋ + x̃"),
        ("W1 + W_1", "W₁ + W₁"),
        ("x[i] + W1[j,i] + h[t-1]", "xᵢ + W₁ⱼᵢ + hₜ₋₁"),
        ("sum_{i,j} x[i]^2*a**2", "Σ_{i,j} x[i]²·a²"),
        ("prod_i x[i] + 1/2 + 1/3", "∏_i x[i] + ½ + ⅓"),
        ("[a <= b]*[a >= b]*[a != b]*[i in j]", "[a ≤ b]⋅[a ≥ b]×[a ≠ b]·[i ∈ j]"),
        ("d(E)/d(w) - pi", "∂E/∂w − π"),
    ]
    for ascii, printed in pairs:
        assert parse_expression(ascii, letters=("i", "j", "t")) == parse_expression(printed, letters=("i", "j", "t"))
