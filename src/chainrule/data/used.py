"""A table and a model → the columns that the model reads, as numbers; or an error about the first cell that is none.

What is wrong with a cell is said in `refused`.
"""

from __future__ import annotations

import math
from collections.abc import Container, Hashable, Mapping
from types import MappingProxyType

import numpy as np

from chainrule.data.commas import Convention, comma_number, convention
from chainrule.data.doubtful import doubts
from chainrule.data.given import Place, place_of
from chainrule.data.limits import LIMITS, Limits, exceeded
from chainrule.data.reading import AS_IT_IS, Entries, Reading
from chainrule.data.refused import Cell, grouped, no_class, not_finite, refusal, similar, two_ways
from chainrule.data.table import Array, Column, Rows, Table, column_of, frozen, missing, number_in
from chainrule.errors import DataError, UsageError
from chainrule.model.model import Model
from chainrule.notation.known import closest
from chainrule.notation.names import pretty
from chainrule.notation.statements import Listed
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns by place. ``by_row``: every column has one entry for each row, first axis. ``ignored`` are the names, as
    typed, of the columns that no one reads. NaN stands where a value is missing and its row is to be left out."""

    values: Mapping[Place, Array]
    origin: str
    by_row: bool
    rows: Rows = Rows()
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    nameless: bool = False
    below: frozenset[str] = frozenset()  # the texts in the first row

    def row(self, number: int) -> str:
        """What a row is called in a message; rows are numbered from 0 here, from 1 there."""
        return self.rows.row(number)


def used(
    table: Table,
    model: Model,
    reading: Reading = AS_IT_IS,
    limits: Limits = LIMITS,
    known: Mapping[str, range] = MappingProxyType({}),
) -> Columns:
    """The columns that data and targets of the model are read from. ``known`` are the values of letters.

    Errors: E202 a column given twice, E204 and E205 an entry that is no number or not finite, E211 two columns of the
    name that is wanted, E213 a cell of a text that is no number, E215 commas that can be read in two ways, E234 a
    limit, E242 a name that the model or the table has not, E243 a word that is no class.
    """
    wanted = {quantity.name for role in ("data", "target") for quantity in model.named(role)}
    check_names(model, reading, wanted)
    where = ColumnFinder(model, reading, wanted, known)
    places = where.places(table)
    turned = table.other
    if turned is not None and not places and where.places(turned):
        table, places = turned, where.places(turned)
    if len(table.names) > limits.columns:
        raise exceeded("the data has", limits.columns, "columns")
    reader = ColumnReader(table, reading, limits, words_of(model))
    values = {place: reader.numbers(at, place) for place, at in places.items()}
    taken = {*places.values()}
    ignored = tuple(typed(name, at) for at, name in enumerate(table.names) if at not in taken)
    shown = {str(table.names[at]).strip(): values[place] for place, at in places.items()}
    notes = (*table.notes, *reader.notes, *(doubts(table, shown) if table.by_row else ()))
    first = (one.odd.get(0) for one in table.values if isinstance(one, Column))
    below = frozenset(one for one in first if isinstance(one, str))
    return Columns(values, table.origin, table.by_row, table.rows, ignored, notes, table.nameless, below)


def words_of(model: Model) -> Mapping[str, Mapping[str, float]]:
    """The words that the text lists for its data and targets, each with its number."""
    return {
        name: {word: float(number) for number, word in enumerate(quantity.domain.words)}
        for name, quantity in model.quantities.items()
        if isinstance(quantity.domain, Listed) and quantity.domain.words
    }


def typed(name: Hashable, at: int) -> str:
    """A column's name as it was typed."""
    return str(name).strip() or f"{at + 1} (it has no name)"


def check_names(model: Model, reading: Reading, wanted: Container[str]) -> None:
    """Nothing, or the error that something is said of a name which is neither data nor target of the model."""
    scaled = () if isinstance(reading.standardise, bool) else tuple(reading.standardise)
    for what, names in (("columns", [name for name, _ in reading.columns]), ("classes", reading.classes),
                        ("standardise", scaled)):  # fmt: skip
        for name in names:
            if name not in wanted:
                known = model.quantities.get(name)
                kind = f"is a {known.role} of the model" if known is not None else "is no name of the model"
                near = closest(name, [one for role in ("data", "target") for one in map(str, names_of(model, role))])
                all_ = ", ".join(pretty(one) for role in ("data", "target") for one in names_of(model, role))
                help = f"did you mean {pretty(near)}?" if near else f"its data and targets are {all_}"
                raise UsageError("E242", f"{what} speaks of {pretty(name)}, which {kind}", help)


def names_of(model: Model, role: str) -> list[str]:
    """The names of a role."""
    return [quantity.name for quantity in model.named(role)]  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class ColumnFinder:
    """How the columns of a table are found for the names of a model."""

    model: Model
    reading: Reading
    wanted: Container[str]
    known: Mapping[str, range]

    def places(self, table: Table) -> dict[Place, int]:
        """Where in the table each place of the model is read from."""
        found: dict[Place, int] = {}
        strings = [str(name).strip() for name in table.names]
        said = self.chosen(table)
        for place, column in said.items():
            at = numbered(table, column)
            if not at:
                raise no_column(table, str(column))
            if len(at) > 1:
                raise twice(table, strings[at[0]])
            found[place] = at[0]
        whole = {name for name, entry in found if not entry}
        entries = {name for name, entry in found if entry}
        mapped = {*whole, *entries}
        for here, name in enumerate(table.names):
            own = place_of(name)
            if own is None or own[0] not in self.wanted or own in said:
                continue
            if (own[0], ()) in said or (own[0] in mapped and (not own[1] or self.listed(own[0]))):
                continue  # what the caller says beats what a column is called
            if own in found:
                raise twice(table, strings[here])
            if own[1] and own[0] in whole:
                raise DataError("E202", f"{strings[here]} is given twice", "give every column once")
            if not own[1] and own[0] in entries:
                raise DataError("E202", f"{strings[here]} is given whole and by entries", "give one of the two")
            found[own] = here
            (entries if own[1] else whole).add(own[0])
        return found

    def listed(self, name: str) -> bool:
        """Whether a caller lists the columns of all entries of an array."""
        return (name, ()) in self.reading.columns

    def chosen(self, table: Table) -> dict[Place, Hashable]:
        """What the caller says, each entry of an array by itself: a list of columns, or names between commas where no
        column is called so."""
        found: dict[Place, Hashable] = {}
        for (name, entry), column in self.reading.columns.items():
            several: tuple[Hashable, ...] = column.names if isinstance(column, Entries) else ()
            if isinstance(column, str) and "," in column and not entry and not numbered(table, column):
                several = tuple(one.strip() for one in column.split(","))
            if not several or (isinstance(column, str) and not self.letter(name)):
                found[name, entry] = column
                continue
            letter = self.letter(name)
            if letter is None:
                letters = len([one for one in self.model.quantities[name].letters if one != self.model.pattern])
                problem = f"{len(several)} columns are given for {pretty(name)}, which has {letters or 'no'} letters"
                one = f"{pretty(name)}[{','.join('1' * letters)}]" if letters else pretty(name)
                raise UsageError("E242", problem, f'give one column for each: columns={{"{one}": "{several[0]}"}}')
            first = self.known.get(letter, range(1, 2)).start
            found |= {(name, (first + number,)): one for number, one in enumerate(several)}
        return found

    def letter(self, name: str) -> str | None:
        """The set of the one letter that a quantity has within a pattern; None where it has none or more."""
        inner = [one for one in self.model.quantities[name].letters if one != self.model.pattern]
        group = self.model.set_of(inner[0]) if len(inner) == 1 else None
        return group.name if group is not None else None


def numbered(table: Table, column: Hashable) -> list[int]:
    """The numbers of the columns that are called so."""
    typed_ = str(column).strip()
    return [at for at, name in enumerate(table.names) if name == column or str(name).strip() == typed_]


def twice(table: Table, name: str) -> DataError:
    """The error about a name that two columns have."""
    if table.rows.lines is not None:
        return DataError("E211", f"{table.rows.file}:1: two columns are called {name}", "name every column differently")
    return DataError("E202", f"{name} is given twice", "give every column once")


def no_column(table: Table, name: str) -> UsageError:
    """The error about a column that is not there, with the one that was meant."""
    names = [str(one) for one in table.names]
    meant = similar(name, names)
    where = f"{table.rows.file or 'the data'} has no column {name!r}"
    listed = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
    return UsageError("E242", where, f"did you mean {meant!r}?" if meant else f"its columns are {listed}")


class ColumnReader:
    """Reads the columns of one table, and remembers what has to be said of them."""

    def __init__(
        self, table: Table, reading: Reading, limits: Limits, words: Mapping[str, Mapping[str, float]]
    ) -> None:
        self.table, self.reading, self.limits, self.words = table, reading, limits, words
        self.notes: list[str] = []

    def numbers(self, at: int, place: Place) -> Array:
        """The numbers of one column."""
        shown = str(self.table.names[at]).strip()
        column = column_of(self.table.values[at], shown, self.limits)
        classes = self.reading.classes.get(place[0])
        words = self.words.get(place[0])
        if classes is None and words and (column.odd or not np.isin(column.values, [*words.values()]).all()):
            classes = words  # where all are the words' own numbers they are taken as they stand
        if classes is not None:
            return self.classed(column, classes, at, place)
        if column.grouped and self.how(column) is Convention.DECIMAL:
            row = int(np.flatnonzero(column.values == number_in(column.grouped))[0])
            raise grouped(self.cell(at, row, column.grouped, place))
        if column.odd:
            column = self.with_commas(column, at, place)
        if not column.odd and np.isfinite(column.values).all():
            return column.values
        for row, cell in column.odd.items():
            if not (missing(cell) and self.reading.drop_missing):
                raise refusal(self.cell(at, row, cell, place), column, self.limits)
        bad = np.argwhere(~np.isfinite(column.values))
        odd = {*column.odd}
        for entry in bad:
            row = int(entry[0]) if len(entry) else 0
            if row not in odd and not (self.reading.drop_missing and math.isnan(column.values[tuple(entry)])):
                raise not_finite(column, tuple(int(one) for one in entry), shown, self.table.rows)
        return column.values

    def cell(self, at: int, row: int, found: object, place: Place) -> Cell:
        """One cell, for a message."""
        return Cell(self.table.rows, at, row, found, str(self.table.names[at]).strip(), pretty(place[0]))

    def classed(self, column: Column, classes: Mapping[str, float], at: int, place: Place) -> Array:
        """The numbers of a column of words."""
        numbers = {number_in(word): value for word, value in classes.items() if number_in(word) is not None}
        values = np.array(column.values)
        for row in range(len(values)):
            if row in column.odd:
                cell = column.odd[row]
                word = str(cell).strip()
                if word in classes:
                    values[row] = classes[word]
                elif not (missing(cell) and self.reading.drop_missing):
                    raise no_class(self.cell(at, row, cell, place), classes)
            elif float(values[row]) in numbers:
                values[row] = numbers[float(values[row])]
            elif not (math.isnan(values[row]) and self.reading.drop_missing):
                raise no_class(self.cell(at, row, f"{values[row]:.17g}", place), classes)
        self.notes.append(f"{pretty(place[0])}: {', '.join(f'{word} = {value:g}' for word, value in classes.items())}")
        return frozen(values)

    def with_commas(self, column: Column, at: int, place: Place) -> Column:
        """The column with its numbers in commas read, where the table says how; else as it is."""
        shown = str(self.table.names[at]).strip()
        commas = {row: cell for row, cell in column.odd.items() if isinstance(cell, str) and "," in cell}
        if not commas or not any(comma_number(cell) for cell in commas.values()):
            return column
        how = self.how(column)
        values, odd = np.array(column.values), dict(column.odd)
        for row, cell in commas.items():
            value = how.number(cell) if how is not None else None
            if value is not None:
                values[row] = value
                del odd[row]
            elif comma_number(cell):
                raise two_ways(self.cell(at, row, cell, place))
        if how is not None:
            first = next(cell for row, cell in commas.items() if row not in odd)
            self.notes.append(f"the commas of column {shown} are {how.value}: {first} is {how.number(first):.17g}")
        return Column(frozen(values), odd)

    def how(self, column: Column) -> Convention | None:
        """What commas are in this column: what it says itself, else what the others say."""
        own = convention(column)
        if own:
            return own.pop() if len(own) == 1 else None
        others = set().union(*(convention(one) for one in self.table.values if isinstance(one, Column)))
        return others.pop() if len(others) == 1 else None
