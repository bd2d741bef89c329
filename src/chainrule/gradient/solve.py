"""The indices of an occurrence = the indices wanted, solved for the letters of the occurrence.

A letter that is solved for loses its sum ("the sum keeps one term"); one that is not stays summed (a bias collects over
all patterns). Where a solution can leave its range a bracket remains, and where nothing can be solved (``X[i,i]``,
``a[4]``) the condition itself remains as a bracket: Kronecker's delta.

Source: Urban, van der Smagt, "Automatic differentiation for tensor algebras", arXiv:1711.01348 (2017), eq. 38-47.
"""

from __future__ import annotations

from collections.abc import Iterable

from chainrule.expr.nodes import At, Bracket, Expr, Index, InRange, index
from chainrule.expr.walk import affine, rename_index, rename_letters
from chainrule.gradient.ranges import Ranges
from chainrule.model.letters import base
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Solution:
    """What each solved letter stands for, the conditions left, and the letters still summed."""

    meaning: dict[str, Index]
    guards: tuple[Expr, ...]
    left: tuple[str, ...]


def solve(
    at: tuple[Index, ...], wanted: tuple[Index, ...], own: Iterable[str], opened: Iterable[str], ranges: Ranges
) -> Solution | None:
    """Solve ``at = wanted`` for the letters ``own`` (of the equation) and ``opened`` (of sums); None if it never holds.

    >>> t, s = index("t#1"), index("t")
    >>> solve((affine((t, 1), (Index((), -1), 1)),), (s,), ["t#1"], [], Ranges()).meaning["t#1"]
    Index(terms=(('t', 1),), constant=1)
    """
    own = tuple(own)
    unknown = [*own, *opened]
    meaning: dict[str, Index] = {}
    guards: list[Expr] = []
    pairs = sorted(zip(at, wanted, strict=True), key=lambda pair: len(pair[0].terms) != 1)  # plain indices first
    for position, goal in pairs:
        position = rename_index(position, meaning)
        units = [(letter, factor) for letter, factor in position.terms if letter in unknown and abs(factor) == 1]
        if not units:
            if ranges.equal(position, goal) is False:
                return None
            if position != goal:
                guards.append(Bracket("==", At(position), At(goal)))
            continue
        letter, factor = next((unit for unit in units if unit[0] in own), units[0])
        solution = affine((goal, factor), (position, -factor), (index(letter), 1))
        certain = ranges.inside(solution, letter)
        if certain is False:
            return None
        if certain is None:
            guards.append(InRange(solution, base(letter)))
        step = {letter: solution}
        meaning = {known: rename_index(value, step) for known, value in meaning.items()} | step
        unknown.remove(letter)
    # a guard may have been written before a later position was solved
    return Solution(meaning, tuple(rename_letters(guard, meaning) for guard in guards), tuple(unknown))
