"""What a text computes for all patterns at once has the bits of one pattern after another."""

import numpy as np
import pytest

import chainrule as cr
from chainrule.data import at_once, computed

ROWS = 100

HEAD = """f(u) = tanh(u)·u
g(u, v) = f(u) + [u > v]·c
index k = 0..3
data x, z[k], label
const c := 0.3
"""

COMPUTED = [
    ("t", "f(x) − c·x^3"),
    ("t", "g(x, c)/(1 + x^2)"),
    ("t", "Σ_k z[k]·f(z[k])"),
    ("t", "max_k z[k] − min_k z[k]"),
    ("t", "logsumexp_k z[k]"),
    ("t", "mean_k exp(−z[k])"),
    ("t", "prod_k z[k]"),
    ("t", "−x·0"),
    ("t", "[x > 0]·log(abs(x) + [x <= 0])"),
    ("t", "[x > 0]·(1/(x + [x <= 0]))^1.5"),
    ("t", "if(x > 0, sqrt(abs(x)), −x)"),
    ("t", "min(x, 0) + max(x, c) + abs(x) + sign(x)"),
    ("t", "z[2] − z[0]"),
    ("t[k]", "[label == k]"),
    ("t[k]", "softmax_k(z[k])"),
    ("t[k]", "x·z[k] + k"),
    ("t[k]", "if(x > z[k], f(x), z[k])"),
    ("t[k]", "z[3 − k]·c^k"),
    ("t", "x − Σ x"),
    ("t", "mean x + 1"),
]  # fmt: skip


def columns() -> dict[str, np.ndarray]:
    numbers = np.random.default_rng(5)
    x = numbers.normal(size=ROWS)
    x[:4] = 0.0, -0.0, 1e300, -1e-300
    return {"x": x, "z": numbers.normal(size=(ROWS, 4)), "label": numbers.integers(0, 4, ROWS)}


def bits(text: str, monkeypatch: pytest.MonkeyPatch, together: bool) -> tuple[list[str], object]:
    """What was computed, as text of its bits, and whether it was computed at once."""
    seen: list[np.ndarray] = []
    kept, asked = computed.over, at_once.over
    met: list[bool] = []

    def over(*args: object) -> np.ndarray:
        found = kept(*args)  # type: ignore[arg-type]
        seen.append(found)
        return found

    def at(*args: object) -> np.ndarray | None:
        found = asked(*args) if together else None  # type: ignore[arg-type]
        met.append(found is not None)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(computed, "over", over)
        patched.setattr(at_once, "over", at)
        try:
            cr.Model(text).train(columns(), steps=0)
        except cr.DataError as error:
            return [str(error)], met
    return [str((one.shape, one.flags.c_contiguous, one.tobytes())) for one in seen], met


@pytest.mark.parametrize("target, body", COMPUTED)
def test_computed_columns_have_the_bits_of_one_row_after_another(
    target: str, body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = "k" if "[k]" in target else ""
    read = "t[k]" if letters else "t"
    text = (
        HEAD
        + f"target {target} = {body}\nweight w := 0.1\nE = {'Σ_k ' if letters else ''}(w − {read})²\nminimise mean E\n"
    )
    one, _ = bits(text, monkeypatch, together=False)
    both, met = bits(text, monkeypatch, together=True)
    assert one == both
    assert met[0] == ("Σ x" not in body and "mean x" not in body)  # a reduction over the patterns is no column


def test_many_rows_take_no_longer_than_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """One by one these million entries took most of a minute; here the evaluation of one entry is asked a few times."""
    asked: list[object] = []
    evaluated = at_once.MANY.compare
    monkeypatch.setattr(at_once.MANY, "compare", lambda *args: asked.append(args) or evaluated(*args), raising=False)
    text = (
        "index k = 0..9\ndata label\ntarget t[k] = [label == k]\nweight w := 0\nE = Σ_k (w − t[k])²\nminimise mean E\n"
    )
    run = cr.Model(text).train({"label": np.arange(100_000) % 10}, steps=0)
    assert len(asked) == 10
    assert run is not None
