"""The figures in the page of a story: those that a network has, closed to what was typed, nothing loaded."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

import chainrule as cr


@pytest.mark.parametrize(
    "name, steps, wanted",
    [
        ("identity", 40, ["mean E over w", "Network of ŷ, pattern 0", "Computation graph of E, pattern 0",
                          "E of each pattern", "Gradient and update of each weight", "ŷ over x"]),
        ("line", 40, ["mean E over b", "Network of ŷ, pattern 0", "Computation graph of E, pattern 0",
                      "mean E over w and b", "E of 14 patterns: worst, median, best",
                      "Gradient and update of each weight", "ŷ over x"]),
        ("mazur", 9, ["E over w₇", "Network of o₁ and o₂, pattern 0", "Computation graph of E, pattern 0",
                      "E, principal components of the path", "E of each pattern", "Gradient and update of 8 weights",
                      "o₁ and o₂ against t₁ and t₂"]),
    ],
)  # fmt: skip
def test_each_network_has_its_figures(name: str, steps: int, wanted: list[str]) -> None:
    model = cr.example(name)
    titles = [picture.title for picture in model.figure.pictures(model.train(steps=steps))]
    assert [title.partition(" over ")[0] for title in titles] == [title.partition(" over ")[0] for title in wanted]
    assert len(titles) == len(wanted)


def test_a_network_without_patterns_or_targets_has_what_is_left() -> None:
    model = cr.Model("weight w := 1\nE = w²")
    titles = [picture.title for picture in model.figure.pictures(model.train(steps=9))]
    assert titles[0] == "E over w"
    assert not any("over x" in title or "principal" in title for title in titles)


def test_the_page_holds_them_and_loads_nothing() -> None:
    model = cr.example("xor")
    run = model.train(steps=40)
    pictures = model.figure.pictures(run)
    page = model.explain(run, claims=["sign"]).html(pictures)
    assert page.count("<figure>") == len(pictures) == 7
    for picture in pictures:
        root = ET.fromstring(picture.svg)  # noqa: S314
        assert not [key for one in root.iter() for key in one.keys() if key in ("id", "style", "href", "class")]  # noqa: SIM118
        assert root.find("{http://www.w3.org/2000/svg}desc") is not None
    assert not re.search(r"(?:src|href)=|<script|url\(", "".join(picture.svg for picture in pictures))


def test_a_run_that_left_the_finite_numbers_has_its_figures_too() -> None:
    model = cr.Model("data x in {1, 2}\ntarget y = x\nweight w := 1, b := 1\nŷ = w·x + b\nE = (ŷ − y)²")
    run = model.train(rate=50.0, steps=2000)
    assert run.departure is not None
    pictures = model.figure.pictures(run)
    assert len(pictures) == 7
    for picture in pictures:
        ET.fromstring(picture.svg)  # noqa: S314
        assert not re.search(r'="(?:nan|-?inf)', picture.svg)
