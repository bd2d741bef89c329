"""A scene as a user holds it: shown in a notebook, written to a file, told in words."""

from __future__ import annotations

import os
from dataclasses import field
from pathlib import Path

from chainrule.errors import UsageError, inline, picture, shown
from chainrule.train.disk import write_all
from chainrule.values import dataclass
from chainrule.views.scene import Scene
from chainrule.views.svg import svg

FORMS = (".svg", ".png", ".pdf")
"""The endings of files that a figure is written to."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a training, and the same in words.

    >>> import chainrule as cr
    >>> model = cr.example("identity")
    >>> figure = model.figure.error(model.train(steps=20))
    >>> figure.title
    'mean E over w'
    >>> figure.svg().startswith("<svg ")
    True
    """

    scene: Scene = field(repr=False)

    def __repr__(self) -> str:
        return f"<Figure: {self.title}>"

    @property
    def title(self) -> str:
        """What the figure is of."""
        return inline(self.scene.title)

    @property
    def description(self) -> str:
        """What can be seen, in words and numbers."""
        return picture(self.scene.description)

    def svg(self) -> str:
        """The figure as the text of an SVG picture."""
        return svg(self.scene)

    def _repr_svg_(self) -> str:
        return self.svg()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the figure to a file that ends in .svg, .png or .pdf; a file of that name is written over.

        Errors: UsageError E465 for another ending, MissingExtra E464 for .png and .pdf without matplotlib.
        """
        place = target(path, FORMS)
        if place.suffix.lower() == ".svg":
            content = self.svg().encode("utf-8", "backslashreplace")
        else:
            from chainrule.views.plot import render

            content = render(self.scene, place.suffix.lower().removeprefix("."))
        write_all({place: content})


def target(path: object, forms: tuple[str, ...]) -> Path:
    """A path with one of the endings, or the error E465."""
    try:
        place = Path(os.fsdecode(path))  # type: ignore[arg-type]
    except TypeError:
        raise UsageError("E452", f"{shown(path)} is not a path", "give the name of a file") from None
    if place.suffix.lower() not in forms:
        known = ", ".join(forms[:-1]) + f" or {forms[-1]}" if len(forms) > 1 else forms[0]
        raise UsageError("E465", f"{shown(str(place))} is not a file that a figure is written to", f"end it in {known}")
    return place
