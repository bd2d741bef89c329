"""A source → its network, the same one for whoever asks again: what was derived and compiled for it serves them too."""

from __future__ import annotations

from functools import lru_cache

from chainrule.errors import Source
from chainrule.expr.limits import raised
from chainrule.model.assembly import build
from chainrule.model.model import Model
from chainrule.notation.parser import parse

LATEST = 64
"""Networks that are kept: a cell of a notebook is run again, a run is loaded beside its model."""

LONGEST = 20_000
"""Characters of a text whose network is kept: it takes some hundred times as much memory."""


def read(source: Source) -> Model:
    """The network of a text; what does not fit is raised as by `parse` and `build`.

    >>> text = "weight w := 3\\nE = (w − 1)²"
    >>> read(Source(text)) is read(Source(text))
    True
    """
    return _read(source, raised()) if len(source.text) <= LONGEST else build(parse(source))


@lru_cache(LATEST)
def _read(source: Source, raised: tuple[tuple[str, int], ...]) -> Model:
    """Under the limits that are raised: with others the same text may be too long."""
    return build(parse(source))
