"""Many float64 → the texts that Python's repr gives: the fewest digits that read back to the same bits, all at once.

Conventions. A number x > 0 is multiplied by a power of ten to a value S of about 17 digits before the point, kept as a
whole number and a part below 1. All numbers nearer to S than H, half of the way from x to its neighbours in the same
measure, read back as x. Of the multiples of 1, 10 and 100 the coarsest that has one so near is taken, and of that the
nearest to S; two multiples of 100 are never so near, so a coarser one would be the same number. What is too close to
call, and what is no number, is left to repr itself.

Source: for leaving to a slower way what an error bound does not decide, Loitsch, "Printing floating-point numbers
quickly and accurately with integers", PLDI 2010.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import numpy as np
from numpy.typing import NDArray

from chainrule.engines.fma import DOUBLES
from chainrule.engines.protocol import Array
from chainrule.numbers.elementary.double_double import whole_product, whole_sum

Whole = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]

CLOSE = 1e-6
"""Too close to call. S is below 2⁵⁸ and a sum of two float64 errs by 2⁻¹⁰⁰ of it, so S is right to 2⁻⁴²; so is H."""

REACH = 280
"""Beyond 10 to this power, or below its inverse, parts of a product could leave the numbers of a float64."""

PLACES = 18
"""Digits of the whole number that is written down; zeros at its end are left out again."""

FIXED = range(-4, 16)
"""The powers of ten of the first digit that repr writes without an exponent."""

ROW = np.frombuffer(b"--0.000-" + b"0." * 20 + b"e+000,--", np.uint8)
"""The characters of which the text of a number is some, in words of eight: sign, what is before the digits of a small
number; digits with a point behind each, the first two of them always 0; exponent, end."""

SIGN, SMALL, FIRST, EXPONENT, END = 1, 2, 12, 48, 53
"""Where in a row they begin."""

BLOCK = 2**13
"""So many numbers are written at once: what is made for them stays in the cache."""


@cache
def powers() -> Array:
    """The powers of ten from −REACH − 20 to REACH + 20, each as a sum of two float64."""
    exact = [Fraction(10) ** k for k in range(-REACH - 20, REACH + 21)]
    return np.array([[float(one), float(one - Fraction(float(one)))] for one in exact]).T


@cache
def pointed() -> Whole:
    """The four digits of every number below 10⁴, a point behind each, as one word."""
    made = np.full((10**4, 8), ord("."), np.uint8)
    for place in range(4):
        made[:, 2 * place] = ord("0") + np.arange(10**4) // 10 ** (3 - place) % 10
    return made.view(np.int64)[:, 0]


@cache
def ending_zeros() -> Whole:
    """With how many zeros the four digits of a number end."""
    divided: list[Whole] = [(np.arange(10**4) % 10**k == 0).astype(np.int64) for k in range(1, 5)]
    return sum(divided[1:], divided[0])


def texts(numbers: Array) -> list[str]:
    """The text of each number.

    >>> texts(np.array([0.1, -2.0, 1e16, 1.5e-7, np.nan]))
    ['0.1', '-2.0', '1e+16', '1.5e-07', 'nan']
    """
    return lines(numbers.reshape(-1, 1))


def lines(table: Array) -> list[str]:
    """The texts of the numbers in each row of a table, a comma between them.

    >>> lines(np.array([[0.5, 1.0], [1e300, -0.0]]))
    ['0.5,1.0', '1e+300,-0.0']
    """
    height, width = table.shape
    if not width:
        return [""] * height
    found: list[str] = []
    size = max(1, BLOCK // width)
    for start in range(0, height, size):
        part = np.ascontiguousarray(table[start : start + size], np.float64)
        ends = np.full(part.shape, ord(","), np.uint8)
        ends[:, -1] = ord("\n")
        found += written(part.ravel(), ends.ravel()).decode("ascii").split("\n")[:-1]
    return found


def written(numbers: Array, ends: Bytes) -> bytes:
    """The texts, each with the character that ends it."""
    whole, first, sure = shortest(np.abs(numbers))
    rows = laid_out(whole, first, np.signbit(numbers), ends)
    pieces, begun = [], 0
    for place in np.flatnonzero(~sure).tolist():
        pieces += [kept(rows[begun:place]), repr(float(numbers[place])).encode(), ends[place : place + 1].tobytes()]
        begun = place + 1
    return b"".join([*pieces, kept(rows[begun:])])


def kept(rows: Bytes) -> bytes:
    """The characters of rows, without those that were left out."""
    return rows.tobytes().translate(None, b"\0")


def shortest(sizes: Array) -> tuple[Whole, Whole, Mask]:
    """For each x ≥ 0 the shortest number that reads back as x, as PLACES digits and the power of ten of the first of
    them; and where that is sure."""
    with np.errstate(all="ignore"):
        sure = (sizes > 10.0**-REACH) & (sizes < 10.0**REACH)
        x = np.where(sure, sizes, 1.0)
        power = 16 - np.floor(np.log10(x)).astype(np.int64)
        high, low = powers()[:, power + REACH + 20]
        product, rest = whole_product(DOUBLES, x, high)
        total, more = whole_sum(product, rest + x * low)  # total is whole: it is above 2⁵³
        down = np.floor(more)
        number, part = total.astype(np.int64) + down.astype(np.int64), more - down
        mantissa = np.frexp(x)[0]
        half = total * 2.0**-54 / mantissa
        less = np.where(mantissa == 0.5, half / 2, half)  # the neighbour below a power of two is nearer
    chosen, tie = number + (part >= 0.5), np.abs(part - 0.5) < CLOSE
    here = np.arange(len(x))
    for unit in (10, 100):
        below = number[here] // unit
        left = number[here] - below * unit
        under, over = left + part[here], (unit - left) - part[here]
        near = np.minimum(under, over)
        inside = near < less[here] - CLOSE
        open = ~inside & (near <= half[here] + CLOSE)
        tie[here] = np.where(inside, np.abs(under - over) < CLOSE, open | tie[here])
        chosen[here] = np.where(inside, (below + (over < under)) * unit, chosen[here])
        here = np.flatnonzero(inside)
    zero = sizes == 0
    for _ in range(2):
        short = chosen < 10 ** (PLACES - 1)
        chosen, power = np.where(short, 10 * chosen, chosen), power + short
    return np.where(zero, 0, chosen), np.where(zero, 0, PLACES - 1 - power), (sure & ~tie) | zero


def laid_out(whole: Whole, first: Whole, negative: Mask, ends: Bytes) -> Bytes:
    """A row of characters for each number, as ROW has them; 0 stands for one that is left out."""
    rows = np.empty((len(whole), len(ROW)), np.uint8)
    rows[:] = ROW
    rows[:, END] = ends
    zeros = np.zeros(len(whole), np.int64)
    for word in range(5, 0, -1):
        rest = whole // 10**4
        four = whole - 10**4 * rest
        rows.view(np.int64)[:, word] = pointed()[four]
        zeros += np.where(zeros == 4 * (5 - word), ending_zeros()[four], 0)
        whole = rest
    fixed = (first >= FIXED.start) & (first < FIXED.stop)
    power = np.abs(first)
    kind = np.where(fixed, first - FIXED.start, len(FIXED) + (power >= 100))
    if not fixed.all():
        rows[:, EXPONENT + 1] = np.where(first < 0, ord("-"), ord("+"))
        rows[:, EXPONENT + 2 : END] = pointed()[power].view(np.uint8).reshape(-1, 8)[:, 2::2]
    count = np.maximum(PLACES - zeros, 1)
    rows.view(np.int64)[...] &= kinds()[(2 * kind + negative) * PLACES + count - 1]
    return rows


@cache
def kinds() -> Whole:
    """Which characters of a row are kept, all bits of each, eight in a word: for each power of ten that is written
    without an exponent and for exponents of two and of three digits, for numbers above and below 0, and for each count
    of digits."""
    made = np.zeros((len(FIXED) + 2, 2, PLACES, len(ROW)), np.uint8)
    made[:, 1, :, SIGN] = made[..., END] = 255
    for kind, of_kind in enumerate(made):
        first = FIXED.start + kind
        for count in range(1, PLACES + 1):
            row = of_kind[:, count - 1]
            digits, point = count, 0
            if kind >= len(FIXED):
                point = int(count > 1)
                row[:, EXPONENT:END] = 255
                row[:, EXPONENT + 2] *= kind > len(FIXED)
            elif first >= 0:
                point = first + 1
                digits = max(count, first + 2)
            else:
                row[:, SMALL : SMALL + 1 - first] = 255
            row[:, FIRST : FIRST + 2 * digits : 2] = 255
            if point:
                row[:, FIRST + 2 * point - 1] = 255
    return made.reshape(-1, len(ROW)).view(np.int64)
