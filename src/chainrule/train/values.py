"""Numbers and arrays by name, which cannot be written to: what an evaluation gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.errors import ChainruleError
from chainrule.notation import names
from chainrule.train.same import same
from chainrule.train.weights import listed


class Values(Mapping[str, Any]):
    """Numbers and arrays by name; a name may be asked for as typed or in its ASCII form.

    >>> Values({"y_hat": 0.5})["ŷ"]
    0.5
    """

    def __init__(self, found: Mapping[str, Any]) -> None:
        self._found = {name: fixed(value) if np.ndim(value) else float(value) for name, value in found.items()}

    def __getitem__(self, name: str) -> Any:
        if not isinstance(name, str):
            raise KeyError(name)
        if name in self._found:
            return self._found[name]
        try:
            return self._found[names.ascii(name)]
        except ChainruleError:  # not even a name
            raise KeyError(name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __repr__(self) -> str:
        return repr(self._found)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mapping) and same(self._found, other)

    __hash__ = None  # type: ignore[assignment]

    def json(self) -> dict[str, Any]:
        """Plain numbers and lists; non-finite ones as strings."""
        return {name: listed(np.asarray(value)) for name, value in self._found.items()}

    def arrays(self) -> dict[str, Array]:
        """All of it as arrays."""
        return {name: np.asarray(value) for name, value in self._found.items()}


def fixed(value: Array) -> Array:
    """The array, not to be written to."""
    view = np.asarray(value).view()
    view.flags.writeable = False
    return view
