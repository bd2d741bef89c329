"""The lines of a derivation that a learner filled in → the claims that the judge can judge, left sides and all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chainrule.derive.derive import derive
from chainrule.errors import UsageError
from chainrule.model.model import Model
from chainrule.notation import show
from chainrule.page.link import Link
from chainrule.values import dataclass

_LEFT = re.compile(r"^[^=<>!\[]*=(?!=)")


@dataclass(frozen=True, slots=True)
class Filled:
    """A line as a learner filled it in: whose derivation it is of, its number there, its left side in the notation, and
    the right side as it was typed."""

    weight: str
    number: int
    left: str
    typed: str

    @property
    def claim(self) -> str:
        """The whole line."""
        return f"{self.left} = {self.typed}"


def filled(model: Model, link: Link) -> Iterator[Filled]:
    """The filled lines of a link.

    Errors: UsageError E059 where there is none, or one that the derivation has not; those of `derive`.

    >>> from chainrule.model import build
    >>> from chainrule.notation import parse
    >>> model = build(parse("data x; target y; weight w; E = ½(w·x − y)²".replace("; ", chr(10))))
    >>> [one.claim for one in filled(model, Link({"l.w.2": "= (w·x − y)·x"}, (), ""))]
    ['d(E)/d(w) = (w·x − y)·x']
    """
    if not link.lines:
        help = "a learner hides lines on the page, fills them in, and sends the link that stands there then"
        raise UsageError("E059", "the link has no line that was filled in", help)
    lefts = {weight: [step.left for step in derive(model, weight).steps] for weight, _ in link.lines}
    for (weight, number), typed in link.lines.items():
        if number > len(lefts[weight]):
            problem = f"the link fills in line {number} of the derivation by {weight}, which has {len(lefts[weight])}"
            raise UsageError("E059", problem, "give the link as the page wrote it")
        yield Filled(weight, number, show(lefts[weight][number - 1]), right_side(typed))


def right_side(typed: str) -> str:
    """What stands right of the equals sign, if one was typed.

    >>> right_side("∂E/∂w = a·x"), right_side("= x"), right_side("[x == 1]·w")
    ('a·x', 'x', '[x == 1]·w')
    """
    return _LEFT.sub("", typed, count=1).strip()
