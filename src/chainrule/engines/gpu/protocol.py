"""What a device offers, whichever library asks it: buffers, and kernels that are called on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.generic]


class Buffer(Protocol):
    """Numbers on a device."""

    def read(self) -> Numbers:
        """The numbers as they are after every call that was begun."""
        ...


class Program(Protocol):
    """A compiled kernel."""

    def bind(self, buffers: Sequence[Any]) -> Any:
        """The buffers of a call, in the order of their bindings."""
        ...

    def call(self, bound: Any, words: Sequence[int], groups: int) -> None:
        """Begin a call of so many groups of threads; whoever reads a buffer waits for it."""
        ...


class Device(Protocol):
    """A device that was opened. What it complains of is UsageError E685."""

    @property
    def most(self) -> int:
        """Bytes of a buffer at most."""
        ...

    def buffer(self, numbers: Numbers) -> Buffer:
        """A buffer with these numbers; one of nothing has room for one."""
        ...

    def load(self, text: str, entry: str, writable: Sequence[bool]) -> Program:
        """A kernel with a buffer for each of ``writable``, after the words of the call."""
        ...
