"""The part of a page's address after # → what a learner has set and typed; nothing is fetched.

Conventions. The form is that of ``link.json``, which ``modules/link.js`` reads too: NAME=VALUE joined by &, names and
values percent-encoded. What is not of this form, or names what the model does not have, is left out and counted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from math import isfinite
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes

from chainrule import rules
from chainrule.errors import UsageError
from chainrule.model.model import Model
from chainrule.notation.names import pretty
from chainrule.values import dataclass

T = TypeVar("T")
Known = Mapping[str, Collection[str]]
"""What a page lets a link choose from, by the words of the form: weights, consts, columns, rules, …"""

OWN_RULE = "own"
"""The learning rule of the text, or gradient descent where it has none."""

_NUMBER = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_HIDDEN = re.compile("[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
_BROKEN = re.compile("%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Link:
    """What a fragment says: ``state`` by the names of the form, and the parts that were ignored. ``mark`` is that of
    the model it is of, "" where it names none: of another model nothing is kept."""

    state: Mapping[str, Any]
    ignored: tuple[str, ...]
    mark: str

    @property
    def lines(self) -> Mapping[tuple[str, int], str]:
        """The lines that were filled in: weight and number of the line → what was typed."""
        found = {}
        for name, text in self.state.items():
            if name.startswith("l."):
                weight, _, number = name.removeprefix("l.").rpartition(".")
                found[weight, int(number)] = text
        return dict(sorted(found.items(), key=lambda line: (line[0][1], line[0][0])))


@cache
def form() -> Mapping[str, Any]:
    """The form of a link, as both languages read it."""
    found: dict[str, Any] = json.loads(files("chainrule.page").joinpath("link.json").read_text("utf-8"))
    return MappingProxyType(found)


def mark(text: str) -> str:
    """The mark of a model's text, by which a link knows its page.

    >>> mark("E = w²")
    '25af54c9aafaf493'
    """
    return sha256(text.encode("utf-8")).hexdigest()[:16]


def known(model: Model) -> Known:
    """What a link of a page of this model may choose from."""
    names = {role: [one.name for one in model.named(role)] for role in ("weight", "const", "data", "target")}
    return {
        "entries": [pretty(name) for name in names["weight"]],
        "weights": names["weight"],
        "consts": names["const"],
        "columns": names["data"] + names["target"],
        "rules": [OWN_RULE, *rules.NAMES],
        "quantities": list(model.quantities),
        "arrays": [*names["weight"], *names["const"], *names["data"], *names["target"]],
    }


def fragment_of(address: str) -> str:
    """What stands after the first # of an address; a text without one is the fragment itself.

    >>> fragment_of("file:///tmp/page.html#m=1&k=2"), fragment_of("m=1")
    ('m=1&k=2', 'm=1')
    """
    before, hash_, after = address.strip().partition("#")
    return after if hash_ else before


def read(fragment: str, known: Known, own: str) -> Link:
    """What a fragment says on a page whose mark is ``own``.

    >>> read("m=0123456789abcdef&k=3&w.w=0.25&w.v=1", {"entries": ["w"]}, "0123456789abcdef")
    Link(state={'m': '0123456789abcdef', 'k': 3, 'w.w': 0.25}, ignored=('w.v',), mark='0123456789abcdef')
    """
    text = fragment.removeprefix("#")
    if len(text) > form()["longest"]:
        return Link({}, ("#",), "")
    state: dict[str, Any] = {}
    ignored = []
    for part in text.split("&"):
        raw, equals, rest = part.partition("=")
        name, value = (decoded(raw), decoded(rest)) if equals else (None, None)
        found = None
        if name is not None and value is not None and name not in state:
            field = next((one for one in form()["fields"] if knows(one, name, known)), None)
            found = None if field is None else valued(field, value, known)
        if found is not None and name is not None:
            state[name] = found
        elif part:
            ignored.append(raw)
    found_mark = str(state.get("m", ""))
    return Link(state if found_mark in ("", own) else {}, tuple(ignored), found_mark)


def of_model(address: str, model: Model, text: str) -> Link:
    """The link of a learner, of a page of this model.

    Errors: UsageError E058 for what is no link of a page, or one of another model.

    >>> from chainrule.model import build
    >>> from chainrule.notation import parse
    >>> text = "data x; target y; weight w; E = ½(w·x − y)²".replace("; ", chr(10))
    >>> of_model(f"page.html#m={mark(text)}&l.w.3=x", build(parse(text)), text).lines
    {('w', 3): 'x'}
    """
    link = read(fragment_of(address), known(model), mark(text))
    if not link.mark:
        help = 'give all that stands after the # in the address of the page: --link "m=…&l.w.6=…"'
        raise UsageError("E058", "this is no link of a page that chainrule wrote", help)
    if link.mark != mark(text):
        help = "give the file of equations that the page was written from, unchanged"
        raise UsageError("E058", "the link is of a page of another model, or of another version of this one", help)
    return link


def decoded(text: str) -> str | None:
    """A part of a fragment as it was meant; None where it is no text."""
    if _BROKEN.search(text):
        return None
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeError:
        return None


def knows(field: Mapping[str, Any], name: str, known: Known) -> bool:
    """Whether a name is one of a field of the form, and of the page."""
    own: str = field["name"]
    if not own.endswith("."):
        return name == own
    if not name.startswith(own):
        return False
    rest = name.removeprefix(own)
    if "number" in field:
        rest, dot, number = rest.rpartition(".")
        least, most = field["number"]
        if not (dot and re.fullmatch("0|[1-9][0-9]{0,5}", number) and least <= int(number) <= most):
            return False
    return rest in known.get(field["of"], ())


def valued(field: Mapping[str, Any], text: str, known: Known) -> Any:
    """The value of a field; None where the text is none."""
    most = form()["numbers"]
    match field["kind"]:
        case "hash":
            return text if re.fullmatch("[0-9a-f]{16}", text) else None
        case "number":
            return finite(text)
        case "whole":
            number = int(text) if re.fullmatch("[0-9]{1,16}", text) else -1
            return number if field["least"] <= number <= field["most"] else None
        case "one":
            of = field["of"]
            return text if text in (of if isinstance(of, list) else known.get(of, ())) else None
        case "names":
            return each(text, ",", most, lambda one: one if one in known.get(field["of"], ()) else None)
        case "text":
            return text if text and len(text) <= form()["text"] and not _HIDDEN.search(text) else None
        case "order":
            return ordered(text, most)
    return None


def ordered(text: str, most: int) -> Any:
    """The order of patterns: a word, how many a step visits, or which."""
    if text in ("each", "all", "shuffled"):
        return text
    if re.fullmatch("[1-9][0-9]{0,6}", text):
        return int(text)
    if not text.startswith("at"):
        return None
    rows = text.removeprefix("at")
    if ";" not in rows:
        return each(rows, ",", most, row)
    return each(rows, ";", most, lambda one: each(one, ",", most, row))


def row(text: str) -> int | None:
    """The number of a pattern."""
    return int(text) if re.fullmatch("[0-9]{1,7}", text) else None


def finite(text: str) -> float | None:
    """A number as JavaScript and Python both read it."""
    found = float(text) if len(text) <= 40 and _NUMBER.fullmatch(text) else None
    return found if found is not None and isfinite(found) else None


def each(text: str, by: str, most: int, one: Callable[[str], T | None]) -> list[T] | None:
    """A list; None if a part of it cannot be read, or there are too many."""
    parts = text.split(by)
    if len(parts) > most:
        return None
    found = [value for part in parts if (value := one(part)) is not None]
    return found if len(found) == len(parts) else None
