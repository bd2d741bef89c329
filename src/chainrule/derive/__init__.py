"""A model → the derivation of a derivative as a textbook prints it, every line of it checked."""

from chainrule.derive.derivation import Check, Derivation, Reason, Step
from chainrule.derive.derive import DETAILS, derive
from chainrule.derive.second import second

__all__ = ["DETAILS", "Check", "Derivation", "Reason", "Step", "derive", "second"]
