"""Model → one step of training, in order: the equations an engine runs."""

from chainrule.program.lower import lower
from chainrule.program.program import Program
from chainrule.program.verify import verify

__all__ = ["Program", "lower", "verify"]
