"""Markup that is not seen before the script runs → trees that the script makes again: a template stands in its place.

Many derivations and rows are nearly alike, and as packed data they weigh next to nothing.
"""

from __future__ import annotations

import re

from chainrule.errors import BrokenPass
from chainrule.page.markup import EMPTY, Markup, el, read

Tree = list["str | dict[str, str] | Tree"]
"""The name of an element, its attributes, and what is in it."""


class Later:
    """The parts that wait."""

    def __init__(self) -> None:
        self.trees: list[Tree] = []
        self.texts: list[str] = []

    def hold(self, markup: Markup) -> Markup:
        """What stands in the place of an element.

        >>> later = Later()
        >>> later.hold(el("p", {"hidden": True}, "a < b ", el("b", {}, "c"))).text
        '<template data-later="0"></template>'
        >>> later.trees
        [['p', {'hidden': ''}, 'a < b ', ['b', {}, 'c']]]
        """
        self.trees += [one for one in trees(markup.text) if isinstance(one, list)]
        self.texts.append(markup.text)
        return el("template", {"data-later": len(self.trees) - 1})


PIECE = re.compile(r"<(/?)(\w+)((?: [\w-]+=\"[^\"]*\")*)(/?)>|([^<]+)")
ATTRIBUTE = re.compile(r' ([\w-]+)="([^"]*)"')


def trees(markup: str) -> Tree:
    """Our own HTML as trees, no sign of it left out.

    >>> trees('<p>a<mspace width="1em"/>b</p>')
    [['p', {}, 'a', ['mspace', {'width': '1em'}], 'b']]
    """
    inside: Tree = []
    above, at = [inside], 0
    while at < len(markup):
        piece = PIECE.match(markup, at)
        if piece is None:
            raise BrokenPass("the page", f"what stands at {markup[at:at + 40]!r} is no element of ours")
        at = piece.end()
        end, tag, attributes, closed, text = piece.groups()
        if text is not None:
            above[-1].append(read(text))
        elif end:
            above.pop()
        else:
            made: Tree = [tag, {name: read(value) for name, value in ATTRIBUTE.findall(attributes)}]
            above[-1].append(made)
            if not closed and tag not in EMPTY:
                above.append(made)
    return inside
