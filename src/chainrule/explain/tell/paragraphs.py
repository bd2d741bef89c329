"""What a story says → paragraphs for a terminal or a file: in lines of a width, in ASCII, in colour."""

from __future__ import annotations

import re
import textwrap

from chainrule import typeset
from chainrule.derive import Derivation
from chainrule.errors import inline, picture
from chainrule.errors import width as columns
from chainrule.explain.tell.claim import Claim
from chainrule.notation.plain import ascii_text
from chainrule.typeset.narrow import narrow, shortened
from chainrule.values import dataclass

MOST_DERIVED = 40
"""Lines of a derivation in the story; of a longer one the first and the last."""
EQUAL = re.compile(r"(?<=[^ ]) = (?=[^ ]{1,12}(?: |$))")
"""An equals sign between a name and a short value."""


@dataclass(frozen=True, slots=True)
class Paint:
    """Headings and emphasis, in colour or plain."""

    colour: bool

    def head(self, text: str) -> str:
        return f"\x1b[1;36m{text}\x1b[0m" if self.colour else f"{text}\n{'─' * columns(text)}"

    def strong(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if self.colour else text

    def mark(self, holds: bool) -> str:
        text = "✓" if holds else "!"
        return f"\x1b[{32 if holds else 33}m{text}\x1b[0m" if self.colour else text


@dataclass(frozen=True, slots=True)
class Page:
    """Paragraphs and derivations in lines of a width, in ASCII where that is wanted."""

    width: int
    ascii: bool = False

    def drawn(self, text: str) -> str:
        return ascii_text(picture(text)) if self.ascii else picture(text)

    def wrapped(self, text: str, indent: str = "", first: str | None = None) -> str:
        """A paragraph in lines; numbers and names are never broken."""
        kept = EQUAL.sub("\u00a0=\u00a0", self.drawn(text))  # a name stays with its value
        return "\n".join(
            textwrap.wrap(
                kept, max(20, self.width), initial_indent=indent if first is None else first,
                subsequent_indent=indent, break_long_words=False, break_on_hyphens=False,
            )
        ).replace("\u00a0=\u00a0", " = ")  # fmt: skip

    def derivation(self, derivation: Derivation) -> str:
        """The lines of a derivation; of very many the first and the last, and how the whole is had."""
        text, left = shortened(
            narrow(self.drawn(typeset.text(derivation, ascii=self.ascii)).rstrip(), self.width), MOST_DERIVED
        )
        return f"{text}\n{self.wrapped(f'{left} lines are left out: chainrule derive shows all.')}" if left else text


def paragraph(claim: Claim, hoped: bool, page: Page, paint: Paint) -> str:
    """A claim with its working and its conditions."""
    lines = [
        f"{paint.mark(hoped)} {paint.strong(inline(claim.id))}: {inline(claim.question)}",
        page.wrapped(claim.statement, "  "),
    ]
    lines += [
        f"    {line}" if columns(line) <= page.width - 4 else page.wrapped(line, "      ", "    ")
        for line in map(picture, claim.lines)
    ]
    lines += [page.wrapped(f"({condition})", "   ", "  ") for condition in claim.conditions]
    return "\n".join(lines)
