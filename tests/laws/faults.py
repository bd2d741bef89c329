"""A text that means something → what the package must not do with it: a fault of its own, a foreign exception."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from tests.laws.engines import told
from tests.laws.grammar import Sample
from tests.laws.shrink import drawn, shrink

import chainrule as cr
from chainrule.errors import ChainruleError

FAULTS = ("E300", "E253")
"""Codes that say that the package has a fault."""


def fault(sample: Sample, *, run: bool = True, whole: bool = False) -> tuple[str, str]:
    """The code with which the text is refused, or nothing; and what is wrong, or nothing.

    ``run`` evaluates and trains a step; ``whole`` also differentiates twice, derives by every weight, and trains by
    both engines.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            model = cr.Model(sample.text, data=sample.data)
            found = outcome(model, whole) if run else ""
        except ChainruleError as error:
            return error.code, f"{error.code} {error.problem}" if error.code in FAULTS else ""
        except Exception as error:  # whatever it is, it is no answer to a text
            return "", f"{type(error).__name__}: {error}"
    return "", found


def outcome(model: cr.Model, whole: bool) -> str:
    """Evaluate, train a step, and more; what is wrong, or nothing."""
    found = model.evaluate()
    for name in model.weights:
        assert np.shape(found.gradient[name]) == np.shape(found.weights[name]), name
    run = model.train(steps=1, engine="reference", batch="all")
    if not whole:
        return ""
    runs = [model.train(steps=2, engine=engine, batch="each") for engine in ("reference", "native")]
    if told(runs[0]) != told(runs[1]):
        return f"the engines differ: {told(runs[0])} and {told(runs[1])}"
    model.evaluate(weights=dict(run.weights), second=sum(map(np.size, found.weights.values())) < 6)
    if "E" in model.network.quantities:
        for name in model.weights[:2]:
            model.derive(name, of="E")
    return ""


def kind(sentence: str) -> str:
    """Faults that are counted together."""
    words = [word for word in sentence.replace(":", " ").split() if word.isalpha() and len(word) > 3]
    return " ".join([sentence.split()[0].rstrip(":"), *words[:5]]) if sentence else ""


def smallest(sample: Sample, **how: bool) -> Sample:
    """A small text with a fault of the same kind; with data its numbers may be others."""
    wanted = kind(fault(sample, **how)[1])
    patterns = max((len(value) for value in (sample.data or {}).values()), default=0)

    def other(text: str) -> Sample:
        data: dict[str, Any] | None = drawn(text, patterns) if sample.data else None
        return Sample(text, data)

    def fails(text: str) -> bool:
        try:
            return kind(fault(other(text), **how)[1]) == wanted
        except Exception:  # what is left is no text any more
            return False

    return other(shrink(sample.text, fails)) if fails(sample.text) else sample
