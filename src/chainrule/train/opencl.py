"""A device of OpenCL → the numerics that it keeps, and the steps of many runs on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from chainrule.code.opencl.kernel import kernel
from chainrule.code.opencl.probe import ALL, ONCE, probe
from chainrule.code.wgsl.kernel import Kernel
from chainrule.code.wgsl.probe import COUNTED
from chainrule.engines.gpu.many import DeviceMany
from chainrule.engines.gpu.opencl import OpenAdapter, OpenDevice, adapters, first
from chainrule.engines.gpu.probe import Found, probed
from chainrule.engines.protocol import Bound
from chainrule.errors import UsageError
from chainrule.numbers.numerics import EXACT, FUSED, FUSED32, PLAIN32
from chainrule.program.program import Program
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class OpenCard:
    """A device that was opened and probed: what was found in each numerics that it has."""

    device: OpenDevice
    found: Mapping[str, Found]

    @property
    def told(self) -> str:
        return self.device.adapter.told

    @property
    def keeps(self) -> tuple[str, ...]:
        """The numerics in which it computes to the bit."""
        return tuple(name for name, found in self.found.items() if not found.wrong)

    def many(self, program: Program, bound: Bound, own: Sequence[str]) -> DeviceMany:
        """The program ready for many runs on it; E680 and E681 where it does not fit there."""

        def printed(count: int, every: bool) -> Kernel:
            return kernel(program, bound, tuple(own), count, every)

        return DeviceMany(self.device, program, bound, own, printed)


def opened(adapter: OpenAdapter) -> OpenCard:
    """The device, probed in float64, if it has that, and in float32; all but fused numbers do without `ONCE`."""
    device, known = OpenDevice(adapter), dict[str, Found]()
    formats = {EXACT: np.float64, PLAIN32: np.float32} if device.double else {PLAIN32: np.float32}
    for numerics, format in formats.items():
        found = probed(device, probe(numerics, COUNTED), ALL, COUNTED, format)
        known[numerics.name] = replace(found, wrong=tuple(one for one in found.wrong if one != ONCE))
        known[(FUSED if numerics is EXACT else FUSED32).name] = found
    return OpenCard(device, known)


def open_cards() -> list[OpenCard]:
    """Every device of this machine."""
    return [opened(one) for one in adapters()]


@cache
def first_card() -> OpenCard:
    """The first device of this machine, kept open. UsageError E690 without one."""
    return opened(first())


def opencl_card(numerics: str) -> OpenCard:
    """The first device, if it computes in these numbers; else UsageError E684."""
    card = first_card()
    if numerics in card.keeps:
        return card
    name = card.device.adapter.name
    if numerics in card.found:
        problem = f"{name} does not round as {numerics} numbers do: {', '.join(card.found[numerics].wrong)}"
    else:
        problem = f"{name} has no numbers of float64"
    raise UsageError("E684", problem, "leave it to the processor; chainrule devices says what each card does")
