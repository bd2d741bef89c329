"""Lines as people type them first: read or mended with their own value, and never read as something else.

`python3 dev.py campaign lines` has the long form.
"""

from collections import Counter

import pytest
from tests.laws.lines import BOOKS, Attempt, attempts, outcome, taken, templates

from chainrule import Model
from chainrule.errors import ChainruleError

MENDED = 0.95
"""So many of the lines must end in a model within two helps; the long form says what remains."""


@pytest.mark.parametrize("seed", [0, 1])
def test_first_attempts_end_in_a_model_that_means_them(seed: int) -> None:
    found: Counter[str] = Counter()
    for number, attempt in enumerate(attempts(templates(), seed)):
        if number % (2 if number < BOOKS else 8) == seed:
            end = outcome(attempt)
            assert end.kind != "wrong", f"{attempt.template}: {end.said}\n{end.text}"
            found[end.kind] += 1
    assert found["read"] + found["mended"] >= MENDED * found.total(), found


def test_a_line_that_is_read_otherwise_is_found() -> None:
    text = "table x | y\n1 | 0\nweight w := 2\nz = w + x\nE = z + 0·y"
    assert outcome(Attempt("z = wx", text, 2.0)).kind == "wrong"
    assert outcome(Attempt("z = w + x", text, 3.0)).kind == "read"
    assert outcome(Attempt("z = w + x", text.replace("+ x", "+ tahn(x)"), 2.7615941559557649)).kind == "mended"
    assert outcome(Attempt("z = ?", text.replace("w + x", "w + ?"), 3.0)).kind == "refused"


def test_the_question_in_latex_ends_in_a_running_model() -> None:
    lines = [
        "data x in {0, 1}", "target y = x", "weight w := 0.5", "const μ := 0.5", "A(x) = \\frac{1}{1 + e^{-x}}",
        "\\hat{T}(x) = A(wx)", "ŷ = T̂(x)", "E(\\hat{y}, y) = \\frac{1}{2}(\\hat{y} - y)^2",
        "\\frac{\\partial{E}}{\\partial{w_i}}",
        "w_i (new) = w_i (old) -\\mu \\cdot \\frac{\\partial{E}}{\\partial{w_i}}",
    ]  # fmt: skip
    text, tries = "\n".join(lines), Counter[int]()
    while max(tries.values(), default=0) <= 2:
        try:
            model = Model(text)
            break
        except ChainruleError as error:
            tries[(error.place or (0, 0))[0]] += 1
            text = taken(error, text) or text
    else:
        pytest.fail(f"a line needs more than two tries: {text}")
    assert model.train(steps=1, batch="all").weights["w"] == pytest.approx(0.5 + 0.5 * 0.08872345867463 / 2, rel=1e-12)
