"""Random texts in which quantities have several equations: base lines beside general ones, recurrences of every kind.

Base lines lie outside or inside the range of the letter, on one place or several, at several offsets, before, after and
between other lines; recurrences run through one letter or two, up or down, alone or in groups. One text in five is
spoilt: a base line less, an equation twice, a shift the other way, a bracket less. What a text means, and whether it
means anything, is for `entries` to say.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from tests.laws.draft import Draft, Line, Part

FUNCTIONS = ("A(u) = 1/(1 + exp(-u))", "B(u) = u/(1 + u^2)", "B(u) = tanh(c*u)")


@dataclass(frozen=True)
class Program:
    """A text with its data. ``open`` says that it may be refused though it means something: its order is no order of
    slices."""

    text: str
    data: dict[str, Any]
    patterns: int
    open: bool = False

    def __str__(self) -> str:
        plain = {name: value.tolist() for name, value in self.data.items()}
        return f"{self.text}\ndata = {plain}\n"


def error(draft: Draft) -> tuple[list[Line], str]:
    """The equations of the error, and the goal."""
    reads = []
    late = [name for group in draft.groups[-3:] for name in dict.fromkeys(line.name for line in group)]
    for name in late[-draft.choose.choice((1, 2, 2, 3)) :] or list(draft.axes)[-2:]:
        letters: list[str] = []
        parts = []
        for values in draft.axes[name]:
            if draft.chance(0.3):
                parts.append(Part((), draft.choose.choice(values)))
                continue
            letters.append(draft.letter(values, letters, fresh=0.5))
            parts.append(Part(((letters[-1], 1),)))
        term = ""
        envs = [dict(zip(letters, place, strict=True)) for place in product(*map(draft.values, letters))]
        if {tuple(part.at(env) for part in parts) for env in envs} <= draft.entries[name]:
            inside = draft.choose.choice(("{a}^2", "{w}*{a}", "sin({a})", "({a} - 0.2)^2"))
            inside = inside.format(a=draft.at(name, parts), w=draft.weight(letters))
            over = letters[0] if len(letters) == 1 else "{" + ",".join(letters) + "}"
            term = f"({draft.choose.choice(('sum', 'mean'))}_{over} {inside})" if letters else inside
        reads.append(term or draft.read(name, ()))
    target = [name for name in draft.inputs if name.startswith("y")]
    if target:
        reads.append(f"(-1)*{draft.read(target[0], ())}")
    body = " + ".join(reads)
    body = draft.choose.choice(("({a})^2", "½*({a} - 1)^2", "log(1 + ({a})^2)", "{a}")).format(a=body)
    draft.varying.add("E")
    lines = [Line("E", (), body)]
    goal = draft.choose.choice(("mean", "mean", "sum"))
    text = f"minimise {goal}{'_p' if draft.declared else ''} {draft.at('E', ())}"
    if draft.weights and draft.chance(0.3):
        name, own = draft.choose.choice(list(draft.weights.items()))
        over = own[0] if len(own) == 1 else "{" + ",".join(own) + "}"
        text += f" + 0.1*{f'(sum_{over} {draft.at(name, own)}^2)' if own else f'{name}^2'}"
    if draft.chance(0.2):  # watched
        seen = draft.name("s")
        if draft.declared:
            draft.varying.add(seen)
        lines.insert(0, Line(seen, (), draft.read(draft.choose.choice(list(draft.axes)), ())))
    elif draft.chance(0.3) and not any(not line.places for group in draft.groups for line in group):
        text = ""
    return lines, text


def ordered(draft: Draft, last: Sequence[Line]) -> list[Line]:
    """The equations in a written order: base lines anywhere, a name read after one of its lines (now and then not)."""
    written: list[Line] = []
    for group in (*draft.groups, list(last)):
        here = [line for line in group if not line.base]
        if group is not last:
            draft.choose.shuffle(here)
        for line in (line for line in group if line.base):
            if draft.chance(0.15):
                written.insert(draft.choose.randint(0, len(written)), line)
            else:
                here.insert(draft.choose.choice((0, 0, len(here), draft.choose.randint(0, len(here)))), line)
        written += here
    for line in [line for line in written if line.base and draft.chance(0.1)]:
        written.remove(line)
        written.append(line)
    later = legible(written)
    if later == written or not draft.chance(0.1):
        return later
    draft.open = True
    return written


def legible(lines: Sequence[Line]) -> list[Line]:
    """The lines, each as early as it may stand: what it reads outside of its own recurrence has a line before it."""
    names = {line.name for line in lines}
    reads = {name: set[str]() for name in names}
    for line in lines:
        reads[line.name] |= names & set(re.findall(r"[a-zE]\d*", line.body))
    reached = {name: set(own) for name, own in reads.items()}
    for middle in names:
        for name in names:
            reached[name] |= reached[middle] if middle in reached[name] else set()
    written, left = list[Line](), list(lines)
    while left:
        done = {line.name for line in written}
        ready = [line for line in left if all(
            other in done or other == line.name or line.name in reached[other]
            for other in names & set(re.findall(r"[a-zE]\d*", line.body))
        )]  # fmt: skip
        written.append((ready or left)[0])
        left.remove(written[-1])
    return written


def spoilt(draft: Draft, lines: list[Line]) -> list[Line]:
    """The lines with one of them wrong, or left out."""
    bases = [line for line in lines if line.base]
    line = draft.choose.choice(bases or lines)
    k = lines.index(line)
    match draft.choose.randrange(8):
        case 0 if bases:
            return lines[:k] + lines[k + 1 :]
        case 1:
            return [*lines[: k + 1], Line(line.name, line.places, "0.4"), *lines[k + 1 :]]
        case 2 if bases and len(line.places) > 1:  # a base line on another place, inside the range
            general = next(one for one in lines if one.name == line.name and not one.base)
            j = draft.choose.randrange(len(line.places))
            places = [one if i != j else draft.values(str(one))[0] for i, one in enumerate(general.places)]
            return [*lines, Line(line.name, tuple(places), "0.4")]
        case 3:
            turned = [one for one in lines if re.search(r"[a-z]'?[+-]1\b", one.body)]
            if turned:
                one = draft.choose.choice(turned)
                draft.open = True
                swap = {"+": "-", "-": "+"}
                body = re.sub(r"(?<=[a-z'])([+-])1\b", lambda m: f"{swap[m[1]]}1", one.body, count=1)
                return [replace(one, body=body) if other is one else other for other in lines]
        case 4:
            held = [one for one in lines if re.search(r"\[[^\]]* (in|[<>=!]+) [^\]]*\]\*", one.body)]
            if held:
                one = draft.choose.choice(held)
                body = re.sub(r"\[[^\]]* (in|[<>=!]+) [^\]]*\]\*", "", one.body, count=1)
                draft.open = True
                return [replace(one, body=body) if other is one else other for other in lines]
        case 5 | 6:  # an entry that waits for itself
            one = draft.choose.choice([line for line in lines if line.name != "E"])
            body = f"{one.body} + 0.1*{draft.at(one.name, one.places)}"
            return [replace(one, body=body) if other is one else other for other in lines]
    name = draft.choose.choice(sorted({line.name for line in lines if line.places} or {"E"}))
    if name == "E":
        return lines
    outside = tuple(draft.choose.choice((own.start - 1, own.stop)) for own in draft.axes[name])
    last = next(line for line in lines if line.name == "E")
    return [replace(line, body=f"{line.body} + {draft.at(name, outside)}") if line is last else line for line in lines]


def program(seed: int, large: bool = True) -> Program:
    """The program of a seed; a small one is soon differentiated."""
    choose = random.Random(seed)
    draft = Draft(choose, declared=choose.random() < 0.4)
    for _ in range(choose.choice((1, 2, 2, 3))):
        low = choose.choice((-2, -1, 0, 0, 1, 1, 1, 1, 2))
        letter = draft.spare.pop(0)
        draft.ranges[letter] = range(low, low + choose.choice((1, 2, 2, 3, 3, 4)))
    for name in ("x", "x2")[: choose.choice((0, 1, 1, 1, 2))]:
        letters = draft.chosen(choose.choice((0, 1, 1, 2)))
        draft.enter({name: [letters]}, True)
        draft.inputs.append(name)
        draft.axes[name] = tuple(map(draft.values, letters))
    shapes = {name: tuple(draft.axes[name]) for name in draft.inputs}
    if draft.inputs and choose.random() < 0.5:
        draft.entries["y"], draft.axes["y"], shapes["y"] = frozenset({()}), (), ()
        draft.varying.add("y")
        draft.inputs.append("y")
    draft.declared &= bool(draft.inputs)
    inputs = [f"{'target' if name == 'y' else 'data'} {draft.at(name, owns(draft, name))}" for name in draft.inputs]
    kinds = (draft.plain, draft.plain, draft.recurrent, draft.recurrent, draft.recurrent, draft.bidirectional)
    for _ in range(choose.choice((1, 1, 1, 2, 3) if large else (1, 1, 1, 1, 2))):
        choose.choice(kinds)()
    last, goal = error(draft)
    lines = ordered(draft, last)
    if choose.random() < 0.2:
        lines = spoilt(draft, lines)
    patterns = choose.randint(1, 3) if draft.inputs else 1
    drawn = np.random.default_rng(seed)
    data = {name: drawn.normal(size=(patterns, *map(len, shape))).round(2) for name, shape in shapes.items()}
    return Program(text(draft, inputs, lines, goal), data, patterns, draft.open)


def owns(draft: Draft, name: str) -> list[str]:
    """Plain letters for the places of an input."""
    found: list[str] = []
    for values in draft.axes[name]:
        found.append(next(one for one, own in draft.ranges.items() if own == values and one not in found))
    return found


def text(draft: Draft, inputs: Sequence[str], lines: Sequence[Line], goal: str) -> str:
    """The whole text."""
    choose = draft.choose

    def listed(shape: Sequence[int]) -> str:
        if not shape:
            return f"{choose.choice((1, -1)) * choose.randint(10, 90) / 100}"
        return "[" + ", ".join(listed(shape[1:]) for _ in range(shape[0])) + "]"

    head = [
        "index " + ", ".join(f"{letter} = {own.start}..{own.stop - 1}" for letter, own in draft.ranges.items()),
        *(["patterns p"] if draft.declared else []),
        *inputs,
        "const c := 0.4",
        *[
            f"weight {draft.at(name, own)} := {listed([len(draft.values(one)) for one in own])}"
            for name, own in draft.weights.items()
        ],
        *choose.choice((FUNCTIONS[:2], (FUNCTIONS[0], FUNCTIONS[2]))),
    ]
    equations = [f"{draft.at(line.name, line.places)} = {line.body}" for line in lines]
    return "\n".join([*head, *equations, *([goal] if goal else [])])
