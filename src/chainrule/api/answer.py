"""The answer to a learner's line as a user holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chainrule.derive.judge import SLIPS
from chainrule.errors import drawn, picture


@drawn
@dataclass(frozen=True)
class Answer:
    """Whether a line is right, and if not, what slipped.

    ``slip`` is the id of a row of the table of slips (two joined by ``+`` where two came together), or None where none
    was recognised. ``at`` is a point, name → number, ``yours`` what the line gives there and ``ours`` what it should;
    None where it gives no number. ``sentence`` says it all for a reader.
    """

    equal: bool
    slip: str | None
    at: Mapping[str, float] = field(default_factory=dict)
    yours: float | None = None
    ours: float | None = None
    sentence: str = ""

    @property
    def titles(self) -> tuple[str, ...]:
        """The slip in a few words, or both."""
        return tuple(SLIPS[slip].title for slip in self.slip.split("+")) if self.slip else ()

    def json(self) -> dict[str, Any]:
        """``{"equal", "slip", "at", "yours", "ours"}``."""
        return {"equal": self.equal, "slip": self.slip, "at": dict(self.at), "yours": self.yours, "ours": self.ours}

    def __str__(self) -> str:
        return picture(self.sentence)
