"""The characters of formulas → the font STIX Two Math with these alone, as a browser reads it (WOFF).

The font in the package is a part already; here the outlines of what a page does not show are left out as well. Numbers
of glyphs stay, so that its tables for mathematics hold.
"""

from __future__ import annotations

import json
import re
import struct
import unicodedata
import zlib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from chainrule.page.markup import read

ALWAYS = "0123456789−-.,()/eE+×…∞=←NaN ⁡⁢ "
"""What numbers are written with, which change while the page is used."""

ACCENTS = {"^": "\u0302", "~": "\u0303", "¯": "\u0304", "˙": "\u0307", "˜": "\u0303", "-": "−"}
"""Signs, and what they look like over a letter or between numbers."""

MATHS = re.compile(r"<math\b.*?</math>", re.S)
ALONE = re.compile(r"<mi(?:\s[^>]*)?>(.)</mi>")
TAG = re.compile(r"<[^>]*>")


def shown(markup: str) -> set[str]:
    """The characters of the formulas in HTML; a letter alone is drawn slanted.

    >>> sorted(shown("<p>no</p><math><mi>w</mi><mi>ex</mi></math>") - set(ALWAYS))
    ['w', 'x', '𝑤']
    """
    found = set(ALWAYS)
    for one in MATHS.finditer(markup):
        found |= set(read(TAG.sub("", one[0])))
        found |= {slanted(letter) for letter in ALONE.findall(read(one[0]))}
    return found | {ACCENTS[char] for char in found if char in ACCENTS}


@cache
def slants() -> dict[str, str]:
    """The slanted letters of mathematics by the letters that they stand for."""
    found = {"h": "ℎ"}
    for one in map(chr, range(0x1D434, 0x1D71C)):
        if unicodedata.name(one, "").startswith("MATHEMATICAL ITALIC"):
            found.setdefault(unicodedata.normalize("NFKC", one), one)
    return found


def slanted(letter: str) -> str:
    """A letter as it stands alone in a formula."""
    return slants().get(letter, letter)


@cache
def tables() -> dict[str, bytes]:
    """The tables of the font in the package."""
    data = files("chainrule.page").joinpath("font", "stix-two-math.woff").read_bytes()
    (count,) = struct.unpack_from(">H", data, 12)
    found = dict[str, bytes]()
    for place in range(count):
        tag, start, packed, size, _ = struct.unpack_from(">4sIIII", data, 44 + 20 * place)
        part = data[start : start + packed]
        found[tag.decode()] = part if packed == size else zlib.decompress(part)
    return found


@cache
def glyphs() -> dict[str, int]:
    """The number of the glyph of each character."""
    table = tables()["cmap"]
    (count,) = struct.unpack_from(">H", table, 2)
    for place in range(count):
        start = struct.unpack_from(">HHI", table, 4 + 8 * place)[2]
        if struct.unpack_from(">H", table, start)[0] == 12:
            (groups,) = struct.unpack_from(">I", table, start + 12)
            every = [struct.unpack_from(">III", table, start + 16 + 12 * one) for one in range(groups)]
            return {chr(code): glyph + code - low for low, high, glyph in every for code in range(low, high + 1)}
    raise AssertionError("the font has a table of all characters")


@cache
def parts() -> Mapping[str, list[int]]:
    """Glyphs that a character needs besides its own: larger forms, and what they are put together from."""
    found: dict[str, list[int]] = json.loads(
        files("chainrule.page").joinpath("font", "parts.json").read_text("utf-8")
    )
    return found


def subset(characters: Iterable[str]) -> bytes:
    """The font with these characters, in the order of their numbers, whatever else they are in."""
    known = {char: glyphs()[char] for char in sorted(characters) if char in glyphs()}
    kept = {0, *known.values(), *(one for char in known for one in parts().get(char, ()))}
    found = dict(tables())
    count = len(found["loca"]) // 2 - 1
    starts = [2 * one for one in struct.unpack(f">{count + 1}H", found["loca"])]
    outlines, places = bytearray(), [0]
    for glyph in range(count):
        if glyph in kept:
            outlines += found["glyf"][starts[glyph] : starts[glyph + 1]]
        places.append(len(outlines))
    found["glyf"], found["loca"] = bytes(outlines), struct.pack(f">{count + 1}H", *(one // 2 for one in places))
    metrics = struct.iter_unpack(">4s", found["hmtx"])
    found["hmtx"] = b"".join(one if glyph in kept else bytes(4) for glyph, (one,) in enumerate(metrics))
    found["cmap"] = mapped(known)
    return woff(found)


def mapped(known: Mapping[str, int]) -> bytes:
    """The table of characters, in the form that has them all."""
    groups = b"".join(struct.pack(">III", ord(char), ord(char), glyph) for char, glyph in known.items())
    head = struct.pack(">HHHHI", 0, 1, 3, 10, 12)
    return head + struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(known)) + groups


def woff(found: Mapping[str, bytes]) -> bytes:
    """Tables as a file."""
    start, directory, body, whole = 44 + 20 * len(found), b"", b"", 12 + 16 * len(found)
    for tag, table in sorted(found.items()):
        packed = zlib.compress(table, 9)
        packed = packed if len(packed) < len(table) else table
        total = sum(struct.unpack(f">{len(padded(table)) // 4}I", padded(table))) & 0xFFFFFFFF
        directory += struct.pack(">4sIIII", tag.encode(), start + len(body), len(packed), len(table), total)
        body += padded(packed)
        whole += len(padded(table))
    head = struct.pack(">4sIIHHIHHIIIII", b"wOFF", 0x00010000, start + len(body), len(found), 0, whole, 1, 0, *[0] * 5)
    return head + directory + body


def padded(data: bytes) -> bytes:
    """Whole words."""
    return data + bytes(-len(data) % 4)
