"""Every program that leaves, in every language: examples, networks of the test suite, rules, orders, random networks.

    python3 dev.py campaign handouts [FIRST [COUNT]]

Programs in NumPy, PyTorch and JavaScript of random networks COUNT by COUNT, from FIRST on, against the trace after one
step and after twenty.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.code.test_handouts import in_c, in_node
from tests.laws.handouts import LONG, ONE_STEP, differences, drawn, examples, in_python, programs, rules, texts

WAYS = {"numpy": in_python, "torch": in_python, "jax": in_python, "javascript": in_node, "c": in_c}

TOGETHER = 20
"""Programs in one process: JAX takes some seconds for each."""


def main(first: int = 0, count: int = 40) -> int:
    wrong = 0
    for steps, within in ((1, ONE_STEP), (20, LONG)):
        cases = [*drawn(range(first, first + count), steps)]
        cases += [] if first else [*examples(steps), *programs(steps), *rules(steps)]
        for language, run in WAYS.items():
            found: list[str] = []
            for begin in range(0, len(cases), TOGETHER):
                some = cases[begin : begin + TOGETHER]
                with tempfile.TemporaryDirectory() as folder:
                    found += differences(some, run(texts(some, language), Path(folder)), within)
            wrong += len(found)
            told = f"{language}, {steps} steps, {len(cases)} programs: {len(found)} differ"
            print(told, *found, sep="\n  ", flush=True)
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
