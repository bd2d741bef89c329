"""The pictures in docs are those that are drawn today."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).parents[2]
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
NEAR = 0.25
"""Pixels that a place may be off: NumPy's functions differ in their last bits from machine to machine."""


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("pictures", ROOT / "scripts" / "pictures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PICTURES = script().PICTURES


def same(one: str, two: str) -> bool:
    """Whether two pictures look alike: the same words, and the same marks in the same places but for a little.

    The cells of a heat may take the neighbouring colour, so of those only how many there are is compared, roughly.
    """
    marks = [list(ET.fromstring(text).iter()) for text in (one, two)]  # noqa: S314
    plain = [[mark for mark in every if not mark.tag.endswith("path")] for every in marks]
    cells = [sum(mark.get("d", "").count("M") for mark in every) for every in marks]
    return (
        len(plain[0]) == len(plain[1])
        and abs(cells[0] - cells[1]) <= 0.02 * max(cells)
        and all(alike(*pair) for pair in zip(*plain, strict=True))
    )


def alike(one: ET.Element, two: ET.Element) -> bool:
    """Whether two elements are of one kind, with the same words, and their numbers near each other."""
    if (one.tag, one.text, set(one.keys())) != (two.tag, two.text, set(two.keys())):
        return False
    for key in one.keys():  # noqa: SIM118
        texts = one.get(key, ""), two.get(key, "")
        if texts[0].startswith("#"):
            if texts[0] != texts[1]:
                return False
            continue
        numbers = [list(map(float, NUMBER.findall(text))) for text in texts]
        if NUMBER.sub("", texts[0]) != NUMBER.sub("", texts[1]) or len(numbers[0]) != len(numbers[1]):
            return False
        if any(abs(a - b) > NEAR for a, b in zip(*numbers, strict=True)):
            return False
    return True


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_what_is_drawn_today(name: str) -> None:
    kept = (ROOT / "docs" / "pictures" / f"{name}.svg").read_text("utf-8")
    assert same(kept, PICTURES[name]().svg()), "python3 dev.py pictures draws it anew; look at it"


def test_each_picture_is_drawn_and_shown() -> None:
    kept = list((ROOT / "docs" / "pictures").iterdir())
    assert {path.stem for path in kept if path.suffix == ".svg"} == set(PICTURES)
    shown = "".join(path.read_text("utf-8") for path in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")))
    assert {path.name for path in kept if f"pictures/{path.name}" not in shown} == set()  # screenshots too
    assert {name for name in PICTURES if f"pictures/{name}.svg" not in shown} == set()


def test_a_picture_that_differs_is_found() -> None:
    text = (ROOT / "docs" / "pictures" / "error.svg").read_text("utf-8")
    assert same(text, text)
    assert not same(text, text.replace(">start<", ">begin<"))
    assert not same(text, text.replace('"#0072B2"', '"#0072B3"'))
    moved = re.sub(r'points="(\d+)', lambda found: f'points="{int(found[1]) + 1}', text)
    assert not same(text, moved)
    assert same(text, re.sub(r'cx="([\d.]+)"', lambda found: f'cx="{float(found[1]) + 0.1}"', text))
