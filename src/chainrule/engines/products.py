"""Matrices → their product, in parts so small that NumPy's library takes one thread for each.

For products of a millisecond and less that library wakes its other threads, which spin while they wait; where other
programs run on their cores, each such product takes as long as a slice of the scheduler's time. Only a product that is
long beside a slice is left to them.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[Any]

ALONE = 2**18
"""Multiplications of a product for which OpenBLAS takes one thread. Source: interface/gemm.c, SMP_THRESHOLD_MIN times
GEMM_MULTITHREAD_THRESHOLD."""

LONG = 2**27
"""Multiplications that take a thread longer than a slice lasts, a few milliseconds."""


def product(first: Numbers, second: Numbers) -> Numbers:
    """The product of matrices, or of stacks of them, as `numpy.matmul` has it; one may be a vector.

    >>> product(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([5.0, 6.0]))
    array([17., 39.])
    """
    if first.ndim == 1:
        return product(first[None, :], second)[..., 0, :]
    if second.ndim == 1:
        return product(first, second[:, None])[..., 0]
    rows, inner, columns = *first.shape[-2:], second.shape[-1]
    if 1 in (rows, columns):  # a matrix and a vector, for which far fewer multiplications are divided
        return np.asarray(np.einsum("...ij,...jk->...ik", first, second))
    if np.iscomplexobj(first) or np.iscomplexobj(second):  # those are divided however small they are
        return complexes(first, second)
    if rows * inner * columns <= ALONE or rows * inner * columns > LONG:
        return np.asarray(np.matmul(first, second))
    high, deep, wide = sides(rows, inner, columns)
    stack = np.broadcast_shapes(first.shape[:-2], second.shape[:-2])
    found = np.zeros((*stack, rows, columns), np.result_type(first, second))
    for row in cuts(rows, high):
        for column in cuts(columns, wide):
            for part in cuts(inner, deep):
                found[..., row, column] += np.matmul(first[..., row, part], second[..., part, column])
    return found


def complexes(first: Numbers, second: Numbers) -> Numbers:
    """The product of matrices of complex numbers, by products of their parts."""
    if not np.iscomplexobj(first) and np.isfinite(second).all():  # what follows, without products with nothing but 0
        real, imaginary = (product(first, np.ascontiguousarray(part)) for part in (second.real, second.imag))
        return np.asarray(real + 1j * (0.0 + imaginary))
    (a, b), (c, d) = ([np.ascontiguousarray(part) for part in (one.real, one.imag)] for one in (first, second))
    real, imaginary = product(a, c), product(b, c)
    if np.iscomplexobj(second):
        real, imaginary = real - product(b, d), imaginary + product(a, d)
    return np.asarray(real + 1j * imaginary)


def sides(*lengths: int) -> list[int]:
    """The sides of the largest parts: the longest is halved until a part is small enough.

    >>> sides(1797, 64, 10), sides(10, 1797, 64), sides(1000, 1000, 1000)
    ([225, 64, 10], [10, 225, 64], [63, 63, 63])
    """
    found = list(lengths)
    while found[0] * found[1] * found[2] > ALONE:
        longest = found.index(max(found))
        found[longest] = -(-found[longest] // 2)
    return found


def cuts(length: int, side: int) -> list[slice]:
    """A range in parts of about so many.

    >>> cuts(5, 2)
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    return [slice(*both) for both in pairwise([*range(0, length, side), length])]
