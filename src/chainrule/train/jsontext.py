"""Objects and arrays → the text that json.dumps(…, ensure_ascii=False, indent=2) has of them, piece by piece.

Conventions. An array stands for the nested list of its numbers, those that are not finite for "nan", "inf", "-inf". A
`Series` stands for a list of objects that differ in numbers alone: what does not differ is written once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

from chainrule.engines.protocol import Array
from chainrule.train.digits import texts
from chainrule.values import dataclass

BLOCK = 2**14
"""About so many numbers make a piece."""

MARK = "\0"
"""Where a number goes; in JSON it stands for nothing else, because in a string it is escaped."""


@dataclass(frozen=True, slots=True)
class Each:
    """Numbers, or arrays, of several objects: their axis comes first."""

    array: Array


@dataclass(frozen=True, slots=True)
class Series:
    """A list of objects, in blocks: one dict for each block, with `Each` in place of what differs."""

    blocks: Iterable[Mapping[str, Any]]


def pieces(value: Any, margin: str = "\n") -> Iterator[str]:
    """The text of a value; ``margin`` begins the lines of what it stands in.

    >>> print("".join(pieces({"w": np.array([[1.0, np.inf]]), "b": None, "of": Series([{"y": Each(np.ones(2))}])})))
    {
      "w": [
        [
          1.0,
          "inf"
        ]
      ],
      "b": null,
      "of": [
        {
          "y": 1.0
        },
        {
          "y": 1.0
        }
      ]
    }
    """
    inner = f"{margin}  "
    match value:
        case dict() if value:
            for place, (name, item) in enumerate(value.items()):
                yield f"{',' if place else '{'}{inner}{json.dumps(name, ensure_ascii=False)}: "
                yield from pieces(item, inner)
            yield f"{margin}}}"
        case list() if value:
            for place, item in enumerate(value):
                yield f"{',' if place else '['}{inner}"
                yield from pieces(item, inner)
            yield f"{margin}]"
        case np.ndarray() if value.size and value.ndim:
            yield from listed(rows(value, inner), margin)
        case np.ndarray():
            yield nested(numbers(value), value.shape, margin)
        case Each(array):
            yield nested([MARK] * prod(array.shape[1:]), array.shape[1:], margin)
        case Series(blocks):
            yield from listed((objects for block in blocks for objects in filled(block, inner)), margin)
        case _:
            yield json.dumps(value, ensure_ascii=False, allow_nan=False)


def listed(blocks: Iterable[list[str]], margin: str) -> Iterator[str]:
    """The texts in blocks as one list."""
    between = f",{margin}  "
    begun = False
    for block in blocks:
        yield (between if begun else f"[{margin}  ") + between.join(block)
        begun = True
    yield f"{margin}]" if begun else "[]"


def rows(array: Array, margin: str) -> Iterator[list[str]]:
    """The texts of an array's rows, some at once."""
    each = prod(array.shape[1:])
    size = max(1, BLOCK // max(1, each))
    for start in range(0, len(array), size):
        part = array[start : start + size]
        found = numbers(part)
        yield [nested(found[k * each : (k + 1) * each], array.shape[1:], margin) for k in range(len(part))]


def filled(block: Mapping[str, Any], margin: str) -> Iterator[list[str]]:
    """The texts of the objects of a block, some at once: one text is made, and filled with the numbers of each."""
    pattern = "".join(pieces(block, margin)).replace("%", "%%").replace(MARK, "%s")
    columns = [array.reshape(len(array), -1) for array in differing(block)]
    each = sum(column.shape[1] for column in columns)
    size = max(1, BLOCK // each)
    for start in range(0, len(columns[0]), size):
        part = np.concatenate([column[start : start + size] for column in columns], axis=1)
        found = numbers(part)
        yield [pattern % tuple(found[k * each : (k + 1) * each]) for k in range(len(part))]


def differing(form: Any) -> Iterator[Array]:
    """The arrays in which objects differ, in the order of the text."""
    match form:
        case Each(array):
            yield array
        case dict():
            for item in form.values():
                yield from differing(item)


def numbers(array: Array) -> list[str]:
    """The texts of numbers, those that are not finite in quotes."""
    found = texts(array)
    return found if np.isfinite(array).all() else [f'"{text}"' if text[-1] in "nf" else text for text in found]


def nested(items: Sequence[str], shape: tuple[int, ...], margin: str) -> str:
    """Texts as a nested list of a shape."""
    if not shape:
        return items[0]
    if not shape[0]:
        return "[]"
    inner, each = f"{margin}  ", prod(shape[1:])
    parts = items if len(shape) == 1 else [
        nested(items[k * each : (k + 1) * each], shape[1:], inner) for k in range(shape[0])
    ]  # fmt: skip
    return f"[{inner}{f',{inner}'.join(parts)}{margin}]"
