"""Which rates learn, and how soon: counted again with the reference engine, in every kind of training."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.errors import UsageError
from chainrule.explain import CLAIMS
from chainrule.explain.measure.claims import map as rates
from chainrule.explain.measure.claims.map import Mapped, NoMap
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.sweep import Sweep
from chainrule.views.rates import draw, draw_rates

TWO = "table x | y\n 1 | 2\n 2 | 3\n 3 | 5\nweight w := 0, b := 0\nŷ = w·x + b\nE = ½(ŷ − y)²"
KINK = "weight w := 3\nconst α := 0.3\nE = abs(w − 1)"


def finding(text: str, **how: Any) -> Any:
    run = cr.Model(text).train(**how)
    return Context(run).once(rates.measure)


def counted(text: str, found: Mapped, tried: float, moved: dict[str, float] | None = None, **how: Any) -> int:
    """After how many steps a training by the reference engine has learned; −1 if not, −2 if it left."""
    begun = {**how.get("start", {}), **(moved or {})}
    how = {**how, "steps": found.steps, "rate": tried, "engine": "reference", "start": begun}
    run = cr.Model(text).train(**how)
    if run.departure is not None:
        return -2
    errors = [run.error_at(int(k)) for k in run.trace.steps]
    good = found.naming.sense * (np.array(errors) - found.level) <= 0
    return int(np.argmax(good)) if good[-1] else -1


WAYS: list[tuple[str, str, dict[str, Any]]] = [
    ("in turn", TWO, {"rate": 0.05, "steps": 300}),
    ("shuffled", TWO, {"rate": 0.05, "steps": 300, "batch": "shuffled", "seed": 3}),
    ("momentum", TWO, {"rate": 0.02, "steps": 300, "batch": "all", "update": "momentum"}),
    ("adam", TWO, {"rate": 0.02, "steps": 300, "batch": "all", "update": "adam"}),
    ("held, a start, two a step", TWO, {"rate": 0.05, "steps": 300, "batch": 2, "hold": ["b"], "start": {"w": 3.0}}),
    ("kink", KINK, {"steps": 50}),
    ("box", "weight w in [0, 2] := 1.5\nconst α := 0.1\nE = (w − 3)²", {"steps": 60}),
    ("made large", "weight w := 0, v := 1\nconst α := 0.1\nf = 1 − (w − 2)² − v²\nmaximise f", {"steps": 60}),
    ("leaves", "weight w := 1\nconst α := 2\nE = w² + w⁴", {"steps": 50}),
    ("rate 0", "weight w := 1\nconst α := 0\nE = w²", {"steps": 5}),
    ("an expression", "const c := 4, α := c/10\nweight w := 1\nE = ½w²", {"steps": 50}),
    ("two rates", "const α := 0.1, β := 0.5\nweight w := 1, v := 1\nE = w² + v²\n"
     "update w <- w − α·∂E/∂w\nupdate v <- v − β·α·∂E/∂v", {"steps": 200}),
    ("letters", "index i = 1..3\nweight w[i] := 1\nconst α := 0.1\nE = ½·Σ_i i·(w[i] − 3)²", {"steps": 200}),
    ("slow", "weight w := 1\nconst α := 1e-9\nE = ½w²", {"steps": 20}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "how"), [way[1:] for way in WAYS], ids=[way[0] for way in WAYS])
def test_each_number_of_the_sentence_is_what_a_training_does(text: str, how: dict[str, Any]) -> None:
    found = finding(text, **how)
    assert isinstance(found, Mapped), found
    own = counted(text, found, found.rate, **how)
    assert own == (found.learned_in if found.learned_in is not None else -2 if found.left else -1)
    assert min(found.rates) <= found.rate <= max(found.rates) or found.rate <= 0
    if found.quickest is not None:
        assert counted(text, found, found.quickest, **how) == found.quickest_in
    for place in (5, len(found.rates) // 2, len(found.rates) - 2):
        assert counted(text, found, found.rates[place], **how) == found.learned[place]
    if found.weight is not None:
        row, place = 3 * len(found.starts) // 4, len(found.rates) // 2
        start = {found.weight: found.starts[row]}
        assert counted(text, found, found.rates[place], start, **how) == found.cells[row][place]


def test_the_cells_are_those_of_a_map_of_the_model() -> None:
    model = cr.example("identity")
    found = Context(model.train(steps=40)).once(rates.measure)
    assert isinstance(found, Mapped)
    assert (len(found.rates), len(found.starts), found.weight) == (96, 64, "w")
    axes = [f"α=geometric({found.rates[0]!r}, {found.rates[-1]!r}, 96)", "w=linear(0, 1, 64)"]
    m = model.map(axes, steps=found.steps, measures=f"reach({found.level!r})")
    stays = (m.status != 3) & (m.error <= found.level)
    assert np.array_equal(np.where(stays, m["reach"], -1).T, np.array(found.cells))
    assert found.quickest_in == 2
    assert found.guaranteed_below == pytest.approx(25.96, abs=0.01)
    assert found.rates[-1] > found.guaranteed_below


def test_the_sentence() -> None:
    story = cr.example("identity").explain(map=True)
    assert [claim.id for claim in story.claims] == [*CLAIMS, "map"]
    answer = dict(story.questions)["Which rates learn, and how soon?"]
    assert answer.startswith("Your rate α = 0.5 learns in 30 steps; above 25.96 nothing is guaranteed; the quickest")
    assert "99 % of the way from the start to that where this run rests" in answer
    assert "map" not in [claim.id for claim in cr.example("identity").explain().claims]


@pytest.mark.parametrize(("text", "how", "says"), [
    ("weight w := 1\nE = w²", {"hold": ["w"], "steps": 2}, "no weight is trained"),
    ("weight w := 1\nE = w²\nupdate w <- w − 0.1·∂E/∂w", {"steps": 9}, "the learning rule reads no rate"),
    ("const α := 0.1\nconst c := 2·α\nweight w := 1\nE = c·w²", {"steps": 9}, "α decides c too"),
    ("const α := 0.1\nweight w := 10·α\nE = w²", {"steps": 9}, "α decides w too"),
    ("weight w := −1\nE = log(w)", {"steps": 0}, "is no finite number at the start"),
    ("weight w := 0\nE = w²", {"steps": 9}, "gets no better from this start"),
])  # fmt: skip
def test_where_there_is_no_map_it_says_why(text: str, how: dict[str, Any], says: str) -> None:
    model = cr.Model(text)
    run = model.train(**how)
    story = model.explain(run, claims=["map"])
    assert says in story["map"].statement
    assert not story["map"].holds
    assert draw_rates(story) == ""
    with pytest.raises(UsageError, match="E655"):
        model.figure.map(run)


def test_without_the_native_engine_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "there", lambda: False)
    assert "need the native engine" in cr.example("identity").explain(claims=["map"])["map"].statement


def test_what_would_take_too_long_is_coarser_and_at_last_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    run = cr.example("identity").train(steps=40)
    work = Sweep(Context(run)).work
    sizes = []
    for cells in (96 * 64, 48 * 32, 12 * 8, 12):
        monkeypatch.setattr(rates, "OPERATIONS", cells * 1000 * work)
        found = Context(run).once(rates.measure)
        assert isinstance(found, Mapped)
        sizes.append((len(found.rates), len(found.starts)))
    assert sizes == [(96, 64), (48, 32), (12, 8), (12, 0)]
    monkeypatch.setattr(rates, "OPERATIONS", 12 * 1000 * work - 1)
    said = cr.example("identity").explain(run, claims=["map"])["map"].statement
    assert "too large for a map here" in said


def test_where_the_run_rests_is_not_known_it_says_what_it_is_measured_against() -> None:
    xor = cr.example("xor").explain(claims=["map"])["map"]
    assert "to that of this run's end" in xor.statement
    left = cr.Model("weight w := 1\nconst α := 2\nE = w² + w⁴").explain(claims=["map"])["map"]
    assert "Your rate α = 2 leaves the finite numbers in step" in left.statement
    assert "to the best that a rate tried here came to" in left.statement
    assert not left.holds


def test_a_training_that_passes_by_has_not_learned() -> None:
    """One that is there once and leaves again, or circles, is not told as quick."""
    text = "weight w := 1\nconst α := 0.05\nE = w²"
    found = finding(text, steps=300)
    assert isinstance(found, Mapped)
    assert found.learned[-1] in (-1, -2)
    assert all(one >= 0 for rate, one in zip(found.rates, found.learned, strict=True) if 0.01 < rate < 0.99)
    assert found.guaranteed_below == pytest.approx(1)


def test_the_pictures() -> None:
    model = cr.example("identity")
    run = model.train()
    found = Context(run).once(rates.measure)
    for ascii in (False, True):
        text = draw(found, 70, ascii)
        assert max(map(len, text.splitlines())) <= 82
        assert "^" in text
        assert not ascii or text.isascii()
    figure = model.figure.map(run)
    assert "Your rate α = 0.5 learns in 30 steps" in figure.description
    assert {"your rate and start", "not learned", "above this α nothing is guaranteed"} <= {
        mark.label for panel in figure.scene.panels for mark in panel.marks if hasattr(mark, "label")
    }
    page = model.explain(run, map=True).html(model.figure.pictures(run, map=True))
    assert page.count("<figure>") == 7
    letters = cr.Model(WAYS[-2][1])
    assert letters.figure.map(letters.train(steps=200)).title == "Steps to learn over α"
    alone = Context(letters.train(steps=200)).once(rates.measure)
    assert "\n" in draw(alone, 70, True)


def test_a_map_changes_nothing_of_the_run() -> None:
    run = cr.example("identity").train(steps=40)
    before = run.sha256
    found = Context(run).once(rates.measure)
    assert run.sha256 == before
    assert not isinstance(found, NoMap)
