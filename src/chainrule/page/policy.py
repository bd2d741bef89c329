"""Styles and scripts of a page → what its browser may do: these, by their hashes, and nothing else."""

from __future__ import annotations

import base64
import hashlib


def policy(scripts: list[str], styles: list[str]) -> str:
    """The policy under which these texts run.

    >>> policy(["let a"], ["p {}"]).count("sha256-")
    2
    """
    ours, looks = (" ".join(map(digest, texts)) for texts in (scripts, styles))
    return (
        f"default-src 'none'; script-src {ours}; style-src {looks}; font-src data:; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def digest(text: str) -> str:
    """The hash of a text as a policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
