"""Trainings in fused numerics: each sum one chain of fused multiply-adds, in float64 and in float32."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import chainrule as cr
from chainrule.cli import cli
from chainrule.engines.fma import fma
from chainrule.engines.protocol import Bound
from chainrule.engines.reference import REFERENCE
from chainrule.model import build
from chainrule.notation import parse
from chainrule.numbers.functions import PROGRAMS
from chainrule.numbers.numerics import FUSED, FUSED32, NUMERICS, Numerics
from chainrule.numbers.operations import FUSED_FLOAT
from chainrule.numbers.operations import fma as exactly
from chainrule.program import lower

DRAW = np.random.default_rng(3)
A, B, C, D = DRAW.normal(size=(4, 50))


def fma64(a: float, b: float, c: float) -> float:
    return exactly(a, b, c)


def values(line: str, numerics: Numerics, **more: np.ndarray) -> np.ndarray:
    """z for each of fifty patterns."""
    text = f"data a, b, c, d\nweight w := 1\nz = {line}\nE = w*z"
    given = {"a": A, "b": B, "c": C, "d": D, **more}
    loaded = REFERENCE.load(lower(build(parse(text))), Bound(given, {}, 50, numerics))
    return np.asarray(loaded.evaluate({"w": np.array(1.0)})["z"])


RULE = (
    ("a + b*c", lambda a, b, c, d: fma64(b, c, a)),
    ("a - b*c", lambda a, b, c, d: fma64(-b, c, a)),
    ("a*b + c", lambda a, b, c, d: a * b + c),
    ("a*b + c*d", lambda a, b, c, d: fma64(c, d, a * b)),
    ("-a*b + c*d", lambda a, b, c, d: fma64(c, d, -(a * b))),
    ("a + b*c*d", lambda a, b, c, d: fma64(b * c, d, a)),
    ("a + b*c - d*a*b", lambda a, b, c, d: fma64(-(d * a), b, fma64(b, c, a))),
    ("a + b^2", lambda a, b, c, d: fma64(b, b, a)),
    ("a + b^3", lambda a, b, c, d: fma64(b * b, b, a)),
    ("a + b^1", lambda a, b, c, d: a + b),
    ("a + b/c", lambda a, b, c, d: a + b / c),
    ("a + b*(c + d*a)", lambda a, b, c, d: fma64(b, fma64(d, a, c), a)),
    ("a + tanh(b*c)", lambda a, b, c, d: a + PROGRAMS["tanh"](FUSED_FLOAT, b * c)),
    ("(a + b*c)*d", lambda a, b, c, d: fma64(b, c, a) * d),
)


@pytest.mark.parametrize(("line", "wanted"), RULE, ids=[line for line, _ in RULE])
def test_a_written_sum_is_the_chain_that_the_rule_says(line: str, wanted: object) -> None:
    expected = [wanted(*four) for four in zip(A.tolist(), B.tolist(), C.tolist(), D.tolist(), strict=True)]  # type: ignore[operator]
    assert values(line, FUSED).tolist() == expected
    single = values(line, FUSED32)
    assert (single == single.astype(np.float32)).all()
    assert single == pytest.approx(np.array(expected), rel=1e-4, abs=1e-6)


def test_a_product_with_a_name_of_its_own_is_rounded() -> None:
    text = "data a, b, c, d\nweight w := 1\nu = b*c\nz = a + u\nE = w*z"
    given = Bound({"a": A, "b": B, "c": C, "d": D}, {}, 50, FUSED)
    found = REFERENCE.load(lower(build(parse(text))), given).evaluate({"w": np.array(1.0)})["z"]
    assert found.tolist() == (A + B * C).tolist() != values("a + b*c", FUSED).tolist()


def summed(line: str, numerics: Numerics, x: np.ndarray, v: np.ndarray) -> np.ndarray:
    text = f"index i = 1..7, j = 1..3\ndata x[i], v[j]\nweight w := 1\nz = {line}\nE = w*z"
    found = lower(build(parse(text)))
    loaded = REFERENCE.load(found, Bound({"x": x, "v": v}, {"i": range(1, 8), "j": range(1, 4)}, len(x), numerics))
    return np.asarray(loaded.evaluate({"w": np.array(1.0)})["z"])


@pytest.mark.parametrize("numerics", [FUSED, FUSED32], ids=lambda one: one.name)
def test_a_sum_over_letters_is_one_chain_in_written_order(numerics: Numerics) -> None:
    format = np.float32 if numerics.bits == 32 else np.float64
    x, v = (DRAW.normal(size=(20, n)).astype(format) for n in (7, 3))

    def chain(pairs: list[tuple[np.ndarray, np.ndarray]]) -> list[float]:
        first, *others = pairs
        total = first[0] * first[1]
        for one, other in others:
            total = fma(one, other, total, np.empty(len(x), format))
        return total.tolist()

    assert summed("sum_i x[i]*x[i]", numerics, x, v).tolist() == chain([(x[:, k], x[:, k]) for k in range(7)])
    assert summed("sum_i x[i]^2", numerics, x, v).tolist() == chain([(x[:, k], x[:, k]) for k in range(7)])
    pairs = [(x[:, k], v[:, m]) for k in range(7) for m in range(3)]
    assert summed("sum_{i,j} x[i]*v[j]", numerics, x, v).tolist() == chain(pairs)
    assert summed("sum_i (-x[i]*x[i])", numerics, x, v).tolist() == chain([(-x[:, k], x[:, k]) for k in range(7)])
    assert summed("sum_j 2*v[j]*v[j]", numerics, x, v).tolist() == chain([(2 * v[:, k], v[:, k]) for k in range(3)])
    mean = [total / 3 for total in np.array(chain([(v[:, k], v[:, k]) for k in range(3)]), format)]
    assert summed("mean_j v[j]^2", numerics, x, v).tolist() == [float(one) for one in mean]
    plain = x[:, 0]
    for k in range(1, 7):
        plain = plain + x[:, k]
    assert summed("sum_i x[i]", numerics, x, v).tolist() == plain.tolist()


def test_no_elementary_function_ends_with_a_product() -> None:
    """Then a function is never taken for one."""
    from chainrule.tape.machine import Cell, TapeMachine
    from chainrule.tape.tape import Tape

    for name, program in PROGRAMS.items():
        tape = Tape({}, {}, FUSED)
        slots = [tape.input(one, (), False) for one in ("x", "y")][: 2 if name in ("max", "min", "power") else 1]
        result = program(TapeMachine(tape), *(Cell(tape, slot) for slot in slots))
        assert tape.factors(result.slot) is None, name


@pytest.mark.parametrize("name", ["xor", "mazur", "digits"])
def test_all_numerics_train_to_nearly_the_same(name: str) -> None:
    how = {"steps": 30, "batch": 10} if name == "digits" else {"steps": 100}
    runs = [cr.example(name).train(numerics=one, engine="reference", **how) for one in NUMERICS]
    assert len({run.sha256 for run in runs}) == 4
    for run, near in zip(runs[1:], (1e-12, 1e-4, 1e-4), strict=True):
        for weight, array in runs[0].weights.items():
            assert run.weights[weight] == pytest.approx(array, rel=near, abs=near)
    for run in runs[2:]:
        assert all((array == array.astype(np.float32)).all() for array in run.weights.values())


@pytest.mark.parametrize("numerics", ["fused", "fused32", "plain32"])
def test_a_run_says_keeps_and_verifies_its_numerics(numerics: str, tmp_path: Path) -> None:
    run = cr.example("mazur").train(steps=40, numerics=numerics, engine="reference")
    assert run.json()["numerics"] == numerics == run.recipe.numerics
    assert any(f"in {numerics} numerics" in note for note in run.notes)
    run.save(tmp_path / "run.json")
    again = cr.load_run(tmp_path / "run.json")
    assert again.recipe.numerics == numerics
    assert again.sha256 == run.sha256
    assert again.verify().same
    assert again.at(17) == run.at(17)


def test_a_run_that_is_said_to_be_of_other_numerics_does_not_verify() -> None:
    run = cr.example("mazur").train(steps=40, numerics="fused", engine="reference")
    assert run.verify().same
    recipe = replace(run.recipe, numerics="exact")
    wrong = replace(run, recipe=recipe, loaded=REFERENCE.load(run.program, recipe.bound))
    assert "after step" in wrong.verify().differs


def test_the_command_line_knows_them(tmp_path: Path) -> None:
    run = str(tmp_path / "run.npz")
    arguments = ["train", "xor", "--steps", "30", "--numerics", "fused32", "--engine", "reference", "--json"]
    done = CliRunner().invoke(cli, [*arguments, "--out", run])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["numerics"] == "fused32"
    checked = CliRunner().invoke(cli, ["train", "xor", "--verify", run])
    assert checked.exit_code == 0, checked.output


@pytest.mark.parametrize("name", ["identity", "mazur"])
def test_a_story_of_a_fused_run_says_so_and_comes_out_as_the_exact_one(name: str) -> None:
    model = cr.example(name)
    stories = {one: model.explain(model.train(steps=100, numerics=one, engine="reference")) for one in NUMERICS}
    for numerics, story in stories.items():
        assert any(f"{numerics} numerics" in warning for warning in story.warnings) == (numerics != "exact")
        assert story.as_hoped == stories["exact"].as_hoped


def test_a_step_that_did_not_follow_the_rule_is_told_in_float32_too() -> None:
    model = cr.example("mazur")
    run = model.train(steps=3, numerics="fused32", engine="reference")
    assert model.explain(run, claims=["update"])["update"].holds
    wrong = replace(run, recipe=replace(run.recipe, values={**run.recipe.values, "alpha": np.array(0.51)}))
    assert not model.explain(replace(wrong, recipe=replace(wrong.recipe, rate=0.51)), claims=["update"])["update"].holds


def test_numbers_that_float32_has_not_are_refused() -> None:
    model = cr.Model("data x\ntarget y\nweight w := 1\nE = (w*x - y)^2", data={"x": [1.0], "y": [2.0]})
    for more in ({"start": {"w": -1e39}}, {"data": {"x": [1e39], "y": [1.0]}}):
        for numerics in ("fused32", "plain32"):
            with pytest.raises(cr.ChainruleError) as caught:
                model.train(numerics=numerics, engine="reference", **more)
            assert caught.value.code == "E370"
    with pytest.raises(cr.ChainruleError) as caught:
        model.train(numerics="float16")
    assert caught.value.code == "E454"
