"""The text of a page → what a notebook shows without anything installed: the page in a frame, closed to all else.

A notebook that is not trusted shows neither frames nor styles: then what stands beside the frame is read, a short text.
"""

from __future__ import annotations

from chainrule.errors import MissingExtra
from chainrule.page.markup import Markup, el, join
from chainrule.train.run import Run
from chainrule.values import dataclass

SANDBOX = "allow-scripts allow-downloads"
"""What a page in a frame may do; ``widget.js`` says the same."""

HIDE = Markup(".chainrule-page + .chainrule-words { display: none }")

SYNCED = ("rate", "start", "position", "link")


@dataclass(frozen=True, slots=True, repr=False)
class EmbeddedPage:
    """A page to be shown by a notebook: ``page`` is the text of the file, ``words`` what is read where it cannot be."""

    page: str
    title: str
    words: str
    height: int

    def __repr__(self) -> str:
        return self.words

    def _repr_html_(self) -> str:
        frame = el(
            "iframe",
            {
                "class": "chainrule-page",
                "title": self.title,
                "sandbox": SANDBOX,
                "style": "width: 100%; border: 0",
                "height": self.height,
                "srcdoc": self.page,
            },
        )
        said = (el("p", {}, line) for line in self.words.splitlines())
        return join(el("style", {}, HIDE), frame, el("div", {"class": "chainrule-words"}, *said)).text

    def __getattr__(self, name: str) -> object:
        """What a widget has besides, and a frame cannot have."""
        if name in SYNCED:
            help = 'pip install "chainrule[notebook]", and show it by widget() without plain=True'
            raise MissingExtra("E406", f"{name} of a page in a notebook needs anywidget", help)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


def words(run: Run, title: str) -> str:
    """What a page is about, for whoever cannot see it."""
    return (
        f"{title}\n"
        f"{run.sentence} Its goal was {run.error_at(0):.4g} at the start and is {run.error:.4g} at the end.\n"
        "This is a page that trains the network step by step. To see it, trust this notebook or run the cell again; "
        'model.page("page.html") writes it as a file.'
    )
