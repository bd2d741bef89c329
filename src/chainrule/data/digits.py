"""The cells of a long text → numbers, thousands of cells at once: eight digits are read as one number of 64 bits.

A cell of at most eight digits before the point and eight behind it is an integer over a power of ten. Where the integer
is at most 2⁵³ both are doubles, so that one division rounds once, to the nearest double, as `float` does. Every other
cell is read by itself; where they are many, another reader is quicker.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from chainrule.data.table import Array, Column, from_texts, frozen, number_in

LEAST = 2**16
"""Bytes of text below which nothing is gained."""

CHUNK = 2**17
"""Bytes that are read at once, so that what is made of them stays in the processor's own memory."""

WIDEST = 2**20
"""The most bytes of one line."""

FEW = 10
"""One in so many cells may be read by itself."""

THREADS = 4
"""The most threads: NumPy lets others run while it computes."""

ZEROS = b"0" * 8
POINT, MINUS, SPACE, END = b".- \n"
EXACT = 2**53
KEPT = np.array([2**64 - 2 ** (64 - 8 * count) for count in range(9)] + [0], np.uint64)
"""For a number of digits the bytes that hold them, of eight that end with them; none where they are too many."""

TENS = np.array([10**count for count in range(10)], np.uint64)
ZERO, OVER, HIGH = (np.uint64(byte * (2**64 // 255)) for byte in (0x30, 0x76, 0x80))
"""A byte eight times: the sign 0, what no digit can take without reaching the highest bit, and that bit."""

SIGNS = np.array([1.0, -1.0])

Places = NDArray[np.intp]
Odd = list[dict[int, object]]


def columns(raw: bytes, start: int, stop: int, separator: str, numeric: Sequence[bool]) -> list[Column] | None:
    """The columns of the lines without quotes in ``raw[start:stop]``: numbers where ``numeric``, else texts.

    None where a line has too few or too many cells, and where this is not the quickest reader.
    """
    if stop - start < LEAST or separator == " " or not any(numeric):
        return None
    parts = list(chunks(raw, start, stop))
    rows = parts[-1][2] + raw.count(b"\n", *parts[-1][:2]) + 1
    if (stop - start) / rows > WIDEST:
        return None
    block = np.empty((sum(numeric), rows))
    sign = ord(separator)

    def part(where: tuple[int, int, int]) -> tuple[Odd, list[list[str]]] | None:
        return filled(block, raw, *where, sign, numeric)

    if (first := part(parts[0])) is None:
        return None
    read = [first]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(min(THREADS, len(parts), os.cpu_count() or 1)) as pool:
        for one in pool.map(part, parts[1:]):
            if one is None:
                pool.shutdown(cancel_futures=True)
                return None
            read.append(one)
    odd: Odd = [{} for _ in block]
    texts: list[list[str]] = [[] for one in numeric if not one]
    for cells, words in read:
        for some, more in zip(odd, cells, strict=True):
            some |= more
        for column, more_words in zip(texts, words, strict=True):
            column += more_words
    ours, others = zip(block, odd, strict=True), iter(texts)
    return [number_column(*next(ours)) if one else from_texts(next(others)) for one in numeric]


def number_column(values: Array, odd: dict[int, object]) -> Column:
    """A column of its numbers and of what is none."""
    return Column(frozen(values), odd)


def chunks(raw: bytes, start: int, stop: int) -> Iterator[tuple[int, int, int]]:
    """Stretches of whole lines without the end of the last: where each begins and ends, and the row it begins with."""
    row = 0
    while start <= stop:
        end = raw.rfind(b"\n", start, start + CHUNK) if stop - start > CHUNK else stop
        end = raw.find(b"\n", start, stop) if end < 0 else end
        end = stop if end < 0 else end
        yield start, end, row
        row += raw.count(b"\n", start, end) + 1
        start = end + 1


def filled(
    block: Array, raw: bytes, start: int, stop: int, row: int, separator: int, numeric: Sequence[bool]
) -> tuple[Odd, list[list[str]]] | None:
    """Put the numbers of a stretch of lines into their rows; what is no number, and the cells of the other columns.

    None where a line has too few or too many cells, and where too many cells have to be read by themselves.
    """
    width = len(numeric)
    text = ZEROS + raw[start:stop] + b"\n"  # the window of the first cell begins in what is put before it
    cells = divided(text, separator, width)
    if cells is None:
        return None
    firsts, points, ends = cells
    count = len(ends) // width
    values, right = numbers(text, firsts, points, ends)  # of all cells: to take columns out costs as much
    rest = np.flatnonzero(~right)
    rest = rest[np.asarray(numeric)[rest % width]]
    empty = np.count_nonzero(firsts[rest] == ends[rest])
    if (width == 1 and empty) or len(rest) - empty > count * len(block) / FEW:
        return None
    words: str | None = text.decode("latin-1") if text.isascii() else None
    texts, ours = [], np.flatnonzero(numeric)
    for place in np.flatnonzero(~np.asarray(numeric)).tolist():
        pairs = zip(firsts[place::width].tolist(), ends[place::width].tolist(), strict=True)
        one = [text[first:last].decode() for first, last in pairs] if words is None else [words[a:b] for a, b in pairs]
        texts.append(one)
    odd: Odd = [{} for _ in block]
    for at in rest.tolist():
        cell = text[firsts[at] : ends[at]].decode()
        value = number_in(cell)
        values[at] = math.nan if value is None else value
        if value is None:
            odd[np.searchsorted(ours, at % width)][row + at // width] = cell.strip()
    table = values.reshape(count, width).T
    block[:, row : row + count] = table if len(ours) == width else table[ours]
    return odd, texts


def divided(text: bytes, separator: int, width: int) -> tuple[Places, Places, Places] | None:
    """Where each cell begins, where its last point is, and where it ends; a cell without a point has it at its end.

    None where a line has not ``width`` cells.

    >>> divided(ZEROS + b"1.5,-20\\n", ord(","), 2)
    (array([ 8, 12]), array([ 9, 15]), array([11, 15]))
    """
    found = np.frombuffer(text, np.uint8)
    marks = found == separator
    marks |= found == END
    marks |= found == POINT
    places = np.flatnonzero(marks)
    signs = found[places]
    last = np.flatnonzero(signs != POINT)
    ends = places[last]
    closing = signs[last] == END
    if len(ends) % width or not closing[width - 1 :: width].all() or np.count_nonzero(closing) != len(ends) // width:
        return None
    last -= 1  # of a first cell without a point the very last mark, which is no point either
    points = np.where(signs[last] == POINT, places[last], ends)
    firsts = np.empty_like(ends)
    firsts[0] = len(ZEROS)
    np.add(ends[:-1], 1, out=firsts[1:])
    if b" " in text:
        firsts += found[firsts] == SPACE
    return firsts, points, ends


def numbers(text: bytes, firsts: Places, points: Places, ends: Places) -> tuple[Array, NDArray[np.bool_]]:
    """The numbers in cells, and which of them are right; the others have to be read by themselves.

    >>> text = ZEROS + b"1.5,-20,1e3\\n"
    >>> numbers(text, *divided(text, ord(","), 3))
    (array([  1.5, -20. ,   0. ]), array([ True,  True, False]))
    """
    windows: NDArray[np.uint64] = np.ndarray((len(text) - 7,), "<u8", text, 0, (1,))
    negative = np.frombuffer(text, np.uint8)[firsts] == MINUS
    whole = points - firsts
    whole -= negative
    part = ends - points
    part -= part > 0
    np.minimum(whole, 9, out=whole)
    np.minimum(part, 9, out=part)
    right = whole <= 8
    right &= part <= 8
    right &= whole + part > 0
    above = windows[points - 8]
    below = windows[ends - 8]
    above ^= ZERO
    below ^= ZERO
    above &= KEPT[whole]
    below &= KEPT[part]
    wrong = above + OVER
    wrong |= below + OVER
    wrong |= above
    wrong |= below
    wrong &= HIGH
    right &= wrong == 0
    scale = TENS[part]
    total = eight(above)
    total *= scale
    total += eight(below)
    right &= total <= EXACT
    values = total.astype(np.float64)
    values /= scale
    values *= SIGNS[negative.view(np.uint8)]
    values[~right] = 0.0
    return values, right


def eight(digits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Eight bytes of a digit each, the first in the lowest → their number: pairs of digits, then all of them.

    >>> eight(np.array([0x0807060504030201], np.uint64))
    array([12345678], dtype=uint64)
    """
    # D. Lemire, Quickly parsing eight digits, 2018
    shifted = digits >> np.uint64(8)
    digits *= np.uint64(10)
    digits += shifted
    shifted = digits >> np.uint64(16)
    shifted &= np.uint64(0x000000FF000000FF)
    shifted *= np.uint64(1 | 10_000 << 32)
    digits &= np.uint64(0x000000FF000000FF)
    digits *= np.uint64(100 | 1_000_000 << 32)
    digits += shifted
    digits >>= np.uint64(32)
    return digits
