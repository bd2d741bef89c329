"""A teacher's file (TOML) → how a page opens, what is hidden on it, what it asks.

Conventions. Everything has a meaning of its own when it is left out; a key that is none, and a value that cannot be, is
an error with its place. Texts are plain: nothing in them is a tag.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, field, fields
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn, cast

from chainrule.errors import Source, Span, UsageError, inline
from chainrule.notation.known import closest
from chainrule.values import dataclass

BYTES = 100_000
"""Of a file: options are written by hand."""
TEXT, QUESTIONS, ANSWERS = 500, 50, 6
"""Characters of a text, questions of a page, answers of a question."""

PARTS = ("rule", "rate", "start", "order", "data", "seed", "derivation", "questions", "cards", "text", "downloads")
"""What `hide` may name."""
TABS = ("curve", "plane", "answers", "map")
FADES = ("0", "rule", "1", "2")
TEXTS = ("question", "lead")

_TAG = re.compile(r"</?[A-Za-z!]")
_HIDDEN = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a page opens: after ``k`` steps, with so many phases shown, a symbol chosen, one tab in front."""

    k: int | None = None
    phase: int | None = None
    symbol: str | None = None
    tab: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the teacher after so many steps: the answers, which is right (from 1), and why."""

    after: int
    ask: str
    answers: tuple[str, ...]
    right: int
    because: str


@dataclass(frozen=True, slots=True)
class Options:
    """What a teacher says of a page. ``fix`` are starts that a learner cannot change; ``predict`` asks before each
    step, ``fade`` hides lines ("rule", "1", "2"), ``exercise`` asks for them to be filled in and handed in."""

    open: Opening = field(default_factory=Opening)
    hide: tuple[str, ...] = ()
    fix: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    predict: bool = False
    fade: str = "0"
    exercise: bool = False
    question: tuple[Question, ...] = ()
    text: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def json(self) -> dict[str, Any]:
        """All of it as the page reads it.

        >>> Options(predict=True).json()["predict"]
        True
        """
        return {
            "open": asdict(self.open), "hide": list(self.hide), "fix": dict(self.fix), "predict": self.predict,
            "fade": self.fade, "exercise": self.exercise, "question": [asdict(one) for one in self.question],
            "text": dict(self.text),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """What a page has: the names of its quantities and of its weights, as they may be typed, and its steps."""

    quantities: Mapping[str, str]
    weights: Mapping[str, str]
    steps: int


def load(path: Path, known: Known) -> Options:
    """The options of a file. Errors: E457 it cannot be opened, else as `read`."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(BYTES + 1)
    except (OSError, ValueError) as error:  # names with NUL, or in no encoding, are values
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError("E457", f"{inline(path)} cannot be read: {why}", "give the path of a TOML file") from None
    return read(raw, path.name, known)


def read(raw: bytes, name: str, known: Known) -> Options:
    """The options that a text is.

    Errors: UsageError E052 for what is no TOML or too long, E053 for a key that is none, E054 for a value.

    >>> known = Known({"w": "w"}, {"w": "w"}, 1000)
    >>> read(b'predict = true\\nopen = {k = 3}', "o.toml", known).open.k
    3
    """
    if len(raw) > BYTES:
        raise UsageError("E052", f"{inline(name)} is longer than {BYTES:,} bytes", "options are a few lines")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as bad:
        problem = f"{inline(name)}: the byte 0x{raw[bad.start]:02x} at {bad.start} is not UTF-8"
        raise UsageError("E052", problem, "save it as UTF-8") from None
    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as bad:
        raise syntax(str(bad), text, name) from None
    return OptionReader(Source(text, name), known).options(found)


def syntax(problem: str, text: str, name: str) -> UsageError:
    """The error of what is no TOML, with its place where that is told."""
    told, _, at = problem.partition(" (at line ")
    numbers = re.match(r"(\d+), column (\d+)", at)
    help = 'a file of options is TOML: predict = true, fade = "1"'
    if not numbers:
        return UsageError("E052", f"{inline(name)} is no TOML: {problem}", help)
    before = text.split("\n")[: int(numbers[1]) - 1]
    start = min(len(text), sum(len(one) + 1 for one in before) + int(numbers[2]) - 1)
    place = Span(start, min(start + 1, len(text)))
    return UsageError("E052", f"it is no TOML: {told}", help, Source(text, name), place)


class OptionReader:
    """Reads values that TOML gave; each is what it has to be, or an error."""

    def __init__(self, source: Source, known: Known) -> None:
        self.source, self.known = source, known

    def options(self, found: Mapping[str, Any]) -> Options:
        """All of a file."""
        self.keys(found, [one.name for one in fields(Options)], "")
        return Options(
            open=self.opening(self.table(found, "open")),
            hide=self.parts(found),
            fix=self.fixed(self.table(found, "fix")),
            predict=self.flag(found, "predict"),
            fade=self.one_of(found, "fade", FADES) or "0",
            exercise=self.flag(found, "exercise"),
            question=self.questions(found),
            text=self.texts(self.table(found, "text")),
        )

    def opening(self, found: Mapping[str, Any]) -> Opening:
        self.keys(found, [one.name for one in fields(Opening)], "open")
        symbol = self.text(found, "symbol", 60) if "symbol" in found else None
        if symbol is not None and symbol not in self.known.quantities:
            near = closest(symbol, self.known.quantities)
            help = f"did you mean {near}?" if near else f"there are {some(self.known.quantities)}"
            self.fault("E054", "symbol", f"no quantity is called {inline(symbol)}", help)
        return Opening(
            self.whole(found, "k", 0, self.known.steps) if "k" in found else None,
            self.whole(found, "phase", 1, 4) if "phase" in found else None,
            None if symbol is None else self.known.quantities[symbol],
            self.one_of(found, "tab", TABS),
        )

    def parts(self, found: Mapping[str, Any]) -> tuple[str, ...]:
        given = found.get("hide", [])
        if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
            self.fault("E054", "hide", "hide is a list of names", 'write hide = ["rule", "data"]')
        for one in given:
            if one not in PARTS:
                near = closest(one, PARTS)
                help = f"did you mean {near}?" if near else f"there are {', '.join(PARTS)}"
                self.fault("E054", "hide", f"no part of the page is called {inline(one)}", help)
        return tuple(dict.fromkeys(given))

    def fixed(self, found: Mapping[str, Any]) -> Mapping[str, float]:
        self.keys(found, ["start"], "fix")
        starts = self.table(found, "start")
        made = {}
        for name in starts:
            if name not in self.known.weights:
                near = closest(name, self.known.weights)
                help = f"did you mean {near}?" if near else f"the weights are {some(self.known.weights)}"
                self.fault("E054", name, f"no weight is called {inline(name)}", help)
            made[self.known.weights[name]] = self.number(starts, name)
        return MappingProxyType(made)

    def questions(self, found: Mapping[str, Any]) -> tuple[Question, ...]:
        given = found.get("question", [])
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            self.fault("E054", "question", "a question is a table of its own", "write [[question]] above its lines")
        if len(given) > QUESTIONS:
            self.fault("E054", "question", f"there are more than {QUESTIONS} questions", "ask fewer on one page")
        return tuple(map(self.question, given))

    def question(self, found: Mapping[str, Any]) -> Question:
        self.keys(found, [one.name for one in fields(Question)], "question")
        for name in ("after", "ask", "answers", "right", "because"):
            if name not in found:
                self.fault("E054", "question", f"a question lacks {name}", f"write {name} = … below [[question]]")
        answers = found["answers"]
        several = isinstance(answers, list) and 2 <= len(answers) <= ANSWERS
        if not several or len(set(map(str, answers))) < len(answers):
            help = f'write 2 to {ANSWERS} different ones: answers = ["up", "down"]'
            self.fault("E054", "answers", "answers is no list of answers", help)
        each = tuple(self.text({"answers": one}, "answers", TEXT) for one in answers)
        return Question(
            self.whole(found, "after", 0, self.known.steps), self.text(found, "ask", TEXT), each,
            self.whole(found, "right", 1, len(each)), self.text(found, "because", TEXT),
        )  # fmt: skip

    def texts(self, found: Mapping[str, Any]) -> Mapping[str, str]:
        self.keys(found, TEXTS, "text")
        return MappingProxyType({name: self.text(found, name, TEXT) for name in found})

    # ---- single values

    def keys(self, found: Mapping[str, Any], known: Iterable[str], table: str) -> None:
        """Nothing, or the error of a key that is none."""
        for name in found:
            if name not in known:
                where = f"{table} has no" if table else "there is no option"
                near = closest(name, known)
                help = f"did you mean {near}?" if near else f"there are {', '.join(known)}"
                self.fault("E053", name, f"{where} {inline(name)}", help)

    def table(self, found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        given = found.get(name, {})
        if not isinstance(given, dict):
            self.fault("E054", name, f"{name} is no table", f"write {name} = {{…}}, or [{name}] above its lines")
        return cast(Mapping[str, Any], given)

    def flag(self, found: Mapping[str, Any], name: str) -> bool:
        if not isinstance(given := found.get(name, False), bool):
            self.fault("E054", name, f"{name} is neither true nor false", f"write {name} = true")
        return given

    def whole(self, found: Mapping[str, Any], name: str, least: int, most: int) -> int:
        given = found[name]
        if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= most:
            self.fault("E054", name, f"{name} is no whole number from {least} to {most}", f"write {name} = {least}")
        return given

    def number(self, found: Mapping[str, Any], name: str) -> float:
        given = found[name]
        if isinstance(given, bool) or not isinstance(given, int | float) or not isfinite(as_float(given)):
            self.fault("E054", name, f"{inline(name)} is no finite number", "write for example w = 0.5")
        return float(given)

    def one_of(self, found: Mapping[str, Any], name: str, known: Iterable[str]) -> str | None:
        given = found.get(name)
        if given is not None and given not in known:
            self.fault("E054", name, f"{name} is none of {', '.join(known)}", f'write {name} = "{next(iter(known))}"')
        return cast(str | None, given)

    def text(self, found: Mapping[str, Any], name: str, most: int) -> str:
        given = found[name]
        if not isinstance(given, str) or not given.strip():
            self.fault("E054", name, f"{name} is no text", f'write {name} = "…"')
        said = given
        if len(said) > most:
            self.fault("E054", name, f"{name} is longer than {most} characters", "write it shorter")
        if _TAG.search(said) or _HIDDEN.search(said):
            what = "looks like HTML" if _TAG.search(said) else "holds a character that is not seen"
            self.fault("E054", name, f"{name} {what}", "texts are plain: nothing in them is a tag")
        return said.strip()

    def fault(self, code: str, name: str, problem: str, help: str) -> NoReturn:
        """Raise an error at the place of a key."""
        words = rf"(?<![\w-])[\"']?{re.escape(name)}[\"']?(?=\s*[=.\]])"
        found = re.search(words, self.source.text)
        if found is None:
            raise UsageError(code, f"{inline(self.source.name)}: {problem}", help)
        raise UsageError(code, problem, help, self.source, Span(*found.span()))


def as_float(number: int | float) -> float:
    """A number as a float; ∞ where it is too large for one."""
    try:
        return float(number)
    except OverflowError:
        return float("inf")


def some(names: Iterable[str], most: int = 8) -> str:
    """Names in a sentence, of many the first."""
    every = list(dict.fromkeys(names))
    return ", ".join(every[:most]) + (", …" if len(every) > most else "")
