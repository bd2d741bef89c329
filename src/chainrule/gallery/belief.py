"""A file of the gallery → a belief, the number it predicts, the number that happens, and why."""

from __future__ import annotations

import re
from dataclasses import field
from difflib import get_close_matches
from importlib import resources
from textwrap import fill, indent
from typing import Any

from chainrule.api import Model
from chainrule.errors import UsageError, picture, pictured, shown
from chainrule.gallery.numbers import BOTH
from chainrule.values import dataclass

PART = re.compile(r"# (Belief|Question|Why): (.*(?:\n#   .*)*)\n")
"""One of the comments that a file begins with, its further lines set in."""


@pictured
@dataclass(frozen=True)
class Misconception:
    """A wrong belief about training, tried on a network.

    ``predicted`` is the answer to ``question`` for one who believes it, ``happened`` is what the network gives; both
    are computed. ``why`` says what is true instead. ``model`` is the network.
    """

    name: str
    belief: str
    question: str
    predicted: float
    happened: float
    why: str
    model: Model = field(repr=False)

    def text(self, width: int = 100) -> str:
        """All of it for people: the network and the question first, so that there is time for a guess of one's own."""
        from chainrule.views.tables import number

        lines = [
            f"Believed:      {self.belief}",
            "",
            indent(self.model.text.rstrip(), "    "),
            "",
            set_in("Question:", self.question, width),
            f"The belief:    {number(self.predicted)}",
            f"What happens:  {number(self.happened)}",
            set_in("Why:", self.why, width),
        ]
        return picture("\n".join(lines))

    def json(self) -> dict[str, Any]:
        """All of it, the network as its text."""
        return {
            "name": self.name,
            "belief": self.belief,
            "question": self.question,
            "predicted": self.predicted,
            "happened": self.happened,
            "why": self.why,
            "text": self.model.text,
        }


def set_in(head: str, said: str, width: int) -> str:
    """Sentences beside their head, further lines set in."""
    return fill(said, width, initial_indent=f"{head:15}", subsequent_indent=" " * 15)


def listed() -> dict[str, str]:
    """The misconceptions: name → what is believed.

    >>> listed()["sign"]
    'A correct sign is enough.'
    """
    return {name: parts(text_of(name))["Belief"] for name in BOTH}


def misconception(name: str) -> Misconception:
    """A wrong belief about training with the number it predicts and the number that happens.

    Errors: UsageError E459 for a name that is none, with the nearest one.

    >>> found = misconception("tangent")
    >>> found.belief
    'The gradient tells by how much a step lowers the error.'
    >>> found.predicted, found.happened
    (-2.0, 0.0)
    """
    if not isinstance(name, str):
        raise UsageError("E452", f"a misconception is {shown(name)}", "give its name")
    if name not in BOTH:
        near = get_close_matches(name[:60], BOTH, n=1)
        help = f"did you mean {near[0]}?" if near else f"the misconceptions are {', '.join(BOTH)}"
        raise UsageError("E459", f"there is no misconception {shown(name)}", help)
    text = text_of(name)
    told = parts(text)
    model = Model(PART.sub("", text), name)
    predicted, happened = BOTH[name](model)
    return Misconception(name, told["Belief"], told["Question"], float(predicted), float(happened), told["Why"], model)


def text_of(name: str) -> str:
    return (resources.files("chainrule.gallery") / f"{name}.eq").read_text(encoding="utf-8")


def parts(text: str) -> dict[str, str]:
    """Belief, question and reason, each on one line."""
    return {kind: re.sub(r"\n# +", " ", said) for kind, said in PART.findall(text)}
