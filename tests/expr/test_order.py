"""The order of equations: after what they read, and recurrences along the letter that leads through them."""

import pytest

from chainrule.expr.indices import Extent, Letters
from chainrule.expr.nodes import Equation, key
from chainrule.expr.order import Circle, Part, Slices, flat, ordered
from chainrule.model.model import LetterSet
from chainrule.model.ranges import letters
from chainrule.notation import parse
from chainrule.notation.statements import Define
from chainrule.notation.statements import Letters as Declared


def read(text: str) -> tuple[tuple[Equation, ...], Letters]:
    """The equations of a text, and what it says of its letters."""
    statements = parse(text).statements
    sets = [LetterSet(group.letters, group.low, group.high) for one in statements if isinstance(one, Declared)
            for group in one.groups]  # fmt: skip
    return tuple(one.equation for one in statements if isinstance(one, Define)), letters(sets)


def shape(part: Part) -> object:
    """A part as a test writes it: a key, or the direction and what a slice computes."""
    if isinstance(part, Slices):
        return ("down" if part.downwards else "up", *map(shape, part.parts))
    return key(part.target)


LETTERS = "index t = 1..5, l = 1..3\nweight u, v\n"

ORDERS = [
    ("a = u\nb = a*v", ["a", "b"]),
    ("b = a*v\na = u", ["a", "b"]),
    ("z[t] = u\nz[0] = v\ny = z[0]", ["z", "z", "y"]),
    ("h[0] = u\nh[t] = h[t-1]*v", ["h", ("up", "h")]),
    ("h[t] = h[t-1]*v\nh[0] = u", ["h", ("up", "h")]),
    ("h[6] = u\nh[t] = h[t+1]*v", ["h", ("down", "h")]),
    ("h[0] = u\nh[t] = h[0]*v", ["h", "h"]),  # a constant entry is no recurrence
    ("h[t] = [t-1 in t]*h[t-1] + v", [("up", "h")]),
    ("c[0] = 0\nh[0] = 0\nc[t] = c[t-1] + h[t-1]\nh[t] = c[t]*v", ["c", "h", ("up", "c", "h")]),
    ("h[0] = 0\nc[0] = 0\nh[t] = c[t]*v\nc[t] = c[t-1] + h[t-1]", ["h", "c", ("up", "c", "h")]),
    (
        "c[0,l] = 0\nh[t,0] = 1\nc[t,l] = c[t-1,l] + u*h[t,l-1]\nh[t,l] = c[t,l]*v",
        ["c", "h", ("up", ("up", "c", "h"))],
    ),
    (
        "h[t,0] = 1\nf[0,l] = 0\nb[6,l] = 0\nf[t,l] = f[t-1,l] + h[t,l-1]\nb[t,l] = b[t+1,l] + h[t,l-1]\n"
        "h[t,l] = f[t,l] + b[t,l]",
        ["h", "f", "b", ("up", ("up", "f"), ("down", "b"), "h")],
    ),
    ("z[0,l] = 1\nz[t,0] = 2\nz[t,l] = z[t-1,l] + z[t,l-1]", ["z", "z", ("up", ("up", "z"))]),
    ("z[1,l] = 1\nz[2,l] = 1\nz[3,l] = 1\nz[4,l] = 1\nz[5,l] = 1\nz[t,l] = z[t,l]", ["z"] * 6),  # defines no entry
    ("z[0,l] = 1\nz[t,l] = u*z[t-1,l]", ["z", ("up", "z")]),  # the other letter stays an axis
]


@pytest.mark.parametrize(("equations", "order"), ORDERS)
def test_order(equations: str, order: list[object]) -> None:
    assert [shape(part) for part in ordered(*read(LETTERS + equations))] == order


def test_flat_has_every_equation_once() -> None:
    lines, known = read(LETTERS + ORDERS[-4][0])
    assert sorted(map(id, flat(ordered(lines, known)))) == sorted(map(id, lines))


@pytest.mark.parametrize(
    "equations",
    [
        "a = b\nb = a",
        "h[t] = h[t]*u",
        "a[t] = [t-1 in t]*b[t-1]\nb[t] = [t+1 in t]*a[t+1]",
        "h[0] = 1\nh[6] = 1\nh[t] = h[t-1] + h[t+1]",
        "h[0] = 1\nh[t] = h[6-t]*u",
    ],
)
def test_a_circle_is_named(equations: str) -> None:
    with pytest.raises(Circle) as caught:
        ordered(*read(LETTERS + equations))
    assert caught.value.lines
    assert caught.value.names


def test_ends_that_are_not_known_may_be_anything() -> None:
    lines, known = read("index t\nweight u\nh[0] = 1\nh[t] = u*h[t-1]")
    assert known.extent("t") == Extent()
    assert [shape(part) for part in ordered(lines, known)] == ["h", ("up", "h")]
