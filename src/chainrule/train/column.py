"""The quantities of a record and how their columns are named: what is typed ↔ key and entry.

A key is the name of a quantity in the program (``y_hat``, ``∂E/∂y_hat``, ``v.W``); a column's name is ASCII
throughout, ``d(E)/d(y_hat)[2]``, so that it survives every spreadsheet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from chainrule.errors import ChainruleError
from chainrule.expr.entries import entry_text
from chainrule.expr.nodes import key
from chainrule.notation import names
from chainrule.program.extents import Bases, axes, bases, extents
from chainrule.program.parts import of_the_text
from chainrule.program.program import Program, computed
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class TraceColumn:
    """Where a column comes from, its letters (the pattern letter included), and the program's name for it."""

    kind: Literal["step", "rows", "weight", "state", "given", "computed", "change", "held"]
    letters: tuple[str, ...] = ()
    name: str = ""
    bases: Bases = ()


def quantities(program: Program, goal: str) -> dict[str, TraceColumn]:
    """What a record of the program can be asked for, by key, in the order of a table.

    ``goal`` is how the text calls what is lowered: derivatives of the objective are derivatives of it. ``error`` is the
    goal over the patterns of the step and ``Delta_w`` the change of w, unless the model has a quantity of that name:
    then it keeps it.
    """
    found = {"step": TraceColumn("step"), "rows": TraceColumn("rows")}
    found |= {symbol.name: TraceColumn("weight", symbol.letters, symbol.name) for symbol in program.weights}
    found |= {symbol.name: TraceColumn("state", symbol.letters, symbol.name) for symbol in program.states}
    for symbol in program.data + program.targets:
        found[symbol.name] = TraceColumn("given", symbol.letters, symbol.name)
    letters, single = axes(program), bases(program)
    for name in filter(of_the_text, dict.fromkeys(key(equation.target) for equation in computed(program))):
        shown = renamed(name, program.objective, goal)
        if shown not in (f"∂{goal}/∂{goal}", program.objective) or shown == goal:
            found[shown] = TraceColumn("computed", letters[name], name, single.get(name, ()))
    found.setdefault("error", TraceColumn("computed", (), program.objective))
    for symbol in program.weights:
        if symbol.name not in program.held:
            found.setdefault(f"Delta_{symbol.name}", TraceColumn("change", symbol.letters, symbol.name))
    return found


def renamed(key: str, objective: str, goal: str) -> str:
    """A derivative of the objective as one of the goal; any other key as it is.

    >>> renamed("∂goal/∂w", "goal", "E"), renamed("y_hat", "goal", "E")
    ('∂E/∂w', 'y_hat')
    """
    start = f"∂{objective}/"
    return f"∂{goal}/{key.removeprefix(start)}" if key.startswith(start) else key


ENTRY = re.compile(r"\[\s*(-?\d{1,18}(?:\s*,\s*-?\d{1,18})*)\s*\]$")
FORWARD = re.compile(r"d_(?P<by>\w+)\((?P<of>.+)\)$")
DERIVATIVE = re.compile(r"(?:∂(?P<of>.+)/∂(?P<by>.+)|d\((?P<of_>.+)\)/d\((?P<by_>.+)\))$")


def read_name(typed: str) -> tuple[str, tuple[int, ...]]:
    """The key that a column's name means, and its entry.

    >>> read_name("d(E)/d(W)[2,1]"), read_name("dE/dW[2,1]"), read_name("ŷ")
    (('∂E/∂W', (2, 1)), ('∂E/∂W', (2, 1)), ('y_hat', ()))
    """
    text, entry = entry_of(typed)
    if sides := quotient(text):
        of, by = sides
        by, inner = entry_of(by)  # d(E)/d(W[2,1])
        return f"∂{ascii_or_itself(of)}/∂{ascii_or_itself(by)}", entry or inner
    if FORWARD.match(text):
        return ascii_or_itself(text), entry
    return ".".join(ascii_or_itself(part) for part in text.split(".")), entry


def entry_of(typed: str) -> tuple[str, tuple[int, ...]]:
    """A name without the entry behind it, and the entry."""
    text = typed.strip()
    found = ENTRY.search(text)
    if not found:
        return text, ()
    return text[: found.start()].rstrip(), tuple(int(value) for value in found[1].split(","))


def quotient(text: str) -> tuple[str, str] | None:
    """Both names of a derivative, however it is typed; None for what is none.

    >>> quotient("∂E/∂w") == quotient("d(E) / d(w)") == quotient("dE/dw"), quotient("data/d"), quotient("w")
    (True, None, None)
    """
    above, slash, below = (part.strip() for part in text.partition("/"))
    for mark in ("∂", "d"):
        if slash and above.startswith(mark) and below.startswith(mark):
            of, by = (side.removeprefix(mark).strip() for side in (above, below))
            of, by = (side[1:-1] if side[:1] == "(" and side[-1:] == ")" else side for side in (of, by))
            return (of, by) if of and by else None
    return None


def ascii_or_itself(name: str) -> str:
    """The ASCII form of a name, or the text itself where it is no name."""
    if forward := FORWARD.match(name.strip()):
        return f"∂_{ascii_or_itself(forward['by'])}.{ascii_or_itself(forward['of'])}"
    try:
        return names.ascii(name.strip())
    except ChainruleError:
        return name.strip()


def spelled(key: str) -> str:
    """A key in ASCII: the derivative of f by x that an equation reads, the quantity ``∂_x.f``, is ``d_x(f)``.

    >>> spelled("∂_y.∂_x.f")
    'd_y(d_x(f))'
    """
    if not key.startswith("∂_"):
        return key
    by, _, of = key.removeprefix("∂_").partition(".")
    return f"d_{by}({spelled(of)})"


def show_name(key: str, entry: tuple[int, ...] = ()) -> str:
    """The name of a column.

    >>> show_name("∂E/∂W", (2, 1))
    'd(E)/d(W)[2,1]'
    """
    found = DERIVATIVE.match(key)
    text = f"d({found['of']})/d({spelled(found['by'])})" if found and found["of"] else spelled(key)
    return entry_text(text, entry)


def ranges(program: Program, column: TraceColumn, known: Mapping[str, range]) -> tuple[range, ...]:
    """The values of a column's letters, the pattern letter's left out."""
    return extents(program, column.letters, column.bases, known)
