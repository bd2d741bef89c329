"""Tags, attributes and texts → HTML: the one door through which anything comes into the page."""

from __future__ import annotations

import re
from collections.abc import Mapping

from chainrule.errors import markup
from chainrule.values import dataclass

EMPTY = frozenset({"meta", "input", "br", "link", "hr"})
"""Elements of HTML without an end."""


REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(lt|gt|amp|quot));")
MEANT = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}


@dataclass(frozen=True, slots=True)
class Markup:
    """HTML in which everything is escaped already."""

    text: str

    def __add__(self, other: Markup) -> Markup:
        return Markup(self.text + other.text)


Inside = Markup | str | None
Value = str | int | float | bool | None


def el(tag: str, attributes: Mapping[str, Value] | None = None, *inside: Inside) -> Markup:
    """An element; texts in it and in its attributes are escaped. True is an attribute without a value; False and None
    are none.

    >>> el("p", {"class": "a", "hidden": True}, "1 < 2").text
    '<p class="a" hidden="">1 &lt; 2</p>'
    """
    written = "".join(
        f' {name}="{"" if value is True else markup(str(value))}"'
        for name, value in (attributes or {}).items()
        if value is not None and value is not False
    )
    if tag in EMPTY:
        return Markup(f"<{tag}{written}>")
    inner = join(*inside).text
    return Markup(f"<{tag}{written}>{inner}</{tag}>")


def join(*parts: Inside) -> Markup:
    """Parts one after another.

    >>> join("a", el("b"), None).text
    'a<b></b>'
    """
    return Markup(
        "".join(part.text if isinstance(part, Markup) else markup(part) for part in parts if part is not None)
    )


def read(text: str) -> str:
    """A text of HTML as it is read.

    >>> read("a &lt; b&#x27;&#39;&amp;lt;")
    "a < b''&lt;"
    """
    return REFERENCE.sub(lambda one: MEANT[one[3]] if one[3] else chr(int(one[1], 16) if one[1] else int(one[2])), text)
