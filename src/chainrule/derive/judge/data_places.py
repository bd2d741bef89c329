"""The text's own data → the places at which both sides of a line are computed: the patterns themselves."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from chainrule.derive.judge.explicit_model import ExplicitModel
from chainrule.derive.judge.line import TypedLine
from chainrule.derive.judge.test_points import CheckedPoint, Data, Values, at, inputs, work
from chainrule.derive.points import signed
from chainrule.model.constants import constants
from chainrule.model.model import HIDDEN
from chainrule.numbers.environment import Setting

PATTERNS, ENTRIES = 256, 256
"""Patterns, and entries of the left side over all of them, that a formula is held against at the starts."""
HEAVY = 200_000
"""Nodes that the places of a text's own data may visit; of more data, the first patterns are taken."""


def on_data(
    explicit: ExplicitModel, line: TypedLine, data: Data, seed: int = 0, *, weights: bool = True, whole: bool = False
) -> list[CheckedPoint]:
    """The model's own patterns, with weights special in no way or, without ``weights``, at their starts.

    Of very many patterns some are taken, unless the ``whole`` is asked for.
    """
    draw = random.Random(seed)  # noqa: S311
    ground = grounded(explicit, data, None if whole else PATTERNS)
    if ground is None:
        return []
    setting, given = ground
    found: list[CheckedPoint] = []
    for attempt in range(2 if weights else 1):
        point = dict(given)
        for quantity in explicit.model.named("weight"):
            start = given[quantity.name]
            if weights:
                point[quantity.name] = {place: signed(draw, attempt) for place in start} \
                    if isinstance(start, Mapping) else signed(draw, attempt)  # fmt: skip
        most = max(1, min(ENTRIES, HEAVY // work(explicit, setting)))
        for place in at(explicit, point, setting, every_place(line, setting, draw, most), largest=math.inf):
            place.of = str(place.letters[explicit.pattern] - setting.range(explicit.pattern).start)
            place.free = tuple(quantity.name for quantity in explicit.model.named("weight"))
            found.append(place)
    return found


def grounded(explicit: ExplicitModel, data: Data, most: int | None) -> tuple[Setting, Values] | None:
    """The setting and the values of a model's own data with the weights at their starts; None where one is missing."""
    ranges = {letter: values for group in explicit.model.sets for letter in group.letters
              if (values := data.ranges.get(group.name)) is not None}  # fmt: skip
    known = constants(explicit.model, None, partial=True).patterns
    ranges[explicit.pattern] = known if known is not None else range(1, data.patterns + 1)
    if most is not None and explicit.model.pattern == HIDDEN:
        per = max(1, work(explicit, explicit.setting(ranges)) // len(ranges[explicit.pattern]))
        few = max(1, min(most, HEAVY // per))
        ranges[explicit.pattern] = ranges[explicit.pattern][:few]
    setting = explicit.setting(ranges)
    given: Values = {name: entries(nested, explicit, setting, name) for name, nested in data.values.items()}
    if explicit.model.rate is None:
        given |= {"alpha": 0.1, "eta": 0.1}
    for quantity in explicit.model.named("weight"):
        given[quantity.name] = entries(data.starts[quantity.name], explicit, setting, quantity.name)
    return None if any(quantity.name not in given for quantity in inputs(explicit)) else (setting, given)


def every_place(line: TypedLine, setting: Setting, draw: random.Random, most: int) -> Iterator[dict[str, int]]:
    """Each pattern with entries of the left side: all, if there are not too many, else some, another for each."""
    pattern = str(setting.pattern)
    others = [letter for letter in line.letters if letter != pattern]
    spread = [dict(zip(others, place, strict=True)) for place in product(*map(setting.range, others))]
    numbers = setting.range(pattern)
    each = len(spread) if len(spread) * len(numbers) <= most else max(1, most // len(numbers))
    for turn, number in enumerate(numbers[:most]):
        own = spread if each >= len(spread) else [spread[(turn * each + n * 7919) % len(spread)] for n in range(each)]
        for letters in own:
            yield {**letters, pattern: number}


def entries(nested: Any, explicit: ExplicitModel, setting: Setting, name: str) -> Any:
    """Nested lists as a mapping from the letters' own values."""
    letters = explicit.letters.get(name, ())
    if not letters:
        return nested
    found: dict[tuple[int, ...], float] = {}
    for place in product(*(setting.range(letter) for letter in letters)):
        entry = nested
        for letter, at_ in zip(letters, place, strict=True):
            entry = entry[at_ - setting.range(letter).start]
        found[place] = entry
    return found
