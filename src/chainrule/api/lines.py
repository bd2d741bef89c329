"""A line of a reader's own that could not be read → the same error, with the line as it is written here in its help."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chainrule.errors import ChainruleError, NotationError
from chainrule.notation import parse

if TYPE_CHECKING:
    from chainrule.api.model import Model

OWN = "own_line"
"""The name under which the right side is tried as an equation of the text."""

_SIDES = re.compile(r"(?P<left>[^=<←]*[^=<>!:←])(?P<sign><-|←|=(?!=))(?P<right>.*)", re.DOTALL)
_WRITTEN = re.compile(rf"write {OWN} = (.+)")


def helped(error: NotationError, model: Model, line: str) -> NotationError:
    """The error; where its right side is a foreign form that the text's own lines may have, with what to write.

    ``(ŷ − y)·x if x > 0 else 0`` is ``if(x > 0, (ŷ − y)·x, 0)``, in a line to be checked as in a text.
    """
    sides = _SIDES.fullmatch(line)
    if sides is None or OWN in model.text:
        return error
    text = f"{model.text.rstrip()}\n"
    try:
        parse(f"{text}{OWN} = 1\n")
        parse(f"{text}{OWN} = {sides['right'].strip()}\n")
    except NotationError as other:
        written = _WRITTEN.search(other.help)
        if written is not None and other.code == error.code:
            help = f"write {sides['left'].strip()} {sides['sign']} {written[1].strip()}"
            return NotationError(error.code, error.problem, help, error.source, error.span)
    except ChainruleError:
        pass
    return error
