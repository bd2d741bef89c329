"""A graphics card → what it keeps, and the steps of many runs on it: the printer of kernels and the device together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from chainrule.code.wgsl.arithmetic import Modes
from chainrule.code.wgsl.kernel import Kernel, kernel
from chainrule.code.wgsl.probe import COUNTED, ROWS, probe
from chainrule.engines.gpu.device import Adapter, Device, adapters, first
from chainrule.engines.gpu.many import DeviceMany
from chainrule.engines.gpu.probe import Found, probed
from chainrule.engines.protocol import Bound
from chainrule.errors import UsageError
from chainrule.program.program import Program

SPARE = 0.9
"""So much of the turns that a driver allows are used."""


@dataclass(frozen=True, slots=True)
class Card:
    """A graphics card that was opened and probed: how its operations are written, and what was found then."""

    device: Device
    modes: Modes
    found: Found

    @property
    def keeps(self) -> bool:
        """Whether it computes in `plain32`, to the bit, as long as no number is subnormal."""
        return not self.found.wrong


def opened(adapter: Adapter) -> Card:
    """The card, its quotients and roots made in whole numbers where its own are not rounded right."""
    device, modes = Device(adapter), Modes()
    found = probed(device, probe(modes), ROWS, COUNTED)
    if {"x / y", "sqrt(x)"} & {*found.wrong}:
        modes = replace(modes, own_quotient="x / y" not in found.wrong, own_root="sqrt(x)" not in found.wrong)
        found = probed(device, probe(modes), ROWS, COUNTED)
    return Card(device, modes, found)


def cards() -> list[Card]:
    """Every card of this machine."""
    return [opened(one) for one in adapters()]


@cache
def card() -> Card:
    """The first card of this machine, kept open. UsageError E683 without one, E684 where it cannot keep the numbers."""
    return able(opened(first()))


def able(card: Card) -> Card:
    """The card, if it computes in `plain32`."""
    if not card.keeps:
        raise UsageError(
            "E684",
            f"{card.device.adapter.name} does not round as plain32 numbers do: {', '.join(card.found.wrong)}",
            "leave it to the processor; chainrule devices says what each card does",
        )
    return card


def on_card(card: Card, program: Program, bound: Bound, own: Sequence[str]) -> DeviceMany:
    """The program ready for many runs on a card; E680 and E681 where it does not fit there."""

    def printed(count: int, every: bool) -> Kernel:
        return kernel(program, bound, tuple(own), count, every, card.modes)

    turns = int(card.found.turns * SPARE)
    return DeviceMany(card.device, program, bound, own, printed, turns)
