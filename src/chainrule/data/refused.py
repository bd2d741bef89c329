"""A cell that a model cannot read → the error: where it stands, what was found there, and the shortest way on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import numpy as np

from chainrule.data import csvfile, spelled
from chainrule.data.commas import Convention
from chainrule.data.limits import Limits, exceeded
from chainrule.data.table import ABSENT, NUMBER, Column, Rows, is_date, lost, missing
from chainrule.errors import ChainruleError, DataError
from chainrule.notation.known import closest
from chainrule.values import dataclass

DROP = "--drop-missing (drop_missing=True)"

WORDS = 20
"""The most words of a column that are offered as classes."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a row of a column: ``shown`` is the column's name as typed, ``name`` the model's."""

    rows: Rows
    at: int
    row: int
    found: object
    shown: str
    name: str

    @property
    def where(self) -> str:
        """The cell, as a message begins with it; "" for what came with the call."""
        if self.rows.path is not None:
            return csvfile.cell_place(self.rows, self.row, self.at) + ": "
        return f"{self.rows.row(self.row)}: " if self.rows.file else ""

    @property
    def behind(self) -> str:
        """The row, as a message ends with it where it does not begin with it."""
        return "" if self.rows.file else f" in {self.rows.row(self.row)}"


def refusal(cell: Cell, column: Column, limits: Limits) -> ChainruleError:
    """The error about an entry that is no number."""
    found, text, where, behind = cell.found, str(cell.found), cell.where, cell.behind
    in_text = cell.rows.path is not None
    column_ = f"column {cell.shown}" if where else cell.shown
    if found is ABSENT:
        absent = sum(one is ABSENT for one in column.odd.values())
        help = f"give every row the same names; {DROP} leaves out {rows(absent)} without it"
        return DataError("E203", f"{cell.rows.row(cell.row)} has no {cell.shown}", help)
    if missing(found):
        said = f" ({text})" if isinstance(found, str) and found.strip() else ""
        problem = f"{where}{column_} has no value{' here' if where else ''}{said}{behind}"
        gaps = sum(map(missing, column.odd.values()))
        help = f"fill it, or leave out {rows(gaps)} in which {cell.name} has none: {DROP}"
        return DataError("E213" if in_text else "E205", problem, help)
    if isinstance(found, int) or (isinstance(found, str) and NUMBER.fullmatch(text.strip())):
        if in_text and len(text) > limits.field:
            return exceeded(f"{where}a cell has", limits.field, "field", "characters")
        size = "small" if isinstance(found, str) and lost(text) and float(text) == 0 else "large"
        problem = f"{where}{text:.40} in {column_} is too {size} for a double{behind}"
        return DataError("E213" if in_text else "E205", problem, "scale the column")
    problem = f"{where}{text!r:.40} in {column_} is not a number{behind}"
    if not where:
        problem = f"{cell.shown} is not made of numbers: {text!r:.40}{behind}"
    return DataError("E213" if in_text else "E204", problem, advice(column, text, cell.name))


def rows(many: int) -> str:
    """So many rows, in a sentence."""
    return f"the {many} rows" if many > 1 else "the row"


def advice(column: Column, text: str, name: str) -> str:
    """What to do about a text."""
    if any(is_date(one) for one in (text, *column.odd.values()) if one == text or str(one) == text):
        return "it is a date or a time: write a number for it, such as the days since the first row"
    if text.strip().lower().lstrip("+-") in ("inf", "infinity", "#div/0!"):
        return "every number is finite: correct it, or take the row out"
    if FAILED.fullmatch(text.strip()):
        return "a formula of the spreadsheet failed: correct it there, or take the row out"
    if (fortran := FORTRAN.fullmatch(text.strip())) is not None:
        return f"write {fortran[1]}e{fortran[2]}: an exponent is an e"
    if re.fullmatch(r":?-{2,}:?", text.strip()):
        return "take the line of strokes out, and the bars at both ends of each line"
    if (said := spelled.meant(text) or spelled.measured(text, column.odd.values())) is not None:
        return said
    cells = [one for one in column.odd.values() if not missing(one)]
    words = list(dict.fromkeys(str(one).strip() for one in cells))
    named = all(isinstance(one, str | bool) for one in cells) and not any("," in one for one in words)
    if named and len(words) <= WORDS and len(column.odd) > column.values.size / 2:
        words = sorted(words, key=lambda one: one.lower() in YES) if {*map(str.lower, words)} & YES else words
        return f'give its words numbers: --classes "{name}={",".join(words)}" makes them 0, 1, …'
    return "write decimal numbers such as 0.5, -2 or 1e-3, or take the row out"


FORTRAN = re.compile(r"([+-]?[0-9]+\.?[0-9]*|[+-]?\.[0-9]+)[dD]([+-]?[0-9]+)")
"""A number as Fortran writes it in double precision."""

FAILED = re.compile(r"#[A-Z/0]+[!?]|#N/A!?|#[A-Z]+#?")
"""What a spreadsheet shows in the place of a result."""

YES = frozenset(["true", "yes", "y", "t", "on", "positive", "pos", "present"])
"""Words that are 1 where their opposite is 0."""


def not_finite(column: Column, entry: tuple[int, ...], shown: str, rows_: Rows) -> DataError:
    """The error about NaN or an infinity in an array."""
    nan = bool(np.isnan(column.values[entry]))
    where = f" in {rows_.row(entry[0])}" if entry else ""
    inner = f", entry {'×'.join(str(one + 1) for one in entry[1:])}" if len(entry) > 1 else ""
    help = "fill it with a finite number, or take the row out"
    if nan and entry:
        gaps = int(np.isnan(column.values).reshape(len(column.values), -1).any(axis=1).sum())
        help = f"fill it with a finite number, or leave out {rows(gaps)} without one: {DROP}"
    return DataError("E205", f"{shown} is {'nan' if nan else 'infinite'}{where}{inner}", help)


def two_ways(cell: Cell) -> DataError:
    """The error about a number with a comma that nothing in the table explains."""
    readings = [one.number(str(cell.found)) for one in Convention]
    either = " or ".join(f"{value:.17g}" for value in readings if value is not None)
    column_ = f"column {cell.shown}" if cell.where else cell.shown
    problem = f"{cell.where}{cell.found} in {column_} may be {either}, and nothing says which{cell.behind}"
    return DataError("E215", problem, f"write {either}: points in the numbers, nothing between thousands")


def grouped(cell: Cell) -> DataError:
    """The error about a number with a point in a table of decimal commas."""
    problem = f"{cell.where}{cell.found} in column {cell.shown} has a point, and the file has decimal commas"
    help = f"write {str(cell.found).replace('.', '')} if the point marks thousands, else a comma for it"
    return DataError("E215", f"{problem}{cell.behind}", help)


def no_class(cell: Cell, classes: Mapping[str, float]) -> DataError:
    """The error about a word that is no class."""
    if missing(cell.found):
        problem = f"{cell.where}column {cell.shown} has no value{cell.behind}"
        return DataError("E243", problem, f"fill it, or leave its row out: {DROP}")
    near = similar(str(cell.found), classes)
    listed = ", ".join([*classes][:10]) + (", …" if len(classes) > 10 else "")
    help = f"{f'did you mean {near}? ' if near else ''}the classes of {cell.name} are {listed}"
    return DataError("E243", f"{cell.where}{str(cell.found)!r:.40} is no class of {cell.name}{cell.behind}", help)


def similar(name: str, others: Iterable[str]) -> str | None:
    """The other name that differs by case, spaces, marks or a letter."""
    known = list(others)
    same = [one for one in known if bare(one) == bare(name) and one != name]
    return same[0] if same else closest(name, known)


def bare(name: str) -> str:
    """The letters and digits of a name, all small."""
    return "".join(char for char in name.casefold() if char.isalnum())
