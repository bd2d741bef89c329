"""What computes on this machine → rows, as a table or as JSON: the processor, each device and what was found of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from chainrule.engines.gpu.probe import Found
from chainrule.errors import ChainruleError
from chainrule.numbers.numerics import NUMERICS, PLAIN32
from chainrule.train.device import CPU, Card, cards
from chainrule.train.opencl import OpenCard, open_cards
from chainrule.values import dataclass
from chainrule.views.layout import Block, TextTable


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """What computes: as what it is asked for (``device``), its name, the numerics that it keeps to the bit, and what
    was found. ``real`` says that it is no driver that plays one on the processor."""

    device: str
    name: str
    numerics: tuple[str, ...]
    found: tuple[str, ...]
    real: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """Every row, and what stands in the way of devices where there is none, by the word for them."""

    rows: tuple[DeviceRow, ...]
    missing: Mapping[str, str]


def listing() -> Listing:
    """What there is on this machine."""
    rows = [DeviceRow(CPU, "the processor", tuple(NUMERICS), (), True)]
    missing = {}
    for device, (list_, row_of, none) in KINDS.items():
        try:
            found = [row_of(one) for one in list_()]
            if not found:
                missing[device] = none
            rows += found
        except ChainruleError as error:
            missing[device] = f"{error.problem}. {error.help or ''}".strip()
    return Listing(tuple(rows), missing)


def devices() -> list[Block]:
    """The table."""
    found = listing()
    rows = [(one.device, one.name, ", ".join(one.numerics) or "none", "; ".join(one.found)) for one in found.rows]
    table = TextTable(("device", "what computes", "numbers", "what was found"), tuple(rows), left=4)
    blocks: list[Block] = [table]
    for device, why in found.missing.items():
        blocks += ["", f"Nothing answers as {device}: {why}"]
    return blocks


def devices_json() -> dict[str, Any]:
    """The same as JSON."""
    found = listing()
    rows = [{**asdict(one), "numerics": list(one.numerics), "found": list(one.found)} for one in found.rows]
    return {"devices": rows, "missing": dict(found.missing)}


def card_row(card: Card) -> DeviceRow:
    """What was found of a graphics card."""
    said = list(findings(card.found, card.device.adapter.processor))
    own = [name for name, kept in (("quotients", card.modes.own_quotient), ("roots", card.modes.own_root)) if not kept]
    if own:
        said.append(f"{' and '.join(own)} are made in whole numbers")
    kept = (PLAIN32.name,) if card.keeps else ()
    real = not card.device.adapter.processor
    return DeviceRow("gpu", card.told, kept, tuple(said) or (RIGHT,), real)


def open_row(card: OpenCard) -> DeviceRow:
    """What was found of a device of OpenCL."""
    processor = card.device.adapter.processor
    said: list[str] = []
    for name, found in card.found.items():
        said += [f"{name}: {one}" for one in findings(found, False)]
    if not card.device.double:
        said.append("no float64")
    if processor:
        said.insert(0, PLAYED)
    return DeviceRow("opencl", card.told, card.keeps, tuple(said) or (RIGHT,), not processor)


def findings(found: Found, processor: bool) -> Sequence[str]:
    """What a probe found, in words."""
    said = [PLAYED] if processor else []
    if found.wrong:
        said.append(f"rounds otherwise: {', '.join(found.wrong)}")
    if not found.subnormal:
        said.append("the least numbers become 0")
    if found.turns:
        said.append(f"loops end after {found.turns:,} turns")
    return said


RIGHT = "every operation exact"
PLAYED = "made of the processor: for tests, not for speed"

KINDS: Mapping[str, tuple[Callable[[], Sequence[Any]], Callable[[Any], DeviceRow], str]] = {
    "gpu": (cards, card_row, "No graphics card answers through Vulkan, Metal or Direct3D 12."),
    "opencl": (open_cards, open_row, "No device answers through OpenCL."),
}
"""How devices are found, what is said of one, and of none."""
