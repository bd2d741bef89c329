"""A JSON file → Python values, strictly: UTF-8, every number finite, no key twice."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from chainrule.data.limits import LIMITS, Limits, exceeded
from chainrule.errors import DataError


def read(path: Path, limits: Limits = LIMITS) -> Any:
    """What stands in a file. Errors: E216 it is not such JSON, E234 a limit."""
    with path.open("rb") as file:
        raw = file.read(limits.bytes + 1)
    if len(raw) > limits.bytes:
        raise exceeded(f"{path.name} has", limits.bytes, "bytes")

    def fault(problem: str, help: str = "write names with numbers or lists of numbers") -> DataError:
        return DataError("E216", f"{path.name}: {problem}", help)

    def constant(word: str) -> float:
        raise fault(f"{word} is not a number", "JSON has finite numbers only")

    def number(text: str) -> float:
        value = float(text)
        if not math.isfinite(value):
            raise fault(f"{text:.40} is too large for a double", "scale it")
        return value

    def whole(text: str) -> float:
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
