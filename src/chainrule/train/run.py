"""A training that was done: how it was made, what it passed through, where it ended and why.

Conventions. Step numbers count from 1, "after k steps" from 0: the weights after 0 steps are the start. Mappings of
weights (`Weights`) hold float64 numbers, and arrays with the axes of the weight's letters. The record cannot be
written to.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

import numpy as np

from chainrule.data.reading import Scales
from chainrule.engines.protocol import Array, Departure, Loaded
from chainrule.errors import UsageError, inline, pictured, shown
from chainrule.expr.limits import limited
from chainrule.model.model import Model
from chainrule.program.program import Program
from chainrule.train.column import ranges, renamed, show_name
from chainrule.train.drive import Why, error, finish
from chainrule.train.order import Rows, whole
from chainrule.train.projection import Projection
from chainrule.train.recipe import Recipe, fingerprint
from chainrule.train.registered_views import way
from chainrule.train.same import by_parts
from chainrule.train.trace import Trace
from chainrule.train.validation import errors as held_errors
from chainrule.train.weights import Weights, json_numbers
from chainrule.values import dataclass

BLOCK = 4096  # rows of the record that are hashed at once


@pictured
@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a run, trained again from its start, is the same to the last bit. True or False as a condition.

    ``sha256`` is that of the record and ``recomputed`` that of the record made anew; ``differs`` names the first thing
    that differs, and is empty where nothing does.
    """

    sha256: str
    recomputed: str
    differs: str = ""

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not self.differs

    def __bool__(self) -> bool:
        return self.same


@by_parts
@dataclass(frozen=True, slots=True)
class Run:
    """What `train` returns and `load_run` reads.

    ``ended`` says why it stopped: "steps" (all that were asked for), "converged" (a whole pass left every weight and
    every state of the learning rule unchanged to the last bit), "left the finite numbers" (``departure`` says in which
    step, equation and pattern; the weights are the last finite ones) or "interrupted".
    ``error`` is the goal over all patterns at the end. ``notes`` are sentences on what was chosen unasked.
    ``projections`` says after which steps a weight was put back into its box.
    """

    recipe: Recipe
    trace: Trace
    ended: Why
    error: float
    departure: Departure | None = None
    projections: tuple[Projection, ...] = ()
    notes: tuple[str, ...] = ()
    model: Model = field(kw_only=True, repr=False, compare=False)
    program: Program = field(kw_only=True, repr=False, compare=False)
    loaded: Loaded = field(kw_only=True, repr=False, compare=False)

    def __repr__(self) -> str:
        return f"<Run of {inline(self.recipe.source)}: {self.steps} steps, ended: {self.ended}, error {self.error!r}>"

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __reduce__(self) -> tuple[object, ...]:
        """As the bytes of its file: another process reads it back and loads an engine of its own."""
        from chainrule.train.files import packed, unpacked

        return unpacked, (packed(self),)

    def __deepcopy__(self, memo: object) -> Run:
        return self  # nothing in it can be changed

    @property
    def sentence(self) -> str:
        """How the run ended, as a sentence."""
        match self.ended:
            case "steps":
                return f"All {self.steps} steps were done."
            case "converged":
                return (
                    f"It converged after {self.steps} steps: a whole pass over the patterns "
                    "left every weight unchanged to the last bit."
                )
            case "interrupted":
                return f"It was interrupted after {self.steps} of {self.recipe.steps} steps."
            case _:
                at = self.departure
                if at is None:
                    return f"It left the finite numbers after step {self.steps}."
                pattern = "" if at.pattern is None else f" for pattern {at.pattern}"
                return f"It left the finite numbers in step {at.step}, in the equation of {self.culprit}{pattern}."

    @property
    def culprit(self) -> str | None:
        """The quantity that was not finite, as a column of the trace; None where all are."""
        if self.departure is None:
            return None
        if self.departure.equation == self.program.objective:
            return self.model.goal.name
        name = renamed(self.departure.equation, self.program.objective, self.model.goal.name)
        letters = ranges(self.program, self.trace.quantities[name], self.recipe.ranges)
        places = zip(letters, self.departure.entry, strict=True)
        return show_name(name, tuple(letter[place] for letter, place in places))

    @property
    def steps(self) -> int:
        """How many steps were done."""
        return int(self.trace.steps[-1])

    @property
    def weights(self) -> Weights:
        """The weights at the end."""
        return Weights({name: values[-1] for name, values in self.trace.weights.items()})

    @property
    def start(self) -> Weights:
        """The weights before the first step."""
        return Weights({name: values[0] for name, values in self.trace.weights.items()})

    @property
    def rate(self) -> float | None:
        """The learning rate; None where no rule reads one."""
        return self.recipe.rate

    @property
    def consts(self) -> Mapping[str, Array]:
        """The consts of the model, the rate among them."""
        return {symbol.name: self.recipe.values[symbol.name] for symbol in self.program.consts}

    @property
    def data(self) -> Mapping[str, Array]:
        """Data and targets of all patterns."""
        return {symbol.name: self.recipe.values[symbol.name] for symbol in (*self.program.data, *self.program.targets)}

    @property
    def scales(self) -> Scales:
        """What data was standardised by: for each name its mean, which was taken away, and its spread, the divisor."""
        return self.recipe.scales

    @property
    def validation(self) -> Array | None:
        """The goal over the held-out patterns after each recorded step; None where none are held out."""
        return None if self.trace.held is None else held_errors(self.trace)

    @property
    def data_hash(self) -> str:
        """SHA-256 of data and targets."""
        return fingerprint(self.recipe.values, self.data)

    @limited
    def error_at(self, k: int, *, limits: Mapping[str, int] | None = None) -> float:
        """The goal over all patterns after ``k`` steps."""
        return error(self.loaded, self.program, self.at(k))

    @property
    def errors(self) -> Array | None:
        """The error of each pattern at the end; None where the goal is not a mean or sum of one number a pattern."""
        each = self.model.goal.each
        return None if each is None else np.asarray(self.loaded.evaluate(self.weights, names=[each])[each])

    def rows(self, k: int) -> Rows:
        """The patterns that the step after ``k`` steps visits."""
        return self.recipe.order.rows(count(k))

    @limited
    def at(self, k: int, *, limits: Mapping[str, int] | None = None) -> Weights:
        """The weights after ``k`` steps: recorded, or computed again from the last record before, to the bit.

        After the end of a run that converged they are those of the end. A run that ended otherwise has no later ones:
        E357.
        """
        step = count(k)
        if step > self.steps:
            if self.ended == "converged":
                return self.weights
            raise self.beyond(step)
        place = int(np.searchsorted(self.trace.steps, step, side="right")) - 1
        return Weights(finish(self.loaded, self.recipe.order, self.trace.record.state(place), step).weights)

    def beyond(self, step: int) -> UsageError:
        """The error for weights that the run has not got."""
        help = f"read a step from 0 to {self.steps}, or train with steps={step}"
        if self.departure:
            help = f"read a step from 0 to {self.steps}; step {self.departure.step} left the finite numbers"
        return UsageError("E357", f"the run has no weights after {step} steps: it ended after {self.steps}", help)

    @property
    def sha256(self) -> str:
        """SHA-256 of the record: for each recorded step its number and every weight and state, little-endian."""
        total = hashlib.sha256()
        for start in range(0, len(self.trace), BLOCK):
            total.update(self.trace.record[start : start + BLOCK].bits().tobytes())
        return total.hexdigest()

    @limited
    def verify(self, *, limits: Mapping[str, int] | None = None) -> Verification:
        """Train again from the start and compare every bit of the record, the error and the way it ended."""
        from chainrule.train.verify import verify

        return verify(self)

    @limited
    def save(self, path: str | os.PathLike[str], *, limits: Mapping[str, int] | None = None) -> None:
        """Write the run to a file; its name ends in .csv, .json or .npz. See `chainrule.train.files.save`."""
        from chainrule.train.files import save

        save(self, path)

    def widget(
        self, *, height: int = 720, plain: bool = False, limits: Mapping[str, int] | None = None, **how: Any
    ) -> Any:
        """This run as a page in a notebook, for a learner to play with; see `Model.widget`, which has ``how``."""
        return way("widget")(self, height=height, plain=plain, limits=limits, **how)

    def json(self) -> dict[str, Any]:
        """The run in short, as the command line prints it: numbers that are not finite are strings."""
        departure, held = self.departure, self.recipe.held
        return {
            "model": self.recipe.source,
            "engine": self.recipe.engine,
            "numerics": self.recipe.numerics,
            "steps": self.steps,
            "ended": {
                "why": self.ended,
                "step": departure.step if departure else self.steps,
                "equation": self.culprit,
                "pattern": departure.pattern if departure else None,
            },
            "weights": self.weights.json(),
            "error": json_numbers(self.error),
        } | ({"scales": numbered(self.scales)} if self.scales else {}) | (
            {"validation": {"patterns": held.patterns, "error": json_numbers(self.held_error(self.weights))}}
            if held
            else {}
        )

    @limited
    def held_errors(self, steps: Iterable[int], *, limits: Mapping[str, int] | None = None) -> Array:
        """The goal over the held-out patterns after each of these numbers of steps."""
        try:
            each = [*steps]
        except TypeError:
            help = "write [0, 10, 100]"
            raise UsageError("E353", f"{shown(steps)} is not a list of numbers of steps", help) from None
        steps = self.trace.steps
        places = np.searchsorted(steps, [count(step) for step in each])
        recorded = bool(each) and places.max() < len(steps) and steps[places].tolist() == each
        if recorded and self.trace.held is not None:
            return held_errors(self.trace, places)
        return np.array([self.held_error(self.at(step)) for step in each], np.float64)

    @limited
    def held_error(self, weights: Mapping[str, Array], *, limits: Mapping[str, int] | None = None) -> float:
        """The goal over the held-out patterns at some weights; not a number where none are held out."""
        held = self.trace.held
        own: Mapping[str, Any] = self.weights
        anything: Any = weights
        found = anything if isinstance(anything, Mapping) else {}
        try:
            values = {name: np.asarray(found[name], np.float64) for name in own}
        except (KeyError, TypeError, ValueError, OverflowError):
            values = {}
        if any(name not in values or values[name].shape != np.shape(own[name]) for name in own):
            raise UsageError("E353", f"{shown(weights)} is not all weights of a step", "give run.at(k)")
        return math.nan if held is None else error(held, self.program, values)


def numbered(scales: Scales) -> dict[str, Any]:
    """Means and spreads for JSON."""
    return {name: {"mean": mean.tolist(), "spread": spread.tolist()} for name, (mean, spread) in scales.items()}


def count(k: object) -> int:
    """A number of steps that is one, or E353."""
    steps = whole(k)
    if steps is None or steps < 0:
        raise UsageError("E353", f"{shown(k)} is not a number of steps", "write a whole number from 0 on")
    return steps
