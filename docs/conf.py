"""How Sphinx makes a site of these pages: `python3 dev.py docs`.

The pages are plain Markdown, to be read as they are. What a site needs beside them is added here: which page follows
which, and links to files outside of this folder.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pygments.lexers.special import TextLexer

from chainrule.views.highlighting import EquationLexer

DOCS = Path(__file__).parent

project = "chainrule"
author = "the chainrule authors"
copyright = author
extensions = ["myst_parser", "sphinx.ext.autodoc"]
html_theme = "furo"
html_title = "chainrule"
html_copy_source = False
html_show_sphinx = False
default_role = "code"  # a single backtick in a docstring is code, as it is in these pages
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_class_signature = "separated"
autodoc_default_options = {"exclude-members": "__init__, __new__"}
myst_heading_anchors = 4
nitpicky = False  # types of other packages have no page here

FIRST = ("tutorial", "gallery", "explanations", "stories", "misconceptions", "how-to/index", "reference/index",
         "performance", "errors/index", "decisions/index")  # fmt: skip
"""The pages below the first one, in the order of reading."""


OUTSIDE = re.compile(r"\[([^]]+)\]\((?:\.\./)+(?:src|tests|scripts|campaigns|benchmarks|[A-Z]+\.md)[^)]*\)")
"""A link to a file that is not part of the site."""


def below(page: str) -> list[str]:
    """The pages that stand below the first page of a folder, as a site lists them."""
    if page == "index":
        return [name for name in FIRST if (DOCS / f"{name}.md").exists()]
    folder = DOCS / page.removesuffix("index")
    return sorted(path.stem for path in (*folder.glob("*.md"), *folder.glob("*.rst")) if path.stem != "index")


def listed(app: Any, page: str, source: list[str]) -> None:
    """Give the first page of each folder its list of pages; a link to a file that is not part of the site becomes the
    name of that file."""
    if page.endswith("index"):
        source[0] += "\n```{toctree}\n:hidden:\n\n" + "\n".join(below(page)) + "\n```\n"
    source[0] = OUTSIDE.sub(r"\1", source[0])


def setup(app: Any) -> None:
    app.connect("source-read", listed)
    app.add_lexer("eq", EquationLexer)
    for kind in ("csv", "path"):
        app.add_lexer(kind, TextLexer)
