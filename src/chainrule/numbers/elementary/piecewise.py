"""Functions with a kink or a jump: relu, abs, sign, floor, max, min.

Each lets NaN through. At a kink at 0 they give +0, not −0.
"""

from chainrule.numbers.operations import Machine, V


def relu(m: Machine[V], x: V) -> V:
    """max(x, 0)."""
    return m.select("<=", x, 0.0, 0.0, x)


def absolute(m: Machine[V], x: V) -> V:
    """|x|."""
    return m.select("<=", x, 0.0, 0.0 - x, x)


def sign(m: Machine[V], x: V) -> V:
    """−1, 0 or 1."""
    return m.select("<", x, 0.0, -1.0, m.select("<", 0.0, x, 1.0, m.select("==", x, 0.0, 0.0, x)))


def floor(m: Machine[V], x: V) -> V:
    """The greatest integer ≤ x."""
    return m.floor(x)


def maximum(m: Machine[V], a: V, b: V) -> V:
    """The greater of two; the first where they are equal, NaN if one is."""
    return m.select("<", a, b, b, m.select("!=", b, b, b, a))


def minimum(m: Machine[V], a: V, b: V) -> V:
    """The lesser of two; the first where they are equal, NaN if one is."""
    return m.select("<", b, a, b, m.select("!=", b, b, b, a))
