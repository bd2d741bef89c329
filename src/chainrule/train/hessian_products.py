"""A network at given weights → the product of its Hessian with directions, many at once; no matrix is made.

The gradient equations are differentiated along a direction (Pearlmutter's R-operator) and run. No second derivative is
computed in any other way: a matrix is such products, stacked.

Source: Pearlmutter, Fast exact multiplication by the Hessian, Neural Computation 6 (1994) 147–160.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from chainrule.engines import reference
from chainrule.engines.protocol import Array, Bound, Loaded
from chainrule.expr.nodes import Equation
from chainrule.expr.order import flat, ordered
from chainrule.gradient.forward import changes_along
from chainrule.model.model import Model
from chainrule.model.ranges import letters
from chainrule.program.lower import lower, sets
from chainrule.program.program import Program, Symbol, computed
from chainrule.values import dataclass


@dataclass(frozen=True)
class Bend:
    """A network at given weights, ready to be differentiated along directions. Vectors hold the entries of all weights,
    in order of declaration, the last letter fastest; ``moved`` are the weights of which directions may have entries."""

    program: Program
    loaded: Loaded
    patterns: int
    weights: Mapping[str, Array]
    moved: tuple[str, ...]

    @property
    def size(self) -> int:
        return sum(map(np.size, self.weights.values()))

    def along(self, direction: Array) -> tuple[Array, float]:
        """H·r, and the slope g·r: the goal's directional derivative."""
        slopes = [self.program.gradient(name) for name in self.weights]
        found = self.evaluated(direction[None], (*slopes, *map(change, slopes)))
        gradient, product = (self.stacked(found, keys, 1)[0] for keys in (slopes, map(change, slopes)))
        return product, float(gradient @ direction)

    def products(self, directions: Array) -> Array:
        """H·r for each row r; a row has the entries of all weights."""
        changes = [change(self.program.gradient(name)) for name in self.weights]
        return self.stacked(self.evaluated(directions, changes), changes, len(directions))

    def evaluated(self, directions: Array, keys: Iterable[str]) -> dict[str, Array]:
        """Quantities by key, the directions along the first axis."""
        given = {name: np.asarray(value, np.float64)[None] for name, value in self.weights.items()}
        parts = self.parts(directions)
        given |= {f"r.{name}": parts[name] for name in self.moved}
        return self.loaded.evaluate_each(given, np.arange(self.patterns)[None], tuple(keys)) if self.size else {}

    def stacked(self, found: Mapping[str, Array], keys: Iterable[str], count: int) -> Array:
        """Quantities, one of each weight, side by side; 0 without an equation, for then nothing changes it."""
        columns = [
            np.broadcast_to(found.get(key, 0.0), (count, *np.shape(value))).reshape(count, -1)
            for key, value in zip(keys, self.weights.values(), strict=True)
        ]
        return np.concatenate(columns, axis=1)

    def parts(self, vectors: Array) -> dict[str, Array]:
        """A vector, or several in rows, as one array for each weight."""
        out, at = {}, 0
        for name, value in self.weights.items():
            part = np.asarray(vectors[..., at : at + np.size(value)])
            out[name] = part.reshape((*np.shape(vectors)[:-1], *np.shape(value)))
            at += np.size(value)
        return out

    def vector(self, parts: Mapping[str, object]) -> Array:
        """Arrays by weight as one vector; a weight that is not named does not move."""
        given = {name: np.asarray(parts.get(name, 0.0), float) for name in self.weights}
        return np.concatenate([np.broadcast_to(given[n], np.shape(v)).ravel() for n, v in self.weights.items()])


def bend(
    model: Model, bound: Bound, weights: Mapping[str, Array], of: str | None = None, entry: tuple[int, ...] = (),
    moved: Iterable[str] | None = None,
) -> Bend:  # fmt: skip
    """The network with equations for the change of its gradient along a direction of some weights, or of all.

    ``of`` names a quantity instead of the goal, ``entry`` one of its numbers.
    """
    program = lower(model, goal=of, entry=entry, wanted=[quantity.name for quantity in model.named("weight")])
    ways = [symbol for symbol in program.weights if moved is None or symbol.name in moved]
    new = changes_along(computed(program), {symbol.name: f"r.{symbol.name}" for symbol in ways}, sets=model.sets)
    inputs = tuple(Symbol(f"r.{symbol.name}", symbol.letters) for symbol in ways)
    longer = replace(extended(model, program, new), weights=(*program.weights, *inputs))
    ordered = {symbol.name: np.asarray(weights[symbol.name], float) for symbol in program.weights}
    loaded = reference.ENGINE.load(longer, bound)
    return Bend(program, loaded, bound.patterns, ordered, tuple(symbol.name for symbol in ways))


def extended(model: Model, program: Program, new: tuple[Equation, ...]) -> Program:
    """The program with more equations after its adjoints."""
    adjoints = (*program.phases["adjoint"], *flat(ordered(new, letters(model.sets))))
    longer = replace(program, phases={**program.phases, "adjoint": adjoints})
    return replace(longer, sets=sets(model, longer))


def change(key: str) -> str:
    """The key of how a quantity changes along the direction."""
    return f"R.{key}"
