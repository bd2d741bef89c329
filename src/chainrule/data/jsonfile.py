"""JSON → Python values, strictly: UTF-8, no key twice, and every number finite or, in a table, kept as it stands."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from chainrule.data.limits import LIMITS, Limits, exceeded
from chainrule.data.table import lost
from chainrule.errors import DataError
from chainrule.notation.bytes import content


def read(path: Path, limits: Limits = LIMITS) -> Any:
    """What stands in a file. Errors: E216 it is not such JSON, E234 a limit."""
    raw = content(path, limits.bytes + 1)
    if len(raw) > limits.bytes:
        raise exceeded(f"{path.name} has", limits.bytes, "bytes")
    return value(raw, path.name, strict=True)


def value(raw: bytes, name: str, *, strict: bool = False) -> Any:
    """The value that bytes are. Unless it is ``strict``, a number that no double holds is left as its text, and NaN and
    Infinity, as Python writes them, are what they say: whoever reads that entry refuses it. Error E216."""

    def fault(problem: str, help: str = "write names with numbers or lists of numbers") -> DataError:
        return DataError("E216", f"{name}: {problem}", help)

    def constant(word: str) -> float:
        if not strict:
            return float(word)
        raise fault(f"{word} is not a number", "JSON has finite numbers only")

    def number(text: str) -> float | str:
        found = float(text)
        if math.isfinite(found) and (found or not lost(text)):
            return found
        if not strict:
            return text
        raise fault(f"{text:.40} is too {'small' if found == 0 else 'large'} for a double", "scale it")

    def whole(text: str) -> float | str:
        # through float, never int: reading a million digits as an integer takes a time that grows with their square
        return number(text)

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            seen: set[str] = set()
            twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
            raise fault(f"{twice} stands twice", "give every name once")
        return found

    try:
        text = raw.decode("utf-8-sig")
        return json.loads(text, parse_constant=constant, parse_float=number, parse_int=whole, object_pairs_hook=unique)
    except UnicodeDecodeError as bad:
        raise fault(f"the byte 0x{raw[bad.start]:02x} at {bad.start} is not UTF-8", "save it as UTF-8") from None
    except json.JSONDecodeError as bad:
        raise fault(f"line {bad.lineno}, column {bad.colno}: {bad.msg}", "is it JSON?") from None
    except RecursionError:
        raise fault("it nests too deep") from None
