"""The rules of derivations with letters: what each is called, and its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ROWS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "adjoint-entries": ("chain rule", "{v} acts on {u} through every entry of {names}"),
        "kronecker": ("identity", "an entry of {v} changes with itself at rate 1, with no other: a bracket says which"),
        "kronecker-told": ("bracket", "a bracket is 1 where it holds, else 0"),
        "reduce-sum": ("sum rule", "the derivative of a sum is the sum of the derivatives"),
        "reduce-mean": ("sum rule", "the derivative of a mean is the mean of the derivatives"),
        "reduce-logsumexp": (
            "derivative of logsumexp",
            "each term counts with its share exp(body − logsumexp) of the whole",
        ),
        "reduce-max": ("derivative of max", "the greatest value passes every change; values that tie share it"),
        "reduce-min": ("derivative of min", "the least value passes every change; values that tie share it"),
        "reduce-prod": ("product rule", "one factor changes at a time, the others stay as factors"),
        "for-range": ("range", "{bracket} is 1 for {when}, else 0"),
        "fold-name": ("name put in", "{values}"),
        "put-in": ("put in", "{values}"),
        "fact": ("fact", "{values} is a fact of the text"),
        "one-pattern": ("one pattern", "what has the letter {letter} is shown for pattern {n}, counted from 0"),
        "entry": ("entry", "the equation of every entry, at {values}"),
        "delta": ("short name", "{alias} is short for {v}"),
    }
)
"""Rule id → its label and its sentence."""
