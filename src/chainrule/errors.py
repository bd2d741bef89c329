"""Where a text came from, what can be wrong with it, and how that is drawn.

Positions count code points of the text as typed: offsets from 0 inside, lines and columns from 1 outside.

ChainruleError                 everything the package raises on purpose
├── NotationError              the text is not a model: always has a place in the text
├── ModelError                 the equations do not fit together: always has a place in the text
├── DataError                  a file, an array or a value given at the call does not fit the model
├── LimitError                 a limit was met: says which, its value, and the argument that raises it
├── DerivationError            a printed line failed its numerical check (never shown as a line)
├── RunError                   a recorded run cannot be read, verified or continued
├── UsageError                 an argument of a call or of the command line is not possible
├── MissingExtra               a part of the package needs something that is not installed
└── BrokenPass                 the fault is ours: a pass of the package left a program that is not one
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from numbers import Integral
from typing import TypeVar

from chainrule.values import dataclass

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text, ``start <= position < stop``, in code points of the text as typed."""

    start: int
    stop: int

    def to(self, other: Span) -> Span:
        """The stretch from the beginning of this one to the end of the other; ``NOWHERE`` counts for nothing."""
        if self == NOWHERE or other == NOWHERE:
            return other if self == NOWHERE else self
        return Span(min(self.start, other.start), max(self.stop, other.stop))


NOWHERE = Span(-1, -1)
"""The span of what no one typed: a derived expression."""


@dataclass(frozen=True, slots=True)
class Source:
    """A text as typed, with the name of where it came from (a file, ``<text>``, an example)."""

    text: str
    name: str = "<text>"

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1.

        >>> Source("a = 1\\nb = ?").place(10)
        (2, 5)
        """
        before = lines(self.text[: max(0, offset)])
        return len(before), len(before[-1]) + 1

    def line(self, number: int) -> str:
        """The text of one line, without its end."""
        return lines(self.text)[number - 1]


def lines(text: str) -> list[str]:
    r"""The lines of a text; ``\n``, ``\r\n`` and a lone ``\r`` each end one.

    An ``\r`` at the very end is kept as an ending, so a position between ``\r`` and ``\n`` is on the old line.
    """
    return text.replace("\r\n", " \n").replace("\r", "\n").split("\n")


class ChainruleError(Exception):
    """What all errors of the package have: a code, the problem, what to do instead, and the place if there is one.

    ``str(error)`` is the drawn form:

    >>> source = Source("E = tahn(x)", "model.eq")
    >>> print(ModelError("E999", "no function is called tahn", "did you mean tanh?", source, Span(4, 8)))
    error[E999]: no function is called tahn
      model.eq:1:5
        E = tahn(x)
            ^^^^
      help: did you mean tanh?
    """

    def __init__(
        self, code: str, problem: str, help: str, source: Source | None = None, span: Span | None = None
    ) -> None:
        super().__init__(code, problem)
        self.code = code
        self.problem = clipped(inline(problem))
        self.help = clipped(picture(help))
        self.source = source
        self.span = span if span != NOWHERE else None

    @property
    def place(self) -> tuple[int, int] | None:
        """Line and column of the culprit, from 1, or None where the fault is not in a text."""
        if self.source is None or self.span is None:
            return None
        return self.source.place(self.span.start)

    def as_json(self) -> dict[str, object]:
        """``{code, line, column, problem, help}``; line and column are None without a place."""
        line, column = self.place or (None, None)
        return {"code": self.code, "line": line, "column": column, "problem": self.problem, "help": self.help}

    def __str__(self) -> str:
        return draw(self)

    def __reduce__(self) -> tuple[object, ...]:
        # the arguments of Exception.__init__ are not ours; without this an error could not cross to another process
        return type(self), (self.code, self.problem, self.help, self.source, self.span)


class NotationError(ChainruleError):
    """The text is not a model."""


class ModelError(ChainruleError):
    """Each line can be read, but together they are not a model."""


class DataError(ChainruleError):
    """Data or starting values do not fit the model."""


class LimitError(ChainruleError):
    """Something is larger than the package accepts unasked."""


class DerivationError(ChainruleError):
    """A line of a derivation does not hold at a point: both sides, both values and the point are named."""


class RunError(ChainruleError):
    """A recorded run cannot be read, verified or continued."""


class UsageError(ChainruleError):
    """An argument is not one of those possible."""


class MissingExtra(ChainruleError):
    """Something is not installed; the help is the line that installs it."""


def absent(what: str, package: str, extra: str = "") -> MissingExtra:
    """The error that something needs a package which is not installed, with the line that installs it."""
    line = f'pip install "chainrule[{extra}]"' if extra else f"pip install {package}"
    return MissingExtra("E062", f"{what} needs {package}, which is not installed", line)


class BrokenPass(ChainruleError):
    """A pass of the package itself went wrong; please report it."""

    def __init__(self, after: str, problem: str) -> None:
        super().__init__("E300", f"after {after}: {problem}", "this is a fault of chainrule: please report the model")
        self.after = after

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.after, self.args[1].partition(": ")[2])


def draw(error: ChainruleError, columns: int | None = None, written: Callable[[str], str] = str) -> str:
    """An error as people read it: code and problem, the place, the line with a caret, the help.

    ``columns`` is how wide the line with the caret may be, ``written`` a text in the characters that there are.
    """
    parts = [written(f"error[{error.code}]: {error.problem}")]
    if error.source is not None and error.span is not None:
        line, column = error.source.place(error.span.start)
        parts.append(written(f"  {clipped(inline(error.source.name))}:{line}:{column}"))
        wide = WIDE if columns is None else columns - len(INDENT)
        stop = column - 1 + max(1, error.span.stop - error.span.start)
        parts += [INDENT + one for one in pointed(error.source.line(line), column - 1, stop, wide, written)]
    parts.append(written("  help: " + error.help.replace("\n", "\n        ")))
    return "\n".join(parts)


INDENT = "    "
"""What stands before a line of a text in a message."""

WIDE = 102
"""Columns of such a line where nothing is known of the terminal, the two signs of what is left out among them."""

MARKED = 60
"""Signs that mark a culprit at most."""


def pointed(typed: str, start: int, stop: int, wide: int, written: Callable[[str], str] = str) -> tuple[str, str]:
    """A line, or so much of it about a stretch as has room, and below it the signs that mark the stretch.

    >>> print("\\n".join(pointed("a = 1 + tahn(x) + 1", 8, 12, 12)))
    … 1 + tahn(…
          ^^^^
    """

    def shown(text: str) -> str:
        return written(picture(text))

    sizes, room = [width(shown(char)) for char in typed], wide
    whole = width(shown(typed)) + (start >= len(typed)) <= wide
    while True:
        before, after = (0, len(typed)) if whole else window(sizes, start, room, width(written("…")))
        lead, trail = (written("…") if cut else "" for cut in (before > 0, after < len(typed)))
        line = lead + shown(typed[before:after]) + trail
        if (over := width(line) + (start >= after) - wide) <= 0 or room <= 1:
            break
        room -= over  # characters beside each other may take more than each alone
    marked = typed[start : min(stop, after)]
    size = width(shown(marked))
    at = width(lead) + width(shown(typed[before:start] + marked)) - size  # what stands before may be read with it
    return line, " " * at + "^" * max(1, min(size, MARKED))


def window(sizes: Sequence[int], start: int, wide: int, cut: int = 1) -> tuple[int, int]:
    """Which of characters of these sizes to print about one of them, which may be the end; ``cut`` is the size of what
    stands for the others, before and behind."""
    every = [*sizes, *([1] if start >= len(sizes) else [])]  # the end is marked too
    first = min(start, len(every) - 1)
    left = (wide - 2 * cut) // 2
    while first > 0 and every[first - 1] <= left:
        first -= 1
        left -= every[first]
    stop, left = first, wide - 2 * cut
    while stop < len(every) and (every[stop] <= left or stop <= start):
        left -= every[stop]
        stop += 1
    while first > 0 and every[first - 1] <= left:
        first -= 1
        left -= every[first]
    return first, min(stop, len(sizes))


LONGEST = 240
"""Characters of a line of a message; what stands in the middle of a longer one is left out."""


def clipped(text: str) -> str:
    """The text with its long lines cut in the middle: a message is to be read, whatever names stand in it."""
    return "\n".join(
        line if len(line) <= LONGEST else f"{line[: LONGEST - 83]} … {line[-80:]}" for line in text.split("\n")
    )


def shown(value: object) -> str:
    """A value given at a call as a message names it: a number or a short text as it is written, else its kind.

    >>> shown(2.5), shown("all"), shown({"w": 1}), shown(10**500)
    ('2.5', "'all'", 'a dict', 'a number of 501 digits')
    """
    match value:
        case None | bool():
            return str(value)
        case str():
            return repr(value) if len(value) <= 60 else repr(value[:60]) + "…"
        case float():
            return repr(float(value))  # a scalar of NumPy is written as the number that it is
        case Integral():
            whole = int(value)
            digits = math.floor(abs(whole).bit_length() * math.log10(2)) + 1  # str() refuses very long numbers
            return str(whole) if abs(whole) < 10**40 else f"a number of {digits} digits"
    kind = {"ndarray": "array"}.get(type(value).__name__, type(value).__name__)
    return f"{'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind}"


def flag(what: str, value: object) -> bool:
    """An argument that is True or False, NumPy's included; E452 for anything else.

    >>> flag("ascii", True)
    True
    """
    if isinstance(value, bool) or type(value).__name__ in ("bool", "bool_"):
        return value is True or str(value) == "True"
    raise UsageError("E452", f"{what} cannot be {shown(value)}", f"write {what}=True or {what}=False")


def width(text: str) -> int:
    """How many columns of a terminal a text takes: combining marks none, wide characters two."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def picture(text: str) -> str:
    """The one door for texts to people: what a terminal, a browser or a printer would obey or hide is drawn.

    Control characters (C1 too), marks of direction, separators of lines, characters without width, lone surrogates and
    bytes of file names that are no text become pictures. Line feeds stay, and so do the two signs that end a line of a
    file together, as a line feed. What was drawn is left as it is.

    >>> picture("a\\x1b[2Jb"), picture("\\x9b\\u202e\\u200b\\udce9")
    ('a␛[2Jb', '<U+009B><U+202E><U+200B><0xE9>')
    """
    return text if text.isascii() and text.isprintable() else "".join(map(_picture, text.replace("\r\n", "\n")))


def inline(text: object) -> str:
    """A text that another one holds, such as a name, a path or a note: drawn, and on one line.

    >>> inline("a\\nb")
    'a␊b'
    """
    return picture(str(text)).replace("\n", "␊")


def markup(text: str) -> str:
    """A text as HTML, SVG and MathML may hold it, between tags and in quotes: drawn, and escaped.

    >>> markup("<b>\\x00")
    '&lt;b&gt;␀'
    """
    return picture(text).translate(_ESCAPES)


def pictured(kind: type[Kind]) -> type[Kind]:
    """A class whose ``repr`` goes through the door: Python's own leaves letters that show nothing as they are."""
    made = kind.__repr__

    def shown(self: Kind) -> str:
        return picture(made(self))

    kind.__repr__ = shown  # type: ignore[method-assign,assignment]
    return kind


_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})

UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
"""Letters and marks that show nothing, whatever their category: Unicode's Default_Ignorable_Code_Point, and an empty
pattern of braille."""


def _picture(char: str) -> str:
    point = ord(char)
    if char == "\n":
        return char
    if char == "\t":
        return " "
    if point < 0x20:
        return chr(0x2400 + point)
    if point == 0x7F:
        return "␡"
    if 0xDC80 <= point <= 0xDCFF:  # so Python holds a byte of a file name that is no text
        return f"<0x{point - 0xDC00:02X}>"
    hidden = unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") or UNSEEN.match(char)
    if hidden or point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF:  # the last two are no characters at all
        return f"<U+{point:04X}>"
    return char
