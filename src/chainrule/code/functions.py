"""The elementary functions, printed once each from their programs over nine machine operations: so the same bits."""

from __future__ import annotations

from functools import cache

from chainrule.code.names import Names
from chainrule.code.spelling import Spelling, filled
from chainrule.code.value import Value
from chainrule.code.walk import Walk
from chainrule.errors import BrokenPass
from chainrule.numbers.elementary import integer_power
from chainrule.numbers.functions import PROGRAMS
from chainrule.tape.machine import Cell, TapeMachine
from chainrule.tape.plan import plan
from chainrule.tape.record import Recording
from chainrule.tape.tape import Tape, unfolded

PAIRS = frozenset({"max", "min", "power"})
"""The functions of two arguments."""

SHORT = {2: "square", 3: "cube"}
"""What a power with a written exponent is called."""


class Functions:
    """Functions that are called, and their texts. None is called as the language's own are, or as words of it.

    >>> from chainrule.code.javascript.table import JAVASCRIPT
    >>> functions = Functions(JAVASCRIPT)
    >>> functions.called("tanh"), functions.called("power 2"), sorted(functions.texts)
    ('tanh', 'square', ['square', 'tanh'])
    """

    def __init__(self, spelling: Spelling) -> None:
        self.spelling = spelling
        self.names = Names(spelling.reserved)
        self.known = {kind: self.names.fresh(filled(spelling.own, name=kind)) for kind in PROGRAMS}
        self.texts: dict[str, str] = {}

    def taken(self, *recordings: Recording) -> set[str]:
        """The names that nothing else in a program with these recordings may have."""
        for recording in recordings:
            for line in unfolded(recording.tape.instructions):
                if line.operation == "power":
                    self.name(f"power {line.detail}")
        return self.names.taken

    def name(self, function: str) -> str:
        """The name of a known function, or of ``power N``, in the language."""
        if function not in self.known:
            kind = named(int(function.partition(" ")[2]))
            self.known[function] = self.names.fresh(filled(self.spelling.own, name=kind))
        return self.known[function]

    def called(self, function: str) -> str:
        """The same, of one that is called: its text is kept."""
        name = self.name(function)
        if name not in self.texts:
            kind, _, exponent = function.partition(" ")
            self.texts[name] = text(self.spelling, name, kind, int(exponent) if exponent else None)
        return name


@cache
def text(spelling: Spelling, name: str, kind: str, exponent: int | None) -> str:
    """The lines of a function."""
    tape = Tape({}, {}, spelling.numerics)
    names = ("x", "y") if kind in PAIRS and exponent is None else ("x",)
    inputs = {tape.input(one, (), False): one for one in names}
    machine, cells = TapeMachine(tape), [Cell(tape, slot) for slot in inputs]
    found = PROGRAMS[kind](machine, *cells) if exponent is None else integer_power(machine, cells[0], exponent)
    result: int = found.slot
    made = plan(tape, {result}, len(tape.instructions), list(tape.constants))
    reads = {slot: lambda at, one=one: Value(one) for slot, one in inputs.items()}
    walk = Walk(made, spelling, Names({*spelling.reserved, *names}), reads, {}, whole)
    declared = ", ".join(filled(spelling.argument["number"], name=one) for one in inputs.values())
    walk.lines.open(filled(spelling.giving or spelling.function, name=name, arguments=declared))
    walk.groups((*made.before, *made.stepping, *made.settling))
    walk.lines.add(filled(spelling.give, value=walk.read(result, {}).text))
    walk.lines.close(spelling.end)
    return "\n".join(walk.lines.text)


def whole(function: str) -> str:
    """A function within a function: there is none, since programs are written out whole."""
    raise BrokenPass("printing", f"{function} is called where functions are written out")


def named(exponent: int) -> str:
    """What a power with a written exponent is called.

    >>> named(2), named(-3)
    ('square', 'power_minus_3')
    """
    return SHORT.get(exponent, f"power_{'minus_' * (exponent < 0)}{abs(exponent)}")
