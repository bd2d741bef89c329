"""Recorded rows of a training → calls of a function of the user's, which reads what it wants and may end the training.

It is called after the steps were made, in order, once for each recorded row; what it reads is computed from the record
and is its own. So nothing that it does can change a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from chainrule.errors import RunError, UsageError, inline, shown
from chainrule.train.trace import Trace

Callback = Callable[[int, "Told"], object]


def called(callback: Any) -> Callback | None:
    """A function to be called, or E452 for what is none."""
    if callback is None or callable(callback):
        found: Callback | None = callback
        return found
    raise UsageError("E452", f"callback is {shown(callback)}, not a function", "give callback(step, values)")


class Told(Mapping[str, Any]):
    """The columns of a trace at one recorded row: numbers as Python has them, arrays of its own.

    A column is computed when it is read, for all rows since the last call together.
    """

    def __init__(self, trace: Trace, place: int) -> None:
        self._trace, self._place = trace, place

    def __getitem__(self, name: str) -> Any:
        value = self._trace[name][self._place]
        return value.item() if np.ndim(value) == 0 else np.array(value)

    def __contains__(self, name: object) -> bool:
        return name in self._trace.columns

    def __iter__(self) -> Iterator[str]:
        return iter(self._trace.columns)

    def __len__(self) -> int:
        return len(self._trace.columns)

    def __repr__(self) -> str:
        return f"Told({len(self)} columns after {int(self._trace.steps[self._place])} steps)"


class Ended(Exception):
    """The function ended the training after ``step`` steps: by returning True, or by the fault that it raised."""

    def __init__(self, step: int, fault: RunError | None = None) -> None:
        self.step, self.fault = step, fault


def tell(callback: Callback, trace: Trace) -> None:
    """Call the function for every row; `Ended` where it ends the training."""
    for place, step in enumerate(trace.steps.tolist()):
        try:
            answer = callback(step, Told(trace, place))
        except Exception as cause:
            raise Ended(step, failed(cause, step)) from None
        if answer is True:
            raise Ended(step)


def failed(cause: Exception, step: int) -> RunError:
    """The error that the function raised one."""
    said = inline(str(cause))[:200]
    problem = f"the callback raised {type(cause).__name__}{f': {said}' * bool(said)} after {step} steps"
    error = RunError("E410", problem, "the training ended there; mend the callback, or give none")
    error.__cause__ = cause
    return error
