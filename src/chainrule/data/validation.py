"""Patterns that are held out: those of another file, or a part of the rows, chosen by the seed alone.

What is computed from data is computed on each of the two by itself; what was standardised on the training rows is
scaled by the same numbers here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.arrange import Arranged
from chainrule.data.draws import uniforms
from chainrule.data.limits import Limits
from chainrule.data.patterns import Binding, Patterns
from chainrule.data.reading import AS_IT_IS, Reading
from chainrule.data.scale import axis
from chainrule.errors import DataError, UsageError, shown
from chainrule.model.model import Model


def split(
    model: Model,
    data: object,
    validation: object,
    consts: Mapping[str, object] | None = None,
    seed: int = 0,
    limits: Limits | None = None,
    *,
    reading: Reading = AS_IT_IS,
) -> Patterns:
    """The patterns of a model to train on. ``validation`` is a part of the rows, such as 0.2, or other data: it is held
    out and stands in ``held``. The other arguments are those of `bind`."""
    limits = Limits() if limits is None else limits
    return divided(Binding(model, consts, seed, limits, False, reading), data, validation)


def divided(binding: Binding, data: object, validation: object) -> Patterns:
    """The patterns to train on, with those that are held out as ``held``.

    Errors: those of binding; E248 a part that leaves no pattern on one side, or data of other sizes.
    """
    if isinstance(validation, bool | np.bool_):
        raise UsageError("E248", f"validation cannot be {shown(validation)}", "give a part such as 0.2, or data")
    if not isinstance(validation, Real):
        training = binding.patterns(data)
        held = again(binding, training).patterns(validation)
        if dict(held.ranges) != dict(training.ranges):
            raise DataError("E248", "the held-out data has other sizes than the training data", "give as many columns")
        said = f"{held.patterns} patterns of {held.origin} are held out"
        return replace(training, held=held, notes=(*training.notes, said, *held.notes))
    given: Any = validation  # a fraction of huge whole numbers is compared before it is a float
    part = float(given) if 0 < given < 1 else 0.0
    if not 0 < part < 1:
        raise UsageError("E248", f"validation={shown(validation)} is no part of the patterns", "write 0.2 for a fifth")
    model = binding.model
    if model.pattern_set is not None and model.pattern_set.low is not None:
        problem = f"the text says how many patterns {model.pattern} runs over, so none can be held out"
        raise DataError("E248", problem, "leave the range out, or give the held-out patterns as data", model.source)
    source, arranged = binding.arranged(data)
    if arranged.count is None or arranged.count < 2:
        raise DataError("E248", "there are no patterns that could be held out", "give data with at least two rows")
    many = min(max(1, round(part * arranged.count)), arranged.count - 1)
    drawn = np.argsort(uniforms(binding.seed, "validation", arranged.count), kind="stable")
    out = np.sort(drawn[:many])
    training = binding.finished(source, cut(binding, arranged, np.sort(drawn[many:])))
    held = again(binding, training).finished(source, cut(binding, arranged, out))
    said = f"{many} of {arranged.count} patterns {'is' if many == 1 else 'are'} held out, seed {binding.seed}"
    return replace(training, held=held, notes=(*training.notes, said))


def again(binding: Binding, training: Patterns) -> Binding:
    """The same binding, by the scales of the training rows."""
    return replace(binding, reading=replace(binding.reading, standardise=training.scales))


def cut(binding: Binding, arranged: Arranged, places: NDArray[np.intp]) -> Arranged:
    """The arrays of some rows."""
    values = {}
    for name, value in arranged.values.items():
        at = axis(binding.model, binding.model.quantities[name])
        values[name] = value if at is None else value.take(places, at)
    own = places if arranged.rows is None else arranged.rows[places]
    return replace(arranged, values=values, count=len(places), rows=own)
