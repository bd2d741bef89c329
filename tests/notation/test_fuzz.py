"""The short form of the campaign: three thousand random texts through everything that reads one."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from chainrule.errors import NotationError, Source, Span

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def fuzz() -> SimpleNamespace:
    return SimpleNamespace(**runpy.run_path(str(ROOT / "campaigns" / "fuzz.py")))


def test_three_thousand_texts_end_in_a_model_or_an_error_with_its_place(fuzz: SimpleNamespace) -> None:
    codes: dict[str, int] = {}
    guard = fuzz.Guard()
    for text in fuzz.texts(3_000, 2026, fuzz.examples(), short=True):
        code = fuzz.check(text, guard)
        codes[code] = codes.get(code, 0) + 1
    assert codes[""] > 210, "too few of the texts are models"
    assert len(codes) > 30, "too few mistakes are made"


@pytest.mark.parametrize(
    "stage",
    [
        lambda text, value: compile("1", "text", "eval"),
        lambda text, value: exec("1"),
        lambda text, value: Path("text").read_text("utf-8"),
        lambda text, value: __import__("this_is_not_there"),
    ],
)
def test_what_no_text_may_bring_about_is_a_fault(fuzz: SimpleNamespace, stage: object) -> None:
    guard = fuzz.Guard()
    fuzz.STAGES.append(stage)
    try:
        with pytest.raises(fuzz.Fault, match="a text led to"):
            fuzz.check("E = 1", guard)
    finally:
        fuzz.STAGES.pop()
    assert not guard.on


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (NotationError("E999", "wrong", "right"), "no place"),
        (NotationError("E999", "wrong", "right", Source("ab"), Span(1, 3)), "outside"),
        (NotationError("E999", "wrong", "right", Source("ab"), Span(2, 1)), "outside"),
        (NotationError("E999", "wrong", "", Source("ab"), Span(0, 1)), "too little"),
        (NotationError("E999", "wrong", "right\n" * 2000, Source("ab"), Span(0, 1)), "longer"),
        (NotationError("E999", "wrong", "right", Source("ab"), Span(0, 1)), ""),
    ],
)
def test_an_error_without_a_good_place_is_a_fault(fuzz: SimpleNamespace, error: NotationError, says: str) -> None:
    assert says in fuzz.fault(error)
    assert bool(says) == bool(fuzz.fault(error))
