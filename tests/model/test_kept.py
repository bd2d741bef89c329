"""What is kept from step to step, written as people write it: each is answered with the block that it means."""

import pytest

import chainrule as cr
from chainrule import ChainruleError

BEFORE = "table x | y\n1 | 2\n2 | 3\nweight w := 0\nconst α := 0.1, β := 0.9\nE = (w*x - y)^2/2\n"

BLOCK = "update θ, g, and below it, indented, v <- β*v + g and θ <- θ - α*v"

WRITTEN = {
    "two rules": ("update v <- β*v + ∂E/∂w\nupdate w <- w - α*v\n", "E127", 7, BLOCK),
    "an equation of itself": ("v = β*v + ∂E/∂w\nupdate w <- w - α*v\n", "E102", 7, BLOCK),
    "a declaration": ("state v := 0\n", "E015", 7, "in a block update θ, g a line such as v := 0"),
    "several declarations": ("state v, u\n", "E015", 7, "in a block update θ, g"),
    "a next value": ("w = w - α*∂E/∂w\n", "E103", 7, "update w <- w - α*∂E/∂w"),
    "a next value by a name": ("v = ∂E/∂w\nw = w - α*v\n", "E103", 8, "update w <- w − α·v"),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "code", "at", "help"), WRITTEN.values(), ids=WRITTEN)
def test_the_help_is_the_block_that_is_meant(lines: str, code: str, at: int, help: str) -> None:
    with pytest.raises(ChainruleError) as caught:
        cr.Model(BEFORE + lines)
    assert caught.value.code == code
    assert caught.value.place is not None
    assert caught.value.place[0] == at
    assert help in str(caught.value)


def test_the_block_is_read() -> None:
    run = cr.Model(BEFORE + "update θ, g\n  v <- β*v + g\n  θ <- θ - α*v\n").train(steps=2, batch="all")
    first = 0.1 * 4  # the mean of (0 − 2)·1 and (0 − 3)·2, turned
    slope = ((first - 2) + (2 * first - 3) * 2) / 2
    assert run.weights["w"] == pytest.approx(first - 0.1 * (0.9 * -4 + slope), rel=1e-14)
