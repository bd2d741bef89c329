"""A run, its derivations and its story → the page: one HTML file that reads well before its script runs, and loads
nothing."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from importlib.resources import files

from chainrule.code.javascript.module import Training, module, widths_of
from chainrule.derive import Derivation
from chainrule.errors import inline
from chainrule.explain.story import Story
from chainrule.expr.nodes import key
from chainrule.page import sections, top
from chainrule.page.cards import Trained, cards
from chainrule.page.facts import facts
from chainrule.page.formulas import Formulas
from chainrule.page.graph import net
from chainrule.page.lesson import lesson
from chainrule.page.markup import Markup, el
from chainrule.page.options import Options
from chainrule.page.policy import policy
from chainrule.page.questions import Questions
from chainrule.page.script import data, script
from chainrule.page.selftest import trials
from chainrule.page.sentences import Strings
from chainrule.page.series import series
from chainrule.page.shown import Page
from chainrule.page.subject import Subject
from chainrule.page.watched import plain
from chainrule.page.words import Words
from chainrule.program.program import computed
from chainrule.train.run import Run


def document(
    run: object,
    training: Training,
    derivations: Sequence[Derivation] = (),
    story: Story | None = None,
    strings: Strings | None = None,
    missing: Mapping[str, str] | None = None,
    options: Options | None = None,
    trained: Trained | None = None,
) -> str:
    """The text of the file. ``missing`` says of a weight why it has no derivation in lines, ``trained`` makes the
    training again at another rate."""
    table = Strings() if strings is None else strings
    options = Options() if options is None else options
    subject = Subject(run, derivations)  # type: ignore[arg-type]
    moment = subject.moment(subject.opening)
    words = Words(subject, table, moment, 0)
    words = Words(subject, table, moment, first(subject, words))
    formulas = Formulas(subject, words.written)
    graph = net(subject)
    name, question = heading(subject.run, table, options)
    chosen = words.entry.key if words.entry is not None else ""
    shown = () if "cards" in options.hide else cards(subject, table, trained)
    taught = lesson(subject.model, derivations, table, chosen, options, shown)
    page = Page(subject, words, formulas, graph, series(subject), story, name, question, missing or {}, taught)
    program = module(
        subject.program, subject.bound, training, widths=widths(subject), watched=watched(subject), compact=True
    )
    known = facts(subject, words, graph, table, name, question)
    known = {**known, "lesson": taught.json(), "trials": trials(program), "claims": Questions(page).live}
    code = script(program, given={"elementary": taught.functions()})
    style = font() + files("chainrule.page").joinpath("style.css").read_text("utf-8")
    head = el(
        "head",
        {},
        el("meta", {"charset": "utf-8"}),
        el("meta", {"http-equiv": "Content-Security-Policy", "content": policy([code], [style])}),
        el("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        el("meta", {"name": "color-scheme", "content": "light dark"}),
        el("title", {}, f"{name}: {question}"),
        el("style", {}, Markup(style)),
    )
    body = el(
        "body",
        {},
        top.header(page),
        sections.main(page),
        top.footer(page),
        top.help(page),
        el("script", {"type": "application/json", "id": "facts"}, Markup(data(known))),
        el("script", {"type": "module"}, Markup(code)),
    )
    root = {"lang": table.say("language"), "dir": table.say("direction")}
    return "<!doctype html>\n" + el("html", root, head, body).text + "\n"


def widths(subject: Subject) -> list[int]:
    """How many patterns the printed program computes at once: one, all, and those of a step."""
    return sorted({1, subject.patterns, *widths_of(subject.run.recipe.order.batch, subject.patterns)})


def watched(subject: Subject) -> dict[int, list[str] | None]:
    """What is computed over how many patterns: of one everything; of those of a step what the text has; of all, in a
    network with letters, the goal, its parts, and the slopes."""
    program, weights = subject.run.program, dict.fromkeys(entry.key for entry in subject.entries)
    few = [program.objective, *([subject.model.goal.each] if subject.model.goal.each else [])]
    few += [program.gradient(name) for name in weights]
    whole = [key(line.target) for line in computed(program)]
    found: dict[int, list[str] | None] = {subject.patterns: whole if plain(subject.model) else few}
    found |= dict.fromkeys(widths_of(subject.run.recipe.order.batch, subject.patterns), whole)
    return found | {1: None}


def first(subject: Subject, words: Words) -> int:
    """The weight that the page opens with: the one that the step moves furthest."""
    if not subject.entries:
        return 0
    ranked = words.ranked()
    return subject.entries.index(ranked[0]) if ranked else 0


def heading(run: Run, strings: Strings, options: Options) -> tuple[str, str]:
    """The name of the page and its question: the teacher's, else the first comment, else one about its name."""
    name = inline(run.recipe.source)
    return name, options.text.get("question") or asked(run.recipe.text) or strings.say("question", name=name)


def asked(text: str) -> str:
    """The first comment of a text, if nothing but comments stands above it."""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("#") and line.strip("# "):
            return inline(line.strip("# "))
        if line:
            break
    return ""


def font() -> str:
    """The font of the formulas, in the style itself."""
    found = files("chainrule.page").joinpath("font", "stix-two-math.woff2").read_bytes()
    text = base64.b64encode(found).decode()
    return (
        '@font-face { font-family: "STIX Two Math"; src: url(data:font/woff2;base64,' + text + ') format("woff2"); }\n'
    )
