"""Letters written together → the product they mean: ``wx`` is w·x where w and x are quantities and nothing is wx.

A run is a name that nothing has, made of quantities of one letter each, with their accents and digits: that splits in
one way alone. It stays an error where it may be something else: a Greek letter's name, a function, a word of the field,
or a slip in a longer name.
"""

from __future__ import annotations

import re
from functools import lru_cache

from chainrule.notation.known import ALIASES, KNOWN, MACROS, REDUCTIONS, WORDS_MEANT, distance
from chainrule.notation.names import ACCENTS, GREEK
from chainrule.notation.scope import Scope

_LATIN = re.compile(r"[A-Za-z][0-9]*")
_GREEK = re.compile(rf"({'|'.join(sorted(set(GREEK.values()), key=len, reverse=True))})([0-9]*)")
CALLED = frozenset(name for name in (*KNOWN, *MACROS, *ALIASES, *REDUCTIONS) if len(name) > 1)
_WORDS = (
    "act", "acc", "arg", "err", "error", "lr", "mse", "net", "norm", "nll", "out", "pred", "prob", "rate", "size",
    "std", "step", "sum", "val", "var",
)  # fmt: skip
_FIELD = frozenset([*WORDS_MEANT, *GREEK.values(), *_WORDS])
SHORT, LONG = 2, 12
"""Of a run of two letters no other name is a slip, for each such name is a letter away; nor is one as long as this."""


def pieces(name: str) -> list[str]:
    """The letters of a name, each with its accents and digits, as kept; none where it is not made of letters alone.

    >>> pieces("w1x1"), pieces("xy_hat"), pieces("alpha_g"), pieces("mean_error")
    (['w1', 'x1'], ['x', 'y_hat'], ['alpha', 'g'], [])
    """
    found: list[str] = []
    latin = False  # the part before ends in a Latin letter: an underscore after it is of a longer name
    for part in name.split("_"):
        greek = _GREEK.match(part)
        digits, rest = (greek[2], part[greek.end() :]) if greek else ("", part)
        if found and part.rstrip("0123456789") in ACCENTS.values():
            found[-1] += "_" + part
            latin = False
        elif greek and (digits or not rest) and re.fullmatch(rf"({_LATIN.pattern})*", rest):
            found += [greek[0], *_LATIN.findall(rest)]
            latin = bool(rest)
        elif not latin and re.fullmatch(rf"({_LATIN.pattern})+", part):
            found += _LATIN.findall(part)
            latin = True
        else:
            return []
    return found


def product(name: str, scope: Scope, called: bool = False) -> list[str]:
    """The quantities whose product a name is; none where it is something else, or may be. ``called``: at a bracket."""
    if scope.quantity(name):
        return []
    found = pieces(name)
    if len(found) < 2 or not all(scope.quantity(one) or constant(one, scope) for one in found):
        return []
    return [] if (scope.open and called) or doubtful(name, scope, called) else found


def constant(name: str, scope: Scope) -> bool:
    """Whether a name is π, and nothing else."""
    return name == "pi" and not (scope.function(name) or scope.letter(name))


def doubtful(name: str, scope: Scope, called: bool = False) -> str:
    """What else a run of letters may be; "" where nothing."""
    if name.lower() in _FIELD:
        return name
    for stop in range(2, len(name)):
        if name[:stop].lower() in CALLED:
            return name[:stop].lower()
    if not called:  # a function would have its bracket
        return near(name, scope.quantities) or near(name, scope.hidden) if len(name) > SHORT else ""
    if len(pieces(name)) > SHORT:
        return name
    same = frozenset(one for one in CALLED if len(one) <= SHORT)
    return near(name, same) or near(name, scope.functions)


def near(name: str, names: frozenset[str]) -> str:
    """A name of several letters from which this is one slip away."""
    known = _slips(names)
    return next((other for one in _slipped(name) for other in known.get(one, ()) if distance(name, other) == 1), "")


@lru_cache(maxsize=16)
def _slips(names: frozenset[str]) -> dict[str, list[str]]:
    """Names of several letters by what is left of them: two names one slip apart have something left in common."""
    found: dict[str, list[str]] = {}
    for name in names:
        if len(name) <= LONG and len(pieces(name)) != 1:
            for one in _slipped(name):
                found.setdefault(one, []).append(name)
    return {one: those[:LONG] for one, those in found.items()}


def _slipped(name: str) -> list[str]:
    return [name, *(name[:place] + name[place + 1 :] for place in range(min(len(name), LONG + 1)))]
