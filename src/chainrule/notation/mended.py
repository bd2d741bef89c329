"""A text that was refused → the same error, with the whole line put right where that can be told.

The line is taken through steps that each turn a foreign form into one of the language. What comes out is offered only
after it was read in place of the line, with the names of all other lines: a help that is refused itself helps nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from chainrule.errors import ChainruleError, NotationError, Source
from chainrule.notation import lines
from chainrule.notation.abroad import UNSEEN, abroad, from_zero, latex, summed_over, unseen
from chainrule.notation.arrays import arrays
from chainrule.notation.familiar import Familiar, familiar
from chainrule.notation.foreign import braced, closed, conditions, derivatives, functions, norms, python, signs
from chainrule.notation.idioms import dummies, idioms, rows
from chainrule.notation.latex import LONGEST, translate
from chainrule.notation.lexer import lex
from chainrule.notation.limits import Limits
from chainrule.notation.meant import conditions_joined, declared, step, whole_numbers, worded
from chainrule.notation.printed import printed, unpatterned
from chainrule.notation.reader import Budget, Reader
from chainrule.notation.scope import Scope, collect
from chainrule.notation.scripts import scripts

STEPS = (
    unseen, printed, worded, whole_numbers, abroad, idioms, signs, python, step, declared, conditions_joined,
    conditions, norms, scripts, dummies, rows, functions, derivatives, braced, closed, arrays,
)  # fmt: skip
REPLACED = frozenset(["E007", "E012", "E013", "E015", "E020", "E021", "E022", "E024", "E027", "E030", "E041"])
"""Codes whose help tells what the language has here, and not what a foreign form means."""

LEFT = frozenset(["E003", "E005", "E006", "E014", "E036", "E045", "E046"])
"""Codes of what cannot be seen, of numbers and of names: only a step of learning is put right there."""

LINES, BYTES = 2000, 200_000
"""In a longer text no line is put right: an error is to be told at once."""

_NEAR = re.compile(r"did you mean (\S+)\?")


_GIVEN = re.compile(r"\s*∂\s*\S+\s*/\s*∂[^=]+=")
"""A derivative on the left."""

Kind = TypeVar("Kind", bound=ChainruleError)


def mended(error: Kind, limits: Limits, holds: Callable[[str], bool] | None = None) -> Kind:
    """The error with the line put right in its help; the error itself where none can be.

    ``holds`` says of the whole text with the line put right whether it is what the error asks for.
    """
    source, span = error.source, error.span
    if source is None or span is None or len(source.text) > BYTES:
        return error
    rows = re.split(r"\r\n|\r|\n", source.text)
    number = source.place(span.start)[0] - 1
    if len(rows) > LINES or number >= len(rows) or len(rows[number]) > LONGEST:
        return error
    typed, _, _ = rows[number].partition("#")
    block = any(re.match(r"\s*update\s+[^<]*,", row) for row in rows[:number])
    if block and (error.code == "E047" or re.search(r"<-|←|:=", typed)):
        return error  # a line of a block reads names that only the block has
    if "\\" in typed and _GIVEN.match(translate(latex(typed.strip())) or ""):
        return type(error)(error.code, error.problem, lines.COMPUTED, source, span)
    others = [row for at, row in enumerate(rows) if at != number]
    for line, above in corrected(typed.strip(), OtherLines(others, limits)):
        if error.code in LEFT and not line.startswith("update ") and source.text[span.start] not in UNSEEN:
            continue
        if holds is not None and alike(line, typed):
            continue
        if holds is not None and not holds("\n".join([*rows[:number], line, *rows[number + 1 :]])):
            continue
        if "".join(line.split()) not in "".join(error.help.split()) or above:
            help = help_with_line(error, line, typed) + (f", and above it {above}" if above else "")
            return type(error)(error.code, error.problem, help, source, span)
        return error
    return error


def alike(one: str, other: str) -> bool:
    """Whether two lines differ in white space and in how their signs are typed alone."""
    return "".join(signs(one, Familiar()).split()) == "".join(signs(other, Familiar()).split())


def help_with_line(error: ChainruleError, line: str, typed: str) -> str:
    """The help with the whole line after it; the line alone where the help has another piece, or none of its own."""
    help = error.help
    missed, near = culprit(error), _NEAR.search(help)
    if error.code == "E013" and near:
        return f"{help} write {line}"
    if "declare it: " in help and (len(missed) > 1 or "'" in line) and not re.search(rf"\b{re.escape(missed)}\b", line):
        return f"write {line}"  # what is to be declared is no name in the line that was meant
    before, colon, after = help.partition(": ")
    begins = typed.partition("=")[0].strip() or typed
    help = before if colon and after.startswith((begins, "…")) else help
    told = near[1] if near else help.removeprefix("write ").partition(" or ")[0].partition(",")[0]
    if error.code in REPLACED or (told not in line and (near or help.startswith("write "))):
        return f"write {line}"
    return f"{help}: {line}" if help.startswith("write ") else f"{help}{'' if near else ';'} write {line}"


def culprit(error: ChainruleError) -> str:
    """What an error stands under."""
    source, span = error.source, error.span
    return source.text[span.start : span.stop].rpartition("_")[2] if source and span else ""


class OtherLines:
    """The other lines of a text, and what they say of its names."""

    def __init__(self, rows: list[str], limits: Limits) -> None:
        self.limits = limits
        self.readers: list[Reader] = []
        for row in rows:
            try:
                self.readers += self.read(row)
            except ChainruleError:
                continue
        self.scope = scope(self.readers)
        self.known = familiar(self.readers, self.scope)

    def read(self, row: str) -> list[Reader]:
        source = Source(row)
        return [Reader(source, line, Budget(self.limits)) for line in lex(source, self.limits)]

    def refused(self, line: str, letters: frozenset[str] = frozenset()) -> ChainruleError | None:
        """The error of a line among these, or None where it can be read."""
        try:
            own = self.read(line)
            if len(own) != 1:
                return NotationError("E015", "", "", Source(line))
            known = collect([*self.readers, *own])
            known = replace(known, letters=known.letters | letters, quantities=known.quantities - letters)
            if [one.text for one in own[0].tokens[:3:2]] == ["update", ","]:
                return NotationError("E047", "", "", Source(line))
            lines.statement(own, 0, known)
        except ChainruleError as error:
            return error
        return None


def scope(readers: list[Reader]) -> Scope:
    """The names of the lines that fit together."""
    kept: list[Reader] = []
    try:
        return collect(readers)
    except ChainruleError:
        pass
    for reader in readers:
        try:
            collect([*kept, reader])
        except ChainruleError:
            continue
        kept.append(reader)
    return collect(kept)


def corrected(typed: str, around: OtherLines) -> Iterator[tuple[str, str]]:
    """Lines that may have been meant and can be read, each with the line that must stand above it."""
    for line in candidates(typed, around.known):
        if "".join(line.split()) == "".join(typed.split()) and not shadowed(line, around):
            continue
        for _ in range(3):
            error = around.refused(line)
            letter = missing(error, line)
            if letter and (other := renamed(line, letter[0], around.known)) != line:
                line = other
                continue
            if letter and (other := unpatterned(line, letter[0])) != line and around.refused(other) is None:
                yield other, ""
            if error is not None and letter and around.refused(line, frozenset(letter)) is None:
                yield line, f"index {', '.join(dict.fromkeys(letter))}{bound(typed, letter)}"
                break
            if error is None or (error.code == "E030" and "did you mean" not in error.help):
                if "".join(line.split()) != "".join(typed.split()):
                    yield line, ""
                break
            near = _NEAR.search(error.help)
            if near is None or error.span is None or line[error.span.start : error.span.stop] not in typed:
                break
            line = line[: error.span.start] + near[1] + line[error.span.stop :]


def shadowed(line: str, around: OtherLines) -> bool:
    """Whether a sum takes a letter that no line declares where the line has the array's own already."""
    letter = missing(around.refused(line), line)
    return bool(letter) and "'" in renamed(line, letter[0], around.known)


def candidates(typed: str, known: Familiar) -> Iterator[str]:
    """The line after all steps; LaTeX is taken apart first."""
    line: str | None = typed
    if "\\" in typed:
        line = translate(latex(typed))
        if line is None:
            return
    made = through(line or "", known, STEPS)
    yield made
    yield from (other for other in (from_zero(made, known), summed_over(made, known)) if other != made)
    if "\\" in typed and line:
        yield line


def through(line: str, known: Familiar, steps: tuple[Callable[[str, Familiar], str], ...]) -> str:
    for one in steps:
        line = one(line, known)
    return " ".join(line.split())


def renamed(line: str, letter: str, known: Familiar) -> str:
    """The line with a letter of the set that an array has where this one stands: ``b[k]`` of ``b[j]`` is ``b[j']``."""
    for found in re.finditer(r"(?<!\w)([^\W\d_]\w*)\[([^\[\]]*)\]", line):
        own, parts = known.of(found[1]) or (), found[2].split(",")
        place = next((number for number, one in enumerate(parts) if one.strip().startswith(letter)), -1)
        if 0 <= place < len(own) == len(parts) and known.letter(own[place]):
            used = re.search(rf"(?<![^\W_]){own[place]}(?![\w'])", line)
            other = own[place] + ("'" if used else "")
            return re.sub(rf"(?<=[\[,_{{ ]){letter}(?!\w)", other, line)
    return line


def missing(error: ChainruleError | None, line: str) -> list[str]:
    """The letter that no line declares yet."""
    if error is None or error.code != "E038" or error.span is None:
        return []
    name = line[error.span.start : error.span.stop].strip()
    name = name.rpartition("_")[2]
    return [name] if len(name) == 1 and name.isalpha() else []


def bound(typed: str, letters: list[str]) -> str:
    """The range that stood under and over a sum."""
    found = re.search(rf"_\s*\{{?\s*{letters[0]}\s*=\s*(-?\d+)\s*\}}?\s*\^\s*\{{?\s*(\d+)\s*\}}?", typed)
    return f" = {found[1]}..{found[2]}" if found else ""
