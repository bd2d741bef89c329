"""A recording → the function that makes one step of training, and says which quantity was not finite.

Conventions. What it reads and writes stands for good: weights and states in ``state``, their values after the step in
``after``, the patterns that it visits in ``visited``; ``put`` says which weights were put back into their boxes. It
gives the name of the first quantity that is not finite where such a step cannot be taken, else an empty name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from math import prod

from chainrule.code.frame import SMALL, PrintedFunction
from chainrule.code.handout.outline import as_partial
from chainrule.code.reads import Arrays
from chainrule.code.spelling import LOOSE, Form, Spelling, filled
from chainrule.code.step import element, parts
from chainrule.code.value import Value, formed, plus, spelled
from chainrule.expr.nodes import Index
from chainrule.program.parts import whole_name
from chainrule.program.program import NEW
from chainrule.tape.record import Recording, must_be_finite
from chainrule.values import dataclass

ARGUMENTS = (
    ("numbers", "state"), ("numbers", "consts"), ("wholes", "visited"), ("whole", "step"), ("numbers", "after"),
    ("wholes", "put"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Once:
    """A printed step: how it is called, and its text."""

    call: str
    text: str


def once(
    name: str, count: int, arrays: Arrays, recording: Recording, spelling: Spelling, taken: Iterable[str],
    called: Callable[[str], str], small: int = SMALL,
) -> Once:  # fmt: skip
    """The function for steps that visit ``count`` patterns."""
    arrays = replace(arrays, at=Index())
    finite = must_be_finite(arrays.program, recording)
    keys = [*recording.computed, *(f"{one}{NEW}" for one in recording.updated)]
    wanted = [*finite, *recording.results.values(), *(recording.named[key].slot for key in keys)]
    frame = PrintedFunction(arrays, recording, wanted, spelling, {*taken, "after"}, called, small=small)
    walk, odd = frame.walk, spelling.odd or Form("{0} * 0 != 0", LOOSE)
    frame.explain()
    walk.said = {slot: as_partial(told).replace(" <- ", " ← ") for slot, told in walk.said.items()}
    frame.function(name, ARGUMENTS)
    frame.declare(frame.given)
    for (owner, entry), own in frame.kept.items() if frame.where else ():
        frame.add(spelling.constant, name=own, value=element(spelling, "state", arrays.state[owner] + entry))
    frame.declare(frame.loads)
    walk.groups((*frame.plan.before, *frame.plan.stepping))
    leaving(frame, finite, keys, odd)
    walk.groups(frame.plan.settling)
    boxed(frame)
    for symbol in arrays.program.weights + arrays.program.states:
        if symbol.name in recording.results:

            def write(value: Value, entry: Index, start: int = arrays.state[symbol.name]) -> None:
                place = spelled(plus(Index((), start), entry))
                frame.add(spelling.write, array="after", index=place.text, value=value.text)

            frame.each(recording.results[symbol.name], symbol.letters, write)
    frame.add(spelling.give, value='""')
    frame.close()
    head, *body = walk.lines.text
    sign = spelling.comment.partition("{")[0]
    asked = any(re.search(r"\bstep \+ 1\b", line.partition(sign)[0]) for line in body)
    if not asked:
        walk.lines.text[0] = head.replace(f"({filled(spelling.argument['whole'], name='step')})", "()")
    inside = [spelling.indent + line for line in walk.standing]
    return Once(f"{name}(step)" if asked else f"{name}()", "\n".join((walk.lines.text[0], *inside, *body)))


def leaving(frame: PrintedFunction, finite: Iterable[int], keys: Iterable[str], odd: Form) -> None:
    """Gives the name of the first quantity that is not finite, where one that has to be is not."""
    spelling, recording = frame.spelling, frame.recording
    many = [slot for slot in finite if frame.where is None and prod(frame.shapes[slot]) > 1]
    single = [one for slot in finite if slot not in many for one in frame.slots(slot)]
    values = dict.fromkeys(frame.walk.read(one, {}) for one in single)
    tests = [spelling.either.join(formed(odd, value).text for value in some) for some in parts(list(values))]
    if many or len(tests) > 1:
        frame.add(spelling.counter, name="fine", value=1)
        for test in tests:
            when(frame, test, filled(spelling.assign, name="fine", value=0))
        for slot in many:
            with frame.walk.within(frame.axes[slot]) as at:
                when(frame, formed(odd, frame.walk.read(slot, at)).text, filled(spelling.assign, name="fine", value=0))
        tests = [formed(spelling.compared("=="), Value("fine"), Value("0")).text]
    frame.open(spelling.when, test=tests[0])
    for key in keys:
        named, gaps = recording.named[key], recording.gaps.get(key)
        gives = filled(spelling.give, value=json.dumps(whole_name(key.removesuffix(NEW)), ensure_ascii=False))
        if frame.where is None:  # entries without an equation are 0 in their arrays
            frame.each(named.slot, named.letters, lambda one, _, line=gives: when(frame, formed(odd, one).text, line))  # type: ignore[misc]
            continue
        entries: list[tuple[Value, int]] = []
        frame.each(named.slot, named.letters, lambda one, at, found=entries: found.append((one, at.constant)))  # type: ignore[misc]
        given = dict.fromkeys(one for one, entry in entries if gaps is None or not gaps.flat[entry])
        for some in parts(list(given)):
            when(frame, spelling.either.join(formed(odd, one).text for one in some), gives)
    frame.close()


def when(frame: PrintedFunction, test: str, line: str) -> None:
    """A line where a test holds."""
    frame.open(frame.spelling.when, test=test)
    frame.add(line)
    frame.close()


def boxed(frame: PrintedFunction) -> None:
    """Says in ``put`` which weights were put back into their boxes."""
    spelling, recording = frame.spelling, frame.recording
    for place, (name, slot) in enumerate(recording.projected.items()):
        before, letters = recording.updated[name], recording.named[name + NEW].letters
        for one, other in zip(*(frame.slots(slot) for slot in (before, slot)), strict=True):
            with frame.walk.within(letters if frame.where is None else ()) as at:
                test = formed(spelling.comparisons["!="], frame.walk.read(one, at), frame.walk.read(other, at))
                when(frame, test.text, filled(spelling.write, array="put", index=place, value=1))
