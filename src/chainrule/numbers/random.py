"""Random numbers that are a function of (seed, name, index) alone, so the same in every engine and browser.

Threefry-2x32 with 20 rounds: only 32-bit addition, rotation and xor. The key is (seed, FNV-1a hash of the name's
UTF-8), the counter is (index, stream): stream 0 is `uniform`, streams 1 and 2 are the two halves of `normal`, stream 3
is `permutation`. Entries of an array are indexed in row order, the last letter fastest, from 0.

Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11; FNV-1a: RFC 9923.
"""

import math
from typing import Literal

from chainrule.errors import UsageError
from chainrule.numbers.elementary import cos, log
from chainrule.numbers.operations import FLOAT
from chainrule.values import dataclass

WORD = 0xFFFFFFFF
PARITY = 0x1BD11BDA
ROTATIONS = (13, 15, 26, 6, 17, 29, 16, 24)


def threefry(key: tuple[int, int], counter: tuple[int, int]) -> tuple[int, int]:
    """Two 32-bit words from two words of key and two of counter.

    >>> [f"{word:08x}" for word in threefry((0, 0), (0, 0))]
    ['6b200159', '99ba4efe']
    """
    keys = (*key, key[0] ^ key[1] ^ PARITY)
    a, b = (counter[0] + keys[0]) & WORD, (counter[1] + keys[1]) & WORD
    for turn in range(20):
        a = (a + b) & WORD
        rotation = ROTATIONS[turn % 8]
        b = ((b << rotation | b >> (32 - rotation)) & WORD) ^ a
        if turn % 4 == 3:
            injection = turn // 4 + 1
            a = (a + keys[injection % 3]) & WORD
            b = (b + keys[(injection + 1) % 3] + injection) & WORD
    return a, b


def hashed(name: str) -> int:
    """The FNV-1a hash of a name, 32 bits.

    >>> f"{hashed('a'):08x}"
    'e40c292c'
    """
    total = 0x811C9DC5
    for byte in name.encode():
        total = ((total ^ byte) * 0x01000193) & WORD
    return total


def uniform(seed: int, name: str, index: int = 0) -> float:
    """A number in [0, 1): of the two words, 27 and 26 high bits, as a multiple of 2⁻⁵³.

    >>> uniform(0, "w"), uniform(1, "w")
    (0.04444811269666504, 0.6807444564939705)
    """
    return drawn(seed, name, index, 0)


def normal(seed: int, name: str, index: int = 0) -> float:
    """A number from the normal distribution with mean 0 and variance 1: √(−2 log(1 − u))·cos 2πv (Box and Muller).

    The largest size that can come up is 8.57. It has the same bits everywhere because log and cos do.

    >>> normal(0, "w"), normal(0, "w", 1)
    (0.11588098145994323, -1.7115412938734618)
    """
    u, v = drawn(seed, name, index, 1), drawn(seed, name, index, 2)
    return math.sqrt(-2.0 * log(FLOAT, 1.0 - u)) * cos(FLOAT, 2.0 * math.pi * v)


@dataclass(frozen=True, slots=True)
class Draw:
    """How the entries of an array are drawn: ``a`` and ``b`` have a number for each, or one for all; so has ``box``,
    into which an entry is put."""

    distribution: Literal["normal", "uniform", "glorot"]  # a + b·z, a + (b − a)·u, (2u − 1)·b
    a: tuple[float, ...]
    b: tuple[float, ...]
    box: tuple[tuple[float, ...], tuple[float, ...]] | None = None

    def entry(self, seed: int, name: str, k: int) -> float:
        """Entry k, in row order, of the array of a name.

        >>> Draw("uniform", (0.0,), (2.0,)).entry(0, "w", 0)
        0.08889622539333009
        """
        a, b = (ends[k if len(ends) > 1 else 0] for ends in (self.a, self.b))
        match self.distribution:
            case "normal":
                value = a + b * normal(seed, name, k)
            case "uniform":
                value = a + (b - a) * uniform(seed, name, k)
            case "glorot":
                value = (2.0 * uniform(seed, name, k) - 1.0) * b
        if self.box is None:
            return value
        low, high = (ends[k if len(ends) > 1 else 0] for ends in self.box)
        return min(max(value, low), high)


def permutation(seed: int, name: str, count: int) -> tuple[int, ...]:
    """The numbers 0 … count − 1 in random order: from the last place down, each changes with one at or before it.

    >>> permutation(0, "epoch 1", 5)
    (2, 3, 1, 4, 0)
    """
    order = list(range(count))
    for last in range(count - 1, 0, -1):
        other = int(drawn(seed, name, last, 3) * (last + 1))
        order[last], order[other] = order[other], order[last]
    return tuple(order)


def drawn(seed: int, name: str, index: int, stream: int) -> float:
    """A number in [0, 1) with 53 bits."""
    if not 0 <= seed <= WORD:
        raise UsageError("E290", f"{seed} is not a seed", f"take a whole number from 0 to {WORD}")
    a, b = threefry((seed, hashed(name)), (index & WORD, stream))
    return ((a >> 5) * 67108864.0 + (b >> 6)) * 2.0**-53
