"""The text of a page → a widget of a notebook, whose rate, starts and position are those of the page, both ways.

The one file that imports anywidget.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

import anywidget
import traitlets

from chainrule.page import synced
from chainrule.page.frame import EmbeddedPage
from chainrule.page.synced import Handed, Synced

CODE = files("chainrule.page").joinpath("widget.js").read_text("utf-8")


class Widget(anywidget.AnyWidget):
    """A page in a notebook. What is changed on it is read here, and what is set here is seen on it.

    ``rate``, ``start`` (weights that begin elsewhere, as `Model.train` takes them) and ``position`` (after how many
    steps) can be read, set and observed; ``link`` holds them with all else that differs from the page as it was handed
    out, filled lines too, and "" is that page. ``height`` is in pixels.

    Errors: E405 for a value that the page cannot take.
    """

    _esm = CODE
    _page = traitlets.Unicode().tag(sync=True)
    _title = traitlets.Unicode().tag(sync=True)
    height = traitlets.Int().tag(sync=True)
    link: Any = traitlets.Any("").tag(sync=True)
    rate: Any = traitlets.Any(None).tag(sync=True)
    start: Any = traitlets.Any(dict).tag(sync=True)
    position: Any = traitlets.Any(0).tag(sync=True)

    def __init__(self, frame: EmbeddedPage, handed: Handed) -> None:
        self._frame, self._handed, self._following = frame, handed, True
        now = synced.synced(handed, "")
        super().__init__(
            _page=frame.page, _title=frame.title, height=frame.height,
            rate=now.rate, start=dict(now.start), position=now.position,
        )  # fmt: skip
        self._following = False

    def __repr__(self) -> str:
        return self._frame.words

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """A notebook that is not trusted shows the text."""
        found = super()._repr_mimebundle_(**kwargs)
        if found is not None:
            found[0]["text/plain"] = repr(self)
        return found

    @contextmanager
    def _follow(self) -> Iterator[None]:
        """What changes in here follows from something else, and nothing from it."""
        self._following = True
        try:
            yield
        finally:
            self._following = False

    @traitlets.validate("rate", "start", "position", "link")
    def _checked(self, proposal: Any) -> Any:
        match proposal["trait"].name:
            case "rate":
                return synced.rate(self._handed, proposal["value"])
            case "start":
                return synced.start(self._handed, proposal["value"])
            case "position":
                return synced.position(proposal["value"])
        return synced.link(self._handed, proposal["value"])

    @traitlets.observe("link")
    def _heard(self, _: object) -> None:
        if self._following:
            return
        now = synced.synced(self._handed, self.link)
        with self._follow(), self.hold_trait_notifications():
            self.rate, self.start, self.position = now.rate, dict(now.start), now.position

    @traitlets.observe("rate", "start", "position")
    def _told(self, _: object) -> None:
        if self._following:
            return
        with self._follow():
            self.link = synced.link_of(self._handed, self.link, Synced(self.rate, self.start, self.position))
