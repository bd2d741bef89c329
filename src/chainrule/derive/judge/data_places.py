"""A scene and the text's own data → the places at which both sides of a line are computed: the patterns themselves."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from chainrule.derive.judge.line import Line
from chainrule.derive.judge.places import Data, Place, Values, at, inputs, work
from chainrule.derive.judge.scene import Scene
from chainrule.derive.points import signed
from chainrule.model.constants import constants
from chainrule.model.model import HIDDEN
from chainrule.numbers.world import Setting

PATTERNS, ENTRIES = 256, 256
"""Patterns, and entries of the left side over all of them, that a formula is held against at the starts."""
HEAVY = 200_000
"""Nodes that the places of a text's own data may visit; of more data, the first patterns are taken."""


def on_data(
    scene: Scene, line: Line, data: Data, seed: int = 0, *, weights: bool = True, whole: bool = False
) -> list[Place]:
    """The model's own patterns, with weights special in no way or, without ``weights``, at their starts.

    Of very many patterns some are taken, unless the ``whole`` is asked for.
    """
    draw = random.Random(seed)  # noqa: S311
    ground = grounded(scene, data, None if whole else PATTERNS)
    if ground is None:
        return []
    setting, given = ground
    found: list[Place] = []
    for attempt in range(2 if weights else 1):
        point = dict(given)
        for quantity in scene.model.named("weight"):
            start = given[quantity.name]
            if weights:
                point[quantity.name] = {place: signed(draw, attempt) for place in start} \
                    if isinstance(start, Mapping) else signed(draw, attempt)  # fmt: skip
        most = max(1, min(ENTRIES, HEAVY // work(scene, setting)))
        for place in at(scene, point, setting, every_place(line, setting, draw, most), largest=math.inf):
            place.of = str(place.letters[scene.pattern] - setting.range(scene.pattern).start)
            place.free = tuple(quantity.name for quantity in scene.model.named("weight"))
            found.append(place)
    return found


def grounded(scene: Scene, data: Data, most: int | None) -> tuple[Setting, Values] | None:
    """The setting and the values of a model's own data with the weights at their starts; None where one is missing."""
    ranges = {letter: values for group in scene.model.sets for letter in group.letters
              if (values := data.ranges.get(group.name)) is not None}  # fmt: skip
    known = constants(scene.model, None, partial=True).patterns
    ranges[scene.pattern] = known if known is not None else range(1, data.patterns + 1)
    if most is not None and scene.model.pattern == HIDDEN:
        per = max(1, work(scene, scene.setting(ranges)) // len(ranges[scene.pattern]))
        few = max(1, min(most, HEAVY // per))
        ranges[scene.pattern] = ranges[scene.pattern][:few]
    setting = scene.setting(ranges)
    given: Values = {name: entries(nested, scene, setting, name) for name, nested in data.values.items()}
    if scene.model.rate is None:
        given |= {"alpha": 0.1, "eta": 0.1}
    for quantity in scene.model.named("weight"):
        given[quantity.name] = entries(data.starts[quantity.name], scene, setting, quantity.name)
    return None if any(quantity.name not in given for quantity in inputs(scene)) else (setting, given)


def every_place(line: Line, setting: Setting, draw: random.Random, most: int) -> Iterator[dict[str, int]]:
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


def entries(nested: Any, scene: Scene, setting: Setting, name: str) -> Any:
    """Nested lists as a mapping from the letters' own values."""
    letters = scene.letters.get(name, ())
    if not letters:
        return nested
    found: dict[tuple[int, ...], float] = {}
    for place in product(*(setting.range(letter) for letter in letters)):
        entry = nested
        for letter, at_ in zip(letters, place, strict=True):
            entry = entry[at_ - setting.range(letter).start]
        found[place] = entry
    return found
