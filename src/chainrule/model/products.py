"""A name that is not known → the product of known names that it looks like."""

from __future__ import annotations

from collections.abc import Collection

LONGEST = 40
"""Names beyond this many characters are not taken apart."""


def product(name: str, known: Collection[str]) -> tuple[str, ...] | None:
    """The known names, two to four of them, that give this one when they are written without a space.

    >>> product("wx", {"w", "x"})
    ('w', 'x')
    """
    if len(name) > LONGEST:
        return None
    ways: list[tuple[str, ...] | None] = [()] + [None] * len(name)
    for stop in range(1, len(name) + 1):
        for start in range(stop):
            before = ways[start]
            if before is not None and len(before) < 4 and name[start:stop] in known:
                found = (*before, name[start:stop])
                if ways[stop] is None or len(found) < len(ways[stop] or ()):
                    ways[stop] = found
    whole = ways[-1]
    return whole if whole and len(whole) > 1 else None
