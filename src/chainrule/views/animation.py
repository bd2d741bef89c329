"""Scenes that follow each other, as a user holds them: written to a file, told in words."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import field, replace

from chainrule.errors import inline, picture
from chainrule.train.disk import write_all
from chainrule.values import dataclass
from chainrule.views.figure import Figure, target
from chainrule.views.scene import Scene

FORMS = (".gif", ".mp4")
"""The endings of files that an animation is written to."""


@dataclass(frozen=True, slots=True)
class Animation:
    """A training as a film: one picture for each chosen step, all of the same size and with the same axes.

    ``moments`` are the steps, counted from 0, the start; ``seconds`` is how long a picture stands, and the last one a
    second longer.

    >>> from chainrule.views.scene import Scene
    >>> film = Animation((Scene("E", "at the start", 40, 30, ()), Scene("E", "at the end", 40, 30, ())), (0, 10))
    >>> film.description
    '2 pictures of steps 0 to 10. The last: at the end'
    """

    scenes: tuple[Scene, ...] = field(repr=False)
    moments: tuple[int, ...]
    seconds: float = 0.1

    def __repr__(self) -> str:
        return f"<Animation: {self.title}, {len(self.scenes)} pictures>"

    @property
    def title(self) -> str:
        """What the film is of."""
        return inline(self.scenes[-1].title)

    @property
    def description(self) -> str:
        """What the film shows, in words: which steps, and its last picture."""
        span = f"steps {self.moments[0]} to {self.moments[-1]}"
        return f"{len(self.scenes)} pictures of {span}. The last: {picture(self.scenes[-1].description)}"

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Each picture by itself."""
        return tuple(map(Figure, self.scenes))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the film to a file that ends in .gif or .mp4; a file of that name is written over.

        Errors: UsageError E465 for another ending, MissingExtra E464 without matplotlib or Pillow, E467 for .mp4
        without ffmpeg.
        """
        place = target(path, FORMS)
        from chainrule.views import film

        film.ready(place.suffix.lower())
        make = film.gif if place.suffix.lower() == ".gif" else film.mp4
        write_all({place: make(self.scenes, self.seconds)})


def film(scenes: Sequence[Scene], steps: Sequence[int], seconds: float) -> Animation:
    """A film whose pictures say of which step they are."""
    told = (replace(scene, title=f"{scene.title}: step {step}") for scene, step in zip(scenes, steps, strict=True))
    return Animation(tuple(told), tuple(steps), seconds)
