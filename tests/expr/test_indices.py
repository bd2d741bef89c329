"""The value of an index, how far it reaches, and whether a bracket about indices holds."""

from itertools import product

import pytest

from chainrule.expr.indices import Extent, around, exact, index_value, reach, shift, speaks_of_indices, truth
from chainrule.expr.nodes import Index
from chainrule.notation import parse_expression

RANGES = {"t": range(1, 5), "l": range(-2, 3)}


@pytest.mark.parametrize("terms", [(), (("t", 1),), (("t", -1),), (("t", 2), ("l", -3)), (("l", 1), ("t", 1))])
@pytest.mark.parametrize("constant", [0, 4, -7])
def test_reach_is_the_least_and_the_greatest_value(terms: tuple[tuple[str, int], ...], constant: int) -> None:
    place = Index(terms, constant)
    values = [index_value(place, {"t": t, "l": l}.__getitem__) for t, l in product(*RANGES.values())]  # noqa: E741
    assert reach(place, lambda letter: around(RANGES[letter])) == Extent(min(values), max(values))


def test_a_shift_of_the_same_letters_is_one_number() -> None:
    t, far = Index((("t", 1),)), Index((("t", 1),), -3)
    assert shift(far, t, lambda letter: Extent()) == Extent(-3, -3)
    assert shift(Index((), 0), t, lambda letter: Extent(1, None)) == Extent(None, -1)


def test_extents_meet_unless_their_ends_say_no() -> None:
    assert Extent(1, 3).meets(Extent(3, 9))
    assert not Extent(1, 3).meets(Extent(4, 9))
    assert Extent(1, None).meets(Extent(4, 9))
    assert not Extent(None, 0).meets(Extent(1, None))


@pytest.mark.parametrize(
    ("text", "speaks", "holds"),
    [
        ("[t < 3]", True, True),
        ("[t == size(t)]", True, False),
        ("[t-1 in t]", True, True),
        ("[2*t - 1 >= l + 4]", True, False),
        ("[[t == 2]*[l == 0] == 0]", True, False),
        ("[t + ½ > 2]", True, True),
        ("[x > t]", False, None),
        ("[2 > 3]", True, False),
        ("[2 < size(t)]", True, True),
    ],
)
def test_brackets(text: str, speaks: bool, holds: bool | None) -> None:
    test = parse_expression(text, letters=("t", "l"), quantities=("x",))
    assert speaks_of_indices(test) is speaks
    if speaks:
        assert truth(test, {"t": 2, "l": 0}, RANGES.get) is holds


def test_what_needs_a_size_that_is_not_known_is_not_known() -> None:
    test = parse_expression("[t == size(t)]", letters=("t",))
    assert truth(test, {"t": 2}, lambda letter: None) is None
    assert exact(parse_expression("t + 1", letters=("t",)), {"t": 2}, lambda letter: None) == 3
