"""The top of the page, and its end: name, question, lead, controls and chips; footer and help."""

from __future__ import annotations

from collections.abc import Iterator

from chainrule.expr.nodes import Derivative, Ref
from chainrule.page.markup import Markup, Value, el
from chainrule.page.section_parts import GLYPHS, Page, button

CHIPS = 8
"""Weights that have a chip each; of more the chosen one."""


def header(page: Page) -> Markup:
    """Name, size, question, and what the page is about."""
    return el(
        "header",
        {},
        el(
            "div",
            {"class": "brand"},
            el("span", {}, el("b", {}, page.name), " · ", page.words.size()),
            el("span", {"class": "needs-js"}, button("b-help", page.say("help"), "link")),
        ),
        el("h1", {}, page.question),
        el(
            "p",
            {"class": "lead"},
            page.lesson.options.text.get("lead") or lead(page),
            " ",
            el("span", {"class": "needs-js"}, page.say("lead.press")),
        ),
    )


def lead(page: Page) -> str:
    """Two sentences made from the model."""
    subject = page.subject
    data = [subject.q(symbol.name) for symbol in subject.program.data]
    answers = [subject.q(name) for name, _ in subject.answers]
    small, total = page.say(f"small.{subject.model.goal.sense}"), page.words.total
    if data and answers:
        sees = page.say("lead.sees", answers=", ".join(answers), data=", ".join(data[:6]), total=total, small=small)
    else:
        sees = page.say("lead.bare", total=total, small=small)
    if subject.context.sense < 0:
        return f"{sees} {page.say('lead.step.up')}"
    one = len(subject.entries) == 1
    step = page.say("lead.step.one", w=subject.entries[0].q) if one else page.say("lead.step")
    return f"{sees} {step}"


def bar(page: Page) -> Markup:
    """Controls of the position, chips, and the line about the chosen symbol."""
    say, subject = page.say, page.subject
    buttons = el(
        "div",
        {"class": "buttons"},
        button("b-back", say("back"), aria_keyshortcuts="ArrowLeft"),
        button("b-phase", say("phase"), aria_keyshortcuts="Shift+ArrowRight"),
        button("b-step", say("step"), "main", aria_keyshortcuts="ArrowRight"),
        button("b-play", say("play"), aria_pressed="false"),
    )
    slider: dict[str, Value] = {
        "type": "range",
        "id": "scrub",
        "min": 0,
        "max": subject.steps,
        "value": page.words.moment.k,
        "aria-label": say("steps.done"),
    }
    run = el(
        "div",
        {"class": "run"},
        buttons,
        el("input", slider),
        el("span", {"class": "where", "id": "where"}, page.words.where()),
    )
    return el(
        "div",
        {"id": "top", "class": "needs-js"},
        el("div", {"id": "bar", "role": "group", "aria-label": say("training")}, run),
        el("div", {"class": "chips", "id": "chips", "role": "group", "aria-label": say("chips")}, *chips(page)),
        el("div", {"id": "about"}),
    )


def chips(page: Page) -> Iterator[Markup]:
    """A button for each quantity of one number."""
    subject, program = page.subject, page.subject.program
    weights = list(dict.fromkeys(entry.key for entry in subject.entries))
    names = [symbol.name for symbol in (*program.data, *program.targets) if symbol.name in subject.columns]
    names += [name for name in weights if subject.size(name) == 1]
    names += [name for name in subject.lines if subject.size(name) == 1]
    names += [program.gradient(name) for name in weights if subject.size(name) == 1]
    names += [program.rate] if program.rate and subject.size(program.rate) == 1 else []
    for name in names:
        base = name.removeprefix(f"∂{program.objective}/∂")
        own = base if base in weights and len(weights) > CHIPS else None
        mark = GLYPHS.get(subject.phase(name), ("", "·"))
        hidden = own is not None and own != (page.words.entry.key if page.words.entry else None)
        yield el(
            "button",
            {"type": "button", "data-q": subject.q(name), "data-of": own, "aria-pressed": "false", "hidden": hidden},
            el("span", {"class": f"gl {mark[0]}", "aria-hidden": "true"}, mark[1]),
            el("i", {}, subject.q(name)) if name.startswith("∂") else page.formulas.symbol(node(page, name)),
            el("span", {"class": "v", "data-n": name}, page.words.written(name)),
        )


def node(page: Page, name: str) -> Ref | Derivative:
    """The symbol of a key."""
    start = f"∂{page.subject.program.objective}/∂"
    if name.startswith(start):
        return Derivative(
            Ref(page.subject.each if page.subject.context.reduced else page.subject.goal),
            (Ref(name.removeprefix(start)),),
            "total",
        )
    return Ref(name)


def footer(page: Page) -> Markup:
    return el("footer", {}, el("p", {"class": "small", "id": "foot"}, page.say("foot")))


def help(page: Page) -> Markup:
    """What the keys do."""
    said = [el("p", {}, page.say(f"help.{name}")) for name in ("keys", "formula", "colours")]
    return el(
        "dialog",
        {"id": "help", "aria-labelledby": "h-help"},
        el("h2", {"id": "h-help"}, page.say("help.title")),
        *said,
        el("p", {}, button("b-close", page.say("close"))),
    )
