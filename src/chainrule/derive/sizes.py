"""Expressions → which sets of letters have one size, and which keep the size that the text gives them.

Conventions. Letters of sets that stand at one place of one name run over as many values. Where an index is more than a
letter (``x[p+u]``, ``a[4,j]``), or equations divide a quantity along an axis, the size of a set hangs together with
numbers of the text. The letter of the patterns is a set of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from chainrule.expr.entries import parted
from chainrule.expr.nodes import Equation, Expr, Ref, index
from chainrule.expr.walk import nodes
from chainrule.model.letters import base
from chainrule.model.model import Model
from chainrule.model.ranges import letters as known_letters


def set_name(letter: str, model: Model) -> str:
    """The name of the set of a letter; that of the patterns, and a letter of no set, is a set of its own."""
    plain = base(letter)
    group = None if plain == model.pattern else model.set_of(plain)
    return group.name if group else plain


class Alike:
    """Sets that have one size, by what was seen of them."""

    def __init__(self, model: Model, equations: Iterable[Equation] = ()) -> None:
        """``equations`` are those that may divide a quantity."""
        self._model = model
        self._parents: dict[str, str] = {}
        self._axes: dict[tuple[str, int], str] = {}
        self._parted = parted(equations, known_letters(model.sets).group)
        self.rigid: set[str] = set()
        """Letters of indices that are more than a letter, or that lie along a divided axis."""

    def of(self, letter: str) -> str:
        """The name that stands for all sets of one size with that of a letter."""
        return self._root(set_name(letter, self._model))

    def axis(self, name: str, axis: int) -> str | None:
        """The same of the letters that stand along an axis of a name, counted from the last, where one was seen."""
        return self._root(self._axes[name, axis]) if (name, axis) in self._axes else None

    def see(self, node: Expr) -> None:
        """What a node says of its letters."""
        if not isinstance(node, Ref):
            return
        for axis, place in enumerate(node.indices, -len(node.indices)):  # counted so, the hidden letter moves none
            if place.letter is None or (node.name, axis) in self._parted:
                self.rigid.update(letter for letter, _ in place.terms)
            if place.letter is not None:
                mine = self.of(place.letter)
                self._parents[mine] = self._root(self._axes.setdefault((node.name, axis), mine))

    def _root(self, name: str) -> str:
        while self._parents.setdefault(name, name) != name:
            name = self._parents[name]
        return name


def alike_of(model: Model) -> Alike:
    """What the equations of a model say, and what the letters are that its quantities are declared with."""
    found = Alike(model, model.equations)
    for quantity in model.quantities.values():
        found.see(Ref(quantity.name, tuple(map(index, quantity.letters))))
    for equation in model.equations:
        for node in (*nodes(equation.target), *nodes(equation.body)):
            found.see(node)
    return found
