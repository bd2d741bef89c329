"""Many runs of one program → what came of each, as arrays: the steps of all of them, driven in chunks.

Conventions. The axis of the runs comes first. Runs share patterns and order; each has its own start and its own values
of the consts that are named. How the steps are cut into chunks never changes a number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.native.code import NEVER
from chainrule.engines.native.many import Keep, LoadedMany
from chainrule.engines.native.run_status import Ended
from chainrule.engines.protocol import Array, Bound, Departure, Ensemble, Many, Runs
from chainrule.program.program import Program
from chainrule.train.device import Card, on_card
from chainrule.train.drive import RECORDED, ROWS, TENTH, visited
from chainrule.train.format import fitted
from chainrule.train.order import Order
from chainrule.train.prepare import first
from chainrule.values import dataclass

CALL = 0.005
"""Seconds that a call for one group of runs should take at least: what surrounds it costs a hundredth of that."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of many runs. ``ended`` says why, as `engines.native.run_status.Ended` (0 where all steps were
    made), and ``steps`` how many each made. Weights, states and ``chosen`` quantities are those at the
    end, as arrays by name."""

    ensemble: Ensemble
    many: Many[Any]
    order: Order
    error: Array
    chosen: Mapping[str, Array]

    @property
    def ended(self) -> NDArray[np.int64]:
        return self.ensemble.ended

    @property
    def steps(self) -> NDArray[np.int64]:
        return self.ensemble.steps

    @property
    def values(self) -> Mapping[str, Array]:
        """Weights and states at the end; of a run that left the finite numbers, the last finite ones."""
        return self.many.layout.parts(self.ensemble.rows)

    def departure(self, run: int) -> Departure | None:
        """Where a run left the finite numbers: the reference engine makes that step again."""
        if self.ended[run] != Ended.LEFT:
            return None
        return self.many.departed(self.ensemble, run, self.order.rows(int(self.steps[run])))


def outcome(
    program: Program,
    bound: Bound,
    order: Order,
    steps: int,
    starts: Mapping[str, Array],
    own: Mapping[str, Array],
    chosen: Sequence[str] = (),
    *,
    width: int | None = None,
    threads: int | None = None,
    card: Card | None = None,
    told: Callable[[float], None] = lambda done: None,
) -> Outcome:
    """Train runs from ``starts`` (every weight; states where they begin elsewhere than the rule says) with ``own``
    values of consts, and compute the goal and ``chosen`` quantities, by key, over all patterns at the end.

    The steps are made by the native engine, side by side as ``width`` and ``threads`` say, or on a ``card``, with the
    same bits. ``told(done)`` is called about ten times a second with the steps made so far, on average over the runs.

    >>> from chainrule.engines.protocol import Bound
    >>> from chainrule.model import build
    >>> from chainrule.notation import parse
    >>> from chainrule.program import lower
    >>> program = lower(build(parse("data x\\nweight w\\nE = (w*x - 1)^2")))
    >>> bound = Bound({"x": np.array([1.0]), "alpha": np.array(0.1)}, {}, 1)
    >>> rates = np.array([0.25, 0.5, 1e200])
    >>> found = outcome(program, bound, Order("all", 1), 50, {"w": np.zeros(3)}, {"alpha": rates})
    >>> found.ended.tolist(), found.steps.tolist(), found.error.round(9).tolist()
    ([0, 2, 1], [50, 2, 1], [0.0, 0.0, inf])
    >>> found.departure(2)
    Departure(step=2, equation='E', pattern=0, entry=())
    """
    runs = len(next(iter(starts.values())))
    begun = dict(starts)
    for symbol in program.states:
        if symbol.name not in begun:
            shape = [len(bound.ranges[program.sets[letter]]) for letter in symbol.letters]
            value = begin(program, symbol.name, bound, own, runs)
            begun[symbol.name] = np.broadcast_to(value.reshape(runs, *[1] * len(shape)), (runs, *shape))
    many = ready(program, bound, tuple(own), order, width, threads, card)
    ensemble = many.ensemble(fitted(begun, bound.numerics), own)
    follow(many, ensemble, order, steps, told=told)
    names = dict.fromkeys((program.objective, *chosen))
    found = many.evaluate(ensemble, tuple(names))
    return Outcome(ensemble, many, order, found[program.objective], {name: found[name] for name in chosen})


def ready(
    program: Program,
    bound: Bound,
    own: tuple[str, ...],
    order: Order,
    width: int | None,
    threads: int | None,
    card: Card | None,
) -> Many[Any]:
    """The program ready for runs on the processor, or on a card."""
    if card is None:
        return LoadedMany(program, bound, own, width, threads, order.width or order.patterns)
    return on_card(card, program, bound, own)


def begin(program: Program, state: str, bound: Bound, own: Mapping[str, Array], runs: int) -> Array:
    """What a state begins with in each run."""
    if state not in program.starts:
        return np.zeros(runs)
    consts = {symbol.name for symbol in program.consts if not symbol.letters}
    each = [dict(bound.values) | {name: own[name][run] for name in own.keys() & consts} for run in range(runs)]
    return np.array([first(program, state, values) for values in each])


def follow(
    many: Many[Runs],
    ensemble: Runs,
    order: Order,
    stop: int,
    record: int = NEVER,
    keep: Keep | None = None,
    told: Callable[[float], None] = lambda done: None,
    made: int = 0,
) -> None:
    """Train every run of an ensemble until ``stop`` steps are done or it ends, from where it stands after ``made``;
    with ``keep``, which the native engine alone knows, each ``record``-th step is recorded."""
    listed = 1 if order.batch == "all" else order.width or order.patterns
    recorded: dict[str, Any] = {"record": record, "keep": keep} if keep else {}
    kept = 8 * many.layout.width * ensemble.runs
    most = max(1, min(ROWS // listed, RECORDED * record // max(1, kept)))

    def tell(_: int = 0) -> None:
        told(float(np.where(ensemble.ended == Ended.STEPS, ensemble.steps, stop).mean()))

    size = 1
    while made < stop and (going := ensemble.going()):
        rows = visited(order, made, min(stop, made + size), table=True)
        began = perf_counter()
        many.advance(ensemble, rows, made, order.pass_length, told=tell, **recorded)
        took = perf_counter() - began
        made += len(rows)
        tell()
        wanted = max(TENTH, CALL * len(going) / many.threads)
        size = max(1, min(most, int(size * min(8.0, max(0.125, wanted / max(took, 1e-9))))))
