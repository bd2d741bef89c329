"""An outline → a spreadsheet (xlsx): one row a step, each quantity a column with a live formula. It imports openpyxl.

The sheet `training` has a row for each step: the pattern, the weights before the step, each quantity from those before
it, the derivatives, the new weights; the next row begins with them. Filled down, it trains on. `data` and `constants`
hold what may be changed, `weights` where the training has come to, `about` the text.
"""

from __future__ import annotations

import io
from itertools import product
from typing import Any

import numpy as np

from chainrule.code.handout.formulas import Formulas, Place
from chainrule.code.handout.outline import Outline
from chainrule.errors import UsageError, absent, inline
from chainrule.expr.indices import truth
from chainrule.expr.nodes import Equation, key, places
from chainrule.expr.order import flat
from chainrule.numbers.random import permutation
from chainrule.program.program import NEW, STEP

COLUMNS, CELLS = 2000, 1_000_000
"""The most columns of a sheet that a person still reads, and the most cells of a file that opens."""

FIRST = 3
"""The row of the first step; above it stand the names and the equations."""


def library() -> Any:
    """openpyxl, or the error that says how to install it."""
    try:
        import openpyxl
    except ImportError:
        raise absent("a spreadsheet", "openpyxl", "spreadsheet") from None
    return openpyxl


class Workbook:
    """Lays out the sheets."""

    def __init__(self, outline: Outline) -> None:
        self.outline, self.openpyxl = outline, library()
        self.letter_of = self.openpyxl.utils.get_column_letter
        self.columns: list[tuple[str, str, str]] = []  # name, what is told, formula with {row} and {before}
        self.cells: dict[tuple[str, Place], str] = {}  # entry → cell, with {row} where it is of the step's row
        self.first: dict[str, float] = {}  # column letter → its number in the first row
        self.formulas = Formulas(self.cell, self.ranges)
        self.widths = self.step_width()
        self.todo: list[tuple[Equation, int, dict[str, int], str]] = []  # columns without formulas yet

    def step_width(self) -> int:
        order = self.outline.order
        if isinstance(order, tuple) and len(set(map(len, order))) > 1:
            raise UsageError(
                "E061", "the steps of this order visit differently many patterns, and rows of a sheet are all alike",
                'visit as many in each step, or write the program in "numpy"',
            )  # fmt: skip
        return self.outline.widest

    def ranges(self, letter: str) -> range:
        return self.outline.values(letter)

    def cell(self, name: str, place: Place) -> str:
        found = self.cells.get((name, place))
        if found is None:
            raise UsageError(
                "E061", f"{self.outline.named(name)} is read where no equation gives it a value",
                'write the program in "numpy"',
            )  # fmt: skip
        return found

    # --- the layout

    def column(self, name: str, place: Place, told: str, formula: str, first: float | None = None) -> str:
        """A column for one entry; gives its letter."""
        letter = str(self.letter_of(len(self.columns) + 1))
        at = f"[{','.join(map(str, place))}]" if place else ""
        self.columns.append((f"{self.outline.named(name)}{at}" if name else told, told, formula))
        self.cells[name, place] = f"{letter}{{row}}"
        if first is not None:
            self.first[letter] = first
        return letter

    def entries(self, name: str) -> list[Place]:
        return list(product(*self.outline.boxes[name]))

    def laid_out(self) -> None:
        """All columns."""
        outline = self.outline
        step = self.column("", (), "step", "={before_step}+1", 1.0)
        self.cells[STEP, ()] = f"${step}{{row}}"
        self.given(step)
        moving = [symbol.name for symbol in outline.program.weights + outline.program.states]
        for name in moving:
            numbers = np.ravel(outline.numbers[name]).tolist()
            for place, number in zip(self.entries(name), numbers, strict=True):
                self.column(name, place, "before the step", f"={{new:{name}:{','.join(map(str, place))}}}", number)
        for part in (*outline.forward, *outline.backward):
            for line in flat((part,)):
                self.equation(line, key(line.target), "=")
        for line in outline.program.phases["update"]:
            name = key(line.target)
            self.equation(line, name if name in outline.program.shared else name + NEW, "←")
        boxed: dict[tuple[str, Place], str] = {}
        before = dict(self.cells)
        for line in outline.program.phases["project"]:
            name = key(line.target)
            for place in self.entries(name):
                self.cells[name, place] = before[name + NEW, place]
            for place, formula in self.entries_of(line):
                boxed[name, place] = formula
        self.cells = before
        for (name, place), formula in boxed.items():
            self.column(name + NEW, place, "back into its box", f"={formula}")
        if len(self.columns) > COLUMNS or len(self.columns) * outline.steps > CELLS:
            raise UsageError(
                "E061",
                f"the sheet would have {len(self.columns):,} columns and {outline.steps:,} rows, and it may have "
                f"{COLUMNS:,} columns and {CELLS:,} cells",
                "train fewer steps or a smaller network, or write the program in another language",
            )

    def given(self, step: str) -> None:
        """Columns of which patterns a step visits, and of their data."""
        outline = self.outline
        count = outline.bound.patterns
        own = [name for name in outline.read if name in outline.varying]
        rows = [f"{number}" for number in range(1, self.widths + 1)]
        if outline.rows != "none" and own and outline.order != "all":
            rows = []
            for number in range(self.widths):
                told = "pattern" if outline.rows == "one" else f"pattern {number + 1}"
                match outline.order:
                    case "each" | 1:
                        formula = f"=MOD({step}{{row}}-1,{count})+1"
                    case int(size):
                        formula = f"=MOD(({step}{{row}}-1)*{size}+{number},{count})+1"
                    case _:
                        formula = f"{{rows:{number}}}"
                letter = self.column(f"#{number}", (), told, formula)
                self.columns[-1] = (told, "which row of the data", formula)
                rows.append(f"{letter}{{row}}")
        self.data_columns: dict[str, str] = {}
        column = 1
        for name in own:
            numbers = outline.numbers[name]
            for entry in product(*(range(size) for size in numbers.shape[1:])):
                column += 1
                letter = str(self.letter_of(column))
                boxes = outline.boxes[name]
                tail = tuple(at + box.start for at, box in zip(entry, boxes[len(boxes) - len(entry) :], strict=True))
                for number in range(self.widths):
                    place = tail if outline.rows != "many" else (number, *tail)
                    formula = f"=INDEX(data!${letter}$2:${letter}${count + 1},{rows[number]})"
                    self.column(name, place, "of the data", formula)
        row = 1
        for name in outline.read:
            if name not in outline.varying:
                for place in self.entries(name):
                    row += 1
                    self.cells[name, place] = f"constants!$B${row}"

    def entries_of(self, line: Equation) -> list[tuple[Place, str]]:
        """The entries that an equation gives, with their formulas."""
        sides, outline = places(line.target), self.outline
        found = []
        for place in product(*(outline.at(side) for side in sides)):
            at = {side.letter: value for side, value in zip(sides, place, strict=True) if side.letter}
            if all(truth(test, at, self.ranges) for test in line.where):
                found.append((tuple(place), self.formulas.formula(line.body, at)))
        return found

    def equation(self, line: Equation, name: str, sign: str) -> None:
        """The columns of an equation; their formulas are written when all columns are known: recurrences read ahead."""
        sides = places(line.target)
        for place in product(*(self.outline.at(side) for side in sides)):
            at = {side.letter: value for side, value in zip(sides, place, strict=True) if side.letter}
            if all(truth(test, at, self.ranges) for test in line.where):
                self.column(name, tuple(place), "", "")
                self.todo.append((line, len(self.columns) - 1, at, sign))

    def written(self) -> None:
        """The formulas of all equations: every column is known by now."""
        for line, number, at, sign in self.todo:
            told = self.outline.told(line, sign)
            self.columns[number] = (self.columns[number][0], told, f"={self.formulas.formula(line.body, at)}")

    # --- the file

    def bytes(self) -> bytes:
        """The file."""
        self.laid_out()
        self.written()
        book = self.openpyxl.Workbook()
        sheet = book.active
        sheet.title = "training"
        self.head(sheet)
        for step in range(self.outline.steps):
            self.row(sheet, step)
        sheet.freeze_panes = "B3"
        self.data(book.create_sheet("data"))
        self.constants(book.create_sheet("constants"))
        self.weights(book.create_sheet("weights"))
        self.about(book.create_sheet("about"))
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def text(self, sheet: Any, row: int, column: int, value: str) -> Any:
        """A text that is no formula, whatever it begins with."""
        cell = sheet.cell(row, column)
        cell.value = inline(value)[:32000]
        cell.data_type = "s"
        return cell

    def head(self, sheet: Any) -> None:
        bold = self.openpyxl.styles.Font(bold=True)
        for number, (name, told, _) in enumerate(self.columns, 1):
            self.text(sheet, 1, number, name).font = bold
            self.text(sheet, 2, number, told if told != name else "")
            sheet.column_dimensions[self.letter_of(number)].width = 14

    def row(self, sheet: Any, step: int) -> None:
        row = FIRST + step
        for number, (_, _, formula) in enumerate(self.columns, 1):
            letter = str(self.letter_of(number))
            cell = sheet.cell(row, number)
            if step == 0 and letter in self.first:
                cell.value = self.first[letter]
                continue
            cell.value = self.placed(formula, row, step)

    def placed(self, formula: str, row: int, step: int) -> Any:
        """A formula in its row."""
        if formula.startswith("{rows:"):
            return self.rows(step)[int(formula[6:-1])] + 1
        if formula.startswith("={new:"):
            name, _, where = formula[6:-1].partition(":")
            place = tuple(int(one) for one in where.split(",") if one)
            source = self.cells.get((name + NEW, place), self.cells[name, place])
            return "=" + source.replace("{row}", str(row - 1))
        return formula.replace("{before_step}", f"A{row - 1}").replace("{row}", str(row))

    def rows(self, step: int) -> tuple[int, ...]:
        """The patterns of a step, where no formula says them."""
        order, count = self.outline.order, self.outline.bound.patterns
        if order == "shuffled":
            return (permutation(self.outline.seed, f"pass {step // count}", count)[step % count],)
        return tuple(order[step % len(order)])

    def data(self, sheet: Any) -> None:
        outline = self.outline
        self.text(sheet, 1, 1, "pattern")
        for row in range(outline.bound.patterns):
            sheet.cell(row + 2, 1).value = row + 1
        column = 1
        for name in (one for one in outline.read if one in outline.varying):
            numbers = outline.numbers[name]
            boxes = outline.boxes[name]
            for offset, entry in enumerate(product(*(range(size) for size in numbers.shape[1:]))):
                column += 1
                tail = [at + box.start for at, box in zip(entry, boxes[len(boxes) - len(entry) :], strict=True)]
                at = f"[{','.join(map(str, tail))}]" if tail else ""
                self.text(sheet, 1, column, f"{outline.named(name)}{at}")
                for row, value in enumerate(np.reshape(numbers, (len(numbers), -1))[:, offset].tolist()):
                    sheet.cell(row + 2, column).value = value

    def constants(self, sheet: Any) -> None:
        self.text(sheet, 1, 1, "constant")
        self.text(sheet, 1, 2, "value")
        row = 1
        for name in self.outline.read:
            if name in self.outline.varying:
                continue
            for place, value in zip(self.entries(name), np.ravel(self.outline.numbers[name]).tolist(), strict=True):
                row += 1
                at = f"[{','.join(map(str, place))}]" if place else ""
                self.text(sheet, row, 1, f"{self.outline.named(name)}{at}")
                sheet.cell(row, 2).value = value

    def weights(self, sheet: Any) -> None:
        """Where the training has come to after its last row."""
        self.text(sheet, 1, 1, "weight")
        self.text(sheet, 1, 2, f"after {self.outline.steps:,} steps")
        row, last = 1, FIRST + self.outline.steps - 1
        for symbol in self.outline.program.weights:
            for place, start in zip(
                self.entries(symbol.name), np.ravel(self.outline.numbers[symbol.name]).tolist(), strict=True
            ):
                row += 1
                at = f"[{','.join(map(str, place))}]" if place else ""
                self.text(sheet, row, 1, f"{self.outline.named(symbol.name)}{at}")
                source = self.cells.get((symbol.name + NEW, place), self.cells[symbol.name, place])
                trained = f"=training!{source.replace('{row}', str(last))}"
                sheet.cell(row, 2).value = trained if self.outline.steps else start

    def about(self, sheet: Any) -> None:
        lines = [
            f"{self.outline.title}, as a spreadsheet.",
            "It was written by chainrule from these equations:",
            *self.outline.text,
            "The sheet training has a row for each step; to go on, fill its last row down.",
            "The constants and the data may be changed: all formulas follow.",
        ]
        for row, line in enumerate(lines, 1):
            self.text(sheet, row, 1, line)
        sheet.column_dimensions["A"].width = 100


def spreadsheet_file(outline: Outline) -> bytes:
    """The bytes of the file."""
    return Workbook(outline).bytes()

