"""A program → nothing, or the fault of the pass that made it.

Every name is written once and read only afterwards, every letter has a set and is bound, every reading has as many
indices as its quantity has axes, the goal is one number, and an update changes only a weight or a state, and computes
what these share.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chainrule.errors import BrokenPass
from chainrule.expr.entries import idle
from chainrule.expr.graph import components
from chainrule.expr.indices import Extent, Letters
from chainrule.expr.nodes import At, Equation, Expr, Index, InRange, Reduce, Ref, Size, key, places
from chainrule.expr.order import Circle, ordered
from chainrule.expr.walk import fold, nodes, reads
from chainrule.program.program import NEW, PHASES, STEP, PhaseName, Program


def verify(program: Program, after: str, extent: Callable[[str], Extent] = lambda letter: Extent()) -> None:
    """Raise BrokenPass, naming the pass it came after, unless the program is one; ``extent`` says what is known of a
    letter's values."""
    try:
        ranks = given(program)
        for phase in PHASES:
            if phase not in program.phases:
                raise Broken(f"there is no phase {phase}")
            if phase in ("update", "project"):
                ranks.setdefault(STEP, 0)
                for equation in program.phases[phase]:
                    check_letters(program, equation)
                    check_reads(equation, ranks)
                    change(program, phase, equation, ranks)
            else:
                check_phase(program, phase, ranks, extent)
        check_starts(program)
        stored = [symbol.name for symbol in program.symbols()]
        if ranks.get(program.objective) != 0 or program.objective in stored:
            raise Broken(f"the goal {program.objective} is not one number that an equation computes")
    except Broken as fault:
        raise BrokenPass(after, str(fault)) from None


class Broken(Exception):
    """What is wrong with a program."""


def given(program: Program) -> dict[str, int]:
    """How many axes each symbol has."""
    ranks: dict[str, int] = {}
    for symbol in program.symbols():
        if symbol.name in ranks:
            raise Broken(f"{symbol.name} is given twice")
        for letter in symbol.letters:
            if letter not in program.sets:
                raise Broken(f"{symbol.name} has the letter {letter}, which has no set")
        ranks[symbol.name] = len(symbol.letters)
    return ranks


def check_starts(program: Program) -> None:
    """States begin at numbers that consts give; nothing else has a start."""
    states, consts = ({symbol.name for symbol in group} for group in (program.states, program.consts))
    for name, start in program.starts.items():
        if name not in states:
            raise Broken(f"{name} has a start, but is no state")
        if strange := {read for read, _ in reads(start)} - consts:
            raise Broken(f"the start of {name} reads {', '.join(sorted(strange))}, which is no const")


def check_letters(program: Program, equation: Equation) -> None:
    """Every letter on the right is bound, by the left side or by a reduction, and has a set."""
    name = key(equation.target)
    if len(set(equation.letters)) != len(equation.letters):
        raise Broken(f"the left side of {name} has a letter twice")
    if loose := free(equation.body) - set(equation.letters):
        raise Broken(f"in the equation of {name}, nothing binds {', '.join(sorted(loose))}")
    for node in nodes(equation.body):
        if isinstance(node, Reduce) and not node.letters:
            raise Broken(f"in the equation of {name}, a reduction says no letter")
        for letter in bound(node):
            if letter not in program.sets:
                raise Broken(f"in the equation of {name}, the letter {letter} has no set")


def check_reads(equation: Equation, ranks: Mapping[str, int]) -> None:
    """Everything read is known, with as many indices as it has axes."""
    for name, indices in reads(equation.body):
        if name not in ranks:
            raise Broken(f"{key(equation.target)} reads {name} before it is written")
        if ranks[name] != len(indices):
            raise Broken(f"{key(equation.target)} reads {name} with {len(indices)} indices; it has {ranks[name]}")


def check_phase(
    program: Program, phase: PhaseName, ranks: dict[str, int], extent: Callable[[str], Extent]
) -> None:
    """Equations that read what is there, or each other in a recurrence; no entry is written twice.

    What defines no entry, since others define all of its own, is never computed: it may stand anywhere.
    """
    lines = program.phases[phase]
    letters = Letters(extent, program.sets.__getitem__)
    nothing = idle(lines, letters)
    seen: dict[tuple[str, tuple[Index, ...]], None] = {}
    for line in lines:
        check_letters(program, line)
        name = key(line.target)
        if name in ranks or (name, places(line.target)) in seen:
            raise Broken(f"{name} is written twice")
        seen[name, places(line.target)] = None
    made = {key(line.target): len(places(line.target)) for line in lines}
    inside: dict[str, tuple[str, ...]] = {}
    for line in lines:
        found = () if id(line) in nothing else tuple(other for other, _ in reads(line.body))
        inside[key(line.target)] = (*inside.get(key(line.target), ()), *found)
    group = {name: number for number, part in enumerate(components(inside)) for name in part}
    try:
        ordered(lines, letters)
    except Circle as circle:
        for line in circle.lines:
            check_reads(line, ranks)
        raise Broken(f"no letter leads through the recurrence of {circle.names}") from None
    for line in lines:
        name = key(line.target)
        together = {other: rank for other, rank in made.items() if group[other] == group[name]}
        if id(line) not in nothing:
            check_reads(line, {**ranks, **together})
        ranks[name] = made[name]


def change(program: Program, phase: PhaseName, equation: Equation, ranks: dict[str, int]) -> None:
    """Takes note of what an update or a projection changes: once only, and only what may change."""
    name, rank = key(equation.target), len(places(equation.target))
    if name in program.shared:
        if phase != "update" or rank or name in ranks:
            raise Broken(f"{name} is one number that an update computes once, and not this")
        ranks[name] = rank
        return
    kept = {symbol.name for symbol in program.weights + program.states} - set(program.held)
    if name not in kept:
        raise Broken(f"the phase {phase} writes {name}, which is no weight or state that may change")
    if ranks[name] != rank:
        raise Broken(f"the phase {phase} writes {name} with {rank} indices; it has {ranks[name]}")
    done = {"update": NEW, "project": NEW + phase}[phase]
    if name + done in ranks:
        raise Broken(f"{name} is written twice in the phase {phase}")
    if phase == "project" and name + NEW not in ranks:
        raise Broken(f"{name} is put into its box, but never updated")
    ranks[name + done] = rank


def free(expr: Expr) -> set[str]:
    """The letters that nothing inside binds."""

    def combine(node: Expr, inside: tuple[set[str], ...]) -> set[str]:
        found = set().union(*inside, *({letter for letter, _ in place.terms} for place in indices(node)))
        return found - set(node.letters) if isinstance(node, Reduce) else found

    return fold(expr, combine)


def indices(node: Expr) -> tuple[Index, ...]:
    """The indices that stand in a node itself."""
    match node:
        case Ref(_, found):
            return found
        case At(place) | InRange(place, _):
            return (place,)
    return ()


def bound(node: Expr) -> tuple[str, ...]:
    """The letters whose range a node speaks of."""
    match node:
        case Reduce(_, letters):
            return letters
        case Size(letter) | InRange(_, letter):
            return (letter,)
    return ()
