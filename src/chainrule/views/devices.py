"""What computes on this machine → a table: the processor, each graphics card and what was found of it."""

from __future__ import annotations

from chainrule.errors import ChainruleError
from chainrule.numbers.numerics import NUMERICS, PLAIN32
from chainrule.train.device import Card, cards
from chainrule.views.layout import Block, TextTable


def devices() -> list[Block]:
    """The table, and what stands in the way of cards where there is none."""
    try:
        found, missing = cards(), ""
    except ChainruleError as error:
        found, missing = [], f"No graphics card is used: {error.problem}. {error.help or ''}".strip()
    rows = [("the processor", ", ".join(NUMERICS), ""), *map(row, found)]
    blocks: list[Block] = [TextTable(("what computes", "numbers", "what was found"), tuple(rows), left=3)]
    if not found:
        blocks += ["", missing or "No graphics card answers through Vulkan, Metal or Direct3D 12."]
    return blocks


def row(card: Card) -> tuple[str, str, str]:
    """What was found of a card."""
    found, said = card.found, []
    if card.device.adapter.processor:
        said.append("made of the processor: for tests, not for speed")
    if found.wrong:
        said.append(f"rounds otherwise: {', '.join(found.wrong)}")
    if not found.subnormal:
        said.append("numbers below 1.2e-38 become 0")
    own = [name for name, kept in (("quotients", card.modes.own_quotient), ("roots", card.modes.own_root)) if not kept]
    if own:
        said.append(f"{' and '.join(own)} are made in whole numbers")
    if found.turns:
        said.append(f"loops end after {found.turns:,} turns")
    return card.device.adapter.told, PLAIN32.name if card.keeps else "none", "; ".join(said) or "every operation exact"
