"""What an end is, found by the first test that applies."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Ending:
    """What the end is, found by the first test that applies."""

    kind: str
    sentence: str
    settled: bool
    evidence: dict[str, object] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
