"""A recorded step → the same in machine operations alone: each function and each power is the program that it is.

What a program shares with another, or with the equations, is computed once, as everywhere on a tape. Slots are gone
through in the order in which they were made, so the result is the tape that would have been recorded if functions had
been written out at once, to the number of each slot.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from chainrule.numbers.elementary import integer_power
from chainrule.program.identity_cache import IdentityCache
from chainrule.tape.machine import Cell, TapeMachine, applied
from chainrule.tape.record import Recording
from chainrule.tape.tape import Instruction, Loop, Tape, unfolded

EXPANDED = IdentityCache[Recording](16)
"""The latest, by the very recordings they were made from."""


def expanded(recording: Recording) -> Recording:
    """The recording in machine operations."""
    return EXPANDED.get(recording, None, lambda: written_out(recording))


def written_out(recording: Recording) -> Recording:
    """The recording in machine operations, made anew."""
    whole = recording.tape
    tape = Tape(dict(whole.ranges), dict(whole.order), whole.numerics)
    names = {slot: name for name, slot in whole.inputs.items()}
    known = {slot: name for name, slot in whole._known.items() if slot in whole.constants}
    made = {line.output: line for line in unfolded(whole.instructions)}
    around = loops_around(whole.instructions)
    last = whole.instructions[recording.stepped - 1].output if recording.stepped else -1
    place: list[int] = []  # slot → slot of the new tape
    stepped = 0
    for slot, axes in enumerate(whole.axes):
        if slot in names:
            place.append(tape.input(names[slot], axes, whole.steady[slot]))
        elif slot in known:
            place.append(tape.known(known[slot], whole.constants[slot], axes))
        else:
            for letter in around[slot][len(tape.scopes) - 1 :]:
                tape.enter(letter)
            place.append(again(made[slot], tuple(place[one] for one in made[slot].inputs), axes, tape))
        if slot == last:
            stepped = len(tape.instructions)
    return replace(
        recording,
        tape=tape,
        named={name: replace(one, slot=place[one.slot]) for name, one in recording.named.items()},
        updated={name: place[slot] for name, slot in recording.updated.items()},
        projected={name: place[slot] for name, slot in recording.projected.items()},
        stepped=stepped,
    )


def again(line: Instruction, inputs: tuple[int, ...], axes: tuple[str, ...], tape: Tape) -> int:
    """The slot of an instruction on another tape, what it reads given."""
    match line:
        case Instruction("call", _, str(function)):
            return applied(tape, function, *inputs)
        case Instruction("power", (_,), int(n)):
            return integer_power(TapeMachine(tape), Cell(tape, inputs[0]), n).slot
        case Instruction("loop", _, Loop() as loop):
            return tape.leave(loop.downwards)
        case Instruction("same"):
            return tape.here(*inputs)
        case Instruction(operation, _, detail):
            return tape.emit(operation, inputs, detail, axes)


def loops_around(lines: Iterable[Instruction], letters: tuple[str, ...] = ()) -> dict[int, tuple[str, ...]]:
    """The letters of the loops that each slot is made in, the outermost first."""
    found: dict[int, tuple[str, ...]] = {}
    for line in lines:
        found[line.output] = letters
        if isinstance(line.detail, Loop):
            found |= loops_around(line.detail.lines, (*letters, line.detail.letter))
    return found
