"""Names of quantities → the code that computes them over so many patterns, and what it leaves as arrays by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod

import numpy as np

from chainrule.engines.layout import Layout
from chainrule.engines.native.code import Code
from chainrule.engines.native.evaluation_kernel import sheet
from chainrule.engines.protocol import Array, Bound
from chainrule.program.program import Program
from chainrule.tape.record import Recording

DEAR = 100_000_000
"""Numbers that the reference engine computes in about as long as their code takes to compile."""

DEAR_EACH = 20_000_000
"""The same for many rows at once, where the arrays are long and their numbers go through memory."""

FUSED = 30
"""So many times as long does it take for a number in fused numerics."""


class Quantities:
    """Quantities of a program by key, those of the names that are there, for one run or for several side by side."""

    def __init__(
        self,
        program: Program,
        bound: Bound,
        recording: Recording,
        layout: Layout,
        names: Iterable[str],
        lanes: int,
        runs: int = 1,
        own: Sequence[str] = (),
    ) -> None:
        wanted = set(names)
        self.names = tuple(name for name in recording.computed if name in wanted)
        made = sheet(program, recording, layout, self.names, lanes, runs, own)
        self.code = Code(program, bound, recording, made, layout.width, runs)
        self.shapes = {name: [len(values) for values in recording.named[name].ranges] for name in self.names}
        self.sizes = [prod(shape) for shape in self.shapes.values()]

    def room(self, times: int = 1) -> Array:
        """Where the numbers go: (time, number, run), a time for each group of runs or each row that is computed."""
        return np.empty((times, sum(self.sizes), self.code.runs))

    def named(self, rows: Array) -> dict[str, Array]:
        """The numbers of each quantity, of rows with all of them, one for each run."""
        columns = np.split(rows, np.cumsum(self.sizes)[:-1], axis=1)
        parts = zip(self.names, columns, strict=True)
        return {name: np.asarray(part.reshape(len(rows), *self.shapes[name]), np.float64) for name, part in parts}
