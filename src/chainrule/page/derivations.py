"""A derivation → its lines on the page: letters, the same with numbers, what it is worth here, rule and reason."""

from __future__ import annotations

from chainrule.derive import Derivation, Step
from chainrule.expr.nodes import Expr
from chainrule.page.formulas import Formulas
from chainrule.page.markup import Markup, el, join
from chainrule.page.subject import Subject
from chainrule.page.words import Words
from chainrule.typeset.formula import ambiguous, formula, named
from chainrule.typeset.text import labels, told


def drawn(subject: Subject, words: Words, formulas: Formulas, one: Derivation, hidden: bool) -> Markup:
    """All lines of one weight."""
    apart = ambiguous(one)
    name = one.goal.wrt[0].name

    def plainly(expr: Expr) -> str:
        return formula(named(expr, one.aliases, "pretty"), "apart" if apart else "pretty")

    said: set[str] = set()
    items, before = list[Markup](), ""
    last: Expr | None = None
    for place, step in enumerate(one.steps, 1):
        left = formulas.letters(step.left, sign="", apart=apart, aliases=one.aliases)
        new = left.text != before
        before = left.text
        right = formulas.letters(step.after, apart=apart, aliases=one.aliases, before=None if new else last)
        last = step.after
        numbers = None if one.aliases else formulas.numbers(step.after)
        items.append(
            el(
                "li",
                {"data-line": place, "data-key": key_of(subject, step)},
                el(
                    "div",
                    {
                        "class": "formula",
                        "tabindex": 0,
                        "role": "group",
                        "aria-label": f"{plainly(step.left)} = {plainly(step.after)}",
                    },
                    el("div", {"class": "line"}, join(left, " ") if new else None, right),
                    el("span", {"class": "nums"}, numbers) if numbers is not None else None,
                ),
                value(subject, words, step),
                el(
                    "div",
                    {"class": "why"},
                    el("div", {"class": "rule"}, labels(step.reasons, words.language)),
                    *(
                        el("p", {"class": "because"}, line)
                        for line in told(step.reasons, plainly, said, plainly, words.language)
                    ),
                    sub(formulas, words, step, apart),
                ),
            )
        )
    return el("ol", {"class": "derivation", "data-of": name, "hidden": hidden}, *items)


def key_of(subject: Subject, step: Step) -> str | None:
    """The key of what a line is worth; None where the program has no such number, or it is an array."""
    wrt = step.left.wrt[0]
    key = subject.program.gradient(wrt.name)
    return key if key in subject.axes and not wrt.indices and len(step.left.wrt) == 1 else None


def value(subject: Subject, words: Words, step: Step) -> Markup:
    """What the line is worth here."""
    key = key_of(subject, step)
    if key is None:
        return el("div", {"class": "val"})
    return el("div", {"class": "val", "data-n": key}, words.written(key))


def sub(formulas: Formulas, words: Words, step: Step, apart: bool) -> Markup | None:
    """The sub-lines, folded."""
    if not step.sub:
        return None
    lines = (
        el("p", {}, formulas.letters(one.left, one.after, apart=apart), " ", labels(one.reasons, words.language))
        for one in step.sub
    )
    return el("details", {"class": "because"}, el("summary", {}, words.say("sub")), *lines)
