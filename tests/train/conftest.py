"""What the tests of trainings begin with: a text, trained the way a call would."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from chainrule.data import bind, starts
from chainrule.engines.reference import REFERENCE
from chainrule.errors import Source
from chainrule.model import build
from chainrule.notation import parse
from chainrule.program.lower import lower
from chainrule.train.run import Run
from chainrule.train.train import train

LINE = """\
data x in {0, 1, 2}
target y = 2*x + 1
weight w := 0.5, b := 0
ŷ = w*x + b
E = (ŷ - y)^2/2
"""
"""A line through three points on a line."""


def trained(text: str = LINE, *, data: Any = None, start: Mapping[str, Any] | None = None, hold: tuple[str, ...] = (),
            consts: Mapping[str, Any] | None = None, seed: int = 0, **how: Any) -> Run:  # fmt: skip
    model = build(parse(Source(text, "net.eq")))
    program = lower(model, hold=hold)
    patterns = bind(model, data, consts, seed)
    begin = starts(model, consts, seed, start)
    return train(model, program, REFERENCE, patterns, start=begin, seed=seed, **({"steps": 40} | how))


@pytest.fixture(name="trained", scope="session")
def _trained() -> Callable[..., Run]:
    return trained
