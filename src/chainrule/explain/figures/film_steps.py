"""The course of a run → the steps that a film shows: more of them where more happens."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from chainrule.explain.figures import over_steps
from chainrule.explain.measure.context import Context
from chainrule.explain.measure.samples import once

Numbers = NDArray[np.float64]


def chosen(context: Context, most: int) -> NDArray[np.int64]:
    """The steps of a film of a run."""
    at, _ = over_steps.chosen(context)
    errors = over_steps.errors(context).values[:, 0]
    return context.steps[at][moments(context.steps[at], errors, context.path[at], most)]


def moments(steps: NDArray[np.int64], errors: Numbers, path: Numbers, most: int) -> NDArray[np.int64]:
    """Places of at most ``most`` recorded steps, the first and the last among them; between two about the same happens.

    What happens is measured by how far the weights go (``path`` has a row a step) and by how the logarithm of the error
    changes, each as a share of all of it, and for a tenth by the steps themselves, so that a rest is seen as a rest.

    >>> steps = np.arange(101)
    >>> errors, path = np.exp(-np.arange(101.0)), 1 - 0.5 ** np.arange(101.0)[:, None]
    >>> chosen = moments(steps, errors, path, 6)
    >>> chosen.tolist()[0], chosen.tolist()[-1], len(chosen) <= 6, int(chosen[1]) < 10
    (0, 100, True, True)
    """
    finite = np.flatnonzero(np.isfinite(errors) & np.isfinite(path).all(axis=1))
    if len(finite) <= most:
        return finite
    path, errors, steps = path[finite], errors[finite], steps[finite]
    with np.errstate(over="ignore", invalid="ignore"):
        moved = np.sqrt(np.sum(np.square(np.diff(path, axis=0)), axis=1))
    sizes = np.log(np.maximum(np.abs(errors), 1e-12 * (np.max(np.abs(errors)) or 1.0)))
    happened = 0.45 * shares(moved) + 0.45 * shares(np.abs(np.diff(sizes))) + 0.1 * shares(np.diff(steps).astype(float))
    along = np.concatenate([[0.0], np.cumsum(happened)])
    wanted = np.linspace(0, along[-1], most)
    chosen = once(np.concatenate([[0], np.searchsorted(along, wanted[1:-1]), [len(along) - 1]]))
    return np.asarray(finite[chosen])


def shares(amounts: Numbers) -> Numbers:
    """Each as a part of their sum; of numbers that have none, nothing."""
    whole = float(np.sum(amounts))
    return amounts / whole if np.isfinite(whole) and whole > 0 else np.zeros_like(amounts)
