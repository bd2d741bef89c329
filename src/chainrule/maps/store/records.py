"""What was committed ↔ the lines of a log. Each process has a log of its own, and a line says how long it is and has
a checksum.

A line that is cut off, or was changed, is none: what it told of is computed again.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

from chainrule.maps.store.json_text import canonical, parsed
from chainrule.maps.store.layout import Tile
from chainrule.maps.store.limits import LIMITS
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Record:
    """A tile was committed: the SHA-256 of its numbers, the seconds that they took, and when by the clock of its
    machine, which is shown and decides nothing. ``cause`` is why it was set aside, if it was."""

    tile: Tile
    sha: str
    owner: str
    seconds: float
    at: float
    cause: str = ""


def line(record: Record) -> bytes:
    """The line for a record."""
    body = canonical(
        {"tile": list(record.tile), "sha": record.sha, "owner": record.owner, "seconds": record.seconds,
         "at": record.at, "cause": record.cause}
    )  # fmt: skip
    return f"{len(body):06x} {zlib.crc32(body):08x} ".encode() + body + b"\n"


def records(content: bytes) -> Iterator[Record | None]:
    """The records in lines; None for a line that is not as it was written."""
    for one in content.split(b"\n")[:-1]:
        if one:  # an empty line ends one that was cut off
            yield record(one)


def record(one: bytes) -> Record | None:
    """The record in a line."""
    try:
        length, check, body = one.split(b" ", 2)
        if len(one) > LIMITS["line"].most or int(length, 16) != len(body) or int(check, 16) != zlib.crc32(body):
            return None
        found: Any = parsed(body)
        match found:
            case {"tile": list(tile), "sha": str(sha), "owner": str(owner), "seconds": int() | float() as seconds,
                  "at": int() | float() as at, "cause": str(cause)}:  # fmt: skip
                if all(type(place) is int for place in tile):
                    return Record(tuple(tile), sha, owner, float(seconds), float(at), cause)
    except (ValueError, OverflowError):
        pass
    return None
