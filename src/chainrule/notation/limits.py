"""How much text is accepted unasked; every limit is a field, so a caller can raise it."""

from __future__ import annotations

from dataclasses import field
from functools import partial

from chainrule.errors import LimitError, Source, Span
from chainrule.expr.limits import most, raise_it
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What a text may hold at most.

    >>> Limits(depth=300).depth
    300
    """

    text: int = field(default_factory=partial(most, "text"))  # bytes of UTF-8
    depth: int = field(default_factory=partial(most, "depth"))  # levels of an expression
    nodes: int = field(default_factory=partial(most, "nodes"))  # nodes of all expressions together
    names: int = field(default_factory=partial(most, "names"))  # different names
    digits: int = field(default_factory=partial(most, "digits"))  # digits of one number


LIMITS = Limits()

MEANING = {
    "text": "the text is longer than {} bytes",
    "depth": "the expression is nested deeper than {} levels",
    "nodes": "the expressions have more than {} parts together",
    "names": "the text has more than {} different names",
    "digits": "the number has more than {} digits",
}

CURE = {
    "text": "split the model",
    "depth": "give parts of the expression a name of their own, in lines above",
    "nodes": "write repeated parts as one equation with an index",
    "names": "write repeated names as one name with an index",
    "digits": "write it shorter; 17 digits are all that a result can carry",
}


def exceeded(limits: Limits, which: str, source: Source | None = None, span: Span | None = None) -> LimitError:
    """The error of one limit: what was too much, the limit, and the argument that raises it."""
    allowed = getattr(limits, which)
    return LimitError(
        "E006",
        MEANING[which].format(f"{allowed:,}"),
        f"{CURE[which]}, or {raise_it(which)}",
        source,
        span,
    )
