"""Expressions → MathML in which every quantity carries its name, and the same with numbers in place of the names.

Without ``data-q`` it is, to the letter, what `typeset` prints. Where a number goes stands ``data-n``, the key of its
quantity; the page's script fills these elements again at every position.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from chainrule.errors import markup
from chainrule.expr.nodes import At, Bracket, Call, Derivative, Expr, Index, Reduce, Ref
from chainrule.expr.walk import fold, nodes
from chainrule.page.changed import changed
from chainrule.page.markup import Markup, el
from chainrule.page.subject import Subject
from chainrule.typeset.formula import named
from chainrule.typeset.mathml import ATOM, Piece, operator, piece, row

FIRST = re.compile(r"(?:^|<mo[^>]*>(?:=|\(|←|,|&#x2061;)</mo>|<math[^>]*>|<mfrac>|<mfrac[^>]*>|<mtd>)(?:<mrow[^>]*>)*$")
"""What stands before a number that needs no brackets where it is negative."""

SLOT = re.compile(r"<mn>\?(\d+)</mn>")


class Formulas:
    """Formulas about one subject; ``number`` writes what a key is worth at the opening."""

    def __init__(self, subject: Subject, number: Callable[[str, bool, int], str]) -> None:
        self.subject, self.number = subject, number

    def tagged(self, node: Expr, printed: Piece) -> Piece:
        """A piece with the name of its quantity on its outermost element."""
        q = self.quantity(node)
        text, level = printed
        return (re.sub(r"^<(\w+)", rf'<\1 data-q="{markup(q)}"', text, count=1), level) if q is not None else printed

    def quantity(self, node: Expr) -> str | None:
        """What a reader sees in a node, if it is a quantity."""
        subject = self.subject
        match node:
            case Ref(name) if name in subject.model.quantities:
                return subject.q(name)
            case Ref(name) if name.partition(".")[0] in {one.name.partition(".")[0] for one in subject.program.states}:
                return subject.q(name)
            case Derivative(Ref(of), (by,)) if of in (subject.program.objective, subject.goal, subject.each):
                return subject.q(subject.program.gradient(by.name))
            case Derivative(Ref(of), (by,)):
                return f"∂{subject.q(of)}/∂{subject.q(by.name)}"
        return None

    def letters(
        self, *sides: Expr, sign: str = "=", apart: bool = False, aliases: Mapping[str, str] | None = None,
        before: Expr | None = None,
    ) -> Markup:  # fmt: skip
        """An equation in letters; one side alone stands behind the sign. What was not in ``before`` is marked."""
        shown = [named(side, aliases or {}, "pretty") for side in sides]
        new = frozenset() if before is None else changed(named(before, aliases or {}, "pretty"), shown[-1])

        def one(node: Expr, inside: tuple[Piece, ...]) -> Piece:
            text, level = self.tagged(node, piece(node, inside, apart))
            return (el("mrow", {"class": "new"}, Markup(text)).text if node in new else text), level

        texts = [row(fold(side, one)[0]) for side in shown]
        head = operator(sign) if len(sides) == 1 and sign else ""
        return el("math", {"displaystyle": "true"}, Markup(head + operator(sign).join(texts)))

    def symbol(self, node: Expr) -> Markup:
        """A quantity alone."""
        return self.letters(node, sign="")

    def numbers(self, side: Expr, sign: str = "=", entry: tuple[Index, ...] = (), place: int = 0) -> Markup | None:
        """The side with a number in place of each quantity; None where it has sums, or other entries than ``entry``."""
        places = {node.indices for node in nodes(side) if isinstance(node, Ref)}
        if any(isinstance(node, Reduce | At | Bracket) for node in nodes(side)) or places - {(), entry}:
            return None
        known, missing, keys = self.subject.axes, list[Expr](), list[tuple[str, bool]]()
        ours = (self.subject.program.objective, self.subject.goal, self.subject.each)

        def slot(name: str, own: bool = False) -> str:
            keys.append((name, own))
            return el("mn", {}, f"?{len(keys) - 1}").text

        def one(node: Expr, inside: tuple[Piece, ...]) -> Piece:
            match node:
                case Ref(name, at) if name in self.subject.model.quantities or "." in name:
                    return slot(name, at != ()), ATOM
                case Derivative(Ref(of), (by,)) if of in ours and self.subject.program.gradient(by.name) in known:
                    return slot(self.subject.program.gradient(by.name), by.indices != ()), ATOM
                case Derivative():
                    match self.subject.watched.derivatives.get(node):
                        case Ref(name):
                            return slot(name), ATOM
                        case None:
                            missing.append(node)
                        case constant:
                            return piece(constant, ())
            return piece(node, inside)

        text = row(fold(side, one)[0])
        if missing:
            return None
        return el(
            "math", {"class": "n", "displaystyle": "true"}, Markup(self.filled(operator(sign) + text, keys, place))
        )

    def filled(self, text: str, keys: list[tuple[str, bool]], place: int) -> str:
        """MathML with its numbers put in; one that is negative and does not stand first has brackets."""
        out, end = "", 0
        for found in SLOT.finditer(text):
            out += text[end : found.start()]
            held, (name, own) = not FIRST.search(out), keys[int(found[1])]
            shown = self.number(name, held, place if own else 0)
            out += el("mn", {"data-n": name, "data-b": held, "data-e": own}, shown).text
            end = found.end()
        return out + text[end:]


def called(expr: Expr) -> set[str]:
    """The functions that an expression calls."""
    return {node.function for node in nodes(expr) if isinstance(node, Call)}
