"""Two documents → in which parts they differ, in a line that a person reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

SHOWN = 3
"""Differences that are named."""
LONG = 60
"""Characters of a value that are shown."""

MISSING = object()


def differences(there: Any, asked: Any) -> str:
    """What differs between what is there and what is asked for.

    >>> differences({"recipe": {"steps": 500}}, {"recipe": {"steps": 400}})
    'recipe.steps is 500 there, and 400 is asked for'
    """
    found = list(walk(there, asked, ""))
    lines = [f"{where} is {short(one)} there, and {short(other)} is asked for" for where, one, other in found[:SHOWN]]
    if len(found) > SHOWN:
        lines.append(f"and {len(found) - SHOWN} more")
    return "; ".join(lines)


def walk(there: Any, asked: Any, where: str) -> Iterator[tuple[str, Any, Any]]:
    """The places where two documents differ, with both values; the order of names is no difference."""
    match there, asked:
        case dict(), dict():
            for name in sorted({*there, *asked}):
                place = f"{where}.{name}" if where else str(name)
                yield from walk(there.get(name, MISSING), asked.get(name, MISSING), place)
        case list(), list() if len(there) == len(asked):
            for at, (one, other) in enumerate(zip(there, asked, strict=True)):
                yield from walk(one, other, f"{where}[{named(one, at)}]")
        case _:
            if type(there) is not type(asked) or there != asked:
                yield where, there, asked


def named(one: Any, at: int) -> str:
    """What an entry of a list is called: by its name, if it has one."""
    return str(one["name"]) if isinstance(one, dict) and "name" in one else str(at)


def short(value: Any) -> str:
    """A value as it is shown."""
    if value is MISSING:
        return "not given"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONG else f"{text[:LONG]}…"
