"""A derivation → a table of HTML: each line as MathML with its rule, its reasons and its sub-steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from chainrule.derive.derivation import Derivation, Step
from chainrule.derive.sentences import sentence
from chainrule.errors import markup
from chainrule.expr.nodes import Expr
from chainrule.notation.names import pretty
from chainrule.typeset.formula import ambiguous, formula, named
from chainrule.typeset.mathml import mathml
from chainrule.typeset.text import labels, told
from chainrule.typeset.trace import numbers

Show = Callable[[Expr], str]


def html(derivation: Derivation) -> str:
    """The lines as an element ``table``; a trace as one of four columns. Whatever a user typed is escaped.

    >>> from chainrule.derive import derive
    >>> from chainrule.model import build
    >>> from chainrule.notation import parse
    >>> table = html(derive(build(parse("weight w\\nE = w^2")), "w"))
    >>> table.count("<math "), "power rule" in table
    (3, True)
    """
    apart = ambiguous(derivation)

    def math(expr: Expr) -> str:
        return mathml(named(expr, derivation.aliases, "pretty"), apart=apart)

    def words(expr: Expr) -> str:
        return formula(named(expr, derivation.aliases, "pretty"), "apart" if apart else "pretty")

    def plainly(expr: Expr) -> str:
        return formula(expr, "apart" if apart else "pretty")

    rows = trace(derivation) if derivation.rows else lines(derivation, math, words, plainly)
    notes = "".join(f'<p class="because">note: {markup(sentence(note, words))}</p>' for note in derivation.notes)
    return f'<table class="derivation">\n{chr(10).join(rows)}\n</table>{notes}{checked(derivation)}'


def checked(derivation: Derivation) -> str:
    """How the lines were checked; nothing of a trace, whose numbers stand beside its lines."""
    if derivation.rows:
        return ""
    every = [one.check for step in derivation.steps for one in (step, *step.sub)]
    checks = [check for check in every if check.ok]
    if not checks:
        return ""
    points, worst = min(check.points for check in checks), max(check.worst for check in checks)
    how = f"to {worst:.0e} of their size" if worst else "to the last bit"
    lines = "each line" if len(checks) == len(every) else "each line that was checked"
    at = f"{points} point{'s' * (points != 1)} or more"
    said = f"Checked: the two sides of {lines} were computed at {at}, and agree {how}."
    return f'<p class="because">{markup(said)}</p>'


def lines(derivation: Derivation, math: Show, words: Show, plainly: Show) -> Iterator[str]:
    """The rows of the lines, each left side once."""
    said: set[str] = set()
    before = ""
    for number, step in enumerate(derivation.steps, 1):
        left = math(step.left)
        new = left != before
        yield (
            f"<tr{' class=' + chr(34) + 'new' + chr(34) if new and before else ''}><td>({number})</td>"
            f'<td class="left">{left if new else ""}</td><td><math><mo>=</mo></math> {math(step.after)}</td>'
            f'<td class="rule">{markup(labels(step.reasons))}</td></tr>'
        )
        before = left
        because = [*told(step.reasons, words, said, plainly), *matrices(step, derivation)]
        inside = "".join(f"<p>{markup(line)}</p>" for line in because) + subs(step, math)
        if inside:
            yield f'<tr class="because"><td></td><td></td><td colspan="2">{inside}</td></tr>'


def subs(step: Step, math: Show) -> str:
    """The sub-steps of a line, folded away on a screen only if the reader folds them."""
    if not step.sub:
        return ""
    rows = "".join(
        f'<tr><td class="left">{math(sub.left)}</td><td><math><mo>=</mo></math> {math(sub.after)}</td>'
        f'<td class="rule">{markup(labels(sub.reasons))}</td></tr>'
        for sub in step.sub
    )
    return f'<details open=""><summary>step by step</summary><table class="sub">{rows}</table></details>'


def matrices(step: Step, derivation: Derivation) -> Iterator[str]:
    """The matrix forms of a line, or why there is none."""
    if not step.matrix:
        return
    from chainrule.derive.matrix import MatrixForm, NoMatrixForm, show  # only a network with letters has matrices

    names = {key: pretty(alias) for key, alias in derivation.aliases.items()}
    for form in step.matrix:
        match form:
            case MatrixForm():
                layout = "patterns as rows" if form.layout == "rows" else "one pattern"
                yield f"in matrices, {layout}: {show(form, False, names)}"
            case NoMatrixForm():
                yield f"no matrix form: {form.reason}"


def trace(derivation: Derivation) -> Iterator[str]:
    """What is computed, read down, and its derivatives, read up, with the numbers of one pattern."""
    yield "<tr><th>forward ↓</th><th></th><th>reverse ↑</th><th></th></tr>"
    for row in derivation.rows:
        name = mathml(row.quantity)
        forward = name if row.definition is None else f"{name} <math><mo>=</mo></math> {mathml(row.definition)}"
        reverse = ""
        if row.step is not None:
            left, right = (mathml(named(e, derivation.aliases, "pretty")) for e in (row.step.left, row.step.after))
            reverse = f"{left} <math><mo>=</mo></math> {right}"
        cells = (forward, markup(numbers(row.value)), reverse, markup(numbers(row.slope)))
        yield f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
