"""A tape → the same with each logsumexp as what it is made of, so that only sums, products and extremes are folds."""

from __future__ import annotations

from dataclasses import replace

from chainrule.tape.machine import Cell, TapeMachine, applied
from chainrule.tape.tape import Fold, Instruction, Loop, Scope, Tape


def spelled(tape: Tape, stepped: int) -> tuple[Tape, int]:
    """The tape with each logsumexp written as what it is made of; and the new place of a cut."""
    known = {name: slot for name, slot in tape._known.items() if slot in tape.constants}
    fresh = replace(
        tape, axes=list(tape.axes), steady=list(tape.steady), levels=list(tape.levels), constants=dict(tape.constants),
        instructions=[], _known=known, _made={},
    )  # fmt: skip
    cut = 0

    def copy(line: Instruction) -> None:
        match line:
            case Instruction("fold", (body,), Fold("logsumexp", letters)):
                line = log_sum_exp(fresh, body, letters, line)
            case Instruction("loop", _, Loop() as loop):
                fresh.scopes.append(Scope(loop.letter, [], {}))
                for inner in loop.lines:
                    copy(inner)
                line = replace(line, detail=replace(loop, lines=tuple(fresh.scopes.pop().lines)))
        scope = fresh.scopes[-1]
        scope.lines.append(line)
        fresh._made[line.output] = line
        scope.known[(line.operation, line.inputs, line.detail)] = line.output

    for place, line in enumerate(tape.instructions):
        if place == stepped:
            cut = len(fresh.instructions)
        copy(line)
    return fresh, len(fresh.instructions) if stepped >= len(tape.instructions) else cut


def log_sum_exp(tape: Tape, body: int, letters: tuple[str, ...], line: Instruction) -> Instruction:
    """`numbers.elementary.logsumexp`, its loops as folds."""
    machine, left = TapeMachine(tape), tape.axes[line.output]
    top = Cell(tape, tape.emit("fold", (body,), Fold("max", letters), left))
    each = applied(tape, "exp", (Cell(tape, body) - top).slot)
    total = tape.emit("fold", (each,), Fold("sum", letters), left)
    value = top + Cell(tape, applied(tape, "log", total))
    down = machine.select("==", top, -float("inf"), top, value)
    return Instruction("select", (top.slot, tape.constant(float("inf")), top.slot, down.slot), "==", line.output)
