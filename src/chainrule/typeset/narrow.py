"""The text of a derivation → the same in lines of a width, and of a long one the beginning and the end.

A line that is too wide gives its rule a line of its own; a formula that is too wide alone is broken before an
operator, and what follows is set in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from chainrule.errors import width as columns

RULED = re.compile(r"^(?P<formula>.*\S) {2,}(?P<rule>\[[^\[\]]*\])$")
BREAK = re.compile(r"(?= [+−-] )|(?<=·)")
"""Where a formula may be broken: before a sum's sign, after a product's."""
HANG = 4
"""Columns by which the rest of a broken formula is set in."""


def narrow(text: str, width: int) -> str:
    """The text with no line wider than ``width``, but for names that are.

    >>> print(narrow("(1)  ∂E/∂w = (ŷ − y)·∂ŷ/∂w + b·∂b/∂w      [chain rule]", 30))
    (1)  ∂E/∂w = (ŷ − y)·∂ŷ/∂w
                   + b·∂b/∂w
                   [chain rule]
    """
    return "\n".join(part for line in text.split("\n") for part in narrowed(line, width))


def narrowed(line: str, width: int) -> Iterator[str]:
    """One line in parts: a formula, and its rule beneath where it has no room beside it."""
    if columns(line) <= width:
        yield line
        return
    found = RULED.match(line)
    if found is None:
        yield from broken(line, width, indent_of(line) + HANG)
        return
    formula, rule = found["formula"], found["rule"]
    lead = columns(formula.partition(" = ")[0]) + 3
    *before, last = broken(formula, width, min(lead + HANG, width // 2))
    yield from before
    if columns(last) + 2 + columns(rule) <= width:
        yield last + " " * (width - columns(last) - columns(rule)) + rule
    else:
        yield last
        yield " " * max(0, min(lead + HANG // 2, width - columns(rule))) + rule


def broken(line: str, width: int, indent: int) -> list[str]:
    """A formula, or a sentence on one, in parts; where it can, it is not broken within brackets."""
    if columns(line) <= width:
        return [line]
    parts = [""]
    for piece in pieces(line, width - indent):
        if columns(parts[-1] + piece) <= width or not parts[-1].strip():
            parts[-1] += piece
        else:
            parts.append(" " * indent + piece.lstrip())
    return parts


def pieces(line: str, room: int) -> Iterator[str]:
    """What is kept together: words, of a formula terms and factors; of one that is too wide, what stands in it."""
    if " = " not in line:
        yield from re.split("(?= )", line)
        return
    whole = ""
    for piece in BREAK.split(line):
        whole += piece
        if whole.count("(") == whole.count(")"):
            yield from [whole] if columns(whole) <= room else BREAK.split(whole)
            whole = ""
    if whole:
        yield from BREAK.split(whole)


def indent_of(line: str) -> int:
    return len(line) - len(line.lstrip())


def shortened(text: str, most: int) -> tuple[str, int]:
    """At most so many lines, the first and the last ones, and how many were left out.

    >>> shortened("a\\nb\\nc\\nd\\ne", 4)
    ('a\\nb\\n     …\\ne', 2)
    """
    lines = text.split("\n")
    if len(lines) <= most:
        return text, 0
    tail = max(1, most // 4)
    return "\n".join([*lines[: most - tail - 1], "     …", *lines[-tail:]]), len(lines) - most + 1
