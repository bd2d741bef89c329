"""A graphics card → what it keeps, and the steps of many runs on it: the printer of kernels and the device together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Protocol

from chainrule.code.opencl.table import SPELLINGS
from chainrule.code.wgsl.arithmetic import Modes
from chainrule.code.wgsl.kernel import Kernel, kernel, other_numbers
from chainrule.code.wgsl.probe import COUNTED, ROWS, probe
from chainrule.engines.gpu.device import Adapter, Device, adapters, first
from chainrule.engines.gpu.many import DeviceMany
from chainrule.engines.gpu.probe import Found, probed
from chainrule.engines.protocol import Bound, Many
from chainrule.errors import UsageError, shown
from chainrule.numbers.numerics import NUMERICS, PLAIN32
from chainrule.program.program import Program
from chainrule.values import dataclass

SPARE = 0.9
"""So much of the turns that a driver allows are used."""

CPU = "cpu"

KEEPS: Mapping[str, tuple[str, ...]] = {CPU: tuple(NUMERICS), "gpu": (PLAIN32.name,), "opencl": tuple(SPELLINGS)}
"""What may compute, and in which numerics; the first is taken where none is asked for."""


class Able(Protocol):
    """A device that was opened, probed, and keeps the numerics that were asked for."""

    @property
    def told(self) -> str:
        """What it is, on one line."""
        ...

    def many(self, program: Program, bound: Bound, own: Sequence[str]) -> Many[Any]:
        """The program ready for many runs on it; E680 and E681 where it does not fit there."""
        ...


@dataclass(frozen=True, slots=True)
class Card:
    """A graphics card that was opened and probed: how its operations are written, and what was found then."""

    device: Device
    modes: Modes
    found: Found

    @property
    def told(self) -> str:
        return self.device.adapter.told

    def many(self, program: Program, bound: Bound, own: Sequence[str]) -> DeviceMany:
        return on_card(self, program, bound, own)

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


def known(device: object) -> str:
    """A device that was named. Errors: UsageError E687."""
    if isinstance(device, str) and device in KEEPS:
        return device
    raise UsageError("E687", f"there is no device {shown(device)}", 'write device="cpu", "gpu" or "opencl"')


def numerics_of(device: str, numerics: str | None) -> str:
    """The numerics on a device, those that it has by itself if none are asked for. Errors: UsageError E681."""
    if numerics is None:
        return KEEPS[device][0]
    if numerics in NUMERICS and numerics not in KEEPS[device]:
        raise other_numbers(numerics, " or ".join(KEEPS[device]))
    return numerics


def able_card(device: str, numerics: str) -> Able:
    """What computes there. Errors: E682 to E690 where nothing does, or not in these numerics."""
    if device == "opencl":
        from chainrule.train.opencl import opencl_card

        return opencl_card(numerics)
    return card()


def forget() -> None:
    """Look for devices anew the next time."""
    from chainrule.train.opencl import first_card

    card.cache_clear()
    first_card.cache_clear()


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
