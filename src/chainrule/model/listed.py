"""A quantity whose entries are given one by one, ``z[1] = …`` and ``z[2] = …``: which letter numbers them.

Its letter is the one by which another line reads it, ``sum_k z[k]``; where every reading has a number too, it is the
one declared letter that runs over just these numbers. An equation of that letter, which defines no entry, then stands
for the array among the equations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chainrule.errors import ModelError
from chainrule.expr.entries import box, closed, uncovered
from chainrule.expr.nodes import Equation, Expr, Index, Ref, index, number, places
from chainrule.expr.walk import nodes
from chainrule.model.letters import unprimed
from chainrule.model.model import LetterSet
from chainrule.model.names import Names
from chainrule.model.ranges import whole
from chainrule.notation.names import pretty
from chainrule.notation.statements import Define

UNKNOWN = "?"


def complete(names: Names, exprs: Iterable[Expr]) -> Iterator[Define]:
    """For each quantity with base lines alone an equation with letters, which defines no entry.

    Args:
        names: the names of the text; nothing is changed in them.
        exprs: every expression of the text, which may read the quantities.

    Raises:
        ModelError: E130, where no letter is found, or an entry of the letter has no equation.
    """
    lines: dict[str, list[Define]] = {}
    for line in names.base:
        target = line.equation.target
        if isinstance(target, Ref) and target.name not in names.general:
            lines.setdefault(target.name, []).append(line)
    if not lines:
        return
    read = [node for expr in exprs for node in nodes(expr) if isinstance(node, Ref) and node.name in lines]
    for name, own in lines.items():
        yield _general(names, own, [node.indices for node in read if node.name == name])


def _general(names: Names, lines: list[Define], readings: list[tuple[Index, ...]]) -> Define:
    """The equation that stands for an array: zero, for it defines no entry."""
    first = lines[0]
    targets = [one for line in lines if isinstance(one := line.equation.target, Ref)]
    target = targets[0]
    shown = pretty(target.name)
    if len({len(one.indices) for one in targets}) > 1:
        problem = f"{shown} has {len(target.indices)} indices here, and another number of them in another line"
        raise names.error("E110", problem, "give each line as many indices", first.span)
    letters: list[str] = []
    for position in range(len(target.indices)):
        found = _letter(names, position, targets, [one for one in readings if len(one) == len(target.indices)])
        if found is None or found in letters:
            raise _no_letter(names, first, position, targets, found)
        letters.append(found)
    general = Define(Equation(Ref(target.name, tuple(map(index, letters)), target.span), number(0)), first.span)
    missing = _missing(names, general, lines)
    if missing == UNKNOWN:
        help = f"give {' and '.join(letters)} a range in numbers, as in `index {letters[0]} = 1..3`"
        raise names.error("E130", f"which entries {shown} has is not known", help, first.span)
    if missing is not None:
        help = f"write it too, or an equation for all of them: {shown}[{','.join(letters)}] = …"
        raise names.error("E130", f"{shown}[{missing}] has no equation", help, first.span)
    return general


def _missing(names: Names, general: Define, lines: list[Define]) -> str | None:
    """An entry of the array that no line defines; `UNKNOWN` where the range of a letter is no matter of the text."""

    def values(letter: str) -> range | None:
        return _values(names.group(letter))

    def group(letter: str) -> object:
        return names.group(letter) or letter

    known = closed([one.equation for one in (general, *lines)], values, group)
    wanted, *have = (box(places(one.equation.target), known) for one in (general, *lines))
    if wanted is None:
        return UNKNOWN
    left = uncovered(wanted, [one for one in have if one is not None])
    return ",".join(str(along.start) for along in left[0]) if left else None


def _letter(names: Names, position: int, targets: list[Ref], readings: list[tuple[Index, ...]]) -> str | None:
    """The letter at a position: that of a left side, of a reading, or the one whose values are the numbers there."""
    at = [one.indices[position] for one in targets]
    written = next((one.letter for one in at if one.letter is not None), None)
    if written is not None:
        return written
    numbers = {one.constant for one in at}
    read = [unprimed(letter) for one in readings if (letter := one[position].letter) is not None]
    ranges = [*read, *(group.name for group in names.sets)]
    same = (letter for letter in ranges if (known := _values(names.group(letter))) and set(known) == numbers)
    return next((letter for letter in (*same, *read) if names.group(letter) is not None), None)


def _values(group: LetterSet | None) -> range | None:
    if group is None:
        return None
    low, high = whole(group.low), whole(group.high)
    return None if low is None or high is None else range(low, high + 1)


def _no_letter(names: Names, line: Define, position: int, targets: list[Ref], found: str | None) -> ModelError:
    """Nothing says what the numbers of the entries run over."""
    shown = pretty(targets[0].name)
    numbers = sorted({one.indices[position].constant for one in targets})
    if len(numbers) == 1:
        help = f"write the equation with a letter too: {shown}[t] = … {shown}[t-1] …"
        return names.error("E130", f"{shown} has a base line and no equation", help, line.span)
    letter = next(one for one in "kjimnqrstabcdefgh" if one not in names.taken)
    help = f"write `index {letter} = {numbers[0]}..{numbers[-1]}` above it"
    if found is not None:
        help += f", and {shown} with two different letters"
    return names.error("E130", f"no letter says what the {numbers[0]} of {shown} is one of", help, line.span)
