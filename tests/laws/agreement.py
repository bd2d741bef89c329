"""One program of `equations`: what of the package differs from what the text says entry by entry, in a sentence."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any
from unittest.mock import patch

import numpy as np
from tests.laws.engines import told
from tests.laws.entries import HIDDEN, Entries, Place, Refusal
from tests.laws.equations import Program
from tests.laws.shrink import drawn, shrink

import chainrule as cr
from chainrule.errors import ChainruleError
from chainrule.expr.nodes import Derivative, Ref

CLOSE = 1e-12
"""Of the largest number beside it: sums of fewer than a hundred terms, a chain of fewer than ten slopes."""

LINES = 1e-9
"""Of a line of a derivation: its right side divides and subtracts what the adjoints do not."""

FAULTS = ("E253", "E3")
"""Codes that say that the package has a fault: no text deserves them."""

RATE = 0.05
ADJOINTS = 6  # of so many entries, beside all weights


def wrong(program: Program, seed: int = 0, *, trained: bool = True, derived: bool = True, ensemble: bool = True) -> str:
    """What is wrong with what the package says of a program; nothing if all is right.

    It begins with the kind: "refused" and "accepted" are decisions, "crash" is an exception that is not the package's.
    """
    entries = Entries(program.text, program.data, program.patterns)
    try:
        entries.check()
    except Refusal as refusal:
        expected = str(refusal)
    else:
        expected = ""
    try:
        model = cr.Model(program.text, data=program.data)
        found = model.evaluate()
        if expected:
            return f"accepted: {expected}, and E = {found.error}"
        answers = [values(entries, found), slopes(entries, found, seed)]
        if trained:
            answers += training(entries, model, found, seed)
        if ensemble:
            answers.append(side_by_side(model))
        if derived and entries.roles:
            answers.append(derivation(entries, model, seed))
    except ChainruleError as error:
        if error.code.startswith(FAULTS):
            return f"fault: {error.code} {error.problem}"
        return "" if expected or program.open else f"refused: {error.code} {error.problem}"
    except Exception as error:  # whatever it is, it is no answer to a text
        return f"crash: {type(error).__name__} {error}"
    return next(filter(None, answers), "")


def kind(sentence: str) -> str:
    """What is wrong, without what is special to this text: texts of one kind are shrunk and counted together."""
    what, _, rest = sentence.partition(": ")
    words = rest.split()
    match what:
        case "refused" | "fault":
            return " ".join([what, words[0], *(word for word in words[1:] if word.isalpha() and len(word) > 3)][:6])
        case "accepted" | "crash":
            return f"{what} {words[0]}"
    return what


def smallest(program: Program, seed: int, **how: bool) -> Program:
    """A small program that is wrong in the same way, with one pattern if that is enough; numbers may be others."""
    wanted = kind(wrong(program, seed, **how))

    def fails(text: str, patterns: int) -> bool:
        try:
            return kind(wrong(Program(text, drawn(text, patterns), patterns, program.open), seed, **how)) == wanted
        except Exception:  # what is left is no text any more
            return False

    patterns = next((count for count in (1, program.patterns) if fails(program.text, count)), 0)
    if not patterns:
        return program
    text = shrink(program.text, lambda text: fails(text, patterns))
    return Program(text, drawn(text, patterns), patterns, program.open)


def entry(array: Any, letters: Sequence[range], place: Place, row: int | None) -> float:
    """One entry of what the package gives; not a number where it has no such entry."""
    spot = tuple(value - own.start for value, own in zip(place, letters, strict=False))
    array = np.asarray(array)
    spot = (row, *spot) if row is not None and array.ndim > len(spot) else spot
    inside = len(spot) == array.ndim and all(0 <= k < size for k, size in zip(spot, array.shape, strict=True))
    return float(array[spot]) if inside else math.nan


def rows(entries: Entries, name: str) -> Sequence[int | None]:
    return entries.rows if name in entries.varying else (None,)


def near(ours: float, theirs: float, most: float, close: float = CLOSE) -> bool:
    return abs(ours - theirs) <= close * most


def values(entries: Entries, found: cr.Evaluation) -> str:
    """Every entry that is defined, of every quantity."""
    for name in entries.lines:
        for place, row in product(entries.defined(name), rows(entries, name)):
            right = entries.value(name, place, row).real
            ours = entry(found.values[name], found.letters[name], place, row)
            if not near(ours, right, max(1.0, abs(right))):
                return f"value: {name}{list(place)} of pattern {row} is {right!r}, not {ours!r}"
    right, error = entries.goal().real, found.error
    if error is None or not near(error, right, max(1.0, abs(right))):
        return f"value: the goal is {right!r}, not {error!r}"
    return ""


def slopes(entries: Entries, found: cr.Evaluation, seed: int) -> str:
    """The gradient whole, and some adjoints."""
    weights = [name for name, role in entries.roles.items() if role == "weight"]
    spots = [(name, place, None) for name in weights for place in entries.defined(name)]
    others = [
        (name, place, row)
        for name in (*entries.lines, *entries.roles)
        if name not in weights and name != "E"  # of itself it is 1, and not told
        for place, row in product(entries.defined(name), rows(entries, name))
    ]
    spots += random.Random(seed).sample(others, min(ADJOINTS, len(others)))
    right = [entries.slope(entries.goal, *spot) for spot in spots]
    most = max([abs(value) for value in right], default=0.0) or 1.0
    for (name, place, row), slope in zip(spots, right, strict=True):
        letters = found.letters.get(name, ())
        for kind, there in (("gradient", found.gradient), ("adjoint", found.adjoints)):
            if kind == "gradient" and name not in weights:
                continue
            ours = entry(there[name], letters, place, row) if name in there else 0.0
            if not near(ours, slope, most) and (slope or not math.isnan(ours)):  # the goal may not depend on it at all
                return f"{kind}: ∂goal/∂{name}{list(place)} of pattern {row} is {slope!r}, not {ours!r}"
    return ""


def training(entries: Entries, model: cr.Model, found: cr.Evaluation, seed: int) -> Iterator[str]:
    """Three steps by both engines, one pattern after the other and all at once; the first step as the text says."""
    everyone = entries.rows
    for batch in ("all", "each") if len(everyone) > 1 else ("all",):
        runs = [
            model.train(engine=engine, steps=3, batch=batch, rate=RATE, record=1) for engine in ("reference", "native")
        ]
        if told(runs[0]) != told(runs[1]):
            yield f"engines: batch {batch}: {told(runs[0])} and {told(runs[1])}"
        entries.batch(everyone if batch == "all" else everyone[:1])
        after = runs[0].at(1)
        spots = [(name, place) for name in after for place in entries.defined(name)]
        for name, place in random.Random(seed).sample(spots, min(ADJOINTS, len(spots))):
            start = entries.given[name, place, None].real
            right = start - RATE * entries.slope(entries.goal, name, place)
            ours = entry(after[name], found.letters[name], place, None)
            if not near(ours, right, max(1.0, abs(start), abs(right - start))):
                yield f"training: batch {batch}: {name}{list(place)} after a step is {right!r}, not {ours!r}"
        entries.batch(everyone)


def side_by_side(model: cr.Model) -> str:
    """Runs made together, against each made alone by the reference engine."""
    rates = [0.01, 0.1, 0.3]
    how: dict[str, Any] = {"steps": 3, "batch": "all", "record": 1}
    with patch("chainrule.train.many.fitting", lambda runs: 4):
        together = model.train(engine="native", rate=rates, **how)
    for rate, run in zip(rates, together, strict=True):
        alone = model.train(engine="reference", rate=rate, **how)
        if told(run) != told(alone):
            return f"engines: side by side at rate {rate}: {told(run)} and {told(alone)}"
    return ""


def derivation(entries: Entries, model: cr.Model, seed: int) -> str:
    """Every line of the derivative by one weight, at some values of its letters and patterns."""
    choose = random.Random(seed)
    weights = [name for name, role in entries.roles.items() if role == "weight"]
    if not weights:
        return ""
    found = model.derive(choose.choice(weights), of="E")
    for step in found.steps.steps:
        spots = list(places(entries, step.left))
        for env in choose.sample(spots, min(3, len(spots))):
            right, ours = (entries.compiled(side)(env).real for side in (step.left, step.after))
            if not near(ours, right, max(1e-3, abs(right)), LINES):
                return f"derive: at {env}: {right!r}, not {ours!r}, in {step.left} = {step.after}"
    return ""


def places(entries: Entries, left: Derivative) -> Iterator[dict[str, int]]:
    """The values that the letters of a left side can have: of entries that there are."""
    assert isinstance(left.of, Ref)
    read = [left.of, *left.wrt]
    letters = list(
        dict.fromkeys(letter for one in read for index in one.indices for letter, _ in index.terms)
    )
    if entries.pattern == HIDDEN:
        letters.append(HIDDEN)
    for place in product(*map(entries.values, letters)):
        env = dict(zip(letters, place, strict=True))
        spots = [
            (one.name, tuple(sum(f * env[a] for a, f in index.terms) + index.constant for index in one.indices
                             if index.letter != entries.pattern))
            for one in read
        ]  # fmt: skip
        if all(spot in entries.defined(name) for name, spot in spots):
            yield env
