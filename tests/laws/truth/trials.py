"""The trials of a story, and what came out: what was refuted, and which claims were affirmed and which denied."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import ends, rates, steps
from .case import made
from .worlds import world

TRIALS = (*ends.TRIALS, *steps.TRIALS, *rates.TRIALS)


OPEN = ("not known", "cannot be said", "cannot be tested", "too large", "too much work", "too many ways", "no bound")
"""Words with which a question is left open."""


@dataclass(frozen=True)
class Verdict:
    """``refuted`` has a sentence for each finding that is not so; ``holds`` says of each claim whether it was affirmed;
    ``kind`` is that of the end; ``open`` names the claims that leave their question open."""

    seed: int
    refuted: tuple[str, ...]
    holds: dict[str, bool]
    kind: str
    open: tuple[str, ...]
    features: tuple[str, ...]


def tried(seed: int, mapped: bool = False) -> Verdict:
    """The story of a random training, attacked; with ``mapped`` what it says of rates too."""
    case = rates.mapped(made(world(seed))) if mapped else made(world(seed))
    with np.errstate(all="ignore"):
        found = [f"{trial.__name__}: {one}" for trial in TRIALS for one in trial(case)]
    return Verdict(
        seed, tuple(found), {claim.id: claim.holds for claim in case.story.claims},
        str(case.end.evidence.get("kind", "")),
        tuple(one.id for one in case.story.claims if any(word in one.statement for word in OPEN)),
        tuple(sorted(case.world.features)),
    )  # fmt: skip
