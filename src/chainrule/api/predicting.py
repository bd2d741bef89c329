"""A model → what it predicts: which quantity, whether it is classes, and the numbers for rows without targets."""

from __future__ import annotations

from functools import lru_cache
from math import prod
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from chainrule.api.columns_of import given, laid, place
from chainrule.api.model import Model
from chainrule.errors import ChainruleError
from chainrule.explain.figures.outputs import pairs
from chainrule.explain.measure.context import Context
from chainrule.model.constants import constants
from chainrule.program.extents import axes
from chainrule.tape.bound import Array
from chainrule.train.evaluation import Evaluation
from chainrule.train.run import Run
from chainrule.values import dataclass

TRIED = 3
"""The size of a letter that the text leaves to the data, where a model is tried."""

ROUNDING = 1e-9
"""An error and the logarithm of an output are of about one, computed in another order."""


@dataclass(frozen=True, slots=True)
class Predicted:
    """How a model writes classes: a target t[k] that is 1 for the class that is right ("one-hot"), one number that is 0
    or 1 beside one output ("binary"), or the letter's value itself, a number from ``first`` on ("numbered").

    ``classes`` is how many the text has, 0 where the data say it. ``probable`` is whether the outputs are
    probabilities, and the error of a pattern −log of that of its class.
    """

    form: Literal["one-hot", "binary", "numbered", "none"]
    classes: int = 0
    first: int = 0
    probable: bool = False


def names(run: Run, output: str | None) -> tuple[str, ...]:
    """The quantities that are predicted: the one that is asked for, else ŷ for a target y, or ŷ alone for one target,
    else what the error compares with targets."""
    hats = tuple(f"{one.name}_hat" for one in run.program.targets)
    for named in (hats, ("y_hat",) * (len(hats) == 1)):
        if output is None and named and all(predicts(run, name) for name in named):
            return named
    return tuple(name for name, _ in pairs(Context(run), output))


def predicts(run: Run, name: str) -> bool:
    """Whether a quantity is computed, with one value a pattern."""
    quantity = run.model.quantities.get(name)
    return quantity is not None and quantity.role == "derived" and quantity.varies


def in_numbers(model: Model, run: Run, data: dict[str, Array], output: str | None) -> Array:
    """The outputs for rows, each a column."""
    found = model.evaluate(run, data, standardise=run.scales or False)
    letters, pattern = axes(run.program), run.program.pattern
    return np.concatenate([column(found.values[one], letters[one], pattern) for one in names(run, output)], axis=1)


@lru_cache(64)
def predicted(model: Model, output: str | None) -> Predicted:
    """How a model writes classes, found by trying it on rows of 0 and 1, at weights drawn at random."""
    try:
        return tried(model, output)
    except ChainruleError:  # it takes no such rows, or an error of its own that `fit` will tell
        return Predicted("none")


def tried(model: Model, output: str | None) -> Predicted:
    """See `predicted`."""
    network, targets = model.network, given(model.network, "target")
    known = dict(constants(network, None, partial=True).ranges)
    sizes = {group.name: known.get(group.name, range(1, TRIED + 1)) for group in network.sets}
    own = [group for letter in targets[0].letters if (group := network.set_of(letter))]
    if len(targets) > 1 or len(own) > 1:
        return Predicted("none")
    values = sizes[own[0].name] if own else range(2)
    run = model.train(rows_for(model, sizes, np.eye(len(values)) if own else np.eye(2)[:, :1]), steps=0)
    name = names(run, output)[0]
    beside = [group for letter in axes(run.program)[name] if (group := network.set_of(letter))]
    if len(beside) > 1 or (own and beside != own):
        return Predicted("none")
    if beside and not own:
        values = sizes[beside[0].name]
    places = np.arange(4 * len(values)) % len(values)
    truth = np.eye(len(values))[places] if own else (places + values.start)[:, None].astype(np.float64)
    random = np.random.default_rng(0)
    weights = {name: random.normal(0, 0.5, np.shape(value)) for name, value in run.weights.items()}
    found = model.evaluate(weights, rows_for(model, sizes, truth))
    outputs = column(found.values[name], axes(run.program)[name], run.program.pattern)
    shares = outputs if beside else np.concatenate([1 - outputs, outputs], axis=1)
    probable = log_of_its_class(found, shares, places)
    fixed = len(values) if not own or own[0].name in known else 0
    return Predicted("one-hot" if own else "numbered" if beside else "binary", fixed, values.start, probable)


def rows_for(model: Model, sizes: dict[str, range], truth: Array) -> dict[str, Array]:
    """Rows of 0 and 1 for these targets, as the model takes them."""
    network = model.network
    groups = [[network.set_of(letter) for letter in one.letters] for one in given(network, "data")]
    width = sum(prod(len(sizes[group.name]) for group in own if group) for own in groups)
    rows = np.random.default_rng(1).integers(0, 2, (len(truth), width)).astype(np.float64)
    inputs, targets = laid(network, "data", width, sizes)[0], laid(network, "target", truth.shape[1], sizes)[0]
    return inputs.arrays(rows) | targets.arrays(truth)


def column(values: Any, letters: tuple[str, ...], pattern: str) -> Array:
    """A quantity as a matrix with a row for each pattern."""
    moved = np.moveaxis(np.asarray(values), place(letters, pattern), 0)
    return moved.reshape(len(moved), -1)


def log_of_its_class(found: Evaluation, shares: Array, places: NDArray[np.int64]) -> bool:
    """Whether shares are probabilities, and the error of each pattern −log of that of its class, but for a constant."""
    if found.error is None or len(found.patterns) != len(places):
        return False
    errors = np.array([one.error for one in found.patterns], np.float64)
    with np.errstate(all="ignore"):
        apart = errors + np.log(shares[np.arange(len(places)), places])
        whole = bool(np.all(np.abs(shares.sum(axis=1) - 1) < ROUNDING))
        return whole and bool(np.all(np.abs(apart - apart[0]) < ROUNDING * (1 + np.abs(errors).max())))
