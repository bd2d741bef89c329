"""A derivation → what people read: text, LaTeX, JSON."""

from chainrule.typeset.json import as_json
from chainrule.typeset.latex import latex
from chainrule.typeset.text import STYLES, text

__all__ = ["STYLES", "as_json", "latex", "text"]
