"""A text → the same text in its canonical form, with its comments: what `chainrule format` writes.

Every statement is printed as `show_text` prints it. A comment on a line of its own stays where it stands; one behind a
statement stays behind it, and those of neighbouring lines begin in one column. Where a statement was continued over
several lines and is printed in one, comments inside of it come to stand above it. Of empty lines one stays.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

from chainrule.errors import Source
from chainrule.notation.lexer import Line, comments
from chainrule.notation.limits import Limits
from chainrule.notation.parser import parse, placed
from chainrule.notation.show_lines import show_statement
from chainrule.values import dataclass

APART = 2
"""Spaces between a statement and the comment behind it."""


@dataclass(slots=True)
class Printed:
    """A line: its text, the comment behind it, and which lines it came from, counted from 0. A comment on a line of its
    own has no text."""

    first: int
    last: int
    text: str = ""
    comment: str = ""


def formatted(source: Source | str, limits: Limits | None = None, ascii: bool = False) -> str:
    """The text in its canonical form. Errors: those of any text.

    >>> print(formatted("data x in{0,1} # given\\nE = w x   # error\\n\\n\\n# the weight\\nweight w:=0.5"), end="")
    data x ∈ {0, 1}  # given
    E = w·x          # error
    <BLANKLINE>
    # the weight
    weight w := 0.5
    """
    source = Source(source) if isinstance(source, str) else source
    limits = Limits() if limits is None else limits
    parse(source, limits)  # what is wrong is said as of any text
    starts = [0, *(found.end() for found in re.finditer(r"\r\n|\r|\n", source.text))]
    lines: list[Printed] = []
    for statement, own in placed(source, limits):
        lines += printed(show_statement(statement, ascii), own, starts)
    ends, said = {one.last: one for one in lines}, list(lines)
    for comment in comments(source):
        line, text = bisect_right(starts, comment.start) - 1, comment.text.rstrip()
        after = next((one for one in said if one.last >= line), None)
        if line in ends:
            ends[line].comment = text
        elif after is None:
            lines.append(Printed(line, line, "", text))
        else:  # it stands above the statement that it is in, or that comes after it
            above = min(line, after.first)
            lines.append(Printed(above, above, "", indent(after.text) + text))
    lines.sort(key=lambda one: (one.first, bool(one.text)))
    return "".join(f"{line}\n" for line in laid_out(lines))


def indent(text: str) -> str:
    return text[: len(text) - len(text.lstrip(" "))]


def printed(text: str, own: list[Line], starts: list[int]) -> list[Printed]:
    """The printed lines of a statement, each with the lines it came from."""
    spans = [tuple(bisect_right(starts, token.start) - 1 for token in (line[0], line[-2])) for line in own]
    rows = text.split("\n")
    if len(rows) != len(spans):
        spans = [(spans[0][0], spans[-1][1])] * len(rows)
    return [Printed(first, last, row) for row, (first, last) in zip(rows, spans, strict=True)]


def laid_out(lines: list[Printed]) -> Iterator[str]:
    """The lines with their comments in columns, and an empty line where there were some."""
    groups: list[list[Printed]] = [[]]
    for before, one in pairwise([Printed(0, 0), *lines]):
        if not (before.text and one.text) or one.first - before.last > 1:
            groups.append([])
        groups[-1].append(one)
    last = lines[0].first if lines else 0
    for group in groups:
        wide = max((width(one.text) for one in group if one.comment), default=0)
        for one in group:
            if one.first - last > 1:
                yield ""
            space = " " * (wide - width(one.text) + APART) if one.text and one.comment else ""
            yield f"{one.text}{space}{one.comment}"
            last = one.last


def width(text: str) -> int:
    """The columns that a text takes: marks above a letter take none."""
    return sum(not unicodedata.combining(char) for char in text)
