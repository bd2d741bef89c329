"""Text → Model: the network that a text describes, with every name, letter, role and goal checked."""

from chainrule.model.assembly import build

__all__ = ["build"]
