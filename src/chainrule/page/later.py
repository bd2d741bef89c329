"""Markup that is not seen before the script runs → trees that the script makes again: a template stands in its place.

Many derivations and rows are nearly alike, and as packed data they weigh next to nothing.
"""

from __future__ import annotations

from html.parser import HTMLParser

from chainrule.page.markup import EMPTY, Markup, el

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
        reader = Reader()
        reader.feed(markup.text)
        reader.close()
        self.trees += [one for one in reader.inside if isinstance(one, list)]
        self.texts.append(markup.text)
        return el("template", {"data-later": len(self.trees) - 1})


class Reader(HTMLParser):
    """Our own HTML → trees. Names of attributes are small letters, so no drawing can wait."""

    def __init__(self) -> None:
        super().__init__()
        self.inside: Tree = []
        self.open = [self.inside]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made: Tree = [tag, {name: value or "" for name, value in attrs}]
        self.open[-1].append(made)
        if tag not in EMPTY:
            self.open.append(made)

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        here = self.open[-1]
        if len(here) > 2 and isinstance(here[-1], str):
            here[-1] += data
        else:
            here.append(data)
