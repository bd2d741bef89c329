"""The errors of several runs over their steps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chainrule.errors import inline
from chainrule.explain.figures.over_steps import Course
from chainrule.explain.measure.samples import evenly
from chainrule.explain.wording import count, num
from chainrule.views.arrange import chart
from chainrule.views.figure import Figure
from chainrule.views.figures.reach import left_out, reach, steps_axis
from chainrule.views.scene import Line, Mark, Points, numbers, style


def figure(courses: Sequence[Course], labels: Sequence[str], endings: Sequence[str]) -> Figure:
    """The figure, and the same in words; ``endings`` says of each run how it ended, in a sentence."""
    goal = courses[0].names[0]
    longest = max((course.steps for course in courses), key=lambda steps: int(steps[-1]))
    across = steps_axis(longest)
    values = [course.values for course in courses]
    up = reach(goal, values, [value for column in values for value in column[:1, 0]])
    marks: list[Mark] = []
    for place, (course, label) in enumerate(zip(courses, labels, strict=True)):
        colour, dash, shape = style(place)
        ys = course.values[:, 0]
        some = evenly(len(ys), 8)
        moments, dots = tuple(course.steps.tolist()), (numbers(course.steps[some]), numbers(ys[some]))
        marks.append(Line(numbers(course.steps), numbers(ys), colour, 2, dash, label, moments))
        marks.append(Points(*dots, colour, shape, 4, moments=tuple(course.steps[some].tolist())))
    runs = count(len(courses), "run")
    words = f"{goal} of {runs} over the steps. " + " ".join(
        course_in_words(course, inline(label), ending)
        for course, label, ending in zip(courses, labels, endings, strict=True)
    )
    return Figure(chart(f"{goal} of {runs}", words + left_out(up, values), across, up, marks))


def course_in_words(course: Course, label: str, ending: str) -> str:
    """Start, least and end of one run."""
    ys = course.values[:, 0]
    finite = np.flatnonzero(np.isfinite(ys))
    if not len(finite):
        return f"{label}: no error is finite. {ending}"
    best = finite[int(np.argmin(course.sense * ys[finite]))]
    which = "least" if course.sense > 0 else "greatest"
    last = finite[-1]
    return (
        f"{label}: from {num(ys[finite[0]])} to {num(ys[last])} after {count(int(course.steps[last]), 'step')}, the "
        f"{which} drawn {num(ys[best])} after {int(course.steps[best])}.{course.drawn} {ending}"
    )
