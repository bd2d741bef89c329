"""A run, its derivations and its story → the page: one HTML file that reads well before its script runs, and loads
nothing."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any

from chainrule.code.javascript.module import module
from chainrule.code.training import Training, widths_of
from chainrule.derive import Derivation
from chainrule.errors import inline
from chainrule.explain.story import Story
from chainrule.expr.nodes import key
from chainrule.maps.axis import Axis
from chainrule.page import page_head, sections
from chainrule.page.cards import Trained, cards
from chainrule.page.facts import facts, room
from chainrule.page.fonts import shown, subset
from chainrule.page.formulas import Formulas
from chainrule.page.graph import net
from chainrule.page.lesson import lesson
from chainrule.page.mapped import has_map, mapped
from chainrule.page.markup import Markup, el
from chainrule.page.options import Options
from chainrule.page.policy import policy
from chainrule.page.questions import Questions
from chainrule.page.script import packed, script
from chainrule.page.section_parts import Page
from chainrule.page.selftest import trials
from chainrule.page.sentences import Strings
from chainrule.page.series import series
from chainrule.page.subject import Subject
from chainrule.page.trainings import NONE, trainings
from chainrule.page.watched import is_plain
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
    axes: Sequence[Axis] = (),
) -> str:
    """The text of the file. ``missing`` says of a weight why it has no derivation in lines, ``trained`` makes the
    training again at another rate; ``axes`` are those of the map."""
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
    beliefs = () if "cards" in options.hide else cards(subject, table, trained)
    taught = lesson(subject.model, derivations, table, chosen, options, beliefs)
    page = Page(subject, words, formulas, graph, series(subject), story, name, question, missing or {}, taught)
    held: dict[str, Any] = {}
    program = module(
        subject.program, subject.bound, training, widths(subject), watched(subject), held,
        also=taught.functions(), room=room(subject),
    )  # fmt: skip
    main, header = sections.main(page), page_head.header(page)
    absent = left_out(page)
    silent = tuple(stem for name, stems in SENTENCES.items() if name in absent for stem in stems)
    known = facts(subject, words, graph, table, name, question, silent)
    known |= {"lesson": taught.json(), "trials": trials(program), "claims": Questions(page).live}
    card, single = (None, NONE) if "map" in absent else trainings(subject)
    known |= {"map": None if "map" in absent and not axes else mapped(subject, axes, card)}
    known |= {"held": held, "later": page.later.trees}
    code = script({**absent, "program": HELD + program, "elementary": ELEMENTARY, "single": single})
    look = style(shown("".join([main.text, header.text, *page.later.texts])))
    head = el(
        "head",
        {},
        el("meta", {"charset": "utf-8"}),
        el("meta", {"http-equiv": "Content-Security-Policy", "content": policy([code], [look])}),
        el("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        el("meta", {"name": "color-scheme", "content": "light dark"}),
        el("title", {}, f"{name}: {question}"),
        el("style", {}, Markup(look)),
    )
    body = el(
        "body",
        {},
        header,
        main,
        page_head.footer(page),
        page_head.help(page),
        el("script", {"type": "text/plain", "id": "facts"}, packed(known)),
        el("script", {"type": "module"}, Markup(code)),
    )
    root = {"lang": table.say("language"), "dir": table.say("direction")}
    return "<!doctype html>\n" + el("html", root, head, body).text + "\n"


HELD = 'import { facts } from "./dom.js";\nconst HELD = facts.held;\n'
"""The printed program reads its numbers from what the page knows."""

ELEMENTARY = 'import { FUNCTIONS } from "./program.js";\nexport const ELEMENTARY = FUNCTIONS;\n'
"""The functions that what is typed may call, printed with the program."""

ABSENT = {
    "tiles": "export const tiles = () => () => {};",
    "plane": "export const plane = null;",
    "map": "export const map = null;",
    "answers": "export const answers = null;\nexport const sort = null;",
    "questions": "export const questions = null;",
    "blanks": "export const blanks = () => () => {};",
}
"""What stands in the place of a module that this page has no use for."""


SENTENCES = {
    "blanks": ("fade", "read.", "slip."), "questions": ("claims.", "question"), "plane": ("plane.",),
    "answers": ("answers.",), "tiles": ("array.",), "map": ("map.",),
}  # fmt: skip
"""How the sentences of such a module begin."""


def left_out(page: Page) -> dict[str, str]:
    """The modules that the page does without, each as what stands in its place."""
    subject, entries = page.subject, page.subject.entries
    used = {
        "tiles": any(subject.size(key) > 1 for key in subject.axes),
        "plane": len(entries) > 1,
        "map": has_map(subject) and not any(page.hides(one) for one in ("rate", "start"))
        and not page.lesson.options.fix,
        "answers": bool(subject.answers) and bool(entries),
        "questions": not page.hides("questions"),
        "blanks": bool(page.lesson.practices),
    }
    return {name: text for name, text in ABSENT.items() if not used[name]}


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
    found: dict[int, list[str] | None] = {subject.patterns: whole if is_plain(subject.model) else few}
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


def style(characters: Iterable[str]) -> str:
    """The style, and in it the font of the formulas with these characters."""
    text = base64.b64encode(subset(characters)).decode()
    face = f'@font-face{{font-family:"STIX Two Math";src:url(data:font/woff;base64,{text})format("woff")}}'
    return face + plainer(files("chainrule.page").joinpath("style.css").read_text("utf-8"))


def plainer(style: str) -> str:
    """A style without its layout and comments.

    >>> plainer("a, b > c { color: red; }  /* why */\\n.d :hover { width: calc(1rem + 2px); }")
    'a,b > c{color:red}.d :hover{width:calc(1rem + 2px)}'
    """
    text = re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", style, flags=re.S)).strip()
    return re.sub(r"(?<=[{};,:]) | (?=[{};])|;(?= ?})", "", text).replace("; }", "}")
