"""The font in a page has what its formulas show, no more, and a browser takes it."""

from __future__ import annotations

import struct

from tests.page.conftest import Made, Opened

from chainrule.page.fonts import glyphs, parts, shown, slanted, subset, tables

USED = """(async () => {
  await document.fonts.ready;
  return [...document.fonts].map((one) => [one.family, one.status]);
})()"""


def test_letters_of_formulas_are_slanted_where_they_stand_alone() -> None:
    found = shown("<p>no Q</p><math><mi>w</mi><mi>exp</mi><mo>∑</mo><mover><mi>y</mi><mo>^</mo></mover></math>")
    assert {"w", "𝑤", "e", "x", "p", "∑", "𝑦", "\u0302", "0", "−"} <= found
    assert found.isdisjoint({"Q", "n", "𝑒"})
    assert [slanted(one) for one in "hwσ∂ε1"] == ["ℎ", "𝑤", "𝜎", "𝜕", "𝜀", "1"]


def test_a_part_of_the_font_has_these_outlines_alone() -> None:
    small, whole = subset("x("), subset(glyphs())
    assert len(small) < 0.3 * len(whole)
    assert struct.unpack_from(">4sIIHH", small)[0] == b"wOFF"
    assert struct.unpack_from(">I", small, 8)[0] == len(small)
    kept = {0, glyphs()["x"], glyphs()["("], *parts()["("]}
    assert max(kept) < len(tables()["loca"]) // 2 - 1
    assert subset("x(") == subset("(x?".replace("?", "\U0001F600"))  # a sign that the font has not


def test_every_sign_of_the_notation_is_in_the_font() -> None:
    known = glyphs()
    assert {slanted(one) for one in "abcxyzαβγδεηθλμσφωABCEWXYZΔΣΩ"} <= known.keys()
    assert set("0123456789+−·/=()[]{}<>≤≥≠∑∏√∂∇∞′←→|‖×±") <= known.keys()


def test_a_browser_takes_the_font(opened: Opened, made: Made) -> None:
    assert opened(made("xor", steps=60)).run(USED) == [["STIX Two Math", "loaded"]]
