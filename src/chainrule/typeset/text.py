"""A derivation → numbered lines for a terminal, a file or a test: aligned, each with its rule and its reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from chainrule.derive.derivation import Derivation, Reason, Step
from chainrule.derive.sentences import ENGLISH, Language, label, sentence
from chainrule.errors import UsageError, picture, width
from chainrule.expr.nodes import Expr
from chainrule.notation.names import pretty
from chainrule.notation.plain import ascii_text
from chainrule.typeset.formula import ambiguous, formula, named, with_letters
from chainrule.typeset.trace import columns

STYLES = ("pretty", "apart", "strict")

WIDE, MOST = 60, 100
"""Where the rules stand at least, and at most: beyond, a rule goes to the end of its line."""

EXPLAIN = frozenset({"unchanged", "kronecker-told", "for-range", "delta"})
"""Reasons that explain a line and are not how it was got."""

ONCE = frozenset({"collapse-sum", "split-sum", "kronecker-told", "for-range"})
"""Rules of sums and brackets: their sentence stands once on a page."""


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
        return formula(named(expr, derivation.aliases, style), style, ascii)

    def plainly(expr: Expr) -> str:
        return formula(expr, style, ascii)

    if derivation.rows:
        notes = [f"note: {sentence(note, show)}" for note in derivation.notes]
        return plain("\n".join([columns(derivation, show), *notes]), ascii)
    said: set[str] = set()
    blocks = with_letters(derivation) and derivation.detail in ("normal", "full")
    rows: list[tuple[str, str]] = []
    before = ""
    for number, step in enumerate(derivation.steps, 1):
        left = show(step.left)
        lead = f"({number})".ljust(4 + len(str(len(derivation.steps))) - 1) + " "
        shown = left if left != before else " " * width(left)
        if blocks and before and left != before:
            rows.append(("", ""))
        before = left
        rows.append((f"{lead}{shown} = {show(step.after)}", f"[{labels(step.reasons)}]"))
        indent = " " * (width(lead) + width(left) + 5)
        rows.extend((indent + line, "") for line in told(step.reasons, show, said, plainly))
        rows.extend((indent + line, "") for line in matrices(step, derivation, ascii))
        rows.extend(sub_rows(step.sub, show))
    rows.extend((f"note: {sentence(note, show)}", "") for note in derivation.notes)
    return plain("\n".join(aligned(rows)), ascii)


def labels(reasons: Iterable[Reason], language: Language = ENGLISH) -> str:
    """The names of the rules of a line, each once; what only explains a line is not among them."""
    return "; ".join(dict.fromkeys(label(one.rule, language) for one in reasons if one.rule not in EXPLAIN))


def told(
    reasons: Iterable[Reason], show: Callable[[Expr], str], said: set[str], plainly: Callable[[Expr], str],
    language: Language = ENGLISH,
) -> Iterable[str]:  # fmt: skip
    """The sentences of a line, each once, but for those that only repeat the label, and those of letters that were said
    before."""
    mine: set[str] = set()
    for reason in reasons:
        line = sentence(reason, plainly if reason.rule == "delta" else show, language)
        if reason.rule != "simplify" and line not in mine and not (reason.rule in ONCE and line in said):
            said.add(line)
            mine.add(line)
            yield line


def matrices(step: Step, derivation: Derivation, ascii: bool) -> Iterable[str]:
    """The matrix forms of a line, each with its layout; or why there is none."""
    if not step.matrix:
        return
    from chainrule.derive.matrix import MatrixForm, NoMatrixForm, show  # only a network with letters has matrices

    names = {key: alias if ascii else pretty(alias) for key, alias in derivation.aliases.items()}
    forms = [form for form in step.matrix if isinstance(form, MatrixForm)]
    for form in forms:
        layout = "matrices" if len(forms) == 1 else "patterns as rows" if form.layout == "rows" else "one pattern"
        yield f"{layout}: {show(form, ascii, names)}"
    without = [form.reason for form in step.matrix[len(forms) :] if isinstance(form, NoMatrixForm)]
    yield from (f"no matrix form: {reason}" for reason in without)


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


def plain(text: str, ascii: bool) -> str:
    """The text drawn, and without what ASCII lacks, if asked."""
    return ascii_text(picture(text)) if ascii else picture(text)
