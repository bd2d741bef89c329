"""A derivative that is asked for, ``∂f/∂x[1]`` → the model with a line that names it, as a user would write it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule import model as models
from chainrule import notation
from chainrule.errors import Source
from chainrule.model.letters import free
from chainrule.model.model import HIDDEN, Model
from chainrule.train.column import quotient

if TYPE_CHECKING:
    from chainrule.api.model import Model as Face

NAME = "derivative"
"""What it is called among the values, or the first of ``derivative1``, ``derivative2`` … that the text has not."""


def watched(face: Face, typed: str) -> tuple[Model, str] | None:
    """The network with one equation more, and its name; None for what is no quotient of ∂.

    Errors: those of the line ``derivative = ∂f/∂x[1]`` at the end of the text.
    """
    of = typed.replace("∂²", "∂").replace("∂^2", "∂")
    if "/" not in typed or not (quotient(of) or typed.strip().startswith("∂")):
        return None
    network = face.network
    letters = {letter for group in network.sets for letter in group.letters} | {network.pattern} - {HIDDEN}
    taken = {*network.quantities, *network.functions, *letters, network.goal.name}
    name = next(one for one in (NAME, *(f"{NAME}{n}" for n in range(1, len(taken) + 2))) if one not in taken)
    line = typed.strip()
    if not line.startswith("∂") and (parts := quotient(line)) is not None:
        line = f"d({parts[0]})/d({parts[1]})"
    read = notation.parse_expression(line, letters=tuple(letters), quantities=tuple(network.quantities))
    own = free(read)
    left = f"{name}[{','.join(own)}]" if own else name
    text = f"{face.text.rstrip()}\n{left} = {line}\n"
    return models.build(notation.parse(Source(text, face.name))), name
