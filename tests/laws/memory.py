"""Memory of the native engine: what many different trainings, each compiled, run and dropped, leave behind."""

import gc
import sys
from pathlib import Path

import chainrule as cr
from chainrule.engines.native.machine import made

PAGES = Path("/proc/self/statm")
"""Where Linux tells how many pages of memory a process holds."""


def resident() -> int:
    """Bytes of memory that this process holds."""
    gc.collect()
    return int(PAGES.read_text("ascii").split()[1]) * 4096


def cycle(number: int) -> None:
    """Compile, train and drop a network that no other number has."""
    text = f"data x\ntarget y\nweight v, w\nE = ({1 + number / 2**20}*tanh(w*x) + v - y)^2"
    cr.Model(text, data={"x": [0.0, 1.0], "y": [1.0, 0.0]}).train(steps=3, engine="native", seed=1)


def growth(first: int, count: int) -> int:
    """Bytes that so many cycles leave behind."""
    before, compiles = resident(), made.cache_info().misses
    for number in range(first, first + count):
        cycle(number)
    assert made.cache_info().misses - compiles == count, "every kernel is a new one"
    return resident() - before


if __name__ == "__main__":
    warm, cycles = map(int, sys.argv[1:])
    growth(0, warm)  # what is kept once, and the last kernels, which are kept too
    print(growth(warm, cycles) / cycles)
