"""Text → Model: the network that a text describes, with every name, letter, role and goal checked."""

from chainrule.model.assembly import build
from chainrule.model.read import read

__all__ = ["build", "read"]
