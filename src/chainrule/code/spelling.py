"""How a language writes what a step is made of: a table, which the walk fills in and knows nothing else of a language.

Conventions. Each entry is a template with holes, ``{name}``, which are told beside its field. Numbers are of one kind,
that of ``numerics``; whole numbers are positions in arrays and counts. A line that opens a block is closed by ``end``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from chainrule.numbers.numerics import EXACT, Numerics
from chainrule.values import dataclass

ATOM, PRODUCT, SUM, LOOSE = 3, 2, 1, 0
"""How strongly an expression holds together: a name or a call, a product, a sum, anything else."""


HOLE = re.compile(r"\{(\w+)\}")


def filled(template: str, *operands: str, **holes: object) -> str:
    """A template with texts in its holes.

    >>> filled("{array}[{index}]", array="a", index=3), filled("{0} + {1}", "a", "b")
    ('a[3]', 'a + b')
    """
    return HOLE.sub(lambda hole: operands[int(hole[1])] if hole[1].isdigit() else str(holes[hole[1]]), template)


@dataclass(frozen=True, slots=True)
class Form:
    """A template of an expression, how strongly it holds together, and how strongly each operand has to: a looser one
    gets brackets."""

    text: str
    holds: int = ATOM
    needs: tuple[int, ...] = ()


def infix(sign: str, holds: int) -> Form:
    """Of two operands, read from left to right."""
    return Form(f"{{0}} {sign} {{1}}", holds, (holds, holds + 1))


def compared(sign: str) -> Form:
    """A comparison of two operands."""
    return Form(f"{{0}} {sign} {{1}}", LOOSE, (SUM, SUM))


@dataclass(frozen=True, slots=True, eq=False)
class Spelling:
    """The table of a language.

    ``operations`` are the machine operations but `select`, which is ``choose`` with a ``comparison`` of the first two
    operands. ``prelude`` is what they need. ``differ`` says whether a bit of two numbers differs; neither is NaN.
    The last fields are for languages that tell kinds of numbers apart, or whose arithmetic does not find infinite ones.
    """

    name: str
    number: Callable[[float], str]
    operations: Mapping[str, Form]
    comparisons: Mapping[str, Form]
    choose: Form  # test, then, otherwise
    differ: Form  # of two numbers
    both: str  # between tests that all have to hold
    either: str  # between tests of which one has to
    prelude: str
    reserved: frozenset[str]
    comment: str  # text
    constant: str  # name, value: a number that stays
    variable: str  # name, value
    whole: str  # name, value: a whole number that stays
    counter: str  # name, value: a whole number that changes
    assign: str  # name, value
    read: str  # array, index
    write: str  # array, index, value
    numbers: str  # name, count: an array of numbers that stands for good, each NaN at first
    table: str  # name, values
    function: str  # name, arguments
    argument: Mapping[str, str]  # "number", "numbers", "wholes", "whole" → how an argument is declared
    give: str  # value
    up: str  # letter, count: from 0 on
    down: str  # letter, count: down to 0
    when: str  # test
    again: str  # test: a loop while it holds
    leave: str  # out of the innermost loop
    end: str = "}"
    indent: str = "  "
    numerics: Numerics = EXACT
    giving: str = ""  # name, arguments: a function that gives a number, where it is written in another way
    whole_comparisons: Mapping[str, Form] | None = None  # of whole numbers, where they are not those of numbers
    real: Form = Form("{0}", SUM)  # a whole number as a number
    own: str = "{name}"  # name: what an elementary function is called, where the language has others of that name
    odd: Form | None = None  # whether a number is infinite or NaN; without it, times 0 it is not 0
    in_table: Callable[[float], str] | None = None  # a number of a table, where it is not written as others are
    look: str = ""  # array, index: an entry of a table, where it is not read as those of arrays are

    def compared(self, comparison: str) -> Form:
        """A comparison of whole numbers."""
        return (self.whole_comparisons or self.comparisons)[comparison]
