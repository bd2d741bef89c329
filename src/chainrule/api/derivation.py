"""A derivation as a user holds it: lines that were checked, and the ways to write them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chainrule import derive
from chainrule.typeset.formula import formula
from chainrule.typeset.json import as_json
from chainrule.typeset.latex import latex
from chainrule.typeset.text import text


@dataclass(frozen=True)
class Derivation:
    """The derivative of an error by a weight, line by line; every line was parsed back and checked at random points."""

    steps: derive.Derivation

    @property
    def result(self) -> str:
        """The right-hand side of the last line."""
        return formula(self.steps.result)

    def last(self, ascii: bool = False, strict: bool = False) -> str:
        """The whole in one line: the derivative and what it is in the end."""
        style = "strict" if strict else "pretty"
        return f"{formula(self.steps.goal, style, ascii)} = {formula(self.steps.result, style, ascii)}"

    def text(self, ascii: bool = False, strict: bool = False) -> str:
        """Numbered lines, each with its rule and its reason. ``strict`` tells d (everything follows) from ∂."""
        return text(self.steps, style="strict" if strict else "pretty", ascii=ascii)

    def latex(self) -> str:
        """The lines as an ``align`` environment for LaTeX with amsmath."""
        return latex(self.steps)

    def json(self) -> dict[str, Any]:
        """``{"wrt", "lines": [{"n", "left", "right", "rule", "because", "check", "sub"}], "result"}``."""
        return as_json(self.steps)

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        import html

        return f"<pre>{html.escape(self.text())}</pre>"
