"""What chunks tell of weights put back into their boxes → stretches of steps, and sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.protocol import Chunk
from chainrule.notation.names import pretty
from chainrule.values import dataclass


@dataclass(frozen=True, slots=True)
class Projection:
    """A weight that was put back into its box after each of the steps ``first`` to ``last``."""

    weight: str
    first: int
    last: int


def projected(chunk: Chunk) -> list[Projection]:
    """The steps of a chunk after which weights were put back into their boxes, consecutive ones together."""
    return stretches(chunk.projected)


def stretches(put: Mapping[str, NDArray[np.int64]]) -> list[Projection]:
    """Numbers of steps by weight, consecutive ones together."""
    found = []
    for name, steps in put.items():
        ends = np.flatnonzero(np.diff(steps) != 1)
        firsts, lasts = steps[np.r_[0, ends + 1]], steps[np.r_[ends, -1]]
        found += [Projection(name, int(first), int(last)) for first, last in zip(firsts, lasts, strict=True)]
    return found


def merged(projections: Iterable[Projection]) -> tuple[Projection, ...]:
    """Projections with those that follow one another joined, in order of time and then of names: how a training was cut
    into chunks, and whether some of its steps were told of twice, cannot be seen in them.

    >>> merged([Projection("w", 1, 3), Projection("w", 2, 2), Projection("w", 4, 4)])
    (Projection(weight='w', first=1, last=4),)
    """
    found: list[Projection] = []
    latest: dict[str, int] = {}
    for put in sorted(projections, key=lambda put: put.first):
        place = latest.get(put.weight)
        if place is not None and found[place].last + 1 >= put.first:
            found[place] = Projection(put.weight, found[place].first, max(found[place].last, put.last))
        else:
            latest[put.weight] = len(found)
            found.append(put)
    return tuple(sorted(found, key=lambda put: (put.first, put.weight)))


def until(put: Iterable[Projection], stop: int) -> tuple[Projection, ...]:
    """The projections up to a step."""
    return merged(Projection(one.weight, one.first, min(one.last, stop)) for one in put if one.first <= stop)


def boxed(projections: Sequence[Projection]) -> list[str]:
    """A sentence for each weight that was put back into its box."""
    notes = []
    for name in dict.fromkeys(put.weight for put in projections):
        mine = [put for put in projections if put.weight == name]
        parts = [steps_in_words(put.first, put.last) for put in mine[:5]]
        more = sum(put.last - put.first + 1 for put in mine[5:])
        parts += [f"{more} later ones"] if more else []
        listed = " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
        plural = len(mine) > 1 or mine[0].first != mine[0].last
        notes.append(f"{pretty(name)} left its box and was put back after step{'s' * plural} {listed}")
    return notes


def steps_in_words(first: int, last: int) -> str:
    """Steps in words.

    >>> steps_in_words(2, 2), steps_in_words(2, 3), steps_in_words(2, 4)
    ('2', '2 and 3', '2 to 4')
    """
    return f"{first}" if first == last else f"{first} {'and' if last == first + 1 else 'to'} {last}"
