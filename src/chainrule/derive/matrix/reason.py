"""Why an index equation has no matrix form."""


class No(Exception):
    """Raised inside the reading of an equation with the reason as a sentence without its full stop; never leaves it."""
