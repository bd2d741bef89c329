"""What a run is made of: whoever has the recipe gets the same run, to the last bit.

Conventions. ``values`` holds data, targets and consts as the engine reads them, the rate among the consts, and
``scales`` what data was standardised by; the start is the first row of the record. Nothing in a recipe is a path or an
object: it can be stored and read by anyone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import field

import numpy as np

from chainrule.data.reading import Scales
from chainrule.engines.native import machine
from chainrule.engines.protocol import Array, Bound, Loaded
from chainrule.engines.reference import REFERENCE
from chainrule.errors import RunError, Source, pictured
from chainrule.model import read
from chainrule.model.learning import ruled
from chainrule.model.model import Model
from chainrule.numbers.numerics import NUMERICS
from chainrule.program.lower import lower
from chainrule.program.program import Program
from chainrule.train.choice import native
from chainrule.train.order import Order
from chainrule.train.same import by_parts
from chainrule.train.validation import Held
from chainrule.values import dataclass


@pictured
@by_parts
@dataclass(frozen=True, slots=True)
class Recipe:
    """The model's text and everything that was chosen for the run."""

    text: str
    source: str
    update: str | None
    hold: tuple[str, ...]
    order: Order
    steps: int
    record: int
    rate: float | None
    engine: str
    numerics: str
    origin: str
    values: Mapping[str, Array]
    ranges: Mapping[str, range]
    scales: Scales = field(default_factory=dict)
    held: Held | None = None

    @property
    def bound(self) -> Bound:
        """What the engine runs the program on."""
        return Bound(self.values, self.ranges, self.order.patterns, NUMERICS[self.numerics])


def rebuild(recipe: Recipe) -> tuple[Model, Program]:
    """The model and the program of a recipe that was read from a file."""
    if recipe.numerics not in NUMERICS:
        raise RunError("E366", f"the run was made in {recipe.numerics[:40]!r} numerics, which is not known here", NEWER)
    model = read(Source(recipe.text, recipe.source))
    return model, lower(ruled(model, recipe.update).model, hold=recipe.hold)


def reload(program: Program, recipe: Recipe) -> Loaded:
    """The code that runs it: all engines give the same bits, so the one it was made by need not be there."""
    engine = native() if recipe.engine == "native" and machine.there() else REFERENCE
    return engine.load(program, recipe.bound)


NEWER = "read it with the version of chainrule that wrote it, or a later one"


def fingerprint(values: Mapping[str, Array], names: Iterable[str]) -> str:
    """SHA-256 of arrays by name: for each its name, its shape, and its numbers as little-endian float64.

    >>> fingerprint({"x": np.array([1.0])}, ["x"])[:16]
    'ec5bd5a034fe7645'
    """
    total = hashlib.sha256()
    for name in names:
        total.update(f"{name}{list(np.shape(values[name]))}\n".encode())
        total.update(np.ascontiguousarray(values[name], "<f8").tobytes())
    return total.hexdigest()
