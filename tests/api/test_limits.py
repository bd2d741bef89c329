"""``limits=`` of every public call: the same names as ``--limit``, held while the call goes on, and no longer."""

import inspect
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.api.test_wrong_values import MODELS, calls

import chainrule as cr
from chainrule.cli import cli
from chainrule.expr.limits import LIMITS, most

NONE = {
    "from_torch": "the text it writes has a limit of its own when it is read", "from_sklearn": "as from_torch",
    "from_keras": "as from_torch",
    "mlp": "as from_torch",
    "example": "its texts come with the package", "misconception": "its texts come with the package",
    "Model.owns": "compares two texts", "Run.rows": "reads the order of visiting",
    "Story.text": "writes what was found", "Story.html": "writes what was found",
    "Derivation.text": "writes what was found", "Derivation.last": "writes what was found",
    "Derivation.needed": "writes what was found",
    "Derivation.dressed": "writes what was found", "Derivation.html": "writes what was found",
    "Leaving.as_estimator": "trains later, in fit, under the limits around that",
    "Figure.save": "writes what was drawn", "Animation.save": "writes what was drawn",
}  # fmt: skip
"""Public calls that can meet no limit, and why."""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("text", MODELS, ids=["plain", "letters"])
def test_every_call_has_them(text: str) -> None:
    seen: set[str] = set()
    for name, call, right, _ in calls(cr.Model(text)):
        if call.__name__ == "<lambda>" or name in ("limits", "limited"):
            continue  # no call of its own
        seen.add(name)
        if name in NONE:
            assert "limits" not in inspect.signature(call).parameters, name
            continue
        with pytest.raises(cr.UsageError, match="E265") as caught:
            call(**right, limits={"chekcs": 10})
        assert "did you mean checks?" in caught.value.help, name
        assert ", ".join(LIMITS) in caught.value.help, name
        for wrong in ({"checks": 0}, {"checks": 1.5}, {"checks": True}, {1: 1}, 3, "checks"):
            with pytest.raises(cr.UsageError, match="E265"):
                call(**right, limits=wrong)
        if name.startswith("how data is read"):
            continue  # the same call once more
        if name not in ("resume", "Run.save"):  # they would write
            with suppress(cr.NotationError):  # a line to check that lacks the indices of these weights
                call(**right, limits={limit: 2 * LIMITS[limit].most for limit in LIMITS})
        assert all(most(limit) == LIMITS[limit].most for limit in LIMITS)
    assert set(NONE) <= seen


DATA = "index i = 1..40\ndata x in {0.5, 1}\nweight w[i] := 0.3\nE = (Σ_i w[i]·x − 1)²"
LONG = "index t = 1..8\ndata x in {0.5, 1}\nweight w := 0.3\nh[0] = x\nh[t] = tanh(w·h[t−1])\nE = h[8]²"
DEEP = f"data x in {{0.5, 1}}\nweight w := 0.3\nE = {'tanh(' * 30}w·x{')' * 30}"
MAXIMA = f"data x in {{0.5, 1}}\nweight w := 0.3\nE = {'max(' * 20}w·x{', w)' * 20}"

MET: dict[str, tuple[str, int, Callable[[dict[str, int]], object]]] = {
    "Model": ("depth", 20, lambda it: cr.Model(DEEP, limits=it)),
    "evaluate": ("elements", 20, lambda it: cr.Model(DATA).evaluate(limits=it)),
    "evaluate, patterns": ("combinations", 1, lambda it: cr.Model(DATA).evaluate(limits=it)),
    "derive": ("derivative", 500, lambda it: cr.Model(MAXIMA).derive("w", limits=it)),
    "train": ("elements", 20, lambda it: cr.Model(DATA).train(steps=2, engine="reference", limits=it)),
    "train, record": ("memory", 1000, lambda it: cr.Model(DATA).train(steps=100, limits=it)),
    "explain": ("slices", 5, lambda it: cr.Model(LONG).explain(limits=it)),
    "curvature": ("elements", 20, lambda it: cr.Model(DATA).curvature(limits=it)),
    "explain, weights": ("weights", 20, lambda it: cr.Model(DATA).explain(claims=["update"], limits=it)),
    "figure": ("slices", 5, lambda it: cr.Model(LONG).figure.error(limits=it)),
}  # fmt: skip


@pytest.mark.parametrize("name", MET)
def test_a_limit_that_is_met_is_raised_by_the_call(name: str) -> None:
    limit, low, call = MET[name]
    with pytest.raises(cr.LimitError) as caught:
        call({limit: low})
    assert f"--limit {limit}=" in caught.value.help
    assert f'limits={{"{limit}": ' in caught.value.help
    call({limit: LIMITS[limit].most})
    with cr.limits(**{limit: low}):  # the call is the nearer one
        call({limit: LIMITS[limit].most})


def test_patterns_are_differentiated_under_the_limits_of_their_call() -> None:
    with cr.limits(derivative=1):
        with pytest.raises(cr.LimitError):
            cr.Model(DATA, "patterns").evaluate()
        found = cr.Model(DATA, "patterns").evaluate(limits={"derivative": LIMITS["derivative"].most})
        assert [one.gradient["w"][0] for one in found.patterns] == pytest.approx([5.0, 22.0])


def test_the_command_line_says_the_same(tmp_path: Path) -> None:
    place = tmp_path / "deep.eq"
    place.write_text(DEEP, "utf-8")
    with pytest.raises(cr.LimitError) as caught:
        cr.load(place, limits={"depth": 20})
    told = CliRunner().invoke(cli, ["eval", str(place), "--limit", "depth=20", "--json"])
    assert json.loads(told.stdout)["error"]["help"] == caught.value.help
    assert cr.load(place, limits={"depth": 40}).evaluate().error > 0


def test_a_text_file_as_long_as_asked_for(tmp_path: Path) -> None:
    place = tmp_path / "long.eq"
    place.write_text("# a comment\n" * 100_000 + "weight w\nE = w", "utf-8")
    with pytest.raises(cr.LimitError, match="E458") as caught:
        cr.load(place)
    assert "--limit text=N" in caught.value.help
    assert cr.load(place, limits={"text": 2**21}).weights == ("w",)


def test_a_record_as_large_as_asked_for() -> None:
    model: Any = cr.example("identity")
    with pytest.raises(cr.LimitError, match="E356") as caught:
        model.train(steps=1000, limits={"memory": 1000})
    assert "--limit memory=" in caught.value.help
    assert model.train(steps=1000, rate=0.01, limits={"memory": 1000}, memory=10**6).steps == 1000
