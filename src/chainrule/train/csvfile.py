"""A run ↔ a plain CSV for spreadsheets, and beside it a JSON file with all that a table has no place for.

Conventions. One line for each recorded step; the columns are those of the trace, arrays by entries, so what is computed
stands there too. Numbers are written by the shortest form that reads back to the same bits. A text that a spreadsheet
would take for a formula (it begins with = + - @, a tab or a return) gets an apostrophe before it. Read back are the
weights and states; the JSON file, ``run.csv.json``, has the SHA-256 of the table.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np

from chainrule.errors import LimitError, RunError
from chainrule.train.column import ranges, show_name
from chainrule.train.digits import lines
from chainrule.train.document import About, Arrays, about_run, record, values
from chainrule.train.jsonfile import foreign, from_json, to_json
from chainrule.train.run import Run

CELLS = 10**7
"""The most cells of a table that is written."""


def to_csv(run: Run) -> tuple[bytes, bytes]:
    """The table and what stands beside it."""
    columns = run.trace.columns
    fits(len(columns), len(run.trace))
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerow([safe(name) for name in ("step", "rows", *columns[1:])])
    content = b"".join([file.getvalue().encode(), *body(run)])
    kept = {
        name: {"shape": list(array.shape[1:]), "columns": entries(run, name.partition("/")[2])}
        for name, array in record(run.trace.record).items()
        if name != "steps"
    }
    about = about_run(run) | {"table_sha256": hashlib.sha256(content).hexdigest(), "table": kept}
    return content, to_json(about, values(run.recipe))


def body(run: Run) -> Iterator[bytes]:
    """The lines of the table, part by part. A number and the rows of a step hold nothing that a table would quote."""
    trace, order = run.trace, run.recipe.order
    wanted = {name: column for name, column in trace.quantities.items() if trace.single(column) and name != "step"}
    shown = [str(row) for row in range(order.patterns)]
    for part in trace.reading.parts(wanted):
        places, steps = np.arange(part.start, part.stop), trace.steps[part]
        found = trace.reading.take(places, wanted)
        table = np.concatenate([found[name].reshape(len(places), -1) for name in wanted], axis=1)
        rows = ["all"] * len(places)
        if order.batch != "all":
            for here, visited in order.at(steps):
                for place, row in zip(here.tolist(), visited.tolist(), strict=True):
                    rows[place] = " ".join([shown[pattern] for pattern in row])
        cells = zip(steps.tolist(), rows, lines(table), strict=True)
        yield "".join([f"{step},{row},{line}\n" for step, row, line in cells]).encode()


def fits(columns: int, rows: int) -> None:
    """Nothing, or E369 for a table that is too large."""
    if columns * rows > CELLS:
        raise LimitError(
            "E369",
            f"the table would have {columns} columns and {rows} rows, more than {CELLS} cells",
            "save it as .npz, or train with a larger record=",
        )


def entries(run: Run, name: str) -> list[str]:
    """The columns of a weight or state, in row order."""
    letters = ranges(run.program, run.trace.quantities[name], run.recipe.ranges)
    return [show_name(name, entry) for entry in product(*letters)]


def from_csv(table: bytes, beside: bytes, path: Path) -> tuple[About, Arrays]:
    """What a table and the file beside it hold."""
    about, arrays = from_json(beside, beside_of(path))
    if hashlib.sha256(table).hexdigest() != about.get("table_sha256"):
        raise RunError(
            "E365",
            f"{path} is not the table that {beside_of(path).name} belongs to: one of the two was changed",
            "a spreadsheet that saves a table rounds its numbers: take the files as they were written, or train again",
        )
    head, *lines = table.decode().splitlines()
    places = {name: place for place, name in enumerate(next(csv.reader([head])))}
    cells = [line.split(",") for line in lines]
    try:
        arrays["steps"] = np.array([int(row[0]) for row in cells], np.int64)
        for name, kept in about["table"].items():
            found = [places[column] for column in kept["columns"]]
            numbers = np.array([[float(row[place]) for place in found] for row in cells], np.float64)
            arrays[name] = numbers.reshape(len(cells), *kept["shape"])
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError) as fault:
        raise foreign(path, f"its columns are not those of a run ({fault!r})") from None
    return about, arrays


def beside_of(path: Path) -> Path:
    """The file beside a table."""
    return path.with_name(f"{path.name}.json")


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    >>> safe("=1+1"), safe("d(E)/d(w)")
    ("'=1+1", 'd(E)/d(w)')
    """
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\0")) else text
