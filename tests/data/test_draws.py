"""Numbers drawn many at once have the bits of those drawn one by one."""

import pytest

from chainrule.data.draws import TOGETHER, entries, normals, uniforms
from chainrule.numbers.random import Draw, normal, uniform

ENDS = (1e-3, 2.5)


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1])
@pytest.mark.parametrize("first", [0, 7, 2**32 - 2])
def test_many_are_those_of_each_index(seed: int, first: int) -> None:
    assert normals(seed, "w", 5, first).tolist() == [normal(seed, "w", first + k) for k in range(5)]
    assert uniforms(seed, "Ŵ", 5, first).tolist() == [uniform(seed, "Ŵ", first + k) for k in range(5)]


def test_nothing_is_lost_between_those_that_are_computed_together() -> None:
    found = normals(3, "w", TOGETHER + 2)
    for place in (0, TOGETHER - 1, TOGETHER, TOGETHER + 1):
        assert found[place] == normal(3, "w", place)
    assert normals(3, "w", 0).tolist() == []


@pytest.mark.parametrize("distribution", ["normal", "uniform", "glorot"])
@pytest.mark.parametrize("box", [None, ((-0.5,), (0.5,)), ((0.0, -1.0, -0.0), (0.1, 1.0, 0.0))])
@pytest.mark.parametrize("each", [False, True])
def test_entries_of_a_start(distribution: str, box: tuple[tuple[float, ...], ...] | None, each: bool) -> None:
    ends = (tuple(k * ENDS[0] for k in range(3)), (2.5, 0.5, 1.0)) if each else ((ENDS[0],), (ENDS[1],))
    draw = Draw(distribution, *ends, box)  # type: ignore[arg-type]
    assert [one.hex() for one in entries(draw, 5, "w", 3)] == [draw.entry(5, "w", k).hex() for k in range(3)]
