"""CRC-32C, the checksum at the end of each chunk, by NumPy: many bytes at once, joined two by two.

Source: RFC 3720, appendix B.4. The remainder of A and B one after the other is that of A, moved on by as many zero
bytes as B has, plus that of B: so blocks are reduced side by side by one table for each place in a block, and then
joined.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

POLYNOMIAL = 0x82F63B78
BLOCK = 64
"""Bytes that are reduced at once, a power of two."""

Words = NDArray[np.uint32]


@cache
def byte_table() -> Words:
    """The remainder of each byte."""
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, (table >> 1) ^ np.uint32(POLYNOMIAL), table >> 1)
    return table


@cache
def zeros(count: int) -> Words:
    """What ``count`` zero bytes, a power of two, make of each byte of a remainder: four tables."""
    if count == 1:
        states = np.arange(256, dtype=np.uint32)[None, :] << (8 * np.arange(4, dtype=np.uint32))[:, None]
        return np.asarray(byte_table()[states & 255] ^ (states >> 8))
    half = zeros(count // 2)
    return moved(half, half)


def moved(words: Words, tables: Words) -> Words:
    """Remainders after the zero bytes that the tables stand for."""
    out = tables[0][words & 255]
    for place in (1, 2, 3):
        out = out ^ tables[place][(words >> (8 * place)) & 255]
    return np.asarray(out)


@cache
def places() -> Words:
    """The remainder of each byte at each place of a block."""
    table = np.empty((BLOCK, 256), np.uint32)
    table[-1] = byte_table()
    for place in range(BLOCK - 2, -1, -1):
        table[place] = moved(table[place + 1], zeros(1))
    return table


def crc32c(content: bytes) -> int:
    """The checksum of some bytes.

    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    size = len(content)
    blocks = np.frombuffer(bytes(-size % BLOCK) + content, np.uint8).reshape(-1, BLOCK)  # zeros in front change nothing
    words = np.bitwise_xor.reduce(places()[np.arange(BLOCK), blocks], axis=1) if size else np.zeros(1, np.uint32)
    width = BLOCK
    while len(words) > 1:
        if len(words) % 2:
            words = np.concatenate([np.zeros(1, np.uint32), words])
        words = moved(words[0::2], zeros(width)) ^ words[1::2]
        width *= 2
    return int(words[0]) ^ started(size) ^ 0xFFFFFFFF


@cache
def started(size: int) -> int:
    """What so many zero bytes make of a remainder that begins with ones, as the checksum does; files are of few
    sizes."""
    start = np.full(1, 0xFFFFFFFF, np.uint32)
    for bit in range(size.bit_length()):
        if size >> bit & 1:
            start = moved(start, zeros(1 << bit))
    return int(start[0])
