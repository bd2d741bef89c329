"""Every program that leaves, in every language: examples, networks of the test suite, rules, orders, random networks.

    python3 dev.py campaign handouts [FIRST [COUNT [LANGUAGE …]]]

Programs of COUNT random networks, from FIRST on (with examples, networks of the tests, rules and orders where FIRST is
0), against the trace after one step and after twenty; those with chainrule's own functions ("c exact", "numpy exact")
to the bit after each of twenty steps.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.code.test_exact import differences as inexact
from tests.code.test_exact import drawn as free
from tests.code.test_handouts import in_c, in_node
from tests.laws.handouts import LONG, ONE_STEP, Case, differences, drawn, examples, in_python, programs, rules, texts

WAYS = {"numpy": in_python, "torch": in_python, "jax": in_python, "javascript": in_node, "c": in_c}

TOGETHER = 20
"""Programs in one process: JAX takes some seconds for each."""


EXACT = ("numpy exact", "c exact")


def main(first: int = 0, count: int = 40, *languages: str) -> int:
    wrong = 0
    for language in EXACT:
        if not languages or language in languages:
            cases = [*free(range(first, first + count), 20)]
            cases += [] if first else [*examples(20), *programs(5), *rules(20)]
            wrong += bits(cases, language.split()[0])
    for steps, within in ((1, ONE_STEP), (20, LONG)):
        cases = [*drawn(range(first, first + count), steps)]
        cases += [] if first else [*examples(steps), *programs(steps), *rules(steps)]
        for language, run in WAYS.items():
            if languages and language not in languages:
                continue
            found: list[str] = []
            for begin in range(0, len(cases), TOGETHER):
                some = cases[begin : begin + TOGETHER]
                with tempfile.TemporaryDirectory() as folder:
                    found += differences(some, run(texts(some, language), Path(folder)), within)
            wrong += len(found)
            told = f"{language}, {steps} steps, {len(cases)} programs: {len(found)} differ"
            print(told, *found, sep="\n  ", flush=True)
    return min(wrong, 1)


def bits(cases: Sequence[Case], language: str) -> int:
    """How many programs with chainrule's own functions differ in a bit."""
    found: list[str] = []
    for begin in range(0, len(cases), TOGETHER):
        with tempfile.TemporaryDirectory() as folder:
            found += inexact(cases[begin : begin + TOGETHER], language, Path(folder))
    print(f"{language} exact, {len(cases)} programs: {len(found)} differ", *found, sep="\n  ", flush=True)
    return len(found)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3]), *sys.argv[3:]))
