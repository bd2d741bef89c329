"""A subject → what the page's script has to know of it, as JSON: names, places, ranges, settings; no sentence is in it
that is not in the table of strings."""

from __future__ import annotations

import hashlib
from typing import Any

from chainrule.explain.figures.outputs import sources
from chainrule.page.graph import Net
from chainrule.page.sentences import Strings
from chainrule.page.subject import Subject
from chainrule.page.words import Words

VERSION = 1
"""The number of the form of these facts; it rises with every field that changes."""


def facts(
    subject: Subject, words: Words, graph: Net | None, strings: Strings, name: str, question: str,
    silent: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Everything that the script reads; no sentence of parts that are ``silent``."""
    run, program, context = subject.run, subject.program, subject.context
    order = run.recipe.order.batch
    return {
        "version": VERSION,
        "name": name,
        "question": question,
        "text": run.recipe.text,
        "hash": hashlib.sha256(run.recipe.text.encode("utf-8", "replace")).hexdigest()[:16],
        "opening": {"k": subject.opening, "weight": words.weight},
        "goal": {
            "E": words.E,
            "each": subject.model.goal.each,
            "objective": program.objective,
            "key": subject.each,
            "total": words.total,
            "sense": context.sense,
            "reduced": context.reduced,
        },
        "follows": subject.follows,
        "bare": context.bare,
        "together": subject.together,
        "patterns": subject.patterns,
        "quantities": list(quantities(subject, strings)),
        "entries": [
            {
                "q": entry.q,
                "key": entry.key,
                "place": entry.place,
                "at": entry.at,
                "box": None if entry.box is None else [number(end) for end in entry.box],
            }
            for entry in subject.entries
        ],
        "columns": subject.columns,
        "targets": sorted(subject.targets),
        "answers": [list(pair) for pair in subject.answers],
        "partners": words.partners,
        "factors": sorted([list(pair) for pair in subject.factors]),
        "lines": {name: list(keys) for name, keys in subject.watched.lines.items()},
        "uses": [list(use) for use in graph.uses] if graph else [],
        "slopes": sorted(subject.slopes),
        "rate": program.rate,
        "order": order if isinstance(order, str | int) else "given",
        "consts": consts(subject),
        "states": list(states(subject)),
        "inputs": inputs(subject),
        "derived": {one.goal.wrt[0].name: len(one.steps) for one in subject.derivations},
        "steps": run.recipe.steps,
        "rules": ["own", "gd"] if subject.plain_too else ["own"],
        "room": room(subject),
        "memory": MEMORY,
        "strings": {key: said for key, said in strings.table.items() if spoken(key, silent)},
    }


MEMORY = 5_000_000
"""Numbers that the record of a run holds in the browser; of longer runs some states are computed again."""

ROOM = 200
"""Patterns that a page has room for where a learner may add some."""


def room(subject: Subject) -> int:
    """Patterns that the page has room for: more than there are where each is a row of single numbers, and the goal is
    just the mean or sum of theirs."""
    batch, few = subject.run.recipe.order.batch, 0 < subject.patterns < ROOM
    given = [one for one in (*subject.program.data, *subject.program.targets) if one.name in subject.bound.values]
    rows = all(one.name in subject.columns for one in given if subject.program.pattern in one.letters)
    grows = few and rows and subject.columns and subject.context.reduced is not None
    return ROOM if grows and batch in ("each", "shuffled") else subject.patterns


UNSPOKEN = ("derived.", "total.", "would.", "card.", "slip.", "fade.letters", "help.", "lead.")
"""Sentences that Python alone says."""

SPOKEN = (
    "slip.short.", "slip.no-number", "slip.constant", "slip.factor-twice", "slip.extra-factor", "slip.missing-factor",
    "slip.divided", "slip.swapped-difference", "slip.wrong-factor", "slip.line-sign", "slip.number", "slip.extra-term",
)  # fmt: skip
"""Slips that the script finds itself."""


def spoken(key: str, silent: tuple[str, ...] = ()) -> bool:
    """Whether the script says a sentence."""
    return not key.startswith(silent) and (key.startswith(SPOKEN) or not key.startswith(UNSPOKEN))


def states(subject: Subject) -> Any:
    """Where each state of the learning rule begins, behind the weights."""
    start = sum(subject.size(symbol.name) for symbol in subject.program.weights)
    for symbol in subject.program.states:
        size = subject.size(symbol.name)
        yield {"name": symbol.name, "first": start, "shape": [size]}
        start += size


def consts(subject: Subject) -> dict[str, int]:
    """Where each const begins among those of the printed program."""
    found, start = dict[str, int](), 0
    for symbol in subject.program.consts:
        if symbol.name in subject.bound.values or symbol.name in subject.program.defaults:
            found[symbol.name] = start
            start += subject.size(symbol.name)
    return found


def inputs(subject: Subject) -> list[str]:
    """The data with a number for each pattern that the first answer depends on."""
    if not subject.answers:
        return []
    needed = sources(subject.context, subject.answers[0][0])
    return [one.name for one in subject.program.data if one.name in needed and subject.program.pattern in one.letters]


def number(value: float) -> float | str:
    """A number as JSON has it."""
    return value if value - value == 0 else str(value)


def quantities(subject: Subject, strings: Strings) -> Any:
    """Each quantity: how it is written, its key, role, phase, how many numbers, and what is said about it."""
    model, program = subject.model, subject.program
    lines = list(subject.lines)
    for name, one in model.quantities.items():
        if name in model.watched or (one.role == "derived" and name not in lines):
            continue
        yield quantity(subject, strings, name)
        slope = program.gradient(name)
        if slope in subject.axes:
            yield quantity(subject, strings, slope)
    for name in dict.fromkeys(entry.key for entry in subject.entries):
        yield quantity(subject, strings, f"{name}'")
    for symbol in program.states:
        yield quantity(subject, strings, symbol.name)
        yield quantity(subject, strings, f"{symbol.name}'")
    for name in dict.fromkeys((*program.defaults, *(symbol.name for symbol in program.consts))):
        if name not in model.quantities:
            yield quantity(subject, strings, name)


def quantity(subject: Subject, strings: Strings, key: str) -> dict[str, Any]:
    return {
        "q": subject.q(key),
        "key": key,
        "phase": subject.phase(key),
        "size": subject.size(key),
        "shape": list(subject.shape(key)),
        "about": about(subject, strings, key),
        "series": key in subject.lines or key in {entry.key for entry in subject.entries} or key.startswith("∂"),
    }


def about(subject: Subject, strings: Strings, key: str) -> str:
    """What a quantity is, and where it is used."""
    say, model = strings.say, subject.model
    start = f"∂{subject.program.objective}/∂"
    if key.endswith("'"):
        return f"{subject.q(key.removesuffix(chr(39)))}: {say('about.new')}"
    if key.startswith(start):
        return say("about.slope", E=subject.goal, of=subject.q(key.removeprefix(start)))
    one = model.quantities.get(key)
    small = say(f"small.{model.goal.sense}")
    if one is None:
        said = say("about.rate") if key == subject.program.rate else say("about.const")
    elif one.role == "weight":
        entry = next((entry for entry in subject.entries if entry.key == key), None)
        if entry is None:
            said = say("about.held")
        elif entry.box is None:
            said = say("about.weight")
        else:
            from chainrule.explain.wording import num

            said = say("about.weight.box", low=num(entry.box[0]), high=num(entry.box[1]))
    elif one.role == "const":
        said = say("about.rate") if key == subject.program.rate else say("about.const")
    elif one.role == "derived":
        said = (
            say("about.error", small=small)
            if key == subject.each
            else say("about.forward" if subject.phase(key) == 1 else "about.error", small=small)
        )
    else:
        said = say(f"about.{one.role}")
    users = [subject.q(user) for maker, user in subject.watched.factors if maker == key and user in subject.lines]
    if subject.size(key) > 1:
        said += " " + say("about.shape", n=subject.size(key))
    return f"{said} {say('about.used', users=', '.join(users))}" if users else said
