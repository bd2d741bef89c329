"""What every runner does: takes tiles, says what became of them, and ends."""

from __future__ import annotations

from typing import Protocol

from chainrule.maps.store.layout import Tile
from chainrule.maps.worker import Event


class Runner(Protocol):
    """A tile that was given may come back as any event, or, if all goes wrong, not at all."""

    @property
    def window(self) -> int:
        """How many tiles it wants to have at once."""
        ...

    def submit(self, tile: Tile) -> None:
        """Give it a tile; this returns at once."""
        ...

    def event(self, patience: float) -> Event | None:
        """The next event, or None if so many seconds brought none."""
        ...

    def close(self) -> None:
        """End it. Tiles that are not done are dropped, within about a second."""
        ...
