"""A model → figures of its trainings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chainrule.api.model import Model
    from chainrule.explain.context import Context
    from chainrule.train.run import Run
    from chainrule.views.figure import Figure


@dataclass(frozen=True, slots=True)
class Figures:
    """What `model.figure` is: each method makes one figure. Without a run it trains with all defaults.

    >>> import chainrule as cr
    >>> figure = cr.example("identity").figure.error()
    >>> figure.title
    'mean E over w'
    """

    model: Model

    def error(self, run: Run | None = None, *, weight: str | None = None) -> Figure:
        """The error over one weight, with the tangent and the step where the run first moved it, and its whole path.

        ``weight`` is the entry, such as "w" or "W[2,1]"; without it the one that moved furthest. The others are held as
        they were at the end of the run, and as they were at its start.

        Errors: UsageError E456 for an entry that is not trained.
        """
        from chainrule.explain.section import section
        from chainrule.views.figures import error

        return error.figure(section(self._context(run), weight))

    def _context(self, run: Run | None) -> Context:
        """What is known of a run of this model."""
        from chainrule.explain.context import Context

        run = self.model.train() if run is None else run
        self.model.owns(run)
        return Context(run)
