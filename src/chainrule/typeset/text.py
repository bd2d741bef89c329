"""A derivation → numbered lines for a terminal, a file or a test: aligned, each with its rule and its reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from chainrule.derive.derivation import Derivation, Reason, Step
from chainrule.derive.sentences import label, sentence
from chainrule.errors import UsageError, width
from chainrule.expr.nodes import Expr
from chainrule.typeset.formula import ambiguous, formula

STYLES = ("pretty", "apart", "strict")

WIDE, MOST = 60, 100
"""Where the rules stand at least, and at most: beyond, a rule goes to the end of its line."""


def text(derivation: Derivation, style: str = "pretty", ascii: bool = False) -> str:
    """The derivation as text: every derivative with ``∂``, or ``d`` and ``∂`` told apart, or fit to be read back.

    ``pretty`` tells them apart too where a line would say two things of one ``∂E/∂w``.

    Raises UsageError E258 for a style that does not exist.

    >>> from chainrule.derive import derive
    >>> from chainrule.model import build
    >>> from chainrule.notation import parse
    >>> print(text(derive(build(parse("weight w\\nE = w^2")), "w")))
    (1)  ∂E/∂w = ∂(w²)/∂w                                        [definition]
                   E = w²
    (2)        = 2·w                                             [power rule]
                   (fⁿ)′ = n·fⁿ⁻¹·f′ with n = 2
    """
    if style not in STYLES:
        raise UsageError("E258", f"no style is called {style}", f"write one of {', '.join(STYLES)}")

    if style == "pretty" and ambiguous(derivation):
        style = "apart"

    def show(expr: Expr) -> str:
        return formula(expr, style, ascii)

    rows: list[tuple[str, str]] = []
    before = ""
    for number, step in enumerate(derivation.steps, 1):
        left = show(step.left)
        lead = f"({number})".ljust(4 + len(str(len(derivation.steps))) - 1) + " "
        shown = left if left != before else " " * width(left)
        before = left
        rows.append((f"{lead}{shown} = {show(step.after)}", f"[{labels(step.reasons)}]"))
        indent = " " * (width(lead) + width(left) + 5)
        rows.extend((indent + line, "") for line in told(step.reasons, show))
        rows.extend(sub_rows(step.sub, show))
    rows.extend((f"note: {sentence(note, show)}", "") for note in derivation.notes)
    return plain("\n".join(aligned(rows)), ascii)


def labels(reasons: Iterable[Reason]) -> str:
    """The names of the rules of a line, each once; what only explains a line is not among them."""
    return "; ".join(dict.fromkeys(label(reason.rule) for reason in reasons if reason.rule != "unchanged"))


def told(reasons: Iterable[Reason], show: Callable[[Expr], str]) -> Iterable[str]:
    """The sentences of a line, but for those that only repeat the label."""
    for reason in reasons:
        if reason.rule != "simplify":
            yield sentence(reason, show)


def sub_rows(steps: Iterable[Step], show: Callable[[Expr], str]) -> Iterable[tuple[str, str]]:
    """Sub-steps, indented, each left side once."""
    before = ""
    for step in steps:
        left = show(step.left)
        lead = left if left != before else " " * width(left)
        before = left
        yield f"       · {lead} = {show(step.after)}", f"[{labels(step.reasons)}]"


def aligned(rows: list[tuple[str, str]]) -> Iterable[str]:
    """The lines with their rules in one column."""
    wides = [width(line) for line, rule in rows if rule and width(line) <= MOST]
    column = max(WIDE, max(wides, default=0) + 2)
    for line, rule in rows:
        yield f"{line}{' ' * max(2, column - width(line))} {rule}".rstrip() if rule else line


ASCII = str.maketrans({"′": "'", "ⁿ": "^n", "⁻": "-", "¹": "1", "²": "^2", "·": "*", "σ": "sigma", "∂": "d", "ᵍ": "^g",
                       "∞": "inf", "−": "-"})  # fmt: skip


def plain(text: str, ascii: bool) -> str:
    """The text without what ASCII lacks, if asked."""
    if not ascii:
        return text
    return text.replace("fⁿ⁻¹", "f^(n-1)").translate(ASCII).encode("ascii", "replace").decode("ascii")
