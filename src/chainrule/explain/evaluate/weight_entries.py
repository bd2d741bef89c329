"""The weights that are trained → their entries, ``W[2,1]``, each once; an explanation looks at every one of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import product

from chainrule.expr.limits import most, over
from chainrule.program.program import Symbol


def entries_of(
    trained: Sequence[Symbol], sets: Mapping[str, str], ranges: Mapping[str, range]
) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Of each entry the weight, and the values of its letters. Raises LimitError E402 where they are very many."""
    count = sum(math.prod(len(ranges[sets[letter]]) for letter in symbol.letters) for symbol in trained)
    if count > most("weights"):
        problem = f"an explanation looks at every weight, and here {count:,} are trained"
        raise over("E402", "weights", problem, "hold some of them, or explain a smaller network of this kind", count)
    return tuple(
        (symbol.name, at) for symbol in trained for at in product(*(ranges[sets[letter]] for letter in symbol.letters))
    )
