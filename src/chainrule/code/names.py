"""Names of the text and of slots → names that a language takes, each once."""

from __future__ import annotations

import re
from collections.abc import Iterable


def plain(name: str) -> str:
    """A name in letters, digits and underscores; ∂E/∂w is dE_dw.

    >>> plain("∂E/∂W1"), plain("v.W"), plain("w'"), plain("2")
    ('dE_dW1', 'v_W', 'w_new', 'n2')
    """
    text = name.replace("∂", "d").replace("'", "_new").removesuffix("#")
    text = re.sub(r"\W", "_", text, flags=re.ASCII).strip("_") or "n"
    return f"n{text}" if text[0].isdigit() else text


class Names:
    """Names that are taken, and new ones."""

    def __init__(self, taken: Iterable[str]) -> None:
        self.taken = set(taken)

    def fresh(self, wish: str) -> str:
        """A name that nothing else has, as near to the wish as may be.

        >>> names = Names({"new"})
        >>> names.fresh("w"), names.fresh("w"), names.fresh("new")
        ('w', 'w_2', 'new_2')
        """
        base = plain(wish)
        found, number = base, 1
        while found in self.taken:
            number += 1
            found = f"{base}_{number}"
        self.taken.add(found)
        return found

    def free(self, name: str) -> None:
        """A name that nothing has any more."""
        self.taken.discard(name)


class Lines:
    """Text that grows line by line, blocks inside blocks."""

    def __init__(self, indent: str, depth: int = 0) -> None:
        self.indent, self.depth = indent, depth
        self.text: list[str] = []

    def add(self, line: str) -> None:
        self.text.append(self.indent * self.depth + line)

    def open(self, line: str) -> None:
        self.add(line)
        self.depth += 1

    def close(self, line: str) -> None:
        self.depth -= 1
        self.add(line)
