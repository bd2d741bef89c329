"""Bytes ↔ bytes with a SHA-256 of themselves at the end: a file that was changed anywhere is not read.

It guards against faults of disks, copies and editors, not against someone who changes a file on purpose and seals it
anew: what a run says is checked by training again (`Run.verify`).
"""

from __future__ import annotations

import hashlib

from chainrule.errors import RunError


def seal(content: bytes, closing: bytes = b"") -> bytes:
    """The content, its SHA-256 in 64 hexadecimal digits, and what has to follow them.

    >>> seal(b"abc")[:11]
    b'abcba7816bf'
    """
    return content + hashlib.sha256(content).hexdigest().encode() + closing


def unseal(sealed: bytes, path: object, closing: bytes = b"") -> bytes:
    """The content without its seal, or E365."""
    end = len(sealed) - len(closing)
    content, digest = sealed[: max(0, end - 64)], sealed[max(0, end - 64) : end]
    if sealed[end:] != closing or hashlib.sha256(content).hexdigest().encode() != digest:
        raise RunError(
            "E365",
            f"{path} is not as it was written: a part of it is missing or was changed",
            "take another copy of the file, or train again",
        )
    return content
