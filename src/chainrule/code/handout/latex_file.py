"""An outline → a document in LaTeX: the equations of a step, with their derivatives, the rule, and the derivations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chainrule.code.handout.outline import Outline
from chainrule.expr.nodes import Equation
from chainrule.expr.order import Part, flat
from chainrule.notation.plain import ascii_text
from chainrule.program.show import renamed, visible
from chainrule.typeset.latex import formula, symbol, words

HEAD = r"""\documentclass{article}
\usepackage[utf8]{inputenc}
\usepackage[a4paper,margin=25mm]{geometry}
\usepackage{amsmath}
\allowdisplaybreaks
\begin{document}
"""


def latex_file(outline: Outline, derivations: Sequence[tuple[str, str]]) -> str:
    """The document. ``derivations`` are names of weights with their derivations in LaTeX."""
    program = outline.program
    backward = [line for part in outline.backward for line in flat((part,))]
    text = [HEAD, rf"\section*{{{words(ascii_text(outline.title))}}}", ""]
    text += section("The network", lines_of(outline, outline.forward))
    text += section("The derivatives, users before makers", [equation(outline, one) for one in backward])
    rule = [equation(outline, line, r"\leftarrow") for line in program.phases["update"]]
    text += section("The learning rule: all weights change together", rule)
    boxes = [equation(outline, line, r"\leftarrow") for line in program.phases["project"]]
    text += section("Then back into their boxes", boxes)
    if derivations:
        text += [r"\section*{The derivations}", ""]
    for name, derivation in derivations:
        text += [rf"\subsection*{{With respect to ${symbol(name)}$}}", "", derivation, ""]
    return "\n".join([*text, r"\end{document}", ""])


def lines_of(outline: Outline, parts: Iterable[Part]) -> list[str]:
    return [equation(outline, line) for part in parts for line in flat((part,))]


def equation(outline: Outline, line: Equation, sign: str = "=") -> str:
    """One equation as a line of an alignment."""
    letter = visible(outline.program)
    left, right = (formula(renamed(side, letter)) for side in (line.target, line.body))
    return f"{left} &{sign} {right}"


def section(title: str, lines: Sequence[str]) -> list[str]:
    """A title above equations; nothing where there are none."""
    if not lines:
        return []
    return [rf"\subsection*{{{title}}}", r"\begin{align*}", " \\\\\n".join(lines), r"\end{align*}", ""]

