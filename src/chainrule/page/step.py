"""The step of the page: its four rows, the sentence, the ledger, all weights, and the graph."""

from __future__ import annotations

from collections.abc import Iterator

from chainrule.explain.wording import num
from chainrule.expr.nodes import Ref
from chainrule.page import graph, rows
from chainrule.page.markup import Inside, Markup, el, join
from chainrule.page.section_parts import GLYPHS, Page, folded, table, th


def step(page: Page) -> Markup:
    """The step with its four rows, its sentence, the ledger and the graph."""
    subject, words = page.subject, page.words
    lines = rows.lines(subject)
    items = [phase(page, number, [line for line in lines if line.phase == number]) for number in GLYPHS]
    noted = (
        [el("p", {"class": "because with"}, join(*with_functions(page, lines)))] if rows.notes(subject, lines) else []
    )
    return el(
        "section",
        {"id": "step", "aria-labelledby": "h-step"},
        el("h2", {"id": "h-step"}, words.looks()),
        el("ol", {"class": "phases"}, *items),
        *noted,
        switch(page, "c-ask", "ask"),
        switch(page, "c-phases", "play.phases"),
        el("div", {"id": "ask", "hidden": True}),
        el("p", {"id": "say"}, words.sentence(), el("span", {"class": "note"}, words.note()) if words.note() else None),
        el("p", {"id": "spoken", "class": "sr", "aria-live": "polite"}),
        ledger(page) if not subject.context.bare else None,
        weights(page) if len(subject.entries) > 1 else None,
        drawn_graph(page),
    )


def switch(page: Page, id: str, key: str) -> Markup:
    """A box with what it switches on."""
    box = el("input", {"type": "checkbox", "id": id})
    return el("label", {"class": "needs-js"}, box, " ", page.say(key))


def with_functions(page: Page, lines: list[rows.RowLine]) -> Iterator[Inside]:
    """The functions of the text that the lines call."""
    for place, (call, body) in enumerate(rows.notes(page.subject, lines)):
        before, after = page.say("with", f="\0").split("\0")
        yield join("; " if place else "", before, page.formulas.letters(call, body), after)


def phase(page: Page, number: int, lines: list[rows.RowLine]) -> Markup:
    """A row: the name of the phase and its lines."""
    kind, glyph = GLYPHS[number]
    entry = page.words.entry
    written = []
    for line in lines:
        others = bool(line.of) and (entry is None or entry.key not in line.of)
        hidden = others or line.rule == "gd"
        one = rows.body(page.subject, page.formulas, line, result(page, line), hidden, at(page, line))
        written.append(page.later.hold(one) if hidden else one)
    if number == 1:
        written = [*given(page), *written]
    notes = []
    if number == 1 and not written:
        notes = [el("p", {"class": "because"}, page.say("why.nothing", E=page.words.E))]
    if number == 3:
        notes = [
            el(
                "p",
                {"class": "because"},
                page.say("why.backward", E=page.words.E),
                "; ",
                el("a", {"href": "#derivation"}, page.say("why.derivation")),
                " ",
                el("b", {"id": "mean-of"}, mean_of(page)),
            )
        ]
    return el(
        "li",
        {"class": kind, "data-phase": number},
        el(
            "span",
            {"class": "name"},
            el("span", {"class": "gl", "aria-hidden": "true"}, glyph),
            " ",
            page.say(f"phase.{number}"),
        ),
        el("div", {"class": "body"}, *written, *notes),
    )


def given(page: Page) -> Iterator[Markup]:
    """The data of the pattern that are many numbers."""
    program = page.subject.program
    for symbol in (*program.data, *program.targets):
        size = page.subject.size(symbol.name)
        if size > 1 and symbol.name in page.subject.bound.values and program.pattern in symbol.letters:
            q = page.subject.q(symbol.name)
            said = el("span", {"data-q": q, "data-array": symbol.name}, page.say("about.shape", n=size))
            yield el("div", {"class": "ln given"}, page.formulas.symbol(Ref(symbol.name)), " ", said)


def mean_of(page: Page) -> str:
    """What the rule uses, where a step looks at several patterns."""

    words = page.words
    if len(words.moment.rows) < 2 or words.entry is None:
        return ""
    return page.say("mean.of", m=len(words.moment.rows), g=num(words.slope(words.moment.used)))


def result(page: Page, line: rows.RowLine) -> Markup:
    """What a line gives."""
    subject = page.subject
    size = subject.size(line.key)
    q = subject.q(line.key)
    if rows.about_weight(subject, line) and page.words.entry is not None:
        said = page.say("entry.of", n=size, q=page.words.entry.q)
        shown = page.words.written(line.key, place=at(page, line))
        return join(
            el("span", {"data-size": size, "data-array": line.key}, said),
            " ",
            el("b", {"data-q": q, "data-n": line.key, "data-e": True}, shown),
        )
    if size != 1:
        return el("b", {"data-q": q, "data-array": line.key}, page.say("about.shape", n=size))
    return join("= ", el("b", {"data-q": q, "data-n": line.key}, page.words.written(line.key)))


def at(page: Page, line: rows.RowLine) -> int:
    """The place of the chosen entry in the weight that a line is about."""
    entry = page.words.entry
    return entry.place if entry is not None and entry.key in line.of else 0


def ledger(page: Page) -> Markup:
    """All patterns, or some of them."""
    words, subject, entry = page.words, page.subject, page.words.entry
    found = words.ledger()
    head = [th(page.say("ledger.pattern")), *(th(subject.q(key), subject.q(key)) for key in words.partners)]
    head.append(th(words.E, subject.q(subject.each)))
    if entry is not None:
        head.append(el("th", {"scope": "col", "id": "h-slope"}, page.say("ledger.slope", w=entry.q)))
    head.append(th(page.say("ledger.after", E=words.E)))
    rest = subject.patterns - len(found)
    more = el("p", {"class": "small", "id": "ledger-left"}, page.say("ledger.left", n=rest) if rest else "")
    return join(table(found, head, "ledger", page.say("ledger")), more)


def weights(page: Page) -> Markup:
    """All weights, or those with the largest slopes."""
    found = page.words.table_of_weights()
    head = [th(page.say(f"weights.{name}")) for name in ("weight", "now", "slope", "change", "after")]
    rest = len(page.subject.entries) - len(found)
    more = el("p", {"class": "small", "id": "weights-left"}, page.say("weights.left", n=rest) if rest else "")
    return join(table(found, head, "weights", page.say("weights.title")), more)


def drawn_graph(page: Page) -> Markup | None:
    """The graph of what is computed."""
    if page.graph is None:
        return None
    words = el("span", {"id": "d-graph"}, graph.described(page.subject, page.words, page.graph))
    return el(
        "figure",
        {"id": "f-graph"},
        el("h3", {}, page.say("graph.title")),
        el(
            "div",
            {"class": "tablebox", "tabindex": 0, "role": "group", "aria-label": page.say("graph.title")},
            graph.drawings(page.subject, page.words, page.graph),
        ),
        el("figcaption", {}, folded(page, words)),
    )
