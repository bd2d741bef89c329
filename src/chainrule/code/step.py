"""A recording → the function that makes steps of training, and the one that computes every quantity of a step.

``control`` says where a training stands: steps made, how many of the latest in a row changed nothing, the place in
``visited``, how it ended (0 not yet, 1 it left the finite numbers, 2 it converged), and how many rows are recorded.
A pass has ``turn`` steps. With ``keep`` each step adds a row of the state to ``trace``, and to ``put`` which boxes
acted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import prod
from typing import TypeVar

from chainrule.code.frame import PrintedFunction
from chainrule.code.reads import Arrays
from chainrule.code.spelling import LOOSE, SUM, Form, Spelling, filled
from chainrule.code.value import Value, formed, plus, spelled
from chainrule.expr.nodes import Index
from chainrule.program.program import NEW, Symbol
from chainrule.tape.record import Recording, must_be_finite
from chainrule.values import dataclass

T = TypeVar("T")
Called = Callable[[str], str]

CONTROL = ("step", "unchanged", "at", "ended", "rows")
LEFT, CONVERGED = 1, 2

TERMS = 6
"""Terms in one line."""

STEP_ARGUMENTS = (
    ("numbers", "state"), ("numbers", "consts"), ("wholes", "visited"), ("whole", "length"), ("wholes", "control"),
    ("whole", "until"), ("whole", "turn"), ("whole", "keep"), ("numbers", "trace"), ("wholes", "put"),
)  # fmt: skip

UNRECORDED = 7
"""How many of them there are without a trace."""

SHEET_ARGUMENTS = (
    ("numbers", "state"), ("numbers", "consts"), ("wholes", "visited"), ("whole", "at"), ("whole", "step"),
    ("numbers", "out"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quantity:
    """Where a sheet leaves a quantity: its key, letters and lengths, and its first entry."""

    name: str
    letters: tuple[str, ...]
    shape: tuple[int, ...]
    start: int


def boxes(recording: Recording) -> list[str]:
    """The weights that a step may put back into their boxes."""
    return list(recording.projected)


def steps(
    name: str, count: int, arrays: Arrays, recording: Recording, spelling: Spelling, taken: Iterable[str],
    called: Called, **how: int,
) -> str:  # fmt: skip
    """The function that makes steps over ``count`` patterns each, and records them."""
    return stepping(name, count, arrays, recording, spelling, taken, called, True, **how).text


def stepping(
    name: str, count: int, arrays: Arrays, recording: Recording, spelling: Spelling, taken: Iterable[str],
    called: Called, recorded: bool, **how: int,
) -> PrintedFunction:  # fmt: skip
    """The same, with what is known of it; without ``recorded`` it knows no trace."""
    program = arrays.program
    finite = must_be_finite(program, recording)
    results = list(recording.results.values())
    updated = [recording.updated[one] for one in recording.projected]
    frame = PrintedFunction(arrays, recording, [*finite, *results, *updated], spelling, taken, called, **how)
    walk = frame.walk
    frame.explain()
    frame.function(name, STEP_ARGUMENTS if recorded else STEP_ARGUMENTS[:UNRECORDED])
    frame.declare(frame.given)
    variables = [(symbol, entry, own) for (symbol, entry), own in frame.kept.items()] if frame.where else []
    for symbol, entry, own in variables:
        frame.add(spelling.variable, name=own, value=element(spelling, "state", arrays.state[symbol] + entry))
    for place, own in enumerate(CONTROL):
        frame.add(spelling.counter, name=own, value=element(spelling, "control", place))
    walk.groups(frame.plan.before)
    frame.open(spelling.again, test=compare(spelling, "<", "step", "until"))
    frame.declare(frame.loads)
    walk.groups(frame.plan.stepping)
    leaving(frame, finite)
    walk.groups(frame.plan.settling)
    if frame.where is None:
        moved_arrays(frame, recorded)
    else:
        moved_variables(frame, recorded)
    frame.add(spelling.assign, name="step", value="step + 1")
    test = Value(compare(spelling, "==", "moved", "0"), LOOSE)
    still = formed(spelling.choose, test, Value("unchanged + 1", SUM), Value("0"))
    frame.add(spelling.assign, name="unchanged", value=still.text)
    frame.add(spelling.assign, name="at", value=f"at + {count}")
    frame.open(spelling.when, test=compare(spelling, ">=", "at", "length"))
    frame.add(spelling.assign, name="at", value="0")
    frame.close()
    if recorded:
        kept(frame)
    frame.open(spelling.when, test=compare(spelling, ">=", "unchanged", "turn"))
    frame.open(spelling.when, test=compare(spelling, "==", "step % turn", "0"))
    frame.add(spelling.assign, name="ended", value=CONVERGED)
    frame.add(spelling.leave)
    frame.close()
    frame.close()
    frame.close()
    for symbol, entry, own in variables:
        frame.add(spelling.write, array="state", index=arrays.state[symbol] + entry, value=own)
    for place, own in enumerate(CONTROL):
        frame.add(spelling.write, array="control", index=place, value=own)
    frame.close()
    return frame


def sheet(
    name: str, arrays: Arrays, recording: Recording, names: Sequence[str], spelling: Spelling, taken: Iterable[str],
    called: Called, **how: int,
) -> tuple[str, list[Quantity]]:  # fmt: skip
    """The function that computes quantities by key, and where it leaves each."""
    slots = {key: recording.named[key] for key in names}
    frame = PrintedFunction(arrays, recording, [one.slot for one in slots.values()], spelling, taken, called, **how)
    walk, found, start = frame.walk, [], 0
    frame.function(name, SHEET_ARGUMENTS)
    frame.declare(frame.given)
    for (symbol, entry), own in frame.kept.items() if frame.where else ():
        place = element(spelling, "state", arrays.state[symbol] + entry)
        frame.add(spelling.constant, name=own, value=place)
    frame.declare(frame.loads)
    walk.groups((*frame.plan.before, *frame.plan.stepping, *frame.plan.settling))
    for key, named in slots.items():
        found.append(Quantity(key, named.letters, tuple(map(len, named.ranges)), start))

        def write(value: Value, entry: Index, start: int = start) -> None:
            place = spelled(plus(Index((), start), entry))
            frame.add(spelling.write, array="out", index=place.text, value=value.text)

        frame.each(named.slot, named.letters, write)
        start += prod(found[-1].shape)
    frame.close()
    return frame.text, found


# --- parts of a step


def leaving(frame: PrintedFunction, finite: Sequence[int]) -> None:
    """Ends the loop where one of the numbers is not finite."""
    spelling = frame.spelling
    names = [slot for slot in finite if frame.where is None and prod(frame.shapes[slot]) > 1]
    single = [one for slot in finite if slot not in names for one in frame.slots(slot)]
    values = [frame.walk.read(one, {}) for one in dict.fromkeys(single)]
    test = asked(frame, values, names, spelling.odd) if spelling.odd else multiplied(frame, values, names)
    frame.open(spelling.when, test=test)
    frame.add(spelling.assign, name="ended", value=LEFT)
    frame.add(spelling.leave)
    frame.close()


def asked(frame: PrintedFunction, values: Sequence[Value], names: Sequence[int], odd: Form) -> str:
    """Whether one of single values, or of arrays, is not finite, where the language says of which it is so."""
    spelling = frame.spelling
    frame.add(spelling.counter, name="fine", value=1)

    def no(test: str) -> None:
        frame.open(spelling.when, test=test)
        frame.add(spelling.assign, name="fine", value=0)
        frame.close()

    for some in parts(values):
        no(spelling.either.join(formed(odd, value).text for value in some))
    for slot in names:
        with frame.walk.within(frame.axes[slot]) as at:
            no(formed(odd, frame.walk.read(slot, at)).text)
    return compare(spelling, "==", "fine", "0")


def multiplied(frame: PrintedFunction, values: Sequence[Value], names: Sequence[int]) -> str:
    """The same where it does not: times 0 such a number is not 0."""
    spelling = frame.spelling
    times, add = spelling.operations["multiply"], spelling.operations["add"]
    zero = Value(spelling.number(0.0))
    terms = [formed(times, value, zero).text for value in values]
    if not names and len(terms) <= TERMS:
        tested = " + ".join(terms)
    else:
        tested = "fine"
        frame.add(spelling.variable, name="fine", value=zero.text)
        for some in parts(terms):
            frame.add(spelling.assign, name="fine", value=f"fine + ({' + '.join(some)})")  # short chains
        for slot in names:
            with frame.walk.within(frame.axes[slot]) as at:
                value = formed(add, Value("fine"), formed(times, frame.walk.read(slot, at), zero))
                frame.add(spelling.assign, name="fine", value=value.text)
    return formed(spelling.comparisons["!="], Value(tested, SUM), zero).text


def moved_variables(frame: PrintedFunction, recorded: bool) -> None:
    """New weights and states become the old ones; ``moved`` says whether a bit of one changed."""
    spelling, recording = frame.spelling, frame.recording
    names, new = set(frame.kept.values()), list[tuple[str, str]]()
    counted = list[tuple[str, str]]()  # those that do more than watch
    for symbol in frame.arrays.program.weights + frame.arrays.program.states:
        slot = recording.results.get(symbol.name)
        for entry, value in pairs(frame, slot, symbol) if slot is not None else ():
            old = frame.kept[symbol.name, entry]
            text = value.text
            if text in names and text != old:  # it may itself be overwritten before it is read
                text = frame.names.fresh(f"{old}{NEW}")
                frame.add(spelling.constant, name=text, value=value.text)
            new.append((old, text))
            if symbol.name not in frame.arrays.program.watching:
                counted.append((old, text))
    frame.add(spelling.counter, name="moved", value=0)
    for some in parts(counted):
        tests = [formed(spelling.differ, Value(text), Value(old)).text for old, text in some]
        frame.open(spelling.when, test=spelling.either.join(tests))
        frame.add(spelling.assign, name="moved", value=1)
        frame.close()
    if recorded:
        boxed(frame)
    for old, text in new:
        if old != text:
            frame.add(spelling.assign, name=old, value=text)


def moved_arrays(frame: PrintedFunction, recorded: bool) -> None:
    """The same where weights and states stand in an array: all new ones are computed before an old one is lost."""
    spelling, arrays = frame.spelling, frame.arrays
    after = frame.names.fresh("after")
    frame.walk.standing.append(filled(spelling.numbers, name=after, count=max(1, arrays.width)))
    frame.walk.held += arrays.width
    changed = [one for one in arrays.program.weights + arrays.program.states if one.name in frame.recording.results]
    for symbol in changed:
        start = arrays.state[symbol.name]

        def write(value: Value, entry: Index, start: int = start) -> None:
            place = spelled(plus(Index((), start), entry))
            frame.add(spelling.write, array=after, index=place.text, value=value.text)

        frame.each(frame.recording.results[symbol.name], symbol.letters, write)
    frame.add(spelling.counter, name="moved", value=0)
    if recorded:
        boxed(frame)
    for symbol in changed:
        count, start = arrays.size(symbol), arrays.state[symbol.name]
        letter = frame.walk.counted("n", count)
        frame.open(spelling.up, letter=letter, count=count)
        frame.walk.turns += count
        frame.names.free(letter)
        place = spelled(Index(((letter, 1),), start)).text
        old, new = (filled(spelling.read, array=array, index=place) for array in ("state", after))
        if symbol.name not in arrays.program.watching:
            frame.open(spelling.when, test=formed(spelling.differ, Value(new), Value(old)).text)
            frame.add(spelling.assign, name="moved", value=1)
            frame.close()
        frame.add(spelling.write, array="state", index=place, value=new)
        frame.close()


def boxed(frame: PrintedFunction) -> None:
    """Says in ``put`` which weights were put back into their boxes."""
    spelling, recording = frame.spelling, frame.recording
    if not recording.projected:
        return
    frame.open(spelling.when, test=compare(spelling, "!=", "keep", "0"))
    many = len(recording.projected)
    for place, (name, slot) in enumerate(recording.projected.items()):
        before, letters = recording.updated[name], recording.named[name + NEW].letters
        for one, other in zip(*(frame.slots(slot) for slot in (before, slot)), strict=True):
            with frame.walk.within(letters if frame.where is None else ()) as at:
                test = formed(spelling.comparisons["!="], frame.walk.read(one, at), frame.walk.read(other, at))
                frame.open(spelling.when, test=test.text)
                index = spelled(Index((("rows", many),), place)).text
                frame.add(spelling.write, array="put", index=index, value=1)
                frame.close()
    frame.close()


def kept(frame: PrintedFunction) -> None:
    """Records the state."""
    spelling, width = frame.spelling, frame.arrays.width
    frame.open(spelling.when, test=compare(spelling, "!=", "keep", "0"))
    if frame.where is None:
        letter = frame.walk.counted("n", width)
        frame.open(spelling.up, letter=letter, count=width)
        place = spelled(Index((("rows", width), (letter, 1)))).text
        frame.add(spelling.write, array="trace", index=place, value=filled(spelling.read, array="state", index=letter))
        frame.close()
    else:
        for (symbol, entry), own in frame.kept.items():
            place = spelled(Index((("rows", width),), frame.arrays.state[symbol] + entry)).text
            frame.add(spelling.write, array="trace", index=place, value=own)
    frame.add(spelling.assign, name="rows", value="rows + 1")
    frame.close()


def pairs(frame: PrintedFunction, slot: int, symbol: Symbol) -> Iterator[tuple[int, Value]]:
    """The entries of an unrolled slot in the order of a symbol's letters, and what they are."""
    found: list[tuple[int, Value]] = []
    frame.each(slot, symbol.letters, lambda value, entry: found.append((entry.constant, value)))
    yield from found


def element(spelling: Spelling, array: str, place: int) -> str:
    return filled(spelling.read, array=array, index=place)


def compare(spelling: Spelling, comparison: str, one: str, other: str) -> str:
    """A test of whole numbers."""
    form: Form = spelling.compared(comparison)
    return formed(form, Value(one, SUM), Value(other, SUM)).text


def parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """A few at a time, for lines that can be read."""
    for start in range(0, len(items), TERMS):
        yield items[start : start + TERMS]
