"""A derivation → what people read: text, LaTeX, MathML, HTML, Markdown, JSON."""

from chainrule.typeset.conventions import dress
from chainrule.typeset.html import html
from chainrule.typeset.json import as_json
from chainrule.typeset.latex import latex
from chainrule.typeset.markdown import markdown
from chainrule.typeset.mathml import mathml
from chainrule.typeset.page import page
from chainrule.typeset.text import STYLES, text

__all__ = ["STYLES", "as_json", "dress", "html", "latex", "markdown", "mathml", "page", "text"]
