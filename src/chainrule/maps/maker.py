"""A plan → who makes its trainings: a device as long as it answers, then the processor; and what is said of that."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

from chainrule.engines.native.many import LoadedMany
from chainrule.engines.protocol import Bound, Many
from chainrule.errors import ChainruleError
from chainrule.program.program import Program
from chainrule.train.device import CPU, Able, able_card, forget

if TYPE_CHECKING:
    from chainrule.maps.plan import Plan

DEVICES = range(680, 700)
"""The numbers of errors that are a device's: with them the processor goes on."""

LOST = "E688"
"""The device is gone: the next map looks for one anew."""


class Maker:
    """Who makes the trainings of a plan in this process. Its threads share it: what one learns of the device holds for
    all."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.card: Able | None = None
        self.why = ""  # the processor goes on, if it does
        self.made = {True: 0, False: 0}  # cells: on the device, on the processor
        self._asked = plan.device == CPU
        self._lock = Lock()

    @property
    def on_device(self) -> bool:
        """Whether the device is to make the next cells."""
        with self._lock:
            if not self._asked:
                self._asked = True
                try:
                    self.card = able_card(self.plan.device, self.plan.numerics)
                except ChainruleError as error:
                    self.given_up(error)
        return self.card is not None and not self.why

    def ready(
        self, program: Program, bound: Bound, own: Sequence[str], threads: int | None, visited: int, device: bool
    ) -> Many[Any]:
        """The program ready for many runs, on the device or on the processor."""
        if device and self.card is not None:
            return self.card.many(program, bound, own)
        return LoadedMany(program, bound, own, None, threads, visited)

    def given_up(self, error: ChainruleError) -> bool:
        """Whether an error is the device's: then the processor goes on, from the cells that it was at."""
        if not (error.code[1:].isdigit() and int(error.code[1:]) in DEVICES):
            return False
        if error.code == LOST:
            forget()
        self.why = self.why or error.problem
        return True

    def count(self, cells: int, device: bool) -> None:
        """So many cells were made."""
        with self._lock:
            self.made[device] += cells
