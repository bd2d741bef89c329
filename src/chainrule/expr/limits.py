"""How much is accepted unasked: one table of named limits, and the block of code in which some of them are others.

A limit counts (bytes, nodes, numbers), never seconds: a busy machine gives the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar

from chainrule.errors import NOWHERE, LimitError, Source, Span, UsageError, shown
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """So much of something is accepted; ``reason`` says why not more."""

    most: int
    what: str
    reason: str


LIMITS: Mapping[str, Limit] = {
    "text": Limit(1 << 20, "bytes of the text of a model", "no model by hand is as long"),
    "depth": Limit(200, "levels of an expression", "nobody reads deeper ones"),
    "nodes": Limit(1_000_000, "parts of all expressions of a text", "some 500 bytes are kept for each"),
    "names": Limit(100_000, "names of a text", "each has a line in every table"),
    "digits": Limit(64, "digits of a number", "a result carries 17"),
    "rows": Limit(10_000_000, "patterns", "each column of them takes 80 MB"),
    "bytes": Limit(2**30, "bytes of a file of data", "it is read whole"),
    "columns": Limit(10_000, "columns of a file", "a model names those that it reads"),
    "field": Limit(1_000, "characters of a cell", "it is one number or one word"),
    "combinations": Limit(100_000, "patterns made from domains", "they are products: ten of four values are a million"),
    "entries": Limit(10_000_000, "entries of one array, values of one letter", "they take 80 MB"),
    "derivative": Limit(50_000, "parts of the derivative of one equation", "each is written, computed and checked"),
    "lines": Limit(20_000, "parts of all lines of one derivation", "each is printed, read back and computed"),
    "checks": Limit(50_000, "numbers computed to check the lines of one derivation", "they take some seconds"),
    "judging": Limit(100_000, "numbers computed to judge a line of one's own", "they take some seconds"),
    "slips": Limit(300_000, "numbers computed to find the slip of a line that is wrong", "they take some seconds"),
    "slices": Limit(2_000, "slices of recurrences that an explanation computes", "it computes them hundreds of times"),
    "weights": Limit(10_000, "weights of a run that is explained", "each is looked at, at many points"),
    "proofs": Limit(6_000_000, "intervals that an explanation computes to prove bounds", "they take some seconds"),
    "tries": Limit(50_000, "operations of the steps that an explanation tries", "each takes some microseconds"),
    "elements": Limit(2**28, "numbers that an evaluation by NumPy holds at once", "they take 2 GiB"),
    "axis": Limit(100_000, "cells along one axis of a map", "each has a number of its own in every process"),
    "cells": Limit(2**28, "cells of a map", "each is a training, and takes 17 bytes or more"),
    "memory": Limit(2**30, "bytes of a recorded run", "it is held whole; a training takes it as an argument too"),
}
"""Every limit that a caller may raise, by name."""

P = ParamSpec("P")
R = TypeVar("R")

_RAISED: ContextVar[Mapping[str, int]] = ContextVar("limits", default=MappingProxyType({}))


def most(name: str) -> int:
    """The value of a limit here: that of the table, or of the `limits` block around.

    >>> with limits(depth=300):
    ...     most("depth"), most("digits")
    (300, 64)
    """
    return _RAISED.get().get(name, LIMITS[name].most)


def raised() -> tuple[tuple[str, int], ...]:
    """The limits that are others here."""
    return tuple(sorted(_RAISED.get().items()))


@contextmanager
def limits(**values: int) -> Iterator[None]:
    """Code in which some limits are others, by name.

    Raises UsageError E265 for a name that is no limit, and for a value that is no whole number above 0.
    """
    token = _RAISED.set({**_RAISED.get(), **checked(values)})
    try:
        yield
    finally:
        _RAISED.reset(token)


def limited(call: Callable[P, R]) -> Callable[P, R]:
    """A call with an argument ``limits``, by name: they hold while it goes on, as in a `limits` block around it.

    >>> @limited
    ... def deep(*, limits=None):
    ...     return most("depth")
    >>> deep(), deep(limits={"depth": 300}), deep()
    (200, 300, 200)
    """

    @wraps(call)
    def inside(*given: P.args, **named: P.kwargs) -> R:
        found = named.get("limits")
        if found is None:
            return call(*given, **named)
        with limits(**checked(found)):
            return call(*given, **named)

    return inside


def checked(values: Any) -> dict[str, int]:
    """Limits by name, or the error E265."""
    if not isinstance(values, Mapping):
        problem = f"limits is {shown(values)}, not names with numbers"
        raise UsageError("E265", problem, f'write for example limits={{"depth": {LIMITS["depth"].most}}}')
    for name, value in values.items():
        if not isinstance(name, str) or name not in LIMITS:
            from difflib import get_close_matches

            near = get_close_matches(name[:60], LIMITS, n=1) if isinstance(name, str) else []
            known = f"the limits are {', '.join(LIMITS)}"
            help = f"did you mean {near[0]}? {known}" if near else known
            raise UsageError("E265", f"no limit is called {shown(name)}", help)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            problem = f"the limit {name} is {shown(value)}, not a whole number above 0"
            raise UsageError("E265", problem, f"write for example {name}={LIMITS[name].most}")
    return dict(values)


@contextmanager
def placed(source: Source | None, span: Span) -> Iterator[None]:
    """Code whose limits are met by a stretch of a text: their errors have its place if they have none of their own."""
    try:
        yield
    except LimitError as error:
        error.source = error.source or source
        error.span = error.span or (span if span != NOWHERE else None)
        raise


def raise_it(name: str, needed: int | None = None) -> str:
    """How a limit is raised, as a help says it."""
    value = "N" if needed is None else str(needed)
    return (
        f'raise the limit: --limit {name}={value}, or in Python limits={{"{name}": {value}}} '
        f"or `with chainrule.limits({name}={value}):`"
    )


def over(code: str, name: str, problem: str, cure: str, needed: int | None = None) -> LimitError:
    """The error of a limit that is met: what is too much, the limit and its value, what to write instead."""
    return LimitError(code, f"{problem}; the limit {name} is {most(name):,}", f"{cure}, or {raise_it(name, needed)}")
