"""What is known of a run → the parts of the page, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Iterator

from chainrule.explain.wording import num
from chainrule.notation.names import pretty
from chainrule.page import derivations, figures
from chainrule.page.mapped import MOST, has_map, numbers, possible
from chainrule.page.markup import Markup, el
from chainrule.page.page_head import bar
from chainrule.page.questions import Questions
from chainrule.page.section_parts import Page, button, folded, table
from chainrule.page.series import section
from chainrule.page.step import step

AGREE = 1e-12
"""How far, by their size, the values of lines may be apart: they are computed in different orders."""


def main(page: Page) -> Markup:
    return el(
        "main",
        {},
        bar(page),
        el(
            "div",
            {"class": "wrap"},
            el("p", {"id": "state", "role": "status", "hidden": not page.words.left()}, page.words.left()),
            el("div", {"class": "pair"}, step(page), pictures(page)),
            None if page.hides("derivation") else derivation(page),
            el("div", {"class": "pair"}, chart(page), trace(page)),
            None if page.hides("questions") else Questions(page).section(),
            statements(page),
            None if page.hides("text") else text(page),
        ),
    )


def pictures(page: Page) -> Markup:
    """The picture, and the settings under it."""
    words, entry = page.words, page.words.entry
    controls = el("div", {"id": "settings", "class": "needs-js", "role": "group", "aria-label": page.say("settings")})
    if entry is None:
        return el("section", {"aria-label": page.say("picture"), "id": "pictures"}, controls)
    found = section(page.subject, entry, words.moment.before, words.moment.shown)
    described = el("span", {"id": "d-curve"}, figures.curve_words(words, found))
    caption = el("figcaption", {}, el("span", {"id": "c-curve"}, words.caption()), " ", folded(page, described))
    return el(
        "section",
        {"aria-label": page.say("picture"), "id": "pictures"},
        el("div", {"id": "tabs", "role": "tablist", "class": "needs-js"}),
        el(
            "div",
            {"id": "p-curve"},
            el(
                "figure",
                {"id": "f-curve"},
                el("h3", {"id": "t-curve"}, page.say("curve.title", w=entry.q)),
                figures.curve(words, found, page.series),
                caption,
            ),
        ),
        *unmapped(page),
        controls,
    )


def unmapped(page: Page) -> list[Markup]:
    """Why the rates of a large network are not mapped here."""
    subject = page.subject
    if not possible(subject) or has_map(subject):
        return []
    return [el("p", {"class": "small", "id": "no-map"}, page.say("map.many", n=numbers(subject), most=MOST))]


def derivation(page: Page) -> Markup:
    """Every line of the derivations."""
    subject, entry = page.subject, page.words.entry
    parts: list[Markup] = []
    for one in subject.derivations:
        name = one.goal.wrt[0].name
        hidden = entry is None or name != entry.key
        written = derivations.drawn(subject, page.words, page.formulas, one, hidden)
        parts.append(page.later.hold(written) if hidden else written)
    for name, why in page.missing.items():
        hidden = entry is None or name != entry.key
        parts.append(el("p", {"class": "derivation", "data-of": name, "hidden": hidden}, why))
    choices = [el("option", {"value": name}, pretty(name)) for name in derived(page)]
    tools = el(
        "div",
        {"class": "tools needs-js"},
        el("label", {}, page.say("derivation.of"), " ", el("select", {"id": "s-derivation"}, *choices))
        if len(choices) > 1
        else None,
        el(
            "label",
            {},
            el("input", {"type": "checkbox", "id": "c-nums", "checked": True}),
            " ",
            page.say("derivation.numbers"),
        ),
    )
    return el(
        "section",
        {"id": "derivation", "aria-labelledby": "h-der"},
        el("h2", {"id": "h-der"}, page.say("derivation")),
        tools,
        hiding(page),
        *parts,
        el("p", {"class": "small", "id": "linecheck"}, checked(page)),
    )


def hiding(page: Page) -> Markup | None:
    """Where lines or rules are hidden, for derivations that can be practised."""
    if not page.lesson.practices:
        if page.lesson.options.fade == "0":
            return None
        command = f'chainrule check {page.name} "∂E/∂w = …"'
        return el("p", {"class": "small"}, page.say("fade.letters", command=command))
    return el("div", {"id": "fade", "class": "tools needs-js", "role": "radiogroup", "aria-label": page.say("fade")})


def statements(page: Page) -> Markup | None:
    """Statements to be judged true or not."""
    if not page.lesson.cards:
        return None
    return el(
        "section",
        {"id": "cards", "class": "needs-js", "aria-labelledby": "h-cards"},
        el("h2", {"id": "h-cards"}, page.say("cards")),
        el("p", {"class": "small"}, page.say("cards.settings")),
    )


def derived(page: Page) -> list[str]:
    return [one.goal.wrt[0].name for one in page.subject.derivations]


def checked(page: Page) -> str:
    """What is said below the lines: they are worth the same."""

    words, entry = page.words, page.words.entry
    if entry is None or entry.key not in derived(page):
        return ""
    keys = [key for key in page.subject.watched.lines.get(entry.key, ()) if key is not None]
    g = words.number(page.subject.program.gradient(entry.key))
    if not keys:
        return page.say("derivation.symbols")
    near = all(abs(words.number(key) - g) <= AGREE * (1 + abs(g)) for key in keys)
    return page.say("derivation.ok", g=num(g)) if near else page.say("derivation.bad")


def chart(page: Page) -> Markup:
    """The errors over all steps."""
    drawn = figures.chart(page.words, page.series)
    words = el("figcaption", {"id": "d-steps"}, figures.chart_words(page.words, page.series))
    return el(
        "section",
        {"id": "steps", "aria-labelledby": "h-steps"},
        el("h2", {"id": "h-steps"}, page.say("steps.title")),
        el("figure", {"id": "f-steps"}, drawn, words),
    )


def trace(page: Page) -> Markup:
    """The steps about the present one."""
    entry = page.words.entry
    w = entry.q if entry is not None else ""
    names = ("trace.step", "trace.looks", "trace.before", "trace.slope", "trace.after")
    head = [el("th", {"scope": "col", "data-text": name}, page.say(name, w=w)) for name in names]
    links = [
        button(f"b-{kind}", page.say(key), "link")
        for kind, key in downloads(page, (
            ("csv", "download.csv"),
            ("json", "download.json"),
            ("svg", "download.svg"),
            ("png", "download.png"),
            ("text", "download.text"),
            ("link", "link"),
        ))
    ]  # fmt: skip
    said = None if page.hides("downloads") else page.say("download")
    return el(
        "section",
        {"aria-labelledby": "h-trace"},
        el("h2", {"id": "h-trace"}, page.say("trace.title")),
        table(page.words.trace(), head, "trace", page.say("trace.title")),
        el("p", {"class": "small needs-js"}, said, *(part for link in links for part in (" ", link))),
        linked(page),
    )


def linked(page: Page) -> Markup:
    """Where the link is read if it cannot stand in the address."""
    field = el("input", {"type": "text", "id": "s-link", "readonly": True, "spellcheck": "false"})
    label = el("label", {}, page.say("link.text"), " ", field)
    return el("p", {"class": "small needs-js", "id": "linked", "hidden": True}, label)


def downloads(page: Page, kinds: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str]]:
    """What can be taken away: the link always."""
    return (kind for kind in kinds if kind[0] == "link" or not page.hides("downloads"))


def text(page: Page) -> Markup:
    """The network as its author wrote it."""
    written = page.subject.run.recipe.text.strip()
    pre = el("pre", {"tabindex": 0, "role": "group", "aria-label": page.say("text.title")}, written)
    return el("section", {"aria-labelledby": "h-text"}, el("h2", {"id": "h-text"}, page.say("text.title")), pre)
