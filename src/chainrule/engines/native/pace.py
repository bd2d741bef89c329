"""What steps took by one thread and by several → by how many the next ones are made.

Several threads are slower than one where other programs run on their cores: each waits for the one that has none just
then. That changes while a run lasts, and no figure of the system foretells it; so it is measured. Now and then some
steps are made the other way, so few and so rarely that they are a small part of the time. No bit depends on it.
"""

from __future__ import annotations

from chainrule.values import dataclass

SLICE = 0.02
"""Seconds that steps take which are made to see how long they take: some slices of the scheduler's time."""

RARELY = 30
"""So many times as long as the latest such steps took is waited until the next ones."""

LONGEST = 0.1
"""Seconds of steps after which it is asked anew which way is quicker: other programs may have begun or ended."""

GAIN = 0.9
"""Several threads are taken where they need less than this part of the time of one: what they win by less is chance."""

LATEST = 0.5
"""Share of the latest measurement in what a step is thought to take the way that is taken."""


@dataclass
class Pace:
    """Seconds a step, by one thread and by several; None where that is not known yet."""

    one: float | None = None
    several: float | None = None
    spent: float = 0.0  # seconds since steps were last made the slower way
    tried: float = 0.0  # seconds that those took

    def best(self) -> bool:
        """Whether several threads are quicker, as far as is known."""
        return self.one is None or self.several is None or self.several < GAIN * self.one

    def due(self) -> bool:
        """Whether to see what the other way takes now."""
        return self.one is None or self.several is None or self.spent >= RARELY * self.tried

    def next(self, steps: int) -> tuple[bool, int]:
        """Whether several threads make the next steps, and how many of so many that are left."""
        if self.several is None:
            return True, 1
        if self.one is None:
            return False, 1
        several, quicker = self.best(), max(1e-9, min(self.one, self.several))
        if self.due():
            return not several, min(steps, max(1, int(SLICE / quicker)))
        slower = max(quicker, self.one, self.several)  # what is thought of the way taken may be chance
        return several, min(steps, max(1, int(LONGEST / slower)))

    def took(self, several: bool, steps: int, seconds: float) -> None:
        """Note what steps took."""
        if not steps:
            return
        each, before = seconds / steps, self.several if several else self.one
        slower = several != self.best()
        if before is not None and not slower:  # of the other way the latest is all that tells of now
            each = before + LATEST * (each - before)
        self.one, self.several = (self.one, each) if several else (each, self.several)
        if slower or before is None:
            self.spent, self.tried = 0.0, seconds
        else:
            self.spent += seconds
