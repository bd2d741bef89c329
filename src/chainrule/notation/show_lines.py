"""Statements and texts → text; the other half of `lines`."""

from __future__ import annotations

from chainrule.expr.entries import entry_text
from chainrule.expr.nodes import Expr
from chainrule.notation.show import Printer, exact
from chainrule.notation.statements import (
    Box,
    Computed,
    Declaration,
    Declare,
    Define,
    DerivativeRule,
    Domain,
    Drawn,
    Fact,
    Function,
    Given,
    Goal,
    InlineTable,
    Kind,
    LetterGroup,
    Letters,
    Listed,
    Listing,
    Statement,
    TableColumn,
    Text,
    Update,
    UpdateBlock,
)  # fmt: skip


def show_text(text: Text, ascii: bool = False) -> str:
    """A text in its canonical form: ``parse(show_text(t)) == t``.

    >>> from chainrule.notation.parser import parse
    >>> print(show_text(parse("weight w in[0,1]:=1/2 # start\\ny_hat = w x"), ascii=True), end="")
    weight w in [0, 1] := 1/2
    y_hat = w*x
    """
    printer = Printer(ascii)
    return "".join(_statement(statement, printer) + "\n" for statement in text.statements)


def show_statement(statement: Statement, ascii: bool = False) -> str:
    """One statement in its canonical form; tables and blocks have several lines."""
    return _statement(statement, Printer(ascii))


def _statement(statement: Statement, printer: Printer) -> str:
    name, value = printer.name, printer.expression
    arrow = "<-" if printer.ascii else "←"
    match statement:
        case Letters(kind, groups):
            return f"{kind} {', '.join(_group(group, printer) for group in groups)}"
        case Declare(role, declarations):
            return f"{role} {', '.join(_declaration(one, printer) for one in declarations)}"
        case InlineTable():
            return _table(statement, printer)
        case Fact(left, right):
            return f"fact {value(left)} = {value(right)}"
        case Function(function, parameters, body):
            return f"{name(function)}({', '.join(map(name, parameters))}) = {value(body)}"
        case DerivativeRule(function, parameter, body, order):
            return f"{name(function)}{chr(39) * order}({name(parameter)}) = {value(body)}"
        case Define(equation):
            return f"{value(equation.target)} = {value(equation.body)}"
        case UpdateBlock(weight, gradient, lines, entry):
            inside = [
                f"  {name(line.name)} {arrow if line.sign == '<-' else ':='} {value(line.value)}" for line in lines
            ]
            head = f"{name(weight)}[{name(entry)}]" if entry else name(weight)
            return "\n".join([f"update {head}, {name(gradient)}", *inside])
        case Update(weight, body):
            return f"update {value(weight)} {arrow} {value(body)}"
        case Goal(sense, goal):
            return f"{sense} {value(goal)}"


def _group(group: LetterGroup, printer: Printer) -> str:
    names = ", ".join(map(printer.name, group.letters))
    if group.low is None or group.high is None:
        return names
    return f"{names} = {printer.expression(group.low)}..{printer.expression(group.high)}"


def _declaration(declaration: Declaration, printer: Printer) -> str:
    text = printer.name(declaration.name)
    if declaration.letters:
        text += f"[{','.join(map(printer.name, declaration.letters))}]"
    if declaration.domain is not None:
        text += f" {'in' if printer.ascii else '∈'} {_domain(declaration.domain, printer)}"
    match declaration.start:
        case Given(value):
            return f"{text} := {_listing(value, printer)}"
        case Computed(value):
            return f"{text} = {printer.expression(value)}"
        case Drawn(distribution, arguments):
            return f"{text} ~ {distribution}({', '.join(map(printer.expression, arguments))})"
        case None:
            return text


def _domain(domain: Domain, printer: Printer) -> str:
    infinity = "inf" if printer.ascii else "∞"
    match domain:
        case Kind(name):
            return name
        case Listed(words=words) if words:
            return "{" + ", ".join(f'"{word}"' for word in words) + "}"
        case Listed(values):
            return "{" + ", ".join(map(printer.expression, values)) + "}"
        case Box(low, high):
            left = f"({printer.minus}{infinity}" if low is None else "[" + printer.expression(low)
            right = f"{infinity})" if high is None else printer.expression(high) + "]"
            return f"{left}, {right}"


def _listing(value: Expr | Listing, printer: Printer) -> str:
    out: list[str] = []
    todo: list[Expr | Listing | str] = [value]
    while todo:
        part = todo.pop()
        if isinstance(part, str):
            out.append(part)
        elif isinstance(part, Listing):
            out.append("[")
            todo.append("]")
            for number, item in reversed(list(enumerate(part.items))):
                todo.append(item)
                if number:
                    todo.append(", ")
        else:
            out.append(printer.expression(part))
    return "".join(out)


def _table(table: InlineTable, printer: Printer) -> str:
    columns = [_column(column, printer) for column in table.data]
    targets = [_column(column, printer) for column in table.targets]
    head = " ".join(columns) + (" | " + " ".join(targets) if targets else "")
    rows = []
    for row in table.rows:
        cells = [exact(cell, decimal=True) for cell in row]
        bar = table.bar if targets else len(cells)
        rows.append("  " + " ".join(cells[:bar]) + (" | " + " ".join(cells[bar:]) if targets else ""))
    return "\n".join([f"table {head}", *rows])


def _column(column: TableColumn, printer: Printer) -> str:
    return entry_text(printer.name(column.name), column.position)
