"""Equations → lines of Python: arrays, dictionaries of slices for recurrences, loops around them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from chainrule.code.handout.arrays import BREAK, Arrays
from chainrule.code.handout.entries import RESERVED, Fixed, Order, ranged
from chainrule.code.handout.loops import Looped, clashing
from chainrule.code.handout.outline import Outline
from chainrule.code.handout.pieces import ATOM, Piece, affine
from chainrule.code.names import Names
from chainrule.code.spelling import filled
from chainrule.expr.nodes import Equation, key, places
from chainrule.expr.order import Part, Slices, flat
from chainrule.expr.walk import reads
from chainrule.program.program import NEW, STEP

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDE = 110
"""Letters in a line beyond which it is broken, and a comment stands above it."""

COMMENTS = 48
"""Where comments behind lines begin, if there is room."""


def identifiers(outline: Outline, reserved: Iterable[str]) -> dict[str, str]:
    """What each key is called in a language: as in the text, but in letters that it takes and not as its own words."""
    names = Names({*reserved, "ROWS", "COUNTS"})
    keys = [symbol.name for symbol in outline.program.symbols()]
    keys += [key(line.target) for line in outline.lines]
    made: dict[str, str] = {}
    for name in dict.fromkeys(keys):
        made[name] = called = names.fresh(name)
        while f"{called}_data" in names.taken or f"{called}_numbers" in names.taken:
            made[name] = called = names.fresh(name)
        names.taken |= {f"{called}_data", f"{called}_numbers", f"{called}_data_numbers"}
    made |= {f"{name}{NEW}": names.fresh(f"{made[name]}_new") for name in outline.updated}
    made |= {one: names.fresh(one) for one in outline.program.shared}
    if outline.counts_steps:
        made[STEP] = names.fresh("t")
    return made


def told_above(comment: str, sign: str) -> list[str]:
    """A comment as lines of its own: a long equation term by term."""
    if len(sign + comment) <= WIDE:
        return [sign + comment]
    terms, depth, start = [], 0, 0
    for place, letter in enumerate(comment):
        depth += (letter in "([{") - (letter in ")]}")
        if letter in "+−" and depth == 0 and comment[place - 1 : place + 2] in (" + ", " − "):
            terms.append(comment[start:place].rstrip())
            start = place
    terms.append(comment[start:])
    lines: list[str] = []
    for number, term in enumerate(terms):
        if lines and len(f"{sign}{lines[-1]} {term}") <= WIDE:
            lines[-1] += f" {term}"
        else:
            lines.append("    " * bool(number) + term)
    return [part for line in lines for part in textwrap.wrap(
        sign + line, WIDE, subsequent_indent=f"{sign}        ", break_long_words=False, break_on_hyphens=False,
    )]  # fmt: skip


class Lines:
    """Lines of Python, indented; long ones are broken between terms."""

    def __init__(self, depth: int = 0) -> None:
        self.depth, self.text = depth, list[str]()

    def add(self, line: str = "", comment: str = "") -> None:
        """A line with its comment behind it, or above where there is no room."""
        indent = "    " * self.depth
        whole = line.replace(BREAK, " ")
        if comment and max(len(indent + whole), COMMENTS) + len(comment) + 4 > WIDE:
            self.text += told_above(comment, f"{indent}# ")
            comment = ""
        if len(indent + whole) <= WIDE or BREAK not in line:
            text = f"{indent}{whole}"
            self.text.append(f"{text.ljust(COMMENTS)}  # {comment}" if comment else text.rstrip())
            return
        self.text += [indent + one for one in broken(line)]

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        self.add(head)
        self.depth += 1
        yield
        self.depth -= 1


def broken(line: str) -> list[str]:
    """A long assignment as several lines, one a term.

    >>> broken("a = b" + BREAK + "+ f(c" + BREAK + "- d)")
    ['a = (', '    b', '    + f(c - d)', ')']
    """
    left, sign, right = line.partition(" = ")
    terms, depth, start = [], 0, 0
    for place, letter in enumerate(right):
        depth += (letter in "([{") - (letter in ")]}")
        if letter == BREAK and depth == 0:
            terms.append(right[start:place])
            start = place + 1
    terms.append(right[start:])
    if len(terms) == 1 or not sign:
        return [line.replace(BREAK, " ")]
    return [f"{left} = (", *(f"    {term.replace(BREAK, ' ')}" for term in terms), ")"]


class Writer:
    """Writes equations as lines of Python."""

    def __init__(self, outline: Outline, arrays: Arrays, looped: Looped, lines: Lines) -> None:
        self.outline, self.arrays, self.looped, self.lines = outline, arrays, looped, lines
        self.begun: set[str] = set()
        self.made: list[str] = []  # keys, in order

    def parts(self, parts: Sequence[Part]) -> None:
        """Parts in order; equations in the same loops share them, where none reads what another makes."""
        waiting: list[Equation] = []
        for part in parts:
            if waiting and not (isinstance(part, Equation) and self.joins(waiting, part)):
                self.together(waiting)
                waiting = []
            if isinstance(part, Equation) and self.led(part, {}):
                waiting.append(part)
                continue
            self.begin(part)
            self.part(part, {})
        self.together(waiting)

    def joins(self, waiting: Sequence[Equation], line: Equation) -> bool:
        """Whether an equation may stand in the loops of those before it."""
        made = {key(one.target) for one in waiting}
        ranges = [self.outline.values(one) for one in self.led(line, {})]
        before = [self.outline.values(one) for one in self.led(waiting[0], {})]
        return bool(ranges) and ranges == before and not made & {name for name, _ in reads(line.body)}

    def together(self, lines: Sequence[Equation]) -> None:
        """Equations in the same loops."""
        if not lines:
            return
        for line in lines:
            self.begin(line)
        names = self.outer(lines[0], {})
        heads = list(names.values())
        for letter, name in names.items():
            self.lines.add(f"for {name} in {ranged(self.outline.values(letter))}:")
            self.lines.depth += 1
        for line in lines:
            self.equation(line, dict(zip(self.led(line, {}), heads, strict=True)))
        self.lines.depth -= len(heads)

    def led(self, line: Equation, fixed: Fixed) -> list[str]:
        """The letters of an equation that loops go over."""
        looped = self.looped.get(key(line.target), frozenset())
        if not looped:
            return self.array_loops(line, fixed)
        sides = places(line.target)
        return [one.letter for at, one in enumerate(sides) if at in looped and one.letter and one.letter not in fixed]

    def outer(self, line: Equation, fixed: Fixed) -> dict[str, str]:
        """Those letters with the names of their loops."""
        names = dict(fixed)
        for letter in self.led(line, fixed):
            names[letter] = self.arrays.loop_name(letter, names)
        return {letter: name for letter, name in names.items() if letter not in fixed}

    def begin(self, part: Part) -> None:
        """Dictionaries for what is kept slice by slice, arrays for what is filled in loops."""
        for line in flat((part,)):
            name = key(line.target)
            if name in self.begun:
                continue
            self.begun.add(name)
            self.made.append(name)
            if name not in self.looped and self.array_loops(line, {}):
                shape = self.shape([one.letter for one in places(line.target) if one.letter])
                self.lines.add(f"{self.arrays.names[name]} = {self.arrays.dialect.module}.zeros({shape})")
            if name in self.looped:
                letters = ", ".join(
                    self.letter_of(name, at) for at in sorted(self.looped[name])
                )  # fmt: skip
                self.lines.add(f"{self.arrays.names[name]} = {{}}", f"a slice for each {letters}")

    def letter_of(self, name: str, at: int) -> str:
        """The letter of a position, as some equation has it."""
        own = (places(line.target)[at].letter for line in self.outline.lines if key(line.target) == name)
        return next((letter.rstrip("'") for letter in own if letter), "number")

    def part(self, part: Part, fixed: Fixed) -> None:
        if isinstance(part, Slices):
            self.slices(part, fixed)
        else:
            self.equation(part, fixed)

    def slices(self, part: Slices, fixed: Fixed) -> None:
        """A recurrence: a loop over its slices."""
        along = {id(line): part.along(line) for line in flat((part,))}
        ranges = {number: self.outline.at(place) for number, place in along.items()}
        values = range(min(one.start for one in ranges.values()), max(one.stop for one in ranges.values()))
        letter = next((place.letter for place in along.values() if place.letter), None) or "k"
        name = self.arrays.loop_name(letter, fixed)
        loop = ranged(values) if not part.downwards else f"range({values.stop - 1}, {values.start - 1}, -1)"
        with self.lines.block(f"for {name} in {loop}:"):
            for inner in part.parts:
                own = [ranges[id(line)] for line in flat((inner,))]
                whole = range(min(one.start for one in own), max(one.stop for one in own))
                more = dict(fixed) | {place.letter: name for place in along.values() if place.letter}
                if whole == values:
                    self.part(inner, more)
                    continue
                with self.lines.block(f"if {within(name, whole, values)}:"):
                    self.part(inner, more)

    def equation(self, line: Equation, fixed: Fixed) -> None:
        """An equation: an assignment, in loops over those of its letters that are no axes."""
        name, sides = key(line.target), places(line.target)
        looped = self.looped.get(name, frozenset())
        own = self.outer(line, fixed)
        names = {**fixed, **own}
        arrays = [letter for letter in line.letters if letter in names] if not looped else []
        heads = [f"for {called} in {ranged(self.outline.values(letter))}:" for letter, called in own.items()]
        order = tuple(one.letter for one in sides if one.letter and one.letter not in names)
        called = self.arrays.names[name]
        for head in heads:
            self.lines.add(head)
            self.lines.depth += 1
        tests = [self.arrays.test(test, order, names) for test in line.where]
        if tests:
            self.lines.add(f"if {' and '.join(test.text for test in tests)}:")
            self.lines.depth += 1
        piece = self.arrays.numeric(line.body, order, names)
        told = self.outline.told(line)
        if looped:
            called += f"[{', '.join(affine(sides[at], names) for at in sorted(looped))}]"
            self.lines.add(f"{called} = {self.filled(piece, order).text}", told)
        elif arrays:
            boxes = self.outline.boxes[name]
            at = [affine(one, names, -values.start) if one.letter in names else ":"
                  for one, values in zip(sides, boxes, strict=True)]  # fmt: skip
            while at[-1] == ":":
                at.pop()
            self.lines.add(f"{called}[{', '.join(at)}] = {piece.text}", told)
        else:
            self.arrays.kept[name] = tuple(at for at, one in enumerate(sides) if one.letter in piece.axes)
            self.lines.add(f"{called} = {piece.text}", told)
        self.lines.depth -= len(heads) + bool(tests)

    def array_loops(self, line: Equation, fixed: Fixed) -> list[str]:
        """The letters that an array is filled by in a loop."""
        need = clashing(line.body, set(line.letters) - set(fixed), set(), self.looped)
        return [letter for letter in line.letters if letter in need]

    def filled(self, piece: Piece, order: Order) -> Piece:
        """A piece with all the axes that a slice has."""
        if piece.axes == order:
            return piece
        shape, dialect = self.shape(order), self.arrays.dialect
        if piece.plain:
            text = f"{float(piece.text)}" if piece.text.isdigit() else piece.text
            return Piece(filled(dialect.full, shape, text), ATOM, order)
        return Piece(filled(dialect.spread, self.arrays.widened(piece, order).text, shape), ATOM, order)

    def shape(self, letters: Sequence[str]) -> str:
        sizes = ["n" if self.outline.is_pattern(one) else str(len(self.outline.values(one))) for one in letters]
        return f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(sizes)})"

    def update(self) -> None:
        """The learning rule: new values of weights and states."""
        arrays = self.arrays
        for line in self.outline.program.phases["update"]:
            name = key(line.target)
            order = line.letters
            piece = arrays.numeric(line.body, order, {})
            called = arrays.names[name if name in self.outline.program.shared else f"{name}{NEW}"]
            self.lines.add(f"{called} = {piece.text}", self.outline.told(line, "←"))

    def project(self) -> None:
        """Each weight back into its box."""
        arrays, program = self.arrays, self.outline.program
        if not program.phases["project"]:
            return
        before = dict(arrays.names)
        new = {name: before[f"{name}{NEW}"] for name in self.outline.updated}
        arrays.names = {**before, **new}
        for line in program.phases["project"]:
            piece = arrays.numeric(line.body, line.letters, {})
            told = f"{self.outline.told(line, '←')}: back into its box"
            self.lines.add(f"{new[key(line.target)]} = {piece.text}", told)
        arrays.names = before

    def commit(self) -> None:
        """The new values take the places of the old ones."""
        names = self.arrays.names
        old = ", ".join(names[name] for name in self.outline.updated)
        new = ", ".join(names[f"{name}{NEW}"] for name in self.outline.updated)
        if len(f"{old} = {new}") + 4 <= WIDE:
            self.lines.add(f"{old} = {new}")
            return
        for name in self.outline.updated:
            self.lines.add(f"{names[name]} = {names[f'{name}{NEW}']}")

    def called(self, head: str, arguments: Sequence[str], tail: str) -> None:
        """A call with many arguments."""
        whole = f"{head}({', '.join(arguments)}){tail}"
        if len(whole) + 4 * self.lines.depth <= WIDE:
            self.lines.add(whole)
            return
        self.lines.add(f"{head}(")
        for line in textwrap.wrap(f"{', '.join(arguments)},", WIDE - 4 * self.lines.depth - 4, break_long_words=False):
            self.lines.add(f"    {line}")
        self.lines.add(f"){tail}")


def within(name: str, own: range, values: range) -> str:
    """A test of a loop that only some of its values pass.

    >>> within("t", range(0, 1), range(0, 4)), within("t", range(1, 4), range(0, 4))
    ('t == 0', 't >= 1')
    """
    if len(own) == 1:
        return f"{name} == {own.start}"
    if own.stop == values.stop:
        return f"{name} >= {own.start}"
    if own.start == values.start:
        return f"{name} < {own.stop}"
    return f"{own.start} <= {name} < {own.stop}"


def reserved(*more: str) -> frozenset[str]:
    return RESERVED | set(more)
