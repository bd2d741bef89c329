"""`chainrule plot`: each figure into a file, in words and as JSON; what does not go together is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import chainrule as cr
from chainrule.cli.plot import FIGURES

from .conftest import Said


@pytest.mark.parametrize("figure", sorted(FIGURES))
def test_each_figure_is_written_and_told(run: Callable[..., Said], figure: str) -> None:
    said = run(f"plot xor --steps 60 --figure {figure}")
    assert said.code == 0
    assert said.out.endswith(f"\nthe figure is in xor-{figure}.svg\n")
    assert Path(f"xor-{figure}.svg").read_text("utf-8").startswith("<svg ")
    assert all(len(line) <= 100 for line in said.out.splitlines())


def test_the_figure_is_that_of_the_face(run: Callable[..., Said]) -> None:
    model = cr.example("identity")
    said = run("plot identity --steps 20 --out a.svg --json")
    found = json.loads(said.out)
    figure = model.figure.error(model.train(steps=20))
    assert found == {"figure": "error", "title": figure.title, "description": figure.description, "file": "a.svg"}
    assert Path("a.svg").read_text("utf-8") == figure.svg()


def test_options_reach_the_figure(run: Callable[..., Said]) -> None:
    def title(line: str) -> str:
        return str(json.loads(run(f"plot xor --steps 40 {line} --out a.svg --json").out)["title"])

    assert title("--weight b1") == "mean E over b₁"
    assert title("--figure landscape --axes c1,c0") == "mean E over c₁ and c₀"
    assert title("--figure landscape --axes random --seed 3").endswith("filter by filter")
    assert title("--figure landscape --axes random --no-normalise").endswith("random directions")
    assert title("--figure landscape --normalise").endswith("filter by filter")
    assert title("--figure fit --of h2") == "h₂ over x₁ and x₂"
    assert title("--figure compare --rates 0.5,2") == "mean E of 2 runs"
    assert "pattern 3" in run("plot xor --steps 4 --figure graph --pattern 3").out
    assert "x₁ = 1 (∂" in run("plot xor --steps 4 --figure network --pattern 3").out


def test_the_graph_holds_the_data_that_were_given(run: Callable[..., Said], line_eq: Path) -> None:
    said = run(f"plot {line_eq} --data {line_eq.with_suffix('.csv')} --steps 2 --figure graph --pattern 2")
    assert "data x is 2" in said.out.replace("\n", " ")


def test_saved_runs_are_drawn(run: Callable[..., Said]) -> None:
    for rate in (1, 2):
        assert run(f"train identity --steps 9 --rate {rate} --out r{rate}.npz").code == 0
    assert "after 9 steps" in run("plot identity --run r1.npz").out.replace("\n", " ")
    both = run("plot identity --figure compare --run r1.npz --run r2.npz")
    assert "r1.npz: from" in both.out.replace("\n", " ")
    other = run("plot xor --run r1.npz")
    assert other.code == 2
    assert "E455" in other.err


def test_the_ending_of_the_file_asks_for_a_film(run: Callable[..., Said]) -> None:
    said = run("plot identity --steps 4 --out a.gif")
    assert said.out.endswith("the film is in a.gif\n")
    assert Path("a.gif").read_bytes().startswith(b"GIF")


def test_a_file_of_a_model_gives_the_name(run: Callable[..., Said], line_eq: Path) -> None:
    assert "line-fit.svg" in run(f"plot {line_eq} --data {line_eq.with_suffix('.csv')} --figure fit --steps 5").out
    assert "stdin-error.svg" in run("plot - --steps 3", "weight w := 1\nE = w²").out


@pytest.mark.parametrize(
    "line, code, problem",
    [
        ("plot identity --figure fit --weight w", "E463", "--weight does nothing to --figure fit"),
        ("plot identity --pattern 0", "E463", "take --figure graph"),
        ("plot identity --figure predictions --out a.gif", "E463", "--animate does nothing"),
        ("plot identity --figure pie", "E462", "--figure takes one of error, landscape"),
        ("plot identity --out a.bmp", "E465", "end it in .svg, .png or .pdf"),
        ("plot identity --figure landscape", "E466", "needs two weights"),
        ("plot xor --figure compare --rates 1,fast", "E462", "--rates 1,fast are not numbers"),
        ("plot xor --run a.npz --run b.npz", "E463", "shows one run"),
        ("plot xor --figure compare --run a.npz --rates 1", "E463", "give one of them"),
        ("plot xor --weight q", "E456", "no trained weight is called 'q'"),
        ("plot xor --figure landscape --axes q,a1", "E456", "no trained weight is called 'q'"),
        ("plot xor --figure landscape --axes a1", "E452", "name two weights"),
    ],
)
def test_what_does_not_go_together_is_refused(run: Callable[..., Said], line: str, code: str, problem: str) -> None:
    said = run(line)
    assert said.code == 2
    assert f"error[{code}]" in said.err
    assert problem in said.err
    assert not list(Path().glob("*.svg"))
