"""What an engine promises: the same program gives the same bits, a chunk of steps a call.

Arrays are float64 with one axis for each letter of a symbol, in the order of its letters; those of a run in
float32 hold numbers of float32. Rows are numbers of patterns,
from 0. A weight's gradient is the array named ``∂goal/∂w``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from chainrule.program.program import Program
from chainrule.tape.bound import Array, Bound
from chainrule.values import dataclass

if TYPE_CHECKING:
    from chainrule.engines.layout import Layout

__all__ = ["Array", "Bound", "Chunk", "Departure", "Engine", "Ensemble", "Loaded", "Many", "State", "States"]


@dataclass(frozen=True, slots=True)
class State:
    """Where a training stands: weights, states of the learning rule, steps done, and how many of the latest steps in a
    row left all of them unchanged to the last bit."""

    weights: Mapping[str, Array]
    states: Mapping[str, Array]
    step: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class States:
    """Many states of a training, the axis of them first: weights, states of the rule, and how many steps were done."""

    weights: Mapping[str, Array]
    states: Mapping[str, Array]
    steps: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Departure:
    """Where a run left the finite numbers: in which step (from 1), which equation (its key), which pattern and which
    entry, if it has them."""

    step: int
    equation: str
    pattern: int | None = None
    entry: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """The steps done in one call. ``weights[name][r]`` is the weight after step ``steps[r]``; so for states.

    ``projected`` names each weight that the phase "project" changed, with the numbers of the steps (recorded or not)
    after which it did.
    """

    state: State
    steps: NDArray[np.int64]
    weights: Mapping[str, Array]
    states: Mapping[str, Array]
    departure: Departure | None = None
    converged: bool = False
    projected: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)


class Engine(Protocol):
    """Turns a program into something that runs."""

    name: str

    def load(self, program: Program, bound: Bound) -> Loaded: ...


class Loaded(Protocol):
    """Code ready to run. Holds whatever keeps it alive. ``table`` says whether it likes rows best as one array."""

    table: bool

    def evaluate(
        self, weights: Mapping[str, Array], rows: Sequence[int] | None = None, names: Iterable[str] | None = None
    ) -> dict[str, Any]:
        """Quantities of forward, error and adjoint phases by key, over the given rows (None: all patterns).

        ``names`` are those that are wanted (None: all); what depends on a target that is not given is left out.
        """
        ...

    def evaluate_each(
        self, weights: Mapping[str, Array], rows: NDArray[np.int64], names: Iterable[str] | None = None
    ) -> dict[str, Array]:
        """`evaluate` for many weights and rows at once, with the bits of each alone: an axis for them is the first of
        each weight, of ``rows`` and of each quantity. Where it has length 1 in all weights, or in ``rows``, they are
        the same for all."""
        ...

    def step_each(self, states: States, rows: NDArray[np.int64]) -> dict[str, Array]:
        """The weights one step after each of the states, which visits a row of ``rows`` (one row: all visit the same);
        not numbers where the step leaves the finite ones."""
        ...

    def advance(self, state: State, rows: Sequence[Sequence[int]], pass_length: int, record: int = 1) -> Chunk:
        """One step for each element of ``rows`` (the patterns it visits), recording after every ``record``-th step
        (by the run's own step number) and the last. Ends early when the numbers are no longer finite (the state is
        then the one BEFORE the step that left) or when, at the end of a pass of ``pass_length`` steps, the whole pass
        changed nothing (converged)."""
        ...


class Ensemble(Protocol):
    """Where many runs of one program stand. The axis of the runs comes first."""

    @property
    def runs(self) -> int: ...

    @property
    def rows(self) -> Array:
        """The weights and states of each run, a row as its `engines.layout.Layout` says; of a run that left the finite
        numbers the last finite ones."""
        ...

    @property
    def consts(self) -> Array:
        """The own consts of each run, in a row."""
        ...

    @property
    def ended(self) -> NDArray[np.int64]:
        """Why each run ended, as `engines.native.run_status.Ended`; 0 while it makes steps."""
        ...

    @property
    def steps(self) -> NDArray[np.int64]:
        """How many steps each run has made."""
        ...

    def going(self) -> Sequence[int]:
        """The groups of runs, whatever these are, in which one is still making steps."""
        ...


Runs = TypeVar("Runs", bound=Ensemble)


class Many(Protocol[Runs]):
    """A program ready for many runs of it, on the processor or on a device: the same bits for each run as alone, in the
    numerics that it is bound in."""

    @property
    def layout(self) -> Layout: ...

    @property
    def threads(self) -> int: ...

    @property
    def program(self) -> Program: ...

    @property
    def bound(self) -> Bound: ...

    @property
    def own(self) -> tuple[str, ...]:
        """The consts of which each run has its own."""
        ...

    def ensemble(self, starts: Mapping[str, Array], own: Mapping[str, Array]) -> Runs:
        """The runs before the first step: weights, states and own consts by name, the axis of the runs first."""
        ...

    def advance(
        self,
        ensemble: Runs,
        rows: Sequence[Sequence[int]],
        first: int,
        pass_length: int,
        *,
        told: Callable[[int], None] = lambda done: None,
    ) -> None:
        """One step of every run that has not ended for each element of ``rows``; ``first`` were made before. The
        ensemble is changed in place, and holds what was made if this is interrupted."""
        ...

    def evaluate(self, ensemble: Runs, names: Sequence[str]) -> dict[str, Array]:
        """Quantities by key over all patterns at the runs' weights."""
        ...

    def departed(self, ensemble: Runs, run: int, rows: Sequence[int]) -> Departure:
        """Where the step of a run that left the finite numbers did so; ``rows`` are the patterns of that step."""
        ...
