"""Model and data → patterns and starts: every row and every weight as numbers, checked, with where they came from."""

from chainrule.data.limits import Limits
from chainrule.data.patterns import Patterns, bind
from chainrule.data.reading import Reading, reading
from chainrule.data.starts import Starts, starts
from chainrule.data.validation import split

__all__ = ["Limits", "Patterns", "Reading", "Starts", "bind", "reading", "split", "starts"]
