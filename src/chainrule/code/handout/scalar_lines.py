"""Lines of a language with blocks: indented, with their comments, loops over letters opened and closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from chainrule.code.handout.outline import Outline
from chainrule.code.handout.python import told_above
from chainrule.code.handout.scalar_table import Scalar
from chainrule.code.names import Names
from chainrule.code.spelling import filled

if TYPE_CHECKING:
    from collections.abc import Iterator

Fixed = Mapping[str, str]

WIDE = 110
"""Letters in a line beyond which it is broken, and a comment stands above it."""

COMMENTS = 56
"""Where comments behind lines begin, if there is room."""

BREAK = "\v"
"""Where a long line may be broken."""


class ScalarLines:
    """The lines of a program in a language of the table."""

    def __init__(self, outline: Outline, table: Scalar, names: Mapping[str, str]) -> None:
        self.outline, self.table, self.names = outline, table, dict(names)
        self.fresh = Names({*table.reserved, *names.values(), *(f"{one}_data" for one in names.values())})
        self.helpers: dict[str, None] = {}
        self.lines: list[str] = []
        self.depth = 0
        self.arrays: dict[str, str] = {}  # key → the sizes of its array, of those that equations fill
        self.declared: set[str] = set()
        self.mutable: set[str] = set()

    # --- lines

    def add(self, line: str = "", comment: str = "") -> None:
        """A line, its comment behind it or above it."""
        indent = "  " * self.depth
        whole = line.replace(BREAK, " ")
        sign = filled(self.table.comment, text="")
        if comment and max(len(indent + whole), COMMENTS) + len(comment) + 4 > WIDE:
            self.lines += told_above(comment, f"{indent}{sign}")
            comment = ""
        if len(indent + whole) > WIDE and BREAK in line:
            self.lines += [indent + one for one in split(line)]
        else:
            text = f"{indent}{whole}"
            self.lines.append(f"{text.ljust(COMMENTS)}  {sign}{comment}" if comment else text.rstrip())

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        self.add(head)
        self.depth += 1
        yield
        self.depth -= 1
        self.add(self.table.end)

    @contextmanager
    def loops(self, letters: Sequence[str], fixed: Fixed) -> Iterator[dict[str, str]]:
        """Loops over all values of letters."""
        names, opened = dict(fixed), list[str]()
        for letter in letters:
            names[letter] = name = self.loop_name(letter)
            values = self.outline.values(letter)
            stop = "n" if self.outline.is_pattern(letter) else str(values.stop)
            self.add(filled(self.table.up, letter=name, start=values.start, stop=stop))
            self.depth += 1
            opened.append(name)
        yield names
        for name in reversed(opened):
            self.depth -= 1
            self.add(self.table.end)
            self.fresh.free(name)

    def loop_name(self, letter: str) -> str:
        return self.fresh.fresh(letter.replace("#", "").rstrip("'") or "k")


def split(line: str) -> list[str]:
    """A long assignment as several lines, one a term.

    >>> split("a = b" + BREAK + "+ f(c" + BREAK + "- d);")
    ['a = b', '    + f(c - d);']
    """
    left, sign, right = line.partition(" = ")
    terms, depth, start = [], 0, 0
    for place, letter in enumerate(right):
        depth += (letter in "([{") - (letter in ")]}")
        if letter == BREAK and depth == 0:
            terms.append(right[start:place])
            start = place + 1
    terms.append(right[start:])
    first, *rest = (term.replace(BREAK, " ") for term in terms)
    return [f"{left}{sign}{first}", *(f"    {one}" for one in rest)]

