"""Words ↔ JSON in one spelling, so that equal words have equal bytes; from a stranger it is read within bounds."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from chainrule.maps.store.limits import LIMITS
from chainrule.train.strict import exact, refuse, unique

MOST = LIMITS["document"].most
"""Bytes of a text of JSON that is read: a model with its patterns."""


def canonical(value: object) -> bytes:
    """The one spelling: sorted names, no spaces, numbers by their shortest form."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()


def digest(value: object) -> str:
    """The SHA-256 of that spelling."""
    return hashlib.sha256(canonical(value)).hexdigest()


def parsed(content: bytes) -> Any:
    """What a text of JSON says; a ValueError where it is none."""
    try:
        return json.loads(content.decode(), parse_constant=refuse, parse_float=exact, object_pairs_hook=unique)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
