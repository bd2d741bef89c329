"""Each command and each of its options: what it prints for people, and the shape of its JSON."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click import Context

import chainrule as cr
from chainrule.cli import cli

from .conftest import Said

Run = Callable[..., Said]


def answer(said: Said) -> dict:  # type: ignore[type-arg]
    assert said.code == 0, said.err
    return json.loads(said.out)  # type: ignore[no-any-return]


def test_alone_it_says_what_to_try_and_all_of_that_works(run: Run) -> None:
    said = run("")
    assert said.code == 0
    lines = [line.strip().split("  ")[0] for line in said.out.splitlines() if line.startswith("  chainrule ")]
    assert len(lines) >= 6
    for line in lines:
        if ">" not in line and "explain" not in line:
            assert run(line.removeprefix("chainrule ")).code == 0, line


def test_version_and_help(run: Run) -> None:
    assert run("--version").out.startswith("chainrule, version ")
    said = run("--help").out
    order = [said.index(f"\n  {name} ") for name in ("explain", "derive", "train", "eval", "examples")]
    assert order == sorted(order)
    assert "..." not in said.partition("Commands:")[2], "no sentence is cut short"
    assert run("explain -h").out == run("explain --help").out


@pytest.mark.parametrize("name", list(cli.commands))
def test_every_option_is_explained(name: str) -> None:
    command = cli.commands[name]
    for parameter in command.get_params(Context(command)):
        if parameter.param_type_name == "option":
            assert parameter.help, parameter.name
    assert command.short_help.endswith(".")


def test_examples(run: Run) -> None:
    said = run("examples")
    assert said.out.startswith("identity        One neuron")
    assert run("examples identity").out == cr.example("identity").text
    assert answer(run("examples --json"))["xor"].startswith("Exclusive OR")
    assert answer(run("examples xor --json")) == {"name": "xor", "text": cr.example("xor").text}


def test_eval_for_people(run: Run) -> None:
    said = run("eval identity").out
    assert said.startswith("mean E = 0.0981342, over 2 patterns\nwith α = 0.5\n")
    assert "w         0.5         −0.0443617" in said
    assert "∂E/∂weight of each pattern" in said
    assert "−0.0887235" in said


def test_eval_of_one_pattern_says_everything_once(run: Run) -> None:
    said = run("eval mazur").out
    assert said.startswith("E = 0.298371\nwith b₁ = 0.35, b₂ = 0.6, α = 0.5\n")
    assert said.count("0.082167") == 1


def test_eval_json(run: Run) -> None:
    shape = answer(run("eval identity --json"))
    assert list(shape) == ["error", "values", "gradient", "adjoints", "patterns"]
    assert [list(one) for one in shape["patterns"]] == [["values", "error", "gradient", "adjoints"]] * 2
    assert shape["values"]["y_hat"] == [0.5, 0.6224593312018546]
    assert shape["gradient"] == {"w": -0.044361729337318426}
    assert set(shape["adjoints"]) == {"x", "y", "w", "alpha", "y_hat", "E"}


def test_eval_options(run: Run, line_eq: Path) -> None:
    shape = answer(run("eval line.eq --data line.csv --start w=2 --start b=1 --set λ=0 --second --json"))
    assert shape["error"] == 0
    assert shape["hessian"]["w"]["w"] == pytest.approx(5 / 3)
    assert answer(run("eval line.eq --data line.csv --of m --json"))["gradient"] == {"w": 1.0, "b": 1.0}
    assert "∂²(mean m)/∂row∂column" in run("eval line.eq --of m --second --data line.csv").out


@pytest.mark.parametrize("typed", ["λ=0.5", "lambda=0.5", "λ=.5", "λ=5e-1", " λ = 0.5"])
def test_a_const_may_be_typed_either_way(run: Run, line_eq: Path, typed: str) -> None:
    assert answer(run(f"eval line.eq --data line.csv --set '{typed}' --json"))["values"]["lambda"] == 0.5


@pytest.mark.parametrize("typed", ["-0.5", "−0.5"])
def test_a_minus_may_be_the_one_that_is_printed(run: Run, line_eq: Path, typed: str) -> None:
    assert answer(run(f"eval line.eq --data line.csv --start w={typed} --json"))["values"]["w"] == -0.5
    assert run(f"train identity --steps 1 --rate {typed}").code == 0


def test_starts_in_three_forms(run: Run, line_eq: Path) -> None:
    Path("all.json").write_text('{"w": 3, "b": 4}')
    assert answer(run("eval line.eq --data line.csv --start all.json --json"))["values"]["b"] == 4
    Path("arr.eq").write_text("index i = 1..2\nweight W[i] := 0\nE = Σ_i (W[i] − 1)²\n", "utf-8")
    Path("W.json").write_text("[3, 1]")
    assert answer(run("eval arr.eq --start W=@W.json --json"))["values"]["W"] == [3, 1]
    assert answer(run("eval identity --start w=0.25 --json"))["values"]["w"] == 0.25


def test_without_targets_eval_says_what_is_absent(run: Run, line_eq: Path) -> None:
    Path("x.csv").write_text("x\n1\n2\n")
    said = run("eval line.eq --data x.csv").out
    assert said.startswith("the goal is absent: it needs a target that is not given\n")
    assert said.count("absent\n") >= 2, "each weight says so"
    assert answer(run("eval line.eq --data x.csv --json"))["error"] is None


def test_train_for_people(run: Run) -> None:
    said = run("train identity --steps 10").out
    assert "weight  at the start  after 10 steps" in said
    assert "mean E              0.0981342" in said
    assert "All 10 steps were done." in said
    assert "chainrule explain identity" in said
    assert "--out run.csv" in said


def test_train_json(run: Run) -> None:
    shape = answer(run("train identity --steps 10 --json"))
    assert list(shape) == ["model", "engine", "numerics", "steps", "ended", "weights", "error", "trace_file"]
    assert shape["ended"] == {"why": "steps", "step": 10, "equation": None, "pattern": None}
    assert shape["trace_file"] is None
    assert (shape["model"], shape["engine"], shape["numerics"]) == ("identity", "reference", "exact")


def test_a_run_that_overflows_is_no_error(run: Run) -> None:
    Path("up.eq").write_text("weight w := 2\nE = w^4\n")
    shape = answer(run("train up.eq --rate 1 --json"))
    assert shape["ended"]["why"] == "left the finite numbers"
    assert "left the finite numbers" in run("train up.eq --rate 1").out


def test_train_options(run: Run, line_eq: Path) -> None:
    Path("rows.json").write_text("[[0, 1], [2]]")
    rest = "--data line.csv --steps 8 --json"
    for batch in ("each", "all", "shuffled", "2", "@rows.json"):
        assert answer(run(f"train line.eq {rest} --batch {batch}"))["steps"] == 8
    held = answer(run(f"train line.eq {rest} --hold b --rate 0.01"))
    assert held["weights"]["b"] == 0
    assert held["weights"]["w"] != 0.5
    rule = "update θ, g\nθ <- θ - 0.5*α*g\n"
    Path("half.txt").write_text(rule, "utf-8")
    half = answer(run(f"train line.eq {rest} --update @half.txt --rate 0.2"))
    assert half["weights"] == answer(run(f"train line.eq {rest} --rate 0.1"))["weights"]
    assert answer(run(f"train line.eq {rest} --update adam"))["weights"] != half["weights"]
    seeds = {json.dumps(answer(run(f"train line.eq {rest} --batch shuffled --seed {seed}"))) for seed in range(4)}
    assert len(seeds) > 1


@pytest.mark.parametrize("ending", ["csv", "json", "npz"])
def test_a_run_is_written_and_verified(run: Run, ending: str) -> None:
    shape = answer(run(f"train identity --steps 6 --record 2 --out run.{ending} --json"))
    assert shape["trace_file"] == f"run.{ending}"
    assert len(cr.load_run(f"run.{ending}").trace) == 4
    assert run(f"train identity --verify run.{ending}").out.startswith("Verified: ")
    found = answer(run(f"train identity --verify run.{ending} --json"))
    assert found["verified"] is True
    assert found["differs"] is None
    assert not Path(f"run.{ending}.journal").exists()


def test_a_run_that_is_not_what_its_start_gives_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("train identity --steps 6 --out run.npz")
    from chainrule.train.run import Run as Trained
    from chainrule.train.run import Verification

    monkeypatch.setattr(Trained, "verify", lambda _: Verification("a" * 64, "b" * 64, "step 3: w"))
    said = run("train identity --verify run.npz")
    assert said.code == 1
    assert said.out.startswith("NOT the same: step 3: w")
    said = run("train identity --verify run.npz --json")
    assert said.code == 1
    assert json.loads(said.out) == {"verified": False, "sha256": "b" * 64, "differs": "step 3: w"}


def test_a_run_of_another_model_is_not_verified(run: Run) -> None:
    run("train identity --steps 6 --out run.npz")
    said = run("train xor --verify run.npz")
    assert said.code == 2
    assert "error[E455]" in said.err


def test_derive_in_its_forms(run: Run) -> None:
    said = run("derive identity").out
    assert said.splitlines()[0].startswith("(1)  ∂E/∂w = ∂E/∂ŷ·∂ŷ/∂w + ")
    assert "(6)        = (ŷ − y)·x·(1 − A(w·x))·A(w·x)" in said
    assert run("derive identity --ascii").out.isascii()
    assert "d(E)/d(w)" in run("derive identity --strict").out
    assert run("derive identity --format latex").out.startswith(r"\begin{align")
    brief, full = (run(f"derive identity --detail {how}").out for how in ("brief", "full"))
    assert len(brief) < len(said) <= len(full)


@pytest.mark.parametrize(
    "options",
    [
        "--strict --format latex", "--strict --format html", "--ascii --format mathml", "--subscript i --json",
        "--hide-arguments --format json", "--rumelhart --format=json", "--ascii --json",
    ],
)  # fmt: skip
def test_an_option_that_would_do_nothing_is_refused(run: Run, options: str) -> None:
    done = run(f"derive identity {options}")
    assert done.code == 2
    assert "E463" in done.out + done.err
    assert "does nothing to" in done.out + done.err


def test_derive_json(run: Run) -> None:
    shape = answer(run("derive identity --wrt w --json"))
    assert list(shape) == ["wrt", "lines", "result"]
    assert shape["wrt"] == "w"
    assert [line["n"] for line in shape["lines"]] == [1, 2, 3, 4, 5, 6]
    assert set(shape["lines"][0]) == {"n", "left", "right", "rule", "because", "check", "sub"}
    assert all(line["check"]["ok"] and line["check"]["points"] > 0 for line in shape["lines"])
    assert answer(run("derive identity --wrt w --format json")) == shape
    assert answer(run("derive identity --json")) == [shape], "a list where no weight is named"


def test_derive_of_many_weights_is_a_line_each(run: Run) -> None:
    said = run("derive xor").out
    lines = said.splitlines()
    assert len(lines) == 11
    assert lines[0].startswith("∂E/∂a₁ = ")
    assert lines[-1].endswith("chainrule derive xor --wrt a1")
    assert len(answer(run("derive and --json"))) == 3
    assert run("derive identity-bias").out.count("(1)") == 2


def test_derive_of_another_quantity(run: Run, line_eq: Path) -> None:
    assert "∂m/∂w" in run("derive line.eq --wrt w --of m").out


def test_explain_for_people(run: Run) -> None:
    said = run("explain identity").out
    assert said.startswith("The network identity: 1 weight (w), 2 patterns, mean E is minimised.")
    for part in ("What cannot be learned at all?", "(ŷ − y)·x·(1 − A(w·x))·A(w·x)", "tangent", "before the step"):
        assert part in said
    assert "\x1b" not in said
    assert max(map(len, said.splitlines())) <= 100
    assert "The tests behind the answers" not in said
    tests = run("explain identity --tests").out
    assert "The tests behind the answers" in tests
    assert len(tests.splitlines()) > 2 * len(said.splitlines())


def test_explain_json(run: Run) -> None:
    shape = answer(run("explain identity --claim dead --claim sign --json"))
    assert [claim["id"] for claim in shape["claims"]] == ["dead", "sign"]
    assert {"id", "statement", "holds", "evidence"} <= set(shape["claims"][0])


def test_explain_options(run: Run, line_eq: Path) -> None:
    rest = "--data line.csv --steps 3 --batch all --rate 0.1 --hold b --set λ=0 --start w=1 --seed 2"
    said = run(f"explain line.eq {rest} --claim update").out
    assert "w" in said
    assert run(f"explain line.eq {rest} --claim update --ascii").out.isascii()


def test_the_story_as_a_page(run: Run) -> None:
    assert run("explain identity --html report.html").out == "the story is in report.html\n"
    page = Path("report.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "What cannot be learned at all?" in page
    refused = run("explain identity --html nowhere/report.html")
    assert refused.code == 2
    assert "E361" in refused.err


def test_a_saved_run_is_explained(run: Run) -> None:
    run("train identity --steps 6 --start w=0.25 --out run.npz")
    assert "from w = 0.25" in run("explain identity --run run.npz --claim update").out
    assert run("explain xor --run run.npz").code == 2


def test_an_entry_and_a_whole_array_are_differentiated(run: Run, tmp_path: Path) -> None:
    text = "index j = 1..2\ndata x in {1, 2}\nweight v[j] := [1, -2.]\nq[j] = v[j]^2·x\nE = q[1]\nminimise mean E\n"
    (tmp_path / "q.eq").write_text(text, encoding="utf-8")
    model = str(tmp_path / "q.eq")
    one = json.loads(run(f"eval {model} --of q[2] --json").out)
    assert (one["error"], one["gradient"]) == (6.0, {"v": [0.0, -6.0]})
    assert json.loads(run(f"eval {model} --of q --json").out)["gradient"] == {"v": [[3.0, 0.0], [0.0, -6.0]]}
    shown = run(f"eval {model} --of q").out
    assert "∂(mean q[1])/∂weight" in shown
    assert "v[2]       −2" in shown
