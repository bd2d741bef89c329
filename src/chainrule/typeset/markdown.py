"""A derivation → Markdown: displayed formulas in LaTeX between dollars, each with its rule and its reasons."""

from __future__ import annotations

import re

from chainrule.derive.derivation import Derivation
from chainrule.derive.sentences import sentence
from chainrule.errors import inline
from chainrule.expr.nodes import Expr
from chainrule.typeset.formula import ambiguous, formula, named
from chainrule.typeset.html import matrices
from chainrule.typeset.latex import formula as tex
from chainrule.typeset.text import labels, told

SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#$~&!])")


def markdown(derivation: Derivation) -> str:
    r"""The lines, numbered, as GitHub and Jupyter show them.

    >>> from chainrule.derive import derive
    >>> from chainrule.model import build
    >>> from chainrule.notation import parse
    >>> print(markdown(derive(build(parse("weight w\nE = w^2")), "w")).splitlines()[2])
    $$\frac{\partial E}{\partial w} = \frac{\partial \left(w^{2}\right)}{\partial w}$$
    """
    apart = ambiguous(derivation)

    def words(expr: Expr) -> str:
        return formula(named(expr, derivation.aliases, "pretty"), "apart" if apart else "pretty")

    def plainly(expr: Expr) -> str:
        return formula(expr, "apart" if apart else "pretty")

    def math(expr: Expr) -> str:
        return tex(named(expr, derivation.aliases, "pretty"), apart)

    said: set[str] = set()
    blocks: list[str] = []
    for row in derivation.rows:
        left = math(row.quantity)
        blocks.append(f"$${left}{'' if row.definition is None else ' = ' + math(row.definition)}$$")
        if row.step is not None:
            blocks.append(f"$${math(row.step.left)} = {math(row.step.after)}$$")
    for number, step in enumerate(derivation.steps if not derivation.rows else (), 1):
        blocks.append(f"**({number})** {escaped(labels(step.reasons))}")
        blocks.append(f"$${math(step.left)} = {math(step.after)}$$")
        because = [*told(step.reasons, words, said, plainly), *matrices(step, derivation)]
        blocks += ["\n".join(f"- {escaped(line)}" for line in because)] if because else []
    blocks += [f"*Note:* {escaped(sentence(note, words))}" for note in derivation.notes]
    return "\n\n".join(blocks)


def escaped(text: str) -> str:
    r"""A sentence in which nothing is markup.

    >>> print(escaped("a*b_c <b>"))
    a\*b\_c \<b\>
    """
    return SPECIAL.sub(r"\\\1", inline(text))
