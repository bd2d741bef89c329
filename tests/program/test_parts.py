"""Parts of long equations get names in a program: the values are the same bits, the slopes the same numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.laws.growth import FAMILIES, W, nested

import chainrule as cr
from chainrule.expr.nodes import Equation, Expr, Mul, Ref, key
from chainrule.expr.walk import transform
from chainrule.notation import parse_equation
from chainrule.program import lower, parts
from chainrule.program.program import computed

ROUNDING = 1e-12
"""Of the largest slope: products are multiplied in another order."""

LETTERS = """index i = 1..3, j = 1..2
data x[i] in {0.5, 1}
weight w[i,j] := 0.3, v := 0.2
h[i,j] = BODY
E = sum_{i,j} h[i,j]^2
"""

TEXTS = {
    "tree": FAMILIES["tree"][1](8),
    "towers": FAMILIES["towers"][1](8),
    "factors": FAMILIES["factors"][1](9),
    "products of sums": FAMILIES["products-of-sums"][1](6),
    "quotients": FAMILIES["quotients"][1](6),
    "functions": FAMILIES["functions"][1](3),
    "maxima": FAMILIES["maxima"][1](6),
    "powers": FAMILIES["powers"][1](6),
    "a sum squared": FAMILIES["sum-squared"][1](9),
    "means": f"{W}E = {nested('w*x', lambda t: f'w*mean tanh({t} + w)', 6)}\n",
    "letters": LETTERS.replace("BODY", nested("x[i]", lambda t: f"tanh(w[i,j]*{t} + v)", 6)),
    "under a sum": "index i = 1..3\ndata x in {0.5, 1}\nweight w[i] := 0.3\n"
    f"E = sum_i {nested('x', lambda t: f'(w[i]*{t} + i)', 8)}^2\n",
    "two long equations": "index t = 0..3, j = 1..2\ndata x in {0.5, 1}\nweight w := 0.3, v[j] := 0.2\n"
    f"h[0,1] = {nested('w*x', lambda t: f'w*tanh({t} + w)', 6)}\n"
    f"h[t,j] = {nested('h[t-1,j]*[t-1 in t]', lambda t: f'w*tanh({t} + v[j]*w)', 6)}\nE = h[3,1] + h[2,2]\n",
    "base lines": "index t = 0..3\ndata x in {0.5, 1}\nweight w := 0.3\nh[0] = x\n"
    f"h[t] = {nested('h[t-1]', lambda t: f'sin(w*{t} + x)', 6)}\nE = sum_t h[t]^2\n",
    "a guard": "data x in {0, 1}\nweight w := 0.3\n"
    f"E = [x > 0]*log({nested('x', lambda t: f'(w*{t} + x)', 8)}) + {nested('x', lambda t: f'(w*{t} + x)', 8)}\n",
    "a guard in a function": "data x in {0, 1}\nweight w := 0.3\nA(u) = [x > 0]*u\n"
    f"E = A(log({nested('x', lambda t: f'(w*{t} + x)', 8)})) + {nested('x', lambda t: f'(w*{t} + x)', 8)}\n",
    "a penalty": "data x in {0.5, 1}\nweight w := 0.3\n"
    f"E = {nested('x', lambda t: f'(w*{t} + x)', 8)}\nminimise mean E + {nested('w', lambda t: f'(w*{t} + 1)', 8)}\n",
}


def cut_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small equations are cut like long ones."""
    monkeypatch.setattr(parts, "LONG", 40)
    monkeypatch.setattr(parts, "PIECE", 20)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_parts_change_no_value_and_no_slope(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = cr.Model(text).evaluate()
    cut_soon(monkeypatch)
    model = cr.Model(text, "cut")  # a network of its own
    found = model.evaluate()
    lines = computed(lower(model.network))
    assert not all(parts.of_the_text(key(line.target)) for line in lines), "the text is too short for this test"
    assert found.error == whole.error
    assert list(found.values) == list(whole.values)
    for name, value in whole.gradient.items():
        largest = np.max(np.abs(value))
        np.testing.assert_allclose(found.gradient[name], value, rtol=0, atol=ROUNDING * largest)
        assert np.all(np.isfinite(value))


def test_a_short_equation_stays_as_it_is() -> None:
    line = parse_equation("E = (w*x - y)^2", quantities=("w", "x", "y", "E"))
    assert parts.shortened((line,)) == (line,)


def test_what_stands_beside_a_bracket_is_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    cut_soon(monkeypatch)
    text = f"E = [x > 0]*({nested('x', lambda t: f'(w*{t} + x)', 8)})"
    line = parse_equation(text, quantities=("w", "x", "E"))
    assert parts.shortened((line,)) == (line,)


def test_many_factors_are_multiplied_in_the_order_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    cut_soon(monkeypatch)
    line = parse_equation("E = " + "*".join(f"(w + {k})" for k in range(12)), quantities=("w", "E"))
    lines = parts.shortened((line,))
    assert len(lines) > 1
    assert written(lines) == line.body


def test_a_run_shows_the_quantities_of_the_text_alone() -> None:
    run = cr.Model(FAMILIES["tree"][1](30)).train(steps=2, rate=0.001)
    assert run.trace.columns == ("step", "w", "x", "E", "d(E)/d(w)", "error", "Delta_w")
    assert run.trace["d(E)/d(w)"].shape == (3,)


def written(lines: tuple[Equation, ...]) -> Expr:
    """The last line with the parts back in place, products in products taken apart."""
    known: dict[str, Expr] = {}
    for line in lines:
        body = transform(line.body, lambda node: known.get(node.name, node) if isinstance(node, Ref) else node)
        if isinstance(body, Mul):
            body = Mul(tuple(one for arg in body.args for one in (arg.args if isinstance(arg, Mul) else (arg,))))
        assert isinstance(line.target, Ref)
        known[line.target.name] = body
    return body


@pytest.mark.parametrize("engine", ["reference", "native"])
def test_a_departure_names_the_equation(engine: str, tmp_path: Path) -> None:
    text = FAMILIES["tree"][1](60).replace("w := 0.3", "w := 1e10")
    run = cr.Model(text).train(steps=3, rate=1, engine=engine)
    assert run.departure is not None
    assert run.departure.equation == "E"
    run.save(tmp_path / "run.json")
    assert cr.load_run(tmp_path / "run.json").departure == run.departure
