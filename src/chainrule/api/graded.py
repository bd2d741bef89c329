"""A learner's link as a user holds it: each filled line with its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Unpack

from chainrule.api import arguments
from chainrule.api.answer import Answer, answered
from chainrule.data.reading import HowRead
from chainrule.derive.judge.line import read
from chainrule.errors import LimitError, NotationError, UsageError, picture, pictured, shown
from chainrule.expr.limits import limited
from chainrule.expr.walk import nodes
from chainrule.page.filled import filled
from chainrule.page.link import of_model
from chainrule.typeset.json import FORMAT
from chainrule.values import dataclass

if TYPE_CHECKING:
    from chainrule.api.model import Model

ITSELF = "Not an answer: the line says that the derivative is itself."


@pictured
@dataclass(frozen=True)
class Graded:
    """A line of a derivation that a learner filled in.

    ``weight`` and ``number`` say which, ``typed`` is the right side, ``answer`` what is found about it.
    """

    weight: str
    number: int
    typed: str
    answer: Answer

    @property
    def right(self) -> bool:
        """Whether the line is right, here at least."""
        return bool(self.answer.equal)

    def json(self) -> dict[str, Any]:
        """``{"format", "wrt", "n", "typed", …}``, then as an answer's."""
        return {"format": FORMAT, "wrt": self.weight, "n": self.number, "typed": self.typed} | self.answer.json()

    def __str__(self) -> str:
        return picture(f"line {self.number}, by {self.weight}: {self.typed}\n  {self.answer.sentence}")


@limited
def grade(
    model: Model,
    link: str,
    data: object = None,
    *,
    seed: int = 0,
    limits: Mapping[str, int] | None = None,
    **how: Unpack[HowRead],
) -> tuple[Graded, ...]:
    """The lines of a derivation that a learner filled in on a page of the model, each judged as `Model.check` does.

    ``link`` is the address of the page, or what stands after its #; nothing is fetched.

    Errors: UsageError E058 for what is no link of a page of this model, E059 for one without a filled line.

    >>> import chainrule as cr
    >>> line = grade(cr.example("identity"), "page.html#m=ba51af9ee10bc1e0&l.w.6=(ŷ−y)·x")[0]
    >>> line.number, line.right, line.answer.slip
    (6, False, 'missing-slope')
    """
    from chainrule.api.model import Model

    if not isinstance(model, Model):
        raise UsageError("E452", f"model is {shown(model)}, not a model", "give what chainrule.load returned")
    address = arguments.text("link", link, "the address of a page, or what stands after its #")
    found = of_model(address, model.network, model.text)
    return tuple(
        Graded(one.weight, one.number, one.typed, found_of(model, one.claim, data, seed, how))
        for one in filled(model.network, found)
    )


def found_of(model: Model, claim: str, data: object, seed: int, how: HowRead) -> Answer:
    """The answer to a line; one that cannot be read or judged is wrong, and says why."""
    try:
        line = read(model.network, claim)[0]
        if any(node == line.target for node in nodes(line.body)):
            return Answer(False, None, sentence=ITSELF)
        return answered(model, claim, data, None, None, None, seed, how)
    except (NotationError, LimitError, UsageError) as error:
        return Answer(False, None, sentence=f"It cannot be read: {error.problem}; {error.help}.")
