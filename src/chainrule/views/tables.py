"""Evaluations, runs and verifications as blocks of text and tables: plain anywhere, with rich on a terminal.

rich never reads our text as markup: cells are its Text values, so ``y[p]`` stays ``y[p]``.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule.errors import width
from chainrule.notation.names import pretty
from chainrule.train.evaluation import Evaluation
from chainrule.train.run import Run, Verification

MOST_ROWS = 24
"""Rows of a table shown to people; what is left out is counted in a line below."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under heads; ``left`` columns are set flush left, the others right."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: int = 1


Block = str | Table


def number(value: Any, digits: int = 6) -> str:
    """A number for people: six significant digits, a true minus sign; a number that is none says so.

    >>> number(-0.08872345), number(0.5), number(float("nan")), number(1e-12)
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


def entries(name: str, value: Any) -> list[tuple[str, Any]]:
    """A quantity as named numbers: itself, or each entry ``W[1,0]`` of an array."""
    array = np.asarray(value)
    if array.ndim == 0:
        return [(pretty(name), array[()])]
    return [
        (f"{pretty(name)}[{','.join(map(str, position))}]", array[position]) for position in np.ndindex(array.shape)
    ]


def evaluation(found: Evaluation, varying: Sequence[str]) -> list[Block]:
    """The goal, the gradient, and what varies, pattern by pattern; ``varying`` names the quantities that do."""
    goal, each = pretty(found.goal), pretty(found.each)
    total = "absent: a target it needs is not given" if found.error is None else number(found.error)
    slopes = [
        (entry, number(value), number(slope))
        for name, gradient in found.gradient.items()
        for (entry, value), (_, slope) in zip(
            entries(name, found.weights[name]), entries(name, gradient), strict=True
        )
    ]
    blocks: list[Block] = [f"{goal} over all patterns: {total}", ""]
    blocks.append(Table(("weight", "value", f"∂{goal}/∂weight"), tuple(slopes)))
    shown = list(zip(range(MOST_ROWS), found.patterns, strict=False))
    values = [name for name in varying if name in shown[0][1].values]
    blocks += ["", *by_pattern(values, [(k, one.values) for k, one in shown])]
    gradients = [(k, one.gradient) for k, one in shown]
    blocks += ["", f"∂{each}/∂weight of each pattern:", *by_pattern(found.gradient, gradients)]
    if len(found.patterns) > MOST_ROWS:
        blocks.append(f"… and {len(found.patterns) - MOST_ROWS} more patterns (all of them with --json)")
    if found.hessian:
        second = tuple((pretty(name), *map(number, row.values())) for name, row in found.hessian.items())
        blocks += ["", f"∂²{goal}/∂row∂column:", Table(("", *map(pretty, found.hessian)), second)]
    return blocks


def by_pattern(names: Iterable[str], rows: Sequence[tuple[int, Mapping[str, Any]]]) -> list[Block]:
    """A table with a row for each pattern; nothing where there is no name to show."""
    columns = [entry for name in names for entry, _ in entries(name, rows[0][1][name])]
    if not columns:
        return []
    cells = tuple(
        (str(k), *(number(value) for name in names for _, value in entries(name, row[name]))) for k, row in rows
    )
    return [Table(("pattern", *columns), cells)]


def training(run: Run, out: str | None) -> list[Block]:
    """How a run went: start, end, why it ended, and its notes."""
    first, last = run.start, run.weights
    rows = tuple(
        (entry, number(before), number(after))
        for name in last
        for (entry, before), (_, after) in zip(entries(name, first[name]), entries(name, last[name]), strict=True)
    )
    goal = pretty(run.model.goal.name)
    blocks: list[Block] = [
        Table(("weight", "at the start", f"after {run.steps} steps"), rows[:MOST_ROWS]),
        *([f"… and {len(rows) - MOST_ROWS} more"] if len(rows) > MOST_ROWS else []),
        "",
        f"{goal} over all patterns: {number(run.error)}",
        run.sentence,
        *run.notes,
    ]
    if out is not None:
        blocks.append(f"written to {out}")
    return blocks


def verification(run: Run, found: Verification) -> list[Block]:
    """Whether a saved run is what its model, data and start give."""
    if found.same:
        return [f"Verified: recomputing the {run.steps} steps gives the same bits (SHA-256 {found.sha256[:16]}…)."]
    return [f"NOT the same: {found.differs}", f"recorded {found.sha256[:16]}…, recomputed {found.recomputed[:16]}…"]


def render(blocks: Iterable[Block], terminal: bool) -> str:
    """Blocks as one text; on a terminal the tables are rich's."""
    table = drawn if terminal else plain
    return "\n".join(block if isinstance(block, str) else table(block) for block in blocks)


def plain(table: Table) -> str:
    """A table of aligned columns, two spaces between them."""
    columns = list(zip(table.heads, *table.rows, strict=True))
    widths = [max(map(width, column)) for column in columns]
    return "\n".join(line(row, widths, table.left) for row in (table.heads, *table.rows))


def line(cells: Sequence[str], widths: Sequence[int], left: int) -> str:
    """One row: the first columns flush left, the others right."""
    padded = [
        cell + " " * (wide - width(cell)) if place < left else " " * (wide - width(cell)) + cell
        for place, (cell, wide) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(padded).rstrip()


def drawn(table: Table) -> str:
    """The table as rich draws it."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    rich = RichTable(box=SIMPLE_HEAD, pad_edge=False)
    for place, head in enumerate(table.heads):
        rich.add_column(Text(head), justify="left" if place < table.left else "right")
    for row in table.rows:
        rich.add_row(*map(Text, row))
    paper = io.StringIO()
    Console(file=paper, force_terminal=True, markup=False, highlight=False, emoji=False).print(rich)
    return paper.getvalue().rstrip()
