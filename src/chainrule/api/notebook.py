"""The arguments of `Model.widget` and `Run.widget` → a page in a notebook.

A run lies below the face and does not know it: the way to show one is entered here, and whatever hands out runs in
public takes them from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from chainrule.errors import UsageError, flag
from chainrule.errors import shown as named
from chainrule.train.files import load_run
from chainrule.train.order import whole
from chainrule.train.registered_views import enter
from chainrule.train.resume import resume
from chainrule.train.run import Run

if TYPE_CHECKING:
    from chainrule.api.model import Model

__all__ = ["Run", "load_run", "resume", "shown"]

LEAST, MOST = 100, 10_000
"""Pixels that a page may be high."""


def shown(
    model: Model,
    run: Run | None,
    data: object,
    height: object,
    plain: object,
    questions: bool | None,
    lesson: Mapping[str, Any],
    how: Mapping[str, Any],
) -> Any:
    """What `Model.widget` gives; see there."""
    from chainrule.api.paged import made
    from chainrule.page.frame import EmbeddedPage, words

    plain, high = flag("plain", plain), whole(height)
    if high is None or not LEAST <= high <= MOST:
        raise UsageError("E405", f"{named(height)} is not a height", f"give {LEAST} to {MOST} pixels")
    page = made(model, run, data, questions, lesson, how)
    frame = EmbeddedPage(page.text, page.title, words(page.run, page.title), high)
    if plain:
        return frame
    try:
        from chainrule.page.widget import Widget
    except ImportError:
        return frame
    from chainrule.page.synced import handed

    return Widget(frame, handed(page.run, page.opening))


def of_run(run: Run, **how: Any) -> Any:
    """What `Run.widget` gives."""
    from chainrule.api.model import Model

    return Model(run.recipe.text, run.recipe.source).widget(run, **how)


enter("widget", of_run)
