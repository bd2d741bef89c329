"""A file of sentences, or a language that comes with the package → the sentences of the page, checked.

Conventions. A table is JSON, key → sentence; a sentence is plain text with named places, ``{w}``. A key that ends in
``.one`` has a sister that ends in ``.many``: one form for 1, one for every other number. Sentences are never put
together from pieces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from chainrule.data import jsonfile
from chainrule.errors import UsageError, inline
from chainrule.notation.known import closest
from chainrule.page.sentences import PLACE, Strings

_TAG = re.compile(r"</?[A-Za-z!]")
_HIDDEN = re.compile("[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]")

LONGEST = 2000
"""Characters of a sentence."""

DIRECTIONS = ("ltr", "rtl")


@cache
def english() -> Strings:
    """The sentences as they come with the package."""
    return Strings()


def languages() -> tuple[str, ...]:
    """The languages that come with the package.

    >>> "en" in languages()
    True
    """
    folder = files("chainrule.page").joinpath("strings")
    return ("en", *sorted(path.name.removesuffix(".json") for path in folder.iterdir() if path.name.endswith(".json")))


def load(named: str | Path | None) -> Strings:
    """The sentences of a language that comes with the package ("de"), or of a file; English where it has none.

    Errors: UsageError E056 for a key that is none, E057 for a sentence that cannot stand there; those of reading JSON.
    """
    if named is None or named == "en":
        return english()
    text = str(named)
    if not any(mark in text for mark in "./\\"):
        if text not in languages():
            help = f"the languages are {', '.join(languages())}; a file of your own is given with its ending: de.json"
            raise UsageError("E056", f"there are no sentences in {inline(text)}", help)
        shipped = files("chainrule.page").joinpath("strings", f"{text}.json")
        return merged(jsonfile.value(shipped.read_bytes(), f"{text}.json"), f"{text}.json")
    path = Path(text)
    try:
        return merged(jsonfile.read(path), path.name)
    except (OSError, ValueError) as error:  # names with NUL, or in no encoding, are values
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError("E457", f"{inline(text)} cannot be read: {why}", "give the path of a JSON file") from None


def merged(given: Any, name: str) -> Strings:
    """English with the sentences of a file in their places."""
    own = english().table
    if not isinstance(given, dict):
        problem = f"{inline(name)} is not a table of sentences"
        raise UsageError("E057", problem, 'write keys with sentences: {"ask.check": "Prüfen"}')
    for key, said in given.items():
        if key not in own:
            raise unknown(key, own, name)
        checked(key, said, own[key], name)
    return Strings(given)


def unknown(key: str, known: Iterable[str], name: str) -> UsageError:
    """The error of a key that is none."""
    near = closest(key, known)
    help = f"did you mean {near}?" if near else "the keys are those of strings/en in the package; leave this one out"
    return UsageError("E056", f"{inline(name)}: no sentence is called {inline(key)}", help)


def checked(key: str, said: Any, own: str, name: str) -> None:
    """Nothing, or the error of a sentence that cannot stand in the place of the English one."""

    def fault(problem: str, help: str) -> UsageError:
        return UsageError("E057", f"{inline(name)}: {inline(key)} {problem}", help)

    if not isinstance(said, str) or not said.strip():
        raise fault("is no sentence", f"English has: {own}")
    if len(said) > LONGEST:
        raise fault(f"is longer than {LONGEST} characters", "write a sentence of two lines at most")
    if _HIDDEN.search(said):
        raise fault("holds a character that is not seen", "take it out: sentences are plain text on one line")
    if _TAG.search(said):
        raise fault("looks like HTML", "sentences are plain text: nothing in them is a tag")
    places, wanted = set(PLACE.findall(said)), set(PLACE.findall(own))
    if places != wanted:
        more = [f"{{{one}}} is missing" for one in sorted(wanted - places)]
        more += [f"{{{one}}} is not known here" for one in sorted(places - wanted)]
        raise fault(f"has other places than English: {', '.join(more)}", f"English has: {own}")
    if key == "direction" and said not in DIRECTIONS:
        raise fault(f"is {said!r}", f"write {' or '.join(DIRECTIONS)}")
    if key == "language" and not re.fullmatch("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", said):
        raise fault(f"is {said!r}", "write a language as in HTML: de, pt-BR")
