"""Evaluations, runs and verifications as blocks of text and tables for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from chainrule.errors import inline
from chainrule.expr.entries import entry_text
from chainrule.expr.nodes import Reduce, Ref
from chainrule.model.model import Model, Role
from chainrule.notation.names import pretty
from chainrule.train.column import ranges
from chainrule.train.curvature import Curvature
from chainrule.train.evaluation import Evaluation
from chainrule.train.journal import command
from chainrule.train.run import Run, Verification
from chainrule.views.layout import Block, TextTable

MOST_ROWS = 24
"""Rows of a table shown to people; what is left out is counted in a line below."""

MOST_COLUMNS = 40
"""Columns of a table shown to people, before it is folded; what is left out is counted too."""

MOST_ENTRIES = 12
"""A quantity with more numbers a pattern than this is no column of a table; it is named in the line below."""

Letters = Mapping[str, Sequence[range]]
"""For each quantity the values of its letters, the patterns' left out."""


def number(value: Any, digits: int = 6) -> str:
    """A number for people: six significant digits, a true minus sign; a number that is none says so.

    >>> number(-0.0887234587), number(0.5), number(float("nan")), number(1e-12)
    ('−0.0887235', '0.5', 'not a number', '1e−12')
    """
    if isinstance(value, (int, np.integer)):
        return str(value).replace("-", "−")
    if np.isnan(value):
        return "not a number"
    if value == 0:
        return "0"  # −0 too: the sign of a zero says nothing to a reader
    if np.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{float(value):.{digits}g}".replace("-", "−").replace("e−0", "e−").replace("e+0", "e").replace("e+", "e")


def entries(name: str, value: Any, letters: Sequence[range] = ()) -> list[tuple[str, Any]]:
    """A quantity as named numbers: itself, or each entry ``W[1,0]`` of an array by the values of its letters."""
    array = np.asarray(value)
    if array.ndim == 0:
        return [(pretty(name), array[()])]
    axes = letters if len(letters) == array.ndim else [range(size) for size in array.shape]
    at = product(*axes)
    return [(entry_text(pretty(name), one), entry) for one, entry in zip(at, array.flat, strict=True)]


def over_all(model: Model, of: str | None, patterns: int) -> str:
    """How the number that is differentiated is called: ``mean E``, ``sum E``, or its own name."""
    if of is not None:
        name = of.partition("[")[0]
        shown = pretty(name) + of.removeprefix(name)
        return f"mean {shown}" if model.quantities[name].varies and patterns > 1 else shown
    match model.goal.value:
        case Reduce(operator, _, Ref(name)) if operator in ("mean", "sum"):
            return pretty(name) if patterns == 1 else f"{operator} {pretty(name)}"
    return pretty(model.goal.name) if model.goal.name != "goal" else "the goal"


def slope_by(goal: str, weight: str = "weight") -> str:
    """The head of a column of derivatives."""
    return f"∂({goal})/∂{weight}" if " " in goal else f"∂{goal}/∂{weight}"


def evaluation(found: Evaluation, model: Model) -> list[Block]:
    """The goal, the gradient, and what varies, pattern by pattern."""
    many = len(found.patterns)
    goal, letters, of = over_all(model, found.of, many), found.letters, found.of or ""
    whole = of in model.quantities and bool(letters.get(of))
    if whole:
        blocks: list[Block] = [f"every entry of {goal}" + (f", over {many} patterns" if many > 1 else "")]
    elif found.error is None:
        blocks = [f"{goal} is absent: it needs a target that is not given"]
    else:
        blocks = [f"{goal} = {number(found.error)}" + (f", over {many} patterns" if many > 1 else "")]
    single = [
        f"{entry} = {number(value)}"
        for quantity in model.quantities.values()
        if quantity.role in ("const", "derived") and not quantity.varies and quantity.name != found.of
        if quantity.name in found.values
        for entry, value in entries(quantity.name, found.values[quantity.name], letters.get(quantity.name, ()))
    ]
    if single:
        blocks.append("with " + ", ".join(counted(single, 12)))
    heads = tuple(slope_by(goal.replace(pretty(of), one)) for one in columns(found, of)) if whole else (slope_by(goal),)
    many_of = len(heads)
    rows = [
        (entry, number(value), *(number(slope) if slope is not None else "absent" for slope in row))
        for name, values in found.weights.items()
        for (entry, value), row in zip(entries(name, values, letters[name]), slopes(found, name, many_of), strict=True)
    ]
    if whole and len(heads) > MOST_ENTRIES:
        blocks += ["", f"… {len(rows)} × {len(heads)} derivatives (all of them with --json)"]
    elif rows:
        blocks += ["", *cut(TextTable(("weight", "value", *heads), tuple(rows)), "weights")]
    shown = list(zip(range(MOST_ROWS), found.patterns, strict=False))
    inward: tuple[Role, ...] = ("data", "target", "derived")
    varying = [quantity.name for role in inward for quantity in model.named(role) if quantity.varies]
    values = [name for name in varying if name in shown[0][1].values]
    blocks += by_pattern(values, [(k, one.values) for k, one in shown], letters)
    if whole and many > 1:
        blocks.append("… the derivatives of each pattern with --json, or of one entry at a time")
    elif many > 1:
        title = f"{slope_by(pretty(found.each))} of each pattern"
        blocks += by_pattern(found.gradient, [(k, one.gradient) for k, one in shown], letters, title)
    if many > MOST_ROWS:
        blocks.append(f"… and {many - MOST_ROWS} more patterns (all of them with --json)")
    if found.hessian:
        blocks += ["", f"∂²({goal})/∂row∂column", *curvature(found)]
    return [*blocks, *(["", *map(inline, found.notes)] if found.notes else [])]


def slopes(found: Evaluation, name: str, many: int = 1) -> Iterator[Any]:
    """The derivatives of so many numbers by each entry of a weight; None for each where a target is missing."""
    size = np.size(found.weights[name])
    return iter(np.reshape(found.gradient[name], (many, size)).T if name in found.gradient else [[None] * many] * size)


def columns(found: Evaluation, of: str) -> list[str]:
    """The entries of an array that was differentiated whole."""
    shape = tuple(map(len, found.letters[of]))
    return [entry for entry, _ in entries(of, np.zeros(shape), found.letters[of])]


def curvature(found: Evaluation) -> list[Block]:
    """The matrix of second derivatives, a row and a column for each entry of a weight."""
    heads = [head for name, value in found.weights.items() for head, _ in entries(name, value, found.letters[name])]
    if len(heads) > MOST_ENTRIES:
        return [f"… {len(heads)} × {len(heads)} numbers (all of them with --json)"]
    sizes = {name: int(np.size(value)) for name, value in found.weights.items()}
    matrix = np.block(
        [[np.reshape(row[v], (size, width)) for v, width in sizes.items()]
         for w, size in sizes.items() for row in (found.hessian[w],)]
    )  # fmt: skip
    rows = tuple((head, *map(number, row)) for head, row in zip(heads, matrix, strict=True))
    return [TextTable(("", *heads), rows)]


def counted(items: Sequence[str], most: int) -> list[str]:
    """The first of many, and how many more there are."""
    return list(items) if len(items) <= most else [*items[:most], f"… and {len(items) - most} more"]


def cut(table: TextTable, what: str, most: int = MOST_ROWS) -> list[Block]:
    """A table of at most so many rows, and a line on what is left out."""
    if len(table.rows) <= most:
        return [table]
    more = f"… and {len(table.rows) - most} more {what} (all of them with --json)"
    return [replace(table, rows=table.rows[:most]), more]


def by_pattern(
    names: Iterable[str], rows: Sequence[tuple[int, Mapping[str, Any]]], letters: Letters, title: str = ""
) -> list[Block]:
    """A table with a row for each pattern; nothing where there is no name to show."""
    found = {name: np.size(rows[0][1][name]) for name in names}
    shown = [name for name, size in found.items() if size <= MOST_ENTRIES]
    cells = [[entry for name in shown for entry in entries(name, row[name], letters.get(name, ()))] for _, row in rows]
    heads = [head for head, _ in cells[0]][:MOST_COLUMNS]
    body = tuple(
        (str(k), *(number(value) for _, value in row[:MOST_COLUMNS])) for (k, _), row in zip(rows, cells, strict=True)
    )
    left_out = [f"… and {len(cells[0]) - len(heads)} more columns"] if len(cells[0]) > len(heads) else []
    wide = [f"{pretty(name)} has {size} numbers a pattern" for name, size in found.items() if name not in shown]
    left_out += [", ".join(counted(wide, 4))] if wide else []
    table: list[Block] = [TextTable(("pattern", *heads), body)] if heads else []
    more = [f"{what} (all of them with --json)" for what in left_out]
    return ["", *([title] if title else []), *table, *more] if found else []


def training(run: Run, name: str, out: str | None) -> list[Block]:
    """How a run went: its weights and errors at the start and at the end, why it ended, and what to look at next."""
    first, last = run.start, run.weights
    axes = letters_of(run)
    rows = tuple(
        (entry, number(before), number(after))
        for weight in last
        for (entry, before), after in zip(entries(weight, first[weight], axes[weight]), last[weight].flat, strict=True)
    )
    patterns = run.recipe.order.patterns
    goal = over_all(run.model, None, patterns)
    heads = (f"over {patterns} patterns" if patterns > 1 else "error", "at the start", "at the end")
    blocks: list[Block] = cut(TextTable(("weight", "at the start", f"after {run.steps} steps"), rows), "weights")
    told = [(goal, number(run.error_at(0)), number(run.error)), *watched(run)]
    if run.recipe.held is not None:
        before, after = (number(run.held_error(weights)) for weights in (first, last))
        told.insert(1, (f"held out, {run.recipe.held.patterns} more", before, after))
    blocks += ["", TextTable(heads, tuple(told))]
    blocks += ["", run.sentence, *map(inline, run.notes), ""]
    place = "" if out is None else inline(out)
    if out is not None and run.ended == "interrupted":
        blocks.append(f"Written to {place}; to go on with it: {command(Path(out))}")
    elif out is not None:
        blocks.append(f"Written to {place}; to check it: chainrule train {inline(name)} --verify {place}")
    else:
        blocks.append("Every step goes into a file with --out run.csv (or .npz, .json).")
    if all(array.ndim == 0 for array in last.values()):
        blocks.append(f"Why it went so: chainrule explain {inline(name)}")
    return blocks


def watched(run: Run) -> list[tuple[str, str, str]]:
    """The single numbers that the text only watches, such as an accuracy, at the start and at the end."""
    names = [name for name in run.model.watched if run.model.quantities[name].letters == ()]
    names = [name for name in names if not run.model.quantities[name].varies]
    before, after = (run.loaded.evaluate(weights) if names else {} for weights in (run.start, run.weights))
    return [(pretty(name), number(before[name][()]), number(after[name][()])) for name in names if name in before]


def letters_of(run: Run) -> dict[str, tuple[range, ...]]:
    """For each weight the values of its letters."""
    return {
        symbol.name: ranges(run.program, run.trace.quantities[symbol.name], run.recipe.ranges)
        for symbol in run.program.weights
    }


def verification(run: Run, found: Verification) -> list[Block]:
    """Whether a saved run is what its model, data and start give."""
    if found.same:
        return [f"Verified: recomputing the {run.steps} steps gives the same bits (SHA-256 {found.sha256[:16]}…)."]
    differs = inline(found.differs)
    return [f"NOT the same: {differs}", f"recorded {found.sha256[:16]}…, recomputed {found.recomputed[:16]}…"]


def bent(found: Curvature) -> list[Block]:
    """The two ends of the curvature, and the step that the larger speaks for."""
    if not np.isfinite(found.largest):
        return ["The curvature is not finite here: a product with the Hessian overflows, or has no value."]
    table = TextTable(("", "curvature"), (("largest", number(found.largest)), ("smallest", number(found.smallest))))
    said = f"{found.iterations} products with the Hessian; at each end an eigenvalue lies within "
    said += f"{number(found.residual, 2)}."
    if not found.found:
        said += " That is not close yet: the true ends lie at least as far out."
    step = f"A short step along the gradient lowers the goal while α < 2/{number(found.largest)} = "
    more = [step + f"{number(2 / found.largest)}, as far as the curvature here goes."] if found.largest > 0 else []
    return [table, said, *more]
