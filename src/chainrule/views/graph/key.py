"""Sentences and kinds of line → what stands below a drawing."""

from __future__ import annotations

from chainrule.views.pixels import width
from chainrule.views.scene import BLUE, GREY, INK, VERMILION, Dash, Line, Mark, Panel, Text

ROW, MARGIN, SIZE = 18.0, 24.0, 12.0

WORDS = {BLUE: BLUE, VERMILION: "#9a4300", GREY: GREY}
"""The colour of words at a line of a colour: dark enough to be read in small letters (a contrast of 4.5 at least)."""

Sample = tuple[str, Dash, str]
"""A kind of line: its colour, its dash, and what it means."""


def key(sentences: list[str], samples: list[Sample], top: float, wide: float) -> Panel:
    """The panel below a drawing: the kinds of line, then the sentences, broken to its width."""
    marks: list[Mark] = []
    x, y = MARGIN, 14.0
    for colour, dash, words in samples:
        room = 34 + width(words, SIZE) + 18
        if x + room > wide - MARGIN and x > MARGIN:
            x, y = MARGIN, y + ROW
        marks.append(Line((x, x + 28), (y - 4, y - 4), colour, 2, dash))
        marks.append(Text(x + 34, y, words, INK, SIZE, "start"))
        x += room
    y += ROW if samples else 0.0
    for sentence in sentences:
        for line in broken(sentence, wide - 2 * MARGIN):
            marks.append(Text(MARGIN, y, line, INK, SIZE, "start"))
            y += ROW
    return Panel(0, top, wide, y, tuple(marks), legend=False)


def broken(sentence: str, most: float) -> list[str]:
    """A sentence as lines of at most a width, if its words allow it.

    >>> broken("one two three", 60)
    ['one two', 'three']
    """
    lines = [""]
    for word in sentence.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if width(longer, SIZE) > most and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
