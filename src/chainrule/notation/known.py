"""What a text may use without defining it: functions, reductions, distributions, and the words that begin a line.

Conventions. Names are ASCII forms; a name the text declares wins over all of these but the words of a line.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from chainrule.numbers.functions import FUNCTIONS

KNOWN = MappingProxyType({name: row.arity for name, row in FUNCTIONS.items()})
"""The functions that need no definition, and how many arguments each takes."""

MACROS = MappingProxyType({"gelu": (1, 1), "elu": (1, 2), "swish": (1, 2), "leaky_relu": (1, 2)})
"""Functions that stand for a longer expression, and how many arguments they take (least, most); `softmax_k(z[k])`,
which carries a letter in its name, is the fifth."""

ALIASES = MappingProxyType({other: name for name, row in FUNCTIONS.items() for other in row.also})
"""Other names of known functions."""

ELSEWHERE = MappingProxyType({other: name for name, row in FUNCTIONS.items() for other in row.elsewhere})
"""What other programs call known functions."""

REDUCTIONS = ("sum", "mean", "max", "min", "prod", "logsumexp")
"""What `…_i` reduces over letters."""

PATTERN_REDUCTIONS = ("sum", "mean", "max", "min")
"""What, without a letter, reduces over the patterns of the step."""

LINEAR = ("sum", "mean")
"""The reductions of which it does not matter whether a factor stands inside or outside."""

DISTRIBUTIONS = MappingProxyType({"normal": 2, "uniform": 2, "zeros": 0, "glorot": 0})
"""What `~` draws from, and how many arguments each takes."""

ROLES = ("data", "target", "weight", "const")

WORDS = ("index", "patterns", *ROLES, "table", "fact", "update", "minimise", "minimize", "maximise", "maximize", "in")
"""Words of the language, which cannot be names."""

WORDS_MEANT = MappingProxyType(
    {
        "input": "data", "inputs": "data", "given": "data", "feature": "data", "features": "data",
        "output": "target", "outputs": "target", "targets": "target", "label": "target", "labels": "target",
        "weights": "weight", "param": "weight", "params": "weight", "parameter": "weight", "parameters": "weight",
        "bias": "weight", "variable": "weight", "var": "weight", "constant": "const", "constants": "const",
        "letter": "index", "letters": "index", "indices": "index", "pattern": "patterns", "rows": "table",
        "loss": "minimise", "cost": "minimise", "objective": "minimise", "goal": "minimise", "min": "minimise",
        "max": "maximise", "assume": "fact", "assert": "fact", "rule": "update",
    }
)  # fmt: skip
"""What beginners write at the beginning of a line, and the word of this language."""


def closest(word: str, candidates: Iterable[str], most: int = 5000) -> str | None:
    """The candidate that differs least from a word, if it is near enough to be meant.

    >>> closest("sigmiod", ["tanh", "sigmoid"])
    'sigmoid'
    """
    reach = 1 if len(word) < 5 else 2
    best: str | None = None
    if len(word) < 2 or len(word) > 40:
        return None
    for _, candidate in zip(range(most), candidates, strict=False):
        if candidate != word and abs(len(candidate) - len(word)) <= reach:
            apart = distance(word, candidate)
            if apart <= reach and apart < max(len(word), len(candidate)) / 2 + 0.5:
                best, reach = candidate, apart - 1
                if reach < 1:
                    break
    return best


def distance(one: str, other: str) -> int:
    """How many letters to put in, take out, change or swap with a neighbour to get from one word to another.

    >>> distance("tahn", "tanh")
    1
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one):
        last, before, row = before, row, [i + 1]
        for j, b in enumerate(other):
            cost = min(before[j] + (a != b), before[j + 1] + 1, row[j] + 1)
            if i and j and a == other[j - 1] and one[i - 1] == b:
                cost = min(cost, last[j - 1] + 1)
            row.append(cost)
    return row[-1]
