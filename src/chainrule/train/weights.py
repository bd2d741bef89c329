"""The weights at one point of a run by name: numbers that Python knows, arrays that NumPy knows, both as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import ChainruleError
from chainrule.notation import names
from chainrule.train.same import same


class Weights(dict[str, Any]):
    """Weights by name. A weight that is one number is a NumPy float, so a ``float`` too; others are float64 arrays.

    A name may be asked for as typed or in its ASCII form. ``json.dumps`` writes weights that are all single numbers as
    they are; it knows no arrays, so with arrays it is given ``.json()``.

    >>> import json
    >>> weights = Weights({"w_hat": np.array(0.5), "W": np.array([1.0, 2.0])})
    >>> float(weights["ŵ"]), json.dumps(weights.json())
    (0.5, '{"w_hat": 0.5, "W": [1.0, 2.0]}')
    """

    def __init__(self, found: Mapping[str, Any]) -> None:
        super().__init__({name: np.asarray(value)[()] for name, value in found.items()})

    def __missing__(self, name: str) -> Any:
        try:
            kept = names.ascii(name)
        except (ChainruleError, AttributeError):  # not even a name
            kept = name
        if kept == name:
            raise KeyError(name)
        return self[kept]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mapping) and same(dict(self), other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def json(self) -> dict[str, Any]:
        """Plain numbers and nested lists; numbers that are not finite as strings."""
        return {name: json_numbers(np.asarray(value).tolist()) for name, value in self.items()}


def listed(array: NDArray[np.float64]) -> Any:
    """An array as `plain` nested lists."""
    found = array.tolist()
    return found if np.isfinite(array).all() else json_numbers(found)


def json_numbers(value: Any) -> Any:
    """Numbers and nested lists of them for JSON: ``nan``, ``inf`` and ``-inf`` as strings.

    >>> json_numbers([1.0, float("-inf")])
    [1.0, '-inf']
    """
    if isinstance(value, list):
        return [json_numbers(item) for item in value]
    return value if math.isfinite(value) else repr(value)
