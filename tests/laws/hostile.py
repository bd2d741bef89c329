"""Texts that would harm whoever reads them raw, and what they may have become."""

from __future__ import annotations

import re

from chainrule.errors import picture

HOSTILE = (
    "\x1bc", "\x1b[2J\x1b[H", "\x1b]0;title\x07", "\x1b]8;;http://x\x1b\\", "\x1bP1$r\x1b\\", "\x9b2J", "\x90q\x9c",
    "\x85next", "\x07", "\x08\x08\x08", "\x0b\x0c", "\x0e\x0f", "\x7f", "\x00", "\r\rover", "a\tb", "a\nFORGED",
    "\u202etxt.exe", "\u202d\u202c", "\u2066\u2067\u2068\u2069", "\u200e\u200f\u061c", "\u2028FORGED", "\u2029FORGED",
    "\u200b\u200c\u200d", "\u2060\ufeff", "\u00ad", "\u034f\u115f\u3164", "\ufe0f\ufe00", "\U000e0041\U000e007f",
    "\ud800", "\udfff\ud83d", "\udc80\udce9\udcff", "\ufffe\uffff\U0010ffff", "\u180e\u17b4\uffa0", "\u2800",
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>", "&#27;[2J]]>--><!--", "[bold]y[p][/bold][link=x]:smile:",
    "$\\input{x}$ `#` | * _ {0} %s {name!r}", "](javascript:x) \\\\ ~^", "\u0301\u0302" * 20, "e\u0302中ŷ\U0001f600",
)  # fmt: skip
"""Each is a way to move a cursor, hide a text, turn it round, forge a line, or be taken for markup."""

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def harm(text: str, terminal: bool = False) -> str:
    """The first thing in a text for people that would be obeyed or hidden; empty where there is none.

    On a ``terminal`` colours are the package's own.
    """
    seen = COLOUR.sub("", text) if terminal else text
    if "\nFORGED" in seen:
        return "a line that is not the package's own"
    return next((f"U+{ord(char):04X}" for char in seen if char != "\n" and picture(char) != char), "")
