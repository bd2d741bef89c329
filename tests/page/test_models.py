"""Pages of models of every kind draw themselves, say what their script says again, and can be used."""

from __future__ import annotations

from typing import Any

import pytest
from tests.page.conftest import Made, Opened
from tests.page.test_text import READ, seen

import chainrule as cr

POINTS = {"x": [[0.0, 1.0], [1.0, 0.5], [-1.0, 2.0]], "y": [0.0, 1.0, 0.5]}

SQUARE = "target y = x\nweight w := 0.5\nE = ½(w·x − y)²"
LETTERS = """index i = 1..2, j = 1..3
data x[i]
target y
weight W[j,i] ~ normal(0, 1), v[j] ~ normal(0, 1)
h[j] = tanh(Σ_i W[j,i]·x[i])
ŷ = σ(Σ_j v[j]·h[j])
E = ½(ŷ − y)²"""

MODELS: dict[str, tuple[str, Any, dict[str, Any]]] = {
    "no data": ("weight a := 1, b := 1\nE = a² + 4·b² + a·b", None, {"steps": 30}),
    "maximise": ("data x in {1, 2}\nweight w := 0.1\nJ = −(w·x − 2)²\nmaximise mean J", None, {"steps": 20}),
    "a penalty": (f"data x in {{0, 1, 2}}\n{SQUARE}\nminimise mean E + 0.1·w²", None, {"steps": 9}),
    "one goal for all": ("data x in {0, 1, 2}\nweight w := 0.5\nm = mean (w·x)\nE = (m − 2)²", None, {"steps": 20}),
    "a box that acts": (f"data x in {{1, 2}}\n{SQUARE}".replace("w :=", "w in [0, 0.6] :="), None, {"rate": 0.5}),
    "it leaves": (f"data x in {{0, 1, 2}}\n{SQUARE}", None, {"rate": 5}),
    "no step": (f"data x in {{0, 1}}\n{SQUARE}", None, {"steps": 0}),
    "nothing moves": (f"data x in {{0}}\n{SQUARE}", None, {"steps": 5}),
    "all held": (f"data x in {{1}}\n{SQUARE}", None, {"steps": 5, "hold": ["w"]}),
    "letters": (LETTERS, POINTS, {"steps": 20}),
    "momentum": (f"data x in {{1, 2}}\n{SQUARE}", None, {"steps": 9, "update": "momentum"}),
    "three a step": (f"data x in {{1, 2, 3, 4}}\n{SQUARE}", None, {"steps": 9, "batch": 3}),
}


@pytest.mark.parametrize("name", list(MODELS))
def test_a_page_of_any_model(name: str, opened: Opened, made: Made) -> None:
    text, data, how = MODELS[name]
    path = made(cr.Model(text, name, data), name, **how)
    page, plain = opened(path), opened(path, scripts=False)
    before, after = (sorted(word for text in one.run(READ) for word in text.split()) for one in (plain, page))
    assert before == after
    page.front()
    for _ in range(3):
        page.key("ArrowRight")
        page.key("ArrowRight", shift=True)
        page.key("ArrowLeft")
    assert page.text("#where").startswith("after")
    assert page.run("document.documentElement.scrollWidth <= innerWidth")


def test_it_leaves_the_finite_numbers_and_says_where(opened: Opened, made: Made) -> None:
    text, data, how = MODELS["it leaves"]
    page = opened(made(cr.Model(text, "it leaves", data), "it leaves", **how))
    run = cr.Model(text).train(**how)
    assert page.text("#state").startswith(f"In step {run.steps + 1} a number is no longer finite")
    page.focus("#scrub")
    page.key("End")
    assert "no longer finite" in page.text("#say")
    page.fill("#s-rate-n", "0.1")
    assert page.run("document.querySelector('#state').hidden")


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, False), (360, True), (700, False)])
def test_nothing_is_wider_than_the_window(width: int, dark: bool, opened: Opened, made: Made) -> None:
    for name in ("identity", "xor"):
        page = opened(made(name, steps=60), width=width, height=740, dark=dark)
        assert page.run("document.documentElement.scrollWidth <= innerWidth")
        page.click("#chips button")
        assert page.run("document.documentElement.scrollWidth <= innerWidth")


def test_on_paper_there_are_no_controls(opened: Opened, made: Made) -> None:
    page = opened(made("identity"))
    page.call("Emulation.setEmulatedMedia", media="print")
    shown = "document.querySelectorAll('button:not(td *), input, select')"
    assert page.run(f"[...{shown}].every((e) => !e.getBoundingClientRect().width)")
    assert "Step 2 looks at" in page.text("#step")
    assert seen(opened, made, "identity", False)
