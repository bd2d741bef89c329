"""A program with its values → a module in JavaScript that trains with the same bits, whole, in a browser or in Node."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Any

import numpy as np

from chainrule.code.functions import Functions
from chainrule.code.javascript.table import JAVASCRIPT, literal
from chainrule.code.names import Names
from chainrule.code.reads import Arrays, arrays
from chainrule.code.spelling import filled
from chainrule.code.step import Quantity, boxes, sheet, steps
from chainrule.code.training import Training, widths_of
from chainrule.numbers.numerics import EXACT
from chainrule.program.parts import of_the_text, whole_name
from chainrule.program.program import NEW, Program
from chainrule.tape.bound import Array, Bound
from chainrule.tape.record import Recording, record

OWN = (
    "threefry", "hashed", "drawn", "drawnFrom", "permutation", "starts", "visits", "passLength", "ENDED", "begin",
    "advance", "train", "quantities", "weights", "shown", "departed", "PROGRAM", "STEPS", "SHEETS",
    "VALUES", "DATA", "FUNCTIONS", "values", "HELD",
)  # fmt: skip
"""Names of the module itself."""

MANY = 50
"""So many numbers stand beside the text, where there is such a place, and not in it."""

Held = dict[str, Any]
"""What stands beside the text, as JSON, by name: the text reads it from ``HELD``."""


def module(
    program: Program, bound: Bound, training: Training, widths: Iterable[int] = (),
    watched: Mapping[int, Iterable[str] | None] | Iterable[int] = (), held: Held | None = None,
    also: Iterable[str] = (), room: int = 0, **how: int,
) -> str:  # fmt: skip
    """The text of the module. Beside the order's own, steps over ``widths`` patterns are printed, and what computes
    every quantity, those that no step needs too, over ``watched`` patterns, or those of the keys that it names, and the
    functions that it is to have ``also``. Into ``held`` goes what is long and no program. There
    may be ``room`` for more patterns, where each is one number."""
    bound = replace(bound, numerics=EXACT)  # a language without fused multiply-adds has no other
    functions = Functions(JAVASCRIPT)
    for needed in (*(("log", "cos") if training.draws else ()), *also):
        functions.called(needed)
    counts = sorted({*widths_of(training.order, bound.patterns), *widths})
    recordings = {count: record(program, bound, count, training=True) for count in counts}
    wanted = dict(watched) if isinstance(watched, Mapping) else dict.fromkeys(watched)
    sheets_of = {count: record(program, bound, count, training=False) for count in sorted(wanted)}
    taken = Names({*functions.taken(*recordings.values(), *sheets_of.values()), *OWN})
    where = arrays(program, bound, taken)
    parts: list[str] = []
    for symbol in program.data + program.targets:
        if symbol.name in where.data:
            numbers = where.given(symbol).ravel()
            own_name = where.data[symbol.name]
            if room > numbers.size == bound.patterns:
                listed = ", ".join(map(literal, numbers.tolist()))
                parts.append(f"const {own_name} = new Float64Array({room});\n{own_name}.set([{listed}]);")
                continue
            if held is not None and numbers.size >= MANY:
                parts.append(f"const {own_name} = {beside(held, own_name, numbers)};")
                continue
            values_of = ", ".join(map(literal, numbers.tolist()))
            parts.append(filled(JAVASCRIPT.table, name=own_name, values=values_of))
    kernels, sheets, values = [], [], []
    for width, recording in recordings.items():
        made, quantities = printed(width, where, recording, taken, functions, how)
        parts.extend(made)
        kernels.append(f"{width}: steps_{width}")
        sheets.append(tabled(width, f"quantities_{width}", quantities, program, recording, held))
    for width, whole in sheets_of.items():
        called = f"values_{width}"
        kept = wanted[width]
        keys = whole.computed if kept is None else [key for key in dict.fromkeys(kept) if key in whole.named]
        text, quantities = sheet(called, where, whole, keys, JAVASCRIPT, taken.taken, functions.called, **how)
        parts.append(isolated(text, called))
        values.append(tabled(width, called, quantities, program, whole, held))
    parts.append(f"const STEPS = {{ {', '.join(kernels)} }};")
    parts += ["const SHEETS = {", *sheets, "};", "const VALUES = {", *values, "};"]
    own = [
        f"{json.dumps(kind)}: {name}"
        for kind, name in functions.known.items() if name in functions.texts and " " not in kind
    ]  # fmt: skip
    parts.append(f"const FUNCTIONS = {{ {', '.join(own)} }};")
    parts += ["const DATA = {", *given(program, where), "};"]
    parts.append(f"const PROGRAM = {about(program, where, training, boxes(recordings[counts[0]]), held)};")
    driver = files("chainrule.code.javascript").joinpath("training.js").read_text("utf-8")
    return "\n".join((JAVASCRIPT.prelude.rstrip(), *functions.texts.values(), *parts, "", driver.rstrip(), ""))


def beside(held: Held, name: str, numbers: Array) -> str:
    """Numbers that stand beside the text, as the text reads them; JSON has no infinite ones."""
    held[name] = [one if math.isfinite(one) else literal(one) for one in np.ravel(numbers).tolist()]
    return f"Float64Array.from(HELD[{json.dumps(name)}], Number)"


def program_text(program: Program, bound: Bound, training: Training, told: Iterable[str]) -> str:
    """A file of the module that trains when Node runs it; ``told`` are lines without line ends that stand above it."""
    above = "\n".join(filled(JAVASCRIPT.comment, text=line).rstrip() for line in told)
    main = files("chainrule.code.javascript").joinpath("main.js").read_text("utf-8")
    return f"{above}\n\n{module(program, bound, training)}\n{main}"


def tabled(
    width: int, called: str, quantities: Sequence[Quantity], program: Program, recording: Recording, held: Held | None
) -> str:  # fmt: skip
    """A line of the table of sheets: what computes so many patterns, and where it leaves what."""
    size = sum(math.prod(one.shape) for one in quantities)
    rows = [described(one, program, recording) for one in quantities]
    if held is not None:
        held[called] = rows
    listed = json.dumps(rows) if held is None else f"HELD[{json.dumps(called)}]"
    return f"  {width}: {{ compute: {called}, size: {size}, quantities: {listed} }},"


def given(program: Program, where: Arrays) -> Iterator[str]:
    """Lines of the table of data and targets: the numbers, their axes, and which of those is that of the patterns."""
    for symbol in program.data + program.targets:
        if symbol.name in where.data:
            at = next((k for k, one in enumerate(symbol.letters) if program.sets[one] == program.pattern), -1)
            shape = json.dumps(list(where.shape(symbol)))
            own = where.data[symbol.name]
            yield f"  {json.dumps(symbol.name)}: {{ values: {own}, shape: {shape}, pattern: {at} }},"


def printed(
    width: int, where: Arrays, recording: Recording, taken: Names, functions: Functions, how: Mapping[str, int]
) -> tuple[list[str], list[Quantity]]:
    """The functions for steps that visit so many patterns, and what the second one computes."""
    stepping = steps(
        f"steps_{width}", width, where, recording, JAVASCRIPT, taken.taken, functions.called, **how
    )
    names = [*recording.computed, *(f"{name}{NEW}" for name in recording.updated)]
    watching, found = sheet(
        f"quantities_{width}", where, recording, names, JAVASCRIPT, taken.taken, functions.called, **how
    )
    return [isolated(stepping, f"steps_{width}"), isolated(watching, f"quantities_{width}")], found


def isolated(text: str, name: str) -> str:
    """A function whose arrays are its own."""
    if text.startswith("function"):
        return text
    indented = "\n".join(f"  {line}" for line in text.splitlines())
    return f"const {name} = (() => {{\n{indented}\n  return {name};\n}})();"


def described(one: Quantity, program: Program, recording: Recording) -> dict[str, Any]:
    """A quantity as the module reads it."""
    key = one.name.removesuffix(NEW)
    gaps = recording.gaps.get(one.name)
    return {
        "key": one.name,
        "name": whole_name(key),
        "pattern": [program.sets.get(letter) == program.pattern for letter in one.letters],
        "shape": list(one.shape),
        "start": one.start,
        "gaps": None if gaps is None else gaps.ravel().astype(int).tolist(),
        "whole": of_the_text(key),
    }


def about(
    program: Program, where: Arrays, training: Training, boxed: Sequence[str], held: Held | None = None
) -> str:
    """What the module knows of the training."""
    start = np.zeros(where.width)
    for symbol in program.weights + program.states:
        first = where.state[symbol.name]
        start[first : first + where.size(symbol)] = np.ravel(training.start[symbol.name])
    consts = [
        entry for symbol in program.consts if symbol.name in where.consts for entry in np.ravel(where.given(symbol))
    ]
    numbers = {
        "start": start.tolist(),
        "consts": [float(one) for one in consts],
    }
    weights = [
        {"name": symbol.name, "first": where.state[symbol.name], "shape": list(where.shape(symbol))}
        for symbol in program.weights
    ]
    draws = [
        {
            "name": symbol.name, "kind": one.distribution, "first": where.state[symbol.name],
            "count": where.size(symbol), "a": one.a, "b": one.b, "box": one.box,
        }
        for symbol in program.weights if (one := training.draws.get(symbol.name))
    ]  # fmt: skip
    lines = {
        "patterns": where.bound.patterns,
        "order": training.order,
        "seed": training.seed,
        "steps": training.steps,
        "record": training.record,
        "rate": where.consts.get(program.rate or "", -1),
        "boxes": list(boxed),
        "weights": weights,
        "draws": draws,
    }
    written = [f"  {name}: {json.dumps(value)}," for name, value in lines.items()]
    for name, values in numbers.items():
        listed = f"[{', '.join(map(literal, values))}]"
        shown = listed if held is None or len(values) < MANY else beside(held, name, np.array(values))
        written.append(f"  {name}: {shown},")
    return "{\n" + "\n".join(written) + "\n}"
