"""The bits of trainings, as they were: whoever changes them writes them anew and says why."""

import importlib.util
from collections.abc import Callable, Iterator

import pytest
from tests.laws.test_indexed import PROGRAMS, program

import chainrule as cr

EXAMPLES = ("identity", "identity-bias", "and", "or", "xor", "mazur", "line", "growth", "digits")
STEPS = 12
LONG = ("digits", "14-stacked-gru", "17-bidirectional-lstm")
"""What takes seconds: a rule changes each weight alone, so that one rule says as much of them as ten."""
WAYS = ("gd", "sign", "normalised", "clip", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw")


def networks() -> Iterator[tuple[str, cr.Model]]:
    """The examples and the programs that cover the language."""
    for name in EXAMPLES:
        yield name, cr.example(name)
    for path in PROGRAMS:
        if path.stem[:2] not in ("15", "16"):  # which are as 14 and 17 are, at length
            yield path.stem, program(path)[0]


def frozen(numerics: str, rules: tuple[str, ...]) -> str:
    """A line for each training: network, rule, and the SHA-256 of what it recorded."""
    lines = []
    for name, model in networks():
        for rule in rules if name not in LONG else rules[:1]:
            batch = "all" if name[0].isdigit() else 10 if name == "digits" else "each"
            run = model.train(steps=STEPS, rate=0.02, update=rule, batch=batch, numerics=numerics)
            lines.append(f"{name} {rule} {run.sha256}")
    return "\n".join(lines)


def test_exact(golden: Callable[[str, str], None]) -> None:
    golden("frozen/exact.txt", frozen("exact", WAYS))


@pytest.mark.parametrize("numerics", ["fused", "fused32"])
def test_fused(numerics: str, golden: Callable[[str, str], None]) -> None:
    if not importlib.util.find_spec("llvmlite"):
        pytest.skip("llvmlite is not installed")
    golden(f"frozen/{numerics}.txt", frozen(numerics, ("adam",)))
